"""Integers of hundreds and thousands of digits."""


def pi_digits(n):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < n:
        if 4 * q + r - t < m * t:
            out.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return out


def main():
    digits = pi_digits(1300)
    assert "".join(map(str, digits[:15])) == "314159265358979"
    f = 1
    for i in range(1, 3000):
        f *= i
    assert f % 2999 == 0 and f.bit_length() == 30320, f.bit_length()
    p = 2**4423 - 1
    assert pow(3, p - 1, p) == 1
    a, b = 0, 1
    for _ in range(20_000):
        a, b = b, a + b
    assert a.bit_length() == 13884, a.bit_length()
    assert len(str(f)[:4000]) == 4000


import sys

sys.set_int_max_str_digits(0)
main()
