# reference: crashes
import itertools


def chain(make, n=100000):
    it = iter([1])
    for _ in range(n):
        it = make(it)
    try:
        list(it)
    except RecursionError:
        pass
    print("survived")


chain(lambda it: map(abs, it))
chain(lambda it: filter(None, it))
chain(enumerate)
chain(zip)
chain(lambda it: itertools.chain(it, [2]))
chain(lambda it: itertools.islice(it, 5))
chain(lambda it: (v for v in it))
chain(lambda it: itertools.accumulate(it))
