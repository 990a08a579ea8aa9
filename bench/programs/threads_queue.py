"""Two threads handing items over a queue, and a pool."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor


def main():
    q = queue.Queue(64)
    total = 0

    def consume():
        nonlocal total
        while (item := q.get()) is not None:
            total += item

    t = threading.Thread(target=consume)
    t.start()
    for i in range(40_000):
        q.put(i)
    q.put(None)
    t.join()
    assert total == 40_000 * 39_999 // 2
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda n: sum(range(n)), range(2_000))) == sum(n * (n - 1) // 2 for n in range(2_000))
    lock = threading.Lock()
    for _ in range(300_000):
        with lock:
            total += 1
    assert total == 40_000 * 39_999 // 2 + 300_000


for _ in range(2):
    main()
