class A:
    @classmethod
    def c(cls, x):
        return cls.__name__, x

    @staticmethod
    def s(x):
        return x

    def m(self, x):
        return x


class B(A):
    pass


print(A.c(1), B.c(2), B().c(3), A.s(1), A().s(2), B.m(B(), 4))
m = A().m
print(
    m.__self__.__class__.__name__,
    m.__func__ is A.m,
    m.__name__,
    m.__qualname__,
    m == A().m,
    (lambda a: a.m == a.m)(A()),
    (lambda a: a.m is a.m)(A()),
    m.__doc__,
    hash(m) == hash(m),
)
print(A.c.__self__ is A, A.__dict__["s"].__func__ is A.s)
import types

bound = types.MethodType(lambda self, y: (self, y), 10)
print(bound(5), bound.__self__, A.m.__get__(A(), A)(7), A.m.__get__(None, A) is A.m, staticmethod(len)([1]), "")
sm = staticmethod(lambda: 1)
print(sm(), callable(sm), callable(classmethod(int)), isinstance(A.__dict__["c"], classmethod), sm.__isabstractmethod__)
for bad in (
    lambda: types.MethodType(1, 2),
    lambda: types.MethodType(len, None),
    lambda: m.__setattr__("x", 1),
    lambda: A.m(),
    lambda: classmethod(int)(),
):
    try:
        bad()
    except (TypeError, AttributeError) as e:
        print(e)


class M:
    def f(self):
        return "f"

    g = f
    h = lambda self: "h"
    i = len
    j = int
    k = print


x = M()
x.own = lambda: "own"
print(x.g(), x.h(), x.i([1, 2]), x.j("5"), x.own(), M.f.__name__, M.g.__name__, M.h.__qualname__)
print(
    isinstance(x.f, types.MethodType),
    isinstance(M.f, types.FunctionType),
    isinstance([].append, types.BuiltinMethodType),
    "abc".upper.__self__,
    [].append.__name__,
    str.upper.__objclass__,
    int.__add__.__objclass__,
)
