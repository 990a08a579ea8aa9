"""Stands in for the functions of CPython's test extension through which test_traceback reaches the interpreter's display."""

import re
import sys
import traceback
import types
from typing import TextIO


def config_get(name: str) -> bool:
    return {"code_debug_ranges": True}[name]


def exception_print(exc: object, legacy: bool = False) -> None:
    sys.__excepthook__(type(exc), exc, getattr(exc, "__traceback__", None))  # type: ignore[arg-type]


def traceback_print(tb: types.TracebackType, file: TextIO) -> None:
    file.write("Traceback (most recent call last):\n")
    for entry in traceback.format_tb(tb):
        file.writelines(line for line in entry.splitlines(True) if not re.fullmatch(r"[ ~^]+\n", line))
