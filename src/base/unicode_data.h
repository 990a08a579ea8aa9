// The rest of the Unicode database: what the `unicodedata` module tells of a code point.
//
// All functions take any code point up to U+10FFFF. Where `version` is 3.2.0 they answer as `unicodedata.ucd_3_2_0`.
#pragma once

#include "base/normalize.h"

#include <cstddef>
#include <cstdint>

namespace taipan::base::unicode {

const char* category(uint32_t c, Version version = Version::Current);
const char* bidirectional(uint32_t c, Version version = Version::Current);
const char* east_asian_width(uint32_t c, Version version = Version::Current);
uint8_t combining(uint32_t c, Version version = Version::Current);
bool mirrored(uint32_t c, Version version = Version::Current);
/// -1 when there is none.
int decimal(uint32_t c, Version version = Version::Current);
int digit(uint32_t c, Version version = Version::Current);
double numeric(uint32_t c, Version version = Version::Current);

inline constexpr size_t max_decomposition = 20;
struct Decomposition {
    const char* tag = ""; ///< "<compat>" and so on; empty when canonical
    const uint32_t* values = nullptr;
    unsigned length = 0;
};
/// One step, as in UnicodeData.txt: not recursive, and not for Hangul syllables.
Decomposition decomposition(uint32_t c, Version version = Version::Current);

namespace detail {

/// Bits of UnicodeRecord::quick.
enum QuickFlag : uint8_t { nfd_no = 1, nfkd_no = 2, nfc_no = 4, nfkc_no = 8, composes_maybe = 16 };

struct UnicodeRecord {
    uint8_t category, bidirectional, combining, width, mirrored, quick;
};

const UnicodeRecord& record_of(uint32_t c);
/// The composite of a canonical pair, or 0.
uint32_t compose_pair(uint32_t first, uint32_t second);

} // namespace detail
} // namespace taipan::base::unicode
