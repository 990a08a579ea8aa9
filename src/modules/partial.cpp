// functools.partial, with Placeholder.
#include "modules/functools.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

namespace taipan::functools {

struct PlaceholderType : Object {
    static Type s_type;
};
Type PlaceholderType::s_type;
namespace {
constinit PlaceholderType g_placeholder = {{TAIPAN_STATIC_HEAD(&PlaceholderType::s_type)}};
}
Object* placeholder() { return &g_placeholder; }

struct Partial : Object {
    Object *function, *args, *keywords, *dict, *weaklist;
    intptr_t placeholders;
    VectorcallFunc vectorcall;
    static Type s_type;
};
Type Partial::s_type;

namespace {

Result<Ref<Object>> placeholder_new(Thread& t, Borrowed<Type>, Borrowed<Tuple> args, Dict* kwargs) {
    if (args->size || (kwargs && dict_size(kwargs))) return raise(t, exc::TypeError, "PlaceholderType takes no arguments");
    return steal(placeholder());
}
Result<Ref<Str>> placeholder_repr(Thread& t, Borrowed<Object>) { return str_from_utf8(t, "Placeholder"); }
const NativeDef placeholder_methods[] = {method<placeholder_repr>("__reduce__", "($self, /)")};
const SlotDef placeholder_slots[] = {
    unary_slot<SlotId::tp_repr, placeholder_repr>(),
    construct_slot<SlotId::tp_new, placeholder_new>(),
};

using Self = Borrowed<Partial>;

intptr_t count_placeholders(Tuple* args) {
    intptr_t n = 0;
    for (Object* o : args->span()) n += o == placeholder();
    return n;
}

/// The given arguments behind the stored ones: placeholders are filled first.
Result<Ref<Tuple>> join_args(Thread& t, Tuple* stored, Object* const* args, intptr_t nargs) {
    intptr_t holes = count_placeholders(stored), filled = nargs < holes ? nargs : holes;
    Ref<Tuple> all = TRY(tuple_alloc(t, stored->size + nargs - filled));
    intptr_t next = 0;
    for (intptr_t i = 0; i < stored->size; ++i) {
        Object* o = stored->items[i];
        if (o == placeholder() && next < nargs) o = args[next++];
        all->items[i] = acquire(o).release();
    }
    for (intptr_t i = stored->size; next < nargs; ++i) all->items[i] = acquire(args[next++]).release();
    tuple_finish(all.get());
    return all;
}

Object* partial_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames);

/// A new partial of the first of `args`; `given` are its own keywords, for it to keep.
Result<Ref<Object>> partial_make(Thread& t, Borrowed<Type> type, Object* const* args, intptr_t count, MaybeRef<Dict> given) {
    if (count < 1) return raise(t, exc::TypeError, "type 'partial' takes at least one argument");
    Object* function = args[0];
    if (!is_callable(function)) return raise(t, exc::TypeError, "the first argument must be callable");
    if (count > 1 && args[count - 1] == placeholder()) return raise(t, exc::TypeError, "trailing Placeholders are not allowed");
    if (given) {
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, given.get(), &position, &key, &value))
            if (value.get() == placeholder()) return raise(t, exc::TypeError, "Placeholder cannot be passed as a keyword argument");
    }
    // A partial of a partial becomes one, unless it carries attributes.
    Partial* inner = nullptr;
    if (is<Partial>(function) && !static_cast<Partial*>(function)->dict && function->type->call == Partial::s_type.call) {
        inner = static_cast<Partial*>(function);
        function = inner->function;
    }
    Ref<Tuple> mine = inner ? TRY(join_args(t, static_cast<Tuple*>(inner->args), args + 1, count - 1))
                            : TRY(tuple_from_array(t, args + 1, static_cast<size_t>(count - 1)));
    // Filling may leave a placeholder at the end.
    if (mine->size && mine->items[mine->size - 1] == placeholder() && !(inner && count == 1)) {
        if (!inner) return raise(t, exc::TypeError, "trailing Placeholders are not allowed");
    }
    MaybeRef<Dict> keywords = std::move(given);
    if (inner) {
        Ref<Dict> all = TRY(dict_copy(t, static_cast<Dict*>(inner->keywords)));
        if (keywords) TRY(dict_merge(t, all, keywords.get(), Override::Yes));
        keywords = std::move(all);
    }
    if (!keywords) keywords = TRY(dict_new(t));
    Ref<Partial> self = TRY([&]() -> Result<Ref<Partial>> {
        if (!type->is_heap_type()) return allocate<Partial>(t, *type.get());
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type.get(), 0)));
        return steal(static_cast<Partial*>(made.release()));
    }());
    self->function = acquire(function).release();
    self->placeholders = count_placeholders(mine.get());
    self->args = mine.release();
    self->keywords = keywords.release();
    self->vectorcall = partial_vectorcall;
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> partial_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict* kwargs) {
    MaybeRef<Dict> given;
    if (kwargs) given = TRY(dict_copy(t, kwargs));
    return partial_make(t, type, args->items, args->size, std::move(given));
}
Object* partial_new_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto count = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    auto run = [&]() -> Result<Ref<Object>> {
        MaybeRef<Dict> given;
        if (kwnames) given = TRY(keyword_dict(t, args + count, static_cast<Tuple*>(kwnames)));
        return partial_make(t, static_cast<Type*>(type), args, count, std::move(given));
    };
    return run().release_or_null();
}

Result<void> check_holes(Thread& t, Partial* self, intptr_t nargs) {
    if (nargs < self->placeholders)
        return raise(t, exc::TypeError, "missing positional arguments in 'partial' call; expected at least %d, got %d", self->placeholders,
                     nargs);
    return {};
}

Object* partial_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto* self = static_cast<Partial*>(callable);
    auto nargs = static_cast<intptr_t>(vectorcall_nargs(nargsf));
    auto run = [&]() -> Result<Ref<Object>> {
        TRY(check_holes(t, self, nargs));
        auto* stored = static_cast<Tuple*>(self->args);
        Ref<Object> function = acquire(self->function);
        intptr_t extra = kwnames ? static_cast<Tuple*>(kwnames)->size : 0;
        if (dict_size(static_cast<Dict*>(self->keywords)) == 0) {
            intptr_t total = stored->size + nargs - self->placeholders;
            constexpr intptr_t Small = 12;
            Object* small[Small + 1];
            intptr_t slots = total + extra + 1;
            Object** array = slots <= Small + 1 ? small : static_cast<Object**>(raw_alloc(static_cast<size_t>(slots) * sizeof(Object*)));
            if (!array) return raise_memory_error(t);
            Object** out = array + 1;
            Ref<Tuple> held = acquire(stored);
            intptr_t next = 0, n = 0;
            for (Object* o : stored->span()) out[n++] = o == placeholder() ? args[next++] : o;
            while (next < nargs) out[n++] = args[next++];
            for (intptr_t i = 0; i < extra; ++i) out[n + i] = args[nargs + i];
            auto result = taipan::vectorcall(t, function, out, static_cast<size_t>(n) | VectorcallOffset, kwnames);
            if (array != small) raw_free(array);
            return result;
        }
        Ref<Tuple> all = TRY(join_args(t, stored, args, nargs));
        Ref<Dict> keywords = TRY(dict_copy(t, static_cast<Dict*>(self->keywords)));
        for (intptr_t i = 0; i < extra; ++i) TRY(dict_set(t, keywords, static_cast<Tuple*>(kwnames)->items[i], args[nargs + i]));
        return call_tuple(t, function, all, keywords.get());
    };
    return run().release_or_null();
}

Result<Ref<Object>> partial_call(Thread& t, Self self, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(check_holes(t, self.get(), args->size));
    Ref<Object> function = acquire(self->function);
    Ref<Tuple> all = TRY(join_args(t, static_cast<Tuple*>(self->args), args->items, args->size));
    Ref<Dict> keywords = TRY(dict_copy(t, static_cast<Dict*>(self->keywords)));
    if (kwargs) TRY(dict_merge(t, keywords, kwargs, Override::Yes));
    return call_tuple(t, function, all, dict_size(keywords.get()) ? keywords.get() : nullptr);
}

Result<Ref<Object>> partial_get(Thread& t, Self self, Object* instance, Object*) {
    if (!instance || is_none(instance)) return acquire<Object>(self.get());
    return method_new(t, self, instance);
}

Result<Ref<Str>> partial_repr(Thread& t, Self self) {
    if (TRY(repr_enter(t, self))) return str_from_utf8(t, "...");
    struct Leave {
        Thread& t;
        Borrowed<Object> self;
        ~Leave() { repr_leave(t, self); }
    } leave{t, self};
    StrBuilder out(t);
    Ref<Object> module = TRY(type_module_name(t, self->type));
    Ref<Object> name = TRY(type_qualname(t, self->type));
    // The fields as they are now: printing one may set others.
    Ref<Object> function = acquire(self->function);
    Ref<Tuple> args = acquire(static_cast<Tuple*>(self->args));
    Ref<Dict> keywords = acquire(static_cast<Dict*>(self->keywords));
    Ref<Str> head = TRY(str_format(t, "%s.%s(%R", module, name, function));
    TRY(out.append(head.get()));
    for (Object* o : args->span()) {
        Ref<Str> text = TRY(str_format(t, ", %R", o));
        TRY(out.append(text.get()));
    }
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, keywords, &position, &key, &value)) {
        Ref<Str> text = TRY(str_format(t, ", %s=%R", key, value));
        TRY(out.append(text.get()));
    }
    TRY(out.append_char(')'));
    return out.finish();
}

Result<Ref<Object>> partial_reduce(Thread& t, Self self) {
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->function)));
    Ref<Tuple> state = TRY(
        tuple_pack(t, acquire(self->function), acquire(self->args), acquire(self->keywords), acquire(self->dict ? self->dict : None())));
    return tuple_pack(t, acquire<Object>(self->type), args, state);
}
Result<void> partial_setstate(Thread& t, Self self, Borrowed<Object> state_object) {
    auto bad = [&] { return raise(t, exc::TypeError, "invalid partial state"); };
    if (!is<Tuple>(state_object.get())) return bad();
    auto* state = static_cast<Tuple*>(state_object.get());
    if (state->size != 4) return bad();
    Object *function = state->items[0], *args = state->items[1], *keywords = state->items[2], *dict = state->items[3];
    if (!is_callable(function) || !is<Tuple>(args) || (!is_none(keywords) && !is<Dict>(keywords)) || (!is_none(dict) && !is<Dict>(dict)))
        return bad();
    auto* given = static_cast<Tuple*>(args);
    if (given->size && given->items[given->size - 1] == placeholder())
        return raise(t, exc::TypeError, "trailing Placeholders are not allowed");
    Ref<Tuple> plain_args =
        is_exact<Tuple>(args) ? acquire(given) : TRY(tuple_from_array(t, given->items, static_cast<size_t>(given->size)));
    Ref<Dict> plain_keywords = is_none(keywords)          ? TRY(dict_new(t))
                               : is_exact<Dict>(keywords) ? acquire(static_cast<Dict*>(keywords))
                                                          : TRY(dict_copy(t, static_cast<Dict*>(keywords)));
    self->placeholders = count_placeholders(plain_args.get());
    assign_field(self->function, acquire(function).release());
    assign_field(self->args, static_cast<Object*>(plain_args.release()));
    assign_field(self->keywords, static_cast<Object*>(plain_keywords.release()));
    assign_field(self->dict, is_none(dict) ? nullptr : acquire(dict).release());
    return {};
}

struct PartialFields : Fields<Partial, &Partial::function, &Partial::args, &Partial::keywords, &Partial::dict> {
    static void dealloc(Object* o) {
        auto* self = static_cast<Partial*>(o);
        gc_untrack(o);
        if (self->weaklist) clear_weakrefs(o);
        release(self);
        o->type->free(o);
    }
};
const MemberDef partial_members[] = {
    {"func", member_type::ObjectOrNone, offsetof(Partial, function), member_flag::ReadOnly,
     "function object to use in future partial calls"},
    {"args", member_type::ObjectOrNone, offsetof(Partial, args), member_flag::ReadOnly, "tuple of arguments to future partial calls"},
    {"keywords", member_type::ObjectOrNone, offsetof(Partial, keywords), member_flag::ReadOnly,
     "dictionary of keyword arguments to future partial calls"},
};
Result<Ref<Object>> partial_dict(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (!self->dict) self->dict = TRY(dict_new(t)).release();
    return acquire(self->dict);
}
Result<void> partial_set_dict(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::TypeError, "cannot delete __dict__");
    if (!is<Dict>(value)) return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
    assign_field(self->dict, acquire(value).release());
    return {};
}
const GetSetDef partial_getset[] = {getter_setter<partial_dict, partial_set_dict>("__dict__")};
const NativeDef partial_methods[] = {
    method<partial_reduce>("__reduce__", "($self, /)"),
    method<partial_setstate>("__setstate__", "($self, object, /)"),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const SlotDef partial_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    raw_slot(SlotId::tp_setattro, generic_setattr_slot),
    unary_slot<SlotId::tp_repr, partial_repr>(),
    ternary_slot<SlotId::tp_call, partial_call>(),
    ternary_slot<SlotId::tp_descr_get, partial_get>(),
    construct_slot<SlotId::tp_new, partial_new>(),
    raw_slot(SlotId::tp_vectorcall, &partial_new_vectorcall),
    PartialFields::traverse_slot(),
    PartialFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &PartialFields::dealloc),
};

} // namespace

const TypeSpec placeholder_spec = {.type = &PlaceholderType::s_type,
                                   .name = "functools._PlaceholderType",
                                   .basicsize = sizeof(Object),
                                   .flags = 0,
                                   .doc = "Type of Placeholder, which keeps a positional argument of partial() open for the call to fill.",
                                   .slots = placeholder_slots,
                                   .methods = placeholder_methods};
const TypeSpec partial_spec = {
    .type = &Partial::s_type,
    .name = "functools.partial",
    .basicsize = sizeof(Partial),
    .flags = type_flag::BaseType | type_flag::Gc | type_flag::Vectorcall,
    .doc = "A callable that calls another one with some of its arguments already supplied.\n\n"
           "Positional arguments of the call come after the supplied ones, or first take\n"
           "the places of any Placeholder; keyword arguments override supplied ones.",
    .signature = "(func, /, *args, **keywords)",
    .slots = partial_slots,
    .methods = partial_methods,
    .getset = partial_getset,
    .members = partial_members,
    .weaklist_offset = offsetof(Partial, weaklist),
    .dict_offset = offsetof(Partial, dict),
    .vectorcall_offset = offsetof(Partial, vectorcall),
};

} // namespace taipan::functools
