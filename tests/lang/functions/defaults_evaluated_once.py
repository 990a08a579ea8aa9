def log(x):
    print("default", x)
    return x


def f(a=log(1), *, b=log([])):
    b.append(a)
    return b


print(f(), f(5), f(b=["new"]), f.__defaults__, f.__kwdefaults__)
f.__defaults__ = (100,)
f.__kwdefaults__ = {"b": ["changed"]}
print(f())
f.__defaults__ = None
try:
    f()
except TypeError as e:
    print(e)
f.__kwdefaults__ = None
try:
    f(1)
except TypeError as e:
    print(e)
functions = [lambda i=i: i for i in range(3)]
print([g() for g in functions], [g() for g in [lambda: i for i in range(3)]])
for bad in (
    "f.__defaults__ = 1",
    "f.__kwdefaults__ = ()",
    "f.__code__ = 1",
    "f.__name__ = 1",
    "f.__qualname__ = None",
    "f.__globals__ = {}",
    "f.__closure__ = ()",
    "f.__dict__ = 1",
):
    try:
        exec(bad)
    except Exception as e:
        print(bad, type(e).__name__, e)
