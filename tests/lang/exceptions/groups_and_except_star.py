eg = ExceptionGroup("top", [ValueError("v"), ExceptionGroup("nested", [KeyError("k"), TypeError("t")]), OSError("o")])
print(repr(eg), eg.message, len(eg.exceptions), str(eg))
try:
    raise eg
except* (ValueError, KeyError) as e:
    print("first", repr(e))
except* TypeError as e:
    print("second", repr(e))
except* OSError:
    print("third")
else:
    print("never")
finally:
    print("finally")
m, r = eg.split(ValueError)
print(
    repr(m),
    repr(r),
    repr(eg.subgroup(lambda e: isinstance(e, KeyError))),
    eg.subgroup(MemoryError),
    eg.split(MemoryError)[0],
    repr(eg.derive([ValueError()])),
)
try:
    try:
        raise eg
    except* KeyError:
        pass
except ExceptionGroup as rest:
    print("rest", repr(rest))
try:
    raise ValueError("naked")
except* ValueError as e:
    print("wrapped", repr(e))
try:
    try:
        raise ExceptionGroup("g", [ValueError("a"), TypeError("b")])
    except* ValueError:
        raise RuntimeError("new")
    except* TypeError:
        raise
except ExceptionGroup as e:
    print(repr(e))
try:
    try:
        raise ExceptionGroup("g", [ValueError("a")])
    except* ValueError as e:
        raise
except ExceptionGroup as e:
    print("reraised", repr(e))
print(
    type(BaseExceptionGroup("b", [ValueError()])).__name__,
    type(BaseExceptionGroup("b", [KeyboardInterrupt()])).__name__,
)
for bad in (
    "ExceptionGroup('x', [])",
    "ExceptionGroup('x', 5)",
    "ExceptionGroup('x', [5])",
    "ExceptionGroup(1, [ValueError()])",
    "ExceptionGroup('x', [KeyboardInterrupt()])",
    "ExceptionGroup('x')",
    "eg.split(5)",
    "eg.message = 5",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as x:
        print(bad, type(x).__name__, x)


class MyG(ExceptionGroup):
    def derive(self, excs):
        return MyG("derived " + self.message, excs)


g = MyG("mine", [ValueError(1), TypeError(2)])
print(repr(g.split(ValueError)[0]), type(g.subgroup(TypeError)).__name__)
try:
    try:
        raise g
    except* ExceptionGroup:
        pass
except TypeError as e:
    print(e)
try:
    try:
        raise ExceptionGroup("a", [ValueError()])
    except* 5:
        pass
except BaseException as e:
    print(type(e).__name__, e)
for source in (
    "try: pass\nexcept* ValueError: pass\nexcept KeyError: pass",
    "try: pass\nexcept*: pass",
    "def f():\n try: pass\n except* A:\n  return 1",
    "for i in x:\n try: pass\n except* A:\n  break",
    "try: pass\nexcept* A: continue",
):
    try:
        compile(source, "s", "exec")
    except SyntaxError as e:
        print(repr(source), e.msg)
