import queue
import threading

task_queue = queue.Queue(maxsize=4)
produced, consumed = [], []


def producer(q, items):
    for item in items:
        q.put(item)
        produced.append(item)
    q.put(None)


def consumer(q):
    while True:
        item = q.get()
        if item is None:
            q.task_done()
            break
        consumed.append(item * item)
        q.task_done()


p = threading.Thread(target=producer, args=(task_queue, range(200)))
c = threading.Thread(target=consumer, args=(task_queue,))
p.start()
c.start()
p.join()
c.join()
task_queue.join()
print(produced == list(range(200)), consumed == [i * i for i in range(200)], task_queue.empty())

work, done = queue.PriorityQueue(), queue.LifoQueue()
for n in (5, 1, 4, 2, 3):
    work.put((n, f"job {n}"))


def drain():
    while True:
        try:
            n, name = work.get(timeout=0.2)
        except queue.Empty:
            return
        done.put(name)


w = threading.Thread(target=drain)
w.start()
w.join()
print([done.get_nowait() for _ in range(5)])
many = queue.Queue()
workers = []
sums = [0] * 4


def add(k):
    while (v := many.get()) is not None:
        sums[k] += v


for k in range(4):
    workers.append(threading.Thread(target=add, args=(k,)))
    workers[-1].start()
for v in range(5000):
    many.put(v)
for _ in workers:
    many.put(None)
for t in workers:
    t.join()
print(sum(sums), sum(range(5000)))
