"""Stands in for CPython's internal test extension: the numbers by which test_monitoring warms code up."""

SPECIALIZATION_THRESHOLD = 100
SPECIALIZATION_COOLDOWN = 100
