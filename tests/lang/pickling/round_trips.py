import pickle
import copyreg
import collections, datetime, decimal, fractions, enum, functools, operator, uuid, re, array


class P:
    def __init__(self, x):
        self.x = x

    def __eq__(self, o):
        return vars(self) == vars(o)


class WithState(P):
    def __getstate__(self):
        return {"only": self.x}

    def __setstate__(self, s):
        self.x = ("restored", s["only"])


class Red:
    def __init__(self, *a):
        self.a = a

    def __reduce__(self):
        return Red, (1, 2), {"extra": 3}


class NewArgs:
    def __new__(cls, a, *, k=0):
        self = super().__new__(cls)
        self.v = (a, k)
        return self

    def __getnewargs_ex__(self):
        return (self.v[0],), {"k": self.v[1]}


class L(list):
    pass


class D(dict):
    pass


class E(enum.Enum):
    A = 1


N = collections.namedtuple("N", "a b")
values = [
    None,
    True,
    0,
    -1,
    255,
    65536,
    2**31,
    -(2**70),
    1.5,
    float("inf"),
    1j,
    "é",
    "",
    b"\x00\xff",
    bytearray(b"x"),
    [1, [2]],
    (1,),
    (1, 2, 3, 4),
    {"a": {}},
    {1, 2},
    frozenset([3]),
    range(3),
    slice(1, 2),
    ...,
    NotImplemented,
    int,
    len,
    E.A,
    N(1, 2),
    collections.OrderedDict(a=1),
    collections.deque([1], 3),
    collections.Counter("aab"),
    collections.defaultdict(list, a=[1]),
    datetime.datetime(2024, 1, 2, 3, 4),
    datetime.timedelta(1),
    decimal.Decimal("1.5"),
    fractions.Fraction(1, 3),
    P(5),
    [P(1)] * 2,
    array.array("i", [1, 2]),
    re.compile("a+"),
    operator.itemgetter(1),
    uuid.UUID(int=5),
    complex(1, 2),
    "x" * 300,
    list(range(1000)),
]
for proto in range(6):
    for v in values:
        r = pickle.loads(pickle.dumps(v, proto))
        if isinstance(v, operator.itemgetter):
            assert r([1, 2]) == 2
            continue
        assert r == v and type(r) is type(v), (proto, v, r)
print("round trips", len(values))
w = pickle.loads(pickle.dumps(WithState(1)))
r = pickle.loads(pickle.dumps(Red()))
n = pickle.loads(pickle.dumps(NewArgs(1, k=2)))
l = L([1])
l.attr = 5
d = D(a=1)
d.attr = 6
l2, d2 = pickle.loads(pickle.dumps((l, d)))
print(
    w.x, r.a, r.extra, n.v, l2, l2.attr, d2, d2.attr, pickle.loads(pickle.dumps(functools.partial(int, base=2)))("11")
)
a = [1]
a.append(a)
b = pickle.loads(pickle.dumps(a))
print(b[1] is b)
x = P(1)
x.me = x
y = pickle.loads(pickle.dumps(x))
print(y.me is y)
shared = [0]
p, q = pickle.loads(pickle.dumps((shared, shared)))
print(p is q)
print(pickle.dumps([1, "a"], 0), pickle.dumps((1, 2.5), 2), pickle.dumps({"k": b"v"}, 4), pickle.dumps({1}, 5).hex())
for bad in (
    lambda: pickle.dumps(lambda: 0),
    lambda: pickle.dumps((i for i in [])),
    lambda: pickle.loads(b""),
    lambda: pickle.loads(b"garbage"),
    lambda: pickle.dumps(1, 99),
    lambda: pickle.loads("str"),
    lambda: pickle.dumps(open),
    lambda: pickle.loads(b"cnope\nx\n."),
    lambda: pickle.loads(b"\x80\x09."),
    lambda: pickle.dumps(type("Local", (), {})()),
    lambda: pickle.loads(b"cbuiltins\nnope\n."),
    lambda: pickle.dumps(__import__("threading").Lock()),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0].split("<")[0])
