"""Sorting with and without keys, on numbers, strings, tuples and objects."""

import random
from operator import attrgetter, itemgetter


class Item:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __lt__(self, other):
        return self.a < other.a


def main():
    rng = random.Random(3)
    numbers = [rng.randrange(10**9) for _ in range(100_000)]
    for _ in range(2):
        assert sorted(numbers)[0] == min(numbers)
        sorted(numbers, key=lambda n: n % 1000)
        sorted(numbers, reverse=True)
    strings = [str(n) for n in numbers]
    assert sorted(strings, key=int) == [str(n) for n in sorted(numbers)]
    pairs = [(n % 100, n) for n in numbers]
    pairs.sort(key=itemgetter(1))
    pairs.sort(key=itemgetter(0))
    assert pairs == sorted(pairs)
    items = [Item(n, i) for i, n in enumerate(numbers[:25_000])]
    assert [i.a for i in sorted(items)] == sorted(numbers[:25_000])
    items.sort(key=attrgetter("b"))
    assert items[0].b == 0


main()
