import cProfile, io, pstats, timeit, tracemalloc, trace, linecache

print(
    timeit.timeit("x += 1", "x = 0", number=1000) > 0,
    len(timeit.repeat(lambda: sum(range(10)), number=5, repeat=4)),
    timeit.Timer("pass").autorange()[0] > 1,
)
try:
    timeit.timeit("1 +")
except SyntaxError as e:
    print(e.msg)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def work():
    sorted([3, 1, 2])
    return fib(10)


p = cProfile.Profile()
p.enable()
work()
p.disable()
st = pstats.Stats(p, stream=io.StringIO())
rows = {(k[2]): (v[0], v[1]) for k, v in st.strip_dirs().stats.items()}
print(rows["fib"], rows["work"], any("sorted" in k for k in rows), st.total_calls >= 179)
st.sort_stats("calls").print_stats(2)
out = st.stream.getvalue()
print("function calls" in out, "Ordered by: call count" in out, out.count("fib"))
print(p.runcall(fib, 5))
with cProfile.Profile() as q:
    fib(3)
tracemalloc.start(5)
keep = [bytearray(1000) for _ in range(100)]
cur, peak = tracemalloc.get_traced_memory()
print(cur >= 100_000, peak >= cur, tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())
s1 = tracemalloc.take_snapshot()
more = [bytearray(5000) for _ in range(10)]
s2 = tracemalloc.take_snapshot()
top = s2.compare_to(s1, "lineno")[0]
print(
    top.size_diff >= 50_000,
    top.count_diff >= 10,
    top.traceback[0].lineno,
    linecache.getline(__file__, top.traceback[0].lineno).strip(),
)
big = max(s1.statistics("lineno"), key=lambda s: s.size)
print(
    big.size >= 100_000,
    tracemalloc.get_object_traceback(keep[0])[-1].lineno if tracemalloc.get_object_traceback(keep[0]) else None,
)
del keep, more
print(tracemalloc.get_traced_memory()[0] < cur)
tracemalloc.reset_peak()
tracemalloc.stop()
print(tracemalloc.get_traced_memory(), tracemalloc.is_tracing())
try:
    tracemalloc.take_snapshot()
except RuntimeError as e:
    print(e)
t = trace.Trace(count=1, trace=0)
t.runfunc(fib, 3)
print(sorted(v for (f, l), v in t.results().counts.items() if f.endswith("tracemalloc.py"))[-1] >= 5)
