// count, cycle, repeat, chain, islice, pairwise, batched, accumulate.
#include "modules/itertools.h"
#include "objects/type_object.h"

namespace taipan::itertools {

// --- count ----------------------------------------------------------------------------------------------------------

struct Count : Object {
    int64_t fast;  // the next value while `value` is null
    Object* value; // general numbers
    Object* step;
    static Type s_type;
};

static Result<Ref<Object>> count_new(Thread& t, Borrowed<Type> type, Borrowed<Object> start, Borrowed<Object> step) {
    for (Object* o : {start.get(), step.get()}) {
        NumberMethods* n = o->type->as_number;
        if (!n || !(n->int_ || n->index || n->float_ || o->type == &Complex::s_type))
            return raise(t, exc::TypeError, "a number is required");
    }
    Ref<Count> self = TRY(make<Count>(t, type));
    int64_t value = 0, width = 0;
    bool fast = is_exact<Int>(start.get()) && is_exact<Int>(step.get()) && int_fits_int64(static_cast<Int*>(start.get()), &value) &&
                int_fits_int64(static_cast<Int*>(step.get()), &width) && width == 1 && value != INT64_MAX;
    self->fast = value;
    self->value = fast ? nullptr : acquire(start).release();
    self->step = acquire(step).release();
    gc_track(self.get());
    return self;
}
static ResultMaybe<Object> count_next(Thread& t, Borrowed<Count> self) {
    if (LIKELY(!is_multi_threaded() && !self->value && self->fast != INT64_MAX)) return give(TRY(int_from(t, self->fast++)));
    CriticalSection section(t, self.get());
    if (LIKELY(!self->value)) {
        int64_t value = self->fast;
        if (LIKELY(value != INT64_MAX)) {
            self->fast = value + 1;
            return give(TRY(int_from(t, value)));
        }
        self->value = TRY(int_from(t, value)).release();
    }
    Ref<Object> value = acquire(self->value);
    Ref<Object> next = TRY(add(t, value, self->step));
    assign_field(self->value, next.release());
    return give(std::move(value));
}
static Result<Ref<Str>> count_repr(Thread& t, Borrowed<Count> self) {
    MaybeRef<Object> value;
    int64_t fast;
    {
        CriticalSection section(t, self.get());
        value = MaybeRef<Object>::acquire(self->value);
        fast = self->fast;
    }
    if (!value) return str_format(t, "%s(%d)", short_type_name(*self->type), fast);
    if (is<Int>(self->step)) {
        int64_t step;
        if (int_fits_int64(static_cast<Int*>(self->step), &step) && step == 1)
            return str_format(t, "%s(%R)", short_type_name(*self->type), value.get());
    }
    return str_format(t, "%s(%R, %R)", short_type_name(*self->type), value.get(), self->step);
}
using CountFields = Fields<Count, &Count::value, &Count::step>;
Type Count::s_type;
static const SlotDef count_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, count_next>(),
    unary_slot<SlotId::tp_repr, count_repr>(),
    typed_new<count_new, "count", "(start=0, step=1)">(),
    typed_vectorcall<count_new, "count", "(start=0, step=1)">(),
    CountFields::traverse_slot(),
    CountFields::dealloc_slot(),
};
const TypeSpec count_spec = {.type = &Count::s_type,
                             .name = "itertools.count",
                             .basicsize = sizeof(Count),
                             .flags = type_flag::BaseType | type_flag::Gc,
                             .doc = "An endless iterator over start, start+step, start+2*step and so on.",
                             .signature = "(start=0, step=1)",
                             .slots = count_slots};

// --- repeat ---------------------------------------------------------------------------------------------------------

struct Repeat : Object {
    Object* element;
    intptr_t left; // negative: for ever
    static Type s_type;
};
static Result<Ref<Object>> repeat_new(Thread& t, Borrowed<Type> type, Borrowed<Object> object, MaybeBorrowed<Object> times) {
    intptr_t left = -1;
    if (times) {
        left = TRY(to_index_size(t, times.value(), exc::OverflowError));
        if (left < 0) left = 0;
    }
    Ref<Repeat> self = TRY(make<Repeat>(t, type));
    self->element = acquire(object).release();
    self->left = left;
    gc_track(self.get());
    return self;
}
static ResultMaybe<Object> repeat_next(Thread& t, Borrowed<Repeat> self) {
    StepSection section(t, self.get());
    intptr_t left = load_relaxed(self->left);
    if (left == 0) return exhausted();
    if (left > 0) store_relaxed(self->left, left - 1);
    return MaybeRef<Object>::acquire(self->element);
}
static Result<Ref<Str>> repeat_repr(Thread& t, Borrowed<Repeat> self) {
    if (self->left < 0) return str_format(t, "%s(%R)", short_type_name(*self->type), self->element);
    return str_format(t, "%s(%R, %d)", short_type_name(*self->type), self->element, self->left);
}
static Result<int64_t> repeat_hint(Thread& t, Borrowed<Repeat> self) {
    if (self->left < 0) return raise(t, exc::TypeError, "len() of unsized object");
    return self->left;
}
using RepeatFields = Fields<Repeat, &Repeat::element>;
Type Repeat::s_type;
static const NativeDef repeat_methods[] = {
    method<repeat_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
};
static const SlotDef repeat_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, repeat_next>(),
    unary_slot<SlotId::tp_repr, repeat_repr>(),
    typed_new<repeat_new, "repeat", "(object, times=None)">(),
    typed_vectorcall<repeat_new, "repeat", "(object, times=None)">(),
    RepeatFields::traverse_slot(),
    RepeatFields::dealloc_slot(),
};
const TypeSpec repeat_spec = {.type = &Repeat::s_type,
                              .name = "itertools.repeat",
                              .basicsize = sizeof(Repeat),
                              .flags = type_flag::BaseType | type_flag::Gc,
                              .doc = "repeat(object [,times]) -> an iterator that yields object that many times, or for ever.",
                              .slots = repeat_slots,
                              .methods = repeat_methods};

// --- cycle ----------------------------------------------------------------------------------------------------------

struct Cycle : Object {
    Object* iterator; // null once exhausted
    Object* saved;    // List
    intptr_t index;
    static Type s_type;
};
static Result<Ref<Object>> cycle_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    Ref<List> saved = TRY(list_new(t));
    Ref<Cycle> self = TRY(make<Cycle>(t, type));
    self->iterator = iterator.release();
    self->saved = saved.release();
    self->index = 0;
    gc_track(self.get());
    return self;
}
static NOINLINE ResultMaybe<Object> cycle_step(Thread& t, Borrowed<Cycle> self) {
    auto* saved = static_cast<List*>(self->saved);
    StepSection section(t, self.get());
    MaybeRef<Object> iterator = read_field(t, self.get(), self->iterator);
    if (iterator) {
        MaybeRef<Object> item = TRY(pull(t, iterator.get()));
        if (item) {
            TRY(list_append(t, saved, acquire(item.get())));
            return item;
        }
        drop_field(t, self.get(), self->iterator);
    }
    intptr_t i = load_relaxed(self->index);
    MaybeRef<Object> item = list_get(t, saved, i);
    if (!item) item = list_get(t, saved, i = 0);
    if (!item) return exhausted();
    store_relaxed(self->index, i + 1 >= list_size(saved) ? 0 : i + 1);
    return item;
}
static ResultMaybe<Object> cycle_next(Thread& t, Borrowed<Cycle> self) {
    auto* saved = static_cast<List*>(self->saved);
    if (LIKELY(!is_multi_threaded() && !self->iterator)) {
        intptr_t i = self->index, size = saved->size;
        if (LIKELY(i < size)) {
            self->index = i + 1 == size ? 0 : i + 1;
            return MaybeRef<Object>::acquire(saved->items[i]);
        }
    }
    return cycle_step(t, self);
}
using CycleFields = Fields<Cycle, &Cycle::iterator, &Cycle::saved>;
ITERTOOLS_TYPE(Cycle, CycleFields, cycle, "cycle", cycle_new, "(iterable, /)", cycle_next,
               "An iterator that yields the items of iterable, which it remembers, over and over.", {})

// --- chain ----------------------------------------------------------------------------------------------------------

struct Chain : Object {
    Object* source; // iterator over the iterables, null at the end
    Object* active; // the current one, or null
    static Type s_type;
};
static Result<Ref<Object>> chain_over(Thread& t, Borrowed<Type> type, Ref<Object> source) {
    Ref<Chain> self = TRY(make<Chain>(t, type));
    self->source = source.release();
    self->active = nullptr;
    gc_track(self.get());
    return self;
}
static Result<Ref<Object>> chain_new(Thread& t, Borrowed<Type> type, Args iterables) {
    Ref<Tuple> all = TRY(tuple_from_array(t, iterables.data, iterables.count));
    return chain_over(t, type, TRY(get_iterator(t, all)));
}
static Result<Ref<Object>> chain_from_iterable(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable) {
    return chain_over(t, type, TRY(get_iterator(t, iterable)));
}
/// Goes on to the next list without Python code: the iterator over the one before, which nobody else has, takes it over. Null:
/// there is more to it.
static Object* chain_next_list(Chain* self) {
    while (self->active && self->source && self->active->type == &ListIterator::s_type && is_uniquely_owned(self->active)) {
        if (Object* item = quick_step(self->active)) return item; // what ran in between has gone on
        auto* source = static_cast<SequenceIteratorBase*>(self->source);
        if (source->type != &ListIterator::s_type && source->type != &TupleIterator::s_type) return nullptr;
        // A look at what comes, which is taken only if it is a list.
        Object* items = source->sequence;
        if (!items || static_cast<size_t>(source->index) >= static_cast<size_t>(static_cast<VarObject*>(items)->size)) return nullptr;
        Object* list = source->type == &ListIterator::s_type ? static_cast<List*>(items)->items[source->index]
                                                             : static_cast<Tuple*>(items)->items[source->index];
        if (!is_exact<List>(list)) return nullptr;
        ++source->index;
        auto* active = static_cast<ListIterator*>(self->active);
        incref(list);
        Object* old = std::exchange(active->sequence, list);
        active->index = 0;
        xdecref(old);
    }
    return nullptr;
}
static NOINLINE ResultMaybe<Object> chain_step(Thread& t, Borrowed<Chain> self) {
    if (!is_multi_threaded()) {
        if (Object* item = chain_next_list(self.get())) return MaybeRef<Object>::steal(item);
    }
    StepSection step(t, self.get());
    for (;;) {
        Ref<Object> active = none_ref();
        {
            MaybeRef<Object> now = read_field(t, self.get(), self->active);
            if (!now) {
                MaybeRef<Object> source = read_field(t, self.get(), self->source);
                if (!source) return exhausted();
                auto pulled = pull(t, source.get());
                if (pulled.is_error()) {
                    drop_field(t, self.get(), self->source);
                    return Error{};
                }
                MaybeRef<Object> iterable = pulled.take();
                if (!iterable) {
                    drop_field(t, self.get(), self->source);
                    return exhausted();
                }
                auto made = get_iterator(t, iterable.get());
                if (made.is_error()) {
                    drop_field(t, self.get(), self->source);
                    return Error{};
                }
                now = MaybeRef<Object>::steal(made.take().release());
                Object* old;
                {
                    LeafSection section(t, self.get());
                    old = std::exchange(self->active, now.share().release());
                }
                if (old) decref(old);
            }
            active = now.take();
        }
        MaybeRef<Object> item = TRY(pull(t, active.get()));
        if (item) return item;
        drop_field(t, self.get(), self->active);
    }
}
static ResultMaybe<Object> chain_next(Thread& t, Borrowed<Chain> self) {
    if (LIKELY(!is_multi_threaded() && self->active)) {
        if (Object* item = quick_step(self->active)) return MaybeRef<Object>::steal(item);
    }
    return chain_step(t, self);
}
using ChainFields = Fields<Chain, &Chain::source, &Chain::active>;
static const NativeDef chain_methods[] = {
    class_method<chain_from_iterable>("from_iterable", "($type, iterable, /)",
                                      "Alternative chain() constructor taking a single iterable argument that evaluates lazily."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
ITERTOOLS_TYPE(Chain, ChainFields, chain, "chain", chain_new, "(*iterables)", chain_next,
               "An iterator over the items of one iterable after the other, as if they were one.", chain_methods)

// --- islice ---------------------------------------------------------------------------------------------------------

struct Islice : Object {
    Object* iterator; // null at the end
    intptr_t stop, step;
    Racy<intptr_t> next, count;
    static Type s_type;
};
static Result<Ref<Object>> islice_new(Thread& t, Borrowed<Type> type, Args args) {
    if (args.size() < 2)
        return raise(t, exc::TypeError, "islice expected at least 2 arguments, got %d", static_cast<intptr_t>(args.size()));
    if (args.size() > 4) return raise(t, exc::TypeError, "islice expected at most 4 arguments, got %d", static_cast<intptr_t>(args.size()));
    auto number = [&](Object* o, intptr_t fallback, const char* message) -> Result<intptr_t> {
        if (is_none(o)) return fallback;
        auto value = to_index_size(t, o, exc::OverflowError);
        intptr_t n = value.is_error() ? -1 : value.take();
        if (n < 0) {
            if (t.has_exception()) t.clear_exception();
            return raise(t, exc::ValueError, message);
        }
        return n;
    };
    intptr_t start = 0, stop, step = 1;
    constexpr const char* bounds = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    if (args.size() == 2) {
        stop = TRY(number(args[1], -1, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
    } else {
        start = TRY(number(args[1], 0, bounds));
        stop = TRY(number(args[2], -1, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
        if (args.size() == 4) step = TRY(number(args[3], 1, "Step for islice() must be a positive integer or None."));
    }
    if (step < 1) return raise(t, exc::ValueError, "Step for islice() must be a positive integer or None.");
    Ref<Object> iterator = TRY(get_iterator(t, args[0]));
    Ref<Islice> self = TRY(make<Islice>(t, type));
    self->iterator = iterator.release();
    self->next = start;
    self->stop = stop;
    self->step = step;
    self->count = 0;
    gc_track(self.get());
    return self;
}
static ALWAYS_INLINE void islice_advance(Islice* self) {
    intptr_t stop = self->stop, old_next = self->next;
    auto next = static_cast<intptr_t>(static_cast<size_t>(old_next) + static_cast<size_t>(self->step));
    self->next = next < old_next || (stop != -1 && next > stop) ? stop : next;
    self->count++;
}
/// The item that is next in the iterator, which the caller keeps alive.
static ALWAYS_INLINE ResultMaybe<Object> islice_take(Thread& t, Islice* self, Object* iterator) {
    MaybeRef<Object> item = TRY(pull(t, iterator));
    if (LIKELY(item)) islice_advance(self);
    else drop_field(t, self, self->iterator);
    return item;
}
static NOINLINE ResultMaybe<Object> islice_step(Thread& t, Borrowed<Islice> self) {
    intptr_t stop = self->stop;
    StepSection section(t, self.get());
    MaybeRef<Object> iterator = read_field(t, self.get(), self->iterator);
    if (!iterator) return exhausted();
    auto finish = [&] {
        drop_field(t, self.get(), self->iterator);
        return exhausted();
    };
    while (self->count < self->next) {
        MaybeRef<Object> skipped = TRY(pull(t, iterator.get()));
        if (!skipped) return finish();
        self->count++;
    }
    if (stop != -1 && self->count >= stop) return finish();
    return islice_take(t, self.get(), iterator.get());
}
static ResultMaybe<Object> islice_next(Thread& t, Borrowed<Islice> self) {
    intptr_t stop = self->stop, count = self->count;
    if (LIKELY(!is_multi_threaded() && self->iterator && count == self->next && (stop == -1 || count < stop))) {
        Ref<Object> iterator = acquire(self->iterator);
        return islice_take(t, self.get(), iterator.get());
    }
    return islice_step(t, self);
}
using IsliceFields = Fields<Islice, &Islice::iterator>;
ITERTOOLS_TYPE(Islice, IsliceFields, islice, "islice", islice_new, "(*args)", islice_next,
               "islice(iterable, stop) --> islice object\n"
               "islice(iterable, start, stop[, step]) --> islice object\n\n"
               "An iterator over the items that a slice of a list would select. The numbers\n"
               "cannot be negative; items before and between those selected are consumed.",
               {})

// --- pairwise -------------------------------------------------------------------------------------------------------

struct Pairwise : Object {
    Object* iterator;
    Object* old;
    Object* result; // Tuple to use again, or null
    static Type s_type;
};
static Result<Ref<Object>> pairwise_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    Ref<Pairwise> self = TRY(make<Pairwise>(t, type));
    self->iterator = iterator.release();
    self->old = self->result = nullptr;
    gc_track(self.get());
    return self;
}
static ResultMaybe<Object> pairwise_next(Thread& t, Borrowed<Pairwise> self) {
    StepSection step(t, self.get());
    MaybeRef<Object> iterator = read_field(t, self.get(), self->iterator);
    if (!iterator) return exhausted();
    auto finish = [&] {
        drop_field(t, self.get(), self->iterator);
        drop_field(t, self.get(), self->old);
        return exhausted();
    };
    MaybeRef<Object> old = read_field(t, self.get(), self->old);
    if (!old) {
        auto first = pull(t, iterator.get());
        if (first.is_error()) return Error{};
        old = first.take();
        if (!old) return finish();
        {
            CriticalSection section(t, self.get());
            Object* previous = std::exchange(self->old, old.share().release());
            if (previous) decref(previous);
        }
        // Walking the source may have ended this iterator.
        iterator = read_field(t, self.get(), self->iterator);
        if (!iterator) return finish();
    }
    auto second = pull(t, iterator.get());
    if (second.is_error()) {
        (void)finish();
        return Error{};
    }
    MaybeRef<Object> item = second.take();
    if (!item) return finish();
    Ref<Object> current = item.take();
    {
        Object* previous;
        {
            LeafSection section(t, self.get());
            previous = std::exchange(self->old, current.share().release());
        }
        if (previous) decref(previous);
    }
    Ref<Object> first = old.take();
    if (is_unshared(self.get()) && self->result && is_uniquely_owned(self->result)) { // only the iterator's owner gets here
        Ref<Tuple> pair = acquire(static_cast<Tuple*>(self->result));
        Object *old_first = std::exchange(pair->items[0], first.release()), *old_second = std::exchange(pair->items[1], current.release());
        pair->cached_hash = -1;
        gc_track(pair.get());
        decref(old_first);
        decref(old_second);
        return give(std::move(pair));
    }
    Object* items[] = {first.release(), current.release()};
    Ref<Tuple> pair = TRY(tuple_from_array_steal(t, items, 2));
    gc_track(pair.get()); // COMPAT: whatever it holds
    if (is_unshared(self.get()) && !self->result) self->result = pair.share().release();
    return give(std::move(pair));
}
using PairwiseFields = Fields<Pairwise, &Pairwise::iterator, &Pairwise::old, &Pairwise::result>;
ITERTOOLS_TYPE(Pairwise, PairwiseFields, pairwise, "pairwise", pairwise_new, "(iterable, /)", pairwise_next,
               "An iterator over each item together with its successor: (a, b), (b, c), (c, d) and so on.", {})

// --- batched --------------------------------------------------------------------------------------------------------

struct Batched : Object {
    Object* iterator;
    intptr_t size;
    bool strict;
    static Type s_type;
};
static Result<Ref<Object>> batched_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable, Size n, bool strict) {
    if (n < 1) return raise(t, exc::ValueError, "n must be at least one");
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    Ref<Batched> self = TRY(make<Batched>(t, type));
    self->iterator = iterator.release();
    self->size = n;
    self->strict = strict;
    gc_track(self.get());
    return self;
}
static ResultMaybe<Object> batched_next(Thread& t, Borrowed<Batched> self) {
    StepSection section(t, self.get());
    MaybeRef<Object> iterator = read_field(t, self.get(), self->iterator);
    if (!iterator) return exhausted();
    intptr_t size = self->size;
    Ref<Tuple> batch = TRY(tuple_alloc(t, size));
    intptr_t n = 0;
    for (; n < size; ++n) {
        Object* item = iterator->type->next(iterator.get());
        if (!item) break;
        batch->items[n] = item;
    }
    if (n == size) {
        tuple_finish(batch.get());
        return give(std::move(batch));
    }
    bool failed = t.has_exception() && !clear_if(t, exc::StopIteration);
    drop_field(t, self.get(), self->iterator);
    if (failed) return Error{};
    if (n == 0) return exhausted();
    if (self->strict) return raise(t, exc::ValueError, "batched(): incomplete batch");
    return give(TRY(tuple_slice(t, batch, 0, n)));
}
using BatchedFields = Fields<Batched, &Batched::iterator>;
ITERTOOLS_TYPE(Batched, BatchedFields, batched, "batched", batched_new, "(iterable, n, *, strict=False)", batched_next,
               "An iterator over tuples of n items each; what is left at the end makes a shorter one.\n\n"
               "No more items are taken from the iterable than the next tuple needs.\n\n"
               "    >>> list(batched('abcde', 2))\n"
               "    [('a', 'b'), ('c', 'd'), ('e',)]\n\n"
               "With strict, a shorter last tuple is a ValueError.",
               {})

// --- accumulate -----------------------------------------------------------------------------------------------------

struct Accumulate : Object {
    Object *iterator, *function, *total, *initial;
    static Type s_type;
};
static Result<Ref<Object>> accumulate_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable, NoneOr<Object> function,
                                          NoneOr<Object> initial) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    Ref<Accumulate> self = TRY(make<Accumulate>(t, type));
    self->iterator = iterator.release();
    self->function = MaybeRef<Object>::acquire(function.get()).release();
    self->initial = MaybeRef<Object>::acquire(initial.get()).release();
    self->total = nullptr;
    gc_track(self.get());
    return self;
}
/// A total of ints, in a process of one thread: nothing can come in between. Null: the next item is no int in a list.
static ResultMaybe<Object> accumulate_ints(Thread& t, Accumulate* self) {
    auto* iterator = static_cast<SequenceIteratorBase*>(self->iterator);
    auto* list = static_cast<List*>(iterator->sequence);
    if (!list || static_cast<size_t>(iterator->index) >= static_cast<size_t>(list->size)) return MaybeRef<Object>();
    Object* item = list->items[iterator->index];
    if (!is_exact<Int>(item)) return MaybeRef<Object>();
    Ref<Int> sum = TRY(int_add(t, static_cast<Int*>(self->total), static_cast<Int*>(item)));
    ++iterator->index;
    decref(std::exchange(self->total, static_cast<Object*>(sum.share().release())));
    return give(std::move(sum));
}
static ResultMaybe<Object> accumulate_next(Thread& t, Borrowed<Accumulate> self) {
    if (LIKELY(!is_multi_threaded() && !self->function && !self->initial && self->total && is_exact<Int>(self->total) &&
               self->iterator->type == &ListIterator::s_type)) {
        if (MaybeRef<Object> sum = TRY(accumulate_ints(t, self.get()))) return sum;
    }
    StepSection step(t, self.get());
    auto store = [&](Ref<Object> value) {
        Object* old;
        {
            LeafSection section(t, self.get());
            old = std::exchange(self->total, value.share().release());
        }
        if (old) decref(old);
        return give(std::move(value));
    };
    {
        Object* initial;
        {
            LeafSection section(t, self.get());
            initial = std::exchange(self->initial, nullptr);
        }
        if (initial) return store(steal(initial));
    }
    MaybeRef<Object> item = TRY(pull(t, self->iterator));
    if (!item) return exhausted();
    MaybeRef<Object> total = read_field(t, self.get(), self->total);
    if (!total) return store(item.take());
    if (self->function) return store(TRY(call(t, self->function, Borrowed<Object>(total.get()), Borrowed<Object>(item.get()))));
    return store(TRY(add(t, total.get(), item.get())));
}
using AccumulateFields = Fields<Accumulate, &Accumulate::iterator, &Accumulate::function, &Accumulate::total, &Accumulate::initial>;
ITERTOOLS_TYPE(Accumulate, AccumulateFields, accumulate, "accumulate", accumulate_new, "(iterable, func=None, *, initial=None)",
               accumulate_next,
               "An iterator over running totals of the items, or of what func(total, item) makes of them.\n\n"
               "With initial, that is the first total, before any item.",
               {})

} // namespace taipan::itertools
