#include "base/unicode_data.h"

#include "base/unicode.h"
#include "base/unicode_tables.h"

namespace taipan::base::unicode {

using namespace detail;

namespace {

/// A canonical pair that normalisation joins; sorted.
struct Composition {
    uint32_t first, second, composite;
};

/// What 3.2.0 said about a range, where it differs from now.
struct OldRecord {
    uint32_t first, last;
    uint8_t category, bidirectional, width, mirrored, combining;
    int8_t decimal, digit;
    double numeric;
};

struct OldDecomposition {
    uint32_t character, value;
};

#include "base/unicode_3_2_0.inc"
#include "base/unicode_decompositions.inc"
#include "base/unicode_records.inc"

struct Stage1 {
    uint8_t values[record_stage1_size];
};
struct Stage2 {
    uint16_t values[record_stage2_size];
};
constexpr Stage1 record_stage1 = expand_runs<Stage1>(record_stage1_runs);
constexpr Stage2 record_stage2 = expand_runs<Stage2>(record_stage2_runs);

struct DecompositionEntry {
    uint32_t character;
    uint16_t offset;
    uint8_t tag, length;
};
struct Decompositions {
    DecompositionEntry entries[decomposition_count];
    uint32_t values[decomposition_values];
};

consteval Decompositions expand_decompositions() {
    Decompositions table{};
    int32_t previous[32] = {};
    uint32_t character = 0;
    const int32_t* in = decomposition_deltas;
    unsigned at = 0;
    for (size_t i = 0; i < decomposition_count; i++) {
        character += uint32_t(*in++);
        unsigned header = unsigned(*in++), length = header & 31;
        table.entries[i] = {character, uint16_t(at), uint8_t(header >> 5), uint8_t(length)};
        for (unsigned k = 0; k < length; k++) table.values[at++] = uint32_t(previous[k] += *in++);
    }
    return table;
}

static_assert(decomposition_values < 0x10000);
constexpr Decompositions decompositions = expand_decompositions();

constexpr uint8_t unassigned = 0; // index of "Cn" in category_names

const OldRecord* old_record(uint32_t c) {
    size_t low = 0, high = sizeof(old_records) / sizeof(old_records[0]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (old_records[middle].last < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == sizeof(old_records) / sizeof(old_records[0]) || old_records[low].first > c) return nullptr;
    return &old_records[low];
}

const OldRecord* old_if(uint32_t c, Version version) { return version == Version::Current ? nullptr : old_record(c); }

} // namespace

namespace detail {

const UnicodeRecord& record_of(uint32_t c) {
    if (c > 0x10ffff) c = 0xffff;
    return records[record_stage2.values[(uint32_t(record_stage1.values[c >> block_shift]) << block_shift) | (c & block_mask)]];
}

uint32_t compose_pair(uint32_t first, uint32_t second) {
    size_t low = 0, high = sizeof(compositions) / sizeof(compositions[0]);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const Composition& pair = compositions[middle];
        if (pair.first < first || (pair.first == first && pair.second < second)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == sizeof(compositions) / sizeof(compositions[0])) return 0;
    const Composition& pair = compositions[low];
    return pair.first == first && pair.second == second ? pair.composite : 0;
}

} // namespace detail

const char* category(uint32_t c, Version version) {
    const OldRecord* old = old_if(c, version);
    return category_names[old ? old->category : record_of(c).category];
}

const char* bidirectional(uint32_t c, Version version) {
    const OldRecord* old = old_if(c, version);
    return bidirectional_names[old ? old->bidirectional : record_of(c).bidirectional];
}

const char* east_asian_width(uint32_t c, Version version) {
    const OldRecord* old = old_if(c, version);
    return width_names[old ? old->width : record_of(c).width];
}

uint8_t combining(uint32_t c, Version version) {
    const OldRecord* old = old_if(c, version);
    return old ? old->combining : record_of(c).combining;
}

bool mirrored(uint32_t c, Version version) {
    const OldRecord* old = old_if(c, version);
    return old ? old->mirrored : record_of(c).mirrored;
}

int decimal(uint32_t c, Version version) {
    const OldRecord* old = old_if(c, version);
    return old ? old->decimal : decimal_value(c);
}

int digit(uint32_t c, Version version) {
    const OldRecord* old = old_if(c, version);
    return old ? old->digit : digit_value(c);
}

double numeric(uint32_t c, Version version) {
    const OldRecord* old = old_if(c, version);
    return old ? old->numeric : numeric_value(c);
}

Decomposition decomposition(uint32_t c, Version version) {
    // Most text has none, and the quick-check bits say so without a search.
    if (!(record_of(c).quick & (nfd_no | nfkd_no))) return {};
    if (version == Version::V3_2_0) {
        if (const OldRecord* old = old_record(c); old && old->category == unassigned) return {};
    }
    size_t low = 0, high = decomposition_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (decompositions.entries[middle].character < c) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == decomposition_count || decompositions.entries[low].character != c) return {};
    const DecompositionEntry& entry = decompositions.entries[low];
    return {decomposition_tag_names[entry.tag], decompositions.values + entry.offset, entry.length};
}

/// Corrigenda changed a few decompositions after 3.2.0; normalising (but not `decomposition`) undoes them.
uint32_t old_normalization(uint32_t c) {
    for (const OldDecomposition& old : old_decompositions) {
        if (old.character == c) return old.value;
    }
    return 0;
}

} // namespace taipan::base::unicode
