class Name(str):
    def __new__(cls, text):
        self = super().__new__(cls, text.strip())
        self.raw = text
        return self

    def __eq__(self, other):
        return str(self).lower() == str(other).lower()

    def __hash__(self):
        return hash(str(self).lower())


n = Name("  Ada ")
print(
    n,
    repr(n),
    n.raw,
    len(n),
    n == "ADA",
    "ada" == n,
    n in {"ada": 1},
    n in {Name("ada")},
    type(n.upper()),
    type(str(n)),
)
print(
    type(n + "x"),
    type("x" + n),
    f"{n:>6}",
    "%s" % n,
    ",".join([n, n]),
    type("".join([n])),
    n[0],
    type(n[:]),
    isinstance(n, str),
    n.__dict__,
)


class Shout(str):
    def __str__(self):
        return self.upper() + "!"


s = Shout("hey")
print(s, str(s), f"{s}", "{}".format(s), repr(s), "%s" % s, type(str(s)), ["".join([s])], print(s))
