import importlib.abc
import importlib.machinery
import importlib.util
import sys


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.startswith("virtual"):
            return importlib.machinery.ModuleSpec(name, self, is_package=name == "virtual")

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(f"value = 'from {module.__name__}'", module.__dict__)


sys.meta_path.insert(0, Finder())
import virtual
import virtual.sub

print(virtual.value, virtual.sub.value, virtual.__spec__.loader.__class__.__name__, repr(virtual).split(" at ")[0])
spec = importlib.util.spec_from_loader("made", loader=None)
mod = importlib.util.module_from_spec(spec)
print(mod, mod.__spec__)
import types

m = types.ModuleType("plain", "doc")
print(m, m.__doc__, m.__name__, vars(m)["__loader__"])
print(
    importlib.util.resolve_name(".x", "pkg"),
    importlib.util.find_spec("json").name,
    importlib.machinery.SOURCE_SUFFIXES,
    importlib.util.MAGIC_NUMBER.hex(),
    importlib.util.cache_from_source("/a/b.py"),
)


class Lazy(importlib.abc.Loader):
    def create_module(self, spec):
        raise ImportError("refused", name=spec.name)

    def exec_module(self, m):
        pass


try:
    importlib.util.module_from_spec(importlib.machinery.ModuleSpec("q", Lazy()))
except ImportError as e:
    print(e, e.name)
import tempfile, os, zipfile

with tempfile.TemporaryDirectory() as d:
    z = os.path.join(d, "mods.zip")
    with zipfile.ZipFile(z, "w") as f:
        f.writestr("zipped.py", "v = 'from a zip'")
    sys.path.insert(0, z)
    import zipped

    print(zipped.v, zipped.__loader__.__class__.__name__)
    sys.path.pop(0)
    with open(os.path.join(d, "written.py"), "w") as f:
        f.write("x = 1")
    sys.path.insert(0, d)
    importlib.invalidate_caches()
    import written

    print(written.x)
    with open(os.path.join(d, "written.py"), "w") as f:
        f.write("x = 22222")
    print(importlib.reload(written).x)
    import py_compile

    c = py_compile.compile(os.path.join(d, "written.py"), cfile=os.path.join(d, "only.pyc"))
    import only

    print(only.x)
    import runpy

    print(runpy.run_path(os.path.join(d, "written.py"), {"y": 1})["x"], runpy.run_module("written")["__name__"])
