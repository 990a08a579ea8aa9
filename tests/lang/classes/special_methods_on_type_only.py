class A:
    pass


a = A()
a.__len__ = lambda: 5
a.__str__ = lambda: "instance"
a.__call__ = lambda: 1
a.__add__ = lambda o: 2
a.__iter__ = lambda: iter([1])
for f in (lambda: len(a), lambda: a(), lambda: a + 1, lambda: iter(a)):
    try:
        print(f())
    except TypeError as e:
        print(e)
print(str(a).startswith("<__main__.A object"))
A.__len__ = lambda self: 9
A.__call__ = lambda self, x=0: ("called", x)
A.__add__ = lambda self, o: ("add", o)
A.__iter__ = lambda self: iter([1, 2])
A.__eq__ = lambda self, o: o == "me"
print(len(a), a(3), a + 4, list(a), a == "me", a != "me")
try:
    hash(a)
    print("hash survives a late __eq__")
except TypeError as e:
    print(e)
del A.__len__
try:
    len(a)
except TypeError as e:
    print(e)


class B(A):
    pass


A.__getitem__ = lambda self, k: k * 2
print(B()[4])
B.__contains__ = lambda s, x: x is None
print(None in B(), 5 in B())
A.__add__ = None
try:
    a + 1
except TypeError as e:
    print(e)


class N:
    __hash__ = None
    __iter__ = None
    __contains__ = None
    __call__ = None


for f in (lambda: hash(N()), lambda: iter(N()), lambda: 1 in N(), lambda: N()()):
    try:
        f()
    except TypeError as e:
        print(e)
