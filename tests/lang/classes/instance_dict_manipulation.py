class A:
    cls = 1

    def __init__(self):
        self.a, self.b = 1, 2


x = A()
d = x.__dict__
d["c"] = 3
x.d = 4
print(x.c, d, vars(x) is d, list(d))
del x.a
d.pop("b")
print(d, hasattr(x, "a"))
x.__dict__ = {"fresh": 1}
print(x.fresh, vars(x), d)
x.__dict__["not an identifier"] = 5
print(getattr(x, "not an identifier"))
x.__dict__[5] = 6
print(sorted(map(str, vars(x))))
y = A()
y.__dict__.clear()
y.z = 9
print(y.__dict__)
del y.__dict__
print(y.__dict__)
y.again = 1
print(y.__dict__)
objs = [A() for _ in range(5)]
for i, o in enumerate(objs):
    setattr(o, f"attr{i}", i)
    if i % 2:
        del o.a
print([vars(o) for o in objs])
for i in range(100):
    setattr(objs[0], f"k{i}", i)
print(len(vars(objs[0])), objs[0].k50, list(vars(objs[0]))[:4])


class Sub(dict):
    pass


y.__dict__ = Sub(q=1)
print(y.q, type(y.__dict__).__name__)
print(A.__dict__["cls"], type(A.__dict__).__name__)
try:
    A.__dict__["new"] = 1
except TypeError as e:
    print(e)
