import timeit

t = timeit.timeit("sum(range(100))", number=200)
print(f"{t:.6f}".replace(f"{t:.6f}", "TIME"), t > 0)


def my_function():
    return sum(range(100))


print(timeit.timeit(my_function, number=100) > 0)
setup = "data = list(range(1000))"
print(timeit.timeit("sum(data)", setup=setup, number=100) > 0)
calls = []
timeit.timeit(lambda: calls.append(1), number=37)
print(len(calls), len(timeit.repeat("pass", number=10, repeat=3)))
print(timeit.timeit("f(x)", globals={"f": calls.append, "x": 2}, number=3) >= 0, len(calls))
timer = timeit.Timer("1 / 0")
try:
    timer.timeit(1)
except ZeroDivisionError:
    import io

    out = io.StringIO()
    timer.print_exc(out)
    print(out.getvalue().splitlines()[-1])
number, seconds = timeit.Timer("x = 1").autorange()
print(number >= 1, seconds >= 0.2)
fake = iter(range(0, 1000, 10))
print(timeit.timeit("pass", timer=lambda: next(fake), number=5))
import subprocess
import sys

out = subprocess.run(
    [sys.executable, "-m", "timeit", "-n", "5", "-r", "2", "sum(range(10))"], capture_output=True, text=True
).stdout
print(out.split(",")[0], "per loop" in out)
