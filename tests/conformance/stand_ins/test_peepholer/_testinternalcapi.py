"""Stands in for CPython's internal test extension: the compiler's steps, by Taipan's own module for its tests."""

import dis

import _taipan_compiler

SPECIALIZATION_THRESHOLD = 100
TARGETS = frozenset((*dis.hasjrel, *dis.hasjabs, *dis.hasexc))
ARGUMENTS = frozenset(dis.hasarg)


class InstructionSequence:
    """Instructions with labels; an operand of a jump is a label until they are applied."""

    def __init__(self) -> None:
        self.instructions: list[tuple[int, int, int, int, int, int]] = []
        self.labels: dict[int, int] = {}
        self.nested: list[InstructionSequence] = []

    def new_label(self) -> int:
        self.labels[len(self.labels)] = -1
        return len(self.labels) - 1

    def use_label(self, label: int) -> None:
        self.labels[label] = len(self.instructions)

    def addop(self, opcode: int, oparg: int, lineno: int, end_lineno: int, col: int, end_col: int) -> None:
        self.instructions.append((opcode, oparg, lineno, end_lineno, col, end_col))

    def add_nested(self, nested: "InstructionSequence") -> None:
        self.nested.append(nested)

    def get_nested(self) -> "list[InstructionSequence]":
        return self.nested

    def resolved(self) -> list[tuple[int, int, int, int, int, int]]:
        if not self.labels:
            return self.instructions
        return [(i[0], self.labels[i[1]], *i[2:]) if i[0] in TARGETS else i for i in self.instructions]

    def get_instructions(self) -> list[tuple[int, int | None, int, int, int, int]]:
        return [(i[0], i[1] if i[0] in ARGUMENTS else None, *i[2:]) for i in self.resolved()]


def new_instruction_sequence() -> InstructionSequence:
    return InstructionSequence()


def optimize_cfg(sequence: InstructionSequence, consts: list, nlocals: int) -> InstructionSequence:
    if not isinstance(consts, list):
        raise TypeError("consts must be a list")
    made = InstructionSequence()
    made.instructions = _taipan_compiler.optimize_cfg(sequence.resolved(), consts, nlocals)
    return made


def _sequence(recorded: tuple) -> InstructionSequence:
    made = InstructionSequence()
    made.instructions, nested = recorded
    made.nested = [_sequence(inner) for inner in nested]
    return made


def compiler_codegen(tree: object, filename: str, optimize: int, mode: int = 0) -> tuple[InstructionSequence, dict]:
    recorded, consts = _taipan_compiler.codegen(tree, filename, optimize)
    return _sequence(recorded), {"consts": consts}
