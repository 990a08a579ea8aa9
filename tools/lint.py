"""Checks that need no compiler: documents name what exists, tests are complete, text is tidy. ./x lint calls this."""

from __future__ import annotations

import ast
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAMED_PATH = re.compile(
    r"`((?:src|lib|tests|bench|docs|tools|examples|cmake|\.ci)/[\w./@-]+|(?:x|README\.md|LICENSE|CMakeLists\.txt))`"
)
TEXT = {".cpp", ".h", ".def", ".py", ".md", ".sh", ".cmake", ".txt", ".c"}
OUR_PYTHON = (
    "tools",
    "bench/run.py",
    "bench/scaling.py",
    "tests/lang/run.py",
    "tests/guide/blocks.py",
    "tests/conformance",
)
LONGEST_FILE = 1500
LONGEST_LINE = 130


def tracked() -> list[pathlib.Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def check_documents(files: list[pathlib.Path]) -> list[str]:
    """A document that names a path promises that it exists; build/ is made, and NAME stands for anything."""
    problems = []
    for path in files:
        if path.suffix != ".md":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for name in NAMED_PATH.findall(line):
                if "NAME" not in name and not (ROOT / name).exists():
                    problems.append(f"{path.relative_to(ROOT)}:{number}: no {name} here")
    return problems


def check_tests(files: list[pathlib.Path]) -> list[str]:
    """Every program has its expected output, and no output is left without its program."""
    problems = []
    for path in files:
        relative = path.relative_to(ROOT)
        if relative.parts[:2] not in (("tests", "lang"), ("tests", "guide")) or any(
            p.startswith("_") for p in relative.parts
        ):
            continue
        if path.suffix == ".py" and path.name not in ("run.py", "blocks.py") and not path.with_suffix(".out").exists():
            problems.append(f"{relative}: no expected output; ./x lang --record makes it with the reference")
        if path.suffix in (".out", ".err") and not path.with_suffix(".py").exists():
            problems.append(f"{relative}: no program that prints this")
    return problems


def check_text(files: list[pathlib.Path]) -> list[str]:
    problems = []
    for path in files:
        relative = path.relative_to(ROOT)
        is_program = relative.parts[:2] in (("tests", "lang"), ("tests", "guide"))
        if path.suffix not in TEXT or (is_program and str(relative) not in OUR_PYTHON):
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if text and not text.endswith("\n"):
            problems.append(f"{relative}: no newline at the end")
        if len(lines) > LONGEST_FILE and path.suffix in (".cpp", ".h", ".py"):
            problems.append(f"{relative}: {len(lines)} lines; split it")
        for number, line in enumerate(lines, 1):
            if line != line.rstrip():
                problems.append(f"{relative}:{number}: space at the end of the line")
            if path.suffix == ".py" and str(relative).startswith(OUR_PYTHON) and len(line) > LONGEST_LINE:
                problems.append(f"{relative}:{number}: {len(line)} columns")
    return problems


def check_python(files: list[pathlib.Path]) -> list[str]:
    """Our tools run on any Python from 3.10, whatever the machine has."""
    problems = []
    for path in files:
        relative = str(path.relative_to(ROOT))
        if path.suffix != ".py" or not relative.startswith(OUR_PYTHON):
            continue
        try:
            tree = ast.parse(path.read_text(), relative, feature_version=(3, 10))
        except SyntaxError as error:
            problems.append(f"{relative}:{error.lineno}: {error.msg}")
            continue
        if tree.body and ast.get_docstring(tree) is None:
            problems.append(f"{relative}: no docstring")
    return problems


def main() -> int:
    files = tracked()
    problems = [p for check in (check_documents, check_tests, check_text, check_python) for p in check(files)]
    print("\n".join(problems))
    print(f"{len(files)} files, {len(problems)} problems")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
