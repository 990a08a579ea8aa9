# sanitizers: they keep freed memory for a while
"""What a thread builds and drops in a loop does not add up, although others may still look at what was dropped."""

import resource
import threading


def build() -> int:
    total = 0
    for _ in range(400):
        items = [i + 1_000_000 for i in range(20_000)]
        table = {i: str(i) for i in items[:2_000]}
        total += len(items) + len(table)
    return total


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


before = peak()
results: list[int] = []
workers = [threading.Thread(target=lambda: results.append(build())) for _ in range(2)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(results)
print("grew by less than 100 MB:", peak() - before < 100_000)
