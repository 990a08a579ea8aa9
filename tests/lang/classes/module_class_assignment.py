# A module takes another class, as lazy loading does.
import types


class Lazy(types.ModuleType):
    def __getattr__(self, name):
        return f"{self.__name__}.{name}"


class Slotted(types.ModuleType):
    __slots__ = ("extra",)


class Plain:
    pass


module = types.ModuleType("m")
module.here = 1
module.__class__ = Lazy
print(type(module).__name__, module.here, module.there)
module.__class__ = types.ModuleType
print(hasattr(module, "there"), sorted(n for n in vars(module) if not n.startswith("_")))
for other in (Slotted, Plain, int):
    try:
        module.__class__ = other
    except TypeError as e:
        print(e)
