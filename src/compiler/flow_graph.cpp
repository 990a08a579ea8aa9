// Building the graph, exception handlers, line numbers, and the removal of what does nothing.
#include "compiler/flow_graph.h"

namespace taipan::compiler {

Block* next_nonempty(Block* block) {
    while (block && block->empty()) block = block->next;
    return block;
}

bool FlowGraph::build(InstructionSequence& sequence) {
    base::Vector<Instruction> instructions;
    // Annotations are straight-line code: their insertion moves indices, not labels.
    size_t shift = 0, shift_from = 0;
    sequence.apply_labels();
    for (size_t i = 0; i < sequence.instructions.size(); i++) {
        const Instruction& instruction = sequence.instructions[i];
        if (instruction.opcode != Opcode::ANNOTATIONS_PLACEHOLDER) {
            instructions.push_back(instruction);
            continue;
        }
        if (sequence.has_annotations) {
            instructions.insert(instructions.end(), sequence.annotations.begin(), sequence.annotations.end());
            shift = sequence.annotations.size() - 1;
        } else {
            shift = (size_t)-1;
        }
        shift_from = i;
    }
    auto has_target = [](const Instruction& i) { return opcode_has(i.opcode, HAS_JUMP) || opcode_has(i.opcode, HAS_EXC); };
    base::Vector<bool> is_target(instructions.size() + 1);
    for (Instruction& instruction : instructions) {
        if (!has_target(instruction)) continue;
        if (shift && (size_t)instruction.oparg > shift_from) instruction.oparg += (int)shift;
        is_target[(size_t)instruction.oparg] = true;
    }
    base::Vector<Block*> block_at(instructions.size() + 1);
    Block* block = m_entry = new_block();
    for (size_t i = 0; i < instructions.size(); i++) {
        bool ended = !block->empty() && block->code.back().ends_block();
        if (is_target[i]) ended |= !block->empty() || block->is_target;
        if (ended) {
            block->next = new_block();
            block = block->next;
        }
        if (is_target[i]) {
            block->is_target = true;
            block_at[i] = block;
        }
        FlowInstruction made{instructions[i].opcode, instructions[i].oparg, instructions[i].location};
        block->code.push_back(made);
    }
    each([&](Block* b) {
        for (FlowInstruction& i : b->code) {
            if (!i.has_target()) continue;
            i.target = block_at[(size_t)i.oparg];
            i.oparg = 0;
        }
    });
    mark_exception_handlers();
    label_exception_targets();
    return true;
}

void FlowGraph::mark_exception_handlers() {
    each([](Block* b) {
        for (FlowInstruction& i : b->code)
            if (i.is_block_push()) i.target->except_handler = true;
    });
}

// Follows SETUP_* and POP_BLOCK through the graph and notes each instruction's handler.
void FlowGraph::label_exception_targets() {
    base::Vector<Block*> todo;
    clear_visited();
    m_entry->visited = true;
    m_entry->except_stack.clear();
    todo.push_back(m_entry);
    int last_yield_depth = -1;
    while (!todo.empty()) {
        Block* b = todo.back();
        todo.pop_back();
        base::Vector<Block*> stack = std::move(b->except_stack);
        b->except_stack.clear();
        auto visit = [&](Block* target) {
            if (target->visited) return;
            target->visited = true;
            target->except_stack = stack;
            todo.push_back(target);
        };
        for (FlowInstruction& i : b->code) {
            Block* handler = stack.empty() ? nullptr : stack.back();
            if (i.is_block_push()) {
                visit(i.target);
                if (i.opcode != Opcode::SETUP_FINALLY) i.target->preserve_lasti = true;
                stack.push_back(i.target);
            } else if (i.opcode == Opcode::POP_BLOCK) {
                if (!stack.empty()) stack.pop_back();
                i.make_nop();
            } else {
                i.except = handler;
                if (i.is_jump()) {
                    visit(i.target);
                } else if (i.opcode == Opcode::RESUME) {
                    if (i.oparg != RESUME_AT_FUNCTION_START) {
                        if (last_yield_depth == 1) i.oparg |= RESUME_DEPTH_ONE;
                        last_yield_depth = -1;
                    }
                } else if (i.opcode == Opcode::YIELD_VALUE) {
                    last_yield_depth = (int)stack.size();
                }
            }
        }
        if (b->has_fallthrough() && b->next) visit(b->next);
    }
}

// A NOP stays only to show a line that nothing else shows.
int FlowGraph::remove_redundant_nops(Block* block) {
    size_t kept = 0;
    int previous_line = -1;
    auto& code = block->code;
    block->remember_handlers();
    for (size_t i = 0; i < code.size(); i++) {
        int line = code[i].line();
        if (code[i].opcode == Opcode::NOP) {
            if (line < 0 || previous_line == line) continue;
            if (i + 1 < code.size()) {
                int next_line = code[i + 1].line();
                if (next_line == line) continue;
                if (next_line < 0) {
                    code[i + 1].location = code[i].location;
                    continue;
                }
            } else if (Block* next = next_nonempty(block->next)) {
                int next_line = -1;
                for (const FlowInstruction& n : next->code) {
                    if (n.opcode == Opcode::NOP && n.line() < 0) continue;
                    next_line = n.line();
                    break;
                }
                if (line == next_line) continue;
            }
        }
        if (kept != i) code[kept] = code[i];
        kept++;
        previous_line = line;
    }
    int removed = (int)(code.size() - kept);
    code.resize(kept);
    return removed;
}

int FlowGraph::remove_redundant_nops() {
    int removed = 0;
    each([&](Block* b) { removed += remove_redundant_nops(b); });
    return removed;
}

int FlowGraph::remove_redundant_jumps() {
    int removed = 0;
    each([&](Block* b) {
        FlowInstruction* last = b->last();
        if (!last || !last->is_unconditional_jump()) return;
        if (next_nonempty(last->target) == next_nonempty(b->next)) {
            last->make_nop();
            last->target = nullptr;
            removed++;
        }
    });
    return removed;
}

void FlowGraph::remove_redundant_nops_and_jumps() {
    while (remove_redundant_nops() + remove_redundant_jumps() > 0) {
    }
}

// Also drops a value that is loaded only to be popped.
void FlowGraph::remove_redundant_nops_and_pairs() {
    bool done = false;
    while (!done) {
        done = true;
        FlowInstruction* previous = nullptr;
        FlowInstruction* current = nullptr;
        for (Block* b = m_entry; b; b = b->next) {
            remove_redundant_nops(b);
            if (b->is_target) current = nullptr;
            for (FlowInstruction& i : b->code) {
                previous = current;
                current = &i;
                if (i.opcode != Opcode::POP_TOP || !previous) continue;
                if (previous->loads_const() || (previous->opcode == Opcode::COPY && previous->oparg == 1)) {
                    previous->make_nop();
                    i.make_nop();
                    done = false;
                }
            }
            if ((current && current->is_jump()) || !b->has_fallthrough()) current = nullptr;
        }
    }
}

void FlowGraph::remove_unreachable() {
    each([](Block* b) {
        b->visited = false;
        b->predecessors = 0;
    });
    base::Vector<Block*> todo{m_entry};
    m_entry->predecessors = 1;
    m_entry->visited = true;
    auto visit = [&](Block* b) {
        if (!b->visited) {
            b->visited = true;
            todo.push_back(b);
        }
        b->predecessors++;
    };
    while (!todo.empty()) {
        Block* b = todo.back();
        todo.pop_back();
        if (b->next && b->has_fallthrough()) visit(b->next);
        for (FlowInstruction& i : b->code)
            if (i.has_target()) visit(i.target);
    }
    each([](Block* b) {
        if (b->predecessors) return;
        b->code.clear();
        b->except_handler = false;
    });
}

void FlowGraph::resolve_lines() {
    duplicate_exits_without_line();
    propagate_lines();
}

static bool needs_line(Block* b) { return (b->exits_scope() || b->has_eval_break()) && b->has_no_line(); }

// An exit shared by several jumps has no line of its own: each jump gets a copy with its line.
void FlowGraph::duplicate_exits_without_line() {
    for (Block* b = m_entry; b; b = b->next) {
        FlowInstruction* last = b->last();
        if (!last || !last->is_jump()) continue;
        Block* target = next_nonempty(last->target);
        if (!target || !needs_line(target) || target->predecessors <= 1) continue;
        Block* copy = new_block();
        copy->code = target->code;
        copy->code[0].location = last->location;
        copy->except_handler = target->except_handler;
        copy->start_depth = target->start_depth;
        copy->is_target = true;
        copy->predecessors = 1;
        copy->next = target->next;
        target->next = copy;
        target->predecessors--;
        last->target = copy;
    }
    // What is left is reached by falling through, from one place.
    for (Block* b = m_entry; b; b = b->next) {
        if (!b->has_fallthrough() || !b->next || b->empty()) continue;
        if (!b->next->empty() && needs_line(b->next)) b->next->code[0].location = b->last()->location;
    }
}

void FlowGraph::propagate_lines() {
    each([](Block* b) {
        FlowInstruction* last = b->last();
        if (!last) return;
        Location previous = NO_LOCATION;
        for (FlowInstruction& i : b->code) {
            if (i.line() == -1) i.location = previous;
            else previous = i.location;
        }
        auto inherit = [&](Block* to) {
            if (to && to->predecessors == 1 && !to->empty() && to->code[0].line() == -1) to->code[0].location = previous;
        };
        if (b->has_fallthrough()) inherit(b->next);
        if (last->is_jump()) inherit(last->target);
    });
}

void FlowGraph::emit(InstructionSequence& out) {
    base::Vector<Label> labels;
    base::HashMap<const Block*, Label> label_of;
    each([&](Block* b) { label_of[b] = out.new_label(); });
    each([&](Block* b) {
        out.use_label(label_of[b]);
        for (const FlowInstruction& i : b->code) {
            out.add(i.opcode, i.has_target() ? label_of[i.target].id : i.oparg, i.location);
            if (!i.except) continue;
            Instruction& made = out.instructions.back();
            made.handler = label_of[i.except].id;
            made.handler_depth = i.except->start_depth;
            made.handler_preserves_lasti = i.except->preserve_lasti;
        }
    });
    out.apply_all_labels();
}

} // namespace taipan::compiler
