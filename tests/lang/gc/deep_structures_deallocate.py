import sys


def nest(make, n=200000):
    x = None
    for _ in range(n):
        x = make(x)
    return x


class L:
    __slots__ = ("next",)

    def __init__(self, n):
        self.next = n


class D:
    def __init__(self, n):
        self.next = n


for make in (
    lambda x: [x],
    lambda x: (x,),
    lambda x: {"k": x},
    L,
    D,
    lambda x: [[x]],
    lambda x: lambda: x,
    lambda x: iter([x]),
):
    x = nest(make)
    del x
    print("freed")
x = nest(lambda x: [x], 100000)
for f in (
    repr,
    lambda v: v == nest(lambda x: [x], 100000),
    lambda v: __import__("copy").deepcopy(v),
    lambda v: __import__("pickle").dumps(v),
    lambda v: __import__("json").dumps(v),
    lambda v: sorted([v, nest(lambda x: [x], 100000)]),
    str,
    lambda v: __import__("marshal").dumps(v),
):
    try:
        f(x)
    except RecursionError, ValueError:
        pass
    print("survived")
t = nest(lambda x: (x,), 100000)
try:
    hash(t)
except RecursionError:
    pass
print("survived")
