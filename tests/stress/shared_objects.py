"""Eight threads on three shared objects of each builtin type, doing all that the type can, at random.

    INTERPRETER tests/stress/shared_objects.py [--threads 8] [--rounds 200]

What an operation answers does not matter, only that it answers or raises: no crash, no corrupt container, no hang. Run
it on a ThreadSanitizer build to find races.
"""

import argparse
import array
import collections
import io
import itertools
import operator
import random
import sys
import threading
import types
import warnings
import weakref

SKIP = {
    "__class__",
    "__init_subclass__",
    "__subclasshook__",
    "__new__",
    "__getattribute__",
    "__setattr__",
    "__delattr__",
}
SKIP |= {
    "__reduce__",
    "__reduce_ex__",
    "__del__",
    "join",
    "__sizeof__",
    "__dir__",
    "__imul__",
    "__mul__",
    "__rmul__",
    "__abs__",
}


class Plain:
    x = 1

    def method(self, *args: object) -> object:
        return args


def generator():
    while True:
        yield 1


def makers() -> dict[str, object]:
    return {
        "list": lambda: [3, 1, 2, "x"],
        "dict": lambda: {1: "a", "b": 2, 3: [4]},
        "set": lambda: {1, 2, "x", (3,)},
        "frozenset": lambda: frozenset([1, 2]),
        "tuple": lambda: (1, "a", [2]),
        "bytearray": lambda: bytearray(b"hello world"),
        "bytes": lambda: b"hello",
        "str": lambda: "hello wörld",
        "int": lambda: 12345678901234567890,
        "float": lambda: 1.5,
        "range": lambda: range(10),
        "deque": lambda: collections.deque([1, 2, 3], 50),
        "OrderedDict": lambda: collections.OrderedDict(a=1, b=2),
        "defaultdict": lambda: collections.defaultdict(list, a=[1]),
        "Counter": lambda: collections.Counter("abca"),
        "array": lambda: array.array("i", [1, 2, 3]),
        "memoryview": lambda: memoryview(bytearray(b"some bytes")),
        "list iterator": lambda: iter([1, 2, 3] * 100),
        "dict iterator": lambda: iter({i: i for i in range(100)}),
        "set iterator": lambda: iter(set(range(100))),
        "generator": generator,
        "count": lambda: itertools.count(),
        "cycle": lambda: itertools.cycle([1, 2]),
        "chain": lambda: itertools.chain([1] * 100, "abc" * 100),
        "zip": lambda: zip(range(1000), range(1000)),
        "map": lambda: map(str, range(1000)),
        "enumerate": lambda: enumerate(range(1000)),
        "StringIO": lambda: io.StringIO("a\nb\nc"),
        "BytesIO": lambda: io.BytesIO(b"a\nb\nc"),
        "instance": Plain,
        "class": lambda: type("Temp", (Plain,), {"y": 1}),
        "function": lambda: types.FunctionType(generator.__code__, {}),
        "method": lambda: Plain().method,
        "module": lambda: types.ModuleType("temp"),
        "namespace": lambda: types.SimpleNamespace(a=1),
        "dict view": lambda: {i: i for i in range(20)}.items(),
        "exception": lambda: ValueError("x"),
        "property": lambda: property(lambda s: 1),
        "weakref": lambda: weakref.ref(Plain),
        "WeakSet": lambda: weakref.WeakSet([Plain]),
        "mappingproxy": lambda: types.MappingProxyType({1: 2}),
        "slice": lambda: slice(1, 2),
    }


ARGUMENTS = (0, 1, -1, "x", "b", b"x", None, 1.5, [1, 2], (1,), {"k": 1}, {1, 2}, slice(0, 2), "attr", int, len, 3)


def act(thing: object, rng: random.Random) -> None:
    """One operation, chosen at random."""
    kind = rng.randrange(6)
    if kind == 0:
        names = [n for n in dir(thing) if n not in SKIP]
        method = getattr(thing, rng.choice(names))
        if callable(method):
            method(*(rng.choice(ARGUMENTS) for _ in range(rng.randrange(3))))
    elif kind == 1:
        rng.choice((len, repr, hash, bool, iter, reversed, str, list_some, id, dir, callable))(thing)  # type: ignore[operator]
    elif kind == 2:
        operation = rng.choice((operator.add, operator.eq, operator.lt, operator.or_, operator.and_, operator.sub))
        operation(thing, rng.choice((thing, 1, [1])))
    elif kind == 3:
        next(thing)  # type: ignore[call-overload]
    elif kind == 4:
        setattr(thing, f"a{rng.randrange(5)}", rng.randrange(9))
        delattr(thing, f"a{rng.randrange(5)}")
    else:
        thing[rng.choice((0, 1, "b", slice(0, 1)))] = rng.choice((1, [1], b"z"))  # type: ignore[index]


def list_some(thing: object) -> list[object]:
    return list(itertools.islice(thing, 50))  # type: ignore[call-overload]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="four threads, sixty rounds")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.quick:
        options.threads, options.rounds = 4, 60
    warnings.simplefilter("ignore")
    passed = 0
    for name, make in makers().items():
        if options.names and name not in options.names:
            continue
        things = [make() for _ in range(3)]  # type: ignore[operator]
        gate = threading.Barrier(options.threads)
        finished: list[int] = []

        def work(number: int) -> None:
            rng = random.Random(f"{name}{number}")
            gate.wait()
            for _ in range(options.rounds):
                try:
                    act(rng.choice(things), rng)
                except Exception:  # whatever Python says is fine
                    pass
            finished.append(number)

        threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(options.threads)]
        for t in threads:
            t.start()
        for t in threads:
            t.join(60)
        if len(finished) != options.threads:
            print(f"FAIL  {name}: {options.threads - len(finished)} threads did not finish")
            print(f"{passed} passed, 1 failed", flush=True)
            return 1
        for thing in things:
            try:
                repr(thing)
            except Exception:
                pass
        passed += 1
    print(f"{passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
