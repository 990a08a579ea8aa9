import io

s = io.StringIO("line1\nline2\n")
print(
    s.readline(),
    s.tell(),
    s.read(),
    s.seek(0),
    s.readlines(),
    s.getvalue(),
    s.write("more"),
    s.getvalue(),
    s.truncate(5),
    s.getvalue(),
    s.closed,
)
t = io.StringIO(newline=None)
t.write("a\r\nb\rc\n")
print(repr(t.getvalue()), repr(io.StringIO("a\r\nb", newline="").getvalue()))
b = io.BytesIO(b"abcdef")
print(
    b.read(2),
    b.getvalue(),
    b.seek(0, 2),
    b.write(b"gh"),
    b.getvalue(),
    b.seek(1),
    b.readinto(bytearray(3)),
    bytes(b.getbuffer()),
    b.read1(),
    b.tell(),
    b.seek(20),
    b.write(b"!"),
    b.getvalue(),
)
v = b.getbuffer()
try:
    b.write(b"x" * 100)
except BufferError as e:
    print(e)
v.release()
b.close()
for bad in (
    lambda: b.read(),
    lambda: io.StringIO(5),
    lambda: io.BytesIO("x"),
    lambda: io.StringIO().write(b"x"),
    lambda: io.BytesIO().write("x"),
    lambda: io.StringIO().seek(-1),
    lambda: io.BytesIO().seek(-5),
    lambda: io.StringIO().seek(1, 1),
    lambda: io.StringIO(newline="z"),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
raw = io.BytesIO(b"one\ntwo\nthree")
w = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
print(w.readline(), w.encoding, w.errors, w.line_buffering, w.buffer is raw, w.detach() is raw)
r = io.BufferedReader(io.BytesIO(b"x" * 10), buffer_size=4)
print(r.peek(1)[:1], r.read(3), r.read1(), r.tell(), r.read())
bw = io.BufferedWriter(raw2 := io.BytesIO())
bw.write(b"buffered")
print(raw2.getvalue(), bw.flush(), raw2.getvalue())
rw = io.BufferedRandom(io.BytesIO(b"0123456789"))
rw.read(2)
rw.write(b"AB")
rw.seek(0)
print(rw.read())


class Raw(io.RawIOBase):
    def __init__(self):
        self.n = 0

    def readable(self):
        return True

    def readinto(self, buf):
        self.n += 1
        if self.n > 3:
            return 0
        buf[:2] = b"%02d" % self.n
        return 2


print(io.BufferedReader(Raw()).read(), Raw().readall(), list(io.TextIOWrapper(io.BufferedReader(Raw()))))
d = io.IncrementalNewlineDecoder(None, True)
print(
    repr(d.decode("a\r\nb\r")),
    repr(d.decode("c", True)),
    d.newlines,
    io.DEFAULT_BUFFER_SIZE > 0,
    isinstance(s, io.TextIOBase),
    io.text_encoding(None),
)
for bad in (
    lambda: io.RawIOBase().read(),
    lambda: io.IOBase().fileno(),
    lambda: io.TextIOBase().read(),
    lambda: io.BufferedReader(5),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
