"""Stands in for CPython's internal test extension: the numbers by which test_opcache warms code up."""

SPECIALIZATION_THRESHOLD = 100
SPECIALIZATION_COOLDOWN = 100


def get_next_dict_keys_version() -> int:
    return 1
