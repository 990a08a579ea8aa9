"""Stands in for CPython's internal test extension: what test_class asks it."""

import sys

has_inline_values = sys._taipan.has_inline_values  # type: ignore[attr-defined]
