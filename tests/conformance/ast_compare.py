"""Compares the parser's trees with the reference's, file by file.

Run with a python3.14 that is the reference:  ast_compare.py DRIVER [--mode exec] PATH...
Every .py file below the paths is parsed by both; prints the files that differ and how, and ends with 1 if any do.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tokenize
import warnings


def python_files(paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        if os.path.isfile(path):
            found.append(path)
        for folder, _, names in os.walk(path):
            found += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".py")]
    return found


def expected_dump(source: bytes, mode: str) -> str:
    try:
        return ast.dump(ast.parse(source, mode=mode), include_attributes=True)
    except SyntaxError as error:
        return f"{type(error).__name__}: {error.msg!r}"


class Driver:
    """The driver as a server: one source in, one line out."""

    def __init__(self, program: str) -> None:
        self.process = subprocess.Popen([program, "--stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def dump(self, source: bytes, mode: str) -> str:
        self.process.stdin.write(f"{mode} {len(source)}\n".encode() + source)
        self.process.stdin.flush()
        line = self.process.stdout.readline().decode("utf-8", "replace").rstrip("\n")
        while line.startswith("W") and "; " in line:
            line = line.split("; ", 1)[1] if not line.startswith("Warning") else line
        return line


def utf8_source(path: str) -> bytes | None:
    with open(path, "rb") as file:
        raw = file.read()
    try:
        with open(path, "rb") as file:
            encoding, _ = tokenize.detect_encoding(file.readline)
        return raw.decode(encoding).encode("utf-8")
    except (SyntaxError, UnicodeError):
        return None


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--mode", default="exec")
    parser.add_argument("--limit", type=int, default=10, help="how many differences to show")
    parser.add_argument("paths", nargs="+")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    driver = Driver(arguments.driver)
    same = different = 0
    for path in python_files(arguments.paths):
        source = utf8_source(path)
        if source is None:
            continue
        actual = driver.dump(source, arguments.mode)
        try:
            wanted = expected_dump(source.decode("utf-8"), arguments.mode)
        except (RecursionError, MemoryError, ValueError):
            continue
        if actual == wanted or ("Error: " in wanted[:30] and actual.startswith(wanted)):
            same += 1
            continue
        different += 1
        if different <= arguments.limit:
            at = next((i for i, (a, b) in enumerate(zip(actual, wanted)) if a != b), min(len(actual), len(wanted)))
            print(f"{path}\n  got    …{actual[max(0, at - 100):at + 120]}\n  wanted …{wanted[max(0, at - 100):at + 120]}")
    print(f"{same} same, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
