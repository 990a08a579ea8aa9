"""array.array, bytearray, memoryview and io objects that four threads change and read."""

import array
import io
import os
import tempfile

from support import THREADS, main, race


def check_array(operations):
    shared = array.array("q")
    race(lambda k: [shared.append(k * operations + i) for i in range(operations)])
    assert sorted(shared) == list(range(THREADS * operations))

    def work(k):
        for i in range(operations // 4):
            try:
                shared[i % 100] = 5
                shared.pop()
                shared.insert(3, 7)
                shared.extend(array.array("q", [1, 2]))
                del shared[2:5]
                shared.tolist(), shared.tobytes(), shared.count(5), len(shared), shared[1:4]
                if i % 100 == 0:
                    del shared[50:]
            except (IndexError, BufferError):
                pass
            if i % 10 == 0:
                with memoryview(shared) as view:
                    sum(view[:5])

    race(work)


def check_bytearray(operations):
    shared = bytearray()
    race(lambda k: [shared.append(k) for i in range(operations)])
    assert all(shared.count(k) == operations for k in range(THREADS))

    def work(k):
        for i in range(operations // 4):
            try:
                shared[i % 10] = 65 + k
                shared.extend(b"ABCD")
                shared.pop()
                del shared[1:4]
                bytes(shared), shared.find(b"AB"), shared.upper(), shared[2:9], len(shared)
                shared.replace(b"A", b"B")
                if i % 100 == 0:
                    shared.clear()
                    shared.extend(b"ABCDEFGHIJKLMNOP")
                int.from_bytes(shared[:4])
                b"x".join([shared])
            except (IndexError, BufferError):
                pass
            if i % 10 == 0:
                with memoryview(shared) as view:
                    view[:3].tobytes()

    race(work)


def check_bytes_io(operations):
    shared = io.BytesIO()
    race(lambda k: [shared.write(b"%d%05d\n" % (k, i)) for i in range(operations)])
    lines = shared.getvalue().splitlines()
    assert len(lines) == len(set(lines)) == THREADS * operations
    shared.seek(0)
    taken = sum(race(lambda k: list(iter(shared.readline, b""))), [])
    assert len(taken) == len(set(taken)) == THREADS * operations

    def work(k):
        for i in range(operations // 4):
            shared.seek(i % 50)
            shared.read(10)
            shared.truncate(1000)
            shared.write(b"abc")
            with shared.getbuffer() as view:
                len(view)

    def tolerant(k):
        for _ in range(20):
            try:
                return work(k)
            except BufferError:
                pass

    race(tolerant)


def check_string_io(operations):
    shared = io.StringIO()
    race(lambda k: [shared.write(f"{k}{i:05}\n") for i in range(operations)])
    lines = shared.getvalue().splitlines()
    assert len(lines) == len(set(lines)) == THREADS * operations

    def work(k):
        for i in range(operations // 4):
            shared.seek(0)
            shared.readline(), shared.read(5), shared.tell()
            shared.truncate(500)

    race(work)


def check_files(operations):
    handle, path = tempfile.mkstemp()
    os.close(handle)
    try:
        with open(path, "w") as shared:
            race(lambda k: [shared.write(f"{k}{i:05}\n") for i in range(operations)])
        with open(path) as shared:
            lines = shared.read().splitlines()
        assert len(lines) == len(set(lines)) == THREADS * operations, len(lines)
        with open(path, "rb") as shared:
            taken = sum(race(lambda k: list(iter(shared.readline, b""))), [])
        assert len(taken) == len(set(taken)) == THREADS * operations
        with open(path, "r+b") as shared:

            def work(k):
                for i in range(operations // 4):
                    shared.seek(i)
                    shared.read(10), shared.tell(), shared.peek(3)
                    shared.write(b"xyz")
                    if i % 10 == 0:
                        shared.flush()

            race(work)
        with open(path, "r+", newline="") as shared:

            def text(k):
                for i in range(operations // 10):
                    try:
                        shared.seek(0)
                        shared.readline(), shared.read(7)
                        shared.write("abc\n")
                    except (OSError, UnicodeDecodeError):
                        pass

            race(text)
        for _ in range(operations // 50):
            shared = open(path, "rb")
            race(lambda k: shared.close() if k == 0 else tolerant_read(shared))
    finally:
        os.unlink(path)


def tolerant_read(file):
    try:
        for _ in range(5):
            file.read(3)
    except ValueError:
        pass


if __name__ == "__main__":
    main(globals())
