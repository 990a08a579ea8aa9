// int and bool: sign and magnitude in 30-bit digits (CPython's layout). The tag holds the digit count above three low bits,
// of which the lowest two are the sign (0 positive, 1 zero, 2 negative). Values from -5 to 256 exist once and are immortal.
// Arithmetic beyond a few digits goes through GMP.
#pragma once

#include "objects/singletons.h"
#include "runtime/result.h"

#include <string_view>

namespace taipan {

struct Int : Object {
    uintptr_t tag;
    uint32_t digits[1];

    static Type s_type;
    static constexpr unsigned long s_subclass_flag = type_flag::IntSubclass;
    static constexpr int DigitBits = 30;
    static constexpr uint32_t DigitMask = (1u << DigitBits) - 1;
    static constexpr int SmallMin = -5, SmallMax = 256;

    intptr_t digit_count() const { return static_cast<intptr_t>(tag >> 3); }
    /// -1, 0 or 1.
    int sign() const { return 1 - static_cast<int>(tag & 3); }
    bool is_negative() const { return (tag & 3) == 2; }
    bool is_zero() const { return (tag & 3) == 1; }
    /// At most one digit: the value fits 31 bits with its sign.
    bool is_compact() const { return tag < (2 << 3); }
    intptr_t compact_value() const { return static_cast<intptr_t>(sign()) * static_cast<intptr_t>(digits[0]); }
};

struct Bool : Int {
    static Type s_type;
    static constexpr unsigned long s_subclass_flag = 0;
};

extern Int g_small_ints[Int::SmallMax - Int::SmallMin + 1];
extern Int g_true, g_false;
ALWAYS_INLINE Object* True() { return &g_true; }
ALWAYS_INLINE Object* False() { return &g_false; }
ALWAYS_INLINE Object* bool_object(bool value) { return value ? True() : False(); }
ALWAYS_INLINE Ref<Object> bool_ref(bool value) { return Ref<Object>::steal(bool_object(value)); }

/// An int object of the value; small ones are shared.
NOINLINE Result<Ref<Int>> int_from_int64_slow(Thread& t, int64_t value);
ALWAYS_INLINE Result<Ref<Int>> int_from(Thread& t, int64_t value) {
    if (value >= Int::SmallMin && value <= Int::SmallMax) return Ref<Int>::steal(&g_small_ints[value - Int::SmallMin]);
    return int_from_int64_slow(t, value);
}
Result<Ref<Int>> int_from_uint64(Thread& t, uint64_t value);
/// Truncates; OverflowError / ValueError for infinities and NaN.
Result<Ref<Int>> int_from_double(Thread& t, double value);
/// Parses int()'s syntax in base 0, 2..36; ValueError with int()'s text. `text` is UTF-8 for the message.
Result<Ref<Int>> int_from_text(Thread& t, std::string_view text, int base);
/// Little-endian or big-endian two's complement bytes.
Result<Ref<Int>> int_from_bytes(Thread& t, const uint8_t* bytes, size_t size, bool little_endian, bool is_signed);
/// Sign and magnitude from an array of 30-bit digits (least significant first); normalises.
Result<Ref<Int>> int_from_digits(Thread& t, bool negative, const uint32_t* digits, intptr_t count);

/// True and the value if it fits int64_t; no exception otherwise.
bool int_fits_int64_slow(const Int* value, int64_t* out);
ALWAYS_INLINE bool int_fits_int64(const Int* value, int64_t* out) {
    if (LIKELY(value->is_compact())) return *out = value->compact_value(), true;
    return int_fits_int64_slow(value, out);
}
bool int_fits_uint64(const Int* value, uint64_t* out);
/// OverflowError "int too large to convert to float".
Result<double> int_to_double(Thread& t, Borrowed<Int> value);
/// Writes two's complement; OverflowError texts as int.to_bytes.
Result<void> int_to_bytes(Thread& t, Borrowed<Int> value, uint8_t* out, size_t size, bool little_endian, bool is_signed);
size_t int_bit_length(const Int* value);
/// Text in the given base (2..36), with the prefix (of two characters at most) behind the sign; obeys sys.int_max_str_digits for base 10.
Result<Ref<Str>> int_to_str(Thread& t, Borrowed<Int> value, int base = 10, std::string_view prefix = {});
intptr_t int_hash(const Int* value);
/// Numbers compare by value: <0, 0, >0.
int int_compare(const Int* a, const Int* b);

// Arithmetic on exact ints (the operands may be bools or subclasses; the result is an exact int).
Result<Ref<Int>> int_add(Thread& t, Borrowed<Int> a, Borrowed<Int> b);
Result<Ref<Int>> int_subtract(Thread& t, Borrowed<Int> a, Borrowed<Int> b);
Result<Ref<Int>> int_multiply(Thread& t, Borrowed<Int> a, Borrowed<Int> b);
Result<Ref<Int>> int_floor_divide(Thread& t, Borrowed<Int> a, Borrowed<Int> b);
Result<Ref<Int>> int_modulo(Thread& t, Borrowed<Int> a, Borrowed<Int> b);
Result<Ref<Int>> int_negate(Thread& t, Borrowed<Int> a);
Result<Ref<Int>> int_lshift(Thread& t, Borrowed<Int> a, int64_t count);
Result<Ref<Int>> int_rshift(Thread& t, Borrowed<Int> a, int64_t count);

// Conversions of any object, through __index__.
/// "'T' object cannot be interpreted as an integer". The result may be an int subclass instance.
Result<Ref<Int>> to_index(Thread& t, Borrowed<Object> object);
/// OverflowError "Python int too large to convert to C long" beyond the range.
Result<int64_t> to_int64(Thread& t, Borrowed<Object> object);
Result<uint64_t> to_uint64(Thread& t, Borrowed<Object> object);
/// OverflowError "Python int too large to convert to C int" ("signed integer is greater than maximum" texts as CPython's).
Result<int> to_int32(Thread& t, Borrowed<Object> object);
/// As a sequence index: beyond the range raises `overflow` ("cannot fit 'int' into an index-sized integer").
Result<intptr_t> to_index_size(Thread& t, Borrowed<Object> object, Type& overflow);
/// Beyond the range clips to the nearest end.
Result<intptr_t> to_index_clipped(Thread& t, Borrowed<Object> object);

} // namespace taipan
