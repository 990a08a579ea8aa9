class A:
    def __new__(cls, *args, **kw):
        print("new", cls.__name__, args, kw)
        return super().__new__(cls)

    def __init__(self, *args, **kw):
        print("init", args, kw)


a = A(1, k=2)


class B:
    def __new__(cls):
        return 42

    def __init__(self):
        print("never")


print(B())


class C(A):
    def __new__(cls):
        return A.__new__(A)


print(type(C()).__name__)


class Single:
    inst = None

    def __new__(cls):
        if cls.inst is None:
            cls.inst = super().__new__(cls)
        return cls.inst


print(Single() is Single())


class D:
    def __init__(self):
        return 5


class E:
    pass


class F:
    def __new__(cls):
        pass


class G:
    def __init__(self, a):
        self.a = a


for f in (
    lambda: D(),
    lambda: E(1),
    lambda: E(a=1),
    lambda: F(),
    lambda: object.__new__(1),
    lambda: object.__new__(E, 1),
    lambda: object.__new__(int),
    lambda: int.__new__(str),
    lambda: int.__new__(),
    lambda: G(),
    lambda: object.__init__(E(), 1),
    lambda: A.__new__(),
    lambda: type.__new__(type),
    lambda: list.__new__(dict),
):
    try:
        print(f())
    except TypeError as e:
        print(e)
print(E().__init__() is None, type(G.__new__(G)).__name__, hasattr(G.__new__(G), "a"))
