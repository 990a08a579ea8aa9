from dataclasses import dataclass


@dataclass
class P:
    x: int
    y: int


class Q:
    __match_args__ = ("a", "b")

    def __init__(self, a, b, c=0):
        self.a, self.b, self.c = a, b, c


def m(v):
    match v:
        case P(0, 0):
            return "origin"
        case P(x=0, y=yy):
            return f"y axis {yy}"
        case P(xx, yy) if xx == yy:
            return f"diagonal {xx}"
        case P():
            return "some point"
        case Q(a, b=2):
            return f"q2 {a}"
        case Q(P(px, _), c=c):
            return f"nested {px} {c}"
        case int(n) | float(n):
            return f"num {n}"
        case list([a, *_]):
            return f"list {a}"
        case str("x"):
            return "the x"
        case dict(d):
            return f"dict {d}"
        case type():
            return "a type"
        case bool():
            return "never: bool is int"
        case _:
            return "other"


for v in (
    P(0, 0),
    P(0, 5),
    P(3, 3),
    P(1, 2),
    Q(1, 2),
    Q(P(8, 9), 0, 4),
    5,
    2.5,
    [1, 2],
    [],
    "x",
    "y",
    {"k": 1},
    int,
    True,
    Q(1, 3),
    None,
):
    print(m(v))


class NoArgs:
    pass


class BadArgs:
    __match_args__ = 5


class BadArgs2:
    __match_args__ = [1]


class BadElt:
    __match_args__ = (1,)


class Dup:
    __match_args__ = ("a", "a")
    a = 1


def t(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


def f1():
    match NoArgs():
        case NoArgs(1):
            return 1


def f2():
    match BadArgs():
        case BadArgs(1):
            return 1


def f3():
    match BadElt():
        case BadElt(1):
            return 1


def f4():
    match Dup():
        case Dup(1, 2):
            return 1


def f5():
    match 1:
        case int(1, 2):
            return 1


def f6():
    x = 5
    match 1:
        case x():
            return 1


def f7():
    match Q(1, 2):
        case Q(1, a=1):
            return 1


def f8():
    match Q(1, 2):
        case Q(1, 2, 3):
            return 1


def f9():
    match P(1, 2):
        case P(z=1):
            return "no attribute"
    return "no match is fine"


def f10():
    match BadArgs2():
        case BadArgs2(1):
            return 1


for f in (f1, f2, f3, f4, f5, f6, f7, f8, f9, f10):
    t(f)
