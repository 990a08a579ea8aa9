// Iteration, generators and awaiting. A generator resumed by a loop or by `yield from` runs in the same interpreter loop;
// its frame, which lives in the generator object, is linked on top of the resuming one.
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/slice.h"
#include "objects/tuple.h"
#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan::vm {

constexpr uint16_t OpForIter = 70;

HANDLER(GET_ITER) {
    SAVE();
    Object* o = word_object(*t, sp - 1);
    Object* iterator = o ? get_iterator(*t, o).release_or_null() : nullptr;
    if (UNLIKELY(!iterator)) UNWIND();
    Word old = sp[-1];
    sp[-1] = Word::owned(iterator);
    old.close();
    NEXT(0);
}
HANDLER(GET_YIELD_FROM_ITER) {
    SAVE();
    Object* o = word_object(*t, sp - 1);
    Object* iterator = o ? get_yield_from_iterator(*t, f, o) : nullptr;
    if (UNLIKELY(!iterator)) UNWIND();
    Word old = sp[-1];
    sp[-1] = Word::owned(iterator);
    old.close();
    NEXT(0);
}
/// The loop step of any iterator. The specialised forms come here, too, for an iterator that other threads may see: they
/// stay as they are, for the next one may be this thread's own.
/// (Under AddressSanitizer its frame would need realignment, which a tail call cannot leave.)
__attribute__((no_sanitize("address"))) static HANDLER(for_iter_general) {
    SAVE();
    Object* iterator = sp[-1].object();
    if (UNLIKELY(!iterator->type->next)) { // the argument of a generator expression, exchanged in its frame
        (void)raise(*t, exc::TypeError, "'%T' object is not an iterator", iterator);
        UNWIND();
    }
    Object* item = iterator->type->next(iterator);
    if (LIKELY(item != nullptr)) {
        *sp++ = Word::owned(item);
        NEXT(1);
    }
    if (t->has_exception() && !end_of_iteration(*t, f)) UNWIND();
    // Exhausted: on to the instruction after END_FOR, which POP_ITER then takes the iterator off.
    pc += 2 + pc->arg + 1;
    DISPATCH();
}
HANDLER(FOR_ITER) {
    SAVE();
    if (UNLIKELY(pc->counter == 0)) specialize_for_iter(*t, sp[-1], pc);
    else --pc->counter;
    if (pc->op != OpForIter) DISPATCH();
    BECOME(for_iter_general);
}
#define EXHAUSTED()                                                                                                    \
    do {                                                                                                               \
        pc += 2 + pc->arg + 1;                                                                                         \
        DISPATCH();                                                                                                    \
    } while (0)

HANDLER(FOR_ITER_RANGE) {
    Word word = sp[-1];
    if (UNLIKELY(word.object()->type != &RangeIterator::s_type)) DEOPT(OpForIter);
    RangeIterator* iterator = static_cast<RangeIterator*>(word.object());
    if (UNLIKELY(is_multi_threaded() && !is_uniquely_owned(iterator))) BECOME(for_iter_general);
    if (UNLIKELY(iterator->remaining <= 0)) EXHAUSTED();
    int64_t value = iterator->next_value;
    if (UNLIKELY(!Word::fits(value))) DEOPT(OpForIter);
    --iterator->remaining;
    iterator->next_value = value + iterator->step;
    *sp++ = Word::from_int(value);
    NEXT(1);
}
HANDLER(FOR_ITER_LIST) {
    Word word = sp[-1];
    if (UNLIKELY(word.object()->type != &ListIterator::s_type)) DEOPT(OpForIter);
    SequenceIteratorBase* iterator = static_cast<SequenceIteratorBase*>(word.object());
    if (UNLIKELY(is_multi_threaded())) {
        SAVE();
        Object* item = iterator->type->next(iterator);
        if (UNLIKELY(!item)) EXHAUSTED();
        *sp++ = Word::owned(item);
        NEXT(1);
    }
    List* list = static_cast<List*>(iterator->sequence);
    if (UNLIKELY(!list)) EXHAUSTED();
    if (UNLIKELY(iterator->index >= list->size)) {
        SAVE();
        iterator->sequence = nullptr;
        iterator->index = -1;
        decref(list);
        EXHAUSTED();
    }
    *sp++ = Word::from(list->items[iterator->index++]);
    NEXT(1);
}
HANDLER(FOR_ITER_TUPLE) {
    Word word = sp[-1];
    if (UNLIKELY(word.object()->type != &TupleIterator::s_type)) DEOPT(OpForIter);
    SequenceIteratorBase* iterator = static_cast<SequenceIteratorBase*>(word.object());
    if (UNLIKELY(is_multi_threaded() && !is_uniquely_owned(iterator))) BECOME(for_iter_general);
    Tuple* tuple = static_cast<Tuple*>(iterator->sequence);
    if (UNLIKELY(!tuple)) EXHAUSTED();
    if (UNLIKELY(iterator->index >= tuple->size)) {
        SAVE();
        iterator->sequence = nullptr;
        decref(tuple);
        EXHAUSTED();
    }
    *sp++ = Word::from(tuple->items[iterator->index++]);
    NEXT(1);
}
HANDLER(FOR_ITER_GENERATOR) {
    Word word = sp[-1];
    if (UNLIKELY(word.object()->type != &Generator::s_type)) DEOPT(OpForIter);
    Generator* generator = static_cast<Generator*>(word.object());
    SAVE();
    if (UNLIKELY(!generator_claim(generator))) DEOPT(OpForIter);
    if (UNLIKELY(t->recursion_depth >= t->recursion_limit)) {
        generator_unclaim(generator);
        DEOPT(OpForIter);
    }
    f->yield_pc = pc + 2;
    f->return_pc = pc + 2 + pc->arg; // END_FOR drops the value returned
    f = generator_enter(*t, generator, Word::none());
    sp = f->sp;
    pc = f->pc;
    DISPATCH();
}

HANDLER(SEND) {
    SAVE();
    Word receiver = sp[-2];
    if (!receiver.is_int() && (receiver.object()->type == &Generator::s_type || receiver.object()->type == &Coroutine::s_type)) {
        Generator* generator = static_cast<Generator*>(receiver.object());
        if (LIKELY(t->recursion_depth < t->recursion_limit) && generator_claim(generator)) {
            Word value = (--sp)->to_owned();
            f->sp = sp;
            f->yield_pc = pc + 2;
            f->return_pc = pc + 2 + pc->arg;
            f = generator_enter(*t, generator, value);
            sp = f->sp;
            pc = f->pc;
            DISPATCH();
        }
    }
    Object* value = word_object(*t, sp - 1);
    if (UNLIKELY(!value)) UNWIND();
    Object* result = nullptr;
    SendOutcome outcome = send_value(*t, receiver.object(), value, &result);
    if (UNLIKELY(outcome == SendOutcome::Error)) UNWIND();
    sp[-1].close();
    sp[-1] = Word::owned(result);
    if (outcome == SendOutcome::Next) NEXT(1);
    pc += 2 + pc->arg;
    DISPATCH();
}
HANDLER(SEND_GENERATOR) { BECOME(SEND); }
HANDLER(END_SEND) {
    Word value = sp[-1], receiver = sp[-2];
    sp[-2] = value;
    --sp;
    SAVE();
    receiver.close();
    NEXT(0);
}
HANDLER(RETURN_GENERATOR) {
    SAVE();
    Object* generator = generator_from_frame(*t, f);
    if (UNLIKELY(!generator)) UNWIND();
    Frame* caller = f->previous;
    bool entry = f->is_entry;
    frame_pop(*t, f);
    if (entry) return generator;
    f = caller;
    sp = f->sp;
    *sp++ = Word::owned(generator);
    pc = f->return_pc;
    DISPATCH();
}
HANDLER(YIELD_VALUE) {
    Word value = sp[-1].to_owned();
    --sp;
    SAVE();
    f->pc = pc + 1; // goes on at the RESUME that follows
    Frame* caller = f->previous;
    bool entry = f->is_entry;
    generator_suspend(*t, f);
    if (entry) {
        t->entry_yielded = true;
        return finish_entry(*t, value);
    }
    f = caller;
    sp = f->sp;
    *sp++ = value;
    pc = f->yield_pc;
    DISPATCH();
}

HANDLER(GET_AWAITABLE) {
    SAVE();
    Object* o = word_object(*t, sp - 1);
    Object* awaitable = o ? get_awaitable(*t, o, pc->arg) : nullptr;
    if (UNLIKELY(!awaitable)) UNWIND();
    Word old = sp[-1];
    sp[-1] = Word::owned(awaitable);
    old.close();
    NEXT(0);
}
HANDLER(GET_AITER) {
    SAVE();
    Object* o = word_object(*t, sp - 1);
    Object* iterator = o ? get_async_iterator(*t, o) : nullptr;
    if (UNLIKELY(!iterator)) UNWIND();
    Word old = sp[-1];
    sp[-1] = Word::owned(iterator);
    old.close();
    NEXT(0);
}
HANDLER(GET_ANEXT) {
    SAVE();
    Object* awaitable = get_async_next(*t, sp[-1].object());
    if (UNLIKELY(!awaitable)) UNWIND();
    *sp++ = Word::owned(awaitable);
    NEXT(0);
}
// [iterator, exception]: StopAsyncIteration ends the loop.
HANDLER(END_ASYNC_FOR) {
    SAVE();
    Object* exception = sp[-1].object();
    if (is_subtype(exception->type, &exc::StopAsyncIteration)) {
        Word raised = sp[-1], iterator = sp[-2];
        sp -= 2;
        f->sp = sp;
        raised.close();
        iterator.close();
        NEXT(0);
    }
    incref(exception);
    assign_field(t->exception, exception);
    (--sp)->close();
    MUSTTAIL return op_unwind_reraise(HANDLER_ARGS);
}
// [sub-iterator, last value, exception]: a StopIteration thrown into `yield from` becomes its result.
HANDLER(CLEANUP_THROW) {
    SAVE();
    Object* exception = sp[-1].object();
    if (is_subtype(exception->type, &exc::StopIteration)) {
        Object* value = static_cast<StopIterationObject*>(exception)->value;
        Word result = value ? Word::from(value) : Word::none();
        Word raised = sp[-1], last = sp[-2], receiver = sp[-3];
        sp[-3] = Word::none();
        sp[-2] = result;
        --sp;
        f->sp = sp;
        raised.close();
        last.close();
        receiver.close();
        NEXT(0);
    }
    incref(exception);
    assign_field(t->exception, exception);
    MUSTTAIL return op_unwind_reraise(HANDLER_ARGS);
}

} // namespace taipan::vm
