"""Instances with plain and overridden reduction: exact bytes in every protocol, identity, notes."""
import pickle,dataclasses,enum
@dataclasses.dataclass
class P:
    x:int; y:str; z:list=dataclasses.field(default_factory=list)
class Q: pass
class G(Q):
    def __getstate__(self): return {'g':1}
class N(Q):
    def __getnewargs__(self): return (1,)
    def __new__(cls,a=0): return super().__new__(cls)
class E(enum.Enum): A=1
ps=[P(i,str(i)) for i in range(2000)]
q=Q(); q.a=1; del q.a
r=Q(); r.self=r; r.p=ps[:3]
d=Q(); d.__dict__['x']=3; d.__dict__[5]=6
e=Q(); e.__reduce_ex__=lambda p:(list,()); f=Q(); f.__getstate__=lambda:{'z':1}
big=Q()
for i in range(40): setattr(big,'a%d'%i,i)
import hashlib
for o in (ps,q,r,d,e,f,big,G(),N(),E.A,[r,r.__dict__],ValueError('x')):
    for p in range(6):
        b=pickle.dumps(o,p); print(p,len(b),hash(b)!=0 and __import__('zlib').crc32(b))
        l=pickle.loads(b); print(type(l))
g=Q(); g.a=lambda:1; g.b=1
try: pickle.dumps([g])
except Exception as x: print(x.__notes__)
x=pickle.loads(pickle.dumps(r)); print(x.self is x, x.p, x.__dict__.keys())
