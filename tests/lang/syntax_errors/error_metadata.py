"""Where suggestions of keywords begin to read: the private metadata of syntax errors."""

SOURCES = ["x = 1\nfro i in x: pass\n", "1 2", "(", "x = \n", "f(a b)", "x=3; y z", "return x y", "def f(x y): pass", "1+", "  x"]
for source in SOURCES:
    for mode in ("exec", "single", "eval"):
        try:
            compile(source, "f", mode)
        except SyntaxError as error:
            print(repr(source), mode, error.msg, error._metadata)

# Comprehensions that are part of their function count as nested blocks.
for depth in (21, 22):
    text = "i for i in r"
    for _ in range(depth - 1):
        text = "[" + text + "] for i in r"
    try:
        compile("x = [" + text + "]", "f", "exec")
        print("compiles")
    except SyntaxError as error:
        print(error.msg)
for s in ["from .__future__ import barry_as_FLUFL;2 <> 3", "from __future__ import barry_as_FLUFL;2 <> 3"]:
    try:
        compile(s, "f", "exec")
        print("compiles")
    except SyntaxError as error:
        print(error.args)
ns = {}
exec("from __future__ import annotations\ndef f(x: t'{a    +  b}', y: t'{ a!r:>{ w }}', z: t'{a = }', w: f'{a    + b}'): pass", ns)
print(ns["f"].__annotations__)
