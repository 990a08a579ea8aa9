for v in (0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1.005, 1e20 + 0.5, 123.456):
    print(v, round(v), round(v, 1), round(v, 2), round(v, -1), round(v, 0), type(round(v)), type(round(v, 0)))
print(round(1e308, -307), round(5e-324, 400), round(1.5, None), round(12345.678, -3))
for bad in (float("nan"), float("inf")):
    try:
        round(bad)
    except (ValueError, OverflowError) as e:
        print(e)
    print(round(bad, 2))


class R:
    def __round__(self, n="none"):
        return f"rounded {n}"


print(round(R()), round(R(), 3), round(number=R(), ndigits=None))
try:
    round("x")
except TypeError as e:
    print(e)
