def e(f):
    try: print(repr(f()))
    except BaseException as x: print(type(x).__name__, x)
l = list(range(20))
print(l[3:7], l[::-2], l[-5:], l[100:], l[5:2]); l[2:5] = 'abcdef'; print(l); l[::3] = range(len(l[::3])); print(l); del l[1:4]; print(l); del l[::2]; print(l)
e(lambda: l[100]); e(lambda: l['a']); e(lambda: l.__setitem__(100,1)); e(lambda: l.__delitem__(100)); e(lambda: l.pop(100)); e(lambda: [].pop()); e(lambda: l.remove('zz')); e(lambda: l.index('zz')); e(lambda: l+5); e(lambda: l+(1,)); e(lambda: l*'a'); e(lambda: 3*[1,2]); e(lambda: [1]*-1)
e(lambda: l.__setitem__(slice(0,2),5)); e(lambda: l.__setitem__(slice(0,4,2),[1])); e(lambda: l.__setitem__(slice(0,4,2),5)); e(lambda: list(1,2)); e(lambda: list(5)); e(lambda: list(x=1)); e(lambda: [].sort(1)); e(lambda: [].append()); e(lambda: hash([]))
l = [5,3,1,4,2]; l.sort(); print(l, sorted(l, reverse=True), sorted('banana'), sorted([3.5,1.5]), sorted(['b','a','é','zz']), sorted([(2,'a'),(1,'b'),(1,'a')]), sorted([1,2.5,-1]), sorted([2**70,1,-2**80]))
e(lambda: sorted([1,'a'])); e(lambda: [1,'a'].sort())
import_free = [((i*7919)%1009, i) for i in range(3000)]
s = sorted(import_free); print(s[:5], s[-5:], all(s[i]<=s[i+1] for i in range(len(s)-1)))
s = sorted(import_free, key=lambda p: p[0]%10); print(s[:5], [x[0]%10 for x in s]==sorted(x[0]%10 for x in s), all(s[i][0]%10<s[i+1][0]%10 or s[i][1]<s[i+1][1] for i in range(len(s)-1)))
s = sorted(import_free, key=lambda p: p[0]%10, reverse=True); print(s[:5], all(s[i][0]%10>s[i+1][0]%10 or s[i][1]<s[i+1][1] for i in range(len(s)-1)))
for n in (0,1,2,3,10,63,64,65,100,1000,5000):
    for gen in (lambda i: i, lambda i: -i, lambda i: (i*31337)%977, lambda i: i%7, lambda i: i if i%50 else -i, lambda i: str((i*7)%113), lambda i: float((i*13)%331), lambda i: (i*2**65)%(2**67+1)):
        x = [gen(i) for i in range(n)]; y = sorted(x); z = sorted(x, reverse=True)
        assert all(y[i]<=y[i+1] for i in range(n-1)) and len(y)==n, (n,x)
        assert all(z[i]>=z[i+1] for i in range(n-1))
        assert sorted(y)==y and y==z[::-1]
def mod():
    def k(x): m.append(1); return x
    m = [3,2,1]; m.sort(key=k)
e(mod)
class Bad:
    def __lt__(s,o): raise ValueError('bad')
q=[Bad(),Bad(),1]; e(lambda: q.sort()); print(len(q))
l=[1,2,3]; l.extend(l); print(l); l.insert(0,9); l.insert(-1,8); l.insert(100,7); print(l, l.index(2), l.index(2,3), l.count(2), l.pop(), l.pop(0), l); l.reverse(); print(l); l.remove(3); print(l); l += (x for x in 'ab'); print(l); l*=2; print(l); l.clear(); print(l)
print([1,2]<[1,3], [1,2]<[1,2,3], [1]==[1.0], [1,2]!=[1], [[]]==[[]], [1]<=[1], [2]>[1,5], [] >= [1]); e(lambda: [1]<['a']); e(lambda: [1]<(1,))
x=[]; x.append(x); print(x); e(lambda: x==x)
it=iter([1,2,3]); print(next(it), it.__length_hint__(), it.__reduce__()[1:], list(it), it.__reduce__()[1:]); r=reversed([1,2,3]); print(next(r), r.__length_hint__(), list(r))
a=[1,2,3]
for v in a:
    if len(a)<10: a.append(v)
print(a)
class L(list): pass
z=L('abc'); z.q=1; print(z, z.q, type(z[:]), type(z+[]), L([1])*2, isinstance(z,list), z.copy())
print(list[int], 1 in [1.0], 'a' in ['b'], len([].__doc__) > 10, [1,2,3].__contains__(2), list.__getitem__([5],0), list('abc'), list({1:2}), list({3}), list(range(3)), list(x for x in (1,2)), [*range(2),*'ab'])
t=(1,2,3); print(t[1:], t[::-1], t+(4,), t*2, t.index(2), t.count(1), hash(t)==hash((1,2,3)), t<(1,2,4), (), (1,), tuple('ab'), tuple([1]), tuple(t) is t, t[:] is t, ()+t is t)
e(lambda: t[5]); e(lambda: t['a']); e(lambda: t.index(9)); e(lambda: t+[1]); e(lambda: tuple(5)); e(lambda: tuple(1,2)); e(lambda: hash(([],))); e(lambda: t<5); e(lambda: (1,)<('a',))
class T(tuple): pass
print(T('ab'), T((1,)).__class__, T('ab')+('c',), hash(T('ab'))==hash(('a','b')), T([1,2])==(1,2))
u=([],); u[0].append(u); print(u)
print(slice(1,2)==slice(1,2), slice(None).indices(5), slice(-3,None,-1).indices(10), slice(1,10**30,3).indices(10**25), hash(slice(1,2,3)), slice(1,2)<slice(1,3), repr(slice('a'))); e(lambda: slice()); e(lambda: slice(1,2,0).indices(3)); e(lambda: slice('a').indices(3)); e(lambda: slice(1).indices(-1)); e(lambda: [1][::0]); e(lambda: [1][1.5:]); e(lambda: slice(1,2,3,4))
