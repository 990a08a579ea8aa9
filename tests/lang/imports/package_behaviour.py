import _package

print(_package.__name__, _package.__path__[0].rsplit("/", 1)[-1], _package.value, _package.__all__)
import _package.sub.leaf

print(
    _package.sub.leaf.up(),
    _package.sub.leaf.__package__,
    _package.sub.leaf.__spec__.parent,
    _package.sub.__spec__.submodule_search_locations is not None,
)
from _package import *

print(exported, "hidden" in globals(), "lazy" in globals())
from _package import lazy

print(lazy.name)
print(_package.computed)
try:
    _package.absent
except AttributeError as e:
    print(e)
try:
    from _package import absent
except ImportError as e:
    print(str(e).split(" (")[0])
from _package.sub import leaf as l2
import sys

print(l2 is sys.modules["_package.sub.leaf"], sorted(n for n in sys.modules if n.startswith("_package")))
print(dir(_package)[-3:])
import _package.circular_a

print(_package.circular_a.result())
import importlib

before = _package.sub.leaf
print(importlib.reload(before) is before)
del sys.modules["_package.sub.leaf"]
import _package.sub.leaf as again

print(again is before)
import _namespace.inner

print(_namespace.inner.v, _namespace.__spec__.origin, type(_namespace.__path__).__name__)
try:
    import _package.fails
except ZeroDivisionError as e:
    print(e, "_package.fails" in sys.modules, hasattr(_package, "fails"))
try:
    from _package.circular_c import name
except ImportError as e:
    print(str(e).split(" (")[0])
