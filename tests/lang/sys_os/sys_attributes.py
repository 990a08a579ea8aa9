import sys

print(
    sys.version_info[:2],
    sys.version_info.releaselevel in ("final", "candidate"),
    sys.implementation.name,
    sys.implementation.cache_tag,
    sys.byteorder,
    sys.maxsize,
    sys.maxunicode,
    sys.hexversion >> 16,
    sys.platform,
    sys.api_version,
    sys.float_info.max,
    sys.float_info.dig,
    sys.hash_info.width,
    sys.hash_info.modulus,
    sys.hash_info.algorithm,
    sys.float_repr_style,
    sys.getdefaultencoding(),
    sys.getfilesystemencoding(),
    sys.copyright is not None,
)
print(
    sys.flags.optimize,
    sys.flags.dont_write_bytecode,
    sys.flags.utf8_mode,
    sys.flags.safe_path,
    sys.flags.int_max_str_digits,
    sys.warnoptions,
    sys.dont_write_bytecode,
    sys.ps1 if hasattr(sys, "ps1") else "no ps1",
    sys.pycache_prefix,
    sys.orig_argv[1:],
    len(sys.argv),
    sys.is_finalizing(),
    sys.getswitchinterval(),
    sys.getallocatedblocks() >= 0,
    sys.call_tracing.__name__,
    sys.thread_info.name,
    sys.is_stack_trampoline_active(),
)
print(
    "builtins" in sys.builtin_module_names,
    {"json", "os", "sys"} <= sys.stdlib_module_names,
    sys.getsizeof(1) > 0,
    sys.getsizeof([]) < sys.getsizeof([1] * 10),
    sys.getrefcount([]) >= 1,
    sys.intern("x"),
    sys.exc_info(),
    sys.executable != "",
    sys.prefix == sys.exec_prefix,
    sys.base_prefix == sys.prefix,
    sys.platlibdir,
    type(sys.path),
    type(sys.meta_path),
    [f.__name__ for f in sys.meta_path if isinstance(f, type)],
    sys.stdin is sys.__stdin__,
    sys.displayhook is sys.__displayhook__,
    sys._getframe().f_code.co_name,
    sys.flags,
)
for bad in (
    lambda: sys.setswitchinterval(0),
    lambda: sys.getsizeof(),
    lambda: sys.setrecursionlimit(),
    lambda: sys.exit(1, 2),
    lambda: sys.intern(),
    lambda: sys.setswitchinterval("x"),
    lambda: setattr(sys.flags, "optimize", 1),
    lambda: sys.version_info.__class__(),
    lambda: sys.getsizeof(type("X", (), {"__sizeof__": lambda s: -1})()),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)


class NoSize:
    def __sizeof__(self):
        raise TypeError


print(sys.getsizeof(NoSize(), "default"))
seen = []
sys.addaudithook(lambda e, a: seen.append(e) if e.startswith("mine") or e == "compile" else None)
sys.audit("mine.event", 1)
compile("1", "f", "eval")
print(seen)
sys.displayhook(None)
sys.displayhook([1])
import builtins

print(builtins._)
