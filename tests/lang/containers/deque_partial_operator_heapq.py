import _bisect
import _collections
import _functools
import _heapq
import _operator

def e(f):
    try: print(repr(f()))
    except BaseException as x: print(type(x).__name__, x)
deque=_collections.deque; dd=_collections.defaultdict
d=deque('abc'); d.append(1); d.appendleft(2); print(d, len(d), d[0], d[-1], d[2]); d.rotate(2); print(d); d.rotate(-3); print(d); d.extend([7,8]); d.extendleft('xy'); print(d); d.insert(2,'I'); print(d); d.remove('x'); print(d); del d[1]; print(d); d[0]='Z'; print(d, d.pop(), d.popleft(), d.index('I') if 'I' in d else 0, d.count('b'), 'b' in d); d.reverse(); print(d, d.copy(), d+deque([1]), d*2, list(reversed(d)), d==deque(d), d!=d)
m=deque(range(5),3); print(m, m.maxlen); m.append(9); m.appendleft(8); print(m); e(lambda: m.insert(0,1)); m+=[1,2,3,4]; print(m); m*=2; print(m, m.copy()); m.extend(m); print(m)
e(lambda: deque().pop()); e(lambda: deque().popleft()); e(lambda: d[99]); e(lambda: d.remove('qq')); e(lambda: d.index('qq')); e(lambda: deque(5)); e(lambda: deque([],-1)); e(lambda: deque([],'a')); e(lambda: d+[1]); e(lambda: hash(d)); e(lambda: d<5); e(lambda: deque([],1,2)); e(lambda: deque(maxlen=2,iterable='abc'))
def mut():
    q=deque([1,2,3])
    for x in q: q.append(x)
e(mut)
q=deque(); q.append(q); print(q)
q=deque()
for i in range(1000): q.append(i)
for i in range(500): q.popleft()
for i in range(300): q.appendleft(-i)
print(len(q), q[0], q[-1], sum(q)); q.rotate(100); print(q[0],q[-1]); q.clear(); print(q, deque[int]); it=iter(deque('ab')); print(it.__length_hint__(), next(it), list(it)); 
class DQ(deque): pass
z=DQ('ab',5); z.q=1; print(z, z.copy(), type(z.copy()), z.copy().maxlen); d0=deque('abc',0); d0.append(1); print(d0)
for n in range(6):
    for r in range(-7,8):
        q=deque(range(n)); q.rotate(r); l=list(range(n)); 
        if n: k=r%n; l=l[-k:]+l[:-k] if k else l
        assert list(q)==l,(n,r,q,l)
x=dd(list); x['a'].append(1); print(x, x['b'], x.default_factory); y=dd(int,{'z':1},k=2); y['q']+=5; print(y, y.copy(), type(y|{1:2}), y|{1:2}, {1:2}|y); e(lambda: dd(5)); e(lambda: dd()['a']); e(lambda: dd(None,a=1)); y|={9:9}; print(y, dd(lambda:0)['x'], isinstance(y,dict)); 
class D2(dd): pass
w=D2(int); w['a']+=1; print(w)
e(lambda: dd(list).__missing__('a')); 
c={}; _collections._count_elements(c,'abracadabra'); print(c)
g=_collections._tuplegetter(1,'doc'); print(g, g.__doc__)
class P(tuple): x=_collections._tuplegetter(0,'first')
print(P((5,6)).x, P.x); e(lambda: setattr(P((1,)),'x',2)); e(lambda: P(()).x); e(lambda: g.__get__(5))
F=_functools; part=F.partial
p=part(pow,2); print(p(5), p.func, p.args, p.keywords, p); p2=part(p,3); print(p2(), p2.args); k=part(dict,a=1); print(k(b=2), k(a=5), k); P_=F.Placeholder; pp=part(pow,P_,3); print(pp(2), pp, part(pp,2)()); e(lambda: part()); e(lambda: part(1)); e(lambda: part(print,P_)); e(lambda: part(print,a=P_)); e(lambda: part(print,P_,1)()); e(lambda: part(pow,P_,P_,5)(2)); e(lambda: part(part(lambda *a:a,P_,2,P_,4),1)(3,5)); p.attr=1; print(p.attr, p.__dict__)
class A:
    m=part(lambda self,*a:(a),1)
    n=F._lru_cache_wrapper(lambda self,x:x,2,False,lambda *a:a)
print(F.reduce(lambda a,b:a+b,[1,2,3]), F.reduce(lambda a,b:a+b,[],5)); e(lambda: F.reduce(len,5)); e(lambda: F.reduce(len,[])); e(lambda: F.reduce(len)); e(lambda: F.reduce(lambda a,b:a*b,[2,3],initial=4))
K=F.cmp_to_key(lambda a,b:b-a); print(sorted([1,3,2],key=K), K(1)<K(2), K(1)==K(1), K(5).obj); e(lambda: K(1)<3); e(lambda: K()); e(lambda: hash(K(1)))
calls=[]
class Info(tuple):
    def __new__(c,*a): return tuple.__new__(c,a)
def mk(ms,ty=False):
    def f(*a,**k): calls.append(a); return (a,k)
    return F._lru_cache_wrapper(f,ms,ty,Info)
for ms in (None,0,2,-1):
    f=mk(ms); calls.clear(); f(1);f(1);f(2);f(3);f(1);f('a',b=1);f('a',b=1); print(ms, len(calls), f.cache_info()); f.cache_clear(); print(f.cache_info())
f=mk(None,True); f(1);f(1.0);f(True); print(f.cache_info()); e(lambda: f([])); e(lambda: F._lru_cache_wrapper(1,2,3,4)); e(lambda: F._lru_cache_wrapper(len,'x',3,4))
f=mk(3)
for i in [1,2,3,1,4,1,2,5,1]: f(i)
print(f.cache_info(), len(calls)); a=A(); print(a.n(3), A.n.cache_info())
O=_operator
print(O.add(1,2), O.itemgetter(1)([1,2]), O.itemgetter(1,0)('ab'), O.itemgetter('a')({'a':5}), O.attrgetter('real')(5), O.attrgetter('real','imag')(5), O.attrgetter('__class__.__name__')(5), O.methodcaller('upper')('a'), O.methodcaller('split',',',maxsplit=1)('a,b,c'), O.itemgetter(1), O.attrgetter('a.b','c'), O.methodcaller('x',1,k=2), O.contains([1],1), O.countOf([1,1,2],1), O.indexOf([1,2],2), O.length_hint([1]), O.concat([1],[2]), O.not_(0), O.truth(1), O.is_(None,None), O.index(5), O.pow(2,3), O.call(max,1,2), O._compare_digest('a','a'), O._compare_digest(b'a',b'b'), O.is_none(None))
e(lambda: O.itemgetter()); e(lambda: O.itemgetter(1)()); e(lambda: O.itemgetter(1)(1,2)); e(lambda: O.itemgetter(1)(x=1)); e(lambda: O.attrgetter(5)); e(lambda: O.attrgetter('zz')(5)); e(lambda: O.methodcaller()); e(lambda: O.methodcaller(5)); e(lambda: O.concat(1,2)); e(lambda: O.add(1)); e(lambda: O.indexOf([1],5)); e(lambda: O.countOf(5,1)); e(lambda: O._compare_digest('é','a')); e(lambda: O._compare_digest(1,2)); e(lambda: O.length_hint([], 'a')); e(lambda: O.methodcaller('x')(5))
H=_heapq
h=[5,3,8,1,9,2]; H.heapify(h); print(h); H.heappush(h,0); print(h, H.heappop(h), H.heappushpop(h,4), H.heapreplace(h,7), h); r=[]
while h: r.append(H.heappop(h))
print(r); h=[5,3,8,1,9,2]; H.heapify_max(h); print(h); H.heappush_max(h,100); print(H.heappop_max(h), H.heappushpop_max(h,1), H.heapreplace_max(h,0), h); e(lambda: H.heappop([])); e(lambda: H.heappush(5,1)); e(lambda: H.heapreplace([],1)); e(lambda: H.heapify([1,'a']))
B=_bisect
l=[1,2,2,3,5]; print(B.bisect_left(l,2), B.bisect_right(l,2), B.bisect_left(l,2,2), B.bisect_right(l,9,0,3), B.bisect_left(l,-3,key=lambda x:-x)); B.insort_right(l,4); B.insort_left(l,0); print(l); e(lambda: B.bisect_left(l,2,-1)); e(lambda: B.bisect_left(l,'a')); e(lambda: B.bisect_left(5,1)); e(lambda: B.bisect_left(l))
