// dict: insertion-ordered open addressing (index table + entry array), shared-key ("split") tables for instance dicts.
// Look-ups take no lock and write no shared memory; mutations hold the object's lock. See docs/containers.md.
#pragma once

#include "objects/str.h"
#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct Tuple;
struct List;
struct DictKeys;   // objects/dict_keys.h
struct DictValues; // inline or allocated values of a split table

struct Dict : Object {
    intptr_t used;
    uint64_t watcher_tag;
    DictKeys* keys;
    DictValues* values; // null for a combined table

    static Type s_type;
    static constexpr unsigned long s_subclass_flag = type_flag::DictSubclass;
};
static_assert(sizeof(Dict) == 64);

Result<Ref<Dict>> dict_new(Thread& t, intptr_t expected_size = 0);
inline intptr_t dict_size(const Dict* dict) { return __atomic_load_n(&dict->used, __ATOMIC_RELAXED); }
/// The value, or nothing. The key may be any hashable object; errors come from hashing and comparing.
ResultMaybe<Object> dict_get(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key);
ResultMaybe<Object> dict_get_known_hash(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, intptr_t hash);
/// For str keys: cannot fail while the dict's keys are strs (a non-str key may raise from __eq__).
ResultMaybe<Object> dict_get_str(Thread& t, Borrowed<Dict> dict, Borrowed<Str> key);
ResultMaybe<Object> dict_get_ascii(Thread& t, Borrowed<Dict> dict, std::string_view key);
Result<bool> dict_contains(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key);
Result<void> dict_set(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, Borrowed<Object> value);
/// dict_set on a dict that the caller holds a reference to itself (CriticalSection::Held).
Result<void> dict_set_held(Thread& t, Dict* dict, Borrowed<Object> key, Borrowed<Object> value);
Result<void> dict_set_known_hash(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, intptr_t hash, Borrowed<Object> value);
Result<void> dict_set_ascii(Thread& t, Borrowed<Dict> dict, std::string_view key, Borrowed<Object> value);
/// False: was not there.
Result<bool> dict_delete(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key);
/// Removes and returns, or nothing.
ResultMaybe<Object> dict_pop(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key);
ResultMaybe<Object> dict_pop_known_hash(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, intptr_t hash);
/// The value there, or `value` after inserting it.
Result<Ref<Object>> dict_set_default(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key, Borrowed<Object> value);
void dict_clear(Thread& t, Borrowed<Dict> dict);
Result<Ref<Dict>> dict_copy(Thread& t, Borrowed<Dict> dict);
/// dict.update(other) for mappings; Override::No keeps existing items; Override::Error raises KeyError(key) on duplicates.
enum class Override { No, Yes, Error };
Result<void> dict_merge(Thread& t, Borrowed<Dict> dict, Borrowed<Object> mapping, Override override);
Result<Ref<List>> dict_keys_list(Thread& t, Borrowed<Dict> dict);
Result<Ref<List>> dict_values_list(Thread& t, Borrowed<Dict> dict);
Result<Ref<List>> dict_items_list(Thread& t, Borrowed<Dict> dict);

/// Walks the items in order: `position` starts at 0. False at the end. Robust against changes of the dict meanwhile
/// (items may then be missed or seen twice, memory stays safe).
bool dict_next(Thread& t, Borrowed<Dict> dict, intptr_t* position, MaybeRef<Object>* key, MaybeRef<Object>* value);

/// A number that changes whenever the set of keys of the table changes (0: not cacheable); for the inline caches of
/// globals and module attributes. `dict_value_slot` gives the address of the value of an existing str key in a combined
/// table of that version.
uint32_t dict_keys_version(Thread& t, Dict* dict);

} // namespace taipan
