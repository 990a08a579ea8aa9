"""Stands in for CPython's test extension: the setting that the tests of positions ask for."""


def config_get(name: str) -> bool:
    return {"code_debug_ranges": True}[name]
