class C:
    def __init__(self, name, suppress=False, enter_fails=False): self.name, self.suppress, self.enter_fails = name, suppress, enter_fails
    def __enter__(self):
        print("enter", self.name)
        if self.enter_fails: raise RuntimeError("enter " + self.name)
        return self.name
    def __exit__(self, t, v, tb):
        print("exit", self.name, t.__name__ if t else None, v, tb is not None)
        return self.suppress
with C("a") as a: print(a)
with C("b") as b, C("c") as c: print(b, c)
with C("s", True): raise ValueError("suppressed")
try:
    with C("o"), C("i"): raise KeyError("through")
except KeyError as e:
    print(e)
try:
    with C("x"), C("y", enter_fails=True): print("never")
except RuntimeError as e:
    print(e)
def f():
    with C("ret"): return "returned"
print(f())
for i in range(3):
    with C(i):
        if i == 0: continue
        if i == 1: break
with C("t") as (p), C("u") as [*q]: print(p, q)
d = {}
with C("sub") as d["k"]: print(d)
class O: pass
o = O()
with C("attr") as o.x: print(o.x)
class ExitRaises(C):
    def __exit__(self, *a): raise TypeError("exit raised")
try:
    with ExitRaises("z"): 1 / 0
except TypeError as e:
    print(e, repr(e.__context__))
class NoExit:
    def __enter__(self): pass
class NoEnter:
    def __exit__(self, *a): pass
for m in (NoExit(), NoEnter(), 5, O()):
    try:
        with m: pass
    except TypeError as e:
        print(e)
o.__enter__ = lambda: 1
o.__exit__ = lambda *a: None
try:
    with o: pass
except TypeError as e:
    print(e)
with (C("p1") as x, C("p2") as y,): print(x, y)
with (C("tuple")): pass
class Truthy:
    def __enter__(self): return self
    def __exit__(self, *a): return [1]
with Truthy(): 1 / 0
class BadBool:
    def __bool__(self): raise OSError("bool of exit result")
class RetBad:
    def __enter__(self): pass
    def __exit__(self, *a): return BadBool()
try:
    with RetBad(): 1 / 0
except OSError as e:
    print(e, repr(e.__context__))
with RetBad(): print("not asked without an exception")
def gen():
    with C("gen"): yield 1; yield 2
g = gen()
next(g)
g.close()
