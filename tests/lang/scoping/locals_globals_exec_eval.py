def f(a):
    b = 2
    snapshot = locals()
    snapshot["c"] = 3
    b = 20
    try:
        c
    except NameError as e:
        print(e)
    return snapshot["b"], sorted(snapshot), locals() is not snapshot


print(f(1))
ns = {"v": 5}
exec("w = v + 1\ndef g(): return w + v", ns)
print(ns["w"], ns["g"](), "__builtins__" in ns, eval("v * w", ns), eval("[v for _ in range(2)]", ns))
loc = {}
exec("x = 1\ny = x + q", {"q": 41}, loc)
print(loc)


def local_exec():
    z = 1
    exec("z = 2")
    return z, eval("z + 1")


print(local_exec())
code = compile("a + b", "<expr>", "eval")
print(eval(code, {"a": 1, "b": 2}), code.co_filename, code.co_name)
print(eval(" 1 + 1 "), exec("pass"), eval("lambda: 5")(), eval(b"'bytes'"))
for bad in (
    "eval('x = 1')",
    "exec('1 +')",
    "eval('')",
    "eval('1\\n2')",
    "eval('a', {}, 1)",
    "exec('', 1)",
    "compile('x', 'f', 'single', 1 << 30)",
    "eval(compile('x=1', 'f', 'exec'))",
    "eval('nope', {})",
    "eval('len', {'__builtins__': {}})",
    "exec('import os', {'__builtins__': {}})",
    "eval(1)",
    "exec('\\0')",
):
    try:
        print(bad, eval(bad))
    except Exception as e:
        print(bad, "|", type(e).__name__, "|", str(e).split(" (")[0])
exec(compile("5 * 5", "f", "single"))
print("g" in globals(), globals() is globals(), globals()["f"] is f)


class M(dict):
    def __missing__(self, k):
        return k.upper()


print(eval("abc + d", {}, M()))
import builtins


def closure_exec():
    n = 1

    def inner():
        return n

    return inner


import types

exec(closure_exec().__code__, {}, closure=(types.CellType(9),))
try:
    exec(closure_exec().__code__)
except TypeError as e:
    print(e)
