"""Operations that take several steps inside: their result is of one moment, and nobody notices that they are on the way.

Two threads add an item to a sequence and take one away, two do something else with it, again and again.
"""

import array
import collections

from support import main, race

LENGTH = 20


def beside_changes(operations, make, operation):
    shared = make()

    def change(k):
        for _ in range(operations):
            shared.append(65)
            shared.pop()

    def work(k):
        for _ in range(operations):
            operation(shared)

    race(change, work)
    assert len(shared) == LENGTH, operation


def check_lists(operations):
    for operation in (
        lambda s: s[-1],
        lambda s: s[-LENGTH],
        lambda s: s.__setitem__(-1, 65),
        lambda s: (s.append(65), s.__delitem__(-1)),
        lambda s: (s.insert(-1, 65), s.pop(-2)),
        lambda s: s.index(65),
        lambda s: s.__setitem__(slice(0, 2), [65, 65]),
        lambda s: (s.append(65), s.remove(65)),
        lambda s: (s.extend([65, 65]), s.__delitem__(slice(0, 2))),
        lambda s: s == list(s),
        repr,
    ):
        beside_changes(operations // 10, lambda: [65] * LENGTH, operation)


def check_deques(operations):
    for operation in (
        lambda s: s[-1],
        lambda s: s[0],
        lambda s: s.__setitem__(-1, 65),
        lambda s: (s.append(65), s.__delitem__(-1)),
        lambda s: s.index(65),
        lambda s: s.rotate(3),
        lambda s: s.copy(),
        lambda s: (s.append(65), s.remove(65)),
        lambda s: s == s.copy(),
        lambda s: s + s,
        repr,
    ):
        beside_changes(operations // 10, lambda: collections.deque([65] * LENGTH), operation)


def check_arrays(operations):
    for operation in (
        lambda s: s[-1],
        lambda s: s.__setitem__(-1, 65),
        lambda s: (s.append(65), s.__delitem__(-1)),
        lambda s: s.index(65),
        lambda s: s.count(65),
        lambda s: (s.append(65), s.remove(65)),
        lambda s: (s.insert(-1, 65), s.pop(-2)),
        lambda s: (s.extend(array.array("q", [65])), s.pop()),
        lambda s: (s.frombytes(b"x" * 8), s.pop()),
        lambda s: s.__setitem__(slice(0, 2), array.array("q", [65, 65])),
        lambda s: s == array.array("q", [1]),
        lambda s: (s + s, s * 2, s[:5], s.tobytes(), s.tolist(), bytes(s)),
        lambda s: (s.reverse(), s.byteswap()),
        lambda s: array.array("q").extend(s),
        repr,
    ):
        beside_changes(operations // 10, lambda: array.array("q", [65] * LENGTH), operation)


def check_bytearrays(operations):
    """Reading one is no export of its buffer that would forbid others to change its size."""
    for operation in (
        lambda s: s[-1],
        lambda s: s.__setitem__(-1, 65),
        lambda s: (s == b"abc", s < b"q", s == s),
        lambda s: (s + b"x", b"x" + s, s * 2),
        lambda s: (bytes(s), bytearray(s), s.copy(), s.decode("latin-1"), s.hex()),
        lambda s: (s.find(b"A"), s.rfind(b"q"), 65 in s, b"AB" in s, s.count(b"A"), s.index(65)),
        lambda s: (s.upper(), s.title(), s.replace(b"A", b"B"), s.strip(), s.translate(None, b"q"), s.center(30)),
        lambda s: (s.split(), s.rsplit(b"q"), s.splitlines(), s.partition(b"q")),
        lambda s: (b",".join([s, s]), s.join([b"a", b"b"])),
        lambda s: (s[:5], s[-5:], s[::2], int.from_bytes(s[:4])),
        lambda s: (s.extend(b"AA"), s.__delitem__(slice(0, 2))),
        lambda s: (s.__iadd__(b"A"), s.pop()),
        lambda s: (s.insert(3, 65), s.pop(3)),
        lambda s: bytearray(b"x").extend(s),
        lambda s: s.__setitem__(slice(0, 3), b"AAA"),
        lambda s: s.reverse(),
        repr,
        list,
    ):
        beside_changes(operations // 10, lambda: bytearray(b"A" * LENGTH), operation)


def check_membership_while_items_move(operations):
    shared = list(range(30))

    def rotate(k):
        for _ in range(operations):
            shared.append(1)
            shared.remove(1)

    def look(k):
        for _ in range(operations):
            assert 29 in shared and shared.count(29) == 1
            assert 20 <= shared.index(29) <= 29

    race(rotate, look)


def check_removal_takes_the_item_meant(operations):
    for make in (list, collections.deque, lambda items: array.array("q", items)):
        shared = make(range(100, 140))

        def churn(k):
            for i in range(operations // 10):
                shared.insert(0, k)
                shared.remove(k)

        race(churn)
        assert list(shared) == list(range(100, 140)), make


if __name__ == "__main__":
    main(globals())
