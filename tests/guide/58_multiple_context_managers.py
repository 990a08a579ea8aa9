import io
from contextlib import ExitStack, contextmanager


@contextmanager
def step(name):
    print("enter", name)
    try:
        yield name
    finally:
        print("exit", name)


with step("a") as a, step("b"), step("c") as c:
    print(a, c)
with (
    step("p") as p,
    step("q"),
    io.StringIO("text") as f,
):
    print(p, f.read())
try:
    with step("outer"), step("inner"):
        raise OSError("both exit")
except OSError as e:
    print(e)
with ExitStack() as stack:
    names = [stack.enter_context(step(f"n{i}")) for i in range(3)]
    stack.callback(print, "callback first")
    print(names)
try:
    with step("one"), open("/no/such/file"), step("never"):
        pass
except FileNotFoundError:
    print("one was closed")
