"""Compare the speed of the hot builtins of two interpreters, snippet by snippet.

    python3 bench/builtins.py --interpreter build/taipan --reference python3.14 [--rounds 15] [--only TEXT…]
    build/profile/taipan bench/builtins.py --train

Each interpreter is one process that holds all snippets; the two take turns, a batch of a few milliseconds each, and the
best batch of each counts, in CPU time of the thread: other work on the machine hits both alike and is not counted. Both
run on the same core. A
ratio above 1 means that Taipan is faster. A run fails when a snippet fails, or when --least or --mean is not reached.
The second form only runs every snippet for a moment: it is part of what the profile of a release build is made from.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pathlib
import shlex
import subprocess
import sys
import time

BATCH = 0.004

# name: (preparation, statement). A statement is the body of a loop in a function; what the preparation binds is local
# to an enclosing one.
SNIPPETS: dict[str, tuple[str, str]] = {
    "dict.get_item": ("d = {str(i): i for i in range(100)}; k = '57'", "d[k]; d[k]; d[k]; d[k]"),
    "dict.get": ("d = {i: i for i in range(100)}", "d.get(5); d.get(77); d.get(1000); d.get(3, None)"),
    "dict.set_item": ("d = {}", "d['a'] = 1; d['b'] = 2; d['c'] = 3; d['a'] = 4"),
    "dict.build": ("keys = [str(i) for i in range(200)]", "d = {}\nfor k in keys: d[k] = k"),
    "dict.build_int": ("", "d = {}\nfor k in range(200): d[k] = k"),
    "dict.iterate": ("d = {i: i for i in range(200)}", "for k in d: pass"),
    "dict.items": ("d = {i: i for i in range(200)}", "for k, v in d.items(): pass"),
    "dict.contains": ("d = {i: i for i in range(100)}", "5 in d; 700 in d; 'a' in d"),
    "dict.copy": ("d = {i: i for i in range(100)}", "d.copy()"),
    "dict.update": ("a = {i: i for i in range(100)}; b = {i: i for i in range(50, 150)}", "c = dict(a); c.update(b)"),
    "dict.merge": ("a = {i: i for i in range(20)}; b = {i: i for i in range(10, 30)}", "a | b"),
    "dict.pop": ("d = {}", "d['a'] = 1; d.pop('a'); d.pop('b', None)"),
    "dict.setdefault": ("d = {}", "d.setdefault('a', []).append(1) if 0 else d.setdefault('a', 1)"),
    "dict.fromkeys": ("r = list(range(100))", "dict.fromkeys(r)"),
    "dict.tuple_keys": ("d = {(i, i + 1): i for i in range(100)}", "d[5, 6]; d[70, 71]"),
    "dict.list_of": ("d = {i: i for i in range(100)}", "list(d); list(d.items()); list(d.values())"),
    "dict.literal": ("x = 1", "{'a': x, 'b': 2, 'c': x}"),
    "dict.kwargs": ("x = 1", "dict(a=x, b=2, c=x)"),
    "set.add": ("r = list(range(100))", "s = set()\nfor i in r: s.add(i)"),
    "set.contains": ("s = set(range(100))", "5 in s; 700 in s; 77 in s"),
    "set.from_list": ("r = list(range(200))", "set(r)"),
    "set.operations": ("a = set(range(100)); b = set(range(50, 150))", "a & b; a | b; a - b; a ^ b"),
    "set.iterate": ("s = set(range(200))", "for i in s: pass"),
    "set.strings": ("r = [str(i) for i in range(200)]", "set(r)"),
    "frozenset.hash": ("r = list(range(50))", "hash(frozenset(r))"),
    "list.append": ("", "x = []\nfor i in range(100): x.append(i)"),
    "list.index_set": ("x = list(range(100))", "x[5] = x[7]; x[-1] = x[50]"),
    "list.slice": ("x = list(range(100))", "x[10:90]; x[:5]; x[::2]"),
    "list.slice_assign": ("x = list(range(100))", "x[10:20] = x[30:40]"),
    "list.extend": ("x = list(range(100))", "y = []; y.extend(x); y += x"),
    "list.pop": ("x = list(range(100))", "x.append(1); x.pop(); x.append(2); x.pop(0)"),
    "list.insert": ("", "x = []\nfor i in range(50): x.insert(0, i)"),
    "list.sort_sorted": ("x = list(range(1000))", "x.sort()"),
    "list.sort_ints": ("import random; random.seed(1); r = [random.random() for _ in range(500)]; r = [int(v * 10**6) for v in r]", "r[:].sort()"),
    "list.sort_floats": ("import random; random.seed(1); r = [random.random() for _ in range(500)]", "sorted(r)"),
    "list.sort_strings": ("import random; random.seed(1); r = [str(random.random()) for _ in range(500)]", "sorted(r)"),
    "list.sort_tuples": ("import random; random.seed(1); r = [(random.randrange(50), str(i)) for i in range(500)]", "sorted(r)"),
    "list.index": ("x = list(range(200))", "x.index(150); 199 in x; x.count(7)"),
    "list.concat": ("x = list(range(50))", "x + x; x * 4"),
    "list.compare": ("x = list(range(100)); y = list(range(100))", "x == y; x < y"),
    "list.reverse": ("x = list(range(100))", "x.reverse(); x[::-1]; list(reversed(x))"),
    "list.from_range": ("", "list(range(200))"),
    "list.iterate": ("x = list(range(200))", "for i in x: pass"),
    "tuple.build": ("a = 1; b = 2", "(a, b); (a, b, a); x, y = b, a"),
    "tuple.from_list": ("x = list(range(50))", "tuple(x)"),
    "tuple.hash": ("x = tuple(range(10)); y = ('a', 'b', 3)", "hash(x); hash(y); x == y"),
    "sorted.key_lambda": ("import random; random.seed(1); r = [random.random() for _ in range(200)]", "sorted(r, key=lambda v: -v)"),
    "sorted.key_itemgetter": ("import operator, random; random.seed(1); r = [(i, random.random()) for i in range(200)]; g = operator.itemgetter(1)", "sorted(r, key=g)"),
    "sorted.key_len": ("r = ['a' * (i * 7 % 31) for i in range(200)]", "sorted(r, key=len)"),
    "sorted.key_lower": ("r = ['aBc' * (i * 7 % 31) for i in range(200)]", "sorted(r, key=str.lower, reverse=True)"),
    "sorted.cmp_to_key": ("import functools; r = [i * 7919 % 101 for i in range(100)]; k = functools.cmp_to_key(lambda a, b: a - b)", "sorted(r, key=k)"),
    "min_max_sum": ("x = [i * 7919 % 1001 for i in range(200)]", "min(x); max(x); sum(x)"),
    "min_key": ("x = [i * 7919 % 1001 for i in range(100)]", "min(x, key=lambda v: -v); max(1, 2, 3)"),
    "sum_floats": ("x = [i * 0.5 for i in range(200)]", "sum(x)"),
    "any_all": ("x = [1] * 100; y = [0] * 100", "all(x); any(y)"),
    "str.find": ("s = 'the quick brown fox jumps over the lazy dog ' * 20 + 'needle'", "s.find('needle'); 'needle' in s; s.find('q'); s.rfind('quick')"),
    "str.find_char": ("s = 'a' * 1000 + 'b'", "s.find('b'); 'b' in s; s.index('b')"),
    "str.count": ("s = 'the quick brown fox jumps over the lazy dog ' * 20", "s.count('o'); s.count('the')"),
    "str.split": ("s = 'the quick brown fox jumps over the lazy dog ' * 5", "s.split(); s.split(' ')"),
    "str.split_short": ("s = 'a,b,c'", "s.split(','); s.partition(','); s.rsplit(',', 1)"),
    "str.splitlines": ("s = 'some line of text\\n' * 30", "s.splitlines()"),
    "str.join": ("x = [str(i) for i in range(200)]", "','.join(x)"),
    "str.join_short": ("a = 'abc'; b = 'de'", "'-'.join((a, b)); ''.join([a, b, a])"),
    "str.concat": ("a = 'abc'; b = 'de'", "a + b; a + 'xyz' + b"),
    "str.append": ("", "s = ''\nfor i in range(50): s += 'ab'"),
    "str.format": ("a = 'abc'; n = 42; f = 2.5", "'{} is {}'.format(a, n); '{:>10} {:05d} {:.2f}'.format(a, n, f)"),
    "str.percent": ("a = 'abc'; n = 42; f = 2.5", "'%s is %d' % (a, n); '%10s %05d %.2f' % (a, n, f)"),
    "str.fstring": ("a = 'abc'; n = 42", "f'{a} is {n}'; f'{a}{n}'; f'{a!r}'"),
    "str.fstring_spec": ("a = 'abc'; n = 42; f = 2.5", "f'{n:5d} {f:.3f} {a:>8}'; f'{n:x} {n:08b} {n:,}'"),
    "str.encode": ("s = 'hello world ' * 10; u = 'h\\xe9llo w\\u20acrld ' * 10", "s.encode(); u.encode(); s.encode('ascii'); s.encode('latin-1')"),
    "bytes.decode": ("s = b'hello world ' * 10; u = ('h\\xe9llo w\\u20acrld ' * 10).encode()", "s.decode(); u.decode(); s.decode('ascii'); s.decode('latin-1')"),
    "str.replace": ("s = 'the quick brown fox jumps over the lazy dog ' * 5", "s.replace('o', '0'); s.replace('the', 'a'); s.replace('zzz', 'y')"),
    "str.strip": ("s = '  hello  '", "s.strip(); s.lstrip(); s.rstrip('x '); s.removeprefix('  ')"),
    "str.case": ("s = 'Hello World, this is a Test'", "s.lower(); s.upper(); s.title(); s.capitalize()"),
    "str.test": ("s = 'Hello'", "s.startswith('He'); s.endswith('lo'); s.isalpha(); s.isdigit(); s.startswith(('a', 'H'))"),
    "str.index_slice": ("s = 'hello world'", "s[0]; s[-1]; s[2:5]; s[::-1]"),
    "str.iterate": ("s = 'hello world ' * 10", "for c in s: pass"),
    "str.compare": ("a = 'hello world'; b = 'hello worle'; c = 'hello' + ' world'", "a == b; a < b; a == c; a != b"),
    "str.hash_new": ("a = 'abc'; n = 'defgh'", "hash(a + n)"),
    "str.translate": ("s = 'hello world ' * 10; t = str.maketrans('lo', '01')", "s.translate(t)"),
    "str.ord_chr": ("", "ord('a'); chr(97); chr(0x20ac)"),
    "str.justify": ("s = 'abc'", "s.ljust(10); s.rjust(10, '*'); s.center(10); s.zfill(8)"),
    "str.repr": ("s = \"hello 'world'\"; u = 'plain text'", "repr(s); repr(u); str(u)"),
    "int.arith": ("a = 12345; b = 678", "a + b; a - b; a * b; a // b; a % b"),
    "int.bits": ("a = 12345; b = 7", "a & b; a | b; a ^ b; a << b; a >> b; ~a"),
    "int.two_digits": ("a = 2**45 + 7; b = 2**40 + 1", "a + b; a - b; a * b; a // b; a % b"),
    "int.pow": ("a = 7", "a ** 2; a ** 20; pow(a, 100, 1009)"),
    "int.compare": ("a = 12345; b = 678", "a < b; a == b; a >= b; a != b"),
    "int.loop": ("", "t = 0\nfor i in range(200): t += i"),
    "int.str": ("a = 5; b = 12345; c = -2**40", "str(a); str(b); str(c); repr(b)"),
    "int.parse": ("", "int('5'); int('12345'); int('-99999999999'); int('ff', 16)"),
    "int.format": ("a = 12345", "hex(a); bin(a); oct(a); format(a, 'x'); format(a, ',')"),
    "int.bytes": ("a = 2**40 + 77; b = a.to_bytes(8, 'little')", "a.to_bytes(8, 'little'); int.from_bytes(b, 'big'); a.bit_length(); a.bit_count()"),
    "int.divmod": ("a = 12345; b = 678", "divmod(a, b); abs(-a); round(a); int(2.7)"),
    "int.medium_mul": ("a = 3**200; b = 7**120", "a * b; a + b; a - b"),
    "int.medium_div": ("a = 3**400; b = 7**120", "a // b; a % b; divmod(a, b)"),
    "int.medium_str": ("a = 3**400", "str(a)"),
    "int.medium_parse": ("a = str(3**400)", "int(a)"),
    "int.medium_shift": ("a = 3**400", "a << 77; a >> 77; a & (a >> 3)"),
    "int.huge_mul": ("a = 3**40000; b = 7**30000", "a * b"),
    "int.huge_square": ("a = 3**40000", "a * a"),
    "int.huge_div": ("a = 3**40000; b = 7**10000", "a // b"),
    "int.huge_pow": ("", "3 ** 20000"),
    "int.huge_powmod": ("a = 3**600; b = 5**400; m = 7**350", "pow(a, b, m)"),
    "int.huge_gcd": ("import math; a = 6**1000; b = 10**800 + 3", "math.gcd(a, b)"),
    "int.huge_add": ("a = 3**40000; b = 7**30000", "a + b; a - b"),
    "int.million_str": ("import sys; sys.set_int_max_str_digits(0); a = 7**1183300", "str(a)"),
    "int.million_parse": ("import sys; sys.set_int_max_str_digits(0); a = '7' * 1000000", "int(a)"),
    "int.isqrt_comb": ("import math; a = 10**60", "math.isqrt(a); math.comb(60, 20); math.factorial(50)"),
    "float.arith": ("a = 1.5; b = 2.25", "a + b; a * b; a / b; a - b; a ** b; a // b; a % b"),
    "float.repr": ("a = 1.5; b = 3.141592653589793; c = 1e300", "repr(a); str(b); repr(c)"),
    "float.format": ("a = 3.14159; b = 12345.678", "f'{a:.2f}'; f'{b:10.3e}'; f'{a:g}'; '%.6f' % b"),
    "float.parse": ("", "float('1.5'); float('3.141592653589793'); float('1e300'); float(' -7 ')"),
    "float.round": ("a = 3.14159", "round(a, 2); round(a); int(a); a.is_integer()"),
    "float.hex": ("a = 3.14159; h = a.hex()", "a.hex(); float.fromhex(h); a.as_integer_ratio()"),
    "float.compare": ("a = 1.5; b = 2.25; n = 3", "a < b; a == b; a > n; n < a"),
    "complex.arith": ("a = 1 + 2j; b = 3 - 1j", "a * b; a + b; a / b; abs(a)"),
    "math.functions": ("import math; a = 1.5", "math.sqrt(a); math.sin(a); math.floor(a); math.hypot(a, a); math.log(a)"),
    "math.sums": ("import math; x = [i * 0.1 for i in range(100)]", "math.fsum(x); math.prod(x); math.sumprod(x, x)"),
    "struct.pack": ("import struct; s = struct.Struct('<IHBd')", "struct.pack('<IHBd', 1, 2, 3, 4.0); s.pack(1, 2, 3, 4.0)"),
    "struct.unpack": ("import struct; s = struct.Struct('<IHBd'); b = s.pack(1, 2, 3, 4.0)", "struct.unpack('<IHBd', b); s.unpack_from(b, 0)"),
    "struct.iter": ("import struct; b = bytes(800)", "for v in struct.iter_unpack('<II', b): pass"),
    "json.dumps": ("import json; o = {'a': [1, 2.5, None, True, 'text'] * 5, 'b': {'c': 'd' * 20, 'e': -7}}", "json.dumps(o)"),
    "json.dumps_indent": ("import json; o = {'a': [1, 2.5, None, True, 'text'] * 5, 'b': {'c': 'd' * 20, 'e': -7}}", "json.dumps(o, indent=2)"),
    "json.loads": ("import json; o = json.dumps({'a': [1, 2.5, None, True, 'text'] * 5, 'b': {'c': 'd' * 20, 'e': -7}})", "json.loads(o)"),
    "pickle.dumps": ("import pickle; o = {'a': [1, 2.5, None, True, 'text'] * 5, 'b': {'c': ('d', 7), 'e': b'x'}}", "pickle.dumps(o)"),
    "pickle.loads": ("import pickle; o = pickle.dumps({'a': [1, 2.5, None, True, 'text'] * 5, 'b': {'c': ('d', 7), 'e': b'x'}})", "pickle.loads(o)"),
    "pickle.instances": ("import pickle, fractions; o = [fractions.Fraction(i, 7) for i in range(10)]", "pickle.loads(pickle.dumps(o))"),
    "copy.deepcopy": ("import copy; o = {'a': [1, 2, 3], 'b': (1, [2])}", "copy.deepcopy(o); copy.copy(o)"),
    "marshal": ("import marshal; o = {'a': [1, 2.5, None, True, 'text'] * 5}", "marshal.loads(marshal.dumps(o))"),
    "re.match": (r"import re; p = re.compile(r'(\w+)\s+(\d+)'); s = 'hello   12345'", "p.match(s); p.match(s).group(1)"),
    "re.match_module": (r"import re; s = 'hello   12345'", r"re.match(r'(\w+)\s+(\d+)', s)"),
    "re.search": (r"import re; p = re.compile(r'\d+-\d+'); s = 'lorem ipsum dolor ' * 20 + '123-456'", "p.search(s)"),
    "re.search_literal": (r"import re; p = re.compile('needle'); s = 'lorem ipsum dolor ' * 20 + 'needle'", "p.search(s)"),
    "re.sub": (r"import re; p = re.compile(r'o(\w)'); s = 'lorem ipsum dolor ' * 5", r"p.sub(r'0\1', s); p.sub('x', s)"),
    "re.sub_function": (r"import re; p = re.compile(r'[aeiou]'); s = 'lorem ipsum dolor ' * 3", "p.sub(lambda m: m[0].upper(), s)"),
    "re.findall": (r"import re; p = re.compile(r'\w+'); s = 'lorem ipsum dolor ' * 20", "p.findall(s)"),
    "re.finditer": (r"import re; p = re.compile(r'(?P<w>\w+) (?P<v>\w+)'); s = 'lorem ipsum dolor ' * 5", "for m in p.finditer(s): m['w']"),
    "re.split": (r"import re; p = re.compile(r'[,;]\s*'); s = 'a, b; c,d;e ' * 10", "p.split(s)"),
    "re.alternation": (r"import re; p = re.compile(r'(?:cat|dog|bird|fish)+x'); s = 'catdogbirdfish' * 10", "p.search(s)"),
    "re.ignorecase": (r"import re; p = re.compile(r'hello [a-z]+', re.I); s = 'xyz ' * 50 + 'HELLO World'", "p.search(s)"),
    "re.lazy": (r"import re; p = re.compile(r'<(.*?)>'); s = '<abc> text <defgh>' * 5", "p.findall(s)"),
    "re.compile": ("import re", r"re.compile(r'(\w+)\s*=\s*(?:\"([^\"]*)\"|(\d+))'); re.purge()"),
    "re.compile_cached": ("import re", r"re.compile(r'(\w+)\s+(\d+)')"),
    "bytes.operations": ("a = b'hello world'; b = b'abc'", "a + b; a[2:5]; a[0]; a.find(b'wor'); b * 3"),
    "bytes.split_join": ("a = b'the quick brown fox ' * 5", "b','.join(a.split()); a.replace(b'o', b'0')"),
    "bytes.hex": ("a = bytes(range(64)); h = a.hex()", "a.hex(); bytes.fromhex(h)"),
    "bytes.build": ("x = list(range(100))", "bytes(x); bytes(20); bytearray(x)"),
    "bytes.iterate": ("a = bytes(range(200))", "for i in a: pass"),
    "bytearray.append": ("", "b = bytearray()\nfor i in range(50): b.append(i)"),
    "bytearray.extend": ("a = b'hello world'", "b = bytearray(); b += a; b.extend(a); b[2:4] = a; del b[:3]; bytes(b)"),
    "memoryview": ("a = bytes(100)", "m = memoryview(a); m[5]; m[2:50].tobytes(); m.cast('I')[3]"),
    "comprehension.list": ("r = range(100)", "[i for i in r]; [i * 2 for i in r if i & 1]"),
    "comprehension.dict": ("r = range(100)", "{i: i for i in r}"),
    "comprehension.set": ("r = range(100)", "{i & 31 for i in r}"),
    "comprehension.nested": ("r = range(10)", "[(i, j) for i in r for j in r]"),
    "generator.expression": ("r = range(100)", "sum(i for i in r); list(i for i in r)"),
    "generator.function": ("def g(n):\n    for i in range(n): yield i", "for i in g(100): pass"),
    "generator.send": ("def g():\n    x = 0\n    while True: x = yield x\nc = g(); next(c); s = c.send", "s(1); s(2); s(3)"),
    "generator.yield_from": ("def g(n): yield from range(n)\ndef h(n): yield from g(n)", "for i in h(50): pass"),
    "generator.create": ("def g(): yield 1", "next(g()); list(g())"),
    "coroutine.await": ("async def f(): return 1\nasync def g(): return await f() + await f()", "try: g().send(None)\nexcept StopIteration: pass"),
    "isinstance": ("class A: pass\nclass B(A): pass\nb = B()", "isinstance(b, A); isinstance(b, (int, str)); isinstance(5, int); issubclass(B, A)"),
    "isinstance.abc": ("from collections.abc import Mapping; d = {}; x = []", "isinstance(d, Mapping); isinstance(x, Mapping)"),
    "isinstance.union": ("u = int | str", "isinstance(5, u); isinstance('a', u); isinstance(2.5, u)"),
    "type_call": ("x = 5", "type(x); type(x) is int; callable(x); id(x); hash(x)"),
    "attribute.instance": ("class A:\n    def __init__(self): self.x = 1; self.y = 2\na = A()", "a.x; a.y; a.x = a.y"),
    "attribute.slots": ("class A:\n    __slots__ = 'x', 'y'\na = A(); a.x = 1; a.y = 2", "a.x; a.y; a.x = a.y"),
    "attribute.property": ("class A:\n    @property\n    def x(self): return 1\na = A()", "a.x; a.x"),
    "attribute.property_set": ("class A:\n    @property\n    def x(self): return 1\n    @x.setter\n    def x(self, v): pass\na = A()", "a.x = 1; a.x = 2"),
    "attribute.getattr_hook": ("class A:\n    def __getattr__(self, n): return n\na = A()", "a.x; a.y"),
    "attribute.getattribute": ("class A:\n    x = 1\n    def __getattribute__(self, n): return object.__getattribute__(self, n)\na = A()", "a.x"),
    "attribute.setattr_hook": ("class A:\n    def __setattr__(self, n, v): object.__setattr__(self, n, v)\na = A()", "a.x = 1; a.y = 2"),
    "attribute.class": ("class A: x = 1\nclass B(A): pass", "A.x; B.x; B.x"),
    "attribute.getattr": ("class A: x = 1\na = A()", "getattr(a, 'x'); getattr(a, 'y', None); hasattr(a, 'z'); setattr(a, 'w', 1)"),
    "attribute.descriptor": ("class D:\n    def __get__(self, o, t=None): return 5\nclass A: d = D()\na = A()", "a.d; a.d"),
    "attribute.cached_property": ("import functools\nclass A:\n    @functools.cached_property\n    def x(self): return 1\na = A()", "a.x; a.x"),
    "attribute.module": ("import math", "math.pi; math.e; math.sqrt"),
    "attribute.missing": ("class A: pass\na = A()", "try: a.x\nexcept AttributeError: pass"),
    "instance.create": ("class A:\n    def __init__(self, x): self.x = x", "A(1); A(2)"),
    "instance.create_plain": ("class A: pass", "A(); object(); A()"),
    "instance.create_slots": ("class A:\n    __slots__ = 'x', 'y'\n    def __init__(self, x, y): self.x = x; self.y = y", "A(1, 2)"),
    "instance.create_new": ("class A:\n    def __new__(cls, x): return super().__new__(cls)", "A(1)"),
    "instance.dataclass": ("import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\n    y: int = 0\nb = A(1)", "A(1, 2) == b; repr(b)"),
    "instance.dunder_add": ("class A:\n    def __add__(self, o): return self\n    def __eq__(self, o): return True\n    def __hash__(self): return 1\n    def __len__(self): return 3\na = A()", "a + a; a == a; len(a); hash(a)"),
    "instance.dunder_getitem": ("class A:\n    def __getitem__(self, i): return i\n    def __contains__(self, i): return True\n    def __call__(self): return 1\na = A()", "a[1]; 5 in a; a()"),
    "instance.str_repr": ("class A:\n    def __repr__(self): return 'A'\na = A()", "repr(a); str(a); f'{a}'"),
    "instance.iterate": ("class A:\n    def __iter__(self): self.n = 0; return self\n    def __next__(self):\n        self.n += 1\n        if self.n > 20: raise StopIteration\n        return self.n\na = A()", "for i in a: pass"),
    "instance.super": ("class A:\n    def f(self): return 1\nclass B(A):\n    def f(self): return super().f()\nb = B()", "b.f()"),
    "instance.dict_subclass": ("class D(dict):\n    def __missing__(self, k): return k\nd = D(a=1)", "d['a']; d['b']; d['c'] = 1"),
    "instance.int_subclass": ("class I(int): pass\na = I(5)", "a + 1; I(7); a == 5"),
    "class.create": ("", "class A:\n    x = 1\n    def f(self): pass"),
    "call.none": ("def f(): pass", "f(); f(); f()"),
    "call.positional": ("def f(a, b, c): return a", "f(1, 2, 3); f(1, 2, 3)"),
    "call.default": ("def f(a, b=2, c=3): return a", "f(1); f(1, 2)"),
    "call.keyword": ("def f(a, b=2, *, c=3): return a", "f(a=1, b=2); f(1, c=5)"),
    "call.star": ("def f(*a): return a\nt = (1, 2, 3)", "f(1, 2); f(*t); f()"),
    "call.star_star": ("def f(**k): return k\nd = {'a': 1}", "f(a=1, b=2); f(**d)"),
    "call.star_both": ("def f(a, *r, k=1, **m): return a\nt = (1, 2, 3); d = {'z': 1}", "f(*t, **d); f(1, 2, k=3, y=4)"),
    "call.closure": ("def o():\n    x = 1\n    def f(): return x\n    return f\nf = o()", "f(); f()"),
    "call.make_function": ("x = 5", "f = lambda: x; f()"),
    "call.method": ("class A:\n    def f(self, x): return x\na = A()", "a.f(1); a.f(2)"),
    "call.bound": ("class A:\n    def f(self, x): return x\nm = A().f", "m(1); m(2)"),
    "call.classmethod": ("class A:\n    @classmethod\n    def f(cls): return 1\n    @staticmethod\n    def g(): return 2\na = A()", "A.f(); A.g(); a.f(); a.g()"),
    "call.builtin": ("x = [1, 2]", "len(x); len('abc'); abs(5); ord('a')"),
    "call.recursion": ("def f(n): return n if n < 2 else f(n - 1) + f(n - 2)", "f(10)"),
    "call.decorated": ("def d(g):\n    def w(*a, **k): return g(*a, **k)\n    return w\n@d\ndef f(a, b=1): return a", "f(1); f(1, b=2)"),
    "call.native_keywords": ("", "int('5', base=10); sorted((), reverse=True); print(end='', file=None) if 0 else None; dict(a=1)"),
    "exception.caught": ("", "try: raise ValueError\nexcept ValueError: pass"),
    "exception.message": ("", "try: raise ValueError('bad')\nexcept ValueError as e: str(e)"),
    "exception.none_raised": ("x = 1", "try: x\nexcept ValueError: pass\nfinally: x"),
    "exception.native": ("d = {}", "try: d['x']\nexcept KeyError: pass\ntry: int('x')\nexcept ValueError: pass"),
    "exception.through_calls": ("def f(n):\n    if n: f(n - 1)\n    else: raise KeyError\n", "try: f(10)\nexcept KeyError: pass"),
    "exception.chained": ("", "try:\n    try: raise KeyError\n    except KeyError as e: raise ValueError from e\nexcept ValueError: pass"),
    "exception.finally": ("def f():\n    try: return 1\n    finally: pass", "f()"),
    "exception.group": ("", "try: raise ExceptionGroup('g', [ValueError(1)])\nexcept* ValueError: pass"),
    "exception.custom": ("class E(Exception):\n    def __init__(self, x): super().__init__(x); self.x = x", "try: raise E(1)\nexcept E as e: e.x"),
    "with.class": ("class C:\n    def __enter__(self): return self\n    def __exit__(self, *a): pass\nc = C()", "with c: pass"),
    "with.contextmanager": ("import contextlib\n@contextlib.contextmanager\ndef c(): yield 1", "with c(): pass"),
    "with.lock": ("import threading; l = threading.Lock(); r = threading.RLock()", "with l: pass\nwith r: pass"),
    "with.suppress": ("import contextlib", "with contextlib.suppress(KeyError): raise KeyError"),
    "match.sequence": ("p = (1, 2)", "match p:\n    case (0, y): pass\n    case (1, y): pass"),
    "match.class": ("class P:\n    __match_args__ = 'x', 'y'\n    def __init__(self): self.x = 1; self.y = 2\np = P()", "match p:\n    case P(0, _): pass\n    case P(1, y): pass"),
    "match.mapping": ("p = {'t': 'a', 'v': 1}", "match p:\n    case {'t': 'b'}: pass\n    case {'t': 'a', 'v': v}: pass"),
    "itertools.product": ("import itertools; r = range(15)", "for x in itertools.product(r, r): pass"),
    "itertools.combinations": ("import itertools; r = range(12)", "for x in itertools.combinations(r, 3): pass"),
    "itertools.permutations": ("import itertools; r = range(6)", "for x in itertools.permutations(r, 3): pass"),
    "itertools.accumulate": ("import itertools; r = list(range(200))", "list(itertools.accumulate(r))"),
    "itertools.accumulate_function": ("import itertools, operator; r = list(range(1, 20))", "list(itertools.accumulate(r, operator.mul)); list(itertools.accumulate(r, lambda a, b: a + b))"),
    "itertools.chain": ("import itertools; r = list(range(100))", "for x in itertools.chain(r, r): pass"),
    "itertools.from_iterable": ("import itertools; r = [[1, 2, 3]] * 30", "list(itertools.chain.from_iterable(r))"),
    "itertools.islice": ("import itertools; r = list(range(200))", "list(itertools.islice(r, 10, 150)); next(itertools.islice(r, 5, None))"),
    "itertools.count_zip": ("import itertools; r = list(range(100))", "for x in zip(itertools.count(), r): pass"),
    "itertools.groupby": ("import itertools; r = [i // 5 for i in range(100)]", "for k, g in itertools.groupby(r): pass"),
    "itertools.takewhile": ("import itertools; r = list(range(100))", "list(itertools.takewhile(lambda v: v < 50, r)); list(itertools.dropwhile(lambda v: v < 50, r))"),
    "itertools.starmap": ("import itertools; r = [(i, 2) for i in range(100)]", "list(itertools.starmap(pow, r))"),
    "itertools.repeat_cycle": ("import itertools; r = [1, 2, 3]", "list(itertools.repeat(1, 100)); list(itertools.islice(itertools.cycle(r), 100))"),
    "itertools.zip_longest": ("import itertools; r = list(range(100)); s = r[:50]", "list(itertools.zip_longest(r, s)); list(itertools.pairwise(r))"),
    "itertools.batched": ("import itertools; r = list(range(200))", "list(itertools.batched(r, 5)); list(itertools.compress(r, r))"),
    "itertools.tee": ("import itertools; r = list(range(100))", "a, b = itertools.tee(r); list(a); list(b)"),
    "map.native": ("x = [str(i) for i in range(100)]", "list(map(int, x)); list(map(len, x))"),
    "map.str": ("x = list(range(100))", "list(map(str, x))"),
    "map.two": ("import operator; x = list(range(100))", "list(map(operator.add, x, x))"),
    "map.lambda": ("x = list(range(100))", "list(map(lambda v: v + 1, x))"),
    "map.method": ("x = ['abc'] * 100", "list(map(str.upper, x)); list(map('-'.join, x))"),
    "filter.native": ("x = ['1', 'a'] * 50", "list(filter(None, x)); list(filter(str.isdigit, x))"),
    "filter.lambda": ("x = list(range(100))", "list(filter(lambda v: v & 1, x))"),
    "zip": ("x = list(range(100))", "for a, b in zip(x, x): pass"),
    "zip.list": ("x = list(range(100))", "list(zip(x, x)); dict(zip(x, x))"),
    "enumerate": ("x = list(range(100))", "for i, v in enumerate(x): pass"),
    "reversed": ("x = list(range(100))", "for v in reversed(x): pass"),
    "functools.partial": ("import functools\ndef f(a, b, c=3): return a\np = functools.partial(f, 1, c=4); q = functools.partial(f, 1)", "p(2); q(2); q(2, c=5)"),
    "functools.partial_native": ("import functools; p = functools.partial(int, base=16); q = functools.partial(max, 3)", "p('ff'); q(5)"),
    "functools.partial_create": ("import functools", "functools.partial(int, base=16)"),
    "functools.lru_cache": ("import functools\n@functools.lru_cache(maxsize=128)\ndef f(a, b=1): return a\n", "f(1); f(2); f(1, b=2)"),
    "functools.lru_cache_miss": ("import functools, itertools\n@functools.lru_cache(maxsize=16)\ndef f(a): return a\nc = itertools.count()", "f(next(c)); f(next(c))"),
    "functools.cache": ("import functools\n@functools.cache\ndef f(a): return a\n", "f(1); f('a')"),
    "functools.reduce": ("import functools, operator; x = list(range(100))", "functools.reduce(operator.add, x); functools.reduce(lambda a, b: a + b, x)"),
    "functools.singledispatch": ("import functools\n@functools.singledispatch\ndef f(a): return a\n@f.register\ndef _(a: int): return 1", "f(1); f('a')"),
    "operator.getters": ("import operator\nclass A: x = 1\na = A(); t = (1, 2, 3); g = operator.attrgetter('x'); i = operator.itemgetter(0, 2); m = operator.methodcaller('count', 1)", "g(a); i(t); m(t)"),
    "deque.append_pop": ("import collections; d = collections.deque(range(100))", "d.append(1); d.popleft(); d.appendleft(1); d.pop()"),
    "deque.iterate": ("import collections; d = collections.deque(range(200))", "for x in d: pass"),
    "deque.index_rotate": ("import collections; d = collections.deque(range(100))", "d[5]; d[50]; d.rotate(3); d[-1] = 2; 98 in d"),
    "deque.build": ("import collections; r = list(range(100))", "collections.deque(r, 50); d = collections.deque(); d.extend(r)"),
    "collections.counter": ("import collections; s = 'the quick brown fox'", "collections.Counter(s); c = collections.Counter(); c['a'] += 1"),
    "collections.defaultdict": ("import collections; r = [i % 10 for i in range(50)]", "d = collections.defaultdict(list)\nfor i in r: d[i].append(i)"),
    "collections.ordereddict": ("import collections", "d = collections.OrderedDict()\nfor i in range(30): d[i] = i\nd.move_to_end(3); d.popitem(False)\nfor k in d: pass"),
    "collections.namedtuple": ("import collections; P = collections.namedtuple('P', 'x y'); p = P(1, 2)", "P(1, 2); p.x; p.y; p._replace(x=3)"),
    "datetime.create": ("import datetime", "datetime.datetime(2024, 5, 6, 7, 8, 9); datetime.date(2024, 5, 6); datetime.timedelta(1, 2, 3)"),
    "datetime.arith": ("import datetime; a = datetime.datetime(2024, 5, 6, 7, 8); b = datetime.datetime(2023, 1, 2); d = datetime.timedelta(hours=5)", "a - b; a + d; a < b; d * 2; d.total_seconds()"),
    "datetime.text": ("import datetime; a = datetime.datetime(2024, 5, 6, 7, 8); s = a.isoformat()", "a.isoformat(); str(a); datetime.datetime.fromisoformat(s)"),
    "datetime.strftime": ("import datetime; a = datetime.datetime(2024, 5, 6, 7, 8)", "a.strftime('%Y-%m-%d %H:%M'); f'{a:%d.%m.%Y}'"),
    "datetime.strptime": ("import datetime", "datetime.datetime.strptime('2024-05-06 07:08', '%Y-%m-%d %H:%M')"),
    "datetime.attributes": ("import datetime; a = datetime.datetime(2024, 5, 6, 7, 8)", "a.year; a.month; a.weekday(); a.date(); a.replace(day=3); a.timetuple()"),
    "datetime.now": ("import datetime; u = datetime.timezone.utc", "datetime.datetime.now(); datetime.datetime.now(u)"),
    "decimal.arith": ("from decimal import Decimal; a = Decimal('1.234567'); b = Decimal('7.65')", "a + b; a * b; a / b; a < b"),
    "decimal.text": ("from decimal import Decimal; a = Decimal('1234.567')", "str(a); Decimal('3.25'); f'{a:.2f}'; Decimal(5)"),
    "fractions.arith": ("from fractions import Fraction; a = Fraction(3, 7); b = Fraction(2, 5)", "a + b; a * b; a < b"),
    "enum.access": ("import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\ne = E.A", "E.A; e.value; e.name; E(2); E['B']; e is E.A; {e: 1}"),
    "enum.flag": ("import enum\nclass F(enum.Flag):\n    A = 1\n    B = 2\n", "F.A | F.B; F.A & F.B"),
    "random": ("import random; r = random.Random(1); x = list(range(20))", "r.random(); r.randrange(100); r.choice(x); r.randint(1, 6)"),
    "random.shuffle": ("import random; r = random.Random(1); x = list(range(50))", "r.shuffle(x); r.sample(x, 5)"),
    "heapq": ("import heapq; x = [i * 7919 % 101 for i in range(50)]", "h = []\nfor v in x: heapq.heappush(h, v)\nwhile h: heapq.heappop(h)"),
    "bisect": ("import bisect; x = list(range(1000))", "bisect.bisect(x, 500); bisect.bisect_left(x, 77); bisect.bisect(x, 3, key=None)"),
    "array": ("import array; a = array.array('d', range(100))", "a[5]; a[7] = 2.0; a.append(1.0); a.pop(); a.tolist()"),
    "hashlib": ("import hashlib; b = b'x' * 100", "hashlib.sha256(b).hexdigest(); hashlib.md5(b).digest()"),
    "binascii": ("import binascii, base64, zlib; b = b'x' * 100; e = base64.b64encode(b)", "base64.b64encode(b); base64.b64decode(e); zlib.crc32(b); binascii.hexlify(b)"),
    "zlib": ("import zlib; b = b'hello world ' * 50; c = zlib.compress(b)", "zlib.compress(b); zlib.decompress(c)"),
    "io.stringio": ("import io", "s = io.StringIO()\nfor i in range(20): s.write('abc')\ns.getvalue()"),
    "io.bytesio": ("import io", "s = io.BytesIO()\nfor i in range(20): s.write(b'abc')\ns.seek(0); s.read(10); s.getvalue()"),
    "io.lines": ("import io; t = 'a line of text\\n' * 50", "for l in io.StringIO(t): pass"),
    "io.text_wrapper": ("import io; t = b'a line of text\\n' * 50", "for l in io.TextIOWrapper(io.BytesIO(t), 'utf-8'): pass"),
    "csv": ("import csv; t = ['a,b,c,1,2.5'] * 20", "for r in csv.reader(t): pass"),
    "csv.write": ("import csv, io; t = [['a', 'b', 1, 2.5]] * 20", "csv.writer(io.StringIO()).writerows(t)"),
    "threading.local": ("import threading; l = threading.local(); l.x = 1", "l.x; l.x = 2"),
    "contextvars": ("import contextvars; v = contextvars.ContextVar('v', default=1)", "v.get(); t = v.set(2); v.reset(t)"),
    "weakref": ("import weakref\nclass A: pass\na = A(); r = weakref.ref(a)", "r(); weakref.ref(a)"),
    "queue.simple": ("import queue; q = queue.SimpleQueue()", "q.put(1); q.get()"),
    "os.path": ("import os.path", "os.path.join('a', 'b', 'c'); os.path.basename('/x/y.z'); os.path.splitext('y.z'); os.fspath('x')"),
    "pathlib": ("import pathlib; p = pathlib.PurePosixPath('/a/b')", "p / 'c'; str(p); p.name; p.parent"),
    "time": ("import time", "time.time(); time.perf_counter(); time.monotonic()"),
    "string.template": ("import string; t = string.Template('$a and ${b}')", "t.substitute(a=1, b=2)"),
    "textwrap": ("import textwrap; s = 'the quick brown fox jumps ' * 8", "textwrap.fill(s, 40)"),
    "compile": ("s = 'x = 1\\ndef f(a, b=2):\\n    return [i for i in a if i > b]\\n'", "compile(s, 'f', 'exec')"),
    "ast.parse": ("import ast; s = 'x = 1\\ndef f(a, b=2):\\n    return [i for i in a if i > b]\\n'", "ast.parse(s); ast.literal_eval('[1, 2, (3, \"a\")]')"),
    "eval": ("c = compile('a + 1', 'f', 'eval'); g = {'a': 1}", "eval(c, g)"),
    "eval_source": ("g = {'a': 1}", "eval('a + 1', g)"),
    "range": ("r = range(1000)", "500 in r; r[5]; len(r); r[10:20]; range(5) == range(0, 5)"),
    "slice": ("x = [1, 2, 3]", "slice(1, 2); s = slice(None); x[s]; s.indices(10)"),
    "global_access": ("", "len; print; SNIPPETS"),
    "unpack": ("t = (1, 2, 3); l = [1, 2, 3, 4]", "a, b, c = t; a, *b = l; [*l, *t]; {**{}}"),
    "vars_dir": ("class A:\n    def __init__(self): self.x = 1\na = A()", "vars(a); a.__dict__; a.__class__; type(a).__name__"),
    "inspect.signature": ("import inspect\ndef f(a, b: int = 2, *, c): pass", "inspect.signature(f)"),
    "typing": ("import typing", "list[int]; dict[str, int]; int | None; typing.Optional[int]"),
    "uuid": ("import uuid", "uuid.UUID(int=5); str(uuid.UUID(int=77))"),
    "logging.disabled": ("import logging; l = logging.getLogger('x')", "l.debug('a %s', 1); l.isEnabledFor(10)"),
    "urllib.parse": ("import urllib.parse as u", "u.urlsplit('http://a.b/c?d=e'); u.quote('a b/c'); u.urlencode({'a': 1})"),
    "shlex": ("import shlex", "shlex.split('a \"b c\" d')"),
}


def make(name: str):
    """The function of one snippet: run(count) -> CPU seconds."""
    preparation, statement = SNIPPETS[name]

    def indent(text: str, depth: int) -> str:
        return "".join("    " * depth + line + "\n" for line in text.splitlines() or ["pass"])

    source = (
        "def prepare():\n"
        + indent(preparation, 1)
        + "    def run(count):\n        start = clock()\n        for _ in repeat(None, count):\n"
        + indent(statement, 3)
        + "        return clock() - start\n    return run\n"
    )
    import itertools

    space = {"clock": time.thread_time, "repeat": itertools.repeat, "SNIPPETS": None}
    exec(compile(source, f"<{name}>", "exec"), space)
    return space["prepare"]()


def work() -> None:
    """A worker: reads `name count` lines, answers each with the seconds it took, or with what went wrong."""
    functions = {}
    for line in sys.stdin:
        name, count = line.split()
        try:
            if name not in functions:
                functions[name] = make(name)
            answer = repr(functions[name](int(count)))
        except BaseException as error:
            answer = f"{type(error).__name__}: {error}"
        print(answer.replace("\n", " "), flush=True)


def train(seconds: float = 0.02) -> None:
    """Runs every snippet in this interpreter for a moment, so that none of what they use counts as cold."""
    for name in SNIPPETS:
        run, count, spent = make(name), 1, 0.0
        while spent < seconds:
            spent += run(count)
            count *= 2


class Worker:
    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            [*command, os.path.abspath(__file__), "--worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def run(self, name: str, count: int) -> float:
        self.process.stdin.write(f"{name} {count}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        try:
            return float(answer)
        except ValueError:
            raise RuntimeError(answer or f"the interpreter ended with {self.process.wait()}") from None


def calibrate(worker: Worker, name: str) -> int:
    """How often the statement runs in one batch."""
    count = 1
    worker.run(name, count)
    while (seconds := worker.run(name, count)) < BATCH / 4 and count < 1 << 24:
        count *= 4
    return max(1, round(count * BATCH / max(seconds, 1e-9)))


def measure(workers: list[Worker], name: str, rounds: int) -> list[float]:
    """The best seconds per statement of each worker."""
    counts = [calibrate(worker, name) for worker in workers]
    best = [math.inf, math.inf]
    slow = max(BATCH, *(workers[side].run(name, counts[side]) for side in (0, 1))) > 20 * BATCH
    for number in range(3 if slow else rounds):
        for side in (0, 1) if number % 2 else (1, 0):
            best[side] = min(best[side], workers[side].run(name, counts[side]) / counts[side])
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreter", default="build/taipan")
    parser.add_argument("--reference", default="python3.14")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", nargs="*", default=[], help="only snippets whose name contains one of these")
    parser.add_argument("--least", type=float, help="the lowest ratio that any snippet may have")
    parser.add_argument("--mean", type=float, help="the geometric mean to reach")
    parser.add_argument("--json", type=pathlib.Path, help="write the measurements to this file")
    parser.add_argument("--train", action="store_true", help="only run the snippets, in this interpreter")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker or options.train:
        work() if options.worker else train()
        return 0
    commands = [
        [str(pathlib.Path(words[0]).resolve()), *words[1:]] if os.path.exists(words[0]) else words
        for words in (shlex.split(options.interpreter), shlex.split(options.reference))
    ]
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core for both: on a shared machine no two are equally fast
    workers = [Worker(command) for command in commands]
    rows: list[tuple[float, str, float, float]] = []
    failures: list[str] = []
    for name in SNIPPETS:
        if options.only and not any(text in name for text in options.only):
            continue
        try:
            ours, theirs = measure(workers, name, options.rounds)
        except (RuntimeError, BrokenPipeError) as error:
            failures.append(name)
            print(f"{name:32} FAILED  {error}", flush=True)
            for side, worker in enumerate(workers):
                if worker.process.poll() is not None:
                    workers[side] = Worker(commands[side])
            continue
        rows.append((theirs / ours, name, ours, theirs))
        print(f"{name:32} {ours * 1e6:12.3f} us {theirs * 1e6:12.3f} us {theirs / ours:7.2f}", flush=True)
    for worker in workers:
        worker.process.stdin.close()
        worker.process.wait()
    rows.sort()
    mean = math.exp(sum(math.log(row[0]) for row in rows) / len(rows)) if rows else math.nan
    print("\nslowest first: " + ", ".join(f"{row[1]} {row[0]:.2f}" for row in rows[:40]))
    below = sum(row[0] < 0.8 for row in rows)
    print(f"{len(rows)} snippets, {len(failures)} failed, {below} below 0.8; geometric mean {mean:.3f}")
    if options.json:
        options.json.write_text(
            json.dumps(
                {
                    "mean": mean,
                    "failed": failures,
                    "snippets": {name: {"speed": s, "taipan": a, "reference": b} for s, name, a, b in rows},
                },
                indent=1,
            )
        )
    short = (options.least and rows and rows[0][0] < options.least, options.mean and not mean >= options.mean)
    return bool(failures) or any(short)


if __name__ == "__main__":
    sys.exit(main())
