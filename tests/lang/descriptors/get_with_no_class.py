"""A native method's __get__ looks at its second argument only if the method is told its class."""
import array
import io
import re


def attempt(action):
    try:
        return action()
    except Exception as error:
        return type(error).__name__, str(error)


for method, instance in (
    (io.TextIOBase.read, io.StringIO()), (io.StringIO.read, io.StringIO("a")), (re.Pattern.match, re.compile("a")),
    (array.array.extend, array.array("b")), (array.array.append, array.array("b")), (str.upper, "a"), (list.append, []),
):
    for owner in "text", None, 1, int:
        got = attempt(lambda: method.__get__(instance, owner))
        print(method.__name__, owner, got if isinstance(got, tuple) else callable(got))
