class O:
    pass


class A(O):
    def who(self):
        return ["A"]


class B(A):
    def who(self):
        return ["B"] + super().who()


class C(A):
    def who(self):
        return ["C"] + super().who()


class D(B, C):
    def who(self):
        return ["D"] + super().who()


print([k.__name__ for k in D.__mro__], D().who(), D.mro() == list(D.__mro__), D.__bases__, D.__base__.__name__)
for bases in ("(A, B)", "(O, A)", "(A, A)", "(B, A, C)"):
    try:
        eval(f"type('X', {bases}, {{}})")
        print(bases, "fine")
    except TypeError as e:
        print(bases, e)
for bad in (
    "class X(int, str): pass",
    "class X(bool): pass",
    "class X(type(None)): pass",
    "class X(1): pass",
    "class X(len): pass",
    "class X(list, dict): pass",
    "class X(range): pass",
    "class X(slice): pass",
    "class X(type(lambda: 0)): pass",
    "class X(A, metaclass=int): pass",
    "class X(type(...)): pass",
):
    try:
        exec(bad)
        print(bad, "fine")
    except TypeError as e:
        print(bad, "|", e)


class E(D):
    pass


print(issubclass(E, A), isinstance(E(), (int, C)), E.__subclasses__(), [k.__name__ for k in A.__subclasses__()])


class P:
    v = "P"


class Q:
    v = "Q"


class R(P):
    pass


r = R()
R.__bases__ = (Q,)
print(r.v, R.__mro__[1].__name__, P.__subclasses__())
try:
    R.__bases__ = (R,)
except TypeError as e:
    print(e)
