// What the files of int share: allocation, digits, scratch numbers.
#pragma once

#include "base/small_buffer.h"
#include "objects/int.h"
#include "runtime/heap.h"
#include "runtime/thread.h"

namespace taipan {

using DigitBuffer = base::SmallBuffer<uint32_t, 64>;

/// An exact int with room for `count` digits; tag and digits are to be written.
Result<Ref<Int>> int_alloc(Thread& t, intptr_t count);
ALWAYS_INLINE void int_set_tag(Int* value, bool negative, intptr_t count) {
    value->tag = count == 0 ? 1 : (static_cast<uintptr_t>(count) << 3) | (negative ? 2u : 0u);
}
/// Strips leading zeros and shares small values.
Result<Ref<Int>> int_finish(Thread& t, Ref<Int> value, bool negative, intptr_t count);
/// The value of an int of at most two digits.
ALWAYS_INLINE int64_t int_small_value(const Int* a) {
    if (LIKELY(a->is_compact())) return a->compact_value();
    int64_t magnitude = static_cast<int64_t>(a->digits[0]) | (static_cast<int64_t>(a->digits[1]) << 30);
    return a->is_negative() ? -magnitude : magnitude;
}
ALWAYS_INLINE bool int_is_small(const Int* a) { return a->tag < (3 << 3); }
Result<Ref<Int>> int_from_int128(Thread& t, __int128 value);

enum class IntPart { Quotient, Remainder };
/// Floor division; either result pointer may be null.
Result<void> int_divmod(Thread& t, const Int* a, const Int* b, MaybeRef<Int>* quotient, MaybeRef<Int>* remainder);
Result<double> int_true_divide(Thread& t, const Int* a, const Int* b);
Result<Ref<Object>> int_power(Thread& t, const Int* a, const Int* b, const Int* modulo);
enum class BitOp { And, Or, Xor };
Result<Ref<Int>> int_bitwise(Thread& t, const Int* a, const Int* b, BitOp op);
Result<Ref<Int>> int_invert(Thread& t, const Int* a);
/// Round half to even to a multiple of 10**-digits (digits < 0).
Result<Ref<Int>> int_round(Thread& t, Borrowed<Int> value, Borrowed<Int> digits);
/// The same value as an exact int.
Result<Ref<Int>> int_exact(Thread& t, Borrowed<Int> value);
/// int(text, base) for a str object; the ValueError shows `shown`.
Result<Ref<Int>> int_from_str(Thread& t, Borrowed<Str> text, int base);
/// The same for the bytes of a bytes-like object, which the ValueError shows as bytes.
Result<Ref<Int>> int_from_bytes_text(Thread& t, std::string_view text, int base);
Result<Ref<Str>> int_repr(Thread& t, Borrowed<Int> value);
bool int_exceeds_str_digits(Thread& t, size_t decimal_digits);

} // namespace taipan
