class Proxy:
    def __init__(self):
        object.__setattr__(self, "log", [])

    def __getattr__(self, n):
        self.log.append(("get", n))
        if n == "missing":
            raise AttributeError(n)
        return n * 2

    def __setattr__(self, n, v):
        self.log.append(("set", n, v))

    def __delattr__(self, n):
        self.log.append(("del", n))


p = Proxy()
p.a = 1
del p.b
print(p.ab, hasattr(p, "missing"), getattr(p, "missing", None), p.log)
setattr(p, "c", 2)
delattr(p, "d")
p.e += "x"
print(p.log[-4:])


class Strict:
    def __getattribute__(self, n):
        raise KeyError(n)


try:
    Strict().x
except KeyError as e:
    print(repr(e))
try:
    hasattr(Strict(), "x")
except KeyError as e:
    print("hasattr passes other errors", e)


class Both:
    def __getattribute__(self, n):
        if n == "q":
            return "attribute"
        return super().__getattribute__(n)

    def __getattr__(self, n):
        return "getattr"


print(Both().q, Both().z)
import types

mod = types.ModuleType("m")
mod.__getattr__ = lambda n: f"module {n}"
print(mod.something)
print(getattr(5, "real"), getattr([], "nope", "d"), object.__getattribute__(5, "imag"))


class Chain:
    def __init__(self, path=""):
        self.path = path

    def __getattr__(self, n):
        return Chain(f"{self.path}.{n}")

    def __call__(self, *a):
        return f"{self.path}{a}"


print(Chain("root").a.b.c(1, 2))


class Del:
    def __init__(self):
        self.x = 1


d = Del()
del d.x
try:
    d.x
except AttributeError as e:
    print(e)
