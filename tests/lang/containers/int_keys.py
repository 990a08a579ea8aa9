"""Ints as keys beside numbers that equal them or have their hash; items of arrays by number."""
import array
a = array.array('i', range(5)); print(a[-1], a[-5], a[4], sum(a), list(a), a.tolist())
for i in (5, -6):
    try: a[i]
    except IndexError as e: print(e)
d = {1: 'a', 2.0: 'b', True: 'c', -1: 'd', -2: 'e', 2**61-1: 'f', 2**61-2: 'g', -(2**61): 'h', 10**30: 'i', 'x': 'j', 0: 'k'}
for k in (1, 2, -1, -2, 0, 2**61-1, 2**61-2, -(2**61)+1, -(2**61), 2**62, 10**30, 3, 2**61):
    print(k in d, d.get(k), k in set(d), k in frozenset(d), d[k] if k in d else None, end=' ')
