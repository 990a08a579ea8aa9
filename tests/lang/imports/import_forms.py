import math as m, os.path
import collections.abc
from math import pi as π, sqrt
from os import path as p, sep
from collections import (
    OrderedDict,
    deque,
)
import xml.dom.minidom as md

print(
    m.floor(2.5),
    os.path.join("a", "b"),
    π > 3,
    sqrt(4),
    p is os.path,
    sep,
    OrderedDict.__name__,
    deque([1]),
    md.__name__,
    collections.abc.Sized.__name__,
    "xml" in globals(),
)
import sys

print(
    "math" in sys.modules,
    sys.modules["os.path"] is os.path,
    m.__name__,
    __name__,
    type(m).__name__,
    os.__spec__.name,
    m.__spec__.origin in ("built-in", m.__spec__.origin),
)


def local():
    import json
    from re import compile as c

    return json.dumps([1]), c("a").pattern, "json" in globals()


print(local())
for bad in (
    "import nope_nope",
    "import os.nope",
    "from os import nope",
    "from math import pi, nope2",
    "import math.x",
    "from nope_nope.sub import y",
    "from . import x",
    "from .mod import y",
    "from ..up import z",
    "import ''",
    "from sys import path.x",
    "__import__('')",
    "__import__('os', level=-1)",
    "__import__(5)",
    "__import__('x', level=1)",
    "import sys.path",
):
    try:
        exec(bad)
        print(bad, "fine")
    except Exception as e:
        print(bad, "|", type(e).__name__, e, getattr(e, "name", None))
print(
    __import__("os.path").__name__,
    __import__("os.path", fromlist=["join"]).__name__ in ("posixpath", "os.path"),
    __import__("math", globals(), locals(), ["pi"]).pi == π,
)
import importlib

print(
    importlib.import_module("json.decoder").__name__,
    importlib.import_module(".decoder", "json").__name__,
    importlib.util.find_spec("nope") if hasattr(importlib, "util") else None,
)
sys.modules["blocked"] = None
try:
    import blocked
except ModuleNotFoundError as e:
    print(e)
sys.modules["fake"] = "not a module"
import fake

print(fake.upper())
