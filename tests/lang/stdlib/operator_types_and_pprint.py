import operator as op, pprint, reprlib, types, numbers, graphlib, copy, string

print(
    op.itemgetter(1, 0)("ab"),
    op.attrgetter("real", "imag")(3),
    op.attrgetter("a.b")(types.SimpleNamespace(a=types.SimpleNamespace(b=5))),
    op.methodcaller("split", ",")("a,b"),
    op.concat([1], [2]),
    op.countOf([1, 1], 1),
    op.indexOf([5, 6], 6),
    op.truth([]),
    op.is_not(1, None),
    op.is_none(None),
    op.call(max, 1, 2),
    op.mod(7, 3),
    op.matmul,
    repr(op.itemgetter(1)),
    op.length_hint([1]),
)
for bad in (
    lambda: op.itemgetter(),
    lambda: op.attrgetter(5),
    lambda: op.methodcaller(),
    lambda: op.itemgetter(5)("ab"),
    lambda: op.indexOf([], 1),
    lambda: op.concat(1, 2),
    lambda: op.index(1.5),
    lambda: op.add(1),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
n = types.SimpleNamespace(b=2, a=[1])
n.c = n
print(n, n == types.SimpleNamespace(b=2), copy.replace(types.SimpleNamespace(x=1), x=2))
m = types.MappingProxyType({"k": 1})
print(m, m["k"], m | {"z": 2}, list(m), len(m))
try:
    m["x"] = 1
except TypeError as e:
    print(e)
data = {
    "key": list(range(30)),
    "nested": {"a": ("x" * 30, {"deep": [1, 2, {"deeper": set("a")}]}), "b": None},
    5: "text " * 20,
}
pprint.pprint(data, width=60)
pprint.pprint(data, depth=1, compact=True)
print(
    pprint.pformat({"b": 1, "a": 2}, sort_dicts=False),
    pprint.isreadable([1]),
    reprlib.repr(list(range(100))),
    reprlib.repr("x" * 100),
)


class Gen:
    @types.DynamicClassAttribute
    def v(self):
        return 5


@types.coroutine
def co():
    yield 1


print(
    Gen().v,
    type(co()).__name__,
    types.get_original_bases(type("X", (int,), {})),
    isinstance(3, numbers.Integral),
    isinstance(1.5, numbers.Rational),
    list(graphlib.TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"b"}}).static_order()),
)
try:
    list(graphlib.TopologicalSorter({"a": {"b"}, "b": {"a"}}).static_order())
except graphlib.CycleError as e:
    print(e.args[0])
print([n for n in types.__all__ if not n.startswith("_")])
