// The linear form between code generation, the flow graph and the assembler: instructions and labels.
// The operand of a jump is a label's id until the labels are applied.
#pragma once

#include "base/scoped_containers.h"
#include "compiler/location.h"
#include "compiler/opcode_numbers.h"

namespace taipan::compiler {

struct Label {
    int id = -1;
    bool valid() const { return id >= 0; }
    friend bool operator==(Label, Label) = default;
};
constexpr Label NO_LABEL{};

struct Instruction {
    Opcode opcode = Opcode::NOP;
    int oparg = 0;
    Location location;
    // Filled by the flow graph for the assembler: the instruction that handles exceptions here, -1 for none.
    int handler = -1;
    int handler_depth = 0;
    bool handler_preserves_lasti = false;
};

class InstructionSequence {
public:
    base::Vector<Instruction> instructions;
    // The code of a module's annotations, which goes where ANNOTATIONS_PLACEHOLDER stands.
    base::Vector<Instruction> annotations;
    bool has_annotations = false;

    Label new_label() {
        m_labels.push_back(-1);
        return {(int)m_labels.size() - 1};
    }
    void use_label(Label label) { m_labels[(size_t)label.id] = (int)instructions.size(); }
    void add(Opcode opcode, int oparg, const Location& location) { instructions.push_back({opcode, oparg, location}); }
    void insert(size_t position, Opcode opcode, int oparg, const Location& location) {
        instructions.insert(instructions.begin() + (ptrdiff_t)position, {opcode, oparg, location});
        for (int& target : m_labels)
            if (target >= (int)position) target++;
    }
    // Turns the operands of jumps into instruction indices.
    void apply_labels() {
        for (Instruction& instruction : instructions)
            if (opcode_has(instruction.opcode, HAS_JUMP) || opcode_has(instruction.opcode, HAS_EXC))
                instruction.oparg = m_labels[(size_t)instruction.oparg];
        m_labels.clear();
    }

    // The same for what the flow graph emits, whose handlers are labels too.
    void apply_all_labels() {
        for (Instruction& instruction : instructions)
            if (instruction.handler >= 0) instruction.handler = m_labels[(size_t)instruction.handler];
        apply_labels();
    }

private:
    base::Vector<int> m_labels;
};

} // namespace taipan::compiler
