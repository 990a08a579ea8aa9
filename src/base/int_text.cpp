#include "base/int_text.h"

#include "base/float_text.h"
#include "base/utf8.h"

#include <bit>
#include <charconv>
#include <cstring>

namespace taipan::base {

namespace {

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct DigitTable {
    uint8_t values[256];
    constexpr DigitTable() : values() {
        for (unsigned c = 0; c < 256; c++) {
            values[c] = uint8_t(c >= '0' && c <= '9'   ? c - '0'
                                : c >= 'a' && c <= 'z' ? c - 'a' + 10
                                : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                                                       : 37);
        }
    }
};
constexpr DigitTable digit_table;
constexpr unsigned digit_value(char c) { return digit_table.values[uint8_t(c)]; }

unsigned prefix_base(char c) {
    switch (c) {
    case 'x':
    case 'X': return 16;
    case 'o':
    case 'O': return 8;
    case 'b':
    case 'B': return 2;
    default: return 0;
    }
}

bool eight_digits(const char* p) {
    constexpr uint64_t High = 0xf0f0f0f0f0f0f0f0;
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return ((word & High) | ((word + 0x0606060606060606) & High) >> 4) == 0x3333333333333333;
}

IntParse parse_ascii(const char* p, const char* end, unsigned base, size_t max_digits, ParsedInt& out) {
    while (p < end && is_space(*p)) p++;
    while (end > p && is_space(end[-1])) end--;
    if (p < end && (*p == '+' || *p == '-')) out.negative = *p++ == '-';
    bool zero_only = false;
    if (p < end && *p == '0') {
        unsigned found = end - p > 1 ? prefix_base(p[1]) : 0;
        if (found && (base == 0 || base == found)) {
            base = found;
            p += 2;
            if (p < end && *p == '_') p++; // one underscore may follow the prefix
        } else if (base == 0) {
            zero_only = true; // "00" is zero, "07" an error
        }
    }
    if (base == 0) base = 10;
    out.base = base;

    size_t count = 0;
    uint64_t value = 0;
    bool overflow = false;
    const char* first = p;
    char before = '_';
    // Very many decimal digits are only counted here, eight at a time: the limit is to save time.
    if (base == 10 && end - p > 20 && *p != '0') {
        const char* q = p;
        while (end - q >= 8 && eight_digits(q)) q += 8;
        while (q < end && static_cast<unsigned>(*q - '0') < 10) ++q;
        if (q == end) {
            count = size_t(end - p);
            overflow = true;
            before = '0';
            p = end;
        }
    }
    for (; p < end; p++) {
        if (*p == '_') {
            if (before == '_') return IntParse::Invalid;
        } else {
            unsigned digit = digit_value(*p);
            if (digit >= base || (zero_only && digit)) return IntParse::Invalid;
            count++;
            if (count <= 12) { // fits in any base
                value = value * base + digit;
            } else if (!overflow) {
                uint64_t next;
                if (__builtin_mul_overflow(value, uint64_t(base), &next) || __builtin_add_overflow(next, uint64_t(digit), &next)) {
                    overflow = true;
                } else {
                    value = next;
                }
            }
        }
        before = *p;
    }
    if (before == '_') return IntParse::Invalid; // nothing at all, or an underscore at the end
    out.digit_count = count;
    if (max_digits && count > max_digits && !std::has_single_bit(base)) return IntParse::TooLong;
    if (!overflow) {
        out.value = value;
        return IntParse::Small;
    }
    uint8_t* digits = out.digits.resize(count);
    if (!digits) return IntParse::NoMemory;
    if (base <= 10 && size_t(end - first) == count) { // no underscores
        for (size_t i = 0; i < count; i++) digits[i] = uint8_t(first[i] - '0');
        return IntParse::Big;
    }
    for (p = first; p < end; p++) {
        if (*p != '_') *digits++ = uint8_t(digit_value(*p));
    }
    return IntParse::Big;
}

} // namespace

template <typename Char> IntParse parse_int(const Char* text, size_t length, unsigned base, size_t max_digits, ParsedInt& out) {
    if constexpr (sizeof(Char) == 1) {
        if (is_ascii(text, length)) {
            const char* p = reinterpret_cast<const char*>(text);
            return parse_ascii(p, p + length, base, max_digits, out);
        }
    }
    TextBuffer buffer;
    if (!transform_decimal_and_space(text, length, buffer)) return IntParse::NoMemory;
    return parse_ascii(buffer.data(), buffer.data() + length, base, max_digits, out);
}

size_t format_u64(uint64_t value, unsigned base, char* out) {
    return size_t(std::to_chars(out, out + max_u64_text, value, int(base)).ptr - out);
}

template IntParse parse_int(const uint8_t*, size_t, unsigned, size_t, ParsedInt&);
template IntParse parse_int(const uint16_t*, size_t, unsigned, size_t, ParsedInt&);
template IntParse parse_int(const uint32_t*, size_t, unsigned, size_t, ParsedInt&);

} // namespace taipan::base
