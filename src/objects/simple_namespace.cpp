#include "objects/simple_namespace.h"

#include "objects/dict.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"
#include "runtime/refcount.h"

namespace taipan {

constinit Type SimpleNamespace::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

namespace {

using Self = Borrowed<SimpleNamespace>;
using NamespaceFields = Fields<SimpleNamespace, &SimpleNamespace::dict>;

Object* namespace_tp_new(Type* type, Object*, Object*) {
    Thread& t = Thread::current();
    Object* made = type->alloc(type, 0);
    if (!made) return nullptr;
    Ref<Object> self = steal(made);
    auto dict = dict_new(t);
    if (dict.is_error()) return nullptr;
    static_cast<SimpleNamespace*>(made)->dict = dict.take().release();
    return self.release();
}

Result<void> namespace_init(Thread& t, Self self, Borrowed<Tuple> args, Dict* kwargs) {
    auto* dict = static_cast<Dict*>(self->dict);
    if (args->size > 1)
        return raise(t, exc::TypeError, "%N expected at most 1 argument, got %d", static_cast<Object*>(self->type), args->size);
    if (args->size == 1) {
        Ref<Dict> items = is_exact<Dict>(args->items[0])
                              ? Ref<Dict>::acquire(static_cast<Dict*>(args->items[0]))
                              : as<Dict>(TRY(call(t, Borrowed<Object>(&Dict::s_type), Borrowed<Object>(args->items[0]))));
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, items, &position, &key, &value))
            if (!is<Str>(key.get())) return raise(t, exc::TypeError, "keywords must be strings");
        TRY(dict_merge(t, dict, items, Override::Yes));
    }
    if (!kwargs) return {};
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, kwargs, &position, &key, &value))
        if (!is<Str>(key.get())) return raise(t, exc::TypeError, "keywords must be strings");
    return dict_merge(t, dict, kwargs, Override::Yes);
}

Result<Ref<Object>> namespace_repr(Thread& t, Self self) {
    Ref<Str> name = self->type == &SimpleNamespace::s_type ? TRY(str_interned(t, "namespace")) : TRY(str_interned(t, self->type->name));
    if (TRY(repr_enter(t, self))) return Ref<Object>(TRY(str_format(t, "%s(...)", name)));
    auto run = [&]() -> Result<Ref<Object>> {
        StrBuilder text(t);
        TRY(text.append(name.get()));
        TRY(text.append_char('('));
        Ref<List> keys = TRY(dict_keys_list(t, static_cast<Dict*>(self->dict)));
        bool first = true;
        for (intptr_t i = 0; i < keys->size; ++i) {
            Object* key = keys->items[i];
            if (!is<Str>(key) || static_cast<Str*>(key)->length == 0) continue;
            MaybeRef<Object> value = TRY(dict_get(t, static_cast<Dict*>(self->dict), key));
            if (!value) continue;
            Ref<Str> shown = TRY(repr(t, value.get()));
            if (!first) TRY(text.append_ascii(", "));
            first = false;
            TRY(text.append(static_cast<Str*>(key)));
            TRY(text.append_char('='));
            TRY(text.append(shown.get()));
        }
        TRY(text.append_char(')'));
        return Ref<Object>(TRY(text.finish()));
    };
    auto result = run();
    repr_leave(t, self);
    return result;
}

Result<Ref<Object>> namespace_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<SimpleNamespace>(a.get()) || !is<SimpleNamespace>(b.get())) return not_implemented_ref();
    return compare(t, static_cast<SimpleNamespace*>(a.get())->dict, static_cast<SimpleNamespace*>(b.get())->dict, op);
}
Result<Ref<Object>> namespace_reduce(Thread& t, Self self) {
    Ref<Tuple> none = tuple_empty();
    return Ref<Object>(TRY(tuple_pack(t, Borrowed<Object>(self->type), none, Borrowed<Object>(self->dict))));
}
Result<Ref<Object>> namespace_replace(Thread& t, Self self, Args args, Kwargs kwargs) {
    if (args.size()) return raise(t, exc::TypeError, "__replace__() takes no positional arguments");
    Ref<Object> result = TRY(call(t, Borrowed<Object>(self->type)));
    if (!is<SimpleNamespace>(result.get()))
        return raise(t, exc::TypeError, "expect types.SimpleNamespace type, but %M() returned '%M' object", self, result);
    auto* dict = static_cast<Dict*>(static_cast<SimpleNamespace*>(result.get())->dict);
    TRY(dict_merge(t, dict, self->dict, Override::Yes));
    if (kwargs) TRY(dict_merge(t, dict, kwargs.dict, Override::Yes));
    return result;
}
constexpr NativeDef namespace_methods[] = {
    method<namespace_reduce>("__reduce__", "($self, /)", "Return state information for pickling"),
    method<namespace_replace>("__replace__", "($self, /, **changes)",
                              "A new namespace with these attributes, those given as keywords changed or added."),
};
constexpr MemberDef namespace_members[] = {
    {"__dict__", member_type::ObjectOrNone, offsetof(SimpleNamespace, dict), member_flag::ReadOnly, nullptr},
};

} // namespace

Result<Ref<Object>> simple_namespace_new(Thread& t, Dict* items) {
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(namespace_tp_new(&SimpleNamespace::s_type, nullptr, nullptr)));
    if (items) TRY(dict_merge(t, static_cast<Dict*>(static_cast<SimpleNamespace*>(made.get())->dict), items, Override::Yes));
    return made;
}

static const SlotDef namespace_slots[] = {
    raw_slot(SlotId::tp_new, namespace_tp_new),
    init_slot<SlotId::tp_init, namespace_init>(),
    unary_slot<SlotId::tp_repr, namespace_repr>(),
    compare_slot<SlotId::tp_richcompare, namespace_compare>(),
    NamespaceFields::traverse_slot(),
    NamespaceFields::clear_slot(),
    NamespaceFields::dealloc_slot(),
};
extern const TypeSpec simple_namespace_spec = {.type = &SimpleNamespace::s_type,
                                               .name = "types.SimpleNamespace",
                                               .basicsize = sizeof(SimpleNamespace),
                                               .flags = type_flag::Gc | type_flag::BaseType,
                                               .doc = "A simple attribute-based namespace.",
                                               .signature = "(mapping_or_iterable=(), /, **kwargs)",
                                               .slots = namespace_slots,
                                               .methods = namespace_methods,
                                               .members = namespace_members,
                                               .dict_offset = offsetof(SimpleNamespace, dict)};

} // namespace taipan
