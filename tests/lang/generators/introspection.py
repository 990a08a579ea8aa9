import inspect


def g(a):
    b = yield a
    yield b


it = g(1)
print(
    inspect.getgeneratorstate(it),
    inspect.isgenerator(it),
    inspect.isgeneratorfunction(g),
    inspect.getgeneratorlocals(it),
)
next(it)
print(
    inspect.getgeneratorstate(it),
    it.gi_frame.f_lineno - g.__code__.co_firstlineno,
    it.gi_frame.f_locals,
    it.gi_suspended,
)
it.send(7)
print(inspect.getgeneratorlocals(it))
it.close()
print(inspect.getgeneratorstate(it), it.gi_frame, inspect.getgeneratorlocals(it))
it.__name__ = "renamed"
it.__qualname__ = "q.renamed"
print(repr(it).split(" at ")[0], it.__name__)
print(type(it).__name__, type(it).__mro__[1].__name__, iter(it) is it, hasattr(it, "__next__"), hasattr(it, "__len__"))
from collections.abc import Generator

print(isinstance(it, Generator), g.__code__.co_flags & inspect.CO_GENERATOR != 0)
try:
    type(it)()
except TypeError as e:
    print(e)
