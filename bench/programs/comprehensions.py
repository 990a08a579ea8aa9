"""List, set, dict comprehensions and generator expressions."""


def main():
    total = 0
    for n in range(25):
        total += len([i * 2 for i in range(20_000) if i % 3])
        total += len({i & 1023 for i in range(10_000)})
        total += len({i: str(i) for i in range(5_000)})
        total += sum(i * i for i in range(15_000))
        total += sum([a * b for a in range(100) for b in range(100)])
        total += len([[x for x in range(20)] for _ in range(400)])
    assert total == 25 * (13_333 + 1_024 + 5_000 + 14_999 * 15_000 * 29_999 // 6 + 4950 * 4950 + 400), total


for _ in range(7):
    main()
