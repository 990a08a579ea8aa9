def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, z=7), f(1, c=9, d=0, a=5, b=6), f(*[1, 2], **{"d": 3, "e": 4}))
for call in ("f()", "f(1)", "f(d=1)", "f(1, 2, 3, d=1, d2=2)", "f(1, b=2, d=3, c=4)", "f(1, 2, 3, c=3, d=1)"):
    try:
        print(call, eval(call))
    except TypeError as e:
        print(call, "|", e)


def g(a, b, c):
    pass


def h(a, *, b, c):
    pass


def i(a, b=1):
    pass


def j():
    pass


def k(a, /, b):
    pass


def l(a, b, /, *, c=1):
    pass


for call in (
    "g()",
    "g(1)",
    "g(1, 2)",
    "g(1, 2, 3, 4)",
    "g(1, 2, 3, d=4)",
    "g(1, a=1)",
    "h(1)",
    "h(1, 2, b=3, c=4)",
    "h(1, b=1)",
    "i()",
    "i(1, 2, 3)",
    "i(1, c=2)",
    "j(1)",
    "j(a=1)",
    "k(a=1, b=2)",
    "k(1)",
    "l(1)",
    "l(a=1, b=2)",
    "l(1, 2, 3)",
    "l(1, 2, d=1)",
    "i(1, aa=1)",
    "g(1, 2, 3, bb=1)",
    "h(1, 2, 3)",
    "i(1, 2, 3, b=1)",
):
    try:
        print(call, eval(call))
    except TypeError as e:
        print(call, "|", e)


class C:
    def m(self, x):
        pass

    @staticmethod
    def s(x):
        pass

    @classmethod
    def c(cls, x):
        pass

    def __init__(self, v):
        pass


for call in (
    "C()",
    "C(1).m()",
    "C(1).m(1, 2)",
    "C.m(1)",
    "C.s()",
    "C.c()",
    "C(1, 2)",
    "C(v=1, w=2)",
    "C.m()",
    "(lambda x: x)()",
    "(lambda: 0)(1)",
):
    try:
        print(call, eval(call))
    except TypeError as e:
        print(call, "|", e)
