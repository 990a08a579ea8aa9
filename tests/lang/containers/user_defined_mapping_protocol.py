from collections.abc import Mapping, MutableMapping, MutableSequence, Set


class LowerDict(MutableMapping):
    def __init__(self, *args, **kw):
        self.data = {}
        self.update(*args, **kw)

    def __getitem__(self, k):
        return self.data[k.lower()]

    def __setitem__(self, k, v):
        self.data[k.lower()] = v

    def __delitem__(self, k):
        del self.data[k.lower()]

    def __iter__(self):
        return iter(self.data)

    def __len__(self):
        return len(self.data)


d = LowerDict(A=1, B=2)
print(
    d["a"],
    "B" in d,
    list(d.items()),
    d.get("Z", 0),
    d.pop("A"),
    d.setdefault("C", 3),
    dict(d),
    {**d},
    d == {"b": 2, "c": 3},
    isinstance(d, Mapping),
    d.keys() & {"b"},
)


def f(**kw):
    return kw


print(f(**d), dict(**d))


class L(MutableSequence):
    def __init__(self):
        self.items = []

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, v):
        self.items[i] = v

    def __delitem__(self, i):
        del self.items[i]

    def __len__(self):
        return len(self.items)

    def insert(self, i, v):
        self.items.insert(i, v)


x = L()
x.extend([1, 2, 3])
x += [4]
x.reverse()
x.remove(2)
print(list(x), x.pop(), x.index(3), x.count(4), 3 in x)
try:
    type("Abstract", (Mapping,), {})()
except TypeError as e:
    print(e)


class Bits(Set):
    def __init__(self, it=()):
        self.v = sum(1 << i for i in set(it))

    def __contains__(self, i):
        return bool(self.v >> i & 1)

    def __iter__(self):
        return (i for i in range(self.v.bit_length()) if i in self)

    def __len__(self):
        return self.v.bit_count()


print(
    list(Bits([1, 3]) | Bits([2])),
    list(Bits([1, 3]) & Bits([3])),
    Bits([1]) <= Bits([1, 2]),
    Bits([1]) == {1},
    list(Bits([1, 2]) - Bits([2])),
)
