# timeout: 60
import tracemalloc

tracemalloc.start(10)
before, _ = tracemalloc.get_traced_memory()
data = [i**2 for i in range(100_000)]
current, peak = tracemalloc.get_traced_memory()
print(current - before > 3_000_000, peak >= current, f"{1024 / 1024:.2f} KB")
snapshot = tracemalloc.take_snapshot()
top = snapshot.statistics("lineno")
biggest = top[0]
print(biggest.traceback[0].lineno, biggest.size > 3_000_000, biggest.count > 90_000, "tracemalloc" in str(biggest))
other = ["x" * n for n in range(1000)]
diff = tracemalloc.take_snapshot().compare_to(snapshot, "lineno")[0]
print(diff.traceback[0].lineno, diff.size_diff > 400_000)
filtered = snapshot.filter_traces([tracemalloc.Filter(False, tracemalloc.__file__)])
print(
    len(filtered.statistics("filename")) >= 1,
    sum(s.size for s in filtered.statistics("traceback")) <= sum(s.size for s in top),
)
del data
print(tracemalloc.get_traced_memory()[0] < current, tracemalloc.get_traced_memory()[1] >= peak)
tracemalloc.reset_peak()
print(tracemalloc.get_traced_memory()[1] < peak)
fresh = bytearray(5000)
tb = tracemalloc.get_object_traceback(fresh)
print(tb[-1].lineno, tracemalloc.get_object_traceback(5))
tracemalloc.clear_traces()
tracemalloc.stop()
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
