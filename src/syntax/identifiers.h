// What may be in an identifier, and how it is normalised. The one place that knows about Unicode's identifier tables.
#pragma once

#include <cstdint>
#include <string_view>

namespace taipan::base {
class Arena;
}

namespace taipan::syntax {

bool is_identifier_start(uint32_t c);
bool is_identifier_continue(uint32_t c);
bool is_printable(uint32_t c);

// NFKC of valid UTF-8; the input itself when it is already normal, else arena memory.
std::string_view normalize_identifier(base::Arena& arena, std::string_view text);

// ASCII classes by table.
enum CharClass : uint8_t { CHAR_DIGIT = 1, CHAR_NAME_START = 2, CHAR_NAME = 4, CHAR_HEX = 8 };
struct CharTable {
    uint8_t rows[256] = {};
    constexpr CharTable() {
        for (int c = 0; c < 256; c++) {
            bool digit = c >= '0' && c <= '9';
            bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
            bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            rows[c] = (uint8_t)((digit ? CHAR_DIGIT | CHAR_NAME : 0) | (letter ? CHAR_NAME_START | CHAR_NAME : 0) | (hex ? CHAR_HEX : 0));
        }
    }
};
inline constexpr CharTable CHAR_TABLE;
// Bytes of UTF-8 beyond ASCII count as letters until the whole identifier is verified; the end of input (-1) is
// nothing.
inline bool char_is(int c, CharClass wanted) { return c >= 0 && CHAR_TABLE.rows[c] & wanted; }

// One code point of valid UTF-8 (surrogates in their three-byte form included); advances `p`.
inline uint32_t decode_one(const char*& p) {
    auto byte = [&](int i) { return (uint32_t)(unsigned char)p[i]; };
    uint32_t c = byte(0);
    if (c < 0x80) {
        p += 1;
        return c;
    }
    if (c < 0xe0) {
        c = (c & 0x1f) << 6 | (byte(1) & 0x3f);
        p += 2;
        return c;
    }
    if (c < 0xf0) {
        c = (c & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
        p += 3;
        return c;
    }
    c = (c & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
    p += 4;
    return c;
}

// Appends one code point, returns the end.
inline char* encode_one(char* out, uint32_t c) {
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

// Code points in UTF-8 text.
inline int32_t count_characters(const char* from, const char* to) {
    int32_t count = 0;
    for (; from < to; from++) count += ((unsigned char)*from & 0xc0) != 0x80;
    return count;
}

} // namespace taipan::syntax
