// list. Mutations hold the object's lock; reads of an item take no lock (try_incref and look again, see docs/containers.md).
// The item array is replaced, never shrunk under a reader: old arrays are freed by QSBR while several threads run.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct Tuple;

struct List : VarObject {
    Object** items;
    intptr_t capacity;

    static Type s_type;
    static constexpr unsigned long s_subclass_flag = type_flag::ListSubclass;
};

Result<Ref<List>> list_new(Thread& t, intptr_t capacity = 0);
Result<Ref<List>> list_from_array(Thread& t, Object* const* items, size_t count);
/// Takes over the items' references (also on error).
Result<Ref<List>> list_from_array_steal(Thread& t, Object** items, size_t count);
/// Any iterable. "'T' object is not iterable".
Result<Ref<List>> list_from_iterable(Thread& t, Borrowed<Object> iterable);
/// Takes over the item's reference.
Result<void> list_append(Thread& t, Borrowed<List> list, Ref<Object> item);
Result<void> list_extend(Thread& t, Borrowed<List> list, Borrowed<Object> iterable);
Result<void> list_insert(Thread& t, Borrowed<List> list, intptr_t index, Borrowed<Object> item);
/// The item, or nothing if the index is out of range (no exception). Negative indices are out of range.
MaybeRef<Object> list_get(Thread& t, Borrowed<List> list, intptr_t index);
/// False: out of range (no exception). Takes over the item's reference.
bool list_set(Thread& t, Borrowed<List> list, intptr_t index, Ref<Object> item);
Result<Ref<List>> list_slice(Thread& t, Borrowed<List> list, intptr_t start, intptr_t end);
/// list[start:end] = iterable (null: delete).
Result<void> list_set_slice(Thread& t, Borrowed<List> list, intptr_t start, intptr_t end, Object* iterable);
Result<void> list_sort(Thread& t, Borrowed<List> list, Object* key, bool reverse);
Result<void> list_reverse(Thread& t, Borrowed<List> list);
Result<Ref<Tuple>> list_to_tuple(Thread& t, Borrowed<List> list);
inline intptr_t list_size(const List* list) { return __atomic_load_n(&list->size, __ATOMIC_RELAXED); }

} // namespace taipan
