"""Stands in for CPython's internal test extension: the number by which test_super warms code up."""

SPECIALIZATION_THRESHOLD = 100
