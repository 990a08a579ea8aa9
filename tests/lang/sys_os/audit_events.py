"""What operations tell to audit hooks, and that a hook can forbid them."""

import gc
import marshal
import mmap
import socket
import sys
import time

seen = []
forbidden = set()


def hook(event, args):
    if event in forbidden:
        raise RuntimeError("forbidden: " + event)
    seen.append((event, args))


def events(name):
    found = [args for event, args in seen if event == name]
    seen.clear()
    return found


sys.addaudithook(hook)

marshal.loads(marshal.dumps([1]))
print([args for event, args in seen if event == "marshal.dumps"], events("marshal.loads"))
time.sleep(0)
print(events("time.sleep"))
mmap.mmap(-1, 8).close()
print(events("mmap.__new__"))
open("/dev/null").close()
print([args[:2] for args in events("open")])
socket.socket().close()
print([args[1:] for args in events("socket.__new__")])
eval("1")
print(events("compile"))


class A:
    pass


class B:
    pass


a = A()
seen.clear()
a.__class__ = B
A.__name__ = "C"
A.__module__ = "m"
print([args[1:] for args in events("object.__setattr__")])
print(any(hook in o for o in gc.get_objects() if isinstance(o, list)))

forbidden |= {"open", "time.sleep", "marshal.loads"}
for action in (lambda: open("/dev/null"), lambda: time.sleep(0), lambda: marshal.loads(b"N")):
    try:
        action()
    except RuntimeError as e:
        print(e)

for text in ("%.2147483647f", "%.2147483000g"):
    try:
        text % 1.5
    except ValueError as e:
        print(e)
for make in (lambda: b"%*b" % (2**63 - 1, b"abc"), lambda: b"%*d" % (2**62, 3)):
    try:
        make()
    except MemoryError:
        print("MemoryError")
