// Creation, conversions and comparison of ints.
#include "objects/int.h"

#include "base/big_digits.h"
#include "objects/abstract.h"
#include "objects/int_internal.h"
#include "runtime/heap_inline.h"

#include <cmath>

namespace taipan {

static constexpr Int make_int(Type* type, int value) {
    return Int{{TAIPAN_STATIC_HEAD(type)},
               value == 0 ? 1u : (uintptr_t{1} << 3) | (value < 0 ? 2u : 0u),
               {static_cast<uint32_t>(value < 0 ? -value : value)}};
}
#define ONE(n) make_int(&Int::s_type, n)
#define FOUR(n) ONE(n), ONE((n) + 1), ONE((n) + 2), ONE((n) + 3)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4), FOUR((n) + 8), FOUR((n) + 12)
#define SIXTY_FOUR(n) SIXTEEN(n), SIXTEEN((n) + 16), SIXTEEN((n) + 32), SIXTEEN((n) + 48)
constinit Int g_small_ints[Int::SmallMax - Int::SmallMin + 1] = {ONE(-5),       ONE(-4),        ONE(-3),         ONE(-2),         ONE(-1),
                                                                 SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192), ONE(256)};
#undef ONE
#undef FOUR
#undef SIXTEEN
#undef SIXTY_FOUR

constinit Int g_true = make_int(&Bool::s_type, 1);
constinit Int g_false = make_int(&Bool::s_type, 0);

Result<Ref<Int>> int_alloc(Thread& t, intptr_t count) {
    if (UNLIKELY(count > (INTPTR_MAX - 64) / 4)) return raise(t, exc::OverflowError, "too many digits in integer");
    size_t size = offsetof(Int, digits) + static_cast<size_t>(count ? count : 1) * sizeof(uint32_t);
    void* memory =
        LIKELY(count <= 2) ? heap_alloc_small(t, HeapKind::Object, offsetof(Int, digits) + 8) : heap_alloc(t, HeapKind::Object, size);
    if (UNLIKELY(!memory)) return raise_memory_error(t);
    auto* value = static_cast<Int*>(memory);
    object_init(value, &Int::s_type);
    return Ref<Int>::steal(value);
}

Result<Ref<Int>> int_from_int64_slow(Thread& t, int64_t value) {
    bool negative = value < 0;
    uint64_t magnitude = negative ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    intptr_t count = magnitude >> 60 ? 3 : magnitude >> 30 ? 2 : 1;
    Ref<Int> result = TRY(int_alloc(t, count));
    int_set_tag(result.get(), negative, count);
    result->digits[0] = magnitude & Int::DigitMask;
    if (count > 1) {
        result->digits[1] = (magnitude >> 30) & Int::DigitMask;
        if (count > 2) result->digits[2] = static_cast<uint32_t>(magnitude >> 60);
    }
    return result;
}

Result<Ref<Int>> int_from_uint64(Thread& t, uint64_t value) {
    if (value <= INT64_MAX) return int_from(t, static_cast<int64_t>(value));
    Ref<Int> result = TRY(int_alloc(t, 3));
    int_set_tag(result.get(), false, 3);
    result->digits[0] = value & Int::DigitMask;
    result->digits[1] = (value >> 30) & Int::DigitMask;
    result->digits[2] = static_cast<uint32_t>(value >> 60);
    return result;
}

Result<Ref<Int>> int_from_int128(Thread& t, __int128 value) {
    if (value >= INT64_MIN && value <= INT64_MAX) return int_from(t, static_cast<int64_t>(value));
    bool negative = value < 0;
    unsigned __int128 magnitude = negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    uint32_t digits[5];
    intptr_t count = 0;
    for (; magnitude; magnitude >>= 30) digits[count++] = static_cast<uint32_t>(magnitude) & Int::DigitMask;
    return int_from_digits(t, negative, digits, count);
}

Result<Ref<Int>> int_from_digits(Thread& t, bool negative, const uint32_t* digits, intptr_t count) {
    while (count > 0 && digits[count - 1] == 0) --count;
    if (count <= 1) {
        int64_t value = count ? digits[0] : 0;
        return int_from(t, negative ? -value : value);
    }
    Ref<Int> result = TRY(int_alloc(t, count));
    int_set_tag(result.get(), negative, count);
    memcpy(result->digits, digits, static_cast<size_t>(count) * sizeof(uint32_t));
    return result;
}

Result<Ref<Int>> int_finish(Thread& t, Ref<Int> value, bool negative, intptr_t count) {
    while (count > 0 && value->digits[count - 1] == 0) --count;
    if (count <= 1) {
        int64_t small = count ? value->digits[0] : 0;
        if (negative) small = -small;
        if (small >= Int::SmallMin && small <= Int::SmallMax) return int_from(t, small);
    }
    int_set_tag(value.get(), negative, count);
    return value;
}

Result<Ref<Int>> int_from_double(Thread& t, double value) {
    if (value > -9.2e18 && value < 9.2e18) return int_from(t, static_cast<int64_t>(value));
    if (std::isinf(value)) return raise(t, exc::OverflowError, "cannot convert float infinity to integer");
    if (std::isnan(value)) return raise(t, exc::ValueError, "cannot convert float NaN to integer");
    int exponent;
    double fraction = frexp(fabs(value), &exponent); // 0.5 <= fraction < 1, value = fraction * 2**exponent
    intptr_t count = (exponent - 1) / 30 + 1;
    Ref<Int> result = TRY(int_alloc(t, count));
    fraction = ldexp(fraction, (exponent - 1) % 30 + 1);
    for (intptr_t i = count; --i >= 0;) {
        auto digit = static_cast<uint32_t>(fraction);
        result->digits[i] = digit;
        fraction = ldexp(fraction - digit, 30);
    }
    int_set_tag(result.get(), value < 0, count);
    return result;
}

Result<Ref<Int>> int_exact(Thread& t, Borrowed<Int> value) {
    if (is_exact<Int>(value.get())) return value.share();
    return int_from_digits(t, value->is_negative(), value->digits, value->digit_count());
}

bool int_fits_int64_slow(const Int* value, int64_t* out) {
    if (int_is_small(value)) return *out = int_small_value(value), true;
    if (value->digit_count() > 3) return false;
    unsigned __int128 magnitude = value->digits[0] | (static_cast<unsigned __int128>(value->digits[1]) << 30) |
                                  (static_cast<unsigned __int128>(value->digits[2]) << 60);
    if (value->is_negative()) {
        if (magnitude > static_cast<unsigned __int128>(1) << 63) return false;
        *out = static_cast<int64_t>(-static_cast<uint64_t>(magnitude));
        return true;
    }
    if (magnitude > INT64_MAX) return false;
    *out = static_cast<int64_t>(magnitude);
    return true;
}

bool int_fits_uint64(const Int* value, uint64_t* out) {
    if (value->is_negative() || value->digit_count() > 3) return false;
    unsigned __int128 magnitude = 0;
    for (intptr_t i = value->digit_count(); --i >= 0;) magnitude = (magnitude << 30) | value->digits[i];
    if (magnitude >> 64) return false;
    *out = static_cast<uint64_t>(magnitude);
    return true;
}

Result<double> int_to_double(Thread& t, Borrowed<Int> value) {
    if (LIKELY(value->is_compact())) return static_cast<double>(value->compact_value());
    if (int_is_small(value.get())) return static_cast<double>(int_small_value(value.get()));
    double magnitude = base::digits_to_double(value->digits, static_cast<size_t>(value->digit_count()));
    if (std::isinf(magnitude)) return raise(t, exc::OverflowError, "int too large to convert to float");
    return value->is_negative() ? -magnitude : magnitude;
}

Result<Ref<Int>> int_from_bytes(Thread& t, const uint8_t* bytes, size_t size, bool little_endian, bool is_signed) {
    if (size == 0) return int_from(t, 0);
    if (size <= 8) {
        uint64_t value = 0;
        for (size_t i = 0; i < size; ++i) value = (value << 8) | bytes[little_endian ? size - 1 - i : i];
        if (!is_signed) return int_from_uint64(t, value);
        int shift = static_cast<int>(64 - 8 * size);
        return int_from(t, static_cast<int64_t>(value << shift) >> shift);
    }
    base::SmallBuffer<uint8_t, 256> copy;
    uint8_t* data = copy.resize(size);
    if (!data) return raise_memory_error(t);
    for (size_t i = 0; i < size; ++i) data[i] = bytes[little_endian ? i : size - 1 - i];
    bool negative = is_signed && (data[size - 1] & 0x80);
    if (negative) { // magnitude = two's complement
        unsigned carry = 1;
        for (size_t i = 0; i < size; ++i) {
            carry += static_cast<uint8_t>(~data[i]);
            data[i] = static_cast<uint8_t>(carry);
            carry >>= 8;
        }
        if (carry) { // -2**(8*size): cannot happen, the sign bit is set and the rest zero gives 0x80 again
            UNREACHABLE();
        }
    }
    Ref<Int> result = TRY(int_alloc(t, static_cast<intptr_t>((size * 8 + 29) / 30)));
    size_t count = base::bytes_to_digits(data, size, result->digits);
    return int_finish(t, std::move(result), negative, static_cast<intptr_t>(count));
}

Result<void> int_to_bytes(Thread& t, Borrowed<Int> value, uint8_t* out, size_t size, bool little_endian, bool is_signed) {
    bool negative = value->is_negative();
    if (negative && !is_signed) return raise(t, exc::OverflowError, "can't convert negative int to unsigned");
    size_t bits = int_bit_length(value.get());
    bool fits;
    if (is_signed && bits > 0) {
        // A negative power of two needs no bit more than its magnitude's.
        bool power_of_two = negative;
        if (negative) {
            const uint32_t* d = value->digits;
            intptr_t n = value->digit_count();
            power_of_two = (d[n - 1] & (d[n - 1] - 1)) == 0;
            for (intptr_t i = 0; power_of_two && i < n - 1; ++i) power_of_two = d[i] == 0;
        }
        fits = (power_of_two ? bits : bits + 1) <= size * 8;
    } else {
        fits = bits <= size * 8;
    }
    if (!fits) return raise(t, exc::OverflowError, "int too big to convert");
    if (size == 0) return {};
    base::digits_to_bytes(value->digits, static_cast<size_t>(value->digit_count()), out, size);
    if (negative) {
        unsigned carry = 1;
        for (size_t i = 0; i < size; ++i) {
            carry += static_cast<uint8_t>(~out[i]);
            out[i] = static_cast<uint8_t>(carry);
            carry >>= 8;
        }
    }
    if (!little_endian)
        for (size_t i = 0, j = size - 1; i < j; ++i, --j) std::swap(out[i], out[j]);
    return {};
}

size_t int_bit_length(const Int* value) { return base::digits_bit_length(value->digits, static_cast<size_t>(value->digit_count())); }

intptr_t int_hash(const Int* value) {
    if (LIKELY(value->is_compact())) {
        intptr_t v = value->compact_value();
        return v == -1 ? -2 : v;
    }
    auto hash = static_cast<intptr_t>(base::hash_digits(value->digits, static_cast<size_t>(value->digit_count())));
    if (value->is_negative()) hash = -hash;
    return hash == -1 ? -2 : hash;
}

int int_compare(const Int* a, const Int* b) {
    if (LIKELY(a->is_compact() && b->is_compact())) {
        intptr_t x = a->compact_value(), y = b->compact_value();
        return (x > y) - (x < y);
    }
    intptr_t x = a->digit_count() * a->sign(), y = b->digit_count() * b->sign();
    if (x != y) return x < y ? -1 : 1;
    for (intptr_t i = a->digit_count(); --i >= 0;)
        if (a->digits[i] != b->digits[i]) return (a->digits[i] < b->digits[i]) == a->is_negative() ? 1 : -1;
    return 0;
}

Result<Ref<Int>> to_index(Thread& t, Borrowed<Object> object) {
    if (LIKELY(is<Int>(object.get()))) return as<Int>(object).share();
    NumberMethods* methods = object->type->as_number;
    if (!methods || !methods->index) return raise(t, exc::TypeError, "'%T' object cannot be interpreted as an integer", object);
    Object* result = methods->index(object.get());
    if (!result) return Error{};
    Ref<Object> owned = Ref<Object>::steal(result);
    if (is_exact<Int>(result)) return as<Int>(std::move(owned));
    if (!is<Int>(result)) return raise(t, exc::TypeError, "__index__ returned non-int (type %T)", result);
    TRY(warn(t, exc::DeprecationWarning, 1,
             "__index__ returned non-int (type %T).  The ability to return an instance of a strict subclass of int is "
             "deprecated, and may not be supported in a future version of Python.",
             result));
    return as<Int>(std::move(owned));
}

Result<int64_t> to_int64(Thread& t, Borrowed<Object> object) {
    if (LIKELY(is<Int>(object.get()))) {
        int64_t value;
        if (LIKELY(int_fits_int64(static_cast<Int*>(object.get()), &value))) return value;
        return raise(t, exc::OverflowError, "Python int too large to convert to C long");
    }
    Ref<Int> index = TRY(to_index(t, object));
    int64_t value;
    if (!int_fits_int64(index.get(), &value)) return raise(t, exc::OverflowError, "Python int too large to convert to C long");
    return value;
}

Result<uint64_t> to_uint64(Thread& t, Borrowed<Object> object) {
    Ref<Int> index = TRY(to_index(t, object));
    uint64_t value;
    if (LIKELY(int_fits_uint64(index.get(), &value))) return value;
    if (index->is_negative()) return raise(t, exc::OverflowError, "can't convert negative value to unsigned int");
    return raise(t, exc::OverflowError, "Python int too large to convert to C unsigned long");
}

Result<int> to_int32(Thread& t, Borrowed<Object> object) {
    int64_t value;
    bool fits;
    if (LIKELY(is<Int>(object.get()))) {
        fits = int_fits_int64(static_cast<Int*>(object.get()), &value);
    } else {
        Ref<Int> index = TRY(to_index(t, object));
        fits = int_fits_int64(index.get(), &value);
    }
    if (UNLIKELY(!fits || value > INT32_MAX || value < INT32_MIN))
        return raise(t, exc::OverflowError, "Python int too large to convert to C int");
    return static_cast<int>(value);
}

Result<intptr_t> to_index_size(Thread& t, Borrowed<Object> object, Type& overflow) {
    int64_t value;
    if (LIKELY(is<Int>(object.get()))) {
        if (LIKELY(int_fits_int64(static_cast<Int*>(object.get()), &value))) return value;
    } else {
        Ref<Int> index = TRY(to_index(t, object));
        if (int_fits_int64(index.get(), &value)) return value;
    }
    return raise(t, overflow, "cannot fit '%T' into an index-sized integer", object);
}

Result<intptr_t> to_index_clipped(Thread& t, Borrowed<Object> object) {
    int64_t value;
    if (LIKELY(is<Int>(object.get()))) {
        auto* number = static_cast<Int*>(object.get());
        if (LIKELY(int_fits_int64(number, &value))) return value;
        return number->is_negative() ? INTPTR_MIN : INTPTR_MAX;
    }
    Ref<Int> index = TRY(to_index(t, object));
    if (int_fits_int64(index.get(), &value)) return value;
    return index->is_negative() ? INTPTR_MIN : INTPTR_MAX;
}

} // namespace taipan
