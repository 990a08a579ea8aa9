// Optimisation: constant folding, jump threading, short exits in place of jumps to them, needless stack shuffling.
#include "compiler/flow_graph.h"

namespace taipan::compiler {

constexpr size_t MAX_COPIED_EXIT = 4;
constexpr int MAX_FOLDED_SEQUENCE = 30;
constexpr int MIN_CONST_SEQUENCE = 3;

void FlowGraph::optimize() {
    inline_small_blocks();
    remove_unreachable();
    resolve_lines();
    each([&](Block* b) { optimize_load_const(b); });
    each([&](Block* b) { optimize_block(b); });
    remove_redundant_nops_and_pairs();
    remove_unreachable();
    remove_redundant_nops_and_jumps();
    remove_unused_consts();
    check_uninitialized_locals();
    insert_superinstructions();
    push_cold_blocks_to_end();
    resolve_lines();
}

void FlowGraph::inline_small_blocks() {
    bool changed = true;
    while (changed) {
        changed = false;
        each([&](Block* b) { changed |= inline_small_block(b); });
    }
}

// A jump to a short exit, or to code without a line that ends in a jump or exit, becomes a copy of that code.
bool FlowGraph::inline_small_block(Block* block) {
    FlowInstruction* last = block->last();
    if (!last || !last->is_unconditional_jump()) return false;
    Block* target = last->target;
    bool small_exit = target->exits_scope() && target->code.size() <= MAX_COPIED_EXIT;
    bool no_line = target->has_no_line() && !target->has_fallthrough();
    if (!small_exit && !no_line) return false;
    Opcode removed = last->opcode;
    last->make_nop();
    last->target = nullptr;
    if (target == block) {
        base::Vector<FlowInstruction> copy = target->code;
        block->code.insert(block->code.end(), copy.begin(), copy.end());
    } else {
        block->code.insert(block->code.end(), target->code.begin(), target->code.end());
    }
    if (no_line) {
        last = block->last();
        // A loop must stay interruptible.
        if (last->is_unconditional_jump() && removed == Opcode::JUMP) last->opcode = Opcode::JUMP;
    }
    target->predecessors--;
    return true;
}

ConstantValue FlowGraph::const_value(const FlowInstruction& i) const {
    return i.opcode == Opcode::LOAD_CONST ? m_unit.consts[(size_t)i.oparg] : ConstantValue::of_int(i.oparg);
}

bool FlowGraph::try_load_small_int(FlowInstruction& i, const ConstantValue& value) {
    if (value.kind != ConstantValue::Kind::Int || value.integer < 0 || value.integer > 255) return false;
    i.set(Opcode::LOAD_SMALL_INT, (int)value.integer);
    return true;
}

void FlowGraph::make_load_const(FlowInstruction& i, const ConstantValue& value) {
    if (!try_load_small_int(i, value)) i.set(Opcode::LOAD_CONST, m_unit.consts.add(value));
}

void FlowGraph::optimize_load_const(Block* block) {
    Opcode opcode = Opcode::NOP;
    int oparg = 0;
    auto& code = block->code;
    for (size_t at = 0; at < code.size(); at++) {
        FlowInstruction& i = code[at];
        if (i.opcode == Opcode::LOAD_CONST) try_load_small_int(i, m_unit.consts[(size_t)i.oparg]);
        // A copy of a constant is as good as the constant.
        bool is_copy = opcode == Opcode::LOAD_CONST && i.opcode == Opcode::COPY && i.oparg == 1;
        if (!is_copy) {
            opcode = i.opcode;
            oparg = i.oparg;
        }
        if (opcode != Opcode::LOAD_CONST && opcode != Opcode::LOAD_SMALL_INT) continue;
        if (at + 1 >= code.size()) continue;
        FlowInstruction& next = code[at + 1];
        FlowInstruction constant;
        constant.set(opcode, oparg);
        ConstantValue value = const_value(constant);
        switch (next.opcode) {
        case Opcode::POP_JUMP_IF_FALSE:
        case Opcode::POP_JUMP_IF_TRUE:
        case Opcode::JUMP_IF_FALSE:
        case Opcode::JUMP_IF_TRUE: {
            bool on_true = next.opcode == Opcode::POP_JUMP_IF_TRUE || next.opcode == Opcode::JUMP_IF_TRUE;
            if (next.opcode == Opcode::POP_JUMP_IF_FALSE || next.opcode == Opcode::POP_JUMP_IF_TRUE) i.make_nop();
            if (constant_truth(value) == on_true) {
                next.opcode = Opcode::JUMP;
            } else {
                next.make_nop();
                next.target = nullptr;
            }
            break;
        }
        case Opcode::IS_OP: {
            if (value.kind != ConstantValue::Kind::None || at + 2 >= code.size()) break;
            FlowInstruction* branch = &code[at + 2];
            if (branch->opcode == Opcode::TO_BOOL) {
                branch->make_nop();
                if (at + 3 >= code.size()) break;
                branch = &code[at + 3];
            }
            bool invert = next.oparg;
            if (branch->opcode == Opcode::POP_JUMP_IF_FALSE) invert = !invert;
            else if (branch->opcode != Opcode::POP_JUMP_IF_TRUE) break;
            i.make_nop();
            next.make_nop();
            branch->opcode = invert ? Opcode::POP_JUMP_IF_NOT_NONE : Opcode::POP_JUMP_IF_NONE;
            break;
        }
        case Opcode::TO_BOOL:
            i.make_nop();
            next.set(Opcode::LOAD_CONST, m_unit.consts.add(ConstantValue::of_bool(constant_truth(value))));
            break;
        default: break;
        }
    }
}

// The `count` instructions before `before` that load constants, NOPs between them aside.
bool FlowGraph::const_operands(Block* block, size_t before, int count, base::Vector<FlowInstruction*>& out) {
    out.assign((size_t)count, nullptr);
    for (size_t at = before; at-- > 0 && count > 0;) {
        FlowInstruction& i = block->code[at];
        if (i.opcode == Opcode::NOP) continue;
        if (!i.loads_const()) return false;
        out[(size_t)--count] = &i;
    }
    return count == 0;
}

void FlowGraph::nop_out(const base::Vector<FlowInstruction*>& instructions) {
    for (FlowInstruction* i : instructions) {
        i->make_nop();
        i->location = NO_LOCATION;
    }
}

void FlowGraph::fold_tuple(Block* block, size_t at) {
    FlowInstruction& i = block->code[at];
    if (i.oparg > MAX_FOLDED_SEQUENCE) return;
    base::Vector<FlowInstruction*> operands;
    if (!const_operands(block, at, i.oparg, operands)) return;
    base::Vector<ConstantValue> items;
    for (FlowInstruction* operand : operands) items.push_back(const_value(*operand));
    nop_out(operands);
    make_load_const(i, tuple_constant(m_context.arena, items));
}

// A long constant sequence, built piece by piece: BUILD_LIST 0, then LOAD_CONST, LIST_APPEND 1 for each item, and at
// `at` what consumes it (a conversion to a tuple) or the last of these itself. Makes a constant of it at `at`.
void FlowGraph::fold_built_sequence(Block* block, size_t at, Opcode build, Opcode append) {
    auto& code = block->code;
    base::Vector<FlowInstruction*> used;
    base::Vector<ConstantValue> items;
    bool expect_append = true;
    for (size_t before = code[at].opcode == append ? at + 1 : at; before-- > 0;) {
        FlowInstruction& i = code[before];
        if (i.opcode == Opcode::NOP) continue;
        if (i.opcode == build && i.oparg == 0) {
            if (!expect_append) return;
            used.push_back(&i);
            base::Vector<ConstantValue> in_order(items.rbegin(), items.rend());
            nop_out(used);
            make_load_const(code[at], build == Opcode::BUILD_SET ? frozenset_constant(m_context.arena, in_order)
                                                                 : tuple_constant(m_context.arena, in_order));
            return;
        }
        if (expect_append) {
            if (i.opcode != append || i.oparg != 1) return;
        } else {
            if (!i.loads_const()) return;
            items.push_back(const_value(i));
        }
        used.push_back(&i);
        expect_append = !expect_append;
    }
}

void FlowGraph::optimize_list_or_set(Block* block, size_t at, Opcode next) {
    auto& code = block->code;
    FlowInstruction& i = code[at];
    bool consumed = next == Opcode::GET_ITER || next == Opcode::CONTAINS_OP;
    int size = i.oparg;
    if (size > MAX_FOLDED_SEQUENCE || (size < MIN_CONST_SEQUENCE && !consumed)) return;
    base::Vector<FlowInstruction*> operands;
    if (!const_operands(block, at, size, operands)) {
        // Nobody sees whether it is a list.
        if (consumed && i.opcode == Opcode::BUILD_LIST) i.set(Opcode::BUILD_TUPLE, size);
        return;
    }
    base::Vector<ConstantValue> items;
    for (FlowInstruction* operand : operands) items.push_back(const_value(*operand));
    ConstantValue value =
        i.opcode == Opcode::BUILD_SET ? frozenset_constant(m_context.arena, items) : tuple_constant(m_context.arena, items);
    int index = m_unit.consts.add(value);
    nop_out(operands);
    if (consumed) {
        i.set(Opcode::LOAD_CONST, index);
        return;
    }
    code[at - 2].location = i.location;
    code[at - 2].set(i.opcode, 0);
    code[at - 1].location = i.location;
    code[at - 1].set(Opcode::LOAD_CONST, index);
    i.set(i.opcode == Opcode::BUILD_LIST ? Opcode::LIST_EXTEND : Opcode::SET_UPDATE, 1);
}

void FlowGraph::fold_unary(Block* block, size_t at) {
    FlowInstruction& i = block->code[at];
    base::Vector<FlowInstruction*> operands;
    if (!const_operands(block, at, 1, operands)) return;
    UnaryFold op = i.opcode == Opcode::UNARY_NEGATIVE ? UnaryFold::Negative
                   : i.opcode == Opcode::UNARY_INVERT ? UnaryFold::Invert
                   : i.opcode == Opcode::UNARY_NOT    ? UnaryFold::Not
                                                      : UnaryFold::Positive;
    auto value = compiler::fold_unary(m_context.arena, op, const_value(*operands[0]));
    if (!value) return;
    nop_out(operands);
    make_load_const(i, *value);
}

void FlowGraph::fold_binary(Block* block, size_t at) {
    FlowInstruction& i = block->code[at];
    base::Vector<FlowInstruction*> operands;
    if (!const_operands(block, at, 2, operands)) return;
    auto value = compiler::fold_binary(m_context.arena, (BinaryOperation)i.oparg, const_value(*operands[0]), const_value(*operands[1]));
    if (!value) return;
    nop_out(operands);
    make_load_const(i, *value);
}

// A jump to a jump goes straight to where that one goes. Returns how many instructions to look at again.
int FlowGraph::jump_thread(Block* block, size_t at, Opcode opcode) {
    FlowInstruction& i = block->code[at];
    FlowInstruction& target = i.target->code[0];
    if (i.target == target.target) return 0;
    Location where = target.location;
    Block* beyond = target.target;
    i.make_nop();
    i.target = nullptr;
    block->append(opcode, where).target = beyond;
    return 1;
}

void FlowGraph::optimize_block(Block* block) {
    auto& code = block->code;
    for (int at = 0; at < (int)code.size(); at++) {
        FlowInstruction* i = &code[(size_t)at];
        Opcode target = Opcode::NOP;
        if (i->has_target()) {
            i->target = next_nonempty(i->target);
            target = i->target->code[0].opcode;
        }
        FlowInstruction* next = (size_t)at + 1 < code.size() ? &code[(size_t)at + 1] : nullptr;
        Opcode next_opcode = next ? next->opcode : Opcode::CACHE;
        switch (i->opcode) {
        case Opcode::BUILD_TUPLE:
            if (next_opcode == Opcode::UNPACK_SEQUENCE && i->oparg == next->oparg) {
                if (i->oparg == 1) {
                    i->make_nop();
                    next->make_nop();
                    continue;
                }
                if (i->oparg == 2 || i->oparg == 3) {
                    i->make_nop();
                    next->opcode = Opcode::SWAP;
                    continue;
                }
            }
            fold_tuple(block, (size_t)at);
            break;
        case Opcode::BUILD_LIST:
        case Opcode::BUILD_SET: optimize_list_or_set(block, (size_t)at, next_opcode); break;
        case Opcode::LIST_APPEND:
        case Opcode::SET_ADD:
            // Nobody sees which container it is that is searched or iterated.
            if (i->oparg == 1 && (next_opcode == Opcode::GET_ITER || next_opcode == Opcode::CONTAINS_OP))
                fold_built_sequence(block, (size_t)at, i->opcode == Opcode::SET_ADD ? Opcode::BUILD_SET : Opcode::BUILD_LIST, i->opcode);
            break;
        case Opcode::POP_JUMP_IF_NOT_NONE:
        case Opcode::POP_JUMP_IF_NONE:
        case Opcode::POP_JUMP_IF_FALSE:
        case Opcode::POP_JUMP_IF_TRUE:
            if (target == Opcode::JUMP) at -= jump_thread(block, (size_t)at, i->opcode);
            break;
        case Opcode::JUMP_IF_FALSE:
        case Opcode::JUMP_IF_TRUE: {
            Opcode opposite = i->opcode == Opcode::JUMP_IF_FALSE ? Opcode::JUMP_IF_TRUE : Opcode::JUMP_IF_FALSE;
            if (target == Opcode::JUMP || target == i->opcode) {
                at -= jump_thread(block, (size_t)at, i->opcode);
            } else if (target == opposite) {
                i->target = i->target->next;
                at--;
            }
            break;
        }
        case Opcode::JUMP:
        case Opcode::JUMP_NO_INTERRUPT:
            if (target == Opcode::JUMP) at -= jump_thread(block, (size_t)at, Opcode::JUMP);
            else if (target == Opcode::JUMP_NO_INTERRUPT) at -= jump_thread(block, (size_t)at, i->opcode);
            break;
        case Opcode::STORE_FAST:
            if (next_opcode == Opcode::STORE_FAST && i->oparg == next->oparg && i->line() == next->line()) i->set(Opcode::POP_TOP);
            break;
        case Opcode::SWAP:
            if (i->oparg == 1) i->make_nop();
            break;
        case Opcode::LOAD_GLOBAL:
            if (next_opcode == Opcode::PUSH_NULL && (i->oparg & 1) == 0) {
                i->oparg |= 1;
                next->make_nop();
            }
            break;
        case Opcode::COMPARE_OP:
            if (next_opcode == Opcode::TO_BOOL) {
                next->set(Opcode::COMPARE_OP, i->oparg | 16); // 16: the result is a bool
                i->make_nop();
            }
            break;
        case Opcode::CONTAINS_OP:
        case Opcode::IS_OP:
            if (next_opcode == Opcode::TO_BOOL) {
                next->set(i->opcode, i->oparg);
                i->make_nop();
            } else if (next_opcode == Opcode::UNARY_NOT) {
                next->set(i->opcode, i->oparg ^ 1);
                i->make_nop();
            }
            break;
        case Opcode::TO_BOOL:
            if (next_opcode == Opcode::TO_BOOL) i->make_nop();
            break;
        case Opcode::UNARY_NOT:
            if (next_opcode == Opcode::TO_BOOL) {
                i->make_nop();
                next->set(Opcode::UNARY_NOT);
                break;
            }
            if (next_opcode == Opcode::UNARY_NOT) {
                i->make_nop();
                next->make_nop();
                break;
            }
            [[fallthrough]];
        case Opcode::UNARY_INVERT:
        case Opcode::UNARY_NEGATIVE: fold_unary(block, (size_t)at); break;
        case Opcode::CALL_INTRINSIC_1:
            if (i->oparg == (int)Intrinsic1::ListToTuple) {
                fold_built_sequence(block, (size_t)at, Opcode::BUILD_LIST, Opcode::LIST_APPEND);
                if (i->opcode == Opcode::CALL_INTRINSIC_1 && next_opcode == Opcode::GET_ITER) i->make_nop();
            } else if (i->oparg == (int)Intrinsic1::UnaryPositive) {
                fold_unary(block, (size_t)at);
            }
            break;
        case Opcode::BINARY_OP: fold_binary(block, (size_t)at); break;
        default: break;
        }
    }
    optimize_swaps(block);
}

static bool is_swappable(const FlowInstruction& i) {
    return i.opcode == Opcode::STORE_FAST || i.opcode == Opcode::STORE_FAST_MAYBE_NULL || i.opcode == Opcode::POP_TOP;
}

static int stores_to(const FlowInstruction& i) {
    return i.opcode == Opcode::STORE_FAST || i.opcode == Opcode::STORE_FAST_MAYBE_NULL ? i.oparg : -1;
}

// Replaces a run of SWAPs by the shortest one with the same effect: a permutation is a product of cycles, and each
// cycle is swapped through the top of the stack. Moves `at` to the run's end.
static void shorten_swaps(base::Vector<FlowInstruction>& code, size_t& at) {
    size_t end = at;
    int depth = 0, swaps = 0;
    while (end < code.size() && (code[end].opcode == Opcode::SWAP || code[end].opcode == Opcode::NOP)) {
        if (code[end].opcode == Opcode::SWAP) {
            swaps++;
            depth = std::max(depth, code[end].oparg);
        }
        end++;
    }
    if (swaps < 2) return;
    constexpr int VISITED = -1;
    base::Vector<int> stack((size_t)depth);
    for (int i = 0; i < depth; i++) stack[(size_t)i] = i;
    for (size_t i = at; i < end; i++)
        if (code[i].opcode == Opcode::SWAP) std::swap(stack[0], stack[(size_t)code[i].oparg - 1]);
    // What undoes the permutation, written from the end backwards, is what makes it.
    size_t current = end;
    for (int i = 0; i < depth; i++) {
        if (stack[(size_t)i] == VISITED || stack[(size_t)i] == i) continue;
        int j = i;
        while (true) {
            if (j) code[--current].set(Opcode::SWAP, j + 1);
            if (stack[(size_t)j] == VISITED) break;
            int next = stack[(size_t)j];
            stack[(size_t)j] = VISITED;
            j = next;
        }
    }
    while (current > at) code[--current].make_nop();
    at = end - 1;
}

static int next_swappable(const base::Vector<FlowInstruction>& code, int at, int line) {
    while (++at < (int)code.size()) {
        const FlowInstruction& i = code[(size_t)at];
        if (line >= 0 && i.line() != line) return -1;
        if (i.opcode == Opcode::NOP) continue;
        return is_swappable(i) ? at : -1;
    }
    return -1;
}

// A SWAP whose operands are stored or popped right away: swap the stores instead.
static void apply_static_swaps(base::Vector<FlowInstruction>& code, int at) {
    for (; at >= 0; at--) {
        FlowInstruction& swap = code[(size_t)at];
        if (swap.opcode != Opcode::SWAP) {
            if (swap.opcode == Opcode::NOP || is_swappable(swap)) continue;
            return;
        }
        int j = next_swappable(code, at, -1);
        if (j < 0) return;
        int k = j;
        int line = code[(size_t)j].line();
        for (int count = swap.oparg - 1; count > 0; count--) {
            k = next_swappable(code, k, line);
            if (k < 0) return;
        }
        int store_j = stores_to(code[(size_t)j]), store_k = stores_to(code[(size_t)k]);
        if (store_j >= 0 || store_k >= 0) {
            if (store_j == store_k) return;
            for (int between = j + 1; between < k; between++) {
                int store = stores_to(code[(size_t)between]);
                if (store >= 0 && (store == store_j || store == store_k)) return;
            }
        }
        swap.make_nop();
        std::swap(code[(size_t)j], code[(size_t)k]);
    }
}

void FlowGraph::optimize_swaps(Block* block) {
    for (size_t at = 0; at < block->code.size(); at++) {
        if (block->code[at].opcode != Opcode::SWAP) continue;
        shorten_swaps(block->code, at);
        apply_static_swaps(block->code, (int)at);
    }
}

// The first constant stays in any case: it may be the docstring.
void FlowGraph::remove_unused_consts() {
    size_t count = m_unit.consts.size();
    if (!count) return;
    base::Vector<bool> used(count);
    used[0] = true;
    each([&](Block* b) {
        for (FlowInstruction& i : b->code)
            if (opcode_has(i.opcode, HAS_CONST)) used[(size_t)i.oparg] = true;
    });
    base::Vector<int> moved(count);
    int kept = 0;
    for (size_t i = 0; i < count; i++)
        if (used[i]) moved[i] = kept++;
    if ((size_t)kept == count) return;
    m_unit.consts.compact(used);
    each([&](Block* b) {
        for (FlowInstruction& i : b->code)
            if (opcode_has(i.opcode, HAS_CONST)) i.oparg = moved[(size_t)i.oparg];
    });
}

} // namespace taipan::compiler
