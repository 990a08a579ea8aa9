class C:
    def __int__(self):
        return 7

    def __float__(self):
        return 7.5

    def __complex__(self):
        return 1 + 2j

    def __str__(self):
        return "str"

    def __bytes__(self):
        return b"bytes"

    def __format__(self, s):
        return f"fmt({s})"

    def __bool__(self):
        return False

    def __abs__(self):
        return "abs"

    def __round__(self, n=None):
        return ("round", n)

    def __neg__(self):
        return "neg"

    def __pos__(self):
        return "pos"

    def __invert__(self):
        return "inv"

    def __floor__(self):
        return "floor"

    def __ceil__(self):
        return "ceil"

    def __trunc__(self):
        return "trunc"

    def __dir__(self):
        return ["b", "a"]

    def __length_hint__(self):
        return 3

    def __sizeof__(self):
        return 1000

    def __reversed__(self):
        return "rev"

    def __divmod__(self, o):
        return "divmod"

    def __pow__(self, o, m=None):
        return ("pow", o, m)


import math, operator, sys

c = C()
print(
    int(c),
    float(c),
    complex(c),
    str(c),
    bytes(c),
    f"{c:x}",
    format(c),
    bool(c),
    abs(c),
    round(c),
    round(c, 2),
    -c,
    +c,
    ~c,
    math.floor(c),
    math.ceil(c),
    math.trunc(c),
    dir(c),
    operator.length_hint(c),
    reversed(c),
    divmod(c, 1),
    pow(c, 2),
    pow(c, 2, 3),
    sys.getsizeof(c) >= 1000,
)


class Bad:
    def __int__(self):
        return "x"

    def __float__(self):
        return 1

    def __complex__(self):
        return 1

    def __str__(self):
        return 1

    def __repr__(self):
        return None

    def __bytes__(self):
        return "s"

    def __format__(self, s):
        return 1

    def __index__(self):
        return 1.5

    def __hash__(self):
        return "h"

    def __dir__(self):
        return 5

    def __iter__(self):
        return 5

    def __length_hint__(self):
        return "x"


b = Bad()
for f in (
    int,
    float,
    complex,
    str,
    repr,
    bytes,
    format,
    hash,
    dir,
    iter,
    operator.index,
    operator.length_hint,
    hex,
    lambda x: [1][x],
    lambda x: f"{x}",
    lambda x: "%d" % x,
    lambda x: list(x),
    lambda x: "%s" % x,
    lambda x: print(x),
    lambda x: [x].__repr__(),
):
    try:
        print(f(b))
    except TypeError as e:
        print(e)


class Sub(int):
    pass


class RetSub:
    def __int__(self):
        return Sub(3)

    def __index__(self):
        return Sub(4)


import warnings

with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    print(int(RetSub()), operator.index(RetSub()), type(operator.index(RetSub())).__name__)
    print([str(x.message) for x in w])
