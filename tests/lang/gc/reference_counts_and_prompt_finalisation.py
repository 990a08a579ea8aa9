import sys


class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


a = D("a")
b = a
del a
print("still referenced")
del b
print("after")
D("temporary")
x = D("rebound")
x = None
l = [D("l0"), D("l1")]
l.pop(0)
l[0] = 5
d = {"k": D("dict")}
d["k"] = 1


def f():
    local = D("local")
    print("in f")


f()


def g(p):
    del p
    print("after del parameter")


g(D("argument"))
t = (D("tuple"),)
del t
try:
    e = D("exc")
    raise ValueError(e)
except ValueError:
    pass
e = None
print("loop")
for i in range(2):
    z = D(f"z{i}")
del z


def gen():
    h = D("held")
    yield 1


it = gen()
next(it)
del it
s = {D("in set")}
s.clear()


class C:
    pass


c = C()
c.attr = D("attr")
del c.attr
c.attr = D("attr2")
del c
f2 = lambda v=D("default"): v
del f2
[D("elt") for _ in range(2)]
print("end", sys.getrefcount(object()) <= 2)
o = D("global at exit")
