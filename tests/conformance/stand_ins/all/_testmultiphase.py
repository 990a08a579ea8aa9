"""Stands in for CPython's extension of this name, which several test files import without using it."""
