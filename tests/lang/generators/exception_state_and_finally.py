import sys


def g():
    try:
        yield 1
        1 / 0
    except ZeroDivisionError:
        print("in except", sys.exception())
        yield 2
        print("still", sys.exception())
        yield 3
    print("after", sys.exception())


it = g()
next(it)
try:
    raise KeyError("outer")
except KeyError:
    print(next(it), repr(sys.exception()))
    print(next(it), repr(sys.exception()))
print(sys.exception(), list(it))


def h():
    try:
        yield
    finally:
        try:
            yield "in finally"
        finally:
            print("inner finally")


it = h()
next(it)
print(next(it))
it.close()


def with_return():
    try:
        yield 1
        return
    finally:
        print("cleanup")


print(list(with_return()))


def raises():
    yield 1
    raise ValueError("gen error")


r = raises()
next(r)
try:
    next(r)
except ValueError as e:
    print(e, e.__context__)
print(next(r, "exhausted"))


def ctx():
    try:
        yield
    except ValueError:
        raise KeyError("new")


c = ctx()
next(c)
try:
    c.throw(ValueError("orig"))
except KeyError as e:
    print(repr(e), repr(e.__context__))


def loop_break():
    try:
        for i in range(10):
            yield i
    finally:
        print("loop finalised")


for v in loop_break():
    if v == 2:
        break
print("after break")
