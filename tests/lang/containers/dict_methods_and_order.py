d = {"b": 1, "a": 2}
d["c"] = 3
d["b"] = 10
del d["a"]
d["a"] = 4
print(d, list(d), list(d.items()), list(d.values()), list(reversed(d)), len(d), "a" in d, d.get("z"), d.get("z", 0))
print(d.setdefault("b", 5), d.setdefault("n"), d.pop("n"), d.pop("q", "default"), d.popitem(), d)
d.update({"x": 1}, y=2)
d.update([("z", 3), ["w", 4]])
print(
    d,
    d.copy() == d,
    dict.fromkeys("ab"),
    dict.fromkeys([1, 2], 0),
    dict(a=1, b=2),
    dict([(1, 2)]),
    dict({1: 2}, a=3),
    dict(),
)
print(d | {"x": 100, "new": 1}, {1: 2} == {1: 2.0}, {"a": 1, "b": 2} == {"b": 2, "a": 1}, {**d, "k": 1})
d |= [("q", 9)]
d.clear()
print(d)
for bad in (
    "{}['k']",
    "{}[1, 2]",
    "{}.pop('x')",
    "{}.popitem()",
    "{[]: 1}",
    "{}[{}]",
    "{} | [1]",
    "dict(1)",
    "dict([1])",
    "dict([(1, 2, 3)])",
    "dict([('a',)])",
    "{}.update(1)",
    "{} + {}",
    "hash({})",
    "dict(**{1: 2})",
    "{}.get()",
    "dict('ab')",
    "dict(1, 2)",
    "{}.fromkeys()",
    "dict([[]])",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
e = {}
e["self"] = e
print(e)
