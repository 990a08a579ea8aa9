import functools
from functools import (
    cache,
    cached_property,
    lru_cache,
    partial,
    partialmethod,
    reduce,
    singledispatch,
    singledispatchmethod,
    total_ordering,
    Placeholder,
)

p = partial(int, base=2)
print(
    p("101"),
    p.func,
    p.args,
    p.keywords,
    partial(p, base=8)("17"),
    repr(partial(max, 1)),
    partial(divmod, Placeholder, 3)(10),
)
print(reduce(lambda a, b: a * b, [1, 2, 3, 4]), reduce(max, [3], 9), reduce(lambda a, b: a + b, [], "init"))
try:
    reduce(max, [])
except TypeError as e:
    print(e)


@lru_cache(maxsize=2)
def sq(n):
    print("computing", n)
    return n * n


print(sq(2), sq(2), sq(3), sq(4), sq(2), sq.cache_info(), sq.cache_parameters(), sq.__wrapped__(1))
sq.cache_clear()
print(sq.cache_info())


@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(200), fib.cache_info())
try:
    fib([])
except TypeError as e:
    print(e)


@singledispatch
def show(x):
    return f"object {x}"


@show.register
def _(x: int):
    return f"int {x}"


@show.register(list)
def _(x):
    return f"list {len(x)}"


print(show(1), show(True), show([1]), show("s"), show.dispatch(bool) is show.dispatch(int))


class C:
    n = 0

    @cached_property
    def once(self):
        C.n += 1
        return C.n

    def add(self, a, b):
        return a + b

    add5 = partialmethod(add, 5)

    @singledispatchmethod
    def go(self, x):
        return "any"

    @go.register
    def _(self, x: str):
        return "str"


c = C()
print(c.once, c.once, vars(c), c.add5(2), c.go(1), c.go("s"))


@total_ordering
class V:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return self.v == o.v

    def __lt__(self, o):
        return self.v < o.v


print(V(1) <= V(1), V(2) > V(1), V(1) >= V(2))
