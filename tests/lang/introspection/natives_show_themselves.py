"""What natives show of themselves: signatures, docs, attributes of instances; errors about their keywords."""

import datetime
import inspect
import io
import itertools
import os
import sys


def shown(function):
    try:
        return str(inspect.signature(function))
    except ValueError:
        return "no signature"


for function in (
    itertools.islice, itertools.count, io.BytesIO.read, io.BufferedRWPair.flush, datetime.date.__replace__, datetime.date.strftime,
    os.link, os.posix_spawn, os.timerfd_create, reversed, {}.keys().isdisjoint, property.__set_name__, memoryview.hex, str.maketrans, bytes.maketrans,
):  # fmt: skip
    print(function.__qualname__, shown(function), bool(function.__doc__))

print(datetime.date(2024, 2, 29).__replace__(year=2023, day=1), datetime.time(1).__replace__(minute=2))
print(type(sys.stdout).__module__, sys.stdout.__module__, "__module__" in vars(io.BytesIO), "__module__" in vars(dict))
print([name for name in ("__getattribute__", "__setattr__") if name in vars(itertools.chain)])
print(isinstance(1, int | str), issubclass(bool, int | str), hasattr(int | str, "__instancecheck__"))


class Documented:
    """Documented(a, b=1)\n--\n\nA class with a signature in its docstring."""


print(Documented.__text_signature__, inspect.signature(Documented))

for text in (
    "enumerate()", "enumerate(start=1)", "enumerate([], x=1)", "enumerate([], 1, 2)", "enumerate([], iterable=2)", "enumerate(iterable=[], start=3, x=3)",
    "sorted()", "sorted(x=1)", "sorted([], [])", "sorted([], x=1)", "sorted([], None, x=1)", "zip(a=1)", "zip(a=1, b=2)", "min(1, 2, a=1, b=2, c=3)",
    "itertools.product(a=1, b=2)", "itertools.zip_longest(a=1)", "shown.__code__.replace(1)", "shown.__code__.replace(co_nam=3)",
    "list(enumerate(iterable='ab', start=3))", "sorted([3, 1, 2], key=lambda x: -x)",
):  # fmt: skip
    try:
        print(text, eval(text))
    except TypeError as error:
        print(text, error)
