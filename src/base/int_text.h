// int(text, base): the syntax, apart from the arithmetic, which base/big_digits.h does.
//
// `parse_int` takes any width, Unicode digits and spaces included. What fits in 64 bits comes back as a value; the rest
// as digit values for `text_to_digits`. The error text is the caller's:
// "invalid literal for int() with base %d: %R" (with the base as it was passed).
#pragma once

#include "base/small_buffer.h"

#include <cstddef>
#include <cstdint>

namespace taipan::base {

enum class IntParse : uint8_t {
    Small, ///< `value` is the magnitude
    Big,   ///< `digits` are the digit values, most significant first
    Invalid,
    TooLong, ///< more than `max_digits` decimal digits: ValueError about sys.set_int_max_str_digits
    NoMemory,
};

struct ParsedInt {
    bool negative = false;
    unsigned base = 10; ///< found from the prefix when 0 was asked
    uint64_t value = 0;
    size_t digit_count = 0; ///< without underscores
    SmallBuffer<uint8_t, 128> digits;
};

/// `base` is 0 or 2 to 36. `max_digits` limits bases that are not powers of two; 0 means no limit.
template <typename Char> IntParse parse_int(const Char* text, size_t length, unsigned base, size_t max_digits, ParsedInt& out);

inline constexpr size_t max_u64_text = 64;
/// Writes `value` in base 2 to 36, lower case; returns the length.
size_t format_u64(uint64_t value, unsigned base, char* out);

} // namespace taipan::base
