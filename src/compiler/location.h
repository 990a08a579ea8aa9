// Where an instruction comes from. Lines count from 1, columns are UTF-8 bytes from 0; -1 is unknown.
#pragma once

#include "syntax/ast.h"

#include <cstdint>

namespace taipan::compiler {

struct Location {
    int32_t lineno = -1;
    int32_t end_lineno = -1;
    int32_t col_offset = -1;
    int32_t end_col_offset = -1;

    friend bool operator==(const Location&, const Location&) = default;
};

// An instruction without a place of its own, and one that takes the place of the instruction after it.
constexpr Location NO_LOCATION{-1, -1, -1, -1};
constexpr Location NEXT_LOCATION{-2, -2, -2, -2};

inline Location location_of(const syntax::Position& p) { return {p.lineno, p.end_lineno, p.col_offset, p.end_col_offset}; }

} // namespace taipan::compiler
