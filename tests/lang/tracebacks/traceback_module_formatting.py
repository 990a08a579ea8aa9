import sys
import traceback


def a(x): return b(x + 1)
def b(y):
    z = [y] * 2
    raise ValueError(f"value {y}")


try:
    a(1)
except ValueError as e:
    print(traceback.format_exc())
    print(traceback.format_exception_only(type(e), e))
    tb = traceback.extract_tb(e.__traceback__)
    print([(f.name, f.lineno, f.line, f.colno, f.end_colno) for f in tb])
    te = traceback.TracebackException.from_exception(e, capture_locals=True)
    print("".join(te.format()).split("\n")[-5:])
    traceback.print_tb(e.__traceback__, limit=1, file=sys.stdout)
    traceback.print_exception(e, limit=-1, file=sys.stdout)
    print(te.exc_type_str, str(te), te.stack[0].locals is not None)
def rec(n):
    if n: return rec(n - 1)
    raise KeyError("deep")
try:
    rec(10)
except KeyError:
    print(traceback.format_exc())
print(traceback.format_list([("f.py", 3, "fn", "code()")]))
def stack(): return [f.name for f in traceback.extract_stack()]
print(stack())
print(traceback.format_exception(None), traceback.format_exception_only(None))
def long_repeated():
    f = lambda n: f(n - 1) + 1 if n else 1 / 0
    f(20)
try:
    long_repeated()
except ZeroDivisionError:
    print(traceback.format_exc())
