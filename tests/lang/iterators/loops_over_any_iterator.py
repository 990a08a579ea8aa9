"""One loop over iterators of many types in turn, and over dicts that change meanwhile."""
import itertools


class C:
    def __init__(s): s.n = 0
    def __iter__(s): return s
    def __next__(s):
        s.n += 1
        if s.n > 3: raise StopIteration
        return s.n
def loop(x):
    r = []
    for a in x: r.append(a)
    return r
for x in (C(), {1: 2, 3: 4}, {1: 2}.values(), {3, 4}, 'ab', C(), itertools.repeat(1, 2), map(str, [1]), {}, {'a': 1}, [1], (2,), range(3), (i for i in 'x')) * 30:
    print(loop(x), end=' ')
print()
d = {1: 1, 2: 2}
try:
    for k in d: d[5] = 1
except RuntimeError as e: print(e)
try:
    for k in d: del d[k]; d[k + 10] = 1
except RuntimeError as e: print(e)
try:
    for k in d.values(): d.clear()
except RuntimeError as e: print(e)
