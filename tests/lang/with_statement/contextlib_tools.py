import contextlib
import io
import sys


@contextlib.contextmanager
def tag(n):
    print(f"<{n}>")
    try:
        yield n
    except ValueError as e:
        print("handled", e)
    finally:
        print(f"</{n}>")


with tag("a") as v:
    print(v)
with tag("b"):
    raise ValueError("inside")
try:
    with tag("c"):
        raise KeyError("k")
except KeyError as e:
    print("outer", e)


@tag("deco")
def f():
    print("decorated")


f()
f()
with contextlib.ExitStack() as st:
    names = [st.enter_context(tag(i)) for i in "xy"]
    st.callback(print, "callback", 1)
    st.push(lambda *e: print("pushed", e[0]))
    print(names)
with contextlib.ExitStack() as st:
    st.enter_context(tag("popped"))
    keep = st.pop_all()
print("still open")
keep.close()
with contextlib.suppress(ValueError, KeyError):
    raise KeyError
with contextlib.redirect_stdout(io.StringIO()) as out:
    print("captured")
print(repr(out.getvalue()))


class Cl:
    def close(self):
        print("closed")


with contextlib.closing(Cl()):
    pass
with contextlib.nullcontext(5) as n:
    print(n)


@contextlib.contextmanager
def twice():
    yield 1
    yield 2


@contextlib.contextmanager
def none():
    if False:
        yield


for bad in (twice, none):
    try:
        with bad():
            pass
    except RuntimeError as e:
        print(e)


@contextlib.contextmanager
def swallow_stop():
    yield


try:
    with swallow_stop():
        raise StopIteration("s")
except StopIteration as e:
    print(repr(e))


class Deco(contextlib.ContextDecorator):
    def __enter__(self):
        print("in")
        return self

    def __exit__(self, *a):
        print("out")
        return False


@Deco()
def g():
    print("g")


g()
with contextlib.chdir("/"):
    import os

    print(os.getcwd())
try:
    with contextlib.ExitStack() as st:
        st.callback(lambda: 1 / 0)
        st.callback(lambda: {}["k"])
        raise ValueError("body")
except ZeroDivisionError as e:
    print(repr(e), repr(e.__context__), repr(e.__context__.__context__))
print(isinstance(tag("q"), contextlib.AbstractContextManager))
