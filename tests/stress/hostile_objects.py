"""Every native function, type and method called with objects that misbehave: whose hooks raise, change what is being worked
on, answer with the wrong type, come back in; with huge and negative numbers, lone surrogates, containers that contain
themselves, half-made instances, receivers of a wrong type, and the wrong number of arguments.

    INTERPRETER tests/stress/hostile_objects.py [--seconds 3] [--minutes 30] [MODULE…]

Each native module (sys.builtin_module_names), and the types that no module names, is tried in a process of its own, in an
empty folder: all its functions, constructors, methods and attributes in turn, in an order and with arguments that follow from
the seed; with --minutes again with the next seed until the time is over. Any exception is a good answer, and so is being busy
for ever with a huge number; a crash, a sanitizer's report or SystemError is not. Run it on an AddressSanitizer build.
"""

import argparse
import contextlib
import glob
import importlib
import mmap
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
import warnings
import weakref
from collections.abc import Callable, Iterator

# The types that are not a module's: instances are made for them.
HIDDEN = "hidden"
EXCLUDED_MODULES = {
    "_remote_debugging": "reads the memory of other processes",
    "_taipan_compiler": "runs instructions as given: what it is for",
}
# Not called, by reason. A name without a module counts in all of them.
EXCLUDED = {
    "ends or replaces the process": (
        "posix._exit posix.abort posix.execv posix.execve builtins.exit builtins.quit faulthandler._sigsegv faulthandler._sigabrt "
        "faulthandler._sigfpe faulthandler._fatal_error faulthandler._fatal_error_c_thread faulthandler._stack_overflow "
        "faulthandler._read_null faulthandler.dump_traceback_later _curses.initscr _curses.newterm _curses.setupterm"
    ),
    "starts processes and threads, which outlive the call": (
        "posix.fork posix.fork1 posix.forkpty posix.posix_spawn posix.posix_spawnp posix.system _posixsubprocess.fork_exec "
        "_thread.start_new_thread _thread.start_new _thread.start_joinable_thread"
    ),
    "touches other processes or the machine": (
        "posix.kill posix.killpg posix.sched_setscheduler posix.sched_setparam posix.sched_setaffinity posix.setpriority "
        "posix.pidfd_open posix.mknod posix.sync posix.unshare posix.setns posix.tcsetpgrp posix.login_tty resource.prlimit "
        "_socket.sethostname _socket.getaddrinfo _socket.gethostbyname _socket.gethostbyname_ex _socket.gethostbyaddr "
        "_socket.getnameinfo _posixshmem.shm_open _posixshmem.shm_unlink _multiprocessing.sem_unlink syslog.syslog "
        "time.clock_settime time.clock_settime_ns _signal.pidfd_send_signal sys.remote_exec"
    ),
    "hinders the rest of the run": (
        "posix.chroot posix.nice posix.setuid posix.seteuid posix.setreuid posix.setresuid posix.setgid posix.setegid "
        "posix.setregid posix.setresgid posix.setgroups posix.initgroups resource.setrlimit _signal.signal _signal.alarm "
        "_signal.setitimer _signal.raise_signal _signal.pthread_kill _signal.pthread_sigmask _signal.siginterrupt "
        "_signal.sigwait _signal.sigwaitinfo _signal.sigtimedwait _signal.set_wakeup_fd _signal.default_int_handler "
        "_thread.interrupt_main _thread._shutdown sys.addaudithook sys.setrecursionlimit sys._baserepl sys.breakpointhook "
        "builtins.breakpoint builtins.help builtins.license gc.set_debug sys._debugmallocstats __init_subclass__ "
        "__subclasshook__"
    ),
    "hands out what only the interpreter may change": "gc.get_objects gc.get_referents gc.get_referrers",
    "trusts the code or the address it is given": (
        "hidden.code.replace hidden.code.__replace__ _ctypes.call_function _ctypes.call_cdeclfunction _ctypes.PyObj_FromPtr "
        "_ctypes.dlclose _ctypes.dlsym _ctypes.dlopen _ctypes.Py_INCREF _ctypes.Py_DECREF _ctypes.CFuncPtr from_address "
        "_ctypes.resize time.pthread_getcpuclockid"
    ),
}  # fmt: skip
AVOID = {name for names in EXCLUDED.values() for name in names.split()}


class Evil:
    """Every hook does something that a careless native function does not expect."""

    def __init__(self, rng: random.Random, victims: list[object]) -> None:
        self.rng, self.victims = rng, victims

    def act(self) -> object:
        what = self.rng.randrange(9)
        if what == 0:
            raise RuntimeError("hook")
        if what == 1:
            for v in self.victims:
                if isinstance(v, (list, dict, set, bytearray)):
                    v.clear()
        elif what == 2:
            for v in self.victims:
                if isinstance(v, (list, bytearray)):
                    v.extend(range(40))
        elif what == 3:
            return self
        elif what == 4:
            for v in self.victims:
                if isinstance(v, dict):
                    v[self.rng.random()] = v
                elif isinstance(v, set):
                    v.add(self.rng.random())
                elif isinstance(v, (list, bytearray)):
                    del v[: self.rng.randrange(3)]
        return self.rng.choice((0, 1, -1, 2**64, "x", None, NotImplemented, b"", 1.5, True, iter(()), [1], memoryview(b"m")))


def hook(name: str) -> object:
    def method(self: Evil, *args: object, **kwargs: object) -> object:
        return self.act()

    method.__name__ = name
    return method


for name in (
    "eq ne lt le gt ge hash bool len length_hint iter next contains getitem setitem delitem index int float complex str repr "
    "bytes format add radd sub mul rmul truediv floordiv mod pow and or xor lshift rshift neg pos abs invert round trunc "
    "floor ceil call enter exit get set delete reduce_ex getstate copy deepcopy missing reversed fspath buffer iadd divmod "
    "matmul await aiter anext instancecheck subclasscheck mro_entries class_getitem set_name"
).split():
    setattr(Evil, f"__{name}__", hook(f"__{name}__"))
for name in "read readline readinto write close flush seek tell keys items values send throw fileno utcoffset".split():
    setattr(Evil, name, hook(name))


class EvilList(list):
    def __len__(self) -> int:
        return 2**62


class EvilStr(str):
    def __eq__(self, other: object) -> bool:
        raise KeyError("eq")

    __hash__ = str.__hash__


class EvilInt(int):
    def __index__(self) -> int:
        return -(2**70)


class EvilDict(dict):
    def __getitem__(self, key: object) -> object:
        self.clear()
        raise KeyError(key)

    def keys(self) -> object:
        self.clear()
        return [1, "a", self]


def self_containing() -> list[object]:
    a: list[object] = []
    a.append(a)
    d: dict[object, object] = {}
    d["d"] = d
    t: tuple[object, ...] = ([],)
    t[0].append(t)  # type: ignore[attr-defined]
    e = ValueError()
    e.args = (e,)
    return [a, d, t, e]


def arguments(rng: random.Random, results: list[object], self: object = None) -> list[object]:
    victims: list[object] = [[1, 2, 3], {1: 2, "a": 3}, {1, 2}, bytearray(b"victim")]
    if isinstance(self, (list, dict, set, bytearray)):
        victims.append(self)
    evil = Evil(rng, victims)
    pool: list[object] = [
        0, 1, -1, 2, 255, 2**31, 2**63, -(2**63), 2**64, 2**200, True, None, ..., NotImplemented, 0.0, -0.0, 1.5,
        float("nan"), float("inf"), 1e308, 1j, "", "a", "abc" * 100, "\ud800", "\x00", "é😀", b"", b"\x00\xff", b"abc" * 50,
        (), (1,), (1, 2, 3), [], {}, set(), frozenset({1}), range(5), slice(None, None, -1), int, str, type, object, object(),
        len, lambda *a: a, iter([1, 2]), (i for i in range(3)), memoryview(b"view"), evil, evil, evil, EvilList([1]),
        EvilStr("s"), EvilInt(3), EvilDict(a=1), Evil, ValueError("v"), sys, Evil.__dict__, *victims, *self_containing(),
    ]  # fmt: skip
    if self is not None:
        pool += [self] * 4
    pool += results[-8:]
    return [rng.choice(pool) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6)))]


async def coroutine() -> None:
    pass


async def async_generator() -> object:
    yield 1


def closure() -> object:
    x = 1
    return lambda: x


def a_traceback() -> object:
    try:
        raise ValueError
    except ValueError as e:
        return e.__traceback__


def generic[T](x: T) -> T:
    return x


def hidden_instances() -> dict[str, Callable[[], object]]:
    made: dict[str, Callable[[], object]] = {
        "generator": lambda: (i for i in range(3)), "coroutine": coroutine, "async_generator": async_generator,
        "asend": lambda: async_generator().asend(None), "athrow": lambda: async_generator().athrow(ValueError),
        "anext": lambda: anext(async_generator(), 1),
        "frame": sys._getframe, "code": lambda: closure.__code__, "function": closure, "method": lambda: Evil.act.__get__(1),
        "builtin_method": lambda: [].append, "method_wrapper": lambda: [].__len__, "method_descriptor": lambda: list.append,
        "wrapper": lambda: list.__len__, "member": lambda: types.FunctionType.__closure__, "getset": lambda: type.__dict__["__name__"],
        "class_method": lambda: dict.__dict__["fromkeys"], "cell": lambda: closure().__closure__[0],
        "mapping_proxy": lambda: types.MappingProxyType({1: 2}), "traceback": a_traceback, "module": lambda: types.ModuleType("m"),
        "namespace": lambda: types.SimpleNamespace(a=1), "generic_alias": lambda: list[int], "union": lambda: int | str,
        "ellipsis": lambda: ..., "none": lambda: None, "not_implemented": lambda: NotImplemented,
        "frame_locals": lambda: (lambda x: sys._getframe().f_locals)(1), "type_variable": lambda: generic.__type_params__[0],
        "capsule": lambda: __import__("_datetime").datetime_CAPI, "weak_reference": lambda: weakref.ref(closure()),
        "weak_proxy": lambda: weakref.proxy(Evil), "callable_proxy": lambda: weakref.proxy(len),
        "call_iterator": lambda: iter(lambda: 1, 2), "sequence_iterator": lambda: iter(Evil.__new__(Evil)),
        "positions": lambda: closure.__code__.co_positions(), "lines": lambda: closure.__code__.co_lines(),
        "template": lambda: t"a{1}b", "interpolation": lambda: t"a{1}b".interpolations[0], "template_iterator": lambda: iter(t"a{1}"),
        "lock": lambda: __import__("_thread").allocate_lock(), "struct_sequence": lambda: os.stat_result(range(10)),
        "dir_entries": lambda: os.scandir("."), "flags": lambda: sys.flags, "line_iterator": lambda: "a".__iter__(),
    }  # fmt: skip
    for what in ([1, 2], (1, 2), {1: 2}, {1}, "ab", b"ab", bytearray(b"ab"), range(3), range(2**70), memoryview(b"ab")):
        made[f"{type(what).__name__}_iterator"] = lambda what=what: iter(what)
        if hasattr(what, "__reversed__"):
            made[f"{type(what).__name__}_reversed"] = lambda what=what: reversed(what)
    for view in ("keys", "values", "items"):
        made["dict_" + view] = lambda view=view: getattr({1: 2, 3: 4}, view)()
        made[f"dict_{view}_iterator"] = lambda view=view: iter(getattr({1: 2}, view)())
        made[f"dict_{view}_reversed"] = lambda view=view: reversed(getattr({1: 2}, view)())
    return made


def ctypes_instances() -> dict[str, Callable[[], object]]:
    """Classes made of the abstract ones that `_ctypes` has."""
    import ctypes

    class Pair(ctypes.Structure):
        _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_char * 3), ("c", ctypes.c_int, 3)]

    class Either(ctypes.Union):
        _fields_ = [("a", ctypes.c_double), ("b", Pair)]

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
    return {
        "int": lambda: ctypes.c_int(3), "char": lambda: ctypes.c_char(b"x"), "object": lambda: ctypes.py_object([]),
        "double": lambda: ctypes.c_double(1), "bool": lambda: ctypes.c_bool(True), "Pair": Pair, "Either": Either,
        "array": ctypes.c_int * 4, "characters": lambda: ctypes.create_string_buffer(8), "pointer": lambda: ctypes.pointer(Pair()),
        "null": ctypes.POINTER(ctypes.c_int), "callback": lambda: callback(lambda x: x), "field": lambda: Pair.a,
        "bits": lambda: Pair.c, "argument": lambda: ctypes.byref(ctypes.c_int()),
    }  # fmt: skip


class Busy(BaseException):
    """The call has had its time."""


def busy(*_: object) -> None:
    raise Busy


Target = tuple[str, object]


def targets(module_name: str) -> Iterator[Target]:
    """What is to be called: a name, and a callable or (how to make a receiver, attribute)."""

    def attributes(prefix: str, cls: type, make: Callable[[], object] | None) -> Iterator[Target]:
        for name in dir(cls):
            full = f"{prefix}.{name}"
            if name in AVOID or full in AVOID or name in ("__class__", "__doc__"):
                continue
            yield full, (cls, make, name)

    if module_name == HIDDEN:
        for name, make in hidden_instances().items():
            with contextlib.suppress(Exception):
                cls = type(make())
                yield f"{HIDDEN}.{name}()", cls
                yield from attributes(f"{HIDDEN}.{name}", cls, make)
        return
    module = importlib.import_module(module_name)
    if module_name == "_ctypes":
        for name, make in ctypes_instances().items():
            yield f"_ctypes.{name}()", type(make())
            yield from attributes(f"_ctypes.{name}", type(make()), make)
    for name in dir(module):
        full = f"{module_name}.{name}"
        value = getattr(module, name)
        if full in AVOID or name in AVOID or name in ("__loader__", "__spec__"):
            continue
        if isinstance(value, type):
            if module_name != "_ctypes":
                yield full, value
            yield from attributes(full, value, None)
        elif callable(value):
            yield full, value



def attack(module_name: str, seconds: float, seed: int, log_path: str, skip: set[str]) -> None:
    """Runs in the child: calls until the time is over; the log says what was tried last."""
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(300)
    # 2**200 where a size is meant may keep an honest function busy for ever, or take all memory there is.
    signal.signal(signal.SIGALRM, busy)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 26, 1 << 26))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not {"ASAN_OPTIONS", "TSAN_OPTIONS"} & os.environ.keys():  # they reserve terabytes
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    rng = random.Random(seed)
    every = [target for target in targets(module_name) if target[0] not in skip]
    with open(log_path, "r+b") as file:
        log = mmap.mmap(file.fileno(), 4096)
    trace, profile = sys.settrace, sys.setprofile
    setitimer, monotonic, leave = signal.setitimer, time.monotonic, os._exit
    results: list[object] = []
    made_with: dict[type, list[object]] = {}
    calls = tried = 0
    end = monotonic() + seconds

    def say(kind: bytes, text: str) -> None:
        data = kind + b" %d %d " % (calls, tried) + text.encode("ascii", "backslashreplace")
        log[:4096] = data[:4000].ljust(4096, b"\0")

    def receiver(cls: type, make: Callable[[], object] | None) -> object:
        chance = rng.random()
        if make and chance < 0.9:
            return make()
        if chance < 0.1:
            return cls.__new__(cls)
        if chance < 0.6 and cls in made_with:
            return cls(*made_with[cls])
        args = arguments(rng, results)
        made = cls(*args)
        made_with[cls] = args
        return made

    def call(what: object, args: list[object]) -> object:
        kwargs = {}
        if rng.random() < 0.1:
            kwargs[rng.choice(("key", "default", "x", "sep", "maxsize", "encoding", "errors", "timeout"))] = 1
        return what(*args, **kwargs)  # type: ignore[operator]

    def one(what: object) -> object:
        if not isinstance(what, tuple):
            return call(what, arguments(rng, results))
        cls, make, name = what
        if rng.random() < 0.1:  # unbound: the receiver may be anything
            return call(getattr(cls, name), arguments(rng, results))
        made = receiver(cls, make)
        chance = rng.random()
        if chance < 0.05:
            setattr(made, name, rng.choice(arguments(rng, results, made) or [None]))
        elif chance < 0.07:
            delattr(made, name)
        value = getattr(made, name)
        return call(value, arguments(rng, results, made)) if callable(value) else repr(value)

    while True:
        rng.shuffle(every)
        for name, what in every:
            if monotonic() > end:
                say(b"done", f"{len(every)}")
                leave(0)
            calls += 1
            say(b"in", name)
            try:
                setitimer(signal.ITIMER_REAL, 0.5)
                for _ in range(3):
                    try:
                        made = one(what)
                    except (Exception, GeneratorExit) as e:
                        if isinstance(e, SystemError) and "SystemError" not in name:
                            raise
                        continue
                    if rng.random() < 0.3:
                        repr(made)
                    if hasattr(type(made), "__next__"):
                        for _ in range(3):
                            next(made)
                    results.append(made)
                    del results[:-20]
            except Busy:
                pass
            except SystemError as e:
                setitimer(signal.ITIMER_REAL, 0)
                say(b"SystemError", f"{name}: {e}")
                leave(3)
            except BaseException:
                pass
            try:
                setitimer(signal.ITIMER_REAL, 0)
                trace(None)
                profile(None)
            except BaseException:
                pass
        tried = len(every)


def run_one(name: str, seconds: float, seed: int, report: Callable[[str], None]) -> tuple[int, int]:
    """(calls, callables tried); findings are told to `report`. A call that does not end is left out and the rest goes on."""
    skip: list[str] = []
    calls = tried = 0
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0.2:
        folder = tempfile.mkdtemp(prefix="hostile-")
        log_path, reports = os.path.join(folder, "log"), os.path.join(folder, "report")
        with open(log_path, "wb") as file:
            file.write(bytes(4096))
        os.mkdir(os.path.join(folder, "cwd"))
        environment = dict(os.environ, HOME=folder, TMPDIR=folder)
        for variable in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if variable in environment:
                environment[variable] += f":log_path={reports}"
        command = [sys.executable, os.path.abspath(__file__), "--child", name, "--seconds", str(left), "--seed", str(seed)]
        with open(os.path.join(folder, "err"), "wb") as errors:
            child = subprocess.Popen(
                [*command, "--log", log_path, "--skip", ",".join(skip)],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, cwd=os.path.join(folder, "cwd"), env=environment,
            )  # fmt: skip
            # Not looking at signals for long is no fault; looking at nothing new for twenty seconds is being stuck.
            last, since, stuck = b"", time.monotonic(), False
            while child.poll() is None:
                time.sleep(0.05)
                with open(log_path, "rb") as file:
                    now = file.read()
                if now != last:
                    last, since = now, time.monotonic()
                elif time.monotonic() - since > 20:
                    stuck = True
                    child.kill()
                    child.wait()
        with open(log_path, "rb") as file:
            kind, *rest = file.read().rstrip(b"\0").decode("ascii", "replace").split(" ", 3)
        if len(rest) == 3:
            calls += int(rest[0])
            tried = max(tried, int(rest[1]) or int(rest[0]))
        what = rest[2] if len(rest) == 3 else "before the first call"
        with open(os.path.join(folder, "err"), "rb") as file:
            tail = file.read()[-600:].decode("utf-8", "replace")
        again = f"again with: --seed {seed} --seconds {seconds:g} {name}"
        texts = []
        for path in glob.glob(reports + "*"):
            with open(path, "rb") as file:
                text = file.read(6000).decode("utf-8", "replace")
            if "ERROR" in text or "runtime error" in text:  # and no mere warning of an allocation that was refused
                texts.append(text)
        if kind != "done":
            skip.append(what.split(":")[0])
        if stuck:
            print(f"  busy  {name}: {what}", flush=True)
        elif kind == "SystemError":
            report(f"SystemError from {what}; {again}")
        elif child.returncode != 0:
            report(f"{what}: exit code {child.returncode}; {again}\n" + "\n".join(texts or [tail]))
        elif texts:
            report(f"{name}: a sanitizer reports; {again}\n" + "\n".join(texts))
        shutil.rmtree(folder, ignore_errors=True)
    return calls, tried


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3, help="for each module")
    parser.add_argument("--minutes", type=float, help="all modules again and again, with new seeds, for so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="half a second a module")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--log", help=argparse.SUPPRESS)
    parser.add_argument("--skip", default="", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.child:
        attack(options.child, options.seconds, options.seed, options.log, set(options.skip.split(",")))
        return 0
    seconds = 0.5 if options.quick else options.seconds
    names = options.names or [*(n for n in sys.builtin_module_names if n not in EXCLUDED_MODULES), HIDDEN]
    findings: list[str] = []

    def report(text: str) -> None:
        findings.append(text)
        print(f"FAIL  {text}", flush=True)

    begin = time.monotonic()
    calls = 0
    tried: dict[str, int] = {}
    seed = options.seed
    while True:
        for name in names:
            made, some = run_one(name, seconds, seed, report)
            calls += made
            tried[name] = max(tried.get(name, 0), some)
            if options.minutes and time.monotonic() - begin > options.minutes * 60:
                break
        seed += 1
        if not options.minutes or time.monotonic() - begin > options.minutes * 60:
            break
    print(f"{calls} calls of {sum(tried.values())} functions, types and attributes in {len(tried)} modules")
    print(f"{len(findings)} findings in {(time.monotonic() - begin) / 60:.1f} minutes")
    return len(findings) > 0


if __name__ == "__main__":
    sys.exit(main())
