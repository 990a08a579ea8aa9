#include "base/utf8.h"

#include <bit>

namespace taipan::base {

namespace {

constexpr uint64_t high_bits = 0x8080808080808080u;

uint64_t load64(const void* p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/// Maps the bitwise or of all characters to the bound that str widths need.
uint32_t bound_of_or(uint32_t bits) {
    if (bits < 0x80) return 0x7f;
    if (bits < 0x100) return 0xff;
    if (bits < 0x10000) return 0xffff;
    return max_code_point;
}

constexpr bool is_continuation(uint8_t b) { return (b & 0xc0) == 0x80; }

/// Looks at the non-ASCII sequence at `p`. Returns its length, or 0 with `reason` and the number of bad bytes set
/// (`bad` counts the lead byte and the continuation bytes that were acceptable after it). `incomplete` is set when the
/// bytes so far could still begin a valid sequence.
struct SequenceError {
    const char* reason;
    unsigned bad;
    bool incomplete;
};

unsigned check_sequence(const uint8_t* p, size_t left, Surrogates surrogates, SequenceError& error) {
    uint8_t lead = p[0];
    unsigned need;
    uint8_t low = 0x80, high = 0xbf;
    if (lead < 0xc2 || lead > 0xf4) {
        error = {"invalid start byte", 1, false};
        return 0;
    }
    if (lead < 0xe0) {
        need = 2;
    } else if (lead < 0xf0) {
        need = 3;
        if (lead == 0xe0) low = 0xa0;
        if (lead == 0xed && surrogates == Surrogates::Reject) high = 0x9f;
    } else {
        need = 4;
        if (lead == 0xf0) low = 0x90;
        if (lead == 0xf4) high = 0x8f;
    }
    for (unsigned i = 1; i < need; i++) {
        if (i == left) {
            error = {"unexpected end of data", i, true};
            return 0;
        }
        uint8_t b = p[i];
        if (b < low || b > high) {
            error = {"invalid continuation byte", i, false};
            return 0;
        }
        low = 0x80, high = 0xbf;
    }
    return need;
}

uint32_t load16(const uint8_t* p, ByteOrder order) {
    return order == ByteOrder::Little ? p[0] | uint32_t(p[1]) << 8 : p[1] | uint32_t(p[0]) << 8;
}

uint32_t load32(const uint8_t* p, ByteOrder order) {
    uint32_t v;
    memcpy(&v, p, 4);
    return (order == ByteOrder::Little) == (std::endian::native == std::endian::little) ? v : std::byteswap(v);
}

uint8_t* put16(uint8_t* out, uint32_t v, ByteOrder order) {
    out[order == ByteOrder::Little ? 0 : 1] = uint8_t(v);
    out[order == ByteOrder::Little ? 1 : 0] = uint8_t(v >> 8);
    return out + 2;
}

uint8_t* put32(uint8_t* out, uint32_t v, ByteOrder order) {
    if ((order == ByteOrder::Little) != (std::endian::native == std::endian::little)) v = std::byteswap(v);
    memcpy(out, &v, 4);
    return out + 4;
}

template <typename Char> uint32_t or_all(const Char* chars, size_t size) {
    // Chunks let long wide strings stop early; within a chunk the loop vectorises.
    constexpr uint32_t top = sizeof(Char) == 1 ? 0x80 : sizeof(Char) == 2 ? 0xff00 : 0x1f0000;
    uint32_t bits = 0;
    while (size) {
        size_t n = size < 256 ? size : 256;
        Char chunk = 0;
        for (size_t i = 0; i < n; i++) chunk |= chars[i];
        bits |= chunk;
        if (bits & top) break;
        chars += n;
        size -= n;
    }
    return bits;
}

} // namespace

size_t ascii_prefix(const uint8_t* bytes, size_t size) {
    const uint8_t *p = bytes, *end = bytes + size;
    while (end - p >= 32) {
        if ((load64(p) | load64(p + 8) | load64(p + 16) | load64(p + 24)) & high_bits) break;
        p += 32;
    }
    while (end - p >= 8) {
        uint64_t hit = load64(p) & high_bits;
        if (hit) {
            if constexpr (std::endian::native == std::endian::little) return p - bytes + (std::countr_zero(hit) >> 3);
            break;
        }
        p += 8;
    }
    while (p < end && *p < 0x80) p++;
    return p - bytes;
}

uint32_t max_char_bound(const uint8_t* chars, size_t size) { return is_ascii(chars, size) ? 0x7f : 0xff; }
uint32_t max_char_bound(const uint16_t* chars, size_t size) { return bound_of_or(or_all(chars, size)); }
uint32_t max_char_bound(const uint32_t* chars, size_t size) { return bound_of_or(or_all(chars, size)); }

size_t utf8_length(const uint8_t* bytes, size_t size) {
    size_t continuations = 0;
    for (size_t i = 0; i < size; i++) continuations += is_continuation(bytes[i]);
    return size - continuations;
}

DecodeScan scan_utf8(const uint8_t* bytes, size_t size, Surrogates surrogates, Input input) {
    DecodeScan scan;
    const uint8_t *p = bytes, *end = bytes + size;
    size_t length = 0;
    uint8_t largest_lead = 0;
    while (p < end) {
        if (*p < 0x80) {
            size_t n = ascii_prefix(p, end - p);
            p += n;
            length += n;
            if (p == end) break;
        }
        uint8_t lead = *p;
        // Two- and three-byte sequences away from the special lead bytes are most of the text there is.
        if (lead - 0xc2u < 0x1e && end - p >= 2 && is_continuation(p[1])) {
            p += 2;
        } else if (lead - 0xe1u < 0x0c && end - p >= 3 && is_continuation(p[1]) && is_continuation(p[2])) {
            p += 3;
        } else {
            SequenceError error;
            unsigned n = check_sequence(p, end - p, surrogates, error);
            if (!n) {
                if (!(error.incomplete && input == Input::Partial)) {
                    scan.reason = error.reason;
                    scan.error_end = size_t(p - bytes) + error.bad;
                }
                break;
            }
            p += n;
        }
        length++;
        if (lead > largest_lead) largest_lead = lead;
    }
    scan.consumed = p - bytes;
    scan.length = length;
    scan.max_char = largest_lead == 0 ? 0x7f : largest_lead < 0xc4 ? 0xff : largest_lead < 0xf0 ? 0xffff : max_code_point;
    return scan;
}

template <typename Char> Char* decode_utf8(const uint8_t* bytes, size_t size, Char* out) {
    const uint8_t *p = bytes, *end = bytes + size;
    while (p < end) {
        if (*p < 0x80) {
            while (end - p >= 8 && !(load64(p) & high_bits)) {
                for (int i = 0; i < 8; i++) out[i] = p[i];
                p += 8;
                out += 8;
            }
            while (p < end && *p < 0x80) *out++ = *p++;
            continue;
        }
        *out++ = Char(next_utf8(p));
    }
    return out;
}

template <typename Char> EncodeScan utf8_size(const Char* chars, size_t length, Surrogates surrogates) {
    if constexpr (sizeof(Char) == 1) {
        size_t wide = 0;
        for (size_t i = 0; i < length; i++) wide += chars[i] >> 7;
        return {length + wide, length};
    } else {
        // Blocks small enough for sums as wide as a character, which the compiler does many at a time.
        constexpr size_t Block = 4096;
        size_t size = length;
        for (size_t start = 0; start < length; start += Block) {
            size_t end = length - start < Block ? length : start + Block;
            Char more = 0, any_surrogate = 0;
            for (size_t i = start; i < end; i++) {
                Char c = chars[i];
                more += static_cast<Char>((c >= 0x80) + (c >= 0x800) + (sizeof(Char) == 4 && c >= 0x10000));
                any_surrogate |= static_cast<Char>((c & ~Char{0x7ff}) == 0xd800);
            }
            if (any_surrogate && surrogates == Surrogates::Reject) {
                size_t first = start;
                while (!is_surrogate(chars[first])) first++;
                return {utf8_size(chars, first, Surrogates::Pass).size, first};
            }
            size += more;
        }
        return {size, length};
    }
}

template <typename Char> uint8_t* encode_utf8(const Char* chars, size_t length, uint8_t* out) {
    for (size_t i = 0; i < length; i++) out = put_utf8(out, chars[i]);
    return out;
}

DecodeScan scan_utf16(const uint8_t* bytes, size_t size, ByteOrder order, Input input, Surrogates surrogates) {
    DecodeScan scan;
    uint32_t bits = 0;
    size_t i = 0;
    while (size - i >= 2) {
        uint32_t c = load16(bytes + i, order);
        size_t width = 2;
        if (is_surrogate(c)) {
            const char* reason = nullptr;
            size_t bad = 2;
            if (!is_high_surrogate(c)) {
                reason = "illegal encoding";
            } else if (size - i < 4) {
                if (input == Input::Partial) break;
                reason = "unexpected end of data";
                bad = size - i;
            } else if (uint32_t low = load16(bytes + i + 2, order); is_low_surrogate(low)) {
                c = join_surrogates(c, low);
                width = 4;
            } else {
                reason = "illegal UTF-16 surrogate";
            }
            if (reason && surrogates == Surrogates::Reject) {
                scan.reason = reason;
                scan.error_end = i + bad;
                break;
            }
        }
        bits |= c;
        i += width;
        scan.length++;
    }
    if (size - i == 1 && input == Input::Final && !scan.reason) {
        scan.reason = "truncated data";
        scan.error_end = size;
    }
    scan.consumed = i;
    scan.max_char = bound_of_or(bits);
    return scan;
}

template <typename Char> Char* decode_utf16(const uint8_t* bytes, size_t size, ByteOrder order, Char* out) {
    for (size_t i = 0; i + 2 <= size; i += 2) {
        uint32_t c = load16(bytes + i, order);
        if (is_high_surrogate(c) && size - i >= 4) {
            uint32_t low = load16(bytes + i + 2, order);
            if (is_low_surrogate(low)) {
                c = join_surrogates(c, low);
                i += 2;
            }
        }
        *out++ = Char(c);
    }
    return out;
}

template <typename Char> EncodeScan utf16_size(const Char* chars, size_t length, Surrogates surrogates) {
    size_t pairs = 0;
    if constexpr (sizeof(Char) > 1) {
        for (size_t i = 0; i < length; i++) {
            if (is_surrogate(chars[i]) && surrogates == Surrogates::Reject) return {2 * (i + pairs), i};
            if constexpr (sizeof(Char) > 2) pairs += chars[i] > 0xffff;
        }
    }
    return {2 * (length + pairs), length};
}

template <typename Char> uint8_t* encode_utf16(const Char* chars, size_t length, ByteOrder order, uint8_t* out) {
    for (size_t i = 0; i < length; i++) {
        uint32_t c = chars[i];
        if (c > 0xffff) {
            out = put16(out, 0xd800 + ((c - 0x10000) >> 10), order);
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        out = put16(out, c, order);
    }
    return out;
}

DecodeScan scan_utf32(const uint8_t* bytes, size_t size, ByteOrder order, Input input, Surrogates surrogates) {
    DecodeScan scan;
    uint32_t bits = 0;
    size_t i = 0;
    for (; size - i >= 4; i += 4) {
        uint32_t c = load32(bytes + i, order);
        if (is_surrogate(c) && surrogates == Surrogates::Reject) {
            scan.reason = "code point in surrogate code point range(0xd800, 0xe000)";
        } else if (c > max_code_point) {
            scan.reason = "code point not in range(0x110000)";
        }
        if (scan.reason) {
            scan.error_end = i + 4;
            break;
        }
        bits |= c;
        scan.length++;
    }
    if (size - i < 4 && size != i && input == Input::Final) {
        scan.reason = "truncated data";
        scan.error_end = size;
    }
    scan.consumed = i;
    scan.max_char = bound_of_or(bits);
    return scan;
}

template <typename Char> Char* decode_utf32(const uint8_t* bytes, size_t size, ByteOrder order, Char* out) {
    for (size_t i = 0; i + 4 <= size; i += 4) *out++ = Char(load32(bytes + i, order));
    return out;
}

template <typename Char> EncodeScan utf32_size(const Char* chars, size_t length, Surrogates surrogates) {
    if constexpr (sizeof(Char) > 1) {
        if (surrogates == Surrogates::Reject) {
            for (size_t i = 0; i < length; i++) {
                if (is_surrogate(chars[i])) return {4 * i, i};
            }
        }
    }
    return {4 * length, length};
}

template <typename Char> uint8_t* encode_utf32(const Char* chars, size_t length, ByteOrder order, uint8_t* out) {
    for (size_t i = 0; i < length; i++) out = put32(out, chars[i], order);
    return out;
}

#define FOR_WIDTH(Char)                                                                                                                    \
    template Char* decode_utf8(const uint8_t*, size_t, Char*);                                                                             \
    template EncodeScan utf8_size(const Char*, size_t, Surrogates);                                                                        \
    template uint8_t* encode_utf8(const Char*, size_t, uint8_t*);                                                                          \
    template Char* decode_utf16(const uint8_t*, size_t, ByteOrder, Char*);                                                                 \
    template EncodeScan utf16_size(const Char*, size_t, Surrogates);                                                                       \
    template uint8_t* encode_utf16(const Char*, size_t, ByteOrder, uint8_t*);                                                              \
    template Char* decode_utf32(const uint8_t*, size_t, ByteOrder, Char*);                                                                 \
    template EncodeScan utf32_size(const Char*, size_t, Surrogates);                                                                       \
    template uint8_t* encode_utf32(const Char*, size_t, ByteOrder, uint8_t*);
FOR_WIDTH(uint8_t)
FOR_WIDTH(uint16_t)
FOR_WIDTH(uint32_t)
#undef FOR_WIDTH

} // namespace taipan::base
