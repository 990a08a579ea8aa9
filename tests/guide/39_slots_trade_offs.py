import copy
import pickle
import weakref


class SlottedClass:
    __slots__ = ["x", "y"]

    def __init__(self, x, y):
        self.x = x
        self.y = y


obj = SlottedClass(1, 2)
for action in (
    lambda: setattr(obj, "z", 3),
    lambda: obj.__dict__,
    lambda: weakref.ref(obj),
    lambda: vars(obj),
    lambda: delattr(obj, "q"),
):
    try:
        action()
    except (AttributeError, TypeError) as e:
        print(type(e).__name__, e)


class SlottedWithWeakref:
    __slots__ = ["x", "y", "__weakref__"]


w = SlottedWithWeakref()
r = weakref.ref(w)
print(r() is w, hasattr(w, "x"))
w.x = 5
print(w.x)
del w
print(r())
twin = copy.deepcopy(obj)
print(twin.x, twin.y, twin is obj, pickle.loads(pickle.dumps(obj)).y)
del obj.x
try:
    obj.x
except AttributeError as e:
    print(e)
obj.x = "again"
print(obj.x)


class WithDict(SlottedClass):
    pass


d = WithDict(1, 2)
d.z = 3
print(d.__dict__, d.x, WithDict.__slots__)


class Both:
    __slots__ = ("a", "__dict__")


b = Both()
b.a, b.other = 1, 2
print(b.__dict__, b.a)
