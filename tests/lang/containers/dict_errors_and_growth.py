def e(f):
    try: print(repr(f()))
    except BaseException as x: print(type(x).__name__, x)
d = {}
for i in range(1000): d[i] = i*i
print(len(d), d[999], sum(d.values()))
for i in range(0,1000,3): del d[i]
print(len(d), list(d)[:10], list(reversed(d))[:5])
for i in range(500): d['k%d'%i] = i
print(len(d), d['k77'])
print(d.pop('k77'), d.get('k77'), d.pop('k77', 5))
e(lambda: d.pop('k77')); e(lambda: d['zz']); e(lambda: d[[]]); e(lambda: {}.popitem()); e(lambda: {[]:1})
while d: d.popitem()
print(d)
a = dict(a=1, b=2); b = dict([('c',3),('a',9)])
print(a|b, b|a, a.items() & b.items(), a.keys()-b.keys(), sorted(a.keys()|b.keys()), sorted(a.keys()^b.keys()), a.keys() & b)
a |= b; print(a); a.update(z=5); print(a); a.update([(1,2)], q=1); print(a)
e(lambda: dict([1])); e(lambda: dict([(1,)])); e(lambda: dict(5)); e(lambda: dict(1,2)); e(lambda: dict.fromkeys('abc', 0)); e(lambda: dict.fromkeys(range(3)))
print(a == dict(a), a != dict(a), a == 5, {1:2} == {1:2.0}, a.copy())
def mut():
    x = {i:i for i in range(5)}
    for k in x: x[k+100] = 1
e(mut)
def mut2():
    x = {i:i for i in range(5)}
    for k in x: del x[k]; x[k+100]=1
e(mut2)
print(a.setdefault('nn', 3), a.setdefault('nn', 4))
print(repr(a.keys()), repr(a.values()), repr(a.items()), len(a.keys()), 'a' in a.keys(), ('a',9) in a.items(), 9 in a.values())
x = {}; x['self'] = x; print(x)
class K:
    def __init__(s, v): s.v = v
    def __hash__(s): return 1
    def __eq__(s, o): return isinstance(o, K) and s.v == o.v
m = {K(i): i for i in range(20)}
print(len(m), m[K(7)], K(99) in m)
class Evil:
    def __hash__(s): return 5
    def __eq__(s, o): big.clear(); return False
big = {}
big[Evil()]=1; e(lambda: big.__setitem__(Evil(),2)); print(len(big))
class Miss(dict):
    def __missing__(s, k): return ('miss', k)
print(Miss(a=1)['b'], Miss(a=1)['a'], Miss(a=1))
class D(dict): pass
dd = D(x=1); dd.attr = 5; print(dd, dd.attr, type(dd.copy()), type(dd|{}))
print(list({}.items()), {**a, 'k': 1}, dict(**{'a':1}))
e(lambda: dict(**{1:2})); 
print({1: 'a', 1.0: 'b', True: 'c'}); print({float('nan'): 1}.keys())
it = iter({1:2,3:4}); print(next(it), it.__length_hint__(), next(it)); e(lambda: next(it)); e(lambda: next(it))
print([*{1:2}.items()], sorted({'b':1,'a':2}), max({1:2,5:1}), list(zip({1:2},{3:4})))
print({i: [] for i in range(3)}, {}.__class__, len(dict.__doc__) > 20, dict.__getitem__({1:2},1), dict.__contains__({1:2},2))
e(lambda: dict.__setitem__(1,2,3)); e(lambda: {}.get()); e(lambda: {}.get(1,2,3)); e(lambda: {}.update(1,2)); e(lambda: {}.keys(1))
print(dict[int,str]); e(lambda: hash({})); e(lambda: {}<{}); e(lambda: {} | 5)
class A: pass
o = A(); o.x=1; o.y=2; print(o.__dict__, vars(o)); o.__dict__['z']=3; print(o.z, o.__dict__); del o.x; print(o.__dict__); o.__dict__ = {'q':1}; print(o.q, o.__dict__)
e(lambda: o.x)
for i in range(50): setattr(o, 'a%d'%i, i)
print(len(o.__dict__), o.a49)
p = A()
for i in range(50): setattr(p, 'b%d'%i, i)
print(p.b0, p.b49, list(p.__dict__)[:3], len(p.__dict__))
def f(): 
    q = A(); q.v = [1,2]; d = q.__dict__; del q; return d
print(f())
