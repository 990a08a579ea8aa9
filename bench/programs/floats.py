"""Floating-point loops with math functions."""

import math


def main():
    x, total = 0.5, 0.0
    for i in range(900_000):
        x = 3.7 * x * (1.0 - x)
        total += x * 0.5 - 0.25
    s = 0.0
    sqrt, sin = math.sqrt, math.sin
    for i in range(1, 700_000):
        s += sqrt(i) / (1.0 + sin(i) * 0.001)
    assert 0 < total < 900_000 and abs(s - 390441121.76) < 0.01, s


for _ in range(3):
    main()
