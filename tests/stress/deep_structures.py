"""Shapes nested a hundred thousand deep: each must end normally or in a Python exception, never in a crash or a hang.

    INTERPRETER tests/stress/deep_structures.py [--depth 100000] [NAME…]

Every shape runs in a process of its own. Prints the shapes that died and "N passed, N failed".
"""

import argparse
import subprocess
import sys

BUILD = """
import sys
N = {depth}
def nest(make, x=None):
    for _ in range(N):
        x = make(x)
    return x
class Slot:
    __slots__ = ("next",)
    def __init__(self, next): self.next = next
class Inst:
    def __init__(self, next): self.next = next
lists = lambda: nest(lambda x: [x])
tuples = lambda: nest(lambda x: (x,))
dicts = lambda: nest(lambda x: {{1: x}})
"""
SHAPES = {
    "free list": "del_ = lists(); del del_",
    "free tuple": "t = tuples(); del t",
    "free dict": "d = dicts(); del d",
    "free slots": "s = nest(Slot); del s",
    "free instances": "s = nest(Inst); del s",
    "free closures": "f = nest(lambda x: lambda: x); del f",
    "free partials": "import functools\nf = nest(lambda x: functools.partial(print, x)); del f",
    "free bound methods": "class C:\n def m(self): pass\nimport types\nf = nest(lambda x: types.MethodType(print, x or 1)); del f",
    "free exceptions": "e = None\nfor _ in range(N):\n new = ValueError(); new.__context__ = e; e = new\ndel e, new",
    "free generators": "def g(x):\n yield x\nx = None\nfor _ in range(N):\n n = g(x); next(n); x = n\ndel x, n",
    "free iterators": "x = nest(lambda x: iter([x])); del x",
    "free million": "x = None\nfor _ in range(10 * N): x = (x, 1)\ndel x",
    "free cycle": "import gc\nx = head = [None]\nfor _ in range(N): x = [x]\nhead[0] = x\ndel x, head\ngc.collect()",
    "free in thread": "import threading\nx = [lists()]\nt = threading.Thread(target=x.clear); t.start(); t.join()",
    "free weakref": "import weakref\nx = nest(Inst)\nr = weakref.ref(x)\ndel x\nassert r() is None",
    "free deque": "from collections import deque\nx = nest(lambda x: deque([x])); del x",
    "free set": "x = frozenset()\nfor _ in range(N): x = frozenset([x])\ndel x",
    "repr list": "repr(lists())",
    "repr tuple": "repr(tuples())",
    "repr dict": "repr(dicts())",
    "str of instance": "class R:\n def __init__(self, x): self.x = x\n def __repr__(self): return f'R({{self.x!r}})'\nrepr(nest(R))",
    "ascii": "ascii(lists())",
    "compare list": "lists() == lists()",
    "compare tuple": "tuples() < tuples()",
    "compare dict": "dicts() == dicts()",
    "hash tuple": "hash(tuples())",
    "hash frozenset": "hash(nest(lambda x: frozenset([hash(x)])))",
    "sort nested": "sorted([tuples(), tuples()])",
    "in nested": "lists() in [lists()]",
    "pickle dumps": "import pickle; pickle.dumps(lists())",
    "pickle loads": "import pickle; pickle.loads(b']' * N + b'a' * (N - 1) + b'.')",
    "pickle python": "import pickle; pickle._dumps(lists())",
    "marshal dumps": "import marshal; marshal.dumps(lists())",
    "marshal loads": "import marshal; marshal.loads(b'[\\x01\\0\\0\\0' * N + b'N')",
    "deepcopy": "import copy; copy.deepcopy(lists())",
    "json dumps": "import json; json.dumps(lists())",
    "json dumps dict": "import json; json.dumps(dicts())",
    "json loads": "import json; json.loads('[' * N + ']' * N)",
    "json loads dict": "import json; json.loads('{{\"a\":' * N + '1' + '}}' * N)",
    "literal_eval": "import ast; ast.literal_eval('[' * N + ']' * N)",
    "ast list": "import ast; ast.parse('[' * N + ']' * N)",
    "ast from python": "import ast\nx = ast.Constant(1)\nfor _ in range(N): x = ast.UnaryOp(ast.Not(), x)\ncompile(ast.fix_missing_locations(ast.Expression(x)), 's', 'eval')",
    "ast dump": "import ast\nx = ast.Constant(1)\nfor _ in range(N): x = ast.UnaryOp(ast.Not(), x)\nast.dump(x)",
    "source parens": "compile('(' * N + ')' * N, 's', 'exec')",
    "source unary": "compile('-' * N + '1', 's', 'exec')",
    "source binary": "compile('1' + '+1' * N, 's', 'exec')",
    "source right binary": "compile('1' + '**1' * N, 's', 'exec')",
    "source calls": "compile('f' + '()' * N, 's', 'exec')",
    "source attributes": "compile('f' + '.a' * N, 's', 'exec')",
    "source lambda": "compile('lambda:' * N + '1', 's', 'exec')",
    "source ternary": "compile('1 if 1 else ' * N + '1', 's', 'exec')",
    "source elif": "compile('if 1: pass\\n' + 'elif 1: pass\\n' * N, 's', 'exec')",
    "source nested blocks": "compile(''.join(' ' * i + 'if 1:\\n' for i in range(2000)) + ' ' * 2000 + 'pass', 's', 'exec')",
    "source nested functions": "compile(''.join(' ' * i + 'def f():\\n' for i in range(900)) + ' ' * 900 + 'pass', 's', 'exec')",
    "source fstring": "compile('f\\'{{' * 500 + '1' + '}}\\'' * 500, 's', 'exec')",
    "source pattern": "compile('match x:\\n case ' + '[' * N + ']' * N + ': pass', 's', 'exec')",
    "regex groups": "import re; re.compile('(?:' * N + ')' * N)",
    "regex match": "import re; re.match('(?:(?:a)*b)*', 'aab' * N)",
    "regex alternation": "import re; re.match('(a|b)*c', 'ab' * N)",
    "mro chain": "class A: pass\nfor _ in range(min(N, 3000)): A = type('A', (A,), {{}})\nA().x if hasattr(A(), 'x') else 0",
    "isinstance nested": "x = int\nfor _ in range(N): x = (x, str)\nisinstance(1.5, x)",
    "union": "x = int\nfor i in range(2000): x = x | type(f't{{i}}', (), {{}})\nisinstance(1.5, x)",
    "getattr chain": "class A:\n def __getattr__(self, n): return getattr(self, n + 'x')\nA().y",
    "getattribute": "class A:\n def __getattribute__(self, n): return getattr(self, n)\nA().y",
    "property chain": "class A:\n @property\n def y(self): return self.y\nA().y",
    "call chain": "class A:\n def __call__(self): return self()\nA()()",
    "eq chain": "class A:\n def __eq__(self, o): return o == self\nA() == A()",
    "hash chain": "class A:\n def __hash__(self): return hash(self)\nhash(A())",
    "iter chain": "class A:\n def __iter__(self): return iter(self)\nlist(A())",
    "next chain": "it = iter([1])\nfor _ in range(N): it = map(abs, it)\nlist(it)",
    "chain chain": "import itertools\nit = iter([1])\nfor _ in range(N): it = itertools.chain(it)\nlist(it)",
    "generator chain": "def g(x):\n yield from x\nx = [1]\nfor _ in range(N): x = g(x)\nlist(x)",
    "coroutine chain": "async def f(n): return await f(n + 1)\ntry: f(0).send(None)\nexcept RecursionError: pass",
    "str.format": "'{{0' .format(1) if 0 else '{{:' + '{{' * N\ntry: ('{{:' * N + '}}' * N).format(*range(N))\nexcept ValueError: pass",
    "sys.settrace": "import sys\ndef t(*a): return t\nsys.settrace(t)\ndef f(): f()\ntry: f()\nexcept RecursionError: pass",
    "del chain": "class A:\n def __del__(self): self.n = None\nx = None\nfor _ in range(N):\n a = A(); a.n = x; x = a\ndel x, a",
    "abc": "import abc\nclass A(abc.ABC):\n @classmethod\n def __subclasshook__(cls, c): return issubclass(c, cls)\nissubclass(int, A)",
    "deep recursion limit": "import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1) if n < 10 * N else n\nf(0)",
    "c recursion limit": "import sys\nsys.setrecursionlimit(10**9)\nx = lists()\nrepr(x)",
    "sum of lists": "x = [1]\nfor _ in range(300): x = [x, x]\ntry: hash(tuple(map(id, x)))\nexcept RecursionError: pass",
    "traceback": "import traceback\ne = None\nfor _ in range(3000):\n new = ValueError(); new.__context__ = e; e = new\n''.join(traceback.format_exception(e))[:10]",
    "exception group": "x = ExceptionGroup('g', [ValueError()])\nfor _ in range(N): x = ExceptionGroup('g', [x])\ntry: x.split(KeyError)\nexcept RecursionError: pass",
    "xml": "import xml.etree.ElementTree as E\nE.fromstring('<a>' * N + '</a>' * N)",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--depth", type=int, default=100_000)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--quick", action="store_true", help="a tenth of the depth")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    depth = options.depth // 10 if options.quick else options.depth
    passed = failed = 0
    for name, body in SHAPES.items():
        if options.names and not any(n in name for n in options.names):
            continue
        source = (
            BUILD
            + "try:\n    exec(BODY)\nexcept (RecursionError, MemoryError, SyntaxError, ValueError) as e:\n    pass\n"
        ).format(depth=depth)
        body = body.replace("{{", "{").replace("}}", "}")
        try:
            command = [sys.executable, "-c", f"BODY = {body!r}\n{source}"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout)
            good = done.returncode == 0
            why = f"exit code {done.returncode} {done.stderr.strip().splitlines()[-1:]}"
        except subprocess.TimeoutExpired:
            good, why = False, f"still running after {options.timeout:.0f} s"
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f"FAIL  {name}: {why}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
