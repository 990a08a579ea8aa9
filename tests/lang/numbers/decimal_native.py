# _decimal: what its functions give and raise.
import _decimal as D

X = D.Decimal


def t(s):
    try:
        print(s, "->", repr(eval(s)))
    except Exception as e:
        print(s, "!!", type(e).__name__, e, e.args)


print(sorted(n for n in dir(D) if not n.startswith("__")))
for n in ("DefaultContext", "BasicContext", "ExtendedContext"):
    print(getattr(D, n))
c = D.Context(traps=list(D.getcontext().flags))
for k in c.flags:
    c.flags[k] = 1
print(c, repr(c.flags), c.flags == D.getcontext().flags)
for s in '''X('x')
X(1)/0
X(0)/0
X('sNaN')+1
X((0,(1,2),'x'))
X((0,(1,2)))
X((2,(1,2),0))
X((0,(1,12),0))
X([0,[1,2],0])
X(1.5), X(True), X('1_000'), X(' 12 ')
X(None)
X(b'1')
X(5, 5)
X(value='5', context=None)
X('1e9999999999999999999')
X('1e-9999999999999999999')
X(1)+'x'
X(1)+1.5
X(1)<'x'
X(1)<1.5, X('1.5')==1.5, X(1)==1
hash(X('sNaN'))
int(X('NaN'))
int(X('Inf'))
float(X('sNaN')), 
X(5).quantize(X('1e-50'))
X(5).quantize(X('inf'))
X(5)//0
X(0)//0
X(5)%0
X('inf')%1
divmod(X(5),0)
divmod(X(0),0)
X(10)**400 // 1
X(-1).sqrt()
X(5)**X('0.5')
X(0)**0
pow(X(5),2,3)
pow(X(5),2,0)
round(X('1.25'),1), round(X('2.5')), round(X('NaN'))
round(X('1.5'),'x')
X('1.5').__floor__(), X('1.5').__ceil__(), X('1.5').__trunc__()
X('1.5').as_integer_ratio(), X('inf').as_integer_ratio()
X('nan').as_integer_ratio()
X.from_float('x')
X.from_float(3), X.from_float(0.1)
X.from_number(3.0)
format(X('1.5'),'x')
format(X('1.5'),'.3f'), format(X('1.5'),5)
X(1).compare_signal(X('nan'))
X('1e5').to_eng_string()
X('12').logical_and(X('1'))
D.Context(prec=0)
D.Context(prec='x')
D.Context(rounding='x')
D.Context(rounding=5)
D.Context(Emin=5)
D.Context(Emax=-5)
D.Context(capitals=2)
D.Context(clamp=2)
D.Context(traps=5)
D.Context(traps=[5])
D.Context(traps=[D.Inexact], flags=[D.Rounded])
setattr(D.Context(),'prec',1<<70)
setattr(D.Context(),'prec',-1)
setattr(D.Context(),'Emin',1)
delattr(D.Context(),'prec')
setattr(D.Context(),'traps',{})
setattr(D.Context(),'traps',5)
D.setcontext(5)
D.localcontext(5)
D.localcontext(foo=1)
D.localcontext(prec=0)
D.Context().create_decimal('x')
D.Context(prec=3).create_decimal('12345')
D.Context(prec=3).create_decimal(12345)
D.Context(prec=3).create_decimal_from_float(0.1)
D.Context().add(1,'x')
D.Context().add(1,2)
D.Context().divide(1,0)
D.Context().power(2,3), D.Context().power(2,3,modulo=5)
D.Context().__reduce__()
X('1.5').__reduce__()
D.IEEEContext(32), D.IEEEContext(33)
D.IEEEContext(64)
D.Context().is_nan('x')
X('-0').as_tuple(), X('nan123').as_tuple(), X('-inf').as_tuple()
X(3).__format__('<10'), 
repr(X('-sNaN12')), str(X('1E-10')), X('0E+3'), X('0.00000001'), X('0.0000001')
X('NaN').compare(1)
max(X(1),X('nan'))
X(1).max('x')
X(1).max(X(2),context=5)
X(1).fma(2,'x')
X(1).fma(2,3)
X('1.5').real, X('1.5').imag, X('1.5').conjugate()
X('1e400').__float__(), complex(X(1)), 
X.__new__(X), X()
X(1).foo
X(1).is_normal(context=None)
'''.splitlines(): t(s)
