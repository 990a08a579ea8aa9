"""Stands in for CPython's internal test extension, as for test_peepholer."""

import importlib.util
import pathlib
import sys

_path = pathlib.Path(__file__).resolve().parents[1] / "test_peepholer" / "_testinternalcapi.py"
_spec = importlib.util.spec_from_file_location(__name__, _path)
assert _spec is not None and _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
sys.modules[__name__] = _module
