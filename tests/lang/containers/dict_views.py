d = {"a": 1, "b": 2, "c": 3}
k, v, i = d.keys(), d.values(), d.items()
print(
    k,
    v,
    i,
    len(k),
    "a" in k,
    2 in v,
    ("b", 2) in i,
    ("b", 3) in i,
    sorted(k & {"a", "z"}),
    sorted(k | {"z"}),
    sorted(k - {"a"}),
    sorted(k ^ {"a", "z"}),
)
d["d"] = 4
print(
    k,
    len(v),
    k == {"a", "b", "c", "d"},
    k == d.keys(),
    v == d.values(),
    i == d.items(),
    k >= {"a"},
    k.isdisjoint({"q"}),
    sorted({"x"} | k),
    sorted(i & {("a", 1)}),
)
print(list(reversed(k)), list(reversed(i)), k.mapping["a"], type(k.mapping).__name__, iter(k).__length_hint__())
for bad in ("k.add(1)", "k[0]", "hash(k)", "k & 1", "k.mapping['a'] = 5", "v < v"):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, type(e).__name__, e)
it = iter(d.items())
print(next(it), next(it))
del d["c"]
try:
    next(it)
except RuntimeError as e:
    print(e)
