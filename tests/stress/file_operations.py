"""Streams that four threads read and write: every line, every character and every byte goes to one of them."""

import collections
import io
import os
import tempfile

from support import THREADS, main, race


def lines_of(operations):
    return [f"line {i} \u00e9\n" for i in range(operations)]


def same_items(taken, expected):
    assert collections.Counter(taken) == collections.Counter(expected), (len(taken), len(expected))


def each_file(content=b""):
    handle, path = tempfile.mkstemp()
    os.write(handle, content)
    os.close(handle)
    try:
        yield path
    finally:
        os.unlink(path)


def drain(read, end):
    return lambda k: list(iter(read, end))


def check_lines_of_a_text_file(operations):
    expected = lines_of(operations)
    for path in each_file("".join(expected).encode()):
        for size in (-1, 64):
            with open(path, encoding="utf-8", buffering=size) as shared:
                same_items(sum(race(drain(shared.readline, "")), []), expected)
            with open(path, encoding="utf-8", buffering=size) as shared:
                same_items(sum(race(lambda k: list(shared)), []), expected)


def check_characters_of_a_text_file(operations):
    expected = lines_of(operations // 10)
    for path in each_file("".join(expected).encode()):
        for newline in (None, ""):
            with open(path, encoding="utf-8", newline=newline, buffering=100) as shared:
                taken = sum(race(drain(lambda: shared.read(7), "")), [])
            same_items("".join(taken), "".join(expected))


def check_lines_and_bytes_of_a_buffered_reader(operations):
    expected = [line.encode() for line in lines_of(operations)]
    content = b"".join(expected)
    for path in each_file(content):
        for size in (-1, 64):
            with open(path, "rb", buffering=size) as shared:
                same_items(sum(race(drain(shared.readline, b"")), []), expected)
            with open(path, "rb", buffering=size) as shared:
                same_items(sum(race(lambda k: list(shared)), []), expected)
            with open(path, "rb", buffering=size) as shared:
                taken = sum(race(drain(lambda: shared.read(5), b""), drain(lambda: shared.read1(9), b"")), [])
            same_items(b"".join(taken), content)


def check_bytes_of_a_raw_file(operations):
    content = os.urandom(operations * 4)
    for path in each_file(content):
        with open(path, "rb", buffering=0) as shared:
            assert isinstance(shared, io.FileIO)

            def readinto():
                room = bytearray(6)
                return bytes(room[: shared.readinto(room)])

            taken = sum(race(drain(lambda: shared.read(5), b""), drain(readinto, b"")), [])
        same_items(b"".join(taken), content)


def check_lines_written_to_files(operations):
    expected = [f"{k} {i}" for k in range(THREADS) for i in range(operations)]
    for path in each_file():
        for size in (-1, 64, 0):
            with open(path, "wb", buffering=size) as shared:
                race(lambda k: [shared.write(b"%d %d\n" % (k, i)) for i in range(operations)])
            with open(path) as written:
                same_items(written.read().splitlines(), expected)
        for size in (-1, 1, 64):
            with open(path, "w", buffering=size) as shared:
                race(lambda k: [shared.write(f"{k} {i}\n") for i in range(operations)])
            with open(path) as written:
                same_items(written.read().splitlines(), expected)


def check_lines_written_together(operations):
    half = operations // 2
    for path in each_file():
        with open(path, "w") as shared:
            race(lambda k: [shared.writelines([f"{k} {i}\n", f"{k} {i} more\n"]) for i in range(half)])
        with open(path) as written:
            taken = written.read().splitlines()
        same_items(taken, [f"{k} {i}{end}" for k in range(THREADS) for i in range(half) for end in ("", " more")])


def check_lines_appended_by_several_files(operations):
    for path in each_file():

        def append(k):
            with open(path, "ab", buffering=0) as mine:
                for i in range(operations // 4):
                    mine.write(b"%d %d\n" % (k, i))

        race(append)
        with open(path) as written:
            same_items(written.read().splitlines(), [f"{k} {i}" for k in range(THREADS) for i in range(operations // 4)])


def check_a_pair_of_streams(operations):
    for path in each_file():
        reader, writer = os.pipe()
        pair = io.BufferedRWPair(io.FileIO(reader, "rb"), io.FileIO(writer, "wb"))

        def write(k):
            for i in range(operations // 4):
                pair.write(b"%d %06d\n" % (k, i))
                if i % 50 == 49:
                    pair.flush()
            pair.flush()

        def read(k):
            return [pair.read(9) for _ in range(operations // 4)]

        results = race(write, read)
        taken = sum((r for r in results if r), [])
        same_items(taken, [b"%d %06d\n" % (k, i) for k in (0, 2) for i in range(operations // 4)])
        pair.close()


def check_seeks_and_reads_of_one_stream(operations):
    expected = b"".join(b"%04d" % i for i in range(100))
    for path in each_file(expected):
        with open(path, "r+b") as shared:

            def work(k):
                for i in range(operations):
                    shared.seek(i % 100 * 4)
                    assert len(shared.read(4)) in (0, 4)  # from where another thread may have put it
                    assert 0 <= shared.tell() <= 400
                    if i % 20 == 0:
                        shared.seek(0)
                        shared.flush()

            race(work)
            shared.seek(0)
            assert shared.read() == expected


def check_memory_streams(operations):
    expected = lines_of(operations)
    shared = io.StringIO("".join(expected))
    same_items(sum(race(lambda k: list(shared)), []), expected)
    shared = io.BytesIO("".join(expected).encode())
    same_items(sum(race(lambda k: list(shared)), []), [line.encode() for line in expected])
    shared = io.StringIO()
    race(lambda k: [shared.writelines([f"{k}", f" {i}\n"]) for i in range(operations)])
    assert len(shared.getvalue()) == sum(len(f"{k} {i}\n") for k in range(THREADS) for i in range(operations))
    other = io.BytesIO()
    race(lambda k: [other.write(b"%d %d\n" % (k, i)) and other.tell() for i in range(operations)])
    same_items(other.getvalue().splitlines(), [b"%d %d" % (k, i) for k in range(THREADS) for i in range(operations)])


def check_standard_output_in_children(operations):
    """A fork while other threads hold the stream: the child can use it."""
    if not hasattr(os, "fork"):
        return
    import threading
    import warnings

    warnings.simplefilter("ignore", DeprecationWarning)
    stop = threading.Event()
    for path in each_file():
        with open(path, "w", buffering=1) as shared:

            def write(k):
                while not stop.is_set():
                    shared.write("text\n")

            def fork(k):
                for _ in range(min(operations // 100, 100)):
                    child = os.fork()
                    if child == 0:
                        shared.write("child\n")
                        os._exit(0)
                    assert os.waitpid(child, 0)[1] == 0
                stop.set()

            race(fork, write, write, write)
        with open(path) as written:
            assert written.read().count("child\n") >= min(operations // 100, 100)


if __name__ == "__main__":
    main(globals())
