// Building and unpacking containers, formatting, pattern matching, intrinsics.
#include "objects/dict.h"
#include "objects/list_internal.h"
#include "objects/set.h"
#include "vm/helpers.h"

namespace taipan::vm {

/// Replaces the top `count` words, which the builder consumed (they are null or gone), by the result.
#define BUILD(result_expression, count)                                                                                                    \
    do {                                                                                                                                   \
        SAVE();                                                                                                                            \
        Word* base = sp - (count);                                                                                                         \
        Object* built = (result_expression);                                                                                               \
        if (UNLIKELY(!built)) UNWIND();                                                                                                    \
        for (Word* w = base; w < sp; ++w) w->xclose();                                                                                     \
        sp = base;                                                                                                                         \
        *sp++ = Word::owned(built);                                                                                                        \
        NEXT(0);                                                                                                                           \
    } while (0)

HANDLER(BUILD_TUPLE) {
    SAVE();
    Word* base = sp - pc->arg;
    Object* tuple = build_tuple(*t, base, pc->arg);
    if (UNLIKELY(!tuple)) UNWIND();
    sp = base;
    *sp++ = Word::owned(tuple);
    NEXT(0);
}
HANDLER(BUILD_LIST) {
    SAVE();
    Word* base = sp - pc->arg;
    Object* list = build_list(*t, base, pc->arg);
    if (UNLIKELY(!list)) UNWIND();
    sp = base;
    *sp++ = Word::owned(list);
    NEXT(0);
}
HANDLER(BUILD_SET) { BUILD(build_set(*t, base, pc->arg), pc->arg); }
HANDLER(BUILD_MAP) { BUILD(build_map(*t, base, pc->arg), pc->arg * 2); }
HANDLER(BUILD_STRING) { BUILD(build_string(*t, base, pc->arg), pc->arg); }
HANDLER(BUILD_SLICE) { BUILD(build_slice(*t, base, pc->arg), pc->arg); }
HANDLER(BUILD_TEMPLATE) { BUILD(build_template(*t, sp), 2); }
HANDLER(BUILD_INTERPOLATION) { BUILD(build_interpolation(*t, sp, pc->arg), 2 + (pc->arg & 1)); }

HANDLER(LIST_APPEND) {
    SAVE();
    List* list = static_cast<List*>(sp[-1 - static_cast<intptr_t>(pc->arg)].object());
    Object* item = word_take(*t, *--sp);
    if (UNLIKELY(!item || list_append_held(*t, list, item).is_error())) UNWIND();
    NEXT(0);
}
HANDLER(SET_ADD) {
    SAVE();
    Object* set = sp[-1 - static_cast<intptr_t>(pc->arg)].object();
    Object* item = word_object(*t, sp - 1);
    if (UNLIKELY(!is<Set>(set))) { // __conditional_annotations__ is a name that programs can bind to anything
        (void)raise(*t, exc::TypeError, "'%T' object is not a set", set);
        UNWIND();
    }
    if (UNLIKELY(!item || set_add_held(*t, static_cast<Set*>(set), item).is_error())) UNWIND();
    (--sp)->close();
    NEXT(0);
}
HANDLER(MAP_ADD) {
    SAVE();
    Object* dict = sp[-2 - static_cast<intptr_t>(pc->arg)].object();
    Object* value = word_object(*t, sp - 1);
    Object* key = value ? word_object(*t, sp - 2) : nullptr;
    if (UNLIKELY(!key || dict_set_held(*t, static_cast<Dict*>(dict), key, value).is_error())) UNWIND();
    sp -= 2;
    sp[1].close();
    sp[0].close();
    NEXT(0);
}
HANDLER(LIST_EXTEND) {
    SAVE();
    if (UNLIKELY(!list_extend_word(*t, sp[-1 - static_cast<intptr_t>(pc->arg)].object(), sp - 1))) UNWIND();
    (--sp)->close();
    NEXT(0);
}
HANDLER(SET_UPDATE) {
    SAVE();
    if (UNLIKELY(!set_update_word(*t, sp[-1 - static_cast<intptr_t>(pc->arg)].object(), sp - 1))) UNWIND();
    (--sp)->close();
    NEXT(0);
}
HANDLER(DICT_UPDATE) {
    SAVE();
    if (UNLIKELY(!dict_update_word(*t, sp[-1 - static_cast<intptr_t>(pc->arg)].object(), sp - 1))) UNWIND();
    (--sp)->close();
    NEXT(0);
}
HANDLER(DICT_MERGE) {
    SAVE();
    if (UNLIKELY(!dict_merge_word(*t, sp[-1 - static_cast<intptr_t>(pc->arg)].object(), sp - 1, sp[-4 - static_cast<intptr_t>(pc->arg)])))
        UNWIND();
    (--sp)->close();
    NEXT(0);
}

HANDLER(UNPACK_SEQUENCE) {
    SAVE();
    Word sequence = sp[-1];
    if (pc->counter == 0) {
        if (!sequence.is_int()) {
            Object* o = sequence.object();
            if (o->type == &Tuple::s_type && static_cast<Tuple*>(o)->size == pc->arg)
                pc->op = pc->arg == 2 ? UNPACK_SEQUENCE_TWO_TUPLE : UNPACK_SEQUENCE_TUPLE;
            else if (o->type == &List::s_type) pc->op = UNPACK_SEQUENCE_LIST;
        }
        pc->counter = FailedBackoff;
    } else {
        --pc->counter;
    }
    Object* o = word_object(*t, sp - 1);
    if (UNLIKELY(!o)) UNWIND();
    sequence = sp[-1];
    // The items go where the sequence stands, so it moves out of the way first.
    --sp;
    f->sp = sp;
    bool ok = unpack_sequence(*t, o, pc->arg, sp);
    sequence.close();
    if (UNLIKELY(!ok)) UNWIND();
    sp += pc->arg;
    NEXT(1);
}
HANDLER(UNPACK_SEQUENCE_TWO_TUPLE) {
    Word sequence = sp[-1];
    if (UNLIKELY(sequence.is_int() || sequence.object()->type != &Tuple::s_type || static_cast<Tuple*>(sequence.object())->size != 2))
        DEOPT(119);
    Tuple* tuple = static_cast<Tuple*>(sequence.object());
    Word first = Word::from(tuple->items[0]), second = Word::from(tuple->items[1]);
    sp[-1] = second;
    sp[0] = first;
    ++sp;
    if (sequence.is_counted()) {
        SAVE();
        decref(tuple);
    }
    NEXT(1);
}
HANDLER(UNPACK_SEQUENCE_TUPLE) {
    Word sequence = sp[-1];
    if (UNLIKELY(sequence.is_int() || sequence.object()->type != &Tuple::s_type || static_cast<Tuple*>(sequence.object())->size != pc->arg))
        DEOPT(119);
    Tuple* tuple = static_cast<Tuple*>(sequence.object());
    --sp;
    for (intptr_t i = pc->arg; i-- > 0;) *sp++ = Word::from(tuple->items[i]);
    if (sequence.is_counted()) {
        SAVE();
        decref(tuple);
    }
    NEXT(1);
}
HANDLER(UNPACK_SEQUENCE_LIST) {
    Word sequence = sp[-1];
    if (UNLIKELY(sequence.is_int() || sequence.object()->type != &List::s_type)) DEOPT(119);
    List* list = static_cast<List*>(sequence.object());
    if (UNLIKELY(!is_unshared(list) || list->size != pc->arg)) {
        SAVE();
        f->sp = --sp;
        bool ok = unpack_sequence(*t, list, pc->arg, sp);
        sequence.close();
        if (UNLIKELY(!ok)) UNWIND();
        sp += pc->arg;
        NEXT(1);
    }
    --sp;
    for (intptr_t i = pc->arg; i-- > 0;) *sp++ = Word::from(list->items[i]);
    if (sequence.is_counted()) {
        SAVE();
        decref(list);
    }
    NEXT(1);
}
HANDLER(UNPACK_EX) {
    SAVE();
    uint32_t before = pc->arg & 0xff, after = pc->arg >> 8;
    Object* o = word_object(*t, sp - 1);
    if (UNLIKELY(!o)) UNWIND();
    Word sequence = sp[-1];
    --sp;
    f->sp = sp;
    bool ok = unpack_ex(*t, o, before, after, sp);
    sequence.close();
    if (UNLIKELY(!ok)) UNWIND();
    sp += before + after + 1;
    NEXT(0);
}

HANDLER(CONVERT_VALUE) {
    SAVE();
    Object* value = word_object(*t, sp - 1);
    Object* result = value ? convert_value(*t, value, pc->arg) : nullptr;
    if (UNLIKELY(!result)) UNWIND();
    sp[-1].close();
    sp[-1] = Word::owned(result);
    NEXT(0);
}
HANDLER(FORMAT_SIMPLE) {
    Word value = sp[-1];
    if (!value.is_int() && value.object()->type == &Str::s_type) NEXT(0);
    SAVE();
    Object* result = format_word(*t, sp - 1, nullptr);
    if (UNLIKELY(!result)) UNWIND();
    sp[-1].close();
    sp[-1] = Word::owned(result);
    NEXT(0);
}
HANDLER(FORMAT_WITH_SPEC) {
    SAVE();
    Object* spec = word_object(*t, sp - 1);
    Object* result = spec ? format_word(*t, sp - 2, spec) : nullptr;
    if (UNLIKELY(!result)) UNWIND();
    sp[-1].close();
    sp[-2].close();
    --sp;
    sp[-1] = Word::owned(result);
    NEXT(0);
}

HANDLER(GET_LEN) {
    SAVE();
    Object* o = word_object(*t, sp - 1);
    if (UNLIKELY(!o)) UNWIND();
    auto size = length(*t, o);
    if (UNLIKELY(size.is_error())) UNWIND();
    *sp++ = Word::from_int(size.take());
    NEXT(0);
}
HANDLER(MATCH_MAPPING) {
    bool match = word_type(sp[-1])->has(type_flag::Mapping);
    *sp++ = Word::from_bool(match);
    NEXT(0);
}
HANDLER(MATCH_SEQUENCE) {
    bool match = word_type(sp[-1])->has(type_flag::Sequence);
    *sp++ = Word::from_bool(match);
    NEXT(0);
}
HANDLER(MATCH_KEYS) {
    SAVE();
    Object* result = match_keys(*t, sp[-2].object(), sp[-1].object());
    if (UNLIKELY(!result)) UNWIND();
    *sp++ = Word::owned(result);
    NEXT(0);
}
HANDLER(MATCH_CLASS) {
    SAVE();
    Object* subject = word_object(*t, sp - 3);
    Object* type = subject ? word_object(*t, sp - 2) : nullptr;
    Object* result = type ? match_class(*t, subject, type, pc->arg, sp[-1].object()) : nullptr;
    if (UNLIKELY(!result && t->has_exception())) UNWIND();
    Word names = sp[-1], class_word = sp[-2], subject_word = sp[-3];
    sp -= 2;
    sp[-1] = result ? Word::owned(result) : Word::none();
    f->sp = sp;
    names.close();
    class_word.close();
    subject_word.close();
    NEXT(0);
}

HANDLER(CALL_INTRINSIC_1) {
    SAVE();
    Object* value = word_object(*t, sp - 1);
    Object* result = value ? call_intrinsic_1(*t, f, pc->arg, value) : nullptr;
    if (UNLIKELY(!result)) UNWIND();
    Word old = sp[-1];
    sp[-1] = Word::owned(result);
    old.close();
    NEXT(0);
}
HANDLER(CALL_INTRINSIC_2) {
    SAVE();
    Object* b = word_object(*t, sp - 1);
    Object* a = b ? word_object(*t, sp - 2) : nullptr;
    Object* result = a ? call_intrinsic_2(*t, f, pc->arg, a, b) : nullptr;
    if (UNLIKELY(!result)) UNWIND();
    Word second = sp[-1], first = sp[-2];
    --sp;
    sp[-1] = Word::owned(result);
    f->sp = sp;
    first.close();
    second.close();
    NEXT(0);
}

} // namespace taipan::vm
