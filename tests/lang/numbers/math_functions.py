import math

print(
    math.factorial(25),
    math.gcd(12, 18, 27),
    math.lcm(4, 6, 10),
    math.comb(50, 25),
    math.perm(10, 3),
    math.isqrt(10**40 + 1),
)
print(
    math.floor(-2.5),
    math.ceil(-2.5),
    math.trunc(-2.5),
    math.fmod(-7, 3),
    math.modf(-2.25),
    math.frexp(40.0),
    math.ldexp(0.625, 6),
)
print(
    math.fsum([0.1] * 10),
    sum([0.1] * 10),
    math.prod([1, 2, 3.5]),
    math.hypot(3, 4),
    math.dist((0, 0), (3, 4)),
    math.sumprod([1, 2], [3, 4]),
)
print(
    math.isclose(0.1 + 0.2, 0.3),
    math.isnan(math.nan),
    math.isinf(-math.inf),
    math.isfinite(1),
    math.nextafter(1.0, 2.0),
    math.ulp(1.0),
)
print(
    math.log(8, 2),
    math.log2(2**100),
    math.log10(10**50),
    math.log1p(0),
    math.exp(0),
    math.expm1(0),
    math.sqrt(2),
    math.cbrt(27),
    math.exp2(10),
)
print(
    math.degrees(math.pi),
    math.radians(180) == math.pi,
    math.sin(0),
    math.cos(0),
    math.atan2(1, -1),
    math.tau,
    math.e,
    math.remainder(5, 3),
)
print(math.fma(2.0, 3.0, 4.0), math.copysign(3, -0.0), math.gamma(5), math.lgamma(1), math.erf(0))
for expr in (
    "math.sqrt(-1)",
    "math.log(0)",
    "math.log(-1)",
    "math.factorial(-1)",
    "math.factorial(2.0)",
    "math.exp(1000)",
    "math.acos(2)",
    "math.isqrt(-1)",
    "math.comb(-1, 2)",
    "math.floor('a')",
    "math.sqrt('a')",
    "math.gcd(1.0)",
    "math.pow(0, -1)",
    "math.fmod(1, 0)",
    "math.log(10**400) > 900",
    "math.sqrt()",
    "math.sqrt(1, 2)",
    "math.hypot('a')",
    "math.dist((1,), (1, 2))",
):
    try:
        print(expr, eval(expr))
    except Exception as e:
        print(expr, type(e).__name__, e)
