"""Memory that runs out: a program of some breadth is run again and again, each time in a process of its own in which the n-th
allocation fails, for n = 1, 2, 3 …: only that one, or that one and all that follow. Each run must end as if nothing had
happened or with MemoryError; a crash, an abort, a hang, or another exception's escaping is not allowed.

    INTERPRETER tests/stress/exhausted_memory.py [--to 2000] [--from 1] [--step 1] [--once | --for-ever] [-v] [NAME…]

For debug builds (`sys._taipan.fail_allocation`). Processes are forked before the program begins, so that a run costs little.

With `[NAME…] --limit MEBIBYTES…` instead, each of the programs that want more than there is runs with so much address space over what
is used: it must raise MemoryError (or what CPython raises there), and the process must go on. Any interpreter will do.
"""

import argparse
import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Callable

PROGRAMS: dict[str, Callable[[], object]] = {}
ENDLESS: dict[str, Callable[[], object]] = {}
MIB = 1 << 20
TIMEOUT = 20


def program(function: Callable[[], object]) -> Callable[[], object]:
    PROGRAMS[function.__name__] = function
    return function


def endless(function: Callable[[], object]) -> Callable[[], object]:
    ENDLESS[function.__name__] = function
    return function


SOURCE = """
import dataclasses
class Base:
    kind: str = 'base'
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__()
        cls.names = [*kwargs]
class Derived(Base, a=1, b=2):
    __slots__ = ('x', 'y')
    def __init__(self, x, y=2, *args, z, **rest):
        self.x, self.y = x, y
    @property
    def both(self): return self.x + self.y
    def __repr__(self): return f'{self.x!r:>5}{self.y:04d}'
@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: float = 1.5
def numbers(n):
    try:
        for i in range(n):
            yield (i, -i)
    finally:
        done.append(n)
done = []
points = sorted((Point(i % 3, i) for i in range(5)), key=lambda p: p.y)
total = sum(a * b for a, b in numbers(10))
match points:
    case [Point(x=0), *rest]: found = rest
    case _: found = None
text = ', '.join(f'{p.x}:{p.y:.2f}' for p in points) + repr(Derived(1, z=3))
try:
    {}['missing']
except KeyError as e:
    caught = e
with open('/dev/null') as file: data = file.read()
big = 3 ** 200 % 10 ** 40
async def later(): return [x async for x in agen()]
async def agen():
    yield 1
try: later().send(None)
except StopIteration as e: result = e.value
del Base, Derived
"""


@program
def language() -> object:
    exec(compile(SOURCE, "<source>", "exec"), {"__name__": "__main__"})


@program
def containers() -> object:
    d = {i: str(i) for i in range(200)}
    d.update((str(i), i) for i in range(100))
    s = {x for x in d if isinstance(x, int)} | set(range(300))
    items = sorted(d.items(), key=lambda pair: str(pair[0]))
    items.extend(reversed(items))
    del items[2:50:3]
    array = bytearray(b"x" * 100)
    for i in range(100):
        array += bytes([i])
    frozen = frozenset(s) ^ {1, 2, 3}
    names = "a b c".split() * 50
    from collections import Counter, OrderedDict, defaultdict, deque

    groups = defaultdict(list)
    for name in names:
        groups[name].append(len(groups))
    ordered = OrderedDict(items)
    ordered.move_to_end(next(iter(ordered)))
    return Counter(names), deque(items, 10), array.replace(b"x", b"yy"), len(frozen), list(zip(*items)), ordered.popitem()


@program
def text() -> object:
    import re

    s = "Grüße, 世界 " * 20
    s.encode("utf-16").decode("utf-16"), s.upper().casefold().title(), s.translate({32: "_"}), s.split(), s.partition(",")
    return (
        re.sub(r"(\w+)", lambda m: m[1][::-1], s), re.findall(r"(?P<a>.)\d*", s), "%s %r %5.2f" % (s, s, 1.5), f"{s:>300}",
        "{0[1]} {a.real:x}".format([1, 2], a=255), s.encode("ascii", "xmlcharrefreplace"), int("9" * 100), str(7**300),
    )  # fmt: skip


@program
def modules() -> object:
    import datetime
    import decimal
    import hashlib
    import io
    import itertools
    import json
    import pickle
    import struct
    import weakref
    import zlib

    class Node:
        pass

    data = {"a": [1, 2.5, None, True, "é"], "b": {"c": ["x" * 50] * 5}}
    assert json.loads(json.dumps(data)) == data
    assert pickle.loads(pickle.dumps(data)) == data
    node = Node()
    reference = weakref.ref(node, lambda r: None)
    node.itself = node
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
    stream.write("line\r\n" * 50)
    stream.seek(0)
    return (
        reference(), stream.readlines(), decimal.Decimal(2).sqrt() ** 3, hashlib.sha256(b"x").hexdigest(),
        datetime.datetime(2026, 1, 1) + datetime.timedelta(3) - datetime.datetime(2025, 1, 1), struct.pack("<id4s", 1, 2, b"x"),
        zlib.decompress(zlib.compress(b"x" * 1000)), list(itertools.product("ab", repeat=3)),
        [list(g) for _, g in itertools.groupby("aabb")], next(itertools.islice(itertools.count(), 5, None)),
    )  # fmt: skip


@program
def imports() -> object:
    for name in ("string", "textwrap", "colorsys", "fractions"):
        sys.modules.pop(name, None)
    import colorsys
    import string
    import textwrap

    return colorsys, string, textwrap


@program
def numbers() -> object:
    import decimal
    import math
    from fractions import Fraction

    n = 3**1000
    context = decimal.Context(prec=60)
    return (
        n * n // 7**500, pow(n, 5, 10**200), n / 3**999, round(n, -50), math.isqrt(n), math.gcd(n, 6**300), math.factorial(200), math.comb(500, 200),
        Fraction(n, 7**400) + Fraction(1, 3), context.sqrt(decimal.Decimal(n)), context.divide(n, 7), format(decimal.Decimal(n) / 3, ".50f"),
        decimal.Decimal(n).as_tuple(), decimal.Decimal(n).as_integer_ratio(), hash(decimal.Decimal(n) / 7), int(str(n)), float(decimal.Decimal(n) / 3),
        decimal.Decimal("1." + "3" * 100) ** 5, divmod(decimal.Decimal("1." + "3" * 50), decimal.Decimal("0." + "7" * 50)), decimal.Decimal(0.1),
    )  # fmt: skip


@program
def formats() -> object:
    import array
    import binascii
    import bz2
    import csv
    import io
    import lzma
    import marshal
    import xml.etree.ElementTree as ElementTree
    from compression import zstd

    data = b"some data " * 100
    rows = list(csv.reader(io.StringIO('a,"b, c",d\r\n' * 20)))
    tree = ElementTree.fromstring("<a>" + "<b c='d'>e</b>" * 10 + "</a>")
    code = compile("def f(a, b=(1, 2.5, 'x')): return [a, b, 10**30]", "<text>", "exec")
    out = io.BytesIO()
    marshal.dump([code, {1: "é" * 200}, 3**200], out)
    out.seek(0)
    return (
        rows, ElementTree.tostring(tree), bz2.decompress(bz2.compress(data)), lzma.decompress(lzma.compress(data)), zstd.decompress(zstd.compress(data)),
        binascii.b2a_base64(data), array.array("d", range(50)).tobytes(), marshal.load(out), "漢字かな" .encode("euc_jp").decode("euc_jp"),
        "漢字かな".encode("iso2022_jp", "replace"),
    )  # fmt: skip


@program
def databases() -> object:
    import sqlite3

    db = sqlite3.connect(":memory:")
    try:
        db.execute("create table t(a, b text)")
        db.executemany("insert into t values (?, ?)", [(i, str(i) * 10) for i in range(20)])
        db.create_function("twice", 1, lambda x: x * 2)
        return db.execute("select twice(a), b from t where a > ? order by b", (3,)).fetchall(), list(db.iterdump())
    finally:
        db.close()


@program
def classes() -> object:
    import abc
    import enum
    import functools
    import typing

    class Color(enum.Flag):
        RED = enum.auto()
        GREEN = enum.auto()

    class Shape(abc.ABC):
        @abc.abstractmethod
        def area(self) -> float: ...

    class Square[T](Shape):
        __slots__ = ("side",)

        def __init__(self, side: T) -> None:
            self.side = side

        @functools.cached_property
        def unused(self) -> int:
            return 1

        def area(self) -> float:
            return self.side**2

    @functools.singledispatch
    def show(x: object) -> str:
        return repr(x)

    @show.register
    def _(x: int) -> str:
        return f"{x:d}"

    class Pair(typing.NamedTuple):
        a: int
        b: list[int] | None = None

    return (
        Color.RED | Color.GREEN, Square[int](3).area(), show(3), show("x"), Pair(1, [2])._replace(a=5), typing.get_type_hints(Pair),
        functools.lru_cache(maxsize=3)(lambda x: [x])(4), functools.reduce(lambda a, b: a + [b], range(5), []),
    )  # fmt: skip


@program
def objects() -> object:
    import copy
    import ctypes
    import datetime
    import itertools
    import operator
    import pathlib
    import pickle
    import types
    import weakref
    from collections import ChainMap, UserDict, namedtuple

    class Node:
        def __init__(self, *children: object) -> None:
            self.children = list(children)
            self.name = f"node{len(children)}"

        def __getattr__(self, name: str) -> object:
            if name.startswith("x"):
                return name
            raise AttributeError(name)

        def __del__(self) -> None:
            self.children = []

    class Struct(ctypes.Structure):
        _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_double * 3)]

    def outer(a: int, /, b: int = 2, *, c: int = 3, **rest: int) -> object:
        def inner() -> object:
            nonlocal b
            b += a
            return (yield b, c, rest)

        return inner

    tree = Node(Node(Node(), Node()), Node())
    weak = weakref.WeakValueDictionary({i: n for i, n in enumerate(tree.children)})
    generator = outer(1, c=4, d=5)()
    next(generator)
    try:
        generator.send("x")
    except StopIteration as e:
        last = e.value
    struct = Struct(1, (ctypes.c_double * 3)(1.0, 2.0, 3.0))
    point = namedtuple("point", "x y", defaults=[1])
    return (
        copy.deepcopy(tree), copy.copy(tree).name, len(weak), last, struct.b[1], point(3)._asdict(), ChainMap({1: 2}, {3: 4})[3],
        UserDict({"a": 1}) | {"b": 2}, [*itertools.chain.from_iterable([range(3), "ab"])], list(itertools.accumulate(range(9), operator.mul)),
        pathlib.PurePath("/a/b/../c.txt").with_suffix(".py").parts, types.SimpleNamespace(a=1), tree.x1, hasattr(tree, "y"),
        pickle.loads(pickle.dumps([datetime.date(2026, 1, 2), {1, 2}, 1j, b"x", bytearray(b"y"), range(3), slice(1)])),
        datetime.datetime.fromisoformat("2026-01-02T03:04:05+01:00").strftime("%Y %j %z"), sorted({"b": 1, "a": 2}.items(), key=operator.itemgetter(1)),
        b"%d %s" % (3, b"x"), "{:,}".format(10**10), memoryview(bytearray(b"abcd")).cast("H").tolist(), eval("[x := 3, x ** 2]"),
    )  # fmt: skip


LARGE_SOURCE = "".join(
    f"def function_{i}(a, b={i}, *args, c: 'text' = {i}.5, **rest) -> tuple[int, ...]:\n"
    f"    'Documentation of {i}.'\n"
    f"    x_{i} = [a * n + {i} for n in range(b) if n % 2]\n"
    f"    try:\n        return {{'k{i}': x_{i}, **rest}}, f'{{a!r:>{{c}}}}', lambda z: (z, a, x_{i})\n"
    f"    except (TypeError, ValueError) as e:\n        raise KeyError({i}) from e\n"
    f"class Class_{i}[T](Base_{i}, key={i}):\n    field: int = {10**20 + i}\n    __slots__ = ('a', 'b', 'c_{i}')\n"
    for i in range(150)
)


@program
def compiler() -> object:
    import ast

    code = compile(LARGE_SOURCE, "<large>", "exec")
    tree = ast.parse(LARGE_SOURCE[: LARGE_SOURCE.index("def function_20(")])
    return code, compile(tree, "<tree>", "exec"), len(ast.dump(tree))


@program
def syntax() -> object:
    import io
    import symtable
    import tokenize

    part = LARGE_SOURCE[: LARGE_SOURCE.index("def function_30(")]
    for bad in ("x = (1,\n", "f(a for b in c, d)\n", "def f(:\n", "'abc\n"):
        try:
            compile(part + bad, "<bad>", "exec")
        except SyntaxError:
            pass
    return symtable.symtable(part, "<part>", "exec"), len(list(tokenize.generate_tokens(io.StringIO(part).readline)))


@program
def threads() -> object:
    import threading

    local = threading.local()
    found = []

    def work() -> None:
        local.x = [1]
        found.append(local.x)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


@program
def errors() -> object:
    import traceback

    def deep(n: int) -> object:
        try:
            if n == 0:
                raise ValueError("deep")
            deep(n - 1)
        except ValueError as e:
            raise ValueError(n) from e

    try:
        deep(5)
    except ValueError as e:
        lines = traceback.format_exception(e)
    try:
        raise ExceptionGroup("group", [ValueError(1), ExceptionGroup("inner", [TypeError(2)])])
    except* ValueError as group:
        lines.append(repr(group))
    except* TypeError:
        pass
    try:
        compile("x = = 1\n", "<text>", "exec")
    except SyntaxError as e:
        lines.append(str(e))
    return lines


@endless
def many_lists() -> object:
    x = []
    while True:
        x.append([None] * 100)


@endless
def growing_dict() -> object:
    d = {}
    i = 0
    while True:
        d[i] = str(i)
        i += 1


@endless
def doubled_str() -> object:
    s = 'ab'
    while True:
        s += s


@endless
def joined_str() -> object:
    x = ['x' * 1000] * 10
    while True:
        x += x
        ''.join(x)


@endless
def doubled_bytes() -> object:
    s = b'ab'
    while True:
        s += s


@endless
def growing_bytearray() -> object:
    s = bytearray(b'ab')
    while True:
        s += s


@endless
def squared_int() -> object:
    n = 3
    while True:
        n *= n


@endless
def power() -> object:
    return 3 ** (1 << 33)


@endless
def shift() -> object:
    return 1 << (1 << 34)


@endless
def int_of_text() -> object:
    sys.set_int_max_str_digits(0)
    return int('7' * (100 * MIB >> 1))


@endless
def factorial() -> object:
    import math
    return math.factorial(10 ** 8)


@endless
def power_modulo() -> object:
    return pow(3, 1 << 200000, (1 << (1 << 28)) + 1)


@endless
def quotient() -> object:
    a = 1 << 250 * MIB
    b = (1 << 120 * MIB) + 1
    return a // b


@endless
def growing_set() -> object:
    s = set()
    i = 0
    while True:
        s.add(i)
        i += 1


@endless
def nested_tuples() -> object:
    t = ()
    while True:
        t = (t, t, [1] * 50) * 2


@endless
def compiling_a_display() -> object:
    compile('x = [' + '1, f(a), ' * 2000000 + ']', 'x', 'exec')


@endless
def compiling_functions() -> object:
    compile('def f(a, b): return a + b\n' * 200000, 'x', 'exec')


@endless
def parsing_functions() -> object:
    import ast
    ast.parse('def f(a, b): return a + b\n' * 200000)


@endless
def compiling_an_error() -> object:
    compile('x = [' + '1, f(a), ' * 1000000 + 'if ]', 'x', 'exec')


@endless
def deep_recursion() -> object:
    sys.setrecursionlimit(10 ** 9)

    def f(n):
        return f(n + 1) + 1
    f(0)


@endless
def deep_generators() -> object:

    def g(n):
        yield n
        yield from g(n + 1)
    for x in g(0):
        pass


@endless
def many_threads() -> object:
    import threading
    ev = threading.Event()
    ts = []
    try:
        while True:
            t = threading.Thread(target=ev.wait)
            t.start()
            ts.append(t)
    finally:
        ev.set()
        for t in ts:
            t.join()


@endless
def many_generators() -> object:

    def g():
        x = [0] * 10
        yield x
    l = []
    while True:
        k = g()
        next(k)
        l.append(k)


@endless
def many_coroutines() -> object:

    async def c():
        pass
    l = []
    try:
        while True:
            l.append(c())
    finally:
        for x in l:
            x.close()


@endless
def json_text() -> object:
    import json
    json.loads('[' + '{"a": [1, 2.5, "xyz"]},' * 3000000 + '1]')


@endless
def json_values() -> object:
    import json
    json.dumps([{'a': [1, 2.5, 'xyz' * 100]}] * 3000000)


@endless
def pickling() -> object:
    import pickle
    pickle.dumps([b'x' * 1000000 + bytes([i % 256]) for i in range(100)])


@endless
def unpickling() -> object:
    import pickle
    d = pickle.dumps([[i] for i in range(10000)])
    l = []
    while True:
        l.append(pickle.loads(d))


@endless
def compiling_a_pattern() -> object:
    import re
    re.compile('(a|b[c-f]{2,3}x?)' * 200000)


@endless
def matching() -> object:
    import re
    re.match('(?:(a)|(b))*', 'ab' * 30000000).groups()


@endless
def substituting() -> object:
    import re
    re.sub('a', 'b' * 1000, 'a' * 1000000)


@endless
def decimal_of_any_precision() -> object:
    import decimal
    with decimal.localcontext() as c:
        c.prec = decimal.MAX_PREC
        c.Emax = decimal.MAX_EMAX
        c.Emin = decimal.MIN_EMIN
        return decimal.Decimal(1) / 3


@endless
def squared_decimal() -> object:
    import decimal
    with decimal.localcontext() as c:
        c.prec = decimal.MAX_PREC
        c.Emax = decimal.MAX_EMAX
        x = decimal.Decimal('1.23456789')
        while True:
            x *= x


@endless
def decimal_root() -> object:
    import decimal
    with decimal.localcontext() as c:
        c.prec = 50 * MIB
        return decimal.Decimal(2).sqrt()


@endless
def formatting() -> object:
    return '%*d' % (400 * MIB, 1)


@endless
def zlib_compressors() -> object:
    import zlib
    l = []
    while True:
        l.append(zlib.compressobj())


@endless
def zlib_data() -> object:
    import zlib
    d = zlib.compress(b'\x00' * (60 * MIB))
    zlib.decompress(d + b'')
    c = zlib.compressobj()
    parts = b''.join([c.compress(b'\x00' * (10 * MIB)) for i in range(50)] + [c.flush()])
    zlib.decompress(parts)


@endless
def bz2_compressors() -> object:
    import bz2
    l = []
    while True:
        l.append(bz2.BZ2Compressor())


@endless
def lzma_compressors() -> object:
    import lzma
    l = []
    while True:
        l.append(lzma.LZMACompressor(preset=9))


@endless
def zstd_compressors() -> object:
    from compression import zstd
    l = []
    while True:
        c = zstd.ZstdCompressor(level=19)
        c.compress(b'x' * 1000)
        l.append(c)


@endless
def sqlite_rows() -> object:
    import sqlite3
    db = sqlite3.connect(':memory:')
    db.execute('create table t(a)')
    while True:
        db.executemany('insert into t values (?)', [('x' * 1000,)] * 1000)


@endless
def sqlite_blob() -> object:
    import sqlite3
    db = sqlite3.connect(':memory:')
    db.execute('select zeroblob(900000000)').fetchall()


@endless
def many_classes() -> object:
    l = []
    while True:
        l.append(type('X', (), {'a': 1}))


@endless
def many_instances() -> object:

    class A:
        pass
    l = []
    while True:
        a = A()
        a.x = 1
        a.y = []
        l.append(a)


@endless
def growing_deque() -> object:
    from collections import deque
    d = deque()
    while True:
        d.append(object())


@endless
def growing_array() -> object:
    import array
    a = array.array('d', [1.0])
    while True:
        a += a


@endless
def growing_stringio() -> object:
    import io
    s = io.StringIO()
    while True:
        s.write('x' * 100000)


@endless
def growing_bytesio() -> object:
    import io
    s = io.BytesIO()
    while True:
        s.write(b'x' * 100000)


@endless
def endless_file() -> object:
    return open('/dev/zero', 'rb').read()


@endless
def ctypes_array() -> object:
    import ctypes
    return (ctypes.c_char * (1 << 33))()


@endless
def all_products() -> object:
    import itertools
    return list(itertools.product(range(1000), repeat=4))


@endless
def sorting() -> object:
    return sorted(range(10 ** 9))


@endless
def encoding() -> object:
    return ('é' * (120 * MIB)).encode('utf-16')


@endless
def decoding() -> object:
    return (b'\xc3\xa9' * (80 * MIB)).decode()


@endless
def replacing() -> object:
    return ('a' * MIB).replace('a', 'b' * 1000)


@endless
def translating() -> object:
    return ('a' * MIB).translate({97: 'b' * 1000})


@endless
def splitting() -> object:
    return ('a ' * (20 * MIB)).split()


@endless
def many_exceptions() -> object:
    l = []
    while True:
        try:
            raise ValueError('x' * 100)
        except ValueError as e:
            l.append(e)


@endless
def many_weakrefs() -> object:
    import weakref

    class A:
        pass
    l = []
    while True:
        a = A()
        l.append((a, weakref.ref(a)))


@endless
def xml_text() -> object:
    import xml.etree.ElementTree as E
    E.fromstring('<a>' + '<b c="d">e</b>' * 2000000 + '</a>')


@endless
def csv_rows() -> object:
    import csv, io
    list(csv.reader(io.StringIO('a,b,"c"\n' * 3000000)))


@endless
def scrypt() -> object:
    import hashlib
    return hashlib.scrypt(b'p', salt=b's', n=1 << 20, r=8, p=1, maxmem=2 ** 31 - 1)


@endless
def tracing_memory() -> object:
    import tracemalloc
    tracemalloc.start(25)
    try:
        l = []
        while True:
            l.append([1])
    finally:
        tracemalloc.stop()


@endless
def marshalling() -> object:
    import marshal
    return marshal.dumps(['x' * 1000 + str(i) for i in range(10000)] * 40)


@endless
def many_tasks() -> object:
    import asyncio

    async def w():
        await asyncio.sleep(3600)

    async def main():
        l = []
        try:
            while True:
                l.append(asyncio.create_task(w()))
        finally:
            del l
    asyncio.run(main())


@endless
def packing() -> object:
    import struct
    return struct.pack('%ds' % (1 << 33), b'')


@endless
def hex_text() -> object:
    return (b'x' * (150 * MIB)).hex()


@endless
def normalizing() -> object:
    import unicodedata
    return unicodedata.normalize('NFKD', 'ﷺ' * (5 * MIB))


def run_limited(function: Callable[[], object], mebibytes: int, verbose: bool) -> int:
    """In the child: 0 done, 10 MemoryError, 13 another exception that stands for it, 11 something else, 14 broken afterwards."""
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + mebibytes * MIB, resource.RLIM_INFINITY))
    code = 0
    try:
        function()
    except MemoryError:
        code = 10
    except BaseException as e:
        text = str(e)
        known = isinstance(e, RecursionError | OverflowError) or "start new thread" in text or "allocate" in text
        code = 10 if contains_memory_error(e) else 13 if known else 11
        if code == 11 or verbose:
            import traceback

            traceback.print_exception(e)
    gc.collect()
    names: dict[str, object] = {}
    exec("def f(n): return [str(i) for i in range(n)]\nfound = f(2000)", names)
    return code if names["found"] == [str(i) for i in range(2000)] else 14


def contains_memory_error(e: BaseException | None) -> bool:
    seen: list[BaseException] = []
    stack = [e]
    while stack:
        e = stack.pop()
        if e is None or any(e is x for x in seen):
            continue
        seen.append(e)
        if isinstance(e, MemoryError):
            return True
        stack += [e.__cause__, e.__context__, *getattr(e, "exceptions", ())]
    return False


def run(function: Callable[[], object], n: int, for_ever: bool, verbose: bool) -> int:
    """In the child: 0 nothing happened, 20 nothing failed, 10 MemoryError, 11 something else."""
    fail = sys._taipan.fail_allocation  # type: ignore[attr-defined]
    code = 0
    try:
        fail(n, for_ever)
        function()
        code = 20 if fail(0) > 1 else 0
    except MemoryError:
        fail(0)
        code = 10
    except BaseException as e:
        fail(0)
        code = 10 if contains_memory_error(e) else 11
        if code == 11 or verbose:
            import traceback

            traceback.print_exception(e)
    gc.collect()
    return code


def limited(options: argparse.Namespace) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.set_int_max_str_digits(0)
    bad = 0
    for mebibytes in options.limit:
        for name in options.names or ENDLESS:
            sys.stdout.flush()
            pid = os.fork()
            if not pid:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(3 * TIMEOUT)
                code = 12
                try:
                    code = run_limited(ENDLESS[name], mebibytes, options.verbose)
                finally:
                    os._exit(code)
            _, status = os.waitpid(pid, 0)
            code = os.waitstatus_to_exitcode(status)
            if code not in (0, 10, 13):
                bad += 1
                why = {11: "another exception", 12: "an exception afterwards", 14: "wrong afterwards"}.get(code, f"exit code {code}")
                print(f"FAIL  {name}: {why}; again with: {name} --limit {mebibytes}", flush=True)
    print(f"{len(options.limit) * len(options.names or ENDLESS)} limited runs, {bad} bad")
    return bad > 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--to", type=int, default=2000)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--for-ever", action="store_true")
    parser.add_argument("--limit", type=int, nargs="+", metavar="MEBIBYTES")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.limit:
        return limited(options)
    if not hasattr(getattr(sys, "_taipan", None), "fail_allocation"):
        print("not a debug build of Taipan")
        return 0
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    modes = [False] * (not options.for_ever) + [True] * (not options.once)
    runs = bad = 0
    counts: dict[str, int] = {}
    for name in options.names or PROGRAMS:
        PROGRAMS[name]()  # what is imported and cached once does not count
        for for_ever in modes:
            for n in range(options.first, options.to + 1, options.step):
                sys.stdout.flush()
                pid = os.fork()
                if not pid:
                    signal.signal(signal.SIGALRM, signal.SIG_DFL)
                    signal.alarm(TIMEOUT)
                    code = 12
                    try:
                        code = run(PROGRAMS[name], n, for_ever, options.verbose)
                    finally:
                        os._exit(code)
                _, status = os.waitpid(pid, 0)
                code = os.waitstatus_to_exitcode(status)
                runs += 1
                what = {0: "nothing", 20: "nothing failed", 10: "MemoryError"}.get(code)
                if what is None:
                    bad += 1
                    mode = "--for-ever" if for_ever else "--once"
                    why = {11: "another exception", 12: "an exception of the test"}.get(code, f"exit code {code}")
                    print(f"FAIL  {name}: {why}; again with: {mode} --from {n} --to {n} {name}", flush=True)
                    what = why
                counts[what] = counts.get(what, 0) + 1
                if code == 20:
                    break  # the program allocates less often
    print(f"{runs} runs, {bad} bad: {counts}")
    return bad > 0


if __name__ == "__main__":
    begun = time.monotonic()
    result = main()
    print(f"{time.monotonic() - begun:.0f} s")
    sys.exit(result)
