# flags: -OO
"module doc"


def f():
    "gone"


class C:
    "gone too"

    x = 1


print(f.__doc__, C.__doc__, __doc__, __debug__)
assert 0
import sys

print(sys.flags.optimize)
