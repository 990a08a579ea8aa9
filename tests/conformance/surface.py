"""Compare what two interpreters show of their natives: builtins, sys, types and every native module.

    ./x surface [MODULE…]       the same with the build and the reference at hand
    python3 tests/conformance/surface.py --interpreter build/debug/taipan [--reference python3.14] [MODULE…]

Of every name: its kind, inspect.signature, whether it has a doc string, __module__, __qualname__; of a type also the flags
that Python code can tell by, the bases, the MRO, its own attributes, and the outline of its help(): headings and names. Of
sample objects, many of them of types that no module names, what dir() lists. The words of doc strings are our own.

What differs is printed one a line, "PATH  WHAT  reference -> interpreter", unless surface_explained.txt has a line for it:
a pattern for the path, one for what, and why it differs. --all prints those too, --count only how many there are for each
module. Ends with 1 if anything unexplained differs, or if an explanation explains nothing.
"""

from __future__ import annotations

import argparse
import collections
import fnmatch
import json
import pathlib
import re
import shlex
import subprocess
import sys

EXPLAINED = pathlib.Path(__file__).with_name("surface_explained.txt")

# Flags that tell behaviours apart; weak references and instance dicts are told by their offsets.
FLAGS = {
    "sequence": 5,
    "mapping": 6,
    "no-instances": 7,
    "immutable": 8,
    "heap": 9,
    "basetype": 10,
    "vectorcall": 11,
    "collected": 14,
    "method-descriptor": 17,
    "abstract": 20,
    "match-self": 22,
}

# Natives that show the implementation or the platform and not Python.
SKIPPED = {
    "_testcapi", "_testinternalcapi", "_testlimitedcapi", "_testclinic", "_testclinic_limited", "_testbuffer",
    "_testmultiphase", "_testimportmultiple", "_testsinglephase", "_xxtestfuzz", "_ctypes_test", "xxsubtype", "xxlimited",
    "xxlimited_35", "_freeze_module",
}
NATIVE_WITHOUT_UNDERSCORE = {
    "array", "binascii", "cmath", "fcntl", "grp", "math", "mmap", "pyexpat", "readline", "resource", "select", "syslog",
    "termios", "unicodedata", "zlib",
}

Facts = dict[str, object]
Surface = dict[str, dict[str, Facts]]


def describe(value: object) -> Facts:
    """What can be seen of one object without calling it."""
    import inspect

    facts: Facts = {"kind": type(value).__name__}
    if isinstance(value, (int, float, str, bytes, tuple, list, dict, type(None), frozenset, set)):
        return facts
    for name in ("__module__", "__name__", "__qualname__"):
        try:
            fact = getattr(value, name, None)
        except Exception as error:
            fact = type(error).__name__
        if fact is None or isinstance(fact, str):
            facts[name] = fact
    facts["doc"] = bool(getattr(value, "__doc__", None))
    facts["text signature"] = getattr(value, "__text_signature__", None) is not None
    if callable(value):
        try:
            facts["signature"] = str(inspect.signature(value))
        except Exception as error:
            facts["signature"] = type(error).__name__
    return facts


def outline(kind: type) -> list[str]:
    """The headings and the names of help(kind), without the words about them."""
    import pydoc

    text = pydoc.plain(pydoc.render_doc(kind, renderer=pydoc.plaintext))
    lines = [line[4:].partition(" ->")[0] for line in text.splitlines() if re.match(r" \|  [^ -]", line)]
    heading = re.compile(r"Method resolution order:|[A-Z][a-z ]+ (defined here|inherited from .*):")
    starts = [i for i, line in enumerate(lines) if heading.fullmatch(line)]
    return [re.sub(r" = .*", "", re.sub(r"\(.*", "()", line)) for line in lines[starts[0] :]] if starts else []


def describe_type(kind: type) -> Facts:
    facts = describe(kind)
    flags = kind.__flags__
    facts |= {f"flag {name}": bool(flags >> bit & 1) for name, bit in FLAGS.items()}
    facts["weakrefs"] = bool(kind.__weakrefoffset__)
    facts["dict"] = bool(kind.__dictoffset__)
    facts["mro"] = [base.__name__ for base in kind.__mro__]
    facts["bases"] = [base.__name__ for base in kind.__bases__]
    facts["match_args"] = list(getattr(kind, "__match_args__", ()))
    try:
        facts["help"] = outline(kind)
    except Exception as error:
        facts["help"] = [type(error).__name__]
    return facts


def samples() -> list[object]:
    """Objects whose types mostly have no name in a module."""
    import array
    import bz2
    import collections
    import contextvars
    import csv
    import functools
    import hashlib
    import io
    import itertools
    import lzma
    import os
    import random
    import re
    import select
    import struct
    import threading
    import types
    import unicodedata
    import weakref
    import xml.parsers.expat
    import zlib
    from string.templatelib import Interpolation, Template

    def generator():
        yield

    async def coroutine():
        pass

    async def async_generator():
        yield

    awaited = coroutine()
    awaited.close()
    steps = async_generator()
    code = generator.__code__
    return [
        iter([]), iter(()), iter(""), iter("\u0100"), iter(b""), iter(bytearray()), iter({}), iter({}.values()),
        iter({}.items()), iter(set()), {}.keys(), {}.values(), {}.items(), iter(range(0)), iter(range(1 << 70)),
        reversed([]), reversed({}), iter(memoryview(b"")), reversed({}.values()), reversed({}.items()), reversed(()),
        generator(), generator, awaited, awaited.__await__, steps, steps.asend(None), steps.athrow(ValueError), ...,
        NotImplemented, None, iter(int, 1), type.__dict__["__doc__"], int.__add__, (1).__add__, int.from_bytes,
        str.join, "".join, dict.fromkeys, int.__dict__["real"], type(generator).__dict__["__code__"], code,
        code.co_positions(), code.co_lines(), property(), list[int], int | str, types.MappingProxyType({}),
        sys.flags, sys.implementation, sys.version_info, sys.hash_info, sys.float_info, sys._getframe(),
        sys._getframe().f_locals, map(int, ()), filter(int, ()), zip(), enumerate(()), 1, 1.0, 1j, True, "", b"",
        bytearray(), (), [], {}, set(), frozenset(), range(0), slice(0), object(), type, int, ValueError(),
        ExceptionGroup("", [ValueError()]), OSError(), StopIteration(), types, sys, memoryview(b""),
        staticmethod(len), classmethod(len), super(int, 1), types.CellType(), types.SimpleNamespace(),
        collections.deque(), iter(collections.deque()), collections.OrderedDict(), iter(collections.OrderedDict()),
        collections.defaultdict(), itertools.count(), itertools.groupby(()), itertools.tee(())[0], Template("x"),
        Interpolation(1), iter(Template("x")),
        iter(array.array("b")), bz2.BZ2Compressor(), contextvars.copy_context(), iter(contextvars.copy_context()),
        contextvars.copy_context().keys(), contextvars.copy_context().values(), contextvars.copy_context().items(),
        csv.reader(()), csv.writer(io.StringIO()), functools.cmp_to_key(max), functools.cmp_to_key(max)(1), functools.cache(max),
        functools.partial(max), hashlib.md5(), hashlib.sha3_256(), hashlib.blake2b(), io.BytesIO().getbuffer(),
        io.BytesIO().getbuffer().obj, lzma.LZMACompressor(), os.scandir(), os.environ, os.stat("."), os.times(), os.uname(),
        random.Random(), re.compile(""), re.match("", ""), re.compile("").scanner(""), re.compile("").finditer(""),
        select.poll(), select.epoll(), struct.iter_unpack("b", b""), threading.Lock(), threading.RLock(), threading.local(),
        unicodedata.ucd_3_2_0, weakref.ref(set), weakref.proxy(max), xml.parsers.expat.ParserCreate(), zlib.compressobj(),
        zlib.decompressobj(), "x".__format__, object.__subclasshook__, types.MethodType(max, 1), types.GenericAlias(list, int),
        type[int], iter(list[int]), BaseExceptionGroup("", [ValueError()]), KeyError(), SyntaxError(),
        UnicodeDecodeError("", b"", 0, 0, ""), ImportError(), AttributeError(), NameError(), SystemExit(),
    ]  # fmt: skip


def collect(wanted: list[str]) -> Surface:
    """Every module's paths and their facts. Runs in the interpreters compared."""
    import importlib
    import importlib.machinery
    import importlib.util
    import types
    import warnings

    warnings.simplefilter("ignore")
    names = set(sys.builtin_module_names) | {"types", "builtins", "sys"}
    for name in sys.stdlib_module_names:
        if name in names or name in SKIPPED or not (name.startswith("_") or name in NATIVE_WITHOUT_UNDERSCORE):
            continue
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if spec and isinstance(spec.loader, (importlib.machinery.ExtensionFileLoader, importlib.machinery.BuiltinImporter)):
            names.add(name)
    if wanted:
        names = set(wanted) - {"samples"}
    found: Surface = {}
    seen: dict[int, type] = {}

    def add_type(paths: dict[str, Facts], path: str, kind: type) -> None:
        paths[path] = describe_type(kind)
        if seen.setdefault(id(kind), kind) is not kind or f"{path}." in paths:
            return
        for key, value in list(vars(kind).items()):
            if key in ("__doc__", "__abstractmethods__"):
                continue
            if isinstance(value, (staticmethod, classmethod)):
                paths[f"{path}.{key}"] = {**describe(value.__func__), "kind": type(value).__name__}
            else:
                paths[f"{path}.{key}"] = describe(value)

    for name in sorted(names - SKIPPED, key=lambda name: (name != "builtins", name)):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        paths: dict[str, Facts] = {"": {"doc": bool(module.__doc__)}}
        # A type that has several names is told under its own.
        for key, value in sorted(vars(module).items(), key=lambda item: (getattr(item[1], "__name__", "") != item[0], item[0])):
            if key in ("__builtins__", "__cached__", "__file__", "__loader__", "__spec__", "__package__", "__doc__"):
                continue
            if isinstance(value, type):
                if id(value) in seen:
                    paths[key] = {"kind": type(value).__name__, "__name__": value.__name__}
                else:
                    add_type(paths, key, value)
            elif isinstance(value, types.ModuleType):
                paths[key] = {"kind": "module"}
            else:
                paths[key] = describe(value)
                plain = (int, str, bytes, tuple, list, dict, float, types.FunctionType)
                if not isinstance(value, plain) and type(value).__module__ == name:
                    hidden = type(value)
                    if hidden.__name__ not in vars(module) and id(hidden) not in seen:
                        add_type(paths, f"<{hidden.__name__}>", hidden)
        found[name] = paths
    if not wanted or "samples" in wanted:
        shown: dict[str, Facts] = {}
        for value in samples():
            kind = type(value)
            if id(kind) not in seen:
                add_type(shown, kind.__name__, kind)
            facts = shown.setdefault(kind.__name__, {})
            if not isinstance(value, types.ModuleType):
                facts["dir"] = dir(value)
        found["samples"] = shown
    return found


def run(command: str, modules: list[str]) -> Surface:
    script = pathlib.Path(__file__).resolve()
    line = [*shlex.split(command), str(script), "--collect", *modules]
    done = subprocess.run(line, stdout=subprocess.PIPE, text=True, timeout=600, cwd=script.parents[2])
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def difference(one: object, other: object) -> str:
    if isinstance(one, list) and isinstance(other, list):
        missing = [item for item in one if item not in other]
        extra = [item for item in other if item not in one]
        if missing or extra:
            return " ".join([f"-{item}" for item in missing] + [f"+{item}" for item in extra])
    return f"{one} -> {other}"


def differences(there: Surface, here: Surface) -> list[tuple[str, str, str]]:
    """(path, what, text) of everything that is not the same."""
    found: list[tuple[str, str, str]] = []
    for module in sorted(there.keys() | here.keys()):
        if module not in here or module not in there:
            found.append((module, "module", "missing" if module not in here else "extra"))
            continue
        one, other = there[module], here[module]
        for path in sorted(one.keys() | other.keys()):
            full = f"{module}.{path}" if path else module
            if path not in other or path not in one:
                if path.rpartition(".")[0] in one.keys() & other.keys() or "." not in path:
                    found.append((full, "name", "missing" if path not in other else "extra"))
                continue
            for what in sorted(one[path].keys() | other[path].keys()):
                if one[path].get(what) != other[path].get(what):
                    found.append((full, what, difference(one[path].get(what), other[path].get(what))))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the surface of two interpreters")
    parser.add_argument("modules", nargs="*", help='modules, and "samples" for the objects; all if none is named')
    parser.add_argument("--interpreter")
    parser.add_argument("--reference", default="python3.14")
    parser.add_argument("--collect", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--count", action="store_true", help="only the number of differences for each module")
    parser.add_argument("--all", action="store_true", help="also what is explained")
    options = parser.parse_args()
    if options.collect:
        print(json.dumps(collect(options.modules)))
        return 0
    if not options.interpreter:
        parser.error("--interpreter is required")
    found = differences(run(options.reference, options.modules), run(options.interpreter, options.modules))
    lines = [line for line in EXPLAINED.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    explained = [(path, what) for path, what, _ in (re.split(r"  +", line, maxsplit=2) for line in lines)]
    used: collections.Counter[tuple[str, str]] = collections.Counter()

    def explanation(path: str, what: str) -> tuple[str, str] | None:
        for row in explained:
            if fnmatch.fnmatchcase(path, row[0]) and fnmatch.fnmatchcase(what, row[1]):
                return row
        return None

    unexplained: list[tuple[str, str, str]] = []
    for path, what, text in found:
        row = None if options.all else explanation(path, what)
        if row:
            used[row] += 1
        else:
            unexplained.append((path, what, text))
    if options.count:
        for module, count in collections.Counter(path.partition(".")[0] for path, _, _ in unexplained).most_common():
            print(f"{count:6} {module}")
    else:
        for path, what, text in unexplained:
            print(f"{path}  {what}  {text}")
    idle = [] if options.modules or options.all else [row for row in explained if row not in used]
    for path, what in idle:
        print(f"surface_explained.txt: nothing differs any more: {path}  {what}")
    print(f"{len(unexplained)} differences, {used.total()} explained", file=sys.stderr)
    return 1 if unexplained or idle else 0


if __name__ == "__main__":
    sys.exit(main())
