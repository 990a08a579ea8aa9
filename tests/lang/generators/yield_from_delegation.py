def inner():
    try:
        x = yield 1
        print("inner got", x)
        y = yield 2
    except ValueError as e:
        print("inner caught", e)
        yield "recovered"
    finally:
        print("inner finally")
    return "inner result"


def outer():
    r = yield from inner()
    print("result", r)
    r = yield from [10, 20]
    print("list result", r)
    return (yield from "a")


o = outer()
print(next(o), o.send("hello"), o.gi_yieldfrom.__name__, o.throw(ValueError("thrown")), next(o), next(o), next(o))
try:
    next(o)
except StopIteration as e:
    print(e.value)


class Iter:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def send(self, v):
        print("send", v)
        return v

    def throw(self, t):
        print("throw", t)
        raise StopIteration("from throw")

    def close(self):
        print("close")


def d():
    return (yield from Iter())


it = d()
print(next(it), it.send(5))
it.close()
it = d()
next(it)
try:
    it.throw(KeyError("k"))
except StopIteration as e:
    print("value", e.value)


def bad():
    yield from 5


try:
    list(bad())
except TypeError as e:
    print(e)


def chain(n):
    if n:
        yield from chain(n - 1)
    yield n


print(list(chain(50))[-3:], sum(chain(100)))


def o2():
    i = inner()
    try:
        yield from i
    finally:
        print("outer finally")


z = o2()
next(z)
z.close()
