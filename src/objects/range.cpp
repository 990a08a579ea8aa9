// range and its iterators. Fields are exact ints of any size; what fits a machine word takes the fast paths.
#include "objects/abstract.h"
#include "objects/builtin_lookup.h"
#include "objects/int.h"
#include "objects/iterators.h"
#include "objects/module.h"
#include "objects/slice.h"
#include "objects/tuple.h"
#include "objects/type_spec.h"
#include "runtime/heap_inline.h"

namespace taipan {

Type Range::s_type;
Type RangeIterator::s_type;
Type LongRangeIterator::s_type;

namespace {

struct Small {
    int64_t start, step, length;
};
bool fits(Object* o, int64_t* out) { return int_fits_int64(static_cast<Int*>(o), out); }
/// False if an item or a field does not fit a word.
bool small_range(const Range* r, Small* out) {
    if (!fits(r->start, &out->start) || !fits(r->step, &out->step) || !fits(r->length, &out->length)) return false;
    __int128 last = out->start + static_cast<__int128>(out->length ? out->length - 1 : 0) * out->step;
    return last >= INT64_MIN && last <= INT64_MAX;
}

Result<Ref<Object>> exact_index(Thread& t, Borrowed<Object> o) {
    Ref<Int> i = TRY(to_index(t, o));
    if (is_exact<Int>(i.get())) return i;
    return int_add(t, i, Borrowed<Int>(&g_small_ints[0 - Int::SmallMin]));
}

Result<Ref<Object>> arithmetic(Thread& t, BinaryOp op, Borrowed<Object> a, Borrowed<Object> b) { return binary_op(t, op, a, b); }
Ref<Object> one() { return steal<Object>(&g_small_ints[1 - Int::SmallMin]); }
Ref<Object> zero() { return steal<Object>(&g_small_ints[0 - Int::SmallMin]); }

Result<Ref<Object>> compute_length(Thread& t, Object* start, Object* stop, Object* step) {
    int64_t a, b, s;
    if (LIKELY(fits(start, &a) && fits(stop, &b) && fits(step, &s))) {
        int64_t near;
        if (s == 1 && !__builtin_sub_overflow(b, a, &near)) return int_from(t, near > 0 ? near : 0);
        __int128 low = s > 0 ? a : b, high = s > 0 ? b : a, width = s > 0 ? s : -static_cast<__int128>(s);
        __int128 count = low < high ? (high - low - 1) / width + 1 : 0;
        if (count <= INT64_MAX) return int_from(t, static_cast<int64_t>(count));
    }
    bool positive = static_cast<Int*>(step)->sign() > 0;
    Object *low = positive ? start : stop, *high = positive ? stop : start;
    if (int_compare(static_cast<Int*>(low), static_cast<Int*>(high)) >= 0) return zero();
    Ref<Object> width = positive ? acquire(step) : TRY(negative(t, step));
    Ref<Object> difference = TRY(arithmetic(t, BinaryOp::Subtract, high, low));
    difference = TRY(arithmetic(t, BinaryOp::Subtract, difference, one()));
    Ref<Object> quotient = TRY(arithmetic(t, BinaryOp::FloorDivide, difference, width));
    return arithmetic(t, BinaryOp::Add, quotient, one());
}

/// Consumes exact ints.
Result<Ref<Object>> range_make(Thread& t, Ref<Object> start, Ref<Object> stop, Ref<Object> step) {
    Ref<Object> length = TRY(compute_length(t, start.get(), stop.get(), step.get()));
    auto* range = static_cast<Range*>(heap_alloc_small(t, HeapKind::Object, sizeof(Range)));
    if (UNLIKELY(!range)) return raise_memory_error(t);
    object_init(range, &Range::s_type);
    range->start = start.release();
    range->stop = stop.release();
    range->step = step.release();
    range->length = length.release();
    return Ref<Object>::steal(range);
}

Result<Ref<Object>> range_new(Thread& t, Borrowed<Type>, Args args) {
    if (args.size() == 0) return raise(t, exc::TypeError, "range expected at least 1 argument, got 0");
    if (args.size() > 3) return raise(t, exc::TypeError, "range expected at most 3 arguments, got %d", static_cast<intptr_t>(args.size()));
    if (args.size() == 1) {
        Ref<Object> stop = TRY(exact_index(t, args[0]));
        return range_make(t, zero(), std::move(stop), one());
    }
    Ref<Object> start = TRY(exact_index(t, args[0]));
    Ref<Object> stop = TRY(exact_index(t, args[1]));
    Ref<Object> step = args.size() == 3 ? TRY(exact_index(t, args[2])) : one();
    if (static_cast<Int*>(step.get())->is_zero()) return raise(t, exc::ValueError, "range() arg 3 must not be zero");
    return range_make(t, std::move(start), std::move(stop), std::move(step));
}

void range_dealloc(Object* o) {
    auto* r = static_cast<Range*>(o);
    xdecref(r->start);
    xdecref(r->stop);
    xdecref(r->step);
    xdecref(r->length);
    o->type->free(o);
}

Result<Ref<Str>> range_repr(Thread& t, Borrowed<Range> self) {
    int64_t step;
    if (fits(self->step, &step) && step == 1) return str_format(t, "range(%R, %R)", self->start, self->stop);
    return str_format(t, "range(%R, %R, %R)", self->start, self->stop, self->step);
}

Result<intptr_t> range_length(Thread& t, Borrowed<Range> self) {
    int64_t length;
    if (!fits(self->length, &length)) return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
    return static_cast<intptr_t>(length);
}
bool range_bool(Thread&, Borrowed<Range> self) { return !static_cast<Int*>(self->length)->is_zero(); }

/// start + i * step.
Result<Ref<Object>> item_at(Thread& t, Borrowed<Range> self, Borrowed<Object> i) {
    Ref<Object> offset = TRY(arithmetic(t, BinaryOp::Multiply, i, self->step));
    return arithmetic(t, BinaryOp::Add, self->start, offset);
}

COLD Error out_of_range(Thread& t) { return raise(t, exc::IndexError, "range object index out of range"); }

Result<Ref<Object>> range_item(Thread& t, Borrowed<Range> self, intptr_t i) {
    Small s;
    if (small_range(self.get(), &s)) {
        if (i < 0 || i >= s.length) return out_of_range(t);
        return int_from(t, s.start + i * s.step);
    }
    Ref<Int> index = TRY(int_from(t, i));
    if (i < 0 || int_compare(index.get(), static_cast<Int*>(self->length)) >= 0) return out_of_range(t);
    return item_at(t, self, index);
}

Result<Ref<Object>> range_subscript(Thread& t, Borrowed<Range> self, Borrowed<Object> key) {
    if (!is<Slice>(key.get())) {
        if (!is<Int>(key.get()) && !(key->type->as_number && key->type->as_number->index))
            return raise(t, exc::TypeError, "range indices must be integers or slices, not %T", key);
        Ref<Object> index = TRY(exact_index(t, key));
        Small s;
        int64_t i;
        if (LIKELY(small_range(self.get(), &s) && fits(index.get(), &i))) {
            if (i < 0) i += s.length;
            if (i < 0 || i >= s.length) return out_of_range(t);
            return int_from(t, s.start + i * s.step);
        }
        if (static_cast<Int*>(index.get())->is_negative()) index = TRY(arithmetic(t, BinaryOp::Add, index, self->length));
        auto* number = static_cast<Int*>(index.get());
        if (number->is_negative() || int_compare(number, static_cast<Int*>(self->length)) >= 0) return out_of_range(t);
        return item_at(t, self, index);
    }
    Small s;
    auto* slice = static_cast<Slice*>(key.get());
    auto plain = [](Object* o) { return is_none(o) || (is_exact<Int>(o) && static_cast<Int*>(o)->is_compact()); };
    if (plain(slice->start) && plain(slice->stop) && plain(slice->step) && small_range(self.get(), &s)) {
        SliceBounds bounds = TRY(slice_unpack(t, slice));
        (void)slice_adjust(s.length, &bounds);
        int64_t start, stop, step;
        bool large = __builtin_mul_overflow(bounds.start, s.step, &start) || __builtin_add_overflow(start, s.start, &start) ||
                     __builtin_mul_overflow(bounds.stop, s.step, &stop) || __builtin_add_overflow(stop, s.start, &stop) ||
                     __builtin_mul_overflow(bounds.step, s.step, &step);
        if (LIKELY(!large)) return range_make(t, TRY(int_from(t, start)), TRY(int_from(t, stop)), TRY(int_from(t, step)));
    }
    // By slice.indices, which is exact for any size.
    Ref<Str> name = TRY(str_interned(t, "indices"));
    Ref<Object> indices = TRY(call_method(t, key, name, Borrowed<Object>(self->length)));
    auto* triple = static_cast<Tuple*>(indices.get());
    Ref<Object> start = TRY(item_at(t, self, triple->items[0]));
    Ref<Object> stop = TRY(item_at(t, self, triple->items[1]));
    Ref<Object> step = TRY(arithmetic(t, BinaryOp::Multiply, self->step, triple->items[2]));
    return range_make(t, std::move(start), std::move(stop), std::move(step));
}

/// The position of an exact int in the range (as an int object), or nothing.
ResultMaybe<Object> find_int(Thread& t, Borrowed<Range> self, Borrowed<Object> value) {
    Small s;
    int64_t v;
    if (small_range(self.get(), &s)) {
        if (!fits(value.get(), &v) || s.length == 0) return MaybeRef<Object>();
        int64_t near;
        if (s.step == 1 && !__builtin_sub_overflow(v, s.start, &near)) {
            if (near < 0 || near >= s.length) return MaybeRef<Object>();
            return MaybeRef<Object>::steal(TRY(int_from(t, near)).release());
        }
        __int128 offset = static_cast<__int128>(v) - s.start;
        if (offset % s.step != 0) return MaybeRef<Object>();
        __int128 i = offset / s.step;
        if (i < 0 || i >= s.length) return MaybeRef<Object>();
        return MaybeRef<Object>::steal(TRY(int_from(t, static_cast<int64_t>(i))).release());
    }
    Ref<Object> offset = TRY(arithmetic(t, BinaryOp::Subtract, value, self->start));
    Ref<Object> rest = TRY(arithmetic(t, BinaryOp::Remainder, offset, self->step));
    if (!static_cast<Int*>(rest.get())->is_zero()) return MaybeRef<Object>();
    Ref<Object> i = TRY(arithmetic(t, BinaryOp::FloorDivide, offset, self->step));
    auto* number = static_cast<Int*>(i.get());
    if (number->is_negative() || int_compare(number, static_cast<Int*>(self->length)) >= 0) return MaybeRef<Object>();
    return MaybeRef<Object>::steal(i.release());
}
bool is_plain_int(const Object* o) { return is_exact<Int>(o) || is_exact<Bool>(o); }

Result<bool> range_contains(Thread& t, Borrowed<Range> self, Borrowed<Object> value) {
    if (is_plain_int(value.get())) {
        MaybeRef<Object> found = TRY(find_int(t, self, value));
        return static_cast<bool>(found);
    }
    Ref<Object> iterator = TRY(get_iterator(t, self));
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return false;
        if (TRY(equals(t, item.get(), value))) return true;
    }
}

Result<Ref<Object>> range_index(Thread& t, Borrowed<Range> self, Borrowed<Object> value) {
    if (is_plain_int(value.get())) {
        MaybeRef<Object> found = TRY(find_int(t, self, value));
        if (found) return found.take();
        return raise(t, exc::ValueError, "range.index(x): x not in range");
    }
    Ref<Object> iterator = TRY(get_iterator(t, self));
    for (int64_t i = 0;; ++i) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return raise(t, exc::ValueError, "sequence.index(x): x not in sequence");
        if (TRY(equals(t, item.get(), value))) return int_from(t, i);
    }
}
Result<int64_t> range_count(Thread& t, Borrowed<Range> self, Borrowed<Object> value) {
    if (is_plain_int(value.get())) {
        MaybeRef<Object> found = TRY(find_int(t, self, value));
        return found ? 1 : 0;
    }
    int64_t count = 0;
    Ref<Object> iterator = TRY(get_iterator(t, self));
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return count;
        if (TRY(equals(t, item.get(), value))) ++count;
    }
}

Result<Ref<Object>> range_compare(Thread& t, Borrowed<Object> a_object, Borrowed<Object> b_object, Comparison op) {
    if (!is_exact<Range>(b_object.get()) || !is_exact<Range>(a_object.get()) || (op != Comparison::Eq && op != Comparison::Ne))
        return not_implemented_ref();
    auto *a = static_cast<Range*>(a_object.get()), *b = static_cast<Range*>(b_object.get());
    auto same = [](Object* x, Object* y) { return int_compare(static_cast<Int*>(x), static_cast<Int*>(y)) == 0; };
    auto equal = [&] {
        if (a == b) return true;
        if (!same(a->length, b->length)) return false;
        if (static_cast<Int*>(a->length)->is_zero()) return true;
        if (!same(a->start, b->start)) return false;
        return same(a->length, one().get()) || same(a->step, b->step);
    };
    return bool_ref(equal() == (op == Comparison::Eq));
}

Result<intptr_t> range_hash(Thread& t, Borrowed<Range> self) {
    bool empty = static_cast<Int*>(self->length)->is_zero();
    bool single = int_compare(static_cast<Int*>(self->length), static_cast<Int*>(one().get())) == 0;
    Object* parts[] = {self->length, empty ? None() : self->start, empty || single ? None() : self->step};
    Ref<Tuple> tuple = TRY(tuple_from_array(t, parts, 3));
    return hash(t, tuple);
}

Result<Ref<Object>> small_iterator(Thread& t, int64_t start, int64_t step, int64_t length) {
    auto* it = static_cast<RangeIterator*>(heap_alloc_small(t, HeapKind::Object, sizeof(RangeIterator)));
    if (UNLIKELY(!it)) return raise_memory_error(t);
    object_init(it, &RangeIterator::s_type);
    it->next_value = start;
    it->step = step;
    it->remaining = length;
    return Ref<Object>::steal(it);
}
Result<Ref<Object>> long_iterator(Thread& t, Ref<Object> start, Ref<Object> step, Ref<Object> length) {
    Ref<LongRangeIterator> it = TRY(allocate<LongRangeIterator>(t));
    it->start = start.release();
    it->step = step.release();
    it->length = length.release();
    return it;
}

Result<Ref<Object>> range_iter(Thread& t, Borrowed<Range> self) {
    Small s;
    if (LIKELY(small_range(self.get(), &s))) return small_iterator(t, s.start, s.step, s.length);
    return long_iterator(t, acquire(self->start), acquire(self->step), acquire(self->length));
}
Result<Ref<Object>> range_reversed(Thread& t, Borrowed<Range> self) {
    Small s;
    if (small_range(self.get(), &s) && s.step != INT64_MIN)
        return small_iterator(t, s.length ? s.start + (s.length - 1) * s.step : s.start, -s.step, s.length);
    Ref<Object> last = TRY(arithmetic(t, BinaryOp::Subtract, self->length, one()));
    Ref<Object> start = TRY(item_at(t, self, last));
    Ref<Object> step = TRY(negative(t, self->step));
    return long_iterator(t, std::move(start), std::move(step), acquire(self->length));
}
Result<Ref<Object>> range_reduce(Thread& t, Borrowed<Range> self) {
    Object* fields[] = {self->start, self->stop, self->step};
    Ref<Tuple> args = TRY(tuple_from_array(t, fields, 3));
    return tuple_pack(t, acquire<Object>(self->type), args);
}

const NativeDef range_methods[] = {
    method<range_reversed>("__reversed__", "($self, /)", "Return a reverse iterator."),
    method<range_reduce>("__reduce__", "($self, /)"),
    method<range_count>("count", "($self, object, /)", "rangeobject.count(value) -> integer\n\n1 if the range contains value, else 0."),
    method<range_index>(
        "index", "($self, object, /)",
        "rangeobject.index(value) -> integer\n\nThe position of value in the range; ValueError if it is not one of its numbers."),
};
const MemberDef range_members[] = {
    {"start", member_type::ObjectEx, offsetof(Range, start), member_flag::ReadOnly, nullptr},
    {"stop", member_type::ObjectEx, offsetof(Range, stop), member_flag::ReadOnly, nullptr},
    {"step", member_type::ObjectEx, offsetof(Range, step), member_flag::ReadOnly, nullptr},
};
const SlotDef range_slots[] = {
    unary_slot<SlotId::tp_repr, range_repr>(),
    size_slot<SlotId::tp_hash, range_hash>(),
    compare_slot<SlotId::tp_richcompare, range_compare>(),
    size_slot<SlotId::sq_length, range_length>(),
    index_slot<SlotId::sq_item, range_item>(),
    contains_slot<SlotId::sq_contains, range_contains>(),
    size_slot<SlotId::mp_length, range_length>(),
    binary_slot<SlotId::mp_subscript, range_subscript>(),
    inquiry_slot<SlotId::nb_bool, range_bool>(),
    unary_slot<SlotId::tp_iter, range_iter>(),
    typed_new<range_new, "range", "(*args)">(),
    typed_vectorcall<range_new, "range", "(*args)">(),
    raw_slot(SlotId::tp_dealloc, &range_dealloc),
};

// --- iterators ------------------------------------------------------------------------------------------------------

ResultMaybe<Object> range_iterator_next(Thread& t, Borrowed<RangeIterator> self) {
    int64_t value;
    {
        LeafSection section(t, self.get());
        int64_t remaining = self->remaining;
        if (UNLIKELY(remaining <= 0)) return MaybeRef<Object>();
        value = self->next_value;
        self->next_value = value + self->step;
        self->remaining = remaining - 1;
    }
    return MaybeRef<Object>::steal(TRY(int_from(t, value)).release());
}
Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }
int64_t range_iterator_hint(Thread& t, Borrowed<RangeIterator> self) {
    LeafSection section(t, self.get());
    return self->remaining;
}
Result<Ref<Object>> range_iterator_reduce(Thread& t, Borrowed<RangeIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    int64_t next_value, remaining;
    {
        LeafSection section(t, self.get());
        next_value = self->next_value;
        remaining = self->remaining;
    }
    Ref<Object> start = TRY(int_from(t, next_value));
    Ref<Object> step = TRY(int_from(t, self->step));
    Ref<Object> length = TRY(int_from(t, remaining));
    Ref<Object> width = TRY(arithmetic(t, BinaryOp::Multiply, length, step));
    Ref<Object> stop = TRY(arithmetic(t, BinaryOp::Add, start, width));
    Ref<Object> range = TRY(range_make(t, std::move(start), std::move(stop), std::move(step)));
    Ref<Tuple> args = TRY(tuple_pack(t, range));
    return tuple_pack(t, iter, args, none_ref());
}
Result<void> range_iterator_setstate(Thread& t, Borrowed<RangeIterator> self, Borrowed<Object> state) {
    int64_t skip = TRY(to_int64(t, state));
    if (skip < 0) skip = 0;
    LeafSection section(t, self.get());
    if (skip > self->remaining) skip = self->remaining;
    self->next_value += skip * self->step;
    self->remaining -= skip;
    return {};
}

ResultMaybe<Object> long_iterator_next(Thread& t, Borrowed<LongRangeIterator> self) {
    Ref<Object> result = none_ref();
    {
        CriticalSection section(t, self.get());
        if (static_cast<Int*>(self->length)->sign() <= 0) return MaybeRef<Object>();
        Ref<Object> next = TRY(arithmetic(t, BinaryOp::Add, self->start, self->step));
        Ref<Object> length = TRY(arithmetic(t, BinaryOp::Subtract, self->length, one()));
        result = steal(std::exchange(self->start, next.release()));
        assign_field(self->length, length.release());
    }
    return MaybeRef<Object>::steal(result.release());
}
Ref<Object> long_iterator_hint(Thread&, Borrowed<LongRangeIterator> self) { return acquire(self->length); }
Result<Ref<Object>> long_iterator_reduce(Thread& t, Borrowed<LongRangeIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    Ref<Object> width = TRY(arithmetic(t, BinaryOp::Multiply, self->length, self->step));
    Ref<Object> stop = TRY(arithmetic(t, BinaryOp::Add, self->start, width));
    Ref<Object> range = TRY(range_make(t, acquire(self->start), std::move(stop), acquire(self->step)));
    Ref<Tuple> args = TRY(tuple_pack(t, range));
    return tuple_pack(t, iter, args, none_ref());
}
Result<void> long_iterator_setstate(Thread& t, Borrowed<LongRangeIterator> self, Borrowed<Object> state) {
    if (!is<Int>(state.get())) return raise(t, exc::TypeError, "state must be an int, not %T", state);
    Ref<Object> skip = acquire(state);
    if (static_cast<Int*>(skip.get())->is_negative()) skip = zero();
    CriticalSection section(t, self.get());
    if (int_compare(static_cast<Int*>(skip.get()), static_cast<Int*>(self->length)) > 0) skip = acquire(self->length);
    Ref<Object> width = TRY(arithmetic(t, BinaryOp::Multiply, skip, self->step));
    Ref<Object> start = TRY(arithmetic(t, BinaryOp::Add, self->start, width));
    Ref<Object> length = TRY(arithmetic(t, BinaryOp::Subtract, self->length, skip));
    assign_field(self->start, start.release());
    assign_field(self->length, length.release());
    return {};
}
void long_iterator_dealloc(Object* o) {
    auto* it = static_cast<LongRangeIterator*>(o);
    xdecref(it->start);
    xdecref(it->step);
    xdecref(it->length);
    o->type->free(o);
}

const NativeDef range_iterator_methods[] = {
    method<range_iterator_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<range_iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<range_iterator_setstate>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
const NativeDef long_iterator_methods[] = {
    method<long_iterator_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<long_iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<long_iterator_setstate>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
const SlotDef range_iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, range_iterator_next>(),
};
const SlotDef long_iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, long_iterator_next>(),
    raw_slot(SlotId::tp_dealloc, &long_iterator_dealloc),
};

} // namespace

extern const TypeSpec range_spec, range_iterator_spec, long_range_iterator_spec;
const TypeSpec range_spec = {
    .type = &Range::s_type,
    .name = "range",
    .basicsize = sizeof(Range),
    .flags = type_flag::Sequence,
    .doc = "range(stop) -> range object\n"
           "range(start, stop[, step]) -> range object\n\n"
           "The integers start, start+step, start+2*step and so on, as a sequence that\n"
           "stores none of them. It ends before stop, which may be below start if step is\n"
           "negative. start is 0 and step 1 unless given, so that range(len(s)) are the\n"
           "indices of s.",
    .slots = range_slots,
    .methods = range_methods,
    .members = range_members,
};
const TypeSpec range_iterator_spec = {.type = &RangeIterator::s_type,
                                      .name = "range_iterator",
                                      .basicsize = sizeof(RangeIterator),
                                      .flags = type_flag::DisallowInstantiation,
                                      .slots = range_iterator_slots,
                                      .methods = range_iterator_methods};
const TypeSpec long_range_iterator_spec = {.type = &LongRangeIterator::s_type,
                                           .name = "longrange_iterator",
                                           .basicsize = sizeof(LongRangeIterator),
                                           .flags = type_flag::DisallowInstantiation,
                                           .slots = long_iterator_slots,
                                           .methods = long_iterator_methods};

} // namespace taipan
