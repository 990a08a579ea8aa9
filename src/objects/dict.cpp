// The table itself: making, growing, inserting, removing, copying, merging, walking.
#include "objects/dict.h"

#include "objects/abstract.h"
#include "objects/dict_build.h"
#include "objects/dict_keys.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/tuple.h"
#include "runtime/heap_inline.h"

#include <bit>
#include <cstring>

namespace taipan {

namespace {

constexpr int MinLog2Size = 3;

struct EmptyTable {
    DictKeys keys;
    int8_t indices[8];
};
constinit EmptyTable g_empty_table = {{{0}, 3, 3, TableKind::Str, {}, 0, 0, 0}, {-1, -1, -1, -1, -1, -1, -1, -1}};

int log2_for(intptr_t expected) {
    // usable(size) >= expected
    size_t wanted = (static_cast<size_t>(expected) * 3 + 1) / 2;
    int log2 = wanted <= 8 ? 3 : static_cast<int>(std::bit_width(wanted - 1));
    while (table_usable(size_t{1} << log2) < expected) ++log2;
    return log2;
}

} // namespace

DictKeys* const g_empty_keys = &g_empty_table.keys;

static size_t keys_bytes(const DictKeys* keys) {
    size_t entry = keys->is_general() ? sizeof(DictEntry) : sizeof(StrEntry);
    return sizeof(DictKeys) + (size_t{1} << keys->log2_index_bytes) + static_cast<size_t>(table_usable(keys->size())) * entry;
}

/// A table without entries; null when memory is exhausted.
static DictKeys* keys_new(int log2_size, TableKind kind) {
    DictKeys shape{};
    shape.log2_size = static_cast<uint8_t>(log2_size);
    shape.log2_index_bytes = static_cast<uint8_t>(log2_size + (log2_size <= 7 ? 0 : log2_size <= 15 ? 1 : log2_size <= 31 ? 2 : 3));
    shape.kind = kind;
    if (log2_size > 56) return nullptr;
    auto* keys = static_cast<DictKeys*>(raw_alloc(keys_bytes(&shape)));
    if (!keys) return nullptr;
    keys->refs.store(kind == TableKind::Split ? 1 : 0, std::memory_order_relaxed);
    keys->log2_size = shape.log2_size;
    keys->log2_index_bytes = shape.log2_index_bytes;
    keys->kind = kind;
    new (&keys->lock) Mutex();
    keys->version = 0;
    keys->usable = table_usable(keys->size());
    keys->count = 0;
    if (LIKELY(keys->log2_index_bytes == 3)) memset(keys->indices(), 0xff, 8); // no call
    else memset(keys->indices(), 0xff, size_t{1} << keys->log2_index_bytes);
    return keys;
}

DictKeys* shared_keys_new(Thread& t, int capacity) {
    DictKeys* keys = keys_new(log2_for(capacity), TableKind::Split);
    if (keys) keys->usable = capacity;
    return keys;
}

void shared_keys_release(Thread& t, DictKeys* keys) {
    if (!keys || keys->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    StrEntry* entries = keys->str_entries();
    for (intptr_t i = 0; i < keys->count; ++i) decref(entries[i].key);
    raw_free_delayed(t, keys);
}

// --- making ---------------------------------------------------------------------------------------------------------

static ALWAYS_INLINE Dict* dict_alloc(Thread& t) {
    auto* dict = static_cast<Dict*>(heap_alloc_small(t, HeapKind::GcObject, sizeof(Dict)));
    if (UNLIKELY(!dict)) return nullptr;
    object_init(dict, &Dict::s_type);
    dict->used = 0;
    dict->watcher_tag = 0;
    dict->keys = g_empty_keys;
    dict->values = nullptr;
    gc_track(dict);
    return dict;
}

Result<Ref<Dict>> dict_new(Thread& t, intptr_t expected_size) {
    DictKeys* keys = g_empty_keys;
    if (expected_size > 0) {
        keys = keys_new(log2_for(expected_size), TableKind::Str);
        if (!keys) return raise_memory_error(t);
    }
    Dict* dict = dict_alloc(t);
    if (UNLIKELY(!dict)) {
        if (keys != g_empty_keys) raw_free(keys);
        return raise_memory_error(t);
    }
    dict->keys = keys;
    return Ref<Dict>::steal(dict);
}

Result<Ref<Dict>> dict_new_of_type(Thread& t, Type& type) {
    if (&type == &Dict::s_type) return dict_new(t);
    Ref<Object> object = TRY(Result<Ref<Object>>::from_nullable(type.alloc(&type, 0)));
    auto* dict = static_cast<Dict*>(object.release());
    dict->keys = g_empty_keys;
    gc_track(dict);
    return Ref<Dict>::steal(dict);
}

/// A dict that shares an instance's inline values; the instance's lock is held.
Dict* dict_alloc_split(Thread& t, DictKeys* keys, DictValues* values) {
    Dict* dict = dict_alloc(t);
    if (!dict) return nullptr;
    keys->refs.fetch_add(1, std::memory_order_relaxed);
    dict->keys = keys;
    dict->values = values;
    dict->used = values->size;
    return dict;
}

// --- growing --------------------------------------------------------------------------------------------------------

static ALWAYS_INLINE void place(DictKeys* keys, intptr_t hash, intptr_t entry) {
    size_t mask = keys->mask(), perturb = static_cast<size_t>(hash), i = static_cast<size_t>(hash) & mask;
    while (keys->index_at(i) >= 0) {
        perturb >>= 5;
        i = (i * 5 + perturb + 1) & mask;
    }
    keys->set_index(i, entry);
}

template <class Index> static void build_index_as(DictKeys* keys) {
    auto* indices = reinterpret_cast<Index*>(keys->indices());
    size_t mask = keys->mask();
    for (intptr_t entry = keys->first(); entry < keys->count; ++entry) {
        auto hash = static_cast<size_t>(keys->is_general() ? keys->general_entries()[entry].hash
                                                           : static_cast<Str*>(keys->str_entries()[entry].key)->cached_hash);
        size_t perturb = hash, i = hash & mask;
        while (indices[i] >= 0) {
            perturb >>= 5;
            i = (i * 5 + perturb + 1) & mask;
        }
        indices[i] = static_cast<Index>(entry);
    }
}
static void build_index(DictKeys* keys) {
    if (keys->log2_size <= 7) build_index_as<int8_t>(keys);
    else if (keys->log2_size <= 15) build_index_as<int16_t>(keys);
    else if (keys->log2_size <= 31) build_index_as<int32_t>(keys);
    else build_index_as<int64_t>(keys);
}

static void append_entry(DictKeys* keys, Object* key, intptr_t hash, Object* value) {
    intptr_t i = keys->count++;
    --keys->usable;
    if (keys->is_general()) keys->general_entries()[i] = {key, value, hash};
    else keys->str_entries()[i] = {key, value};
}

/// Puts filled keys, still without index, in the place of the dict's own.
static void replace_keys(Thread& t, Dict* dict, DictKeys* keys) {
    DictKeys* old = dict->keys;
    build_index(keys);
    store_release(dict->keys, keys);
    if (old == g_empty_keys) return;
    store_relaxed(old->version, 0);
    raw_free_delayed(t, old);
}

/// Replaces the table by one of another size or kind; the references move. Split tables become combined.
static Result<void> dict_resize(Thread& t, Dict* dict, int log2_size, TableKind kind) {
    DictKeys* old = dict->keys;
    DictKeys* keys = keys_new(log2_size, kind);
    if (!keys) return raise_memory_error(t);
    if (DictValues* values = dict->values) {
        StrEntry* entries = old->str_entries();
        for (int i = 0; i < values->size; ++i) {
            int entry = values->order()[i];
            Object* key = entries[entry].key;
            incref_locked(key);
            append_entry(keys, key, static_cast<Str*>(key)->cached_hash, values->items[entry]);
        }
        build_index(keys);
        store_release(values->valid, 0);
        for (int i = 0; i < values->capacity; ++i) store_relaxed(values->items[i], nullptr);
        store_release(dict->values, nullptr);
        store_release(dict->keys, keys);
        if (!values->embedded) raw_free_delayed(t, values);
        shared_keys_release(t, old);
        return {};
    }
    if (old->is_general()) {
        DictEntry* from = old->general_entries();
        DictEntry* to = keys->general_entries();
        intptr_t n = 0;
        if (dict->used == old->count) {
            memcpy(to, from, static_cast<size_t>(n = old->count) * sizeof(DictEntry));
        } else {
            for (intptr_t i = 0; i < old->count; ++i)
                if (from[i].key) to[n++] = from[i];
        }
        keys->count = n;
        keys->usable -= n;
    } else if (kind == TableKind::Str) {
        StrEntry* from = old->str_entries();
        StrEntry* to = keys->str_entries();
        intptr_t n = 0;
        if (dict->used == old->count) {
            memcpy(to, from, static_cast<size_t>(n = old->count) * sizeof(StrEntry));
        } else {
            for (intptr_t i = 0; i < old->count; ++i)
                if (from[i].key) to[n++] = from[i];
        }
        keys->count = n;
        keys->usable -= n;
    } else {
        StrEntry* from = old->str_entries();
        for (intptr_t i = 0; i < old->count; ++i)
            if (from[i].key) append_entry(keys, from[i].key, static_cast<Str*>(from[i].key)->cached_hash, from[i].value);
    }
    replace_keys(t, dict, keys);
    return {};
}

Result<void> dict_make_combined(Thread& t, Dict* dict) {
    if (!dict->values) return {};
    return dict_resize(t, dict, log2_for(dict->used + 1), TableKind::Str);
}

Result<void> dict_make_front_room(Thread& t, Dict* dict) {
    TRY(dict_make_combined(t, dict));
    DictKeys* old = dict->keys;
    intptr_t front = dict->used < 8 ? 8 : dict->used, next = front;
    DictKeys* keys = keys_new(log2_for(front + dict->used + dict->used / 2 + 1), old->is_general() ? TableKind::General : TableKind::Str);
    if (!keys) return raise_memory_error(t);
    memset(keys->entries(), 0, static_cast<size_t>(front) * (keys->is_general() ? sizeof(DictEntry) : sizeof(StrEntry)));
    for (intptr_t i = 0; i < old->count; ++i) {
        if (!old->key_at(i)) continue;
        if (keys->is_general()) keys->general_entries()[next++] = old->general_entries()[i];
        else keys->str_entries()[next++] = old->str_entries()[i];
    }
    keys->set_first(front);
    keys->count = next;
    keys->usable -= next;
    replace_keys(t, dict, keys);
    return {};
}

static Result<void> dict_grow(Thread& t, Dict* dict) {
    DictKeys* keys = dict->keys;
    size_t wanted = static_cast<size_t>(dict->used) * 3;
    int log2 = wanted <= 8 ? MinLog2Size : static_cast<int>(std::bit_width(wanted - 1));
    return dict_resize(t, dict, log2, keys->is_general() ? TableKind::General : TableKind::Str);
}

// --- inserting ------------------------------------------------------------------------------------------------------

/// The entry for a key in a shared table, appended if it is new and there is room; -1 if not.
intptr_t shared_keys_insert(Thread& t, DictKeys* keys, Str* key, intptr_t hash) {
    intptr_t found = keys_find_str(keys, key, hash);
    if (found >= 0) return found;
    MutexLocker locker(keys->lock);
    found = keys_find_str(keys, key, hash);
    if (found >= 0) return found;
    if (keys->usable <= 0) return -1;
    intptr_t i = keys->count;
    incref(key);
    keys->str_entries()[i].value = nullptr;
    store_release(keys->str_entries()[i].key, key);
    store_release(keys->count, i + 1);
    --keys->usable;
    store_relaxed(keys->version, 0);
    place(keys, hash, i);
    return i;
}

uint8_t settle_capacity(HeapType* type) {
    DictKeys* keys = type->cached_keys;
    MutexLocker locker(keys->lock);
    auto room = static_cast<int>(keys->count + keys->usable),
         least = std::max<int>(type->least_capacity, instance_room(static_cast<int>(keys->count)));
    if (!type->has_instances) { // the first shows what there is
        type->has_instances = true;
    } else if (room > least) {
        room = (room + least) / 2;
        keys->usable = room - keys->count;
    }
    store_relaxed(type->inline_capacity, static_cast<uint8_t>(room > least ? room | CapacitySettling : room));
    return static_cast<uint8_t>(room);
}

static ALWAYS_INLINE void publish_entry(Dict* dict, DictKeys* keys, Object* key, intptr_t hash, Object* value) {
    intptr_t i = keys->count;
    store_relaxed(keys->version, 0);
    if (keys->is_general()) {
        DictEntry& entry = keys->general_entries()[i];
        store_relaxed(entry.hash, hash);
        store_release(entry.value, value);
        store_release(entry.key, key);
    } else {
        StrEntry& entry = keys->str_entries()[i];
        store_release(entry.value, value);
        store_release(entry.key, key);
    }
    store_release(keys->count, i + 1);
    --keys->usable;
    place(keys, hash, i);
    store_relaxed(dict->used, dict->used + 1);
}

/// Adds a key that is not there, to a combined table of a kind that can have it. No Python code runs.
static ALWAYS_INLINE Result<void> add_missing(Thread& t, Dict* dict, Object* key, intptr_t hash, Object* value) {
    DictKeys* keys = dict->keys;
    if (UNLIKELY(keys->usable <= 0)) {
        if (keys == g_empty_keys) TRY(dict_resize(t, dict, MinLog2Size, is_exact<Str>(key) ? TableKind::Str : TableKind::General));
        else TRY(dict_grow(t, dict));
        keys = dict->keys;
    }
    incref(key);
    incref(value);
    publish_entry(dict, keys, key, hash, value);
    return {};
}

Result<void> dict_insert_locked(Thread& t, Dict* dict, Object* key, intptr_t hash, Object* value) {
    bool is_str = is_exact<Str>(key);
    if (UNLIKELY(dict->values != nullptr)) {
        intptr_t i = is_str ? shared_keys_insert(t, dict->keys, static_cast<Str*>(key), hash) : -1;
        if (i >= 0 && i < dict->values->capacity) {
            DictValues* values = dict->values;
            Object* old = values->items[i];
            incref(value);
            if (!old) {
                values->order()[values->size] = static_cast<uint8_t>(i);
                store_release(values->items[i], value);
                store_release(values->size, static_cast<uint8_t>(values->size + 1));
                store_relaxed(dict->used, dict->used + 1);
            } else {
                store_release(values->items[i], value);
                decref(old);
            }
            return {};
        }
        TRY(dict_make_combined(t, dict));
    }
    DictKeys* keys = dict->keys;
    intptr_t found;
    if (LIKELY(is_str && !keys->is_general())) {
        found = keys_find_str(keys, static_cast<Str*>(key), hash);
    } else {
        if (!keys->is_general()) {
            TRY(dict_resize(t, dict, keys == g_empty_keys || dict->used == 0 ? keys->log2_size : log2_for(dict->used + 1),
                            TableKind::General));
            keys = dict->keys;
        }
        found = keys_find_quick(keys, key, hash);
        if (UNLIKELY(found == LookupRetry)) {
            found = dict_find(t, dict, key, hash);
            if (UNLIKELY(found == LookupError)) return Error{};
            if (UNLIKELY(dict->values)) return dict_insert_locked(t, dict, key, hash, value);
            keys = dict->keys; // __eq__ may have replaced it
            if (UNLIKELY(!keys->is_general() && !is_str)) return dict_insert_locked(t, dict, key, hash, value);
        }
    }
    if (found >= 0) {
        Object*& slot = keys->value_at(found);
        Object* old = slot;
        incref(value);
        store_release(slot, value);
        if (old) decref(old);
        return {};
    }
    return add_missing(t, dict, key, hash, value);
}

Result<void> dict_reserve(Thread& t, Borrowed<Dict> dict, intptr_t count, bool str_keys) {
    CriticalSection section(t, dict.get());
    if (dict->keys != g_empty_keys || dict->values || count > (intptr_t{1} << 32)) return {};
    return dict_resize(t, dict.get(), log2_for(count), str_keys ? TableKind::Str : TableKind::General);
}

Result<void> dict_set_known_hash(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, intptr_t hash, Borrowed<Object> value) {
    CriticalSection section(t, dict.get());
    return dict_insert_locked(t, dict.get(), key.get(), hash, value.get());
}

Result<void> dict_set(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, Borrowed<Object> value) {
    intptr_t hash = key_hash(t, key.get());
    if (UNLIKELY(hash == -1)) return Error{};
    CriticalSection section(t, dict.get());
    return dict_insert_locked(t, dict.get(), key.get(), hash, value.get());
}

Result<void> dict_set_held(Thread& t, Dict* dict, Borrowed<Object> key, Borrowed<Object> value) {
    intptr_t hash = key_hash(t, key.get());
    if (UNLIKELY(hash == -1)) return Error{};
    CriticalSection section(t, dict, CriticalSection::Held{});
    return dict_insert_locked(t, dict, key.get(), hash, value.get());
}

Result<void> dict_set_ascii(Thread& t, Borrowed<Dict> dict, std::string_view key, Borrowed<Object> value) {
    Ref<Str> text = TRY(str_interned(t, key));
    return dict_set(t, dict, text, value);
}

Result<Ref<Object>> dict_set_default(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, Borrowed<Object> value) {
    intptr_t hash = key_hash(t, key.get());
    if (hash == -1) return Error{};
    CriticalSection section(t, dict.get());
    intptr_t found = dict_find(t, dict.get(), key.get(), hash);
    if (found == LookupError) return Error{};
    if (found >= 0) {
        if (Object* there = *dict_value_slot(dict.get(), found)) {
            incref_locked(there);
            return Ref<Object>::steal(there);
        }
    }
    if (dict->values || is_exact<Str>(key.get())) {
        TRY(dict_insert_locked(t, dict.get(), key.get(), hash, value.get()));
    } else {
        // The key is not compared a second time.
        if (!dict->keys->is_general()) TRY(dict_resize(t, dict.get(), log2_for(dict->used + 1), TableKind::General));
        TRY(add_missing(t, dict.get(), key.get(), hash, value.get()));
    }
    return acquire(value);
}

// --- removing -------------------------------------------------------------------------------------------------------

Object* dict_remove_locked(Thread& t, Dict* dict, size_t hash, intptr_t entry, Object** old_key) {
    store_relaxed(dict->used, dict->used - 1);
    if (DictValues* values = dict->values) {
        *old_key = nullptr;
        Object* old = values->items[entry];
        uint8_t* order = values->order();
        int size = values->size, at = 0;
        while (at < size && order[at] != entry) ++at;
        memmove(order + at, order + at + 1, static_cast<size_t>(size - at - 1));
        store_release(values->size, static_cast<uint8_t>(size - 1));
        store_release(values->items[entry], nullptr);
        return old;
    }
    DictKeys* keys = dict->keys;
    size_t mask = keys->mask(), perturb = hash, i = hash & mask;
    while (keys->index_at(i) != entry) {
        perturb >>= 5;
        i = (i * 5 + perturb + 1) & mask;
    }
    store_relaxed(keys->version, 0);
    keys->set_index(i, DictKeys::Dummy);
    Object*& key_slot = keys->key_at(entry);
    Object*& value_slot = keys->value_at(entry);
    *old_key = key_slot;
    Object* value = value_slot;
    store_release(key_slot, nullptr);
    store_release(value_slot, nullptr);
    if (entry == keys->first()) keys->set_first(entry + 1);
    return value;
}

ResultMaybe<Object> dict_pop(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key) {
    if (dict_size(dict.get()) == 0) return MaybeRef<Object>(); // as in CPython, an unhashable key is not noticed here
    intptr_t hash = key_hash(t, key.get());
    if (hash == -1) return Error{};
    return dict_pop_known_hash(t, dict, key, hash);
}

ResultMaybe<Object> dict_pop_known_hash(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, intptr_t hash) {
    Object *old_key, *value;
    {
        CriticalSection section(t, dict.get());
        intptr_t found = dict_find(t, dict.get(), key.get(), hash);
        if (found == LookupError) return Error{};
        if (found < 0) return MaybeRef<Object>();
        value = dict_remove_locked(t, dict.get(), static_cast<size_t>(hash), found, &old_key);
    }
    xdecref(old_key);
    return MaybeRef<Object>::steal(value);
}

Result<bool> dict_delete(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key) {
    intptr_t hash = key_hash(t, key.get());
    if (hash == -1) return Error{};
    Object *old_key, *value;
    {
        CriticalSection section(t, dict.get());
        intptr_t found = dict_find(t, dict.get(), key.get(), hash);
        if (found == LookupError) return Error{};
        if (found < 0) return false;
        value = dict_remove_locked(t, dict.get(), static_cast<size_t>(hash), found, &old_key);
    }
    xdecref(old_key);
    xdecref(value);
    return true;
}

/// Drops the references of a combined table that no dict has any more, then its memory.
static void keys_release_combined(Thread& t, DictKeys* keys, bool delayed) {
    if (keys == g_empty_keys) return;
    auto drop = [](Object*& slot) {
        if (Object* old = slot) {
            store_release(slot, nullptr);
            decref(old);
        }
    };
    if (keys->is_general()) {
        DictEntry* entries = keys->general_entries();
        for (intptr_t i = 0; i < keys->count; ++i) {
            drop(entries[i].key);
            drop(entries[i].value);
        }
    } else {
        StrEntry* entries = keys->str_entries();
        for (intptr_t i = 0; i < keys->count; ++i) {
            drop(entries[i].key);
            drop(entries[i].value);
        }
    }
    if (delayed) raw_free_delayed(t, keys);
    else raw_free(keys);
}

void dict_clear(Thread& t, Borrowed<Dict> dict_ref) {
    Dict* dict = dict_ref.get();
    DictKeys* keys;
    Object* dropped[MaxSharedKeys];
    int dropped_count = 0;
    DictValues* values;
    {
        CriticalSection section(t, dict);
        keys = dict->keys;
        values = dict->values;
        if (values) {
            store_release(values->valid, 0);
            for (int i = 0; i < values->capacity; ++i)
                if (Object* value = values->items[i]) {
                    store_release(values->items[i], nullptr);
                    dropped[dropped_count++] = value;
                }
            values->size = 0;
            store_release(dict->values, nullptr);
        }
        if (keys != g_empty_keys && !values) store_relaxed(keys->version, 0);
        store_release(dict->keys, g_empty_keys);
        store_relaxed(dict->used, 0);
    }
    if (values) {
        for (int i = 0; i < dropped_count; ++i) decref(dropped[i]);
        if (!values->embedded) raw_free_delayed(t, values);
        shared_keys_release(t, keys);
    } else {
        keys_release_combined(t, keys, true);
    }
}

/// tp_dealloc's part: nobody else has the dict.
void dict_free_table(Thread& t, Dict* dict) {
    DictKeys* keys = std::exchange(dict->keys, g_empty_keys);
    DictValues* values = std::exchange(dict->values, nullptr);
    if (values) {
        if (!values->embedded) {
            for (int i = 0; i < values->capacity; ++i) xdecref(values->items[i]);
            raw_free(values);
        }
        shared_keys_release(t, keys);
    } else if (keys) {
        keys_release_combined(t, keys, false);
    }
}

// --- copying and merging --------------------------------------------------------------------------------------------

/// A copy of a combined table with its own references.
static DictKeys* keys_clone(DictKeys* keys) {
    auto* copy = static_cast<DictKeys*>(raw_alloc(keys_bytes(keys)));
    if (!copy) return nullptr;
    size_t entry = keys->is_general() ? sizeof(DictEntry) : sizeof(StrEntry);
    memcpy(static_cast<void*>(copy), keys,
           sizeof(DictKeys) + (size_t{1} << keys->log2_index_bytes) + static_cast<size_t>(keys->count) * entry);
    copy->version = 0;
    if (keys->is_general()) {
        DictEntry* entries = copy->general_entries();
        for (intptr_t i = 0; i < copy->count; ++i)
            if (entries[i].key) {
                incref_locked(entries[i].key);
                incref_locked(entries[i].value);
            }
    } else {
        StrEntry* entries = copy->str_entries();
        for (intptr_t i = 0; i < copy->count; ++i)
            if (entries[i].key) {
                incref_locked(entries[i].key);
                incref_locked(entries[i].value);
            }
    }
    return copy;
}

/// Both locked. False: not worth a plain clone.
static Result<bool> try_clone_into(Thread& t, Dict* target, Dict* source) {
    DictKeys* keys = source->keys;
    if (target->used != 0 || target->values || source->values || source->used < (keys->count * 2) / 3) return false;
    DictKeys* copy = keys_clone(keys);
    if (!copy) return raise_memory_error(t);
    DictKeys* old = target->keys;
    store_release(target->keys, copy);
    store_relaxed(target->used, source->used);
    if (old != g_empty_keys) {
        store_relaxed(old->version, 0);
        raw_free_delayed(t, old);
    }
    return true;
}

static bool has_dict_iteration(Object* o) { return is<Dict>(o) && o->type->iter == Dict::s_type.iter; }

/// Merges from entry `*position` on as long as no key takes an __eq__; both are locked. False: the rest is to do.
static Result<bool> merge_plain(Thread& t, Dict* dict, Dict* other, Override override, intptr_t* position) {
    DictKeys* from = other->keys;
    intptr_t used = other->used;
    bool general = from->is_general();
    for (intptr_t& i = *position; i < from->count; ++i) {
        DictKeys* to = dict->keys;
        if (UNLIKELY(dict->values || (general && !to->is_general()))) return false;
        Object *key = from->key_at(i), *value = from->value_at(i);
        if (!key || !value) continue;
        intptr_t hash = general ? from->general_entries()[i].hash : static_cast<Str*>(key)->cached_hash;
        intptr_t found = to->is_general() ? keys_find_quick(to, key, hash) : keys_find_str(to, static_cast<Str*>(key), hash);
        if (found == LookupMissing) {
            TRY(add_missing(t, dict, key, hash, value));
        } else if (found == LookupRetry) {
            return false;
        } else if (override == Override::Yes) {
            Object*& slot = to->value_at(found);
            Object* old = slot;
            incref(value);
            store_release(slot, value);
            decref(old);
            if (other->keys != from || other->used != used) return raise(t, exc::RuntimeError, "dict mutated during update");
        } else if (override == Override::Error) {
            return raise_key_error(t, key);
        }
    }
    return true;
}

static Result<void> merge_dict(Thread& t, Dict* dict, Dict* other, Override override) {
    if (dict == other || dict_size(other) == 0) return {};
    CriticalSection section(t, dict, other);
    if (override == Override::Yes || dict->used == 0) {
        if (TRY(try_clone_into(t, dict, other))) return {};
    }
    // Room for all at once, as if no key were common.
    if (!dict->values && dict->keys->usable < other->used) {
        bool general = dict->keys->is_general() || other->keys->is_general();
        TRY(dict_resize(t, dict, log2_for(dict->used + other->used), general ? TableKind::General : TableKind::Str));
    }
    intptr_t position = 0;
    if (!other->values && TRY(merge_plain(t, dict, other, override, &position))) return {};
    Object *key, *value;
    intptr_t hash;
    while (dict_walk(t, other, &position, &key, &value, &hash) == Walk::Item) {
        Ref<Object> key_owned = steal(key), value_owned = steal(value);
        DictKeys* keys = other->keys;
        intptr_t used = other->used;
        if (override != Override::Yes) {
            intptr_t found = dict_find(t, dict, key, hash);
            if (found == LookupError) return Error{};
            if (found >= 0) {
                if (override == Override::Error) return raise_key_error(t, key);
            } else {
                TRY(dict_insert_locked(t, dict, key, hash, value));
            }
        } else {
            TRY(dict_insert_locked(t, dict, key, hash, value));
        }
        if (other->keys != keys || other->used != used) return raise(t, exc::RuntimeError, "dict mutated during update");
    }
    return {};
}

Result<void> dict_merge(Thread& t, Borrowed<Dict> dict, Borrowed<Object> mapping, Override override) {
    if (has_dict_iteration(mapping.get())) return merge_dict(t, dict.get(), static_cast<Dict*>(mapping.get()), override);
    Ref<Object> keys = TRY(call_method(t, mapping, names::keys));
    Ref<Object> iterator = TRY(get_iterator(t, keys));
    for (;;) {
        MaybeRef<Object> next = TRY(next_item(t, iterator));
        if (!next) return {};
        Ref<Object> key = next.take();
        if (override != Override::Yes) {
            if (TRY(dict_contains(t, dict, key))) {
                if (override == Override::Error) return raise_key_error(t, key);
                continue;
            }
        }
        Ref<Object> value = TRY(get_item(t, mapping, key));
        TRY(dict_set(t, dict, key, value));
    }
}

Result<Ref<Dict>> dict_copy(Thread& t, Borrowed<Dict> dict) {
    if (!is_multi_threaded() && dict->used != 0 && !dict->values && dict->used >= (dict->keys->count * 2) / 3) {
        Ref<Dict> copy = TRY(dict_new(t));
        DictKeys* clone = keys_clone(dict->keys);
        if (!clone) return raise_memory_error(t);
        copy->keys = clone;
        copy->used = dict->used;
        return copy;
    }
    Ref<Dict> copy = TRY(dict_new(t));
    TRY(merge_dict(t, copy.get(), dict.get(), Override::Yes));
    return copy;
}

// --- walking --------------------------------------------------------------------------------------------------------

intptr_t dict_walk_end(Dict* dict) {
    DictKeys* keys = load_acquire(dict->keys);
    if (keys->kind == TableKind::Split) {
        // The used count is the length of the order.
        return load_relaxed(dict->used);
    }
    return load_acquire(keys->count);
}

static bool walk_at_locked(Dict* dict, intptr_t position, Object** key, Object** value, intptr_t* hash) {
    DictKeys* keys = dict->keys;
    intptr_t entry = position;
    if (DictValues* values = dict->values) {
        if (position < 0 || position >= values->size) return false;
        entry = values->order()[position];
        *value = values->items[entry];
        *key = keys->str_entries()[entry].key;
    } else {
        if (position < 0 || position >= keys->count) return false;
        *key = keys->key_at(entry);
        *value = keys->value_at(entry);
    }
    if (!*key || !*value) return false;
    *hash = keys->is_general() ? keys->general_entries()[entry].hash : static_cast<Str*>(*key)->cached_hash;
    incref_locked(*key);
    incref_locked(*value);
    return true;
}

bool dict_walk_at(Thread& t, Dict* dict, intptr_t position, Object** key, Object** value, intptr_t* hash) {
    if (LIKELY(!is_multi_threaded())) return walk_at_locked(dict, position, key, value, hash);
    DictKeys* keys = load_acquire(dict->keys);
    if (keys->kind != TableKind::Split && position >= 0 && position < load_acquire(keys->count)) {
        RacyRead read = racy_read(keys->key_at(position), key);
        if (read == RacyRead::Empty) return false;
        if (read == RacyRead::Ok) {
            if (racy_read(keys->value_at(position), value) == RacyRead::Ok) {
                if (load_acquire(dict->keys) == keys && load_acquire(keys->key_at(position)) == *key) {
                    *hash =
                        keys->is_general() ? load_relaxed(keys->general_entries()[position].hash) : static_cast<Str*>(*key)->cached_hash;
                    return true;
                }
                decref(*value);
            }
            decref(*key);
        }
    }
    CriticalSection section(t, dict);
    return walk_at_locked(dict, position, key, value, hash);
}

Walk dict_walk(Thread& t, Dict* dict, intptr_t* position, Object** key, Object** value, intptr_t* hash) {
    for (;;) {
        intptr_t at = *position;
        if (at >= dict_walk_end(dict)) return Walk::End;
        *position = at + 1;
        if (dict_walk_at(t, dict, at, key, value, hash)) return Walk::Item;
    }
}

bool dict_next(Thread& t, Borrowed<Dict> dict, intptr_t* position, MaybeRef<Object>* key, MaybeRef<Object>* value) {
    Object *k, *v;
    intptr_t hash;
    if (dict_walk(t, dict.get(), position, &k, &v, &hash) == Walk::End) return false;
    MaybeRef<Object> key_owned = MaybeRef<Object>::steal(k), value_owned = MaybeRef<Object>::steal(v);
    if (key) *key = std::move(key_owned);
    if (value) *value = std::move(value_owned);
    return true;
}

enum class ListOf { Keys, Values, Items };
static Result<Ref<List>> collect(Thread& t, Dict* dict, ListOf what) {
    for (;;) {
        intptr_t used = dict_size(dict);
        Ref<List> list = TRY(list_new(t, used));
        CriticalSection section(t, dict);
        if (dict->used != used) continue;
        intptr_t position = 0, n = 0;
        Object *key, *value;
        intptr_t hash;
        if (what != ListOf::Items && !dict->values && !is_multi_threaded()) {
            DictKeys* keys = dict->keys;
            for (; n < used && position < keys->count; ++position) {
                if (!(value = keys->value_at(position))) continue;
                Object* item = what == ListOf::Keys ? keys->key_at(position) : value;
                incref(item);
                list->items[n++] = item;
            }
            list->size = n;
            return list;
        }
        bool failed = false;
        while (n < used && dict_walk(t, dict, &position, &key, &value, &hash) == Walk::Item) {
            Object* item;
            if (what == ListOf::Keys) {
                decref(value);
                item = key;
            } else if (what == ListOf::Values) {
                decref(key);
                item = value;
            } else {
                Object* pair[] = {key, value};
                item = tuple_from_array_steal(t, pair, 2).release_or_null();
                if (!item) {
                    failed = true;
                    break;
                }
            }
            list->items[n++] = item;
            list->size = n;
        }
        if (failed) return Error{};
        return list;
    }
}
Result<Ref<List>> dict_keys_list(Thread& t, Borrowed<Dict> dict) { return collect(t, dict.get(), ListOf::Keys); }
Result<Ref<List>> dict_values_list(Thread& t, Borrowed<Dict> dict) { return collect(t, dict.get(), ListOf::Values); }
Result<Ref<List>> dict_items_list(Thread& t, Borrowed<Dict> dict) { return collect(t, dict.get(), ListOf::Items); }

} // namespace taipan
