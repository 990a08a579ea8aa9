from collections import namedtuple

P = namedtuple("P", "x y z", defaults=[0])
p = P(1, 2)
print(
    p,
    p.x,
    p[1],
    p._asdict(),
    p._replace(x=5),
    P._fields,
    P._field_defaults,
    P._make([1, 2, 3]),
    p == (1, 2, 0),
    hash(p) == hash((1, 2, 0)),
    len(p),
    *p,
)
x, *rest = p
print(
    x,
    rest,
    P(y=1, x=2),
    isinstance(p, tuple),
    P.__doc__,
    P.x.__doc__,
    P.__name__,
    p.__slots__,
    namedtuple("R", "a def b", rename=True)._fields,
)
for bad in (
    "P()",
    "P(1, 2, 3, 4)",
    "P(1, 2, q=1)",
    "p.x = 1",
    "p.w",
    "namedtuple('X', 'a a')",
    "namedtuple('X', 'class')",
    "namedtuple('1', 'a')",
    "P._make([1])",
    "p._replace(q=1)",
    "namedtuple('X', '_a')",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, type(e).__name__, e)


class Q(P):
    __slots__ = ()

    @property
    def norm(self):
        return abs(self.x) + abs(self.y)


print(Q(3, -4).norm, Q(1, 2), repr(Q(1, 2)._replace(y=9)), P(1, 2, 3) < P(1, 2, 4))
