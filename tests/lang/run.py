"""Run the small programs under tests/lang and tests/guide and compare what they print with what the reference printed.

    python3 tests/lang/run.py --interpreter build/taipan [-j 2] [NAME…]       run those whose path contains a NAME
    python3 tests/lang/run.py --interpreter python3.14 --record [NAME…]            renew the expected output

A program NAME.py has its expected standard output in NAME.out and, when it writes any, its standard error in NAME.err.
Comment lines at its top may direct the run:

    # exit: 1             the exit code to expect (0 if not given; -N for death by signal N)
    # flags: -O -W error  options for the interpreter
    # args: one two       arguments for the program
    # stdin: one\\ntwo\\n   standard input (with \\n escapes)
    # env: NAME=value     an environment variable (may be repeated)
    # timeout: 60         seconds, instead of 20
    # stderr: ignore      do not compare standard error
    # sanitizers: REASON  skipped with --sanitizer
    # reference: crashes  the expectation is written by hand, because the reference does not survive the program

Known failures are listed in expectations.txt beside this file, one "PATH  reason" a line; a new failure and an
unexpected pass both fail the run. A reason that begins with "unstable" accepts either outcome. ./x lang --update
renews the list.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import difflib
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITES = ("tests/lang", "tests/guide")
DIRECTIVE = re.compile(r"#\s*(reference|exit|flags|args|stdin|env|timeout|stderr|sanitizers):\s?(.*)")
DEFAULT_TIMEOUT = 20.0


@dataclasses.dataclass
class Program:
    """One test program and what its directives ask for."""

    path: pathlib.Path
    exit: int = 0
    flags: list[str] = dataclasses.field(default_factory=list)
    args: list[str] = dataclasses.field(default_factory=list)
    stdin: str = ""
    env: dict[str, str] = dataclasses.field(default_factory=dict)
    timeout: float = DEFAULT_TIMEOUT
    compare_stderr: bool = True
    recordable: bool = True
    not_sanitized: str = ""

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT).with_suffix(""))


@dataclasses.dataclass
class Outcome:
    """What running a program once gave."""

    status: str  # pass, fail, crash or hang
    stdout: str = ""
    stderr: str = ""
    code: int | None = None
    seconds: float = 0.0
    report: str = ""


def load(path: pathlib.Path) -> Program:
    program = Program(path)
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        if not line.startswith("#"):
            break
        directive = DIRECTIVE.match(line)
        if not directive:
            continue
        key, value = directive.groups()
        if key == "exit":
            program.exit = int(value)
        elif key == "flags":
            program.flags = shlex.split(value)
        elif key == "args":
            program.args = shlex.split(value)
        elif key == "stdin":
            program.stdin += value.encode().decode("unicode_escape").encode("latin-1").decode("utf-8")
        elif key == "env":
            name, _, setting = value.partition("=")
            program.env[name] = setting
        elif key == "timeout":
            program.timeout = float(value)
        elif key == "reference":
            program.recordable = False
        elif key == "sanitizers":
            program.not_sanitized = value
        elif key == "stderr":
            program.compare_stderr = value.strip() != "ignore"
    return program


def discover(names: list[str]) -> list[Program]:
    """All programs whose path contains one of the names; a helper module starts with an underscore."""
    paths = sorted(path for suite in SUITES for path in (ROOT / suite).rglob("*.py"))
    programs = []
    for path in paths:
        relative = path.relative_to(ROOT)
        is_helper = any(part.startswith("_") for part in relative.parts) or not path.with_suffix(".py").is_file()
        if is_helper or relative.parts[2:] in (("run.py",), ("blocks.py",)):
            continue
        if not names or any(name in str(relative) for name in names):
            programs.append(load(path))
    return programs


def environment(program: Program, seed: str) -> dict[str, str]:
    kept = ("PATH", "HOME", "TMPDIR")
    env = {k: v for k, v in os.environ.items() if k in kept or k.startswith("TAIPAN_") or k.endswith("SAN_OPTIONS")}
    env |= {
        "LANG": "C.UTF-8",
        "PYTHON_COLORS": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": seed,
        "TZ": "UTC",
    }
    return env | program.env


def normalise(text: str, program: Program) -> str:
    """Take out what may differ between two installations: the folders of the program and of the standard library."""
    text = text.replace(f"{program.path.parent}/", "").replace(str(program.path.parent), "<folder>")
    text = re.sub(r"/[^\s\"'():]*/python3\.14t?/", "<stdlib>/", text)
    # AddressSanitizer tells of every allocation that it refuses.
    text = re.sub(r"(?m)^==\d+==WARNING: AddressSanitizer failed to allocate.*\n", "", text)
    stdlib = os.environ.get("TAIPAN_STDLIB")
    if stdlib:
        text = text.replace(stdlib.rstrip("/") + "/", "<stdlib>/")
    return text


def execute(command: list[str], program: Program, seed: str = "random", slow: float = 1.0) -> Outcome:
    argv = [*command, *program.flags, program.path.name, *program.args]
    started = time.monotonic()
    process = subprocess.Popen(
        argv,
        cwd=program.path.parent,
        env=environment(program, seed),
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        out, err = process.communicate(program.stdin.encode(), program.timeout * slow)
        status = "pass"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        status = "hang"
    seconds = time.monotonic() - started
    stdout, stderr = (normalise(data.decode("utf-8", "backslashreplace"), program) for data in (out, err))
    code = process.returncode
    if status == "pass" and code != program.exit:
        status = "crash" if code < 0 or code in (134, 139) else "fail"
    return Outcome(status, stdout, stderr, code, seconds)


def expected(program: Program, suffix: str) -> str:
    path = program.path.with_suffix(suffix)
    return path.read_text(encoding="utf-8") if path.exists() else ""


def difference(want: str, got: str, label: str, limit: int = 30) -> str:
    lines = list(
        difflib.unified_diff(
            want.splitlines(), got.splitlines(), f"{label} expected", f"{label} printed", lineterm="", n=1
        )
    )
    return "\n".join(lines[:limit] + (["…"] if len(lines) > limit else []))


def check(command: list[str], program: Program, slow: float) -> Outcome:
    outcome = execute(command, program, slow=slow)
    reports = []
    if outcome.status in ("fail", "crash"):
        reports.append(f"exit code {outcome.code}, expected {program.exit}")
    if outcome.status == "hang":
        reports.append(f"still running after {program.timeout * slow:.0f} s")
    for suffix, got, compare in ((".out", outcome.stdout, True), (".err", outcome.stderr, program.compare_stderr)):
        want = expected(program, suffix)
        if compare and got != want:
            reports.append(difference(want, got, f"{program.path.stem}{suffix}"))
            if outcome.status == "pass":
                outcome.status = "fail"
    outcome.report = "\n".join(reports)
    return outcome


def record(command: list[str], program: Program) -> Outcome:
    """Run twice with different hash seeds; what differs between the two pins nothing and is refused."""
    first, second = execute(command, program, "1"), execute(command, program, "2")
    if first.status != "pass":
        first.report = f"exit code {first.code}, expected {program.exit}\n{first.stdout}{first.stderr}"
        return first
    if (first.stdout, first.stderr) != (second.stdout, second.stderr):
        both = difference(first.stdout + first.stderr, second.stdout + second.stderr, "two runs")
        return dataclasses.replace(first, status="fail", report="not deterministic\n" + both)
    if re.search(r" at 0x[0-9a-f]{6,}", first.stdout + first.stderr):
        return dataclasses.replace(first, status="fail", report="prints an address\n" + first.stdout + first.stderr)
    for suffix, text in ((".out", first.stdout), (".err", first.stderr if program.compare_stderr else "")):
        path = program.path.with_suffix(suffix)
        if text or suffix == ".out":
            path.write_text(text, encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
    return first


def load_expectations() -> dict[str, str]:
    path = ROOT / "tests/lang/expectations.txt"
    known: dict[str, str] = {}
    if path.exists():
        for line in path.read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                name, _, reason = line.partition(" ")
                known[name] = reason.strip()
    return known


def reason(outcome: Outcome) -> str:
    """What a failure is put down to: the last line of an error, else that the output differs."""
    if outcome.status in ("crash", "hang"):
        return outcome.status
    stripped = (line.strip() for line in outcome.stderr.splitlines())
    lines = [line for line in stripped if re.match(r"[A-Za-z_.]+(Error|Exception)\b", line)]
    return lines[-1][:100] if lines else "the output differs"


def write_expectations(failures: dict[str, str], known: dict[str, str]) -> None:
    """Renew expectations.txt: today's failures; entries marked "unstable" stay."""
    path = ROOT / "tests/lang/expectations.txt"
    head = [line for line in path.read_text().splitlines() if line.startswith("#")]
    rows = dict(failures)
    rows.update({name: text for name, text in known.items() if text.startswith("unstable")})
    path.write_text("\n".join(head + [f"{name}  {rows[name]}" for name in sorted(rows)]) + "\n")


def main() -> int:
    # What a shell runs in the background inherits that SIGINT is ignored; the programs are to start with the default.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreter", default="build/taipan", help="the command that runs a program")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--record", action="store_true", help="store what the interpreter prints as the expectation")
    parser.add_argument("--slow", type=float, default=1.0, help="factor on every timeout, for sanitizer builds")
    parser.add_argument("--sanitizer", action="store_true", help="skip what cannot hold on a sanitizer build")
    parser.add_argument("--names-only", action="store_true", help="one line a failure, no differences")
    parser.add_argument("--known", action="store_true", help="show the failures that expectations.txt lists, too")
    parser.add_argument("--update", action="store_true", help="write what fails now into expectations.txt")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    command = shlex.split(options.interpreter)
    if os.sep in command[0]:
        command[0] = str(pathlib.Path(command[0]).resolve()) if os.path.exists(command[0]) else command[0]
    programs = [program for program in discover(options.names) if program.recordable or not options.record]
    if options.sanitizer:
        programs = [program for program in programs if not program.not_sanitized]
    known = {} if options.record else load_expectations()
    counts = {"pass": 0, "fail": 0, "crash": 0, "hang": 0}
    passed = failed = 0

    def run_one(program: Program) -> Outcome:
        if options.record:
            return record(command, program)
        outcome = check(command, program, options.slow)
        if outcome.status != "pass" and program.name not in known:
            again = check(command, program, options.slow)  # once more: a machine under load is no failure
            outcome = again if again.status == "pass" else outcome
        return outcome

    failures: dict[str, str] = {}

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for program, outcome in zip(programs, pool.map(run_one, programs)):
            counts[outcome.status] += 1
            is_known = program.name in known
            unstable = is_known and known[program.name].startswith("unstable")
            good = unstable or (outcome.status == "pass") != is_known
            if outcome.status != "pass":
                failures[program.name] = reason(outcome)
            passed, failed = passed + good, failed + (not good)
            if good and not (is_known and options.known):
                continue
            if outcome.status == "pass":
                print(f"UNEXPECTED PASS  {program.name}  (listed: {known[program.name]})")
            else:
                print(f"{outcome.status.upper()}  {program.name}")
                if not options.names_only and not is_known:
                    print("    " + outcome.report.replace("\n", "\n    "))
            sys.stdout.flush()
    if options.update:
        write_expectations(failures, known)
    print(", ".join(f"{status} {count}" for status, count in counts.items()), f"(known failures: {len(known)})")
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or not programs


if __name__ == "__main__":
    sys.exit(main())
