"""Every test of the project in one go; ./x test calls this after its set-up. Prints "N passed, N failed" at the end.

./x test            C++ units, tests/lang and tests/guide
./x test --full     CPython's quick files and a stress sample, too
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
GTEST_PASSED = re.compile(r"^\[  PASSED  \] (\d+) test", re.M)
GTEST_FAILED = re.compile(r"^\[  FAILED  \] (\d+) test", re.M)


class Totals:
    """Counts over all parts; a part that dies without a summary is one failure more."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.parts: list[str] = []

    def add(self, name: str, passed: int, failed: int, seconds: float) -> None:
        self.passed += passed
        self.failed += failed
        self.parts.append(f"{name:12} {passed:6} passed {failed:5} failed  {seconds:6.0f} s")


def stream(command: list[str], timeout: float) -> tuple[int, str]:
    """Run a command showing its output as it comes; returns the exit code and the output."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    lines: list[str] = []
    deadline = time.monotonic() + timeout
    for line in process.stdout:
        lines.append(line)
        sys.stdout.write(line)
        sys.stdout.flush()
        if time.monotonic() > deadline:
            process.kill()
            lines.append(f"stopped: more than {timeout:.0f} s\n")
            break
    return process.wait(), "".join(lines)


def run_part(totals: Totals, name: str, command: list[str], timeout: float) -> None:
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    code, output = stream(command, timeout)
    seconds = time.monotonic() - started
    found = SUMMARY.findall(output)
    if found:
        passed, failed = map(int, found[-1])
    elif GTEST_PASSED.search(output) or GTEST_FAILED.search(output):
        good, bad = GTEST_PASSED.search(output), GTEST_FAILED.search(output)
        passed, failed = int(good[1]) if good else 0, int(bad[1]) if bad else 0
    else:
        passed = failed = 0
    if code and not failed:
        failed = 1
        print(f"{name}: exit code {code}", flush=True)
    totals.add(name, passed, failed, seconds)


def stress(totals: Totals, taipan: str) -> None:
    """The benchmark programs check their results and run long: each once, and the threaded programs again and again."""
    print("\n== stress", flush=True)
    started = time.monotonic()
    passed = failed = 0
    programs = sorted((ROOT / "bench/programs").glob("*.py"))
    programs += sorted((ROOT / "tests/lang/threads").glob("*.py")) * 3
    for program in programs:
        try:
            done = subprocess.run(
                [taipan, program.name],
                cwd=program.parent,
                capture_output=True,
                timeout=120,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )
            expected = program.with_suffix(".out")
            good = done.returncode == 0 and (not expected.exists() or done.stdout == expected.read_bytes())
            why = f"exit code {done.returncode} " + done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        except subprocess.TimeoutExpired:
            good, why = False, "still running after 120 s"
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f"FAIL  {program.relative_to(ROOT)}  {why}", flush=True)
    totals.add("programs", passed, failed, time.monotonic() - started)
    for path in sorted((ROOT / "tests/stress").glob("*.py")):
        run_part(totals, path.stem, [taipan, str(path), "--quick"], 600)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--interpreter", default=str(ROOT / "build/taipan"))
    options = parser.parse_args()
    taipan = options.interpreter
    totals = Totals()
    unit = ROOT / "build/release/tests/unit/taipan_unit"
    if unit.exists():
        run_part(totals, "units", [str(unit), "--gtest_brief=1"], 600)
    run_part(totals, "language", [sys.executable, "tests/lang/run.py", "--interpreter", taipan, "-j2"], 1200)
    run_part(totals, "front end", [sys.executable, "tests/conformance/compare.py", "--interpreter", taipan, "--digests"], 600)
    if options.full:
        run_part(
            totals,
            "conformance",
            [sys.executable, "tests/conformance/run.py", "--interpreter", taipan, "-j2", "--quick"],
            1500,
        )
        stress(totals, taipan)
    print("\n" + "\n".join(totals.parts))
    print(f"{totals.passed} passed, {totals.failed} failed")
    return totals.failed > 0 or totals.passed == 0


if __name__ == "__main__":
    sys.exit(main())
