for n in (0, 1, -1, 5, -5, 2**40, -(2**40), 2**100 + 7, -(2**100) - 7):
    print(n, n << 3, n >> 3, n << 70, n >> 70, n & 0xFF, n | 0xF0, n ^ 0xAA, ~n, n & -n)
    print(n.bit_length(), n.bit_count())
for a in (12, -12, 2**90):
    for b in (10, -10, -(2**88)):
        print(a & b, a | b, a ^ b)
for bad in ("1 << -1", "1 >> -1", "1 << (1 << 70)", "0 << (1 << 70)", "1 >> (1 << 70)", "-1 >> (1 << 70)", "1 << 1.0"):
    try:
        print(bad, eval(bad))
    except (ValueError, OverflowError, MemoryError, TypeError) as e:
        print(bad, type(e).__name__, e)
