class Plugin:
    registry = {}

    def __init_subclass__(cls, /, key=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry[key or cls.__name__] = cls
        print("subclass", cls.__name__, key, kw)


class X(Plugin, key="x"):
    pass


class Y(Plugin):
    pass


class Z(Y, key="z"):
    pass


print(sorted(Plugin.registry))
for bad in ("class W(Plugin, other=1): pass", "class V(object, a=1): pass", "class U(metaclass=type, b=2): pass"):
    try:
        exec(bad)
    except TypeError as e:
        print(bad, "|", e)


class Field:
    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)
        self.name = name

    def __get__(self, o, c=None):
        return self if o is None else o.__dict__.get(self.name, f"no {self.name}")

    def __set__(self, o, v):
        o.__dict__[self.name] = v * 2


class Model:
    a = Field()
    b = c = Field()


m = Model()
m.a = 5
print(m.a, m.b, m.c, m.__dict__)
Model.late = Field()
print(hasattr(Model.__dict__["late"], "name"))


class Broken:
    def __set_name__(self, owner, name):
        raise ValueError("set_name failed")


try:

    class M2:
        f = Broken()
except ValueError as e:
    print(e, e.__notes__)
