"""Compare the memory that a small object of each kind takes in two interpreters.

    python3 bench/memory.py --interpreter build/taipan --reference python3.14 [--count 200000] [--only TEXT…]

Each kind has a process of its own in each interpreter: it makes `count` objects, keeps them in a list that was made
before, and tells by how much the memory that only this process has grew (Private and Anonymous of
/proc/self/smaps_rollup), as bytes per object; what the object refers to and nobody else does is part of it. The limit is the
reference's figure, 16 bytes more for a kind that its collector does not track: there the free-threaded header is larger by as much.
The run fails when a kind exceeds its limit by more than --slack bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys

# name: (preparation, expression of i, headers without a collector's word in the reference). An expression that makes
# several such objects says how many.
KINDS: dict[str, tuple[str, str, int]] = {
    "int": ("", "i + 1000000", 1),
    "int_two_digits": ("", "i + (1 << 40)", 1),
    "int_big": ("", "(1 << 300) + i", 1),
    "float": ("", "i + 0.5", 1),
    "complex": ("", "complex(i, 1)", 1),
    "str_short": ("", "'%08d' % i", 1),
    "str_long": ("", "'%0100d' % i", 1),
    "str_latin1": ("", "'\\xe9%07d' % i", 1),
    "str_ucs2": ("", "'\\u20ac%07d' % i", 1),
    "bytes": ("", "b'%08d' % i", 1),
    "bytes_long": ("", "b'%0100d' % i", 1),
    "tuple1": ("", "(i & 1,)", 0),
    "tuple2": ("", "(i & 1, i & 3)", 0),
    "tuple3": ("", "(i & 1, i & 3, None)", 0),
    "list0": ("", "[]", 0),
    "list1": ("", "[i & 1]", 0),
    "list3": ("", "[i & 1, i & 3, None]", 0),
    "list_appended": ("", "[None for _ in range(10)]", 0),
    "dict0": ("", "{}", 0),
    "dict1": ("", "{'a': 1}", 0),
    "dict3": ("", "{'a': 1, 'b': 2, 'c': 3}", 0),
    "dict_int_keys": ("", "{1: 1, 2: 2, 3: 3}", 0),
    "dict10": ("", "{k: k for k in range(10)}", 0),
    "set0": ("", "set()", 0),
    "set3": ("", "{1, 2, 3}", 0),
    "set10": ("", "set(range(10))", 0),
    "frozenset3": ("", "frozenset((1, 2, i & 7))", 0),
    "object": ("", "object()", 1),
    "slots0": ("class A: __slots__ = ()", "A()", 1),
    "slots2": ("class A:\n    __slots__ = 'x', 'y'\n    def __init__(self): self.x = 1; self.y = 2", "A()", 0),
    "instance0": ("class A: pass", "A()", 0),
    "instance2": ("class A:\n    def __init__(self): self.x = 1; self.y = 2", "A()", 0),
    "instance6": ("class A:\n    def __init__(self): self.a = self.b = self.c = self.d = self.e = self.f = 1", "A()", 0),
    "instance_dict": ("class A:\n    def __init__(self): self.x = 1; self.__dict__", "A()", 0),
    "function": ("space = {}", "eval('lambda: 1', space)", 0),
    "lambda": ("", "lambda: 1", 0),
    "closure": ("def make(x): return lambda: x", "make(1)", 0),
    "bound_method": ("class A:\n    def f(self): pass\na = A()", "a.f", 0),
    "bound_builtin": ("x = []", "x.append", 0),
    "generator": ("def g(): yield 1", "g()", 0),
    "generator_started": ("def g(): yield 1\ndef make(): v = g(); next(v); return v", "make()", 0),
    "generator_expression": ("r = (1,)", "(x for x in r)", 0),
    "coroutine": ("import warnings; warnings.simplefilter('ignore')\nasync def g(): pass", "g()", 0),
    "async_generator": ("async def g(): yield 1", "g()", 0),
    "range": ("", "range(5)", 1),
    "slice": ("", "slice(1, 2)", 0),
    "list_iterator": ("r = [1]", "iter(r)", 0),
    "dict_iterator": ("r = {1: 1}", "iter(r)", 0),
    "dict_items": ("r = {1: 1}", "r.items()", 0),
    "range_iterator": ("r = range(5)", "iter(r)", 1),
    "enumerate": ("r = ()", "enumerate(r)", 0),
    "zip": ("r = ()", "zip(r, r)", 0),
    "map": ("r = ()", "map(len, r)", 0),
    "chain": ("import itertools", "itertools.chain((), ())", 0),
    "islice": ("import itertools", "itertools.islice((), 5)", 0),
    "partial": ("import functools", "functools.partial(int, 5)", 0),
    "datetime": ("import datetime", "datetime.datetime(2024, 5, 6)", 1),
    "date": ("import datetime", "datetime.date(2024, 5, 6)", 1),
    "time": ("import datetime", "datetime.time(5, 6)", 1),
    "timedelta": ("import datetime", "datetime.timedelta(i)", 1),
    "decimal": ("from decimal import Decimal", "Decimal('1.25')", 1),
    "fraction": ("from fractions import Fraction", "Fraction(3, 7)", 0),
    "deque": ("import collections", "collections.deque((1, 2))", 0),
    "bytearray": ("", "bytearray(b'%08d' % i)", 1),
    "bytearray0": ("", "bytearray()", 1),
    "array": ("import array", "array.array('i', (1, 2, 3, 4))", 1),
    "exception": ("", "ValueError('bad')", 0),
    "exception_caught": ("def make():\n    try: raise ValueError('bad')\n    except ValueError as e: return e", "make()", 0),
    "weakref": ("class A: __slots__ = '__weakref__'\ndef make(): a = A(); return (a, weakref.ref(a))\nimport weakref", "make()", 0),
    "weakref_callback": ("class A: pass\na = A()\nimport weakref\ndef f(r): pass", "weakref.ref(a, f)", 0),
    "property": ("def f(s): pass", "property(f)", 0),
    "classmethod": ("def f(s): pass", "classmethod(f)", 0),
    "staticmethod": ("def f(s): pass", "staticmethod(f)", 0),
    "namedtuple": ("import collections; P = collections.namedtuple('P', 'x y')", "P(1, 2)", 0),
    "dataclass": ("import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\n    y: int", "A(1, 2)", 0),
    "dataclass_slots": ("import dataclasses\n@dataclasses.dataclass(slots=True)\nclass A:\n    x: int\n    y: int", "A(1, 2)", 0),
    "int_subclass": ("class I(int): __slots__ = ()", "I(5)", 1),
    "str_subclass": ("class S(str): __slots__ = ()", "S('abcd')", 1),
    "dict_subclass": ("class D(dict): pass", "D(a=1)", 0),
    "list_subclass": ("class L(list): pass", "L((1,))", 0),
    "tuple_subclass": ("class T(tuple): __slots__ = ()", "T((1,))", 0),
    "enum_member": ("import enum", "E.__dict__['_member_map_'] and enum.Enum('E', [('M%d' % k, k) for k in range(100)])", 0),
    "simple_namespace": ("from types import SimpleNamespace", "SimpleNamespace(x=1, y=2)", 0),
    "path": ("import pathlib", "pathlib.PurePosixPath('/a/b')", 0),
    "memoryview": ("b = bytes(8)", "memoryview(b)", 0),
    "cell": ("import types", "types.CellType(1)", 0),
    "mapping_proxy": ("import types; d = {}", "types.MappingProxyType(d)", 0),
    "generic_alias": ("", "list[int]", 0),
    "union": ("", "int | str", 0),
    "super": ("class A: pass\na = A()", "super(A, a)", 0),
    "module": ("import types", "types.ModuleType('m')", 0),
    "class": ("", "type('C', (), {})", 0),
    "class_body": ("def make():\n    class C:\n        x = 1\n        def f(self): pass\n        def g(self): pass\n    return C", "make()", 0),
    "code": ("s = 'x = 1\\ndef f(a): return a + 1\\n'", "compile(s, 'f', 'exec')", 2),
    "defaultdict": ("import collections", "collections.defaultdict(list)", 0),
    "ordered_dict": ("import collections", "collections.OrderedDict(a=1)", 0),
    "counter": ("import collections", "collections.Counter('ab')", 0),
    "match": ("import re; p = re.compile('a(b)')", "p.match('ab')", 0),
    "lock": ("import threading", "threading.Lock()", 1),
    "rlock": ("import threading", "threading.RLock()", 1),
    "uuid": ("import uuid", "uuid.UUID(int=i)", 1),
    "stringio": ("import io", "io.StringIO()", 0),
    "bytesio": ("import io", "io.BytesIO(b'')", 0),
}
KINDS["enum_member"] = ("import enum", "enum.Enum('E', [('M%d' % k, k) for k in range(50)])", 0)

# Kinds that are made in smaller numbers, and how many each expression makes of them.
FEWER = {"class": 100, "class_body": 100, "enum_member": 1000, "module": 10, "code": 20, "function": 4}

PROGRAM = """
import gc, sys
def memory():
    total = 0
    with open('/proc/self/smaps_rollup') as file:
        for line in file:
            if line.startswith(('Private_Dirty:', 'Private_Clean:')):
                total += int(line.split()[1]) * 1024
    return total
{preparation}
def fill(kept, count):
    for i in range(count):
        kept[i] = {expression}
memory(); fill([None] * 50, 50); gc.collect()
gc.disable() if {frozen} else None
count = {count}
kept = [None] * count
before = memory()
fill(kept, count)
after = memory()
print((after - before) / count)
sys.stdout.flush()
import os
os._exit(0)
"""


def measure(command: list[str], name: str, count: int) -> float:
    preparation, expression, _ = KINDS[name]
    text = PROGRAM.format(preparation=preparation, expression=expression, count=count, frozen=name in FEWER)
    env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*command, "-c", text], capture_output=True, text=True, env=env, timeout=120)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])
    return float(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreter", default="build/taipan")
    parser.add_argument("--reference", default="python3.14")
    parser.add_argument("--count", type=int, default=200000)
    parser.add_argument("--slack", type=float, default=2.0, help="bytes that a page's header and rounding may cost")
    parser.add_argument("--only", nargs="*", default=[], help="only kinds whose name contains one of these")
    parser.add_argument("--json", type=pathlib.Path, help="write the measurements to this file")
    options = parser.parse_args()
    ours_command, theirs_command = (
        [str(pathlib.Path(words[0]).resolve()), *words[1:]] if os.path.exists(words[0]) else words
        for words in (shlex.split(options.interpreter), shlex.split(options.reference))
    )
    rows: dict[str, dict[str, float]] = {}
    failures: list[str] = []
    over: list[tuple[float, str]] = []
    print(f"{'kind':24} {'taipan':>9} {'reference':>9} {'limit':>9}")
    for name, (_, _, headers) in KINDS.items():
        if options.only and not any(text in name for text in options.only):
            continue
        count = max(20, options.count // FEWER.get(name, 1))
        try:
            ours, theirs = measure(ours_command, name, count), measure(theirs_command, name, count)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            failures.append(name)
            print(f"{name:24} FAILED  {error}", flush=True)
            continue
        limit = theirs + 16 * headers
        good = ours <= limit + options.slack + limit / 100
        rows[name] = {"taipan": ours, "reference": theirs, "limit": limit}
        if not good:
            over.append((ours / limit, name))
        print(f"{name:24} {ours:9.1f} {theirs:9.1f} {limit:9.1f}  {'ok' if good else 'OVER'}", flush=True)
    over.sort(reverse=True)
    print("\nover the limit, worst first: " + (", ".join(f"{name} {ratio:.2f}" for ratio, name in over) or "none"))
    print(f"{len(rows)} kinds, {len(failures)} failed, {len(over)} over the limit")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    return bool(failures or over)


if __name__ == "__main__":
    sys.exit(main())
