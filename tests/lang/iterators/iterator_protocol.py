class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(
    list(Count(3)), [*Count(2)], sum(Count(5)), 3 in Count(5), dict(zip("ab", Count(2))), tuple(Count(0)), max(Count(4))
)
a, b, c = Count(3)
print(a, b, c)
it = iter([1, 2])
print(iter(it) is it, next(it), next(it), next(it, None))
try:
    next(it)
except StopIteration as e:
    print("stop", e.args, e.value)
n = iter(lambda x=[0]: x.__setitem__(0, x[0] + 1) or x[0], 4)
print(list(n), list(n))


class NoNext:
    def __iter__(self):
        return 5


class BadNext:
    def __iter__(self):
        return self

    __next__ = 5


class RaisesInIter:
    def __iter__(self):
        raise RuntimeError("iter raised")


for f in (
    lambda: list(NoNext()),
    lambda: list(BadNext()),
    lambda: list(RaisesInIter()),
    lambda: next(5),
    lambda: iter(5, 6),
    lambda: [x for x in None],
    lambda: [*5],
    lambda: dict([1]),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
e = enumerate("ab", start=10**20)
print(
    next(e),
    list(e),
    list(enumerate([], 5)),
    list(zip()),
    list(zip([1, 2], "abc")),
    list(map(pow, [2, 3], [3, 2])),
    list(filter(None, [0, 1, "", "a"])),
    list(filter(str.isdigit, "a1b2")),
    list(reversed(range(3))),
    list(map(lambda a, b: a + b, [1], [2], strict=True)),
)
for t in ([], (), "", {}, set(), b"", range(0), {}.keys(), zip(), map(len, []), enumerate([]), reversed([])):
    print(type(iter(t)).__name__, end=" ")
print()


class Gets:
    def __getitem__(self, i):
        if i == 3:
            raise StopIteration("stops too")
        return i


print(list(Gets()))
for i in range(3):
    pass
else:
    print("else ran", i)
for i in range(3):
    if i == 1:
        break
else:
    print("not here")
while i < 5:
    i += 1
    if i == 3:
        continue
else:
    print("while else", i)
