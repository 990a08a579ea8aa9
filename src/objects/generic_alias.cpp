// types.GenericAlias (PEP 585), with the substitution of type variables that typing relies on.
#include "objects/generic_alias.h"
#include "objects/builtin_lookup.h"

#include "objects/dict.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type GenericAlias::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

/// Yields the alias once, starred: what *tuple[int] unpacks.
struct GenericAliasIterator : Object {
    Object* alias;
    static Type s_type;
};

using Self = Borrowed<GenericAlias>;
using AliasFields = Fields<GenericAlias, &GenericAlias::origin, &GenericAlias::args, &GenericAlias::parameters>;
using IteratorFields = Fields<GenericAliasIterator, &GenericAliasIterator::alias>;

Tuple* args_of(Self self) { return static_cast<Tuple*>(self->args); }

void alias_dealloc(Object* o) {
    gc_untrack(o);
    auto* self = static_cast<GenericAlias*>(o);
    if (self->weaklist) clear_weakrefs(o);
    AliasFields::release(self);
    o->type->free(o);
}

} // namespace

Result<void> append_type_repr(Thread& t, StrBuilder& text, Borrowed<Object> item) {
    if (item.get() == Ellipsis()) return text.append_ascii("...");
    MaybeRef<Object> origin = TRY(get_attribute_optional(t, item, names::__origin__));
    bool is_alias = origin && TRY(get_attribute_optional(t, item, names::__args__));
    if (!is_alias) {
        MaybeRef<Object> qualname = TRY(get_attribute_optional(t, item, names::__qualname__));
        MaybeRef<Object> module = TRY(get_attribute_optional(t, item, names::__module__));
        if (qualname && module && !is_none(module.get())) {
            bool builtin = is<Str>(module.get()) && str_equals_ascii(static_cast<Str*>(module.get()), "builtins");
            Ref<Str> name = TRY(to_str(t, qualname.get()));
            if (!builtin) {
                Ref<Str> prefix = TRY(to_str(t, module.get()));
                TRY(text.append(prefix.get()));
                TRY(text.append_char('.'));
            }
            return text.append(name.get());
        }
    }
    Ref<Str> shown = TRY(repr(t, item));
    return text.append(shown.get());
}

Result<Ref<Tuple>> collect_type_parameters(Thread& t, Borrowed<Tuple> args) {
    TRY(check_recursion(t, " in __parameter__ calculation"));
    Ref<List> found = TRY(list_new(t));
    auto add = [&](Object* parameter) -> Result<void> {
        for (intptr_t i = 0; i < found->size; ++i)
            if (found->items[i] == parameter) return {};
        return list_append(t, found, acquire(parameter));
    };
    for (Object* item : *args) {
        if (is<Type>(item)) continue; // classes have __parameters__ of another kind
        if (is<Tuple>(item) || is<List>(item)) {
            Ref<Tuple> nested = TRY(to_tuple(t, item));
            Ref<Tuple> inner = TRY(collect_type_parameters(t, nested));
            for (Object* parameter : *inner) TRY(add(parameter));
            continue;
        }
        if (TRY(get_attribute_optional(t, item, names::__typing_subst__))) {
            TRY(add(item));
            continue;
        }
        MaybeRef<Object> parameters = TRY(get_attribute_optional(t, item, names::__parameters__));
        if (parameters && is<Tuple>(parameters.get()))
            for (Object* parameter : *static_cast<Tuple*>(parameters.get())) TRY(add(parameter));
    }
    return list_to_tuple(t, found);
}

namespace {

intptr_t index_of(Tuple* tuple, Object* item) {
    for (intptr_t i = 0; i < tuple->size; ++i)
        if (tuple->items[i] == item) return i;
    return -1;
}

/// The arguments with unpacked tuples (*tuple[int, str]) spread out.
Result<Ref<Tuple>> unpack_arguments(Thread& t, Borrowed<Object> item) {
    Ref<Tuple> given = is<Tuple>(item.get()) ? Ref<Tuple>::acquire(static_cast<Tuple*>(item.get())) : TRY(tuple_pack(t, item));
    Ref<List> result = TRY(list_new(t, given->size));
    for (Object* argument : *given) {
        if (!is<Type>(argument)) {
            MaybeRef<Object> inner = TRY(get_attribute_optional(t, argument, names::__typing_unpacked_tuple_args__));
            if (inner && is<Tuple>(inner.get())) {
                auto* tuple = static_cast<Tuple*>(inner.get());
                if (!(tuple->size && tuple->items[tuple->size - 1] == Ellipsis())) {
                    for (Object* element : *tuple) TRY(list_append(t, result, acquire(element)));
                    continue;
                }
            }
        }
        TRY(list_append(t, result, acquire(argument)));
    }
    return list_to_tuple(t, result);
}

/// object[…] with the type variables of `object` replaced.
Result<Ref<Object>> substitute_inside(Thread& t, Object* object, Tuple* parameters, Tuple* values) {
    MaybeRef<Object> own = TRY(get_attribute_optional(t, object, names::__parameters__));
    if (!own || !is<Tuple>(own.get()) || static_cast<Tuple*>(own.get())->size == 0) return acquire(object);
    Ref<List> chosen = TRY(list_new(t));
    for (Object* parameter : *static_cast<Tuple*>(own.get())) {
        intptr_t i = index_of(parameters, parameter);
        Object* value = i >= 0 ? values->items[i] : parameter;
        // A TypeVarTuple (they are iterable) stands for several arguments.
        if (i >= 0 && parameters->items[i]->type->iter && is<Tuple>(value)) {
            for (Object* element : *static_cast<Tuple*>(value)) TRY(list_append(t, chosen, acquire(element)));
        } else {
            TRY(list_append(t, chosen, acquire(value)));
        }
    }
    Ref<Tuple> subscript = TRY(list_to_tuple(t, chosen));
    return get_item(t, object, subscript);
}

} // namespace

static Result<Ref<Tuple>> substitute_prepared(Thread& t, Borrowed<Tuple> args, Borrowed<Tuple> parameters, Borrowed<Tuple> values) {
    TRY(check_recursion(t, " in __getitem__ of generic"));
    Ref<List> result = TRY(list_new(t, args->size));
    for (Object* argument : *args) {
        if (is<Type>(argument)) {
            TRY(list_append(t, result, acquire(argument)));
            continue;
        }
        if (is<Tuple>(argument) || is<List>(argument)) {
            Ref<Tuple> nested = TRY(to_tuple(t, argument));
            Ref<Tuple> inner = TRY(substitute_prepared(t, nested, parameters, values));
            if (is<Tuple>(argument)) TRY(list_append(t, result, Ref<Object>(std::move(inner))));
            else TRY(list_append(t, result, Ref<Object>(TRY(list_from_iterable(t, inner)))));
            continue;
        }
        MaybeRef<Object> unpacked = TRY(get_attribute_optional(t, argument, names::__typing_is_unpacked_typevartuple__));
        bool unpack = unpacked && TRY(is_true(t, unpacked.get()));
        MaybeRef<Object> subst = TRY(get_attribute_optional(t, argument, names::__typing_subst__));
        Ref<Object> value = none_ref();
        if (subst) {
            intptr_t i = index_of(parameters.get(), argument);
            if (i < 0) return raise(t, exc::TypeError, "argument %R with __typing_subst__ was not found in __parameters__", argument);
            value = TRY(call(t, subst.get(), Borrowed<Object>(values->items[i])));
        } else {
            value = TRY(substitute_inside(t, argument, parameters.get(), values.get()));
        }
        if (!unpack) {
            TRY(list_append(t, result, std::move(value)));
            continue;
        }
        if (!is<Tuple>(value.get()))
            return raise(t, exc::TypeError, "expected __typing_subst__ of %T objects to return a tuple, not %T", argument, value);
        for (Object* element : *static_cast<Tuple*>(value.get())) TRY(list_append(t, result, acquire(element)));
    }
    return list_to_tuple(t, result);
}

Result<Ref<Tuple>> substitute_type_parameters(Thread& t, Borrowed<Object> self, Borrowed<Tuple> args, Borrowed<Tuple> parameters,
                                              Borrowed<Object> item) {
    if (parameters->size == 0) return raise(t, exc::TypeError, "%R is not a generic class", self);
    Ref<Object> values = TRY(unpack_arguments(t, item));
    for (Object* parameter : *parameters) {
        MaybeRef<Object> prepare = TRY(get_attribute_optional(t, parameter, names::__typing_prepare_subst__));
        if (!prepare || is_none(prepare.get())) continue;
        Ref<Object> as_tuple = is<Tuple>(values.get()) ? values.share() : Ref<Object>(TRY(tuple_pack(t, values)));
        values = TRY(call(t, prepare.get(), self, as_tuple));
    }
    Ref<Tuple> list = is<Tuple>(values.get()) ? Ref<Tuple>::acquire(static_cast<Tuple*>(values.get())) : TRY(tuple_pack(t, values));
    if (list->size != parameters->size)
        return raise(t, exc::TypeError, "Too %s arguments for %R; actual %d, expected %d", list->size > parameters->size ? "many" : "few",
                     self, list->size, parameters->size);
    return substitute_prepared(t, args, parameters, list);
}

Object* generic_alias_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto* self = static_cast<GenericAlias*>(callable);
    auto made = vectorcall(t, self->origin, args, nargsf, kwnames);
    if (made.is_error()) return nullptr;
    Ref<Object> object = made.take();
    if (set_attribute(t, object, names::__orig_class__, self).is_error() && !clear_if(t, exc::AttributeError) &&
        !clear_if(t, exc::TypeError))
        return nullptr;
    return object.release();
}

static Result<Ref<GenericAlias>> alias_make(Thread& t, Type& type, Borrowed<Object> origin, Borrowed<Object> arguments, bool starred) {
    Ref<Object> args = is<Tuple>(arguments.get()) ? arguments.share() : Ref<Object>(TRY(tuple_pack(t, arguments)));
    Object* made = type.is_heap_type() ? type.alloc(&type, 0) : TRY(allocate_object(t, type)).release();
    if (!made) return Error{};
    auto* alias = static_cast<GenericAlias*>(made);
    alias->origin = origin.share().release();
    alias->args = args.release();
    alias->starred = starred;
    alias->vectorcall = generic_alias_vectorcall;
    if (!gc_is_tracked(alias)) gc_track(alias);
    return Ref<GenericAlias>::steal(alias);
}

Result<Ref<Object>> generic_alias_new(Thread& t, Borrowed<Object> origin, Borrowed<Object> arguments) {
    return Ref<Object>(TRY(alias_make(t, GenericAlias::s_type, origin, arguments, false)));
}
Result<Ref<Object>> generic_class_getitem(Thread& t, Borrowed<Type> type, Borrowed<Object> item) {
    return generic_alias_new(t, type, item);
}

namespace {

Result<Ref<Object>> alias_new(Thread& t, Borrowed<Type> type, Borrowed<Object> origin, Borrowed<Object> args) {
    return Ref<Object>(TRY(alias_make(t, *type, origin, args, false)));
}

/// The arguments of a ParamSpec: types again, but lists among them are shown like any list, which may contain itself.
Result<void> append_list_repr(Thread& t, StrBuilder& text, List* items) {
    TRY(text.append_char('['));
    for (intptr_t i = 0, size = list_size(items); i < size; ++i) {
        MaybeRef<Object> element = list_get(t, items, i);
        if (!element) return raise(t, exc::IndexError, "list index out of range"); // a __repr__ has shortened it
        if (i) TRY(text.append_ascii(", "));
        TRY(append_type_repr(t, text, element.get()));
    }
    return text.append_char(']');
}

Result<Ref<Object>> alias_repr(Thread& t, Self self) {
    StrBuilder text(t);
    if (self->starred) TRY(text.append_char('*'));
    TRY(append_type_repr(t, text, self->origin));
    TRY(text.append_char('['));
    Tuple* args = args_of(self);
    for (intptr_t i = 0; i < args->size; ++i) {
        if (i) TRY(text.append_ascii(", "));
        if (is<List>(args->items[i])) TRY(append_list_repr(t, text, static_cast<List*>(args->items[i])));
        else TRY(append_type_repr(t, text, args->items[i]));
    }
    if (args->size == 0) TRY(text.append_ascii("()"));
    TRY(text.append_char(']'));
    return Ref<Object>(TRY(text.finish()));
}

Result<Ref<Tuple>> parameters_of(Thread& t, Self self) {
    if (!self->parameters) {
        Ref<Tuple> made = TRY(collect_type_parameters(t, args_of(self)));
        CriticalSection section(t, self.get());
        if (!self->parameters) self.get()->parameters = made.release();
    }
    return Ref<Tuple>::acquire(static_cast<Tuple*>(self->parameters));
}

Result<Ref<Object>> alias_get_item(Thread& t, Self self, Borrowed<Object> item) {
    Ref<Tuple> parameters = TRY(parameters_of(t, self));
    Ref<Tuple> args = TRY(substitute_type_parameters(t, self, args_of(self), parameters, item));
    return Ref<Object>(TRY(alias_make(t, GenericAlias::s_type, self->origin, args, self->starred)));
}

Result<intptr_t> alias_hash(Thread& t, Self self) {
    intptr_t value = TRY(hash(t, self->origin)) ^ TRY(hash(t, self->args));
    return value == -1 ? intptr_t{-2} : value;
}

constexpr std::string_view own_attributes[] = {"__class__",       "__origin__",     "__args__",
                                               "__unpacked__",    "__parameters__", "__typing_unpacked_tuple_args__",
                                               "__mro_entries__", "__reduce_ex__",  "__reduce__"};
constexpr std::string_view blocked_attributes[] = {"__bases__", "__copy__", "__deepcopy__"};

Result<Ref<Object>> alias_getattribute(Thread& t, Self self, Borrowed<Object> name) {
    if (is<Str>(name.get())) {
        auto* text = static_cast<Str*>(name.get());
        bool own = false;
        for (std::string_view one : own_attributes) own |= str_equals_ascii(text, one);
        for (std::string_view one : blocked_attributes) own |= str_equals_ascii(text, one);
        if (!own) return get_attribute(t, self->origin, text);
    }
    return generic_get_attribute(t, self, name);
}

Result<Ref<Object>> alias_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<GenericAlias>(a.get()) || !is<GenericAlias>(b.get()) || (op != Comparison::Eq && op != Comparison::Ne))
        return not_implemented_ref();
    auto *x = static_cast<GenericAlias*>(a.get()), *y = static_cast<GenericAlias*>(b.get());
    bool equal = x->starred == y->starred && TRY(equals(t, x->origin, y->origin)) && TRY(equals(t, x->args, y->args));
    return bool_ref(equal == (op == Comparison::Eq));
}

Result<Ref<Object>> alias_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) { return union_type_or(t, a, b); }

Result<Ref<Object>> alias_iter(Thread& t, Self self) {
    Ref<GenericAliasIterator> iterator = TRY(allocate<GenericAliasIterator>(t));
    iterator->alias = self.share().release();
    gc_track(iterator.get());
    return Ref<Object>(std::move(iterator));
}
ResultMaybe<Object> iterator_next(Thread& t, Borrowed<GenericAliasIterator> self) {
    MaybeRef<Object> alias;
    {
        CriticalSection section(t, self.get());
        alias = MaybeRef<Object>::steal(std::exchange(self.get()->alias, nullptr));
    }
    if (!alias) return MaybeRef<Object>();
    auto* source = static_cast<GenericAlias*>(alias.get());
    return MaybeRef<Object>(Ref<Object>(TRY(alias_make(t, GenericAlias::s_type, source->origin, source->args, true))));
}
Result<Ref<Object>> iterator_iter(Thread&, Borrowed<GenericAliasIterator> self) { return Ref<Object>(self.share()); }
Result<Ref<Object>> iterator_reduce(Thread& t, Borrowed<GenericAliasIterator> self) {
    Ref<Object> iter = TRY(builtin_object(t, "iter"));
    Ref<Object> items = self->alias ? Ref<Object>(acquire(self->alias)) : Ref<Object>(tuple_empty());
    Ref<Tuple> args = TRY(tuple_pack(t, items));
    return Ref<Object>(TRY(tuple_pack(t, iter, args)));
}

Result<Ref<Object>> alias_mro_entries(Thread& t, Self self, Borrowed<Object>) {
    return Ref<Object>(TRY(tuple_pack(t, Borrowed<Object>(self->origin))));
}
Result<Ref<Object>> alias_instancecheck(Thread& t, Self, Borrowed<Object>) {
    return raise(t, exc::TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
Result<Ref<Object>> alias_subclasscheck(Thread& t, Self, Borrowed<Object>) {
    return raise(t, exc::TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}
Result<Ref<Object>> alias_reduce(Thread& t, Self self) {
    Ref<Tuple> parts = TRY(tuple_pack(t, Borrowed<Object>(self->origin), Borrowed<Object>(self->args)));
    if (!self->starred) return Ref<Object>(TRY(tuple_pack(t, Borrowed<Object>(&GenericAlias::s_type), parts)));
    // next(iter(GenericAlias(origin, args)))
    Ref<Object> plain = TRY(generic_alias_new(t, self->origin, self->args));
    Ref<Object> next = TRY(builtin_object(t, "next"));
    Ref<Object> iterator = TRY(get_iterator(t, plain));
    Ref<Tuple> args = TRY(tuple_pack(t, iterator));
    return Ref<Object>(TRY(tuple_pack(t, next, args)));
}
Result<Ref<Object>> alias_dir(Thread& t, Self self) {
    Ref<Object> names_list = TRY(directory(t, self->origin));
    auto* list = static_cast<List*>(names_list.get());
    for (std::string_view one : own_attributes) {
        Ref<Str> name = TRY(str_interned(t, one));
        if (!TRY(contains(t, names_list, name))) TRY(list_append(t, list, Ref<Object>(std::move(name))));
    }
    return names_list;
}
Result<Ref<Object>> alias_parameters(Thread& t, Self self) { return Ref<Object>(TRY(parameters_of(t, self))); }
Result<Ref<Object>> alias_unpacked_args(Thread&, Self self) {
    if (self->starred && self->origin == &Tuple::s_type) return acquire(self->args);
    return none_ref();
}

constexpr NativeDef alias_methods[] = {
    method<alias_mro_entries>("__mro_entries__", "($self, object, /)"),
    method<alias_instancecheck>("__instancecheck__", "($self, object, /)"),
    method<alias_subclasscheck>("__subclasscheck__", "($self, object, /)"),
    method<alias_reduce>("__reduce__", "($self, /)"),
    method<alias_dir>("__dir__", "($self, /)"),
};
constexpr MemberDef alias_members[] = {
    {"__origin__", member_type::ObjectOrNone, offsetof(GenericAlias, origin), member_flag::ReadOnly, nullptr},
    {"__args__", member_type::ObjectOrNone, offsetof(GenericAlias, args), member_flag::ReadOnly, nullptr},
    {"__unpacked__", member_type::Bool, offsetof(GenericAlias, starred), member_flag::ReadOnly, nullptr},
};
constexpr NativeDef iterator_methods[] = {method<iterator_reduce>("__reduce__", "($self, /)")};

} // namespace

constinit Type GenericAliasIterator::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

static const SlotDef alias_slots[] = {
    typed_new<alias_new, "GenericAlias", "(origin, args, /)">(),
    unary_slot<SlotId::tp_repr, alias_repr>(),
    size_slot<SlotId::tp_hash, alias_hash>(),
    raw_slot(SlotId::tp_call, vectorcall_as_call),
    binary_slot<SlotId::tp_getattro, alias_getattribute>(),
    compare_slot<SlotId::tp_richcompare, alias_compare>(),
    unary_slot<SlotId::tp_iter, alias_iter>(),
    binary_slot<SlotId::nb_or, alias_or>(),
    binary_slot<SlotId::mp_subscript, alias_get_item>(),
    AliasFields::traverse_slot(),
    raw_slot(SlotId::tp_dealloc, alias_dealloc),
};
static const GetSetDef alias_getset[] = {
    getter<alias_parameters>("__parameters__", "Type variables in the GenericAlias."),
    getter<alias_unpacked_args>("__typing_unpacked_tuple_args__"),
};
extern const TypeSpec generic_alias_spec = {
    .type = &GenericAlias::s_type,
    .name = "types.GenericAlias",
    .basicsize = sizeof(GenericAlias),
    .flags = type_flag::Gc | type_flag::BaseType,
    .doc = "A parameterized generic such as list[int]: __origin__ is list, __args__ is (int,). See PEP 585.",
    .signature = "(origin, args, /)",
    .slots = alias_slots,
    .methods = alias_methods,
    .getset = alias_getset,
    .members = alias_members,
    .weaklist_offset = offsetof(GenericAlias, weaklist),
    .vectorcall_offset = offsetof(GenericAlias, vectorcall)};

static const SlotDef iterator_slots[] = {
    unary_slot<SlotId::tp_iter, iterator_iter>(),
    unary_slot<SlotId::tp_iternext, iterator_next>(),
    IteratorFields::traverse_slot(),
    IteratorFields::clear_slot(),
    IteratorFields::dealloc_slot(),
};
extern const TypeSpec generic_alias_iterator_spec = {.type = &GenericAliasIterator::s_type,
                                                     .name = "generic_alias_iterator",
                                                     .basicsize = sizeof(GenericAliasIterator),
                                                     .flags = type_flag::Gc,
                                                     .slots = iterator_slots,
                                                     .methods = iterator_methods};

} // namespace taipan
