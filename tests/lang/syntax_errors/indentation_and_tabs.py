sources = ["if 1:\n  a\n b", "  x", "if 1:\nx", "if 1:\n\tx\n        y", "if 1:\n        x\n\ty", "def f():\n  x\n    y", "class A:\n", "for i in x:\n# comment\ny", "if 1:\n  pass\n else:\n  pass", "while 1:", "x\n\n  y", "def f():\n    if 1:\n        x\n      y", "try:\n  x\nexcept:\ny", "with a:\npass", "match x:\ncase 1: pass", "match x:\n  case 1:\n  pass", "if 1: x\n  y", "\n\n   \n  # c\nx\n", "if 1:\n  x\n\t\ty", "else:\n  x", "if a:\n  pass\nelif b:\npass", "async def f():\npass", "lambda:\n  x", "class A:\n  def f(self):\n  pass", "finally:\n  pass", "try:\nx\nfinally: y", "@x\n  def f(): pass", "for x in y:\n  pass\nelse:\npass"]
for s in sources:
    try:
        compile(s, "s", "exec")
        print("OK  ", repr(s))
    except SyntaxError as e:
        print(type(e).__name__, repr(s), "|", e.msg, "|", e.lineno, e.offset)
deep = "\n".join(" " * i + "if 1:" for i in range(101))
try:
    compile(deep, "s", "exec")
except SyntaxError as e:
    print(type(e).__name__, e.msg)
for s in ("(" * 201 + ")" * 201, "x = " + "(" * 300):
    try:
        compile(s, "s", "exec")
        print("compiled")
    except (SyntaxError, MemoryError) as e:
        print(type(e).__name__, e.msg if isinstance(e, SyntaxError) else e)
nested = "".join("  " * i + "for a in b:\n" for i in range(22)) + "  " * 22 + "pass\n"
try:
    compile(nested, "s", "exec")
    print("compiled")
except SyntaxError as e:
    print(e.msg)
