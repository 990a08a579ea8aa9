# Instances of subclasses of list, dict and exceptions get attributes late, lose them, and change their class.
import gc, pickle, copy
class L(list): pass
class D(dict): pass
class E(Exception): pass
class M(L):
    def __init__(self, *a): super().__init__(*a); self.x = 1; self.y = 2
for C in (L, D, E):
    o = C(); print(vars(o)); o.a = 1; o.b = 2; print(vars(o), o.a, o.b); del o.a; print(o.__dict__)
    try: o.zz
    except AttributeError as e: print(e)
    o.__dict__ = {'q': 5}; print(o.q)
    p = C(); p.__dict__['k'] = 3; print(p.k, vars(p))
    q = copy.copy(p); print(q.k); r = pickle.loads(pickle.dumps(q)); print(vars(r))
    class F(C): pass
    f = F(); f.__class__ = C; f.u = 1; print(vars(f)); g = C(); g.w = 2; g.__class__ = F; print(vars(g), type(g).__name__)
    for i in range(100): setattr(g, 'n%d' % i, i)
    print(len(vars(g)))
    for i in range(50): delattr(g, 'n%d' % i)
    print(len(vars(g)))
m = M((1, 2)); print(m.x, m.y, m, vars(m)); n = L((3,)); n.__class__ = M; n.x = 7; print(vars(n))
def loop():
    t = 0
    for i in range(300):
        o = L(); o.v = i; t += o.v; o.w = 2; t += o.w
        try: o.nope
        except AttributeError: t += 1
    return t
print(loop()); gc.collect()
