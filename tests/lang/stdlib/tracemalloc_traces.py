# What tracemalloc knows about single objects, threads, the command line, and objects that die unclosed.
import gc
import os
import subprocess
import sys
import tempfile
import threading
import tracemalloc

for bad in (0, -1, 65536):
    try:
        tracemalloc.start(bad)
    except ValueError as e:
        print(e)
print(tracemalloc.is_tracing(), tracemalloc._get_traces(), tracemalloc.get_traced_memory(), tracemalloc.get_traceback_limit())

tracemalloc.start(3)
tracemalloc.start(9)  # does nothing while it is on
print(tracemalloc.get_traceback_limit())


def inner(size):
    return bytearray(size)


def outer(size):
    return inner(size)


data = outer(70_000)
here = [frame.lineno for frame in tracemalloc.get_object_traceback(data)]
print(here[-2:], len(here))
before = tracemalloc.get_traced_memory()[0]
data += bytes(100_000)  # reallocated
print(100_000 <= tracemalloc.get_traced_memory()[0] - before < 250_000)
data.clear()
print(tracemalloc.get_traced_memory()[0] - before < -60_000)


class Thing:
    def __init__(self):
        self.items = [None] * 1000


thing = Thing()
print(tracemalloc.get_object_traceback(thing)[-1].lineno)
sizes = [size for _, size, frames, total in tracemalloc._get_traces() if frames[0][1] == 42 and size >= 8000]
print(len(sizes), sizes[0] < 8100)

# A list of traces leaves no traces itself.
first = tracemalloc.get_traced_memory()[0]
traces = tracemalloc._get_traces()
print(tracemalloc.get_traced_memory()[0] - first < 3000, len(traces) > 10)
del traces

# Threads allocate for each other.
shared = []


def work(number):
    for _ in range(20):
        shared.append([bytes(200 + i) for i in range(100)])
        str(number) * 2000


tracemalloc.stop()
tracemalloc.start()
workers = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(tracemalloc.get_traced_memory()[0] > 80 * 100 * 250)
allocated = [s for s in tracemalloc.take_snapshot().statistics("lineno") if s.traceback[0].lineno == 62]
print([s.count > 7000 for s in allocated])
shared.clear()
del workers, worker, allocated
gc.collect()
print(tracemalloc.get_traced_memory()[0] < 300_000, tracemalloc.get_traced_memory()[1] > 80 * 100 * 250)

# Starting and stopping while others allocate.
over = False


def busy():
    keep = []
    while not over:
        keep = [str(i) * 3 for i in range(300)] + keep[:300]


workers = [threading.Thread(target=busy) for _ in range(3)]
for worker in workers:
    worker.start()
for i in range(20):
    tracemalloc.start(1 + i % 4)
    tracemalloc._get_traces()
    tracemalloc.clear_traces()
    tracemalloc.stop()
over = True
for worker in workers:
    worker.join()
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())

# The options, and where an unclosed file was opened.
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "program.py")
    with open(name, "w") as f:
        f.write("import tracemalloc\nprint(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())\n"
                "def f():\n    o = open('/dev/null')\n    o = None\nf()\n")
    for options, environment in (([], {}), (["-Xtracemalloc"], {}), (["-Xtracemalloc=2"], {}), (["-Xtracemalloc=0"], {}),
                                 ([], {"PYTHONTRACEMALLOC": "3"}), (["-E"], {"PYTHONTRACEMALLOC": "3"})):
        p = subprocess.run([sys.executable, "-W", "always", *options, name], capture_output=True, text=True,
                           env={**os.environ, **environment})
        print(options, environment, p.stdout, p.stderr.replace(folder, "<folder>"))
