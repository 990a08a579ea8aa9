import json, io

v = {
    "a": [1, 2.5, True, None, 'é\n"\\/\u2028'],
    "b": {"c": {}},
    "d": [],
    "e": 1e100,
    "f": -0.0,
    "g": 10**30,
    1: "int key",
    None: 0,
    True: 1,
    2.5: 2,
}
print(
    json.dumps(v),
    json.dumps(v, indent=2),
    json.dumps(v, separators=(",", ":"), ensure_ascii=False),
    json.dumps({"b": 1, "a": 2}, sort_keys=True),
    json.dumps([1, [2, [3]]], indent="\t"),
    json.dumps((1, 2)),
    json.dumps(float("inf")),
    sep="\n",
)
print(
    json.loads('{"a": [1, -2.5e3, true, null, "\\u00e9\\ud83d\\ude00\\n"], "b": {}, "c": 1E400, "d": -0, "e": NaN}'),
    json.loads(" [ ] "),
    json.loads(b'"bytes"'),
    json.loads('"\\ud800"') == "\ud800",
    json.loads('{"a": 1, "a": 2}'),
    json.loads("1" * 30),
    json.loads("[1.0, 1e5, 12345678901234567890.5]"),
)
for bad in (
    "",
    "{",
    "[1,",
    "[1 2]",
    '{"a" 1}',
    '{"a": }',
    "{a: 1}",
    "'x'",
    '"abc',
    '"\\x"',
    '"\\u12"',
    "nul",
    "01",
    "1.",
    "+1",
    "[1,]",
    '{"a":1,}',
    '"\n"',
    "1 2",
    "\ufeff1",
    "-",
    "[",
    '"\\',
    "{1: 2}",
    "tru",
    ".5",
    "[NaN, Infinity, -Infinity",
):
    try:
        print(bad, json.loads(bad))
    except json.JSONDecodeError as e:
        print(repr(bad), e, e.pos, e.lineno, e.colno)


class C:
    pass


circ = []
circ.append(circ)
for f in (
    lambda: json.dumps(C()),
    lambda: json.dumps({(1,): 2}),
    lambda: json.dumps(circ),
    lambda: json.dumps(float("nan"), allow_nan=False),
    lambda: json.dumps({1, 2}),
    lambda: json.dumps(b"x"),
    lambda: json.loads(5),
    lambda: json.dumps([{"k": C()}]),
    lambda: json.loads("[" * 100000),
):
    try:
        f()
    except (TypeError, ValueError, RecursionError) as e:
        print(
            type(e).__name__,
            str(e).split(" at 0x")[0].split(" (used")[0] if not isinstance(e, RecursionError) else "",
            getattr(e, "__notes__", None),
        )
print(
    json.dumps(C(), default=lambda o: type(o).__name__),
    json.dumps({(1,): 2, "k": 1}, skipkeys=True),
    json.loads('{"x": 1, "y": [2]}', object_hook=lambda d: sorted(d)),
    json.loads('{"b": 1, "a": 2}', object_pairs_hook=list),
    json.loads("[1.5, 2, NaN]", parse_float=str, parse_int=lambda s: s + "i", parse_constant=lambda s: s),
)


class Enc(json.JSONEncoder):
    def default(self, o):
        return sorted(o) if isinstance(o, set) else super().default(o)


print(
    json.dumps({"s": {3, 1}}, cls=Enc),
    list(Enc().iterencode([1, {"a": {2}}])),
    json.JSONDecoder().raw_decode("[1] rest"),
)
f = io.StringIO()
json.dump([1, "x"], f)
f.seek(0)
print(json.load(f))


class S(str):
    pass


class I(int):
    pass


class D(dict):
    pass


import enum


class E(enum.IntEnum):
    A = 3


print(json.dumps([S("s"), I(5), D(a=1), E.A, {S("k"): I(1)}]))
