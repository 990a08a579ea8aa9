#include "syntax/literals.h"

#include "base/unicode_names.h"
#include "syntax/identifiers.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gmp.h>

namespace taipan::syntax {

namespace {

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

ConstantValue integer_from_digits(base::Arena& arena, const char* digits, int base) {
    mpz_t big;
    mpz_init_set_str(big, digits, base);
    size_t size = mpz_size(big);
    ConstantValue value;
    if (size <= 1 && mpz_getlimbn(big, 0) <= INT64_MAX) {
        value = ConstantValue::of_int(size ? (int64_t)mpz_getlimbn(big, 0) : 0);
    } else {
        auto* limbs = arena.make_array<uint64_t>(size);
        for (size_t i = 0; i < size; i++) limbs[i] = mpz_getlimbn(big, (mp_size_t)i);
        value = ConstantValue::of_limbs(limbs, (uint32_t)size, false);
    }
    mpz_clear(big);
    return value;
}

double float_from_digits(const char* begin, const char* end) {
    double value = 0;
    auto [rest, error] = std::from_chars(begin, end, value);
    // Out of range is infinity or zero, which from_chars leaves to us.
    if (error == std::errc::result_out_of_range) value = strtod(begin, nullptr);
    return value;
}

} // namespace

NumberResult parse_number(base::Arena& arena, std::string_view text, int max_digits) {
    // The common case: a short decimal.
    if (text.size() <= 18) {
        int64_t small = 0;
        size_t i = 0;
        for (; i < text.size(); i++) {
            unsigned digit = (unsigned)(text[i] - '0');
            if (digit > 9) break;
            small = small * 10 + digit;
        }
        if (i == text.size()) return {ConstantValue::of_int(small)};
    }
    char local[128];
    char* digits = text.size() < sizeof local ? local : (char*)arena.allocate(text.size() + 1, 1);
    size_t size = 0;
    for (char c : text)
        if (c != '_') digits[size++] = c;
    digits[size] = 0;

    if (digits[0] == '0' && size > 1) {
        int base = 0, bits = 0;
        switch (digits[1] | 0x20) {
        case 'x': base = 16, bits = 4; break;
        case 'o': base = 8, bits = 3; break;
        case 'b': base = 2, bits = 1; break;
        }
        if (base) {
            if ((size - 2) * (size_t)bits <= 62) {
                int64_t value = 0;
                for (size_t i = 2; i < size; i++) value = value << bits | digit_value(digits[i]);
                return {ConstantValue::of_int(value)};
            }
            return {integer_from_digits(arena, digits + 2, base)};
        }
    }
    char last = (char)(digits[size - 1] | 0x20);
    if (last == 'j') return {ConstantValue::of_complex(0.0, float_from_digits(digits, digits + size - 1))};
    if (memchr(digits, '.', size) || memchr(digits, 'e', size) || memchr(digits, 'E', size))
        return {ConstantValue::of_float(float_from_digits(digits, digits + size))};
    if (max_digits > 0 && size > (size_t)max_digits) return {{}, LiteralError::TooManyDigits, (uint32_t)size};
    return {integer_from_digits(arena, digits, 10)};
}

StringPrefix split_string(std::string_view token) {
    StringPrefix result;
    size_t i = 0;
    for (;; i++) {
        char c = token[i];
        if (c == '\'' || c == '"') break;
        switch (c | 0x20) {
        case 'b': result.bytes = true; break;
        case 'r': result.raw = true; break;
        case 'u': result.unicode = true; break;
        }
    }
    size_t quotes = token.size() - i >= 6 && token[i + 1] == token[i] && token[i + 2] == token[i] ? 3 : 1;
    result.body = token.substr(i + quotes, token.size() - i - 2 * quotes);
    return result;
}

namespace {

// CPython decodes a text in which every character beyond ASCII was replaced by a \U escape of ten bytes; its error
// positions count those.
int reported_position(std::string_view body, const char* at) {
    int position = 0;
    for (const char* p = body.data(); p < at; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '\\' && p + 1 < at && ((unsigned char)p[1] & 0x80)) position += 6;
        else if (c == '\\' && p + 1 < at) position += 2, p++;
        else if (c < 0x80) position++;
        else if ((c & 0xc0) != 0x80) position += 10;
    }
    return position;
}

std::string_view unicode_error(base::Arena& arena, std::string_view body, const char* from, const char* to, const char* reason) {
    char text[200];
    int start = reported_position(body, from), end = reported_position(body, to) - 1;
    int size = start == end
                   ? snprintf(text, sizeof text, "(unicode error) 'unicodeescape' codec can't decode byte 0x%02x in position %d: %s",
                              (unsigned char)*from, start, reason)
                   : snprintf(text, sizeof text, "(unicode error) 'unicodeescape' codec can't decode bytes in position %d-%d: %s", start,
                              end, reason);
    return {arena.copy(text, (size_t)size), (size_t)size};
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

} // namespace

DecodeResult decode_str_escapes(base::Arena& arena, std::string_view body) {
    DecodeResult result;
    const char* p = body.data();
    const char* end = p + body.size();
    auto* first = (const char*)memchr(p, '\\', body.size());
    if (!first) {
        result.text = body;
        return result;
    }
    // No escape grows: "\U0010ffff" is ten bytes for four, a name takes at least five.
    char* const buffer = (char*)arena.allocate(body.size() + 16, 1);
    char* out = buffer;
    while (p < end) {
        auto* backslash = (const char*)memchr(p, '\\', (size_t)(end - p));
        if (!backslash) backslash = end;
        memcpy(out, p, (size_t)(backslash - p));
        out += backslash - p;
        p = backslash;
        if (p == end) break;
        p++;
        // COMPAT: at the end (of an f-string's part) and before what is not ASCII, a backslash is itself, unwarned.
        if (p == end || (unsigned char)*p >= 0x80) {
            *out++ = '\\';
            continue;
        }
        char c = *p++;
        int hex_digits = 0;
        const char* hex_reason = nullptr;
        switch (c) {
        case '\n': continue;
        case '\\': *out++ = '\\'; continue;
        case '\'': *out++ = '\''; continue;
        case '"': *out++ = '"'; continue;
        case 'b': *out++ = '\b'; continue;
        case 'f': *out++ = '\f'; continue;
        case 't': *out++ = '\t'; continue;
        case 'n': *out++ = '\n'; continue;
        case 'r': *out++ = '\r'; continue;
        case 'v': *out++ = '\v'; continue;
        case 'a': *out++ = '\a'; continue;
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7': {
            uint32_t value = (uint32_t)(c - '0');
            for (int i = 0; i < 2 && p < end && is_octal(*p); i++) value = value * 8 + (uint32_t)(*p++ - '0');
            if (value > 0377 && !result.first_bad_escape.size) result.first_bad_escape = {backslash, 4};
            out = encode_one(out, value);
            continue;
        }
        case 'x': hex_digits = 2, hex_reason = "truncated \\xXX escape"; break;
        case 'u': hex_digits = 4, hex_reason = "truncated \\uXXXX escape"; break;
        case 'U': hex_digits = 8, hex_reason = "truncated \\UXXXXXXXX escape"; break;
        case 'N': {
            if (p < end && *p == '{') {
                const char* name = ++p;
                auto* close = (const char*)memchr(p, '}', (size_t)(end - p));
                if (close && close > name) {
                    using namespace base::unicode;
                    uint32_t characters[max_sequence];
                    size_t count = lookup_name(name, (size_t)(close - name), Sequences::Exclude, characters);
                    p = close + 1;
                    if (count != 1) {
                        result.error = unicode_error(arena, body, backslash, p, "unknown Unicode character name");
                        return result;
                    }
                    out = encode_one(out, characters[0]);
                    continue;
                }
                p = close ? close + 1 : end;
            }
            result.error = unicode_error(arena, body, backslash, p, "malformed \\N character escape");
            return result;
        }
        default:
            if (!result.first_bad_escape.size) result.first_bad_escape = {backslash, 2};
            *out++ = '\\';
            *out++ = c;
            continue;
        }
        uint32_t value = 0;
        int i = 0;
        for (; i < hex_digits && p < end; i++) {
            int digit = digit_value(*p);
            if (digit > 15) break;
            value = value << 4 | (uint32_t)digit;
            p++;
        }
        if (i < hex_digits) {
            result.error = unicode_error(arena, body, backslash, p, hex_reason);
            return result;
        }
        if (value > 0x10ffff) {
            result.error = unicode_error(arena, body, backslash, p, "illegal Unicode character");
            return result;
        }
        out = encode_one(out, value);
    }
    result.text = {buffer, (size_t)(out - buffer)};
    return result;
}

DecodeResult decode_bytes_escapes(base::Arena& arena, std::string_view body) {
    DecodeResult result;
    if (!memchr(body.data(), '\\', body.size())) {
        result.text = body;
        return result;
    }
    char* const buffer = (char*)arena.allocate(body.size() + 1, 1);
    char* out = buffer;
    const char* p = body.data();
    const char* end = p + body.size();
    while (p < end) {
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        const char* backslash = p++;
        if (p == end) {
            result.error = "(value error) Trailing \\ in string";
            return result;
        }
        char c = *p++;
        switch (c) {
        case '\n': break;
        case '\\':
        case '\'':
        case '"': *out++ = c; break;
        case 'b': *out++ = '\b'; break;
        case 'f': *out++ = '\f'; break;
        case 't': *out++ = '\t'; break;
        case 'n': *out++ = '\n'; break;
        case 'r': *out++ = '\r'; break;
        case 'v': *out++ = '\v'; break;
        case 'a': *out++ = '\a'; break;
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7': {
            unsigned value = (unsigned)(c - '0');
            for (int i = 0; i < 2 && p < end && is_octal(*p); i++) value = value * 8 + (unsigned)(*p++ - '0');
            if (value > 0377 && !result.first_bad_escape.size) result.first_bad_escape = {backslash, 4};
            *out++ = (char)value;
            break;
        }
        case 'x':
            if (end - p >= 2 && digit_value(p[0]) < 16 && digit_value(p[1]) < 16) {
                *out++ = (char)(digit_value(p[0]) << 4 | digit_value(p[1]));
                p += 2;
            } else {
                char text[80];
                int size = snprintf(text, sizeof text, "(value error) invalid \\x escape at position %d", (int)(backslash - body.data()));
                result.error = {arena.copy(text, (size_t)size), (size_t)size};
                return result;
            }
            break;
        default:
            if (!result.first_bad_escape.size) result.first_bad_escape = {backslash, 2};
            *out++ = '\\';
            *out++ = c;
        }
    }
    result.text = {buffer, (size_t)(out - buffer)};
    return result;
}

} // namespace taipan::syntax
