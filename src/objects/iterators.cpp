// Sequence and callable iterators, enumerate, reversed, zip, map, filter.
#include "objects/iterators.h"
#include "objects/builtin_lookup.h"

#include "base/small_buffer.h"
#include "objects/abstract.h"
#include "objects/any_keywords.h"
#include "objects/int.h"
#include "objects/iterator_step.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/racy.h"
#include "objects/tuple_build.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"

namespace taipan {

Type SequenceIterator::s_type;
Type CallableIterator::s_type;
Type Enumerate::s_type;
Type Reversed::s_type;
Type Zip::s_type;
Type Map::s_type;
Type Filter::s_type;

Result<Ref<Object>> sequence_iterator_new(Thread& t, Borrowed<Object> sequence) {
    Ref<SequenceIterator> it = TRY(allocate<SequenceIterator>(t));
    it->sequence = acquire(sequence).release();
    gc_track(it.get());
    return it;
}
Result<Ref<Object>> callable_iterator_new(Thread& t, Borrowed<Object> callable, Borrowed<Object> sentinel) {
    Ref<CallableIterator> it = TRY(allocate<CallableIterator>(t));
    it->callable = acquire(callable).release();
    it->sentinel = acquire(sentinel).release();
    gc_track(it.get());
    return it;
}

namespace {

Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }

/// A new instance of a type or of its subclass; not tracked yet.
template <class T> Result<Ref<T>> make(Thread& t, Borrowed<Type> type) {
    if (!type->is_heap_type()) return allocate<T>(t, *type.get());
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
    return steal(static_cast<T*>(made.release()));
}

// --- sequences without __iter__ -------------------------------------------------------------------------------------

ResultMaybe<Object> sequence_next(Thread& t, Borrowed<SequenceIterator> self) {
    StepSection section(t, self.get());
    Object* sequence = self->sequence;
    intptr_t i = load_relaxed(self->index);
    if (!sequence || i < 0) return MaybeRef<Object>();
    if (i == INTPTR_MAX) return raise(t, exc::OverflowError, "iter index too large");
    Ref<Object> held = acquire(sequence);
    auto item = sequence_get(t, sequence, i);
    if (!item.is_error()) {
        store_relaxed(self->index, i + 1);
        return MaybeRef<Object>::steal(item.take().release());
    }
    if (!exception_matches(t, exc::IndexError) && !exception_matches(t, exc::StopIteration)) return Error{};
    t.clear_exception();
    store_relaxed(self->index, -1);
    if (!is_multi_threaded()) clear_field(self->sequence);
    return MaybeRef<Object>();
}
Result<Ref<Object>> sequence_hint(Thread& t, Borrowed<SequenceIterator> self) {
    if (!self->sequence || self->index < 0) return int_from(t, 0);
    if (!(self->sequence->type->as_sequence && self->sequence->type->as_sequence->length)) return not_implemented_ref();
    intptr_t left = TRY(length(t, self->sequence)) - self->index;
    return int_from(t, left > 0 ? left : 0);
}
Result<Ref<Object>> sequence_reduce(Thread& t, Borrowed<SequenceIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    if (!self->sequence || self->index < 0) {
        Ref<Tuple> empty = tuple_empty();
        Ref<Tuple> args = TRY(tuple_pack(t, empty));
        return tuple_pack(t, iter, args);
    }
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->sequence)));
    Ref<Int> index = TRY(int_from(t, self->index));
    return tuple_pack(t, iter, args, index);
}
Result<void> sequence_setstate(Thread& t, Borrowed<SequenceIterator> self, Borrowed<Object> state) {
    intptr_t index = TRY(to_index_size(t, state, exc::OverflowError));
    if (self->sequence) self->index = index < 0 ? 0 : index;
    return {};
}
using SequenceFields = Fields<SequenceIterator, &SequenceIterator::sequence>;
const NativeDef sequence_methods[] = {
    method<sequence_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<sequence_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<sequence_setstate>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
const SlotDef sequence_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, sequence_next>(),
    SequenceFields::traverse_slot(),
    SequenceFields::dealloc_slot(),
};

// --- iter(callable, sentinel) ---------------------------------------------------------------------------------------

void callable_finish(Thread& t, CallableIterator* self) {
    Object *callable, *sentinel;
    {
        CriticalSection section(t, self);
        callable = std::exchange(self->callable, nullptr);
        sentinel = std::exchange(self->sentinel, nullptr);
        if (callable) self->finisher = thread_pointer();
    }
    xdecref(callable);
    xdecref(sentinel);
}
ResultMaybe<Object> callable_next(Thread& t, Borrowed<CallableIterator> self) {
    MaybeRef<Object> callable, sentinel;
    {
        CriticalSection section(t, self.get());
        if (!self->callable) return MaybeRef<Object>();
        callable = MaybeRef<Object>::acquire(self->callable);
        sentinel = MaybeRef<Object>::acquire(self->sentinel);
    }
    auto called = call(t, callable.get());
    if (called.is_error()) {
        if (!clear_if(t, exc::StopIteration)) return Error{};
        callable_finish(t, self.get());
        return MaybeRef<Object>();
    }
    Ref<Object> result = called.take();
    bool ended_by_call;
    {
        LeafSection section(t, self.get());
        ended_by_call = !self->sentinel && self->finisher == thread_pointer();
    }
    // What this thread has fetched counts, too, if another one has come to the sentinel meanwhile.
    if (!ended_by_call) {
        if (!TRY(equals(t, sentinel.get(), result))) return MaybeRef<Object>::steal(result.release());
    }
    callable_finish(t, self.get());
    return MaybeRef<Object>();
}
Result<Ref<Object>> callable_reduce(Thread& t, Borrowed<CallableIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    if (self->callable) {
        Object* items[] = {self->callable, self->sentinel};
        Ref<Tuple> args = TRY(tuple_from_array(t, items, 2));
        return tuple_pack(t, iter, args);
    }
    Ref<Tuple> empty = tuple_empty();
    Ref<Tuple> args = TRY(tuple_pack(t, empty));
    return tuple_pack(t, iter, args);
}
using CallableFields = Fields<CallableIterator, &CallableIterator::callable, &CallableIterator::sentinel>;
const NativeDef callable_methods[] = {
    method<callable_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
};
const SlotDef callable_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, callable_next>(),
    CallableFields::traverse_slot(),
    CallableFields::dealloc_slot(),
};

// --- enumerate ------------------------------------------------------------------------------------------------------

Result<Ref<Object>> enumerate_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable, MaybeBorrowed<Object> start) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    intptr_t index = 0;
    MaybeRef<Object> long_index;
    if (start) {
        Ref<Int> number = TRY(to_index(t, start.value()));
        int64_t value;
        if (int_fits_int64(number.get(), &value) && value != INT64_MAX) index = value;
        else {
            index = INTPTR_MAX;
            long_index = MaybeRef<Object>::steal(number.release());
        }
    }
    Ref<Enumerate> it = TRY(make<Enumerate>(t, type));
    it->index = index;
    it->iterator = iterator.release();
    it->long_index = long_index.release();
    gc_track(it.get());
    return it;
}

Result<Ref<Object>> enumerate_count(Thread& t, Enumerate* self) {
    intptr_t i = load_relaxed(self->index);
    if (LIKELY(i != INTPTR_MAX)) {
        store_relaxed(self->index, i + 1);
        return int_from(t, i);
    }
    CriticalSection section(t, self);
    if (!self->long_index) self->long_index = TRY(int_from(t, INTPTR_MAX)).release();
    Ref<Int> one = TRY(int_from(t, 1));
    Ref<Object> next = TRY(add(t, self->long_index, one));
    return steal(std::exchange(self->long_index, next.release()));
}

ResultMaybe<Object> enumerate_next(Thread& t, Borrowed<Enumerate> self) {
    StepSection section(t, self.get());
    Object* item = iterator_step(self->iterator);
    if (!item) {
        if (t.has_exception()) return Error{};
        return MaybeRef<Object>();
    }
    Ref<Object> item_owned = steal(item);
    Ref<Object> index = TRY(enumerate_count(t, self.get()));
    if (is_unshared(self.get())) { // of several threads only the iterator's owner gets here
        if (Object* reuse = self->result; reuse && is_uniquely_owned(reuse)) {
            auto* pair = static_cast<Tuple*>(reuse);
            Object *old_index = pair->items[0], *old_item = pair->items[1];
            pair->items[0] = index.release();
            pair->items[1] = item_owned.release();
            pair->cached_hash = -1;
            gc_track(pair);
            incref(pair);
            decref(old_index);
            decref(old_item);
            return MaybeRef<Object>::steal(pair);
        }
    }
    Object* items[] = {index.release(), item_owned.release()};
    Ref<Tuple> pair = TRY(tuple_from_array_steal(t, items, 2));
    // One tuple to use again; while the loop still holds it, every other item gets a new one.
    if (is_unshared(self.get()) && !self->result) self->result = pair.share().release();
    return MaybeRef<Object>::steal(pair.release());
}
Result<Ref<Object>> enumerate_reduce(Thread& t, Borrowed<Enumerate> self) {
    Ref<Object> index = self->long_index ? acquire(self->long_index) : TRY(Result<Ref<Object>>(int_from(t, self->index)));
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->iterator), index));
    return tuple_pack(t, acquire<Object>(self->type), args);
}
using EnumerateFields = Fields<Enumerate, &Enumerate::iterator, &Enumerate::result, &Enumerate::long_index>;
const NativeDef enumerate_methods[] = {
    method<enumerate_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
constexpr NativeDef enumerate_by_position = method<enumerate_new>("enumerate", "(iterable, start=0)");
/// COMPAT: the texts of its errors are its own.
Object* enumerate_entry(Thread& t, const NativeDef&, Object* receiver, Object* const* args, size_t nargs, Object* kwnames) {
    auto* keywords = static_cast<Tuple*>(kwnames);
    size_t count = keywords ? static_cast<size_t>(keywords->size) : 0;
    if (LIKELY(!count && (nargs == 1 || nargs == 2)))
        return enumerate_by_position.entry(t, enumerate_by_position, receiver, args, nargs, nullptr);
    if (nargs == 0 && (count == 0 || count > 2))
        return (void)raise(t, exc::TypeError, "enumerate() missing required argument 'iterable'"), nullptr;
    if (nargs + count > 2)
        return (void)raise(t, exc::TypeError, "enumerate() takes at most %d arguments (%d given)", 2, static_cast<int64_t>(nargs + count)),
               nullptr;
    Object* bound[2] = {nargs ? args[0] : nullptr, nullptr};
    for (size_t i = 0; i < count; ++i) {
        Object* name = keywords->items[i];
        bool is_name = is<Str>(name);
        if (is_name && !bound[0] && str_equals_ascii(static_cast<Str*>(name), "iterable")) bound[0] = args[nargs + i];
        else if (is_name && !bound[1] && (nargs || count == 2) && str_equals_ascii(static_cast<Str*>(name), "start"))
            bound[1] = args[nargs + i];
        else return (void)raise(t, exc::TypeError, "'%s' is an invalid keyword argument for enumerate()", name), nullptr;
    }
    return enumerate_by_position.entry(t, enumerate_by_position, receiver, bound, bound[1] ? 2 : 1, nullptr);
}
constexpr NativeDef enumerate_def = with_entry(enumerate_by_position, enumerate_entry);
const SlotDef enumerate_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, enumerate_next>(),
    declared_new<enumerate_def>(),
    declared_vectorcall<enumerate_def>(),
    EnumerateFields::traverse_slot(),
    EnumerateFields::dealloc_slot(),
};

// --- reversed -------------------------------------------------------------------------------------------------------

Result<Ref<Object>> reversed_new(Thread& t, Borrowed<Type> type, Borrowed<Object> sequence) {
    LoadedMethod special = TRY(load_special_method(t, sequence, names::__reversed__));
    if (special) {
        if (special.is_none()) return raise(t, exc::TypeError, "'%T' object is not reversible", sequence);
        return call(t, special, sequence);
    }
    Type* kind = sequence->type;
    if (kind->has(type_flag::DictSubclass) || !(kind->as_sequence && kind->as_sequence->item))
        return raise(t, exc::TypeError, "'%T' object is not reversible", sequence);
    intptr_t size = TRY(length(t, sequence));
    Ref<Reversed> it = TRY(make<Reversed>(t, type));
    it->index = size - 1;
    it->sequence = acquire(sequence).release();
    gc_track(it.get());
    return it;
}
ResultMaybe<Object> reversed_next(Thread& t, Borrowed<Reversed> self) {
    StepSection section(t, self.get());
    intptr_t i = load_relaxed(self->index);
    if (i >= 0 && self->sequence) {
        Ref<Object> held = acquire(self->sequence);
        auto item = sequence_get(t, held, i);
        if (!item.is_error()) {
            store_relaxed(self->index, i - 1);
            return MaybeRef<Object>::steal(item.take().release());
        }
        if (!exception_matches(t, exc::IndexError) && !exception_matches(t, exc::StopIteration)) return Error{};
        t.clear_exception();
    }
    store_relaxed(self->index, -1);
    if (!is_multi_threaded()) clear_field(self->sequence);
    return MaybeRef<Object>();
}
Result<int64_t> reversed_hint(Thread& t, Borrowed<Reversed> self) {
    if (!self->sequence) return 0;
    intptr_t left = self->index + 1;
    return TRY(length(t, self->sequence)) < left ? 0 : left;
}
Result<Ref<Object>> reversed_reduce(Thread& t, Borrowed<Reversed> self) {
    if (self->sequence) {
        Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->sequence)));
        Ref<Int> index = TRY(int_from(t, self->index));
        return tuple_pack(t, acquire<Object>(self->type), args, index);
    }
    Ref<Tuple> empty = tuple_empty();
    Ref<Tuple> args = TRY(tuple_pack(t, empty));
    return tuple_pack(t, acquire<Object>(self->type), args);
}
Result<void> reversed_setstate(Thread& t, Borrowed<Reversed> self, Borrowed<Object> state) {
    intptr_t index = TRY(to_index_size(t, state, exc::OverflowError));
    if (self->sequence) {
        intptr_t size = TRY(length(t, self->sequence));
        self->index = index < -1 ? -1 : index > size - 1 ? size - 1 : index;
    }
    return {};
}
using ReversedFields = Fields<Reversed, &Reversed::sequence>;
const NativeDef reversed_methods[] = {
    method<reversed_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<reversed_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<reversed_setstate>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
const SlotDef reversed_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, reversed_next>(),
    typed_new<reversed_new, "reversed", "(sequence, /)">(),
    typed_vectorcall<reversed_new, "reversed", "(sequence, /)">(),
    ReversedFields::traverse_slot(),
    ReversedFields::dealloc_slot(),
};

// --- zip ------------------------------------------------------------------------------------------------------------

Result<Ref<Object>> zip_new(Thread& t, Borrowed<Type> type, Args iterables, bool strict) {
    Ref<Tuple> iterators = TRY(tuple_alloc(t, static_cast<intptr_t>(iterables.size())));
    for (size_t i = 0; i < iterables.size(); ++i) iterators->items[i] = TRY(get_iterator(t, iterables[i])).release();
    tuple_finish(iterators.get());
    Ref<Zip> zip = TRY(make<Zip>(t, type));
    zip->iterators = iterators.release();
    zip->strict = strict;
    gc_track(zip.get());
    return zip;
}

/// After argument `i` ran out with strict=True: the others must have too.
Result<void> check_strict(Thread& t, const char* name, Tuple* iterators, intptr_t i) {
    if (t.has_exception()) return Error{};
    if (i) {
        const char* plural = i == 1 ? " " : "s 1-";
        return raise(t, exc::ValueError, "%s() argument %d is shorter than argument%s%d", name, i + 1, plural, i);
    }
    for (i = 1; i < iterators->size; ++i) {
        Object* it = iterators->items[i];
        if (Object* item = it->type->next(it)) {
            decref(item);
            const char* plural = i == 1 ? " " : "s 1-";
            return raise(t, exc::ValueError, "%s() argument %d is longer than argument%s%d", name, i + 1, plural, i);
        }
        if (t.has_exception() && !clear_if(t, exc::StopIteration)) return Error{};
    }
    return {};
}

ResultMaybe<Object> zip_next(Thread& t, Borrowed<Zip> self) {
    StepSection section(t, self.get());
    auto* iterators = static_cast<Tuple*>(self->iterators);
    intptr_t size = iterators->size;
    if (size == 0) return MaybeRef<Object>();
    auto exhausted = [&](intptr_t i) -> ResultMaybe<Object> {
        if (t.has_exception() && !clear_if(t, exc::StopIteration)) return Error{};
        if (load_relaxed(self->strict)) TRY(check_strict(t, "zip", iterators, i));
        return MaybeRef<Object>();
    };
    if (is_unshared(self.get()) && self->result && is_uniquely_owned(self->result)) { // only the iterator's owner gets here
        Ref<Tuple> result = acquire(static_cast<Tuple*>(self->result));
        for (intptr_t i = 0; i < size; ++i) {
            Object* it = iterators->items[i];
            Object* item = iterator_step(it);
            if (!item) return exhausted(i);
            assign_field(result->items[i], item);
        }
        result->cached_hash = -1;
        gc_track(result.get());
        return MaybeRef<Object>::steal(result.release());
    }
    base::SmallBuffer<Object*, 8> items;
    if (UNLIKELY(!items.reserve(static_cast<size_t>(size)))) return raise_memory_error(t);
    for (intptr_t i = 0; i < size; ++i) {
        items[i] = iterator_step(iterators->items[i]);
        if (!items[i]) {
            for (intptr_t k = 0; k < i; ++k) decref(items[k]);
            return exhausted(i);
        }
    }
    Ref<Tuple> result = TRY(tuple_of_owned(t, items.data(), size));
    if (is_unshared(self.get()) && !self->result) self->result = result.share().release();
    return MaybeRef<Object>::steal(result.release());
}
Result<Ref<Object>> zip_reduce(Thread& t, Borrowed<Zip> self) {
    if (load_relaxed(self->strict)) return tuple_pack(t, acquire<Object>(self->type), acquire(self->iterators), bool_ref(true));
    return tuple_pack(t, acquire<Object>(self->type), acquire(self->iterators));
}
Result<void> zip_setstate(Thread& t, Borrowed<Zip> self, Borrowed<Object> state) {
    store_relaxed(self->strict, TRY(is_true(t, state)));
    return {};
}
using ZipFields = Fields<Zip, &Zip::iterators, &Zip::result>;
const NativeDef zip_methods[] = {
    method<zip_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<zip_setstate>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
constexpr NativeDef zip_def = counts_keywords(method<zip_new>("zip", "(*iterables, strict=False)"));
const SlotDef zip_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, zip_next>(),
    declared_new<zip_def>(),
    declared_vectorcall<zip_def>(),
    ZipFields::traverse_slot(),
    ZipFields::dealloc_slot(),
};

// --- map ------------------------------------------------------------------------------------------------------------

Result<Ref<Object>> map_new(Thread& t, Borrowed<Type> type, Args args, bool strict) {
    if (args.size() < 2) return raise(t, exc::TypeError, "map() must have at least two arguments.");
    Ref<Tuple> iterators = TRY(tuple_alloc(t, static_cast<intptr_t>(args.size() - 1)));
    for (size_t i = 1; i < args.size(); ++i) iterators->items[i - 1] = TRY(get_iterator(t, args[i])).release();
    tuple_finish(iterators.get());
    Ref<Map> map = TRY(make<Map>(t, type));
    map->iterators = iterators.release();
    map->function = acquire(args[0]).release();
    map->strict = strict;
    gc_track(map.get());
    return map;
}
/// One step with room for the arguments, and a place before them for the callee.
ALWAYS_INLINE ResultMaybe<Object> map_step(Thread& t, Map* self, Object** args, intptr_t size) {
    auto* iterators = static_cast<Tuple*>(self->iterators);
    intptr_t n = 0;
    auto drop = [&] {
        for (intptr_t i = 0; i < n; ++i) decref(args[i]);
    };
    {
        StepSection section(t, self);
        for (; n < size; ++n) {
            args[n] = iterator_step(iterators->items[n]);
            if (UNLIKELY(!args[n])) break;
        }
    }
    if (UNLIKELY(n < size)) {
        bool failed = (t.has_exception() && !clear_if(t, exc::StopIteration)) ||
                      (load_relaxed(self->strict) && check_strict(t, "map", iterators, n).is_error());
        drop();
        if (failed) return Error{};
        return MaybeRef<Object>();
    }
    auto called = vectorcall(t, self->function, args, static_cast<size_t>(size) | VectorcallOffset, nullptr);
    drop();
    return MaybeRef<Object>::steal(called.release_or_null());
}
NOINLINE ResultMaybe<Object> map_many(Thread& t, Map* self, intptr_t size) {
    auto** room = static_cast<Object**>(raw_alloc(static_cast<size_t>(size + 1) * sizeof(Object*)));
    if (!room) return raise_memory_error(t);
    auto result = map_step(t, self, room + 1, size);
    raw_free(room);
    return result;
}
ResultMaybe<Object> map_next(Thread& t, Borrowed<Map> self) {
    constexpr intptr_t Small = 4;
    Object* room[Small + 1];
    switch (intptr_t size = static_cast<Tuple*>(self->iterators)->size) {
    case 1: return map_step(t, self.get(), room + 1, 1);
    case 2: return map_step(t, self.get(), room + 1, 2);
    case 3:
    case Small: return map_step(t, self.get(), room + 1, size);
    default: return map_many(t, self.get(), size);
    }
}
Result<Ref<Object>> map_reduce(Thread& t, Borrowed<Map> self) {
    auto* iterators = static_cast<Tuple*>(self->iterators);
    Ref<Tuple> args = TRY(tuple_alloc(t, iterators->size + 1));
    args->items[0] = acquire(self->function).release();
    for (intptr_t i = 0; i < iterators->size; ++i) args->items[i + 1] = acquire(iterators->items[i]).release();
    tuple_finish(args.get());
    if (load_relaxed(self->strict)) return tuple_pack(t, acquire<Object>(self->type), args, bool_ref(true));
    return tuple_pack(t, acquire<Object>(self->type), args);
}
Result<void> map_setstate(Thread& t, Borrowed<Map> self, Borrowed<Object> state) {
    store_relaxed(self->strict, TRY(is_true(t, state)));
    return {};
}
using MapFields = Fields<Map, &Map::iterators, &Map::function>;
const NativeDef map_methods[] = {
    method<map_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<map_setstate>("__setstate__", "($self, object, /)", "Set state information for unpickling."),
};
constexpr NativeDef map_def = counts_keywords(method<map_new>("map", "(*args, strict=False)"));
const SlotDef map_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, map_next>(),
    declared_new<map_def>(),
    declared_vectorcall<map_def>(),
    MapFields::traverse_slot(),
    MapFields::dealloc_slot(),
};

// --- filter ---------------------------------------------------------------------------------------------------------

Result<Ref<Object>> filter_new(Thread& t, Borrowed<Type> type, Borrowed<Object> function, Borrowed<Object> iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    Ref<Filter> filter = TRY(make<Filter>(t, type));
    filter->function = acquire(function).release();
    filter->iterator = iterator.release();
    gc_track(filter.get());
    return filter;
}
ResultMaybe<Object> filter_next(Thread& t, Borrowed<Filter> self) {
    Object *it = self->iterator, *function = self->function;
    bool plain = is_none(function) || function == &Bool::s_type;
    for (;;) {
        Object* found;
        {
            StepSection section(t, self.get());
            found = iterator_step(it);
        }
        if (!found) {
            if (t.has_exception()) return Error{};
            return MaybeRef<Object>();
        }
        Ref<Object> item = steal(found);
        bool good;
        if (plain) {
            good = TRY(is_true(t, item));
        } else {
            Ref<Object> result = TRY(call(t, function, item));
            good = TRY(is_true(t, result));
        }
        if (good) return MaybeRef<Object>::steal(item.release());
    }
}
Result<Ref<Object>> filter_reduce(Thread& t, Borrowed<Filter> self) {
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->function), acquire(self->iterator)));
    return tuple_pack(t, acquire<Object>(self->type), args);
}
using FilterFields = Fields<Filter, &Filter::function, &Filter::iterator>;
const NativeDef filter_methods[] = {
    method<filter_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
};
const SlotDef filter_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, filter_next>(),
    typed_new<filter_new, "filter", "(function, iterable, /)">(),
    typed_vectorcall<filter_new, "filter", "(function, iterable, /)">(),
    FilterFields::traverse_slot(),
    FilterFields::dealloc_slot(),
};

} // namespace

extern const TypeSpec sequence_iterator_spec, callable_iterator_spec, enumerate_spec, reversed_spec, zip_spec, map_spec, filter_spec;
const TypeSpec sequence_iterator_spec = {.type = &SequenceIterator::s_type,
                                         .name = "iterator",
                                         .basicsize = sizeof(SequenceIterator),
                                         .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                         .slots = sequence_slots,
                                         .methods = sequence_methods};
const TypeSpec callable_iterator_spec = {.type = &CallableIterator::s_type,
                                         .name = "callable_iterator",
                                         .basicsize = sizeof(CallableIterator),
                                         .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                         .slots = callable_slots,
                                         .methods = callable_methods};
const TypeSpec enumerate_spec = {.type = &Enumerate::s_type,
                                 .name = "enumerate",
                                 .basicsize = sizeof(Enumerate),
                                 .flags = type_flag::BaseType | type_flag::Gc,
                                 .doc = "Number the items of an iterable.\n\n"
                                        "  iterable\n"
                                        "    Where the items come from.\n\n"
                                        "The iterator yields a pair (number, item) for each; numbers run upwards from\n"
                                        "start, which is 0 unless given.",
                                 .signature = "(iterable, start=0)",
                                 .slots = enumerate_slots,
                                 .methods = enumerate_methods};
const TypeSpec reversed_spec = {
    .type = &Reversed::s_type,
    .name = "reversed",
    .basicsize = sizeof(Reversed),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "An iterator over the items of a sequence, last one first.\n\nWhat __reversed__() returns, for objects that have it.",
    .signature = "(sequence, /)",
    .slots = reversed_slots,
    .methods = reversed_methods};
const TypeSpec zip_spec = {.type = &Zip::s_type,
                           .name = "zip",
                           .basicsize = sizeof(Zip),
                           .flags = type_flag::BaseType | type_flag::Gc,
                           .doc = "An iterator over tuples of the items of the iterables taken side by side.\n\n"
                                  "   >>> list(zip([1, 2, 3], 'xy'))\n"
                                  "   [(1, 'x'), (2, 'y')]\n\n"
                                  "It ends with the shortest iterable; with strict, ValueError if they differ in length.",
                           .signature = "(*iterables, strict=False)",
                           .slots = zip_slots,
                           .methods = zip_methods};
const TypeSpec map_spec = {.type = &Map::s_type,
                           .name = "map",
                           .basicsize = sizeof(Map),
                           .flags = type_flag::BaseType | type_flag::Gc,
                           .doc = "An iterator over func(item), for the items of the iterables taken side by side.\n\n"
                                  "It ends with the shortest iterable; with strict, ValueError if they differ in length.",
                           .signature = "(function, iterable, /, *iterables, strict=False)",
                           .slots = map_slots,
                           .methods = map_methods};
const TypeSpec filter_spec = {.type = &Filter::s_type,
                              .name = "filter",
                              .basicsize = sizeof(Filter),
                              .flags = type_flag::BaseType | type_flag::Gc,
                              .doc =
                                  "An iterator over the items for which function(item) is true; if function is None, over the true items.",
                              .signature = "(function, iterable, /)",
                              .slots = filter_slots,
                              .methods = filter_methods};

} // namespace taipan
