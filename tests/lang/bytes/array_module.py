from array import array

a = array("i", [3, 1, 2])
a.append(5)
a.extend([7, 8])
a.insert(0, -1)
print(a, len(a), a.itemsize, a.typecode, a[1:4], a[::-1], a.index(2), a.count(5), 5 in a, a.pop(), a.tolist())
a[1:3] = array("i", [100])
del a[0]
a.reverse()
a.byteswap()
a.byteswap()
print(
    a,
    a + a,
    a * 2,
    a == array("i", a),
    a < array("i", [1000]),
    array("d", [1, 2.5]),
    array("u", "héy"),
    array("B", b"ab"),
    array("q", range(3)),
    bytes(array("B", [1, 2])),
)
print(
    array("H", [1, 2]).tobytes(),
    array("b").tolist(),
    array("w", "aé").tounicode(),
    array("f", [0.1])[0],
    repr(array("l")),
    list(array("i", [1])),
)
for bad in (
    "array('i', [1.5])",
    "array('b', [200])",
    "array('z')",
    "array('i', 'a')",
    "a.append('x')",
    "a[0] = 2**40",
    "a + [1]",
    "a.index(999)",
    "array()",
    "a[99]",
    "array('B', [-1])",
    "a.fromlist(['x'])",
    "a.remove(55)",
    "a.frombytes(b'abc')",
    "a[0:1] = [1]",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, type(e).__name__, e)
