def outer(x):
    """Outer doc."""

    def inner(a: int, b: "str" = "q", *args, c=1, **kw) -> float:
        "Inner doc"
        return x

    return inner


f = outer(1)
print(
    f.__name__,
    f.__qualname__,
    f.__doc__,
    f.__module__,
    f.__defaults__,
    f.__kwdefaults__,
    f.__annotations__,
    f.__closure__[0].cell_contents,
    f.__code__.co_freevars,
    f.__dict__,
)
f.attr = 5
print(
    f.attr,
    vars(f),
    f.__globals__ is globals(),
    f.__builtins__["len"] is len,
    outer.__doc__,
    outer.__closure__,
    f.__type_params__,
)
c = f.__code__
print(
    c.co_name,
    c.co_qualname,
    c.co_argcount,
    c.co_kwonlyargcount,
    c.co_posonlyargcount,
    c.co_nlocals,
    c.co_varnames,
    c.co_cellvars,
    c.co_flags & 0x1F,
    c.co_firstlineno,
    c.co_filename.rsplit("/")[-1],
    c.co_names,
    c.co_consts,
)
f.__name__ = "renamed"
f.__qualname__ = "path.renamed"
print(repr(f).split(" at ")[0], f.__name__)


def g():
    return 1


def h():
    return 2


g.__code__ = h.__code__
print(
    g(),
    repr(len),
    repr([].append).split(" at ")[0],
    repr(str.upper),
    repr(outer).split(" at ")[0],
    repr(lambda: 0).split(" at ")[0],
    repr(int.__add__),
    repr((1).__add__).split(" at ")[0],
    repr(dict.fromkeys).split(" at ")[0],
)
try:
    g.__code__ = f.__code__
except ValueError as e:
    print(e)
import types

made = types.FunctionType(compile("1 + z", "<s>", "eval"), {"z": 41}, "made")
print(made(), made.__name__)
