"""Bound methods, inheritance, super and class methods."""


class Base:
    def __init__(self):
        self.count = 0

    def bump(self, n):
        self.count += n
        return self.count

    @classmethod
    def tag(cls):
        return 1

    @staticmethod
    def twice(n):
        return n * 2


class Child(Base):
    def bump(self, n):
        return super().bump(n)


def main():
    base, child = Base(), Child()
    total = 0
    for i in range(600_000):
        base.bump(1)
        total += child.bump(2)
        total += base.tag() + child.twice(i)
    bump = child.bump
    for _ in range(500_000):
        bump(1)
    assert base.count == 600_000 and child.count == 1_700_000
    assert total == 720000600000, total


main()
