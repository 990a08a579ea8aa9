"""Raising, catching, finally, and the cost of a try that does not raise."""


class Custom(Exception):
    def __init__(self, n):
        super().__init__(n)
        self.n = n


def thrower(n):
    if n % 2:
        raise ValueError("odd")
    raise Custom(n)


def deep(n):
    if n == 0:
        raise KeyError("deep")
    return deep(n - 1)


def main():
    caught = total = 0
    for i in range(250_000):
        try:
            thrower(i)
        except Custom as e:
            total += e.n
        except ValueError:
            caught += 1
    for i in range(1_000_000):
        try:
            total += 1
        finally:
            caught += 0
    d = {}
    for i in range(150_000):
        try:
            d[i]
        except KeyError:
            caught += 1
    for _ in range(3_000):
        try:
            deep(20)
        except KeyError:
            caught += 1
    assert caught == 125_000 + 150_000 + 3_000 and total == 15624875000 + 1_000_000, (caught, total)


for _ in range(2):
    main()
