"""Structural pattern matching over a stream of events and an expression tree."""

from dataclasses import dataclass


@dataclass
class Num:
    value: int


@dataclass
class Bin:
    op: str
    left: object
    right: object


def evaluate(e):
    match e:
        case Num(v):
            return v
        case Bin("+", left, right):
            return evaluate(left) + evaluate(right)
        case Bin("*", Num(0), _) | Bin("*", _, Num(0)):
            return 0
        case Bin("*", left, right):
            return evaluate(left) * evaluate(right)
    raise ValueError(e)


def handle(event):
    match event:
        case {"type": "click", "pos": (x, y)}:
            return x + y
        case {"type": "key", "code": int(code)} if code > 10:
            return code
        case [a, b, *rest]:
            return a + b + len(rest)
        case str() | bytes():
            return 1
        case None | True | False:
            return 2
        case _:
            return 0


def main():
    tree = Num(1)
    for i in range(200):
        tree = Bin("+" if i % 3 else "*", tree, Num(i % 5))
    first = evaluate(tree)
    for _ in range(350):
        assert evaluate(tree) == first
    events = [
        {"type": "click", "pos": (1, 2)},
        {"type": "key", "code": 50},
        [1, 2, 3, 4],
        "text",
        None,
        3.5,
        {"other": 1},
    ]
    total = 0
    for i in range(40_000):
        total += handle(events[i % 7])
    assert total == 5715 * 3 + 5715 * 50 + 5714 * 5 + 5714 + 5714 * 2, total


for _ in range(15):
    main()
