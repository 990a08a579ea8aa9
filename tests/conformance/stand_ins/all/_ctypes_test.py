"""Stands in for the extension module of the same name: a library of C functions that the tests of ctypes call.

The library is the reference's own, which CDLL loads. It names a few functions of Python's C API for its module interface;
a small library with the same names satisfies the loader and brings what the module's functions ask for to the callbacks
below.
"""

import atexit
import glob
import os
import shutil
import subprocess
import tempfile
from ctypes import CDLL, CFUNCTYPE, POINTER, PYFUNCTYPE, RTLD_GLOBAL, Structure
from ctypes import c_char_p, c_int, c_long, c_longlong, c_ssize_t, c_ulong, c_ulonglong, c_void_p, cast, py_object, string_at

STR_FLAG = 1 << 28
HOOKS = {
    "PyBytes_FromStringAndSize": (py_object, (c_void_p, c_ssize_t), string_at),
    "PyList_Append": (c_int, (py_object, py_object), lambda items, item: items.append(item) or 0),
    "PyList_New": (py_object, (c_ssize_t,), lambda size: []),
    "PyLong_FromLong": (py_object, (c_long,), int),
    "PyLong_FromLongLong": (py_object, (c_longlong,), int),
    "PyLong_FromUnsignedLongLong": (py_object, (c_ulonglong,), int),
    "PyModuleDef_Init": (c_void_p, (c_void_p,), lambda definition: definition),
    "PyType_GetFlags": (c_ulong, (c_void_p,), lambda kind: STR_FLAG),
    "PyUnicode_CompareWithASCIIString": (c_int, (py_object, c_char_p), lambda text, other: int(text != other.decode())),
    "PyUnicode_FromString": (py_object, (c_char_p,), bytes.decode),
    "Py_GetConstantBorrowed": (c_void_p, (c_int,), lambda number: id(None)),
}
NAMES = ["PyArg_ParseTuple", "PyErr_Format", "PyErr_SetString", "PyExc_TypeError", "PyExc_ValueError", "_Py_DecRef"]


class _Method(Structure):
    _fields_ = [("name", c_char_p), ("function", c_void_p), ("flags", c_int), ("doc", c_char_p)]


def _load() -> str:
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))))
    library = os.path.dirname(os.path.realpath(os.__file__))
    unpacked = ("build/reference/root", "build/stdlib")
    places = [library, *(os.path.join(root, folder, "usr/lib/python3.14") for folder in unpacked)]
    try:
        with open(os.path.join(library, ".layout")) as file:
            places.append(file.readline().rstrip())  # where the files of the build's library come from
    except OSError:
        pass
    found = [path for place in places for path in glob.glob(os.path.join(place, "lib-dynload", "_ctypes_test.*.so"))]
    compiler = shutil.which("cc") or shutil.which("clang") or shutil.which("clang-19")
    if not found or not compiler:
        raise ImportError("no library of C functions for the tests of ctypes", name=__name__)
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source, library = os.path.join(folder, "names.c"), os.path.join(folder, "names.so")
    with open(source, "w") as file:
        for name in NAMES:
            file.write(f"long {name};\n" if name.startswith("PyExc_") else f"long {name}(void) {{ return 0; }}\n")
        for name in HOOKS:
            file.write(f"long (*hook_{name})(long, long); long {name}(long a, long b) {{ return hook_{name}(a, b); }}\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-w", "-o", library, source], check=True)
    names = CDLL(library, RTLD_GLOBAL)
    for name, (result, arguments, function) in HOOKS.items():
        _keep.append(PYFUNCTYPE(result, *arguments)(function))
        c_void_p.in_dll(names, f"hook_{name}").value = cast(_keep[-1], c_void_p).value
    # PyModuleDef: the methods are behind the base (five words), name, doc and size.
    initialise = CDLL(found[0]).PyInit__ctypes_test
    initialise.restype = POINTER(c_void_p)
    method = cast(initialise()[8], POINTER(_Method))
    for i in range(1000):
        if method[i].name is None:
            break
        if method[i].name.startswith(b"get_"):
            function = PYFUNCTYPE(py_object, py_object, py_object)(method[i].function)
            globals()[method[i].name.decode()] = lambda *args, function=function: function(None, args[0] if args else None)
    return found[0]


_keep = []
__file__ = _load()
