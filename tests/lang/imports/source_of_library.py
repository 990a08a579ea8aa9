"""Code of the standard library tells the file it was made from, and tracebacks show its lines."""
import _imp
import contextlib
import functools
import marshal
import os
import threading
import traceback
import types

for function in contextlib.contextmanager, functools.wraps, threading.Thread.start, types.coroutine:
    name = function.__code__.co_filename
    print(os.path.basename(name), os.path.isfile(name))
print(os.fsencode.__code__.co_filename)
try:
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: 1 / 0)
except ZeroDivisionError as error:
    print([(entry.name, entry.line) for entry in traceback.extract_tb(error.__traceback__)])

for data in b"", b"6'\xd5Cu\x12", marshal.dumps(1), marshal.dumps(compile("1", "", "eval")):
    try:
        print(_imp.get_frozen_object("x", data).co_name)
    except Exception as error:
        print(type(error).__name__, error)
