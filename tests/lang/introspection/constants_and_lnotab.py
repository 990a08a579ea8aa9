"""Constants of one compilation are shared; the line table in its old form."""

f1, f2 = lambda: ..., lambda: ...
print(f1.__code__.co_consts is f2.__code__.co_consts)
f1, f2 = lambda: "not a name", lambda: ("not a name",)
f3 = lambda x: x in {("not a name",)}
print(f1.__code__.co_consts[0] is f2.__code__.co_consts[1][0], next(iter(f3.__code__.co_consts[1])) is f2.__code__.co_consts[1])
f1, f2 = lambda x: x in {0}, lambda x: x in {0}
print(f1.__code__.co_consts is f2.__code__.co_consts)
print((lambda: 1.0)() , (lambda: -0.0)(), (lambda: 0.0)(), (lambda: (1,))(), (lambda: (True,))(), (lambda: (1.0,))())
import warnings; warnings.simplefilter('ignore')
def f():
    x = 1

    y = 2
    return (x +
      y)
def g():
    pass
print(f.__code__.co_lnotab, g.__code__.co_lnotab)
s='x=1\n'+'\n'*500+'y=2\n'+'z='+'+'.join(['a']*200)
print(compile(s,'','exec').co_lnotab)
print(compile('x=1 if y else (\n2\n)\nfor i in x:\n print(i)\n','','exec').co_lnotab)
warnings.simplefilter('error')
try: f.__code__.co_lnotab
except DeprecationWarning as e: print(e)
