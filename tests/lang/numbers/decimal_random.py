# Random operations in random contexts: values and flags.
import decimal as D
import random

r = random.Random(20)

def num():
    k=r.random()
    if k<.06: return r.choice(['NaN','sNaN','-NaN12','Inf','-Infinity','sNaN99999999999999999','0','-0','0E5','-0E-7'])
    digs=r.choice([1,2,3,5,9,20,28,29,40,80])
    s=''.join(r.choice('0123456789') if r.random()<.8 else r.choice('09') for _ in range(digs))
    e=r.choice([0,0,0,-2,-5,3,10,-30,30,-390,390,r.randrange(-420,420)])
    return r.choice(['','-'])+s+'E%d'%e
R=[getattr(D,n) for n in dir(D) if n.startswith('ROUND_')]
un='exp ln log10 sqrt normalize plus minus abs to_integral_exact to_integral_value next_plus next_minus logb number_class logical_invert copy_abs copy_negate to_eng_string to_sci_string is_normal is_subnormal _apply create_decimal'.split()
bi='add subtract multiply divide divide_int remainder divmod remainder_near compare compare_signal compare_total max min max_mag min_mag quantize same_quantum next_toward copy_sign scaleb shift rotate compare_total_mag logical_and'.split()
for i in range(2500):
    c=D.Context(prec=r.choice([1,2,3,9,16,28,34]),rounding=r.choice(R),Emin=r.choice([-5,-383,-999999]),Emax=r.choice([5,384,999999]),capitals=r.randrange(2),clamp=r.randrange(2),traps=[])
    a,b,d=num(),num(),num()
    k=r.random()
    if k<.3: op=r.choice(un); args=(a,)
    elif k<.85: op=r.choice(bi); args=(a,b)
    elif k<.93: op='fma'; args=(a,b,d)
    else: op='add'; args=(a,d)
    if op in('exp','ln','log10') and r.random()<.8: continue
    X=[D.Decimal(x) for x in args]
    try: v=getattr(c,op)(*X)
    except Exception as e: v=(type(e).__name__,str(e))
    print(op,args,c.prec,c.rounding,c.Emin,c.Emax,c.clamp,'->',v,sorted(k.__name__ for k,w in c.flags.items() if w))
    if i%7==0:
        D.getcontext().traps[D.InvalidOperation]=False
        x,y=X[0],D.Decimal(b)
        try: h=hash(x)
        except TypeError as e: h=str(e)
        if x.is_nan() : h='-'
        try: f=float(x)
        except ValueError as e: f=str(e)
        print(h, f, x<y, x==y, x.as_tuple(), str(x), format(x,'.3f') if abs(x.adjusted())<50 else '', D.getcontext().flags[D.InvalidOperation])
