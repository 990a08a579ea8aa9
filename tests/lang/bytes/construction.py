print(
    bytes(3),
    bytes([1, 2, 255]),
    bytes("é", "utf-8"),
    bytes(b"x"),
    bytes(range(3)),
    bytes(bytearray(b"y")),
    bytes(memoryview(b"z")),
    bytes(),
    b"\x00\xff\n'\"",
)
print(bytearray(2), bytearray(b"ab"), bytearray("x", "ascii"), bytearray([65, 66]), repr(bytearray(b"it's")))


class B:
    def __bytes__(self):
        return b"custom"


class I:
    def __index__(self):
        return 2


print(
    bytes(B()),
    bytes(I()),
    bytes([I()]),
    bytes.fromhex("0a FF 00"),
    bytearray.fromhex("ab"),
    b"\x0a\xff".hex(),
    b"\x01\x02\x03\x04".hex(":"),
    b"\x01\x02\x03\x04\x05".hex("-", 2),
    b"\x01\x02\x03".hex("_", -2),
)
for bad in (
    "bytes('a')",
    "bytes([256])",
    "bytes([-1])",
    "bytes(-1)",
    "bytes(['a'])",
    "bytes(1.5)",
    "bytes(1, 'a')",
    "bytes(b'', 'a')",
    "bytes.fromhex('0')",
    "bytes.fromhex('zz')",
    "bytes(None)",
    "bytearray([300])",
    "bytes('é', 'ascii')",
    "bytes.fromhex(1)",
):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
