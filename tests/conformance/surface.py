"""Compare what two interpreters show of their natives: builtins, sys, types and every native module.

    python3 tests/conformance/surface.py --interpreter build/debug/taipan [--reference python3.14] [MODULE…]

Of every public name: its kind, inspect.signature, whether it has a doc string, __module__, __qualname__, the type flags
that Python code can tell by, the bases and the MRO; of a type's own attributes the same. What differs is printed one a
line, "PATH  WHAT  reference -> interpreter"; --count prints only how many there are for each module. Ends with 1 if anything
differs.
"""

from __future__ import annotations

import argparse
import collections
import json
import pathlib
import shlex
import subprocess
import sys

# Flags that tell behaviours apart; weak references and instance dicts are told by their offsets.
FLAGS = {"no-instances": 7, "immutable": 8, "basetype": 10, "sequence": 5, "mapping": 6, "method-descriptor": 17, "abstract": 20, "heap": 9}

# Natives that show the implementation or the platform and not Python.
SKIPPED = {
    "_testcapi", "_testinternalcapi", "_testlimitedcapi", "_testclinic", "_testclinic_limited", "_testbuffer", "_testmultiphase",
    "_testimportmultiple", "_testsinglephase", "_xxtestfuzz", "_ctypes_test", "xxsubtype", "xxlimited", "xxlimited_35", "_freeze_module",
}


def describe(value: object) -> dict[str, object]:
    """What can be seen of one object without calling it."""
    import inspect

    facts: dict[str, object] = {"kind": type(value).__name__}
    if isinstance(value, (int, float, str, bytes, tuple, list, dict, type(None), frozenset, set)):
        return facts
    for name in ("__module__", "__qualname__"):
        try:
            fact = getattr(value, name, None)
        except Exception as error:
            fact = type(error).__name__
        if fact is None or isinstance(fact, str):
            facts[name] = fact
    facts["doc"] = bool(getattr(value, "__doc__", None))
    if callable(value):
        try:
            facts["signature"] = str(inspect.signature(value))
        except Exception as error:
            facts["signature"] = type(error).__name__
    return facts


def describe_type(kind: type) -> dict[str, object]:
    facts = describe(kind)
    flags = kind.__flags__
    facts["flags"] = [name for name, bit in FLAGS.items() if flags >> bit & 1]
    facts["weakrefs"] = bool(kind.__weakrefoffset__)
    facts["dict"] = bool(kind.__dictoffset__)
    facts["mro"] = [base.__name__ for base in kind.__mro__]
    facts["bases"] = [base.__name__ for base in kind.__bases__]
    facts["match_args"] = list(getattr(kind, "__match_args__", ()))
    return facts


def collect(wanted: list[str]) -> dict[str, dict[str, dict[str, object]]]:
    """Every module's paths and their facts. Runs in the interpreters compared."""
    import importlib
    import importlib.machinery
    import importlib.util
    import types
    import warnings

    warnings.simplefilter("ignore")
    names = set(sys.builtin_module_names) | {"types", "builtins", "sys"}
    for name in sys.stdlib_module_names:
        if name in names or name in SKIPPED or not (name.startswith("_") or name in ("array", "math", "cmath", "mmap", "select", "unicodedata",
                "zlib", "fcntl", "grp", "resource", "syslog", "termios", "readline", "pyexpat", "binascii")):
            continue
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if spec and isinstance(spec.loader, (importlib.machinery.ExtensionFileLoader, importlib.machinery.BuiltinImporter)):
            names.add(name)
    if wanted:
        names = set(wanted)
    found: dict[str, dict[str, dict[str, object]]] = {}
    for name in sorted(names - SKIPPED):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        paths: dict[str, dict[str, object]] = {"": {"doc": bool(module.__doc__)}}
        seen: set[int] = set()

        def add_type(path: str, kind: type) -> None:
            paths[path] = describe_type(kind)
            if id(kind) in seen:
                return
            seen.add(id(kind))
            for key, value in list(vars(kind).items()):
                if key in ("__doc__", "__module__", "__abstractmethods__"):
                    continue
                if isinstance(value, (staticmethod, classmethod)):
                    paths[f"{path}.{key}"] = {**describe(value.__func__), "kind": type(value).__name__}
                else:
                    paths[f"{path}.{key}"] = describe(value)

        for key, value in list(vars(module).items()):
            if key in ("__builtins__", "__cached__", "__file__", "__loader__", "__spec__", "__package__"):
                continue
            if isinstance(value, type):
                add_type(key, value)
            elif isinstance(value, types.ModuleType):
                paths[key] = {"kind": "module"}
            else:
                paths[key] = describe(value)
                if not isinstance(value, (int, str, bytes, tuple, list, dict, float, types.FunctionType)) and type(value).__module__ == name:
                    hidden = type(value)
                    if hidden.__name__ not in vars(module):
                        add_type(f"<{hidden.__name__}>", hidden)
        found[name] = paths
    # Types that no module names.
    import itertools  # noqa: F401

    def generator():
        yield

    nameless: dict[str, dict[str, object]] = {}
    values = [iter([]), iter(()), iter(""), iter("\u0100"), iter(b""), iter(bytearray()), iter({}), iter({}.values()), iter({}.items()), iter(set()), {}.keys(), {}.values(),
              {}.items(), iter(range(0)), iter(range(1 << 70)), reversed([]), reversed({}), iter(memoryview(b"")), generator(), ..., NotImplemented,
              None, iter(int, 1), type.__dict__["__doc__"], int.__add__, (1).__add__, int.from_bytes, str.join, "".join, dict.fromkeys,
              int.__dict__["real"], type(generator).__dict__["__code__"], (lambda: 0).__code__, (lambda: 0).__code__.co_positions(), property(),
              list[int], int | str, types.MappingProxyType({}), sys.flags, sys.implementation, sys._getframe()]
    if not wanted or "nameless" in wanted:
        for value in values:
            kind = type(value)
            nameless[kind.__name__] = describe_type(kind)
            for key, member in list(vars(kind).items()):
                if key not in ("__doc__", "__module__"):
                    nameless[f"{kind.__name__}.{key}"] = describe(member)
        found["nameless"] = nameless
    return found


def run(command: str, modules: list[str]) -> dict[str, dict[str, dict[str, object]]]:
    script = pathlib.Path(__file__).resolve()
    done = subprocess.run([*shlex.split(command), str(script), "--collect", *modules], stdout=subprocess.PIPE, text=True, timeout=600,
                          cwd=script.parents[2])
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the surface of two interpreters")
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--interpreter")
    parser.add_argument("--reference", default="python3.14")
    parser.add_argument("--collect", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--count", action="store_true", help="only the number of differences for each module")
    options = parser.parse_args()
    if options.collect:
        print(json.dumps(collect(options.modules)))
        return 0
    if not options.interpreter:
        parser.error("--interpreter is required")
    expected = run(options.reference, options.modules)
    shown = run(options.interpreter, options.modules)
    counts: collections.Counter[str] = collections.Counter()
    lines: list[str] = []
    for module in sorted(expected.keys() | shown.keys()):
        if module not in shown or module not in expected:
            counts[module] += 1
            lines.append(f"{module}  {'missing' if module not in shown else 'extra'} module")
            continue
        there, here = expected[module], shown[module]
        for path in sorted(there.keys() | here.keys()):
            if path not in here or path not in there:
                if path.rpartition(".")[0] in here.keys() & there.keys() or "." not in path:
                    counts[module] += 1
                    lines.append(f"{module}.{path}  {'missing' if path not in here else 'extra'}")
                continue
            for what in there[path].keys() | here[path].keys():
                one, other = there[path].get(what), here[path].get(what)
                if one != other:
                    counts[module] += 1
                    lines.append(f"{module}.{path}  {what}  {one} -> {other}")
    if options.count:
        for module, count in counts.most_common():
            print(f"{count:6} {module}")
    else:
        print("\n".join(lines))
    print(f"{sum(counts.values())} differences", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
