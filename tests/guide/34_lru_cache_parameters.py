from functools import lru_cache


@lru_cache(maxsize=None)
def unlimited_cache(x):
    return x**2


@lru_cache(maxsize=128)
def default_cache(x):
    return x**2


@lru_cache(typed=True)
def typed_cache(x):
    return type(x).__name__, x**2


@lru_cache(maxsize=0)
def no_cache(x):
    return x


for i in range(1000):
    unlimited_cache(i)
    default_cache(i)
print(unlimited_cache.cache_info(), default_cache.cache_info())
print(typed_cache(1), typed_cache(1.0), typed_cache(True), typed_cache(1), typed_cache.cache_info())
no_cache(1), no_cache(1)
print(no_cache.cache_info(), lru_cache(maxsize=-5)(len).cache_parameters())
for bad in (
    lambda: unlimited_cache([1]),
    lambda: lru_cache(maxsize="x"),
    lambda: unlimited_cache(),
    lambda: default_cache({}),
):
    try:
        bad()
    except TypeError as e:
        print(e)


class Model:
    def __init__(self, k):
        self.k = k

    @lru_cache(maxsize=4)
    def score(self, x):
        print("scoring", self.k, x)
        return self.k * x

    @staticmethod
    @lru_cache
    def static(x):
        return x

    @classmethod
    @lru_cache
    def klass(cls, x):
        return cls.__name__, x


a, b = Model(1), Model(2)
print(a.score(5), b.score(5), a.score(5), Model.score.cache_info().hits, Model.static(1), Model.klass(2))
