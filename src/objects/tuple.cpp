// The tuple type. Small tuples come straight from the heap's free lists, which are per thread and size.
#include "objects/builtin_lookup.h"
#include "objects/tuple_build.h"

#include "base/hash.h"
#include "objects/abstract.h"
#include "objects/int.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/racy.h"
#include "objects/slice.h"
#include "objects/str_builder.h"
#include "objects/type_spec.h"
#include "runtime/heap_page.h"

#include <cstring>

namespace taipan {

Type Tuple::s_type;

namespace {
constinit Tuple g_empty_tuple = {{{TAIPAN_STATIC_HEAD(&Tuple::s_type)}, 0}, -1, {nullptr}};
} // namespace

Ref<Tuple> tuple_empty() { return Ref<Tuple>::steal(&g_empty_tuple); }

Result<Ref<Tuple>> tuple_alloc(Thread& t, intptr_t size) {
    if (size == 0) return tuple_empty();
    Tuple* tuple = tuple_raw(t, size);
    if (UNLIKELY(!tuple)) return raise_memory_error(t);
    clear_words(tuple->items, static_cast<size_t>(size));
    return Ref<Tuple>::steal(tuple);
}

void tuple_finish(Tuple* tuple) {
    for (intptr_t i = 0; i < tuple->size; ++i)
        if (tuple->items[i] && may_be_cyclic(tuple->items[i])) {
            gc_track(tuple);
            return;
        }
}

Result<Ref<Tuple>> tuple_from_array(Thread& t, Object* const* items, size_t count) {
    return tuple_build(t, static_cast<intptr_t>(count), [&](intptr_t i) { return items[i]; });
}

Result<Ref<Tuple>> tuple_from_array_steal(Thread& t, Object** items, size_t count) {
    return tuple_of_owned(t, items, static_cast<intptr_t>(count));
}

Result<intptr_t> tuple_hash_value(Thread& t, Borrowed<Tuple> self) {
    intptr_t cached = load_relaxed(self->cached_hash);
    if (cached != -1) return cached;
    base::TupleHash state;
    for (Object* item : self->span()) {
        intptr_t h = is_exact<Str>(item)   ? str_hash(static_cast<Str*>(item))
                     : is_exact<Int>(item) ? int_hash(static_cast<Int*>(item))
                                           : TRY(hash(t, item));
        state.add(h);
    }
    intptr_t result = state.finish();
    store_relaxed(self->cached_hash, result);
    return result;
}

Result<Ref<Tuple>> tuple_slice(Thread& t, Borrowed<Tuple> tuple, intptr_t start, intptr_t end) {
    if (start < 0) start = 0;
    if (end > tuple->size) end = tuple->size;
    if (end < start) end = start;
    if (start == 0 && end == tuple->size && is_exact<Tuple>(tuple.get())) return acquire(tuple);
    return tuple_from_array(t, tuple->items + start, static_cast<size_t>(end - start));
}

namespace {

void tuple_dealloc(Object* o) {
    gc_untrack(o);
    auto* tuple = static_cast<Tuple*>(o);
    for (intptr_t i = tuple->size; --i >= 0;) xdecref(tuple->items[i]);
    if (LIKELY(is_exact<Tuple>(o) && in_heap_segment(o))) heap_free_small(Thread::current(), o, HeapKind::GcObject);
    else o->type->free(o);
}
int tuple_traverse(Object* o, VisitFunc visit, void* context) {
    auto* tuple = static_cast<Tuple*>(o);
    for (intptr_t i = 0; i < tuple->size; ++i)
        if (tuple->items[i])
            if (int result = visit(tuple->items[i], context)) return result;
    return 0;
}

Result<intptr_t> tuple_hash(Thread& t, Borrowed<Tuple> self) { return tuple_hash_value(t, self); }

Result<Ref<Object>> tuple_compare(Thread& t, Borrowed<Object> a_object, Borrowed<Object> b_object, Comparison op) {
    if (!is<Tuple>(a_object.get()) || !is<Tuple>(b_object.get())) return not_implemented_ref();
    TRY(check_recursion(t, " in comparison"));
    auto *a = static_cast<Tuple*>(a_object.get()), *b = static_cast<Tuple*>(b_object.get());
    intptr_t common = a->size < b->size ? a->size : b->size, i = 0;
    for (; i < common; ++i) {
        if (a->items[i] == b->items[i]) continue;
        if (!TRY(equals(t, a->items[i], b->items[i]))) break;
    }
    if (i < common) {
        if (op == Comparison::Eq) return bool_ref(false);
        if (op == Comparison::Ne) return bool_ref(true);
        return compare(t, a->items[i], b->items[i], op);
    }
    switch (op) {
    case Comparison::Lt: return bool_ref(a->size < b->size);
    case Comparison::Le: return bool_ref(a->size <= b->size);
    case Comparison::Eq: return bool_ref(a->size == b->size);
    case Comparison::Ne: return bool_ref(a->size != b->size);
    case Comparison::Gt: return bool_ref(a->size > b->size);
    case Comparison::Ge: return bool_ref(a->size >= b->size);
    }
    UNREACHABLE();
}

Result<Ref<Str>> tuple_repr(Thread& t, Borrowed<Tuple> self) {
    if (self->size == 0) return str_from_utf8(t, "()");
    if (TRY(repr_enter(t, self))) return str_from_utf8(t, "(...)");
    struct Leave {
        Thread& t;
        Borrowed<Object> self;
        ~Leave() { repr_leave(t, self); }
    } leave{t, self};
    StrBuilder out(t);
    TRY(out.append_char('('));
    for (intptr_t i = 0; i < self->size; ++i) {
        if (i) TRY(out.append_ascii(", "));
        Ref<Str> text = TRY(repr(t, self->items[i]));
        TRY(out.append(text.get()));
    }
    TRY(out.append_ascii(self->size == 1 ? ",)" : ")"));
    return out.finish();
}

intptr_t tuple_length(Thread&, Borrowed<Tuple> self) { return self->size; }

Result<Ref<Object>> tuple_item(Thread& t, Borrowed<Tuple> self, intptr_t i) {
    if (static_cast<size_t>(i) >= static_cast<size_t>(self->size)) return raise(t, exc::IndexError, "tuple index out of range");
    return acquire(self->items[i]);
}

Result<Ref<Object>> tuple_subscript(Thread& t, Borrowed<Tuple> self, Borrowed<Object> key) {
    if (LIKELY(!is<Slice>(key.get()))) {
        if (UNLIKELY(!is<Int>(key.get()) && !(key->type->as_number && key->type->as_number->index)))
            return raise(t, exc::TypeError, "tuple indices must be integers or slices, not %T", key);
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        if (i < 0) i += self->size;
        return tuple_item(t, self, i);
    }
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    intptr_t count = slice_adjust(self->size, &bounds);
    if (count <= 0) return tuple_empty();
    if (bounds.step == 1) return tuple_slice(t, self, bounds.start, bounds.stop);
    Ref<Tuple> result = TRY(tuple_alloc(t, count));
    copy_references(result->items, self->items + bounds.start, count, bounds.step);
    tuple_finish(result.get());
    return result;
}

Result<Ref<Object>> tuple_concat(Thread& t, Borrowed<Tuple> self, Borrowed<Object> other) {
    if (self->size == 0 && is_exact<Tuple>(other.get())) return acquire(other);
    if (!is<Tuple>(other.get())) return raise(t, exc::TypeError, "can only concatenate tuple (not \"%T\") to tuple", other);
    auto* b = static_cast<Tuple*>(other.get());
    if (b->size == 0 && is_exact<Tuple>(self.get())) return acquire<Object>(self.get());
    Ref<Tuple> result = TRY(tuple_alloc(t, self->size + b->size));
    intptr_t n = 0;
    for (Object* item : self->span()) result->items[n++] = acquire(item).release();
    for (Object* item : b->span()) result->items[n++] = acquire(item).release();
    tuple_finish(result.get());
    return result;
}

Result<Ref<Object>> tuple_repeat(Thread& t, Borrowed<Tuple> self, intptr_t count) {
    intptr_t size = self->size;
    if ((size == 0 || count == 1) && is_exact<Tuple>(self.get())) return acquire<Object>(self.get());
    if (size == 0 || count <= 0) return tuple_empty();
    if (size > (INTPTR_MAX >> 4) / count) return raise_memory_error(t);
    Ref<Tuple> result = TRY(tuple_alloc(t, size * count));
    for (intptr_t k = 0; k < count; ++k) copy_references(result->items + k * size, self->items, size);
    tuple_finish(result.get());
    return result;
}

Result<bool> tuple_contains(Thread& t, Borrowed<Tuple> self, Borrowed<Object> item) {
    for (Object* x : self->span())
        if (TRY(equals(t, x, item))) return true;
    return false;
}

Result<Ref<Object>> tuple_iter(Thread& t, Borrowed<Tuple> self) {
    Ref<TupleIterator> it = TRY(allocate<TupleIterator>(t));
    it->index = 0;
    it->sequence = acquire(self).release();
    gc_track(it.get());
    return it;
}

Result<Ref<Object>> tuple_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> iterable) {
    Ref<Tuple> items = iterable ? TRY(to_tuple(t, iterable.value())) : tuple_empty();
    if (type.get() == &Tuple::s_type) return items;
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), items->size)));
    auto* tuple = static_cast<Tuple*>(made.get());
    tuple->cached_hash = -1;
    copy_references(tuple->items, items->items, items->size);
    gc_track(tuple);
    return made;
}

Result<int64_t> tuple_index(Thread& t, Borrowed<Tuple> self, Borrowed<Object> value, MaybeBorrowed<Object> start_object,
                            MaybeBorrowed<Object> stop_object) {
    intptr_t start = start_object ? TRY(to_index_clipped(t, start_object.value())) : 0;
    intptr_t stop = stop_object ? TRY(to_index_clipped(t, stop_object.value())) : INTPTR_MAX;
    if (start < 0 && (start += self->size) < 0) start = 0;
    if (stop < 0) stop += self->size;
    if (stop > self->size) stop = self->size;
    for (intptr_t i = start; i < stop; ++i)
        if (TRY(equals(t, self->items[i], value))) return i;
    return raise(t, exc::ValueError, "tuple.index(x): x not in tuple");
}
Result<int64_t> tuple_count(Thread& t, Borrowed<Tuple> self, Borrowed<Object> value) {
    int64_t count = 0;
    for (Object* x : self->span())
        if (TRY(equals(t, x, value))) ++count;
    return count;
}
Result<Ref<Object>> tuple_getnewargs(Thread& t, Borrowed<Tuple> self) {
    Ref<Tuple> plain = TRY(tuple_from_array(t, self->items, static_cast<size_t>(self->size)));
    return tuple_pack(t, plain);
}

const NativeDef tuple_methods[] = {
    method<tuple_getnewargs>("__getnewargs__", "($self, /)"),
    method<tuple_index>("index", "($self, value, start=0, stop=sys.maxsize, /)",
                        "The first position, from start up to stop, of an item equal to value; ValueError if there is none."),
    method<tuple_count>("count", "($self, value, /)", "Return number of occurrences of value."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};

const SlotDef tuple_slots[] = {
    unary_slot<SlotId::tp_repr, tuple_repr>(),
    size_slot<SlotId::tp_hash, tuple_hash>(),
    compare_slot<SlotId::tp_richcompare, tuple_compare>(),
    size_slot<SlotId::sq_length, tuple_length>(),
    binary_slot<SlotId::sq_concat, tuple_concat>(),
    index_slot<SlotId::sq_repeat, tuple_repeat>(),
    index_slot<SlotId::sq_item, tuple_item>(),
    contains_slot<SlotId::sq_contains, tuple_contains>(),
    size_slot<SlotId::mp_length, tuple_length>(),
    binary_slot<SlotId::mp_subscript, tuple_subscript>(),
    unary_slot<SlotId::tp_iter, tuple_iter>(),
    typed_new<tuple_new, "tuple", "(iterable=(), /)">(),
    typed_vectorcall<tuple_new, "tuple", "(iterable=(), /)">(),
    raw_slot(SlotId::tp_traverse, &tuple_traverse),
    raw_slot(SlotId::tp_dealloc, &tuple_dealloc),
};

} // namespace

extern const TypeSpec tuple_spec;
const TypeSpec tuple_spec = {
    .type = &Tuple::s_type,
    .name = "tuple",
    .basicsize = offsetof(Tuple, items),
    .itemsize = sizeof(Object*),
    .flags = type_flag::BaseType | type_flag::Gc | type_flag::TupleSubclass | type_flag::Sequence | type_flag::MatchSelf,
    .doc = "A sequence that never changes.\n\nMade from the items of an iterable, or empty; a tuple is returned as it is.",
    .signature = "(iterable=(), /)",
    .slots = tuple_slots,
    .methods = tuple_methods,
};

// --- the iterator ---------------------------------------------------------------------------------------------------

Type TupleIterator::s_type;

namespace {

ResultMaybe<Object> tuple_iterator_next(Thread& t, Borrowed<TupleIterator> self) {
    StepSection section(t, self.get());
    auto* tuple = static_cast<Tuple*>(self->sequence);
    if (UNLIKELY(!tuple)) return MaybeRef<Object>();
    intptr_t i = load_relaxed(self->index);
    if (LIKELY(static_cast<size_t>(i) < static_cast<size_t>(tuple->size))) {
        store_relaxed(self->index, i + 1);
        return MaybeRef<Object>::acquire(tuple->items[i]);
    }
    if (!is_multi_threaded()) clear_field(self->sequence);
    else store_relaxed(self->index, INTPTR_MAX);
    return MaybeRef<Object>();
}
Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }
int64_t tuple_iterator_hint(Thread&, Borrowed<TupleIterator> self) {
    if (!self->sequence) return 0;
    intptr_t left = static_cast<Tuple*>(self->sequence)->size - load_relaxed(self->index);
    return left > 0 ? left : 0;
}
Result<Ref<Object>> tuple_iterator_reduce(Thread& t, Borrowed<TupleIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    if (!self->sequence || load_relaxed(self->index) == INTPTR_MAX) {
        Ref<Tuple> empty = tuple_empty();
        Ref<Tuple> args = TRY(tuple_pack(t, empty));
        return tuple_pack(t, iter, args);
    }
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->sequence)));
    Ref<Int> index = TRY(int_from(t, self->index));
    return tuple_pack(t, iter, args, index);
}
Result<void> tuple_iterator_setstate(Thread& t, Borrowed<TupleIterator> self, Borrowed<Object> state) {
    intptr_t index = TRY(to_index_size(t, state, exc::OverflowError));
    if (auto* tuple = static_cast<Tuple*>(self->sequence)) self->index = index < 0 ? 0 : index > tuple->size ? tuple->size : index;
    return {};
}
using TupleIteratorFields = Fields<TupleIterator, &TupleIterator::sequence>;
const NativeDef tuple_iterator_methods[] = {
    method<tuple_iterator_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<tuple_iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<tuple_iterator_setstate>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
const SlotDef tuple_iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, tuple_iterator_next>(),
    TupleIteratorFields::traverse_slot(),
    TupleIteratorFields::dealloc_slot(),
};

} // namespace

extern const TypeSpec tuple_iterator_spec;
const TypeSpec tuple_iterator_spec = {.type = &TupleIterator::s_type,
                                      .name = "tuple_iterator",
                                      .basicsize = sizeof(TupleIterator),
                                      .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                      .slots = tuple_iterator_slots,
                                      .methods = tuple_iterator_methods};

} // namespace taipan
