class BaseNode:
    __slots__ = ["id", "value"]

    def __init__(self, id, value):
        self.id = id
        self.value = value


class ExtendedNode(BaseNode):
    __slots__ = ["weight"]

    def __init__(self, id, value, weight):
        super().__init__(id, value)
        self.weight = weight


class Open(BaseNode):
    pass


n = ExtendedNode(1, "v", 0.5)
slots = [s for c in type(n).__mro__ for s in getattr(c, "__slots__", ())]
print(n.id, n.value, n.weight, slots, hasattr(n, "__dict__"))
try:
    n.extra = 1
except AttributeError as e:
    print(e)
o = Open(1, 2)
o.extra = 3
print(o.__dict__, o.id)


class Mixin:
    __slots__ = ()

    def describe(self):
        return {s: getattr(self, s) for c in reversed(type(self).__mro__) for s in getattr(c, "__slots__", ())}


class Described(Mixin, ExtendedNode):
    __slots__ = ()


print(Described(1, 2, 3).describe())
try:

    class Conflict(BaseNode, type("Other", (), {"__slots__": ("q",)})):
        pass
except TypeError as e:
    print(e)


class Redefines(BaseNode):
    __slots__ = ["id"]


r = Redefines(1, 2)
print(r.id, r.value)
print(
    ExtendedNode.__basicsize__ - BaseNode.__basicsize__, isinstance(BaseNode.__dict__["id"], type(ExtendedNode.weight))
)
