"""Stands in for CPython's test extension: the sequence functions by which test_bytes reaches elements."""

from typing import Any


def sequence_getitem(sequence: Any, index: Any) -> Any:
    return sequence[index]


def sequence_setitem(sequence: Any, index: Any, value: Any) -> None:
    sequence[index] = value


def sequence_delitem(sequence: Any, index: Any) -> None:
    del sequence[index]
