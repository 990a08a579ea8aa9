import math

print(7.5 // 2, -7.5 // 2, 7.5 % -2, -7.5 % 2, divmod(-7.5, 2), 5.0 % 5, -0.0 % 3, 1e300 * 1e10, -1e300 * 1e10)
print(
    0.1 + 0.2 == 0.3,
    1.5 == 3 / 2,
    2**53 == 2.0**53,
    2**53 + 1 == 2.0**53 + 1,
    10**400 > 1e308,
    -(10**400) < float("-inf"),
)
for expr in (
    "1.0 / 0",
    "1.0 // 0",
    "1.0 % 0",
    "0.0 ** -1",
    "divmod(1.0, 0)",
    "1e200 ** 2",
    "2.0 ** 10000",
    "(-1.0) ** 0.5",
):
    try:
        print(expr, eval(expr))
    except (ZeroDivisionError, OverflowError) as e:
        print(expr, type(e).__name__, e)
nan = float("nan")
print(nan == nan, nan != nan, nan < 1, nan in [nan], [nan] == [nan], max(1, nan), min(nan, 1), sorted([3, 1, 2.5]))
print(math.copysign(1, -0.0), 0.0 == -0.0, round(-0.4), str(-0.0), 0.0 * -1)
print(
    (0.5).as_integer_ratio(),
    (3.0).is_integer(),
    (2.5).__trunc__(),
    (2.5).__floor__(),
    (2.5).__ceil__(),
    float.__doc__ is not None,
)
for v in (float("inf"), nan):
    try:
        v.as_integer_ratio()
    except (OverflowError, ValueError) as e:
        print(e)
