f = lambda x, y=2, *a, k=3, **kw: (x, y, a, k, kw)
print(f(1), f(1, 2, 3, k=4, q=5), (lambda: 5)(), (lambda *a: a)(1, 2), (lambda **k: k)(a=1), f.__name__, f.__qualname__)
compose = lambda *fs: (lambda x: x if not fs else fs[0](compose(*fs[1:])(x)))
print(compose(lambda v: v + 1, lambda v: v * 2)(5), (lambda x: (yield x))(1).__class__.__name__, [g(3) for g in (lambda n: n**2, lambda n: -n)])
print("yes" if 1 else 1 / 0, 0 or "b", "a" and "b", None or 0 or "", [] and 1 / 0, not [] and "t", 1 if 0 else 2 if 0 else 3)
calls = []
def t(v): calls.append(v); return v
print(t(0) or t(2) or t(3), t(1) and t(0) and t(5), not t(0), calls, t(1) if t(0) else t(9), calls)
fact = lambda n: 1 if n < 2 else n * fact(n - 1)
print(fact(20), (lambda a, /, b, *, c: (a, b, c))(1, b=2, c=3), list(map(lambda p: p[0] + p[1], [(1, 2)])))
