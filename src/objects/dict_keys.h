// The tables behind dict and behind instance attributes. Opaque to extension modules.
//
// A table is an open-addressed index (8 to 64 bit numbers of entries) followed by the entries in insertion order. General
// entries carry their key's hash; tables whose keys are all exact strs do not. Split tables are shared by the instances of
// a class: only keys, which are only ever appended (under the table's lock); each instance has its own DictValues.
// Readers take no lock: entries are written before the index points at them, and a replaced table is freed by QSBR.
#pragma once

#include "objects/dict.h"
#include "objects/int.h"
#include "objects/racy.h"
#include "runtime/lock.h"
#include "runtime/thread.h"

namespace taipan {

struct DictEntry {
    Object* key; // null: deleted
    Object* value;
    intptr_t hash;
};
struct StrEntry {
    Object* key;
    Object* value; // unused in split tables
};

enum class TableKind : uint8_t { General, Str, Split };

struct DictKeys {
    std::atomic<intptr_t> refs; // split tables: the class and each dict; others: entries before this one are empty
    uint8_t log2_size;
    uint8_t log2_index_bytes; // log2 of the index's size in bytes
    TableKind kind;
    Mutex lock;       // split tables: appending
    uint32_t version; // 0: none assigned since the last change of the set of keys
    intptr_t usable;  // entries that may still be added
    intptr_t count;   // entries in use, deleted ones included

    static constexpr intptr_t Empty = -1, Dummy = -2;

    size_t size() const { return size_t{1} << log2_size; }
    size_t mask() const { return size() - 1; }
    intptr_t first() const { return kind == TableKind::Split ? 0 : refs.load(std::memory_order_relaxed); }
    void set_first(intptr_t entry) { refs.store(entry, std::memory_order_relaxed); }
    /// Gives up the entries from `entry` on, which are empty; the lock is held.
    void truncate(intptr_t entry) {
        __atomic_store_n(&count, entry, __ATOMIC_RELEASE);
        if (first() > entry) set_first(entry);
    }
    bool is_general() const { return kind == TableKind::General; }
    char* indices() { return reinterpret_cast<char*>(this + 1); }
    void* entries() { return indices() + (size_t{1} << log2_index_bytes); }
    DictEntry* general_entries() { return static_cast<DictEntry*>(entries()); }
    StrEntry* str_entries() { return static_cast<StrEntry*>(entries()); }
    Object*& key_at(intptr_t i) { return is_general() ? general_entries()[i].key : str_entries()[i].key; }
    Object*& value_at(intptr_t i) { return is_general() ? general_entries()[i].value : str_entries()[i].value; }

    intptr_t index_at(size_t i) {
        if (log2_size <= 7) return __atomic_load_n(reinterpret_cast<int8_t*>(indices()) + i, __ATOMIC_ACQUIRE);
        if (log2_size <= 15) return __atomic_load_n(reinterpret_cast<int16_t*>(indices()) + i, __ATOMIC_ACQUIRE);
        if (log2_size <= 31) return __atomic_load_n(reinterpret_cast<int32_t*>(indices()) + i, __ATOMIC_ACQUIRE);
        return __atomic_load_n(reinterpret_cast<int64_t*>(indices()) + i, __ATOMIC_ACQUIRE);
    }
    void set_index(size_t i, intptr_t entry) {
        if (log2_size <= 7) __atomic_store_n(reinterpret_cast<int8_t*>(indices()) + i, static_cast<int8_t>(entry), __ATOMIC_RELEASE);
        else if (log2_size <= 15)
            __atomic_store_n(reinterpret_cast<int16_t*>(indices()) + i, static_cast<int16_t>(entry), __ATOMIC_RELEASE);
        else if (log2_size <= 31)
            __atomic_store_n(reinterpret_cast<int32_t*>(indices()) + i, static_cast<int32_t>(entry), __ATOMIC_RELEASE);
        else __atomic_store_n(reinterpret_cast<int64_t*>(indices()) + i, entry, __ATOMIC_RELEASE);
    }
};
static_assert(sizeof(DictKeys) == 32);

/// The values of a split table: `capacity` references, then the order of insertion as one byte each. Inline values lie
/// behind the fields of their instance (at basicsize).
struct DictValues {
    uint8_t capacity;
    uint8_t size; // entries of the order
    bool embedded;
    uint8_t valid;          // inline values: 0 once they have moved to a dict of its own table
    uint8_t short_order[4]; // the order, if that is enough; else it follows the items
    Object* items[1];
    uint8_t* order() { return capacity <= sizeof short_order ? short_order : reinterpret_cast<uint8_t*>(items + capacity); }
};
constexpr size_t dict_values_size(size_t capacity) {
    return offsetof(DictValues, items) + capacity * sizeof(Object*) +
           (capacity <= sizeof DictValues::short_order ? 0 : (capacity + 7) & ~size_t{7});
}
constexpr intptr_t table_usable(size_t size) { return static_cast<intptr_t>((size << 1) / 3); }
/// The table of dicts without items; never written.
extern DictKeys* const g_empty_keys;

// --- look-up (dict_lookup.cpp) --------------------------------------------------------------------------------------

constexpr intptr_t LookupMissing = -1;
constexpr intptr_t LookupError = -3;
constexpr intptr_t LookupRetry = -4; // racy look-ups: take the lock

/// The entry of a str key in a Str or Split table that nobody changes meanwhile (or whose lock is held).
intptr_t keys_find_str(DictKeys* keys, Str* key, intptr_t hash);
/// The same for any key in a General table, without Python code: LookupRetry if it takes an __eq__.
intptr_t keys_find_quick(DictKeys* keys, Object* key, intptr_t hash);
/// Looks the key up; runs __eq__ and starts again when that changed the dict, so the result holds for the present table.
/// The dict's lock is held (it may be released while __eq__ runs).
intptr_t dict_find(Thread& t, Dict* dict, Object* key, intptr_t hash);
/// The value slot of entry `index` for the dict's present table; null if out of range.
ALWAYS_INLINE Object** dict_value_slot(Dict* dict, intptr_t index) {
    if (dict->values) return &dict->values->items[index];
    return &dict->keys->value_at(index);
}
/// Hash of a key, with exact strs in line. -1 and an exception set on error.
intptr_t hash_slow(Thread& t, Object* key);
ALWAYS_INLINE intptr_t key_hash(Thread& t, Object* key) {
    if (LIKELY(is_exact<Str>(key))) return str_hash(static_cast<Str*>(key));
    if (LIKELY(is_exact<Int>(key) && static_cast<Int*>(key)->is_compact())) {
        intptr_t value = static_cast<Int*>(key)->compact_value();
        return UNLIKELY(value == -1) ? -2 : value;
    }
    return hash_slow(t, key);
}

// --- caches of the interpreter --------------------------------------------------------------------------------------

/// Where the value of a str key is in a Str table (globals, builtins, module dicts), in bytes from the table; 0: not there. With the
/// version from `dict_keys_version` taken before, it may be cached.
uint32_t dict_value_place(Thread& t, Dict* dict, Str* key);
ALWAYS_INLINE Object*& keys_value_at(DictKeys* keys, uint32_t place) {
    return *reinterpret_cast<Object**>(reinterpret_cast<char*>(keys) + place);
}
/// The value at a cached place, owned, or null when the table has changed since or the entry is empty.
ALWAYS_INLINE Object* dict_load_cached(Dict* dict, uint32_t version, uint32_t place) {
    DictKeys* keys = load_acquire(dict->keys);
    if (UNLIKELY(load_relaxed(keys->version) != version)) return nullptr;
    Object* value;
    if (UNLIKELY(racy_read(keys_value_at(keys, place), &value) != RacyRead::Ok)) return nullptr;
    if (UNLIKELY(is_multi_threaded()) && load_acquire(keys->version) != version) {
        decref(value);
        return nullptr;
    }
    return value;
}
/// The same without a count, for values that outlive the use (deferred or immortal, or one thread only): the caller checks.
ALWAYS_INLINE Object* dict_peek_cached(Dict* dict, uint32_t version, uint32_t place) {
    DictKeys* keys = load_acquire(dict->keys);
    if (UNLIKELY(load_relaxed(keys->version) != version)) return nullptr;
    return load_acquire(keys_value_at(keys, place));
}
/// The first entry at or after `position`, which becomes its place; borrowed, for a process of one thread. False: none.
ALWAYS_INLINE bool keys_entry_from(DictKeys* keys, intptr_t* position, Object** key, Object** value) {
    auto find = [&](const auto* entries) {
        intptr_t i = *position, count = keys->count;
        while (i < count && !entries[i].value) ++i;
        if (UNLIKELY(i >= count)) return false;
        *position = i;
        *key = entries[i].key;
        *value = entries[i].value;
        return true;
    };
    return keys->is_general() ? find(keys->general_entries()) : find(keys->str_entries());
}
/// Version of a table (shared keys of a class too); assigns one. 0: none left.
uint32_t keys_version(Thread& t, DictKeys* keys);

// --- instances with inline values (instance_values.cpp) ---------------------------------------------------------------

/// The keys that instances of a class share, with room for `capacity`. Null when memory is exhausted.
DictKeys* shared_keys_new(Thread& t, int capacity);
/// Drops the class's reference.
void shared_keys_release(Thread& t, DictKeys* keys);
// How much room instances get behind themselves. The first instance of a class gets much; with each of the next the room halves,
// down to the attributes that there are, and one or two more: so it fits classes whose attributes nobody could know beforehand, too.
// The shared table takes no more keys than new instances have room for at that time, and so every key has a place in all
// values that share it, those of dicts that have outlived their instance included.
constexpr uint8_t CapacitySettling = 0x80; // in inline_capacity: there is room to take away yet
constexpr int MaxSharedKeys = 30;
/// For so many attributes: one more, and another where that fills the second of the two words by which the allocator's sizes differ.
constexpr int instance_room(int attributes) {
    int room = attributes + 1;
    size_t size = dict_values_size(static_cast<size_t>(room));
    if (size % 16 && dict_values_size(static_cast<size_t>(room) + 1) == size + sizeof(Object*)) ++room;
    return room < MaxSharedKeys ? room : MaxSharedKeys;
}
/// Takes some room away, and tells what is left for the next instance.
uint8_t settle_capacity(HeapType* type);
ALWAYS_INLINE uint8_t instance_capacity(Type* type) {
    uint8_t capacity = load_relaxed(static_cast<HeapType*>(type)->inline_capacity);
    return LIKELY(!(capacity & CapacitySettling)) ? capacity : settle_capacity(static_cast<HeapType*>(type));
}
ALWAYS_INLINE DictValues* inline_values(Object* instance) {
    return reinterpret_cast<DictValues*>(reinterpret_cast<char*>(instance) + instance->type->basicsize);
}
/// Prepares the fresh memory behind a new instance of the type.
ALWAYS_INLINE void inline_values_init(DictValues* values, uint8_t capacity) {
    values->capacity = capacity;
    values->size = 0;
    values->embedded = true;
    values->valid = 1;
    for (int i = 0; i < capacity; ++i) values->items[i] = nullptr;
}
ALWAYS_INLINE DictKeys* shared_keys_of(Type* type) { return static_cast<HeapType*>(type)->cached_keys; }
/// Where objects of types with ManagedDict keep their dict.
ALWAYS_INLINE Dict*& managed_dict(Object* instance) { return reinterpret_cast<Dict**>(instance)[-1]; }

/// Attributes of an instance with ManagedDict (inline values or not). Names must be strs.
ResultMaybe<Object> instance_get(Thread& t, Object* instance, Str* name);
/// Null deletes; false: there was nothing to delete.
Result<bool> instance_set(Thread& t, Object* instance, Str* name, Object* value);
/// The dict, made on demand; it shares the inline values while they last.
Result<Ref<Dict>> instance_dict_ensure(Thread& t, Object* instance);
/// instance.__dict__ = dict (null: del instance.__dict__; a new empty dict is made on demand).
Result<void> instance_dict_assign(Thread& t, Object* instance, Dict* dict);
/// The index of a name for the caches below, or -1. Inline values only.
intptr_t instance_index(Object* instance, Str* name);
/// The attribute at a cached index (type version checked by the caller), owned; null: look it up.
ALWAYS_INLINE Object* instance_load(Object* instance, uint32_t index) {
    DictValues* values = inline_values(instance);
    if (UNLIKELY(!load_acquire(values->valid))) return nullptr;
    Object* value;
    if (UNLIKELY(racy_read(values->items[index], &value) != RacyRead::Ok)) return nullptr;
    if (UNLIKELY(is_multi_threaded()) && UNLIKELY(!load_acquire(values->valid))) {
        decref(value);
        return nullptr;
    }
    return value;
}
/// Stores at a cached index and consumes `value`; false (nothing consumed): a dict exists or the values are gone.
ALWAYS_INLINE bool instance_store(Thread& t, Object* instance, uint32_t index, Object* value) {
    DictValues* values = inline_values(instance);
    Object* old;
    {
        LeafSection section(t, instance);
        if (UNLIKELY(!values->valid || managed_dict(instance))) return false;
        old = values->items[index];
        if (!old) values->order()[values->size++] = static_cast<uint8_t>(index);
        store_release(values->items[index], value);
    }
    if (old) decref(old);
    return true;
}
/// For tp_traverse, tp_clear and tp_dealloc of types with ManagedDict.
int instance_values_traverse(Object* instance, VisitFunc visit, void* context);
/// Drops the values and the dict; a dict that others hold keeps the items.
void instance_values_clear(Thread& t, Object* instance);

// --- shared by the dict files ---------------------------------------------------------------------------------------

/// What a walk over the items sees at a position: owned references. False at the end. `position` advances.
enum class Walk { Item, End };
Walk dict_walk(Thread& t, Dict* dict, intptr_t* position, Object** key, Object** value, intptr_t* hash);
/// Where a walk from the front may start: what lies before is empty.
inline intptr_t dict_walk_start(Dict* dict) { return load_acquire(dict->keys)->first(); }
/// Number of positions of a walk (for walking backwards): entries, deleted ones included.
intptr_t dict_walk_end(Dict* dict);
/// The item at one position, owned references; false if it is empty.
bool dict_walk_at(Thread& t, Dict* dict, intptr_t position, Object** key, Object** value, intptr_t* hash);

/// Insertion with the lock held; the key's reference and the value's are acquired.
Result<void> dict_insert_locked(Thread& t, Dict* dict, Object* key, intptr_t hash, Object* value);
/// Removes a found entry with the lock held; the value (owned) is returned, the key is dropped into `old_key` (owned, may
/// be null for split tables).
Object* dict_remove_locked(Thread& t, Dict* dict, size_t index_slot_hash, intptr_t entry, Object** old_key);
Result<void> dict_make_combined(Thread& t, Dict* dict);
Result<void> dict_merge_pairs(Thread& t, Borrowed<Dict> dict, Borrowed<Object> sequence, Override override);
Result<void> dict_update(Thread& t, Borrowed<Dict> dict, MaybeBorrowed<Object> other, Dict* kwargs, const char* name);
Result<Ref<Dict>> dict_new_of_type(Thread& t, Type& type);
/// keys(), values(), items() of a dict.
struct DictView : Object {
    Dict* dict;
};
struct DictKeysView : DictView {
    static Type s_type;
};
struct DictValuesView : DictView {
    static Type s_type;
};
struct DictItemsView : DictView {
    static Type s_type;
};
enum class DictIterKind : uint8_t { Keys, Values, Items };
struct DictIterator : Object {
    Dict* dict; // null when exhausted
    intptr_t used, position, remaining;
    Object* result; // items: a tuple to use again
    DictIterKind kind;
    bool reversed;
};
struct DictKeyIterator : DictIterator {
    static Type s_type;
};
struct DictValueIterator : DictIterator {
    static Type s_type;
};
struct DictItemIterator : DictIterator {
    static Type s_type;
};
struct DictReverseKeyIterator : DictIterator {
    static Type s_type;
};
struct DictReverseValueIterator : DictIterator {
    static Type s_type;
};
struct DictReverseItemIterator : DictIterator {
    static Type s_type;
};
Result<Ref<Object>> dict_iterator_new(Thread& t, Dict* dict, DictIterKind kind, bool reversed);
Result<Ref<Object>> dict_view_new(Thread& t, Dict* dict, Type& type);

} // namespace taipan
