"""Compares the tokenizer with the reference's `_tokenize`, over files and over the strings in them.

Run with a python3.14 that is the reference:  token_compare.py DRIVER PATH...
"""

from __future__ import annotations

import _tokenize
import io
import os
import sys
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ast_compare import Driver, python_files  # noqa: E402
from syntax_error_compare import programs_in  # noqa: E402


def expected(source: str, extra: bool) -> str:
    out = []
    try:
        for token in _tokenize.TokenizerIter(io.StringIO(source, newline="").readline, extra_tokens=extra):
            out.append(repr(token))
    except SyntaxError as error:
        where = f"{error.lineno}:{error.offset}-{error.end_lineno or error.lineno}:"
        where += "-1" if error.end_offset is None else str(error.end_offset)
        out.append(f"{type(error).__name__}: {error.msg!r} {where} {error.text!r}")
    return " ".join(out)


def main() -> int:
    warnings.simplefilter("ignore")
    program, *paths = sys.argv[1:]
    driver = Driver(program)
    same = different = 0
    for path in python_files(paths):
        try:
            with open(path, encoding="utf-8", newline="") as file:
                sources = [file.read()]
            sources += programs_in(path)
        except (SyntaxError, UnicodeError):
            continue
        for source in sources:
            try:
                encoded = source.encode()
            except UnicodeError:
                continue
            if "\0" in source:
                continue
            for extra in (True,):
                actual = driver.dump(encoded, "tokens,extra" if extra else "tokens").strip()
                wanted = expected(source, extra)
                if actual == wanted:
                    same += 1
                    continue
                different += 1
                if different <= 15:
                    at = next((i for i, (a, b) in enumerate(zip(actual, wanted)) if a != b), min(len(actual), len(wanted)))
                    print(f"{path} extra={extra} {source[:100]!r}\n  got    …{actual[max(0, at - 60):at + 140]}\n"
                          f"  wanted …{wanted[max(0, at - 60):at + 140]}")
    print(f"{same} same, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
