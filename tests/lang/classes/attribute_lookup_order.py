class Data:
    def __get__(self, obj, cls):
        return f"data {obj is not None}"

    def __set__(self, obj, value):
        print("data set", value)


class NonData:
    def __get__(self, obj, cls):
        return f"nondata {obj is not None}"


class A:
    data = Data()
    nondata = NonData()
    plain = "class"


a = A()
print(a.data, a.nondata, a.plain, A.data, A.nondata)
a.__dict__.update(data="instance", nondata="instance", plain="instance")
print(a.data, a.nondata, a.plain)
a.data = 5
a.nondata = 6
print(a.__dict__)
try:
    del a.data
except AttributeError as e:
    print(e)
del a.nondata
print(a.nondata)


class G(A):
    def __getattr__(self, name):
        if name.startswith("dyn"):
            return name.upper()
        raise AttributeError(f"custom {name}")


g = G()
print(g.dynamic, g.plain, hasattr(g, "other"), getattr(g, "other", "dflt"))
try:
    g.other
except AttributeError as e:
    print(e, e.name, e.obj is g)


class I:
    def __getattribute__(self, name):
        if name == "secret":
            raise AttributeError("no secret")
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return "from getattr"


print(I().secret, I().missing, I().__class__.__name__)


class P:
    @property
    def broken(self):
        return self.missing_inside

    def __getattr__(self, n):
        return f"fallback {n}"


print(P().broken)
