# A class's own __getattribute__: its AttributeError stays as it is when there is no __getattr__.
class Inner:
    near = 1


class Outer:
    def __getattribute__(self, name):
        return Inner().neer


class Plain:
    def __getattribute__(self, name):
        raise AttributeError()


class Both(Plain):
    def __getattr__(self, name):
        return "asked for " + name


for cls in (Outer, Plain, Both):
    try:
        print(cls().something)
    except AttributeError as e:
        print(repr(e))
del Both.__getattr__
try:
    Both().something
except AttributeError as e:
    print(repr(e))
