"""Seeds for the fuzzers, made by the interpreter under test:  seeds.py source|marshal FOLDER"""

from __future__ import annotations

import marshal
import pathlib
import sys
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
VALUES = (None, True, ..., 0, -1, 1 << 40, 10**50, 1.5, 2j, "abc", "\u20ac", "x" * 300, b"bytes", (), (1, "a"), [1, [2]],
          {"k": (1,)}, {1}, frozenset({"s"}), slice(1, None, 2), StopIteration)


def main() -> None:
    warnings.simplefilter("ignore")
    kind, target = sys.argv[1], pathlib.Path(sys.argv[2])
    seeds: list[bytes] = []
    programs = sorted(ROOT.glob("tests/lang/**/*.py"))
    if kind == "source":
        for i, path in enumerate(programs):
            seeds.append(bytes([(0, 0x20, 0x80, 4)[i % 4]]) + path.read_bytes())
    else:
        seeds += [marshal.dumps(value, version) for value in VALUES if type(value) is not slice for version in (0, 2, 3, 5)]
        seeds.append(marshal.dumps(slice(1, None, 2)))
        shared = ["shared", (1.5, "shared")]
        seeds.append(marshal.dumps([shared, shared, (shared,)]))
        for path in programs:
            try:
                seeds.append(marshal.dumps(compile(path.read_bytes(), "file.py", "exec")))
            except (SyntaxError, ValueError):
                pass
    for i, seed in enumerate(seeds):
        if len(seed) <= 8192:
            (target / f"{kind}{i}").write_bytes(seed)


if __name__ == "__main__":
    main()
