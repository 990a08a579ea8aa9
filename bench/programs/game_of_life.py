"""Conway's game of life on a set of cells."""


def step(cells):
    counts = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    key = (x + dx, y + dy)
                    counts[key] = counts.get(key, 0) + 1
    return {cell for cell, n in counts.items() if n == 3 or (n == 2 and cell in cells)}


def main():
    cells = {(0, 1), (1, 3), (2, 0), (2, 1), (2, 4), (2, 5), (2, 6)}
    acorn = {(1, 0), (3, 1), (0, 2), (1, 2), (4, 2), (5, 2), (6, 2)}
    for _ in range(260):
        acorn = step(acorn)
    assert len(cells) == 7 and 100 < len(acorn) < 400, len(acorn)
    glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
    g = glider
    for _ in range(400):
        g = step(g)
    assert g == {(x + 100, y + 100) for x, y in glider}


for _ in range(7):
    main()
