// functools._lru_cache_wrapper: a dict from calls to results; with a bound, the results are also in a ring by last use.
// The cache's lock is held while the dict and the ring change, never while the wrapped function runs.
#include "modules/functools.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/dict_keys.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

namespace taipan::functools {

struct Link : Object { // an entry of the ring, which owns it as the cache dict does
    Link *previous, *next;
    Object *key, *result;
    intptr_t hash;
    bool removed; // by cache_clear
    static Type s_type;
};
Type Link::s_type;

struct LruCache : Object {
    Link* root_previous; // the ring: most recent before the root; a link in it is owned
    Link* root_next;
    Dict* cache;
    Object* function;
    Object* info_type;
    intptr_t maxsize; // -1: unbounded
    intptr_t hits, misses;
    Object *dict, *weaklist;
    bool typed;
    VectorcallFunc vectorcall;
    static Type s_type;
};
Type LruCache::s_type;

namespace {

using Self = Borrowed<LruCache>;

using LinkFields = Fields<Link, &Link::key, &Link::result>;
const SlotDef link_slots[] = {LinkFields::traverse_slot(), LinkFields::clear_slot(), LinkFields::dealloc_slot()};
const TypeSpec link_spec = {.type = &Link::s_type,
                            .name = "functools._lru_list_elem",
                            .basicsize = sizeof(Link),
                            .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                            .slots = link_slots};

void unlink(LruCache* self, Link* link) {
    (link->previous ? link->previous->next : self->root_next) = link->next;
    (link->next ? link->next->previous : self->root_previous) = link->previous;
    link->previous = link->next = nullptr;
}
bool is_in_ring(LruCache* self, Link* link) { return !link->removed && (link->previous || link->next || self->root_next == link); }
void append(LruCache* self, Link* link) {
    link->previous = self->root_previous;
    link->next = nullptr;
    (self->root_previous ? self->root_previous->next : self->root_next) = link;
    self->root_previous = link;
}

/// What stands between positional and keyword arguments in a key: an object that is nobody's argument.
Object* keyword_mark() { return &LruCache::s_type; }

/// A call's arguments as the vectorcall convention has them.
struct Call {
    Object* const* args;
    size_t nargsf;
    Tuple* names; // or null

    size_t positional() const { return vectorcall_nargs(nargsf); }
    size_t keywords() const { return names ? static_cast<size_t>(names->size) : 0; }
};

/// The dict key of a call. One int or str stands for itself.
Result<Ref<Object>> make_key(Thread& t, const Call& c, bool typed) {
    size_t count = c.positional(), keywords = c.keywords();
    if (LIKELY(!typed && keywords == 0)) {
        if (count == 1 && (is_exact<Str>(c.args[0]) || is_exact<Int>(c.args[0]))) return acquire(c.args[0]);
        return TRY(tuple_from_array(t, c.args, count));
    }
    size_t size = count + (keywords ? 1 + 2 * keywords : 0) + (typed ? count + keywords : 0);
    Ref<Tuple> key = TRY(tuple_alloc(t, static_cast<intptr_t>(size)));
    size_t n = 0;
    auto put = [&](Object* o) { key->items[n++] = acquire(o).release(); };
    for (size_t i = 0; i < count; ++i) put(c.args[i]);
    if (keywords) put(keyword_mark());
    for (size_t i = 0; i < keywords; ++i) {
        put(c.names->items[i]);
        put(c.args[count + i]);
    }
    if (typed)
        for (size_t i = 0; i < count + keywords; ++i) put(c.args[i]->type);
    tuple_finish(key.get());
    return key;
}
Result<Ref<Object>> call_wrapped(Thread& t, LruCache* self, const Call& c) {
    return vectorcall(t, self->function, c.args, c.nargsf, c.names);
}

Result<Ref<Object>> uncached_call(Thread& t, LruCache* self, const Call& c) {
    __atomic_add_fetch(&self->misses, 1, __ATOMIC_RELAXED);
    return call_wrapped(t, self, c);
}
void count_one(intptr_t& counter) {
    if (LIKELY(!is_multi_threaded())) ++counter;
    else __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED);
}
Result<Ref<Object>> unbounded_call(Thread& t, LruCache* self, const Call& c) {
    Ref<Object> key = TRY(make_key(t, c, self->typed));
    intptr_t hash = TRY(taipan::hash(t, Borrowed<Object>(key.get())));
    MaybeRef<Object> found = TRY(dict_get_known_hash(t, self->cache, key, hash));
    if (found) {
        count_one(self->hits);
        return found.take();
    }
    count_one(self->misses);
    Ref<Object> result = TRY(call_wrapped(t, self, c));
    TRY(dict_set_known_hash(t, self->cache, key, hash, result));
    return result;
}
Result<Ref<Object>> bounded_call(Thread& t, LruCache* self, const Call& c) {
    Ref<Object> key = TRY(make_key(t, c, self->typed));
    intptr_t hash = TRY(taipan::hash(t, Borrowed<Object>(key.get())));
    {
        CriticalSection section(t, self);
        MaybeRef<Object> found = TRY(dict_get_known_hash(t, self->cache, key, hash));
        if (found) {
            auto* link = static_cast<Link*>(found.get());
            // It may have been dropped from the ring while keys were compared.
            if (self->root_previous != link && is_in_ring(self, link)) {
                unlink(self, link);
                append(self, link);
            }
            ++self->hits;
            return acquire(link->result);
        }
        ++self->misses;
    }
    Ref<Object> result = TRY(call_wrapped(t, self, c));
    MaybeRef<Object> old_key, old_result; // dropped after the lock, as what follows them
    MaybeRef<Link> link;
    CriticalSection section(t, self);
    if (TRY(dict_get_known_hash(t, self->cache, key, hash))) return result; // another call was faster
    if (dict_size(self->cache) >= self->maxsize && self->root_next) {
        link = MaybeRef<Link>::steal(self->root_next);
        unlink(self, link.get());
        old_key = MaybeRef<Object>::acquire(link->key);
        (void)TRY(dict_pop_known_hash(t, self->cache, old_key.get(), link->hash));
        if (is_uniquely_owned(link.get())) { // it serves again
            decref(link->key);
            old_result = MaybeRef<Object>::steal(link->result);
            link->key = link->result = nullptr;
        } else {
            old_result = MaybeRef<Object>::steal(link.release());
        }
    }
    if (!link) {
        link = TRY(allocate<Link>(t));
        gc_track(link.get());
    }
    link->key = key.share().release();
    link->result = result.share().release();
    link->hash = hash;
    // Others may have come in while keys were compared.
    Ref<Object> entered = TRY(dict_set_default(t, self->cache, key, link.get()));
    if (entered.get() == link.get()) append(self, link.release());
    return result;
}

Object* lru_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto* self = static_cast<LruCache*>(callable);
    Ref<Object> alive = acquire(callable);
    Call c{args, nargsf, static_cast<Tuple*>(kwnames)};
    if (self->maxsize < 0) return unbounded_call(t, self, c).release_or_null();
    if (self->maxsize == 0) return uncached_call(t, self, c).release_or_null();
    return bounded_call(t, self, c).release_or_null();
}

Result<Ref<Object>> lru_new(Thread& t, Borrowed<Type> type, Borrowed<Object> function, Borrowed<Object> maxsize_object, bool typed,
                            Borrowed<Object> info_type) {
    if (!is_callable(function.get())) return raise(t, exc::TypeError, "the first argument must be callable");
    intptr_t maxsize = -1;
    if (!is_none(maxsize_object.get())) {
        if (!is<Int>(maxsize_object.get()) && !(maxsize_object->type->as_number && maxsize_object->type->as_number->index))
            return raise(t, exc::TypeError, "maxsize should be integer or None");
        maxsize = TRY(to_index_size(t, maxsize_object, exc::OverflowError));
        if (maxsize < 0) maxsize = 0;
    }
    TRY(type_ready(t, link_spec));
    Ref<Dict> cache = TRY(dict_new(t));
    Ref<LruCache> self = TRY([&]() -> Result<Ref<LruCache>> {
        if (!type->is_heap_type()) return allocate<LruCache>(t, *type.get());
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
        return steal(static_cast<LruCache*>(made.release()));
    }());
    self->cache = cache.release();
    self->function = acquire(function).release();
    self->info_type = acquire(info_type).release();
    self->maxsize = maxsize;
    self->typed = typed;
    self->vectorcall = lru_vectorcall;
    gc_track(self.get());
    return self;
}

Result<Ref<Object>> lru_get(Thread& t, Self self, Object* instance, Object*) {
    if (!instance || is_none(instance)) return acquire<Object>(self.get());
    return method_new(t, self, instance);
}
Result<Ref<Object>> cache_info(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    Ref<Object> maxsize = self->maxsize < 0 ? none_ref() : TRY(Result<Ref<Object>>(int_from(t, self->maxsize)));
    Ref<Int> hits = TRY(int_from(t, self->hits));
    Ref<Int> misses = TRY(int_from(t, self->misses));
    Ref<Int> size = TRY(int_from(t, dict_size(self->cache)));
    return call(t, Borrowed<Object>(self->info_type), hits, misses, maxsize, size);
}
/// Empties the ring; the chain of its links, linked by `next`, is the caller's.
Link* take_ring(LruCache* self) {
    Link* first = self->root_next;
    self->root_next = self->root_previous = nullptr;
    for (Link* link = first; link; link = link->next) link->previous = nullptr;
    return first;
}
void drop_chain(Link* link) {
    while (link) {
        Link* next = std::exchange(link->next, nullptr);
        decref(link);
        link = next;
    }
}
void cache_clear(Thread& t, Self self) {
    Link* links;
    {
        CriticalSection section(t, self.get());
        links = take_ring(self.get());
        // A call that found one of them meanwhile must not take it for a link of the ring.
        for (Link* link = links; link; link = link->next) link->removed = true;
        self->hits = self->misses = 0;
        dict_clear(t, self->cache);
    }
    drop_chain(links);
}
Result<Ref<Object>> lru_reduce(Thread& t, Self self) { return get_attribute(t, self, names::__qualname__); }
Ref<Object> lru_copy(Thread&, Self self) { return acquire<Object>(self.get()); }
Ref<Object> lru_deepcopy(Thread&, Self self, Borrowed<Object>) { return acquire<Object>(self.get()); }

using LruFields = Fields<LruCache, &LruCache::cache, &LruCache::function, &LruCache::info_type, &LruCache::dict>;
int lru_traverse(Object* o, VisitFunc visit, void* context) {
    for (Link* link = static_cast<LruCache*>(o)->root_next; link; link = link->next)
        if (int result = visit(link, context)) return result;
    return LruFields::traverse(o, visit, context);
}
int lru_clear(Object* o) {
    auto* self = static_cast<LruCache*>(o);
    drop_chain(take_ring(self));
    clear_field(self->dict);
    if (self->cache) dict_clear(Thread::current(), self->cache);
    return 0;
}
void lru_dealloc(Object* o) {
    auto* self = static_cast<LruCache*>(o);
    gc_untrack(o);
    if (self->weaklist) clear_weakrefs(o);
    drop_chain(take_ring(self));
    LruFields::release(self);
    o->type->free(o);
}
Result<Ref<Object>> lru_dict(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (!self->dict) self->dict = TRY(dict_new(t)).release();
    return acquire(self->dict);
}
Result<void> lru_set_dict(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "cannot delete __dict__");
    if (!is<Dict>(value)) return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
    assign_field(self->dict, acquire(value).release());
    return {};
}
const GetSetDef lru_getset[] = {getter_setter<lru_dict, lru_set_dict>("__dict__")};
const NativeDef lru_methods[] = {
    method<cache_info>("cache_info", "($self, /)", "Report cache statistics"),
    method<cache_clear>("cache_clear", "($self, /)", "Clear the cache and cache statistics"),
    method<lru_reduce>("__reduce__", "($self, /)"),
    method<lru_copy>("__copy__", "()"),
    method<lru_deepcopy>("__deepcopy__", "(memo, /)"),
};
const SlotDef lru_slots[] = {
    raw_slot(SlotId::tp_call, &vectorcall_as_call),
    ternary_slot<SlotId::tp_descr_get, lru_get>(),
    typed_new<lru_new, "_lru_cache_wrapper", "(user_function, maxsize, typed, cache_info_type)">(),
    raw_slot(SlotId::tp_traverse, &lru_traverse),
    raw_slot(SlotId::tp_clear, &lru_clear),
    raw_slot(SlotId::tp_dealloc, &lru_dealloc),
};

} // namespace

const TypeSpec lru_cache_spec = {
    .type = &LruCache::s_type,
    .name = "functools._lru_cache_wrapper",
    .basicsize = sizeof(LruCache),
    .flags = type_flag::Gc | type_flag::MethodDescriptor | type_flag::Vectorcall,
    .doc = "A callable that remembers what user_function returned for given arguments.\n\n"
           "maxsize is how many results to keep: None for all, 0 for none. With typed,\n"
           "arguments that are equal but differ in type are told apart. cache_info()\n"
           "returns a cache_info_type of hits, misses, maxsize and the current size.",
    .slots = lru_slots,
    .methods = lru_methods,
    .getset = lru_getset,
    .weaklist_offset = offsetof(LruCache, weaklist),
    .dict_offset = offsetof(LruCache, dict),
    .vectorcall_offset = offsetof(LruCache, vectorcall),
};

} // namespace taipan::functools
