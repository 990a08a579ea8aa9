import array

m = memoryview(bytearray(b"abcdef"))
print(
    m[0],
    m[-1],
    bytes(m[1:3]),
    m[::2].tolist(),
    m.format,
    m.itemsize,
    m.nbytes,
    m.shape,
    m.strides,
    m.readonly,
    m.ndim,
    len(m),
    m.contiguous,
    m.obj,
)
m[0] = 90
m[1:3] = b"YX"
print(m.obj, m.tobytes(), m.hex(), m == b"ZYXdef", m[::-1].tobytes())
c = m.cast("H")
print(
    c.tolist() == [int.from_bytes(m.tobytes()[i : i + 2], "little") for i in (0, 2, 4)],
    c.format,
    c.itemsize,
    m.cast("B", (2, 3)).tolist(),
    m.cast("B", (2, 3))[1, 2],
)
a = array.array("i", [1, 2, 3])
v = memoryview(a)
v[1] = 20
print(a, v.tolist(), v.format, v.toreadonly().readonly, hash(memoryview(b"a")) == hash(b"a"), [x for x in v])
for bad in (
    "memoryview('a')",
    "memoryview(1)",
    "m[10]",
    "m[0] = 300",
    "m[0] = 'a'",
    "memoryview(b'a')[0:1].__setitem__(0, 1)",
    "m[0:2] = b'abc'",
    "hash(m)",
    "m['a']",
    "v[0] = 1.5",
    "m.cast('Z')",
    "memoryview(b'abc').cast('H')",
):
    try:
        exec(bad)
    except Exception as e:
        print(bad, type(e).__name__, e)
with memoryview(b"xyz") as w:
    print(w.tobytes())
try:
    w[0]
except ValueError as e:
    print(e)
print(m.count(100), m.index(101))
