import _collections

def e(f):
    try: print(repr(f()))
    except BaseException as x: print(type(x).__name__, x)
O=_collections.OrderedDict
o=O(a=1,b=2)
e(lambda:o); e(lambda: O()); e(lambda: o.keys()); e(lambda: o.items());  e(lambda: o.values()); e(lambda: o.popitem(last=False)); e(lambda: O().popitem()); e(lambda: o.move_to_end('z')); e(lambda: o.pop('z')); e(lambda: o.pop('z',5)); e(lambda: O(1,2)); e(lambda: O(5)); e(lambda: O([1])); e(lambda: O([(1,)])); e(lambda: O([(1,2,3)])); e(lambda: o|{1:2}); e(lambda: {1:2}|o); e(lambda: o|5); e(lambda: o.update(1,2)); e(lambda: O.fromkeys('ab',value=3)); e(lambda: type(o.items()).__mro__);  e(lambda: O.__doc__); e(lambda: o.setdefault()); e(lambda: o.__dict__)
def m1():
    q=O(a=1,b=2)
    for k in q: q['z']=1
def m2():
    q=O(a=1,b=2)
    for k in q: q.move_to_end(k)
def m3():
    q=O(a=1,b=2)
    for k in q: del q[k]; q['zz'+k]=1
def m4():
    q=O(a=1,b=2)
    for k in q: q.clear()
for m in (m1,m2,m3,m4): e(m)
o=O((i,i) for i in range(10)); o.move_to_end(3); o.move_to_end(5,last=False); o.move_to_end(7,False); print(list(o)); del o[0]; o[0]=99; print(o, list(reversed(o)), list(reversed(o.items()))[:2]); print(o==dict(o), o==O(o), o==O(reversed(o.items())), o!=O(o), o.copy()); o.x=5; print(o.x, o.__dict__)
for i in range(2000): o[i]=i
for i in range(1000): o.popitem(last=False)
print(len(o), next(iter(o))); 
for i in range(3000): k=next(iter(o)); o.move_to_end(k)
print(next(iter(o)), len(o))
for i in range(3000): k=next(reversed(o)); o.move_to_end(k,last=False)
print(next(iter(o)), len(o))
while o: o.popitem(last=len(o)%2==0)
print(o, o.setdefault('a',1), o); o|={'b':2}; o.update(c=3); print(o, o.pop('b'), o)
class S(O):
    def __setitem__(s,k,v): super().__setitem__(k,v*2)
s=S(a=1); s['b']=2; print(s, s.copy(), s|{'c':1}); s.update(z=1); print(s, s.pop('z'))
c=O(); c['me']=c; print(c)
q=O(a=1); it=iter(q); print(list(it), list(it)); print({**O(a=1)}, dict(O(b=2)), list(O(a=1).items()), 'a' in O(a=1).keys(), O(a=1).keys()|{'z'} == {'a','z'})
