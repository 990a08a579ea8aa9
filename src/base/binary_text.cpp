#include "base/binary_text.h"

#include <cstring>

namespace taipan::base {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";
constexpr char hex_capitals[] = "0123456789ABCDEF";
constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct Values {
    uint8_t of[256];
};
consteval Values make_base64_values() {
    Values values{};
    for (uint8_t& value : values.of) value = 255;
    for (uint8_t i = 0; i < 64; i++) values.of[uint8_t(base64_digits[i])] = i;
    return values;
}
constexpr Values base64_values = make_base64_values();

struct Crc {
    uint16_t of[256];
};
consteval Crc make_crc() {
    Crc table{};
    for (unsigned i = 0; i < 256; i++) {
        unsigned c = i << 8;
        for (int k = 0; k < 8; k++) c = c & 0x8000 ? (c << 1) ^ 0x1021 : c << 1;
        table.of[i] = uint16_t(c);
    }
    return table;
}
constexpr Crc crc_table = make_crc();

} // namespace

size_t hex_size(size_t size, int64_t group) {
    if (size == 0) return 0;
    size_t every = group < 0 ? 0 - size_t(group) : size_t(group);
    return 2 * size + (every ? (size - 1) / every : 0);
}

uint8_t* hex_encode(const uint8_t* data, size_t size, uint8_t separator, int64_t group, uint8_t* out) {
    size_t every = group < 0 ? 0 - size_t(group) : size_t(group);
    // Bytes until the next separator.
    size_t left = every == 0 ? SIZE_MAX : group < 0 ? every : size % every ? size % every : every;
    for (size_t i = 0; i < size; i++) {
        if (left == 0) {
            *out++ = separator;
            left = every;
        }
        left--;
        *out++ = uint8_t(hex_digits[data[i] >> 4]);
        *out++ = uint8_t(hex_digits[data[i] & 15]);
    }
    return out;
}

int hex_digit_value(uint32_t c) {
    if (c - '0' < 10) return int(c - '0');
    c |= 32;
    return c - 'a' < 6 ? int(c - 'a' + 10) : -1;
}

namespace {
struct HexValues {
    int8_t of[256];
    consteval HexValues() : of() {
        for (int c = 0; c < 256; c++)
            of[c] = int8_t(c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1);
    }
};
constexpr HexValues hex_values;
} // namespace

uint8_t* hex_decode(const uint8_t* text, size_t size, uint8_t* out) {
    for (size_t i = 0; i + 1 < size; i += 2) {
        int high = hex_values.of[text[i]], low = hex_values.of[text[i + 1]];
        if ((high | low) < 0) return nullptr;
        *out++ = uint8_t(high << 4 | low);
    }
    return out;
}

uint8_t* base64_encode(const uint8_t* data, size_t size, bool newline, uint8_t* out) {
    auto put = [&](uint32_t bits, int characters) {
        for (int i = 0; i < 4; i++) *out++ = uint8_t(i < characters ? base64_digits[bits >> (18 - 6 * i) & 63] : '=');
    };
    for (; size >= 3; size -= 3, data += 3) put(uint32_t(data[0]) << 16 | uint32_t(data[1]) << 8 | data[2], 4);
    if (size == 1) put(uint32_t(data[0]) << 16, 2);
    if (size == 2) put(uint32_t(data[0]) << 16 | uint32_t(data[1]) << 8, 3);
    if (newline) *out++ = '\n';
    return out;
}

Base64Result base64_decode(const uint8_t* text, size_t size, Base64Mode mode, uint8_t* out) {
    constexpr const char* one_more = "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 more "
                                     "than a multiple of 4";
    bool strict = mode == Base64Mode::Strict;
    Base64Result result;
    auto fail = [&](const char* error) {
        result.error = error;
        return result;
    };
    uint8_t* begin = out;
    auto fail_one_more = [&] {
        result.characters = size_t(out - begin) / 3 * 4 + 1;
        return fail(one_more);
    };
    if (strict && size && text[0] == '=') return fail("Leading padding not allowed");
    unsigned position = 0, padding = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < size; i++) {
        // Four characters at a time while nothing is special.
        while (position == 0 && padding == 0 && size - i >= 4) {
            uint8_t a = base64_values.of[text[i]], b = base64_values.of[text[i + 1]], c = base64_values.of[text[i + 2]],
                    d = base64_values.of[text[i + 3]];
            if ((a | b | c | d) & 0x80) break;
            uint32_t quad = uint32_t(a) << 18 | uint32_t(b) << 12 | uint32_t(c) << 6 | d;
            out[0] = uint8_t(quad >> 16);
            out[1] = uint8_t(quad >> 8);
            out[2] = uint8_t(quad);
            out += 3;
            i += 4;
        }
        if (i == size) break;
        if (text[i] == '=') {
            padding++;
            if (strict) {
                if (position == 1) return fail_one_more();
                if (position == 0 || position + padding > 4) return fail("Excess padding not allowed");
            }
            continue;
        }
        uint8_t value = base64_values.of[text[i]];
        if (value == 255) {
            if (strict) return fail("Only base64 data is allowed");
            continue;
        }
        if (strict && padding) {
            return fail(position + padding == 4 ? "Excess data after padding" : "Discontinuous padding not allowed");
        }
        padding = 0;
        bits = bits << 6 | value;
        switch (position++) {
        case 0: break;
        case 1: *out++ = uint8_t(bits >> 4); break;
        case 2: *out++ = uint8_t(bits >> 2); break;
        default:
            *out++ = uint8_t(bits);
            position = 0;
            break;
        }
    }
    if (position == 1) return fail_one_more();
    if (position && position + padding < 4) return fail("Incorrect padding");
    result.end = out;
    return result;
}

uint8_t* uu_encode(const uint8_t* data, size_t size, bool backtick, uint8_t* out) {
    auto put = [&](uint32_t value) { *out++ = uint8_t(backtick && value == 0 ? '`' : value + ' '); };
    put(uint32_t(size));
    for (size_t i = 0; i < size; i += 3) {
        uint32_t bits = uint32_t(data[i]) << 16;
        if (i + 1 < size) bits |= uint32_t(data[i + 1]) << 8;
        if (i + 2 < size) bits |= data[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) put(bits >> shift & 63);
    }
    *out++ = '\n';
    return out;
}

uint8_t* uu_decode(const uint8_t* text, size_t size, uint8_t* out, const char*& error) {
    const uint8_t *p = text + 1, *end = text + size;
    unsigned left = unsigned(text[0] - ' ') & 63, bits = 0, held = 0;
    for (; left; p += p < end) {
        // Editors strip spaces at the end of lines: what is missing counts as zeros.
        unsigned value = 0;
        if (p < end && *p != '\n' && *p != '\r') {
            if (*p < ' ' || *p > ' ' + 64) {
                error = "Illegal char";
                return nullptr;
            }
            value = unsigned(*p - ' ') & 63;
        }
        bits = bits << 6 | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            *out++ = uint8_t(bits >> held);
            bits &= (1u << held) - 1;
            left--;
        }
    }
    for (; p < end; p++) {
        if (*p != ' ' && *p != '`' && *p != '\n' && *p != '\r') {
            error = "Trailing garbage";
            return nullptr;
        }
    }
    return out;
}

size_t quoted_printable_encode(const uint8_t* data, size_t size, QuotedPrintable options, uint8_t* out) {
    constexpr size_t max_line = 76;
    const void* newline = size ? memchr(data, '\n', size) : nullptr;
    bool crlf = newline && newline > data && static_cast<const uint8_t*>(newline)[-1] == '\r';
    size_t written = 0, line = 0;
    uint8_t last = 0;
    auto put = [&](int c) {
        if (out) out[written] = uint8_t(c);
        last = uint8_t(c);
        written++;
    };
    auto put_hex = [&](uint8_t c) {
        put('=');
        put(hex_capitals[c >> 4]);
        put(hex_capitals[c & 15]);
    };
    auto end_line = [&] {
        if (crlf) put('\r');
        put('\n');
        line = 0;
    };
    for (size_t i = 0; i < size;) {
        uint8_t c = data[i];
        bool at_end = i + 1 == size;
        uint8_t next = at_end ? 0 : data[i + 1];
        bool blank = c == ' ' || c == '\t', ends_line = c == '\n' || c == '\r';
        bool quote = c > 126 || c == '=' || (options.header && c == '_') ||
                     (c == '.' && line == 0 && (at_end || next == '\n' || next == '\r' || next == 0)) || (!options.text && ends_line) ||
                     (blank && at_end) || (c < 33 && !ends_line && (options.quote_tabs || !blank));
        if (quote) {
            if (line + 3 >= max_line) {
                put('=');
                end_line();
            }
            put_hex(c);
            line += 3;
            i++;
        } else if (options.text && (c == '\n' || (c == '\r' && !at_end && next == '\n'))) {
            // Whitespace must not stand at the end of a line.
            if (written && (last == ' ' || last == '\t')) {
                uint8_t space = last;
                written--;
                put_hex(space);
            }
            end_line();
            i += c == '\r' ? 2 : 1;
        } else {
            if (!at_end && next != '\n' && line + 1 >= max_line) {
                put('=');
                end_line();
            }
            line++;
            put(options.header && c == ' ' ? '_' : c);
            i++;
        }
    }
    return written;
}

uint8_t* quoted_printable_decode(const uint8_t* text, size_t size, bool header, uint8_t* out) {
    for (size_t i = 0; i < size;) {
        if (text[i] == '=') {
            i++;
            if (i >= size) break;
            if (text[i] == '\n' || text[i] == '\r') { // a soft line break
                while (i < size && text[i] != '\n') i++;
                if (i < size) i++;
            } else if (text[i] == '=') { // a broken encoder doubled it
                *out++ = '=';
                i++;
            } else if (i + 1 < size && (hex_digit_value(text[i]) | hex_digit_value(text[i + 1])) >= 0) {
                *out++ = uint8_t(hex_digit_value(text[i]) << 4 | hex_digit_value(text[i + 1]));
                i += 2;
            } else {
                *out++ = '=';
            }
        } else {
            *out++ = header && text[i] == '_' ? ' ' : text[i];
            i++;
        }
    }
    return out;
}

uint16_t crc_hqx(const uint8_t* data, size_t size, uint16_t crc) {
    for (size_t i = 0; i < size; i++) crc = uint16_t(crc << 8 ^ crc_table.of[crc >> 8 ^ data[i]]);
    return crc;
}

} // namespace taipan::base
