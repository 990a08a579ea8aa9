#include "base/struct_format.h"

#include <bit>
#include <climits>
#include <cmath>
#include <cstring>

namespace taipan::base {

namespace {

struct Code {
    char code;
    uint8_t standard; ///< 0: only native
    uint8_t native, align;
};

constexpr Code codes[] = {
    {'x', 1, 1, 0},
    {'c', 1, 1, 0},
    {'b', 1, 1, 0},
    {'B', 1, 1, 0},
    {'?', 1, sizeof(bool), alignof(bool)},
    {'h', 2, sizeof(short), alignof(short)},
    {'H', 2, sizeof(short), alignof(short)},
    {'i', 4, sizeof(int), alignof(int)},
    {'I', 4, sizeof(int), alignof(int)},
    {'l', 4, sizeof(long), alignof(long)},
    {'L', 4, sizeof(long), alignof(long)},
    {'q', 8, sizeof(long long), alignof(long long)},
    {'Q', 8, sizeof(long long), alignof(long long)},
    {'n', 0, sizeof(size_t), alignof(size_t)},
    {'N', 0, sizeof(size_t), alignof(size_t)},
    {'P', 0, sizeof(void*), alignof(void*)},
    {'e', 2, 2, 2},
    {'f', 4, sizeof(float), alignof(float)},
    {'d', 8, sizeof(double), alignof(double)},
    {'F', 8, 2 * sizeof(float), alignof(float)},
    {'D', 16, 2 * sizeof(double), alignof(double)},
    {'s', 1, 1, 0},
    {'p', 1, 1, 0},
};

const Code* find_code(char c, bool native) {
    for (const Code& code : codes) {
        if (code.code == c) return native || code.standard ? &code : nullptr;
    }
    return nullptr;
}

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

} // namespace

const char* parse_struct_format(const char* format, size_t length, StructLayout& layout, bool& no_memory) {
    constexpr const char* too_long = "total struct size too long";
    constexpr size_t limit = SIZE_MAX / 2;
    no_memory = false;
    const char *p = format, *end = format + length;
    bool little_here = std::endian::native == std::endian::little;
    layout.little_endian = little_here;
    if (p < end) {
        switch (*p) {
        case '@': p++; break;
        case '=':
            layout.native = false;
            p++;
            break;
        case '<':
            layout.native = false;
            layout.little_endian = true;
            p++;
            break;
        case '>':
        case '!':
            layout.native = false;
            layout.little_endian = false;
            p++;
            break;
        }
    }
    size_t size = 0;
    while (p < end) {
        if (is_space(*p)) {
            p++;
            continue;
        }
        size_t count = 1;
        if (*p >= '0' && *p <= '9') {
            count = 0;
            for (; p < end && *p >= '0' && *p <= '9'; p++) {
                if (__builtin_mul_overflow(count, size_t(10), &count) || __builtin_add_overflow(count, size_t(*p - '0'), &count) ||
                    count > limit)
                    return too_long;
            }
            if (p == end) return "repeat count given without format specifier";
        }
        char c = *p++;
        const Code* code = find_code(c, layout.native);
        if (!code) return "bad char in struct format";
        size_t item = layout.native ? code->native : code->standard;
        size_t align = layout.native ? code->align : 0;
        if (align > 1) {
            size_t padded = (size + align - 1) & ~(align - 1);
            if (padded > limit) return too_long;
            size = padded;
        }
        size_t bytes;
        if (__builtin_mul_overflow(item, count, &bytes) || bytes > limit) return too_long;
        bool text = c == 's' || c == 'p';
        if (text) {
            layout.fields.push({c, 0, count, size, 1});
            layout.items++;
        } else if (c != 'x' && count) {
            layout.fields.push({c, uint8_t(align), item, size, count});
            layout.items += count;
        }
        if (__builtin_add_overflow(size, bytes, &size) || size > limit) return too_long;
    }
    layout.size = size;
    no_memory = layout.fields.failed();
    return nullptr;
}

void pack_int(uint64_t value, unsigned size, bool little_endian, uint8_t* out) {
    for (unsigned i = 0; i < size; i++) out[little_endian ? i : size - 1 - i] = uint8_t(value >> (8 * i));
}

uint64_t unpack_uint(const uint8_t* bytes, unsigned size, bool little_endian) {
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) value |= uint64_t(bytes[little_endian ? i : size - 1 - i]) << (8 * i);
    return value;
}

int64_t unpack_int(const uint8_t* bytes, unsigned size, bool little_endian) {
    unsigned unused = 64 - 8 * size;
    return int64_t(unpack_uint(bytes, size, little_endian) << unused) >> unused;
}

FloatPack pack_float(double value, unsigned size, bool little_endian, uint8_t* out) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    if (size == 8) {
        pack_int(bits, 8, little_endian, out);
        return FloatPack::Ok;
    }
    if (size == 4) {
        float narrow = float(value);
        if (std::isinf(narrow) && std::isfinite(value)) return FloatPack::TooLarge;
        uint32_t narrow_bits;
        memcpy(&narrow_bits, &narrow, 4);
        // Conversion makes NaNs quiet; a signalling one stays one, with its payload.
        if (std::isnan(value) && !(bits >> 51 & 1)) {
            narrow_bits &= ~(uint32_t(1) << 22);
            if (!(narrow_bits & 0x7fffff)) narrow_bits |= 1;
        }
        pack_int(narrow_bits, 4, little_endian, out);
        return FloatPack::Ok;
    }
    uint32_t sign = uint32_t(bits >> 63) << 15, half;
    if (std::isinf(value)) {
        half = 0x7c00;
    } else if (std::isnan(value)) {
        half = 0x7c00 | uint32_t(bits >> 42 & 0x3ff);
        if (half == 0x7c00) half |= 1;
    } else {
        // Scale so that rounding to a whole number (to even) is rounding to a half.
        double magnitude = std::fabs(value);
        int exponent;
        std::frexp(magnitude, &exponent);
        exponent--;
        if (magnitude == 0 || exponent < -14) {
            half = uint32_t(std::nearbyint(std::ldexp(magnitude, 24)));
        } else if (exponent > 15) {
            return FloatPack::TooLarge;
        } else {
            uint32_t fraction = uint32_t(std::nearbyint(std::ldexp(magnitude, 10 - exponent))); // 1024 to 2048
            half = (uint32_t(exponent + 15) << 10) + (fraction - 1024);
            if (half >= 0x7c00) return FloatPack::TooLarge;
        }
    }
    pack_int(sign | half, 2, little_endian, out);
    return FloatPack::Ok;
}

double unpack_float(const uint8_t* bytes, unsigned size, bool little_endian) {
    uint64_t bits = unpack_uint(bytes, size, little_endian);
    if (size == 8) {
        double value;
        memcpy(&value, &bits, 8);
        return value;
    }
    if (size == 4) {
        uint32_t narrow_bits = uint32_t(bits);
        float narrow;
        memcpy(&narrow, &narrow_bits, 4);
        double value = narrow;
        if (std::isnan(narrow) && !(narrow_bits >> 22 & 1)) {
            uint64_t wide;
            memcpy(&wide, &value, 8);
            wide &= ~(uint64_t(1) << 51);
            memcpy(&value, &wide, 8);
        }
        return value;
    }
    uint32_t exponent = uint32_t(bits >> 10) & 31, fraction = uint32_t(bits) & 0x3ff;
    bool negative = bits >> 15;
    if (exponent == 31) {
        if (fraction == 0) return negative ? -HUGE_VAL : HUGE_VAL;
        uint64_t wide = uint64_t(negative) << 63 | uint64_t(0x7ff) << 52 | uint64_t(fraction) << 42;
        double value;
        memcpy(&value, &wide, 8);
        return value;
    }
    double value = exponent ? std::ldexp(1024 + fraction, int(exponent) - 25) : std::ldexp(fraction, -24);
    return negative ? -value : value;
}

} // namespace taipan::base
