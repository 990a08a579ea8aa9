"""Stands in for CPython's test extension: the numbers that test_format asks it."""

INT_MAX = 2**31 - 1
PY_SSIZE_T_MAX = 2**63 - 1
