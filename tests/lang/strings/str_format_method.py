class P:
    x, y = 3, [10, 20]

    def __format__(self, spec):
        return f"<P:{spec}>"

    def __repr__(self):
        return "P()"


p = P()
print("{0} {1} {0}".format("a", "b"), "{} {}".format(1, 2), "{a} {b!r}".format(a=1, b="x"))
print(
    "{0.x} {0.y[1]} {0!r} {0:spec} {d[key]} {d[0]}".format(p, d={"key": "v", 0: "zero"}),
    "{:{w}.{p}}".format(3.14159, w=8, p=3),
    "{{}} {}".format(1),
)
print(
    "{:>8}|{:<8}|{:^8}|{:*^8}|{:08.3f}|{:+}|{:,}|{:_}|{:x}|{:#o}|{:%}|{:e}".format(
        "a", "b", "c", "d", 3.14159, 5, 1234567, 1234567, 255, 8, 0.25, 12345.678
    )
)
print(
    "{!s:>5}|{!a}|{:5}|{:5}|".format("é", "é", 7, "s"),
    "{:d}{:c}".format(True, 97),
    "{0[a]}{0[b]}".format({"a": 1, "b": 2}),
)
for args in (
    ("{}",),
    ("{0} {}", 1, 2),
    ("{a}",),
    ("{",),
    ("}",),
    ("{0!x}", 1),
    ("{0!}", 1),
    ("{:q}", 1),
    ("{:d}", "a"),
    ("{0.nope}", 1),
    ("{0[5]}", [1]),
    ("{0[a}", {}),
    ("{:.2}", 5),
    ("{!r", 1),
    ("{0.}", 1),
    ("{:{}}", 1),
):
    try:
        print(args[0].format(*args[1:]))
    except Exception as e:
        print(args[0], type(e).__name__, e)
print(
    "{x} {y}".format_map({"x": 1, "y": 2}),
    "{a}".format_map(type("D", (dict,), {"__missing__": lambda s, k: f"missing {k}"})()),
)
