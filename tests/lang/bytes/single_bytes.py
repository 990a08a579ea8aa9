"""Equal bytes of length nought and one are one object, however they are made."""
import io
import marshal
import struct

text = b"abcab"
for first, second in (
    (text[0:1], text[3:4]), (bytes([97]), b"a"), (b"a b".split()[0], b"a"), ("a".encode(), b"a"), ("a".encode("ascii"), b"a"),
    (struct.unpack("c", b"a")[0], b"a"), (io.BytesIO(b"ab").read(1), b"a"), (marshal.loads(marshal.dumps(b"a")), b"a"),
    (b" a ".strip(), b"a"), (bytes.fromhex("61"), b"a"), (b"%c" % 97, b"a"), (b"a,b".partition(b",")[0], b"a"),
    (memoryview(b"a").cast("c")[0], b"a"), (bytes(), b""), (text[1:1], b""),
):
    print(first, first is second)
print([bytes([i]) for i in (0, 10, 127, 128, 255)], bytes([255]) + b"x", hash(bytes([7])) == hash(b"\x07"))
print(bytes([0]) == b"\0", len(bytes([0])), bytes([200]).hex(), int.from_bytes(bytes([200])))
