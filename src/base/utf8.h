// UTF-8, UTF-16 and UTF-32 as bytes <-> code points.
//
// Decoding is in two steps, so that a str can be allocated at its final width: `scan_*` walks the longest valid prefix
// and says how many code points it holds, a bound on the largest, and what is wrong after it (CPython's range and
// reason, ready for UnicodeDecodeError); `decode_*` then writes a prefix that was scanned. A caller with an error
// handler loops: scan, decode, handle, continue behind the error.
// Encoding is the same: `*_size` finds the size or the first code point that cannot be encoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace taipan::base {

inline constexpr uint32_t max_code_point = 0x10ffff;

constexpr bool is_surrogate(uint32_t c) { return c - 0xd800u < 0x800u; }
constexpr bool is_high_surrogate(uint32_t c) { return c - 0xd800u < 0x400u; }
constexpr bool is_low_surrogate(uint32_t c) { return c - 0xdc00u < 0x400u; }
constexpr uint32_t join_surrogates(uint32_t high, uint32_t low) { return 0x10000u + ((high - 0xd800u) << 10) + (low - 0xdc00u); }

/// Whether lone surrogates are errors or are coded as if they were characters ("surrogatepass", WTF-8).
enum class Surrogates : uint8_t { Reject, Pass };
/// Whether the input ends here: if not, an incomplete sequence at the end is left unconsumed and is no error.
enum class Input : uint8_t { Final, Partial };
enum class ByteOrder : uint8_t { Little, Big };

struct DecodeScan {
    size_t consumed = 0;          ///< bytes of the valid prefix
    size_t length = 0;            ///< code points in it
    uint32_t max_char = 0x7f;     ///< bound on them: 0x7f, 0xff, 0xffff or 0x10ffff
    const char* reason = nullptr; ///< what is wrong at `consumed`; null when all is well or more input is needed
    size_t error_end = 0;         ///< end of the offending bytes
};

/// Bytes before the first one that is not ASCII.
size_t ascii_prefix(const uint8_t* bytes, size_t size);
inline bool is_ascii(const uint8_t* bytes, size_t size) { return ascii_prefix(bytes, size) == size; }

/// The tightest of 0x7f, 0xff, 0xffff, 0x10ffff that bounds every character.
uint32_t max_char_bound(const uint8_t* chars, size_t size);
uint32_t max_char_bound(const uint16_t* chars, size_t size);
uint32_t max_char_bound(const uint32_t* chars, size_t size);

/// Number of code points in valid UTF-8.
size_t utf8_length(const uint8_t* bytes, size_t size);

DecodeScan scan_utf8(const uint8_t* bytes, size_t size, Surrogates surrogates = Surrogates::Reject, Input input = Input::Final);

/// Writes the code points of bytes that `scan_utf8` accepted; `Char` must be wide enough. Returns the end of output.
template <typename Char> Char* decode_utf8(const uint8_t* bytes, size_t size, Char* out);

/// Decodes one code point of valid (W)UTF-8 and advances.
inline uint32_t next_utf8(const uint8_t*& p) {
    uint32_t c = *p++;
    if (c < 0x80) return c;
    if (c < 0xe0) return ((c & 0x1f) << 6) | (*p++ & 0x3f);
    if (c < 0xf0) {
        c = ((c & 0x0f) << 12) | (uint32_t(p[0] & 0x3f) << 6) | (p[1] & 0x3f);
        p += 2;
        return c;
    }
    c = ((c & 0x07) << 18) | (uint32_t(p[0] & 0x3f) << 12) | (uint32_t(p[1] & 0x3f) << 6) | (p[2] & 0x3f);
    p += 3;
    return c;
}

/// Writes one code point (a surrogate too) and returns the end of output: one to four bytes.
inline uint8_t* put_utf8(uint8_t* out, uint32_t c) {
    if (c < 0x80) {
        *out++ = uint8_t(c);
    } else if (c < 0x800) {
        *out++ = uint8_t(0xc0 | (c >> 6));
        *out++ = uint8_t(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = uint8_t(0xe0 | (c >> 12));
        *out++ = uint8_t(0x80 | ((c >> 6) & 0x3f));
        *out++ = uint8_t(0x80 | (c & 0x3f));
    } else {
        *out++ = uint8_t(0xf0 | (c >> 18));
        *out++ = uint8_t(0x80 | ((c >> 12) & 0x3f));
        *out++ = uint8_t(0x80 | ((c >> 6) & 0x3f));
        *out++ = uint8_t(0x80 | (c & 0x3f));
    }
    return out;
}

/// `size` is that of the characters before `position`, which is the index of the first character that cannot be
/// encoded, or the length when all can.
struct EncodeScan {
    size_t size = 0;
    size_t position = 0;
};

template <typename Char> EncodeScan utf8_size(const Char* chars, size_t length, Surrogates surrogates = Surrogates::Reject);
/// Writes exactly what `utf8_size` counted. Surrogates are written as WTF-8.
template <typename Char> uint8_t* encode_utf8(const Char* chars, size_t length, uint8_t* out);

DecodeScan scan_utf16(const uint8_t* bytes, size_t size, ByteOrder order, Input input = Input::Final,
                      Surrogates surrogates = Surrogates::Reject);
template <typename Char> Char* decode_utf16(const uint8_t* bytes, size_t size, ByteOrder order, Char* out);
template <typename Char> EncodeScan utf16_size(const Char* chars, size_t length, Surrogates surrogates = Surrogates::Reject);
template <typename Char> uint8_t* encode_utf16(const Char* chars, size_t length, ByteOrder order, uint8_t* out);

DecodeScan scan_utf32(const uint8_t* bytes, size_t size, ByteOrder order, Input input = Input::Final,
                      Surrogates surrogates = Surrogates::Reject);
template <typename Char> Char* decode_utf32(const uint8_t* bytes, size_t size, ByteOrder order, Char* out);
template <typename Char> EncodeScan utf32_size(const Char* chars, size_t length, Surrogates surrogates = Surrogates::Reject);
template <typename Char> uint8_t* encode_utf32(const Char* chars, size_t length, ByteOrder order, uint8_t* out);

} // namespace taipan::base
