T = type("T", (list,), {"x": 1, "m": lambda self: len(self), "__doc__": "made"})
t = T([1, 2])
print(
    t, t.m(), T.x, T.__name__, T.__qualname__, T.__module__, T.__doc__, T.__bases__, type(T), T.__dict__["x"], repr(T)
)
T.__name__ = "Renamed"
T.__qualname__ = "Outer.Renamed"
T.__module__ = "elsewhere"
T.__doc__ = "new doc"
print(T, T.__doc__, repr(T))
print(
    int.__name__,
    int.__module__,
    int.__qualname__,
    type.__mro__,
    object.__bases__,
    int.__basicsize__ > 0,
    int.__flags__ & (1 << 24) != 0,
    int.__itemsize__,
    type.__base__,
    object.__base__,
    bool.__base__,
)


class A:
    pass


print(
    A.__weakrefoffset__ != 0,
    A.__dictoffset__ != 0,
    A.__annotations__,
    A.__type_params__,
    A.__static_attributes__,
    A.__firstlineno__,
    A.__text_signature__,
    type(A.__subclasshook__),
    A.__module__,
)


class Stat:
    def __init__(self):
        self.b = 1
        self.a = 2

    def f(self):
        self.c = 3


print(sorted(Stat.__static_attributes__))
for bad in (
    "type('X', (), {}, 1)",
    "type()",
    "type('a\\0b', (), {})",
    "type(1, (), {})",
    "int.__name__ = 'x'",
    "type('X', (object,), {'__slots__': ('a',), 'a': 1})",
    "A.__name__ = 5",
    "A.__name__ = 'a\\0'",
    "del A.__module__",
    "A.__bases__ = 5",
    "A.__bases__ = (int,)",
    "del A.__doc__",
    "A.__abstractmethods__",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, "|", type(e).__name__, e)
print(
    isinstance(A, type), isinstance(type, type), isinstance(object, type), issubclass(type, object), type(type) is type
)
