"""Classes whose __new__ is a Python function: what it returns decides whether __init__ runs, and which."""
import collections
import functools
import operator


class Counted:
    made = 0

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        self.new = cls.__name__, args, kwargs
        Counted.made += 1
        return self


class WithInit(Counted):
    def __init__(self, *args, **kwargs):
        self.init = args, kwargs


class Bad(Counted):
    def __init__(self, *args):
        return len(args) or None


class Other:
    def __new__(cls, what):
        return what


class Base:
    def __new__(cls, key):
        return object.__new__(Derived if key == "derived" else cls)


class Derived(Base):
    def __init__(self, key):
        self.key = key


class Dictlike(dict):
    def __new__(cls, *args, **kwargs):
        return super().__new__(cls, 1, 2, 3)


class Point(collections.namedtuple("Point", "x y")):
    __slots__ = ()

    def __new__(cls, x, y=0, *, scale=1):
        return super().__new__(cls, x * scale, y * scale)


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def once(number):
    a = Counted(number, key=number)
    b = WithInit(number, number)
    c = Other(number)
    d = Base("derived")
    e = Base("base")
    f = Dictlike(a=number)
    g = Point(number, scale=2)
    return a.new, b.new, b.init, c, d.key, type(e).__name__, hasattr(e, "key"), f, g, type(attempt(Bad)).__name__, attempt(Bad, 1), attempt(Base)


results = [once(number) for number in range(40)]
print(results[0])
print(results[39])
print(Counted.made)

# A class that gets another __new__ or __init__ meanwhile, at one place of the program.
class Changing:
    def __new__(cls, value):
        return object.__new__(cls)


def make(value):
    return attempt(Changing, value)


seen = [type(make(1)).__name__ for _ in range(10)]
Changing.__init__ = lambda self, value: setattr(self, "value", value)
seen += [make(n).value for n in range(10)]
Changing.__new__ = staticmethod(lambda cls, value: [cls.__name__, value])
seen += [make(n) for n in range(3)]
Changing.__new__ = lambda cls: 1
seen += [make(5)]
Changing.__new__ = classmethod(lambda *args: [a if isinstance(a, int) else a.__name__ for a in args])
seen += [make(6)]
print(seen)

# Other objects that are called without a tuple in between.
class Partial(functools.partial):
    def __new__(cls, *args, **kwargs):
        return super().__new__(cls, *args, **kwargs)


def call(function, *args):
    return function(*args)


def call_one(function, argument):
    return attempt(lambda: function(argument))


callables = [
    operator.itemgetter(1),
    operator.methodcaller("index", 3),
    functools.partial(max, 2, key=lambda n: -n),
    Partial(sorted, reverse=True),
    functools.lru_cache(tuple),
    [4].__contains__,
    list[int],
    len,
    Other,
    str,
    Point,
    operator.attrgetter("nothing"),
]
for function in callables + callables:
    print(call_one(function, (1, 3)))
print(attempt(functools.partial), attempt(functools.partial, 3), attempt(functools.partial, max, functools.Placeholder))
print(attempt(functools.partial, max, a=functools.Placeholder), functools.partial(functools.partial(max, 1, key=len), 2, key=abs).keywords)

# A metaclass with a __call__ of its own decides before anything else.
class Meta(type):
    calls = 0

    def __call__(cls, *args, **kwargs):
        Meta.calls += 1
        if args == ("plain",):
            return cls.__name__
        return super().__call__(*args, **kwargs)


class WithMeta(metaclass=Meta):
    def __init__(self, value=None):
        self.value = value


class NewWithMeta(Counted, metaclass=Meta):
    pass


print([WithMeta(n).value for n in range(20)][-1], [NewWithMeta(n).new for n in range(20)][-1], WithMeta("plain"), Meta.calls)
Late = type("Late", (), {"__init__": lambda self, n: None})
MetaLater = type("MetaLater", (type,), {})
Later = MetaLater("Later", (), {"__new__": lambda cls, n: n})


def later(n):
    return Later(n)


seen = [later(n) for n in range(9)]
MetaLater.__call__ = lambda cls, n: -n
print(seen, [later(n) for n in range(3)])
