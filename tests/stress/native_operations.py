"""Native modules in several threads: callbacks from foreign threads, decimal contexts, element trees, interpreters."""

import contextvars
import ctypes
import decimal
import itertools
import pickle
import re
import struct
import threading
import tokenize
import types
import xml.etree.ElementTree as ElementTree
import zlib

from support import THREADS, main, race


def check_callbacks_from_c(operations):
    compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    calls = itertools.count()

    def order(a, b):
        next(calls)
        return a[0] - b[0]

    shared = compare(order)
    sort = ctypes.CDLL(None).qsort
    sort.restype = None

    def work(k):
        for i in range(operations // 100):
            numbers = (ctypes.c_int * 8)(*((j * 7 + i + k) % 8 for j in range(8)))
            sort(numbers, 8, ctypes.sizeof(ctypes.c_int), shared)
            assert list(numbers) == list(range(8))

    race(work)
    assert next(calls) > 0


def check_callbacks_in_foreign_threads(operations):
    library = ctypes.CDLL(None)
    body_type = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
    ran = []

    def body(argument):
        here = threading.local()
        here.value = [argument]
        ran.append((threading.get_ident(), here.value[0]))
        return None

    callback = body_type(body)

    def work(k):
        for i in range(max(operations // 250, 3)):
            identity = ctypes.c_ulong()
            assert library.pthread_create(ctypes.byref(identity), None, callback, ctypes.c_void_p(k * 100_000 + i + 1)) == 0
            assert library.pthread_join(identity, None) == 0

    race(work)
    assert len(ran) == len({value for _, value in ran}) == THREADS * max(operations // 250, 3)


def check_structures_and_arrays(operations):
    class Pair(ctypes.Structure):
        _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_long)]

    shared = (Pair * 4)()
    pointer = ctypes.pointer(shared)

    def work(k):
        for i in range(operations):
            shared[k].a = i
            pointer[0][k].b = -i
            assert (shared[k].a, shared[k].b) == (i, -i)
            if i % 50 == 0:
                made = type("Made", (ctypes.Structure,), {"_fields_": [("x", ctypes.c_int * (k + 1))]})
                assert ctypes.sizeof(made) == 4 * (k + 1)
                ctypes.cast(pointer, ctypes.c_void_p).value
                bytes(shared)

    race(work)


def check_decimal_contexts(operations):
    common = decimal.Context(prec=20)
    one = decimal.Decimal(1)

    def work(k):
        decimal.setcontext(decimal.Context(prec=5 + k))  # threads may inherit one and the same
        expected = str(one / 3)
        assert len(expected) == 7 + k
        for i in range(operations // 5):
            assert str(one / 3) == expected
            with decimal.localcontext() as inner:
                inner.prec = 3
                assert str(one / 3) == "0.333"
            assert common.divide(one, 3) == decimal.Decimal("0.33333333333333333333")
            common.flags[decimal.Inexact] = i % 2 == 0
            common.clear_flags()
            repr(common), common.copy(), hash(one)
            if i % 20 == 0:
                context = contextvars.copy_context()
                context.run(decimal.getcontext)

    race(work)


def check_element_trees(operations):
    root = ElementTree.Element("root")

    def grow(k):
        for i in range(operations // 4):
            child = ElementTree.SubElement(root, f"t{k}", {"n": str(i)})
            child.text = str(i)
            child.set("k", str(k))
            if i % 3 == 0:
                root.remove(child)

    def read(k):
        for i in range(operations // 40):
            for element in list(root)[:20]:
                assert element.tag in ("t0", "t2")
                element.get("n"), element.attrib, element.text, len(element), element.items()
            for element in itertools.islice(root.iter("t0"), 20):
                element.tail
            root.find("t0"), root.findtext("t2"), root.get("x", 1)
            ElementTree.tostring(root[0] if len(root) else root)

    race(grow, read)
    for k in (0, 2):
        found = [int(element.text) for element in root.iter(f"t{k}")]
        assert found == [i for i in range(operations // 4) if i % 3]


def check_parsers_of_their_own(operations):
    document = "<a>" + "".join(f"<b n='{i}'>{i}</b>" for i in range(50)) + "</a>"

    def work(k):
        for i in range(operations // 100):
            assert sum(int(b.text) for b in ElementTree.fromstring(document)) == 1225
            parser = ElementTree.XMLPullParser(["start", "end"])
            parser.feed(document[:200])
            parser.feed(document[200:])
            parser.close()
            assert sum(1 for _ in parser.read_events()) == 102

    race(work)


def check_objects_made_in_another_thread(operations):
    """What a thread that has ended left half-way goes on in others."""
    text = " ".join(map(str, range(200)))
    made = []

    def make(k):
        made.append(
            [
                re.finditer(r"\d+", text),
                tokenize.generate_tokens(iter(["a = 1\n"] * 50).__next__),
                struct.iter_unpack("<B", bytes(100)),
                zlib.compressobj(),
                pickle.Pickler,
                iter("x" * 100),
                (i for i in range(100)),
            ]
        )

    for _ in range(max(operations // 500, 2)):
        made.clear()
        thread = threading.Thread(target=make, args=(0,))
        thread.start()
        thread.join()
        parts = made[0]
        found = sum(race(lambda k: [m.group() for m in parts[0]]), [])
        assert sorted(found, key=int) == [str(i) for i in range(200)], len(found)

        def rest(k):
            taken = 0
            for iterator in (parts[1], parts[2], parts[5], parts[6]):
                try:
                    for _ in iterator:
                        taken += 1
                except ValueError:
                    pass
            parts[3].compress(b"abc" * 100)
            return taken

        race(rest)


def check_interpreters(operations):
    from concurrent import interpreters

    taken = []

    def work(k):
        mine = interpreters.create_queue()
        for i in range(max(operations // 1500, 1)):
            other = interpreters.create()
            try:
                other.prepare_main(queue=mine, k=k, i=i)
                other.exec("queue.put((k, i)); import math; x = [math.sqrt(n) for n in range(50)]")
                taken.append(mine.get())  # before its interpreter ends
                assert other.call(divmod, 7, 2) == (3, 1)
                other in interpreters.list_all()
            finally:
                other.close()

    race(work)
    assert sorted(taken) == [(k, i) for k in range(THREADS) for i in range(max(operations // 1500, 1))]


def check_interpreter_queues(operations):
    from concurrent import interpreters

    shared = interpreters.create_queue()

    def put(k):
        for i in range(operations // 10):
            shared.put((k, i, "text", b"bytes"))

    def get(k):
        return [shared.get() for _ in range(operations // 10)]

    taken = sum((r for r in race(put, get) if r), [])
    assert sorted(taken) == [(k, i, "text", b"bytes") for k in (0, 2) for i in range(operations // 10)]


def check_types_of_many_kinds(operations):
    """Types made, specialised on and dropped while others use the same code."""

    def use(thing):
        return thing.value + thing.method(1) + len(thing) + thing[0]

    def work(k):
        for i in range(operations // 20):
            namespace = {
                "value": 1,
                "method": lambda self, n: n,
                "__len__": lambda self: 1,
                "__getitem__": lambda self, i: 1,
                "__slots__": ("a", "b") if i % 2 else (),
            }
            made = types.new_class(f"C{k}", (), {}, lambda body: body.update(namespace))
            thing = made()
            for _ in range(20):
                assert use(thing) == 4
            if i % 3 == 0:
                made.value = 2
                assert use(thing) == 5

    race(work)


if __name__ == "__main__":
    main(globals())
