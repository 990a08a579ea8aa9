"""One place calls slot wrappers as methods, as attributes of instances and of classes, with too few and too many arguments."""


class A:
    m = object.__repr__
    n = object.__eq__


def without(o):
    return o.m()


def with_one(o, x):
    return o.n(x)


a, b = A(), A()
for _ in range(100):
    without(a), with_one(a, a)
b.m = object.__repr__
b.n = object.__eq__
for call in (lambda: without(b), lambda: with_one(b, a), lambda: with_one(b, 3), lambda: without(int), lambda: a.m(1), lambda: object.__repr__()):
    try:
        print(type(call()).__name__)
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)
print([int.__add__(n, 2) for n in (1, True, 2**40, 2**70)], dict.__len__({1: 2}), [list.__getitem__([1, 2], i) for i in (0, -1)])
