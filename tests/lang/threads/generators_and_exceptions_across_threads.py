import threading


def g():
    while True:
        yield 1


it = g()
hits, errors = [0] * 4, []


def use(k):
    for _ in range(2000):
        try:
            hits[k] += next(it)
        except ValueError as e:
            errors.append(str(e))


ts = [threading.Thread(target=use, args=(k,)) for k in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(sum(hits) + len(errors), set(errors) <= {"generator already executing"})
import sys

states = []


def handler(k):
    for _ in range(300):
        try:
            raise KeyError(k)
        except KeyError as e:
            if sys.exception().args != (k,):
                states.append("mixed")


ts = [threading.Thread(target=handler, args=(k,)) for k in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]
print(states, sys.exception())


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


depths = []


def recurse():
    try:
        deep(10**6)
    except RecursionError:
        depths.append("limit")
    depths.append(deep(500))


ts = [threading.Thread(target=recurse) for _ in range(3)]
[t.start() for t in ts]
[t.join() for t in ts]
print(sorted(map(str, depths)))
