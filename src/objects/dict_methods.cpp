// The dict type: its slots and methods.
#include "objects/abstract.h"
#include "objects/dict_keys.h"
#include "objects/iterator_step.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/set_internal.h"
#include "objects/str_builder.h"
#include "runtime/heap_inline.h"

namespace taipan {

void dict_free_table(Thread& t, Dict* dict);

Type Dict::s_type;

namespace {

Result<Ref<Str>> dict_repr(Thread& t, Borrowed<Dict> self) {
    if (TRY(repr_enter(t, self))) return str_from_utf8(t, "{...}");
    struct Leave {
        Thread& t;
        Borrowed<Dict> self;
        ~Leave() { repr_leave(t, self); }
    } leave{t, self};
    StrBuilder out(t);
    TRY(out.append_char('{'));
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    bool first = true;
    while (dict_next(t, self, &position, &key, &value)) {
        if (!first) TRY(out.append_ascii(", "));
        first = false;
        Ref<Str> key_text = TRY(repr(t, key.get()));
        TRY(out.append(key_text.get()));
        TRY(out.append_ascii(": "));
        Ref<Str> value_text = TRY(repr(t, value.get()));
        TRY(out.append(value_text.get()));
    }
    TRY(out.append_char('}'));
    return out.finish();
}

intptr_t dict_length(Thread& t, Borrowed<Dict> self) { return dict_size(self.get()); }

Result<Ref<Object>> dict_subscript(Thread& t, Borrowed<Dict> self, Borrowed<Object> key) {
    MaybeRef<Object> value = TRY(dict_get(t, self, key));
    if (LIKELY(static_cast<bool>(value))) return value.take();
    if (!is_exact<Dict>(self.get())) {
        LoadedMethod missing = TRY(load_special_method(t, self, names::__missing__));
        if (missing) return call(t, missing, self, key);
    }
    return raise_key_error(t, key);
}

Result<void> dict_set_subscript(Thread& t, Borrowed<Dict> self, Borrowed<Object> key, Object* value) {
    if (value) return dict_set(t, self, key, value);
    if (!TRY(dict_delete(t, self, key))) return raise_key_error(t, key);
    return {};
}

Result<bool> dict_equal(Thread& t, Dict* a, Dict* b) {
    if (dict_size(a) != dict_size(b)) return false;
    CriticalSection section(t, a, b);
    intptr_t position = 0;
    Object *key, *value;
    intptr_t hash;
    while (dict_walk(t, a, &position, &key, &value, &hash) == Walk::Item) {
        Ref<Object> key_owned = steal(key), value_owned = steal(value);
        MaybeRef<Object> other = TRY(dict_get_known_hash(t, b, key, hash));
        if (!other) return false;
        if (!TRY(equals(t, value, other.get()))) return false;
    }
    return true;
}

Result<Ref<Object>> dict_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is<Dict>(a.get()) || !is<Dict>(b.get())) return not_implemented_ref();
    TRY(check_recursion(t, " in comparison"));
    bool same = TRY(dict_equal(t, static_cast<Dict*>(a.get()), static_cast<Dict*>(b.get())));
    return bool_ref(same == (op == Comparison::Eq));
}

Result<Ref<Object>> dict_iter(Thread& t, Borrowed<Dict> self) { return dict_iterator_new(t, self.get(), DictIterKind::Keys, false); }

Result<Ref<Object>> dict_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Dict>(a.get()) || !is<Dict>(b.get())) return not_implemented_ref();
    // The result is a plain dict unless the left operand's type has a copy of its own kind: as CPython, a plain copy.
    Ref<Dict> result = TRY(dict_copy(t, as<Dict>(a)));
    TRY(dict_update(t, result, b.get(), nullptr, "__or__"));
    return result;
}

Result<Ref<Object>> dict_inplace_or(Thread& t, Borrowed<Dict> self, Borrowed<Object> other) {
    TRY(dict_update(t, self, other.get(), nullptr, "__ior__"));
    return acquire<Object>(self.get());
}

Result<void> dict_init(Thread& t, Borrowed<Dict> self, Borrowed<Tuple> args, Dict* kwargs) {
    if (args->size > 1) return raise(t, exc::TypeError, "dict expected at most 1 argument, got %d", args->size);
    return dict_update(t, self, args->size ? args->items[0] : nullptr, kwargs, "dict");
}

Result<Ref<Object>> dict_construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) { return dict_new_of_type(t, *type.get()); }

Object* dict_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    size_t nargs = vectorcall_nargs(nargsf);
    auto run = [&]() -> Result<Ref<Object>> {
        if (nargs > 1) return raise(t, exc::TypeError, "dict expected at most 1 argument, got %d", static_cast<intptr_t>(nargs));
        Ref<Dict> dict = TRY(dict_new_of_type(t, *static_cast<Type*>(type)));
        if (nargs) TRY(dict_update(t, dict, args[0], nullptr, "dict"));
        if (kwnames) {
            auto* keywords = static_cast<Tuple*>(kwnames);
            for (intptr_t i = 0; i < keywords->size; ++i) TRY(dict_set(t, dict, keywords->items[i], args[nargs + static_cast<size_t>(i)]));
        }
        return dict;
    };
    return run().release_or_null();
}

int dict_traverse(Object* o, VisitFunc visit, void* context) {
    auto* dict = static_cast<Dict*>(o);
    DictKeys* keys = dict->keys;
    int result;
    if (!keys) return 0;
    if (DictValues* values = dict->values) {
        for (int i = 0; i < values->capacity; ++i)
            if (values->items[i] && (result = visit(values->items[i], context)) != 0) return result;
    } else if (keys->is_general()) {
        DictEntry* entries = keys->general_entries();
        for (intptr_t i = 0; i < keys->count; ++i)
            if (entries[i].value) {
                if ((result = visit(entries[i].key, context)) != 0) return result;
                if ((result = visit(entries[i].value, context)) != 0) return result;
            }
    } else {
        StrEntry* entries = keys->str_entries();
        for (intptr_t i = 0; i < keys->count; ++i)
            if (entries[i].value && (result = visit(entries[i].value, context)) != 0) return result;
    }
    return 0;
}
int dict_tp_clear(Object* o) {
    dict_clear(Thread::current(), static_cast<Dict*>(o));
    return 0;
}
void dict_dealloc(Object* o) {
    gc_untrack(o);
    Thread& t = Thread::current();
    dict_free_table(t, static_cast<Dict*>(o));
    if (LIKELY(is_exact<Dict>(o))) heap_free_small(t, o, HeapKind::GcObject);
    else o->type->free(o);
}

// --- methods --------------------------------------------------------------------------------------------------------

Result<Ref<Object>> method_get(Thread& t, Borrowed<Dict> self, Borrowed<Object> key, MaybeBorrowed<Object> fallback) {
    MaybeRef<Object> value = TRY(dict_get(t, self, key));
    if (value) return value.take();
    return fallback ? acquire(fallback.get()) : none_ref();
}
Result<Ref<Object>> method_setdefault(Thread& t, Borrowed<Dict> self, Borrowed<Object> key, MaybeBorrowed<Object> fallback) {
    return dict_set_default(t, self, key, fallback ? fallback.get() : None());
}
Result<Ref<Object>> method_pop(Thread& t, Borrowed<Dict> self, Borrowed<Object> key, MaybeBorrowed<Object> fallback) {
    MaybeRef<Object> value = TRY(dict_pop(t, self, key));
    if (value) return value.take();
    if (fallback) return acquire(fallback.get());
    return raise_key_error(t, key);
}
Result<Ref<Object>> method_popitem(Thread& t, Borrowed<Dict> self) {
    Dict* dict = self.get();
    Ref<Tuple> pair = TRY(tuple_alloc(t, 2));
    CriticalSection section(t, dict);
    if (dict->used == 0) return raise(t, exc::KeyError, "popitem(): dictionary is empty");
    TRY(dict_make_combined(t, dict));
    DictKeys* keys = dict->keys;
    intptr_t i = keys->count - 1;
    while (!keys->value_at(i)) --i;
    intptr_t hash = keys->is_general() ? keys->general_entries()[i].hash : static_cast<Str*>(keys->str_entries()[i].key)->cached_hash;
    Object* key;
    Object* value = dict_remove_locked(t, dict, static_cast<size_t>(hash), i, &key);
    keys->truncate(i);
    pair->items[0] = key;
    pair->items[1] = value;
    tuple_finish(pair.get());
    return pair;
}
void method_clear(Thread& t, Borrowed<Dict> self) { dict_clear(t, self); }
Result<Ref<Object>> method_copy(Thread& t, Borrowed<Dict> self) { return dict_copy(t, self); }
Result<void> method_update(Thread& t, Borrowed<Dict> self, Args args, Kwargs kwargs) {
    if (args.size() > 1) return raise(t, exc::TypeError, "update expected at most 1 argument, got %d", static_cast<intptr_t>(args.size()));
    return dict_update(t, self, args.size() ? args[0] : nullptr, kwargs.dict, "update");
}
Result<bool> method_contains(Thread& t, Borrowed<Dict> self, Borrowed<Object> key) { return dict_contains(t, self, key); }
Result<Ref<Object>> method_getitem(Thread& t, Borrowed<Dict> self, Borrowed<Object> key) { return dict_subscript(t, self, key); }
Result<Ref<Object>> method_keys(Thread& t, Borrowed<Dict> self) { return dict_view_new(t, self.get(), DictKeysView::s_type); }
Result<Ref<Object>> method_values(Thread& t, Borrowed<Dict> self) { return dict_view_new(t, self.get(), DictValuesView::s_type); }
Result<Ref<Object>> method_items(Thread& t, Borrowed<Dict> self) { return dict_view_new(t, self.get(), DictItemsView::s_type); }
Result<Ref<Object>> method_reversed(Thread& t, Borrowed<Dict> self) { return dict_iterator_new(t, self.get(), DictIterKind::Keys, true); }
int64_t method_sizeof(Thread& t, Borrowed<Dict> self) {
    CriticalSection section(t, self.get());
    int64_t size = self->type->basicsize;
    if (self->keys != g_empty_keys && self->keys->kind != TableKind::Split) size += static_cast<int64_t>(raw_size(self->keys));
    // Of values that are part of their instance only those that there are: how much room came with them is the instance's matter.
    if (self->values) size += static_cast<int64_t>(dict_values_size(self->values->embedded ? self->values->size : self->values->capacity));
    return size;
}

Result<Ref<Object>> method_fromkeys(Thread& t, Borrowed<Type> type, Borrowed<Object> iterable, MaybeBorrowed<Object> given) {
    Borrowed<Object> value = given ? given.get() : None();
    Ref<Object> result = TRY(call(t, type));
    bool plain = is_exact<Dict>(result.get());
    if (plain && dict_size(static_cast<Dict*>(result.get())) == 0 &&
        (is_exact<Dict>(iterable.get()) || is_exact<Set>(iterable.get()) || is_exact<FrozenSet>(iterable.get()))) {
        // The hashes are known.
        auto* dict = static_cast<Dict*>(result.get());
        intptr_t position = 0, hash;
        Object *key, *old_value;
        bool set = !is_exact<Dict>(iterable.get());
        for (;;) {
            if (set) {
                if (!set_walk(t, static_cast<Set*>(iterable.get()), &position, &key, &hash)) return result;
            } else {
                if (dict_walk(t, static_cast<Dict*>(iterable.get()), &position, &key, &old_value, &hash) == Walk::End) return result;
                decref(old_value);
            }
            Ref<Object> held = steal(key);
            TRY(dict_set_known_hash(t, dict, key, hash, value));
        }
    }
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    for (;;) {
        MaybeRef<Object> key = TRY(pull(t, iterator.get()));
        if (!key) return result;
        if (plain) TRY(dict_set(t, static_cast<Dict*>(result.get()), key.get(), value));
        else TRY(set_item(t, result, key.get(), value));
    }
}

const NativeDef dict_methods[] = {
    method<method_contains>("__contains__", "($self, key, /)", "True if the dictionary has the specified key, else False."),
    method<method_getitem>("__getitem__", "($self, key, /)", "Return self[key]."),
    method<method_sizeof>("__sizeof__", "($self, /)", "Return the size of the dict in memory."),
    method<method_get>("get", "($self, key, default=None, /)", "What the dictionary has under key, or default if it has no such key."),
    method<method_setdefault>("setdefault", "($self, key, default=None, /)",
                              "The value of key; a missing key is first entered with default as its value."),
    method<method_pop>(
        "pop", "($self, key, default=<unrepresentable>, /)",
        "D.pop(k[,d]) -> v\n\nTake the key k out and return its value. A missing key gives d, or KeyError when there is no d."),
    method<method_popitem>("popitem", "($self, /)",
                           "Take out the item entered last and return it as (key, value); KeyError if there is none."),
    method<method_keys>("keys", "($self, /)", "The keys, as a view that follows the dictionary's changes and has set operations."),
    method<method_items>("items", "($self, /)", "The (key, value) pairs, as a view that follows the dictionary's changes."),
    method<method_values>("values", "($self, /)", "Return an object providing a view on the dict's values."),
    method<method_update>("update", "($self, *args, **kwargs)",
                          "D.update([E, ]**F) -> None\n\n"
                          "Enter the items of E, then those of the keyword arguments F; keys that D has get the new values.\n"
                          "E is a mapping, known by its method keys(), or an iterable of pairs."),
    class_method<method_fromkeys>("fromkeys", "($type, iterable, value=None, /)",
                                  "A new dictionary that maps each item of iterable to the same value."),
    method<method_clear>("clear", "($self, /)", "Remove all items from the dict."),
    method<method_copy>("copy", "($self, /)", "Return a shallow copy of the dict."),
    method<method_reversed>("__reversed__", "($self, /)", "Return a reverse iterator over the dict keys."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};

const SlotDef dict_slots[] = {
    unary_slot<SlotId::tp_repr, dict_repr>(),
    size_slot<SlotId::mp_length, dict_length>(),
    binary_slot<SlotId::mp_subscript, dict_subscript>(),
    set_item_slot<SlotId::mp_ass_subscript, dict_set_subscript>(),
    contains_slot<SlotId::sq_contains, method_contains>(),
    raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)),
    compare_slot<SlotId::tp_richcompare, dict_compare>(),
    unary_slot<SlotId::tp_iter, dict_iter>(),
    binary_slot<SlotId::nb_or, dict_or>(),
    binary_slot<SlotId::nb_inplace_or, dict_inplace_or>(),
    construct_slot<SlotId::tp_new, dict_construct>(),
    init_slot<SlotId::tp_init, dict_init>(),
    raw_slot(SlotId::tp_vectorcall, &dict_vectorcall),
    raw_slot(SlotId::tp_traverse, &dict_traverse),
    raw_slot(SlotId::tp_clear, &dict_tp_clear),
    raw_slot(SlotId::tp_dealloc, &dict_dealloc),
};

} // namespace

/// dict(), update(), |=: a mapping if it has keys(), else pairs; then keywords.
Result<void> dict_update(Thread& t, Borrowed<Dict> dict, MaybeBorrowed<Object> other, Dict* kwargs, const char*) {
    if (other) {
        bool mapping = is_exact<Dict>(other.get());
        if (!mapping) {
            MaybeRef<Object> keys = TRY(get_attribute_optional(t, other.get(), names::keys));
            mapping = static_cast<bool>(keys);
        }
        if (mapping) TRY(dict_merge(t, dict, other.get(), Override::Yes));
        else TRY(dict_merge_pairs(t, dict, other.get(), Override::Yes));
    }
    if (kwargs) TRY(dict_merge(t, dict, kwargs, Override::Yes));
    return {};
}

Result<void> dict_merge_pairs(Thread& t, Borrowed<Dict> dict, Borrowed<Object> sequence, Override override) {
    Ref<Object> iterator = TRY(get_iterator(t, sequence));
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return {};
        auto converted = to_fast_sequence(t, item.get(), "object is not iterable");
        if (converted.is_error()) {
            if (exception_matches(t, exc::TypeError)) {
                // A note says which element it was.
                Ref<Object> error = t.take_exception().take();
                Ref<Str> note = TRY(str_format(t, "Cannot convert dictionary update sequence element #%d to a sequence", i));
                Ref<Str> add_note = TRY(str_interned(t, "add_note"));
                (void)TRY(call_method(t, error, add_note, note));
                return t.set_exception(std::move(error));
            }
            return Error{};
        }
        Ref<Object> pair = converted.take();
        intptr_t size = is<List>(pair.get()) ? list_size(static_cast<List*>(pair.get())) : static_cast<Tuple*>(pair.get())->size;
        if (size != 2) return raise(t, exc::ValueError, "dictionary update sequence element #%d has length %d; 2 is required", i, size);
        Ref<Object> key = TRY(sequence_get(t, pair, 0));
        Ref<Object> value = TRY(sequence_get(t, pair, 1));
        if (override == Override::Yes) TRY(dict_set(t, dict, key, value));
        else (void)TRY(dict_set_default(t, dict, key, value));
    }
}

extern const TypeSpec dict_spec;
const TypeSpec dict_spec = {
    .type = &Dict::s_type,
    .name = "dict",
    .basicsize = sizeof(Dict),
    .flags = type_flag::BaseType | type_flag::Gc | type_flag::DictSubclass | type_flag::Mapping | type_flag::MatchSelf,
    .doc = "dict() -> new dictionary without items\n"
           "dict(mapping) -> new dictionary with the items of mapping\n"
           "dict(iterable) -> new dictionary with the key and value that each pair of\n"
           "    iterable gives; the last pair for a key counts\n"
           "dict(**kwargs) -> new dictionary with the keyword names as keys, which can\n"
           "    be added to the other forms:  dict({'a': 1}, b=2)",
    .slots = dict_slots,
    .methods = dict_methods,
};

} // namespace taipan
