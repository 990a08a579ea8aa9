"""Floats to text and back."""

import random


def main():
    rng = random.Random(7)
    values = [rng.uniform(-1e6, 1e6) for _ in range(100_000)] + [
        rng.random() * 10 ** rng.randint(-30, 30) for _ in range(60_000)
    ]
    texts = [repr(v) for v in values]
    assert [float(t) for t in texts] == values
    total = 0
    for v in values:
        total += len(f"{v:.2f}") + len("%g" % v)
    assert total > 2_000_000
    assert sum(map(float, map(str, values[:1000]))) == sum(values[:1000])


main()
