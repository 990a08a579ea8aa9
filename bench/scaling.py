"""How well two threads share two processors: the time of two threads, each doing the work, over that of one alone.

    build/taipan bench/scaling.py [--threads 2] [--rounds 5] [--seconds 0.5] [--limit 1.1] [NAME…]

Each measurement does the work as often as takes about half a second alone; the rounds alternate one thread and several,
and the shortest of each counts, so that the figure is steady. The second ratio, of the processor time a thread uses, shows
contention for memory also on a machine that is busy with other things. Without a global lock and without shared writes on the way the ratio is 1; with a global lock it is the number of
threads. Fails when a ratio is above the limit. It needs that many processors to itself.
"""

import argparse
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


def timed(work, threads: int, times: int) -> tuple[float, float]:
    """The seconds until every one of the threads, started together, has done the work so many times, and the processor
    time that the busiest of them used."""
    gate = threading.Barrier(threads + 1)
    used = []

    def body() -> None:
        gate.wait()
        before = time.thread_time()
        for _ in range(times):
            work()
        used.append(time.thread_time() - before)

    workers = [threading.Thread(target=body) for _ in range(threads)]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    return time.perf_counter() - started, max(used)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="how long one measurement takes alone")
    parser.add_argument("--limit", type=float, default=1.1)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these: " + ", ".join(w.__name__ for w in WORK))
    options = parser.parse_args()
    worst = 0.0
    for work in WORK:
        if options.names and work.__name__ not in options.names:
            continue
        timed(work, 1, 1)  # the code is warm before it is measured
        times = max(1, round(options.seconds / min(timed(work, 1, 1)[1] for _ in range(3))))
        alone = together = (float("inf"), float("inf"))
        for _ in range(options.rounds):
            alone = tuple(map(min, alone, timed(work, 1, times)))
            together = tuple(map(min, together, timed(work, options.threads, times)))
        ratio, cpu = together[0] / alone[0], together[1] / alone[1]
        worst = max(worst, ratio)
        print(
            f"{work.__name__:14} one {alone[0]:.3f} s, {options.threads} threads {together[0]:.3f} s, "
            f"ratio {ratio:.2f}, of processor time {cpu:.2f}",
            flush=True,
        )
    print(f"worst ratio {worst:.2f}, limit {options.limit}")
    return worst > options.limit


if __name__ == "__main__":
    sys.exit(main())
