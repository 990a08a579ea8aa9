"""Compares the parser's error messages and positions with the reference's.

Run with a python3.14 that is the reference:
    syntax_error_compare.py DRIVER cases FILE...        doctests and string literals of test files as programs
    syntax_error_compare.py DRIVER mutate COUNT FILE... programs made from files by deleting, doubling, swapping tokens
Prints the programs on which the two differ; ends with 1 if there are any.
"""

from __future__ import annotations

import ast
import doctest
import io
import os
import random
import sys
import tokenize
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ast_compare import Driver, python_files  # noqa: E402


def expected(source: str, mode: str) -> str:
    try:
        return ast.dump(ast.parse(source, mode=mode), include_attributes=True)
    except SyntaxError as error:
        where = f"{error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset}"
        return f"{type(error).__name__}: {error.msg!r} {where} {error.text!r}"
    except MemoryError:
        return "MemoryError: 'Parser stack overflowed - Python source too complex to parse'"


def docstrings(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return found


def programs_in(path: str) -> list[str]:
    """Every string of a file, and every example of the doctests in them."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    found = {}
    parser = doctest.DocTestParser()
    for text in docstrings(tree):
        found[text] = None
        if ">>>" in text:
            try:
                for example in parser.get_examples(text):
                    found[example.source] = None
            except ValueError:
                pass
    return list(found)


REPLACEMENTS = ["(", ")", "[", "]", "{", "}", ":", ",", "=", "==", ":=", "if", "else", "for", "in", "not", "lambda",
                "*", "**", "x", "1", "'s'", "f'{x}'", "None", "async", "await", "yield", "as", "import", "from", "class",
                "def", "return", "match", "case", "try", "except", "with", "while", "\n", ";", ".", "...", "->", "@",
                "print", "and", "is", "del", "raise", "pass", "+", "-", "!", "!=", "+=", "type", "_", "finally", "elif"]


def split_tokens(text: str) -> list[str]:
    """The text as pieces that join back to it: tokens with the blanks before them."""
    pieces, at = [], 0
    offsets = [0]
    for line in text.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        end = offsets[token.end[0] - 1] + token.end[1]
        if end > at and end <= len(text):
            pieces.append(text[at:end])
            at = end
    pieces.append(text[at:])
    return pieces


def mutate(pieces: list[str], chance: random.Random) -> str:
    changed = list(pieces)
    for _ in range(chance.choice((1, 1, 1, 2))):
        at = chance.randrange(len(changed))
        action = chance.randrange(5)
        if action == 0:
            del changed[at]
            changed = changed or [""]
        elif action == 1:
            changed.insert(at, changed[at])
        elif action == 2:
            changed[at] = " " + chance.choice(REPLACEMENTS)
        elif action == 3:
            changed.insert(at, " " + chance.choice(REPLACEMENTS))
        else:
            other = chance.randrange(len(changed))
            changed[at], changed[other] = changed[other], changed[at]
    return "".join(changed)


def statements_of(path: str) -> list[str]:
    """Pieces of a file small enough to be quick: its top-level statements, and runs of lines in long ones."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines = text.splitlines(keepends=True)
    found = []
    for node in ast.parse(text).body:
        if node.end_lineno - node.lineno < 60:
            found.append("".join(lines[node.lineno - 1:node.end_lineno]))
    return found


class Comparison:
    def __init__(self, program: str, limit: int = 40) -> None:
        self.driver = Driver(program)
        self.same = self.different = 0
        self.limit = limit

    def compare(self, source: str, mode: str = "exec") -> None:
        try:
            encoded = source.encode("utf-8")
        except UnicodeEncodeError:
            return
        if "\0" in source:
            return
        try:
            wanted = expected(source, mode)
        except (ValueError, RecursionError):
            return
        actual = self.driver.dump(encoded, mode)
        if actual == wanted:
            self.same += 1
            return
        self.different += 1
        if self.different <= self.limit:
            shown = source if len(source) < 300 else source[:300] + "…"
            print(f"{mode} {shown!r}\n  got    {actual[:300]}\n  wanted {wanted[:300]}")

    def report(self) -> int:
        print(f"{self.same} same, {self.different} different")
        return 1 if self.different else 0


def main() -> int:
    warnings.simplefilter("ignore")
    program, command, *rest = sys.argv[1:]
    comparison = Comparison(program)
    if command == "cases":
        for path in python_files(rest):
            try:
                programs = programs_in(path)
            except (SyntaxError, UnicodeError):
                continue
            for source in programs:
                for mode in ("exec", "eval", "single"):
                    comparison.compare(source, mode)
    else:
        count, *paths = rest
        chance = random.Random(int(os.environ.get("SEED", "1")))
        pool = []
        for path in python_files(paths):
            try:
                pool += statements_of(path)
            except (SyntaxError, UnicodeError):
                pass
        made = 0
        while made < int(count):
            try:
                pieces = split_tokens(chance.choice(pool))
            except (tokenize.TokenError, SyntaxError, IndentationError):
                continue
            if not pieces:
                continue
            comparison.compare(mutate(pieces, chance))
            made += 1
    return comparison.report()


if __name__ == "__main__":
    sys.exit(main())
