# Corners of the data model: what once crashed or spoke differently.
import collections
import collections.abc
import gc
import itertools
import sys
import types
import typing
import weakref


def show(action):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)


# super() in a class takes plain functions as they are.
class Base:
    pass


Base.__new__ = lambda cls, value: ("made", cls.__name__, value)


class Derived(Base):
    def __new__(cls, value):
        return super().__new__(cls, value)


print(Derived(3))


# A mro() method may assign __bases__.
class Meta(type):
    def mro(cls):
        if not hasattr(Meta, "again"):
            Meta.again = True
            cls.__bases__ += ()
        return type.mro(cls)


class Early(metaclass=Meta):
    pass


print(Early.__mro__ == (Early, object))
for bad in (None, 0):
    show(lambda: Meta("Bad", (), {"__classcell__": bad}))
gc.collect()


# match knows classes by the first kind in the MRO.
class Both(collections.UserDict, list):
    pass


match Both():
    case [*_]:
        print("sequence")
    case {}:
        print("mapping")


# A descriptor of __slots__ in another class.
class Slotted:
    __slots__ = ("slot",)


class Sneaky:
    borrowed = Slotted.slot


def read(o):
    return o.borrowed


for _ in range(20):
    try:
        read(Sneaky())
    except TypeError as error:
        text = str(error)
print(text)

# Unions and type variables
show(lambda: (int | str) | "x")
show(lambda: (int | None).__module__)
show(lambda: typing.ParamSpec("P", bound=(int, str)).__bound__)
show(lambda: typing.Union[int, str] == int | str)

# Calls
show(lambda: (lambda: 0)(*1))
show(lambda: (lambda: 0)(**1))
show(lambda: itertools.product(0, repeat=1, foo=2))
show(lambda: ImportError(0, namez=3))
show(lambda: sorted([], foo=1))
show(lambda: next(object()))
module = types.ModuleType("m")
module.m = print
show(lambda: module())


class Alias(weakref.ref):
    pass


target = Base.__new__
print(Alias(target)() is target)


# Exceptions thrown into delegating generators
def inner(result):
    try:
        yield 1
    except ValueError:
        pass
    return result


def outer(result):
    return (yield from inner(result))


for result in (object(), None, (1, 2)):
    g = outer(result)
    next(g)
    try:
        g.throw(ValueError)
    except StopIteration as stop:
        print(stop.value is result)


# A generator that its own finalizer saves
saved = []
exec(
    """
def gen():
    try:
        yield
    except GeneratorExit:
        saved.append(g)
g = gen()
next(g)
""",
    {"saved": saved},
)
gc.collect()
print(saved[0].gi_code.co_name, saved[0].gi_frame)

# A function made from module code runs in its globals.
print(types.FunctionType(compile("z", "a", "eval"), {"z": 3})())


# Unicode errors whose object was taken away
error = UnicodeEncodeError("utf-8", "x", 0, 1, "r")
error.object = 3
show(lambda: str(error))


async def coroutine():
    pass


c = coroutine()
c.close()
show(lambda: c.send(None))
print(repr(ExceptionGroup("g", collections.deque([ValueError(1)]))))
print(sys.exc_info())
