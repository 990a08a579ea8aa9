"""Compile every snippet of source found in CPython's test files with compiler_driver and with the reference, and compare
code, errors (kind, text, position) and warnings.

Run with CPython 3.14:  compile_snippets.py DRIVER [--stop N] [--only TEXT] [FILE…]
A snippet is a string constant in a test file, dedented, or an example in a doctest.
"""

import argparse
import ast
import doctest
import marshal
import pathlib
import re
import sys
import sysconfig
import textwrap
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from code_compare import FIELDS, Driver, field, pairs, show  # noqa: E402


class RecordingDriver(Driver):
    def compile_recorded(self, source: bytes, mode: str) -> tuple[bool, bytes, list[tuple[int, str]]]:
        found = []
        try:
            self.process.stdin.write(f"{mode} 0 0 {len(source)}\n".encode() + source)
            self.process.stdin.flush()
            while True:
                line = self.process.stdout.readline()
                if not line:
                    raise BrokenPipeError
                m = re.match(rb"warning (-?\d+):(-?\d+) (.*)", line, re.S)
                if not m:
                    if re.match(rb"(ok|error) \d+$", line):
                        break
                    continue
                found.append((int(m[1]), m[3].decode().rstrip("\n")))
            status, size = line.split()
            return status == b"ok", self.process.stdout.read(int(size)), found
        except BrokenPipeError:
            code = self.process.wait()
            self.start()
            return False, f"driver died with {code}".encode(), found


def snippets(path: pathlib.Path):
    tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
    parser = doctest.DocTestParser()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        text = node.value
        if ">>>" in text:
            try:
                for example in parser.get_examples(text):
                    yield node.lineno, example.source
            except ValueError:
                pass
        elif any(c in text for c in " \n(=:") and len(text) < 20000:
            yield node.lineno, textwrap.dedent(text)


def reference(source: str, mode: str):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = compile(source, "<case>", mode, dont_inherit=True)
        except SyntaxError as e:
            # A line of -1 is that of code without a place: the driver prints none.
            where = f" {e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset}" if e.lineno != -1 else ""
            result = f"{type(e).__name__}: {e.msg}{where}"
        except RecursionError:
            result = "RecursionError: maximum recursion depth exceeded during compilation"
        except Exception as e:
            result = f"{type(e).__name__}: {e}"
    return result, [(w.lineno, str(w.message)) for w in caught if issubclass(w.category, SyntaxWarning)]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("driver")
    arguments.add_argument("files", nargs="*")
    arguments.add_argument("--stop", type=int, default=20)
    arguments.add_argument("--only", default="")
    options = arguments.parse_args()
    root = pathlib.Path(sysconfig.get_path("stdlib")) / "test"
    files = [pathlib.Path(f) for f in options.files] or sorted(root.rglob("test_*.py"))
    driver = RecordingDriver(options.driver)
    total = same = shown = errors = 0
    seen: set[tuple[str, str]] = set()
    for path in files:
        try:
            cases = list(snippets(path))
        except (SyntaxError, ValueError):
            continue
        for line, source in cases:
            for mode in ("exec", "single"):
                if (mode, source) in seen or "\0" in source or options.only not in source:
                    continue
                seen.add((mode, source))
                try:
                    data = source.encode()
                except UnicodeEncodeError:
                    continue
                theirs, their_warnings = reference(source, mode)
                ok, ours, our_warnings = driver.compile_recorded(data, mode)
                total += 1
                problem = ""
                if isinstance(theirs, str):
                    errors += 1
                    text = "code" if ok else ours.decode(errors="replace")
                    if text != theirs:
                        problem = f"  ours   {text}\n  theirs {theirs}"
                elif not ok:
                    problem = f"  ours   {ours.decode(errors='replace')}\n  theirs code"
                else:
                    for a, b in pairs(marshal.loads(ours), theirs):
                        names = [n for n in FIELDS if a is None or field(a, n) != field(b, n)]
                        if names:
                            problem = f"  differ: {b.co_qualname} {names}"
                            if shown < options.stop and a is not None:
                                show(a, b, names)
                            break
                if not problem and our_warnings != their_warnings:
                    problem = f"  our warnings   {our_warnings}\n  their warnings {their_warnings}"
                if not problem:
                    same += 1
                elif shown < options.stop:
                    shown += 1
                    print(f"{path}:{line} {mode} {source[:300]!r}\n{problem}")
    print(f"{total} snippets ({errors} in error), {same} agree ({100 * same / max(total, 1):.2f} %)")
    return same != total


if __name__ == "__main__":
    sys.exit(main())
