"""Functions of the C API through ctypes.pythonapi: values, references, exceptions, frames."""

import ctypes
import sys
import threading
from ctypes import c_char_p, c_double, c_int, c_long, c_size_t, c_ssize_t, c_ulong, py_object

api = ctypes.pythonapi


def function(name: str, result, *arguments):
    made = getattr(api, name)
    made.restype, made.argtypes = result, arguments
    return made


def attempt(call, *arguments) -> None:
    try:
        print(call(*arguments))
    except Exception as error:
        print(type(error).__name__, error)


class Index:
    def __index__(self) -> int:
        return 7


as_long = function("PyLong_AsLong", c_long, py_object)
for value in (42, -1, True, Index(), 2**63 - 1, 2**63, "x", 1.5):
    attempt(as_long, value)
as_int = function("PyLong_AsInt", c_int, py_object)
for value in (2**31 - 1, 2**31, Index()):
    attempt(as_int, value)
for name, kind in (("PyLong_AsUnsignedLong", c_ulong), ("PyLong_AsSize_t", c_size_t), ("PyLong_AsUnsignedLongLong", c_ulong), ("PyLong_AsSsize_t", c_ssize_t), ("PyLong_AsDouble", c_double)):
    convert = function(name, kind, py_object)
    for value in (5, -5, 2**64 - 1, 2**64, Index(), None, 10**400):
        attempt(convert, value)
attempt(function("PyLong_FromLong", py_object, c_long), -(2**63))
attempt(function("PyLong_FromSize_t", py_object, c_size_t), 2**64 - 1)
attempt(function("PyLong_FromDouble", py_object, c_double), 1e20)
attempt(function("PyLong_FromDouble", py_object, c_double), float("nan"))
overflow = function("PyLong_AsLongAndOverflow", c_long, py_object, ctypes.POINTER(c_int))
for value in (3, 2**70, -(2**70)):
    out = c_int(9)
    print(overflow(value, out), out.value)

attempt(function("PyBytes_FromString", py_object, c_char_p), b"abc")
sized = function("PyBytes_FromStringAndSize", py_object, c_char_p, c_ssize_t)
attempt(sized, b"abcdef", 3)
attempt(sized, b"abcdef", -1)
attempt(function("PyBytes_AsString", c_char_p, py_object), b"xyz")
attempt(function("PyBytes_Size", c_ssize_t, py_object), "no")
attempt(function("PyUnicode_FromString", py_object, c_char_p), "größe".encode())
attempt(function("PyUnicode_FromStringAndSize", py_object, c_char_p, c_ssize_t), b"abc", 2)
attempt(function("PyUnicode_FromString", py_object, c_char_p), b"\xff")
attempt(function("PyUnicode_AsUTF8", c_char_p, py_object), "größe")
attempt(function("PyUnicode_AsUTF8", c_char_p, py_object), "\ud800")
attempt(function("PyUnicode_AsUTF8", c_char_p, py_object), 5)
attempt(function("PyUnicode_GetLength", c_ssize_t, py_object), "größe")

# References: what is handed out is the caller's.
thing = object()
before = sys.getrefcount(thing)
function("Py_IncRef", None, py_object)(thing)
print(sys.getrefcount(thing) - before)
function("Py_DecRef", None, py_object)(thing)
print(sys.getrefcount(thing) - before, function("Py_NewRef", py_object, py_object)(thing) is thing, sys.getrefcount(thing) - before)

attempt(function("PyErr_SetString", None, py_object, c_char_p), ValueError, b"from C")
attempt(function("PyErr_SetNone", None, py_object), KeyError)
attempt(function("PyErr_Occurred", py_object))
matches = function("PyErr_GivenExceptionMatches", c_int, py_object, py_object)
print(matches(KeyError, LookupError), matches(KeyError("x"), (TypeError, KeyError)), matches(KeyError, OSError))

buffer = ctypes.create_string_buffer(8)
print(api.PyOS_snprintf(buffer, c_size_t(8), b"%s-%d", b"longer", 12), buffer.value)
print(function("Py_GetVersion", c_char_p)().decode() == sys.version)
print(c_int.in_dll(api, "Py_OptimizeFlag").value == sys.flags.optimize)


def frames(a: int) -> None:
    locals_now = function("PyEval_GetFrameLocals", py_object)()
    print(locals_now)
    view = function("PyFrame_GetLocals", py_object, py_object)(sys._getframe())
    view["a"] = 5
    print(a, function("PyEval_GetFrameGlobals", py_object)() is globals())
    here = sys._getframe()
    print(function("PyFrame_GetCode", py_object, py_object)(here) is here.f_code, function("PyFrame_GetBack", py_object, py_object)(here) is here.f_back)
    print(function("PyFrame_GetLineNumber", c_int, py_object)(here) - here.f_code.co_firstlineno)


frames(1)

# A thread is found by its identifier; an attached one stays so.
stop = function("PyThreadState_SetAsyncExc", c_int, c_ulong, py_object)
print(stop(2**64 - 1, KeyError))
ended = []


def spin() -> None:
    started.set()
    try:
        while True:
            pass
    except KeyError:
        ended.append("KeyError")


started = threading.Event()
thread = threading.Thread(target=spin)
thread.start()
started.wait()
print(stop(thread.ident, KeyError))
thread.join()
print(ended)
state = api.PyGILState_Ensure()
print(function("PyGILState_Check", c_int)())
api.PyGILState_Release(state)
