#include "base/float_text.h"

#include "base/unicode.h"

#include <charconv>
#include <cmath>

namespace taipan::base {

namespace {

/// 0.d1d2d3… * 10**point; trailing zeros are stripped and zero has the one digit 0 and point 1, as dtoa has it.
struct Decimal {
    char digits[1200];
    int count;
    int point;
};

/// More than this many digits of a double are zeros: 767 significant ones, 1074 behind the point.
constexpr int max_precision = 1100;

void strip_zeros(Decimal& d) {
    while (d.count > 1 && d.digits[d.count - 1] == '0') d.count--;
    if (d.count == 1 && d.digits[0] == '0') d.point = 1;
}

/// Reads the "d.ddde±xx" that to_chars writes.
void read_scientific(const char* p, const char* end, Decimal& d) {
    d.count = 0;
    for (; p < end && *p != 'e'; p++) {
        if (*p != '.') d.digits[d.count++] = *p;
    }
    int exponent = 0;
    if (p < end) {
        p++;
        bool negative = *p++ == '-';
        for (; p < end; p++) exponent = exponent * 10 + (*p - '0');
        if (negative) exponent = -exponent;
    }
    d.point = exponent + 1;
    strip_zeros(d);
}

void shortest(double value, Decimal& d) {
    char buffer[40];
    read_scientific(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr, d);
}

/// `digits` significant digits, at least one.
void significant(double value, int digits, Decimal& d) {
    char buffer[max_precision + 20];
    if (digits > max_precision) digits = max_precision;
    auto result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific, digits - 1);
    read_scientific(buffer, result.ptr, d);
}

/// Rounded to `places` behind the point.
void fixed(double value, int places, Decimal& d) {
    char buffer[max_precision + 340];
    if (places > max_precision) places = max_precision;
    auto result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, places);
    const char* p = buffer;
    d.count = 0;
    d.point = 0;
    bool behind = false, started = false;
    for (; p < result.ptr; p++) {
        if (*p == '.') {
            behind = true;
            continue;
        }
        if (*p != '0') started = true;
        if (started) {
            if (d.count < int(sizeof d.digits)) d.digits[d.count++] = *p;
            if (!behind) d.point++;
        } else if (behind) {
            d.point--;
        }
    }
    if (!d.count) {
        d.digits[d.count++] = '0';
        d.point = 1;
    }
    strip_zeros(d);
}

bool is_upper_code(char code) { return code == 'E' || code == 'F' || code == 'G'; }

constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char lowered(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }
constexpr bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Matches a lower-case word at `p`, ignoring case.
bool starts_with(const char* p, const char* end, const char* word) {
    for (; *word; word++, p++) {
        if (p == end || lowered(*p) != *word) return false;
    }
    return true;
}

/// "inf", "infinity" or "nan" after an optional sign.
const char* scan_special(const char* p, const char* end, bool negative, double& value) {
    if (starts_with(p, end, "inf")) {
        value = negative ? -HUGE_VAL : HUGE_VAL;
        return p + (starts_with(p + 3, end, "inity") ? 8 : 3);
    }
    if (starts_with(p, end, "nan")) {
        value = negative ? -NAN : NAN;
        return p + 3;
    }
    return nullptr;
}

int hex_value(char c) {
    if (is_ascii_digit(c)) return c - '0';
    c = lowered(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

void format_double(double value, char code, int precision, unsigned flags, TextBuffer& out) {
    bool upper = is_upper_code(code);
    bool negative = std::signbit(value);
    if (!std::isfinite(value)) {
        bool nan = std::isnan(value);
        if (negative && !nan) {
            out.push('-');
        } else if (flags & float_always_sign) {
            out.push('+');
        }
        out.append(nan ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"), 3);
        return;
    }
    Decimal d;
    bool exponential = false;
    bool alternate = flags & float_alternate;
    int shown = 0; // digits that must appear, counted like the digits of `d`
    double magnitude = std::fabs(value);
    switch (lowered(code)) {
    case 'e':
        significant(magnitude, precision >= max_precision ? max_precision : precision + 1, d);
        exponential = true;
        break;
    case 'f': fixed(magnitude, precision, d); break;
    case 'g':
        if (precision == 0) precision = 1;
        significant(magnitude, precision, d);
        exponential = d.point <= -4 || d.point > precision - (flags & float_add_dot_0 ? 1 : 0);
        if (alternate) shown = precision;
        break;
    default:
        shortest(magnitude, d);
        exponential = d.point <= -4 || d.point > 16;
        break;
    }
    if (lowered(code) == 'e') shown = precision + 1;
    if (lowered(code) == 'f') shown = d.point + precision;
    if ((flags & float_no_negative_zero) && d.count == 1 && d.digits[0] == '0') negative = false;

    int exponent = 0, point = d.point;
    if (exponential) {
        exponent = point - 1;
        point = 1;
    }
    int start = point <= 0 ? point - 1 : 0;
    int end = shown > d.count ? shown : d.count;
    if (int least = !exponential && (flags & float_add_dot_0) ? point + 1 : point; end < least) end = least;

    if (negative) {
        out.push('-');
    } else if (flags & float_always_sign) {
        out.push('+');
    }
    if (!out.reserve(size_t(end - start) + 16)) return;
    for (int i = start; i < point; i++) out.push(i >= 0 && i < d.count ? d.digits[i] : '0');
    if (end > point) {
        out.push('.');
        int i = point;
        for (; i < 0 && i < end; i++) out.push('0');
        if (int copied = (end < d.count ? end : d.count) - i; copied > 0) {
            out.append(d.digits + i, size_t(copied));
            i += copied;
        }
        if (i < end) out.append(size_t(end - i), '0');
    } else if (alternate) {
        out.push('.');
    }
    if (exponential) {
        out.push(upper ? 'E' : 'e');
        out.push(exponent < 0 ? '-' : '+');
        unsigned e = exponent < 0 ? unsigned(-exponent) : unsigned(exponent);
        if (e >= 100) out.push(char('0' + e / 100));
        out.push(char('0' + e / 10 % 10));
        out.push(char('0' + e % 10));
    }
}

size_t repr_double(double value, char* out) {
    // Small whole numbers are most of the floats that are ever printed.
    if (std::fabs(value) < 1e15 && double(int64_t(value)) == value && !(value == 0 && std::signbit(value))) {
        char* p = std::to_chars(out, out + max_double_repr, int64_t(value)).ptr;
        *p++ = '.';
        *p++ = '0';
        return size_t(p - out);
    }
    TextBuffer text;
    format_double(value, 'r', 0, float_add_dot_0, text);
    memcpy(out, text.data(), text.size());
    return text.size();
}

size_t scan_double(const char* text, size_t length, double& value, bool& overflow) {
    const char *p = text, *end = text + length;
    overflow = false;
    bool negative = false;
    if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
    if (const char* special = scan_special(p, end, negative, value)) return size_t(special - text);
    const char* digits = p;
    const char* first = nullptr; // first digit that is not zero
    while (p < end && is_ascii_digit(*p)) {
        if (*p != '0' && !first) first = p;
        p++;
    }
    const char* point = p;
    size_t count = size_t(p - digits);
    if (p < end && *p == '.') {
        p++;
        for (; p < end && is_ascii_digit(*p); p++, count++) {
            if (*p != '0' && !first) first = p;
        }
    }
    if (count == 0) return 0;
    int64_t exponent = 0;
    if (p < end && lowered(*p) == 'e') {
        const char* q = p + 1;
        bool minus = false;
        if (q < end && (*q == '+' || *q == '-')) minus = *q++ == '-';
        if (q < end && is_ascii_digit(*q)) {
            for (; q < end && is_ascii_digit(*q); q++) {
                if (exponent < (int64_t(1) << 50)) exponent = exponent * 10 + (*q - '0');
            }
            if (minus) exponent = -exponent;
            p = q;
        }
    }
    value = 0;
    if (first) {
        auto result = std::from_chars(digits, p, value);
        if (result.ec == std::errc::result_out_of_range) {
            // The library does not say which way. The power of ten of the first digit does.
            int64_t power = exponent + (first < point ? point - first : point - first + 1);
            overflow = power > 0;
            value = overflow ? HUGE_VAL : 0;
        }
    }
    if (negative) value = -value;
    return size_t(p - text);
}

template <typename Char> bool transform_decimal_and_space(const Char* text, size_t length, TextBuffer& out) {
    char* copy = out.resize(length);
    if (!copy) return false;
    for (size_t i = 0; i < length; i++) {
        uint32_t c = text[i];
        if (c < 0x80) {
            copy[i] = char(c);
        } else if (unicode::is_space(c)) {
            copy[i] = ' ';
        } else {
            int digit = unicode::decimal_value(c);
            copy[i] = digit < 0 ? '?' : char('0' + digit);
        }
    }
    return true;
}

template <typename Char> NumberParse parse_double(const Char* text, size_t length, double& value) {
    TextBuffer buffer;
    if (!transform_decimal_and_space(text, length, buffer)) return NumberParse::NoMemory;
    const char *p = buffer.data(), *end = p + buffer.size();
    while (p < end && is_ascii_space(*p)) p++;
    while (end > p && is_ascii_space(end[-1])) end--;
    if (memchr(p, '_', size_t(end - p))) {
        char* out = buffer.data();
        char before = 0;
        for (const char* q = p; q < end; q++) {
            if (*q == '_') {
                if (!is_ascii_digit(before) || q + 1 == end || !is_ascii_digit(q[1])) return NumberParse::Invalid;
            } else {
                *out++ = *q;
            }
            before = *q;
        }
        p = buffer.data();
        end = out;
    }
    bool overflow;
    size_t size = size_t(end - p);
    return size && scan_double(p, size, value, overflow) == size ? NumberParse::Ok : NumberParse::Invalid;
}

size_t hex_double(double value, char* out) {
    if (!std::isfinite(value)) return repr_double(value, out);
    char* p = out;
    if (std::signbit(value)) *p++ = '-';
    uint64_t bits;
    memcpy(&bits, &value, 8);
    uint64_t fraction = bits & ((uint64_t(1) << 52) - 1);
    int exponent = int(bits >> 52 & 0x7ff);
    *p++ = '0';
    *p++ = 'x';
    *p++ = exponent ? '1' : '0';
    *p++ = '.';
    if (exponent == 0 && fraction == 0) {
        memcpy(p, "0p+0", 4);
        return size_t(p + 4 - out);
    }
    for (int shift = 48; shift >= 0; shift -= 4) *p++ = "0123456789abcdef"[fraction >> shift & 15];
    exponent = exponent ? exponent - 1023 : -1022;
    *p++ = 'p';
    *p++ = exponent < 0 ? '-' : '+';
    return size_t(std::to_chars(p, out + max_double_repr, exponent < 0 ? -exponent : exponent).ptr - out);
}

HexParse parse_hex_double(const char* text, size_t length, double& value) {
    const char *p = text, *end = text + length;
    while (p < end && is_ascii_space(*p)) p++;
    while (end > p && is_ascii_space(end[-1])) end--;
    bool negative = false;
    if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
    if (const char* special = scan_special(p, end, negative, value)) return special == end ? HexParse::Ok : HexParse::Invalid;
    if (end - p >= 2 && p[0] == '0' && lowered(p[1]) == 'x') p += 2;

    // Digits go into 62 bits and a sticky bit; `scale` is the power of two of the last bit.
    uint64_t bits = 0;
    bool sticky = false, any = false, behind = false;
    int64_t scale = 0;
    for (; p < end; p++) {
        if (*p == '.' && !behind) {
            behind = true;
            continue;
        }
        int digit = hex_value(*p);
        if (digit < 0) break;
        any = true;
        if (bits >> 58) {
            sticky |= digit != 0;
            if (!behind) scale += 4;
        } else {
            bits = bits << 4 | uint64_t(digit);
            if (behind) scale -= 4;
        }
    }
    if (!any) return HexParse::Invalid;
    int64_t exponent = 0;
    if (p < end && lowered(*p) == 'p') {
        p++;
        bool minus = false;
        if (p < end && (*p == '+' || *p == '-')) minus = *p++ == '-';
        if (p == end || !is_ascii_digit(*p)) return HexParse::Invalid;
        for (; p < end && is_ascii_digit(*p); p++) {
            if (exponent < (int64_t(1) << 52)) exponent = exponent * 10 + (*p - '0');
        }
        if (minus) exponent = -exponent;
    }
    if (p != end) return HexParse::Invalid;
    value = negative ? -0.0 : 0.0;
    if (bits == 0) return HexParse::Ok;
    scale += exponent;
    int width = 64 - __builtin_clzll(bits);
    int64_t top = scale + width; // the value lies below 2**top
    if (top > 1025) return HexParse::TooLarge;
    if (top < -1100) return HexParse::Ok;
    // Keep 53 bits, fewer for a subnormal, and round to even.
    int64_t lowest = top - 53 < -1074 ? -1074 : top - 53;
    int64_t drop = lowest - scale;
    if (drop > 0) {
        uint64_t half = drop > 63 ? 0 : uint64_t(1) << (drop - 1);
        uint64_t rest = drop > 63 ? bits : bits & ((half << 1) - 1);
        bits = drop > 63 ? 0 : bits >> drop;
        if (half && (rest > half || (rest == half && (sticky || (bits & 1))))) bits++;
        scale = lowest;
    }
    double result = std::ldexp(double(bits), int(scale));
    if (std::isinf(result)) return HexParse::TooLarge;
    value = negative ? -result : result;
    return HexParse::Ok;
}

double round_double(double value, int64_t digits) {
    if (!std::isfinite(value) || digits > 323) return value;
    if (digits < -308) return value * 0.0;
    if (value == 0) return value;
    char buffer[max_precision + 340];
    char* end;
    double magnitude = std::fabs(value), result;
    if (digits >= 0) {
        // Whole numbers and what has no digits to lose stay as they are.
        if (magnitude >= 4503599627370496.0) return value;
        end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::fixed, int(digits)).ptr;
    } else {
        end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific, 340).ptr;
        Decimal d;
        read_scientific(buffer, end, d);
        int keep = d.point + int(digits); // digits left of the rounding place
        if (keep < 0) return std::copysign(0.0, value);
        if (keep == 0) {
            bool more = d.digits[0] > '5' || (d.digits[0] == '5' && d.count > 1);
            if (!more) return std::copysign(0.0, value);
            buffer[0] = '1';
            buffer[1] = 'e';
            end = std::to_chars(buffer + 2, buffer + 20, d.point).ptr;
        } else {
            end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific, keep - 1).ptr;
        }
    }
    bool overflow;
    scan_double(buffer, size_t(end - buffer), result, overflow);
    return std::copysign(result, value);
}

#define FOR_WIDTH(Char)                                                                                                                    \
    template bool transform_decimal_and_space(const Char*, size_t, TextBuffer&);                                                           \
    template NumberParse parse_double(const Char*, size_t, double&);
FOR_WIDTH(uint8_t)
FOR_WIDTH(uint16_t)
FOR_WIDTH(uint32_t)
#undef FOR_WIDTH

} // namespace taipan::base
