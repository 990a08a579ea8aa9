import sys

print(sys.exc_info(), sys.exception())


def inner():
    return sys.exc_info()[0], sys.exception()


try:
    raise ValueError("v")
except ValueError:
    print(inner(), sys.exc_info()[2] is not None)
    try:
        raise KeyError("k")
    except KeyError:
        print(repr(sys.exception()))
    print(repr(sys.exception()))
print(sys.exception())


def tb_depth(e):
    n, tb = 0, e.__traceback__
    names = []
    while tb:
        names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
        tb = tb.tb_next
    return names


def a():
    b()


def b():
    raise RuntimeError


try:
    a()
except RuntimeError as e:
    print(tb_depth(e)[1:])
    tb = e.__traceback__
    print(type(tb).__name__, tb.tb_lasti >= 0, tb.tb_next.tb_next.tb_next)
import types

t = types.TracebackType(None, sys._getframe(), 0, 5)
print(t.tb_lineno, t.tb_next)
try:
    t.tb_next = t
except ValueError as e:
    print(e)
stored = None
try:
    1 / 0
except ZeroDivisionError as e:
    stored = e
print(stored.__traceback__.tb_lineno > 0, stored.with_traceback(None).__traceback__)
