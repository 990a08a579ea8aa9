"""The names of generators and coroutines: the function's at the time of the call, and what is set later."""


def make():
    yield 1


async def work():
    pass


async def stream():
    yield 1


def show(label, g):
    print(label, g.__name__, g.__qualname__, repr(g).split(" at ")[0])


plain = make()
show("as written", plain)
make.__name__, make.__qualname__ = "renamed", "Outer.renamed"
show("made before", plain)
later = make()
show("made after", later)
later.__name__ = "own"
show("name set", later)
later.__qualname__ = "Own.own"
show("both set", later)
make.__name__ = "again"
show("kept", later)
print(next(later), list(later))
show("ended", later)
for value in (1, None, b"x"):
    for name in ("__name__", "__qualname__"):
        try:
            setattr(later, name, value)
        except TypeError as error:
            print(error)
try:
    del later.__name__
except TypeError as error:
    print(error)

coroutine = work()
show("coroutine", coroutine)
coroutine.__qualname__ = "elsewhere.work"
show("coroutine", coroutine)
coroutine.close()
show("closed", coroutine)
asynchronous = stream()
asynchronous.__name__ = "brook"
show("asynchronous", asynchronous)
expression = (x for x in "ab")
show("expression", expression)
expression.__name__ = "text"
print(expression.__name__, expression.__qualname__, list(expression), expression.gi_code.co_name)
