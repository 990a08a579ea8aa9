"""Compile every file of the standard library in two interpreters: how long it takes, and how much memory.

    python3 bench/compile.py --interpreter build/taipan --reference python3.14 [--tests] [--rounds 3]

Each round is a process of its own, which reads and compiles one file after the other and keeps nothing; both compile the
files of the interpreter's library, with its test packages if asked. Told are the best CPU time, and of the last round the peak
resident memory (which counts the program's own pages) and what is private to the process at the end. Fails if the
interpreter is slower than --least times the reference's speed or its peak is higher.
"""

import argparse
import json
import subprocess
import sys

WORKER = """
import json, os, resource, sys, time, warnings
warnings.simplefilter("ignore")
files = []
for folder, _, names in os.walk(sys.argv[1], followlinks=True):
    if "-packages" not in folder and (sys.argv[2] == "tests" or "/test" not in folder):
        files += [os.path.join(folder, name) for name in names if name.endswith(".py")]
files = sorted(filter(os.path.exists, files))
start = time.process_time()
for path in files:
    with open(path, "rb") as file:
        source = file.read()
    try:
        compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        pass
seconds = time.process_time() - start
with open("/proc/self/smaps_rollup") as rollup:
    private = next(int(line.split()[1]) for line in rollup if line.startswith("Anonymous"))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
json.dump({"files": len(files), "seconds": seconds, "peak": peak, "private": private}, sys.stdout)
"""


def measure(command: list[str], library: str, with_tests: bool) -> dict:
    done = subprocess.run([*command, "-c", WORKER, library, "tests" if with_tests else ""], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreter", default="build/taipan")
    parser.add_argument("--reference", default="python3.14")
    parser.add_argument("--library", help="the folder with the files, seen by both; the interpreter's own unless told")
    parser.add_argument("--tests", action="store_true", help="the library's tests, too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--least", type=float, default=1.5)
    options = parser.parse_args()
    commands = [options.interpreter.split(), options.reference.split()]
    library = options.library or subprocess.run(
        [*commands[0], "-c", "import os; print(os.path.dirname(os.path.realpath(os.__file__)))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    rounds = [[measure(command, library, options.tests) for command in commands] for _ in range(options.rounds)]
    ours, theirs = ({**results[-1], "seconds": min(r["seconds"] for r in results)} for results in zip(*rounds))
    for name, result in (("interpreter", ours), ("reference", theirs)):
        print(
            f"{name:12} {result['files']} files in {result['seconds']:.2f} s, peak {result['peak'] / 1024:.1f} MiB, "
            f"private at the end {result['private'] / 1024:.1f} MiB"
        )
    if ours["files"] != theirs["files"]:
        sys.exit(f"not the same files: both have to see {library}")
    speed = theirs["seconds"] / ours["seconds"]
    print(f"speed {speed:.2f}, peak memory {ours['peak'] / theirs['peak']:.2f}, private {ours['private'] / theirs['private']:.2f}")
    return speed < options.least or ours["peak"] > theirs["peak"]


if __name__ == "__main__":
    sys.exit(main())
