import functools


def memoize(func):
    cache = {}

    @functools.wraps(func)
    def wrapper(*args):
        if args not in cache:
            cache[args] = func(*args)
        return cache[args]

    wrapper.cache = cache
    return wrapper


@memoize
def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


print(factorial(20), factorial(25), len(factorial.cache), factorial.__name__)
print(sorted(factorial.cache)[:3], factorial(100) % 10**9)


class Memo(dict):
    def __init__(self, f):
        self.f = f

    def __call__(self, *args):
        return self[args]

    def __missing__(self, key):
        result = self[key] = self.f(*key)
        return result


@Memo
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


print(ackermann(2, 9), len(ackermann))


def memo_method(f):
    name = f"_cache_{f.__name__}"

    def wrapper(self, *args):
        cache = self.__dict__.setdefault(name, {})
        if args not in cache:
            cache[args] = f(self, *args)
        return cache[args]

    return wrapper


class Grid:
    calls = 0

    @memo_method
    def cost(self, x, y):
        Grid.calls += 1
        return 0 if x == y == 0 else 1 + min(self.cost(a, b) for a, b in ((x - 1, y), (x, y - 1)) if a >= 0 and b >= 0)


g = Grid()
print(g.cost(15, 15), Grid.calls, list(vars(g)))
