// The dispatch tables and the way in and out of the interpreter.
#include "vm/interpreter.h"

#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan::vm {

const Handler dispatch_table[OpCount] = {
#define PSEUDO_OP(...)
#define INSTRUMENTED_OP(...)
#define OP(name, number, ...) [number] = {op_##name},
#include "compiler/opcodes.def"
#undef OP
#undef PSEUDO_OP
#undef INSTRUMENTED_OP
#define SPECIALIZED(name) [name] = {op_##name},
#include "vm/specialized.def"
#undef SPECIALIZED
};

// An __init__ entered by CALL_CLASS_INIT returns to this instruction.
static const Insn s_init_return{INIT_RETURN, 0, 0};
const Insn* init_return_insn() { return &s_init_return; }

} // namespace taipan::vm

namespace taipan {

ALWAYS_INLINE static Object* interpret_as(Thread& t, Frame* frame, uint8_t entry) {
    using namespace vm;
    if (UNLIKELY(c_stack_low(t))) {
        (void)raise_recursion_error(t, "");
        return interpret_throw(t, frame);
    }
    frame->is_entry = entry;
    const Handler* table = current_table(t);
    return table[frame->pc->op].function(&t, frame, frame->sp, frame->pc, table);
}
Object* interpret(Thread& t, Frame* frame) { return interpret_as(t, frame, 1); }
Object* interpret_to_word(Thread& t, Frame* frame) { return interpret_as(t, frame, EntryTakesWord); }

Object* interpret_throw(Thread& t, Frame* frame) {
    frame->is_entry = 1;
    if (UNLIKELY(t.tracing)) vm::trace_throw(t, frame);
    return vm::op_unwind(&t, frame, frame->sp, frame->pc, vm::dispatch_table);
}

} // namespace taipan
