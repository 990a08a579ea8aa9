class L(list):
    def __getitem__(self, i):
        r = super().__getitem__(i)
        return L(r) if isinstance(i, slice) else r

    def append(self, v):
        super().append(v * 2)

    def __len__(self):
        return 99


l = L([1, 2])
l.append(3)
l.extend([4])
print(
    l,
    len(l),
    l[0:2],
    type(l[0:2]).__name__,
    type(l + [1]).__name__,
    type(l.copy()).__name__,
    list.__len__(l),
    [x for x in l],
    l == [1, 2, 6, 4],
    isinstance(l, list),
    bool(l),
)


class D(dict):
    def __getitem__(self, k):
        return f"<{super().__getitem__(k)}>"

    def __setitem__(self, k, v):
        super().__setitem__(k, f"s{v}")

    def keys(self):
        return ["over"]


d = D(a=1)
d["b"] = 2
d.update(c=3)
print(d, d["a"], d.get("a"), dict(d), "", list(d), [d[k] for k in ("b", "c")], "%(a)s" % d, d.keys(), list(d.items()))


class I(int):
    def __add__(self, o):
        return I(int.__add__(self, o) + 1)

    def __hash__(self):
        return 7

    def __eq__(self, o):
        return True

    def __lt__(self, o):
        return False

    __slots__ = ()


i = I(5)
print(
    i + 1,
    type(i + 1).__name__,
    sum([I(1), I(2)]),
    i == 100,
    hash(i),
    {i: 1},
    [5] == [i],
    sorted([I(3), I(1)]),
    i - 1,
    type(i - 1).__name__,
    i.real,
    f"{i:04d}",
)


class F(float):
    def __repr__(self):
        return "F!"

    def __float__(self):
        return 99.0


print(
    F(1.5), float(F(1.5)), F(2) + 1, str(F(2)), f"{F(2)}", [F(1)], F.fromhex("0x1p0"), type(F.fromhex("0x1p0")).__name__
)


class T(tuple):
    def __new__(cls, *a):
        return super().__new__(cls, a)

    def __getitem__(self, i):
        return "item"

    def __iter__(self):
        return iter("iter")


t = T(1, 2)
a, b, *c = t
print(t, t[0], a, b, c, tuple(t), (*t,), t == (1, 2), hash(t) == hash((1, 2)), len(t), "%s %s" % t)


class S(set):
    def __contains__(self, x):
        return "always"

    def add(self, x):
        super().add((x,))


s = S([1])
s.add(2)
print(sorted(map(str, s)), 5 in s, s | {9} >= {9}, type(s - {1}).__name__)


class E(Exception):
    def __init__(self, a, b):
        self.a = a
        self.b = b


try:
    raise E(1, b=2)
except E as e:
    print(repr(e), e.args, str(e), e.b)


class B(bytes):
    def __getitem__(self, i):
        return "b"


print(B(b"xy"), B(b"xy")[0], bytes(B(b"xy")), B(b"x") + b"y", type(B(b"x").upper()).__name__)


class Prop(property):
    def __get__(self, o, c=None):
        return "prop " + (super().__get__(o, c) if o else "class")


class UsesProp:
    @Prop
    def v(self):
        return "value"


print(UsesProp().v, UsesProp.v)


class C(complex):
    pass


class BA(bytearray):
    pass


class M(type(__import__("sys"))):
    def __getattr__(self, n):
        return n


print(C(1, 2) * 2, BA(b"a") + b"b", M("m").anything, type(C(1) + 1).__name__)
