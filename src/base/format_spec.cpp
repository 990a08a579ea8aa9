#include "base/format_spec.h"

#include "base/float_text.h"
#include "base/unicode.h"

#include <climits>
#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace taipan::base {

namespace {

bool fail(FormatError& error, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error.text, sizeof error.text, format, arguments);
    va_end(arguments);
    return false;
}

bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

char separator_of(Grouping grouping) { return grouping == Grouping::Comma ? ',' : '_'; }

bool fail_separator(Grouping grouping, uint32_t type, FormatError& error) {
    char c = separator_of(grouping);
    if (type > 32 && type < 128) return fail(error, "Cannot specify '%c' with '%c'.", c, int(type));
    return fail(error, "Cannot specify '%c' with '\\x%x'.", c, type);
}

bool fail_both(FormatError& error) { return fail(error, "Cannot specify both ',' and '_'."); }

/// Reads a decimal number of any script; false when it does not fit. `value` stays when there is none.
template <typename Char> bool read_number(const Char*& p, const Char* end, int64_t& value) {
    int digit;
    if (p == end || (digit = unicode::decimal_value(*p)) < 0) return true;
    int64_t number = 0;
    do {
        if (__builtin_mul_overflow(number, int64_t(10), &number) || __builtin_add_overflow(number, int64_t(digit), &number)) return false;
        p++;
    } while (p < end && (digit = unicode::decimal_value(*p)) >= 0);
    value = number;
    return true;
}

/// Reads up to one comma and one underscore, which must not both be there.
template <typename Char> bool read_grouping(const Char*& p, const Char* end, Grouping& grouping, FormatError& error) {
    if (p < end && *p == ',') {
        grouping = Grouping::Comma;
        p++;
    }
    if (p < end && *p == '_') {
        if (grouping != Grouping::None) return fail_both(error);
        grouping = Grouping::Underscore;
        p++;
    }
    if (p < end && *p == ',' && grouping == Grouping::Underscore) return fail_both(error);
    return true;
}

/// Separators and group sizes of one number; sizes as in localeconv.
struct Separators {
    const uint32_t* point;
    size_t point_length;
    const uint32_t* thousands;
    size_t thousands_length;
    const char* sizes;
    uint32_t fraction; ///< 0 for none
};

constexpr uint32_t dot[] = {'.'};
constexpr uint32_t comma[] = {','};
constexpr uint32_t underscore[] = {'_'};

Separators separators_of(const FormatSpec& spec, const NumberLocale* locale) {
    Separators s{dot, 1, nullptr, 0, "", 0};
    if (spec.type == 'n' && locale) {
        s.point = locale->decimal_point;
        s.point_length = locale->decimal_point_length;
        s.thousands = locale->thousands_separator;
        s.thousands_length = locale->thousands_separator_length;
        s.sizes = locale->grouping;
    } else if (spec.grouping != Grouping::None) {
        s.thousands = spec.grouping == Grouping::Comma ? comma : underscore;
        s.thousands_length = 1;
        s.sizes = spec.base() == 10 ? "\3" : "\4";
    }
    if (spec.fraction_grouping != Grouping::None) s.fraction = uint32_t(separator_of(spec.fraction_grouping));
    return s;
}

/// A number taken apart: sign, prefix, whole digits, fraction digits, and what follows (exponent, percent sign).
struct Parts {
    bool negative = false;
    const char* prefix = "";
    size_t prefix_length = 0;
    const char* digits = nullptr;
    size_t digit_count = 0;
    bool has_point = false;
    const char* fraction = nullptr;
    size_t fraction_count = 0;
    const char* rest = nullptr;
    size_t rest_count = 0;
    bool upper = false;
};

/// Splits what format_double wrote, without its sign.
Parts split_float(const char* p, const char* end) {
    Parts parts;
    auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (p < end && *p == '-') {
        parts.negative = true;
        p++;
    }
    parts.digits = p;
    while (p < end && digit(*p)) p++;
    parts.digit_count = size_t(p - parts.digits);
    if (p < end && *p == '.') {
        parts.has_point = true;
        p++;
        parts.fraction = p;
        while (p < end && digit(*p)) p++;
        parts.fraction_count = size_t(p - parts.fraction);
    }
    parts.rest = p;
    parts.rest_count = size_t(end - p);
    return parts;
}

void put(WideBuffer& out, const char* text, size_t length, bool upper = false) {
    if (!out.reserve(length)) return;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        out.push(uint32_t(upper && c >= 'a' && c <= 'z' ? c - 32 : c));
    }
}

/// Writes the whole digits in groups, filled with zeros to `min_width`. Works from the right, so it runs twice: once to
/// count (`out` null), once to write backwards from `out`.
size_t group_digits(const Separators& s, const char* digits, size_t count, int64_t min_width, bool upper, uint32_t* out) {
    if (count == 0) return 0;
    int64_t remaining = int64_t(count);
    size_t total = 0;
    bool separate = false;
    const char* sizes = s.sizes;
    int64_t last_size = 0;
    for (bool more = true; more;) {
        int64_t size = 0;
        if (s.thousands_length || *sizes) {
            size = *sizes ? (*sizes == CHAR_MAX ? 0 : *sizes) : last_size;
            if (*sizes) {
                last_size = size;
                sizes++;
            }
        }
        int64_t least = remaining > min_width ? remaining : min_width;
        if (least < 1) least = 1;
        bool unbounded = size <= 0;
        if (unbounded || size > least) size = least;
        int64_t taken = remaining < size ? remaining : size;
        int64_t zeros = size - taken;
        if (separate) {
            total += s.thousands_length;
            if (out) {
                for (size_t i = s.thousands_length; i-- > 0;) *--out = s.thousands[i];
            }
        }
        total += size_t(size);
        if (out) {
            for (int64_t i = 0; i < taken; i++) {
                char c = digits[--count];
                *--out = uint32_t(upper && c >= 'a' && c <= 'z' ? c - 32 : c);
            }
            for (int64_t i = 0; i < zeros; i++) *--out = '0';
        }
        separate = true;
        remaining -= taken;
        min_width -= size;
        more = !unbounded && (remaining > 0 || min_width > 0);
        min_width -= int64_t(s.thousands_length);
    }
    return total;
}

bool write_number(const FormatSpec& spec, const Parts& parts, const Separators& s, WideBuffer& out, FormatError& error) {
    char sign = parts.negative ? '-' : spec.sign == '+' || spec.sign == ' ' ? spec.sign : 0;
    size_t fraction_separators = s.fraction && parts.fraction_count ? (parts.fraction_count - 1) / 3 : 0;
    size_t fixed = (sign != 0) + parts.prefix_length + (parts.has_point ? s.point_length : 0) + parts.fraction_count + fraction_separators +
                   parts.rest_count;
    int64_t min_width = spec.fill == '0' && spec.align == '=' ? spec.width - int64_t(fixed) : 0;
    size_t grouped = group_digits(s, parts.digits, parts.digit_count, min_width, parts.upper, nullptr);
    size_t total = fixed + grouped, padding = 0;
    if (spec.width > 0 && size_t(spec.width) > total) padding = size_t(spec.width) - total;
    size_t left = 0, inner = 0, right = 0;
    switch (spec.align) {
    case '<': right = padding; break;
    case '^':
        left = padding / 2;
        right = padding - left;
        break;
    case '=': inner = padding; break;
    default: left = padding; break;
    }
    if (out.reserve(total + padding)) {
        out.append(left, spec.fill);
        if (sign) out.push(uint32_t(sign));
        put(out, parts.prefix, parts.prefix_length, parts.upper);
        out.append(inner, spec.fill);
        size_t at = out.size() + grouped;
        if (uint32_t* data = out.resize(at)) {
            group_digits(s, parts.digits, parts.digit_count, min_width, parts.upper, data + at);
        }
        if (parts.has_point) out.append(s.point, s.point_length);
        for (size_t i = 0; i < parts.fraction_count; i++) {
            if (s.fraction && i && i % 3 == 0) out.push(s.fraction);
            out.push(uint32_t(parts.fraction[i]));
        }
        put(out, parts.rest, parts.rest_count);
        out.append(right, spec.fill);
    }
    error.no_memory = out.failed();
    return !out.failed();
}

bool is_float_code(uint32_t type) {
    switch (type) {
    case 0:
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'n': return true;
    default: return false;
    }
}

struct FloatCode {
    char code;
    int precision;
    unsigned flags;
};

/// The arguments of format_double that a specifier asks for.
bool float_code(const FormatSpec& spec, FloatCode& out, FormatError& error) {
    if (spec.precision >= INT_MAX - 1023) return fail(error, "precision too big");
    out.flags = (spec.alternate ? float_alternate : 0) | (spec.no_negative_zero ? float_no_negative_zero : 0);
    out.precision = int(spec.precision);
    out.code = spec.type == 'n' ? 'g' : spec.type == '%' ? 'f' : char(spec.type);
    if (spec.type == 0) {
        out.code = 'r';
        out.flags |= float_add_dot_0;
    }
    if (out.precision < 0) {
        out.precision = out.code == 'r' ? 0 : 6;
    } else if (out.code == 'r') {
        out.code = 'g';
    }
    return true;
}

} // namespace

template <typename Char>
bool parse_format_spec(const Char* text, size_t length, char default_type, char default_align, FormatSpec& spec, FormatError& error) {
    const Char *p = text, *end = text + length;
    bool fill_given = false;
    spec.align = default_align;
    spec.type = uint32_t(default_type);
    if (length >= 2 && is_align(p[1])) {
        spec.fill = p[0];
        spec.align = char(p[1]);
        fill_given = spec.align_given = true;
        p += 2;
    } else if (length >= 1 && is_align(p[0])) {
        spec.align = char(*p++);
        spec.align_given = true;
    }
    if (p < end && (*p == '+' || *p == '-' || *p == ' ')) spec.sign = char(*p++);
    if (p < end && *p == 'z') {
        spec.no_negative_zero = true;
        p++;
    }
    if (p < end && *p == '#') {
        spec.alternate = true;
        p++;
    }
    if (!fill_given && p < end && *p == '0') {
        spec.fill = '0';
        if (!spec.align_given && default_align == '>') spec.align = '=';
        p++;
    }
    if (!read_number(p, end, spec.width)) return fail(error, "Too many decimal digits in format string");
    if (!read_grouping(p, end, spec.grouping, error)) return false;
    if (p < end && *p == '.') {
        p++;
        if (!read_number(p, end, spec.precision)) return fail(error, "Too many decimal digits in format string");
        if (!read_grouping(p, end, spec.fraction_grouping, error)) return false;
        if (spec.precision < 0 && spec.fraction_grouping == Grouping::None) return fail(error, "Format specifier missing precision");
    }
    if (end - p > 1) {
        error.invalid_specifier = true;
        return false;
    }
    if (p < end) spec.type = *p;
    if (spec.grouping != Grouping::None) {
        switch (spec.type) {
        case 0:
        case 'd':
        case 'e':
        case 'f':
        case 'g':
        case 'E':
        case 'F':
        case 'G':
        case '%': break;
        case 'b':
        case 'o':
        case 'x':
        case 'X':
            if (spec.grouping == Grouping::Underscore) break;
            [[fallthrough]];
        default: return fail_separator(spec.grouping, spec.type, error);
        }
    }
    if (spec.fraction_grouping != Grouping::None && spec.type == 'n') return fail_separator(spec.fraction_grouping, spec.type, error);
    return true;
}

void unknown_format_code(uint32_t code, const char* type_name, FormatError& error) {
    if (code > 32 && code < 128) {
        fail(error, "Unknown format code '%c' for object of type '%.200s'", int(code), type_name);
    } else {
        fail(error, "Unknown format code '\\x%x' for object of type '%.200s'", code, type_name);
    }
}

bool check_int_spec(const FormatSpec& spec, const char* type_name, FormatError& error) {
    if (spec.is_float_type()) return true;
    switch (spec.type) {
    case 'b':
    case 'c':
    case 'd':
    case 'o':
    case 'x':
    case 'X':
    case 'n': break;
    default: unknown_format_code(spec.type, type_name, error); return false;
    }
    if (spec.precision != -1) return fail(error, "Precision not allowed in integer format specifier");
    if (spec.no_negative_zero) return fail(error, "Negative zero coercion (z) not allowed in integer format specifier");
    if (spec.type == 'c') {
        if (spec.sign) return fail(error, "Sign not allowed with integer format specifier 'c'");
        if (spec.alternate) return fail(error, "Alternate form (#) not allowed with integer format specifier 'c'");
    }
    return true;
}

bool format_int(const FormatSpec& spec, bool negative, const char* digits, size_t length, const NumberLocale* locale, WideBuffer& out,
                FormatError& error) {
    Parts parts;
    parts.negative = negative;
    parts.digits = digits;
    parts.digit_count = length;
    parts.upper = spec.type == 'X';
    if (spec.alternate && spec.base() != 10) {
        parts.prefix = spec.base() == 2 ? "0b" : spec.base() == 8 ? "0o" : "0x";
        parts.prefix_length = 2;
    }
    return write_number(spec, parts, separators_of(spec, locale), out, error);
}

bool format_int_character(const FormatSpec& spec, uint32_t character, WideBuffer& out, FormatError& error) {
    // The character counts as what follows a number without digits.
    size_t padding = spec.width > 1 ? size_t(spec.width) - 1 : 0;
    size_t left = spec.align == '<' ? 0 : spec.align == '^' ? padding / 2 : padding;
    if (out.reserve(padding + 1)) {
        out.append(left, spec.fill);
        out.push(character);
        out.append(padding - left, spec.fill);
    }
    error.no_memory = out.failed();
    return !out.failed();
}

bool format_float(const FormatSpec& spec, double value, const char* type_name, const NumberLocale* locale, WideBuffer& out,
                  FormatError& error) {
    if (!is_float_code(spec.type) && spec.type != '%') {
        unknown_format_code(spec.type, type_name, error);
        return false;
    }
    FloatCode code;
    if (!float_code(spec, code, error)) return false;
    TextBuffer text;
    format_double(spec.type == '%' ? value * 100 : value, code.code, code.precision, code.flags, text);
    if (spec.type == '%') text.push('%');
    if (text.failed()) {
        error.no_memory = true;
        return false;
    }
    Parts parts = split_float(text.begin(), text.end());
    return write_number(spec, parts, separators_of(spec, locale), out, error);
}

bool format_complex(const FormatSpec& spec, double real, double imaginary, const char* type_name, const NumberLocale* locale,
                    WideBuffer& out, FormatError& error) {
    if (!is_float_code(spec.type)) {
        unknown_format_code(spec.type, type_name, error);
        return false;
    }
    if (spec.fill == '0') return fail(error, "Zero padding is not allowed in complex format specifier");
    if (spec.align == '=') return fail(error, "'=' alignment flag is not allowed in complex format specifier");
    FloatCode code;
    if (!float_code(spec, code, error)) return false;
    // Without a type, the text is that of repr: parentheses, and no real part when it is +0.
    bool parentheses = false, skip_real = false;
    if (spec.type == 0) {
        code.flags &= ~unsigned(float_add_dot_0);
        if (real == 0 && !std::signbit(real)) {
            skip_real = true;
        } else {
            parentheses = true;
        }
    }
    TextBuffer real_text, imaginary_text;
    format_double(real, code.code, code.precision, code.flags, real_text);
    format_double(imaginary, code.code, code.precision, code.flags, imaginary_text);
    imaginary_text.push('j');
    if (real_text.failed() || imaginary_text.failed()) {
        error.no_memory = true;
        return false;
    }
    Separators separators = separators_of(spec, locale);
    WideBuffer inner;
    FormatSpec part = spec;
    part.width = -1;
    part.align = '<';
    if (parentheses) inner.push('(');
    if (!skip_real) {
        if (!write_number(part, split_float(real_text.begin(), real_text.end()), separators, inner, error)) return false;
        part.sign = '+';
    }
    if (!write_number(part, split_float(imaginary_text.begin(), imaginary_text.end()), separators, inner, error)) return false;
    if (parentheses) inner.push(')');
    size_t padding = spec.width > 0 && size_t(spec.width) > inner.size() ? size_t(spec.width) - inner.size() : 0;
    size_t left = spec.align == '<' ? 0 : spec.align == '^' ? padding / 2 : padding;
    out.append(left, spec.fill);
    out.append(inner.data(), inner.size());
    out.append(padding - left, spec.fill);
    error.no_memory = inner.failed() || out.failed();
    return !error.no_memory;
}

bool layout_string(const FormatSpec& spec, size_t length, const char* type_name, StringLayout& layout, FormatError& error) {
    if (spec.type != 's') {
        unknown_format_code(spec.type, type_name, error);
        return false;
    }
    if (spec.sign == ' ') return fail(error, "Space not allowed in string format specifier");
    if (spec.sign) return fail(error, "Sign not allowed in string format specifier");
    if (spec.no_negative_zero) return fail(error, "Negative zero coercion (z) not allowed in string format specifier");
    if (spec.alternate) return fail(error, "Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=') return fail(error, "'=' alignment not allowed in string format specifier");
    layout.taken = spec.precision >= 0 && size_t(spec.precision) < length ? size_t(spec.precision) : length;
    size_t padding = spec.width > 0 && size_t(spec.width) > layout.taken ? size_t(spec.width) - layout.taken : 0;
    layout.left = spec.align == '>' ? padding : spec.align == '^' ? padding / 2 : 0;
    layout.right = padding - layout.left;
    return true;
}

template bool parse_format_spec(const uint8_t*, size_t, char, char, FormatSpec&, FormatError&);
template bool parse_format_spec(const uint16_t*, size_t, char, char, FormatSpec&, FormatError&);
template bool parse_format_spec(const uint32_t*, size_t, char, char, FormatSpec&, FormatError&);

} // namespace taipan::base
