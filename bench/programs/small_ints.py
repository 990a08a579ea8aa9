"""Loops over small integers: arithmetic, comparison, bit operations."""


def main():
    total = 0
    i = 0
    while i < 2_500_000:
        total += i & 7
        if i % 3 == 0:
            total -= 1
        elif i % 5 == 0:
            total ^= 1
        i += 1
    for n in range(1_500_000):
        total += n >> 3
    assert total == 140632166665, total


main()
