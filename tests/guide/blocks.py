"""Run the Python blocks of a Markdown guide, each as a program of its own, and report which fail.

    python3 tests/guide/blocks.py GUIDE.md [--interpreter build/taipan] [--list] [N…]      (or TAIPAN_GUIDE=GUIDE.md)

Many blocks of a guide are fragments that lean on names of an earlier one or on things outside; a block that fails also on
the reference proves nothing, so with --reference each is run there too, and only what the reference runs counts.
Blocks that import packages which are not in the standard library are listed as such and not run.
"""

from __future__ import annotations

import argparse
import ast
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(?:python|py)[ \t]*\n(.*?)^```", re.M | re.S)
ROOT = pathlib.Path(__file__).resolve().parents[2]
# Names that a block takes from the page around it, given here so that the fragment can run.
PRELUDE = """\
import asyncio, sys, time, threading, json, os
from dataclasses import dataclass, field
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import *
"""


def third_party(source: str) -> list[str]:
    """The packages outside the standard library that a block imports; the standard names are the running Python's."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            names.add("a package around it")
    standard = getattr(sys, "stdlib_module_names", frozenset())
    return sorted(names - set(standard))


def run(command: list[str], source: str, folder: str) -> tuple[bool, str]:
    path = pathlib.Path(folder) / "block.py"
    path.write_text(PRELUDE + source)
    try:
        done = subprocess.run(
            [*command, str(path)], cwd=folder, capture_output=True, text=True, timeout=120, input="c\n" * 20
        )
    except subprocess.TimeoutExpired:
        return False, "still running after 120 s"
    lines = done.stderr.strip().splitlines()
    return done.returncode == 0, "" if done.returncode == 0 else f"exit {done.returncode}: {lines[-1] if lines else ''}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("guide", nargs="?", default=os.environ.get("TAIPAN_GUIDE"))
    parser.add_argument("--interpreter", default="build/taipan")
    parser.add_argument("--reference", help="run each block here too, and count only what runs there")
    parser.add_argument("--list", action="store_true", help="print the blocks' first lines")
    parser.add_argument("numbers", nargs="*", type=int)
    options = parser.parse_args()
    if not options.guide:
        parser.error("name the guide, or set TAIPAN_GUIDE")
    blocks = [match.group(1) for match in BLOCK.finditer(pathlib.Path(options.guide).read_text(encoding="utf-8"))]
    command = shlex.split(options.interpreter)
    command[0] = str(pathlib.Path(command[0]).resolve()) if os.path.exists(command[0]) else command[0]
    passed = failed = outside = fragments = 0
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        for number, source in enumerate(blocks, 1):
            if options.numbers and number not in options.numbers:
                continue
            packages = third_party(source)
            title = next(
                (line for line in source.splitlines() if line.strip() and not line.startswith(("import", "from"))), ""
            )
            if options.list:
                print(f"{number:3} {title[:70]} {packages or ''}")
            elif packages:
                outside += 1
                print(f"{number:3} needs {', '.join(packages)}")
            elif options.reference and not (answer := run(shlex.split(options.reference), source, folder))[0]:
                fragments += 1
                print(f"{number:3} does not run on the reference: {answer[1][:90]}")
            else:
                good, why = run(command, source, folder)
                passed, failed = passed + good, failed + (not good)
                print(f"{number:3} {'ok' if good else 'FAIL ' + why}  {title[:60]}", flush=True)
    print(f"{outside} need other packages, {fragments} are fragments")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
