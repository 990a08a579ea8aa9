// keys(), values() and items(): live views; keys and items behave as sets.
#include "objects/abstract.h"
#include "objects/descriptor.h"
#include "objects/dict_keys.h"
#include "objects/list.h"
#include "objects/set.h"
#include "objects/type_spec.h"

namespace taipan {

Type DictKeysView::s_type;
Type DictValuesView::s_type;
Type DictItemsView::s_type;

Result<Ref<Object>> dict_view_new(Thread& t, Dict* dict, Type& type) {
    Ref<DictView> view = TRY(allocate<DictView>(t, type));
    incref(dict);
    view->dict = dict;
    gc_track(view.get());
    return view;
}

namespace {

intptr_t view_length(Thread&, Borrowed<DictView> self) { return self->dict ? dict_size(self->dict) : 0; }

template <DictIterKind Kind> Result<Ref<Object>> view_iter(Thread& t, Borrowed<DictView> self) {
    return dict_iterator_new(t, self->dict, Kind, false);
}
template <DictIterKind Kind> Result<Ref<Object>> view_reversed(Thread& t, Borrowed<DictView> self) {
    return dict_iterator_new(t, self->dict, Kind, true);
}

Result<Ref<Str>> view_repr(Thread& t, Borrowed<DictView> self) {
    if (TRY(repr_enter(t, self))) return str_from_utf8(t, "...");
    auto made = to_list(t, self);
    Result<Ref<Str>> result{Error{}};
    if (!made.is_error()) {
        Ref<List> items = made.take();
        auto text = str_format(t, "%T(%R)", self, items);
        repr_leave(t, self);
        return text;
    }
    repr_leave(t, self);
    return Error{};
}

Result<bool> keys_contains(Thread& t, Borrowed<DictView> self, Borrowed<Object> key) { return dict_contains(t, self->dict, key); }
Result<bool> items_contains(Thread& t, Borrowed<DictView> self, Borrowed<Object> item) {
    if (!is<Tuple>(item.get()) || static_cast<Tuple*>(item.get())->size != 2) return false;
    auto* pair = static_cast<Tuple*>(item.get());
    MaybeRef<Object> found = TRY(dict_get(t, self->dict, pair->items[0]));
    if (!found) return false;
    return equals(t, found.get(), pair->items[1]);
}

bool is_view_set(const Object* o) { return is<DictKeysView>(o) || is<DictItemsView>(o); }

/// Whether each item of `a` is in `b`.
Result<bool> all_in(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    Ref<Object> iterator = TRY(get_iterator(t, a));
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return true;
        if (!TRY(contains(t, b, item.get()))) return false;
    }
}

Result<Ref<Object>> view_compare(Thread& t, Borrowed<Object> self, Borrowed<Object> other, Comparison op) {
    if (!is_any_set(other.get()) && !is_view_set(other.get())) return not_implemented_ref();
    TRY(check_recursion(t, " in comparison"));
    intptr_t size = TRY(length(t, self)), other_size = TRY(length(t, other));
    bool result = false;
    switch (op) {
    case Comparison::Eq:
    case Comparison::Ne:
        if (size == other_size) result = TRY(all_in(t, self, other));
        if (op == Comparison::Ne) result = !result;
        break;
    case Comparison::Lt:
        if (size < other_size) result = TRY(all_in(t, self, other));
        break;
    case Comparison::Le:
        if (size <= other_size) result = TRY(all_in(t, self, other));
        break;
    case Comparison::Gt:
        if (size > other_size) result = TRY(all_in(t, other, self));
        break;
    case Comparison::Ge:
        if (size >= other_size) result = TRY(all_in(t, other, self));
        break;
    }
    return bool_ref(result);
}

Result<Ref<Object>> view_subtract(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    Ref<Set> result = TRY(set_from_iterable(t, a));
    Ref<Object> iterator = TRY(get_iterator(t, b));
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return result;
        (void)TRY(set_discard(t, result, item.get()));
    }
}
Result<Ref<Object>> view_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    Ref<Set> result = TRY(set_from_iterable(t, a));
    TRY(set_update(t, result, b));
    return result;
}
Result<Ref<Object>> view_and(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    Borrowed<Object> self = a, other = b;
    if (!is_view_set(self.get())) std::swap(self, other);
    // The smaller of two sets is walked.
    if (is_view_set(other.get()) || is_any_set(other.get())) {
        if (TRY(length(t, other)) > TRY(length(t, self)) && is_view_set(other.get())) std::swap(self, other);
    }
    Ref<Set> result = TRY(set_new(t));
    if (is_any_set(other.get()) && TRY(length(t, self)) < TRY(length(t, other))) std::swap(self, other);
    Ref<Object> iterator = TRY(get_iterator(t, other));
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return result;
        if (TRY(contains(t, self, item.get()))) (void)TRY(set_add(t, result, item.get()));
    }
}
Result<Ref<Object>> view_xor(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    Ref<Set> result = TRY(set_from_iterable(t, a));
    Ref<Set> other = TRY(set_from_iterable(t, b));
    intptr_t position = 0;
    MaybeRef<Object> key;
    while (set_next(t, other, &position, &key)) {
        if (!TRY(set_discard(t, result, key.get()))) (void)TRY(set_add(t, result, key.get()));
    }
    return result;
}
Result<bool> view_isdisjoint(Thread& t, Borrowed<DictView> self, Borrowed<Object> other) {
    Borrowed<Object> walked = other, asked = self;
    if (other.get() == self.get()) return view_length(t, self) == 0;
    if ((is_any_set(other.get()) || is_view_set(other.get())) && TRY(length(t, other)) > view_length(t, self)) std::swap(walked, asked);
    Ref<Object> iterator = TRY(get_iterator(t, walked));
    for (;;) {
        MaybeRef<Object> item = TRY(next_item(t, iterator));
        if (!item) return true;
        if (TRY(contains(t, asked, item.get()))) return false;
    }
}
Result<Ref<Object>> view_mapping(Thread& t, Borrowed<DictView> self) { return mapping_proxy_new(t, self->dict); }

using ViewFields = Fields<DictView, &DictView::dict>;
const GetSetDef view_getset[] = {
    getter<view_mapping>("mapping", "dictionary that this view refers to"),
};

template <DictIterKind Kind>
constexpr NativeDef reversed_method =
    method<view_reversed<Kind>>("__reversed__", "($self, /)", "Return a reverse iterator over the dict keys.");
constexpr NativeDef isdisjoint_method =
    method<view_isdisjoint>("isdisjoint", "($self, object, /)", "Return True if the view and the given iterable have a null intersection.");

const NativeDef keys_methods[] = {isdisjoint_method, reversed_method<DictIterKind::Keys>};
const NativeDef items_methods[] = {isdisjoint_method, reversed_method<DictIterKind::Items>};
const NativeDef values_methods[] = {reversed_method<DictIterKind::Values>};

#define SET_VIEW_SLOTS(contains_function, Kind)                                                                                            \
    unary_slot<SlotId::tp_repr, view_repr>(), size_slot<SlotId::sq_length, view_length>(),                                                 \
        contains_slot<SlotId::sq_contains, contains_function>(), compare_slot<SlotId::tp_richcompare, view_compare>(),                     \
        unary_slot<SlotId::tp_iter, view_iter<DictIterKind::Kind>>(), binary_slot<SlotId::nb_subtract, view_subtract>(),                   \
        binary_slot<SlotId::nb_and, view_and>(), binary_slot<SlotId::nb_or, view_or>(), binary_slot<SlotId::nb_xor, view_xor>(),           \
        raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)), ViewFields::traverse_slot(), ViewFields::dealloc_slot()

const SlotDef keys_slots[] = {SET_VIEW_SLOTS(keys_contains, Keys)};
const SlotDef items_slots[] = {SET_VIEW_SLOTS(items_contains, Items)};
const SlotDef values_slots[] = {
    unary_slot<SlotId::tp_repr, view_repr>(),
    size_slot<SlotId::sq_length, view_length>(),
    unary_slot<SlotId::tp_iter, view_iter<DictIterKind::Values>>(),
    ViewFields::traverse_slot(),
    ViewFields::dealloc_slot(),
};

} // namespace

extern const TypeSpec dict_keys_view_spec, dict_items_view_spec, dict_values_view_spec;
const TypeSpec dict_keys_view_spec = {.type = &DictKeysView::s_type,
                                      .name = "dict_keys",
                                      .basicsize = sizeof(DictView),
                                      .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                      .slots = keys_slots,
                                      .methods = keys_methods,
                                      .getset = view_getset};
const TypeSpec dict_items_view_spec = {.type = &DictItemsView::s_type,
                                       .name = "dict_items",
                                       .basicsize = sizeof(DictView),
                                       .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                       .slots = items_slots,
                                       .methods = items_methods,
                                       .getset = view_getset};
const TypeSpec dict_values_view_spec = {.type = &DictValuesView::s_type,
                                        .name = "dict_values",
                                        .basicsize = sizeof(DictView),
                                        .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                        .slots = values_slots,
                                        .methods = values_methods,
                                        .getset = view_getset};

} // namespace taipan
