// Names of characters: `unicodedata.name`, `unicodedata.lookup` and `\N{…}`.
#pragma once

#include "base/normalize.h"

#include <cstddef>
#include <cstdint>

namespace taipan::base::unicode {

/// Room for any name; names are ASCII.
inline constexpr size_t max_name = 128;
/// Writes the name and returns its length; 0 when there is none.
size_t character_name(uint32_t c, char* out, Version version = Version::Current);

inline constexpr size_t max_sequence = 4;
enum class Sequences : uint8_t { Exclude, Include };
/// Finds a character, an alias or, if asked, a named sequence; case is ignored. Writes its code points and returns how
/// many there are, 0 when the name is unknown.
size_t lookup_name(const char* name, size_t length, Sequences sequences, uint32_t* out);

} // namespace taipan::base::unicode
