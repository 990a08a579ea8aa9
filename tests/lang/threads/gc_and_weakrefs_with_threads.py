import gc
import threading
import weakref


class Node:
    pass


alive = []


def cycles():
    for i in range(500):
        a, b = Node(), Node()
        a.o, b.o = b, a
        if i % 50 == 0:
            alive.append(weakref.ref(a))
        if i % 100 == 0:
            gc.collect()


ts = [threading.Thread(target=cycles) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
del ts
gc.collect()
print(len(alive), sum(r() is not None for r in alive))
finalised = []


class F:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        finalised.append(self.n)


def passing(q, n):
    for i in range(n):
        q.append(F(i))


box = []
t = threading.Thread(target=passing, args=(box, 200))
t.start()
t.join()
box.clear()
gc.collect()
print(len(finalised), sorted(finalised) == list(range(200)))
d = weakref.WeakValueDictionary()


def fill(k):
    keep = [Node() for _ in range(100)]
    for i, n in enumerate(keep):
        d[(k, i)] = n
    return None


ts = [threading.Thread(target=fill, args=(k,)) for k in range(3)]
[t.start() for t in ts]
[t.join() for t in ts]
gc.collect()
print(len(d))
