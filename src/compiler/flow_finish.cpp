// From optimised graph to executable code: checked and borrowed loads of locals, fused loads and stores, cold blocks
// out of the way, the prefix that makes cells and generators, stack depth, jumps in directions that exist.
#include "compiler/flow_graph.h"

#include <algorithm>

namespace taipan::compiler {

constexpr int TRACKED_LOCALS = 64;

namespace {

// Which of the first 64 locals may be unbound where, as a forward data flow over the blocks.
class UnboundScan {
public:
    void scan(Block* b) {
        uint64_t unsafe = b->unsafe_locals;
        for (FlowInstruction& i : b->code) {
            if (i.except) flow_to(i.except, unsafe);
            if (i.oparg < 0 || i.oparg >= TRACKED_LOCALS) continue;
            uint64_t bit = (uint64_t)1 << i.oparg;
            switch (i.opcode) {
            case Opcode::DELETE_FAST:
            case Opcode::LOAD_FAST_AND_CLEAR:
            case Opcode::STORE_FAST_MAYBE_NULL: unsafe |= bit; break;
            case Opcode::STORE_FAST:
            case Opcode::LOAD_FAST_CHECK: unsafe &= ~bit; break;
            case Opcode::LOAD_FAST:
                if (unsafe & bit) i.opcode = Opcode::LOAD_FAST_CHECK;
                unsafe &= ~bit;
                break;
            default: break;
            }
        }
        if (b->next && b->has_fallthrough()) flow_to(b->next, unsafe);
        FlowInstruction* last = b->last();
        if (last && last->is_jump()) flow_to(last->target, unsafe);
    }

    void flow_to(Block* b, uint64_t unsafe) {
        uint64_t both = b->unsafe_locals | unsafe;
        if (both == b->unsafe_locals) return;
        b->unsafe_locals = both;
        if (!b->visited) {
            todo.push_back(b);
            b->visited = true;
        }
    }

    base::Vector<Block*> todo;
};

} // namespace

void FlowGraph::check_uninitialized_locals() {
    int locals = m_unit.varnames.size();
    if (!locals) return;
    clear_visited();
    if (locals > TRACKED_LOCALS) {
        // Locals past the first 64 are known only within a block.
        base::Vector<int> known_in((size_t)(locals - TRACKED_LOCALS), 0);
        int block_number = 0;
        each([&](Block* b) {
            block_number++;
            for (FlowInstruction& i : b->code) {
                if (i.oparg < TRACKED_LOCALS || !opcode_has(i.opcode, HAS_LOCAL)) continue;
                int& known = known_in[(size_t)(i.oparg - TRACKED_LOCALS)];
                switch (i.opcode) {
                case Opcode::DELETE_FAST:
                case Opcode::LOAD_FAST_AND_CLEAR:
                case Opcode::STORE_FAST_MAYBE_NULL: known = block_number - 1; break;
                case Opcode::STORE_FAST: known = block_number; break;
                case Opcode::LOAD_FAST:
                    if (known != block_number) i.opcode = Opcode::LOAD_FAST_CHECK;
                    known = block_number;
                    break;
                default: break;
                }
            }
        });
        locals = TRACKED_LOCALS;
    }
    UnboundScan scan;
    uint64_t start = 0;
    int params = m_unit.argcount + m_unit.kwonlyargcount + ((m_flags & CO_VARARGS) != 0) + ((m_flags & CO_VARKEYWORDS) != 0);
    for (int i = params; i < locals; i++) start |= (uint64_t)1 << i;
    scan.flow_to(m_entry, start);
    each([&](Block* b) { scan.scan(b); });
    while (!scan.todo.empty()) {
        Block* b = scan.todo.back();
        scan.todo.pop_back();
        b->visited = false;
        scan.scan(b);
    }
}

void FlowGraph::insert_superinstructions() {
    each([](Block* b) {
        for (size_t at = 0; at + 1 < b->code.size(); at++) {
            FlowInstruction &first = b->code[at], &second = b->code[at + 1];
            Opcode fused = Opcode::NOP;
            if (first.opcode == Opcode::LOAD_FAST && second.opcode == Opcode::LOAD_FAST) fused = Opcode::LOAD_FAST_LOAD_FAST;
            else if (first.opcode == Opcode::STORE_FAST && second.opcode == Opcode::LOAD_FAST) fused = Opcode::STORE_FAST_LOAD_FAST;
            else if (first.opcode == Opcode::STORE_FAST && second.opcode == Opcode::STORE_FAST) fused = Opcode::STORE_FAST_STORE_FAST;
            else continue;
            if (first.line() >= 0 && second.line() >= 0 && first.line() != second.line()) continue;
            if (first.oparg >= 16 || second.oparg >= 16) continue;
            first.set(fused, first.oparg << 4 | second.oparg);
            second.make_nop();
        }
    });
    remove_redundant_nops();
}

// Exception handlers go behind everything else.
void FlowGraph::push_cold_blocks_to_end() {
    if (!m_entry->next) return;
    clear_visited();
    base::Vector<Block*> todo{m_entry};
    m_entry->visited = true;
    auto visit = [&](Block* b) {
        if (b->visited) return;
        b->visited = true;
        todo.push_back(b);
    };
    while (!todo.empty()) {
        Block* b = todo.back();
        todo.pop_back();
        b->warm = true;
        if (b->next && b->has_fallthrough()) visit(b->next);
        for (FlowInstruction& i : b->code)
            if (i.is_jump()) visit(i.target);
    }
    clear_visited();
    each([&](Block* b) {
        if (b->except_handler && !b->warm) visit(b);
    });
    while (!todo.empty()) {
        Block* b = todo.back();
        todo.pop_back();
        b->cold = true;
        if (b->next && b->has_fallthrough() && !b->next->warm) visit(b->next);
        for (FlowInstruction& i : b->code)
            if (i.is_jump() && !i.target->warm) visit(i.target);
    }
    each([&](Block* b) {
        if (!b->cold || !b->has_fallthrough() || !b->next || !b->next->warm) return;
        Block* explicit_jump = new_block();
        explicit_jump->append(Opcode::JUMP_NO_INTERRUPT, NO_LOCATION).target = b->next;
        b->next->is_target = true;
        explicit_jump->cold = true;
        explicit_jump->predecessors = 1;
        explicit_jump->next = b->next;
        b->next = explicit_jump;
    });
    Block* cold = nullptr;
    Block* cold_tail = nullptr;
    Block* b = m_entry;
    while (b->next) {
        while (b->next && !b->next->cold) b = b->next;
        if (!b->next) break;
        Block *start = b->next, *end = start;
        while (end->next && end->next->cold) end = end->next;
        if (cold) cold_tail->next = start;
        else cold = start;
        cold_tail = end;
        b->next = end->next;
        end->next = nullptr;
    }
    b->next = cold;
    if (cold) remove_redundant_nops_and_jumps();
}

bool FlowGraph::finish() {
    convert_pseudo_conditional_jumps();
    if (!compute_stack_depth()) return false;
    prepare_locals();
    convert_pseudo_ops();
    normalize_jumps();
    borrow_locals();
    return true;
}

void FlowGraph::convert_pseudo_conditional_jumps() {
    each([](Block* b) {
        FlowInstruction* last = b->last();
        if (!last || (last->opcode != Opcode::JUMP_IF_FALSE && last->opcode != Opcode::JUMP_IF_TRUE)) return;
        FlowInstruction jump = *last, copy = *last, to_bool = *last;
        jump.opcode = last->opcode == Opcode::JUMP_IF_FALSE ? Opcode::POP_JUMP_IF_FALSE : Opcode::POP_JUMP_IF_TRUE;
        copy.set(Opcode::COPY, 1);
        copy.target = nullptr;
        to_bool.set(Opcode::TO_BOOL);
        to_bool.target = nullptr;
        b->code.pop_back();
        b->code.push_back(copy);
        b->code.push_back(to_bool);
        b->code.push_back(jump);
    });
}

bool FlowGraph::compute_stack_depth() {
    each([](Block* b) { b->start_depth = INT32_MIN; });
    base::Vector<Block*> todo;
    auto visit = [&](Block* b, int depth) {
        if (b->start_depth >= depth) return;
        b->start_depth = depth;
        todo.push_back(b);
    };
    int deepest = 0;
    visit(m_entry, 0);
    while (!todo.empty()) {
        Block* b = todo.back();
        todo.pop_back();
        int depth = b->start_depth;
        bool falls_through = true;
        for (FlowInstruction& i : b->code) {
            int effect = stack_pushes(i.opcode, i.oparg) - stack_pops(i.opcode, i.oparg);
            int after = i.is_block_push() ? depth : depth + effect;
            if (after < 0) return false;
            deepest = std::max(deepest, after);
            if (i.has_target() && i.opcode != Opcode::END_ASYNC_FOR) {
                deepest = std::max(deepest, depth + effect);
                visit(i.target, depth + effect);
            }
            depth = after;
            if (i.is_unconditional_jump() || i.exits_scope()) {
                falls_through = false;
                break;
            }
        }
        if (falls_through && b->next) visit(b->next, depth);
    }
    stack_size = deepest;
    return true;
}

void FlowGraph::insert_prefix(const base::Vector<int>& fixed) {
    base::Vector<FlowInstruction> prefix;
    auto add = [&](Opcode opcode, int oparg, const Location& at) {
        FlowInstruction i;
        i.set(opcode, oparg);
        i.location = at;
        prefix.push_back(i);
    };
    int frees = m_unit.freevars.size(), cells = m_unit.cellvars.size();
    if (frees) add(Opcode::COPY_FREE_VARS, frees, NO_LOCATION);
    base::Vector<int> order;
    for (int i = 0; i < cells; i++) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](int a, int b) { return fixed[(size_t)a] < fixed[(size_t)b]; });
    for (int cell : order) add(Opcode::MAKE_CELL, cell, NO_LOCATION);
    if (m_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) {
        // The generator that is returned never sees the value pushed for it: POP_TOP balances.
        Location at{m_unit.firstlineno, m_unit.firstlineno, -1, -1};
        add(Opcode::RETURN_GENERATOR, 0, at);
        add(Opcode::POP_TOP, 0, at);
    }
    m_entry->code.insert(m_entry->code.begin(), prefix.begin(), prefix.end());
}

// Locals, then cells that are no parameters, then free variables share one array: turns the operands that count cells
// and free variables from 0 into indices of that array.
void FlowGraph::prepare_locals() {
    int locals = m_unit.varnames.size(), cells = m_unit.cellvars.size(), frees = m_unit.freevars.size();
    base::Vector<int> fixed((size_t)(cells + frees));
    for (int i = 0; i < cells + frees; i++) fixed[(size_t)i] = locals + i;
    for (int i = 0; i < cells; i++) {
        int parameter = m_unit.varnames.find(m_unit.cellvars.names[(size_t)i]);
        if (parameter >= 0) fixed[(size_t)i] = parameter;
    }
    insert_prefix(fixed);
    int dropped = 0;
    for (int i = 0; i < cells + frees; i++) {
        if (fixed[(size_t)i] == locals + i) fixed[(size_t)i] -= dropped;
        else dropped++;
    }
    each([&](Block* b) {
        for (FlowInstruction& i : b->code) {
            switch (i.opcode) {
            case Opcode::MAKE_CELL:
            case Opcode::LOAD_CLOSURE:
            case Opcode::LOAD_DEREF:
            case Opcode::STORE_DEREF:
            case Opcode::DELETE_DEREF:
            case Opcode::LOAD_FROM_DICT_OR_DEREF: i.oparg = fixed[(size_t)i.oparg]; break;
            default: break;
            }
        }
    });
    locals_count = locals + cells + frees - dropped;
}

void FlowGraph::convert_pseudo_ops() {
    each([](Block* b) {
        for (FlowInstruction& i : b->code) {
            if (i.is_block_push()) {
                i.make_nop();
                i.target = nullptr;
            } else if (i.opcode == Opcode::LOAD_CLOSURE) {
                i.opcode = Opcode::LOAD_FAST;
            } else if (i.opcode == Opcode::STORE_FAST_MAYBE_NULL) {
                i.opcode = Opcode::STORE_FAST;
            }
        }
    });
    remove_redundant_nops();
}

// Conditional jumps only go forward; backwards, the opposite condition jumps over a plain jump. The way not taken is
// marked for branch events.
void FlowGraph::normalize_jumps() {
    clear_visited();
    for (Block* b = m_entry; b; b = b->next) {
        b->visited = true;
        FlowInstruction* last = b->last();
        if (!last || !last->is_conditional_jump()) continue;
        Location at = last->location;
        if (!last->target->visited) {
            b->append(Opcode::NOT_TAKEN, at);
            continue;
        }
        Block* target = last->target;
        Block* backwards = new_block();
        backwards->append(Opcode::NOT_TAKEN, at);
        backwards->append(Opcode::JUMP, at).target = target;
        backwards->start_depth = target->start_depth;
        backwards->cold = b->cold;
        switch (last->opcode) {
        case Opcode::POP_JUMP_IF_FALSE: last->opcode = Opcode::POP_JUMP_IF_TRUE; break;
        case Opcode::POP_JUMP_IF_TRUE: last->opcode = Opcode::POP_JUMP_IF_FALSE; break;
        case Opcode::POP_JUMP_IF_NONE: last->opcode = Opcode::POP_JUMP_IF_NOT_NONE; break;
        default: last->opcode = Opcode::POP_JUMP_IF_NONE; break;
        }
        last->target = b->next;
        backwards->next = b->next;
        b->next = backwards;
        backwards->visited = true;
        b = backwards;
    }
}

namespace {

// Runs a block on a stack of references to find the loads whose value is consumed, within the block and before the
// local is written again: those may borrow the local's reference.
class BorrowScan {
public:
    struct Reference {
        int instruction; // -1: from before the block
        int local;       // -1: not a local
    };
    enum : uint8_t { LOCAL_KILLED = 1, STORED_AS_LOCAL = 2, NOT_CONSUMED = 4 };

    BorrowScan(Block* block, base::Vector<Block*>& todo) : m_block(block), m_todo(todo) {}

    void run() {
        m_flags.assign(m_block->code.size(), 0);
        for (int i = 0; i < m_block->start_depth; i++) push(-1);
        for (size_t at = 0; at < m_block->code.size(); at++) step((int)at, m_block->code[at]);
        FlowInstruction* last = m_block->last();
        // COMPAT: nothing flows through an empty block, so what only such a block leads to keeps its counted loads.
        if (m_block->next && last && !last->is_unconditional_jump() && !last->exits_scope()) visit(m_block->next, m_stack.size());
        for (const Reference& r : m_stack)
            if (r.instruction >= 0) m_flags[(size_t)r.instruction] |= NOT_CONSUMED;
        for (size_t at = 0; at < m_block->code.size(); at++) {
            if (m_flags[at]) continue;
            FlowInstruction& i = m_block->code[at];
            if (i.opcode == Opcode::LOAD_FAST) i.opcode = Opcode::LOAD_FAST_BORROW;
            else if (i.opcode == Opcode::LOAD_FAST_LOAD_FAST) i.opcode = Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW;
        }
    }

private:
    void push(int instruction, int local = -1) { m_stack.push_back({instruction, local}); }
    Reference pop() {
        if (m_stack.empty()) return {-1, -1};
        Reference r = m_stack.back();
        m_stack.pop_back();
        return r;
    }
    void pop(int count) {
        while (count-- > 0) pop();
    }
    void kill(int local) {
        for (const Reference& r : m_stack)
            if (r.local == local && r.instruction >= 0) m_flags[(size_t)r.instruction] |= LOCAL_KILLED;
    }
    void store(int local) {
        Reference r = pop();
        kill(local);
        if (r.instruction >= 0) m_flags[(size_t)r.instruction] |= STORED_AS_LOCAL;
    }
    void visit(Block* b, size_t depth) {
        if (b->visited) return;
        b->visited = true;
        b->start_depth = (int)depth;
        m_todo.push_back(b);
    }

    void step(int at, FlowInstruction& i) {
        int oparg = i.oparg;
        switch (i.opcode) {
        case Opcode::DELETE_FAST: kill(oparg); break;
        case Opcode::LOAD_FAST: push(at, oparg); break;
        case Opcode::LOAD_FAST_AND_CLEAR:
            kill(oparg);
            push(at, oparg);
            break;
        case Opcode::LOAD_FAST_LOAD_FAST:
            push(at, oparg >> 4);
            push(at, oparg & 15);
            break;
        case Opcode::STORE_FAST: store(oparg); break;
        case Opcode::STORE_FAST_LOAD_FAST:
            store(oparg >> 4);
            push(at, oparg & 15);
            break;
        case Opcode::STORE_FAST_STORE_FAST:
            store(oparg >> 4);
            store(oparg & 15);
            break;
        case Opcode::COPY: {
            Reference r = m_stack[m_stack.size() - (size_t)oparg];
            m_stack.push_back(r);
            break;
        }
        case Opcode::SWAP: std::swap(m_stack.back(), m_stack[m_stack.size() - (size_t)oparg]); break;
        // What keeps its inputs on the stack and adds to them.
        case Opcode::FORMAT_SIMPLE:
        case Opcode::GET_ANEXT:
        case Opcode::GET_LEN:
        case Opcode::GET_YIELD_FROM_ITER:
        case Opcode::IMPORT_FROM:
        case Opcode::MATCH_KEYS:
        case Opcode::MATCH_MAPPING:
        case Opcode::MATCH_SEQUENCE:
        case Opcode::WITH_EXCEPT_START:
            // COMPAT: what is added passes for the product of the block's first instructions.
            for (int n = 0; n < stack_pushes(i.opcode, oparg) - stack_pops(i.opcode, oparg); n++) push(n);
            break;
        // What takes some inputs and leaves the others.
        case Opcode::DICT_MERGE:
        case Opcode::DICT_UPDATE:
        case Opcode::LIST_APPEND:
        case Opcode::LIST_EXTEND:
        case Opcode::MAP_ADD:
        case Opcode::RERAISE:
        case Opcode::SET_ADD:
        case Opcode::SET_UPDATE: pop(stack_pops(i.opcode, oparg) - stack_pushes(i.opcode, oparg)); break;
        case Opcode::END_SEND:
        case Opcode::SET_FUNCTION_ATTRIBUTE: {
            Reference top = pop();
            pop();
            m_stack.push_back(top);
            break;
        }
        case Opcode::CHECK_EXC_MATCH:
            pop();
            push(at);
            break;
        case Opcode::FOR_ITER:
            visit(i.target, m_stack.size() + 1);
            push(at);
            break;
        case Opcode::LOAD_ATTR:
        case Opcode::LOAD_SUPER_ATTR: {
            Reference self = pop();
            if (i.opcode == Opcode::LOAD_SUPER_ATTR) pop(2);
            push(at);
            if (oparg & 1) m_stack.push_back(self); // a method call may push the object back
            break;
        }
        case Opcode::LOAD_SPECIAL:
        case Opcode::PUSH_EXC_INFO: {
            Reference top = pop();
            push(at);
            m_stack.push_back(top);
            break;
        }
        case Opcode::SEND:
            visit(i.target, m_stack.size());
            pop();
            push(at);
            break;
        default: {
            int pops = stack_pops(i.opcode, oparg), pushes = stack_pushes(i.opcode, oparg);
            if (i.has_target()) visit(i.target, m_stack.size() - (size_t)pops + (size_t)pushes);
            if (!i.is_block_push()) {
                pop(pops);
                while (pushes-- > 0) push(at);
            }
            break;
        }
        }
    }

    Block* m_block;
    base::Vector<Block*>& m_todo;
    base::Vector<Reference> m_stack;
    base::Vector<uint8_t> m_flags;
};

} // namespace

void FlowGraph::borrow_locals() {
    clear_visited();
    base::Vector<Block*> todo{m_entry};
    m_entry->visited = true;
    m_entry->start_depth = 0;
    while (!todo.empty()) {
        Block* b = todo.back();
        todo.pop_back();
        BorrowScan(b, todo).run();
    }
}

} // namespace taipan::compiler
