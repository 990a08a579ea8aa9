import threading


class A:
    def m(self):
        return 1

    x = 0


obj = A()
stop = False
bad = []


def call():
    while not stop:
        r = obj.m()
        if r not in (1, 2):
            bad.append(r)
        if obj.x not in (0, 1, 2, 3):
            bad.append(obj.x)


readers = [threading.Thread(target=call) for _ in range(2)]
for t in readers:
    t.start()
for i in range(2000):
    A.m = lambda self: 2
    A.x = i % 4
    A.m = lambda self: 1
    if i % 100 == 0:
        A.extra = i
        del A.extra
stop = True
for t in readers:
    t.join()
print(bad, obj.m())
import functools


@functools.lru_cache(maxsize=50)
def slow(n):
    return n * 2


wrong = []


def use():
    for i in range(3000):
        if slow(i % 70) != (i % 70) * 2:
            wrong.append(i)


ts = [threading.Thread(target=use) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(wrong, slow.cache_info().currsize)
created = []


def make(k):
    for i in range(200):
        C = type(f"C{k}_{i}", (A,), {"v": i})
        created.append(C().v + C().m())


ts = [threading.Thread(target=make, args=(k,)) for k in range(3)]
[t.start() for t in ts]
[t.join() for t in ts]
print(len(created), sum(created))


def imp():
    import json, decimal, fractions

    created.append(json.loads("1"))


ts = [threading.Thread(target=imp) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(len(created))
