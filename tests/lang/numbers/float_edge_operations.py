import sys

big, tiny = sys.float_info.max, sys.float_info.min
print(
    big * 2,
    -big * 2,
    big + big,
    tiny / 2,
    tiny / 2**52,
    tiny / 2**53,
    big - big,
    float("inf") - float("inf"),
    0 * float("inf"),
)
print(
    1e308 + 1e308 == float("inf"),
    5e-324 / 2,
    -5e-324 / 2,
    0.1 * 3,
    1 - 0.9,
    1e16 + 1,
    2**0.5 * 2**0.5,
    (0.1).__add__(0.2),
    (1.0).__radd__(2),
    3.0 // 0.1,
    3.0 % 0.1,
)
print(
    divmod(5.5, -1.25),
    divmod(-0.0, 1.0),
    divmod(1e300, 1e-300)[1] >= 0,
    -5.5 // 2,
    5.5 // -2,
    float("inf") // 1,
    1 // float("inf"),
    -1 // float("inf"),
    1 % float("inf"),
    -1 % float("inf"),
)
print(
    2.0**-1074,
    2.0**1023,
    (-2.0) ** 3,
    (-2.0) ** 0.5,
    0.0**0,
    float("nan") ** 0,
    1 ** float("nan"),
    float("inf") ** -1,
    (-0.0) ** 3,
    2**-0.5,
    10.0**-5,
)
print(
    1 < 1.5 < 2,
    10**20 == 1e20,
    10**23 == 1e23,
    2**1024 > big,
    -(2**1024) < -big,
    float(2**53 + 1),
    int(1e23),
    round(2.5e15 + 0.5),
    0.5 == 1 / 2,
    True + 0.5,
    1.5 + 2j,
    3 - 1.5,
)
x = 0.0
for i in range(10):
    x += 0.1
print(
    x, x == 1.0, sum([0.1] * 10), sum([1e100, 1.0, -1e100]), sum([1, 2.5, 3]), sum([1e16, 1, 1]), sum([0.1, 0.2], 0.3)
)
print(
    [float.fromhex(s) for s in ("0x1p-1074", "0x1.fffffffffffffp+1023", "-0x0p0", "inf", "0x.8", "0x1e5")],
    [f.hex() for f in (5e-324, big, 0.1, 1.0)],
)
for bad in ("0x1p1024", "zz", ""):
    try:
        print(float.fromhex(bad))
    except (ValueError, OverflowError) as e:
        print(type(e).__name__, e)
print(
    (1.5).is_integer(),
    float.from_number(3),
    (2.75).as_integer_ratio(),
    (0.1).as_integer_ratio(),
    (-1.5).__floor__(),
    (1e300).__trunc__() % 1000,
    float.__getformat__("double"),
)
