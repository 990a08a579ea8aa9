"""Run CPython's own test files, each in a process of its own, and hold the outcome against what is expected.

    python3 tests/conformance/run.py --interpreter build/taipan [AREA|NAME…]     everything, some areas, some files
    python3 tests/conformance/run.py --interpreter build/taipan --quick          the files of quick.txt, for every commit
    … --update                                                                   write what happened to expectations.txt

Areas are the lists in areas/; reference.tsv holds what CPython 3.14 itself scores. expectations.txt lists what is known
to fail, one of

    NAME            fail|crash|hang  reason        the file as a whole
    NAME::case-id   reason                         one case; a final * matches the rest

and excluded.txt, in the second form, cases that test CPython's implementation and not Python: they leave the count of
what is possible, too ("NAME::*" leaves out a file). A new failure and an
unexpected pass both fail the run. Each file's output and cases are kept in build/conformance/NAME.log and NAME.cases;
the results by area go to docs/status.md.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import fnmatch
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOGS = ROOT / "build/conformance"
STATUS = ROOT / "docs/status.md"
AREAS = ("language", "frontend", "concurrency", "stdlib", "tools", "capi")
BEGIN, END = "<!-- conformance:begin -->", "<!-- conformance:end -->"
BAD = ("fail", "error")


@dataclasses.dataclass
class Result:
    """What one file did."""

    name: str
    status: str  # pass, fail, crash, hang
    seconds: float
    ok: int = 0
    skipped: int = 0
    excluded: int = 0
    failed: list[str] = dataclasses.field(default_factory=list)
    passed: list[str] = dataclasses.field(default_factory=list)
    detail: str = ""


@dataclasses.dataclass
class Expectations:
    """expectations.txt and excluded.txt."""

    files: dict[str, tuple[str, str]]
    cases: dict[str, dict[str, str]]
    excluded: dict[str, list[str]]


def read_lines(path: pathlib.Path) -> list[str]:
    if not path.exists():
        return []
    return [line.strip() for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]


def load_expectations() -> Expectations:
    files: dict[str, tuple[str, str]] = {}
    cases: dict[str, dict[str, str]] = {}
    excluded: dict[str, list[str]] = {}
    for line in read_lines(HERE / "expectations.txt"):
        subject, _, rest = line.partition(" ")
        name, is_case, case = subject.partition("::")
        if is_case:
            cases.setdefault(name, {})[case] = rest.strip()
        else:
            status, _, reason = rest.strip().partition(" ")
            files[name] = (status, reason.strip())
    for line in read_lines(HERE / "excluded.txt"):
        name, _, case = line.partition(" ")[0].partition("::")
        excluded.setdefault(name, []).append(case or "*")
    return Expectations(files, cases, excluded)


def load_reference() -> dict[str, dict[str, float]]:
    lines = (HERE / "reference.tsv").read_text().splitlines()
    keys = lines[0].split("\t")[1:]
    return {row[0]: dict(zip(keys, map(float, row[1:]))) for row in (line.split("\t") for line in lines[1:])}


def load_areas() -> dict[str, list[str]]:
    return {area: read_lines(HERE / f"areas/{area}.txt") for area in AREAS}


def probe(command: list[str]) -> str:
    """Whether CPython's runner works on this interpreter, or only unittest."""
    code = "import test.libregrtest.main, test.libregrtest.testresult"
    try:
        done = subprocess.run([*command, "-c", code], capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return "unittest"
    return "regrtest" if done.returncode == 0 else "unittest"


def matches(case: str, patterns: list[str]) -> bool:
    return any(case == p or case.endswith("." + p) or fnmatch.fnmatchcase(case, p) for p in patterns)


def run_file(command: list[str], mode: str, name: str, timeout: float, excluded: list[str], system_tmp: bool) -> Result:
    log, cases = LOGS / f"{name}.log", LOGS / f"{name}.cases"
    cases.unlink(missing_ok=True)
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    env |= {"PYTHON_COLORS": "0", "LANG": "C.UTF-8", "TAIPAN_CONFORMANCE": "1"}
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder, log.open("wb") as output:
        process = subprocess.Popen(
            [*command, str(HERE / "driver.py"), mode, str(cases), name],
            cwd=LOGS,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=env if system_tmp else {**env, "TMPDIR": folder},
        )
        try:
            code: int | None = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = None
        try:
            os.killpg(process.pid, signal.SIGKILL)  # also children that a test left behind
        except ProcessLookupError:
            pass
        process.wait()
    return read_result(name, code, time.monotonic() - started, cases, log, excluded)


def read_result(
    name: str, code: int | None, seconds: float, cases: pathlib.Path, log: pathlib.Path, excluded: list[str]
) -> Result:
    outcome: dict[str, str] = {}
    oks: dict[str, int] = {}
    running = ""
    for line in cases.read_text(errors="replace").splitlines() if cases.exists() else []:
        kind, _, case = line.partition(" ")
        if kind == "start":
            running = case
            outcome.setdefault(case, "start")
        elif outcome.get(case) not in BAD:
            outcome[case] = kind
        oks[case] = oks.get(case, 0) + (kind == "ok")  # load_tests may run one case several times
    result = Result(name, "pass", seconds)
    for case, kind in outcome.items():
        if matches(case, excluded):
            result.excluded += 1
        elif kind in BAD:
            result.failed.append(case)
        elif kind == "ok":
            result.ok += oks[case]
            result.passed.append(case)
        elif kind == "skip":
            result.skipped += 1
    if code is None:
        result.status, result.detail = "hang", f"in {running or 'start-up'}"
    elif code < 0 or code in (134, 135, 136, 139):
        result.status, result.detail = "crash", f"{describe_signal(code)} in {running or 'start-up'}"
    elif result.failed:
        result.status, result.detail = "fail", f"{len(result.failed)} of {len(outcome)} cases"
    elif code and not (result.excluded or only_skipped(log)):
        result.status, result.detail = "fail", f"exit {code}: {last_line(log)}"
    return result


def describe_signal(code: int) -> str:
    number = -code if code < 0 else code - 128
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def only_skipped(log: pathlib.Path) -> bool:
    text = log.read_text(errors="replace")
    return "Result: SUCCESS" in text or "Result: NO TESTS RAN" in text or "1 test skipped" in text


def last_line(log: pathlib.Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line]
    return (errors or lines or ["no output"])[-1].strip()[:160]


def judge(result: Result, expected: Expectations) -> list[str]:
    """What is not as expected about the result, one line each."""
    known_status, _ = expected.files.get(result.name, ("", ""))
    known_cases = list(expected.cases.get(result.name, {}))
    if known_status:
        if result.status == "pass":
            return [f"UNEXPECTED PASS  {result.name}"]
        if result.status != known_status and result.status in ("crash", "hang"):
            return [f"{result.status.upper()}  {result.name}  {result.detail} (expected: {known_status})"]
        return []
    if result.status in ("crash", "hang") or (result.status == "fail" and not result.failed):
        return [f"{result.status.upper()}  {result.name}  {result.detail}"]
    problems = [f"FAIL  {result.name}::{case}" for case in result.failed if not matches(case, known_cases)]
    for pattern in known_cases:
        if not any(matches(case, [pattern]) for case in result.failed) and any(
            matches(case, [pattern]) for case in result.passed
        ):
            problems.append(f"UNEXPECTED PASS  {result.name}::{pattern}")
    return problems


def update_expectations(results: list[Result], expected: Expectations) -> None:
    """Write what happened, keeping the reasons and the lines of files that did not run."""
    todo = "not looked at yet"
    for result in results:
        old_file = expected.files.pop(result.name, None)
        old_cases = expected.cases.pop(result.name, {})
        if result.status == "pass":
            continue
        if result.failed and result.status == "fail" and len(result.failed) <= 12:
            expected.cases[result.name] = {
                case: next((r for p, r in old_cases.items() if matches(case, [p])), todo) for case in result.failed
            }
        else:
            expected.files[result.name] = (result.status, old_file[1] if old_file else f"{result.detail}")
    lines = [f"{name}  {status}  {reason}" for name, (status, reason) in expected.files.items()]
    lines += [f"{name}::{case}  {reason}" for name, cases in expected.cases.items() for case, reason in cases.items()]
    head = [line for line in (HERE / "expectations.txt").read_text().splitlines() if line.startswith("#")]
    (HERE / "expectations.txt").write_text("\n".join(head + sorted(lines)) + "\n")


def save_results(results: list[Result]) -> dict[str, dict[str, object]]:
    """Merge with the results of earlier runs, so that a run of one area keeps the rest of the table."""
    path = LOGS / "results.json"
    saved: dict[str, dict[str, object]] = json.loads(path.read_text()) if path.exists() else {}
    for r in results:
        saved[r.name] = {
            "status": r.status,
            "ok": r.ok,
            "failed": len(r.failed),
            "skipped": r.skipped,
            "excluded": r.excluded,
        }
    path.write_text(json.dumps(saved, indent=0, sort_keys=True))
    return saved


def write_status(
    saved: dict[str, dict[str, object]], reference: dict[str, dict[str, float]], excluded: dict[str, list[str]]
) -> None:
    rows = [
        "| area | files run | pass | fail | crash | hang | cases ok | of CPython's |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for area, names in load_areas().items():
        ran = [(name, saved[name]) for name in names if name in saved]
        if not ran:
            continue
        count = {status: sum(r["status"] == status for _, r in ran) for status in ("pass", "fail", "crash", "hang")}
        cases = sum(int(r["ok"]) for _, r in ran)  # type: ignore[call-overload]
        possible = 0
        for name, saved_result in ran:
            if name in reference and "*" not in excluded.get(name, []):
                row = reference[name]
                counts = (int(saved_result[key]) for key in ("ok", "failed", "excluded"))  # type: ignore[call-overload]
                ok, failed, left_out = counts
                # CPython itself skips some of those left out.
                possible += max(int(row["cases"] - row["failed"] - row["skipped"]) - left_out, ok + failed)
        share = f"{100 * cases / possible:.1f} %" if possible else "–"
        rows.append(
            f"| {area} | {len(ran)} of {len(names)} | "
            + " | ".join(str(n) for n in count.values())
            + f" | {cases} | {share} |"
        )
    table = "\n".join(rows)
    text = STATUS.read_text() if STATUS.exists() else f"# Status\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    STATUS.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


def select(names: list[str], quick: bool) -> list[str]:
    areas = load_areas()
    if quick:
        return read_lines(HERE / "quick.txt")
    chosen = [file for name in names for file in (areas[name] if name in areas else [name])]
    return chosen or [file for files in areas.values() for file in files]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreter", default="build/taipan")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument(
        "--timeout", type=float, default=0, help="seconds for a file (default: from the reference's time)"
    )
    parser.add_argument("--via", choices=("auto", "regrtest", "unittest"), default="auto")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--update", action="store_true", help="write the outcome to expectations.txt")
    parser.add_argument(
        "--system-tmp", action="store_true", help="no folder of its own for a file: for an interpreter in a chroot"
    )
    parser.add_argument("--no-status", action="store_true", help="leave docs/status.md as it is")
    parser.add_argument("names", nargs="*", metavar="AREA|NAME")
    options = parser.parse_args()
    command = shlex.split(options.interpreter)
    if os.path.exists(command[0]):
        command[0] = str(pathlib.Path(command[0]).resolve())
    LOGS.mkdir(parents=True, exist_ok=True)
    reference, expected = load_reference(), load_expectations()
    names = sorted(set(select(options.names, options.quick)), key=lambda n: -reference.get(n, {}).get("seconds", 0))
    mode = probe(command) if options.via == "auto" else options.via
    print(f"{len(names)} files, run by {mode}", flush=True)

    def run_one(name: str) -> Result:
        timeout = options.timeout or min(600.0, 90.0 + 8 * reference.get(name, {}).get("seconds", 10))
        return run_file(command, mode, name, timeout, expected.excluded.get(name, []), options.system_tmp)

    results: list[Result] = []
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run_one, name) for name in names]):
            result = future.result()
            results.append(result)
            problems = judge(result, expected)
            passed, failed = passed + (not problems), failed + bool(problems)
            print(
                "\n".join(problems) or f"{result.status:5} {result.name}  {result.ok} ok  {result.detail}", flush=True
            )
    if options.update:
        update_expectations(results, expected)
    if not options.no_status and not options.quick:
        write_status(save_results(results), reference, expected.excluded)
    count = {status: sum(r.status == status for r in results) for status in ("pass", "fail", "crash", "hang")}
    print(", ".join(f"{status} {n}" for status, n in count.items()) + f"; cases ok {sum(r.ok for r in results)}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0 and not options.update


if __name__ == "__main__":
    sys.exit(main())
