def f(n):
    try:
        if n == 0: raise ValueError
        if n == 1: raise KeyError
        raise OSError
    except ValueError, KeyError:
        return "either"
    except OSError:
        return "os"
print(f(0), f(1), f(2))
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
except* ValueError, TypeError:
    print("star without parentheses")
for source in ("try: pass\nexcept A, B as e: pass", "try: pass\nexcept* A, B as e: pass", "try: pass\nexcept A, B,: pass", "try: pass\nexcept: pass\nexcept A: pass", "try: pass", "try: pass\nelse: pass", "except: pass", "try:\npass\nexcept: pass"):
    try:
        compile(source, "s", "exec")
        print("compiled", repr(source))
    except SyntaxError as e:
        print(repr(source), type(e).__name__, e.msg)
