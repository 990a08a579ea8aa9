def check(a, b):
    q, r = divmod(a, b)
    assert q * b + r == a and 0 <= abs(r) < abs(b) and (r == 0 or (r < 0) == (b < 0)), (a, b)
    return q % 1000007, r % 1000007


out = []
for i in (1, 5, 17, 63, 64, 65, 200, 1000, 5000):
    a = 3**i * 7 + i
    for b in (2**i + 1, -(5 ** (i // 2)) - 3, 10**i + 9):
        out.append(check(a, b))
        out.append(check(-a, b))
        assert (a * b) // b == a and (a * b) % b == 0
        assert (a + b) - b == a and (a ^ b) ^ b == a
print(out[:12], sum(x + y for x, y in out))
f = 1
for i in range(1, 1001):
    f *= i
print(f % 10**9 + 7, f.bit_length(), len(str(f)), hash(f), hash(-f), str(f)[:20], str(f)[-260:-240])
print(
    int(str(f)) == f,
    int(hex(f), 16) == f,
    int(bin(f), 2) == f,
    float(10**300),
    10**400 // 10**399,
    (10**400) / (10**399),
    7**500 % 13,
    (-7) ** 501 // 10**420,
)
for expr in ("10**400 / 3", "float(10**400)", "10**400 * 1.5", "2.0 ** 5000", "int('9' * 5000)"):
    try:
        eval(expr)
        print("fine")
    except (OverflowError, ValueError) as e:
        print(expr, type(e).__name__, e)
print(
    (1 << 5000) >> 4990,
    -(1 << 5000) >> 4990,
    ((1 << 5000) - 1) & ((1 << 100) - 1) == (1 << 100) - 1,
    (1 << 64) | 1,
    -1 & (1 << 70),
    ~(1 << 65),
    (3**200).bit_count(),
)
a, b = 10**50 + 151, 10**49 + 9
while b:
    a, b = b, a % b
print(a, pow(3, 10**30, 10**9 + 7), pow(2**521 - 1, -1, 10**20 + 39))
