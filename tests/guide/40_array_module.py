import sys
from array import array

int_list = [1, 2, 3, 4, 5] * 1000
int_array = array("i", int_list)
print(sys.getsizeof(int_list) > sys.getsizeof(int_array), int_array.itemsize, len(int_array), f"{len(int_array):,}")
for code in "bBhHiIlLqQfdw":
    a = array(code, "ab" if code == "w" else [1, 2, 3])
    print(code, a, a.itemsize, a.tobytes().hex()[:16])
int_array[10:20] = array("i", range(10))
del int_array[:5]
print(int_array[:20].tolist(), int_array.index(9), int_array.count(5), sum(int_array))
m = memoryview(int_array)
m[0] = 77
print(int_array[0], m.format, m.nbytes, m[5:8].tolist())
m.release()
b = array("B", b"binary")
b.extend(b" data")
b.frombytes(b"!")
print(b.tobytes(), b.buffer_info()[1], bytes(b[::-1]))
try:
    array("b", [128])
except OverflowError as e:
    print(e)
import io

f = io.BytesIO()
array("d", [1.5, 2.5]).tofile(open("/dev/null", "wb"))
f.write(array("d", [1.5, -2.5]))
f.seek(0)
back = array("d")
back.frombytes(f.read())
print(back, back.byteswap(), back.typecode)
