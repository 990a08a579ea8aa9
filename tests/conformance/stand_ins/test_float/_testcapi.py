"""Stands in for CPython's test extension: the number that test_float asks it."""

FLT_MAX = 3.4028234663852886e38
