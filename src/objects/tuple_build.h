// Making tuples in line, where the items come one by one.
#pragma once

#include "objects/tuple.h"
#include "objects/type_spec.h"
#include "runtime/heap_inline.h"

namespace taipan {

/// A tuple whose items are not set yet, untracked. Null: out of memory (no exception is set).
ALWAYS_INLINE Tuple* tuple_raw(Thread& t, intptr_t size) {
    size_t bytes = offsetof(Tuple, items) + static_cast<size_t>(size) * sizeof(Object*);
    Tuple* tuple;
    if (LIKELY(bytes <= MaxSmallSize)) {
        tuple = static_cast<Tuple*>(heap_alloc_small(t, HeapKind::GcObject, bytes));
    } else {
        if (size > (INTPTR_MAX >> 4)) return nullptr;
        tuple = static_cast<Tuple*>(heap_alloc(t, HeapKind::GcObject, bytes));
    }
    if (UNLIKELY(!tuple)) return nullptr;
    object_init(tuple, &Tuple::s_type);
    tuple->size = size;
    tuple->cached_hash = -1;
    return tuple;
}

/// Whether the object can be part of a reference cycle, as far as its type tells.
ALWAYS_INLINE bool may_be_cyclic(const Object* o) {
    if (!o->type->has(type_flag::Gc) || is_immortal(o)) return false;
    if (is_exact<Tuple>(o)) return gc_is_tracked(o);
    return true;
}

/// A finished tuple of new references to what `item_at` gives for 0 … size - 1 (borrowed; runs no Python code).
template <class ItemAt> ALWAYS_INLINE Result<Ref<Tuple>> tuple_build(Thread& t, intptr_t size, ItemAt item_at) {
    if (UNLIKELY(size == 0)) return tuple_empty();
    Tuple* tuple = tuple_raw(t, size);
    if (UNLIKELY(!tuple)) return raise_memory_error(t);
    bool cyclic = false;
    for (intptr_t i = 0; i < size; ++i) {
        Object* item = item_at(i);
        incref(item);
        tuple->items[i] = item;
        cyclic |= may_be_cyclic(item);
    }
    if (cyclic) gc_track(tuple);
    return Ref<Tuple>::steal(tuple);
}

/// A finished tuple of references that become its own, also in case of an error.
ALWAYS_INLINE Result<Ref<Tuple>> tuple_of_owned(Thread& t, Object* const* items, intptr_t size) {
    if (UNLIKELY(size == 0)) return tuple_empty();
    Tuple* tuple = tuple_raw(t, size);
    if (UNLIKELY(!tuple)) {
        for (intptr_t i = 0; i < size; ++i) decref(items[i]);
        return raise_memory_error(t);
    }
    bool cyclic = false;
    for (intptr_t i = 0; i < size; ++i) {
        tuple->items[i] = items[i];
        cyclic |= may_be_cyclic(items[i]);
    }
    if (cyclic) gc_track(tuple);
    return Ref<Tuple>::steal(tuple);
}

} // namespace taipan
