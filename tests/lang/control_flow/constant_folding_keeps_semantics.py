print(1 + 2 * 3, "a" * 3, (1, 2) + (3,), -5 // 2, 2**10, not True, 1 if True else 2, "abc"[1], (1, 2, 3)[-1], [1, 2][0], 5 and 0 or 7, 1 < 2 < 3, "x" in "xyz", 3 in (1, 2, 3), 2 in [1, 2], {1: 2}[1])
for e in ("1 / 0", "1 % 0", "'a' * -1", "(1, 2)[5]", "'abc'[10]", "1 << 10000000000", "2 ** 100000 % 7", "-'a'", "1 + 'a'", "'%s %s' % (1,)", "~1.5", "() * 10 ** 3", "'x' * 10000"):
    try:
        r = eval(e)
        print(e, r if len(str(r)) < 50 else len(str(r)))
    except Exception as x:
        print(e, type(x).__name__, x)
def f():
    if 0: return "dead"
    while 0: return "dead"
    if not __debug__: return "dead"
    if 1: x = "live"
    while 1: break
    return x
print(f())
def g():
    return 1
    yield 2
print(list(g()), (lambda: (yield))().__class__.__name__)
def h(x):
    "doc"
    ...
    None
    5
    "string statement"
    return (x, 1, 2, (3, 4), "a" "b", b"c" b"d", -1, 1j * 2, frozenset({1}))
print(h(0), h.__doc__)
print(0.0 == -0.0, [0.0, -0.0], (0.0, -0.0), 0.0 is 0.0, [1, 1.0, True], (1, 1.0, True), {1, 1.0}, f"{-0.0}", (-0.0,), -0.0 + 0, 1e1000, -1e1000, 1e1000 - 1e1000)
import warnings
for s in ("1 is 1", "'a' is x", "1()", "[1]()", "(1)[2]", "'a'[b]", "1[2]", "() is ()", "None()", "f'x'()", "[1, 2][1.5]", "{}[1]", "{1}[0]", "x is not -1", "assert (x, 'm')", "(1, 2)('a')", "[(1, 2) (3, 4)]", "lambda: 1()", "'x'.y()", "True()", "...()", "1.5 is x", "x == 1 is True"):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try: compile(s, "s", "exec")
        except SyntaxError as e: print(s, e)
    print(s, [str(x.message) for x in w])
