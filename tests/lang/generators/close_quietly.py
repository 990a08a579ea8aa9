"""Closing and forgetting generators that stand at a yield: what they hold goes at once, and who watches still sees it."""

import sys
import weakref


class Held:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def plain(held):
    inner = Held("inner")
    yield 1
    yield inner, held


def guarded(held):
    try:
        yield 1
    finally:
        print("finally")
    yield held


def nested(held):
    yield from guarded(held)


def nothing():
    yield


for function in (plain, guarded, nested):
    print(function.__name__)
    g = function(Held("argument"))
    next(g)
    print(g.close(), g.gi_frame, g.gi_running, g.gi_suspended, next(g, "end"))
    g = function(Held("forgotten"))
    next(g)
    frame = g.gi_frame
    name = weakref.ref(g, lambda r: print("weak reference told"))
    del g
    print(name(), sorted(frame.f_locals))
    del frame

g = plain(Held("never started"))
print(g.close(), g.gi_frame)
g = plain(Held("closed twice"))
next(g), g.close(), g.close()
print(list(g))

# A tracer and a profiler are told as ever.
events = []
g = nothing()
next(g)
sys.settrace(lambda frame, event, arg: lambda frame, event, arg: events.append(event))
g2 = nothing()
next(g2)
g2.close()
g.close()
sys.settrace(None)
print(events)
events.clear()
g = nothing()
next(g)
sys.setprofile(lambda frame, event, arg: events.append((frame.f_code.co_name, event)))
g.close()
sys.setprofile(None)
print([e for e in events if e[0] == "nothing"])


class Chain:
    """Its end closes another generator while the first is going."""

    def __init__(self, other):
        self.other = other

    def __del__(self):
        self.other.close()
        print("closed the other", self.other.gi_frame)


second = plain(Held("second"))
next(second)


def first(chain):
    yield 1


g = first(Chain(second))
next(g)
del g
