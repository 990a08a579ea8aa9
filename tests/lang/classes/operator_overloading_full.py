import operator

log = []
names = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split()
ns = {}
for n in names:
    ns[f"__{n}__"] = lambda self, o, n=n: f"{n}({getattr(o, 'v', o)})"
    ns[f"__r{n}__"] = lambda self, o, n=n: f"r{n}({o})"
    ns[f"__i{n}__"] = lambda self, o, n=n: log.append(n) or self
V = type("V", (), ns | {"__init__": lambda self, v=0: setattr(self, "v", v)})
v = V(1)
for sym in "+ - * / // % ** @ & | ^ << >>".split():
    print(
        sym,
        eval(f"v {sym} 5"),
        eval(f"5 {sym} v"),
        eval(f"v {sym} v"),
        eval(f"'s' {sym} v") if sym not in ("%",) else "",
        eval(f"[1] {sym} v"),
        eval(f"1.5 {sym} v"),
        eval(f"None {sym} v"),
    )
    w = v
    exec(f"w {sym}= 3")
    assert w is v
print(log)


class OnlyR:
    def __radd__(self, o):
        return ("radd", o)

    def __rpow__(self, o, m=None):
        return ("rpow", o)

    def __rmul__(self, o):
        return ("rmul", o)


print(1 + OnlyR(), "", 2 ** OnlyR(), [1] * OnlyR(), "ab" * OnlyR(), sum([OnlyR()]), b"x" * OnlyR())


class Idx:
    def __index__(self):
        return 3


print(
    [1] * Idx(),
    "ab" * Idx(),
    range(Idx()),
    hex(Idx()),
    (5).__lshift__(2),
    1 << Idx() if hasattr(Idx, "__rlshift__") else "",
    list("abcdef")[Idx()],
    bytes(Idx()),
    "abcdef"[Idx() :],
    chr(Idx()) == "\x03",
)


class NI:
    def __add__(self, o):
        return NotImplemented

    __radd__ = __add__

    def __eq__(self, o):
        return NotImplemented


for e in ("NI() + NI()", "NI() + 1", "1 + NI()", "NI() == NI()", "NI() != 1"):
    try:
        print(e, eval(e))
    except TypeError as x:
        print(e, x)


class Ne:
    def __eq__(self, o):
        return True


print(Ne() != 1, not Ne() == 1)


class Call:
    def __call__(self, *a, **k):
        return a, k

    def __getitem__(self, k):
        return k

    def __setitem__(self, k, v):
        log.append(("set", k, v))

    def __delitem__(self, k):
        log.append(("del", k))

    def __contains__(self, x):
        return x == 1

    def __len__(self):
        return 3

    def __iter__(self):
        return iter("xyz")

    def __reversed__(self):
        return iter("zyx")

    def __enter__(self):
        return "entered"

    def __exit__(self, *a):
        return True

    def __concat__(self, o):
        return "never"


c = Call()
c[1:2, ...] = 5
del c["k"]
with c as e:
    raise ValueError
print(
    c(1, k=2),
    c[1, 2:3],
    1 in c,
    2 in c,
    len(c),
    list(c),
    list(reversed(c)),
    e,
    log[-2:],
    bool(c),
    operator.getitem(c, 4),
)
