x = 10


class A:
    print(x, __name__, __qualname__, __module__)
    x = x + 1
    lst = [i for i in range(3)]
    try:
        bad = [x + i for i in range(2)]
    except NameError as e:
        print(e)

    def f(self, default=x):
        return default, x

    for x in range(2):
        pass
    if x:
        y = 5

    class B:
        try:
            print(y)
        except NameError as e:
            print(e)

    del y


print(A.x, A.lst, A().f(), A.bad, hasattr(A, "y"), A.B.__qualname__)


def make():
    v = "enclosing"

    class K:
        try:
            print(v)
        except NameError as e:
            print(e)
        v = "class v"
        print(v)

        def get(self):
            return v

    return K


K = make()
print(K.v, K().get())


def g():
    class L:
        nonlocal_probe = None

        def me(self):
            return __class__

    return L


print(g()().me().__qualname__)


class Loc:
    a = 1
    snapshot = sorted(k for k in locals() if not k.startswith("__"))
    locals()["injected"] = 5


print(Loc.snapshot, Loc.injected)
