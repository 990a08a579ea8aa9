import inspect
from typing import Any


def f(a, b: int = 1, /, c="x", *args: str, d, e: "q" = None, **kw) -> float:
    pass


class C:
    def m(self, x, y=2):
        pass

    @classmethod
    def c(cls, z):
        pass

    @staticmethod
    def s(w):
        pass

    def __call__(self, k):
        pass

    def __init__(self, v, *, o=1):
        pass


print(
    inspect.signature(f),
    inspect.signature(C),
    inspect.signature(C.m),
    inspect.signature(C(1).m),
    inspect.signature(C.c),
    inspect.signature(C.s),
    inspect.signature(C(1)),
    inspect.signature(lambda x, *y: 0),
)
for b in (
    len,
    print,
    sorted,
    int.from_bytes,
    [].append,
    str.split,
    isinstance,
    max,
    sum,
    abs,
    getattr,
    dict.get,
    "".join,
    open,
    pow,
    round,
    compile,
    exec,
    list,
    range,
    type,
    int,
    object,
    zip,
    map,
    bytes.hex,
    str.encode,
    dict.fromkeys,
    dict.update,
    list.sort,
    set.union,
    object.__init__,
    int.__add__,
):
    try:
        print(b.__name__, inspect.signature(b))
    except ValueError as e:
        print(b.__name__, "ValueError", str(e).split(" at ")[0])
s = inspect.signature(f)
print(
    [(p.name, p.kind.name, p.default is p.empty) for p in s.parameters.values()],
    s.return_annotation,
    s.bind(1, 2, 3, 4, d=5, z=6).arguments,
)
try:
    s.bind(1)
except TypeError as e:
    print(e)
ba = s.bind(1, d=2)
ba.apply_defaults()
print(ba.args, ba.kwargs, s.replace(return_annotation=int))
import functools

print(
    inspect.signature(functools.partial(f, 1, d=3)),
    inspect.getfullargspec(f)[:4],
    inspect.isfunction(f),
    inspect.ismethod(C(1).m),
    inspect.isbuiltin(len),
    inspect.isclass(C),
    inspect.ismodule(inspect),
    inspect.isroutine(len),
    inspect.isdatadescriptor(property()),
    inspect.ismethoddescriptor(str.upper),
)
print(
    inspect.getsource(C.m).strip(),
    inspect.getdoc(len),
    inspect.getmodule(f).__name__,
    inspect.cleandoc("  a\n    b\n  c"),
    inspect.unwrap(functools.wraps(f)(lambda: 0)) is f,
)
print(
    [n for n, _ in inspect.getmembers(C, inspect.isfunction)],
    [c.__name__ for c in inspect.getmro(bool)],
    inspect.classify_class_attrs(C)[-1].name,
    inspect.getattr_static(C, "c").__class__.__name__,
    inspect.currentframe().f_code.co_name,
    inspect.stack()[0].function,
    inspect.getcallargs(C(1).m, 5)["y"],
)
