from collections import ChainMap, Counter, OrderedDict, defaultdict

c = Counter("abracadabra")
print(
    c,
    c.most_common(2),
    c["z"],
    c.total(),
    sorted(c.elements())[:6],
    c + Counter(a=1),
    c - Counter(a=10),
    c & Counter(a=2, b=9),
    Counter(a=1) | Counter(a=3),
    -Counter(a=-2),
    Counter(a=1) <= Counter(a=2),
)
c.subtract("aaa")
c.update({"a": 10})
print(c["a"], sorted(c.items()))
d = defaultdict(list)
d["x"].append(1)
print(d, d["y"], dict(d), d.default_factory, d.get("q"), "q" in d, defaultdict(None), defaultdict(int, a=1) | {"b": 2})
try:
    defaultdict(None)["a"]
except KeyError as e:
    print(repr(e))
try:
    defaultdict(1)
except TypeError as e:
    print(e)
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a")
o.move_to_end("c", last=False)
print(
    o,
    o.popitem(last=False),
    o == OrderedDict(b=2, a=1),
    o == OrderedDict(a=1, b=2),
    o == {"a": 1, "b": 2},
    list(reversed(o)),
)
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
m["c"] = 4
print(m, m["b"], m["a"], dict(m), m.new_child({"a": 0})["a"], m.parents, len(m), m.maps[0])
try:
    del m["b"]
except KeyError as e:
    print(e)
