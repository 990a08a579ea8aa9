// The control flow graph of one code unit: basic blocks in their final order, linked by `next`.
// A block ends after a jump or an exit, or before a jump's target; it is entered at its top only.
#pragma once

#include "compiler/constants.h"
#include "compiler/context.h"
#include "compiler/instruction_sequence.h"
#include "compiler/unit.h"

#include <deque>

namespace taipan::compiler {

struct Block;

struct FlowInstruction {
    Opcode opcode = Opcode::NOP;
    int oparg = 0;
    Location location;
    Block* target = nullptr; // of a jump, or the handler that a SETUP_* opens
    Block* except = nullptr; // the handler of exceptions raised here

    void set(Opcode to, int argument = 0) {
        opcode = to;
        oparg = argument;
    }
    void make_nop() { set(Opcode::NOP); }
    int line() const { return location.lineno; }
    bool is_jump() const { return opcode_has(opcode, HAS_JUMP); }
    bool is_block_push() const { return opcode_has(opcode, HAS_EXC); }
    bool has_target() const { return is_jump() || is_block_push(); }
    bool is_unconditional_jump() const {
        return opcode == Opcode::JUMP || opcode == Opcode::JUMP_NO_INTERRUPT || opcode == Opcode::JUMP_FORWARD ||
               opcode == Opcode::JUMP_BACKWARD || opcode == Opcode::JUMP_BACKWARD_NO_INTERRUPT;
    }
    bool is_conditional_jump() const {
        return opcode == Opcode::POP_JUMP_IF_FALSE || opcode == Opcode::POP_JUMP_IF_TRUE || opcode == Opcode::POP_JUMP_IF_NONE ||
               opcode == Opcode::POP_JUMP_IF_NOT_NONE;
    }
    bool exits_scope() const { return opcode == Opcode::RETURN_VALUE || opcode == Opcode::RAISE_VARARGS || opcode == Opcode::RERAISE; }
    bool ends_block() const { return is_jump() || exits_scope(); }
    bool loads_const() const { return opcode == Opcode::LOAD_CONST || opcode == Opcode::LOAD_SMALL_INT; }
};

struct Block {
    base::Vector<FlowInstruction> code;
    Block* next = nullptr;
    base::Vector<Block*> except_stack; // handlers in force at the top, innermost last
    uint64_t unsafe_locals = 0;        // locals (of the first 64) that may be unbound at the top
    int predecessors = 0;
    int start_depth = INT32_MIN; // of the stack at the top
    bool is_target = false;
    bool preserve_lasti = false; // as a handler: the failing instruction's offset is pushed too
    bool except_handler = false;
    bool visited = false;
    bool cold = false;
    bool warm = false;

    // COMPAT: an instruction appended where another one was removed has that one's handler, anywhere else it has none.
    // Only what cannot raise is appended, so this shows in nothing but the extent of exception table entries.
    base::Vector<Block*> old_handlers;

    void remember_handlers() {
        if (old_handlers.size() < code.size()) old_handlers.resize(code.size());
        for (size_t i = 0; i < code.size(); i++) old_handlers[i] = code[i].except;
    }
    FlowInstruction& append(Opcode opcode, const Location& location) {
        FlowInstruction i;
        i.opcode = opcode;
        i.location = location;
        if (code.size() < old_handlers.size()) i.except = old_handlers[code.size()];
        code.push_back(i);
        return code.back();
    }
    bool empty() const { return code.empty(); }
    FlowInstruction* last() { return code.empty() ? nullptr : &code.back(); }
    bool exits_scope() const { return !code.empty() && code.back().exits_scope(); }
    bool has_fallthrough() const { return code.empty() || (!code.back().is_unconditional_jump() && !code.back().exits_scope()); }
    bool has_no_line() const {
        for (const FlowInstruction& i : code)
            if (i.line() >= 0) return false;
        return true;
    }
    bool has_eval_break() const {
        for (const FlowInstruction& i : code)
            if (opcode_has(i.opcode, HAS_EVAL_BREAK)) return true;
        return false;
    }
};

class FlowGraph {
public:
    FlowGraph(Context& context, Unit& unit, uint32_t flags) : m_context(context), m_unit(unit), m_flags(flags) {}

    bool build(InstructionSequence& sequence);
    // Everything up to here keeps SETUP_* and stack-neutral pseudo instructions.
    void optimize();
    // Makes it executable: prefix, cells, stack depth, jumps, borrowed loads. False when nothing sane comes out.
    bool finish();
    // Of that, for tests, only the borrowed loads.
    bool borrow() {
        if (!compute_stack_depth()) return false;
        borrow_locals();
        return true;
    }
    void emit(InstructionSequence& out);

    int stack_size = 0;
    int locals_count = 0; // fast locals, cells and free variables, once finished

private:
    Block* new_block() {
        m_blocks.emplace_back();
        return &m_blocks.back();
    }
    template <class F> void each(F f) {
        for (Block* b = m_entry; b; b = b->next) f(b);
    }
    void clear_visited() {
        each([](Block* b) { b->visited = false; });
    }

    // flow_graph.cpp
    void mark_exception_handlers();
    void label_exception_targets();
    int remove_redundant_nops(Block* block);
    int remove_redundant_nops();
    int remove_redundant_jumps();
    void remove_redundant_nops_and_jumps();
    void remove_redundant_nops_and_pairs();
    void remove_unreachable();
    void resolve_lines();
    void duplicate_exits_without_line();
    void propagate_lines();

    // flow_optimize.cpp
    void inline_small_blocks();
    bool inline_small_block(Block* block);
    void optimize_load_const(Block* block);
    void optimize_block(Block* block);
    int jump_thread(Block* block, size_t at, Opcode opcode);
    bool try_load_small_int(FlowInstruction& i, const ConstantValue& value);
    void make_load_const(FlowInstruction& i, const ConstantValue& value);
    ConstantValue const_value(const FlowInstruction& i) const;
    bool const_operands(Block* block, size_t before, int count, base::Vector<FlowInstruction*>& out);
    void nop_out(const base::Vector<FlowInstruction*>& instructions);
    void fold_tuple(Block* block, size_t at);
    void fold_built_sequence(Block* block, size_t at, Opcode build, Opcode append);
    void optimize_list_or_set(Block* block, size_t at, Opcode next);
    void fold_unary(Block* block, size_t at);
    void fold_binary(Block* block, size_t at);
    void optimize_swaps(Block* block);
    void remove_unused_consts();

    // flow_finish.cpp
    void check_uninitialized_locals();
    void insert_superinstructions();
    void push_cold_blocks_to_end();
    void convert_pseudo_conditional_jumps();
    bool compute_stack_depth();
    void insert_prefix(const base::Vector<int>& fixed);
    void prepare_locals();
    void convert_pseudo_ops();
    void normalize_jumps();
    void borrow_locals();

    Context& m_context;
    Unit& m_unit;
    uint32_t m_flags;
    std::deque<Block, base::ScopedAllocator<Block>> m_blocks;
    Block* m_entry = nullptr;
};

Block* next_nonempty(Block* block);

} // namespace taipan::compiler
