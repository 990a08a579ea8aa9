"""Native functions called with objects that misbehave: whose hooks raise, change what is being worked on, answer with the
wrong type, come back in; with huge numbers, lone surrogates, half-made instances, and the wrong number of arguments.

    INTERPRETER tests/stress/hostile_objects.py [--seconds 3] [MODULE…]

Each module's functions and types are tried in a process of its own, at random from a fixed seed. Any exception is a good
answer, and so is being busy for ever with a huge number; a crash or SystemError is not. Run it on an AddressSanitizer build.
"""

import argparse
import importlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
import warnings

MODULES = (
    "builtins math cmath _struct array _collections _functools itertools _operator _heapq _bisect _random _json _datetime "
    "_sre _string _codecs _io binascii zlib unicodedata _weakref _abc _contextvars _typing _pickle _csv _hashlib _md5 _sha2 "
    "_blake2 _stat time _locale _symtable _tokenize _ast _opcode _queue marshal _thread select _lsprof _tracemalloc gc "
    "_warnings errno _statistics _zoneinfo _elementtree _decimal pyexpat"
).split()
# What would end the process, wait for somebody, or write outside: not the functions' fault.
AVOID = {
    "exit", "quit", "_exit", "input", "breakpoint", "open", "help", "copyright", "license", "credits", "interrupt_main",
    "sleep", "pause", "select", "poll", "epoll", "start_new_thread", "start_joinable_thread", "start_new", "exec", "eval",
    "__import__", "allocate_lock", "allocate", "LockType", "RLock", "lock", "set_debug", "freeze", "daemon_threads_allowed",
    "_shutdown", "settimeofday", "clock_settime", "clock_settime_ns", "FileIO", "open_code", "setlocale", "bind_textdomain_codec",
    "stack_size", "_excepthook", "_make_thread_handle", "SimpleQueue", "disable", "tzset", "exit_thread", "pthread_kill", "print",
    "_dump_tracelets", "set_threshold", "start", "_get_main_thread_ident", "KeyboardInterrupt", "SystemExit", "GeneratorExit",
}  # fmt: skip


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
        return self.rng.choice((0, 1, -1, 2**64, "x", None, NotImplemented, b"", 1.5, True, iter(()), [1]))


def hook(name: str) -> object:
    def method(self: Evil, *args: object, **kwargs: object) -> object:
        return self.act()

    method.__name__ = name
    return method


for name in (
    "eq ne lt le gt ge hash bool len length_hint iter next contains getitem setitem delitem index int float complex str repr "
    "bytes format add radd sub mul rmul truediv floordiv mod pow and or xor lshift rshift neg pos abs invert round trunc "
    "floor ceil call enter exit get reduce_ex getstate copy deepcopy missing reversed fspath buffer iadd divmod matmul await "
    "aiter anext instancecheck subclasscheck mro_entries class_getitem set_name"
).split():
    setattr(Evil, f"__{name}__", hook(f"__{name}__"))


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


def arguments(rng: random.Random) -> list[object]:
    victims: list[object] = [[1, 2, 3], {1: 2, "a": 3}, {1, 2}, bytearray(b"victim")]
    evil = Evil(rng, victims)
    pool: list[object] = [
        0, 1, -1, 2, 255, 2**31, 2**63, -(2**63), 2**64, 2**200, True, None, ..., NotImplemented, 0.0, -0.0, 1.5,
        float("nan"), float("inf"), 1e308, 1j, "", "a", "abc" * 100, "\ud800", "\x00", "é😀", b"", b"\x00\xff", b"abc" * 50,
        (), (1,), (1, 2, 3), [], {}, set(), frozenset({1}), range(5), slice(None, None, -1), int, str, type, object, object(),
        len, lambda *a: a, iter([1, 2]), (i for i in range(3)), memoryview(b"view"), evil, evil, evil, EvilList([1]),
        EvilStr("s"), EvilInt(3), Evil, ValueError("v"), sys, Evil.__dict__, *victims,
    ]  # fmt: skip
    return [rng.choice(pool) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6)))]


def attack(module_name: str, seconds: float, seed: int) -> None:
    """Runs in the child: random calls until the time is over; the log says what was tried last."""
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(300)
    # 2**200 where a size is meant may keep an honest function busy for ever, or take all memory there is.
    signal.alarm(int(seconds) + 3)
    if not {"ASAN_OPTIONS", "TSAN_OPTIONS"} & os.environ.keys():  # they reserve terabytes
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    module = importlib.import_module(module_name)
    rng = random.Random(seed)
    names = [n for n in dir(module) if n not in AVOID and not n.startswith("__") and callable(getattr(module, n))]
    if not names:
        return
    end = time.monotonic() + seconds
    out = os.open(os.devnull, os.O_WRONLY)
    saved = os.dup(2)
    calls = 0
    while time.monotonic() < end:
        calls += 1
        name = rng.choice(names)
        target = getattr(module, name)
        try:
            if isinstance(target, type) and rng.random() < 0.7:
                made = target.__new__(target) if rng.random() < 0.2 else target(*arguments(rng))
                method = rng.choice(
                    [m for m in dir(made) if m not in ("__class__", "__init_subclass__", "__subclasshook__")]
                )
                name += "." + method
                target = getattr(made, method)
            if not callable(target):
                continue
            os.dup2(out, 2)
            kwargs = (
                {rng.choice(("key", "default", "x", "sep", "maxsize", "encoding", "errors")): 1}
                if rng.random() < 0.1
                else {}
            )
            target(*arguments(rng), **kwargs)
        except SystemError as e:
            os.dup2(saved, 2)
            print(f"SystemError from {module_name}.{name}: {e} (call {calls})", file=sys.stderr)
            os._exit(3)
        except BaseException:
            pass
        finally:
            os.dup2(saved, 2)
    os._exit(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="half a second a module")
    parser.add_argument("--child")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.child:
        attack(options.child, options.seconds, options.seed)
        return 0
    seconds = 0.5 if options.quick else options.seconds
    passed = failed = 0
    for name in options.names or MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        command = [sys.executable, __file__, "--child", name, "--seconds", str(seconds), "--seed", str(options.seed)]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds + 30,
                stdin=subprocess.DEVNULL,
            )
            good, why = done.returncode == 0, f"exit code {done.returncode} {done.stderr.strip().splitlines()[-1:]}"
        except subprocess.TimeoutExpired:
            print(f"FAIL  {name}: does not even die of SIGALRM")
            failed += 1
            continue
        if not good and done.returncode == -signal.SIGALRM:
            good = True
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f"FAIL  {name}: {why}; again with: --seed {options.seed} --seconds {seconds} {name}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
