"""Creating many small objects, with and without slots, and letting them go."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b


class Bare:
    pass


def main():
    total = 0
    for i in range(400_000):
        total += Point(i, 1).x + Slotted(i, 2).b
    kept = [Point(i, i) for i in range(100_000)]
    total += sum(p.y for p in kept)
    for _ in range(400_000):
        Bare()
    assert total == 85000550000, total


for _ in range(2):
    main()
