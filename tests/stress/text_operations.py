"""Texts and bytes that threads build together, and memory they view together."""

import array
import io
import re

from support import THREADS, main, race


def check_join_of_a_changing_list(operations):
    parts = [f"part{i}" for i in range(20)]
    good = {f"part{i}" for i in range(40)}

    def write(k):
        for i in range(operations):
            parts[i % 20] = f"part{i % 40}"
            if i % 50 == 0:
                parts.append("part0")
                parts.pop()

    def read(k):
        for _ in range(operations):
            text = ",".join(parts)
            assert good.issuperset(text.split(",")), text
            data = b",".join([part.encode() for part in parts])
            assert good.issuperset(data.decode().split(","))

    race(write, read)


def check_own_texts_grow(operations):
    shared = ["" for _ in range(THREADS)]
    common = "start"

    def work(k):
        text = common  # the same object to begin with: growing it in place would show in the others
        for i in range(operations):
            text += chr(97 + k)
            shared[k] = text
        return text

    for k, text in enumerate(race(work)):
        assert text == "start" + chr(97 + k) * operations == shared[k]
    assert common == "start"


def check_hashes_and_caches_of_shared_texts(operations):
    def work(k):
        found = set()
        for i in range(operations):
            text = texts[i % len(texts)]
            found.add((hash(text), text.encode(), text.upper(), text.isidentifier(), len(text.encode("utf-16"))))
        return found

    texts = ["".join(map(chr, range(start, start + 30))) for start in range(0x61, 0x2000, 97)]
    results = race(work)
    assert all(result == results[0] for result in results)


def check_formatting_and_patterns(operations):
    pattern = re.compile(r"(?P<name>\w+)=(?P<value>-?\d+)")

    def work(k):
        for i in range(operations // 5):
            text = f"a{k}={i:>5}".replace(" ", "") + " b={}".format(-i) + " c=%d" % k
            found = {m["name"]: int(m["value"]) for m in pattern.finditer(text)}
            assert found == {f"a{k}": i, "b": -i, "c": k}
            assert pattern.sub(lambda m: m["name"], text) == f"a{k} b c"

    race(work)


def check_memory_views_of_own_parts(operations):
    shared = bytearray(THREADS * 64)
    view = memoryview(shared)

    def work(k):
        mine = view[k * 64 : k * 64 + 64]
        for i in range(operations):
            mine[i % 64] = (i + k) % 251
            if i % 64 == 63:
                assert bytes(mine) == bytes((j + k) % 251 for j in range(i - 63, i + 1))
                mine[:] = bytes(64)
                assert mine == bytes(64) and mine.tolist() == [0] * 64
        mine.release()

    race(work)
    view.release()
    shared.append(1)  # no view holds it any more


def check_exports_hold_the_size(operations):
    shared = bytearray(100)

    def hold(k):
        for _ in range(operations):
            with memoryview(shared) as view:
                size = len(view)
                view[size - 1] = 7
                assert view[size - 1] == 7 and len(view) == size
                assert view.cast("b")[size - 1] == 7

    def resize(k):
        for i in range(operations):
            try:
                shared.append(7)
                del shared[100:]
                shared[-1] = 7
            except BufferError:
                pass

    race(hold, resize)
    shared.append(1)


def check_casts_of_an_array(operations):
    shared = array.array("i", range(400))
    view = memoryview(shared)

    def work(k):
        part = view[k * 100 : (k + 1) * 100]
        for i in range(operations):
            part[i % 100] += 1
            if i % 100 == 0:
                assert list(part[::-1]) == part.tolist()[::-1]
                assert len(view.cast("B")) == 400 * shared.itemsize

    race(work)
    done = [operations // 100 + (j < operations % 100) for j in range(100)]
    assert shared.tolist() == [k * 100 + j + done[j] for k in range(4) for j in range(100)]


def check_text_through_a_buffered_stream(operations):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(io.BufferedWriter(raw, 64), encoding="utf-8", newline="\n", write_through=True)
    race(lambda k: [stream.write(f"{k}:{i}\n") for i in range(operations)])
    stream.flush()
    lines = raw.getvalue().decode().splitlines()
    assert len(lines) == THREADS * operations
    assert len(set(lines)) == len(lines)


if __name__ == "__main__":
    main(globals())
