print(
    (i for i in [1]).__class__.__name__,
    sum(i * i for i in range(5)),
    list(x for x in (y for y in range(3))),
    dict((k, v) for k, v in [(1, 2)]),
    ",".join(str(i) for i in range(3)),
    max((len(w) for w in ["a", "bbb"]), default=0),
)


def noisy(n):
    print("eval", n)
    return range(n)


g = (i for i in noisy(3))
print("created")
print(list(g), list(g))
a = 5
h = (a * i for i in range(3))
a = 10
print(list(h))
import itertools


def primes():
    found = []
    for n in itertools.count(2):
        if all(n % p for p in found):
            found.append(n)
            yield n


print(list(itertools.islice(primes(), 12)))
nested = ((i, j) for i in range(3) if i for j in range(i))
print(next(nested), list(nested))
print(
    g.__name__,
    g.__qualname__,
    g.gi_code.co_name,
    any(i > 2 for i in range(10)),
    all(i for i in []),
    3 in (i for i in range(5)),
    sorted((-i for i in range(3))),
)


def f(*a):
    return a


print(f(*(i for i in "ab")), [*(i for i in range(2))], {*(i for i in range(2))}, (*(i for i in range(2)),))
first, *rest = (i for i in range(4))
print(first, rest)
