import sys
import timeit


class RegularPoint:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class OptimizedPoint:
    __slots__ = ["x", "y"]

    def __init__(self, x, y):
        self.x = x
        self.y = y


regular, optimized = RegularPoint(1, 2), OptimizedPoint(1, 2)
print(
    sys.getsizeof(regular) + sys.getsizeof(regular.__dict__) > sys.getsizeof(optimized), hasattr(optimized, "__dict__")
)


def create_regular():
    return [RegularPoint(i, i) for i in range(1000)]


def create_optimized():
    return [OptimizedPoint(i, i) for i in range(1000)]


print(sum(p.x for p in create_regular()), sum(p.y for p in create_optimized()))
print(timeit.timeit(create_regular, number=3) > 0, timeit.timeit(create_optimized, number=3) > 0)
import tracemalloc


def measure(f):
    tracemalloc.start()
    kept = f()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / len(kept)


print(measure(create_optimized) < measure(create_regular) < 300)
print(OptimizedPoint.x, OptimizedPoint.__slots__, [n for n in vars(OptimizedPoint) if not n.startswith("__")])
