# stderr: ignore
"""sys.settrace: the events of a frame, and going on at another line by f_lineno."""
import sys


def traced(function, jumps=(), opcodes=False):
    events = []
    jumps = dict(jumps)
    first = function.__code__.co_firstlineno

    def tracer(frame, event, arg):
        if frame.f_code is not function.__code__:
            return None
        line = frame.f_lineno - first
        events.append((line, event))
        if event == "line" and line in jumps:
            try:
                frame.f_lineno = first + jumps.pop(line)
            except ValueError as error:
                events.append(str(error).replace(str(first), "N"))
        return tracer

    sys.settrace(tracer)
    try:
        result = function()
    except Exception as error:
        result = type(error).__name__
    finally:
        sys.settrace(None)
    print(function.__name__, result)
    print("  ", *events)


def plain():
    out = []
    for i in range(2): out.append(i)
    while len(out) < 4:
        out.append(9)
    return out


def skipping():
    out = [1]
    out.append(2)
    out.append(3)
    return out


def into_loop():
    out = [1]
    for i in range(2):
        out.append(i)
    return out


def into_handler():
    out = [1]
    try:
        out.append(2)
    except ValueError:
        out.append(3)
    return out


def failing():
    try:
        int("x")
    except ValueError:
        pass
    return 1 / 0


def out_of_with():
    with open("/dev/null") as f:
        a = 1
    return "out"


traced(plain)
traced(skipping, {2: 3})
traced(skipping, {4: 2})
traced(into_loop, {1: 3})
traced(into_handler, {1: 5})
traced(failing)
traced(out_of_with, {2: 3})
try:
    sys._getframe().f_lineno = 1
except ValueError as error:
    print(error)
