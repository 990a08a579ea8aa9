// Finding a key. The probe sequence is CPython's (i = 5i + perturb + 1), so colliding keys cost what users know.
#include "base/hash.h"
#include "objects/abstract.h"
#include "objects/dict_keys.h"
#include "objects/key_compare.h"
#include "objects/stack_int.h"

namespace taipan {

namespace {

/// Walks the probe sequence; `visit(entry)` returns true to stop there.
template <class Index, class Visit> ALWAYS_INLINE intptr_t probe_as(DictKeys* keys, intptr_t hash, Visit visit) {
    size_t mask = keys->mask(), perturb = static_cast<size_t>(hash), i = static_cast<size_t>(hash) & mask;
    auto* indices = reinterpret_cast<Index*>(keys->indices());
    for (;;) {
        intptr_t entry = __atomic_load_n(&indices[i], __ATOMIC_ACQUIRE);
        if (LIKELY(entry >= 0)) {
            intptr_t found = visit(entry);
            if (found != LookupMissing) return found;
        } else if (entry == DictKeys::Empty) {
            return LookupMissing;
        }
        perturb >>= 5;
        i = (i * 5 + perturb + 1) & mask;
    }
}
template <class Visit> ALWAYS_INLINE intptr_t probe(DictKeys* keys, intptr_t hash, Visit visit) {
    if (LIKELY(keys->log2_size <= 7)) return probe_as<int8_t>(keys, hash, visit);
    if (keys->log2_size <= 15) return probe_as<int16_t>(keys, hash, visit);
    if (keys->log2_size <= 31) return probe_as<int32_t>(keys, hash, visit);
    return probe_as<int64_t>(keys, hash, visit);
}

intptr_t find_str_racy(DictKeys* keys, Str* key, intptr_t hash) {
    StrEntry* entries = keys->str_entries();
    return probe(keys, hash, [&](intptr_t i) -> intptr_t {
        Object* found = load_acquire(entries[i].key);
        if (found == key) return i;
        if (!found || load_relaxed(static_cast<Str*>(found)->cached_hash) != hash) return LookupMissing;
        // Equal hash, another object: hold it for the comparison.
        if (!try_incref_inline(found)) return LookupRetry;
        bool valid = load_acquire(entries[i].key) == found;
        bool same = valid && same_text(static_cast<Str*>(found), key);
        decref(found);
        if (!valid) return LookupRetry;
        return same ? i : LookupMissing;
    });
}

constexpr intptr_t Restart = -5;

/// One attempt at a look-up that may run __eq__; `Restart` if that changed the table. `keys` belong to the dict.
template <bool Racy> intptr_t find_general_once(Thread& t, Dict* dict, DictKeys* keys, Object* key, intptr_t hash) {
    TableKind kind = keys->kind;
    uint8_t log2_size = keys->log2_size;
    return probe(keys, hash, [&](intptr_t i) -> intptr_t {
        Object* found;
        if (kind == TableKind::General) {
            DictEntry& entry = keys->general_entries()[i];
            found = load_acquire(entry.key);
            if (found == key) return i;
            if (!found || load_relaxed(entry.hash) != hash) return LookupMissing;
        } else {
            found = load_acquire(keys->str_entries()[i].key);
            if (found == key) return i;
            if (!found || load_relaxed(static_cast<Str*>(found)->cached_hash) != hash) return LookupMissing;
        }
        if constexpr (Racy) {
            if (!try_incref_inline(found)) return LookupRetry;
            if (load_acquire(keys->key_at(i)) != found || load_acquire(dict->keys) != keys) {
                decref(found);
                return LookupRetry;
            }
        } else {
            if (QuickEqual same = quick_equal(found, key); same != QuickEqual::Unknown) return same == QuickEqual::Yes ? i : LookupMissing;
            incref_locked(found);
        }
        if constexpr (Racy) {
            if (QuickEqual same = quick_equal(found, key); same != QuickEqual::Unknown) {
                decref(found);
                return same == QuickEqual::Yes ? i : LookupMissing;
            }
        }
        Result<bool> equal = compare_bool(t, found, key, Comparison::Eq);
        Object* seen = found;
        decref(found);
        if (equal.is_error()) return LookupError;
        // __eq__ may have changed the dict; even an equal address may be another table by now.
        DictKeys* now = load_acquire(dict->keys);
        if (UNLIKELY(now != keys || keys->log2_size != log2_size || keys->kind != kind || i >= load_relaxed(keys->count) ||
                     load_acquire(keys->key_at(i)) != seen))
            return Racy ? LookupRetry : Restart;
        return equal.take() ? i : LookupMissing;
    });
}

} // namespace

/// The hash; an "unhashable type" TypeError also says what the key was for.
static intptr_t hash_for(Thread& t, Object* key, const char* format) {
    if (is_exact<Int>(key)) return int_hash(static_cast<Int*>(key));
    if (key->type->hash == Object::s_type.hash) return base::hash_pointer(key);
    Result<intptr_t> result = is_exact<Tuple>(key) ? tuple_hash_value(t, static_cast<Tuple*>(key)) : hash(t, key);
    if (LIKELY(!result.is_error())) return result.take();
    if (t.exception->type == &exc::TypeError) {
        Ref<Object> error = t.take_exception().take();
        (void)raise(t, exc::TypeError, format, key, error);
    }
    return -1;
}
intptr_t hash_slow(Thread& t, Object* key) { return hash_for(t, key, "cannot use '%T' as a dict key (%s)"); }
intptr_t set_hash_slow(Thread& t, Object* key) { return hash_for(t, key, "cannot use '%T' as a set element (%s)"); }

intptr_t keys_find_str(DictKeys* keys, Str* key, intptr_t hash) {
    StrEntry* entries = keys->str_entries();
    return probe(keys, hash, [&](intptr_t i) -> intptr_t {
        auto* found = static_cast<Str*>(load_relaxed(entries[i].key));
        if (found == key) return i;
        if (found && load_relaxed(found->cached_hash) == hash && same_text(found, key)) return i;
        return LookupMissing;
    });
}

intptr_t keys_find_quick(DictKeys* keys, Object* key, intptr_t hash) {
    DictEntry* entries = keys->general_entries();
    return probe(keys, hash, [&](intptr_t i) -> intptr_t {
        Object* found = load_relaxed(entries[i].key);
        if (found == key) return i;
        if (!found || load_relaxed(entries[i].hash) != hash) return LookupMissing;
        QuickEqual same = quick_equal(found, key);
        return same == QuickEqual::Yes ? i : same == QuickEqual::No ? LookupMissing : LookupRetry;
    });
}

intptr_t dict_find(Thread& t, Dict* dict, Object* key, intptr_t hash) {
    for (;;) {
        DictKeys* keys = dict->keys;
        intptr_t found;
        if (LIKELY(!keys->is_general() && is_exact<Str>(key))) {
            found = keys_find_str(keys, static_cast<Str*>(key), hash);
        } else {
            found = keys->is_general() ? keys_find_quick(keys, key, hash) : LookupRetry;
            if (UNLIKELY(found == LookupRetry)) found = find_general_once<false>(t, dict, keys, key, hash);
        }
        if (found == Restart) continue;
        if (found >= 0 && dict->values && !load_relaxed(*dict_value_slot(dict, found))) return LookupMissing;
        return found;
    }
}

/// The racy reader: a value (owned), nothing, an error or Retry.
static RacyRead get_racy(Thread& t, Dict* dict, Object* key, intptr_t hash, Object** value, bool* error) {
    for (int attempt = 0; attempt < 4; ++attempt) {
        DictKeys* keys = load_acquire(dict->keys);
        if (keys->kind == TableKind::Split) return RacyRead::Retry; // values may lie inside another object
        intptr_t found = keys->kind == TableKind::Str && is_exact<Str>(key) ? find_str_racy(keys, static_cast<Str*>(key), hash)
                                                                            : find_general_once<true>(t, dict, keys, key, hash);
        if (found == LookupError) {
            *error = true;
            return RacyRead::Empty;
        }
        if (found == LookupMissing) {
            if (load_acquire(dict->keys) == keys) return RacyRead::Empty;
            continue;
        }
        if (found < 0) continue;
        Object* key_seen = load_acquire(keys->key_at(found));
        RacyRead read = racy_read(keys->value_at(found), value);
        if (read != RacyRead::Ok) continue;
        if (key_seen && load_acquire(keys->key_at(found)) == key_seen && load_acquire(dict->keys) == keys) return RacyRead::Ok;
        decref(*value);
    }
    return RacyRead::Retry;
}

ResultMaybe<Object> dict_get_known_hash(Thread& t, Borrowed<Dict> dict_ref, Borrowed<Object> key_ref, intptr_t hash) {
    Dict* dict = dict_ref.get();
    Object* key = key_ref.get();
    if (UNLIKELY(is_multi_threaded())) {
        Object* value;
        bool error = false;
        RacyRead read = get_racy(t, dict, key, hash, &value, &error);
        if (error) return Error{};
        if (read == RacyRead::Ok) return MaybeRef<Object>::steal(value);
        if (read == RacyRead::Empty) return MaybeRef<Object>();
    } else if (DictKeys* keys = dict->keys; LIKELY(!keys->is_general() && is_exact<Str>(key))) {
        // A string among strings, or below keys that compare plainly: nothing that could let another thread in.
        intptr_t found = keys_find_str(keys, static_cast<Str*>(key), hash);
        return MaybeRef<Object>::acquire(found < 0 ? nullptr : *dict_value_slot(dict, found));
    } else if (LIKELY(keys->is_general())) {
        intptr_t found = keys_find_quick(keys, key, hash);
        if (LIKELY(found != LookupRetry)) return MaybeRef<Object>::acquire(found < 0 ? nullptr : keys->general_entries()[found].value);
    }
    CriticalSection section(t, dict);
    intptr_t found = dict_find(t, dict, key, hash);
    if (found < 0) {
        if (found == LookupError) return Error{};
        return MaybeRef<Object>();
    }
    Object* value = *dict_value_slot(dict, found);
    if (value) incref_locked(value);
    return MaybeRef<Object>::steal(value);
}

ResultMaybe<Object> dict_get(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key) {
    intptr_t hash = key_hash(t, key.get());
    if (hash == -1) return Error{};
    return dict_get_known_hash(t, dict, key, hash);
}

ResultMaybe<Object> dict_get_str(Thread& t, Borrowed<Dict> dict, Borrowed<Str> key) {
    intptr_t hash = is_exact<Str>(key.get()) ? str_hash(key.get()) : hash_slow(t, key.get());
    if (hash == -1) return Error{};
    return dict_get_known_hash(t, dict, key, hash);
}

ResultMaybe<Object> dict_get_ascii(Thread& t, Borrowed<Dict> dict, std::string_view key) {
    Ref<Str> text = TRY(str_from_utf8(t, key));
    return dict_get_str(t, dict, text);
}

Result<bool> dict_contains(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key) {
    intptr_t hash = key_hash(t, key.get());
    if (hash == -1) return Error{};
    if (LIKELY(!is_multi_threaded())) {
        intptr_t found = dict_find(t, dict.get(), key.get(), hash);
        if (found == LookupError) return Error{};
        return found >= 0;
    }
    auto value = dict_get_known_hash(t, dict, key, hash);
    if (value.is_error()) return Error{};
    return static_cast<bool>(value.take());
}

bool dict_get_int(Dict* dict, int64_t number, MaybeRef<Object>* value) {
    if (UNLIKELY(is_multi_threaded())) return false;
    DictKeys* keys = dict->keys;
    if (!keys->is_general()) return true; // all keys are strs
    DictEntry* entries = keys->general_entries();
    intptr_t hash = base::hash_int64(number);
    intptr_t found = probe(keys, hash, [&](intptr_t i) -> intptr_t {
        if (!entries[i].key || entries[i].hash != hash) return LookupMissing;
        QuickEqual same = quick_equal_int(entries[i].key, number);
        return LIKELY(same == QuickEqual::Yes) ? i : same == QuickEqual::No ? LookupMissing : LookupRetry;
    });
    if (UNLIKELY(found == LookupRetry)) return false;
    if (found >= 0) *value = MaybeRef<Object>::acquire(entries[found].value);
    return true;
}

uint32_t dict_value_place(Thread& t, Dict* dict, Str* key) {
    CriticalSection section(t, dict);
    DictKeys* keys = dict->keys;
    if (keys->kind != TableKind::Str || !is_exact<Str>(key)) return 0;
    intptr_t index = keys_find_str(keys, key, str_hash(key));
    if (index < 0) return 0;
    auto place = reinterpret_cast<char*>(&keys->str_entries()[index].value) - reinterpret_cast<char*>(keys);
    return place <= UINT32_MAX ? static_cast<uint32_t>(place) : 0;
}

uint32_t keys_version(Thread& t, DictKeys* keys) {
    uint32_t version = load_relaxed(keys->version);
    if (version || keys == g_empty_keys) return version;
    std::atomic<uint32_t>& next = t.runtime->next_keys_version;
    version = next.load(std::memory_order_relaxed);
    do {
        if (version == 0) return 0; // all used up
    } while (!next.compare_exchange_weak(version, version + 1, std::memory_order_relaxed));
    store_relaxed(keys->version, version);
    return version;
}

uint32_t dict_keys_version(Thread& t, Dict* dict) {
    CriticalSection section(t, dict);
    DictKeys* keys = dict->keys;
    if (keys->kind == TableKind::General) return 0;
    if (keys->kind == TableKind::Split) return 0; // the values are elsewhere: see instance_index
    return keys_version(t, keys);
}

} // namespace taipan
