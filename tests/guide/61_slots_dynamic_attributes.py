import weakref


class OptimizedClass:
    __slots__ = ["x", "y"]


obj = OptimizedClass()
obj.x = 10
for action in (lambda: setattr(obj, "z", 20), lambda: obj.__dict__, lambda: weakref.ref(obj), lambda: obj.y):
    try:
        print(action())
    except (AttributeError, TypeError) as e:
        print(type(e).__name__, e)


class OptimizedWithWeakref:
    __slots__ = ["x", "y", "__weakref__"]


w = OptimizedWithWeakref()
w.x = 1
died = []
ref = weakref.ref(w, lambda r: died.append(1))
print(ref().x, weakref.getweakrefcount(w))
cache = weakref.WeakValueDictionary(w=w)
del w
print(ref(), died, len(cache))
OptimizedClass.z = 5
print(obj.z)
try:
    obj.z = 6
except AttributeError as e:
    print(e)


class Proxy:
    __slots__ = ("_target",)

    def __init__(self, target):
        object.__setattr__(self, "_target", target)

    def __getattr__(self, name):
        return getattr(self._target, name)

    def __setattr__(self, name, value):
        setattr(self._target, name, value)


class T:
    pass


p = Proxy(T())
p.anything = 1
print(p.anything, p._target.__dict__)
