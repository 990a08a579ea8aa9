import threading

lock = threading.Lock()
counter = 0


def inc():
    global counter
    for _ in range(20000):
        with lock:
            counter += 1


ts = [threading.Thread(target=inc) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(counter, lock.locked(), lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.01), lock.locked())
lock.release()
try:
    lock.release()
except RuntimeError as e:
    print(e)
r = threading.RLock()
with r:
    with r:
        print("reentrant", r.locked())
try:
    r.release()
except RuntimeError as e:
    print(e)
for bad in (lambda: lock.acquire(False, 1), lambda: lock.acquire(True, -2), lambda: lock.acquire(timeout="x")):
    try:
        bad()
    except (ValueError, TypeError) as e:
        print(e)
cond = threading.Condition()
items = []
got = []


def consumer():
    for _ in range(5):
        with cond:
            while not items:
                cond.wait()
            got.append(items.pop(0))


c = threading.Thread(target=consumer)
c.start()
for i in range(5):
    with cond:
        items.append(i)
        cond.notify()
c.join()
print(got)
with cond:
    print(cond.wait(0.01), cond.wait_for(lambda: True))
try:
    cond.notify()
except RuntimeError as e:
    print(e)
sem = threading.BoundedSemaphore(2)
print(sem.acquire(), sem.acquire(), sem.acquire(blocking=False))
sem.release(2)
try:
    sem.release()
except ValueError as e:
    print(e)
ev = threading.Event()
t = threading.Thread(target=ev.set)
print(ev.is_set(), ev.wait(0.001))
t.start()
print(ev.wait(5), ev.is_set())
t.join()
bar = threading.Barrier(3, action=lambda: got.append("action"))
idx = []
bt = [threading.Thread(target=lambda: idx.append(bar.wait())) for _ in range(3)]
[t.start() for t in bt]
[t.join() for t in bt]
print(sorted(idx), got[-1], bar.broken, bar.parties)
bar.abort()
try:
    bar.wait()
except threading.BrokenBarrierError as e:
    print(type(e).__name__)
