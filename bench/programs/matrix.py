"""Matrix multiplication and Floyd-Warshall with nested lists."""


def multiply(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def floyd(n):
    d = [[(i * 7 + j * 13) % 50 + 1 for j in range(n)] for i in range(n)]
    for k in range(n):
        dk = d[k]
        for i in range(n):
            di = d[i]
            dik = di[k]
            for j in range(n):
                t = dik + dk[j]
                if t < di[j]:
                    di[j] = t
    return sum(map(sum, d))


def main():
    n = 70
    a = [[i + j for j in range(n)] for i in range(n)]
    identity = [[int(i == j) for j in range(n)] for i in range(n)]
    for _ in range(5):
        assert multiply(a, identity) == a
    assert multiply(a, a)[1][2] == sum((1 + k) * (k + 2) for k in range(n))
    assert floyd(120) > 0


for _ in range(3):
    main()
