import traceback


class Thing:
    colour = 1
    __slots__ = ()

    def method_one(self): pass


def show(f):
    try:
        f()
    except Exception as e:
        print(traceback.format_exception_only(e)[-1].strip())


value_total = 1


def local_name():
    some_local = 1
    return some_locl


def self_attr():
    class A:
        def __init__(self): self.size = 1
        def get(self): return size
    A().get()


show(lambda: value_totl)
show(lambda: Thing().color)
show(lambda: Thing().method_on)
show(lambda: "".startwith("a"))
show(lambda: pritn)
show(lambda: [].appendd)
show(local_name)
show(self_attr)
show(lambda: completely_unrelated_zzz)
show(lambda: time.sleep(1))
show(lambda: collections.deque)
show(lambda: exec("import itertool"))
show(lambda: exec("from collections import ordereddict"))
show(lambda: exec("from os import pathh"))
show(lambda: exec("import os.nothing"))
show(lambda: exec("from nowhere_at_all import x"))
show(lambda: exec("from math import nope"))
show(lambda: int.from_byte)
show(lambda: Thing.x)
show(lambda: [1].push(2))
show(lambda: {}.add(1))
show(lambda: exec("def f(): retrun 1"))
def kw(alpha, beta=1): pass
show(lambda: kw(1, bta=2))
show(lambda: sorted([1], reversed=True))
show(lambda: None.foo)
show(lambda: true)
