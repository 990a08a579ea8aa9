"""What becomes the __context__ of an exception thrown into a generator or coroutine, and closing what is delegated to."""
from contextlib import contextmanager


def chain(error):
    names = []
    while error is not None:
        names.append(repr(error))
        error = error.__context__
    return names


def handling():
    try:
        raise KeyError("handled")
    except KeyError:
        yield


def plain():
    yield


for make in (handling, plain):
    generator = make()
    next(generator)
    try:
        try:
            raise LookupError("outside")
        except LookupError:
            generator.throw(ValueError("thrown"))
    except ValueError as error:
        print(make.__name__, chain(error))


@contextmanager
def replaces(error):
    try:
        yield
    finally:
        raise error


try:
    with replaces(Exception(3)):
        with replaces(Exception(2)):
            raise Exception(1)
except Exception as error:
    print(chain(error))


class Delegate:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def close(self):
        print("closing while", outer.gi_running)


def delegating():
    yield from Delegate()


outer = delegating()
next(outer)
outer.close()


class Awaited:
    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, error):
        raise error


async def inner():
    try:
        await Awaited()
    except ValueError:
        return "abc"


async def depth():
    return len(await inner()), max(1, len(await inner()))


coroutine = depth()
coroutine.send(None)
print(coroutine.throw(ValueError()))
try:
    coroutine.throw(ValueError())
except StopIteration as stop:
    print(stop.value)
for again in (lambda: coroutine.send(None), lambda: coroutine.throw(ValueError())):
    try:
        again()
    except RuntimeError as error:
        print(error)
