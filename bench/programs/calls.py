"""Plain function calls: positional, defaults, keywords, star-arguments, closures."""


def add(a, b):
    return a + b


def defaults(a, b=2, c=3):
    return a + b + c


def keywords(a, *, k=1):
    return a + k


def star(*args, **kwargs):
    return len(args) + len(kwargs)


def make():
    n = 0

    def step(v):
        nonlocal n
        n += v
        return n

    return step


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def main():
    total = 0
    step = make()
    for i in range(600_000):
        total = add(total, i)
        total += defaults(1) + defaults(1, c=5)
        total += keywords(1, k=i & 3)
        step(1)
    for i in range(200_000):
        total += star(1, 2, x=i)
    assert total == 180010200000, total
    assert step(0) == 600_000
    assert fib(25) == 75025


for _ in range(2):
    main()
