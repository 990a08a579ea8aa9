// Shared by the set files. The table of more than eight entries lies behind a header with its mask, so that a reader
// without the lock, who loads the table pointer only once, knows its size.
#pragma once

#include "objects/int.h"
#include "objects/racy.h"
#include "objects/set.h"
#include "objects/str.h"
#include "runtime/thread.h"

namespace taipan {

struct SetTable {
    intptr_t mask;
    intptr_t padding;
    SetEntry entries[1];
    static constexpr size_t Header = 16;
};

/// Marks deleted entries.
extern Object g_set_dummy;
ALWAYS_INLINE bool is_live(const Object* key) { return key && key != &g_set_dummy; }

intptr_t set_hash_slow(Thread& t, Object* key);
/// Hash of an element, with exact strs in line. -1 and an exception set on error.
ALWAYS_INLINE intptr_t element_hash(Thread& t, Object* key) {
    if (LIKELY(is_exact<Str>(key))) return str_hash(static_cast<Str*>(key));
    if (LIKELY(is_exact<Int>(key) && static_cast<Int*>(key)->is_compact())) {
        intptr_t value = static_cast<Int*>(key)->compact_value();
        return UNLIKELY(value == -1) ? -2 : value;
    }
    return set_hash_slow(t, key);
}

struct SetIterator : Object {
    Set* set; // null when exhausted
    intptr_t used, position, remaining;
    static Type s_type;
};

Result<Ref<Set>> set_new_of_type(Thread& t, Type& type);
/// With the set's lock held; the key is acquired. True: it is new.
Result<bool> set_add_hashed(Thread& t, Set* set, Object* key, intptr_t hash);
Result<bool> set_contains_hashed(Thread& t, Set* set, Object* key, intptr_t hash);
Result<bool> set_discard_hashed(Thread& t, Set* set, Object* key, intptr_t hash);
/// Adds to a new set, which nobody else knows, what of `walked` is also in `asked` (`common`), or is not. These three lock the
/// two sets, so that each is one operation as long as no __eq__ lets others in.
Result<void> set_select(Thread& t, Set* result, Set* walked, Set* asked, bool common);
/// Takes out what another set has.
Result<void> set_subtract(Thread& t, Set* set, Set* other);
/// Takes out what both have and adds what only the other has.
Result<void> set_toggle(Thread& t, Set* set, Set* other);
void set_clear_items(Thread& t, Set* set);
/// A key and its hash (owned reference), at or after `*position`; false at the end.
bool set_walk(Thread& t, Set* set, intptr_t* position, Object** key, intptr_t* hash);
Result<Ref<Set>> set_copy_as(Thread& t, Type& type, Set* set);
void set_free_table(Thread& t, Set* set);
/// Exchanges the contents (both locked). Others that read without a lock see the one or the other.
Result<void> set_swap_bodies(Thread& t, Set* a, Set* b);

} // namespace taipan
