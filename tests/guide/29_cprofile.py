import cProfile
import io
import pstats
import re
from contextlib import redirect_stdout


def slow_function():
    total = 0
    for i in range(1000):
        total += i**2
    return total


def fast_function():
    return sum(i**2 for i in range(1000))


def main():
    slow_function()
    for _ in range(3):
        fast_function()
    return sorted([3, 1])


out = io.StringIO()
with redirect_stdout(out):
    cProfile.run("main()", sort="name")
text = out.getvalue()
for name in ("slow_function", "fast_function", "main", "<genexpr>", "builtins.sum", "builtins.sorted"):
    row = next(line for line in text.splitlines() if name in line)
    print(row.split()[0], name)
print(re.search(r"\d+ function calls", text)[0], "Ordered by: function name" in text)
profiler = cProfile.Profile()
profiler.enable()
main()
profiler.disable()
stats = pstats.Stats(profiler, stream=io.StringIO())
stats.strip_dirs().sort_stats("cumulative").print_stats(10)
lines = stats.stream.getvalue()
print("cumulative time" in lines, "ncalls" in lines, stats.total_calls, stats.prim_calls)
counts = {key[2]: value[:2] for key, value in stats.stats.items()}
print(counts["main"], counts["slow_function"], counts["<genexpr>"])
stats.stream = io.StringIO()
stats.print_callers("slow_function")
print("main" in stats.stream.getvalue())


def fact(n):
    return 1 if n < 2 else n * fact(n - 1)


p = cProfile.Profile()
print(p.runcall(fact, 6), {k[2]: v[:2] for k, v in pstats.Stats(p).stats.items() if k[2] == "fact"})
