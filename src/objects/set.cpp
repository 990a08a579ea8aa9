// The hash table of set and frozenset: open addressing with a few linear probes before each jump, which keeps probes in
// one cache line.
#include "objects/set.h"

#include "base/hash.h"
#include "objects/abstract.h"
#include "objects/dict_keys.h"
#include "objects/iterator_step.h"
#include "objects/key_compare.h"
#include "objects/list.h"
#include "objects/set_internal.h"
#include "objects/stack_int.h"
#include "objects/tuple.h"

namespace taipan {

Object g_set_dummy = {TAIPAN_STATIC_HEAD(&Object::s_type)};

namespace {

constexpr intptr_t LinearProbes = 9;
constexpr intptr_t SmallMask = 7;
constexpr intptr_t Missing = -1, Failed = -2, TryLocked = -3, Unknown = -5;

ALWAYS_INLINE intptr_t mask_of(const Set* set, const SetEntry* table) {
    if (table == set->small_table) return SmallMask;
    return reinterpret_cast<const SetTable*>(reinterpret_cast<const char*>(table) - SetTable::Header)->mask;
}
void free_table(Thread& t, SetEntry* table, bool delayed) {
    char* memory = reinterpret_cast<char*>(table) - SetTable::Header;
    if (delayed) raw_free_delayed(t, memory);
    else raw_free(memory);
}
SetEntry* new_table(intptr_t size) {
    auto* table = static_cast<SetTable*>(raw_calloc(1, SetTable::Header + static_cast<size_t>(size) * sizeof(SetEntry)));
    if (!table) return nullptr;
    table->mask = size - 1;
    return table->entries;
}

/// Calls `visit(entry index)` along the probe sequence until it gives something else than Missing, or an empty entry.
template <class Visit> ALWAYS_INLINE intptr_t probe(SetEntry* table, size_t mask, intptr_t hash, Visit visit) {
    size_t perturb = static_cast<size_t>(hash), i = static_cast<size_t>(hash) & mask;
    for (;;) {
        intptr_t probes = i + LinearProbes <= mask ? LinearProbes : 0;
        size_t at = i;
        do {
            Object* key = load_acquire(table[at].key);
            if (!key) return Missing;
            if (load_relaxed(table[at].hash) == hash && key != &g_set_dummy) {
                intptr_t found = visit(static_cast<intptr_t>(at), key);
                if (found != Missing) return found;
            }
            ++at;
        } while (probes--);
        perturb >>= 5;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

constexpr intptr_t Restart = -4;
/// The entry of a key; the lock is held (it may be released while __eq__ runs: then the search starts again if need be).
intptr_t find(Thread& t, Set* set, Object* key, intptr_t hash) {
    for (;;) {
        SetEntry* table = set->table;
        intptr_t mask = set->mask;
        intptr_t found = probe(table, static_cast<size_t>(mask), hash, [&](intptr_t i, Object* there) -> intptr_t {
            if (there == key) return i;
            if (QuickEqual same = quick_equal(there, key); same != QuickEqual::Unknown) return same == QuickEqual::Yes ? i : Missing;
            incref(there);
            auto equal = compare_bool(t, there, key, Comparison::Eq);
            decref(there);
            if (equal.is_error()) return Failed;
            if (set->table != table || set->mask != mask || table[i].key != there) return Restart;
            return equal.take() ? i : Missing;
        });
        if (found != Restart) return found;
    }
}

/// The same without Python code, so that nothing changes meanwhile: Unknown if it takes an __eq__.
ALWAYS_INLINE intptr_t find_quick(const Set* set, Object* key, intptr_t hash) {
    return probe(set->table, static_cast<size_t>(set->mask), hash, [&](intptr_t i, Object* there) -> intptr_t {
        QuickEqual same = quick_equal(there, key);
        return same == QuickEqual::Yes ? i : same == QuickEqual::No ? Missing : Unknown;
    });
}

intptr_t find_racy(Set* set, Object* key, intptr_t hash) {
    SetEntry* table = load_acquire(set->table);
    bool is_str = is_exact<Str>(key), is_int = is_exact<Int>(key);
    intptr_t found = probe(table, static_cast<size_t>(mask_of(set, table)), hash, [&](intptr_t i, Object* there) -> intptr_t {
        if (there == key) return i;
        if (!is_str && !is_int) return TryLocked;
        if (!try_incref_inline(there)) return TryLocked;
        intptr_t result = TryLocked;
        if (load_acquire(table[i].key) == there && load_acquire(set->table) == table) {
            if (is_str && is_exact<Str>(there)) result = same_text(static_cast<Str*>(there), static_cast<Str*>(key)) ? i : Missing;
            else if (is_int && is_exact<Int>(there)) result = same_int(static_cast<Int*>(there), static_cast<Int*>(key)) ? i : Missing;
        }
        decref(there);
        return result;
    });
    return load_acquire(set->table) == table ? found : TryLocked;
}

/// Places a key that is not there, in a table without deleted entries and with room.
ALWAYS_INLINE void insert_clean(SetEntry* table, size_t mask, Object* key, intptr_t hash) {
    size_t perturb = static_cast<size_t>(hash), i = static_cast<size_t>(hash) & mask;
    for (;;) {
        intptr_t probes = i + LinearProbes <= mask ? LinearProbes : 0;
        for (size_t at = i;; ++at) {
            if (!table[at].key) {
                store_relaxed(table[at].hash, hash);
                store_release(table[at].key, key);
                return;
            }
            if (probes-- == 0) break;
        }
        perturb >>= 5;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

/// A table of more than `minimum` entries; references move.
Result<void> resize(Thread& t, Set* set, intptr_t minimum) {
    intptr_t size = 8;
    while (size <= minimum) size <<= 1;
    SetEntry* old = set->table;
    intptr_t old_mask = set->mask;
    if (size == 8 && old == set->small_table && set->fill == set->used) return {};
    SetEntry saved[8];
    SetEntry* table;
    bool was_small = old == set->small_table;
    if (size == 8 && !is_multi_threaded()) {
        if (was_small) {
            memcpy(saved, old, sizeof(saved));
            old = saved;
        }
        memset(set->small_table, 0, sizeof(set->small_table));
        table = set->small_table;
    } else {
        table = new_table(size);
        if (!table) return raise_memory_error(t);
    }
    for (intptr_t i = 0; i <= old_mask; ++i)
        if (is_live(old[i].key)) insert_clean(table, static_cast<size_t>(size - 1), old[i].key, old[i].hash);
    store_release(set->table, table);
    set->mask = size - 1;
    set->fill = set->used;
    if (!was_small) free_table(t, old, true);
    return {};
}

/// Accounts for a new entry.
ALWAYS_INLINE Result<void> entry_added(Thread& t, Set* set) {
    ++set->fill;
    store_relaxed(set->used, set->used + 1);
    if (LIKELY(static_cast<size_t>(set->fill) * 5 < static_cast<size_t>(set->mask) * 3)) return {};
    return resize(t, set, set->used > 50000 ? set->used * 2 : set->used * 4);
}
/// Adds a key that is not there. No Python code runs.
ALWAYS_INLINE Result<void> add_missing(Thread& t, Set* set, Object* key, intptr_t hash) {
    incref(key);
    insert_clean(set->table, static_cast<size_t>(set->mask), key, hash);
    return entry_added(t, set);
}

enum class Added { New, There, Unknown };
/// Adds a key in one go along the probe sequence, without Python code; Unknown if it takes an __eq__. The set's reference is
/// `Own`, or the caller's if the key is New.
enum class KeyReference { Own, Callers };
template <KeyReference Reference = KeyReference::Own>
ALWAYS_INLINE Result<Added> add_quick(Thread& t, Set* set, Object* key, intptr_t hash) {
    SetEntry* table = set->table;
    size_t mask = static_cast<size_t>(set->mask), perturb = static_cast<size_t>(hash), i = static_cast<size_t>(hash) & mask;
    for (;;) {
        intptr_t probes = i + LinearProbes <= mask ? LinearProbes : 0;
        size_t at = i;
        do {
            Object* there = table[at].key;
            if (!there) {
                if (Reference == KeyReference::Own) incref(key);
                store_relaxed(table[at].hash, hash);
                store_release(table[at].key, key);
                auto accounted = entry_added(t, set);
                if (UNLIKELY(accounted.is_error())) {
                    if (Reference == KeyReference::Callers) incref(key); // who gets an error still has it
                    return Error{};
                }
                return Added::New;
            }
            if (table[at].hash == hash && there != &g_set_dummy) {
                QuickEqual same = quick_equal(there, key);
                if (same == QuickEqual::Yes) return Added::There;
                if (same == QuickEqual::Unknown) return Added::Unknown;
            }
            ++at;
        } while (probes--);
        perturb >>= 5;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

/// Takes an entry out; the key is the caller's now.
ALWAYS_INLINE Object* take_entry(Set* set, intptr_t i) {
    SetEntry& entry = set->table[i];
    Object* old = entry.key;
    store_release(entry.key, &g_set_dummy);
    store_relaxed(entry.hash, -1);
    store_relaxed(set->used, set->used - 1);
    return old;
}

} // namespace

Result<bool> set_add_hashed(Thread& t, Set* set, Object* key, intptr_t hash) {
    Added added = TRY(add_quick(t, set, key, hash));
    if (LIKELY(added != Added::Unknown)) return added == Added::New;
    intptr_t found = find(t, set, key, hash);
    if (found == Failed) return Error{};
    if (found >= 0) return false;
    // The sequence from here on is free of user code.
    TRY(add_missing(t, set, key, hash));
    return true;
}

Result<bool> set_contains_hashed(Thread& t, Set* set, Object* key, intptr_t hash) {
    if (UNLIKELY(is_multi_threaded())) {
        intptr_t found = find_racy(set, key, hash);
        if (found >= 0) return true;
        if (found == Missing) return false;
    } else {
        intptr_t found = find_quick(set, key, hash);
        if (LIKELY(found != Unknown)) return found >= 0;
    }
    CriticalSection section(t, set);
    intptr_t found = find(t, set, key, hash);
    if (found == Failed) return Error{};
    return found >= 0;
}

Result<bool> set_discard_hashed(Thread& t, Set* set, Object* key, intptr_t hash) {
    Object* old;
    {
        CriticalSection section(t, set);
        intptr_t found = find(t, set, key, hash);
        if (found == Failed) return Error{};
        if (found < 0) return false;
        old = take_entry(set, found);
    }
    decref(old);
    return true;
}

Result<Ref<Set>> set_new_of_type(Thread& t, Type& type) {
    Ref<Set> set = TRY([&]() -> Result<Ref<Set>> {
        if (!type.is_heap_type()) return allocate<Set>(t, type);
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type.alloc(&type, 0)));
        return steal(static_cast<Set*>(made.release()));
    }());
    set->table = set->small_table;
    set->mask = SmallMask;
    set->hash = -1;
    gc_track(set.get());
    return set;
}
Result<Ref<Set>> set_new(Thread& t) { return set_new_of_type(t, Set::s_type); }

bool set_walk(Thread& t, Set* set, intptr_t* position, Object** key, intptr_t* hash) {
    if (LIKELY(!is_multi_threaded())) {
        SetEntry* table = set->table;
        intptr_t i = *position, mask = set->mask;
        while (i <= mask && !is_live(table[i].key)) ++i;
        *position = i + 1;
        if (i > mask) return false;
        *key = table[i].key;
        *hash = table[i].hash;
        incref(*key);
        return true;
    }
    SetEntry* table = load_acquire(set->table);
    intptr_t mask = mask_of(set, table);
    for (intptr_t i = *position; i <= mask; ++i) {
        Object* there = load_acquire(table[i].key);
        if (!is_live(there)) continue;
        intptr_t there_hash = load_relaxed(table[i].hash);
        if (try_incref_inline(there)) {
            if (load_acquire(table[i].key) == there && load_acquire(set->table) == table) {
                *position = i + 1;
                *key = there;
                *hash = there_hash;
                return true;
            }
            decref(there);
        }
        CriticalSection section(t, set);
        if (i > set->mask || !is_live(set->table[i].key)) continue;
        *position = i + 1;
        *key = set->table[i].key;
        *hash = set->table[i].hash;
        incref_locked(*key);
        return true;
    }
    *position = mask + 1;
    return false;
}

bool set_next(Thread& t, Borrowed<Set> set, intptr_t* position, MaybeRef<Object>* key) {
    Object* found;
    intptr_t hash;
    if (!set_walk(t, set.get(), position, &found, &hash)) return false;
    *key = MaybeRef<Object>::steal(found);
    return true;
}

/// Adds what another set holds; both are locked.
static Result<void> merge_locked(Thread& t, Set* set, Set* other) {
    if (set == other || other->used == 0) return {};
    if (static_cast<size_t>(set->fill + other->used) * 5 >= static_cast<size_t>(set->mask) * 3)
        TRY(resize(t, set, (set->used + other->used) * 2));
    if (set->fill == 0 && set->mask == other->mask && other->fill == other->used) {
        // The same places in a table of the same size.
        for (intptr_t i = 0; i <= other->mask; ++i) {
            Object* key = other->table[i].key;
            if (!key) continue;
            incref(key);
            store_relaxed(set->table[i].hash, other->table[i].hash);
            store_release(set->table[i].key, key);
        }
        set->fill = other->used;
        store_relaxed(set->used, other->used);
        return {};
    }
    if (set->fill == 0) {
        for (intptr_t i = 0; i <= other->mask; ++i) {
            Object* key = other->table[i].key;
            if (!is_live(key)) continue;
            incref(key);
            insert_clean(set->table, static_cast<size_t>(set->mask), key, other->table[i].hash);
        }
        set->fill = other->used;
        store_relaxed(set->used, other->used);
        return {};
    }
    for (intptr_t i = 0; i <= other->mask; ++i) {
        Object* key = other->table[i].key;
        if (!is_live(key)) continue;
        if (LIKELY(TRY(add_quick(t, set, key, other->table[i].hash)) != Added::Unknown)) continue;
        Ref<Object> held = acquire(key);
        (void)TRY(set_add_hashed(t, set, key, other->table[i].hash));
    }
    return {};
}

Result<void> set_select(Thread& t, Set* result, Set* walked, Set* asked, bool common) {
    CriticalSection section(t, walked, asked);
    bool distinct = true; // no __eq__ has changed what is walked
    for (intptr_t i = 0; i <= walked->mask; ++i) {
        Object* key = walked->table[i].key;
        if (!is_live(key)) continue;
        intptr_t hash = walked->table[i].hash;
        intptr_t found = find_quick(asked, key, hash);
        if (LIKELY(found != Unknown && distinct)) {
            if ((found >= 0) == common) TRY(add_missing(t, result, key, hash));
            continue;
        }
        Ref<Object> held = acquire(key);
        distinct = false;
        found = find(t, asked, key, hash);
        if (found == Failed) return Error{};
        if ((found >= 0) == common) (void)TRY(set_add_hashed(t, result, key, hash));
    }
    return {};
}

Result<void> set_subtract(Thread& t, Set* set, Set* other) {
    CriticalSection section(t, set, other);
    for (intptr_t i = 0; i <= other->mask; ++i) {
        Object* key = other->table[i].key;
        if (!is_live(key)) continue;
        intptr_t hash = other->table[i].hash, found = find_quick(set, key, hash);
        if (found == Unknown) {
            Ref<Object> held = acquire(key);
            found = find(t, set, key, hash);
            if (found == Failed) return Error{};
        }
        if (found >= 0) decref(take_entry(set, found));
    }
    return {};
}

Result<void> set_toggle(Thread& t, Set* set, Set* other) {
    CriticalSection section(t, set, other);
    for (intptr_t i = 0; i <= other->mask; ++i) {
        Object* key = other->table[i].key;
        if (!is_live(key)) continue;
        Ref<Object> held = acquire(key);
        intptr_t hash = other->table[i].hash, found = find_quick(set, key, hash);
        if (found == Unknown && (found = find(t, set, key, hash)) == Failed) return Error{};
        if (found >= 0) decref(take_entry(set, found));
        else TRY(add_missing(t, set, key, hash));
    }
    return {};
}

/// set_add_hashed under the set's lock.
static ALWAYS_INLINE Result<bool> add_locking(Thread& t, Set* set, Object* key, intptr_t hash) {
    {
        LeafSection section(t, set);
        Added added = TRY(add_quick(t, set, key, hash));
        if (LIKELY(added != Added::Unknown)) return added == Added::New;
    }
    CriticalSection section(t, set);
    return set_add_hashed(t, set, key, hash);
}

Result<void> set_update(Thread& t, Borrowed<Set> set_ref, Borrowed<Object> iterable) {
    Set* set = set_ref.get();
    if (is_any_set(iterable.get())) {
        CriticalSection section(t, set, iterable.get());
        return merge_locked(t, set, static_cast<Set*>(iterable.get()));
    }
    if (is_exact<Dict>(iterable.get())) {
        auto* dict = static_cast<Dict*>(iterable.get());
        CriticalSection section(t, set, dict);
        intptr_t size = dict_size(dict);
        if (static_cast<size_t>(set->fill + size) * 5 >= static_cast<size_t>(set->mask) * 3) TRY(resize(t, set, (set->used + size) * 2));
        intptr_t position = 0, hash;
        Object *key, *value;
        while (dict_walk(t, dict, &position, &key, &value, &hash) == Walk::Item) {
            Ref<Object> key_owned = steal(key), value_owned = steal(value);
            (void)TRY(set_add_hashed(t, set, key, hash));
        }
        return {};
    }
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    for (;;) {
        MaybeRef<Object> item = TRY(pull(t, iterator.get()));
        if (!item) return {};
        intptr_t hash = element_hash(t, item.get());
        if (hash == -1) return Error{};
        {
            LeafSection section(t, set);
            Added added = TRY(add_quick<KeyReference::Callers>(t, set, item.get(), hash));
            if (LIKELY(added == Added::New)) {
                (void)item.release();
                continue;
            }
            if (added == Added::There) continue;
        }
        CriticalSection section(t, set);
        (void)TRY(set_add_hashed(t, set, item.get(), hash));
    }
}

Result<Ref<Set>> set_from_iterable(Thread& t, Borrowed<Object> iterable) {
    Ref<Set> set = TRY(set_new(t));
    TRY(set_update(t, set, iterable));
    return set;
}
Result<Ref<FrozenSet>> frozenset_from_iterable(Thread& t, Borrowed<Object> iterable) {
    if (is_exact<FrozenSet>(iterable.get())) return acquire(static_cast<FrozenSet*>(iterable.get()));
    Ref<Set> set = TRY(set_new_of_type(t, FrozenSet::s_type));
    TRY(set_update(t, set, iterable));
    return steal(static_cast<FrozenSet*>(set.release()));
}
Result<Ref<Set>> set_copy_as(Thread& t, Type& type, Set* other) {
    Ref<Set> set = TRY(set_new_of_type(t, type));
    CriticalSection section(t, other);
    TRY(merge_locked(t, set.get(), other));
    return set;
}

Result<bool> set_add(Thread& t, Borrowed<Set> set, Borrowed<Object> key) {
    intptr_t hash = element_hash(t, key.get());
    if (hash == -1) return Error{};
    return add_locking(t, set.get(), key.get(), hash);
}
Result<bool> set_add_held(Thread& t, Set* set, Borrowed<Object> key) {
    intptr_t hash = element_hash(t, key.get());
    if (hash == -1) return Error{};
    if (LIKELY(is_unshared(set))) {
        Added added = TRY(add_quick(t, set, key.get(), hash));
        if (LIKELY(added != Added::Unknown)) return added == Added::New;
    }
    CriticalSection section(t, set, CriticalSection::Held{});
    return set_add_hashed(t, set, key.get(), hash);
}
Known set_contains_int(Set* set, int64_t value) {
    intptr_t hash = base::hash_int64(value), found;
    if (LIKELY(!is_multi_threaded())) {
        found = probe(set->table, static_cast<size_t>(set->mask), hash, [&](intptr_t i, Object* there) -> intptr_t {
            QuickEqual same = quick_equal_int(there, value);
            return LIKELY(same == QuickEqual::Yes) ? i : same == QuickEqual::No ? Missing : Unknown;
        });
    } else {
        StackInt key(value);
        found = find_racy(set, key.get(), hash);
    }
    return found >= 0 ? Known::Yes : found == Missing ? Known::No : Known::Unknown;
}
Result<bool> set_contains(Thread& t, Borrowed<Set> set, Borrowed<Object> key) {
    intptr_t hash = element_hash(t, key.get());
    if (hash == -1) return Error{};
    return set_contains_hashed(t, set.get(), key.get(), hash);
}
Result<bool> set_discard(Thread& t, Borrowed<Set> set, Borrowed<Object> key) {
    intptr_t hash = element_hash(t, key.get());
    if (hash == -1) return Error{};
    return set_discard_hashed(t, set.get(), key.get(), hash);
}

void set_clear_items(Thread& t, Set* set) {
    SetEntry saved[8];
    SetEntry* table;
    intptr_t mask;
    bool small;
    {
        CriticalSection section(t, set);
        table = set->table;
        mask = set->mask;
        small = table == set->small_table;
        if (set->fill == 0 && small) return;
        if (small) memcpy(saved, table, sizeof(saved));
        for (SetEntry& entry : set->small_table) {
            store_release(entry.key, nullptr);
            store_relaxed(entry.hash, 0);
        }
        store_release(set->table, set->small_table);
        set->mask = SmallMask;
        set->fill = 0;
        store_relaxed(set->used, 0);
    }
    if (small) table = saved;
    for (intptr_t i = 0; i <= mask; ++i) {
        Object* key = table[i].key;
        if (!is_live(key)) continue;
        store_release(table[i].key, nullptr);
        decref(key);
    }
    if (!small) free_table(t, table, true);
}

void set_free_table(Thread& t, Set* set) {
    SetEntry* table = set->table;
    if (!table) return;
    for (intptr_t i = 0, left = set->used; left > 0 && i <= set->mask; ++i)
        if (is_live(table[i].key)) {
            decref(table[i].key);
            --left;
        }
    // It may have been another set's table, which others still look at (set_swap_bodies).
    if (table != set->small_table) free_table(t, table, is_multi_threaded());
}

/// Moves the entries out of the object, where others may be reading them.
static Result<void> leave_small_table(Thread& t, Set* set) {
    if (set->table != set->small_table) return {};
    SetEntry* table = new_table(SmallMask + 1);
    if (!table) return raise_memory_error(t);
    memcpy(table, set->small_table, sizeof(set->small_table));
    store_release(set->table, table);
    return {};
}

Result<void> set_swap_bodies(Thread& t, Set* a, Set* b) {
    if (is_multi_threaded()) {
        TRY(leave_small_table(t, a));
        TRY(leave_small_table(t, b));
    }
    SetEntry *table_a = a->table, *table_b = b->table;
    bool small_a = table_a == a->small_table, small_b = table_b == b->small_table;
    if (small_a || small_b) std::swap(a->small_table, b->small_table);
    std::swap(a->mask, b->mask);
    std::swap(a->fill, b->fill);
    intptr_t used = a->used;
    store_relaxed(a->used, b->used);
    store_relaxed(b->used, used);
    store_release(a->table, small_b ? a->small_table : table_b);
    store_release(b->table, small_a ? b->small_table : table_a);
    return {};
}

} // namespace taipan
