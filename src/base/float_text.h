// Floats as text and back: what repr, %, format, float(), hex and round need.
//
// Digits are always correctly rounded (ties to even on the exact binary value), as in CPython. ASCII only; the caller
// inserts locale separators and widens.
#pragma once

#include "base/small_buffer.h"

#include <cstddef>
#include <cstdint>

namespace taipan::base {

enum FloatFlag : unsigned {
    float_always_sign = 1,      ///< "+" before what is not negative
    float_add_dot_0 = 2,        ///< "1" becomes "1.0"
    float_alternate = 4,        ///< keep the point, and for 'g' the trailing zeros
    float_no_negative_zero = 8, ///< what rounds to -0 loses its sign
};

/// The longest `repr_double` can write, without terminator.
inline constexpr size_t max_double_repr = 32;
/// `repr(value)`; returns the length. Not terminated.
size_t repr_double(double value, char* out);

/// Appends `value` formatted by `code`: one of e E f F g G, or r (shortest that reads back; `precision` unused).
/// Precision must not be negative. This is PyOS_double_to_string.
void format_double(double value, char code, int precision, unsigned flags, TextBuffer& out);

enum class NumberParse : uint8_t { Ok, Invalid, NoMemory };

/// float(text): surrounding whitespace, underscores between digits, inf and nan, any Unicode decimal digits.
template <typename Char> NumberParse parse_double(const Char* text, size_t length, double& value);

/// The longest prefix that is a float without whitespace or underscores; returns its length, 0 if there is none.
/// Values too large become infinite and set `overflow`.
size_t scan_double(const char* text, size_t length, double& value, bool& overflow);

/// float.hex(); returns the length, at most `max_double_repr`.
size_t hex_double(double value, char* out);

enum class HexParse : uint8_t { Ok, Invalid, TooLarge, TooLong };
/// float.fromhex(text), surrounding ASCII whitespace allowed.
HexParse parse_hex_double(const char* text, size_t length, double& value);

/// round(value, digits) for a finite value; infinite when the result is too large.
double round_double(double value, int64_t digits);

/// Copies text to ASCII as int() and float() see it: decimal digits of any script become 0-9, whitespace ' ' and what
/// is left '?'. False when out of memory.
template <typename Char> [[nodiscard]] bool transform_decimal_and_space(const Char* text, size_t length, TextBuffer& out);

} // namespace taipan::base
