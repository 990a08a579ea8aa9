"""Cycles, finalizers and references that die in another thread than the one that made the object."""

import gc
import itertools
import threading
import weakref

from support import main, race


class Node:
    """Counts its instances with iterators, which are atomic: a finalizer may run anywhere, in code that counts too."""

    made = gone = itertools.count()

    def __init__(self):
        next(Node.made)
        self.other = None

    def __del__(self):
        next(Node.gone)


def start_counting():
    Node.made, Node.gone = itertools.count(), itertools.count()


def assert_all_gone():
    gc.collect()
    made, gone = next(Node.made), next(Node.gone)
    assert made == gone, (made, gone)


def check_cycles_are_collected_once(operations):
    start_counting()

    def work(k):
        for i in range(operations // 4):
            a, b = Node(), Node()
            a.other, b.other = b, a
            if i % 200 == 0:
                gc.collect()

    race(work)
    assert_all_gone()


def check_objects_die_elsewhere(operations):
    start_counting()
    box = []

    def produce(k):
        for i in range(operations):
            box.append(Node())

    def consume(k):
        for i in range(operations):
            try:
                box.pop()
            except IndexError:
                pass

    race(produce, consume)
    box.clear()
    assert_all_gone()


def check_collections_beside_work(operations):
    stop = threading.Event()

    def collect(k):
        while not stop.is_set():
            gc.collect(k % 3)
            gc.get_objects()[:1]
            gc.get_stats()

    def work(k):
        try:
            for i in range(operations):
                cell = [i]
                cell.append(cell)
                d = {"self": None}
                d["self"] = (d, cell)
                f = lambda: f
                weakref.ref(f)
        finally:
            stop.set()

    race(collect, work)


if __name__ == "__main__":
    main(globals())
