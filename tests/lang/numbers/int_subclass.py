class Metres(int):
    def __new__(cls, value, unit="m"):
        self = super().__new__(cls, value)
        self.unit = unit
        return self

    def __repr__(self):
        return f"{int(self)}{self.unit}"

    def __add__(self, other):
        return Metres(int(self) + int(other), self.unit)


a, b = Metres(3), Metres(4, "km")
print(a, repr(a), str(b), a + b, a * b, type(a * b), type(a + 1), type(1 + a), 1 + a)
print(a == 3, hash(a) == hash(3), {3: "x"}[a], [10, 20, 30, 40][a], isinstance(a, int), a.__dict__)
print(f"{a} {a:d} {a!r:>6}", "%d %s" % (a, a), max(a, b), sorted([b, a]), range(a), "x" * a)
print(int(a), type(int(a)), +a, type(+a), type(a.real), a.bit_length(), bool(Metres(0)))
