def m(x):
    match x:
        case {"type": "point", "x": x, "y": y}:
            return f"point {x} {y}"
        case {"type": str(t), **rest}:
            return f"{t} {rest}"
        case {1: _, 2: v}:
            return f"numbers {v}"
        case {"nested": {"k": [a, *_]}}:
            return f"nested {a}"
        case {**only} if len(only) == 1:
            return f"one {only}"
        case {}:
            return "mapping"
        case _:
            return "no"


from collections import defaultdict, OrderedDict, ChainMap

dd = defaultdict(lambda: "made")
for v in (
    {"type": "point", "x": 1, "y": 2, "z": 3},
    {"type": "line", "len": 5},
    {1: "a", 2: "b"},
    {"nested": {"k": [7, 8]}},
    {"a": 1},
    {},
    dd,
    OrderedDict(type="o"),
    [("type", "x")],
    ChainMap({"type": "cm"}),
):
    print(m(v))
print(len(dd))


class Map(dict):
    def get(self, k, d=None):
        print("get", k)
        return super().get(k, d)


match Map(a=1):
    case {"a": v}:
        print("v", v)


class K:
    KEY = "kk"


match {"kk": 5, "other": 6}:
    case {K.KEY: v, **rest}:
        print(v, rest)
try:

    class D:
        x = 1
        y = 1

    match {1: 1}:
        case {D.x: a, D.y: b}:
            pass
except ValueError as e:
    print(e)
