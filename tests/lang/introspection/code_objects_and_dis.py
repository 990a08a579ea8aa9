import dis
import io
def f(a, b=2, *args, c, **kw):
    """doc"""
    x = a + b
    for i in range(x):
        if i > c: yield i
    try:
        return [j for j in args if j]
    except ValueError as e:
        raise KeyError from e
c = f.__code__
print(c.co_argcount, c.co_kwonlyargcount, c.co_varnames, c.co_names, c.co_consts[0], c.co_flags, c.co_stacksize, c.co_cellvars, c.co_name, c.co_qualname, len(c.co_exceptiontable) > 0)
r = c.replace(co_name="renamed", co_firstlineno=100)
print(r.co_name, r.co_firstlineno, r == c, c == c.replace(), hash(c) == hash(c.replace()))
print([i.opname for i in dis.get_instructions(compile("x = a.b(1) + c[2]", "s", "exec"))])
dis.dis(compile("a if b else [c, *d]", "s", "eval"))
def g(x):
    with x as y: return y
    del x
dis.dis(g)
def loop():
    total = 0
    for i in range(10):
        if i % 2: continue
        total += i
    return total
dis.dis(loop)
print(dis.code_info(loop).replace(__file__, "FILE"))
print(dis.stack_effect(dis.opmap["POP_TOP"]), dis.opname[dis.opmap["RETURN_VALUE"]], dis.hasconst[:1] == [dis.opmap["LOAD_CONST"]])
async def co():
    async for x in y: await z
    return f"{x!r:>5}"
print([i.opname for i in dis.get_instructions(co)])
class K:
    def m(self): return super().m() + self.a
print([(i.opname, i.argrepr) for i in dis.get_instructions(K.m)])
for bad in ("c.replace(co_nope=1)", "c.replace(co_argcount=-1)", "c.co_name = 1", "type(c)()", "c.replace(co_code='x')"):
    try:
        exec(bad)
    except Exception as e:
        print(bad, type(e).__name__, e)
