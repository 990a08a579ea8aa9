"""Stands in for CPython's test extension: the limits of C's integers, which test_bytes asks it."""

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX, ULONG_MAX = -(2**63), 2**63 - 1, 2**64 - 1
PY_SSIZE_T_MIN, PY_SSIZE_T_MAX = -(2**63), 2**63 - 1
