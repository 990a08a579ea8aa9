// compress, dropwhile, takewhile, filterfalse, starmap, groupby, tee, zip_longest.
#include "modules/itertools.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

#include <optional>

namespace taipan::itertools {

// --- predicates -----------------------------------------------------------------------------------------------------

struct Predicated : Object {
    Object *function, *iterator;
    Racy<bool> flag; // dropwhile: started; takewhile: stopped
};
using PredicatedFields = Fields<Predicated, &Predicated::function, &Predicated::iterator>;
struct DropWhile : Predicated {
    static Type s_type;
};
struct TakeWhile : Predicated {
    static Type s_type;
};
struct FilterFalse : Predicated {
    static Type s_type;
};
struct StarMap : Predicated {
    static Type s_type;
};

static Result<Ref<Object>> predicated_new(Thread& t, Borrowed<Type> type, Borrowed<Object> function, Borrowed<Object> iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    Ref<Predicated> self = TRY([&]() -> Result<Ref<Predicated>> {
        Ref<Object> made = type->is_heap_type() ? TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)))
                                                : TRY(allocate_object(t, *type.get()));
        return steal(static_cast<Predicated*>(made.release()));
    }());
    self->function = acquire(function).release();
    self->iterator = iterator.release();
    self->flag = false;
    gc_track(self.get());
    return self;
}
static Result<bool> test(Thread& t, Object* function, Borrowed<Object> item) {
    if (is_none(function) || function == &Bool::s_type) return is_true(t, item);
    Ref<Object> result = TRY(call(t, function, item));
    return is_true(t, result);
}

static ResultMaybe<Object> dropwhile_next(Thread& t, Borrowed<DropWhile> self) {
    StepSection section(t, self.get());
    for (;;) {
        MaybeRef<Object> item = TRY(pull(t, self->iterator));
        if (!item || self->flag) return item;
        Ref<Object> result = TRY(call(t, self->function, Borrowed<Object>(item.get())));
        if (!TRY(is_true(t, result))) {
            self->flag = true;
            return item;
        }
    }
}
ITERTOOLS_TYPE(DropWhile, PredicatedFields, dropwhile, "dropwhile", predicated_new, "(predicate, iterable, /)", dropwhile_next,
               "An iterator over the items from the first one on for which predicate(item) is false.", {})

static ResultMaybe<Object> takewhile_next(Thread& t, Borrowed<TakeWhile> self) {
    StepSection section(t, self.get());
    if (self->flag) return exhausted();
    MaybeRef<Object> item = TRY(pull(t, self->iterator));
    if (!item) return item;
    Ref<Object> result = TRY(call(t, self->function, Borrowed<Object>(item.get())));
    if (TRY(is_true(t, result))) return item;
    self->flag = true;
    return exhausted();
}
ITERTOOLS_TYPE(TakeWhile, PredicatedFields, takewhile, "takewhile", predicated_new, "(predicate, iterable, /)", takewhile_next,
               "An iterator over the items up to the first one for which predicate(item) is false.", {})

static ResultMaybe<Object> filterfalse_next(Thread& t, Borrowed<FilterFalse> self) {
    for (;;) {
        MaybeRef<Object> item = TRY(pull_alone(t, self.get(), self->iterator));
        if (!item || !TRY(test(t, self->function, item.get()))) return item;
    }
}
ITERTOOLS_TYPE(FilterFalse, PredicatedFields, filterfalse, "filterfalse", predicated_new, "(function, iterable, /)", filterfalse_next,
               "An iterator over the items for which function(item) is false; if function is None, over the false items.", {})

static ResultMaybe<Object> starmap_next(Thread& t, Borrowed<StarMap> self) {
    MaybeRef<Object> item = TRY(pull_alone(t, self.get(), self->iterator));
    if (!item) return item;
    Ref<Tuple> args = is_exact<Tuple>(item.get()) ? steal(static_cast<Tuple*>(item.release())) : TRY(to_tuple(t, item.get()));
    if (LIKELY(args->size > 0)) return give(TRY(vectorcall(t, self->function, args->items, static_cast<size_t>(args->size), nullptr)));
    return give(TRY(call_tuple(t, self->function, args, nullptr)));
}
ITERTOOLS_TYPE(StarMap, PredicatedFields, starmap, "starmap", predicated_new, "(function, iterable, /)", starmap_next,
               "An iterator over function(*item) for each item of the iterable.", {})

// --- compress -------------------------------------------------------------------------------------------------------

struct Compress : Object {
    Object *data, *selectors;
    static Type s_type;
};
static Result<Ref<Object>> compress_new(Thread& t, Borrowed<Type> type, Borrowed<Object> data, Borrowed<Object> selectors) {
    Ref<Object> a = TRY(get_iterator(t, data));
    Ref<Object> b = TRY(get_iterator(t, selectors));
    Ref<Compress> self = TRY(make<Compress>(t, type));
    self->data = a.release();
    self->selectors = b.release();
    gc_track(self.get());
    return self;
}
static ResultMaybe<Object> compress_next(Thread& t, Borrowed<Compress> self) {
    StepSection section(t, self.get());
    for (;;) {
        MaybeRef<Object> item = TRY(pull(t, self->data));
        if (!item) return item;
        MaybeRef<Object> selector = TRY(pull(t, self->selectors));
        if (!selector) return exhausted();
        if (TRY(is_true(t, selector.get()))) return item;
    }
}
using CompressFields = Fields<Compress, &Compress::data, &Compress::selectors>;
ITERTOOLS_TYPE(Compress, CompressFields, compress, "compress", compress_new, "(data, selectors)", compress_next,
               "An iterator over those items of data that stand beside a true one of selectors.", {})

// --- groupby --------------------------------------------------------------------------------------------------------

struct Grouper;
struct GroupBy : Object {
    Object *iterator, *key_function, *target_key, *current_key, *current_value;
    std::atomic<Grouper*> current; // the group being handed out; only its address counts
    static Type s_type;
};
struct Grouper : Object {
    Object* parent;
    Object* key;
    static Type s_type;
};
static Result<Ref<Object>> groupby_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable, NoneOr<Object> key) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    Ref<GroupBy> self = TRY(make<GroupBy>(t, type));
    self->iterator = iterator.release();
    self->key_function = MaybeRef<Object>::acquire(key.get()).release();
    self->target_key = self->current_key = self->current_value = nullptr;
    std::construct_at(&self->current, nullptr);
    gc_track(self.get());
    return self;
}
/// Reads one more item; false at the end.
static Result<bool> group_step(Thread& t, GroupBy* self) {
    MaybeRef<Object> item = TRY(pull(t, self->iterator));
    if (!item) return false;
    Ref<Object> key = self->key_function ? TRY(call(t, self->key_function, Borrowed<Object>(item.get()))) : acquire(item.get());
    Object *old_value, *old_key;
    {
        LeafSection section(t, self);
        old_value = std::exchange(self->current_value, item.release());
        old_key = std::exchange(self->current_key, key.release());
    }
    xdecref(old_value);
    xdecref(old_key);
    return true;
}
static ResultMaybe<Object> groupby_next(Thread& t, Borrowed<GroupBy> self) {
    StepSection step(t, self.get());
    self->current.store(nullptr, std::memory_order_relaxed);
    for (;;) {
        MaybeRef<Object> key = read_field(t, self.get(), self->current_key);
        if (key) {
            MaybeRef<Object> target = read_field(t, self.get(), self->target_key);
            if (!target) break;
            if (!TRY(equals(t, target.get(), key.get()))) break;
        }
        if (!TRY(group_step(t, self.get()))) return exhausted();
    }
    Ref<Object> key = read_field(t, self.get(), self->current_key).take();
    {
        Object* old;
        {
            LeafSection section(t, self.get());
            old = std::exchange(self->target_key, key.share().release());
        }
        if (old) decref(old);
    }
    Ref<Grouper> group = TRY(allocate<Grouper>(t));
    group->parent = acquire<Object>(self.get()).release();
    group->key = key.share().release();
    gc_track(group.get());
    self->current.store(group.get(), std::memory_order_relaxed);
    return give(TRY(tuple_pack(t, key, group)));
}
static ResultMaybe<Object> grouper_next(Thread& t, Borrowed<Grouper> self) {
    auto* parent = static_cast<GroupBy*>(self->parent);
    StepSection step(t, parent);
    if (parent->current.load(std::memory_order_relaxed) != self.get()) return exhausted();
    MaybeRef<Object> value = read_field(t, parent, parent->current_value);
    if (!value) {
        if (!TRY(group_step(t, parent))) return exhausted();
    }
    MaybeRef<Object> key = read_field(t, parent, parent->current_key);
    if (!key || !TRY(equals(t, self->key, key.get()))) return exhausted();
    LeafSection section(t, parent);
    return MaybeRef<Object>::steal(std::exchange(parent->current_value, nullptr));
}
static Result<Ref<Object>> grouper_new(Thread& t, Borrowed<Type> type, Borrowed<Object> parent, Borrowed<Object> key) {
    if (!is<GroupBy>(parent.get())) return raise(t, exc::TypeError, "_grouper() argument 1 must be itertools.groupby, not %T", parent);
    Ref<Grouper> group = TRY(make<Grouper>(t, type));
    group->parent = acquire(parent).release();
    group->key = acquire(key).release();
    gc_track(group.get());
    static_cast<GroupBy*>(parent.get())->current.store(group.get(), std::memory_order_relaxed);
    return group;
}
using GroupByFields =
    Fields<GroupBy, &GroupBy::iterator, &GroupBy::key_function, &GroupBy::target_key, &GroupBy::current_key, &GroupBy::current_value>;
struct GrouperFields : Fields<Grouper, &Grouper::parent, &Grouper::key> {
    static void dealloc(Object* o) {
        auto* self = static_cast<Grouper*>(o);
        Grouper* own = self;
        if (auto* parent = static_cast<GroupBy*>(self->parent))
            parent->current.compare_exchange_strong(own, nullptr, std::memory_order_relaxed);
        Fields<Grouper, &Grouper::parent, &Grouper::key>::dealloc(o);
    }
    static SlotDef dealloc_slot() { return raw_slot(SlotId::tp_dealloc, &dealloc); }
};
ITERTOOLS_TYPE(GroupBy, GroupByFields, groupby, "groupby", groupby_new, "(iterable, key=None)", groupby_next,
               "An iterator over (key, group) pairs, one for each run of neighbours that have equal keys.\n\n"
               "  iterable\n"
               "    Where the items come from; sort them by key to have each key once.\n"
               "  key\n"
               "    Computes an item's key; left out or None, the item is its own key.\n\n"
               "A group is an iterator over the items of the run; it ends when the next pair is taken.",
               {})
Type Grouper::s_type;
static const SlotDef grouper_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, grouper_next>(),
    typed_new<grouper_new, "_grouper", "(parent, tgtkey, /)">(),
    GrouperFields::traverse_slot(),
    GrouperFields::clear_slot(),
    GrouperFields::dealloc_slot(),
};
const TypeSpec grouper_spec = {
    .type = &Grouper::s_type, .name = "itertools._grouper", .basicsize = sizeof(Grouper), .flags = type_flag::Gc, .slots = grouper_slots};

// --- tee ------------------------------------------------------------------------------------------------------------
//
// The copies walk a linked list of blocks of items; the last block reads on from the iterator.

constexpr int TeeBlock = 57;
struct TeeData : Object {
    Object* iterator;
    int count;
    bool running;
    TeeData* next;
    Object* values[TeeBlock];
    static Type s_type;
};
struct Tee : Object {
    TeeData* data;
    int index;
    Object* weaklist;
    static Type s_type;
};
Type TeeData::s_type;

static Result<Ref<TeeData>> tee_data_make(Thread& t, Borrowed<Object> iterator) {
    Ref<TeeData> data = TRY(allocate<TeeData>(t));
    data->iterator = acquire(iterator).release();
    data->count = 0;
    data->running = false;
    data->next = nullptr;
    gc_track(data.get());
    return data;
}
static Result<Ref<Object>> tee_data_new(Thread& t, Borrowed<Type>, Borrowed<Object> iterable, Borrowed<Object> values,
                                        Borrowed<Object> next) {
    return raise(t, exc::TypeError, "cannot create '_tee_dataobject' instances");
}
static int tee_data_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<TeeData*>(o);
    int result;
    if (self->iterator && (result = visit(self->iterator, context))) return result;
    for (int i = 0; i < self->count; ++i)
        if (self->values[i] && (result = visit(self->values[i], context))) return result;
    if (self->next) return visit(self->next, context);
    return 0;
}
static int tee_data_clear(Object* o) {
    auto* self = static_cast<TeeData*>(o);
    clear_field(self->iterator);
    int count = self->count;
    self->count = 0;
    for (int i = 0; i < count; ++i) clear_field(self->values[i]);
    // A long chain of blocks is dropped in a loop, not by recursion.
    TeeData* next = std::exchange(self->next, nullptr);
    while (next && is_uniquely_owned(next)) {
        TeeData* after = std::exchange(next->next, nullptr);
        decref(next);
        next = after;
    }
    if (next) decref(next);
    return 0;
}
static void tee_data_dealloc(Object* o) {
    gc_untrack(o);
    tee_data_clear(o);
    o->type->free(o);
}
static const SlotDef tee_data_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot), typed_new<tee_data_new, "_tee_dataobject", "(iterable, values, next, /)">(),
    raw_slot(SlotId::tp_traverse, &tee_data_traverse),   raw_slot(SlotId::tp_clear, &tee_data_clear),
    raw_slot(SlotId::tp_dealloc, &tee_data_dealloc),
};
const TypeSpec tee_data_spec = {.type = &TeeData::s_type,
                                .name = "itertools._tee_dataobject",
                                .basicsize = sizeof(TeeData),
                                .flags = type_flag::Gc,
                                .doc = "Data container common to multiple tee objects.",
                                .slots = tee_data_slots};

/// A step that runs no Python code, while the process has one thread; null: it takes more.
static ALWAYS_INLINE Object* tee_quick_step(Tee* self) {
    if (UNLIKELY(is_multi_threaded())) return nullptr;
    TeeData* data = self->data;
    if (UNLIKELY(!data)) return nullptr;
    int i = self->index;
    Object* item;
    if (i < data->count) {
        item = data->values[i];
    } else {
        if (i >= TeeBlock || data->running || !data->iterator || !(item = quick_step(data->iterator))) return nullptr;
        data->values[data->count++] = item;
    }
    self->index = i + 1;
    incref(item);
    return item;
}
static NOINLINE ResultMaybe<Object> tee_step(Thread& t, Borrowed<Tee> self) {
    Ref<TeeData> held = read_field(t, self.get(), self->data).take();
    // Both locks at once: waiting for the second would let others into the first.
    std::optional<CriticalSection> both;
    for (;;) {
        both.emplace(t, self.get(), held.get());
        TeeData* data = held.get();
        if (self->data == data) {
            if (self->index < TeeBlock) break;
            if (!data->next) {
                Ref<TeeData> made = TRY(tee_data_make(t, data->iterator));
                if (!data->next) data->next = made.release();
            }
            assign_field(self->data, acquire(data->next).release());
            self->index = 0;
        }
        Ref<TeeData> next = acquire(self->data);
        both.reset();
        held = std::move(next);
    }
    TeeData* data = held.get();
    int i = self->index;
    if (i < data->count) {
        self->index = i + 1;
        return MaybeRef<Object>::acquire(data->values[i]);
    }
    if (data->running) return raise(t, exc::RuntimeError, "cannot re-enter the tee iterator");
    if (!data->iterator) return exhausted();
    data->running = true;
    auto pulled = pull(t, data->iterator);
    data->running = false;
    if (pulled.is_error()) return Error{};
    MaybeRef<Object> item = pulled.take();
    if (!item) return item;
    if (data->count >= TeeBlock) return raise(t, exc::RuntimeError, "cannot re-enter the tee iterator");
    data->values[data->count++] = item.share().release();
    self->index = i + 1;
    return item;
}
static ResultMaybe<Object> tee_next(Thread& t, Borrowed<Tee> self) {
    if (Object* item = tee_quick_step(self.get())) return MaybeRef<Object>::steal(item);
    return tee_step(t, self);
}
static Result<Ref<Tee>> tee_copy_of(Thread& t, Tee* self) {
    Ref<Tee> copy = TRY(allocate<Tee>(t));
    CriticalSection section(t, self);
    copy->data = acquire(self->data).release();
    copy->index = self->index;
    gc_track(copy.get());
    return copy;
}
static Result<Ref<Tee>> tee_from_iterable(Thread& t, Borrowed<Object> iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    if (is<Tee>(iterator.get())) return tee_copy_of(t, static_cast<Tee*>(iterator.get()));
    Ref<TeeData> data = TRY(tee_data_make(t, iterator));
    Ref<Tee> made = TRY(allocate<Tee>(t));
    made->data = data.release();
    made->index = 0;
    gc_track(made.get());
    return made;
}
static Result<Ref<Object>> tee_new(Thread& t, Borrowed<Type>, Borrowed<Object> iterable) { return tee_from_iterable(t, iterable); }
static Result<Ref<Tee>> tee_copy(Thread& t, Borrowed<Tee> self) { return tee_copy_of(t, self.get()); }
struct TeeFields : Fields<Tee, &Tee::data> {
    static void dealloc(Object* o) {
        gc_untrack(o);
        if (static_cast<Tee*>(o)->weaklist) clear_weakrefs(o);
        release(static_cast<Tee*>(o));
        o->type->free(o);
    }
    static SlotDef dealloc_slot() { return raw_slot(SlotId::tp_dealloc, &dealloc); }
};
static const NativeDef tee_methods[] = {
    method<tee_copy>("__copy__", "($self, /)", "Returns an independent iterator."),
};
Type Tee::s_type;
static const SlotDef tee_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, tee_next>(),
    typed_new<tee_new, "_tee", "(iterable, /)">(),
    TeeFields::traverse_slot(),
    TeeFields::clear_slot(),
    TeeFields::dealloc_slot(),
};
const TypeSpec tee_spec = {.type = &Tee::s_type,
                           .name = "itertools._tee",
                           .basicsize = sizeof(Tee),
                           .flags = type_flag::Gc,
                           .doc = "Iterator wrapped to make it copyable.",
                           .signature = "(iterable, /)",
                           .slots = tee_slots,
                           .methods = tee_methods,
                           .weaklist_offset = offsetof(Tee, weaklist)};

Result<Ref<Object>> tee(Thread& t, Borrowed<Object> iterable, Size n) {
    if (n < 0) return raise(t, exc::ValueError, "n must be >= 0");
    Ref<Tuple> result = TRY(tuple_alloc(t, n));
    if (n == 0) return result;
    Ref<Tee> first = TRY(tee_from_iterable(t, iterable));
    result->items[0] = first.share().release();
    for (intptr_t i = 1; i < n; ++i) result->items[i] = TRY(tee_copy_of(t, first.get())).release();
    tuple_finish(result.get());
    return result;
}

// --- zip_longest ----------------------------------------------------------------------------------------------------

struct ZipLongest : Object {
    Object* iterators; // List; None where exhausted
    Object* fill;
    intptr_t active;
    static Type s_type;
};
static Result<Ref<Object>> zip_longest_new(Thread& t, Borrowed<Type> type, Args iterables, Borrowed<Object> fill) {
    Ref<List> iterators = TRY(list_new(t));
    for (Object* iterable : iterables) TRY(list_append(t, iterators, TRY(get_iterator(t, iterable))));
    Ref<ZipLongest> self = TRY(make<ZipLongest>(t, type));
    self->iterators = iterators.release();
    self->fill = acquire(fill).release();
    self->active = static_cast<intptr_t>(iterables.size());
    gc_track(self.get());
    return self;
}
static ResultMaybe<Object> zip_longest_next(Thread& t, Borrowed<ZipLongest> self) {
    StepSection section(t, self.get());
    auto* iterators = static_cast<List*>(self->iterators);
    intptr_t size = list_size(iterators);
    if (size == 0 || load_relaxed(self->active) == 0) return exhausted();
    Ref<Tuple> result = TRY(tuple_alloc(t, size));
    for (intptr_t i = 0; i < size; ++i) {
        Ref<Object> iterator = list_get(t, iterators, i).take();
        MaybeRef<Object> item;
        if (!is_none(iterator.get())) {
            auto pulled = pull(t, iterator.get());
            if (pulled.is_error()) {
                store_relaxed(self->active, 0);
                return Error{};
            }
            item = pulled.take();
            if (!item) {
                list_set(t, iterators, i, none_ref());
                intptr_t active = load_relaxed(self->active) - 1;
                store_relaxed(self->active, active < 0 ? 0 : active);
                if (active <= 0) return exhausted();
            }
        }
        result->items[i] = item ? item.release() : acquire(self->fill).release();
    }
    tuple_finish(result.get());
    return give(std::move(result));
}
using ZipLongestFields = Fields<ZipLongest, &ZipLongest::iterators, &ZipLongest::fill>;
template <> consteval NativeDef keyword_rule<zip_longest_new>(NativeDef def) { return unnamed_keyword(def); }
ITERTOOLS_TYPE(ZipLongest, ZipLongestFields, zip_longest, "zip_longest", zip_longest_new, "(*iterables, fillvalue=None)", zip_longest_next,
               "An iterator over tuples of the items of the iterables taken side by side.\n\n"
               "It ends with the longest one; fillvalue, by default None, stands in for the\n"
               "items of those that have ended.",
               {})

} // namespace taipan::itertools
