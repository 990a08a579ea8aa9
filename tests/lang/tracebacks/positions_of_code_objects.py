def f(a, b):
    c = a + b
    return [
        x
        for x in range(c)
        if x
    ]


first = f.__code__.co_firstlineno
print([(s, e, l - first if l else l) for s, e, l in f.__code__.co_lines()][:2])
print([tuple(v - first if i < 2 and v is not None else v for i, v in enumerate(p)) for p in f.__code__.co_positions()][:8])
import sys
def where():
    fr = sys._getframe(1)
    return fr.f_lineno - first, fr.f_code.co_name, "q" in fr.f_locals
def g():
    q = 1
    return where()
print(g())
def tb_lines():
    try:
        x = (1 +
             2 /
             0)
    except ZeroDivisionError as e:
        return e.__traceback__.tb_lineno - tb_lines.__code__.co_firstlineno
print(tb_lines())
