// What Unicode 16.0 says about single code points, as str's methods, the lexer and re ask it.
//
// The answers are CPython's: `is_alpha(c)` is `chr(c).isalpha()`, and so on. Every function takes any 32-bit value;
// beyond U+10FFFF all predicates are false and mappings the identity. ASCII is answered without the tables.
// Decomposition, categories and names: base/unicode_data.h. Normal forms: base/normalize.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taipan::base::unicode {

enum TypeFlag : uint16_t {
    alpha_flag = 1 << 0,
    decimal_flag = 1 << 1,
    digit_flag = 1 << 2,
    numeric_flag = 1 << 3,
    space_flag = 1 << 4,
    linebreak_flag = 1 << 5,
    upper_flag = 1 << 6,
    lower_flag = 1 << 7,
    title_flag = 1 << 8,
    cased_flag = 1 << 9,
    case_ignorable_flag = 1 << 10,
    printable_flag = 1 << 11,
    xid_start_flag = 1 << 12,
    xid_continue_flag = 1 << 13,
    alnum_flags = alpha_flag | decimal_flag | digit_flag | numeric_flag,
};

/// Mappings are differences to the code point; where the full mapping is longer they give its first character.
struct UnicodeType {
    int32_t upper, lower, title, fold;
    uint16_t flags;
    uint8_t decimal, digit; ///< 255 when it is none
    uint8_t special;        ///< index of its full mappings, or 0
};

namespace detail {
extern const uint16_t latin1_flags[256];
struct Stage1 {
    uint8_t values[0x110000 >> 8];
};
struct Stage2 {
    uint16_t values[192 << 8];
};
extern const Stage1 stage1;
extern const Stage2 stage2;
extern const UnicodeType type_records[];

inline const UnicodeType& type_of(uint32_t c) {
    // Whatever lies beyond the last code point shares the record of an unassigned one.
    if (c > 0x10ffff) c = 0xffff;
    return type_records[stage2.values[(uint32_t(stage1.values[c >> 8]) << 8) | (c & 0xff)]];
}
} // namespace detail

inline uint16_t flags(uint32_t c) { return c < 256 ? detail::latin1_flags[c] : detail::type_of(c).flags; }

inline bool is_alpha(uint32_t c) { return flags(c) & alpha_flag; }
inline bool is_decimal(uint32_t c) { return flags(c) & decimal_flag; }
inline bool is_digit(uint32_t c) { return flags(c) & digit_flag; }
inline bool is_numeric(uint32_t c) { return flags(c) & numeric_flag; }
inline bool is_alnum(uint32_t c) { return flags(c) & alnum_flags; }
inline bool is_space(uint32_t c) { return flags(c) & space_flag; }
inline bool is_linebreak(uint32_t c) { return flags(c) & linebreak_flag; }
inline bool is_upper(uint32_t c) { return flags(c) & upper_flag; }
inline bool is_lower(uint32_t c) { return flags(c) & lower_flag; }
inline bool is_title(uint32_t c) { return flags(c) & title_flag; }
inline bool is_cased(uint32_t c) { return flags(c) & cased_flag; }
inline bool is_case_ignorable(uint32_t c) { return flags(c) & case_ignorable_flag; }
inline bool is_printable(uint32_t c) { return flags(c) & printable_flag; }
/// Without the underscore, which Python adds to what may start an identifier.
inline bool is_xid_start(uint32_t c) { return flags(c) & xid_start_flag; }
inline bool is_xid_continue(uint32_t c) { return flags(c) & xid_continue_flag; }

/// Simple mappings, one code point to one.
inline uint32_t to_lower(uint32_t c) {
    if (c < 0x80) return c - 'A' < 26u ? c + 32 : c;
    return c + uint32_t(detail::type_of(c).lower);
}
inline uint32_t to_upper(uint32_t c) {
    if (c < 0x80) return c - 'a' < 26u ? c - 32 : c;
    return c + uint32_t(detail::type_of(c).upper);
}
inline uint32_t to_title(uint32_t c) {
    if (c < 0x80) return c - 'a' < 26u ? c - 32 : c;
    return c + uint32_t(detail::type_of(c).title);
}

/// Full mappings: write one to three code points and return how many.
inline constexpr unsigned max_mapping = 3;
unsigned to_lower_full(uint32_t c, uint32_t* out);
unsigned to_upper_full(uint32_t c, uint32_t* out);
unsigned to_title_full(uint32_t c, uint32_t* out);
unsigned to_folded_full(uint32_t c, uint32_t* out);

/// The value of a decimal digit (`int('٣')`), or -1.
inline int decimal_value(uint32_t c) {
    if (c < 0x80) return c - '0' < 10u ? int(c - '0') : -1;
    uint8_t value = detail::type_of(c).decimal;
    return value == 255 ? -1 : value;
}
/// The value of a digit, superscripts and the like included, or -1.
inline int digit_value(uint32_t c) {
    uint8_t value = detail::type_of(c).digit;
    return value == 255 ? -1 : value;
}
/// `unicodedata.numeric(c)`; only for characters that `is_numeric`, else -1.
double numeric_value(uint32_t c);

} // namespace taipan::base::unicode
