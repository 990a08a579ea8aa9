"""methodcaller, itemgetter and attrgetter: what they print, pickle to, and say of wrong calls."""
import operator
import pickle

m = operator.methodcaller('count', 1)
print(m, m((1,1,2)), pickle.loads(pickle.dumps(m))([1]))
m = operator.methodcaller('split', ',', maxsplit=1)
print(m, m('a,b,c'), pickle.loads(pickle.dumps(m))('x,y,z'), m.__reduce__())
for f in (operator.methodcaller('x'), operator.itemgetter(1), operator.attrgetter('x')):
    for a, k in (((), {}), ((1, 2), {}), ((1,), {'a': 2})):
        try: f(*a, **k)
        except TypeError as e: print(e)
try: operator.methodcaller('x', **{1: 2})
except TypeError as e: print(e)
