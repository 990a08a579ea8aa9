# `for a, b in …` over zip, enumerate and dict.items(): the loop takes the pairs without making tuples.


def pairs(iterable):
    out = []
    for a, b in iterable:
        out.append((a, b))
    return out


class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


def failing():
    yield 1
    yield 2
    raise KeyError("third")


for _ in range(4):  # warm
    pairs(zip([1, 2], "ab"))
print(pairs(zip([1, 2, 3], (4, 5))), pairs(zip(range(3), Count(5))), pairs(zip(Count(3), Count(5))))
print(pairs(zip(range(2**62, 2**62 + 2), range(-3, 3))), pairs(zip()))
for bad in (zip([1], [2], [3]), zip([1, 2], [3], strict=True), zip([0, 0, 0], failing()), enumerate(failing()), 5, [(1, 2, 3)], ["ab", 7]):
    try:
        print(pairs(bad))
    except Exception as error:
        print(type(error).__name__, error)
first = iter([1, 2, 3])
print(pairs(zip(first, [])), next(first))
print(pairs(zip([1, 2], [3, 4], strict=True)))
print(pairs(enumerate("abc", 5)), pairs(enumerate([], 1)), pairs(enumerate("ab", 2**70)), pairs(enumerate("ab", 2**61 - 1)))
d = {"a": 1, 2: "b", (3,): None}
print(pairs(d.items()), pairs({}.items()), pairs({"x": 1}.items()))
del d[2]
print(pairs(d.items()))


def change(d):
    for k, v in d.items():
        d[len(d)] = v


for bad in ({1: 2}, {"a": 1, "b": 2}):
    try:
        change(bad)
    except RuntimeError as error:
        print(error)


class Instance:
    pass


i = Instance()
i.x, i.y = 1, 2
print(pairs(vars(i).items()))


def swap(d):
    for k, v in d.items():
        del d[k]
        d[k + 10] = v


try:
    swap({1: 1, 2: 2})
except RuntimeError as error:
    print(error)


class Disposed:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def disposed():
    for a, b in zip((Disposed(i) for i in "ab"), (Disposed(i) for i in "xy")):
        print(a.name, b.name)
    print("after")


disposed()
print(sum(i * c for i, c in enumerate([3, 4, 5])), sum(x for x in [2**61, 2**61, 2**61, 2**70]), sum(x for x in [True, 2, 0.5]))
print(sum((x for x in []), 5))


def raising():
    yield 1
    raise ValueError("in the sum")


try:
    sum(raising())
except ValueError as error:
    print(error)


def returning():
    yield 1
    return 7


print(sum(returning()))
g = (x for x in range(3))
print(sum(g), sum(g))
try:
    sum(x for x in [1, "a"])
except TypeError as error:
    print(error)
