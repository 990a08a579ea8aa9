"""Functions that make functions; nonlocal; decorators; partial; map and reduce."""

from functools import partial, reduce


def compose(*functions):
    def composed(x):
        for f in functions:
            x = f(x)
        return x

    return composed


def counter():
    value = 0

    def increment(by=1):
        nonlocal value
        value += by
        return value

    return increment


def memo(f):
    cache = {}

    def wrapper(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]

    return wrapper


@memo
def steps(n):
    return 0 if n == 1 else 1 + steps(n // 2 if n % 2 == 0 else 3 * n + 1)


def main():
    f = compose(lambda x: x + 1, lambda x: x * 2, lambda x: x - 3)
    assert sum(f(i) for i in range(250_000)) == 249_998 * 250_000
    assert sum(map(f, range(250_000))) == 249_998 * 250_000
    c = counter()
    for _ in range(500_000):
        c()
    assert c(0) == 500_000
    assert max(range(1, 30_000), key=steps) == 26623
    add5 = partial(lambda a, b: a + b, 5)
    assert reduce(lambda a, b: a + b, map(add5, range(300_000))) == 44999850000 + 1_500_000


for _ in range(3):
    main()
