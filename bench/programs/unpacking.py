"""Tuple and list unpacking, swaps, star targets, multiple returns."""


def pair(i):
    return i, i + 1


def main():
    a, b, c = 1, 2, 3
    total = 0
    for i in range(700_000):
        a, b, c = b, c, a
        x, y = pair(i)
        (p, q), r = (x, y), a
        total += p + q - r
    data = [(i, [i, i + 1, i + 2]) for i in range(100_000)]
    for n, (first, *rest) in data:
        total += n + first + rest[1]
    for k, v in {i: i for i in range(200_000)}.items():
        total += k - v
    merged = []
    for i in range(100_000):
        merged = [*pair(i), *pair(i + 1)]
    assert merged == [99_999, 100_000, 100_000, 100_001], merged
    assert total == 504998650000, total


for _ in range(2):
    main()
