"""Iterators and generators that four threads advance: no value twice from those that promise it, never a crash."""

import collections
import functools
import itertools

from support import THREADS, main, race


def drain(iterator):
    taken = []
    while True:
        try:
            taken.append(next(iterator))
        except StopIteration:
            return taken
        except (ValueError, RuntimeError):
            pass


def bounded(iterator, limit):
    taken = []
    try:
        for _ in range(limit):
            taken.append(next(iterator))
    except (StopIteration, RuntimeError, ValueError):
        pass
    return taken


def check_count_is_atomic(operations):
    shared = itertools.count()
    taken = sum(race(lambda k: [next(shared) for _ in range(operations)]), [])
    assert sorted(taken) == list(range(THREADS * operations))


def check_generators_run_in_one_thread_at_a_time(operations):
    def numbers():
        for i in range(operations):
            yield i

    shared = numbers()
    taken = sum(race(lambda k: drain(shared)), [])
    assert sorted(taken) == list(range(operations)), len(taken)


def check_generators_closed_and_thrown_into(operations):
    def numbers():
        while True:
            try:
                yield from range(10)
            except KeyError:
                yield -1

    for _ in range(operations // 50):
        shared = numbers()

        def work(k):
            for i in range(20):
                try:
                    if k == 0 and i == 15:
                        shared.close()
                    elif k == 1:
                        shared.throw(KeyError)
                    elif k == 2:
                        shared.send(None)
                    else:
                        next(shared)
                    shared.gi_frame, shared.gi_running, shared.gi_yieldfrom
                except (StopIteration, ValueError, KeyError, RuntimeError):
                    pass

        race(work)


def check_builtin_iterators_survive(operations):
    items = list(range(100))
    makers = [
        lambda: iter(items),
        lambda: reversed(items),
        lambda: iter(tuple(items)),
        lambda: iter(range(100)),
        lambda: iter(range(10**20, 10**20 + 100)),
        lambda: iter("x" * 100),
        lambda: iter("\u1234" * 100),
        lambda: iter(bytes(100)),
        lambda: iter(bytearray(100)),
        lambda: iter(dict.fromkeys(items)),
        lambda: iter(dict.fromkeys(items).items()),
        lambda: reversed(dict.fromkeys(items)),
        lambda: iter(set(items)),
        lambda: iter(collections.deque(items)),
        lambda: iter(collections.OrderedDict.fromkeys(items)),
        lambda: iter(memoryview(bytes(100))),
        lambda: iter(functools.partial(items.__len__), 101),
        lambda: enumerate(items),
        lambda: zip(items, items),
        lambda: map(abs, items),
        lambda: filter(None, items),
        lambda: itertools.chain(items, items),
        lambda: itertools.chain.from_iterable([items, items]),
        lambda: itertools.islice(items, 90),
        lambda: itertools.cycle(items),
        lambda: itertools.repeat(1, 100),
        lambda: itertools.accumulate(items),
        lambda: itertools.starmap(max, zip(items, items)),
        lambda: itertools.takewhile(lambda x: x < 90, items),
        lambda: itertools.dropwhile(lambda x: x < 10, items),
        lambda: itertools.compress(items, items),
        lambda: itertools.zip_longest(items, items[:50]),
        lambda: itertools.product(items[:10], items[:10]),
        lambda: itertools.permutations(items[:5], 3),
        lambda: itertools.combinations(items[:10], 3),
        lambda: itertools.combinations_with_replacement(items[:10], 2),
        lambda: itertools.pairwise(items),
        lambda: itertools.batched(items, 3),
        lambda: itertools.groupby(items, lambda x: x // 10),
        lambda: itertools.tee(items)[0],
    ]
    for make in makers:
        for _ in range(max(1, operations // 500)):
            shared = make()

            def work(k):
                bounded(shared, 120)
                try:
                    shared.__length_hint__()
                except (AttributeError, TypeError):
                    pass

            race(work)


def check_containers_that_change_while_iterated(operations):
    items = list(range(50))
    table = dict.fromkeys(range(50))
    double = collections.deque(range(50))

    def change(k):
        for i in range(operations // 5):
            items.append(i)
            table[i % 200] = i
            double.append(i)
            if len(items) > 100:
                del items[:60]
            table.pop(i % 77, None)
            if len(double) > 100:
                double.clear()

    def iterate(k):
        for i in range(operations // 20):
            for shared in (items, table, table.items(), double, reversed(items)):
                try:
                    for value in shared:
                        pass
                except RuntimeError:
                    pass
            list(enumerate(items)), list(zip(items, items)), sorted(items)

    race(change, iterate)


if __name__ == "__main__":
    main(globals())
