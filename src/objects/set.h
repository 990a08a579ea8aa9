// set and frozenset.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct SetEntry {
    Object* key; // null: empty; a dummy marks a deleted entry
    intptr_t hash;
};
struct Set : Object {
    intptr_t fill, used, mask;
    SetEntry* table;
    intptr_t hash; // frozenset only
    intptr_t finger;
    SetEntry small_table[8];
    Object* weaklist;

    static Type s_type;
};
struct FrozenSet : Set {
    static Type s_type;
};
/// set or frozenset or a subclass.
inline bool is_any_set(const Object* o) { return is<Set>(o) || is<FrozenSet>(o); }

Result<Ref<Set>> set_new(Thread& t);
Result<Ref<Set>> set_from_iterable(Thread& t, Borrowed<Object> iterable);
Result<Ref<FrozenSet>> frozenset_from_iterable(Thread& t, Borrowed<Object> iterable);
/// False: was there already.
Result<bool> set_add(Thread& t, Borrowed<Set> set, Borrowed<Object> key);
/// set_add on a set that the caller holds a reference to itself (CriticalSection::Held).
Result<bool> set_add_held(Thread& t, Set* set, Borrowed<Object> key);
Result<bool> set_contains(Thread& t, Borrowed<Set> set, Borrowed<Object> key);
Result<bool> set_discard(Thread& t, Borrowed<Set> set, Borrowed<Object> key);
Result<void> set_update(Thread& t, Borrowed<Set> set, Borrowed<Object> iterable);
bool set_next(Thread& t, Borrowed<Set> set, intptr_t* position, MaybeRef<Object>* key);
inline intptr_t set_size(const Set* set) { return __atomic_load_n(&set->used, __ATOMIC_RELAXED); }

} // namespace taipan
