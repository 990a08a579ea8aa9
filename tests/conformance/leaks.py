"""Run CPython's own test files again and again in one process and see whether it keeps something each time.

    ./x leaks [AREA|NAME…]                                                    the language files, or those named
    python3 tests/conformance/leaks.py --interpreter build/taipan test_dict [--cases] [--runs 3:3]

Each file has a process of its own, which runs all its tests: a few times to fill caches, then as many times again, reading
sys.getallocatedblocks() and the number of open files and threads after each. Before it reads it puts back or empties what
tests fill rightly (warnings, import and line caches, the registries of abstract classes) and collects garbage. A file leaks
if every measured run left more than it found; --cases then measures its cases one by one, to find where.

leaks.txt lists what grows rightly: "NAME  reason" or "NAME::case-id  reason". The run fails on anything else.
"""

from __future__ import annotations

import argparse
import array
import concurrent.futures
import fnmatch
import gc
import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
LOGS = HERE.parents[1] / "build/leaks"


# --- in the interpreter that is tested ---------------------------------------------------------------------------------


class Quiet(unittest.TestResult):
    """Counts, and keeps nothing of what has failed."""

    bad = 0

    def addError(self, test, err):
        self.bad += 1

    addFailure = addError

    def addSkip(self, test, reason):
        pass

    def addExpectedFailure(self, test, err):
        pass

    def addUnexpectedSuccess(self, test):
        self.bad += 1

    def addSubTest(self, test, subtest, err):
        self.bad += err is not None


class Restore:
    """What tests change in the process, as it was at the beginning."""

    def __init__(self):
        import copyreg
        import warnings

        self.filters = list(warnings.filters)
        self.dispatch_table = dict(copyreg.dispatch_table)
        self.importers = dict(sys.path_importer_cache)
        self.environment = dict(os.environ)

    def __call__(self):
        import copyreg
        import linecache
        import warnings

        from test.libregrtest.utils import clear_caches

        warnings.filters[:] = self.filters
        for mapping, values in (
            (copyreg.dispatch_table, self.dispatch_table),
            (sys.path_importer_cache, self.importers),
            (os.environ, self.environment),
        ):
            if dict(mapping) != values:
                mapping.clear()
                mapping.update(values)
        linecache.clearcache()
        linecache._interactive_cache.clear()
        if "zipimport" in sys.modules:
            sys.modules["zipimport"]._zip_directory_cache.clear()
        clear_caches()
        for kind in list_abstract_classes():
            kind._abc_caches_clear()
        sys._clear_internal_caches()


def list_abstract_classes() -> list[type]:
    import _collections_abc

    return [c for name in _collections_abc.__all__ if hasattr(c := getattr(_collections_abc, name), "_abc_caches_clear")]


def flatten(suite) -> list[unittest.TestCase]:
    return [case for part in suite for case in (flatten(part) if isinstance(part, unittest.TestSuite) else [part])]


def read_into(reading: array.array) -> None:
    for _ in range(3):
        gc.collect()
    reading[1] = len(os.listdir("/proc/self/fd"))
    reading[2] = threading.active_count()
    reading[0] = sys.getallocatedblocks()


def growth(run, restore: Restore, warm_ups: int, runs: int) -> list[list[int]]:
    """By how much blocks, open files and threads grew in each of the measured runs."""
    readings = [array.array("q", [0, 0, 0]) for _ in range(runs + 1)]
    for number in range(warm_ups + runs):
        run()
        restore()
        if number >= warm_ups - 1:
            read_into(readings[number - warm_ups + 1])
    return [[b - a for a, b in zip(before, after)] for before, after in zip(readings, readings[1:])]


def is_leak(deltas: list[list[int]]) -> bool:
    return any(min(delta[kind] for delta in deltas) >= 1 for kind in range(3))


def measure(name: str, warm_ups: int, runs: int, each_case: bool) -> dict:
    try:
        module = importlib.import_module("test." + name)
    except unittest.SkipTest as reason:
        return {"skipped": str(reason)}
    restore = Restore()
    bad = 0

    def run_all():
        nonlocal bad
        result = Quiet()
        unittest.defaultTestLoader.loadTestsFromModule(module)(result)
        bad = result.bad

    answer: dict = {"cases": {}}
    if not each_case:
        answer["deltas"] = growth(run_all, restore, warm_ups, runs)
        answer["bad"] = bad
        return answer
    run_all()  # what the file as a whole sets up once
    restore()
    cases = {case.id(): case for case in flatten(unittest.defaultTestLoader.loadTestsFromModule(module))}
    for case_id, case in sorted(cases.items()):

        def run_case():
            again = type(case)(case._testMethodName) if type(case).__init__ is unittest.TestCase.__init__ else case
            unittest.TestSuite([again])(Quiet())

        deltas = growth(run_case, restore, warm_ups, runs)
        if is_leak(deltas):
            answer["cases"][case_id] = deltas
    return answer


def serve(arguments: argparse.Namespace) -> None:
    warm_ups, _, runs = arguments.runs.partition(":")
    with tempfile.TemporaryDirectory() as folder, open(arguments.answer, "w") as answer:
        os.chdir(folder)
        import driver
        from test import support

        driver.add_stand_ins(arguments.names[0])
        sys.path.remove(str(HERE))
        support.verbose = 0
        support.use_resources = {} if sys.version_info >= (3, 14) else []
        json.dump(measure(arguments.names[0], int(warm_ups), int(runs), arguments.cases), answer)
        os.chdir("/")


# --- the driver --------------------------------------------------------------------------------------------------------


def excused() -> list[str]:
    path = HERE / "leaks.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def show(deltas: list[list[int]]) -> str:
    kinds = ("blocks", "files", "threads")
    grown = [(kind, [d[i] for d in deltas]) for i, kind in enumerate(kinds) if any(d[i] for d in deltas)]
    return ", ".join(f"{kind} {' '.join(f'{n:+}' for n in numbers)}" for kind, numbers in grown)


def run_file(arguments: argparse.Namespace, name: str) -> tuple[str, bool]:
    """A line of the report, and whether it is a failure."""
    LOGS.mkdir(parents=True, exist_ok=True)
    answer, log = LOGS / f"{name}.json", LOGS / f"{name}.log"
    answer.unlink(missing_ok=True)
    interpreter = [*arguments.interpreter.split(), "-W", "ignore"]
    command = [*interpreter, __file__, "--serve", "--answer", str(answer), "--runs", arguments.runs]
    try:
        with open(log, "w") as output:
            done = subprocess.run(
                [*command, *(["--cases"] if arguments.cases else []), name],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=arguments.timeout, start_new_session=True,
            )  # fmt: skip
        text = answer.read_text() if answer.exists() else ""
        if done.returncode or not text:
            return f"{name}: ended with {done.returncode}; see {log.relative_to(HERE.parents[1])}", True
        told = json.loads(text)
    except subprocess.TimeoutExpired:
        return f"{name}: not done within {arguments.timeout:.0f} s", True
    if "skipped" in told:
        return f"{name}: skipped, {told['skipped']}", False
    rightly = excused()
    if arguments.cases:
        found = {c: d for c, d in told["cases"].items() if not any(fnmatch.fnmatchcase(f"{name}::{c}", e) for e in rightly)}
        lines = [f"{name}: {len(found)} cases grow", *(f"    {case}: {show(d)}" for case, d in found.items())]
        return "\n".join(lines), bool(found)
    leaks = is_leak(told["deltas"])
    if not leaks:
        return f"{name}: no growth ({show(told['deltas']) or 'none at all'})", False
    return f"{name}: LEAKS {show(told['deltas'])}", name not in rightly


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="AREA|NAME", default=["language"])
    parser.add_argument("--interpreter", default="build/taipan")
    parser.add_argument("--runs", default="3:3", help="runs to fill the caches, and runs that are measured")
    parser.add_argument("--cases", action="store_true", help="measure each case by itself")
    parser.add_argument("--timeout", type=float, default=600, help="seconds a file may take")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--answer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments)
        return 0
    names = []
    for name in arguments.names:
        area = HERE / "areas" / f"{name}.txt"
        names += area.read_text().split() if area.exists() else [name]
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for line, failed in pool.map(lambda name: run_file(arguments, name), names):
            failures += failed
            print(line, flush=True)
    print(f"{len(names)} files, {failures} leak or did not end")
    return failures > 0


if __name__ == "__main__":
    raise SystemExit(main())
