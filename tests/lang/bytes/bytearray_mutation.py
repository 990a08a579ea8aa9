b = bytearray(b"abc")
b.append(100)
b.extend(b"ef")
b.extend([103, 104])
b += b"ij"
print(b, len(b), b.pop(), b.pop(0), b)
b.insert(1, 120)
b.remove(120)
b[0] = 66
b[1:3] = b"XYZ"
print(b)
b[::2] = bytes(len(b[::2]))
print(b)
del b[0], b[-1]
del b[::2]
print(b, b.copy() == b, b.copy() is b)
b.reverse()
b *= 2
print(b)
b.clear()
print(b, bool(b), bytearray(b"q").__alloc__() >= 2)
b = bytearray(b"hello")
for bad in (
    "b.append(256)",
    "b.append('a')",
    "b[0] = 256",
    "b[0] = 'a'",
    "b.remove(0)",
    "b.pop(50)",
    "b.extend('x')",
    "b.extend([1, 300])",
    "b[::2] = b'x'",
    "b[9] = 1",
    "bytearray().pop()",
    "b += 'x'",
    "hash(b)",
    "b.insert(0, -1)",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, type(e).__name__, e)
print(b)
view = memoryview(b)
try:
    b.append(1)
except BufferError as e:
    print(e)
view.release()
b.append(33)
print(b)
b.resize(3)
print(b)
