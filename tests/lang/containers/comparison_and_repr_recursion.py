a = []
a.append(a)
b = {}
b["me"] = b
c = [1]
t = (c,)
c.append(t)
from collections import OrderedDict, defaultdict, deque, UserList

o = OrderedDict()
o["o"] = o
d = deque()
d.append(d)
dd = defaultdict(list)
dd["x"] = dd
print(a, b, t, c, o, d, dd)
try:
    print(a == [a], a == a, [a] == [a])
except RecursionError as e:
    print(type(e).__name__)
x, y = [], []
x.append(y)
y.append(x)
try:
    x == y
except RecursionError as e:
    print(type(e).__name__)
s = {1: {2: {3: [4, (5, {6})]}}}
print(s, str(s) == repr(s), [[], {}, (), set(), frozenset(), "", b""], [None, ..., NotImplemented, int, len][0:3])


class R:
    def __init__(self):
        self.l = [self]

    def __repr__(self):
        return f"R({len(self.l)})"


print(R(), [R(), R().l], {"k": R()})


class Bad:
    def __repr__(self):
        raise ValueError("repr failed")


class NotStr:
    def __repr__(self):
        return 5


for f in (
    lambda: repr([Bad()]),
    lambda: str({"a": Bad()}),
    lambda: repr((NotStr(),)),
    lambda: f"{[NotStr()]}",
    lambda: print({Bad(): 1} and {1: Bad()}),
):
    try:
        f()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
import reprlib


class Rec:
    @reprlib.recursive_repr("<...>")
    def __repr__(self):
        return f"Rec({self.x!r})"


r = Rec()
r.x = [r]
print(r)
print(
    [1, [2, [3]]] < [1, [2, [4]]],
    (1, "a", None) == (1, "a", None),
    [float("nan")] == [float("nan")],
    {1: [1, 2]} == {1: [1, 2]},
    {1, (2, 3)} == {(2, 3), 1},
    [1, 2] != (1, 2),
    range(2) == [0, 1],
    dict(a=1) != dict(a=2),
)
