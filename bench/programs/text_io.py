"""Writing and reading a file, line by line and in binary."""

import os
import tempfile


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "data.txt")
        with open(path, "w", encoding="utf-8") as f:
            for i in range(250_000):
                f.write(f"line {i} ü\n")
        total = 0
        with open(path, encoding="utf-8") as f:
            for line in f:
                total += len(line)
        assert total == os.path.getsize(path) - 250_000
        with open(path, "rb") as f:
            assert sum(1 for _ in f) == 250_000
        with open(path, encoding="utf-8") as f:
            assert len(f.read().split("\n")) == 250_001


for _ in range(2):
    main()
