class Desc:
    def __get__(self, obj, owner=None):
        print("get", type(obj).__name__, owner and owner.__name__)
        return "value"

    def __set__(self, obj, value):
        print("set", type(obj).__name__, value)

    def __delete__(self, obj):
        print("delete", type(obj).__name__)


class A:
    d = Desc()


class B(A):
    pass


a, b = A(), B()
a.d
A.d
B.d
b.d = 1
del b.d
print(getattr(b, "d"), hasattr(A, "d"))
super(B, b).d
print(A.__dict__["d"].__get__(None, A))


class OnlySet:
    def __set__(self, o, v):
        o.__dict__["s"] = v


class OnlyDel:
    def __delete__(self, o):
        print("only delete")


class C:
    s = OnlySet()
    t = OnlyDel()


c = C()
print(type(c.s).__name__)
c.s = 5
print(c.s)
del c.t
for f in (lambda: delattr(c, "s"), lambda: setattr(c, "t", 1)):
    try:
        f()
    except AttributeError as e:
        print(e)


class Raising:
    def __get__(self, o, c):
        raise AttributeError("from descriptor")


class E:
    r = Raising()

    def __getattr__(self, n):
        return "fallback " + n


print(E().r)


class F:
    inst = None

    def __init__(self):
        self.own = Desc()


print(type(F().own).__name__)


class Meta(type):
    m = Desc()


class G(metaclass=Meta):
    pass


G.m
G.m = 2
print(hasattr(G(), "m"))
print(len.__get__(1) if hasattr(len, "__get__") else "builtin functions do not bind", (lambda self: self).__get__(3)())
print(
    int.__add__.__get__(5)(6),
    str.upper.__get__("x")(),
    int.real.__get__(9),
    type(int.__dict__["from_bytes"].__get__(None, int)).__name__,
)
