// Equality of keys of the commonest types, in line: for tables that have compared the hashes already.
#pragma once

#include "objects/int.h"
#include "objects/str.h"

#include <cstring>

namespace taipan {

ALWAYS_INLINE bool same_text(const Str* a, const Str* b) {
    if (a->length != b->length || a->kind() != b->kind()) return false;
    return memcmp(a->data(), b->data(), static_cast<size_t>(a->length) * static_cast<size_t>(a->kind())) == 0;
}
ALWAYS_INLINE bool same_int(const Int* a, const Int* b) {
    if (a->tag != b->tag) return false;
    return memcmp(a->digits, b->digits, static_cast<size_t>(a->digit_count()) * sizeof(uint32_t)) == 0;
}

} // namespace taipan
