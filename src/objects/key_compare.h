// Equality of keys of the commonest types, in line: for tables that have compared the hashes already.
#pragma once

#include "objects/int.h"
#include "objects/str.h"
#include "objects/tuple.h"

#include <cstring>

namespace taipan {

ALWAYS_INLINE bool same_text(const Str* a, const Str* b) {
    if (a->length != b->length || a->kind() != b->kind()) return false;
    return memcmp(a->data(), b->data(), static_cast<size_t>(a->length) * static_cast<size_t>(a->kind())) == 0;
}
ALWAYS_INLINE bool same_int(const Int* a, const Int* b) {
    if (a->tag != b->tag) return false;
    if (a->is_compact()) return a->compact_value() == b->compact_value();
    return memcmp(a->digits, b->digits, static_cast<size_t>(a->digit_count()) * sizeof(uint32_t)) == 0;
}

/// Equality that needs no look at types' slots: strs, ints and tuples of those. Unknown: ask `equals`.
enum class QuickEqual { No, Yes, Unknown };
ALWAYS_INLINE QuickEqual quick_equal_items(const Object* a, const Object* b) {
    if (a == b) return QuickEqual::Yes;
    if (a->type != b->type) return QuickEqual::Unknown;
    if (a->type == &Int::s_type) return same_int(static_cast<const Int*>(a), static_cast<const Int*>(b)) ? QuickEqual::Yes : QuickEqual::No;
    if (a->type == &Str::s_type)
        return same_text(static_cast<const Str*>(a), static_cast<const Str*>(b)) ? QuickEqual::Yes : QuickEqual::No;
    return QuickEqual::Unknown;
}
/// The same with an int of 62 bits at most that has no object.
ALWAYS_INLINE QuickEqual quick_equal_int(const Object* a, int64_t number) {
    if (LIKELY(a->type == &Int::s_type)) {
        int64_t value;
        return int_fits_int64(static_cast<const Int*>(a), &value) && value == number ? QuickEqual::Yes : QuickEqual::No;
    }
    return a->type == &Str::s_type ? QuickEqual::No : QuickEqual::Unknown;
}
ALWAYS_INLINE QuickEqual quick_equal(const Object* a, const Object* b) {
    if (a->type != &Tuple::s_type || b->type != &Tuple::s_type) return quick_equal_items(a, b);
    auto *x = static_cast<const Tuple*>(a), *y = static_cast<const Tuple*>(b);
    if (x->size != y->size) return QuickEqual::No;
    for (intptr_t i = 0; i < x->size; ++i)
        if (QuickEqual same = quick_equal_items(x->items[i], y->items[i]); same != QuickEqual::Yes) return same;
    return QuickEqual::Yes;
}

} // namespace taipan
