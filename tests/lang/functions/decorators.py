def tag(label):
    print("make", label)

    def deco(fn):
        print("apply", label, fn.__name__)

        def wrapper(*a, **k):
            return f"<{label}>{fn(*a, **k)}</{label}>"

        return wrapper

    return deco


@tag("a")
@tag("b")
def hello(name="x"):
    return name


print(hello(), hello("you"), hello.__name__)
import functools


def keep(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        """hidden"""
        wrapper.calls += 1
        return fn(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


@keep
def documented(x: int) -> int:
    "doc"
    return x


print(
    documented(3),
    documented.calls,
    documented.__name__,
    documented.__doc__,
    documented.__wrapped__(4),
    documented.__annotations__,
)
registry = {}


@lambda c: registry.setdefault(c.__name__, c)
class Reg:
    pass


print(registry["Reg"] is Reg)
buttons = [lambda f: f.__name__ + "!"]


@buttons[0]
def pressed(): ...


print(pressed)


@(lambda f: f)
def ok():
    return 1


@(lambda f: print(f.__name__))
def printed():
    pass


print(ok(), printed)


class CountCalls:
    def __init__(self, f):
        self.f, self.n = f, 0

    def __call__(self, *a):
        self.n += 1
        return self.f(*a)

    def __get__(self, obj, cls):
        return functools.partial(self, obj) if obj is not None else self


class Use:
    @CountCalls
    def m(self, x):
        return x * 2


u = Use()
print(u.m(2), u.m(3), Use.m.n)
