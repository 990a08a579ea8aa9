"""Annotate functions: whose name they carry, and a class that defines its own."""

ns = {}
exec('def f(x: int): pass\nclass C:\n x: int\n def g(self, a: str): pass\n', ns)
print(ns['f'].__annotate__.__qualname__,ns['f'].__annotate__.__name__, ns['C'].g.__annotate__.__qualname__)
print(vars(ns['C']).keys())
class X:
    a: int
    def __annotate__(format):
        return {"a": str}
X.__annotate__ = g = lambda f: {"z":1}
print(vars(X).keys(), X.__annotate__ is g, vars(X)['__annotate__'] is g, vars(X)['__annotate_func__'] is g, X.__annotations__)
X.__annotations__ = {"b":1}
print(vars(X).keys(), X.__annotate__)
class Z:
    a: int
Z.__annotate__ = g
print(vars(Z).keys())
class W: pass
W.__annotate__
print(vars(W).keys())
class W: pass
W.__annotate__ = g
print(vars(W).keys())
W.__annotate__ = None
print(vars(W).keys())
class V:
    def __annotate__(format):
        return {"a": str}
V.__annotate__ = g
print(vars(V).keys(), V.__annotate__ is g)
V.__annotations__ = {}
print(vars(V).keys(), V.__annotate__)
