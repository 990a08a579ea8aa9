// How instruction handlers are written. A handler is a function that ends by tail-calling the next one, so that the
// machine state stays in registers: thread, frame, stack pointer (one past the top), instruction, dispatch table. Before
// anything that may raise, run Python or reach a safepoint, a handler saves pc and sp in the frame (`SAVE`), as the
// collector and tracebacks read them there. Handlers are grouped by family in handlers_*.cpp.
#pragma once

#include "compiler/opcode_numbers.h"
#include "vm/frame.h"

namespace taipan::vm {

#define HANDLER_PARAMS                                                                                                                     \
    [[maybe_unused]] Thread *t, [[maybe_unused]] Frame *f, [[maybe_unused]] Word *sp, [[maybe_unused]] Insn *pc,                           \
        [[maybe_unused]] const Handler *table
#define HANDLER_ARGS t, f, sp, pc, table
struct Handler {
    Object* (*__attribute__((preserve_none)) function)(Thread* t, Frame* f, Word* sp, Insn* pc, const Handler* table);
};
#define HANDLER(name) __attribute__((preserve_none)) Object* op_##name(HANDLER_PARAMS)
#define MUSTTAIL [[clang::musttail]]

/// Internal instruction numbers: CPython's, then our specialisations and service entries.
enum : uint16_t {
    FirstSpecialized = 256,
#define SPECIALIZED(name) name,
#include "vm/specialized.def"
#undef SPECIALIZED
    OpCount,
};

#define OP(name, number, ...) HANDLER(name);
#define PSEUDO_OP(...)
#define INSTRUMENTED_OP(...)
#include "compiler/opcodes.def"
#undef OP
#undef PSEUDO_OP
#undef INSTRUMENTED_OP
#define SPECIALIZED(name) HANDLER(name);
#include "vm/specialized.def"
#undef SPECIALIZED

/// Raises the thread's exception at f->pc: finds the handler or leaves the frame.
HANDLER(unwind);
/// The same for an exception that is raised again: no new traceback entry.
HANDLER(unwind_reraise);
/// The common end of both.
HANDLER(unwind_to_handler);
/// Goes on in `f` at `pc`; the poll word asked for attention first.
HANDLER(poll_and_dispatch);

extern const Handler dispatch_table[OpCount];
/// While an instrumented instruction runs in its own form, the next one to run goes here first.
extern const Handler rearm_table[OpCount];

#define DISPATCH() MUSTTAIL return table[pc->op].function(HANDLER_ARGS)
/// On to the instruction after this one and its `caches` cache cells.
#define NEXT(caches)                                                                                                                       \
    do {                                                                                                                                   \
        pc += 1 + (caches);                                                                                                                \
        DISPATCH();                                                                                                                        \
    } while (0)
#define SAVE() (f->pc = pc, f->sp = sp)
#define UNWIND() MUSTTAIL return op_unwind(HANDLER_ARGS)
/// Runs another handler for the same instruction.
#define BECOME(name) MUSTTAIL return op_##name(HANDLER_ARGS)

/// What follows an instruction whose fast guard failed: the general form runs, and specialises again later.
#define DEOPT(general)                                                                                                                     \
    do {                                                                                                                                   \
        pc->op = general;                                                                                                                  \
        pc->counter = DeoptBackoff;                                                                                                        \
        MUSTTAIL return table[general].function(HANDLER_ARGS);                                                                             \
    } while (0)
constexpr uint16_t WarmUp = 2;        // executions before an instruction is specialised
constexpr uint16_t DeoptBackoff = 52; // … before it is tried again after a guard failed
constexpr uint16_t FailedBackoff = 1023;

/// A cell of the instruction's inline cache.
ALWAYS_INLINE uint64_t* cache(Insn* pc, int i = 0) { return reinterpret_cast<uint64_t*>(pc + 1 + i); }

} // namespace taipan::vm
