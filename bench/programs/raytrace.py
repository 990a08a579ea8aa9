"""A small ray tracer: spheres over a checkered floor."""

import math


class V:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def dot(self, o):
        return self.x * o.x + self.y * o.y + self.z * o.z

    def __add__(self, o):
        return V(self.x + o.x, self.y + o.y, self.z + o.z)

    def __sub__(self, o):
        return V(self.x - o.x, self.y - o.y, self.z - o.z)

    def __mul__(self, k):
        return V(self.x * k, self.y * k, self.z * k)

    def unit(self):
        return self * (1.0 / math.sqrt(self.dot(self)))


class Sphere:
    def __init__(self, centre, radius, colour, mirror):
        self.centre, self.radius, self.colour, self.mirror = centre, radius, colour, mirror

    def hit(self, origin, direction):
        oc = self.centre - origin
        b = oc.dot(direction)
        d = b * b - oc.dot(oc) + self.radius * self.radius
        if d < 0:
            return None
        t = b - math.sqrt(d)
        return t if t > 1e-4 else None

    def normal(self, p):
        return (p - self.centre).unit()

    def shade(self, p):
        return self.colour


class Floor:
    mirror = 0.1

    def hit(self, origin, direction):
        return -origin.y / direction.y if direction.y < -1e-6 else None

    def normal(self, p):
        return V(0, 1, 0)

    def shade(self, p):
        return 0.9 if (math.floor(p.x) + math.floor(p.z)) & 1 else 0.2


SCENE = [
    Floor(),
    Sphere(V(0, 1, 5), 1, 0.8, 0.3),
    Sphere(V(1.5, 0.6, 4), 0.6, 0.5, 0.4),
    Sphere(V(-1.6, 0.8, 4.5), 0.8, 0.6, 0.2),
]
LIGHT = V(-4, 6, -2)


def trace(origin, direction, depth):
    best, thing = 1e9, None
    for s in SCENE:
        t = s.hit(origin, direction)
        if t is not None and t < best:
            best, thing = t, s
    if thing is None:
        return 0.3 + 0.3 * direction.y
    p = origin + direction * best
    n = thing.normal(p)
    to_light = (LIGHT - p).unit()
    lit = max(0.0, n.dot(to_light))
    for s in SCENE:
        if s is not thing and s.hit(p, to_light) is not None:
            lit = 0.0
            break
    colour = thing.shade(p) * (0.2 + 0.8 * lit)
    if depth and thing.mirror:
        colour += thing.mirror * trace(p, direction - n * (2 * direction.dot(n)), depth - 1)
    return colour


def main():
    total = 0.0
    eye = V(0, 1.2, -1)
    for y in range(64):
        for x in range(80):
            total += trace(eye, V((x - 40) / 50, (32 - y) / 50, 1).unit(), 2)
    assert 1000 < total < 4000, total
    assert abs(trace(eye, V(0, 0, 1), 2) - trace(eye, V(0, 0, 1), 2)) == 0


for _ in range(5):
    main()
