// Resuming and suspending generator frames. Only the thread that moved `state` to Executing may touch the frame.
#pragma once

#include "vm/frame.h"

namespace taipan::vm {

/// Moves a suspended or fresh generator to Executing; false if it runs or has ended.
ALWAYS_INLINE bool generator_claim(Generator* g) {
    int8_t state = g->state.load(std::memory_order_relaxed);
    if (state >= 0) return false;
    if (LIKELY(!is_multi_threaded())) {
        g->frame.trace_opcodes = static_cast<uint8_t>(state); // what to go back to on unclaim
        g->state.store(0, std::memory_order_relaxed);
        return true;
    }
    if (!g->state.compare_exchange_strong(state, 0, std::memory_order_acquire)) return false;
    g->frame.trace_opcodes = static_cast<uint8_t>(state);
    return true;
}
ALWAYS_INLINE void generator_unclaim(Generator* g) {
    g->state.store(static_cast<int8_t>(g->frame.trace_opcodes), std::memory_order_release);
}
/// A generator made by one thread and resumed by another goes on in the resuming thread's copy of the code.
NOINLINE void move_to_own_copy(Thread& t, Frame* frame);
ALWAYS_INLINE QuickenedCode* quickened_of(const Frame* frame) {
    return reinterpret_cast<QuickenedCode*>(reinterpret_cast<char*>(frame->insns) - offsetof(QuickenedCode, insns));
}
/// Links the claimed generator's frame as the innermost with `value` (owned) as the result of its yield. The current
/// frame's pc and return_pc say where it goes on.
ALWAYS_INLINE Frame* generator_enter(Thread& t, Generator* g, Word value) {
    Frame* frame = &g->frame;
    if (UNLIKELY(quickened_of(frame)->owner.load(std::memory_order_relaxed) != &t)) move_to_own_copy(t, frame);
    incref(g); // running: given back when it suspends or ends
    g->handled.previous = t.handled;
    t.handled = &g->handled;
    frame->previous = t.frame;
    frame->is_entry = 0;
    *frame->sp++ = value;
    t.frame = frame;
    ++t.recursion_depth;
    return frame;
}
/// Undoes `generator_enter` at a yield; the frame's pc and sp are saved already.
ALWAYS_INLINE void generator_suspend(Thread& t, Frame* frame) {
    Generator* g = frame->generator();
    t.handled = g->handled.previous;
    g->handled.previous = nullptr;
    t.frame = frame->previous;
    frame->previous = nullptr;
    --t.recursion_depth;
    // A yield whose next instruction resumes with kind 2 or 3 stands inside `yield from` or `await`.
    bool delegating = (frame->pc->arg & 3) >= 2;
    g->state.store(static_cast<int8_t>(delegating ? GeneratorState::SuspendedYieldFrom : GeneratorState::Suspended),
                   std::memory_order_release);
    decref(g);
}

} // namespace taipan::vm
namespace taipan {

/// What a resumption from a native ended with.
enum class ResumeOutcome { Yielded, Returned, Raised };
/// gen.send(value) / next(gen); `value` null starts or goes on with None. `*result` is owned. Raised: exception set.
ResumeOutcome generator_resume(Thread& t, Generator* g, Object* value, Object** result);
/// next(gen) for natives that do without a box for an int: `*result` is an owned word if it yields, else null.
ResumeOutcome generator_resume_word(Thread& t, Generator* g, Word* result);
/// Raises the thread's current exception at the generator's yield.
ResumeOutcome generator_throw(Thread& t, Generator* g, Object** result);
/// Its `__qualname__`.
Ref<Str> generator_qualname(Generator* g);
/// What a suspended generator delegates to (`yield from`, `await`), or nothing.
MaybeRef<Object> generator_delegate(Generator* g);
/// generator.close().
Result<Ref<Object>> generator_close(Thread& t, Generator* g);

} // namespace taipan
