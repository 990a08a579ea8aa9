// Walking a dict's items without a call a step, while the process has one thread.
#pragma once

#include "objects/dict_keys.h"

namespace taipan {

/// dict_next, in line where it can be; the positions are the same.
ALWAYS_INLINE bool dict_next_quick(Thread& t, Borrowed<Dict> dict, intptr_t* position, MaybeRef<Object>* key, MaybeRef<Object>* value) {
    if (UNLIKELY(is_multi_threaded()) || dict->values) return dict_next(t, dict, position, key, value);
    DictKeys* keys = dict->keys;
    for (intptr_t i = *position; i < keys->count; ++i) {
        Object *k = keys->key_at(i), *v = keys->value_at(i);
        if (!k || !v) continue;
        *position = i + 1;
        incref(k);
        incref(v);
        *key = MaybeRef<Object>::steal(k);
        // What is dropped here may change the dict; the item is taken already.
        *value = MaybeRef<Object>::steal(v);
        return true;
    }
    return false;
}

} // namespace taipan
