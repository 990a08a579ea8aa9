// The format specification mini-language of int, float, complex and str:
// [[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type].
//
// Parse once, then write a number or lay out a string. Output is code points, because fill and locale separators may be
// any character. Failures fill a FormatError whose text is CPython's; `no_memory` says MemoryError instead.
#pragma once

#include "base/small_buffer.h"

#include <cstddef>
#include <cstdint>

namespace taipan::base {

using WideBuffer = SmallBuffer<uint32_t, 128>;

enum class Grouping : uint8_t { None, Comma, Underscore };

struct FormatSpec {
    uint32_t fill = ' ';
    uint32_t type = 0; ///< 0 when the specifier and the object's kind give none
    char align = 0;    ///< < > = ^
    char sign = 0;     ///< + - space, or 0
    bool align_given = false;
    bool alternate = false;
    bool no_negative_zero = false;
    Grouping grouping = Grouping::None;
    Grouping fraction_grouping = Grouping::None;
    int64_t width = -1;
    int64_t precision = -1;

    /// The base that an integer's type code asks for.
    unsigned base() const { return type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10; }
    /// Whether an int is formatted as a float.
    bool is_float_type() const {
        return type == 'e' || type == 'E' || type == 'f' || type == 'F' || type == 'g' || type == 'G' || type == '%';
    }
};

struct FormatError {
    /// The text of a ValueError; CPython's "Invalid format specifier '%U' for object of type '%.200s'" is the caller's
    /// to write, as the specifier may be any text: then `text` is empty and `invalid_specifier` is set.
    char text[280] = "";
    bool invalid_specifier = false;
    bool no_memory = false;
};

/// Separators for type 'n', from localeconv; `grouping` as there (bytes, ended by 0 or CHAR_MAX).
struct NumberLocale {
    const uint32_t* decimal_point;
    size_t decimal_point_length;
    const uint32_t* thousands_separator;
    size_t thousands_separator_length;
    const char* grouping;
};

/// `default_type` and `default_align` are those of the object: ('d', '>') for int, (0, '>') for float and complex,
/// ('s', '<') for str.
template <typename Char>
[[nodiscard]] bool parse_format_spec(const Char* text, size_t length, char default_type, char default_align, FormatSpec& spec,
                                     FormatError& error);

/// "Unknown format code …" for a type that the object does not take.
void unknown_format_code(uint32_t code, const char* type_name, FormatError& error);

/// Checks what ints refuse; call it before asking for the digits.
[[nodiscard]] bool check_int_spec(const FormatSpec& spec, const char* type_name, FormatError& error);
/// `digits`: the magnitude in `spec.base()`, lower case, no prefix.
[[nodiscard]] bool format_int(const FormatSpec& spec, bool negative, const char* digits, size_t length, const NumberLocale* locale,
                              WideBuffer& out, FormatError& error);
/// Type 'c'; the caller has checked the range.
[[nodiscard]] bool format_int_character(const FormatSpec& spec, uint32_t character, WideBuffer& out, FormatError& error);

[[nodiscard]] bool format_float(const FormatSpec& spec, double value, const char* type_name, const NumberLocale* locale, WideBuffer& out,
                                FormatError& error);
[[nodiscard]] bool format_complex(const FormatSpec& spec, double real, double imaginary, const char* type_name, const NumberLocale* locale,
                                  WideBuffer& out, FormatError& error);

/// How a string is to be written: `left` fills, the first `taken` characters, `right` fills.
struct StringLayout {
    size_t left, taken, right;
};
[[nodiscard]] bool layout_string(const FormatSpec& spec, size_t length, const char* type_name, StringLayout& layout, FormatError& error);

} // namespace taipan::base
