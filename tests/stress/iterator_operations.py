"""Iterators and generators that four threads advance: no value twice from those that promise it, never a crash."""

import array
import collections
import csv
import functools
import io
import itertools
import operator
import re
import struct

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


def every_kind(n):
    """Name: (a function that makes the iterator, the items that it gives)."""
    items = list(range(n))
    half = n // 2
    large = 10**20
    text = "".join(chr(0x10000 + i % 0xFFFF) for i in items)
    small = [i % 251 for i in items]
    lines = [f"{i}\n" for i in items]
    counted = lambda start, step=1: [start + i * step for i in items]
    return {
        "list": (lambda: iter(items), items),
        "list of its own": (lambda: iter(list(range(n))), items),
        "reversed list": (lambda: reversed(items), items),
        "tuple": (lambda: iter(tuple(items)), items),
        "range": (lambda: iter(range(n)), items),
        "reversed range": (lambda: reversed(range(n)), items),
        "range of large numbers": (lambda: iter(range(large, large + n)), counted(large)),
        "str": (lambda: iter(text), list(text)),
        "ascii": (lambda: iter("abc" * n), list("abc" * n)),
        "bytes": (lambda: iter(bytes(small)), small),
        "bytearray": (lambda: iter(bytearray(small)), small),
        "memoryview": (lambda: iter(memoryview(bytearray(small))), small),
        "array": (lambda: iter(array.array("q", items)), items),
        "dict": (lambda: iter(dict.fromkeys(items)), items),
        "dict values": (lambda: iter(dict(zip(items, items)).values()), items),
        "dict items": (lambda: iter(dict.fromkeys(items, 1).items()), [(i, 1) for i in items]),
        "reversed dict": (lambda: reversed(dict.fromkeys(items)), items),
        "reversed dict items": (lambda: reversed(dict.fromkeys(items, 1).items()), [(i, 1) for i in items]),
        "set": (lambda: iter(set(items)), items),
        "frozenset": (lambda: iter(frozenset(items)), items),
        "deque": (lambda: iter(collections.deque(items)), items),
        "reversed deque": (lambda: reversed(collections.deque(items)), items),
        "OrderedDict": (lambda: iter(collections.OrderedDict.fromkeys(items)), items),
        "OrderedDict items": (lambda: iter(collections.OrderedDict.fromkeys(items, 1).items()), [(i, 1) for i in items]),
        "__getitem__": (lambda: iter(Sequence(items)), items),
        "callable": (lambda: iter(functools.partial(next, iter([*items, None])), None), items),
        "enumerate": (lambda: enumerate(items), [(i, i) for i in items]),
        "enumerate from a large number": (lambda: enumerate(items, 2**63 - 9), [(2**63 - 9 + i, i) for i in items]),
        "zip": (lambda: zip(items, items), [(i, i) for i in items]),
        "zip of three kinds": (lambda: zip(iter(items), dict.fromkeys(items), range(n)), [(i, i, i) for i in items]),
        "map": (lambda: map(abs, items), items),
        "map of two": (lambda: map(lambda a, b: (a, b), items, items), [(i, i) for i in items]),
        "filter": (lambda: filter(None, items), items[1:]),
        "filter by a function": (lambda: filter(lambda i: i % 2, items), items[1::2]),
        "generator": (lambda: (i for i in items), items),
        "iter_unpack": (lambda: struct.iter_unpack("<I", b"".join(i.to_bytes(4, "little") for i in items)), [(i,) for i in items]),
        "finditer": (lambda: map(re.Match.group, re.finditer(r"\d+", "".join(lines))), [str(i) for i in items]),
        "StringIO": (lambda: io.StringIO("".join(lines)), lines),
        "BytesIO": (lambda: io.BytesIO("".join(lines).encode()), [line.encode() for line in lines]),
        "csv.reader": (lambda: map(tuple, csv.reader(lines)), [(str(i),) for i in items]),
        "accumulate": (lambda: itertools.accumulate(items), list(itertools.accumulate(items))),
        "batched": (lambda: itertools.batched(items, 3), list(itertools.batched(items, 3))),
        "chain": (lambda: itertools.chain(items, counted(n)), items + counted(n)),
        "chain.from_iterable": (lambda: itertools.chain.from_iterable([items[:half], (), items[half:]]), items),
        "combinations": (lambda: itertools.combinations(range(16), 3), list(itertools.combinations(range(16), 3))),
        "combinations_with_replacement": (
            lambda: itertools.combinations_with_replacement(range(12), 3),
            list(itertools.combinations_with_replacement(range(12), 3)),
        ),
        "compress": (lambda: itertools.compress(items, itertools.cycle([1, 0])), items[::2]),
        "count": (lambda: itertools.islice(itertools.count(2**63 - 50), n), counted(2**63 - 50)),
        "count by halves": (lambda: itertools.islice(itertools.count(0.5, 0.5), n), counted(0.5, 0.5)),
        "cycle": (lambda: itertools.islice(itertools.cycle(items), 3 * n), items * 3),
        "dropwhile": (lambda: itertools.dropwhile(lambda i: i < 10, items), items[10:]),
        "filterfalse": (lambda: itertools.filterfalse(lambda i: i % 2, items), items[::2]),
        "groupby": (lambda: map(operator.itemgetter(0), itertools.groupby(items)), items),
        "islice": (lambda: itertools.islice(items, 3, n - 5, 2), items[3 : n - 5 : 2]),
        "pairwise": (lambda: itertools.pairwise(items), list(itertools.pairwise(items))),
        "permutations": (lambda: itertools.permutations(range(6), 4), list(itertools.permutations(range(6), 4))),
        "product": (lambda: itertools.product(range(half), "ab"), list(itertools.product(range(half), "ab"))),
        "repeat": (lambda: itertools.repeat(1, n), [1] * n),
        "starmap": (lambda: itertools.starmap(max, zip(items, items)), items),
        "takewhile": (lambda: itertools.takewhile(lambda i: i < n - 90, items), items[: n - 90]),
        "tee": (lambda: itertools.tee(iter(items))[1], items),
        "zip_longest": (lambda: itertools.zip_longest(items, items[:half]), list(itertools.zip_longest(items, items[:half]))),
    }


class Sequence:
    def __init__(self, items):
        self.items = items

    def __getitem__(self, i):
        return self.items[i]


def check_each_item_goes_to_one_thread(operations):
    for kind, (make, expected) in every_kind(max(operations // 10, 200)).items():
        expected = collections.Counter(expected)
        for take in (drain, loop):
            shared = make()
            taken = collections.Counter(sum(race(lambda k: take(shared)), []))
            if kind == "generator":  # it refuses a second thread, which a loop takes for an error
                taken += collections.Counter(drain(shared))
            assert taken == expected, (kind, len(list((expected - taken).elements())), list((taken - expected).elements())[:9])
            assert drain(shared) == [], kind


def loop(iterator):
    taken = []
    try:
        for value in iterator:
            taken.append(value)
    except ValueError:
        pass
    return taken


def check_bound_next_methods(operations):
    """What a method object, a partial or a tuple of arguments holds has one reference, and is in many hands."""
    n = max(operations // 2, 200)
    for make in (list, tuple, dict.fromkeys, collections.deque, set, enumerate, reversed, zip):

        def take_all(step):
            taken = []
            while (item := next_or_none(step)) is not None:
                taken.append(item)
            return taken

        for step in (
            iter(make(range(n))).__next__,
            functools.partial(next, iter(make(range(n)))),
            functools.partial(lambda arguments: next(*arguments), (iter(make(range(n))),)),
        ):
            taken = sum(race(lambda k: take_all(step)), [])
            assert len(taken) == len(set(taken)) == n, (make, step, len(taken), len(set(taken)))


def next_or_none(step):
    try:
        return step()
    except StopIteration:
        return None


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
