def m(x):
    match x:
        case []:
            return "empty"
        case [1]:
            return "one"
        case [a, b]:
            return f"two {a} {b}"
        case [1, *rest, 9]:
            return f"1..9 {rest}"
        case (a, (b, *c), *_):
            return f"nested {a} {b} {c}"
        case [*_, last]:
            return f"last {last}"
        case _:
            return "no"


from collections import deque
from array import array


class Seq:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return i


import collections.abc


class Reg(collections.abc.Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return ["x", "y"][i]


for v in (
    [],
    [1],
    (1, 2),
    [1, 5, 6, 9],
    [1, [2, 3], 4],
    (1, 2, 3),
    "ab",
    b"ab",
    bytearray(b"ab"),
    {1, 2},
    deque([1, 2]),
    array("i", [7, 8]),
    range(2),
    Seq(),
    Reg(),
    iter([1, 2]),
    {0: 1, 1: 2},
    memoryview(b"ab"),
):
    print(type(v).__name__, m(v))
match [[1, 2], [3, [4, 5]]]:
    case [[a, b], [c, [d, e]]]:
        print(a, b, c, d, e)
match [1, 2, 3, 4]:
    case [first, second, *_] if first > second:
        print("no")
    case [first, *middle, last] if first < last:
        print(first, middle, last)
match (1,):
    case x:
        print("bare capture", x)
match 1, 2:
    case [x, y] | [x, y, _]:
        print("or", x, y)
match [1, [2]]:
    case [int(a), [int() as b]] as whole:
        print(a, b, whole)
