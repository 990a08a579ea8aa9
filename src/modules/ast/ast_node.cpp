// What every node can do: __init__, __reduce__, __replace__, repr. These work from the class attributes _fields,
// _attributes and _field_types, which programs may override in subclasses.
#include "modules/ast/ast_types.h"

#include "objects/any_keywords.h"
#include "objects/generic_alias.h"
#include "objects/list.h"
#include "objects/set.h"
#include "objects/str_builder.h"
#include "objects/type_object.h"

namespace taipan::ast {

namespace {

ResultMaybe<Object> class_attribute(Thread& t, Borrowed<Object> self, Str* name) {
    return get_attribute_optional(t, Borrowed<Object>(self->type), name);
}
/// A class attribute's items; nothing there counts as empty.
Result<Ref<Tuple>> class_names(Thread& t, Borrowed<Object> self, Str* name) {
    MaybeRef<Object> found = TRY(class_attribute(t, self, name));
    if (!found) return tuple_empty();
    return to_tuple(t, Borrowed<Object>(found.get()));
}
Result<intptr_t> index_of(Thread& t, Borrowed<Tuple> names, Borrowed<Object> name) {
    for (intptr_t i = 0; i < names->size; ++i)
        if (TRY(equals(t, names->items[i], name))) return i;
    return -1;
}
Result<Ref<Str>> as_name(Thread& t, Borrowed<Object> name) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", name);
    return acquire(static_cast<Str*>(name.get()));
}

/// What a field that was not given becomes.
Result<void> fill_missing(Thread& t, Classes& c, Borrowed<Object> self, Object* field_types, Borrowed<Object> name) {
    MaybeRef<Object> type;
    if (field_types) {
        if (is_exact<Dict>(field_types)) {
            type = TRY(dict_get(t, static_cast<Dict*>(field_types), name));
        } else {
            auto got = get_item(t, field_types, name);
            if (got.is_error()) {
                if (!clear_if(t, exc::KeyError)) return Error{};
            } else {
                type = got.take();
            }
        }
    }
    if (!type) {
        return warn(t, exc::DeprecationWarning, 1, "Field %R is missing from %T._field_types. This will become an error in Python 3.15.",
                    name, self);
    }
    if (is<Union>(type.get())) return {}; // optional: the class attribute None stands for it
    Ref<Str> attribute = TRY(as_name(t, name));
    if (is<GenericAlias>(type.get())) return set_attribute(t, self, attribute, TRY(list_new(t)));
    auto types = syntax::schema_types();
    for (size_t i = 0; i < types.size(); ++i)
        if (c.types[i].type == type.get() && !strcmp(types[i].name, "expr_context"))
            return set_attribute(t, self, attribute, c.types[i].nodes[0].singleton);
    return warn(t, exc::DeprecationWarning, 1,
                "%T.__init__ missing 1 required positional argument: %R. This will become an error in Python 3.15.", self, name);
}

Result<void> node_init(Thread& t, Borrowed<Object> self, Args args, Kwargs kwargs) {
    Classes* c = TRY(classes(t));
    MaybeRef<Object> named = TRY(class_attribute(t, self, c->fields_name));
    if (!named) // unlike elsewhere
        return raise(t, exc::AttributeError, "type object '%s%N' has no attribute '_fields'",
                     self->type->is_heap_type() && self->type != c->base ? "" : "ast.", self->type);
    Ref<Tuple> fields = TRY(to_tuple(t, named.get()));
    intptr_t given = static_cast<intptr_t>(args.size());
    if (given > fields->size)
        return raise(t, exc::TypeError, "%T constructor takes at most %d positional argument%s", self, fields->size,
                     fields->size == 1 ? "" : "s");
    // Which fields have a value by now.
    Ref<List> seen = TRY(list_new(t));
    for (intptr_t i = 0; i < fields->size; ++i) TRY(list_append(t, seen, bool_ref(i < given)));
    for (intptr_t i = 0; i < given; ++i) {
        Ref<Str> name = TRY(as_name(t, fields->items[i]));
        TRY(set_attribute(t, self, name, args[static_cast<size_t>(i)]));
    }
    if (kwargs) {
        MaybeRef<Tuple> attributes;
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, kwargs.dict, &position, &key, &value)) {
            intptr_t index = TRY(index_of(t, fields, key.get()));
            if (index >= 0) {
                if (list_get(t, seen, index).get() == True())
                    return raise(t, exc::TypeError, "%T got multiple values for argument %R", self, key);
                list_set(t, seen, index, bool_ref(true));
            } else {
                if (!attributes) attributes = TRY(class_names(t, self, c->attributes_name));
                if (TRY(index_of(t, attributes.get(), key.get())) < 0)
                    TRY(warn(t, exc::DeprecationWarning, 1,
                             "%T.__init__ got an unexpected keyword argument %R. Support for arbitrary keyword arguments is deprecated and "
                             "will be removed in Python 3.15.",
                             self, key));
            }
            TRY(set_attribute(t, self, TRY(as_name(t, key.get())), value.get()));
        }
    }
    MaybeRef<Object> field_types;
    bool looked = false;
    for (intptr_t i = 0; i < fields->size; ++i) {
        if (list_get(t, seen, i).get() == True()) continue;
        if (!looked) field_types = TRY(class_attribute(t, self, c->field_types_name));
        looked = true;
        TRY(fill_missing(t, *c, self, field_types.get(), fields->items[i]));
    }
    return {};
}

/// Leading fields go as None to the constructor, so that it does not warn that they are missing; the state then sets them.
/// The values are no arguments: trees of copies would nest one call deeper for each.
Result<Ref<Object>> node_reduce(Thread& t, Borrowed<Object> self) {
    Classes* c = TRY(classes(t));
    MaybeRef<Dict> dict = TRY(instance_dict(t, self));
    if (!dict) return TRY(tuple_pack(t, Borrowed<Object>(self->type), tuple_empty()));
    Ref<Dict> state = TRY(dict_copy(t, dict.get()));
    Ref<Tuple> fields = TRY(class_names(t, self, c->fields_name));
    Ref<List> positional = TRY(list_new(t));
    for (Object* name : fields->span()) {
        if (!TRY(dict_get(t, state, name))) break;
        TRY(list_append(t, positional, none_ref()));
    }
    Ref<Tuple> args = TRY(list_to_tuple(t, positional));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), args, state));
}

Result<Ref<Object>> node_replace(Thread& t, Borrowed<Object> self, Args args, Kwargs kwargs) {
    Classes* c = TRY(classes(t));
    if (args.size()) return raise(t, exc::TypeError, "__replace__() takes exactly 1 positional argument (%d given)", args.size() + 1);
    Ref<Tuple> fields = TRY(class_names(t, self, c->fields_name)), attributes = TRY(class_names(t, self, c->attributes_name));
    MaybeRef<Dict> dict = TRY(instance_dict(t, self));
    MaybeRef<Object> field_types = TRY(class_attribute(t, self, c->field_types_name));
    Ref<Dict> expected = TRY(dict_new(t));
    for (Object* name : fields->span()) TRY(dict_set(t, expected, name, None()));
    for (Object* name : attributes->span()) TRY(dict_set(t, expected, name, None()));
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    if (kwargs) {
        while (dict_next(t, kwargs.dict, &position, &key, &value))
            if (!TRY(dict_delete(t, expected, key.get())))
                return raise(t, exc::TypeError, "%T.__replace__ got an unexpected keyword argument %R.", self, key);
    }
    if (dict) {
        position = 0;
        while (dict_next(t, dict.get(), &position, &key, &value)) (void)TRY(dict_delete(t, expected, key.get()));
    }
    for (Object* name : attributes->span()) (void)TRY(dict_delete(t, expected, name));
    if (field_types && is<Dict>(field_types.get())) {
        position = 0;
        while (dict_next(t, static_cast<Dict*>(field_types.get()), &position, &key, &value))
            if (is<Union>(value.get())) (void)TRY(dict_delete(t, expected, key.get()));
    }
    if (intptr_t missing = dict_size(expected.get())) {
        Ref<List> keys = TRY(dict_keys_list(t, expected)), shown = TRY(list_new(t));
        for (intptr_t i = 0; i < missing; ++i) TRY(list_append(t, shown, TRY(repr(t, list_get(t, keys, i).take()))));
        TRY(list_sort(t, shown, nullptr, false));
        Ref<Str> separator = TRY(str_from_utf8(t, ", ")), joined = TRY(str_join(t, separator, shown));
        return raise(t, exc::TypeError, "%T.__replace__ missing %d keyword argument%s: %s.", self, missing, missing == 1 ? "" : "s",
                     joined);
    }
    Ref<Dict> payload = TRY(dict_new(t));
    for (Tuple* list : {fields.get(), attributes.get()}) {
        for (Object* name : list->span()) {
            if (!dict) break;
            MaybeRef<Object> found = TRY(dict_get(t, dict.get(), name));
            if (found) TRY(dict_set(t, payload, name, found.get()));
        }
    }
    if (kwargs) TRY(dict_merge(t, payload, kwargs.dict, Override::Yes));
    return call_tuple(t, Borrowed<Object>(self->type), tuple_empty(), payload.get());
}

Result<void> write_node(Thread& t, Classes& c, StrBuilder& out, Borrowed<Object> self, int depth);
Result<void> write_value(Thread& t, Classes& c, StrBuilder& out, Borrowed<Object> value, int depth) {
    if (is_subtype(value->type, c.base)) return write_node(t, c, out, value, depth - 1);
    Ref<Str> text = TRY(repr(t, value));
    return out.append(text.get());
}
/// The first and the last item; what is between becomes "...".
Result<void> write_sequence(Thread& t, Classes& c, StrBuilder& out, Borrowed<Object> items, int depth) {
    bool is_list = is<List>(items.get());
    intptr_t size = TRY(length(t, items));
    if (size == 0) {
        Ref<Str> text = TRY(repr(t, items));
        return out.append(text.get());
    }
    TRY(out.append_char(is_list ? '[' : '('));
    for (intptr_t i = 0; i < (size < 2 ? size : 2); ++i) {
        if (i) TRY(out.append_ascii(", "));
        if (i == 1 && size > 2) TRY(out.append_ascii("..., "));
        Ref<Object> item = TRY(sequence_get(t, items, i == 0 ? 0 : size - 1));
        TRY(write_value(t, c, out, item, depth));
    }
    return out.append_char(is_list ? ']' : ')');
}
Result<void> write_node(Thread& t, Classes& c, StrBuilder& out, Borrowed<Object> self, int depth) {
    TRY(check_recursion(t, " while getting the repr of an object"));
    TRY(out.append_utf8(self->type->name));
    if (depth <= 0) return out.append_ascii("(...)");
    if (TRY(repr_enter(t, self))) return out.append_ascii("(...)");
    auto body = [&]() -> Result<void> {
        Ref<Object> names = TRY(get_attribute(t, Borrowed<Object>(self->type), c.fields_name));
        Ref<Tuple> fields = TRY(to_tuple(t, names));
        TRY(out.append_char('('));
        for (intptr_t i = 0; i < fields->size; ++i) {
            Ref<Str> name = TRY(as_name(t, fields->items[i]));
            Ref<Object> value = TRY(get_attribute(t, self, name));
            if (i) TRY(out.append_ascii(", "));
            TRY(out.append(name.get()));
            TRY(out.append_char('='));
            if (is<List>(value.get()) || is<Tuple>(value.get())) TRY(write_sequence(t, c, out, value, depth));
            else TRY(write_value(t, c, out, value, depth));
        }
        return out.append_char(')');
    };
    auto result = body();
    repr_leave(t, self);
    return result;
}
Result<Ref<Str>> node_repr(Thread& t, Borrowed<Object> self) {
    Classes* c = TRY(classes(t));
    StrBuilder out(t);
    TRY(write_node(t, *c, out, self, 3));
    return out.finish();
}

const NativeDef methods[] = {
    method<node_reduce>("__reduce__", "($self, /)"),
    any_keywords(method<node_replace>("__replace__", "($self, /, **fields)",
                                      "Return a copy of the AST node with new values for the specified fields.")),
};

Result<void> node_init_slot(Thread& t, Borrowed<Object> self, Borrowed<Tuple> args, Dict* kwargs) {
    return node_init(t, self, Args{args->items, static_cast<size_t>(args->size)}, Kwargs{kwargs});
}
const SlotDef slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    raw_slot(SlotId::tp_setattro, generic_setattr_slot),
    init_slot<SlotId::tp_init, node_init_slot>(),
    unary_slot<SlotId::tp_repr, node_repr>(),
};

} // namespace

std::span<const NativeDef> node_methods() { return methods; }
std::span<const SlotDef> node_slots() { return slots; }

} // namespace taipan::ast
