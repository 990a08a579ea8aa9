"""Global variables, builtin functions and module attributes in loops."""

import math

counter = 0
LIMIT = 900_000
table = list(range(100))


def bump():
    global counter
    counter += 1


def main():
    global counter
    counter = total = 0
    for i in range(LIMIT):
        total += len(table) + abs(-i) + table[i % 100]
    for i in range(400_000):
        bump()
        total += math.floor(2.5) + min(i, 3) + max(1, 2)
        if isinstance(i, int):
            total += ord("a")
    assert (
        counter == 400_000
        and total == LIMIT * 100 + LIMIT * (LIMIT - 1) // 2 + 4950 * 9_000 + 400_000 * (2 + 2 + 97) + 400_000 * 3 - 6
    ), total


for _ in range(2):
    main()
