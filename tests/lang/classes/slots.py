class P:
    __slots__ = ("x", "y")

    def __init__(self, x):
        self.x = x


p = P(1)
print(p.x, hasattr(p, "y"), hasattr(p, "__dict__"), P.x, P.__slots__, p.__slots__)
for f in (
    lambda: p.y,
    lambda: setattr(p, "z", 1),
    lambda: p.__dict__,
    lambda: delattr(p, "y"),
    lambda: __import__("weakref").ref(p),
):
    try:
        f()
    except (AttributeError, TypeError) as e:
        print(e)


class Q(P):
    __slots__ = ["z", "__dict__", "__weakref__"]


q = Q(5)
q.z, q.extra = 2, 3
print(q.x, q.z, q.__dict__, __import__("weakref").ref(q)() is q)


class R(P):
    pass


r = R(1)
r.any = 2
print(r.__dict__, r.x)


class D:
    __slots__ = {"doc": "documented slot"}


print(D.doc.__doc__, D.doc.__name__, D.doc.__objclass__.__name__)


class Mangled:
    __slots__ = ("__private",)

    def __init__(self):
        self.__private = 1


print(Mangled()._Mangled__private)
for bad in (
    "class X: __slots__ = ('a',); a = 1",
    "class X: __slots__ = (1,)",
    "class X: __slots__ = ('a b',)",
    "class X(int): __slots__ = ('a',)",
    "class X: __slots__ = ('__dict__', '__dict__')",
    "class X(P, type('S', (), {'__slots__': ('w',)})): pass",
    "class X(tuple): __slots__ = ('q',)",
    "class X: __slots__ = 5",
    "class X: __slots__ = 'single'",
    "class X(str): __slots__ = ()",
):
    try:
        exec(bad)
        print(bad, "fine")
    except (TypeError, ValueError) as e:
        print(bad, "|", e)
try:
    P.x.__get__(5)
except TypeError as e:
    print(e)


class E:
    __slots__ = ()


class F(E):
    __slots__ = ("v",)


f = F()
f.v = [1]
del f.v
print(hasattr(f, "v"), P.x.__get__(p, P), P.x.__get__(None, P) is P.x)
