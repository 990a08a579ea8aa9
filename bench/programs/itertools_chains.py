"""Pipelines of itertools, zip, map, filter, enumerate."""

import itertools as it
import operator


def main():
    total = 0
    for _ in range(5):
        total += sum(it.islice(it.chain(range(50_000), range(50_000)), 10, 90_000))
        total += sum(a * b for a, b in zip(range(60_000), it.count(1)))
        total += sum(map(operator.mul, range(80_000), range(80_000)))
        total += len(list(filter(lambda v: v % 3, range(60_000))))
        total += sum(i for i, c in enumerate("abc" * 20_000))
        total += sum(it.accumulate(range(20_000)))
        total += sum(len(list(g)) for _, g in it.groupby(range(60_000), lambda v: v // 10))
        total += sum(1 for _ in it.combinations(range(60), 3)) + sum(1 for _ in it.product(range(40), repeat=3))
        total += sum(map(len, it.batched(range(50_000), 7))) + sum(b - a for a, b in it.pairwise(range(50_000)))
    assert total % 5 == 0 and total > 0


for _ in range(3):
    main()
