class Base:
    shared = 1

    def m(self):
        pass


class C(Base):
    __slots__ = ("s",)

    def __init__(self):
        self.a = 1
        self.s = 2

    def own(self):
        pass


c = C()
print(
    [n for n in dir(c) if not n.startswith("__")],
    [n for n in dir(C) if not n.startswith("__")],
    vars(c),
    sorted(k for k in vars(C) if not k.startswith("__")),
)
print(
    dir(5)[:3],
    len(dir(object())),
    set(dir(object())) <= set(dir(5)),
    [n for n in dir("") if not n.startswith("_")][:5],
    [n for n in dir([]) if not n.startswith("_")],
    [n for n in dir({}) if not n.startswith("_")],
    [n for n in dir(()) if not n.startswith("_")],
    [n for n in dir(set()) if not n.startswith("_")],
    [n for n in dir(1.5) if not n.startswith("_")],
    [n for n in dir(1j) if not n.startswith("_")],
    [n for n in dir(b"") if not n.startswith("_")][-8:],
    [n for n in dir(range(1)) if not n.startswith("_")],
    [n for n in dir(type) if n.startswith("__")],
)


def f(x, y=1):
    z = 2
    return sorted(locals()), dir()


print(
    f(1),
    callable(f),
    callable(C),
    callable(c),
    callable(5),
    callable(print),
    callable(None),
    type(c) is C,
    type(type(c)),
    type(None),
    type(...),
    type(NotImplemented),
    type(f),
    type(len),
    type([].append),
    type(lambda: 0),
    type(C.m),
    type(c.m),
    type((i for i in [])),
    type(f.__code__),
    type(iter([])),
    type(range(1)),
    type(slice(1)),
    type(property()),
    type(classmethod(f)),
    type(zip()),
    type({}.keys()),
    type(memoryview(b"")),
    type(object.__init__),
    type([].__len__),
    type(dict.fromkeys),
    type(str.upper),
    type(type.__dict__["mro"]),
    type(int.real),
    type(C.s),
    type(C.__dict__["__weakref__"]) if "__weakref__" in C.__dict__ else "",
)


class D:
    def __dir__(self):
        return ["z", "a", "m"]


print(
    dir(D()),
    object.__dir__(c)[:0],
    hash(c) == object.__hash__(c),
    id(c) == id(c),
    getattr(c, "own").__name__,
    hasattr(c, "zzz"),
    sorted(n for n in dir(f) if not n.startswith("__")),
    [n for n in dir(f.__code__) if n.startswith("co_")],
)
try:
    vars(5)
except TypeError as e:
    print(e)
try:
    dir(C(), 1)
except TypeError as e:
    print(e)
try:
    vars(object())
except TypeError as e:
    print(e)
