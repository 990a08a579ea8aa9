// slice and range.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct Slice : Object {
    Object *start, *stop, *step; // never null
    static Type s_type;
};
/// A null argument stands for None.
Result<Ref<Slice>> slice_new(Thread& t, Object* start, Object* stop, Object* step);
struct SliceBounds {
    intptr_t start, stop, step;
};
/// The fields as numbers (clipped to the index range); "slice step cannot be zero", "slice indices must be integers or
/// None or have an __index__ method".
Result<SliceBounds> slice_unpack(Thread& t, Borrowed<Slice> slice);
/// Puts the bounds into [0, length] as slicing does; returns the number of items.
intptr_t slice_adjust(intptr_t length, SliceBounds* bounds);

struct Range : Object {
    Object *start, *stop, *step, *length; // exact ints
    static Type s_type;
};
/// Iterator over a range whose values fit int64: what `for i in range(n)` runs on.
struct RangeIterator : Object {
    int64_t next_value, step, remaining;
    static Type s_type;
};

} // namespace taipan
