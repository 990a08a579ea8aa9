from functools import cache, cached_property

log = []


@cache
def expensive_computation(x, y):
    log.append((x, y))
    return x**y


print(expensive_computation(2, 10), expensive_computation(2, 10), expensive_computation(10, 2), log)
print(expensive_computation.cache_info(), expensive_computation.__name__)


@cache
def paths(r, c):
    return 1 if r == 0 or c == 0 else paths(r - 1, c) + paths(r, c - 1)


@cache
def edit(a, b):
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return edit(a[1:], b[1:])
    return 1 + min(edit(a[1:], b), edit(a, b[1:]), edit(a[1:], b[1:]))


print(paths(16, 16), edit("kitten sitting", "sitting kitten"), paths.cache_info().currsize)


class Data:
    def __init__(self, values):
        self.values = values

    @cached_property
    def mean(self):
        log.append("mean")
        return sum(self.values) / len(self.values)


d = Data([1, 2, 6])
print(d.mean, d.mean, log.count("mean"), vars(d))
del d.mean
print(d.mean, log.count("mean"))
