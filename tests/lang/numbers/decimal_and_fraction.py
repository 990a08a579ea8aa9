from decimal import Decimal, getcontext, localcontext, ROUND_HALF_UP, InvalidOperation, DivisionByZero
from fractions import Fraction

print(
    Decimal("0.1") + Decimal("0.2"),
    Decimal(1) / 3,
    Decimal("1.10").normalize(),
    Decimal("2.675").quantize(Decimal("0.01"), ROUND_HALF_UP),
)
with localcontext() as ctx:
    ctx.prec = 50
    print(Decimal(2).sqrt())
print(
    getcontext().prec,
    Decimal("1e3"),
    Decimal("-0"),
    Decimal("Infinity"),
    Decimal("NaN"),
    f"{Decimal('1234567.891'):,.2f}",
)
for bad in (lambda: Decimal("x"), lambda: Decimal(1) / 0, lambda: Decimal("sNaN") + 1):
    try:
        bad()
    except (InvalidOperation, DivisionByZero) as e:
        print(type(e).__name__, e)
print(
    Fraction(1, 3) + Fraction(1, 6),
    Fraction("0.125"),
    Fraction(3, -6),
    Fraction(7, 3) // 1,
    Fraction(0.5),
    Fraction(22, 7).limit_denominator(5),
)
print(Fraction(1, 2) == 0.5, "", Fraction(1, 3) ** 2, Fraction(1, 4) ** 0.5, round(Fraction(5, 2)))
try:
    Fraction(1, 0)
except ZeroDivisionError as e:
    print(e)
