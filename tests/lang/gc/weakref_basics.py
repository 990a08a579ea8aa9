import gc
import weakref


class A:
    def __init__(self, n=0):
        self.n = n

    def m(self):
        return self.n


a = A(5)
r = weakref.ref(a, lambda r: print("dead", r() is None))
p = weakref.proxy(a)
print(r() is a, p.n, weakref.ref(a) is weakref.ref(a), weakref.getweakrefcount(a), r == weakref.ref(a), p.m())
p.n = 9
print(a.n)
del a
print(r())
for bad in (
    lambda: p.n,
    lambda: p.m(),
    lambda: setattr(p, "x", 1),
    lambda: str(p)[:0] and 0,
    lambda: hash(weakref.ref(A())),
    lambda: weakref.ref(5),
    lambda: weakref.ref("s"),
    lambda: weakref.ref([]),
    lambda: weakref.ref(()),
    lambda: weakref.proxy(None),
    lambda: weakref.ref(),
    lambda: hash(p),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
wv = weakref.WeakValueDictionary()
wk = weakref.WeakKeyDictionary()
ws = weakref.WeakSet()
x, y = A(1), A(2)
wv["x"], wv["y"] = x, y
wk[x], wk[y] = "vx", "vy"
ws.update([x, y])
print(len(wv), len(wk), len(ws), x in ws, wk[x], sorted(wv))
del x
print(len(wv), len(wk), len(ws), list(wv), "x" in wv)
m = weakref.WeakMethod(y.m)
print(m()())
f = weakref.finalize(y, print, "finalised", 1)
print(f.alive, f.peek()[1].__name__)
del y
print(f.alive, m())
g = weakref.finalize(A, print, "x")
print(g.detach() is not None, g.alive)
order = []
b = A()
refs = [weakref.ref(b, lambda r, i=i: order.append(i)) for i in range(3)]
del b
print(order)
c = A()
c.self = c
rc = weakref.ref(c, lambda r: print("cycle callback"))
del c
gc.collect()
print(rc())


class Sub(weakref.ref):
    def __init__(self, o, cb=None, tag=None):
        super().__init__(o, cb)
        self.tag = tag

    def __new__(cls, o, cb=None, tag=None):
        return super().__new__(cls, o, cb)


s = A()
print(Sub(s, tag="t").tag, isinstance(weakref.ref(s), weakref.ReferenceType))
print(
    [
        type(weakref.ref(o)).__name__
        for o in (
            A,
            len,
            print,
            A().m,
            lambda: 0,
            set(),
            frozenset(),
            type,
            iter.__class__,
            (i for i in []),
            __import__("re").compile("a"),
            __import__("array").array("i"),
        )
    ]
)
at_exit = A()
weakref.finalize(at_exit, print, "at exit")
