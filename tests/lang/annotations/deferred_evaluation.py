import annotationlib
from annotationlib import Format, get_annotations


def f(a: int, b: later, *args: "str", c: undefined.attr = 1, **kw: list[int]) -> None:
    pass


class C:
    x: int = 1
    y: Later
    z: "string"


class later:
    pass


try:
    f.__annotations__
except NameError as e:
    print(e)
print({k: getattr(v, "__forward_arg__", v) for k, v in get_annotations(f, format=Format.FORWARDREF).items()})
print(get_annotations(f, format=Format.STRING), get_annotations(C, format=Format.STRING))
Later = later
print(C.__annotations__, C.__annotate__.__name__, hasattr(f, "__annotate__"))
v: int = 5
w: undefined_global
(paren): int = 3
print(globals().get("__annotations__"), paren, "w" in globals())
try:
    __annotations__
except NameError as e:
    print(e)


def g():
    local: undefined_local = 5
    unset: int
    try:
        unset
    except UnboundLocalError as e:
        print(e)
    return local, g.__annotations__


print(g())


def side(x: print("evaluated?")):
    pass


print("defined")
side.__annotations__


class D:
    def m(self) -> D: ...

    attr: D


print(D.m.__annotations__["return"] is D, D.__annotations__["attr"] is D)
o = type("O", (), {})()
d = {}
o.a: int = 5
d["k"]: str = "v"
print(o.a, d)
f2 = lambda: 0
f2.__annotations__ = {"a": 1}
print(f2.__annotations__, f2.__annotate__)
f2.__annotate__ = lambda fmt: {"from": fmt}
print(f2.__annotations__, annotationlib.call_annotate_function(f2.__annotate__, Format.VALUE))


class E(C):
    q: float


print(E.__annotations__, "")
for bad in (
    "def f():\n global x\n x: int = 1",
    "x: int: str",
    "(x, y): int",
    "[x]: int",
    "x: (yield)",
    "def f(a: (yield)): pass",
    "x: (y := 1)",
    "lambda x: int: 5",
    "async def f(): x: (await y)",
    "x, y: int",
):
    try:
        compile(bad, "s", "exec")
        print("OK", repr(bad))
    except SyntaxError as e:
        print(repr(bad), e.msg)
