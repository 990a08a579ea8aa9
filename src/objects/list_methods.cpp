// The list type: its slots, methods and iterators.
#include "objects/abstract.h"
#include "objects/builtin_lookup.h"
#include "objects/iterators.h"
#include "objects/key_compare.h"
#include "objects/list_internal.h"
#include "objects/module.h"
#include "objects/slice.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/type_spec.h"

namespace taipan {

Type List::s_type;
Type ListIterator::s_type;
Type ListReverseIterator::s_type;

namespace {

void list_drop_items(Thread& t, List* list) {
    Object** items;
    intptr_t size;
    {
        CriticalSection section(t, list);
        items = list->items;
        size = list->size;
        store_release(list->size, 0);
        store_release(list->items, nullptr);
        list->capacity = 0;
    }
    if (!items) return;
    for (intptr_t i = size; --i >= 0;) {
        Object* old = items[i];
        store_release(items[i], nullptr);
        decref(old);
    }
    raw_free_delayed(t, items);
}

void list_dealloc(Object* o) {
    gc_untrack(o);
    auto* list = static_cast<List*>(o);
    if (Object** items = list->items) {
        for (intptr_t i = list->size; --i >= 0;) xdecref(items[i]);
        raw_free(items);
    }
    o->type->free(o);
}
int list_traverse(Object* o, VisitFunc visit, void* context) {
    auto* list = static_cast<List*>(o);
    for (intptr_t i = 0; i < list->size; ++i)
        if (list->items[i])
            if (int result = visit(list->items[i], context)) return result;
    return 0;
}
int list_tp_clear(Object* o) {
    list_drop_items(Thread::current(), static_cast<List*>(o));
    return 0;
}

Result<Ref<Str>> list_repr(Thread& t, Borrowed<List> self) {
    if (list_size(self.get()) == 0) return str_from_utf8(t, "[]");
    if (TRY(repr_enter(t, self))) return str_from_utf8(t, "[...]");
    CriticalSection section(t, self.get());
    struct Leave {
        Thread& t;
        Borrowed<Object> self;
        ~Leave() { repr_leave(t, self); }
    } leave{t, self};
    StrBuilder out(t);
    TRY(out.append_char('['));
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> item = list_get(t, self, i);
        if (!item) break;
        if (i) TRY(out.append_ascii(", "));
        Ref<Str> text = TRY(repr(t, item.get()));
        TRY(out.append(text.get()));
    }
    TRY(out.append_char(']'));
    return out.finish();
}

Result<Ref<Object>> list_compare(Thread& t, Borrowed<Object> a_object, Borrowed<Object> b_object, Comparison op) {
    if (!is<List>(a_object.get()) || !is<List>(b_object.get())) return not_implemented_ref();
    TRY(check_recursion(t, " in comparison"));
    auto *a = static_cast<List*>(a_object.get()), *b = static_cast<List*>(b_object.get());
    CriticalSection section(t, a, b);
    if ((op == Comparison::Eq || op == Comparison::Ne) && list_size(a) != list_size(b)) return bool_ref(op == Comparison::Ne);
    for (intptr_t i = 0;; ++i) {
        if (LIKELY(!is_multi_threaded())) { // nothing runs in between, so equal items need no references
            intptr_t common = a->size < b->size ? a->size : b->size;
            while (i < common && quick_equal_items(a->items[i], b->items[i]) == QuickEqual::Yes) ++i;
        }
        MaybeRef<Object> x = list_get(t, a, i), y = list_get(t, b, i);
        if (!x || !y) break;
        if (x.get() == y.get()) continue;
        if (TRY(equals(t, x.get(), y.get()))) continue;
        if (i >= list_size(a) || i >= list_size(b)) break; // the comparison emptied one: sizes decide
        if (op == Comparison::Eq) return bool_ref(false);
        if (op == Comparison::Ne) return bool_ref(true);
        return compare(t, x.get(), y.get(), op);
    }
    intptr_t m = list_size(a), n = list_size(b);
    switch (op) {
    case Comparison::Lt: return bool_ref(m < n);
    case Comparison::Le: return bool_ref(m <= n);
    case Comparison::Eq: return bool_ref(m == n);
    case Comparison::Ne: return bool_ref(m != n);
    case Comparison::Gt: return bool_ref(m > n);
    case Comparison::Ge: return bool_ref(m >= n);
    }
    UNREACHABLE();
}

intptr_t list_length(Thread&, Borrowed<List> self) { return list_size(self.get()); }

Result<Ref<Object>> list_item(Thread& t, Borrowed<List> self, intptr_t i) {
    MaybeRef<Object> item = list_get(t, self, i);
    if (LIKELY(static_cast<bool>(item))) return item.take();
    return raise(t, exc::IndexError, "list index out of range");
}

bool has_index(const Object* o) { return is<Int>(o) || (o->type->as_number && o->type->as_number->index); }

Result<Ref<Object>> list_subscript(Thread& t, Borrowed<List> self, Borrowed<Object> key) {
    if (LIKELY(!is<Slice>(key.get()))) {
        if (UNLIKELY(!has_index(key.get()))) return raise(t, exc::TypeError, "list indices must be integers or slices, not %T", key);
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        if (i >= 0) return list_item(t, self, i);
        // From the end: the size and the item are of the same moment.
        LeafSection section(t, self.get());
        return list_item(t, self, i + list_size(self.get()));
    }
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    CriticalSection section(t, self.get());
    intptr_t count = slice_adjust(self->size, &bounds);
    if (count <= 0) return list_new(t);
    if (bounds.step == 1) return list_from_array(t, self->items + bounds.start, static_cast<size_t>(count));
    Ref<List> result = TRY(list_new(t, count));
    copy_references(result->items, self->items + bounds.start, count, bounds.step);
    result->size = count;
    return result;
}

Result<void> list_delete_at(Thread& t, List* list, intptr_t i) {
    Object* old;
    {
        CriticalSection section(t, list);
        intptr_t size = list->size;
        if (static_cast<size_t>(i) >= static_cast<size_t>(size)) return raise(t, exc::IndexError, "list assignment index out of range");
        old = list->items[i];
        move_items(list->items + i, list->items + i + 1, size - i - 1);
        list_shrink(t, list, size - 1);
    }
    decref(old);
    return {};
}

Result<void> list_set_index(Thread& t, Borrowed<List> self, intptr_t i, Object* value) {
    if (!value) return list_delete_at(t, self.get(), i);
    if (!list_set(t, self, i, acquire(value))) return raise(t, exc::IndexError, "list assignment index out of range");
    return {};
}

/// del list[start:stop:step] with |step| > 1.
Result<void> delete_extended(Thread& t, List* list, SliceBounds bounds) {
    Object** dropped;
    intptr_t count;
    {
        CriticalSection section(t, list);
        count = slice_adjust(list->size, &bounds);
        if (count <= 0) return {};
        dropped = static_cast<Object**>(raw_alloc(static_cast<size_t>(count) * sizeof(Object*)));
        if (!dropped) return raise_memory_error(t);
        if (bounds.step < 0) {
            bounds.start += (count - 1) * bounds.step;
            bounds.step = -bounds.step;
        }
        intptr_t size = list->size, out = bounds.start, k = 0;
        for (intptr_t i = bounds.start; i < size; ++i) {
            if (k < count && i == bounds.start + k * bounds.step) dropped[k++] = list->items[i];
            else store_release(list->items[out++], list->items[i]);
        }
        list_shrink(t, list, size - count);
    }
    for (intptr_t i = 0; i < count; ++i) decref(dropped[i]);
    raw_free(dropped);
    return {};
}

Result<void> set_extended(Thread& t, List* list, SliceBounds bounds, Object* iterable) {
    Ref<Object> source = steal(None());
    if (iterable == list) {
        source = TRY(list_slice(t, list, 0, INTPTR_MAX));
    } else {
        auto made = to_fast_sequence(t, iterable, "must assign iterable to extended slice");
        if (made.is_error()) return Error{};
        source = made.take();
    }
    Object** dropped;
    intptr_t count;
    {
        CriticalSection section(t, list, source.get());
        Object* const* items;
        intptr_t given;
        if (is<List>(source.get())) {
            items = static_cast<List*>(source.get())->items;
            given = static_cast<List*>(source.get())->size;
        } else {
            items = static_cast<Tuple*>(source.get())->items;
            given = static_cast<Tuple*>(source.get())->size;
        }
        count = slice_adjust(list->size, &bounds);
        if (given != count)
            return raise(t, exc::ValueError, "attempt to assign sequence of size %d to extended slice of size %d", given, count);
        if (count == 0) return {};
        dropped = static_cast<Object**>(raw_alloc(static_cast<size_t>(count) * sizeof(Object*)));
        if (!dropped) return raise_memory_error(t);
        for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) {
            dropped[i] = list->items[at];
            incref(items[i]);
            store_release(list->items[at], items[i]);
        }
    }
    for (intptr_t i = 0; i < count; ++i) decref(dropped[i]);
    raw_free(dropped);
    return {};
}

Result<void> list_set_subscript(Thread& t, Borrowed<List> self, Borrowed<Object> key, Object* value) {
    if (LIKELY(!is<Slice>(key.get()))) {
        if (UNLIKELY(!has_index(key.get()))) return raise(t, exc::TypeError, "list indices must be integers or slices, not %T", key);
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        if (i >= 0) return list_set_index(t, self, i, value);
        CriticalSection section(t, self.get());
        return list_set_index(t, self, i + list_size(self.get()), value);
    }
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    if (bounds.step == 1) {
        SliceBounds adjusted = bounds;
        slice_adjust(list_size(self.get()), &adjusted);
        // list[5:2] = x inserts at 5.
        intptr_t stop = adjusted.stop < adjusted.start ? adjusted.start : adjusted.stop;
        return list_set_slice(t, self, adjusted.start, stop, value);
    }
    if (!value) return delete_extended(t, self.get(), bounds);
    return set_extended(t, self.get(), bounds, value);
}

Result<Ref<Object>> list_concat(Thread& t, Borrowed<List> self, Borrowed<Object> other) {
    if (!is<List>(other.get())) return raise(t, exc::TypeError, "can only concatenate list (not \"%T\") to list", other);
    auto* b = static_cast<List*>(other.get());
    CriticalSection section(t, self.get(), b);
    intptr_t m = self->size, n = b->size;
    Ref<List> result = TRY(list_new(t, m + n));
    copy_references(result->items, self->items, m);
    copy_references(result->items + m, b->items, n);
    result->size = m + n;
    return result;
}

Result<Ref<Object>> list_repeat(Thread& t, Borrowed<List> self, intptr_t count) {
    CriticalSection section(t, self.get());
    intptr_t size = self->size;
    if (size == 0 || count <= 0) return list_new(t);
    if (size > (INTPTR_MAX >> 4) / count) return raise_memory_error(t);
    Ref<List> result = TRY(list_new(t, size * count));
    Object** out = result->items;
    for (intptr_t i = 0; i < size; ++i) {
        incref_by(self->items[i], count);
        out[i] = self->items[i];
    }
    for (intptr_t done = size, all = size * count; done < all;) {
        intptr_t more = done < all - done ? done : all - done;
        memcpy(out + done, out, static_cast<size_t>(more) * sizeof(Object*));
        done += more;
    }
    result->size = size * count;
    return result;
}

Result<Ref<Object>> list_inplace_concat(Thread& t, Borrowed<List> self, Borrowed<Object> other) {
    TRY(list_extend(t, self, other));
    return acquire<Object>(self.get());
}

Result<Ref<Object>> list_inplace_repeat(Thread& t, Borrowed<List> self, intptr_t count) {
    if (count <= 0) {
        list_drop_items(t, self.get());
        return acquire<Object>(self.get());
    }
    CriticalSection section(t, self.get());
    intptr_t size = self->size;
    if (size && count > 1) {
        if (size > (INTPTR_MAX >> 4) / count) return raise_memory_error(t);
        TRY(list_reserve(t, self.get(), size * count));
        Object** items = self->items;
        for (intptr_t i = size; i < size * count; ++i) store_release(items[i], acquire(items[i - size]).release());
        store_release(self->size, size * count);
    }
    return acquire<Object>(self.get());
}

Result<bool> list_contains_item(Thread& t, Borrowed<List> self, Borrowed<Object> item) {
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> x;
        if (LIKELY(!is_multi_threaded())) {
            if (i >= self->size) return false;
            Object* found = self->items[i];
            if (found == item.get()) return true;
            x = MaybeRef<Object>::acquire(found);
        } else {
            x = list_get(t, self, i);
            if (!x) return false;
        }
        if (TRY(compare_bool(t, x.get(), item, Comparison::Eq))) return true;
    }
}
Result<bool> list_contains(Thread& t, Borrowed<List> self, Borrowed<Object> item) {
    bool found = TRY(list_contains_item(t, self, item));
    if (LIKELY(!is_multi_threaded()) || found) return found;
    // The item may have passed by while others moved it.
    CriticalSection section(t, self.get());
    return list_contains_item(t, self, item);
}

Result<Ref<Object>> list_iter(Thread& t, Borrowed<List> self) {
    Ref<ListIterator> it = TRY(allocate<ListIterator>(t));
    it->index = 0;
    it->sequence = acquire(self).release();
    gc_track(it.get());
    return it;
}

Result<void> list_init(Thread& t, Borrowed<List> self, MaybeBorrowed<Object> iterable) {
    if (load_relaxed(self->items)) list_drop_items(t, self.get());
    if (iterable) TRY(list_extend(t, self, iterable.value()));
    return {};
}
Result<Ref<Object>> list_construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) {
    if (type.get() == &List::s_type) return list_new(t);
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
    gc_track(made.get());
    return made;
}
/// list(iterable) in one step; keywords and wrong counts go the long way for their messages.
Result<Ref<List>> list_make(Thread& t, Borrowed<Type>, MaybeBorrowed<Object> iterable) {
    if (iterable) return list_from_iterable(t, iterable.value());
    return list_new(t);
}
Object* list_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (type == &List::s_type) return TypedNew<list_make, "list", "(iterable=(), /)">::vectorcall(type, args, nargsf, kwnames);
    Thread& t = Thread::current();
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<Tuple> tuple = TRY(tuple_from_array(t, args, vectorcall_nargs(nargsf)));
        Ref<Object> made = TRY(list_construct(t, static_cast<Type*>(type), tuple, nullptr));
        if (TypedInit<list_init, "list", "(iterable=(), /)">::init(made.get(), tuple.get(), nullptr) < 0) return Error{};
        return made;
    };
    return run().release_or_null();
}

// --- methods --------------------------------------------------------------------------------------------------------

/// The first position from `i` on whose item may equal the value; those that plainly differ need no references.
intptr_t skip_different(const List* list, const Object* value, intptr_t i, intptr_t stop) {
    if (UNLIKELY(is_multi_threaded())) return i;
    if (stop > list->size) stop = list->size;
    while (i < stop && quick_equal_items(list->items[i], value) == QuickEqual::No) ++i;
    return i;
}

Result<void> method_append(Thread& t, Borrowed<List> self, Borrowed<Object> item) { return list_append(t, self, acquire(item)); }
Result<void> method_insert(Thread& t, Borrowed<List> self, Size index, Borrowed<Object> item) { return list_insert(t, self, index, item); }
Result<Ref<Object>> method_pop(Thread& t, Borrowed<List> self, Size index_given) {
    intptr_t index = index_given;
    List* list = self.get();
    CriticalSection section(t, list);
    intptr_t size = list->size;
    if (size == 0) return raise(t, exc::IndexError, "pop from empty list");
    if (index < 0) index += size;
    if (static_cast<size_t>(index) >= static_cast<size_t>(size)) return raise(t, exc::IndexError, "pop index out of range");
    Object* item = list->items[index];
    move_items(list->items + index, list->items + index + 1, size - index - 1);
    list_shrink(t, list, size - 1);
    return steal(item);
}
Result<void> method_remove(Thread& t, Borrowed<List> self, Borrowed<Object> value) {
    CriticalSection whole(t, self.get());
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> x = list_get(t, self, i);
        if (!x) break;
        if (!TRY(equals(t, x.get(), value))) continue;
        Object* old;
        {
            CriticalSection section(t, self.get());
            intptr_t size = self->size;
            if (i >= size) return {}; // gone meanwhile
            old = self->items[i];
            move_items(self->items + i, self->items + i + 1, size - i - 1);
            list_shrink(t, self.get(), size - 1);
        }
        decref(old);
        return {};
    }
    return raise(t, exc::ValueError, "list.remove(x): x not in list");
}
Result<int64_t> method_index(Thread& t, Borrowed<List> self, Borrowed<Object> value, MaybeBorrowed<Object> start_object,
                             MaybeBorrowed<Object> stop_object) {
    intptr_t start = start_object ? TRY(to_index_clipped(t, start_object.value())) : 0;
    intptr_t stop = stop_object ? TRY(to_index_clipped(t, stop_object.value())) : INTPTR_MAX;
    CriticalSection section(t, self.get());
    if (start < 0 && (start += list_size(self.get())) < 0) start = 0;
    if (stop < 0 && (stop += list_size(self.get())) < 0) stop = 0;
    for (intptr_t i = start; i < stop; ++i) {
        i = skip_different(self.get(), value.get(), i, stop);
        MaybeRef<Object> x = list_get(t, self, i);
        if (!x || i >= stop) break;
        if (TRY(equals(t, x.get(), value))) return i;
    }
    return raise(t, exc::ValueError, "list.index(x): x not in list");
}
Result<int64_t> method_count(Thread& t, Borrowed<List> self, Borrowed<Object> value) {
    CriticalSection section(t, self.get());
    int64_t count = 0;
    for (intptr_t i = 0;; ++i) {
        i = skip_different(self.get(), value.get(), i, INTPTR_MAX);
        MaybeRef<Object> x = list_get(t, self, i);
        if (!x) return count;
        if (x.get() == value.get() || TRY(equals(t, x.get(), value))) ++count;
    }
}
void method_clear(Thread& t, Borrowed<List> self) { list_drop_items(t, self.get()); }
Result<Ref<List>> method_copy(Thread& t, Borrowed<List> self) { return list_slice(t, self, 0, INTPTR_MAX); }
Result<void> method_extend(Thread& t, Borrowed<List> self, Borrowed<Object> iterable) { return list_extend(t, self, iterable); }
Result<void> method_reverse(Thread& t, Borrowed<List> self) { return list_reverse(t, self); }
Result<void> method_sort(Thread& t, Borrowed<List> self, NoneOr<Object> key, bool reverse) {
    return list_sort(t, self, key.get(), reverse);
}
Result<Ref<Object>> method_getitem(Thread& t, Borrowed<List> self, Borrowed<Object> key) { return list_subscript(t, self, key); }
int64_t method_sizeof(Thread&, Borrowed<List> self) {
    return self->type->basicsize + static_cast<int64_t>(load_relaxed(self->capacity)) * 8;
}
Result<Ref<Object>> method_reversed(Thread& t, Borrowed<List> self) {
    Ref<ListReverseIterator> it = TRY(allocate<ListReverseIterator>(t));
    it->index = list_size(self.get()) - 1;
    it->sequence = acquire(self).release();
    gc_track(it.get());
    return it;
}

const NativeDef list_methods[] = {
    method<method_getitem>("__getitem__", "($self, index, /)", "Return self[index]."),
    method<method_reversed>("__reversed__", "($self, /)", "Return a reverse iterator over the list."),
    method<method_sizeof>("__sizeof__", "($self, /)", "Return the size of the list in memory, in bytes."),
    method<method_clear>("clear", "($self, /)", "Remove all items from list."),
    method<method_copy>("copy", "($self, /)", "Return a shallow copy of the list."),
    method<method_append>("append", "($self, object, /)", "Append object to the end of the list."),
    method<method_insert>("insert", "($self, index, object, /)", "Insert object before index."),
    method<method_extend>("extend", "($self, iterable, /)", "Extend list by appending elements from the iterable."),
    method<method_pop>("pop", "($self, index=-1, /)",
                       "Take out the item at index, by default the last, and return it; IndexError if there is none."),
    method<method_remove>("remove", "($self, value, /)", "Delete the first item equal to value; ValueError if there is none."),
    method<method_index>("index", "($self, value, start=0, stop=sys.maxsize, /)",
                         "The first position, from start up to stop, of an item equal to value; ValueError if there is none."),
    method<method_count>("count", "($self, value, /)", "Return number of occurrences of value."),
    method<method_reverse>("reverse", "($self, /)", "Reverse *IN PLACE*."),
    method<method_sort>("sort", "($self, /, *, key=None, reverse=False)",
                        "Put the items into ascending order, or with reverse into descending order.\n\n"
                        "The list itself changes. Items that compare equal stay in the order they\n"
                        "were in. With key, key(item) is computed once for each item and compared in\n"
                        "its stead."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};

const SlotDef list_slots[] = {
    unary_slot<SlotId::tp_repr, list_repr>(),
    raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)),
    compare_slot<SlotId::tp_richcompare, list_compare>(),
    size_slot<SlotId::sq_length, list_length>(),
    binary_slot<SlotId::sq_concat, list_concat>(),
    index_slot<SlotId::sq_repeat, list_repeat>(),
    index_slot<SlotId::sq_item, list_item>(),
    set_index_slot<SlotId::sq_ass_item, list_set_index>(),
    contains_slot<SlotId::sq_contains, list_contains>(),
    binary_slot<SlotId::sq_inplace_concat, list_inplace_concat>(),
    index_slot<SlotId::sq_inplace_repeat, list_inplace_repeat>(),
    size_slot<SlotId::mp_length, list_length>(),
    binary_slot<SlotId::mp_subscript, list_subscript>(),
    set_item_slot<SlotId::mp_ass_subscript, list_set_subscript>(),
    unary_slot<SlotId::tp_iter, list_iter>(),
    construct_slot<SlotId::tp_new, list_construct>(),
    typed_init<list_init, "list", "(iterable=(), /)">(),
    raw_slot(SlotId::tp_vectorcall, &list_vectorcall),
    raw_slot(SlotId::tp_traverse, &list_traverse),
    raw_slot(SlotId::tp_clear, &list_tp_clear),
    raw_slot(SlotId::tp_dealloc, &list_dealloc),
};

// --- iterators ------------------------------------------------------------------------------------------------------

} // namespace

Object* list_iterator_step(Thread& t, ListIterator* self) {
    auto* list = static_cast<List*>(self->sequence);
    intptr_t i = load_relaxed(self->index);
    if (!list || i == INTPTR_MAX) return nullptr;
    MaybeRef<Object> item = list_get(t, list, i);
    store_relaxed(self->index, item ? i + 1 : INTPTR_MAX);
    return item.release();
}

namespace {

ResultMaybe<Object> list_iterator_next(Thread& t, Borrowed<ListIterator> self) {
    auto* list = static_cast<List*>(self->sequence);
    if (UNLIKELY(!list)) return MaybeRef<Object>();
    intptr_t i = load_relaxed(self->index);
    if (LIKELY(!is_multi_threaded())) {
        if (LIKELY(static_cast<size_t>(i) < static_cast<size_t>(list->size))) {
            self->index = i + 1;
            return MaybeRef<Object>::acquire(list->items[i]);
        }
        clear_field(self->sequence);
        return MaybeRef<Object>();
    }
    StepSection section(t, self.get());
    return MaybeRef<Object>::steal(list_iterator_step(t, self.get()));
}
ResultMaybe<Object> list_reverse_iterator_next(Thread& t, Borrowed<ListReverseIterator> self) {
    auto* list = static_cast<List*>(self->sequence);
    if (UNLIKELY(!list)) return MaybeRef<Object>();
    if (LIKELY(!is_multi_threaded())) {
        intptr_t i = self->index;
        if (LIKELY(static_cast<size_t>(i) < static_cast<size_t>(list->size))) {
            self->index = i - 1;
            return MaybeRef<Object>::acquire(list->items[i]);
        }
    }
    StepSection section(t, self.get());
    intptr_t i = load_relaxed(self->index);
    MaybeRef<Object> item = i >= 0 ? list_get(t, list, i) : MaybeRef<Object>();
    if (item) {
        store_relaxed(self->index, i - 1);
        return item;
    }
    store_relaxed(self->index, -1);
    if (!is_multi_threaded()) clear_field(self->sequence);
    return MaybeRef<Object>();
}
Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }
int64_t list_iterator_hint(Thread&, Borrowed<ListIterator> self) {
    intptr_t i = load_relaxed(self->index);
    if (!self->sequence || i == INTPTR_MAX) return 0;
    intptr_t left = list_size(static_cast<List*>(self->sequence)) - i;
    return left > 0 ? left : 0;
}
int64_t list_reverse_iterator_hint(Thread&, Borrowed<ListReverseIterator> self) {
    intptr_t left = load_relaxed(self->index) + 1;
    if (!self->sequence || list_size(static_cast<List*>(self->sequence)) < left) return 0;
    return left;
}
template <class T> Result<Ref<Object>> list_iterator_reduce(Thread& t, Borrowed<T> self) {
    constexpr bool reversed = std::same_as<T, ListReverseIterator>;
    Ref<Object> function = TRY(builtin_object(t, reversed ? "reversed" : "iter"));
    // Looking the function up may have run code that used the iterator up.
    if (!self->sequence || (reversed ? self->index < 0 : self->index == INTPTR_MAX)) {
        Ref<List> empty = TRY(list_new(t));
        Ref<Tuple> args = TRY(tuple_pack(t, empty));
        return tuple_pack(t, function, args);
    }
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->sequence)));
    Ref<Int> index = TRY(int_from(t, self->index));
    return tuple_pack(t, function, args, index);
}
template <class T> Result<void> list_iterator_setstate(Thread& t, Borrowed<T> self, Borrowed<Object> state) {
    constexpr bool reversed = std::same_as<T, ListReverseIterator>;
    intptr_t index = TRY(to_index_size(t, state, exc::OverflowError));
    if (!self->sequence) return {};
    intptr_t size = list_size(static_cast<List*>(self->sequence));
    if (reversed) self->index = index < -1 ? -1 : index > size - 1 ? size - 1 : index;
    else self->index = index < 0 ? 0 : index > size ? size : index;
    return {};
}
using IteratorFields = Fields<SequenceIteratorBase, &SequenceIteratorBase::sequence>;
const NativeDef list_iterator_methods[] = {
    method<list_iterator_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<list_iterator_reduce<ListIterator>>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<list_iterator_setstate<ListIterator>>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
const NativeDef list_reverse_iterator_methods[] = {
    method<list_reverse_iterator_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<list_iterator_reduce<ListReverseIterator>>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<list_iterator_setstate<ListReverseIterator>>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
const SlotDef list_iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, list_iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};
const SlotDef list_reverse_iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, list_reverse_iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};

} // namespace

extern const TypeSpec list_spec, list_iterator_spec, list_reverse_iterator_spec;
const TypeSpec list_spec = {
    .type = &List::s_type,
    .name = "list",
    .basicsize = sizeof(List),
    .flags = type_flag::BaseType | type_flag::Gc | type_flag::ListSubclass | type_flag::Sequence | type_flag::MatchSelf,
    .doc = "A sequence that can be changed in place.\n\nMade from the items of an iterable, or empty.",
    .signature = "(iterable=(), /)",
    .slots = list_slots,
    .methods = list_methods,
};
const TypeSpec list_iterator_spec = {.type = &ListIterator::s_type,
                                     .name = "list_iterator",
                                     .basicsize = sizeof(ListIterator),
                                     .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                     .slots = list_iterator_slots,
                                     .methods = list_iterator_methods};
const TypeSpec list_reverse_iterator_spec = {.type = &ListReverseIterator::s_type,
                                             .name = "list_reverseiterator",
                                             .basicsize = sizeof(ListReverseIterator),
                                             .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                             .slots = list_reverse_iterator_slots,
                                             .methods = list_reverse_iterator_methods};

} // namespace taipan
