// BINARY_OP, comparisons, membership, subscripts and slices.
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/set.h"
#include "objects/tuple.h"
#include "vm/attribute_cache.h"
#include "vm/float_words.h"
#include "vm/helpers.h"

namespace taipan::vm {

constexpr uint16_t OpBinaryOp = 44, OpCompareOp = 56, OpStoreSubscr = 38;

HANDLER(BINARY_OP) {
    SAVE();
    if (UNLIKELY(pc->counter == 0)) specialize_binary_op(*t, f, sp, pc);
    else --pc->counter;
    if (pc->op != OpBinaryOp) DISPATCH();
    Object* result = binary_operation(*t, sp, pc->arg);
    if (UNLIKELY(!result)) UNWIND();
    Word right = sp[-1], left = sp[-2];
    sp[-2] = Word::owned(result);
    --sp;
    f->sp = sp;
    right.close();
    left.close();
    NEXT(5);
}

// Arithmetic on ints. Both operands unboxed is the fast case; boxed ones of up to two digits follow.
#define INT_OPERANDS()                                                                                                                     \
    int64_t a, b;                                                                                                                          \
    Word left = sp[-2], right = sp[-1];                                                                                                    \
    if (LIKELY(left.is_int() && right.is_int())) {                                                                                         \
        a = left.int_value();                                                                                                              \
        b = right.int_value();                                                                                                             \
    } else if (!word_int64(left, &a) || !word_int64(right, &b)) {                                                                          \
        DEOPT(OpBinaryOp);                                                                                                                 \
    }
#define INT_RESULT(value)                                                                                                                  \
    do {                                                                                                                                   \
        left.close();                                                                                                                      \
        right.close();                                                                                                                     \
        sp[-2] = Word::from_int(value);                                                                                                    \
        --sp;                                                                                                                              \
        NEXT(5);                                                                                                                           \
    } while (0)

HANDLER(BINARY_OP_ADD_INT) {
    Word left = sp[-2], right = sp[-1];
    if (LIKELY(left.is_int() && right.is_int())) {
        int64_t sum;
        if (LIKELY(!__builtin_add_overflow(static_cast<int64_t>(left.bits), static_cast<int64_t>(right.bits ^ Word::SmallInt), &sum))) {
            sp[-2] = Word{static_cast<uintptr_t>(sum)};
            --sp;
            NEXT(5);
        }
        DEOPT(OpBinaryOp);
    }
    int64_t a, b;
    if (!word_int64(left, &a) || !word_int64(right, &b) || !Word::fits(a + b)) DEOPT(OpBinaryOp);
    INT_RESULT(a + b);
}
HANDLER(BINARY_OP_SUBTRACT_INT) {
    INT_OPERANDS();
    int64_t value = a - b;
    if (UNLIKELY(!Word::fits(value))) DEOPT(OpBinaryOp);
    INT_RESULT(value);
}
HANDLER(BINARY_OP_MULTIPLY_INT) {
    INT_OPERANDS();
    int64_t value;
    if (UNLIKELY(__builtin_mul_overflow(a, b, &value) || !Word::fits(value))) DEOPT(OpBinaryOp);
    INT_RESULT(value);
}
HANDLER(BINARY_OP_FLOOR_DIVIDE_INT) {
    INT_OPERANDS();
    if (UNLIKELY(b == 0)) DEOPT(OpBinaryOp);
    int64_t quotient = a / b;
    if ((a % b != 0) && ((a < 0) != (b < 0))) --quotient;
    if (UNLIKELY(!Word::fits(quotient))) DEOPT(OpBinaryOp);
    INT_RESULT(quotient);
}
HANDLER(BINARY_OP_REMAINDER_INT) {
    INT_OPERANDS();
    if (UNLIKELY(b == 0)) DEOPT(OpBinaryOp);
    int64_t remainder = a % b;
    if (remainder != 0 && ((remainder < 0) != (b < 0))) remainder += b;
    INT_RESULT(remainder);
}
HANDLER(BINARY_OP_AND_INT) {
    INT_OPERANDS();
    INT_RESULT(a & b);
}
HANDLER(BINARY_OP_OR_INT) {
    INT_OPERANDS();
    INT_RESULT(a | b);
}
HANDLER(BINARY_OP_XOR_INT) {
    INT_OPERANDS();
    INT_RESULT(a ^ b);
}
HANDLER(BINARY_OP_LSHIFT_INT) {
    INT_OPERANDS();
    if (UNLIKELY(b < 0 || b > 60)) DEOPT(OpBinaryOp);
    int64_t value = static_cast<int64_t>(static_cast<uint64_t>(a) << b);
    if (UNLIKELY((value >> b) != a || !Word::fits(value))) DEOPT(OpBinaryOp);
    INT_RESULT(value);
}
HANDLER(BINARY_OP_RSHIFT_INT) {
    INT_OPERANDS();
    if (UNLIKELY(b < 0)) DEOPT(OpBinaryOp);
    INT_RESULT(a >> (b > 63 ? 63 : b));
}

// Arithmetic on floats; one operand may be an int. A temporary operand's memory takes the result.
#define FLOAT_OP(name, expression)                                                                                                         \
    HANDLER(BINARY_OP_##name##_FLOAT) {                                                                                                    \
        double a, b;                                                                                                                       \
        Word left = sp[-2], right = sp[-1];                                                                                                \
        if (UNLIKELY(!word_double(left, &a) || !word_double(right, &b))) DEOPT(OpBinaryOp);                                                \
        if (UNLIKELY(left.is_int() && right.is_int())) DEOPT(OpBinaryOp);                                                                  \
        double value = (expression);                                                                                                       \
        Word result = float_result(*t, left, right, value);                                                                                \
        if (UNLIKELY(result.is_null())) {                                                                                                  \
            SAVE();                                                                                                                        \
            UNWIND();                                                                                                                      \
        }                                                                                                                                  \
        sp[-2] = result;                                                                                                                   \
        --sp;                                                                                                                              \
        NEXT(5);                                                                                                                           \
    }
FLOAT_OP(ADD, a + b)
FLOAT_OP(SUBTRACT, a - b)
FLOAT_OP(MULTIPLY, a* b)
HANDLER(BINARY_OP_TRUE_DIVIDE_FLOAT) {
    double a, b;
    Word left = sp[-2], right = sp[-1];
    if (UNLIKELY(!word_double(left, &a) || !word_double(right, &b) || b == 0)) DEOPT(OpBinaryOp);
    Word result = float_result(*t, left, right, a / b);
    if (UNLIKELY(result.is_null())) {
        SAVE();
        UNWIND();
    }
    sp[-2] = result;
    --sp;
    NEXT(5);
}

HANDLER(BINARY_OP_ADD_STR) {
    Word left = sp[-2], right = sp[-1];
    if (UNLIKELY(left.is_int() || right.is_int() || left.object()->type != &Str::s_type || right.object()->type != &Str::s_type))
        DEOPT(OpBinaryOp);
    SAVE();
    Object* result = str_concat(*t, static_cast<Str*>(left.object()), static_cast<Str*>(right.object())).release_or_null();
    if (UNLIKELY(!result)) UNWIND();
    sp[-2] = Word::owned(result);
    --sp;
    left.close();
    right.close();
    NEXT(5);
}
// `s += x` where the next instruction stores to the local that `s` came from: the local gives up its reference first, so
// that the string can grow in place.
HANDLER(BINARY_OP_INPLACE_ADD_STR) {
    Word left = sp[-2], right = sp[-1];
    if (UNLIKELY(left.is_int() || right.is_int() || left.object()->type != &Str::s_type || right.object()->type != &Str::s_type))
        DEOPT(OpBinaryOp);
    Insn* store = pc + 6;
    Word* local = &f->locals[store->arg];
    if (UNLIKELY((local->bits & ~Word::TagMask) != (left.bits & ~Word::TagMask) || !local->is_counted())) DEOPT(OpBinaryOp);
    SAVE();
    if (left.is_counted()) left.close();
    Word owned = *local;
    *local = Word::null();
    sp[-2] = Word::null();
    Object* result =
        str_append(*t, Ref<Str>::steal(static_cast<Str*>(owned.object())), static_cast<Str*>(right.object())).release_or_null();
    if (UNLIKELY(!result)) UNWIND();
    *local = Word::owned(result);
    right.close();
    sp -= 2;
    pc += 7;
    DISPATCH();
}

HANDLER(BINARY_OP_SUBSCR_LIST_INT) {
    Word container = sp[-2], index = sp[-1];
    int64_t i;
    if (UNLIKELY(container.is_int() || container.object()->type != &List::s_type || !word_int64(index, &i))) DEOPT(OpBinaryOp);
    List* list = static_cast<List*>(container.object());
    Object* item;
    if (LIKELY(!is_multi_threaded())) {
        if (i < 0) i += list->size;
        if (UNLIKELY(i < 0 || i >= list->size)) DEOPT(OpBinaryOp);
        item = list->items[i];
        if (is_immortal(item)) {
            sp[-2] = Word::uncounted(item);
        } else {
            incref(item);
            sp[-2] = Word::owned(item);
        }
    } else {
        if (i < 0) i += list_size(list);
        item = list_get(*t, list, i).release();
        if (UNLIKELY(!item)) DEOPT(OpBinaryOp);
        sp[-2] = Word::owned(item);
    }
    --sp;
    if (UNLIKELY(!index.is_int())) index.close();
    if (container.is_counted()) {
        SAVE();
        decref(list);
    }
    NEXT(5);
}
HANDLER(BINARY_OP_SUBSCR_TUPLE_INT) {
    Word container = sp[-2], index = sp[-1];
    int64_t i;
    if (UNLIKELY(container.is_int() || container.object()->type != &Tuple::s_type || !word_int64(index, &i))) DEOPT(OpBinaryOp);
    Tuple* tuple = static_cast<Tuple*>(container.object());
    if (i < 0) i += tuple->size;
    if (UNLIKELY(i < 0 || i >= tuple->size)) DEOPT(OpBinaryOp);
    sp[-2] = Word::from(tuple->items[i]);
    --sp;
    if (UNLIKELY(!index.is_int())) index.close();
    if (container.is_counted()) {
        SAVE();
        decref(tuple);
    }
    NEXT(5);
}
HANDLER(BINARY_OP_SUBSCR_STR_INT) {
    Word container = sp[-2], index = sp[-1];
    int64_t i;
    if (UNLIKELY(container.is_int() || container.object()->type != &Str::s_type || !word_int64(index, &i))) DEOPT(OpBinaryOp);
    Str* text = static_cast<Str*>(container.object());
    if (i < 0) i += text->length;
    if (UNLIKELY(i < 0 || i >= text->length)) DEOPT(OpBinaryOp);
    SAVE();
    Object* character = str_from_char(*t, text->at(i)).release_or_null();
    if (UNLIKELY(!character)) UNWIND();
    sp[-2] = Word::owned(character);
    --sp;
    index.close();
    container.close();
    NEXT(5);
}
HANDLER(BINARY_OP_SUBSCR_DICT) {
    Word container = sp[-2];
    if (UNLIKELY(container.is_int() || container.object()->type != &Dict::s_type)) DEOPT(OpBinaryOp);
    SAVE();
    Object* value = subscript_dict(*t, sp);
    if (UNLIKELY(!value)) UNWIND();
    Word key = sp[-1];
    sp[-2] = Word::owned(value);
    --sp;
    key.close();
    container.close();
    NEXT(5);
}
// container[index] where the class has a __getitem__ in Python: its frame is pushed here.
HANDLER(BINARY_OP_SUBSCR_GETITEM) {
    Word container = sp[-2];
    if (UNLIKELY(container.is_int())) DEOPT(OpBinaryOp);
    Type* type = container.object()->type;
    uint32_t version = __atomic_load_n(&type->version_tag, __ATOMIC_RELAXED);
    AttributeEntry* entry = find_attribute_entry(*t, version, names::__getitem__, attribute_access(AttributeAccess::Special));
    if (UNLIKELY(!entry || !version)) {
        SAVE();
        if (!(entry = add_special_entry(*t, container.object(), names::__getitem__))) DEOPT(OpBinaryOp);
    }
    Word method = cached_descriptor(*t, &entry->cache, type);
    if (UNLIKELY(method.is_null())) DEOPT(OpBinaryOp);
    SAVE();
    Frame* frame = nullptr;
    if (LIKELY(method.object()->type == &Function::s_type)) {
        Function* function = static_cast<Function*>(method.object());
        Word arguments[2] = {container.to_owned(), sp[-1].to_owned()};
        if (LIKELY(takes_exactly(function, 2))) frame = enter_simple(*t, f, method, function->code, arguments, 2, sp - 2);
        if (LIKELY(frame != nullptr)) {
            f->return_pc = pc + 6;
            f = frame;
            sp = frame->sp;
            pc = frame->insns;
            DISPATCH();
        }
        sp[-2] = arguments[0];
        sp[-1] = arguments[1];
    }
    method.close();
    if (t->has_exception()) UNWIND();
    DEOPT(OpBinaryOp);
}

HANDLER(STORE_SUBSCR) {
    SAVE();
    if (pc->counter == 0) {
        Word container = sp[-2];
        pc->counter = FailedBackoff;
        if (!container.is_int()) {
            if (container.object()->type == &List::s_type && sp[-1].is_int()) {
                pc->op = STORE_SUBSCR_LIST_INT;
                DISPATCH();
            }
            if (container.object()->type == &Dict::s_type) {
                pc->op = STORE_SUBSCR_DICT;
                DISPATCH();
            }
        }
    } else {
        --pc->counter;
    }
    if (!store_subscript(*t, sp)) UNWIND();
    Word key = sp[-1], container = sp[-2], value = sp[-3];
    sp -= 3;
    f->sp = sp;
    value.close();
    container.close();
    key.close();
    NEXT(1);
}
HANDLER(STORE_SUBSCR_LIST_INT) {
    Word container = sp[-2], index = sp[-1];
    if (UNLIKELY(!index.is_int() || container.is_int() || container.object()->type != &List::s_type)) DEOPT(OpStoreSubscr);
    List* list = static_cast<List*>(container.object());
    int64_t i = index.int_value();
    if (i < 0) {
        if (UNLIKELY(is_multi_threaded())) DEOPT(OpStoreSubscr); // the size and the item must be of the same moment
        i += list->size;
    }
    SAVE();
    if (UNLIKELY(i < 0 || i >= list_size(list))) DEOPT(OpStoreSubscr);
    Object* value = word_take(*t, sp[-3]);
    sp[-3] = Word::null();
    if (UNLIKELY(!value)) UNWIND();
    if (LIKELY(!is_multi_threaded())) {
        Object* old = list->items[i];
        list->items[i] = value;
        sp -= 3;
        f->sp = sp;
        decref(old);
    } else {
        if (!list_set(*t, list, i, Ref<Object>::steal(value))) {
            (void)raise(*t, exc::IndexError, "list assignment index out of range");
            UNWIND();
        }
        sp -= 3;
        f->sp = sp;
    }
    container.close();
    NEXT(1);
}
HANDLER(STORE_SUBSCR_DICT) {
    Word container = sp[-2];
    if (UNLIKELY(container.is_int() || container.object()->type != &Dict::s_type)) DEOPT(OpStoreSubscr);
    SAVE();
    Object* key = word_object(*t, sp - 1);
    Object* value = key ? word_object(*t, sp - 3) : nullptr;
    if (UNLIKELY(!value || dict_set_held(*t, static_cast<Dict*>(container.object()), key, value).is_error())) UNWIND();
    Word key_word = sp[-1], value_word = sp[-3];
    sp -= 3;
    f->sp = sp;
    value_word.close();
    container.close();
    key_word.close();
    NEXT(1);
}
HANDLER(DELETE_SUBSCR) {
    SAVE();
    if (!delete_subscript(*t, sp)) UNWIND();
    Word key = sp[-1], container = sp[-2];
    sp -= 2;
    f->sp = sp;
    container.close();
    key.close();
    NEXT(0);
}
HANDLER(BINARY_SLICE) {
    SAVE();
    Object* result = load_slice(*t, sp);
    if (!result) UNWIND();
    Word stop = sp[-1], start = sp[-2], container = sp[-3];
    sp[-3] = Word::owned(result);
    sp -= 2;
    f->sp = sp;
    stop.close();
    start.close();
    container.close();
    NEXT(0);
}
HANDLER(STORE_SLICE) {
    SAVE();
    if (!store_slice(*t, sp)) UNWIND();
    Word stop = sp[-1], start = sp[-2], container = sp[-3], value = sp[-4];
    sp -= 4;
    f->sp = sp;
    stop.close();
    start.close();
    container.close();
    value.close();
    NEXT(0);
}

// The argument of COMPARE_OP: the comparison above bit 5, bit 4 asks for a bool, the low bits say which outcomes of
// (unordered, less, greater, equal) make it true.
ALWAYS_INLINE bool comparison_holds(uint32_t arg, auto a, auto b) { return arg >> (2 * (a >= b) + (a <= b)) & 1; }
HANDLER(COMPARE_OP) {
    SAVE();
    if (UNLIKELY(pc->counter == 0)) specialize_compare_op(*t, sp, pc);
    else --pc->counter;
    if (pc->op != OpCompareOp) DISPATCH();
    Object* result = compare_operation(*t, sp, static_cast<Comparison>(pc->arg >> 5));
    if (UNLIKELY(!result)) UNWIND();
    Word right = sp[-1], left = sp[-2];
    Word word = Word::owned(result);
    if (pc->arg & 16) {
        sp[-2] = word;
        --sp;
        f->sp = sp;
        left.close();
        right.close();
        int truth = word_truth(*t, sp - 1);
        if (truth < 0) UNWIND();
        sp[-1].close();
        sp[-1] = Word::from_bool(truth);
        NEXT(1);
    }
    sp[-2] = word;
    --sp;
    f->sp = sp;
    left.close();
    right.close();
    NEXT(1);
}
HANDLER(COMPARE_OP_INT) {
    int64_t a, b;
    Word left = sp[-2], right = sp[-1];
    if (LIKELY(left.is_int() && right.is_int())) {
        a = left.int_value();
        b = right.int_value();
    } else if (!word_int64(left, &a) || !word_int64(right, &b)) {
        DEOPT(OpCompareOp);
    } else {
        left.close();
        right.close();
    }
    sp[-2] = Word::from_bool(comparison_holds(pc->arg, a, b));
    --sp;
    NEXT(1);
}
// Fused with the conditional jump that follows.
HANDLER(COMPARE_OP_INT_JUMP) {
    int64_t a, b;
    Word left = sp[-2], right = sp[-1];
    if (LIKELY(left.is_int() && right.is_int())) {
        a = left.int_value();
        b = right.int_value();
    } else if (!word_int64(left, &a) || !word_int64(right, &b)) {
        DEOPT(OpCompareOp);
    } else {
        left.close();
        right.close();
    }
    bool truth = comparison_holds(pc->arg, a, b);
    sp -= 2;
    Insn* jump = pc + 2;
    bool taken = truth == (jump->op == 103);
    pc = jump + 2 + (taken ? jump->arg : 0);
    DISPATCH();
}
HANDLER(COMPARE_OP_FLOAT) {
    double a, b;
    Word left = sp[-2], right = sp[-1];
    if (UNLIKELY(!word_double(left, &a) || !word_double(right, &b) || (left.is_int() && right.is_int()))) DEOPT(OpCompareOp);
    left.close();
    right.close();
    sp[-2] = Word::from_bool(comparison_holds(pc->arg, a, b));
    --sp;
    NEXT(1);
}
HANDLER(COMPARE_OP_STR) {
    Word left = sp[-2], right = sp[-1];
    if (UNLIKELY(left.is_int() || right.is_int() || left.object()->type != &Str::s_type || right.object()->type != &Str::s_type))
        DEOPT(OpCompareOp);
    bool equal = str_equal(static_cast<Str*>(left.object()), static_cast<Str*>(right.object()));
    sp[-2] = Word::from_bool(equal == ((pc->arg >> 5) == static_cast<uint32_t>(Comparison::Eq)));
    --sp;
    SAVE();
    left.close();
    right.close();
    NEXT(1);
}

HANDLER(IS_OP) {
    Word left = sp[-2], right = sp[-1];
    bool same = words_identical(left, right);
    sp[-2] = Word::from_bool(same != (pc->arg & 1));
    --sp;
    SAVE();
    left.close();
    right.close();
    NEXT(0);
}
HANDLER(CONTAINS_OP) {
    SAVE();
    int found = contains_operation(*t, sp);
    if (UNLIKELY(found < 0)) UNWIND();
    Word right = sp[-1], left = sp[-2];
    sp[-2] = Word::from_bool(found != static_cast<int>(pc->arg & 1));
    --sp;
    f->sp = sp;
    left.close();
    right.close();
    NEXT(1);
}
HANDLER(CONTAINS_OP_DICT) { BECOME(CONTAINS_OP); }
HANDLER(CONTAINS_OP_SET) { BECOME(CONTAINS_OP); }

} // namespace taipan::vm
