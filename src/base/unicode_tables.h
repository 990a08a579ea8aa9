// Compile-time expansion of the run-length encoded tables in unicode_*.inc. Only for the files that include those.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taipan::base::unicode {

/// `runs` holds value,count pairs whose counts sum to the length of `Table::values`.
template <typename Table, size_t R> consteval Table expand_runs(const uint16_t (&runs)[R]) {
    Table table{};
    size_t at = 0;
    for (size_t i = 0; i < R; i += 2) {
        for (size_t end = at + runs[i + 1]; at < end;) table.values[at++] = runs[i];
    }
    return table;
}

inline constexpr unsigned block_shift = 8;
inline constexpr uint32_t block_mask = 255;

} // namespace taipan::base::unicode
