// Iterators over a dict: keys, values and items, forwards and backwards.
#include "objects/builtin_lookup.h"
#include "objects/dict_keys.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"

namespace taipan {

static Type& iterator_type(DictIterKind kind, bool reversed) {
    switch (kind) {
    case DictIterKind::Keys: return reversed ? DictReverseKeyIterator::s_type : DictKeyIterator::s_type;
    case DictIterKind::Values: return reversed ? DictReverseValueIterator::s_type : DictValueIterator::s_type;
    default: return reversed ? DictReverseItemIterator::s_type : DictItemIterator::s_type;
    }
}

Result<Ref<Object>> dict_iterator_new(Thread& t, Dict* dict, DictIterKind kind, bool reversed) {
    Ref<DictIterator> it = TRY(allocate<DictIterator>(t, iterator_type(kind, reversed)));
    incref(dict);
    it->dict = dict;
    it->used = it->remaining = dict_size(dict);
    it->kind = kind;
    it->reversed = reversed;
    it->position = reversed ? dict_walk_end(dict) - 1 : dict_walk_start(dict);
    gc_track(it.get());
    return it;
}

static COLD Error changed(Thread& t, DictIterator* it, const char* text) {
    it->used = -1; // stays an error
    return raise(t, exc::RuntimeError, text);
}

static ResultMaybe<Object> finish(DictIterator* it) {
    // Another thread may be using the dict through this iterator: then it stays until the iterator dies.
    if (!is_multi_threaded()) clear_field(it->dict);
    else store_relaxed(it->position, it->reversed ? -1 : INTPTR_MAX);
    return MaybeRef<Object>();
}

static ResultMaybe<Object> give_pair(Thread& t, DictIterator* it, Ref<Object> key, Ref<Object> value) {
    if (Object* reuse = is_unshared(it) ? it->result : nullptr; reuse && is_uniquely_owned(reuse)) {
        auto* pair = static_cast<Tuple*>(reuse);
        Object *old_key = pair->items[0], *old_value = pair->items[1];
        pair->items[0] = key.release();
        pair->items[1] = value.release();
        store_relaxed(pair->cached_hash, -1);
        gc_track(pair);
        incref(pair);
        decref(old_key);
        decref(old_value);
        return MaybeRef<Object>::steal(pair);
    }
    Object* items[] = {key.release(), value.release()};
    Ref<Tuple> pair = TRY(tuple_from_array_steal(t, items, 2));
    if (is_unshared(it)) { // of several threads only the iterator's owner
        Object* old = std::exchange(it->result, pair.share().release());
        if (old) decref(old);
    }
    return MaybeRef<Object>::steal(pair.release());
}

template <DictIterKind Kind, bool Reversed> static ResultMaybe<Object> dict_iterator_next(Thread& t, Borrowed<DictIterator> self) {
    DictIterator* it = self.get();
    StepSection section(t, it);
    Dict* dict = it->dict;
    if (!dict) return MaybeRef<Object>();
    if (UNLIKELY(load_relaxed(it->used) != dict_size(dict))) return changed(t, it, "dictionary changed size during iteration");
    intptr_t position = load_relaxed(it->position);
    if constexpr (!Reversed) {
        if (LIKELY(!is_multi_threaded() && !dict->values)) {
            Object *key, *value;
            if (!keys_entry_from(dict->keys, &position, &key, &value)) return finish(it);
            if (UNLIKELY(it->remaining == 0)) return changed(t, it, "dictionary keys changed during iteration");
            it->position = position + 1;
            --it->remaining;
            if constexpr (Kind == DictIterKind::Keys) return MaybeRef<Object>::acquire(key);
            if constexpr (Kind == DictIterKind::Values) return MaybeRef<Object>::acquire(value);
            return give_pair(t, it, acquire(key), acquire(value));
        }
    }
    Object *key, *value;
    intptr_t hash;
    if constexpr (Reversed) {
        if (position >= dict_walk_end(dict)) return finish(it);
        for (;; --position) {
            if (position < 0) return finish(it);
            if (dict_walk_at(t, dict, position, &key, &value, &hash)) break;
        }
        store_relaxed(it->position, position - 1);
    } else {
        if (dict_walk(t, dict, &position, &key, &value, &hash) == Walk::End) return finish(it);
        store_relaxed(it->position, position);
    }
    Ref<Object> key_owned = steal(key), value_owned = steal(value);
    intptr_t remaining = load_relaxed(it->remaining);
    if (remaining <= 0) return changed(t, it, "dictionary keys changed during iteration");
    store_relaxed(it->remaining, remaining - 1);
    if constexpr (Kind == DictIterKind::Keys) return MaybeRef<Object>::steal(key_owned.release());
    if constexpr (Kind == DictIterKind::Values) return MaybeRef<Object>::steal(value_owned.release());
    return give_pair(t, it, std::move(key_owned), std::move(value_owned));
}

static Result<intptr_t> iterator_length_hint(Thread& t, Borrowed<DictIterator> self) {
    Dict* dict = self->dict;
    intptr_t remaining = load_relaxed(self->remaining);
    if (!dict || load_relaxed(self->used) != dict_size(dict) || remaining < 0) return intptr_t{0};
    return remaining;
}

static Result<Ref<Object>> iterator_reduce(Thread& t, Borrowed<DictIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    // A list of what is left, from a copy of the iterator.
    Ref<List> rest = TRY(list_new(t));
    if (self->dict) {
        Ref<DictIterator> copy = TRY(allocate<DictIterator>(t, *self->type));
        incref(self->dict);
        copy->dict = self->dict;
        copy->used = self->used;
        copy->position = self->position;
        copy->remaining = self->remaining;
        copy->kind = self->kind;
        copy->reversed = self->reversed;
        TRY(list_extend(t, rest, copy));
    }
    Ref<Tuple> args = TRY(tuple_pack(t, rest));
    Ref<Tuple> pair = TRY(tuple_pack(t, iter, args));
    return pair;
}

static Ref<Object> self_iterator(Thread& t, Borrowed<Object> self) { return acquire(self); }

using IteratorFields = Fields<DictIterator, &DictIterator::dict, &DictIterator::result>;

static const NativeDef iterator_methods[] = {
    method<iterator_length_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
};

#define DICT_ITERATOR(Struct, python_name, variable, Kind, Reversed)                                                                       \
    Type Struct::s_type;                                                                                                                   \
    static const SlotDef variable##_slots[] = {                                                                                            \
        unary_slot<SlotId::tp_iter, self_iterator>(),                                                                                      \
        unary_slot<SlotId::tp_iternext, dict_iterator_next<DictIterKind::Kind, Reversed>>(),                                               \
        IteratorFields::traverse_slot(),                                                                                                   \
        IteratorFields::dealloc_slot(),                                                                                                    \
    };                                                                                                                                     \
    extern const TypeSpec variable##_spec;                                                                                                 \
    const TypeSpec variable##_spec = {                                                                                                     \
        .type = &Struct::s_type,                                                                                                           \
        .name = python_name,                                                                                                               \
        .basicsize = sizeof(DictIterator),                                                                                                 \
        .flags = type_flag::Gc | type_flag::DisallowInstantiation,                                                                         \
        .slots = variable##_slots,                                                                                                         \
        .methods = iterator_methods,                                                                                                       \
    };
DICT_ITERATOR(DictKeyIterator, "dict_keyiterator", dict_key_iterator, Keys, false)
DICT_ITERATOR(DictValueIterator, "dict_valueiterator", dict_value_iterator, Values, false)
DICT_ITERATOR(DictItemIterator, "dict_itemiterator", dict_item_iterator, Items, false)
DICT_ITERATOR(DictReverseKeyIterator, "dict_reversekeyiterator", dict_reverse_key_iterator, Keys, true)
DICT_ITERATOR(DictReverseValueIterator, "dict_reversevalueiterator", dict_reverse_value_iterator, Values, true)
DICT_ITERATOR(DictReverseItemIterator, "dict_reverseitemiterator", dict_reverse_item_iterator, Items, true)
#undef DICT_ITERATOR

} // namespace taipan
