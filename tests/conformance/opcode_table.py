"""Check src/compiler/opcodes.def against the reference's own opcode metadata (run with CPython 3.14)."""

import _opcode
import opcode
import pathlib
import re
import sys

ROW = re.compile(r"^(?:INSTRUMENTED_|PSEUDO_)?OP\((\w+), (\d+), (\d+), ([^,]+), (.+), (.+)\)$")
FLAGS = {
    "HAS_ARG": _opcode.has_arg,
    "HAS_CONST": _opcode.has_const,
    "HAS_NAME": _opcode.has_name,
    "HAS_JUMP": _opcode.has_jump,
    "HAS_FREE": _opcode.has_free,
    "HAS_LOCAL": _opcode.has_local,
    "HAS_EXC": _opcode.has_exc,
}
# Fewer operands than these make no sense, and the reference's answer for them neither.
LEAST_OPARG = {"COPY": 1, "SWAP": 2, "LIST_APPEND": 1, "SET_ADD": 1, "MAP_ADD": 1}


def main() -> int:
    path = pathlib.Path(__file__).resolve().parents[2] / "src/compiler/opcodes.def"
    seen: dict[str, int] = {}
    errors: list[str] = []
    for line in path.read_text().splitlines():
        row = ROW.match(line)
        if not row:
            continue
        name, number, caches, flags, pop, push = row.groups()
        op = int(number)
        seen[name] = op
        if opcode.opmap.get(name) != op:
            errors.append(f"{name}: number {op}, should be {opcode.opmap.get(name)}")
            continue
        base = name if name == "INSTRUMENTED_LINE" else name.removeprefix("INSTRUMENTED_")
        if int(caches) != opcode._inline_cache_entries.get(base, 0):
            errors.append(f"{name}: {caches} cache units")
        for flag, query in FLAGS.items():
            if (flag in flags) != query(op):
                errors.append(f"{name}: {flag} should be {query(op)}")
        for oparg in list(range(LEAST_OPARG.get(base, 0), 40)) + [255, 256, 513, 70000]:
            if not _opcode.has_arg(op) and oparg:
                break
            env = {"oparg": oparg}
            ours = eval(push, env) - eval(pop, env)
            is_setup = name.startswith("SETUP_") and op >= 256
            try:
                theirs = opcode.stack_effect(op, oparg if _opcode.has_arg(op) else None, jump=True if is_setup else None)
            except ValueError:
                break  # the reference has no effect for instrumented and reserved numbers
            if ours != theirs:
                errors.append(f"{name} {oparg}: effect {ours}, should be {theirs}")
                break
    for name in opcode.opmap:
        if name not in seen:
            errors.append(f"{name}: no row")
    print("\n".join(errors) or f"{len(seen)} rows agree with the reference")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
