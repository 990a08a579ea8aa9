name, n, f, d = "ann", 42, 3.14159, {"k": [1, 2]}
print(f"{name} {n} {f:.2f} {d['k'][1]} {n:>6} {n:<6}| {n:^6}| {n:06} {n:#x} {n:+,} {name!r} {name!s:>5} {'é'!a}")
print(f"{n=} {n = } {f=:.1f} {name=!s} {d['k']=} {n+1=} { n = !r:>5}")
w, p = 10, 3
print(f"{f:{w}.{p}} {f:{w}.{p}f} {name:{'*'}^{w}} {n:{'0' + str(w)}} {f:{p}.{1 + 1}{'e'}}")
print(f"{{}} {{{n}}} {'{'} {n}}}", f"{'nested ' + f'{n} {f"{n}"}'}", f"{'a' 'b'}", f"a" "b" f"{n}", f"{(lambda x: x * 2)(3)} {[i for i in range(3)]} {({'a': 1})['a']} { {1, 2} } {n if n else 0} {not n}")
print(f"""multi
{n
+ 1}
{
 name
}""", f"{n:%}", rf"\d{n}", f"\t{n}\x41\N{BULLET}", f"{n!r:^{w}}|", f"{1,} {*[1, 2],}", f"{n:=+8}", f"{'\n'.join(['a', 'b'])}", f"{d["k"]}")
class C:
    def __format__(self, s): return f"[{s}]"
    def __repr__(self): return "R"
    def __str__(self): return "S"
c = C()
print(f"{c} {c:spec} {c!r} {c!s} {c!r:>3} {c:{n}x{w}} {c=} {c=:s}", f"{''} {None} {True}", f"{c:%Y-%m-%d %H:%M}", "", f"{n:{''}}", f'{n!s}{n!a}')
import datetime
print(f"{datetime.date(2024, 5, 1):%d/%m/%Y} {datetime.timedelta(days=1, hours=2)}")
def order(x): print("eval", x, end=" "); return x
print(f"{order(1)} {order(2):{order(3)}} {order(4)}")
for bad in ("f'{1:q}'", "f'{undefined}'", "f'{None:5}'", "f'{[]:x}'", "f'{\"a\":d}'", "f'{1:{2}.{3}.{4}}'", "f'{object():5}'[:0]", "f'{1/0}'"):
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
x = 5
print(f"{x:=5} {x!r} {x:}", f'{x}' f"{x}", f"{x}" == "5", f"{lambda_ if (lambda_ := 3) else 0}", f"{x:{x}}", f"{ x }", f"{x #comment
}")
