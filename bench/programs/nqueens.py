"""Eight queens by permutations, and by backtracking over bit masks and sets."""

from itertools import permutations


def by_permutations(n):
    columns = range(n)
    return sum(
        1 for p in permutations(columns) if n == len({p[i] + i for i in columns}) == len({p[i] - i for i in columns})
    )


def by_sets(n, row=0, columns=frozenset(), up=frozenset(), down=frozenset()):
    if row == n:
        return 1
    found = 0
    for c in range(n):
        if c not in columns and row + c not in up and row - c not in down:
            found += by_sets(n, row + 1, columns | {c}, up | {row + c}, down | {row - c})
    return found


def by_bits(full, columns=0, left=0, right=0):
    if columns == full:
        return 1
    found = 0
    free = full & ~(columns | left | right)
    while free:
        bit = free & -free
        free ^= bit
        found += by_bits(full, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return found


for _ in range(8):
    assert by_permutations(8) == 92
    assert by_sets(8) == 92
    assert by_bits((1 << 9) - 1) == 352
