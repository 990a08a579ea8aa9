"""PyUnstable_Code_SetExtra: data that C code keeps with a code object."""

import ctypes
import gc
import threading

api = ctypes.pythonapi
freed: list[int] = []
free_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def note(pointer: int) -> None:
    freed.append(pointer)


free = free_type(note)
request = api.PyUnstable_Eval_RequestCodeExtraIndex
request.argtypes, request.restype = (free_type,), ctypes.c_ssize_t
set_extra = api.PyUnstable_Code_SetExtra
set_extra.argtypes, set_extra.restype = (ctypes.py_object, ctypes.c_ssize_t, ctypes.c_void_p), ctypes.c_int
get_extra = api.PyUnstable_Code_GetExtra
get_extra.argtypes, get_extra.restype = (ctypes.py_object, ctypes.c_ssize_t, ctypes.POINTER(ctypes.c_void_p)), ctypes.c_int

first, second = request(free), request(free)
print(second - first)


def extra(code, index: int):
    value = ctypes.c_void_p(1)
    print(get_extra(code, index, value), value.value)


def fresh():
    return eval("lambda: 0")


f = fresh()
extra(f.__code__, first)
print(set_extra(f.__code__, first, 100))
extra(f.__code__, first)
extra(f.__code__, second)
extra(f.__code__, second + 50)
print(set_extra(f.__code__, first, 200), freed)
print(set_extra(f.__code__, second, 300), freed)
del f
gc.collect()
print(sorted(freed))

for call in (lambda: set_extra(42, first, 1), lambda: set_extra(fresh().__code__, second + 50, 1), lambda: get_extra(42, first, None)):
    try:
        call()
    except SystemError as error:
        print(str(error).endswith("bad argument to internal function"))

# From many threads: what one puts in another takes out, and each value is freed once.
freed.clear()
shared = fresh()


def work(number: int) -> None:
    for i in range(200):
        set_extra(shared.__code__, first, number * 1000 + i + 1)


threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
del shared, threads, thread
gc.collect()
values = [pointer for pointer in freed if pointer]
print(len(values), len(set(values)))
