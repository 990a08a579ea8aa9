// Floats on the interpreter's stack: reading a number word as a double, and making a result word, in an operand's memory
// where that operand was a temporary.
#pragma once

#include "vm/word.h"

namespace taipan::vm {

/// The value of a float, or of an int that a double holds exactly.
ALWAYS_INLINE bool word_double(Word word, double* out) {
    if (word.is_int()) {
        int64_t value = word.int_value();
        *out = static_cast<double>(value);
        return value <= (int64_t{1} << 53) && value >= -(int64_t{1} << 53);
    }
    Object* o = word.object();
    if (LIKELY(o->type == &Float::s_type)) {
        *out = static_cast<Float*>(o)->value;
        return true;
    }
    return false;
}

/// A word holding `value`; consumes the operands. Null: MemoryError.
ALWAYS_INLINE Word float_result(Thread& t, Word left, Word right, double value) {
    if (left.is_counted() && is_uniquely_owned(left.object()) && left.object()->type == &Float::s_type) {
        static_cast<Float*>(left.object())->value = value;
        right.close();
        return left;
    }
    if (right.is_counted() && is_uniquely_owned(right.object()) && right.object()->type == &Float::s_type) {
        static_cast<Float*>(right.object())->value = value;
        left.close();
        return right;
    }
    Object* result = float_from(t, value).release_or_null();
    if (UNLIKELY(!result)) return Word::null();
    left.close();
    right.close();
    return Word::owned(result);
}

} // namespace taipan::vm
