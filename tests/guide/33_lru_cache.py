from functools import lru_cache

calls = 0


def fibonacci_slow(n):
    global calls
    calls += 1
    if n < 2:
        return n
    return fibonacci_slow(n - 1) + fibonacci_slow(n - 2)


@lru_cache(maxsize=128)
def fibonacci_fast(n):
    if n < 2:
        return n
    return fibonacci_fast(n - 1) + fibonacci_fast(n - 2)


print(fibonacci_slow(18), calls)
print(fibonacci_fast(30), fibonacci_fast.cache_info())
print(fibonacci_fast(300))
print(fibonacci_fast.cache_info())
fibonacci_fast.cache_clear()
print(fibonacci_fast.cache_info(), fibonacci_fast.cache_parameters(), fibonacci_fast.__wrapped__.__name__)


@lru_cache
def keyed(*args, **kwargs):
    return object()


a = keyed(1, k=2)
print(a is keyed(1, k=2), a is keyed(1, 2), keyed(a=1, b=2) is keyed(b=2, a=1), keyed(1.0, k=2) is a)
evicted = []


@lru_cache(maxsize=3)
def small(n):
    evicted.append(n)
    return n


for n in (1, 2, 3, 1, 4, 2, 1, 3):
    small(n)
print(evicted, small.cache_info())
