# reference: crashes
# sanitizers: they take address space of their own
# Arithmetic whose result or scratch space is beyond what there is (the reference takes hours for some): MemoryError.
import decimal
import math
import resource
import sys
from fractions import Fraction

sys.set_int_max_str_digits(0)
MIB = 1 << 20
digits = "7" * (40 * MIB)
x, y = (1 << (8 * 24 * MIB)) + 1, (1 << (8 * 11 * MIB)) + 1
wide = decimal.Context(prec=100 * MIB, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
small = decimal.Decimal(2)


def squares() -> None:
    n = 3
    while True:
        n *= n


def decimal_squares() -> None:
    n = decimal.Decimal("1.23456789")
    with decimal.localcontext(decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX)):
        while True:
            n *= n


with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 40 * MIB, resource.RLIM_INFINITY))
for name, work in {
    "*": squares,
    "x * y": lambda: x * y,
    "**": lambda: 7 ** 10**9,
    "<<": lambda: 1 << (1 << 34),
    "//": lambda: x // y,
    "/": lambda: x / (x - 2),
    "pow": lambda: pow(3, y, x),
    "round": lambda: round(x, -10**6),
    "int": lambda: int(digits),
    "str": lambda: str(x),
    "factorial": lambda: math.factorial(10**9),
    "comb": lambda: math.comb(10**12, 10**8),
    "gcd": lambda: math.gcd(x, y << 1),
    "isqrt": lambda: math.isqrt(x),
    "lcm": lambda: math.lcm(x, y),
    "Fraction": lambda: Fraction(x, y),
    "Decimal /": lambda: wide.divide(small, 3),
    "Decimal sqrt": lambda: wide.sqrt(small),
    "Decimal **": lambda: wide.power(3, 10**9),
    "Decimal *": decimal_squares,
    "Decimal quantize": lambda: wide.quantize(small, decimal.Decimal((0, (1,), -70 * MIB))),
    "Decimal int": lambda: int(decimal.Decimal("1e400000000")),
    "Decimal of an int": lambda: decimal.Decimal(x) + decimal.Decimal(y),
    "Decimal of text": lambda: decimal.Decimal(digits).sqrt(wide),
}.items():
    try:
        work()
    except MemoryError:
        print(name, "MemoryError")
    else:
        print(name, "done")
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(pow(3, 1000, 10**30), decimal.Decimal(2).sqrt(), Fraction(6, 4) ** 100 % 1)
