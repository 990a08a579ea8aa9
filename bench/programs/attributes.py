"""Instance attributes: reads, writes, slots, properties and class attributes."""


class Point:
    scale = 3

    def __init__(self, x, y):
        self.x = x
        self.y = y

    @property
    def norm(self):
        return self.x + self.y


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def main():
    p, s = Point(1, 2), Slotted(3, 4)
    total = 0
    for i in range(1_200_000):
        p.x = i
        s.y = p.x + p.y
        total += s.y + s.x + p.scale
    for _ in range(500_000):
        total += p.norm
    assert total == 1320009500000, total


for _ in range(3):
    main()
