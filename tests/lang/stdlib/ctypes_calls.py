"""Foreign functions of the C library: arguments, results, errno, callbacks, threads."""
import ctypes
import errno
import threading
from ctypes import (CDLL, CFUNCTYPE, POINTER, PYFUNCTYPE, ArgumentError, Structure, byref, c_char_p, c_double, c_int, c_long, c_size_t, c_void_p, get_errno,
                    pointer, py_object, set_errno, sizeof)


def attempt(function, *args, **kwargs):
    try:
        print("->", function(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


libc = CDLL("libc.so.6", use_errno=True)
libm = CDLL("libm.so.6")
print(libc.abs(-5), libc.strlen(b"four"), libc.atoi(b"12"), libc.wcslen("wide"))
attempt(libc.abs, 1.5)
attempt(libc.abs, 2**70)
attempt(getattr, libc, "no_such_function_anywhere".replace("_anywhere", ""), None)
libm.pow.argtypes = [c_double, c_double]
libm.pow.restype = c_double
print(libm.pow(2, 0.5) == 2**0.5, libm.pow.argtypes == (c_double, c_double))
attempt(libm.pow, 1)
attempt(libm.pow, 1, "a")
libc.strchr.restype = c_char_p
print(libc.strchr(b"abcdef", ord("d")), libc.strchr(b"abc", ord("x")))
print(libc.snprintf(None, c_size_t(0), b"%d %s", 12, b"x"))


class Division(Structure):
    _fields_ = [("quotient", c_int), ("remainder", c_int)]


class LongDivision(Structure):
    _fields_ = [("quotient", c_long), ("remainder", c_long)]


libc.div.restype = Division
libc.ldiv.restype = LongDivision
libc.ldiv.argtypes = c_long, c_long
one, two = libc.div(17, 5), libc.ldiv(-17, 5)
print(one.quotient, one.remainder, two.quotient, two.remainder)

set_errno(0)
print(libc.close(-1), get_errno() == errno.EBADF, set_errno(0) == errno.EBADF, get_errno())


def check(result, function, arguments):
    if result < 0:
        raise OSError(get_errno(), "close failed")
    return arguments


libc.close.errcheck = check
attempt(libc.close, -1)
libc.close.restype = lambda value: value * 10
attempt(libc.close, -1)

prototype = CFUNCTYPE(c_double, c_double, POINTER(c_int))
frexp = prototype(("frexp", libm), ((1, "x"), (2, "exponent")))
print(frexp(12.0), frexp(x=3.0))
attempt(frexp)
attempt(frexp, 1, 2)
attempt(prototype, ("frexp", libm), ((1, "x"),))

compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
numbers = (c_int * 6)(5, 2, 9, 1, 7, 3)
libc.qsort.restype = None
libc.qsort(numbers, len(numbers), sizeof(c_int), compare(lambda a, b: a[0] - b[0]))
print(numbers[:])
square = CFUNCTYPE(c_int, c_int)(lambda n: n * n)
print(square(12), CFUNCTYPE(c_int, c_int)(ctypes.cast(square, c_void_p).value)(5), bool(square))
attempt(square, "x")
keep = PYFUNCTYPE(py_object, py_object)(lambda value: [value])
print(keep("same"))


class Wrapper:
    _as_parameter_ = -8


print(libc.abs(Wrapper()))
number = c_int()
print(libc.sscanf(b"77", b"%d", byref(number)), number.value, libc.sscanf(b"78", b"%d", pointer(number)), number.value)

# A callback on a thread that C has made.
pthread = CDLL(None)
start = CFUNCTYPE(c_void_p, c_void_p)
seen = []


@start
def body(argument):
    seen.append((argument, threading.get_ident() != threading.main_thread().ident))
    return 99


handle, result = c_void_p(), c_void_p()
libc.pthread_create(byref(handle), None, body, c_void_p(7))
libc.pthread_join(handle, byref(result))
print(seen, result.value)


def many():
    for _ in range(200):
        libc.qsort(local := (c_int * 4)(3, 1, 2, 0), 4, 4, order)
        assert local[:] == [0, 1, 2, 3]


order = compare(lambda a, b: a[0] - b[0])
threads = [threading.Thread(target=many) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("sorted", issubclass(ArgumentError, Exception))
