"""OrderedDict, Counter, defaultdict, ChainMap, lru_cache and context variables that four threads change and read."""

import collections
import contextvars
import functools
import threading

from support import THREADS, main, race


def check_ordered_dict_keeps_own_keys(operations):
    shared = collections.OrderedDict()

    def work(k):
        for i in range(operations):
            shared[k, i] = i
            if i % 3 == 0:
                shared.move_to_end((k, i), last=bool(i & 1))
            if i % 5 == 0:
                assert shared.pop((k, i)) == i

    race(work)
    expected = {(k, i) for k in range(THREADS) for i in range(operations) if i % 5}
    assert len(shared) == len(expected)
    assert list(shared) == [*reversed(list(reversed(shared)))]
    assert set(shared) == expected
    assert all(key[1] == value for key, value in shared.items())


def check_ordered_dict_pops_each_item_once(operations):
    shared = collections.OrderedDict((i, -i) for i in range(THREADS * operations))

    def drain(k):
        taken = []
        while True:
            try:
                key, value = shared.popitem(last=bool(k & 1))
            except KeyError:
                return taken
            assert value == -key
            taken.append(key)

    assert sorted(sum(race(drain), [])) == list(range(THREADS * operations))
    assert not shared and list(shared) == []


def check_ordered_dict_read_while_changing(operations):
    shared = collections.OrderedDict.fromkeys(range(30), "value")

    def write(k):
        for i in range(operations):
            shared.pop(i % 30, None)
            shared[i % 30] = "value"
            if i % 100 == 0:
                shared.clear()

    def read(k):
        for i in range(operations):
            assert shared.get(i % 30, "value") == "value"
            try:
                for key in shared:
                    assert 0 <= key < 30
                assert set(shared.copy().values()) <= {"value"}
            except (RuntimeError, KeyError):
                pass

    race(write, read)
    assert set(shared) <= set(range(30)) and len(list(shared)) == len(shared)


def check_counter_counts_own_keys(operations):
    shared = collections.Counter()

    def work(k):
        for i in range(operations // 10):
            shared.update({(k, i % 7): 1})
            shared.update([(k, "word")] * 3)
            shared[k, "added"] += 1
            shared.subtract([(k, "taken")])

    race(work)
    for k in range(THREADS):
        assert sum(shared[k, j] for j in range(7)) == operations // 10
        assert shared[k, "word"] == 3 * (operations // 10)
        assert shared[k, "added"] == operations // 10 == -shared[k, "taken"]
    assert shared.total() == THREADS * (operations // 10) * 4


def check_default_dict_and_chain_map(operations):
    shared = collections.defaultdict(list)
    layered = collections.ChainMap({}, shared)

    def work(k):
        for i in range(operations):
            shared[k, i % 10].append(i)
            assert layered[k, i % 10][-1] == i

    race(work)
    for k in range(THREADS):
        for j in range(10):
            assert shared[k, j] == list(range(j, operations, 10))


def check_lru_cache(operations):
    calls = [0] * THREADS
    here = threading.local()

    def body(x):
        calls[here.index] += 1
        return (x, x * x)

    caches = [functools.lru_cache(maxsize=size)(body) for size in (None, 0, 7, 200)]

    def work(k):
        here.index = k
        for i in range(operations):
            for cached in caches:
                x = (i * (k + 1)) % 50
                assert cached(x) == (x, x * x)
            if i % 500 == 499:
                caches[i % len(caches)].cache_clear()

    race(work)
    for cached, size in zip(caches, (None, 0, 7, 200)):
        info = cached.cache_info()
        assert info.maxsize == size
        assert info.currsize <= (50 if size is None else size)


def check_lru_cache_counts_every_call(operations):
    @functools.lru_cache(maxsize=16)
    def cached(x):
        return x

    race(lambda k: [cached(i % 40) for i in range(operations)])
    info = cached.cache_info()
    assert info.hits + info.misses == THREADS * operations, info
    assert info.currsize == min(16, operations)


def check_context_variables(operations):
    variable = contextvars.ContextVar("variable", default="nothing")
    shared = contextvars.copy_context()

    def work(k):
        assert variable.get() == "nothing"
        for i in range(operations):
            token = variable.set((k, i))
            assert variable.get() == (k, i)
            if i % 10 == 0:
                inner = contextvars.copy_context()
                inner.run(variable.set, "inner")
                assert inner[variable] == "inner" and variable.get() == (k, i)
                assert len(shared) == len(list(shared.items())) and variable not in shared
            variable.reset(token)
        assert variable.get() == "nothing"

    race(work)


def check_one_context_is_entered_once(operations):
    variable = contextvars.ContextVar("variable", default=0)
    shared = contextvars.copy_context()

    def step():
        value = variable.get()
        variable.set(value + 1)

    def work(k):
        done = 0
        for _ in range(operations):
            try:
                shared.run(step)
                done += 1
            except RuntimeError:  # another thread is in it
                pass
        return done

    assert sum(race(work)) == shared.get(variable, 0)


if __name__ == "__main__":
    main(globals())
