// tuple: immutable array of references; the empty tuple exists once. Tuples up to a small size come from free lists.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

#include <span>

namespace taipan {

struct Tuple : VarObject {
    intptr_t cached_hash; // -1: not computed
    Object* items[1];

    static Type s_type;
    static constexpr unsigned long s_subclass_flag = type_flag::TupleSubclass;
    std::span<Object* const> span() const { return {items, static_cast<size_t>(size)}; }
    Object* const* begin() const { return items; }
    Object* const* end() const { return items + size; }
};

Ref<Tuple> tuple_empty();
/// With null items, to be filled before it is shared; not tracked by the collector yet: end with `tuple_finish`.
Result<Ref<Tuple>> tuple_alloc(Thread& t, intptr_t size);
/// Starts tracking if any item can be part of a cycle.
void tuple_finish(Tuple* tuple);
/// Acquires a reference to each item.
Result<Ref<Tuple>> tuple_from_array(Thread& t, Object* const* items, size_t count);
/// Takes over the items' references (also on error).
Result<Ref<Tuple>> tuple_from_array_steal(Thread& t, Object** items, size_t count);
template <class... Args> Result<Ref<Tuple>> tuple_pack(Thread& t, const Args&... args) {
    Object* items[] = {static_cast<Object*>(args.get())...};
    return tuple_from_array(t, items, sizeof...(Args));
}
/// hash(tuple).
Result<intptr_t> tuple_hash_value(Thread& t, Borrowed<Tuple> tuple);
Result<Ref<Tuple>> tuple_slice(Thread& t, Borrowed<Tuple> tuple, intptr_t start, intptr_t end);

} // namespace taipan
