import struct

for fmt, values in (
    (">bBhH", (-1, 255, -2, 65535)),
    ("<iIqQ", (-1, 1, -2, 2**64 - 1)),
    ("!fd", (1.5, -2.25)),
    ("4s?c", (b"ab", True, b"x")),
    ("<3h", (1, 2, 3)),
    ("=5p", (b"hey",)),
    ("<e", (0.5,)),
    ("<xbx", (7,)),
    ("@ci", (b"a", 5)),
):
    data = struct.pack(fmt, *values)
    print(fmt, struct.calcsize(fmt), data.hex(), struct.unpack(fmt, data))
s = struct.Struct("<HB")
print(
    s.format,
    s.size,
    s.pack(1, 2),
    list(s.iter_unpack(b"\x01\x00\x02\x03\x00\x04")),
    struct.unpack_from("<H", b"xx\x05\x00", 2),
)
buffer = bytearray(6)
struct.pack_into("<HH", buffer, 1, 1, 2)
print(buffer)
for call in (
    "struct.pack('b', 200)",
    "struct.pack('B', -1)",
    "struct.pack('i', 'a')",
    "struct.pack('ii', 1)",
    "struct.unpack('i', b'')",
    "struct.pack('Z', 1)",
    "struct.pack('f', 'x')",
    "struct.pack('4s', 'a')",
    "struct.calcsize('99999999999999999999i')",
    "struct.pack('<q', 2**63)",
    "struct.unpack_from('<I', b'abc')",
    "struct.pack('c', b'ab')",
    "struct.pack('>f', 1e100)",
):
    try:
        print(eval(call))
    except Exception as e:
        print(call, type(e).__name__, e)
