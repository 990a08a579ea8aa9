import functools, operator, types


class A:
    def __init__(self, x=1, *, y=2):
        self.t = (x, y)

    def m(self, a, b=2, *c, d=4, **e):
        return (a, b, c, d, e)

    @classmethod
    def cm(cls, *a, **k):
        return (cls.__name__, a, k)

    @staticmethod
    def sm(*a, **k):
        return (a, k)

    def __call__(self, *a, **k):
        return ("call", a, k)

    @property
    def prop(self):
        return lambda *a: ("from property", a)

    def __getattr__(self, n):
        return lambda *a, **k: (n, a, k)


class Meta(type):
    def __call__(cls, *a, **k):
        return ("meta", a, k)


class M(metaclass=Meta):
    pass


a = A()
args, kw = (1, 2, 3), {"d": 9, "z": 0}
print(
    a.m(1),
    a.m(1, 2, 3),
    a.m(*args),
    a.m(*args, **kw),
    a.m(b=1, a=2),
    A.m(a, 1),
    A.cm(1, k=2),
    a.cm(),
    A.sm(1),
    a.sm(k=1),
    a(1, k=2),
    a.prop(1),
    a.dyn(1, x=2),
    A(5).t,
    A(*[6], **{"y": 7}).t,
    M(1, k=2),
)
print(
    functools.partial(a.m, 1)(2, d=5),
    functools.partial(A.sm)(),
    operator.methodcaller("m", 1, d=3)(a),
    types.MethodType(A.m, a)(1),
    a.m.__func__(a, 1),
    A.__dict__["cm"].__get__(a)(1),
    A.__dict__["sm"](1),
    (lambda *a, **k: (a, k))(*args, **kw),
)
print(
    list(map(a.m, [1, 2])),
    list(map(A, [1]))[0].t,
    sorted([3, 1], key=lambda v: v),
    max([1, 2], key=A.sm),
    list(filter(A.sm, [0])),
    functools.reduce(lambda x, y: x + y, args),
    [f(2) for f in (abs, str, A.sm, int, float, (2).__add__, [1, 2, 3].__getitem__)],
)
print(
    type.__call__(int, "5"),
    type.__call__(A, 8).t,
    object.__new__(A).__class__.__name__,
    str.join(",", ["a"]),
    list.append.__get__([])(1),
    dict.fromkeys("a"),
    len.__call__([1]),
    "a".join.__call__(["x", "y"]),
    print.__self__.__name__,
)


def gen(*a, **k):
    yield a, k


async def co(*a, **k):
    return a, k


c = co(1, k=2)
try:
    c.send(None)
except StopIteration as e:
    print(next(gen(1, k=2)), e.value)


def rec(n, *a, **k):
    return rec(n - 1, *a, n, **k, **{f"k{n}": n}) if n else (a, k)


print(rec(4))


class Slot:
    __slots__ = ("f",)


s = Slot()
s.f = lambda *a: a
print(s.f(1), (s.f)(2), getattr(s, "f")(3))
import math

for f in (
    lambda: math.sqrt(x=4),
    lambda: "a".upper(1),
    lambda: [].append(x=1),
    lambda: int("1", bas=2),
    lambda: A.m(),
    lambda: a.m(),
    lambda: A(1, 2),
    lambda: A(z=1),
    lambda: a.m(1, a=2),
    lambda: functools.partial(1),
    lambda: len([], x=1),
    lambda: str.join(),
    lambda: str.join(1, []),
    lambda: list.append(5, 1),
    lambda: {}.update(1, 2),
    lambda: object.__init__(),
    lambda: type.__call__(),
    lambda: a.m(**{"a": 1}, **{"a": 2}),
    lambda: a.m(*1),
    lambda: a.m(**1),
    lambda: (1)(2),
    lambda: M.x(),
    lambda: a.m(1, **{5: 1}),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
