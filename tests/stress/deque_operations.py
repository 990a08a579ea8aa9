"""collections.deque, and queues on top of it."""

import collections
import queue

from support import THREADS, main, race


def check_both_ends(operations):
    shared = collections.deque()
    race(
        lambda k: [shared.append((k, i)) for i in range(operations)],
        lambda k: [shared.appendleft((k, i)) for i in range(operations)],
    )
    assert len(shared) == len(set(shared)) == THREADS * operations


def check_pop_gives_each_item_once(operations):
    shared = collections.deque(range(THREADS * operations))

    def drain(k):
        taken = []
        pop = shared.popleft if k % 2 else shared.pop
        while True:
            try:
                taken.append(pop())
            except IndexError:
                return taken

    assert sorted(sum(race(drain), [])) == list(range(THREADS * operations))


def check_bounded_and_rotating(operations):
    shared = collections.deque(range(20), maxlen=20)

    def write(k):
        for i in range(operations):
            shared.append(i % 100)
            shared.rotate(3)
            try:
                shared[i % 20] = i % 100
                shared.remove(i % 100)
                del shared[0]
            except (ValueError, IndexError):
                pass
            if i % 50 == 0:
                shared.extend(range(30))
                shared.reverse()

    def read(k):
        for i in range(operations):
            assert len(shared) <= 20
            try:
                assert 0 <= shared[i % 20] < 100
                sum(shared)
                shared.count(3)
                shared.index(50)
            except (IndexError, ValueError, RuntimeError):
                pass
            shared.copy()

    race(write, read)


def check_queues(operations):
    for shared in (queue.Queue(), queue.SimpleQueue(), queue.LifoQueue(), queue.PriorityQueue()):

        def put(k):
            for i in range(operations // 4):
                shared.put((i, k))

        def get(k):
            return [shared.get() for _ in range(operations // 4)]

        results = race(put, get)
        taken = sum((r for r in results if r), [])
        assert len(taken) == len(set(taken)) == 2 * (operations // 4)


if __name__ == "__main__":
    main(globals())
