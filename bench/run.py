"""Compare the speed and the peak memory of two interpreters over the programs of bench/programs.

    python3 bench/run.py --interpreter build/taipan --reference python3.14 [--rounds 5] [--json FILE] [NAME…]

The two run alternately, each program `rounds` times, and the best time of each counts: what is measured is then the
interpreter and not what else the machine was doing. A ratio above 1 means that Taipan is faster. Every program checks
its own result. A run fails when a program fails, when --least or --mean is not reached, or --memory is exceeded.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "bench/programs"
TIMEOUT = 60


@dataclasses.dataclass
class Measure:
    """The best that one interpreter did on one program."""

    seconds: float = math.inf
    memory: int = 0
    error: str = ""


def build_measure() -> pathlib.Path:
    """The small C program that runs and measures one process; see there why it is not Python."""
    source, binary = FOLDER.parent / "measure.c", ROOT / "build/bench/measure"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        binary.parent.mkdir(parents=True, exist_ok=True)
        compiler = next((c for c in ("clang-19", "cc") if shutil.which(c)), "cc")
        subprocess.run([compiler, "-O1", "-o", str(binary), str(source)], check=True)
    return binary


def run_once(measure: pathlib.Path, command: list[str], program: pathlib.Path, clock: str) -> Measure:
    """One run in a process of its own; memory is the peak resident set in KiB."""
    env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHON_COLORS": "0"}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as report:
        number = report.fileno()
        subprocess.run(
            [str(measure), str(number), str(TIMEOUT), *command, str(program)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            pass_fds=(number,),
            check=True,
        )
        report.seek(0)
        fields = report.read().decode().split()
        output.seek(0)
        lines = output.read().decode(errors="replace").strip().splitlines()
    if fields[0] == "timeout":
        return Measure(error=f"still running after {TIMEOUT} s")
    code = os.waitstatus_to_exitcode(int(fields[0]))
    if code:
        return Measure(error=f"exit code {code}: {lines[-1] if lines else 'no output'}")
    return Measure(float(fields[2 if clock == "cpu" else 1]), int(fields[3]))


def compare(
    subject: list[str], reference: list[str], program: pathlib.Path, rounds: int, clock: str
) -> tuple[Measure, Measure]:
    tool = build_measure()
    best = (Measure(), Measure())
    for number in range(rounds):
        order = ((0, subject), (1, reference)) if number % 2 == 0 else ((1, reference), (0, subject))
        for side, command in order:
            if best[side].error:
                continue
            measure = run_once(tool, command, program, clock)
            best[side].seconds = min(best[side].seconds, measure.seconds)
            best[side].memory = max(best[side].memory, measure.memory)
            best[side].error = measure.error
    return best


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreter", default="build/taipan")
    parser.add_argument("--reference", default="python3.14")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--clock", choices=("wall", "cpu"), default="wall", help="cpu suits a machine that is busy otherwise"
    )
    parser.add_argument("--least", type=float, help="the lowest ratio that any program may have")
    parser.add_argument("--mean", type=float, help="the geometric mean to reach")
    parser.add_argument("--memory", type=float, help="the highest ratio of peak memory (geometric mean)")
    parser.add_argument("--json", type=pathlib.Path, help="write the measurements to this file")
    parser.add_argument("names", nargs="*", help="only programs whose name contains one of these")
    options = parser.parse_args()
    subject, reference = (
        [str(pathlib.Path(words[0]).resolve()), *words[1:]] if os.path.exists(words[0]) else words
        for words in (shlex.split(options.interpreter), shlex.split(options.reference))
    )
    programs = [p for p in sorted(FOLDER.glob("*.py")) if not options.names or any(n in p.stem for n in options.names)]
    rows: list[dict[str, object]] = []
    failures: list[str] = []
    print(f"{'program':24} {'taipan':>9} {'reference':>9} {'speed':>7} {'memory':>7}")
    for program in programs:
        ours, theirs = compare(subject, reference, program, options.rounds, options.clock)
        if ours.error or theirs.error:
            failures.append(program.stem)
            print(f"{program.stem:24} {'FAILED':>9}  {ours.error or 'on the reference: ' + theirs.error}", flush=True)
            continue
        speed, memory = theirs.seconds / ours.seconds, ours.memory / theirs.memory
        rows.append(
            {
                "name": program.stem,
                "taipan": ours.seconds,
                "reference": theirs.seconds,
                "speed": speed,
                "taipan_kib": ours.memory,
                "reference_kib": theirs.memory,
                "memory": memory,
            }
        )
        print(f"{program.stem:24} {ours.seconds:8.3f}s {theirs.seconds:8.3f}s {speed:7.2f} {memory:7.2f}", flush=True)
    speeds = [float(row["speed"]) for row in rows]
    mean, memory = geometric_mean(speeds), geometric_mean([float(row["memory"]) for row in rows])
    if rows:
        print(
            "\nslowest first: "
            + ", ".join(f"{r['name']} {r['speed']:.2f}" for r in sorted(rows, key=lambda r: r["speed"])[:12])
        )
        print(
            "most memory first: "
            + ", ".join(f"{r['name']} {r['memory']:.2f}" for r in sorted(rows, key=lambda r: -r["memory"])[:6])
        )
    print(
        f"\n{len(rows)} programs, {len(failures)} failed; geometric mean: speed {mean:.3f}, peak memory {memory:.3f}"
        + (f"; lowest speed {min(speeds):.2f}" if speeds else "")
    )
    if options.json:
        options.json.write_text(
            json.dumps(
                {
                    "rounds": options.rounds,
                    "clock": options.clock,
                    "mean": mean,
                    "memory": memory,
                    "failed": failures,
                    "programs": rows,
                },
                indent=1,
            )
        )
    short = (
        options.least and speeds and min(speeds) < options.least,
        options.mean and not mean >= options.mean,
        options.memory and not memory <= options.memory,
    )
    return bool(failures) or any(short)


if __name__ == "__main__":
    sys.exit(main())
