import itertools

def e(f):
    try: print(repr(f()))
    except BaseException as x: print(type(x).__name__, x)
I=itertools
e(lambda: list(enumerate('abc',1))); e(lambda: list(enumerate('ab',2**63-1))); e(lambda: enumerate(5)); e(lambda: enumerate()); e(lambda: list(zip('abc',range(2)))); e(lambda: list(zip())); e(lambda: list(zip('ab','c',strict=True))); e(lambda: list(zip('a','bc',strict=True))); e(lambda: list(zip('ab','cd','e',strict=True))); e(lambda: zip(5)); e(lambda: list(map(lambda a,b:a+b,[1,2],[3,4,5]))); e(lambda: list(map(str,[1,2]))); e(lambda: map(str)); e(lambda: list(map(lambda a,b:a,[1],[2,3],strict=True))); e(lambda: list(map(lambda a,b:a,[1,2],[3],strict=True))); e(lambda: list(filter(None,[0,1,2]))); e(lambda: list(filter(lambda x:x>1,[0,1,2]))); e(lambda: filter(1)); e(lambda: list(filter(bool,[0,1]))); e(lambda: list(reversed('abc'))); e(lambda: reversed(5)); e(lambda: reversed({1})); e(lambda: list(reversed(range(3)))); e(lambda: list(reversed({1:2,3:4})))
class Seq:
    def __getitem__(s,i):
        if i>3: raise IndexError
        return i*2
    def __len__(s): return 4
e(lambda: list(Seq())); e(lambda: list(reversed(Seq()))); e(lambda: 4 in Seq()); e(lambda: type(iter(Seq())))
c=iter([1,2,0,3]); e(lambda: list(iter(lambda: next(c),0))); e(lambda: iter(5,0)); e(lambda: iter(5)); 
e(lambda: list(I.chain('ab',[1],()))); e(lambda: list(I.chain.from_iterable(['ab','c']))); e(lambda: list(I.chain(5))); e(lambda: list(I.islice(I.count(),5))); e(lambda: list(I.islice(I.count(10,3),3))); e(lambda: list(I.islice(I.count(2.5,.5),3))); e(lambda: I.count(5)); e(lambda: I.count(5,2)); e(lambda: I.count('a')); e(lambda: list(I.islice(I.count(2**63-2),4))); e(lambda: list(I.islice('abcdefg',2,None,2))); e(lambda: list(I.islice('abcdefg',2))); e(lambda: list(I.islice('abc',None))); e(lambda: I.islice('a')); e(lambda: I.islice('a',-1)); e(lambda: I.islice('a',0,5,0)); e(lambda: I.islice('a','x')); e(lambda: list(I.islice(I.cycle('ab'),5))); e(lambda: list(I.cycle(''))); e(lambda: list(I.repeat(1,3))); e(lambda: I.repeat(1)); e(lambda: I.repeat(1,3)); e(lambda: I.repeat(1,3).__length_hint__()); e(lambda: list(I.repeat(1,-1))); e(lambda: I.repeat(1).__length_hint__())
e(lambda: list(I.accumulate([1,2,3]))); e(lambda: list(I.accumulate([1,2,3],lambda a,b:a*b,initial=10))); e(lambda: list(I.accumulate([]))); e(lambda: list(I.accumulate([],initial=1))); e(lambda: list(I.batched('abcdefg',3))); e(lambda: list(I.batched('abcd',3,strict=True))); e(lambda: I.batched('a',0)); e(lambda: list(I.pairwise('abcd'))); e(lambda: list(I.pairwise('a'))); e(lambda: list(I.compress('abc',[1,0,1]))); e(lambda: list(I.dropwhile(lambda x:x<3,[1,3,2]))); e(lambda: list(I.takewhile(lambda x:x<3,[1,3,2]))); e(lambda: list(I.filterfalse(None,[0,1]))); e(lambda: list(I.filterfalse(lambda x:x,[0,1]))); e(lambda: list(I.starmap(pow,[(2,3),[3,2]]))); e(lambda: list(I.starmap(pow,[5])))
e(lambda: [(k,list(g)) for k,g in I.groupby('aabbbc')]); e(lambda: [(k,list(g)) for k,g in I.groupby([1,3,2,4],lambda x:x%2)]); e(lambda: [k for k,g in I.groupby('aabb')]); e(lambda: list(I.zip_longest('abc','d',fillvalue='-'))); e(lambda: list(I.zip_longest())); e(lambda: list(I.zip_longest('ab',[1,2,3])))
a,b=I.tee(range(200)); print(next(a), list(b)==list(range(200)), next(a), len(list(a))); a,=I.tee('abc',1); b=a.__copy__(); print(next(a),list(b)); e(lambda: I.tee('a',0)); e(lambda: I.tee('a',-1)); e(lambda: I.tee(5))
e(lambda: list(I.product('ab',[1,2]))); e(lambda: list(I.product('ab',repeat=2))); e(lambda: list(I.product())); e(lambda: list(I.product('a',''))); e(lambda: I.product('a',repeat=-1)); e(lambda: list(I.permutations('abc',2))); e(lambda: list(I.permutations('abc'))); e(lambda: list(I.permutations('ab',3))); e(lambda: list(I.permutations('ab',0))); e(lambda: I.permutations('a',-1)); e(lambda: I.permutations('a','x')); e(lambda: list(I.combinations('abcd',2))); e(lambda: list(I.combinations('ab',3))); e(lambda: list(I.combinations('ab',0))); e(lambda: I.combinations('a',-1)); e(lambda: list(I.combinations_with_replacement('abc',2))); e(lambda: list(I.combinations_with_replacement('',2))); e(lambda: len(list(I.permutations(range(6))))); e(lambda: I.combinations('a'))
class It:
    def __init__(s): s.n=0
    def __iter__(s): return s
    def __next__(s):
        s.n+=1
        if s.n>3: raise StopIteration
        return s.n
e(lambda: list(It())); e(lambda: list(map(str,It()))); e(lambda: list(zip(It(),It()))); e(lambda: list(I.chain(It(),It()))); e(lambda: list(enumerate(It()))); e(lambda: list(filter(None,It()))); e(lambda: sum(It())); e(lambda: [*It()]); e(lambda: set(It())); e(lambda: list(I.islice(It(),2)))
class X(It):
    def __next__(s): raise ValueError('boom')
for f in (list, lambda x: list(map(str,x)), lambda x:list(zip(x)), lambda x:list(I.chain(x)), lambda x: list(I.cycle(x)), lambda x: list(I.groupby(x)), lambda x: list(I.pairwise(x)), lambda x: list(I.tee(x)[0]), lambda x: list(I.zip_longest(x)), lambda x: list(I.batched(x,2)), lambda x:list(I.accumulate(x))): e(lambda: f(X()))
class EE(enumerate): pass
x=EE('ab'); x.q=1; print(list(x), x.q); 
class CC(I.chain): pass
print(list(CC('ab','c')), I.chain[int], enumerate[int])
