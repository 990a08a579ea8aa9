"""Enumerations and flags."""

from enum import Enum, Flag, IntEnum, auto


class Colour(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3

    @property
    def short(self):
        return self.name[0]


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()


def main():
    total = 0
    names = ""
    for i in range(250_000):
        c = Colour(i % 3 + 1)
        if c is Colour.RED:
            total += c.value
        elif c == Colour.GREEN:
            total += 2
        total += Level.HIGH + Level.LOW
    for i in range(25_000):
        p = Perm.R | Perm.W
        total += Perm.W in p
        total += (p & Perm.X) == Perm(0)
        names = Colour["BLUE"].short
    assert names == "B" and len(list(Colour)) == 3 and total == 83_334 + 83_333 * 2 + 750_000 + 50_000, total
    counts = {c: 0 for c in Colour}
    for i in range(150_000):
        counts[Colour.RED] += 1
    assert counts[Colour.RED] == 150_000


for _ in range(3):
    main()
