import sys


class DataPointRegular:
    def __init__(self, x, y, label):
        self.x = x
        self.y = y
        self.label = label


class DataPointOptimized:
    __slots__ = ["x", "y", "label"]

    def __init__(self, x, y, label):
        self.x = x
        self.y = y
        self.label = label


regular = DataPointRegular(1.0, 2.0, "A")
optimized = DataPointOptimized(1.0, 2.0, "A")
print(
    sys.getsizeof(regular) + sys.getsizeof(regular.__dict__) > sys.getsizeof(optimized), sys.getsizeof(optimized) < 100
)
points = [DataPointOptimized(i, i * 2, str(i % 3)) for i in range(20_000)]
groups = {}
for p in points:
    groups.setdefault(p.label, []).append(p.x + p.y)
print({k: sum(v) for k, v in groups.items()}, optimized.label)
print(
    DataPointOptimized.__basicsize__ - object.__basicsize__ == 3 * 8,
    DataPointOptimized.__dictoffset__,
    regular.__dict__,
)
