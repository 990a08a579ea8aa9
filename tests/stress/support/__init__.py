"""What the stress programs share: threads that start together, their errors, and how much work they do.

A program defines functions `check_…(operations)`, each of which makes a shared object, lets four threads work on it and
asserts what must hold: nothing lost, nothing twice, no value that nobody stored. `main()` runs all of them.

    taipan tests/stress/list_operations.py [--quick] [--times] [--operations=N] [CHECK…]

N is 5000 unless told, --quick makes it 300, and a million is a long night's dose.
"""

from __future__ import annotations

import faulthandler
import sys
import threading
import time
import traceback
from collections.abc import Callable

THREADS = 4


def race(*workers: Callable[[int], object], count: int = THREADS) -> list:
    """Run the workers (in turn, if fewer than `count`) at the same time; what they return, in order.

    The first runs in the calling thread: the one that made the shared object may use it in ways that others may not.
    """
    barrier = threading.Barrier(count)
    results: list = [None] * count
    errors: list[BaseException] = []

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = workers[index % len(workers)](index)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(1, count)]
    for thread in threads:
        thread.start()
    run(0)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def main(namespace: dict) -> None:
    arguments = sys.argv[1:]
    operations = 300 if "--quick" in arguments else 5000
    for argument, value in zip(arguments, [*arguments[1:], ""]):
        if argument.startswith("--operations"):
            operations = int(argument.partition("=")[2] or value)
    names = [a for a in arguments if a.startswith("check_")]
    faulthandler.enable()
    passed = failed = 0
    for name, check in list(namespace.items()):
        if not name.startswith("check_") or (names and name not in names):
            continue
        start = time.perf_counter()
        try:
            check(operations)
            passed += 1
        except Exception:
            failed += 1
            print(f"FAIL  {name}", flush=True)
            traceback.print_exc()
        if "--times" in arguments:
            print(f"{name}: {time.perf_counter() - start:.2f} s", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)
