// What the files of str share: writing characters, the kinds as template arguments.
#pragma once

#include "objects/exceptions.h"
#include "objects/str.h"
#include "runtime/heap.h"

namespace taipan {

/// Calls `f` with the characters as `const uint8_t*`, `const uint16_t*` or `const uint32_t*`.
template <class F> ALWAYS_INLINE auto with_chars(const Str* text, F&& f) {
    switch (text->kind()) {
    case 1: return f(text->data8());
    case 2: return f(text->data16());
    default: return f(text->data32());
    }
}
ALWAYS_INLINE void* str_mutable_data(Str* text) { return const_cast<void*>(text->data()); }
/// 127, 255, 0xffff or 0x10ffff: a bound by the representation.
ALWAYS_INLINE uint32_t str_max_char(const Str* text) {
    if (text->is_ascii()) return 127;
    return text->kind() == 1 ? 255 : text->kind() == 2 ? 0xffff : 0x10ffff;
}
ALWAYS_INLINE int kind_for(uint32_t max_char) { return max_char < 256 ? 1 : max_char < 0x10000 ? 2 : 4; }
ALWAYS_INLINE void put_char(void* data, int kind, intptr_t i, uint32_t c) {
    switch (kind) {
    case 1: static_cast<uint8_t*>(data)[i] = static_cast<uint8_t>(c); break;
    case 2: static_cast<uint16_t*>(data)[i] = static_cast<uint16_t>(c); break;
    default: static_cast<uint32_t*>(data)[i] = c;
    }
}
ALWAYS_INLINE uint32_t get_char(const void* data, int kind, intptr_t i) {
    switch (kind) {
    case 1: return static_cast<const uint8_t*>(data)[i];
    case 2: return static_cast<const uint16_t*>(data)[i];
    default: return static_cast<const uint32_t*>(data)[i];
    }
}
/// Copies characters, widening where `to_kind` is larger; narrowing is the caller's promise that they fit.
void copy_chars(void* to, int to_kind, intptr_t at, const void* from, int from_kind, intptr_t start, intptr_t count);
ALWAYS_INLINE void copy_from(void* to, int to_kind, intptr_t at, const Str* from, intptr_t start, intptr_t count) {
    copy_chars(to, to_kind, at, from->data(), from->kind(), start, count);
}
/// Writes `count` times `c`.
void fill_chars(void* to, int kind, intptr_t at, intptr_t count, uint32_t c);

/// A `T` of the same characters as an exact str; an exact str as it is.
Result<Ref<Str>> str_exact(Thread& t, Borrowed<Str> text);
/// The same, knowing that the object is a str of length > 1; used by methods that may return self.
ALWAYS_INLINE Result<Ref<Str>> str_unchanged(Thread& t, Borrowed<Str> text) {
    return is_exact<Str>(text.get()) ? Result<Ref<Str>>(text.share()) : str_exact(t, text);
}
/// Characters from any kind, narrowed as far as they go.
Result<Ref<Str>> str_from_kind(Thread& t, int kind, const void* data, intptr_t length);

/// Slice arguments of find, count, startswith …: puts them into [0, length].
ALWAYS_INLINE void adjust_range(intptr_t& start, intptr_t& end, intptr_t length) {
    if (end > length) end = length;
    else if (end < 0 && (end += length) < 0) end = 0;
    if (start < 0 && (start += length) < 0) start = 0;
}

// Search (str_search.cpp); offsets are in characters; -1: not found.
intptr_t find_char(const Str* text, uint32_t c, intptr_t start, intptr_t end);
intptr_t rfind_char(const Str* text, uint32_t c, intptr_t start, intptr_t end);
intptr_t str_rfind(const Str* text, const Str* needle, intptr_t start, intptr_t end);
/// Occurrences that do not overlap, at most `limit` (negative: all).
intptr_t str_count(const Str* text, const Str* needle, intptr_t start, intptr_t end, intptr_t limit);
Result<Ref<Str>> str_replace(Thread& t, Borrowed<Str> text, Borrowed<Str> old_text, Borrowed<Str> new_text, intptr_t limit);
bool str_tail_match(const Str* text, const Str* part, intptr_t start, intptr_t end, bool at_end);

/// Case mappings and checks (str_case.cpp).
Result<Ref<Str>> str_lower(Thread& t, Borrowed<Str> text);
Result<Ref<Str>> str_upper(Thread& t, Borrowed<Str> text);
Result<Ref<Str>> str_casefold(Thread& t, Borrowed<Str> text);
Result<Ref<Str>> str_title(Thread& t, Borrowed<Str> text);
Result<Ref<Str>> str_swapcase(Thread& t, Borrowed<Str> text);
Result<Ref<Str>> str_capitalize(Thread& t, Borrowed<Str> text);

} // namespace taipan
