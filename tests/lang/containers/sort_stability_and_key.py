people = [("b", 2), ("a", 2), ("c", 1), ("a", 1), ("d", 2)]
print(
    sorted(people),
    sorted(people, key=lambda p: p[1]),
    sorted(people, key=lambda p: p[1], reverse=True),
    sorted(people, reverse=True),
)
a = [5, 2.5, True, -1, 10**20]
a.sort()
print(
    a,
    sorted("hello"),
    sorted({"b": 1, "a": 2}),
    sorted([[2], [1, 5], []]),
    sorted(["b", "A", "a", "B"], key=str.lower),
    a.sort(),
)
import functools

print(
    sorted([3, 1, 2], key=functools.cmp_to_key(lambda x, y: y - x)),
    sorted(range(20), key=lambda i: (i % 3, -i)),
    sorted(["10", "9", "1"], key=int),
)
calls = []
sorted([3, 1, 2], key=lambda v: calls.append(v) or v)
print(calls)
for bad in (
    "sorted([1, 'a'])",
    "sorted([None, 1])",
    "sorted(1)",
    "sorted([1j, 2j])",
    "[3].sort(key=1)",
    "[3, 1].sort(key=1)",
    "sorted([1], None)",
    "sorted([], key=None, cmp=None)",
    "sorted()",
    "sorted([{}, {}])",
):
    try:
        print(bad, eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)


class K:
    def __init__(self, v):
        self.v = v

    def __lt__(self, o):
        return self.v < o.v

    def __repr__(self):
        return f"K{self.v}"


import random

r = random.Random(1)
data = [K(r.randrange(50)) for _ in range(300)]
out = sorted(data)
print(out[:5], out[-5:], all(x.v <= y.v for x, y in zip(out, out[1:])), min(data), max(data, key=lambda k: k.v))
runs = list(range(100)) + list(range(50, 0, -1)) + [5] * 30
print(sorted(runs) == sorted(runs, key=lambda v: v), sorted(runs, reverse=True)[:3])
