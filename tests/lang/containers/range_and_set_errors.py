import itertools

def e(f):
    try: print(repr(f()))
    except BaseException as x: print(type(x).__name__, x)
for a in [(5,),(1,5),(5,1),(0,10,3),(10,0,-3),(0,-5,-1),(2**70,),(2**70,2**70+5),(2**70,2**70-10,-3),(-2**63,2**63-1),(0,2**63,2**62),(2**63-3,2**63-1),(-2**63,-2**63+3)]:
    r=range(*a); e(lambda: r); e(lambda: len(r)); e(lambda: bool(r)); e(lambda: r[0]); e(lambda: r[-1]); e(lambda: r[1:3]); e(lambda: r[::-1]); e(lambda: 5 in r); e(lambda: (r.start,r.stop,r.step)); e(lambda: next(iter(r))); e(lambda: next(reversed(r))); e(lambda: hash(r)==hash(range(*a))); e(lambda: list(r[:4])); e(lambda: list(reversed(r[:4]))); e(lambda: r.index(r[0])); e(lambda: r.count(r[0])); e(lambda: list(itertools.islice(r,3)))
e(lambda: range(0)); e(lambda: range(1,2,0)); e(lambda: range('a')); e(lambda: range()); e(lambda: range(1,2,3,4)); e(lambda: range(5)[10]); e(lambda: range(5)['a']); e(lambda: range(5).index(10)); e(lambda: range(5).index('a')); e(lambda: range(5)==range(0,5,1)); e(lambda: range(0)==range(2,1)); e(lambda: range(0,3,2)==range(0,4,2)); e(lambda: range(1,2,5)==range(1,3,5)); e(lambda: range(5)<range(6)); e(lambda: 2.0 in range(5)); e(lambda: True in range(5)); e(lambda: [x for x in range(3)]); e(lambda: range(5).__reduce__()); e(lambda: iter(range(5)).__reduce__()[1:]); e(lambda: iter(range(2**70)).__reduce__()[1:]); e(lambda: iter(range(5)).__length_hint__())
it=iter(range(10)); next(it); it.__setstate__(3); print(list(it))
it=iter(range(2**70,2**70+10)); next(it); it.__setstate__(3); print(list(it)); print(hash(range(5)), hash(range(0)), hash(range(3,4)))
class I(int): pass
print(type(range(I(3)).stop), range(True, 5).start)
s={1,2,3}; t={3,4}; f=frozenset([1,2])
print(s|t, s&t, s-t, s^t, s|f, f|s, type(s|f), type(f|s), s<=s, s<s, f<=s, s>f, s=={1,2,3}, s!=f, s.isdisjoint({9}), s.issubset(range(10)), s.issuperset([1]))
e(lambda: s|[1]); e(lambda: s<5); e(lambda: s.union([9],(8,),{7:1})); e(lambda: s.intersection([1,2],[2])); e(lambda: s.difference([1],[2])); e(lambda: s.symmetric_difference([1,9,9])); e(lambda: hash(s)); e(lambda: hash(f)==hash(frozenset([2,1]))); e(lambda: hash(frozenset())); e(lambda: hash(frozenset([1,2,3]))); e(lambda: {[]}); e(lambda: s.remove(99)); e(lambda: set().pop()); e(lambda: set(5)); e(lambda: set(1,2)); e(lambda: frozenset(5)); e(lambda: {frozenset([1])}.__contains__({1})); e(lambda: set([frozenset([1])]).remove({1})); e(lambda: s.remove([1]))
s.update([5,6],'a'); print(sorted(map(str,s))); s.discard(5); s.add(1); s-={1}; s&={2,3,6}; s|={7}; s^={7,8}; print(sorted(s)); s.intersection_update([2,8]); print(sorted(s)); s.difference_update([2]); print(s); s.symmetric_difference_update([8,9]); print(s); s.clear(); print(s, f.copy() is f, frozenset(f) is f, set(f)==f)
class S(set): pass
print(S([1]), type(S([1])|{2}), S([1]).copy().__class__, frozenset(), set(), frozenset('a')); 
class F(frozenset): pass
print(F([1]), type(F([1]).copy()), type(F([1])|{2}))
big=set(range(1000)); [big.discard(i) for i in range(0,1000,2)]; print(len(big), 1 in big, 2 in big, sum(big)); big.update(range(2000)); print(len(big)); n=0
while big: n+=big.pop()
print(n)
def mut():
    x={1,2,3}
    for i in x: x.add(i+10)
e(mut)
x={1,2,3}; it=iter(x); print(next(it), it.__length_hint__(), sorted(it.__reduce__()[1][0])); print({'a','b'}=={'b','a'}, {1.0,1,True}, set[int])
d={1:2,3:4}
print(set(d), s|d.keys(), sorted({1,5}|d.keys()), d.keys()<={1,3,4}, {1}<d.keys(), set(d.items()))
