"""List operations: append, index, slices, insert, sort, reverse, comprehension."""


def main():
    total = 0
    for _ in range(12):
        a = []
        for i in range(60_000):
            a.append(i ^ 21)
        for i in range(len(a)):
            total += a[i]
        a.reverse()
        b = a[10:-10:2]
        b.extend(a)
        b.sort()
        total += b[100] + len(b)
        while a:
            a.pop()
        c = [x * 2 for x in b if x & 1]
        total += sum(c) + max(c)
        c[5:10] = [1, 2, 3]
        total += c.index(3) + (59_999 in b)
    assert total == 43202160792, total


for _ in range(3):
    main()
