"""Creating, comparing, ordering and converting data classes and named tuples."""

from collections import namedtuple
from dataclasses import asdict, astuple, dataclass, field, replace
from typing import NamedTuple


@dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, compare=False)


@dataclass(frozen=True, slots=True)
class Frozen:
    a: int
    b: str


class Row(NamedTuple):
    n: int
    s: str = ""


Pair = namedtuple("Pair", "left right")


def main():
    points = [Point(i % 97, i) for i in range(100_000)]
    assert sorted(points[:20_000])[0] == Point(0, 0)
    assert len({Frozen(i % 1000, "b") for i in range(60_000)}) == 1000
    total = 0
    for i in range(3_000):
        total += asdict(points[i])["y"] + astuple(points[i])[0] + replace(points[i], y=1).y
    for i in range(150_000):
        row = Row(i)
        p = Pair(i, row)
        total += p.left + p.right.n + row[0]
    assert total == 4498500 + sum(i % 97 for i in range(3_000)) + 3_000 + 3 * 150_000 * 149_999 // 2, total


for _ in range(2):
    main()
