import queue
import threading

q = queue.Queue(maxsize=3)
seen = []


def producer(k):
    for i in range(50):
        q.put((k, i))


def consumer():
    while (item := q.get()) is not None:
        seen.append(item)
        q.task_done()
    q.task_done()


cs = [threading.Thread(target=consumer) for _ in range(2)]
ps = [threading.Thread(target=producer, args=(k,)) for k in range(3)]
for t in cs + ps:
    t.start()
for t in ps:
    t.join()
for _ in cs:
    q.put(None)
q.join()
for t in cs:
    t.join()
print(len(seen), sorted(seen)[:3], q.empty(), q.qsize(), q.unfinished_tasks)
lifo = queue.LifoQueue()
pq = queue.PriorityQueue()
for v in (3, 1, 2):
    lifo.put(v)
    pq.put(v)
print([lifo.get() for _ in range(3)], [pq.get() for _ in range(3)])
for bad in (
    lambda: q.get_nowait(),
    lambda: q.get(timeout=0.001),
    lambda: [q.put_nowait(1) for _ in range(9)],
    lambda: q.put(1, timeout=-1),
    lambda: lifo.task_done() or [lifo.task_done() for _ in range(9)],
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
s = queue.SimpleQueue()
s.put(1)
print(s.get(), s.empty(), s.qsize())
d = queue.Queue()
d.put(1)
d.shutdown()
print(d.get())
try:
    d.get()
except queue.ShutDown as e:
    print(type(e).__name__)
