// Attributes of instances: inline values with the class's shared keys, and the dict that is made on demand.
//
// Without a dict the instance's lock guards the values; once a dict exists, the dict's lock does (both are held when the
// dict is made or replaced). `valid` falls to zero, and stays there, when the values have moved into the dict.
#include "objects/abstract.h"
#include "objects/dict_keys.h"

#include <algorithm>
#include <cstring>

namespace taipan {

intptr_t shared_keys_insert(Thread& t, DictKeys* keys, Str* key, intptr_t hash);
Dict* dict_alloc_split(Thread& t, DictKeys* keys, DictValues* values);

static bool has_inline_values(const Object* o) { return o->type->has(type_flag::InlineValues); }

intptr_t instance_index(Object* instance, Str* name) {
    if (!has_inline_values(instance) || !is_exact<Str>(name)) return -1;
    if (!load_acquire(load_acquire(inline_values(instance)->valid))) return -1;
    return keys_find_str(shared_keys_of(instance->type), name, str_hash(name));
}

ResultMaybe<Object> instance_get(Thread& t, Object* instance, Str* name) {
    if (has_inline_values(instance) && is_exact<Str>(name)) {
        DictValues* values = inline_values(instance);
        if (LIKELY(load_acquire(values->valid))) {
            intptr_t i = keys_find_str(shared_keys_of(instance->type), name, str_hash(name));
            if (i < 0) {
                if (load_acquire(values->valid)) return MaybeRef<Object>();
            } else if (i < values->capacity) {
                if (Object* value = instance_load(instance, static_cast<uint32_t>(i))) return MaybeRef<Object>::steal(value);
                CriticalSection section(t, instance);
                if (load_acquire(values->valid) && !managed_dict(instance)) {
                    Object* value = values->items[i];
                    if (value) incref_locked(value);
                    return MaybeRef<Object>::steal(value);
                }
            }
        }
    }
    if (UNLIKELY(!is_exact<Str>(name))) {
        // A str of another kind may compare as it likes.
        Ref<Dict> dict = TRY(instance_dict_ensure(t, instance));
        return dict_get_str(t, dict, name);
    }
    MaybeRef<Dict> dict;
    {
        CriticalSection section(t, instance);
        dict = MaybeRef<Dict>::acquire(managed_dict(instance));
    }
    if (!dict) return MaybeRef<Object>();
    return dict_get_str(t, dict.get(), name);
}

Result<Ref<Dict>> instance_dict_ensure(Thread& t, Object* instance) {
    if (!is_multi_threaded()) {
        if (Dict* dict = managed_dict(instance)) return acquire(dict);
    }
    CriticalSection section(t, instance);
    if (Dict* dict = managed_dict(instance)) {
        incref_locked(dict);
        return Ref<Dict>::steal(dict);
    }
    Dict* dict;
    if (has_inline_values(instance) && load_acquire(inline_values(instance)->valid)) {
        dict = dict_alloc_split(t, shared_keys_of(instance->type), inline_values(instance));
        if (!dict) return raise_memory_error(t);
    } else {
        dict = TRY(dict_new(t)).release();
    }
    incref(dict);
    store_release(managed_dict(instance), dict);
    return Ref<Dict>::steal(dict);
}

Result<bool> instance_set(Thread& t, Object* instance, Str* name, Object* value) {
    if (has_inline_values(instance) && is_exact<Str>(name)) {
        DictValues* values = inline_values(instance);
        Object* old = nullptr;
        bool done = false;
        {
            CriticalSection section(t, instance);
            if (load_acquire(values->valid) && !managed_dict(instance)) {
                DictKeys* keys = shared_keys_of(instance->type);
                intptr_t hash = str_hash(name);
                intptr_t i = value ? shared_keys_insert(t, keys, name, hash) : keys_find_str(keys, name, hash);
                if (i >= 0 && i < values->capacity) {
                    old = values->items[i];
                    done = true;
                    if (value) {
                        incref(value);
                        if (!old) values->order()[values->size++] = static_cast<uint8_t>(i);
                        store_release(values->items[i], value);
                    } else if (old) {
                        uint8_t* order = values->order();
                        int size = values->size, at = 0;
                        while (at < size && order[at] != i) ++at;
                        memmove(order + at, order + at + 1, static_cast<size_t>(size - at - 1));
                        --values->size;
                        store_release(values->items[i], nullptr);
                    }
                } else if (!value) {
                    done = true; // no such attribute
                }
            }
        }
        if (done) {
            bool existed = old != nullptr;
            if (old) decref(old);
            return value ? true : existed;
        }
    }
    if (!value) {
        MaybeRef<Dict> dict;
        {
            CriticalSection section(t, instance);
            dict = MaybeRef<Dict>::acquire(managed_dict(instance));
        }
        if (!dict) return false;
        return dict_delete(t, dict.get(), name);
    }
    Ref<Dict> dict = TRY(instance_dict_ensure(t, instance));
    TRY(dict_set(t, dict, name, value));
    return true;
}

/// Moves the inline values to a block that the dict owns. The dict's lock is held. False: no memory (the dict is emptied).
static bool detach_values(Thread& t, Dict* dict, DictValues* values) {
    if (dict->values != values) return true;
    int capacity; // the instance may have had more room than there can be keys by now
    {
        MutexLocker locker(dict->keys->lock);
        capacity = static_cast<int>(std::min<intptr_t>(values->capacity, dict->keys->count + dict->keys->usable));
    }
    auto* copy = static_cast<DictValues*>(raw_alloc(dict_values_size(static_cast<size_t>(capacity))));
    if (!copy) return false;
    memcpy(copy, values, dict_values_size(static_cast<size_t>(capacity)));
    copy->capacity = static_cast<uint8_t>(capacity);
    memcpy(copy->order(), values->order(), values->size);
    copy->embedded = false;
    store_release(dict->values, copy);
    store_release(values->valid, 0);
    for (int i = 0; i < values->capacity; ++i) store_relaxed(values->items[i], nullptr);
    return true;
}

Result<void> instance_dict_assign(Thread& t, Object* instance, Dict* new_dict) {
    MaybeRef<Dict> old;
    Object* dropped[MaxSharedKeys];
    int count = 0;
    {
        Dict* current;
        {
            CriticalSection section(t, instance);
            current = managed_dict(instance);
            if (!current && has_inline_values(instance) && load_acquire(inline_values(instance)->valid)) {
                DictValues* values = inline_values(instance);
                store_release(values->valid, 0);
                for (int i = 0; i < values->capacity; ++i)
                    if (Object* value = values->items[i]) {
                        dropped[count++] = value;
                        store_release(values->items[i], nullptr);
                    }
            }
            if (!current) {
                xincref(new_dict);
                store_release(managed_dict(instance), new_dict);
            }
        }
        if (current) {
            CriticalSection section(t, instance, current);
            current = managed_dict(instance);
            if (current && has_inline_values(instance) && load_acquire(inline_values(instance)->valid) &&
                !detach_values(t, current, inline_values(instance)))
                return raise_memory_error(t);
            xincref(new_dict);
            old = MaybeRef<Dict>::steal(current);
            store_release(managed_dict(instance), new_dict);
        }
    }
    for (int i = 0; i < count; ++i) decref(dropped[i]);
    return {};
}

int instance_values_traverse(Object* instance, VisitFunc visit, void* context) {
    if (!instance->type->has(type_flag::ManagedDict)) return 0;
    int result;
    if (has_inline_values(instance)) {
        DictValues* values = inline_values(instance);
        // With a dict the values are the dict's to visit.
        Dict* dict = managed_dict(instance);
        if (load_acquire(values->valid) && !(dict && dict->values == values)) {
            for (int i = 0; i < values->capacity; ++i)
                if (values->items[i] && (result = visit(values->items[i], context)) != 0) return result;
        }
    }
    if (Dict* dict = managed_dict(instance))
        if ((result = visit(dict, context)) != 0) return result;
    return 0;
}

void instance_values_clear(Thread& t, Object* instance) {
    if (!instance->type->has(type_flag::ManagedDict)) return;
    Dict* dict = std::exchange(managed_dict(instance), nullptr);
    if (has_inline_values(instance)) {
        DictValues* values = inline_values(instance);
        if (load_acquire(values->valid)) {
            bool keep = false;
            if (dict && dict->values == values && !is_uniquely_owned(dict)) {
                CriticalSection section(t, dict);
                keep = detach_values(t, dict, values);
            }
            if (!keep) {
                store_release(values->valid, 0);
                if (dict && dict->values == values) {
                    DictKeys* keys = dict->keys;
                    dict->values = nullptr;
                    dict->used = 0;
                    dict->keys = g_empty_keys;
                    shared_keys_release(t, keys);
                }
                int count = std::exchange(values->size, uint8_t{0});
                for (int k = 0; k < count; ++k)
                    if (Object* value = std::exchange(values->items[values->order()[k]], nullptr)) decref(value);
            }
        }
    }
    if (dict) decref(dict);
}

} // namespace taipan
