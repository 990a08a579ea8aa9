#include "base/unicode.h"

#include "base/unicode_tables.h"

namespace taipan::base::unicode {

namespace detail {

/// Full mappings that are longer than one code point for at least one case; zero-terminated unless three long.
struct SpecialCasing {
    uint16_t upper[3], lower[3], title[3], fold[3];
};

/// Numeric characters that are not digits.
struct NumericValue {
    uint32_t character;
    double value;
};

#include "base/unicode_types.inc"

static_assert(type_stage1_size == sizeof(Stage1) && type_stage2_size * 2 == sizeof(Stage2));

constexpr Stage1 stage1 = expand_runs<Stage1>(type_stage1_runs);
constexpr Stage2 stage2 = expand_runs<Stage2>(type_stage2_runs);

constexpr const UnicodeType& find(uint32_t c) {
    return type_records[stage2.values[(uint32_t(stage1.values[c >> block_shift]) << block_shift) | (c & block_mask)]];
}

#define ROW8(n)                                                                                                                            \
    find(n).flags, find(n + 1).flags, find(n + 2).flags, find(n + 3).flags, find(n + 4).flags, find(n + 5).flags, find(n + 6).flags,       \
        find(n + 7).flags
#define ROW64(n) ROW8(n), ROW8(n + 8), ROW8(n + 16), ROW8(n + 24), ROW8(n + 32), ROW8(n + 40), ROW8(n + 48), ROW8(n + 56)
constexpr uint16_t latin1_flags[256] = {ROW64(0), ROW64(64), ROW64(128), ROW64(192)};
#undef ROW64
#undef ROW8

} // namespace detail

using namespace detail;

static unsigned map_full(uint32_t c, int32_t simple, uint8_t special, const uint16_t (SpecialCasing::*mapping)[3], uint32_t* out) {
    if (special == 0) {
        out[0] = c + uint32_t(simple);
        return 1;
    }
    const uint16_t* text = special_casings[special].*mapping;
    unsigned n = 0;
    while (n < 3 && text[n]) {
        out[n] = text[n];
        n++;
    }
    return n;
}

unsigned to_lower_full(uint32_t c, uint32_t* out) {
    const UnicodeType& type = type_of(c);
    return map_full(c, type.lower, type.special, &SpecialCasing::lower, out);
}

unsigned to_upper_full(uint32_t c, uint32_t* out) {
    const UnicodeType& type = type_of(c);
    return map_full(c, type.upper, type.special, &SpecialCasing::upper, out);
}

unsigned to_title_full(uint32_t c, uint32_t* out) {
    const UnicodeType& type = type_of(c);
    return map_full(c, type.title, type.special, &SpecialCasing::title, out);
}

unsigned to_folded_full(uint32_t c, uint32_t* out) {
    const UnicodeType& type = type_of(c);
    return map_full(c, type.fold, type.special, &SpecialCasing::fold, out);
}

double numeric_value(uint32_t c) {
    const UnicodeType& type = type_of(c);
    if (!(type.flags & numeric_flag)) return -1;
    if (type.digit != 255) return type.digit;
    size_t low = 0, high = sizeof(numeric_values) / sizeof(numeric_values[0]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (numeric_values[middle].character < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return numeric_values[low].value;
}

} // namespace taipan::base::unicode
