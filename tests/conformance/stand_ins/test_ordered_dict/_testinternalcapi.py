"""Stands in for CPython's internal test extension: what the check of sizes asks it."""

SIZEOF_PYGC_HEAD = 0
