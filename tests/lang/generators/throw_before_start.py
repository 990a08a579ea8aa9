"""What is thrown into a generator that has not started comes from its first line; unraisable errors have a place."""
import sys
import traceback


def show(error):
    print([(entry.name, entry.lineno) for entry in traceback.extract_tb(error.__traceback__)])


def generator():
    yield 1


def nested(x):
    y = [x]
    def inner():
        yield x, y
    return inner()


async def coroutine():
    pass


async def asynchronous():
    yield 1

for made in generator(), nested(1), coroutine(), (x for x in [1]):
    try:
        made.throw(ValueError("a"))
    except ValueError as error:
        show(error)
try:
    asynchronous().athrow(ValueError("a")).send(None)
except ValueError as error:
    show(error)


def stubborn():
    try:
        yield
    except GeneratorExit:
        yield "more"


def hook(unraisable):
    print(unraisable.exc_type.__name__, unraisable.err_msg.split(" at ")[0])
    show(unraisable.exc_value)


sys.unraisablehook = hook


def drop():
    started = stubborn()
    next(started)
    del started


drop()
