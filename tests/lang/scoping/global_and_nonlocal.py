x = "global"


def reads():
    return x


def assigns():
    x = "local"
    return x


def declares():
    global x, created
    x = "changed"
    created = 1
    return x


print(reads(), assigns(), x, declares(), x, created)


def outer():
    x = "outer"

    def inner():
        nonlocal x
        x = "inner"

        def innermost():
            global x
            return x

        return innermost()

    return inner(), x


print(outer())


class C:
    x = "class"
    y = [x for _ in range(1)]

    def m(self):
        return x

    z = (lambda: x)()


print(C.y, C().m(), C.z)


def unbound(flag):
    if flag:
        v = 1
    return v


try:
    unbound(False)
except UnboundLocalError as e:
    print(e)
try:
    undefined_name
except NameError as e:
    print(e, e.name)


def deleter():
    v = 1
    del v
    try:
        return v
    except UnboundLocalError as e:
        return str(e)


print(deleter())
try:
    del nothing
except NameError as e:
    print(e)
for source in (
    "def f():\n  x = 1\n  global x",
    "nonlocal q",
    "def f():\n  nonlocal zz",
    "def f(a):\n  global a",
    "def f():\n  print(x)\n  global x",
    "def f():\n x = 1\n def g():\n  nonlocal x\n  global x",
    "def f(a):\n nonlocal a",
    "class A:\n nonlocal b",
):
    try:
        compile(source, "s", "exec")
    except SyntaxError as e:
        print(repr(source), e.msg)
