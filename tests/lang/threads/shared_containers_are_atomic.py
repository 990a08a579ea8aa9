# timeout: 60
import threading

N, K = 4, 3000
shared_list, shared_dict, shared_set = [], {}, set()


def work(k):
    for i in range(K):
        shared_list.append((k, i))
        shared_dict[(k, i)] = i
        shared_set.add(k * K + i)
        shared_dict.setdefault("first", k)


def run(f):
    ts = [threading.Thread(target=f, args=(k,)) for k in range(N)]
    [t.start() for t in ts]
    [t.join() for t in ts]


run(work)
print(
    len(shared_list), len(set(shared_list)), len(shared_dict), len(shared_set), sorted(shared_set) == list(range(N * K))
)
for k in range(N):
    mine = [i for kk, i in shared_list if kk == k]
    assert mine == sorted(mine)
popped = [[] for _ in range(N)]


def drain(k):
    while True:
        try:
            popped[k].append(shared_list.pop())
        except IndexError:
            return


run(drain)
print(sum(map(len, popped)), len(set(sum(popped, []))))
from collections import deque, Counter

d = deque(range(K))
moved = deque()


def move(k):
    while True:
        try:
            moved.append(d.popleft())
        except IndexError:
            return


run(move)
print(len(moved), sorted(moved) == list(range(K)))


def clear(k):
    for i in range(500):
        shared_dict.pop((k, i), None)
        shared_dict.update({("n", k, i): 1})
        list(shared_dict.copy())


run(clear)
print(len(shared_dict))


class Obj:
    pass


o = Obj()


def attrs(k):
    for i in range(1000):
        setattr(o, f"a{k}_{i % 50}", i)
        getattr(o, f"a{k}_{i % 50}")


run(attrs)
print(len(vars(o)), o.a0_49)
import itertools

c = itertools.count()
nums = [[] for _ in range(N)]


def take(k):
    nums[k] = [next(c) for _ in range(1000)]


run(take)
print(len(set(sum(nums, []))))
