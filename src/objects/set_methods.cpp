// The types set and frozenset, and their iterator.
#include "base/hash.h"
#include "objects/abstract.h"
#include "objects/builtin_lookup.h"
#include "objects/dict_keys.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/set_internal.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"

namespace taipan {

Type Set::s_type;
Type FrozenSet::s_type;
Type SetIterator::s_type;

namespace {

using SelfSet = Borrowed<Set>;
bool is_set(Borrowed<Object> o) { return is_any_set(o.get()); }
Set* as_set(Borrowed<Object> o) { return static_cast<Set*>(o.get()); }
/// The plain type of results of operators on subclasses.
Type& base_type(const Object* o) { return is<FrozenSet>(o) ? FrozenSet::s_type : Set::s_type; }

// --- life -----------------------------------------------------------------------------------------------------------

void set_dealloc(Object* o) {
    gc_untrack(o);
    auto* set = static_cast<Set*>(o);
    if (set->weaklist) clear_weakrefs(o);
    set_free_table(Thread::current(), set);
    o->type->free(o);
}
int set_traverse(Object* o, VisitFunc visit, void* context) {
    auto* set = static_cast<Set*>(o);
    if (!set->table) return 0;
    for (intptr_t i = 0; i <= set->mask; ++i)
        if (is_live(set->table[i].key))
            if (int result = visit(set->table[i].key, context)) return result;
    return 0;
}
int set_tp_clear(Object* o) {
    set_clear_items(Thread::current(), static_cast<Set*>(o));
    return 0;
}

Result<Ref<Object>> set_construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) { return set_new_of_type(t, *type.get()); }
Result<void> set_init(Thread& t, SelfSet self, MaybeBorrowed<Object> iterable) {
    if (self->fill) set_clear_items(t, self.get());
    self->hash = -1;
    if (iterable) TRY(set_update(t, self, iterable.value()));
    return {};
}
/// COMPAT: unlike other types, set takes no keywords in __init__ even if a subclass has a __new__ for them.
int set_init_slot(Object* self, Object* args, Object* kwargs) {
    return call_native_tuple(Thread::current(), TypedInit<set_init, "set", "(iterable=(), /)">::def, self, args, kwargs) ? 0 : -1;
}
Result<Ref<Object>> set_make(Thread& t, Borrowed<Type>, MaybeBorrowed<Object> iterable) {
    if (iterable) return set_from_iterable(t, iterable.value());
    return set_new(t);
}
Object* set_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (type == &Set::s_type) return TypedNew<set_make, "set", "(iterable=(), /)">::vectorcall(type, args, nargsf, kwnames);
    Thread& t = Thread::current();
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<Tuple> tuple = TRY(tuple_from_array(t, args, vectorcall_nargs(nargsf)));
        Ref<Object> made = TRY(set_new_of_type(t, *static_cast<Type*>(type)));
        if (TypedInit<set_init, "set", "(iterable=(), /)">::init(made.get(), tuple.get(), nullptr) < 0) return Error{};
        return made;
    };
    return run().release_or_null();
}
Result<Ref<Object>> frozenset_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> iterable) {
    if (type.get() == &FrozenSet::s_type && iterable) return frozenset_from_iterable(t, iterable.value());
    Ref<Set> set = TRY(set_new_of_type(t, *type.get()));
    if (iterable) TRY(set_update(t, set, iterable.value()));
    return set;
}

// --- asking ---------------------------------------------------------------------------------------------------------

intptr_t set_length(Thread&, SelfSet self) { return set_size(self.get()); }

/// A set as a key stands for the frozenset with the same items.
Result<bool> find_key(Thread& t, SelfSet self, Borrowed<Object> key, Result<bool> (*operation)(Thread&, Set*, Object*, intptr_t)) {
    intptr_t hash = element_hash(t, key.get());
    if (hash != -1) return operation(t, self.get(), key.get(), hash);
    if (!is<Set>(key.get()) || !exception_matches(t, exc::TypeError)) return Error{};
    t.clear_exception();
    Ref<FrozenSet> frozen = TRY(frozenset_from_iterable(t, key));
    return operation(t, self.get(), frozen.get(), element_hash(t, frozen.get()));
}
Result<bool> method_contains(Thread& t, SelfSet self, Borrowed<Object> key) { return find_key(t, self, key, set_contains_hashed); }

Result<bool> all_in(Thread& t, Set* a, Set* b) {
    intptr_t position = 0, hash;
    Object* key;
    while (set_walk(t, a, &position, &key, &hash)) {
        Ref<Object> held = steal(key);
        if (!TRY(set_contains_hashed(t, b, key, hash))) return false;
    }
    return true;
}

Result<Ref<Object>> set_compare(Thread& t, Borrowed<Object> a_object, Borrowed<Object> b_object, Comparison op) {
    if (!is_set(a_object) || !is_set(b_object)) return not_implemented_ref();
    Set *a = as_set(a_object), *b = as_set(b_object);
    intptr_t m = set_size(a), n = set_size(b);
    auto equal = [&]() -> Result<bool> {
        if (m != n) return false;
        intptr_t ha = load_relaxed(a->hash), hb = load_relaxed(b->hash);
        if (ha != -1 && hb != -1 && ha != hb) return false;
        return all_in(t, a, b);
    };
    switch (op) {
    case Comparison::Eq: return bool_ref(TRY(equal()));
    case Comparison::Ne: return bool_ref(!TRY(equal()));
    case Comparison::Le: return bool_ref(m <= n && TRY(all_in(t, a, b)));
    case Comparison::Lt: return bool_ref(m < n && TRY(all_in(t, a, b)));
    case Comparison::Ge: return bool_ref(m >= n && TRY(all_in(t, b, a)));
    case Comparison::Gt: return bool_ref(m > n && TRY(all_in(t, b, a)));
    }
    UNREACHABLE();
}

intptr_t frozenset_hash(Thread& t, SelfSet self) {
    intptr_t cached = load_relaxed(self->hash);
    if (cached != -1) return cached;
    base::SetHash state;
    for (intptr_t i = 0; i <= self->mask; ++i)
        if (is_live(self->table[i].key)) state.add(self->table[i].hash);
    intptr_t result = state.finish();
    store_relaxed(self->hash, result);
    return result;
}

Result<Ref<Str>> set_repr(Thread& t, SelfSet self) {
    if (TRY(repr_enter(t, self))) return str_format(t, "%s(...)", short_type_name(*self->type));
    struct Leave {
        Thread& t;
        Borrowed<Object> self;
        ~Leave() { repr_leave(t, self); }
    } leave{t, self};
    if (set_size(self.get()) == 0) return str_format(t, "%s()", short_type_name(*self->type));
    Ref<List> items = TRY(list_from_iterable(t, self));
    Ref<Str> text = TRY(repr(t, items));
    Ref<Str> inner = TRY(str_substring(t, text, 1, text->length - 1));
    if (is_exact<Set>(self.get())) return str_format(t, "{%s}", inner);
    return str_format(t, "%s({%s})", short_type_name(*self->type), inner);
}

// --- algebra --------------------------------------------------------------------------------------------------------

Result<void> update_all(Thread& t, SelfSet set, Args others) {
    for (Object* other : others) TRY(set_update(t, set, other));
    return {};
}

Result<void> subtract(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (other.get() == self.get()) {
        set_clear_items(t, self.get());
        return {};
    }
    if (is_set(other)) return set_subtract(t, self.get(), as_set(other));
    if (is_exact<Dict>(other.get())) {
        intptr_t position = 0, hash;
        Object *key, *value;
        while (dict_walk(t, static_cast<Dict*>(other.get()), &position, &key, &value, &hash) == Walk::Item) {
            Ref<Object> held = steal(key), value_held = steal(value);
            (void)TRY(set_discard_hashed(t, self.get(), key, hash));
        }
        return {};
    }
    Ref<Object> iterator = TRY(get_iterator(t, other));
    for (;;) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) return {};
        (void)TRY(set_discard(t, self, key.get()));
    }
}

Result<Ref<Set>> difference_of(Thread& t, SelfSet self, Borrowed<Object> other) {
    Type& type = base_type(self.get());
    bool sets = is_set(other), dict = is_exact<Dict>(other.get());
    intptr_t other_size = sets ? set_size(as_set(other)) : dict ? dict_size(static_cast<Dict*>(other.get())) : 0;
    // Fewer steps from a copy when the other is much smaller, or cannot be asked.
    if ((!sets && !dict) || (set_size(self.get()) >> 2) > other_size) {
        Ref<Set> result = TRY(set_copy_as(t, type, self.get()));
        TRY(subtract(t, result, other));
        return result;
    }
    Ref<Set> result = TRY(set_new_of_type(t, type));
    if (sets) {
        TRY(set_select(t, result.get(), self.get(), as_set(other), false));
        return result;
    }
    intptr_t position = 0, hash;
    Object* key;
    while (set_walk(t, self.get(), &position, &key, &hash)) {
        Ref<Object> held = steal(key);
        bool found = static_cast<bool>(TRY(dict_get_known_hash(t, static_cast<Dict*>(other.get()), key, hash)));
        if (!found) (void)TRY(set_add_hashed(t, result.get(), key, hash));
    }
    return result;
}

Result<Ref<Set>> intersection_of(Thread& t, SelfSet self, Borrowed<Object> other) {
    Type& type = base_type(self.get());
    if (other.get() == self.get()) return set_copy_as(t, type, self.get());
    Ref<Set> result = TRY(set_new_of_type(t, type));
    intptr_t hash;
    if (is_set(other)) {
        Set *walked = as_set(other), *asked = self.get();
        if (set_size(walked) > set_size(asked)) std::swap(walked, asked);
        TRY(set_select(t, result.get(), walked, asked, true));
        return result;
    }
    Ref<Object> iterator = TRY(get_iterator(t, other));
    for (;;) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) return result;
        if ((hash = element_hash(t, key.get())) == -1) return Error{};
        if (TRY(set_contains_hashed(t, self.get(), key.get(), hash))) (void)TRY(set_add_hashed(t, result.get(), key.get(), hash));
    }
}

Result<void> toggle_all(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (other.get() == self.get()) {
        set_clear_items(t, self.get());
        return {};
    }
    // A key that comes twice must not toggle twice.
    Ref<Set> source = is_set(other) ? acquire(as_set(other)) : TRY(set_from_iterable(t, other));
    return set_toggle(t, self.get(), source.get());
}

Result<Ref<Set>> method_union(Thread& t, SelfSet self, Args others) {
    Ref<Set> result = TRY(set_copy_as(t, base_type(self.get()), self.get()));
    TRY(update_all(t, result, others));
    return result;
}
Result<Ref<Set>> method_difference(Thread& t, SelfSet self, Args others) {
    if (others.size() == 0) return set_copy_as(t, base_type(self.get()), self.get());
    Ref<Set> result = TRY(difference_of(t, self, others[0]));
    for (size_t i = 1; i < others.size(); ++i) TRY(subtract(t, result, others[i]));
    return result;
}
Result<Ref<Set>> method_intersection(Thread& t, SelfSet self, Args others) {
    if (others.size() == 0) return set_copy_as(t, base_type(self.get()), self.get());
    Ref<Set> result = TRY(intersection_of(t, self, others[0]));
    for (size_t i = 1; i < others.size(); ++i) result = TRY(intersection_of(t, result, others[i]));
    return result;
}
Result<Ref<Set>> method_symmetric_difference(Thread& t, SelfSet self, Borrowed<Object> other) {
    Ref<Set> result = TRY(set_copy_as(t, base_type(self.get()), self.get()));
    TRY(toggle_all(t, result, other));
    return result;
}
Result<void> method_update(Thread& t, SelfSet self, Args others) { return update_all(t, self, others); }
Result<void> method_difference_update(Thread& t, SelfSet self, Args others) {
    for (Object* other : others) TRY(subtract(t, self, other));
    return {};
}
Result<void> method_intersection_update(Thread& t, SelfSet self, Args others) {
    Ref<Set> result = TRY(method_intersection(t, self, others));
    CriticalSection section(t, self.get(), result.get());
    return set_swap_bodies(t, self.get(), result.get());
}
Result<void> method_symmetric_difference_update(Thread& t, SelfSet self, Borrowed<Object> other) { return toggle_all(t, self, other); }
Result<bool> method_isdisjoint(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (is_set(other)) {
        Set *walked = as_set(other), *asked = self.get();
        if (walked == asked) return set_size(asked) == 0;
        if (set_size(walked) > set_size(asked)) std::swap(walked, asked);
        intptr_t position = 0, hash;
        Object* key;
        while (set_walk(t, walked, &position, &key, &hash)) {
            Ref<Object> held = steal(key);
            if (TRY(set_contains_hashed(t, asked, key, hash))) return false;
        }
        return true;
    }
    Ref<Object> iterator = TRY(get_iterator(t, other));
    for (;;) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) return true;
        if (TRY(set_contains(t, self, key.get()))) return false;
    }
}
Result<bool> method_issubset(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (is_set(other)) {
        if (set_size(self.get()) > set_size(as_set(other))) return false;
        return all_in(t, self.get(), as_set(other));
    }
    Ref<Set> common = TRY(intersection_of(t, self, other));
    return set_size(common.get()) == set_size(self.get());
}
Result<bool> method_issuperset(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (is_set(other)) {
        if (set_size(as_set(other)) > set_size(self.get())) return false;
        return all_in(t, as_set(other), self.get());
    }
    Ref<Object> iterator = TRY(get_iterator(t, other));
    for (;;) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) return true;
        if (!TRY(set_contains(t, self, key.get()))) return false;
    }
}

Result<Ref<Object>> op_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is_set(a) || !is_set(b)) return not_implemented_ref();
    Ref<Set> result = TRY(set_copy_as(t, base_type(a.get()), as_set(a)));
    TRY(set_update(t, result, b));
    return result;
}
Result<Ref<Object>> op_and(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is_set(a) || !is_set(b)) return not_implemented_ref();
    return intersection_of(t, as_set(a), b);
}
Result<Ref<Object>> op_subtract(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is_set(a) || !is_set(b)) return not_implemented_ref();
    return difference_of(t, as_set(a), b);
}
Result<Ref<Object>> op_xor(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is_set(a) || !is_set(b)) return not_implemented_ref();
    return method_symmetric_difference(t, as_set(a), b);
}
Result<Ref<Object>> inplace_or(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (!is_set(other)) return not_implemented_ref();
    TRY(set_update(t, self, other));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> inplace_and(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (!is_set(other)) return not_implemented_ref();
    Object* array[] = {other.get()};
    TRY(method_intersection_update(t, self, Args{array, 1}));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> inplace_subtract(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (!is_set(other)) return not_implemented_ref();
    TRY(subtract(t, self, other));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> inplace_xor(Thread& t, SelfSet self, Borrowed<Object> other) {
    if (!is_set(other)) return not_implemented_ref();
    TRY(toggle_all(t, self, other));
    return acquire<Object>(self.get());
}

// --- other methods --------------------------------------------------------------------------------------------------

Result<void> method_add(Thread& t, SelfSet self, Borrowed<Object> key) {
    (void)TRY(set_add(t, self, key));
    return {};
}
Result<void> method_remove(Thread& t, SelfSet self, Borrowed<Object> key) {
    if (!TRY(find_key(t, self, key, set_discard_hashed))) return raise_key_error(t, key);
    return {};
}
Result<void> method_discard(Thread& t, SelfSet self, Borrowed<Object> key) {
    (void)TRY(find_key(t, self, key, set_discard_hashed));
    return {};
}
Result<Ref<Object>> method_pop(Thread& t, SelfSet self) {
    CriticalSection section(t, self.get());
    if (self->used == 0) return raise(t, exc::KeyError, "pop from an empty set");
    intptr_t i = self->finger & self->mask;
    while (!is_live(self->table[i].key)) i = (i + 1) & self->mask;
    Object* key = self->table[i].key;
    store_release(self->table[i].key, &g_set_dummy);
    store_relaxed(self->table[i].hash, -1);
    store_relaxed(self->used, self->used - 1);
    self->finger = i + 1;
    return steal(key);
}
void method_clear(Thread& t, SelfSet self) { set_clear_items(t, self.get()); }
Result<Ref<Object>> set_copy_method(Thread& t, SelfSet self) { return set_copy_as(t, base_type(self.get()), self.get()); }
Result<Ref<Object>> frozenset_copy_method(Thread& t, SelfSet self) {
    if (is_exact<FrozenSet>(self.get())) return acquire<Object>(self.get());
    return set_copy_as(t, FrozenSet::s_type, self.get());
}
Result<Ref<Object>> method_reduce(Thread& t, SelfSet self) {
    Ref<List> items = TRY(list_from_iterable(t, self));
    Ref<Tuple> args = TRY(tuple_pack(t, items));
    Ref<Str> name = TRY(str_interned(t, "__getstate__"));
    Ref<Object> state = TRY(call_method(t, self, name));
    return tuple_pack(t, acquire<Object>(self->type), args, state);
}
int64_t method_sizeof(Thread&, SelfSet self) {
    int64_t size = self->type->basicsize;
    if (self->table != self->small_table) size += (self->mask + 1) * static_cast<int64_t>(sizeof(SetEntry));
    return size;
}

#define SET_COMMON_METHODS                                                                                                                 \
    method<method_contains>("__contains__", "($self, object, /)", "x.__contains__(y) <==> y in x."),                                       \
        method<method_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),                                       \
        method<method_sizeof>("__sizeof__", "($self, /)", "S.__sizeof__() -> size of S in memory, in bytes."),                             \
        method<method_union>("union", "($self, /, *others)", "Return a new set with elements from the set and all others."),               \
        method<method_difference>("difference", "($self, /, *others)", "A new set of what this set has and none of the others."),          \
        method<method_intersection>("intersection", "($self, /, *others)", "A new set of what this set and each of the others has."),      \
        method<method_symmetric_difference>("symmetric_difference", "($self, other, /)",                                                   \
                                            "A new set of what exactly one of this set and other has."),                                   \
        method<method_isdisjoint>("isdisjoint", "($self, other, /)", "Return True if two sets have a null intersection."),                 \
        method<method_issubset>("issubset", "($self, other, /)", "Report whether another set contains this set."),                         \
        method<method_issuperset>("issuperset", "($self, other, /)", "Report whether this set contains another set."),                     \
        class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585")

const NativeDef set_methods[] = {
    SET_COMMON_METHODS,
    method<method_add>("add", "($self, object, /)", "Make elem a member, if it is not one yet."),
    method<method_clear>("clear", "($self, /)", "Remove all elements from this set."),
    method<set_copy_method>("copy", "($self, /)", "Return a shallow copy of a set."),
    method<method_discard>("discard", "($self, object, /)", "Take elem out if the set has it; otherwise do nothing, unlike remove()."),
    method<method_remove>("remove", "($self, object, /)", "Take elem out; KeyError if the set does not have it."),
    method<method_pop>("pop", "($self, /)", "Take some member out and return it; KeyError if there is none."),
    method<method_update>("update", "($self, /, *others)", "Update the set, adding elements from all others."),
    method<method_difference_update>("difference_update", "($self, /, *others)", "Update the set, removing elements found in others."),
    method<method_intersection_update>("intersection_update", "($self, /, *others)",
                                       "Keep in this set only what each of the others has too."),
    method<method_symmetric_difference_update>("symmetric_difference_update", "($self, other, /)",
                                               "Take out what other has too, and add what only other has."),
};
const NativeDef frozenset_methods[] = {
    SET_COMMON_METHODS,
    method<frozenset_copy_method>("copy", "($self, /)", "Return a shallow copy of a set."),
};

// --- the iterator ---------------------------------------------------------------------------------------------------

Result<Ref<Object>> set_iter(Thread& t, SelfSet self) {
    Ref<SetIterator> it = TRY(allocate<SetIterator>(t));
    it->used = it->remaining = set_size(self.get());
    it->position = 0;
    it->set = acquire(self).release();
    gc_track(it.get());
    return it;
}
ResultMaybe<Object> set_iterator_next(Thread& t, Borrowed<SetIterator> self) {
    StepSection section(t, self.get());
    Set* set = self->set;
    if (!set) return MaybeRef<Object>();
    if (load_relaxed(self->used) != set_size(set)) {
        store_relaxed(self->used, -1);
        return raise(t, exc::RuntimeError, "Set changed size during iteration");
    }
    intptr_t position = load_relaxed(self->position), hash;
    Object* key;
    if (set_walk(t, set, &position, &key, &hash)) {
        store_relaxed(self->position, position);
        store_relaxed(self->remaining, load_relaxed(self->remaining) - 1);
        return MaybeRef<Object>::steal(key);
    }
    store_relaxed(self->remaining, 0);
    if (!is_multi_threaded()) clear_field(self->set);
    else store_relaxed(self->position, INTPTR_MAX);
    return MaybeRef<Object>();
}
Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }
int64_t set_iterator_hint(Thread&, Borrowed<SetIterator> self) {
    if (!self->set || self->used != set_size(self->set)) return 0;
    intptr_t remaining = load_relaxed(self->remaining);
    return remaining > 0 ? remaining : 0;
}
Result<Ref<Object>> set_iterator_reduce(Thread& t, Borrowed<SetIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    Ref<List> rest = TRY(list_new(t));
    if (self->set) {
        Ref<SetIterator> copy = TRY(allocate<SetIterator>(t));
        copy->used = self->used;
        copy->position = self->position;
        copy->remaining = self->remaining;
        copy->set = acquire(self->set).release();
        TRY(list_extend(t, rest, copy));
    }
    Ref<Tuple> args = TRY(tuple_pack(t, rest));
    return tuple_pack(t, iter, args);
}
using IteratorFields = Fields<SetIterator, &SetIterator::set>;
const NativeDef set_iterator_methods[] = {
    method<set_iterator_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<set_iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
};
const SlotDef set_iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, set_iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};

#define SET_COMMON_SLOTS                                                                                                                   \
    unary_slot<SlotId::tp_repr, set_repr>(), compare_slot<SlotId::tp_richcompare, set_compare>(),                                          \
        size_slot<SlotId::sq_length, set_length>(), contains_slot<SlotId::sq_contains, method_contains>(),                                 \
        unary_slot<SlotId::tp_iter, set_iter>(), binary_slot<SlotId::nb_or, op_or>(), binary_slot<SlotId::nb_and, op_and>(),               \
        binary_slot<SlotId::nb_subtract, op_subtract>(), binary_slot<SlotId::nb_xor, op_xor>(),                                            \
        raw_slot(SlotId::tp_traverse, &set_traverse), raw_slot(SlotId::tp_clear, &set_tp_clear),                                           \
        raw_slot(SlotId::tp_dealloc, &set_dealloc)

const SlotDef set_slots[] = {
    SET_COMMON_SLOTS,
    raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)),
    binary_slot<SlotId::nb_inplace_or, inplace_or>(),
    binary_slot<SlotId::nb_inplace_and, inplace_and>(),
    binary_slot<SlotId::nb_inplace_subtract, inplace_subtract>(),
    binary_slot<SlotId::nb_inplace_xor, inplace_xor>(),
    construct_slot<SlotId::tp_new, set_construct>(),
    raw_slot(SlotId::tp_init, &set_init_slot),
    raw_slot(SlotId::tp_vectorcall, &set_vectorcall),
};
const SlotDef frozenset_slots[] = {
    SET_COMMON_SLOTS,
    size_slot<SlotId::tp_hash, frozenset_hash>(),
    typed_new<frozenset_new, "frozenset", "(iterable=(), /)">(),
    typed_vectorcall<frozenset_new, "frozenset", "(iterable=(), /)">(),
};

} // namespace

extern const TypeSpec set_spec, frozenset_spec, set_iterator_spec;
const TypeSpec set_spec = {
    .type = &Set::s_type,
    .name = "set",
    .basicsize = sizeof(Set),
    .flags = type_flag::BaseType | type_flag::Gc | type_flag::MatchSelf,
    .doc = "Build an unordered collection of unique elements.",
    .signature = "(iterable=(), /)",
    .slots = set_slots,
    .methods = set_methods,
    .weaklist_offset = offsetof(Set, weaklist),
};
const TypeSpec frozenset_spec = {
    .type = &FrozenSet::s_type,
    .name = "frozenset",
    .basicsize = sizeof(Set),
    .flags = type_flag::BaseType | type_flag::Gc | type_flag::MatchSelf,
    .doc = "Build an immutable unordered collection of unique elements.",
    .signature = "(iterable=(), /)",
    .slots = frozenset_slots,
    .methods = frozenset_methods,
    .weaklist_offset = offsetof(Set, weaklist),
};
const TypeSpec set_iterator_spec = {.type = &SetIterator::s_type,
                                    .name = "set_iterator",
                                    .basicsize = sizeof(SetIterator),
                                    .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                    .slots = set_iterator_slots,
                                    .methods = set_iterator_methods};

} // namespace taipan
