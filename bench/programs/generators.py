"""Generators, delegation, send and pipelines."""


class Tree:
    def __init__(self, depth):
        self.left = Tree(depth - 1) if depth else None
        self.right = Tree(depth - 1) if depth else None
        self.value = depth

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def count(n):
    for i in range(n):
        yield i


def averager():
    total = n = 0
    while True:
        total += yield total
        n += 1


def main():
    assert sum(count(1_000_000)) == 499999500000
    tree = Tree(12)
    for _ in range(3):
        assert sum(tree) == 8178, sum(tree)
    squares = (x * x for x in count(300_000))
    odd = (x for x in squares if x & 1)
    assert sum(odd) == 4499999999950000
    a = averager()
    next(a)
    for i in range(400_000):
        total = a.send(i)
    assert total == 79999800000, total


for _ in range(4):
    main()
