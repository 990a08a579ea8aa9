// Raising, unwinding, handlers.
#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan::vm {

HANDLER(PUSH_EXC_INFO) {
    Word raised = sp[-1];
    HandledException* handled = t->handled;
    sp[-1] = handled->exception ? Word::owned(handled->exception) : Word::none();
    incref(raised.object());
    handled->exception = raised.object();
    *sp++ = raised;
    NEXT(0);
}
HANDLER(POP_EXCEPT) {
    SAVE();
    Word previous = *--sp;
    Object* old = t->handled->exception;
    if (previous.is_object(None())) {
        t->handled->exception = nullptr;
    } else {
        t->handled->exception = word_take(*t, previous);
    }
    f->sp = sp;
    xdecref(old);
    NEXT(0);
}
HANDLER(CHECK_EXC_MATCH) {
    SAVE();
    Object* match = word_object(*t, sp - 1);
    if (UNLIKELY(!match)) UNWIND();
    int result = check_exception_match(*t, sp[-2].object(), match);
    if (UNLIKELY(result < 0)) UNWIND();
    sp[-1].close();
    sp[-1] = Word::from_bool(result);
    NEXT(0);
}
HANDLER(CHECK_EG_MATCH) {
    SAVE();
    Object *rest = nullptr, *matched = nullptr;
    Object* match = word_object(*t, sp - 1);
    if (UNLIKELY(!match || !check_exception_group_match(*t, sp[-2].object(), match, &rest, &matched))) UNWIND();
    Word match_word = sp[-1], exception = sp[-2];
    sp[-2] = Word::owned(rest);
    sp[-1] = Word::owned(matched);
    if (!is_none(matched)) { // the handler sees the matching part as the exception being handled
        incref(matched);
        assign_field(t->handled->exception, matched);
    }
    match_word.close();
    exception.close();
    NEXT(0);
}
HANDLER(RAISE_VARARGS) {
    SAVE();
    Object *cause = nullptr, *exception = nullptr;
    if (pc->arg == 2) {
        cause = word_take(*t, *--sp);
        if (UNLIKELY(!cause)) UNWIND();
    }
    if (pc->arg >= 1) {
        exception = word_take(*t, *--sp);
        if (UNLIKELY(!exception)) {
            xdecref(cause);
            UNWIND();
        }
    }
    f->sp = sp;
    if (do_raise(*t, exception, cause)) MUSTTAIL return op_unwind_reraise(HANDLER_ARGS);
    UNWIND();
}
HANDLER(RERAISE) {
    SAVE();
    Object* exception = word_take(*t, *--sp);
    if (UNLIKELY(!exception)) UNWIND();
    if (pc->arg) { // the instruction that raised first is where the traceback points
        int64_t lasti;
        if (word_int64(sp[-static_cast<intptr_t>(pc->arg)], &lasti)) f->pc = f->insns + lasti / 2;
    }
    assign_field(t->exception, exception);
    f->sp = sp;
    MUSTTAIL return op_unwind_reraise(HANDLER_ARGS);
}
/// [exit, self or null, lasti, previous exception, exception]: the result of exit. (A handler with an array of its own does
/// not compile under AddressSanitizer.)
static NOINLINE Object* call_exit(Thread& t, Word* sp) {
    Object* exception = sp[-1].object();
    Object* traceback = static_cast<BaseException*>(exception)->traceback;
    Word exit = sp[-5], self = sp[-4];
    Object* args[5] = {nullptr, nullptr, exception->type, exception, traceback ? traceback : None()};
    size_t count = 3;
    Object** start = args + 2;
    if (!self.is_null()) {
        args[1] = word_object(t, sp - 4);
        start = args + 1;
        count = 4;
        if (UNLIKELY(!args[1])) return nullptr;
    }
    return vectorcall(t, exit.object(), start, count | VectorcallOffset, nullptr).release_or_null();
}
HANDLER(WITH_EXCEPT_START) {
    SAVE();
    Object* result = call_exit(*t, sp);
    if (UNLIKELY(!result)) UNWIND();
    *sp++ = Word::owned(result);
    NEXT(0);
}

namespace {
/// Finds the handler for the exception in this frame and prepares the stack; null: none.
NOINLINE Insn* enter_handler(Thread& t, Frame* f, Insn* pc) {
    // The handler is that of the instruction at `pc`; a re-raise has put the place of the original error into f->pc.
    int lasti = f->lasti();
    ExceptionHandler handler;
    if (!code_find_handler(f->code(), static_cast<int>(pc - f->insns) * 2, &handler)) return nullptr;
    Word* sp = f->sp;
    Word* floor = f->stack_base() + handler.depth;
    while (sp > floor) {
        Word w = *--sp;
        f->sp = sp;
        w.xclose();
    }
    if (handler.push_lasti) *sp++ = Word::from_int(lasti);
    *sp++ = Word::owned(t.take_exception().release());
    f->sp = sp;
    return f->insns + handler.target / 2;
}
/// Drops all that the leaving frame still holds on its stack.
NOINLINE void drop_stack(Frame* f, Word* sp) {
    Word* floor = f->stack_base();
    while (sp > floor) {
        Word w = *--sp;
        f->sp = sp;
        w.xclose();
    }
    f->sp = floor;
}
} // namespace

HANDLER(unwind) {
    f->pc = pc;
    f->sp = sp;
    ASSERT(t->has_exception());
    if (!frame_is_incomplete(f)) add_traceback(*t, f);
    if (UNLIKELY(t->tracing)) trace_raise(*t, f);
    MUSTTAIL return op_unwind_to_handler(HANDLER_ARGS);
}
HANDLER(unwind_reraise) {
    f->sp = sp;
    if (UNLIKELY(t->tracing)) trace_reraise(*t, f, pc);
    MUSTTAIL return op_unwind_to_handler(HANDLER_ARGS);
}
HANDLER(unwind_to_handler) {
    Insn* target = enter_handler(*t, f, pc);
    sp = f->sp;
    if (target) {
        table = dispatch_table;
        if (UNLIKELY(t->tracing) && !trace_handled(*t, f, target)) {
            pc = target - 1; // the handler has not begun: what it would clean up is not there
            MUSTTAIL return op_unwind_to_handler(HANDLER_ARGS);
        }
        pc = target;
        DISPATCH();
    }
    drop_stack(f, sp);
    if (UNLIKELY(t->tracing)) trace_unwind(*t, f, pc);
    Frame* caller = f->previous;
    bool entry = f->is_entry;
    if (f->owner == static_cast<uint8_t>(FrameOwner::Generator)) finish_generator(*t, f);
    else frame_pop(*t, f);
    if (entry) return nullptr;
    f = caller;
    sp = f->sp;
    pc = f->pc;
    UNWIND();
}

} // namespace taipan::vm
