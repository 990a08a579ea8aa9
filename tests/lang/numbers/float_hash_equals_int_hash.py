from decimal import Decimal
from fractions import Fraction

for a in (1, 2**61 - 1, 2**61, -1, -2, 10**30):
    print(a, hash(a), hash(float(a)) == hash(int(float(a))), hash(Fraction(a)) == hash(a), hash(Decimal(a)) == hash(a))
print(
    hash(0.5),
    hash(-0.5),
    hash(1e300),
    hash(float("inf")),
    hash(float("-inf")),
    hash(0.1),
    hash(1j),
    hash(1 + 2j),
    hash(-1j),
)
print({1: "a", 1.0: "b", True: "c", 1 + 0j: "d"}, hash(True), hash(False), hash(Fraction(1, 2)) == hash(0.5))
