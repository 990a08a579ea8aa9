// Iteration, generators and awaiting. A generator resumed by a loop or by `yield from` runs in the same interpreter loop;
// its frame, which lives in the generator object, is linked on top of the resuming one.
#include "objects/dict_keys.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/slice.h"
#include "objects/tuple.h"
#include "vm/generators.h"
#include "vm/helpers.h"

namespace taipan::vm {

constexpr uint16_t OpForIter = 70, OpUnpackSequence = 119;

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
/// On to the instruction after END_FOR, which POP_ITER then takes the iterator off.
#define EXHAUSTED()                                                                                                                        \
    do {                                                                                                                                   \
        pc += 2 + pc->arg + 1;                                                                                                             \
        DISPATCH();                                                                                                                        \
    } while (0)
/// An iterator has given nothing: it is at its end, or has raised.
static HANDLER(for_iter_ended) {
    if (t->has_exception() && !end_of_iteration(*t, f)) UNWIND();
    EXHAUSTED();
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
    if (UNLIKELY(!item)) BECOME(for_iter_ended);
    *sp++ = Word::owned(item);
    NEXT(1);
}
HANDLER(FOR_ITER) {
    SAVE();
    if (UNLIKELY(pc->counter == 0)) specialize_for_iter(*t, sp[-1], pc);
    else --pc->counter;
    if (pc->op != OpForIter) DISPATCH();
    BECOME(for_iter_general);
}
HANDLER(FOR_ITER_RANGE) {
    Word word = sp[-1];
    if (UNLIKELY(word.object()->type != &RangeIterator::s_type)) DEOPT(OpForIter);
    RangeIterator* iterator = static_cast<RangeIterator*>(word.object());
    if (UNLIKELY(!is_unshared(iterator))) BECOME(for_iter_general);
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
    // The iterator first: the list may have one reference, too, which is in many hands if the iterator is.
    if (UNLIKELY(!is_unshared(iterator))) BECOME(for_iter_general);
    List* list = static_cast<List*>(iterator->sequence);
    if (UNLIKELY(!list)) EXHAUSTED();
    if (UNLIKELY(!is_unshared(list))) {
        SAVE();
        Object* item = iterator->index < list_size(list) ? list_get(*t, list, iterator->index).release() : nullptr;
        if (UNLIKELY(!item)) BECOME(for_iter_general);
        ++iterator->index;
        *sp++ = Word::owned(item);
        NEXT(1);
    }
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
    if (UNLIKELY(!is_unshared(iterator))) BECOME(for_iter_general);
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
namespace {
/// A word that owns its count: it must outlast whatever the other iterator of a zip does.
ALWAYS_INLINE Word held(Object* o) {
    if (is_immortal(o)) return Word::uncounted(o);
    incref(o);
    return Word::owned(o);
}
/// The next item of any iterator, ints of ranges unboxed. False: none; an exception may be set.
ALWAYS_INLINE bool next_word(Thread& t, Object* iterator, Word* out) {
    Type* type = iterator->type;
    if (UNLIKELY(!is_unshared(iterator))) {
        // the general way
    } else if (type == &ListIterator::s_type) {
        auto* it = static_cast<SequenceIteratorBase*>(iterator);
        auto* list = static_cast<List*>(it->sequence);
        if (LIKELY(list && static_cast<size_t>(it->index) < static_cast<size_t>(list_size(list)))) {
            if (LIKELY(!is_multi_threaded())) {
                *out = held(list->items[it->index++]);
                return true;
            }
            if (Object* item = list_get(t, list, it->index).release()) {
                ++it->index;
                *out = Word::owned(item);
                return true;
            }
        }
    } else if (type == &TupleIterator::s_type) {
        auto* it = static_cast<SequenceIteratorBase*>(iterator);
        auto* tuple = static_cast<Tuple*>(it->sequence);
        if (LIKELY(tuple && static_cast<size_t>(it->index) < static_cast<size_t>(tuple->size))) {
            *out = held(tuple->items[it->index++]);
            return true;
        }
    } else if (type == &RangeIterator::s_type) {
        auto* it = static_cast<RangeIterator*>(iterator);
        if (LIKELY(it->remaining > 0 && Word::fits(it->next_value))) {
            *out = Word::from_int(it->next_value);
            it->next_value += it->step;
            --it->remaining;
            return true;
        }
    }
    Object* item = type->next(iterator);
    *out = Word::owned(item);
    return item != nullptr;
}
/// The next entry for a forward iterator over a dict that is_unshared; a null place wants nothing. False: the end, or an error, which
/// the general way finds again.
ALWAYS_INLINE bool next_entry(Thread& t, DictIterator* it, Word* key_place, Word* value_place) {
    Dict* dict = it->dict;
    if (UNLIKELY(!dict || dict->values || it->used != dict_size(dict) || it->remaining <= 0)) return false;
    intptr_t position = it->position;
    Object *key, *value;
    if (UNLIKELY(is_multi_threaded())) {
        intptr_t hash;
        if (dict_walk(t, dict, &position, &key, &value, &hash) == Walk::End) return false;
        it->position = position;
        --it->remaining;
        if (key_place) *key_place = Word::owned(key);
        else decref(key);
        if (value_place) *value_place = Word::owned(value);
        else decref(value);
        return true;
    }
    if (UNLIKELY(!keys_entry_from(dict->keys, &position, &key, &value))) return false;
    it->position = position + 1;
    --it->remaining;
    if (key_place) *key_place = held(key);
    if (value_place) *value_place = held(value);
    return true;
}
enum class PairStep { Given, Exhausted, General };
/// The pair that an iterator of the kinds below would give next, as UNPACK_SEQUENCE leaves it on the stack, without the
/// tuple. The iterator is_unshared.
PairStep next_pair(Thread& t, Object* iterator, Word* sp) {
    Type* type = iterator->type;
    if (type == &Zip::s_type) {
        auto* zip = static_cast<Zip*>(iterator);
        auto* iterators = static_cast<Tuple*>(zip->iterators);
        if (UNLIKELY(iterators->size != 2 || zip->strict)) return PairStep::General;
        if (!next_word(t, iterators->items[0], sp + 1)) return PairStep::Exhausted;
        if (!next_word(t, iterators->items[1], sp)) {
            sp[1].close();
            return PairStep::Exhausted;
        }
        return PairStep::Given;
    }
    if (type == &Enumerate::s_type) {
        auto* enumerate = static_cast<Enumerate*>(iterator);
        if (UNLIKELY(!Word::fits(enumerate->index))) return PairStep::General;
        if (!next_word(t, enumerate->iterator, sp)) return PairStep::Exhausted;
        sp[1] = Word::from_int(enumerate->index++);
        return PairStep::Given;
    }
    return next_entry(t, static_cast<DictIterator*>(iterator), sp + 1, sp) ? PairStep::Given : PairStep::General;
}
} // namespace
// `for a, b in zip(…)`, enumerate(…), dict.items(): the two go to the stack at once, and the instruction that takes the
// tuple apart is passed over.
HANDLER(FOR_ITER_PAIR) {
    Object* iterator = sp[-1].object();
    Type* type = iterator->type;
    if (UNLIKELY(type != &Zip::s_type && type != &Enumerate::s_type && type != &DictItemIterator::s_type)) DEOPT(OpForIter);
    Insn* unpack = pc + 2;
    if (UNLIKELY(!is_unshared(iterator) || (unpack->op != OpUnpackSequence && unpack->op != UNPACK_SEQUENCE_TWO_TUPLE)))
        BECOME(for_iter_general);
    SAVE();
    PairStep step = next_pair(*t, iterator, sp);
    if (LIKELY(step == PairStep::Given)) {
        sp += 2;
        pc = unpack + 2;
        DISPATCH();
    }
    if (step == PairStep::General) BECOME(for_iter_general);
    BECOME(for_iter_ended);
}
HANDLER(FOR_ITER_DICT) {
    Object* iterator = sp[-1].object();
    bool keys = iterator->type == &DictKeyIterator::s_type;
    if (UNLIKELY(!keys && iterator->type != &DictValueIterator::s_type)) DEOPT(OpForIter);
    if (UNLIKELY(!is_unshared(iterator))) BECOME(for_iter_general);
    SAVE();
    auto* it = static_cast<DictIterator*>(iterator);
    if (UNLIKELY(!(keys ? next_entry(*t, it, sp, nullptr) : next_entry(*t, it, nullptr, sp)))) BECOME(for_iter_general);
    ++sp;
    NEXT(1);
}
// An iterator of any other type, for as long as it is the same one.
HANDLER(FOR_ITER_TYPE) {
    Object* iterator = sp[-1].object();
    Type* type = iterator->type;
    if (UNLIKELY(*cache(pc) != reinterpret_cast<uintptr_t>(type) || !type->next)) DEOPT(OpForIter);
    SAVE();
    Object* item = type->next(iterator);
    if (UNLIKELY(!item)) BECOME(for_iter_ended);
    *sp++ = Word::owned(item);
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
    f->return_pc = pc + 2 + pc->arg; // END_FOR drops the value returned
    f = generator_enter(*t, generator, Word::none());
    sp = f->sp;
    pc = f->pc;
    DISPATCH();
}

/// The next item for `yield from` of an iterator that it walks most, in line; null: the general way.
static ALWAYS_INLINE Word step_in_line(Object* o) {
    if (!is_unshared(o)) return Word::null();
    if (o->type == &RangeIterator::s_type) {
        auto* iterator = static_cast<RangeIterator*>(o);
        int64_t value = iterator->next_value;
        if (UNLIKELY(iterator->remaining <= 0 || !Word::fits(value))) return Word::null();
        --iterator->remaining;
        iterator->next_value = value + iterator->step;
        return Word::from_int(value);
    }
    if (o->type == &ListIterator::s_type) {
        auto* iterator = static_cast<SequenceIteratorBase*>(o);
        auto* list = static_cast<List*>(iterator->sequence);
        if (UNLIKELY(!list || !is_unshared(list) || iterator->index >= list->size)) return Word::null();
        return Word::from(list->items[iterator->index++]);
    }
    return Word::null();
}
HANDLER(SEND) {
    SAVE();
    Word receiver = sp[-2];
    if (!receiver.is_int() && (receiver.object()->type == &Generator::s_type || receiver.object()->type == &Coroutine::s_type)) {
        Generator* generator = static_cast<Generator*>(receiver.object());
        if (LIKELY(t->recursion_depth < t->recursion_limit) && generator_claim(generator)) {
            Word value = (--sp)->to_owned();
            f->sp = sp;
            f->return_pc = pc + 2 + pc->arg;
            f = generator_enter(*t, generator, value);
            sp = f->sp;
            pc = f->pc;
            DISPATCH();
        }
    }
    if (LIKELY(sp[-1].bits == Word::none().bits)) {
        if (Word item = step_in_line(receiver.object()); !item.is_null()) {
            sp[-1] = item;
            NEXT(1);
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
    uint8_t entry = f->is_entry;
    generator_suspend(*t, f);
    if (entry) {
        t->entry_yielded = true;
        if (entry == EntryTakesWord) return reinterpret_cast<Object*>(value.bits);
        return finish_entry(*t, value);
    }
    f = caller;
    sp = f->sp;
    *sp++ = value;
    pc = f->pc + 2; // behind the FOR_ITER or SEND that went into it
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
