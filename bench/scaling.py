"""How well two threads share two processors: the time of two threads, each doing the work, over that of one alone.

    build/taipan bench/scaling.py [--threads 2] [--rounds 20] [--seconds 0.1] [--limit 1.1] [NAME…]

A round measures one thread, several threads and, as the control, as many processes, which share nothing: what the machine
itself cannot give (a busy neighbour, two processors on one core, a clock that falls when both work) shows in the control
too. Each does the work as often as takes `--seconds` alone; the shortest time of all rounds counts. Without a global lock
and without shared writes on the way both ratios are 1; with a global lock the first is the number of threads. Fails when
the threads are above the limit and the control does not excuse it.
"""

import argparse
import os
import sys
import threading
import time


def count(n: int = 3_000_000) -> int:
    i = 0
    while i < n:
        i += 1
    return i


def call(n: int = 1_000_000) -> int:
    def add(a: int, b: int) -> int:
        return a + b

    total = 0
    for i in range(n):
        total = add(total, i)
    return total


def build_lists(n: int = 30) -> int:
    total = 0
    for _ in range(n):
        items = [i for i in range(20_000)]
        items.append(1)
        total += len(items[5:]) + sum(items)
    return total


def build_dicts(n: int = 20) -> int:
    total = 0
    for _ in range(n):
        table = {i: str(i) for i in range(12_000)}
        for key in table:
            total += len(table[key])
    return total


class Point:
    def __init__(self, x: int, y: int) -> None:
        self.x = x
        self.y = y

    def norm(self) -> int:
        return self.x + self.y


def build_objects(n: int = 400_000) -> int:
    total = 0
    for i in range(n):
        total += Point(i, 1).norm()
    return total


def floats(n: int = 1_500_000) -> float:
    x = 0.5
    for _ in range(n):
        x = 3.7 * x * (1.0 - x)
    return x


def strings(n: int = 300_000) -> int:
    total = 0
    for i in range(n):
        total += len(f"{i}:{i + 1}".split(":"))
    return total


WORK = (count, call, build_lists, build_dicts, build_objects, floats, strings)


def timed_threads(work, threads: int, times: int) -> float:
    """The seconds until every one of the threads, started together, has done the work so many times."""
    gate = threading.Barrier(threads + 1)

    def body() -> None:
        gate.wait()
        for _ in range(times):
            work()

    workers = [threading.Thread(target=body) for _ in range(threads)]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    return time.perf_counter() - started


def timed_processes(work, processes: int, times: int) -> float:
    """The same with processes. Each is a copy of this one that waits for the end of a pipe, and works in a second thread too: an
    interpreter may be faster as long as it has only one."""
    def body(reader: int) -> None:
        work()
        os.read(reader, 1)
        for _ in range(times):
            work()

    reader, writer = os.pipe()
    children = []
    for _ in range(processes):
        child = os.fork()
        if not child:
            os.close(writer)
            worker = threading.Thread(target=body, args=(reader,))
            worker.start()
            worker.join()
            os._exit(0)
        children.append(child)
    time.sleep(0.05)
    os.close(reader)
    started = time.perf_counter()
    os.close(writer)
    for child in children:
        os.waitpid(child, 0)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.1, help="how long one measurement takes alone")
    parser.add_argument("--limit", type=float, default=1.1)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these: " + ", ".join(w.__name__ for w in WORK))
    options = parser.parse_args()
    worst = 0.0
    for work in WORK:
        if options.names and work.__name__ not in options.names:
            continue
        timed_threads(work, 1, 1)  # the code is warm before it is measured
        times = max(1, round(options.seconds / min(timed_threads(work, 1, 1) for _ in range(3))))
        one = several = control = float("inf")
        for _ in range(options.rounds):
            one = min(one, timed_threads(work, 1, times))
            several = min(several, timed_threads(work, options.threads, times))
            control = min(control, timed_processes(work, options.threads, times))
        ratio, excused = several / one, several / max(one, control)
        worst = max(worst, excused)
        print(
            f"{work.__name__:14} one {one:.3f} s, {options.threads} threads {several:.3f} s, ratio {ratio:.2f}; "
            f"{options.threads} processes {control:.3f} s, threads to processes {several / control:.2f}",
            flush=True,
        )
    print(f"worst ratio after the control {worst:.2f}, limit {options.limit}")
    return worst > options.limit


if __name__ == "__main__":
    sys.exit(main())
