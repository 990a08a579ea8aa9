// collections.OrderedDict. Dicts keep their order already; this adds what works on it: moving items to an end, popping from
// the front, comparing in order. The items lie in the dict's own table, so plain dict operations see them too.
#include "modules/collections.h"
#include "objects/abstract.h"
#include "objects/builtin_lookup.h"
#include "objects/dict_build.h"
#include "objects/dict_keys.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

namespace taipan::collections {

struct OrderedDict : Dict {
    Object *attributes, *weaklist;
    size_t state; // changes with the keys or their order
    static Type s_type;
    static constexpr unsigned long s_subclass_flag = 0;
};
struct OrderedDictIterator : Object {
    OrderedDict* dict; // null when exhausted
    size_t state;
    intptr_t used, position;
    DictIterKind kind;
    bool reversed;
    static Type s_type;
};
struct OrderedKeysView : DictKeysView {
    static Type s_type;
};
struct OrderedValuesView : DictValuesView {
    static Type s_type;
};
struct OrderedItemsView : DictItemsView {
    static Type s_type;
};
Type OrderedDict::s_type;
Type OrderedDictIterator::s_type;
Type OrderedKeysView::s_type;
Type OrderedValuesView::s_type;
Type OrderedItemsView::s_type;

namespace {

using Self = Borrowed<OrderedDict>;
using Any = Borrowed<Object>;
using Out = Result<Ref<Object>>;

void touch(OrderedDict* self) { __atomic_add_fetch(&self->state, 1, __ATOMIC_RELAXED); }

// --- iteration ------------------------------------------------------------------------------------------------------

Out iterator_over(Thread& t, OrderedDict* dict, DictIterKind kind, bool reversed) {
    Ref<OrderedDictIterator> it = TRY(allocate<OrderedDictIterator>(t));
    it->dict = acquire(dict).release();
    it->state = load_relaxed(dict->state);
    it->used = dict_size(dict);
    it->kind = kind;
    it->reversed = reversed;
    it->position = reversed ? dict_walk_end(dict) - 1 : dict_walk_start(dict);
    gc_track(it.get());
    return it;
}
ResultMaybe<Object> iterator_next(Thread& t, Borrowed<OrderedDictIterator> self) {
    StepSection section(t, self.get());
    OrderedDict* dict = self->dict;
    if (!dict) return MaybeRef<Object>();
    if (self->state != load_relaxed(dict->state)) return raise(t, exc::RuntimeError, "OrderedDict mutated during iteration");
    if (self->used != dict_size(dict)) return raise(t, exc::RuntimeError, "OrderedDict changed size during iteration");
    intptr_t position = load_relaxed(self->position), hash;
    Object *key, *value;
    bool found = false;
    if (self->reversed) {
        while (position >= 0 && !(found = dict_walk_at(t, dict, position, &key, &value, &hash))) --position;
        store_relaxed(self->position, position - 1);
    } else {
        found = dict_walk(t, dict, &position, &key, &value, &hash) == Walk::Item;
        store_relaxed(self->position, position);
    }
    if (!found) {
        if (!is_multi_threaded()) clear_field(self->dict);
        return MaybeRef<Object>();
    }
    Ref<Object> key_owned = steal(key), value_owned = steal(value);
    switch (self->kind) {
    case DictIterKind::Keys: return MaybeRef<Object>::steal(key_owned.release());
    case DictIterKind::Values: return MaybeRef<Object>::steal(value_owned.release());
    case DictIterKind::Items: break;
    }
    return MaybeRef<Object>::steal(TRY(tuple_pack(t, key_owned, value_owned)).release());
}
Out iterator_reduce(Thread& t, Borrowed<OrderedDictIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    Ref<List> rest = TRY(list_new(t));
    if (self->dict) {
        Ref<OrderedDictIterator> copy = TRY(allocate<OrderedDictIterator>(t));
        copy->dict = acquire(self->dict).release();
        copy->state = self->state;
        copy->used = self->used;
        copy->position = self->position;
        copy->kind = self->kind;
        copy->reversed = self->reversed;
        TRY(list_extend(t, rest, copy));
    }
    Ref<Tuple> args = TRY(tuple_pack(t, rest));
    return tuple_pack(t, iter, args);
}
Ref<Object> self_iterator(Thread&, Any self) { return acquire(self); }
using IteratorFields = Fields<OrderedDictIterator, &OrderedDictIterator::dict>;
const NativeDef iterator_methods[] = {method<iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling")};
const SlotDef iterator_slots[] = {
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};
const TypeSpec iterator_spec = {.type = &OrderedDictIterator::s_type,
                                .name = "odict_iterator",
                                .basicsize = sizeof(OrderedDictIterator),
                                .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                .slots = iterator_slots,
                                .methods = iterator_methods};

template <DictIterKind Kind, bool Reversed> Out view_iter(Thread& t, Borrowed<DictView> self) {
    return iterator_over(t, static_cast<OrderedDict*>(self->dict), Kind, Reversed);
}
#define ORDERED_VIEW(variable, Struct, Base, text, Kind)                                                                                   \
    const NativeDef variable##_methods[] = {method<view_iter<DictIterKind::Kind, true>>("__reversed__", "($self, /)")};                    \
    const SlotDef variable##_slots[] = {unary_slot<SlotId::tp_iter, view_iter<DictIterKind::Kind, false>>()};                              \
    const TypeSpec variable##_spec = {.type = &Struct::s_type,                                                                             \
                                      .name = text,                                                                                        \
                                      .base = &Base::s_type,                                                                               \
                                      .basicsize = sizeof(DictView),                                                                       \
                                      .flags = type_flag::Gc | type_flag::DisallowInstantiation,                                           \
                                      .slots = variable##_slots,                                                                           \
                                      .methods = variable##_methods};
ORDERED_VIEW(keys_view, OrderedKeysView, DictKeysView, "odict_keys", Keys)
ORDERED_VIEW(values_view, OrderedValuesView, DictValuesView, "odict_values", Values)
ORDERED_VIEW(items_view, OrderedItemsView, DictItemsView, "odict_items", Items)

Out ordered_iter(Thread& t, Self self) { return iterator_over(t, self.get(), DictIterKind::Keys, false); }
Out ordered_reversed(Thread& t, Self self) { return iterator_over(t, self.get(), DictIterKind::Keys, true); }
Out keys_method(Thread& t, Self self) { return dict_view_new(t, self.get(), OrderedKeysView::s_type); }
Out values_method(Thread& t, Self self) { return dict_view_new(t, self.get(), OrderedValuesView::s_type); }
Out items_method(Thread& t, Self self) { return dict_view_new(t, self.get(), OrderedItemsView::s_type); }

// --- items ----------------------------------------------------------------------------------------------------------

Result<void> set_subscript(Thread& t, Self self, Any key, Object* value) {
    if (!value) {
        if (!TRY(dict_delete(t, self, key))) return raise_key_error(t, key);
        touch(self.get());
        return {};
    }
    intptr_t size = dict_size(self.get());
    TRY(dict_set(t, self, key, value));
    if (dict_size(self.get()) != size) touch(self.get());
    return {};
}

/// Takes one end's item out, with the lock held; nothing if the dict is empty.
bool take_end(Thread& t, OrderedDict* self, bool last, Object** key, Object** value) {
    DictKeys* keys = self->keys;
    if (self->used == 0) return false;
    intptr_t i;
    if (last) {
        i = keys->count - 1;
        while (!keys->value_at(i)) --i;
    } else {
        i = keys->first();
        while (!keys->value_at(i)) ++i;
    }
    intptr_t hash = keys->is_general() ? keys->general_entries()[i].hash : static_cast<Str*>(keys->key_at(i))->cached_hash;
    *value = dict_remove_locked(t, self, static_cast<size_t>(hash), i, key);
    if (last) keys->truncate(i);
    else keys->set_first(i + 1);
    touch(self);
    return true;
}
Out popitem(Thread& t, Self self, bool last) {
    Ref<Tuple> pair = TRY(tuple_alloc(t, 2));
    CriticalSection section(t, self.get());
    TRY(dict_make_combined(t, self.get()));
    Object *key, *value;
    if (!take_end(t, self.get(), last, &key, &value)) return raise(t, exc::KeyError, "dictionary is empty");
    pair->items[0] = key;
    pair->items[1] = value;
    tuple_finish(pair.get());
    return pair;
}

Result<void> move_to_end(Thread& t, Self self, Any key, bool last) {
    intptr_t hash = TRY(taipan::hash(t, key));
    CriticalSection section(t, self.get());
    TRY(dict_make_combined(t, self.get()));
    DictKeys* keys;
    intptr_t found, i;
    for (;;) {
        found = dict_find(t, self.get(), key.get(), hash);
        if (found == LookupError) return Error{};
        if (found < 0) return raise_key_error(t, key);
        keys = self->keys;
        i = last ? keys->count - 1 : keys->first();
        while (!keys->value_at(i)) i += last ? -1 : 1;
        if (i == found) return {};
        // Where the item goes must be free: behind all entries, or right before the first live one.
        if (last || i > 0) break;
        touch(self.get());
        TRY(dict_make_front_room(t, self.get()));
    }
    Object *old_key, *value;
    value = dict_remove_locked(t, self.get(), static_cast<size_t>(hash), found, &old_key);
    Ref<Object> key_owned = steal(old_key), value_owned = steal(value);
    touch(self.get());
    if (last) return dict_insert_locked(t, self.get(), old_key, hash, value);
    intptr_t at = i - 1;
    size_t mask = keys->mask(), perturb = static_cast<size_t>(hash), slot = static_cast<size_t>(hash) & mask;
    while (keys->index_at(slot) >= 0) {
        perturb >>= 5;
        slot = (slot * 5 + perturb + 1) & mask;
    }
    store_relaxed(keys->version, 0);
    if (keys->is_general()) store_relaxed(keys->general_entries()[at].hash, hash);
    store_release(keys->value_at(at), value_owned.release());
    store_release(keys->key_at(at), key_owned.release());
    keys->set_index(slot, at);
    store_relaxed(self->used, self->used + 1);
    keys->set_first(at);
    return {};
}

Out setdefault(Thread& t, Self self, Any key, Any fallback) {
    if (is_exact<OrderedDict>(self.get())) {
        intptr_t size = dict_size(self.get());
        Ref<Object> value = TRY(dict_set_default(t, self, key, fallback));
        if (dict_size(self.get()) != size) touch(self.get());
        return value;
    }
    if (TRY(contains(t, self, key))) return get_item(t, self, key);
    TRY(set_item(t, self, key, fallback));
    return acquire(fallback);
}
Out pop(Thread& t, Self self, Any key, MaybeBorrowed<Object> fallback) {
    MaybeRef<Object> value = TRY(dict_pop(t, self, key));
    if (value) {
        touch(self.get());
        return value.take();
    }
    if (fallback) return acquire(fallback.get());
    return raise_key_error(t, key);
}
void clear(Thread& t, Self self) {
    dict_clear(t, self);
    touch(self.get());
}

// --- making, merging ------------------------------------------------------------------------------------------------

/// MutableMapping.update: through the subclass's __setitem__.
Result<void> update_from(Thread& t, Self self, Any other) {
    auto store = [&](Any key, Any value) { return set_item(t, self, key, value); };
    if (is_exact<Dict>(other.get())) {
        Ref<List> items = TRY(dict_items_list(t, static_cast<Dict*>(other.get())));
        for (intptr_t i = 0; i < list_size(items.get()); ++i) {
            auto* pair = static_cast<Tuple*>(items->items[i]);
            TRY(store(pair->items[0], pair->items[1]));
        }
        return {};
    }
    MaybeRef<Object> keys = TRY(get_attribute_optional(t, other, names::keys));
    if (keys) {
        Ref<Object> all = TRY(call(t, keys.get()));
        Ref<Object> iterator = TRY(get_iterator(t, all));
        for (;;) {
            MaybeRef<Object> key = TRY(next_item(t, iterator));
            if (!key) return {};
            Ref<Object> value = TRY(get_item(t, other, key.get()));
            TRY(store(key.get(), value));
        }
    }
    MaybeRef<Object> items_method_object = TRY(get_attribute_optional(t, other, names::items));
    Ref<Object> pairs = items_method_object ? TRY(call(t, items_method_object.get())) : acquire(other);
    Ref<Object> iterator = TRY(get_iterator(t, pairs));
    for (;;) {
        MaybeRef<Object> pair = TRY(next_item(t, iterator));
        if (!pair) return {};
        Ref<Object> parts = TRY(get_iterator(t, pair.get()));
        MaybeRef<Object> key = TRY(next_item(t, parts));
        if (!key) return raise(t, exc::ValueError, "need more than 0 values to unpack");
        MaybeRef<Object> value = TRY(next_item(t, parts));
        if (!value) return raise(t, exc::ValueError, "need more than 1 value to unpack");
        if (TRY(next_item(t, parts))) return raise(t, exc::ValueError, "too many values to unpack (expected 2)");
        TRY(store(key.get(), value.get()));
    }
}
Result<void> update_keywords(Thread& t, Self self, Dict* kwargs) {
    if (!kwargs) return {};
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, kwargs, &position, &key, &value)) TRY(set_item(t, self, key.get(), value.get()));
    return {};
}
Result<void> init(Thread& t, Self self, Borrowed<Tuple> args, Dict* kwargs) {
    if (args->size > 1) return raise(t, exc::TypeError, "expected at most 1 argument, got %d", args->size);
    if (args->size) TRY(update_from(t, self, args->items[0]));
    return update_keywords(t, self, kwargs);
}
Result<void> update(Thread& t, Self self, Args args, Kwargs kwargs) {
    if (args.size() > 1)
        return raise(t, exc::TypeError, "update() takes at most 1 positional argument (%d given)", static_cast<intptr_t>(args.size()));
    if (args.size()) TRY(update_from(t, self, args[0]));
    return update_keywords(t, self, kwargs.dict);
}
Out copy(Thread& t, Self self) {
    if (is_exact<OrderedDict>(self.get())) {
        Ref<Dict> made = TRY(dict_new_of_type(t, OrderedDict::s_type));
        TRY(dict_merge(t, made, self, Override::Yes));
        return made;
    }
    Ref<Object> made = TRY(call(t, Borrowed<Object>(self->type)));
    Ref<Object> iterator = TRY(get_iterator(t, self));
    for (;;) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) return made;
        Ref<Object> value = TRY(get_item(t, self, key.get()));
        TRY(set_item(t, made, key.get(), value));
    }
}
Out fromkeys(Thread& t, Borrowed<Type> type, Any iterable, Any value) {
    Ref<Object> made = TRY(call(t, type));
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    for (;;) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) return made;
        TRY(set_item(t, made, key.get(), value));
    }
}
Out ordered_or(Thread& t, Any a, Any b) {
    if (!is<Dict>(a.get()) || !is<Dict>(b.get())) return not_implemented_ref();
    Type* type = is<OrderedDict>(a.get()) ? a->type : b->type;
    Ref<Object> made = TRY(call(t, Borrowed<Object>(type), a));
    TRY(update_from(t, static_cast<OrderedDict*>(made.get()), b));
    return made;
}
Out inplace_or(Thread& t, Self self, Any other) {
    TRY(update_from(t, self, other));
    return acquire<Object>(self.get());
}

Out compare_function(Thread& t, Any a, Any b, Comparison op) {
    if (op != Comparison::Eq && op != Comparison::Ne) return not_implemented_ref();
    Ref<Object> as_dicts = TRY(Out::from_nullable(Dict::s_type.compare(a.get(), b.get(), static_cast<int>(op))));
    if (as_dicts.get() == NotImplemented() || !is<OrderedDict>(b.get()) || !is<OrderedDict>(a.get())) return as_dicts;
    if ((as_dicts.get() == True()) != (op == Comparison::Eq)) return as_dicts; // not even equal as dicts
    Ref<Object> i = TRY(iterator_over(t, static_cast<OrderedDict*>(a.get()), DictIterKind::Keys, false));
    Ref<Object> j = TRY(iterator_over(t, static_cast<OrderedDict*>(b.get()), DictIterKind::Keys, false));
    for (;;) {
        MaybeRef<Object> m = TRY(next_item(t, i));
        MaybeRef<Object> n = TRY(next_item(t, j));
        if (!m || !n) return bool_ref((static_cast<bool>(m) == static_cast<bool>(n)) == (op == Comparison::Eq));
        if (!TRY(equals(t, m.get(), n.get()))) return bool_ref(op == Comparison::Ne);
    }
}
Result<Ref<Str>> repr_slot(Thread& t, Self self) {
    const char* name = short_type_name(*self->type);
    if (dict_size(self.get()) == 0) return str_format(t, "%s()", name);
    if (TRY(repr_enter(t, self))) return str_from_utf8(t, "...");
    auto run = [&]() -> Result<Ref<Str>> {
        if (is_exact<OrderedDict>(self.get())) {
            Ref<Dict> plain = TRY(dict_copy(t, self));
            return str_format(t, "%s(%R)", name, plain);
        }
        // A subclass may have its own items().
        Ref<Object> items = TRY(call_method(t, self, names::items));
        Ref<List> pairs = TRY(to_list(t, items));
        Ref<Dict> plain = TRY(dict_new(t));
        TRY(dict_merge_pairs(t, plain, pairs, Override::Yes));
        return str_format(t, "%s(%R)", name, plain);
    };
    auto text = run();
    repr_leave(t, self);
    return text;
}
Out reduce(Thread& t, Self self) {
    Ref<Str> getstate = TRY(str_interned(t, "__getstate__"));
    Ref<Object> state = TRY(call_method(t, self, getstate));
    Ref<Object> items = TRY(call_method(t, self, names::items));
    Ref<Object> iterator = TRY(get_iterator(t, items));
    Ref<Tuple> args = tuple_empty();
    return tuple_pack(t, acquire<Object>(self->type), args, state, none_ref(), iterator);
}
Result<int64_t> size_of(Thread& t, Self self) {
    return self->type->basicsize + (self->keys == g_empty_keys ? 0 : static_cast<int64_t>(raw_size(self->keys)));
}

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<OrderedDict*>(o);
    if (self->attributes)
        if (int result = visit(self->attributes, context)) return result;
    return Dict::s_type.traverse(o, visit, context);
}
int tp_clear(Object* o) {
    auto* self = static_cast<OrderedDict*>(o);
    clear_field(self->attributes);
    touch(self);
    return Dict::s_type.clear(o);
}
void dealloc(Object* o) {
    auto* self = static_cast<OrderedDict*>(o);
    gc_untrack(o);
    if (self->weaklist) clear_weakrefs(o);
    clear_field(self->attributes);
    Dict::s_type.dealloc(o);
}
Out construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) { return dict_new_of_type(t, *type.get()); }

Out get_attributes(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (!self->attributes) self->attributes = TRY(dict_new(t)).release();
    return acquire(self->attributes);
}
Result<void> set_attributes(Thread& t, Self self, Object* value) {
    if (value && !is<Dict>(value)) return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
    xincref(value);
    assign_field(self->attributes, value);
    return {};
}
const GetSetDef getset[] = {getter_setter<get_attributes, set_attributes>("__dict__")};
const NativeDef methods[] = {
    class_method<fromkeys>("fromkeys", "($type, /, iterable, value=None)",
                           "Build an ordered dictionary that maps each item of iterable, in order, to the same value."),
    method<size_of>("__sizeof__", "($self, /)"),
    method<reduce>("__reduce__", "($self, /)", "Return state information for pickling"),
    method<setdefault>("setdefault", "($self, /, key, default=None)",
                       "The value of key; a missing key is first entered with default as its value."),
    method<pop>(
        "pop", "($self, /, key, default=<unrepresentable>)",
        "od.pop(key[,default]) -> v\n\nTake key out and return its value. A missing key gives default, or KeyError when there is none."),
    method<popitem>("popitem", "($self, /, last=True)",
                    "Take out the newest (key, value) pair, or with last=False the oldest, and return it; KeyError if empty."),
    method<keys_method>("keys", "($self, /)"),
    method<values_method>("values", "($self, /)"),
    method<items_method>("items", "($self, /)"),
    method<update>("update", "($self, *args, **kwargs)"),
    method<clear>("clear", "($self, /)", "Remove all items from ordered dict."),
    method<copy>("copy", "($self, /)", "A shallow copy of ordered dict."),
    method<ordered_reversed>("__reversed__", "($self, /)", "od.__reversed__() <==> reversed(od)"),
    method<move_to_end>("move_to_end", "($self, /, key, last=True)",
                        "Make key the last one in the order, or with last=False the first one; KeyError if it is missing."),
};
const SlotDef slots[] = {
    unary_slot<SlotId::tp_repr, repr_slot>(),
    compare_slot<SlotId::tp_richcompare, compare_function>(),
    raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)),
    unary_slot<SlotId::tp_iter, ordered_iter>(),
    set_item_slot<SlotId::mp_ass_subscript, set_subscript>(),
    binary_slot<SlotId::nb_or, ordered_or>(),
    binary_slot<SlotId::nb_inplace_or, inplace_or>(),
    construct_slot<SlotId::tp_new, construct>(),
    init_slot<SlotId::tp_init, init>(),
    raw_slot(SlotId::tp_vectorcall, static_cast<VectorcallFunc>(nullptr)),
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_clear, &tp_clear),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

} // namespace

const TypeSpec ordered_dict_spec = {
    .type = &OrderedDict::s_type,
    .name = "collections.OrderedDict",
    .base = &Dict::s_type,
    .basicsize = sizeof(OrderedDict),
    .flags = type_flag::BaseType | type_flag::Gc,
    .doc = "Dictionary that remembers insertion order",
    .slots = slots,
    .methods = methods,
    .getset = getset,
    .weaklist_offset = offsetof(OrderedDict, weaklist),
    .dict_offset = offsetof(OrderedDict, attributes),
};
Result<void> ordered_types_ready(Thread& t) {
    for (const TypeSpec* spec : {&iterator_spec, &keys_view_spec, &values_view_spec, &items_view_spec}) TRY(type_ready(t, *spec));
    return {};
}

} // namespace taipan::collections
