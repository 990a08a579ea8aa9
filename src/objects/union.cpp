// typing.Union, which is also types.UnionType: int | str.
#include "objects/dict.h"
#include "objects/generic_alias.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/set.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {

Result<void> append_type_repr(Thread& t, StrBuilder& text, Borrowed<Object> item); // generic_alias.cpp

constinit Type Union::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

using Self = Borrowed<Union>;
using UnionFields = Fields<Union, &Union::args, &Union::hashable_args, &Union::unhashable_args, &Union::parameters>;

void union_dealloc(Object* o) {
    gc_untrack(o);
    auto* self = static_cast<Union*>(o);
    if (self->weaklist) clear_weakrefs(o);
    UnionFields::release(self);
    o->type->free(o);
}

Tuple* args_of(const Union* u) { return static_cast<Tuple*>(u->args); }

bool takes_part(Object* o) {
    return is_none(o) || is<Type>(o) || is<GenericAlias>(o) || is<Union>(o) || !strcmp(o->type->name, "typing.TypeAliasType");
}

/// Collects members without duplicates, in order.
struct Builder {
    Thread& t;
    Ref<List> all;
    Ref<Set> hashable;
    Ref<List> unhashable;

    Result<void> add(Object* member) {
        if (is_none(member)) member = &NoneType::s_type;
        if (is<Union>(member)) {
            for (Object* inner : *args_of(static_cast<Union*>(member))) TRY(add(inner));
            return {};
        }
        auto hashed = hash(t, member);
        if (hashed.is_error()) {
            if (!clear_if(t, exc::TypeError)) return Error{};
            for (intptr_t i = 0; i < unhashable->size; ++i)
                if (TRY(equals(t, unhashable->items[i], member))) return {};
            TRY(list_append(t, unhashable, acquire(member)));
        } else {
            (void)hashed.take();
            if (!TRY(set_add(t, hashable, member))) return {};
        }
        return list_append(t, all, acquire(member));
    }

    Result<Ref<Object>> finish() {
        if (all->size == 0) return raise(t, exc::TypeError, "Cannot take a Union of no types.");
        if (all->size == 1) return acquire(all->items[0]);
        Ref<Tuple> args = TRY(list_to_tuple(t, all));
        Ref<FrozenSet> frozen = TRY(frozenset_from_iterable(t, hashable));
        MaybeRef<Object> rest;
        if (unhashable->size) rest = Ref<Object>(TRY(list_to_tuple(t, unhashable)));
        Ref<Union> made = TRY(allocate<Union>(t));
        made->args = args.release();
        made->hashable_args = frozen.release();
        made->unhashable_args = rest.release();
        gc_track(made.get());
        return Ref<Object>(std::move(made));
    }
};

Result<Ref<Object>> union_of(Thread& t, std::span<Object* const> members) {
    Builder builder{t, TRY(list_new(t)), TRY(set_new(t)), TRY(list_new(t))};
    for (Object* member : members) TRY(builder.add(member));
    return builder.finish();
}

Result<Ref<Object>> union_repr(Thread& t, Self self) {
    StrBuilder text(t);
    Tuple* args = args_of(self.get());
    for (intptr_t i = 0; i < args->size; ++i) {
        if (i) TRY(text.append_ascii(" | "));
        if (args->items[i] == &NoneType::s_type) TRY(text.append_ascii("None"));
        else TRY(append_type_repr(t, text, args->items[i]));
    }
    return Ref<Object>(TRY(text.finish()));
}

Result<intptr_t> union_hash(Thread& t, Self self) {
    if (self->unhashable_args) {
        auto* rest = static_cast<Tuple*>(self->unhashable_args);
        for (Object* member : *rest) (void)TRY(hash(t, member));
        // They were not when the union was made.
        return raise(t, exc::TypeError, "union contains %d unhashable element%s", rest->size, rest->size == 1 ? "" : "s");
    }
    return hash(t, self->hashable_args);
}

Result<bool> union_equal(Thread& t, Union* a, Union* b) {
    if (!TRY(equals(t, a->hashable_args, b->hashable_args))) return false;
    if (!a->unhashable_args || !b->unhashable_args) return !a->unhashable_args && !b->unhashable_args;
    auto *x = static_cast<Tuple*>(a->unhashable_args), *y = static_cast<Tuple*>(b->unhashable_args);
    if (x->size != y->size) return false;
    for (Object* member : *x)
        if (!TRY(contains(t, y, member))) return false;
    return true;
}
Result<Ref<Object>> union_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is<Union>(a.get()) || !is<Union>(b.get())) return not_implemented_ref();
    bool equal = TRY(union_equal(t, static_cast<Union*>(a.get()), static_cast<Union*>(b.get())));
    return bool_ref(equal == (op == Comparison::Eq));
}

Result<Ref<Tuple>> parameters_of(Thread& t, Self self) {
    if (!self->parameters) {
        Ref<Tuple> made = TRY(collect_type_parameters(t, args_of(self.get())));
        CriticalSection section(t, self.get());
        if (!self->parameters) self.get()->parameters = made.release();
    }
    return Ref<Tuple>::acquire(static_cast<Tuple*>(self->parameters));
}
Result<Ref<Object>> union_get_item(Thread& t, Self self, Borrowed<Object> item) {
    Ref<Tuple> parameters = TRY(parameters_of(t, self));
    Ref<Tuple> args = TRY(substitute_type_parameters(t, self, args_of(self.get()), parameters, item));
    return union_from_tuple(t, args);
}
/// With a union on one side anything goes on the other; a string is a forward reference.
Result<Ref<Object>> union_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    auto part = [&](Borrowed<Object> o) -> Result<Ref<Object>> {
        if (!is<Str>(o.get())) return o.share();
        Ref<Object> reference = TRY(import_attribute(t, "annotationlib", "ForwardRef"));
        return call(t, reference, o);
    };
    Ref<Object> left = TRY(part(a)), right = TRY(part(b));
    Object* const members[] = {left.get(), right.get()};
    return union_of(t, members);
}

Result<Ref<Object>> union_mro_entries(Thread& t, Self self, Borrowed<Object>) {
    return raise(t, exc::TypeError, "Cannot subclass %R", self);
}

/// Union[int, "str"]: what | does not take goes through typing's checks.
Result<Ref<Object>> union_class_getitem(Thread& t, Borrowed<Type>, Borrowed<Object> item) {
    Ref<Tuple> members = is<Tuple>(item.get()) ? Ref<Tuple>::acquire(static_cast<Tuple*>(item.get())) : TRY(tuple_pack(t, item));
    return union_from_tuple(t, members);
}

Result<Ref<Object>> union_parameters(Thread& t, Self self) { return Ref<Object>(TRY(parameters_of(t, self))); }
Result<Ref<Object>> union_name(Thread& t, Self) { return Ref<Object>(TRY(str_interned(t, "Union"))); }
Result<Ref<Object>> union_module(Thread& t, Self) { return Ref<Object>(TRY(str_interned(t, "typing"))); }
Result<Ref<Object>> union_origin(Thread&, Self) { return acquire(static_cast<Object*>(&Union::s_type)); }

Result<Ref<Object>> union_getattribute(Thread& t, Self self, Borrowed<Object> name) { return generic_get_attribute(t, self, name); }

constexpr NativeDef union_methods[] = {
    method<union_mro_entries>("__mro_entries__", "($self, object, /)"),
    class_method<union_class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
constexpr MemberDef union_members[] = {
    {"__args__", member_type::ObjectOrNone, offsetof(Union, args), member_flag::ReadOnly, nullptr},
};

} // namespace

Result<Ref<Object>> union_type_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!takes_part(a.get()) || !takes_part(b.get())) return not_implemented_ref();
    Object* members[] = {a.get(), b.get()};
    return union_of(t, members);
}

Result<Ref<Object>> union_from_tuple(Thread& t, Borrowed<Tuple> args) {
    Ref<List> checked = TRY(list_new(t, args->size));
    for (Object* member : *args) {
        if (takes_part(member)) {
            TRY(list_append(t, checked, acquire(member)));
            continue;
        }
        Ref<Object> check = TRY(import_attribute(t, "typing", "_type_check"));
        Ref<Str> message = TRY(str_from_utf8(t, "Union[arg, ...]: each arg must be a type."));
        TRY(list_append(t, checked, TRY(call(t, check, Borrowed<Object>(member), message))));
    }
    return union_of(t, {checked->items, static_cast<size_t>(checked->size)});
}

static const SlotDef union_slots[] = {
    unary_slot<SlotId::tp_repr, union_repr>(),
    size_slot<SlotId::tp_hash, union_hash>(),
    compare_slot<SlotId::tp_richcompare, union_compare>(),
    binary_slot<SlotId::tp_getattro, union_getattribute>(),
    binary_slot<SlotId::nb_or, union_or>(),
    binary_slot<SlotId::mp_subscript, union_get_item>(),
    UnionFields::traverse_slot(),
    raw_slot(SlotId::tp_dealloc, union_dealloc),
};
static const GetSetDef union_getset[] = {
    getter<union_name>("__name__", "Name of the type"),
    getter<union_name>("__qualname__", "Qualified name of the type"),
    getter<union_module>("__module__"),
    getter<union_origin>("__origin__", "Always returns the type"),
    getter<union_parameters>("__parameters__", "Type variables in the types.UnionType."),
};
extern const TypeSpec union_spec = {.type = &Union::s_type,
                                    .name = "typing.Union",
                                    .basicsize = sizeof(Union),
                                    .flags = type_flag::Gc,
                                    .doc = "Represent a union type\n\nE.g. for int | str",
                                    .slots = union_slots,
                                    .methods = union_methods,
                                    .getset = union_getset,
                                    .members = union_members,
                                    .weaklist_offset = offsetof(Union, weaklist)};

} // namespace taipan
