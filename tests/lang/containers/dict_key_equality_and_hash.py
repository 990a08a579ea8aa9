class Key:
    def __init__(self, v, h):
        self.v, self.h = v, h

    def __hash__(self):
        return self.h

    def __eq__(self, other):
        print("eq", self.v, getattr(other, "v", other))
        return self.v == getattr(other, "v", other)

    def __repr__(self):
        return f"Key({self.v})"


a, b, c = Key(1, 5), Key(2, 5), Key(1, 5)
d = {a: "a"}
d[b] = "b"
print(d[c], d)
d[c] = "new"
print(d, a in d, Key(9, 1) in d, len(d))
del d[a]
print(d)


class BadHash:
    def __hash__(self):
        return "x"


class Raising:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        raise RuntimeError("eq failed")


class NoHash:
    def __eq__(self, other):
        return True


for f in (
    lambda: {BadHash(): 1},
    lambda: {Raising(): 1, Raising(): 2},
    lambda: {NoHash(): 1},
    lambda: {NoHash()},
    lambda: hash(NoHash()),
):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
x = float("nan")
print(
    {x: 1}[x],
    len({x, x, float("nan")}),
    {1: "int", 1.0: "float", True: "bool"},
    {0: 1, False: 2, -0.0: 3},
    {"1": 1, 1: 2},
)
