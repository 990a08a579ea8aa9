"""C values: simple types, structures, arrays, pointers, what keeps them alive."""
import ctypes
import pickle
from ctypes import (POINTER, Array, BigEndianStructure, Structure, Union, addressof, alignment, byref, c_bool, c_byte, c_char, c_char_p, c_double, c_int,
                    c_int64, c_long, c_short, c_ubyte, c_uint32, c_void_p, c_wchar, cast, create_string_buffer, create_unicode_buffer, memmove, pointer,
                    py_object, resize, sizeof, string_at, wstring_at)


def attempt(function, *args):
    try:
        print(function.__name__ if hasattr(function, "__name__") else "call", "->", function(*args))
    except Exception as error:
        print(type(error).__name__, error)


print(c_int(3), c_int(2**40 + 5), c_ubyte(300), c_double(1.5), c_char(b"x"), c_bool(7), c_wchar("é"))
attempt(c_int, "3")
attempt(c_char, b"ab")
attempt(c_double, None)
attempt(c_wchar, "ab")


class Point(Structure):
    _fields_ = [("x", c_int), ("y", c_double)]


class Flags(Structure):
    _fields_ = [("a", c_uint32, 3), ("b", c_uint32, 7), ("c", c_int, 5)]


class Either(Union):
    _fields_ = [("number", c_int64), ("bytes", c_byte * 8)]


class Wrapped(Structure):
    _anonymous_ = ["inner"]
    _fields_ = [("tag", c_short), ("inner", Either)]


class Big(BigEndianStructure):
    _fields_ = [("n", c_int), ("h", c_short * 2)]


point = Point(1, y=2.5)
print(point.x, point.y, sizeof(Point), alignment(Point), Point.y, Point.y.offset)
attempt(Point, 1, 2, 3)
attempt(Point, "a")
flags = Flags(5, 100, -3)
print(flags.a, flags.b, flags.c, Flags.b, bytes(flags))
flags.a = 9
print(flags.a, flags.b)
wrapped = Wrapped(1)
wrapped.number = 0x0102030405060708
print(list(wrapped.bytes), Wrapped.number.offset)
print(bytes(Big(1, (2, 3))), Big(258).n, memoryview(Big()).format)

numbers = (c_int * 5)(*range(5))
print(numbers[:], numbers[-1], numbers[1:4:2], len(numbers), isinstance(numbers, Array), c_int * 5 is type(numbers))
numbers[1:3] = 10, 20
print(list(numbers))
attempt(numbers.__getitem__, 5)
attempt(numbers.__setitem__, slice(0, 2), [1])
attempt(lambda: c_int * -1)
view = memoryview(numbers)
print(view.format, view.shape, view.itemsize, view.cast("B").cast("i").tolist())

buffer = create_string_buffer(b"hello", 10)
print(buffer.value, buffer.raw, sizeof(buffer), create_unicode_buffer("wide").value)
memmove(buffer, b"HE", 2)
print(buffer.value, string_at(buffer, 3), wstring_at("text"))

where = pointer(numbers[0:1] and c_int(42))
print(where.contents, where[0], bool(where), bool(POINTER(c_int)()))
where[0] = 43
print(where.contents.value, cast(numbers, POINTER(c_int))[1], cast(numbers, POINTER(c_int))[0:3])
attempt(lambda: POINTER(c_int)().contents)
attempt(lambda: POINTER(c_int)(3))

memory = bytearray(b"\1\0\0\0\2\0\0\0")
shared = (c_int * 2).from_buffer(memory)
shared[1] = 5
print(memory, c_int.from_buffer_copy(b"\7\0\0\0").value, c_int.from_address(addressof(shared)).value)
attempt(c_int.from_buffer, b"abcd")
attempt(memory.append, 1)
attempt(c_int.from_buffer_copy, b"a")

restored = pickle.loads(pickle.dumps(point))
print(restored.x, restored.y, type(restored) is Point, pickle.loads(pickle.dumps(c_int(8))))
attempt(pickle.dumps, numbers)
attempt(pickle.dumps, pointer(c_int()))

small = c_short(7)
resize(small, 64)
print(sizeof(small), small.value)
attempt(resize, small, 1)
text = c_char_p(b"kept")
print(text.value, text._objects, c_void_p(None).value, py_object([1]).value)


class Holder(Structure):
    _fields_ = [("text", c_char_p), ("items", c_int * 2)]


holder = Holder(b"abc", (1, 2))
print(holder._objects, holder.items._b_base_ is holder, holder.items._b_needsfree_, holder._b_needsfree_)
attempt(setattr, Holder, "_fields_", [])
attempt(hash, c_int())
attempt(byref, 3)
print(c_long(5) == c_long(5), isinstance(byref(point)._obj, Point))
print(ctypes.sizeof(ctypes.c_longdouble), ctypes.c_double_complex(1 + 2j).value)
