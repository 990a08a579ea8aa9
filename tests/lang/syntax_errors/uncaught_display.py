import subprocess
import sys

for source in ("x = (1,\n  2\n", "def f(:\n  pass", "if True\n    x = 1", "print 'hello'", "x = 'unterminated", "a = 1\n    b = 2", "for i in range(3) print(i)", "f(a, b c)", "été = 1 +* 2", "class A:\n\tdef f(self):\n        pass", "x = {1: 2, 3: }", "return 5", "raise = 1", "def f(a, a): pass", "'''abc\ndef", "x = 0b12", "import os, sys as", "foo(bar=1, bar=2)", "lambda x: yield = 1", "while True print(1)", "a.b.c = = 1", "try:\n  x\ny = 1", "x = [i for i in range(3) if]", "frm os import path", "improt sys", "whille True:\n  pass", "defn f():\n  pass", "async for x in y: pass", "x = 1 if True esle 2"):
    r = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    print(r.returncode, r.stderr, sep="\n")
