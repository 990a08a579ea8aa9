"""Compare compiler_driver's code objects with the reference's compile(), field by field.

Run with CPython 3.14:  code_compare.py DRIVER [--stop N] [--optimize N] [--quiet] [PATH…]
Paths are files or directories; without any, the standard library and its tests.
"""

import argparse
import collections
import difflib
import dis
import marshal
import pathlib
import subprocess
import sys
import sysconfig
import tokenize
import types
import warnings

FIELDS = (
    "co_name", "co_qualname", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_firstlineno",
    "co_names", "co_varnames", "co_cellvars", "co_freevars", "co_code", "co_consts", "co_stacksize", "co_exceptiontable",
    "co_linetable",
)


class Driver:
    def __init__(self, path: str) -> None:
        self.path = path
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([self.path, "--stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def compile(self, source: bytes, mode: str = "exec", optimize: int = 0, flags: int = 0) -> tuple[bool, bytes]:
        try:
            self.process.stdin.write(f"{mode} {optimize} {flags} {len(source)}\n".encode() + source)
            self.process.stdin.flush()
            while True:
                line = self.process.stdout.readline()
                if not line:
                    raise BrokenPipeError
                if not line.startswith(b"warning "):
                    break
            status, size = line.split()
            return status == b"ok", self.process.stdout.read(int(size))
        except BrokenPipeError:
            code = self.process.wait()
            self.start()
            return False, f"driver died with {code}".encode()


def constant_key(value: object) -> object:
    if isinstance(value, types.CodeType):
        return ("code", value.co_name)
    if isinstance(value, (tuple, frozenset)):
        items = [constant_key(item) for item in value]
        return (type(value).__name__, items if isinstance(value, tuple) else sorted(items, key=repr))
    return (type(value).__name__, repr(value))


def field(code: types.CodeType, name: str) -> object:
    value = getattr(code, name)
    return [constant_key(item) for item in value] if name == "co_consts" else value


def pairs(ours: types.CodeType, theirs: types.CodeType):
    yield ours, theirs
    mine = [c for c in ours.co_consts if isinstance(c, types.CodeType)]
    other = [c for c in theirs.co_consts if isinstance(c, types.CodeType)]
    for i, code in enumerate(other):
        if i < len(mine):
            yield from pairs(mine[i], code)
        else:
            yield from ((None, c) for c in walk(code))


def walk(code: types.CodeType):
    yield code
    for c in code.co_consts:
        if isinstance(c, types.CodeType):
            yield from walk(c)


def listing(code: types.CodeType) -> list[str]:
    """One line an instruction, without offsets: jumps name their target's place in the text."""
    lines = []
    for i in dis.get_instructions(code):
        p = i.positions
        where = f"[{p.lineno}:{p.col_offset}-{p.end_lineno}:{p.end_col_offset}]"
        arg = "code" if i.argrepr.startswith("<code") else i.argrepr[:40] or ("" if i.arg is None else i.arg)
        if i.jump_target is not None:
            arg = "forward" if i.jump_target > i.offset else "backward"
        lines.append(f"{i.opname} {arg} {where}")
    for e in dis._parse_exception_table(code):
        lines.append(f"      except {e.start}-{e.end} -> {e.target} depth {e.depth} lasti {e.lasti}")
    return lines


def show(ours: types.CodeType, theirs: types.CodeType, names: list[str]) -> None:
    for name in names:
        if name not in ("co_code", "co_linetable", "co_exceptiontable"):
            print(f"    {name}:\n      ours   {field(ours, name)!r:.600}\n      theirs {field(theirs, name)!r:.600}")
    if {"co_code", "co_linetable", "co_exceptiontable"} & set(names):
        shown = 0
        for line in difflib.unified_diff(listing(ours), listing(theirs), "ours", "theirs", "", "", 3, ""):
            print(f"    {line}")
            shown += 1
            if shown > 24:
                break


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("driver")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--stop", type=int, default=8, help="differences to show")
    parser.add_argument("--optimize", type=int, default=0)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    roots = [pathlib.Path(p) for p in options.paths or [sysconfig.get_path("stdlib")]]
    files = [f for r in roots for f in (sorted(r.rglob("*.py")) if r.is_dir() else [r])]
    driver = Driver(options.driver)
    total = same = shown = 0
    wrong = collections.Counter()
    failures: list[str] = []
    files_seen = 0
    for path in files:
        try:
            with tokenize.open(path) as f:
                source = f.read()
            reference = compile(source, "<case>", "exec", dont_inherit=True, optimize=options.optimize)
        except (SyntaxError, UnicodeError, ValueError, RecursionError):
            continue
        files_seen += 1
        ok, data = driver.compile(source.encode(), optimize=options.optimize)
        if ok:
            try:
                result = marshal.loads(data)
            except Exception as e:
                ok, data = False, repr(e).encode()
        if not ok:
            failures.append(f"{path}: {data.decode(errors='replace')}")
            total += sum(1 for _ in walk(reference))
            continue
        for ours, theirs in pairs(result, reference):
            total += 1
            if ours is None:
                wrong["missing"] += 1
                continue
            names = [n for n in FIELDS if field(ours, n) != field(theirs, n)]
            if not names:
                same += 1
                continue
            wrong.update(names)
            if shown < options.stop:
                shown += 1
                print(f"{path}:{theirs.co_firstlineno} {theirs.co_qualname}: {', '.join(names)}")
                if not options.quiet:
                    show(ours, theirs, names)
    for failure in failures[:20]:
        print(failure)
    print(f"{files_seen} files, {len(failures)} not compiled; {same} of {total} code objects identical "
          f"({100 * same / max(total, 1):.2f} %)")
    print(", ".join(f"{name} {count}" for name, count in wrong.most_common()))
    return same != total


if __name__ == "__main__":
    sys.exit(main())
