"""mmap: reading, writing, searching, resizing, access modes, buffers and errors."""

import mmap
import os
import tempfile


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


anonymous = mmap.mmap(-1, 8192, flags=mmap.MAP_PRIVATE)
print(anonymous, len(anonymous))
anonymous[:5] = b"hello"
anonymous[10:20:2] = b"abcde"
print(anonymous[:20], anonymous[0], anonymous[-1], anonymous.find(b"llo"), anonymous.rfind(b"l"), anonymous.find(b"nope"))
anonymous.move(100, 0, 5)
print(anonymous.read(3), anonymous.read_byte(), anonymous.tell(), anonymous.seek(100), anonymous.read(5))
attempt(anonymous.resize, 16384)
attempt(anonymous.madvise, mmap.MADV_DONTNEED, 0, -1)
attempt(anonymous.seek, -1)
attempt(anonymous.seek, 1, 9)
attempt(anonymous.flush, 0, 99999)
attempt(anonymous.__getitem__, 99999)
attempt(anonymous.__setitem__, 1, 256)
attempt(anonymous.__setitem__, slice(2), b"x")
attempt(anonymous.__delitem__, 1)
attempt(mmap.mmap, -1, -1)
with memoryview(anonymous) as view:
    print(view.format, view.readonly, view.nbytes)
    attempt(anonymous.resize, 4096)
    attempt(anonymous.close)
anonymous.close()
print(anonymous, anonymous.closed)
attempt(anonymous.read)

with tempfile.TemporaryFile() as file:
    file.write(b"one\ntwo\nthree\n")
    file.flush()
    with mmap.mmap(file.fileno(), 0) as shared:
        print(list(iter(shared.readline, b"")), shared.size())
        shared[:3] = b"ONE"
        shared.flush()
        shared.resize(8)
        print(os.fstat(file.fileno()).st_size)
        shared.seek(0, os.SEEK_END)
        attempt(shared.write_byte, 1)
        attempt(shared.write, b"x")
        attempt(shared.read_byte)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as read_only:
        attempt(read_only.__setitem__, 0, 1)
        attempt(read_only.resize, 4)
        print(read_only[:], memoryview(read_only).readonly, read_only)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as copy:
        copy[:3] = b"xyz"
        file.seek(0)
        print(copy[:], file.read())
    attempt(mmap.mmap, file.fileno(), 100)
    attempt(lambda: mmap.mmap(file.fileno(), 0, offset=4096))
