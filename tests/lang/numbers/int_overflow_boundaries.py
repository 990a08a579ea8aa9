for bits in (29, 30, 31, 59, 60, 61, 62, 63, 64, 89, 90, 127, 128):
    n = 1 << bits
    print(bits, n - 1, n, n + 1, -n - 1, (n - 1) * (n + 1), n * n // n == n, (-n) >> (bits - 2), n ^ (n - 1), ~n)
x = 2**62
for _ in range(5):
    x += x
    print(x, -x, x - 1)
total = 0
for i in range(100):
    total += 10**17 * i
print(total)
