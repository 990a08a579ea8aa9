class Seq:
    """Only __getitem__ and __len__: iteration, membership and reversal follow."""

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if isinstance(i, slice):
            return list(range(self.n))[i]
        if not 0 <= i < self.n:
            raise IndexError(i)
        return i * i


s = Seq(5)
print(
    list(s),
    9 in s,
    10 in s,
    list(reversed(s)),
    s[1:3],
    len(s),
    bool(s),
    bool(Seq(0)),
    max(s),
    sum(s),
    [*s],
    tuple(s),
    dict(zip(s, s)),
    sorted(s, reverse=True),
)
a, *b = s
print(a, b, list(enumerate(s, 1)), list(map(lambda x: -x, s)), iter(s).__reduce__()[1][0].n)


class Contains:
    def __contains__(self, x):
        return x


print(0 in Contains(), 5 in Contains(), [] not in Contains())


class NotIter:
    __iter__ = None

    def __getitem__(self, i):
        return i


class BadLen:
    def __init__(self, v):
        self.v = v

    def __len__(self):
        return self.v


for f in (
    lambda: list(NotIter()),
    lambda: len(BadLen(-1)),
    lambda: len(BadLen("a")),
    lambda: len(BadLen(2**70)),
    lambda: len(5),
    lambda: iter(5),
    lambda: reversed({1}),
    lambda: 1 in 5,
    lambda: object()[0],
    lambda: [][[]],
    lambda: next([]),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
