"""Dictionary operations with string, integer and tuple keys."""


def main():
    total = 0
    words = [f"word{i % 5000}" for i in range(100_000)]
    for _ in range(4):
        counts = {}
        for w in words:
            counts[w] = counts.get(w, 0) + 1
        total += sum(counts.values())
        grid = {}
        for x in range(150):
            for y in range(150):
                grid[x, y] = x * y
        for x in range(149):
            for y in range(149):
                total += grid[x + 1, y] - grid[x, y]
        squares = {i: i * i for i in range(100_000)}
        for k, v in squares.items():
            if k % 1000 == 0:
                total += v
        for k in range(0, 100_000, 2):
            del squares[k]
        total += len(squares | {1: 2})
    assert total == 1313407171496, total


for _ in range(2):
    main()
