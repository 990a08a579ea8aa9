"""Set operations and membership."""


def primes(n):
    candidates = set(range(2, n))
    i = 2
    while i * i < n:
        if i in candidates:
            candidates -= set(range(i * i, n, i))
        i += 1
    return candidates


def main():
    assert len(primes(200_000)) == 17984
    a, b = set(range(0, 150_000, 2)), set(range(0, 150_000, 3))
    for _ in range(8):
        assert len(a & b) == 25_000 and len(a | b) == 100_000 and len(a - b) == 50_000 and len(a ^ b) == 75_000
    seen = set()
    hits = 0
    x = 12345
    for _ in range(600_000):
        x = (x * 1103515245 + 12345) % 65536
        if x in seen:
            hits += 1
        else:
            seen.add(x)
    assert hits == 600_000 - 65_536
    assert len({frozenset((i % 50, i % 7)) for i in range(100_000)}) == 329


for _ in range(2):
    main()
