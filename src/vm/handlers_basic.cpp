// Locals, constants, the stack, cells, jumps and truth tests.
#include "objects/list.h"
#include "vm/helpers.h"
#include "vm/interpreter.h"

namespace taipan::vm {

HANDLER(NOP) { NEXT(0); }
HANDLER(NOT_TAKEN) { NEXT(0); }
HANDLER(EXTENDED_ARG) { NEXT(0); }
HANDLER(CACHE) {
    SAVE();
    raise_unknown_opcode(*t, f, pc->op == static_cast<uint16_t>(compiler::Opcode::RESERVED) ? static_cast<int>(pc->arg) : 0);
    UNWIND();
}
HANDLER(RESERVED) { BECOME(CACHE); }

HANDLER(LOAD_FAST) {
    *sp++ = f->locals[pc->arg].dup();
    NEXT(0);
}
HANDLER(LOAD_FAST_BORROW) {
    *sp++ = f->locals[pc->arg].borrow();
    NEXT(0);
}
HANDLER(LOAD_FAST_LOAD_FAST) {
    sp[0] = f->locals[pc->arg >> 4].dup();
    sp[1] = f->locals[pc->arg & 15].dup();
    sp += 2;
    NEXT(0);
}
HANDLER(LOAD_FAST_BORROW_LOAD_FAST_BORROW) {
    sp[0] = f->locals[pc->arg >> 4].borrow();
    sp[1] = f->locals[pc->arg & 15].borrow();
    sp += 2;
    NEXT(0);
}
HANDLER(LOAD_FAST_CHECK) {
    Word w = f->locals[pc->arg];
    if (UNLIKELY(w.is_null())) {
        SAVE();
        raise_unbound_local(*t, f, pc->arg);
        UNWIND();
    }
    *sp++ = w.dup();
    NEXT(0);
}
HANDLER(LOAD_FAST_AND_CLEAR) {
    *sp++ = f->locals[pc->arg];
    f->locals[pc->arg] = Word::null();
    NEXT(0);
}
HANDLER(STORE_FAST) {
    Word old = f->locals[pc->arg];
    f->locals[pc->arg] = *--sp;
    if (UNLIKELY(old.is_counted() && !old.is_null())) {
        SAVE();
        decref(old.object());
    }
    NEXT(0);
}
HANDLER(STORE_FAST_LOAD_FAST) {
    Word old = f->locals[pc->arg >> 4];
    f->locals[pc->arg >> 4] = sp[-1];
    sp[-1] = f->locals[pc->arg & 15].dup();
    if (UNLIKELY(old.is_counted() && !old.is_null())) {
        SAVE();
        decref(old.object());
    }
    NEXT(0);
}
HANDLER(STORE_FAST_STORE_FAST) {
    uint32_t first = pc->arg >> 4, second = pc->arg & 15;
    Word old = f->locals[first];
    f->locals[first] = sp[-1];
    Word older = f->locals[second];
    f->locals[second] = sp[-2];
    sp -= 2;
    SAVE();
    old.xclose();
    older.xclose();
    NEXT(0);
}
HANDLER(DELETE_FAST) {
    Word old = f->locals[pc->arg];
    SAVE();
    if (UNLIKELY(old.is_null())) {
        raise_unbound_local(*t, f, pc->arg);
        UNWIND();
    }
    f->locals[pc->arg] = Word::null();
    old.close();
    NEXT(0);
}

HANDLER(LOAD_CONST) {
    *sp++ = f->consts[pc->arg];
    NEXT(0);
}
HANDLER(LOAD_SMALL_INT) {
    *sp++ = Word::from_int(pc->arg);
    NEXT(0);
}
HANDLER(LOAD_COMMON_CONSTANT) {
    *sp++ = common_constant(*t, pc->arg);
    NEXT(0);
}

HANDLER(POP_TOP) {
    Word w = *--sp;
    if (w.is_counted()) {
        SAVE();
        decref(w.object());
    }
    NEXT(0);
}
HANDLER(END_FOR) { BECOME(POP_TOP); }
HANDLER(POP_ITER) { BECOME(POP_TOP); }
HANDLER(PUSH_NULL) {
    *sp++ = Word::null();
    NEXT(0);
}
HANDLER(COPY) {
    Word w = sp[-static_cast<intptr_t>(pc->arg)];
    *sp++ = w.is_null() ? w : w.dup();
    NEXT(0);
}
HANDLER(SWAP) {
    std::swap(sp[-1], sp[-static_cast<intptr_t>(pc->arg)]);
    NEXT(0);
}

HANDLER(MAKE_CELL) {
    SAVE();
    Word initial = f->locals[pc->arg];
    Object* value = nullptr;
    if (!initial.is_null() && !(value = word_take(*t, initial))) UNWIND();
    f->locals[pc->arg] = Word::null();
    Object* cell = cell_new(*t, MaybeRef<Object>::steal(value)).release_or_null();
    if (!cell) UNWIND();
    f->locals[pc->arg] = Word::owned(cell);
    NEXT(0);
}
HANDLER(COPY_FREE_VARS) {
    Tuple* closure = f->func()->closure;
    Word* free = f->locals + f->code()->nlocalsplus - pc->arg;
    for (uint32_t i = 0; i < pc->arg; ++i) free[i] = Word::uncounted(closure->items[i]); // the function keeps them alive
    NEXT(0);
}
HANDLER(LOAD_DEREF) {
    Object* value = cell_value(*t, static_cast<Cell*>(f->locals[pc->arg].object()));
    if (UNLIKELY(!value)) {
        SAVE();
        raise_unbound_cell(*t, f, pc->arg);
        UNWIND();
    }
    *sp++ = Word::owned(value);
    NEXT(0);
}
HANDLER(STORE_DEREF) {
    SAVE();
    Object* value = word_take(*t, *--sp);
    if (!value) UNWIND();
    cell_set(*t, static_cast<Cell*>(f->locals[pc->arg].object()), MaybeRef<Object>::steal(value));
    NEXT(0);
}
HANDLER(DELETE_DEREF) {
    SAVE();
    Cell* cell = static_cast<Cell*>(f->locals[pc->arg].object());
    if (!cell->value) {
        raise_unbound_cell(*t, f, pc->arg);
        UNWIND();
    }
    cell_set(*t, cell, nullptr);
    NEXT(0);
}

HANDLER(poll_and_dispatch) {
    SAVE();
    if (thread_poll(*t).is_error()) UNWIND();
    table = current_table(*t);
    DISPATCH();
}
HANDLER(JUMP_FORWARD) {
    pc += 1 + pc->arg;
    DISPATCH();
}
static HANDLER(poll_and_jump_backward) {
    SAVE();
    if (thread_poll(*t).is_error()) UNWIND();
    table = current_table(*t);
    pc -= static_cast<intptr_t>(pc->arg) - 2;
    DISPATCH();
}
HANDLER(JUMP_BACKWARD) {
    if (UNLIKELY(t->poll_bits.load(std::memory_order_relaxed) != 0)) BECOME(poll_and_jump_backward);
    pc -= static_cast<intptr_t>(pc->arg) - 2;
    DISPATCH();
}
HANDLER(JUMP_BACKWARD_NO_INTERRUPT) {
    pc -= static_cast<intptr_t>(pc->arg) - 1;
    DISPATCH();
}
HANDLER(POP_JUMP_IF_FALSE) {
    Word w = *--sp;
    pc += w.is_object(False()) ? 2 + pc->arg : 2;
    DISPATCH();
}
HANDLER(POP_JUMP_IF_TRUE) {
    Word w = *--sp;
    pc += w.is_object(True()) ? 2 + pc->arg : 2;
    DISPATCH();
}
HANDLER(POP_JUMP_IF_NONE) {
    Word w = *--sp;
    if (w.is_object(None())) {
        pc += 2 + pc->arg;
        DISPATCH();
    }
    SAVE();
    w.close();
    NEXT(1);
}
HANDLER(POP_JUMP_IF_NOT_NONE) {
    Word w = *--sp;
    if (w.is_object(None())) NEXT(1);
    SAVE();
    w.close();
    pc += 2 + pc->arg;
    DISPATCH();
}

HANDLER(TO_BOOL) {
    Word w = sp[-1];
    if (w.is_object(True()) || w.is_object(False())) {
        pc->op = TO_BOOL_BOOL;
        NEXT(3);
    }
    SAVE();
    if (w.is_int() || w.object()->type == &Int::s_type) pc->op = TO_BOOL_INT;
    else if (w.is_object(None())) pc->op = TO_BOOL_NONE;
    else if (w.object()->type == &Str::s_type) pc->op = TO_BOOL_STR;
    else if (w.object()->type == &List::s_type) pc->op = TO_BOOL_LIST;
    int truth = word_truth(*t, sp - 1);
    if (truth < 0) UNWIND();
    sp[-1].close();
    sp[-1] = Word::from_bool(truth);
    NEXT(3);
}
HANDLER(TO_BOOL_BOOL) {
    if (UNLIKELY(!sp[-1].is_object(True()) && !sp[-1].is_object(False()))) DEOPT(39);
    NEXT(3);
}
HANDLER(TO_BOOL_INT) {
    Word w = sp[-1];
    if (LIKELY(w.is_int())) {
        sp[-1] = Word::from_bool(w.int_value() != 0);
        NEXT(3);
    }
    if (UNLIKELY(w.object()->type != &Int::s_type)) DEOPT(39);
    sp[-1] = Word::from_bool(!static_cast<const Int*>(w.object())->is_zero());
    SAVE();
    w.close();
    NEXT(3);
}
HANDLER(TO_BOOL_NONE) {
    if (UNLIKELY(!sp[-1].is_object(None()))) DEOPT(39);
    sp[-1] = Word::from_bool(false);
    NEXT(3);
}
HANDLER(TO_BOOL_STR) {
    Word w = sp[-1];
    if (UNLIKELY(w.is_int() || w.object()->type != &Str::s_type)) DEOPT(39);
    sp[-1] = Word::from_bool(static_cast<Str*>(w.object())->length != 0);
    SAVE();
    w.close();
    NEXT(3);
}
HANDLER(TO_BOOL_LIST) {
    Word w = sp[-1];
    if (UNLIKELY(w.is_int() || w.object()->type != &List::s_type)) DEOPT(39);
    sp[-1] = Word::from_bool(list_size(static_cast<List*>(w.object())) != 0);
    SAVE();
    w.close();
    NEXT(3);
}
HANDLER(TO_BOOL_ALWAYS_TRUE) { BECOME(TO_BOOL); }

HANDLER(UNARY_NOT) {
    ASSERT(sp[-1].is_object(True()) || sp[-1].is_object(False()));
    sp[-1] = Word::from_bool(sp[-1].is_object(False()));
    NEXT(0);
}
HANDLER(UNARY_NEGATIVE) {
    Word w = sp[-1];
    if (w.is_int() && w.int_value() != Word::IntMin) {
        sp[-1] = Word::from_int(-w.int_value());
        NEXT(0);
    }
    SAVE();
    Object* result = unary_operation(*t, sp - 1, negative);
    if (!result) UNWIND();
    sp[-1].close();
    sp[-1] = Word::owned(result);
    NEXT(0);
}
HANDLER(UNARY_INVERT) {
    Word w = sp[-1];
    if (w.is_int()) {
        sp[-1] = Word::from_int(~w.int_value());
        NEXT(0);
    }
    SAVE();
    Object* result = unary_operation(*t, sp - 1, invert);
    if (!result) UNWIND();
    sp[-1].close();
    sp[-1] = Word::owned(result);
    NEXT(0);
}

} // namespace taipan::vm
