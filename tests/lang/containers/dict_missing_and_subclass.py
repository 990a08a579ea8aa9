class D(dict):
    def __missing__(self, key):
        return f"<{key}>"

    def __getitem__(self, key):
        return super().__getitem__(key)


d = D(a=1)
print(
    d["a"],
    d["zz"],
    d.get("zz"),
    "zz" in d,
    d,
    "%(q)s" % d,
    "{x}".format_map(d),
    dict(d),
    type(d.copy()),
    type(d | {}),
    repr(d),
    d == {"a": 1},
)


class Counting(dict):
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self.writes = 0

    def __setitem__(self, key, value):
        self.writes += 1
        super().__setitem__(key, value)


c = Counting(a=1)
c["b"] = 2
c.update(c=3)
c.setdefault("d", 4)
print(c, c.writes, c.__dict__)
exec("x = 1", {}, c)
print(c, c.writes)
print(eval("a + nope2", {"nope2": 1}, c), type(D.fromkeys("a")), D.fromkeys("ab", 1))
