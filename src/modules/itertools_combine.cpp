// product, permutations, combinations, combinations_with_replacement. Each keeps a pool of items and an array of positions
// and hands out tuples; a tuple that nobody kept is used again.
#include "modules/itertools.h"
#include "objects/tuple_build.h"

#include <cstring>

namespace taipan::itertools {

struct Combinatoric : Object {
    Object* pool;      // Tuple (product: of tuples)
    intptr_t* indices; // positions
    intptr_t* cycles;  // permutations only
    Object* result;    // the last tuple given out, null before the first
    intptr_t r;
    bool stopped;
};
struct Product : Combinatoric {
    static Type s_type;
};
struct Permutations : Combinatoric {
    static Type s_type;
};
struct Combinations : Combinatoric {
    static Type s_type;
};
struct CombinationsWithReplacement : Combinatoric {
    static Type s_type;
};

struct CombinatoricFields : Fields<Combinatoric, &Combinatoric::pool, &Combinatoric::result> {
    static void dealloc(Object* o) {
        auto* self = static_cast<Combinatoric*>(o);
        raw_free(self->indices);
        raw_free(self->cycles);
        Fields<Combinatoric, &Combinatoric::pool, &Combinatoric::result>::dealloc(o);
    }
    static SlotDef dealloc_slot() { return raw_slot(SlotId::tp_dealloc, &dealloc); }
};

static Result<Ref<Combinatoric>> combinatoric_new(Thread& t, Borrowed<Type> type, Ref<Tuple> pool, intptr_t r, intptr_t cycles) {
    Ref<Object> made =
        type->is_heap_type() ? TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0))) : TRY(allocate_object(t, *type.get()));
    Ref<Combinatoric> self = steal(static_cast<Combinatoric*>(made.release()));
    self->r = r;
    if (r > (INTPTR_MAX >> 5)) return raise_memory_error(t);
    self->indices = static_cast<intptr_t*>(raw_calloc(static_cast<size_t>(r) + 1, sizeof(intptr_t)));
    if (!self->indices) return raise_memory_error(t);
    if (cycles >= 0) {
        self->cycles = static_cast<intptr_t*>(raw_calloc(static_cast<size_t>(cycles) + 1, sizeof(intptr_t)));
        if (!self->cycles) return raise_memory_error(t);
    }
    self->pool = pool.release();
    gc_track(self.get());
    return self;
}
static int64_t combinatoric_sizeof(Thread&, Borrowed<Combinatoric> self) {
    return self->type->basicsize + self->r * static_cast<int64_t>(sizeof(intptr_t));
}
static const NativeDef sizeof_method[] = {
    method<combinatoric_sizeof>("__sizeof__", "($self, /)", "Returns size in memory, in bytes."),
};

/// The tuple to hand out: the last one's items, and from `first` on those that `item_at(i)` gives. It is the last one itself
/// unless somebody else has it.
template <class ItemAt> ALWAYS_INLINE ResultMaybe<Object> next_result(Thread& t, Combinatoric* self, intptr_t first, ItemAt item_at) {
    auto* old = static_cast<Tuple*>(self->result);
    intptr_t n = old->size;
    if (is_uniquely_owned(old)) {
        old->cached_hash = -1;
        gc_track(old);
        for (intptr_t i = first; i < n; ++i) {
            Object* item = item_at(i);
            incref(item);
            assign_field(old->items[i], item);
        }
        return MaybeRef<Object>::acquire(old);
    }
    Ref<Tuple> made = TRY(tuple_build(t, n, [&](intptr_t i) { return i < first ? old->items[i] : item_at(i); }));
    assign_field(self->result, static_cast<Object*>(made.share().release()));
    return give(std::move(made));
}
static ResultMaybe<Object> first_result(Combinatoric* self, Ref<Tuple> tuple) {
    self->result = tuple.share().release();
    return give(std::move(tuple));
}

static Result<Ref<Object>> product_new(Thread& t, Borrowed<Type> type, Args iterables, Size repeat) {
    if (repeat < 0) return raise(t, exc::ValueError, "repeat argument cannot be negative");
    auto n = static_cast<intptr_t>(repeat == 0 ? 0 : iterables.size());
    if (n && repeat > (INTPTR_MAX >> 5) / n) return raise(t, exc::OverflowError, "repeat argument too large");
    Ref<Tuple> pools = TRY(tuple_alloc(t, n * repeat));
    bool empty = false;
    for (intptr_t i = 0; i < n; ++i) {
        pools->items[i] = TRY(to_tuple(t, iterables[static_cast<size_t>(i)])).release();
        empty |= static_cast<Tuple*>(pools->items[i])->size == 0;
    }
    for (intptr_t i = n; i < n * repeat; ++i) pools->items[i] = acquire(pools->items[i - n]).release();
    tuple_finish(pools.get());
    Ref<Combinatoric> self = TRY(combinatoric_new(t, type, std::move(pools), n * repeat, -1));
    self->stopped = empty;
    return self;
}
static ResultMaybe<Object> product_next(Thread& t, Borrowed<Product> self) {
    StepSection section(t, self.get()); // the pools keep the items: nothing dies here
    if (self->stopped) return exhausted();
    auto* pools = static_cast<Tuple*>(self->pool);
    intptr_t n = pools->size;
    if (!self->result) {
        return first_result(self.get(), TRY(tuple_build(t, n, [&](intptr_t i) { return static_cast<Tuple*>(pools->items[i])->items[0]; })));
    }
    intptr_t i = n - 1;
    for (; i >= 0; --i) {
        if (++self->indices[i] < static_cast<Tuple*>(pools->items[i])->size) break;
        self->indices[i] = 0;
    }
    if (i < 0) {
        self->stopped = true;
        return exhausted();
    }
    return next_result(t, self.get(), i, [&](intptr_t k) { return static_cast<Tuple*>(pools->items[k])->items[self->indices[k]]; });
}
template <> consteval NativeDef keyword_rule<product_new>(NativeDef def) { return counts_keywords(def); }
ITERTOOLS_TYPE(Product, CombinatoricFields, product, "product", product_new, "(*iterables, repeat=1)", product_next,
               "An iterator over all tuples with one item from each iterable.\n\n"
               "The last place changes fastest, as in nested loops over the iterables.\n"
               "product(a, repeat=3) is product(a, a, a).\n\n"
               "product('ab', [0, 1]) --> ('a',0) ('a',1) ('b',0) ('b',1)",
               sizeof_method)

/// The first tuple: the items at the indices.
static ResultMaybe<Object> start(Thread& t, Combinatoric* self) {
    auto* pool = static_cast<Tuple*>(self->pool);
    return first_result(self, TRY(tuple_build(t, self->r, [&](intptr_t i) { return pool->items[self->indices[i]]; })));
}

static Result<Ref<Object>> combinations_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable, Size r) {
    Ref<Tuple> pool = TRY(to_tuple(t, iterable));
    if (r < 0) return raise(t, exc::ValueError, "r must be non-negative");
    intptr_t n = pool->size;
    Ref<Combinatoric> self = TRY(combinatoric_new(t, type, std::move(pool), r, -1));
    for (intptr_t i = 0; i < r; ++i) self->indices[i] = i;
    self->stopped = r > n;
    return self;
}
static ResultMaybe<Object> combinations_next(Thread& t, Borrowed<Combinations> self) {
    StepSection section(t, self.get()); // the pools keep the items: nothing dies here
    if (self->stopped) return exhausted();
    if (!self->result) return start(t, self.get());
    auto* pool = static_cast<Tuple*>(self->pool);
    intptr_t n = pool->size, r = self->r, i = r - 1;
    while (i >= 0 && self->indices[i] == i + n - r) --i;
    if (i < 0) {
        self->stopped = true;
        return exhausted();
    }
    ++self->indices[i];
    for (intptr_t j = i + 1; j < r; ++j) self->indices[j] = self->indices[j - 1] + 1;
    return next_result(t, self.get(), i, [&](intptr_t k) { return pool->items[self->indices[k]]; });
}
ITERTOOLS_TYPE(Combinations, CombinatoricFields, combinations, "combinations", combinations_new, "(iterable, r)", combinations_next,
               "An iterator over the choices of r items, as tuples that keep the items' order.\n\n"
               "combinations('abc', 2) --> ('a','b'), ('a','c'), ('b','c')",
               sizeof_method)

static Result<Ref<Object>> with_replacement_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable, Size r) {
    Ref<Tuple> pool = TRY(to_tuple(t, iterable));
    if (r < 0) return raise(t, exc::ValueError, "r must be non-negative");
    intptr_t n = pool->size;
    Ref<Combinatoric> self = TRY(combinatoric_new(t, type, std::move(pool), r, -1));
    self->stopped = n == 0 && r > 0;
    return self;
}
static ResultMaybe<Object> with_replacement_next(Thread& t, Borrowed<CombinationsWithReplacement> self) {
    StepSection section(t, self.get()); // the pools keep the items: nothing dies here
    if (self->stopped) return exhausted();
    if (!self->result) return start(t, self.get());
    auto* pool = static_cast<Tuple*>(self->pool);
    intptr_t n = pool->size, r = self->r, i = r - 1;
    while (i >= 0 && self->indices[i] == n - 1) --i;
    if (i < 0) {
        self->stopped = true;
        return exhausted();
    }
    intptr_t index = self->indices[i] + 1;
    for (intptr_t k = i; k < r; ++k) self->indices[k] = index;
    return next_result(t, self.get(), i, [&](intptr_t) { return pool->items[index]; });
}
ITERTOOLS_TYPE(CombinationsWithReplacement, CombinatoricFields, combinations_with_replacement, "combinations_with_replacement",
               with_replacement_new, "(iterable, r)", with_replacement_next,
               "Like combinations(), but an item may be chosen more than once.\n\n"
               "combinations_with_replacement('ab', 2) --> ('a','a'), ('a','b'), ('b','b')",
               sizeof_method)

static Result<Ref<Object>> permutations_new(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable, Borrowed<Object> r_object) {
    Ref<Tuple> pool = TRY(to_tuple(t, iterable));
    intptr_t n = pool->size, r = n;
    if (!is_none(r_object.get())) {
        if (!is<Int>(r_object.get())) return raise(t, exc::TypeError, "Expected int as r");
        r = TRY(to_index_size(t, r_object, exc::OverflowError));
    }
    if (r < 0) return raise(t, exc::ValueError, "r must be non-negative");
    bool stopped = r > n;
    Ref<Combinatoric> self = TRY(combinatoric_new(t, type, std::move(pool), stopped ? 0 : n, stopped ? 0 : r));
    for (intptr_t i = 0; i < self->r; ++i) self->indices[i] = i;
    if (!stopped)
        for (intptr_t i = 0; i < r; ++i) self->cycles[i] = n - i;
    self->r = r;
    self->stopped = stopped;
    return self;
}
static ResultMaybe<Object> permutations_next(Thread& t, Borrowed<Permutations> self) {
    StepSection section(t, self.get()); // the pools keep the items: nothing dies here
    if (self->stopped) return exhausted();
    if (!self->result) return start(t, self.get());
    auto* pool = static_cast<Tuple*>(self->pool);
    intptr_t n = pool->size, r = self->r, *indices = self->indices, *cycles = self->cycles, i = r - 1;
    for (; i >= 0; --i) {
        if (--cycles[i] == 0) {
            // Rotates indices[i:] left by one.
            intptr_t index = indices[i];
            memmove(indices + i, indices + i + 1, static_cast<size_t>(n - 1 - i) * sizeof(intptr_t));
            indices[n - 1] = index;
            cycles[i] = n - i;
        } else {
            std::swap(indices[i], indices[n - cycles[i]]);
            break;
        }
    }
    if (i < 0) {
        self->stopped = true;
        return exhausted();
    }
    return next_result(t, self.get(), i, [&](intptr_t k) { return pool->items[indices[k]]; });
}
ITERTOOLS_TYPE(Permutations, CombinatoricFields, permutations, "permutations", permutations_new, "(iterable, r=None)", permutations_next,
               "An iterator over the arrangements of r different items, by default of all of them, as tuples.\n\n"
               "permutations('abc', 2) --> ('a','b'), ('a','c'), ('b','a'), ('b','c'), ('c','a'), ('c','b')",
               sizeof_method)

// --- the module -----------------------------------------------------------------------------------------------------

static const NativeDef functions[] = {
    fn<tee>("tee", "($module, iterable, n=2, /)", "Returns a tuple of n independent iterators."),
};
static const TypeSpec* const types[] = {
    &accumulate_spec, &batched_spec,     &chain_spec,   &combinations_spec, &combinations_with_replacement_spec,
    &compress_spec,   &count_spec,       &cycle_spec,   &dropwhile_spec,    &filterfalse_spec,
    &groupby_spec,    &grouper_spec,     &islice_spec,  &pairwise_spec,     &permutations_spec,
    &product_spec,    &repeat_spec,      &starmap_spec, &takewhile_spec,    &tee_spec,
    &tee_data_spec,   &zip_longest_spec,
};

} // namespace taipan::itertools

namespace taipan {
extern const ModuleSpec itertools_module;
const ModuleSpec itertools_module = {
    .name = "itertools",
    .doc = "Functional tools for creating and using iterators.",
    .functions = itertools::functions,
    .types = itertools::types,
};
} // namespace taipan
