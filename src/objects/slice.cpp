#include "objects/slice.h"

#include "objects/abstract.h"
#include "objects/int.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/type_spec.h"
#include "runtime/heap_inline.h"

namespace taipan {

Type Slice::s_type;

Result<Ref<Slice>> slice_new(Thread& t, Object* start, Object* stop, Object* step) {
    auto* slice = static_cast<Slice*>(heap_alloc_small(t, HeapKind::GcObject, sizeof(Slice)));
    if (UNLIKELY(!slice)) return raise_memory_error(t);
    object_init(slice, &Slice::s_type);
    auto field = [](Object* o) { return acquire(o ? o : None()).release(); };
    slice->start = field(start);
    slice->stop = field(stop);
    slice->step = field(step);
    gc_track(slice);
    return Ref<Slice>::steal(slice);
}

/// A slice index, clipped; `fallback` for None.
static Result<intptr_t> bound(Thread& t, Object* value, intptr_t fallback) {
    if (is_none(value)) return fallback;
    if (!is<Int>(value) && !(value->type->as_number && value->type->as_number->index))
        return raise(t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
    return to_index_clipped(t, value);
}

Result<SliceBounds> slice_unpack(Thread& t, Borrowed<Slice> slice) {
    SliceBounds bounds;
    bounds.step = TRY(bound(t, slice->step, 1));
    if (bounds.step == 0) return raise(t, exc::ValueError, "slice step cannot be zero");
    if (bounds.step < -INTPTR_MAX) bounds.step = -INTPTR_MAX; // so that it can be negated
    bounds.start = TRY(bound(t, slice->start, bounds.step < 0 ? INTPTR_MAX : 0));
    bounds.stop = TRY(bound(t, slice->stop, bounds.step < 0 ? INTPTR_MIN : INTPTR_MAX));
    return bounds;
}

intptr_t slice_adjust(intptr_t length, SliceBounds* b) {
    auto clip = [&](intptr_t& i) {
        if (i < 0) {
            i += length;
            if (i < 0) i = b->step < 0 ? -1 : 0;
        } else if (i >= length) {
            i = b->step < 0 ? length - 1 : length;
        }
    };
    clip(b->start);
    clip(b->stop);
    if (b->step < 0) return b->stop < b->start ? (b->start - b->stop - 1) / -b->step + 1 : 0;
    return b->start < b->stop ? (b->stop - b->start - 1) / b->step + 1 : 0;
}

namespace {

Result<Ref<Slice>> slice_make(Thread& t, Borrowed<Type>, Args args) {
    if (args.size() < 1) return raise(t, exc::TypeError, "slice expected at least 1 argument, got 0");
    if (args.size() > 3) return raise(t, exc::TypeError, "slice expected at most 3 arguments, got %d", static_cast<intptr_t>(args.size()));
    if (args.size() == 1) return slice_new(t, nullptr, args[0], nullptr);
    return slice_new(t, args[0], args[1], args.size() == 3 ? args[2] : nullptr);
}

Result<Ref<Str>> slice_repr(Thread& t, Borrowed<Slice> self) {
    return str_format(t, "slice(%R, %R, %R)", self->start, self->stop, self->step);
}

Result<intptr_t> slice_hash(Thread& t, Borrowed<Slice> self) {
    // The tuple hash without its last step, which mixes in the length.
    uint64_t value = 2870177450012600261u;
    for (Object* field : {self->start, self->stop, self->step}) {
        value += static_cast<uint64_t>(TRY(hash(t, field))) * 14029467366897019727u;
        value = ((value << 31) | (value >> 33)) * 11400714785074694791u;
    }
    return value == UINT64_MAX ? intptr_t{1546275796} : static_cast<intptr_t>(value);
}

Result<Ref<Object>> slice_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is_exact<Slice>(a.get()) || !is_exact<Slice>(b.get())) return not_implemented_ref();
    if (a.get() == b.get()) return bool_ref(op == Comparison::Eq || op == Comparison::Le || op == Comparison::Ge);
    auto *x = static_cast<Slice*>(a.get()), *y = static_cast<Slice*>(b.get());
    Object* left[] = {x->start, x->stop, x->step};
    Object* right[] = {y->start, y->stop, y->step};
    Ref<Tuple> m = TRY(tuple_from_array(t, left, 3));
    Ref<Tuple> n = TRY(tuple_from_array(t, right, 3));
    return compare(t, m, n, op);
}

/// slice.indices: exact for numbers of any size.
Result<Ref<Object>> slice_indices(Thread& t, Borrowed<Slice> self, Borrowed<Object> length_object) {
    auto less = [&](Borrowed<Object> a, Borrowed<Object> b) { return compare_bool(t, a, b, Comparison::Lt); };
    Ref<Object> zero = TRY(int_from(t, 0));
    Ref<Object> minus_one = TRY(int_from(t, -1));
    Ref<Object> length = TRY(to_index(t, length_object));
    if (TRY(less(length, zero))) return raise(t, exc::ValueError, "length should not be negative");
    auto field = [&](Object* value) -> Result<Ref<Object>> {
        if (!is<Int>(value) && !(value->type->as_number && value->type->as_number->index))
            return raise(t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
        return Result<Ref<Object>>(to_index(t, value));
    };
    Ref<Object> step = is_none(self->step) ? TRY(Result<Ref<Object>>(int_from(t, 1))) : TRY(field(self->step));
    bool negative_step = TRY(less(step, zero));
    if (TRY(equals(t, step, zero))) return raise(t, exc::ValueError, "slice step cannot be zero");
    Ref<Object> lower = negative_step ? minus_one.share() : zero.share();
    Ref<Object> upper = negative_step ? TRY(binary_op(t, BinaryOp::Add, length, minus_one)) : length.share();
    auto clip = [&](Object* value, const Ref<Object>& fallback) -> Result<Ref<Object>> {
        if (is_none(value)) return fallback.share();
        Ref<Object> i = TRY(field(value));
        if (TRY(less(i, zero))) {
            i = TRY(binary_op(t, BinaryOp::Add, i, length));
            if (TRY(less(i, lower))) i = lower.share();
        } else if (TRY(less(upper, i))) {
            i = upper.share();
        }
        return i;
    };
    Ref<Object> start = TRY(clip(self->start, negative_step ? upper : lower));
    Ref<Object> stop = TRY(clip(self->stop, negative_step ? lower : upper));
    return tuple_pack(t, start, stop, step);
}

Result<Ref<Object>> slice_reduce(Thread& t, Borrowed<Slice> self) {
    Object* fields[] = {self->start, self->stop, self->step};
    Ref<Tuple> args = TRY(tuple_from_array(t, fields, 3));
    return tuple_pack(t, acquire<Object>(self->type), args);
}

using SliceFields = Fields<Slice, &Slice::start, &Slice::stop, &Slice::step>;
const NativeDef slice_methods[] = {
    method<slice_indices>("indices", "($self, object, /)",
                          "S.indices(len) -> (start, stop, stride)\n\n"
                          "The arguments for range() that give the indices which S selects from a\n"
                          "sequence of that length. Negative and missing parts are resolved, parts\n"
                          "beyond either end are moved to it."),
    method<slice_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
};
const MemberDef slice_members[] = {
    {"start", member_type::ObjectOrNone, offsetof(Slice, start), member_flag::ReadOnly, nullptr},
    {"stop", member_type::ObjectOrNone, offsetof(Slice, stop), member_flag::ReadOnly, nullptr},
    {"step", member_type::ObjectOrNone, offsetof(Slice, step), member_flag::ReadOnly, nullptr},
};
const SlotDef slice_slots[] = {
    unary_slot<SlotId::tp_repr, slice_repr>(),
    size_slot<SlotId::tp_hash, slice_hash>(),
    compare_slot<SlotId::tp_richcompare, slice_compare>(),
    typed_new<slice_make, "slice", "(*args)">(),
    typed_vectorcall<slice_make, "slice", "(*args)">(),
    SliceFields::traverse_slot(),
    SliceFields::dealloc_slot(),
};

} // namespace

extern const TypeSpec slice_spec;
const TypeSpec slice_spec = {
    .type = &Slice::s_type,
    .name = "slice",
    .basicsize = sizeof(Slice),
    .flags = type_flag::Gc,
    .doc = "slice(stop)\nslice(start, stop[, step])\n\nWhat a[start:stop:step] passes to a as its subscript; the parts left out are None.",
    .slots = slice_slots,
    .methods = slice_methods,
    .members = slice_members,
};

} // namespace taipan
