class C:
    def __init__(self):
        self._x = 1

    @property
    def x(self):
        "the x"
        return self._x

    @x.setter
    def x(self, v):
        self._x = v * 10

    @x.deleter
    def x(self):
        print("deleting")
        self._x = None

    @property
    def ro(self):
        return "ro"

    wo = property(fset=lambda self, v: print("wo set", v))

    def _get(self):
        return "g"

    old = property(_get, doc="documented")


c = C()
c.x = 5
print(c.x, C.x.__doc__, C.old.__doc__, C.x.__name__, C.x.fget.__name__, C.x.fset is not None, C.ro.fset)
del c.x
print(c.x)
c.wo = 3
for f in (
    lambda: setattr(c, "ro", 1),
    lambda: delattr(c, "ro"),
    lambda: c.wo,
    lambda: setattr(c, "old", 1),
    lambda: C.ro.__set__(c, 1),
):
    try:
        f()
    except AttributeError as e:
        print(e)
print(isinstance(C.x, property), C.x.__get__(c), C.x.__get__(None, C) is C.x, C.ro.__isabstractmethod__)


class D(C):
    @C.x.getter
    def x(self):
        return "D's"


d = D()
d.x = 2
print(d.x, d._x)


class P(property):
    pass


class E:
    @P
    def q(self):
        "doc of q"
        return 1


print(E().q, E.q.__doc__, type(E.__dict__["q"]).__name__)
E.q = 5
print(E().q)
c.__dict__["x"] = "shadow"
print(c.x)


class F:
    p = property()


for f in (lambda: F().p, lambda: setattr(F(), "p", 1)):
    try:
        f()
    except AttributeError as e:
        print(e)
