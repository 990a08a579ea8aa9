"""The largest singular value of an infinite matrix, by the power method."""


def a(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(u, transposed):
    n = range(len(u))
    if transposed:
        return [sum(a(j, i) * u[j] for j in n) for i in n]
    return [sum(a(i, j) * u[j] for j in n) for i in n]


def main():
    u = [1.0] * 130
    for _ in range(10):
        v = times(times(u, False), True)
        u = times(times(v, False), True)
    vbv = sum(x * y for x, y in zip(u, v))
    vv = sum(x * x for x in v)
    assert abs((vbv / vv) ** 0.5 - 1.2742) < 1e-4


for _ in range(4):
    main()
