"""The chaos game over a B-spline: floats, small objects and operators."""

import random


class Vec:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __sub__(self, o):
        return Vec(self.x - o.x, self.y - o.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    def mix(self, o, t):
        return Vec(self.x * (1 - t) + o.x * t, self.y * (1 - t) + o.y * t)


class Spline:
    def __init__(self, points, degree, knots):
        self.points, self.degree, self.knots = points, degree, knots

    def __call__(self, u):
        k = self.degree
        while k < len(self.points) - 1 and self.knots[k + 1] <= u:
            k += 1
        d = [self.points[j + k - self.degree] for j in range(self.degree + 1)]
        for r in range(1, self.degree + 1):
            for j in range(self.degree, r - 1, -1):
                left = self.knots[j + k - self.degree]
                right = self.knots[j + 1 + k - r]
                d[j] = d[j - 1].mix(d[j], (u - left) / (right - left))
        return d[self.degree]


def main():
    rng = random.Random(1234)
    points = [Vec(1.6, 0.3), Vec(1.7, 0.6), Vec(0.9, 1.2), Vec(2.0, 1.9), Vec(0.4, 1.5), Vec(0.3, 0.5), Vec(1.1, 0.1)]
    spline = Spline(points, 3, [0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 4])
    p = Vec(1.0, 1.0)
    grid = [[0] * 64 for _ in range(64)]
    for _ in range(60_000):
        q = spline(rng.random() * 3.999)
        p = p + (q - p) * 0.5
        grid[int(p.y * 30) % 64][int(p.x * 30) % 64] += 1
    assert sum(map(sum, grid)) == 60_000 and sum(1 for row in grid for c in row if c) > 200


for _ in range(3):
    main()
