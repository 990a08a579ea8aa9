// The tracers' side of the interpreter. `traced_table` sends every instruction here first; what has to be told is told, and
// the instruction's own handler goes on with the same table. What a native call returned is seen at the caller's next
// instruction, because a handler that tail-calls has no "after".
#include "vm/tracing.h"

#include "objects/descriptor.h"
#include "objects/exceptions.h"
#include "objects/generator.h"
#include "objects/tuple.h"
#include "vm/frame_object.h"
#include "vm/helpers.h"

#include <new>

namespace taipan {

namespace {
struct NativeCall {
    NativeCall* outer;
    Frame* frame;
    Object* callable; // owned
};
} // namespace

struct Tracing {
    Object* trace = nullptr;
    Object* profile = nullptr;
    int depth = 0; // callbacks running: nothing is traced in them
    // The instruction told of last. Specialisation runs an instruction's handler twice.
    Frame* last_frame = nullptr;
    Insn* last_pc = nullptr;
    Word* last_sp = nullptr;
    NativeCall* native_calls = nullptr;
};

namespace {

constexpr uint16_t OpCallFunctionEx = 4, OpReturnValue = 35, OpBinaryOp = 44, OpCall = 52, OpCallKw = 55, OpCompareOp = 56, OpJumpBackward = 75,
                   OpJumpBackwardNoInterrupt = 76, OpRaiseVarargs = 104, OpReraise = 105, OpYieldValue = 120, OpResume = 128;

void drop_native_call(Tracing* tracing) {
    NativeCall* call = tracing->native_calls;
    tracing->native_calls = call->outer;
    decref(call->callable);
    delete call;
}
void release_if_unused(Thread& t) {
    Tracing* tracing = t.tracing;
    if (!tracing || tracing->trace || tracing->profile || tracing->depth) return;
    while (tracing->native_calls) drop_native_call(tracing);
    t.tracing = nullptr;
    delete tracing;
}
Result<void> set_function(Thread& t, Object* Tracing::*field, Object* function) {
    if (!t.tracing) {
        if (!function) return {};
        t.tracing = new (std::nothrow) Tracing;
        if (!t.tracing) return raise_memory_error(t);
    }
    xincref(function);
    assign_field(t.tracing->*field, function);
    release_if_unused(t);
    request_poll(t, poll_bit::Tracing);
    return {};
}

/// Calls a tracer; the raised exception is put aside meanwhile. Null: the tracer raised, and is switched off.
MaybeRef<Object> notify(Thread& t, Frame* f, Object* Tracing::*field, Object* function, const char* event, Object* argument) {
    Tracing* tracing = t.tracing;
    MaybeRef<Object> pending = t.take_exception();
    Ref<Object> keep = acquire(function);
    ++tracing->depth;
    auto run = [&]() -> Result<Ref<Object>> {
        FrameObject* object = frame_object(t, f);
        if (!object) return Error{};
        Ref<Object> frame = Ref<Object>::acquire(object);
        Ref<Str> name = TRY(str_interned(t, event));
        return call(t, function, frame, name, Borrowed<Object>(argument ? argument : None()));
    };
    auto result = run();
    --tracing->depth;
    MaybeRef<Object> answer;
    if (result.is_error()) {
        MaybeRef<Object> raised = t.take_exception();
        clear_field(tracing->*field);
        if (field == &Tracing::trace && f->frame_object) clear_field(f->frame_object->trace);
        t.exception = raised.release();
    } else {
        answer = result.take();
        t.exception = pending.release();
    }
    return answer;
}

/// An event for the frame's own trace function; its answer replaces it. False: it raised.
bool local_event(Thread& t, Frame* f, const char* event, Object* argument) {
    FrameObject* object = f->frame_object;
    if (!t.tracing || !t.tracing->trace || !object || !object->trace) return true;
    MaybeRef<Object> answer = notify(t, f, &Tracing::trace, object->trace, event, argument);
    if (!answer) return false;
    if (!is_none(answer.get()) && f->frame_object) assign_field(f->frame_object->trace, answer.release());
    return true;
}
bool profile_event(Thread& t, Frame* f, const char* event, Object* argument) {
    if (!t.tracing || !t.tracing->profile) return true;
    return static_cast<bool>(notify(t, f, &Tracing::profile, t.tracing->profile, event, argument));
}
bool enter_event(Thread& t, Frame* f) {
    if (t.tracing->trace) {
        MaybeRef<Object> answer = notify(t, f, &Tracing::trace, t.tracing->trace, "call", nullptr);
        if (!answer) return false;
        if (is_none(answer.get())) clear_field(f->frame_object->trace);
        else assign_field(f->frame_object->trace, answer.release());
    }
    return profile_event(t, f, "call", nullptr);
}

/// The native function that a call instruction is about to call, as profilers see it; null: none.
MaybeRef<Object> native_callable(Thread& t, Insn* pc, Word* sp) {
    intptr_t below;
    if (pc->op == OpCall || (pc->op >= vm::CALL_PY_EXACT_ARGS && pc->op <= vm::CALL_CLASS_INIT)) below = static_cast<intptr_t>(pc->arg) + 2;
    else if (pc->op == OpCallKw) below = static_cast<intptr_t>(pc->arg) + 3;
    else if (pc->op == OpCallFunctionEx) below = 4;
    else return nullptr;
    Word callable = sp[-below], self = sp[1 - below];
    if (callable.is_null() || callable.is_int()) return nullptr;
    Object* o = callable.object();
    if (is_exact<BuiltinFunction>(o)) return acquire(o);
    if (is_exact<MethodDescriptor>(o) && below != 4) {
        Object* receiver = nullptr;
        if (!self.is_null()) receiver = word_object(t, sp + 1 - below);
        else if (pc->arg > 0) receiver = word_object(t, sp + 2 - below);
        auto* descriptor = static_cast<MethodDescriptor*>(o);
        if (!receiver || !is_subtype(receiver->type, descriptor->owner)) return t.clear_exception(), nullptr;
        auto bound = builtin_function_new(t, *descriptor->def, receiver, nullptr);
        if (bound.is_error()) return t.clear_exception(), nullptr;
        return bound.take();
    }
    return nullptr;
}

} // namespace

Result<void> tracing_set_trace(Thread& t, Object* function) { return set_function(t, &Tracing::trace, function); }
Result<void> tracing_set_profile(Thread& t, Object* function) { return set_function(t, &Tracing::profile, function); }
Ref<Object> tracing_get_trace(Thread& t) { return t.tracing && t.tracing->trace ? acquire(t.tracing->trace) : none_ref(); }
Ref<Object> tracing_get_profile(Thread& t) { return t.tracing && t.tracing->profile ? acquire(t.tracing->profile) : none_ref(); }

namespace vm {

const Handler* current_table(Thread& t) { return t.tracing && !t.tracing->depth ? traced_table : dispatch_table; }

/// The events of the instruction at f->pc. False: a tracer raised.
static NOINLINE bool trace_instruction(Thread& t, Frame* f, Word* sp, Insn* pc) {
    Tracing* tracing = t.tracing;
    Frame* last_frame = std::exchange(tracing->last_frame, f);
    Insn* last_pc = std::exchange(tracing->last_pc, pc);
    Word* last_sp = std::exchange(tracing->last_sp, sp);
    bool jumps_back = pc->op == OpJumpBackward || pc->op == OpJumpBackwardNoInterrupt;
    if (last_frame == f && last_pc == pc && last_sp == sp && !jumps_back) return true;
    // Fused forms would skip the event of their second half.
    if (pc->op == COMPARE_OP_INT_JUMP) pc->op = OpCompareOp, pc->counter = FailedBackoff;
    if (pc->op == BINARY_OP_INPLACE_ADD_STR) pc->op = OpBinaryOp, pc->counter = FailedBackoff;

    if (tracing->native_calls && tracing->native_calls->frame == f) {
        Ref<Object> callable = acquire(tracing->native_calls->callable);
        drop_native_call(tracing);
        if (!profile_event(t, f, "c_return", callable.get())) return false;
    }
    if (frame_is_incomplete(f)) return true;
    if (pc->op == OpResume) {
        f->trace_line = (pc->arg & 3) ? frame_line(f) : -1;
        return enter_event(t, f);
    }
    FrameObject* object = f->frame_object;
    if (tracing->trace && object && object->trace) {
        if (object->trace_lines) {
            int line = frame_line(f);
            bool back_edge = last_frame == f && last_pc && pc < last_pc && last_pc->op != OpJumpBackwardNoInterrupt;
            if (line >= 0 && (line != f->trace_line || back_edge)) {
                f->trace_line = line;
                if (!local_event(t, f, "line", nullptr)) return false;
            }
        }
        if (object->trace_opcodes && !local_event(t, f, "opcode", nullptr)) return false;
    }
    if (pc->op == OpReturnValue || pc->op == OpYieldValue) {
        Object* value = word_object(t, sp - 1);
        if (!value) return false;
        Ref<Object> keep = acquire(value);
        return local_event(t, f, "return", value) && profile_event(t, f, "return", value);
    }
    if (t.tracing->profile) {
        MaybeRef<Object> callable = native_callable(t, pc, sp);
        if (callable) {
            if (!profile_event(t, f, "c_call", callable.get())) return false;
            auto* call = new (std::nothrow) NativeCall{t.tracing->native_calls, f, nullptr};
            if (call) {
                call->callable = callable.release();
                t.tracing->native_calls = call;
            }
        }
    }
    return true;
}

HANDLER(traced) {
    if (UNLIKELY(pc->op == INIT_RETURN)) MUSTTAIL return dispatch_table[INIT_RETURN].function(HANDLER_ARGS);
    if (UNLIKELY(!t->tracing || t->tracing->depth)) {
        table = dispatch_table;
        DISPATCH();
    }
    SAVE();
    bool good = trace_instruction(*t, f, sp, pc);
    release_if_unused(*t);
    table = current_table(*t);
    if (UNLIKELY(!good)) UNWIND();
    MUSTTAIL return dispatch_table[pc->op].function(HANDLER_ARGS);
}

const Handler traced_table[OpCount] = {[0 ... OpCount - 1] = {op_traced}};

void trace_exception(Thread& t, Frame* f) {
    Tracing* tracing = t.tracing;
    if (tracing->depth || frame_is_incomplete(f)) return;
    tracing->last_frame = nullptr;
    if (tracing->native_calls && tracing->native_calls->frame == f) {
        Ref<Object> callable = acquire(tracing->native_calls->callable);
        drop_native_call(tracing);
        if (!profile_event(t, f, "c_exception", callable.get())) return;
    }
    FrameObject* object = f->frame_object;
    if (!tracing->trace || !object || !object->trace) return;
    if (f->pc->op == OpReraise || (f->pc->op == OpRaiseVarargs && f->pc->arg == 0)) return;
    auto* error = static_cast<BaseException*>(t.exception);
    Object* items[] = {error->type, error, error->traceback ? error->traceback : None()};
    auto info = tuple_from_array(t, items, 3);
    if (info.is_error()) return;
    Ref<Tuple> argument = info.take();
    (void)local_event(t, f, "exception", argument.get());
}
void trace_unwind(Thread& t, Frame* f) {
    Tracing* tracing = t.tracing;
    if (tracing->depth || frame_is_incomplete(f)) return;
    while (tracing->native_calls && tracing->native_calls->frame == f) drop_native_call(tracing);
    if (!local_event(t, f, "return", nullptr)) return;
    (void)profile_event(t, f, "return", nullptr);
    release_if_unused(t);
}

} // namespace vm

} // namespace taipan
