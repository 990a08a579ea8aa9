"""Descriptors, __getattr__, __getitem__, properties and operator methods."""


class Field:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, cls=None):
        return self if obj is None else obj.__dict__[self.name]

    def __set__(self, obj, value):
        obj.__dict__[self.name] = value


class Record:
    a = Field()

    def __init__(self):
        self.a = 1
        self.items = {"k": 2}

    @property
    def double(self):
        return self.a * 2

    @double.setter
    def double(self, v):
        self.a = v // 2

    def __getattr__(self, name):
        if name == "virtual":
            return 3
        raise AttributeError(name)

    def __getitem__(self, key):
        return self.items[key]

    def __contains__(self, key):
        return key in self.items

    def __len__(self):
        return 1

    def __call__(self, n):
        return n + 1

    def __eq__(self, other):
        return self.a == other.a

    __hash__ = None


def main():
    r, s = Record(), Record()
    total = 0
    for i in range(130_000):
        r.a = i & 7
        r.double = 8
        total += r.a + r.double + r.virtual + r["k"] + len(r) + r(i) + ("k" in r) + (r == s)
    assert total == 130_000 * (4 + 8 + 3 + 2 + 1 + 1 + 1) + 130_000 * 129_999 // 2, total


for _ in range(2):
    main()
