import copy
import pickle


class A:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __eq__(self, o):
        return (self.a, self.b) == (o.a, o.b)


class B:
    __slots__ = ("a", "b")


class C:
    pass


class D:
    pass


x = A(1, [2])
y = copy.copy(x)
z = copy.deepcopy(x)
print(x == y, y.b is x.b, x == z, z.b is x.b, pickle.loads(pickle.dumps(x)) == x, x.__getstate__())
x.__class__ = B
print(type(x).__name__, x.a)
c = C()
c.v = 1
c.__class__ = D
print(type(c).__name__, c.v, isinstance(c, D))
try:
    c.__class__ = A
except TypeError as e:
    print(e)
try:
    (5).__class__ = int
except TypeError as e:
    print(e)
try:
    c.__class__ = 5
except TypeError as e:
    print(e)
