import time
from contextlib import contextmanager


def expensive_operation():
    return sum(i * i for i in range(2000))


start = time.perf_counter()
result = expensive_operation()
elapsed = time.perf_counter() - start
print(result, 0 < elapsed < 10, f"{0.12345:.4f}s")

measured = {}


@contextmanager
def timer(name):
    start = time.perf_counter()
    try:
        yield
    finally:
        measured[name] = time.perf_counter() - start


with timer("outer"):
    with timer("inner"):
        expensive_operation()
try:
    with timer("failing"):
        raise ValueError
except ValueError:
    pass
print(list(measured), measured["outer"] >= measured["inner"] > 0)


@timer("decorated")
def f():
    return time.sleep(0.005)


f()
print(
    measured["decorated"] >= 0.0049,
    time.process_time() > 0,
    time.thread_time() > 0,
    type(time.perf_counter_ns()).__name__,
)
print(
    time.monotonic_ns() <= time.monotonic_ns(),
    abs(time.time() - time.time_ns() / 1e9) < 1,
    time.get_clock_info("perf_counter").monotonic,
)
