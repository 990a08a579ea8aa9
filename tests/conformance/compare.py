"""The front end against the reference's: code objects, syntax trees, tokens, errors.

    ./x compare [KIND…] [PATH…]                           both interpreters over the files, differences shown
    ./x compare --record                                  digests of the sample, made on the reference
    python3 tests/conformance/compare.py --interpreter build/taipan --digests      the sample against those digests

Without paths the files are the standard library and its tests; the sample is our own programs, which do not change with
the library. The kinds, all unless some are named:

    code, ast, tokens   of every file: code objects in all fields, trees with positions, what tokenize gives
    errors              the files mutated token by token (--mutants in all): what compile() makes of each, the exception,
                        its message, its place; and how often both agree that the program is an error at all
    snippets            every string in the files that may be a program: compile() in each mode with the warnings, trees with
                        type comments, of old versions, optimised; unparse, symtable
    random              --programs programs that nobody would write: the same
    trees               --trees syntax trees with a wrong part, given to compile()

The same file runs inside the interpreters (--serve): a request a line, the answer a line, both JSON.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import difflib
import hashlib
import json
import os
import pathlib
import random
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator

import programs

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DIGESTS = HERE / "frontend_digests.txt"
SAMPLE = ("tests/lang", "tests/guide", "bench/programs", "examples")
KINDS = ("code", "ast", "tokens", "errors", "snippets", "random", "trees")
SAMPLED = ("code", "ast", "tokens", "errors")
SAMPLE_MUTANTS = 12  # for each file of the sample

FIELDS = (
    "co_code",
    "co_consts",
    "co_names",
    "co_varnames",
    "co_cellvars",
    "co_freevars",
    "co_flags",
    "co_stacksize",
    "co_exceptiontable",
    "co_linetable",
    "co_name",
    "co_qualname",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_firstlineno",
    "co_nlocals",
)

# ---------------------------------------------------------------- inside the interpreter


def plain(value: object) -> object:
    """A constant as text that tells -0.0 from 0.0 and True from 1, and does not depend on the hash seed."""
    if type(value).__name__ == "code":
        return f"<code {value.co_name}>"  # type: ignore[attr-defined]
    if isinstance(value, (tuple, frozenset)):
        items = [plain(item) for item in value]
        return [type(value).__name__, items if isinstance(value, tuple) else sorted(items, key=repr)]
    return f"{type(value).__name__} {value!r}"


def code_objects(code, out: list) -> list:
    fields = {}
    for name in FIELDS:
        value = getattr(code, name)
        fields[name] = value.hex() if isinstance(value, bytes) else repr(plain(value))
    out.append((f"{code.co_qualname}:{code.co_firstlineno}", fields))
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            code_objects(constant, out)
    return out


def error_text(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, SyntaxError):
        where = f"{error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset}"
        return f"{name} {error.msg!r} {where} {error.text!r}"
    return f"{name} {str(error)!r}"


def describe_code(path: str) -> list:
    with open(path, "rb") as file:
        source = file.read()
    try:
        return code_objects(compile(source, "<case>", "exec", dont_inherit=True), [])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return [("error", {"error": error_text(error)})]


def describe_ast(path: str) -> list:
    import ast

    with open(path, "rb") as file:
        source = file.read()
    try:
        tree = ast.parse(source, type_comments=False)
        return [(path, {"dump": ast.dump(tree, include_attributes=True)})]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return [("error", {"error": error_text(error)})]


def describe_tokens(path: str) -> list:
    import tokenize

    lines = []
    with open(path, "rb") as file:
        try:
            for token in tokenize.tokenize(file.readline):
                lines.append(repr(tuple(token)))
        except (SyntaxError, tokenize.TokenError) as error:
            lines.append(error_text(error) if isinstance(error, SyntaxError) else repr(error))
    return [(path, {"tokens": "\n".join(lines)})]


def describe_source(source: str) -> list:
    try:
        compile(source, "<case>", "exec", dont_inherit=True)
        return [("", {"outcome": "compiles"})]
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return [("", {"outcome": error_text(error)})]


def outcome(action, *arguments, **keywords) -> str:
    """What a call of the front end gives, as text, with the warnings on its way."""
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            text = action(*arguments, **keywords)
        except Exception as error:
            text = error_text(error)
    return text + "".join(f"\n{w.category.__name__} {w.lineno} {w.message}" for w in caught)


def describe_program(source: str) -> list:
    """Everything that can be asked about a program."""
    import ast
    import codeop
    import symtable

    def code(mode: str, **options: int) -> str:
        return json.dumps(code_objects(compile(source, "<case>", mode, dont_inherit=True, **options), []))

    def tree(**options) -> str:
        return ast.dump(ast.parse(source, **options), include_attributes=True)

    def unparsed() -> str:
        return ast.unparse(ast.parse(source))

    def symbols() -> str:
        lines = []

        def visit(table) -> None:
            lines.append(f"{table.get_type()} {table.get_name()} {table.get_lineno()} {table.is_nested()} {table.is_optimized()}")
            for symbol in sorted(table.get_symbols(), key=lambda s: s.get_name()):
                lines.append(f"  {symbol.get_name()} {symbol._Symbol__flags} {symbol._Symbol__scope}")
            for child in table.get_children():
                visit(child)

        visit(symtable.symtable(source, "<case>", "exec"))
        return "\n".join(lines)

    def complete() -> str:
        return type(codeop.compile_command(source)).__name__

    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    fields = {mode: outcome(code, mode) for mode in ("exec", "single", "eval")}
    fields |= {f"-O{level}": outcome(code, "exec", optimize=level) for level in (1, 2)}
    fields["await"] = outcome(code, "exec", flags=flags)
    fields["tree"] = outcome(tree, type_comments=True)
    fields["expression"] = outcome(tree, mode="eval")
    fields["signature"] = outcome(tree, mode="func_type")
    fields["optimised"] = outcome(tree, optimize=2)
    fields |= {f"3.{minor}": outcome(tree, feature_version=(3, minor)) for minor in (4, 7, 10, 13)}
    fields |= {"unparsed": outcome(unparsed), "symbols": outcome(symbols), "complete": outcome(complete)}
    return [("", fields)]


def describe_tree(subject: str) -> list:
    """The source, a null byte, the seed of the damage."""
    import ast

    source, seed = subject.split("\0")
    chance = random.Random(seed)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return [("", {"outcome": "no tree"})]
    programs.break_tree(tree, chance)

    def code() -> str:
        return json.dumps(code_objects(compile(tree, "<case>", "exec", dont_inherit=True), []))

    return [("", {"dump": outcome(ast.dump, tree), "code": outcome(code)})]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def serve() -> None:
    """Requests are [kind, subject, full]; answers [[name, {field: digest or, when full, text}], …]."""
    import warnings

    warnings.simplefilter("ignore")
    describe = {
        "code": describe_code,
        "ast": describe_ast,
        "tokens": describe_tokens,
        "errors": describe_source,
        "program": describe_program,
        "tree": describe_tree,
    }
    for line in sys.stdin:
        kind, subject, full = json.loads(line)
        answer = programs.snippets(subject) if kind == "list" else describe[kind](subject)
        if not full and kind not in ("errors", "list"):
            answer = [(name, {key: digest(text) for key, text in fields.items()}) for name, fields in answer]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


# ---------------------------------------------------------------- the two sides


class Worker:
    """An interpreter that answers requests; restarted when it dies, which counts as an answer, too."""

    def __init__(self, command: list[str]) -> None:
        self.command = [*command, str(HERE / "compare.py"), "--serve"]
        self.start()

    def start(self) -> None:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=ROOT
        )

    def ask(self, kind: str, subject: str, full: bool = False) -> list:
        assert self.process.stdin is not None and self.process.stdout is not None
        timer = threading.Timer(120, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write((json.dumps([kind, subject, full]) + "\n").encode())
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            timer.cancel()
        if line:
            return json.loads(line)
        code = self.process.wait()
        self.start()
        return [["died", {"outcome": f"exit code {code}"}]]


def python_files(paths: list[str]) -> list[pathlib.Path]:
    roots = [pathlib.Path(path) for path in paths]
    files = [f for root in roots for f in (sorted(root.rglob("*.py")) if root.is_dir() else [root])]
    return [f for f in files if f.exists()]


class Totals:
    def __init__(self) -> None:
        self.same = self.total = self.shown = 0
        self.fields: dict[str, int] = {}


def show_difference(title: str, names: list[str], ours: dict, theirs: dict) -> None:
    print(f"--- {title}: {', '.join(names)}")
    for name in names[:4]:
        mine, other = ours.get(name, "(missing)"), theirs.get(name, "(missing)")
        if "\n" in mine or "\n" in other:
            lines = difflib.unified_diff(mine.split("\n"), other.split("\n"), "ours", "theirs", "", "", 1, "")
            print("\n".join(line[:200] for line, _ in zip(lines, range(12))))
            continue
        at = next((i for i, (a, b) in enumerate(zip(mine, other)) if a != b), min(len(mine), len(other)))
        start = max(0, at - 60)
        print(f"    {name}\n      ours   …{mine[start : at + 160]}\n      theirs …{other[start : at + 160]}")


def cases(kind: str, pair: list[Worker], files: list[pathlib.Path], options) -> Iterator[tuple[str, str, str]]:
    """What to ask, of what, and what to call it."""
    if kind == "random":
        for seed in range(options.seed, options.seed + options.programs):
            source = programs.Program(random.Random(seed)).text()
            yield "program", source, f"program {seed}"
        return
    if kind in ("code", "ast", "tokens"):
        for path in files:
            yield kind, str(path.resolve()), str(path)
        return
    seen: set[str] = set()
    damaged = 0
    each = max(1, -(-options.trees // max(1, len(files))))
    for path in files:
        if kind == "trees":
            for number, source in enumerate(programs.pieces(path, each, options.seed)):
                damaged += 1
                if damaged <= options.trees:
                    yield "tree", f"{source}\0{number} {options.seed}", f"{path} {number}"
            continue
        for number, source in enumerate(pair[1].ask("list", str(path.resolve()))):
            if source not in seen and "\0" not in source:
                seen.add(source)
                yield "program", source, f"{path} string {number}"


def compare_cases(kind: str, pair: list[Worker], files: list[pathlib.Path], options) -> Totals:
    totals, limit = Totals(), options.limit
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for request, subject, title in cases(kind, pair, files, options):
            ours, theirs = pool.map(lambda worker: worker.ask(request, subject), pair)
            full = None
            for i, (name, fields) in enumerate(theirs):
                totals.total += 1
                mine = ours[i][1] if i < len(ours) and ours[i][0] == name else {}
                wrong = [key for key in fields if mine.get(key) != fields[key] or name == "died"]
                if not wrong:
                    totals.same += 1
                    continue
                for key in wrong:
                    totals.fields[key] = totals.fields.get(key, 0) + 1
                if totals.shown < limit:
                    totals.shown += 1
                    full = full or [worker.ask(request, subject, True) for worker in pair]
                    there = full[0][i][1] if i < len(full[0]) else {}
                    show_difference(f"{title} {name}", wrong, there, full[1][i][1])
                    if request in ("program", "tree"):
                        print(f"    {subject[:400]!r}")
    return totals


def compare_errors(pair: list[Worker], files: list[pathlib.Path], count: int, seed: int, limit: int) -> tuple[Totals, int]:
    """The totals, and on how many both agree whether it is an error."""
    totals, agreed = Totals(), 0
    each = max(1, -(-count // max(1, len(files))))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path in files:
            for source in programs.mutants(path, each, seed):
                if totals.total >= count:
                    break
                ours, theirs = (a[0][1]["outcome"] for a in pool.map(lambda worker: worker.ask("errors", source), pair))
                totals.total += 1
                totals.same += ours == theirs
                agreed += (ours == "compiles") == (theirs == "compiles") and not ours.startswith("exit code")
                if ours != theirs:
                    totals.fields[theirs.split(" ")[0]] = totals.fields.get(theirs.split(" ")[0], 0) + 1
                    if totals.shown < limit:
                        totals.shown += 1
                        print(f"--- {path}\n{source!r}\n    ours   {ours[:300]}\n    theirs {theirs[:300]}")
    return totals, agreed


def sample() -> list[tuple[str, pathlib.Path]]:
    return [(str(f.relative_to(ROOT)), f) for f in python_files([str(ROOT / folder) for folder in SAMPLE])]


def sample_digest(worker: Worker, kind: str, path: pathlib.Path) -> str:
    """Mutants are made here, so that both interpreters see the same."""
    if kind == "errors":
        answer = [worker.ask(kind, source) for source in programs.mutants(path, SAMPLE_MUTANTS, 1)]
    else:
        answer = worker.ask(kind, str(path))
    return digest(json.dumps(answer).replace(str(ROOT), ""))


def source_digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def record(worker: Worker) -> int:
    lines = ["# Made by the reference (./x compare --record): FILE, digest of its text, " + ", ".join(SAMPLED)]
    for name, path in sample():
        lines.append(" ".join([name, source_digest(path), *(sample_digest(worker, kind, path) for kind in SAMPLED)]))
    DIGESTS.write_text("\n".join(lines) + "\n")
    print(f"{len(lines) - 1} files")
    return 0


def check_digests(worker: Worker, kinds: list[str]) -> int:
    """Files that changed since the recording are not compared: whoever edits one need not have a reference."""
    recorded = {line.split(" ")[0]: line.split(" ")[1:] for line in DIGESTS.read_text().splitlines()[1:]}
    passed = failed = stale = 0
    for name, path in sample():
        text, *wanted = recorded.get(name, [""])
        if text != source_digest(path):
            stale += 1
            continue
        for kind, value in zip(SAMPLED, wanted):
            if kind not in kinds:
                continue
            if sample_digest(worker, kind, path) == value:
                passed += 1
            else:
                failed += 1
                print(f"FAIL  {kind} {name}  (./x compare {kind} {name} shows it)")
    if stale:
        print(f"{stale} files without a digest: ./x compare --record")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreter", default="build/taipan")
    parser.add_argument("--reference", default="python3.14")
    parser.add_argument("--stdlib", default=os.environ.get("TAIPAN_STDLIB", ""))
    parser.add_argument("--limit", type=int, default=10, help="differences to show of each kind")
    parser.add_argument("--mutants", type=int, default=20000)
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--trees", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--digests", action="store_true")
    parser.add_argument("what", nargs="*", metavar="KIND|PATH")
    options = parser.parse_intermixed_args()
    kinds = [word for word in options.what if word in KINDS] or list(KINDS)
    paths = [word for word in options.what if word not in KINDS]
    command = shlex.split(options.interpreter)
    if os.path.exists(command[0]):
        command[0] = str(pathlib.Path(command[0]).resolve())
    reference = shlex.split(options.reference)
    if options.record:
        return record(Worker(reference))
    if options.digests:
        return check_digests(Worker(command), kinds)
    files = python_files(paths or [options.stdlib])
    pair = [Worker(command), Worker(reference)]
    bad = False
    for kind in kinds:
        agreed = 0
        if kind == "errors":
            totals, agreed = compare_errors(pair, files, options.mutants, options.seed, options.limit)
        else:
            totals = compare_cases(kind, pair, files, options)
        share = 100 * totals.same / max(1, totals.total)
        print(f"{kind}: {totals.same} of {totals.total} the same ({share:.2f} %)", flush=True)
        if kind == "errors":
            print(f"    an error on both or on neither: {agreed} ({100 * agreed / max(1, totals.total):.2f} %)")
        if totals.fields:
            print("    " + ", ".join(f"{k} {n}" for k, n in sorted(totals.fields.items(), key=lambda item: -item[1])))
        bad |= totals.same != totals.total
    return bad


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    else:
        sys.exit(main())
