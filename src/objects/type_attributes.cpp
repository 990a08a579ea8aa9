// The type `type`: attribute access on classes, calling them, and their special attributes.
#include "base/small_buffer.h"
#include "objects/audit.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/dict_keys.h"
#include "objects/function.h"
#include "objects/generic_alias.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/slot_names.h"
#include "objects/tuple.h"
#include "objects/type_names.h"
#include "objects/type_object.h"
#include "objects/weakref.h"
#include "runtime/gc.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {

constinit Type Type::s_type = {TAIPAN_STATIC_HEAD(&Type::s_type)};

Object* object_new_slot(Type* type, Object* args, Object* kwargs);
int object_init_slot(Object* self, Object* args, Object* kwargs);
Result<Ref<Object>> type_default_mro(Thread& t, Borrowed<Type> type);

// --- attributes ----------------------------------------------------------------------------------------------------------

namespace {
Result<Ref<Object>> type_get_attribute(Thread& t, Borrowed<Type> type, Object* name_object);
}

ResultMaybe<Object> type_get_attribute_optional(Thread& t, Borrowed<Type> type, Borrowed<Str> name) {
    Type* metatype = type->type;
    // 1. A data descriptor of the metatype.
    MaybeRef<Object> meta = type_lookup(t, *metatype, name);
    TernaryFunc meta_get = nullptr;
    if (meta) {
        meta_get = meta->type->descr_get;
        if (meta_get && meta->type->descr_set) {
            Object* value = meta_get(meta.get(), type.get(), metatype);
            if (value) return MaybeRef<Object>::steal(value);
            if (clear_if(t, exc::AttributeError)) return MaybeRef<Object>();
            return Error{};
        }
    }
    // 2. The type's own MRO.
    MaybeRef<Object> own = type_lookup(t, *type, name);
    if (own) {
        TernaryFunc get = own->type->descr_get;
        if (!get) return own;
        Object* value = get(own.get(), nullptr, type.get());
        if (value) return MaybeRef<Object>::steal(value);
        return Error{};
    }
    // 3. What else the metatype has.
    if (meta_get) {
        Object* value = meta_get(meta.get(), type.get(), metatype);
        if (value) return MaybeRef<Object>::steal(value);
        return Error{};
    }
    return meta;
}

namespace {

Result<Ref<Object>> type_get_attribute(Thread& t, Borrowed<Type> type, Object* name_object) {
    if (!is<Str>(name_object)) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", name_object);
    Borrowed<Str> name = static_cast<Str*>(name_object);
    Type* metatype = type->type;
    MaybeRef<Object> meta = type_lookup(t, *metatype, name);
    TernaryFunc meta_get = nullptr;
    if (meta) {
        meta_get = meta->type->descr_get;
        if (meta_get && meta->type->descr_set) return Result<Ref<Object>>::from_nullable(meta_get(meta.get(), type.get(), metatype));
    }
    MaybeRef<Object> own = type_lookup(t, *type, name);
    if (own) {
        if (TernaryFunc get = own->type->descr_get) return Result<Ref<Object>>::from_nullable(get(own.get(), nullptr, type.get()));
        return own.take();
    }
    if (meta_get) return Result<Ref<Object>>::from_nullable(meta_get(meta.get(), type.get(), metatype));
    if (meta) return meta.take();
    return raise_attribute_error(t, type, name);
}

} // namespace

Object* type_getattr_slot(Object* type, Object* name) {
    return type_get_attribute(Thread::current(), static_cast<Type*>(type), name).release_or_null();
}

static COLD Error raise_immutable(Thread& t, Borrowed<Type> type, Object* name) {
    return raise(t, exc::TypeError, "cannot set %R attribute of immutable type '%N'", name, type);
}

Result<void> type_set_attribute(Thread& t, Borrowed<Type> type, Borrowed<Str> given_name, Object* value) {
    if (type->has(type_flag::Immutable)) return raise_immutable(t, type, given_name.get());
    Ref<Str> name = is_exact<Str>(given_name.get()) ? str_intern(t, given_name.share()) : given_name.share();
    // 1. A data descriptor of the metatype.
    MaybeRef<Object> meta = type_lookup(t, *type->type, name);
    if (meta) {
        if (SetItemFunc set = meta->type->descr_set) {
            if (set(meta.get(), type.get(), value) < 0) return Error{};
            return {};
        }
    }
    // 2. The type's dict. What was there is dropped when the lock is free again.
    auto* dict = static_cast<Dict*>(type->dict);
    MaybeRef<Object> old;
    {
        TypeLock lock(t);
        type_modified(t, *type);
        old = TRY(dict_get_str(t, dict, name));
        if (value) {
            if (is_multi_threaded()) enable_try_incref(value);
            TRY(dict_set(t, dict, name, value));
        } else {
            if (!old) return raise_attribute_error(t, type, name);
            TRY(dict_delete(t, dict, name));
        }
        if (name.get() == names::__call__ && type->has(type_flag::Vectorcall))
            __atomic_fetch_and(&type.get()->flags, ~type_flag::Vectorcall, __ATOMIC_RELAXED);
        update_slots(t, *type, name);
    }
    return {};
}

// --- names -----------------------------------------------------------------------------------------------------------------

Result<Ref<Object>> type_module_name(Thread& t, Borrowed<Type> type) {
    if (type->is_heap_type()) {
        MaybeRef<Object> module = TRY(dict_get_str(t, static_cast<Dict*>(type->dict), names::__module__));
        if (!module) return raise_object(t, exc::AttributeError, names::__module__);
        return module.take();
    }
    const char* dot = strrchr(type->name, '.');
    if (dot) return Ref<Object>(TRY(str_interned(t, std::string_view(type->name, dot - type->name))));
    return acquire(static_cast<Object*>(names::builtins));
}

Result<Ref<Object>> type_qualname(Thread& t, Borrowed<Type> type) {
    if (type->is_heap_type()) return acquire(static_cast<HeapType*>(type.get())->ht_qualname);
    return Ref<Object>(TRY(str_interned(t, short_type_name(*type))));
}

Result<Ref<Str>> type_full_name(Thread& t, Borrowed<Type> type) {
    auto found = type_module_name(t, type);
    Ref<Object> module = none_ref();
    if (found.is_error()) t.clear_exception();
    else module = found.take();
    Ref<Object> qualname = TRY(type_qualname(t, type));
    if (is<Str>(module.get()) && !str_equals_ascii(static_cast<Str*>(module.get()), "builtins") &&
        !str_equals_ascii(static_cast<Str*>(module.get()), "__main__"))
        return str_format(t, "%s.%s", module, qualname);
    return str_format(t, "%s", qualname);
}
Error raise_with_note(Thread& t, Ref<Object> error, Ref<Str> note) {
    if (call_method(t, error, names::add_note, note).is_error()) t.clear_exception(); // the first error matters
    return t.set_exception(std::move(error));
}

Result<void> merge_class_dict(Thread& t, Borrowed<Dict> dict, Borrowed<Object> cls) {
    TRY(check_recursion(t, " while calling dir()"));
    MaybeRef<Object> own = TRY(get_attribute_optional(t, cls, names::__dict__));
    if (own) TRY(dict_merge(t, dict, own.get(), Override::Yes));
    MaybeRef<Object> bases = TRY(get_attribute_optional(t, cls, names::__bases__));
    if (!bases || !is<Tuple>(bases.get())) return {};
    for (Object* base : *static_cast<Tuple*>(bases.get())) TRY(merge_class_dict(t, dict, base));
    return {};
}

// --- calling ---------------------------------------------------------------------------------------------------------------

namespace {

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict* kwargs) {
    if (!type->construct) return raise(t, exc::TypeError, "cannot create '%s' instances", type->name);
    Ref<Object> object = TRY(Result<Ref<Object>>::from_nullable(type->construct(type.get(), args.get(), kwargs)));
    if (!is_subtype(object->type, type.get())) return object;
    if (InitFunc init = object->type->init)
        if (init(object.get(), args.get(), kwargs) < 0) return Error{};
    return object;
}

Result<Ref<Object>> type_call(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict* kwargs) {
    if (type.get() == &Type::s_type) {
        intptr_t keywords = kwargs ? dict_size(kwargs) : 0;
        if (args->size == 1 && keywords == 0) return acquire(static_cast<Object*>(args->items[0]->type));
        if (args->size != 3) return raise(t, exc::TypeError, "type() takes 1 or 3 arguments");
    }
    return construct(t, type, args, kwargs);
}

Object* type_vectorcall(Object*, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    size_t nargs = vectorcall_nargs(nargsf);
    bool keywords = kwnames && static_cast<Tuple*>(kwnames)->size;
    if (nargs == 1 && !keywords) return acquire(static_cast<Object*>(args[0]->type)).release();
    if (nargs != 3) return (void)raise(t, exc::TypeError, "type() takes 1 or 3 arguments"), nullptr;
    return call_slot(t, &Type::s_type, args, nargs, kwnames).release_or_null();
}

} // namespace

/// Calls with `first` before the arguments.
static Result<Ref<Object>> call_with_first(Thread& t, Borrowed<Object> callable, Object* first, Object* const* args, size_t nargs,
                                           Object* kwnames) {
    size_t total = nargs + (kwnames ? static_cast<size_t>(static_cast<Tuple*>(kwnames)->size) : 0);
    base::SmallBuffer<Object*, 10> all; // a place for the callee before them
    if (!all.resize(total + 2)) return raise_memory_error(t);
    all[1] = first;
    if (total) memcpy(all.data() + 2, args, total * sizeof(Object*));
    return vectorcall(t, callable, all.data() + 1, (nargs + 1) | VectorcallOffset, kwnames);
}
/// What a class has as its __new__ in Python, ready to be called with the class.
static Result<Ref<Object>> python_new(Thread& t, Type* type) {
    if (type->type == &Type::s_type) {
        MaybeRef<Object> found = type_lookup(t, *type, names::__new__);
        if (found && is_exact<StaticMethod>(found.get()) && static_cast<StaticMethod*>(found.get())->callable)
            return acquire(static_cast<StaticMethod*>(found.get())->callable);
    }
    return get_attribute(t, type, names::__new__);
}

Object* class_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    Thread& t = Thread::current();
    auto* type = static_cast<Type*>(callable);
    size_t nargs = vectorcall_nargs(nargsf);
    bool no_arguments = nargs == 0 && (!kwnames || static_cast<Tuple*>(kwnames)->size == 0);
    auto run = [&]() -> Result<Ref<Object>> {
        // The common classes: with a __new__ in Python; with object.__new__ and an __init__ in Python, or none.
        MaybeRef<Object> made;
        if (type->construct == slot_tp_new) {
            Ref<Object> constructor = TRY(python_new(t, type));
            made = TRY(call_with_first(t, constructor, type, args, nargs, kwnames));
            if (!is_subtype(made->type, type)) return made.take();
        } else if (type->construct == object_new_slot && !type->has(type_flag::Abstract) && (type->init == slot_tp_init || no_arguments)) {
            made = TRY(Result<Ref<Object>>::from_nullable(type->alloc(type, 0)));
        } else {
            return call_slot(t, type, args, nargs, kwnames);
        }
        Ref<Object> object = made.take();
        InitFunc init = object->type->init;
        if (init == object_init_slot && (object->type->construct != object_new_slot || no_arguments)) return object;
        if (init != slot_tp_init) {
            Ref<Tuple> tuple = TRY(tuple_from_array(t, args, nargs));
            MaybeRef<Dict> kwargs;
            if (kwnames) kwargs = TRY(keyword_dict(t, args + nargs, static_cast<Tuple*>(kwnames)));
            if (init && init(object.get(), tuple.get(), kwargs.get()) < 0) return Error{};
            return object;
        }
        LoadedMethod method = TRY(load_special_method(t, object, names::__init__));
        if (!method.callable) return object;
        Ref<Object> result = TRY(method.takes_self ? call_with_first(t, method.callable.get(), object.get(), args, nargs, kwnames)
                                                   : vectorcall(t, method.callable.get(), args, nargs, kwnames));
        if (!is_none(result.get())) return raise(t, exc::TypeError, "__init__() should return None, not '%T'", result);
        return object;
    };
    return run().release_or_null();
}

/// __new__ of builtin types as Python calls it: int.__new__(cls, …).
Object* tp_new_wrapper(Thread& t, const NativeDef&, Object* receiver, Object* const* args, size_t nargs, Object* kwnames) {
    auto run = [&]() -> Result<Ref<Object>> {
        auto* type = static_cast<Type*>(receiver);
        Object* self = type;
        if (nargs == 0) return raise(t, exc::TypeError, "%N.__new__(): not enough arguments", self);
        if (!is<Type>(args[0])) return raise(t, exc::TypeError, "%N.__new__(X): X is not a type object (%T)", self, args[0]);
        auto* subtype = static_cast<Type*>(args[0]);
        if (!is_subtype(subtype, type))
            return raise(t, exc::TypeError, "%N.__new__(%N): %N is not a subtype of %N", self, args[0], args[0], self);
        // object.__new__(dict) must not make a dict without its parts.
        Type* native = subtype;
        while (native && native->construct == slot_tp_new) native = native->base;
        if (native && !native->construct) return raise(t, exc::TypeError, "cannot create '%N' instances", args[0]);
        if (native && native->construct != type->construct)
            return raise(t, exc::TypeError, "%N.__new__(%N) is not safe, use %N.__new__()", self, args[0], static_cast<Object*>(native));
        Ref<Tuple> rest = TRY(tuple_from_array(t, args + 1, nargs - 1));
        MaybeRef<Dict> kwargs;
        if (kwnames && static_cast<Tuple*>(kwnames)->size) {
            auto* names = static_cast<Tuple*>(kwnames);
            kwargs = TRY(dict_new(t, names->size));
            for (intptr_t i = 0; i < names->size; ++i) TRY(dict_set(t, kwargs.get(), names->items[i], args[nargs + i]));
        }
        return Result<Ref<Object>>::from_nullable(type->construct(subtype, rest.get(), kwargs.get()));
    };
    return run().release_or_null();
}

namespace {

Result<Ref<Object>> type_tp_new(Thread& t, Borrowed<Type> metatype, Borrowed<Tuple> args, Dict* kwargs) {
    if (args->size != 3) return raise(t, exc::TypeError, "type.__new__() takes exactly 3 arguments (%d given)", args->size);
    Object *name = args->items[0], *bases = args->items[1], *dict = args->items[2];
    auto wrong = [&](int n, const char* expected, Object* got) {
        return raise(t, exc::TypeError, "type.__new__() argument %d must be %s, not %s", n, expected,
                     is_none(got) ? "None" : type_name(got));
    };
    if (!is<Str>(name)) return wrong(1, "str", name);
    if (!is<Tuple>(bases)) return wrong(2, "tuple", bases);
    if (!is<Dict>(dict)) return wrong(3, "dict", dict);
    return type_new(t, metatype, static_cast<Str*>(name), static_cast<Tuple*>(bases), static_cast<Dict*>(dict), kwargs);
}

Result<void> type_init(Thread& t, Borrowed<Object>, Borrowed<Tuple> args, Dict* kwargs) {
    if (kwargs && args->size == 1 && dict_size(kwargs)) return raise(t, exc::TypeError, "type.__init__() takes no keyword arguments");
    if (args->size != 1 && args->size != 3) return raise(t, exc::TypeError, "type.__init__() takes 1 or 3 arguments");
    return {};
}

Result<Ref<Object>> type_repr(Thread& t, Borrowed<Type> type) {
    auto found = type_module_name(t, type);
    Ref<Object> module = none_ref();
    if (found.is_error()) t.clear_exception();
    else module = found.take();
    Ref<Object> qualname = TRY(type_qualname(t, type));
    if (is<Str>(module.get()) && !str_equals_ascii(static_cast<Str*>(module.get()), "builtins"))
        return Ref<Object>(TRY(str_format(t, "<class '%s.%s'>", module, qualname)));
    return Ref<Object>(TRY(str_format(t, "<class '%s'>", qualname)));
}

// --- special attributes ------------------------------------------------------------------------------------------------------

Result<void> check_settable(Thread& t, Borrowed<Type> type, const char* name, Object* value) {
    if (type->has(type_flag::Immutable)) return raise(t, exc::TypeError, "cannot set '%s' attribute of immutable type '%N'", name, type);
    if (!value) return raise(t, exc::TypeError, "cannot delete '%s' attribute of immutable type '%N'", name, type);
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Str> shown = TRY(str_interned(t, name));
        TRY(audit_args(t, "object.__setattr__", {type.get(), shown.get(), value}));
    }
    return {};
}

Borrowed<Dict> dict_of(Borrowed<Type> type) { return static_cast<Dict*>(type->dict); }

/// Stores into the type's dict, past the metatype's descriptors.
Result<void> store_in_dict(Thread& t, Borrowed<Type> type, Borrowed<Str> name, Object* value) {
    MaybeRef<Object> old;
    TypeLock lock(t);
    type_modified(t, *type);
    if (value) return dict_set(t, dict_of(type), name, value);
    old = TRY(dict_pop(t, dict_of(type), name));
    return {};
}

Result<Ref<Object>> get_name(Thread& t, Borrowed<Type> type) {
    if (type->is_heap_type()) return acquire(static_cast<HeapType*>(type.get())->ht_name);
    return Ref<Object>(TRY(str_interned(t, short_type_name(*type))));
}
Result<void> set_name(Thread& t, Borrowed<Type> type, Object* value) {
    TRY(check_settable(t, type, "__name__", value));
    if (!is<Str>(value)) return raise(t, exc::TypeError, "can only assign string to %N.__name__, not '%T'", type, value);
    std::string_view text = TRY(str_utf8(t, static_cast<Str*>(value)));
    if (text.find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "type name must not contain null characters");
    auto* heap_type = static_cast<HeapType*>(type.get());
    auto* copy = static_cast<char*>(raw_alloc(text.size() + 1));
    if (!copy) return raise_memory_error(t);
    memcpy(copy, text.data(), text.size());
    copy[text.size()] = 0;
    TypeLock lock(t);
    char* old = std::exchange(heap_type->ht_tp_name, copy);
    type.get()->name = copy;
    assign_field(heap_type->ht_name, acquire(value).release());
    if (old) raw_free_delayed(t, old);
    return {};
}

Result<Ref<Object>> get_qualname(Thread& t, Borrowed<Type> type) { return type_qualname(t, type); }
Result<void> set_qualname(Thread& t, Borrowed<Type> type, Object* value) {
    TRY(check_settable(t, type, "__qualname__", value));
    if (!is<Str>(value)) return raise(t, exc::TypeError, "can only assign string to %N.__qualname__, not '%T'", type, value);
    assign_field(static_cast<HeapType*>(type.get())->ht_qualname, acquire(value).release());
    return {};
}

Result<Ref<Object>> get_module(Thread& t, Borrowed<Type> type) { return type_module_name(t, type); }
Result<void> set_module(Thread& t, Borrowed<Type> type, Object* value) {
    TRY(check_settable(t, type, "__module__", value));
    TRY(store_in_dict(t, type, names::__module__, value));
    return store_in_dict(t, type, names::__firstlineno__, nullptr);
}

Result<Ref<Object>> get_bases(Thread&, Borrowed<Type> type) { return acquire(type->bases); }
Result<Ref<Object>> get_base(Thread&, Borrowed<Type> type) {
    if (!type->base) return none_ref();
    return acquire(static_cast<Object*>(type->base));
}
Result<Ref<Object>> get_mro(Thread&, Borrowed<Type> type) {
    Object* mro = load_acquire(type->mro); // one that is replaced stays as long as the type
    return mro ? acquire(mro) : none_ref();
}

/// New MROs for all subclasses of a type whose bases changed; the old ones come back if one fails.
Result<void> update_mro(Thread& t, Borrowed<Type> type, Borrowed<List> undo) {
    Object* old = load_acquire(type->mro);
    Ref<Object> before = old ? acquire(old) : none_ref();
    if (!TRY(renew_mro(t, type))) return {};
    Ref<Tuple> entry = TRY(tuple_pack(t, type, before, Borrowed<Object>(load_acquire(type->mro))));
    TRY(list_append(t, undo, Ref<Object>(std::move(entry))));
    Ref<List> subclasses = TRY(type_subclasses(t, *type));
    for (intptr_t i = 0; i < subclasses->size; ++i) TRY(update_mro(t, static_cast<Type*>(subclasses->items[i]), undo));
    return {};
}

Result<void> set_bases(Thread& t, Borrowed<Type> type, Object* value) {
    TRY(check_settable(t, type, "__bases__", value));
    if (!is<Tuple>(value)) return raise(t, exc::TypeError, "can only assign tuple to %N.__bases__, not %T", type, value);
    auto* bases = static_cast<Tuple*>(value);
    if (bases->size == 0) return raise(t, exc::TypeError, "can only assign non-empty tuple to %N.__bases__, not ()", type);
    for (Object* base : *bases) {
        if (!is<Type>(base)) return raise(t, exc::TypeError, "%N.__bases__ must be tuple of classes, not '%T'", type, base);
        // Both ways: a mro() method may be here before the MRO follows the bases.
        bool cycle = is_subtype(static_cast<Type*>(base), type.get());
        for (Type* b = static_cast<Type*>(base); b && !cycle; b = b->base) cycle = b == type.get();
        if (cycle) return raise(t, exc::TypeError, "a __bases__ item causes an inheritance cycle");
    }
    Borrowed<Type> new_base = TRY(best_base(t, bases));
    TRY(check_layout_compatible(t, type->base, new_base.get(), "__bases__"));
    Ref<Object> old_bases = acquire(type->bases);
    Ref<Object> old_base = acquire(static_cast<Object*>(type->base));
    // Look-ups and deallocators walk the bases without a lock, and without a reference: nobody is on the way while they
    // are exchanged, and the old ones, the old base among them, stay as long as the type.
    auto put = [&](Object* new_bases, Object* base) {
        Object* bases_out = acquire(new_bases).release();
        Type* base_out = acquire(static_cast<Type*>(base)).release();
        stop_world(t);
        std::swap(type->bases, bases_out);
        std::swap(type->base, base_out);
        start_world(t);
        type_retire(t, *type, Ref<Object>::steal(bases_out));
        decref(static_cast<Object*>(base_out));
    };
    Ref<List> undo = TRY(list_new(t));
    {
        TypeLock lock(t);
        type_modified(t, *type);
        put(value, new_base.get());
    }
    auto changed = update_mro(t, type, undo);
    if (changed.is_error()) {
        MaybeRef<Object> raised = t.take_exception(); // putting things back takes memory, and notes a lack of it
        // What a mro() method has set meanwhile stays.
        TypeLock lock(t);
        for (intptr_t i = 0; i < undo->size; ++i) {
            auto* entry = static_cast<Tuple*>(undo->items[i]);
            auto* changed_type = static_cast<Type*>(entry->items[0]);
            if (changed_type->mro != entry->items[2] || is_none(entry->items[1])) continue;
            set_mro(*changed_type, acquire(entry->items[1]));
            type_modified(t, *changed_type);
        }
        if (type->bases == value) put(old_bases.get(), old_base.get());
        return t.set_exception(raised.take());
    }
    if (type->bases != value) return {}; // assigned again meanwhile
    TypeLock lock(t);
    for (Object* base : *static_cast<Tuple*>(old_bases.get())) remove_subclass(t, *static_cast<Type*>(base), *type);
    for (Object* base : *bases) TRY(add_subclass(t, *static_cast<Type*>(base), *type));
    // Versions may have been given meanwhile by look-ups in the old order.
    for (intptr_t i = undo->size; i-- > 0;) type_modified(t, *static_cast<Type*>(static_cast<Tuple*>(undo->items[i])->items[0]));
    for (intptr_t i = 0; i < undo->size; ++i) fixup_slots(t, *static_cast<Type*>(static_cast<Tuple*>(undo->items[i])->items[0]));
    return {};
}

Result<Ref<Object>> get_dict(Thread& t, Borrowed<Type> type) {
    if (!type->dict) return none_ref();
    return mapping_proxy_new(t, type->dict);
}

Result<Ref<Object>> get_doc(Thread& t, Borrowed<Type> type) {
    MaybeRef<Object> doc = TRY(dict_get_str(t, dict_of(type), names::__doc__));
    if (!doc) return none_ref();
    if (TernaryFunc get = doc->type->descr_get) return Result<Ref<Object>>::from_nullable(get(doc.get(), nullptr, type.get()));
    return doc.take();
}
Result<void> set_doc(Thread& t, Borrowed<Type> type, Object* value) {
    TRY(check_settable(t, type, "__doc__", value));
    return store_in_dict(t, type, names::__doc__, value);
}

Result<Ref<Object>> get_text_signature(Thread& t, Borrowed<Type> type) {
    // "name(signature)\n--\n\n…"; a class made in Python may have such a text as its docstring.
    MaybeRef<Object> own;
    const char* text = type->doc;
    if (type->is_heap_type()) {
        own = TRY(dict_get_str(t, dict_of(type), names::__doc__));
        if (!own || !is_exact<Str>(own.get())) return none_ref();
        text = TRY(str_utf8(t, static_cast<Str*>(own.get()))).data(); // ends with a null
    }
    if (!text) return none_ref();
    const char* start = strchr(text, '(');
    const char* end = strstr(text, ")\n--\n\n");
    const char* name = short_type_name(*type);
    size_t length = strlen(name);
    if (!start || !end || static_cast<size_t>(start - text) != length || strncmp(text, name, length) != 0) return none_ref();
    return Ref<Object>(TRY(str_from_utf8(t, std::string_view(start, end + 1 - start))));
}

Result<Ref<Object>> get_abstract_methods(Thread& t, Borrowed<Type> type) {
    if (type.get() != &Type::s_type) {
        MaybeRef<Object> value = TRY(dict_get_str(t, dict_of(type), names::__abstractmethods__));
        if (value) return value.take();
    }
    return raise_object(t, exc::AttributeError, names::__abstractmethods__);
}
Result<void> set_abstract_methods(Thread& t, Borrowed<Type> type, Object* value) {
    bool abstract = false;
    if (value) {
        abstract = TRY(is_true(t, value));
        TRY(store_in_dict(t, type, names::__abstractmethods__, value));
    } else {
        if (!TRY(dict_contains(t, dict_of(type), names::__abstractmethods__)))
            return raise_object(t, exc::AttributeError, names::__abstractmethods__);
        TRY(store_in_dict(t, type, names::__abstractmethods__, nullptr));
    }
    if (abstract) __atomic_fetch_or(&type.get()->flags, type_flag::Abstract, __ATOMIC_RELAXED);
    else __atomic_fetch_and(&type.get()->flags, ~type_flag::Abstract, __ATOMIC_RELAXED);
    return {};
}

COLD Error raise_no_attribute(Thread& t, Borrowed<Type> type, const char* name) {
    return raise(t, exc::AttributeError, "type object '%N' has no attribute '%s'", type, name);
}

// Annotations (PEP 649): the compiler leaves __annotate_func__ in the namespace; the result is cached.

Result<Ref<Object>> get_annotate(Thread& t, Borrowed<Type> type) {
    if (!type->is_heap_type()) return raise_no_attribute(t, type, "__annotate__");
    for (Str* name : {names::__annotate__, names::__annotate_func__}) { // a method of that name comes first
        MaybeRef<Object> found = TRY(dict_get_str(t, dict_of(type), name));
        if (!found) continue;
        if (TernaryFunc get = found->type->descr_get) return Result<Ref<Object>>::from_nullable(get(found.get(), nullptr, type.get()));
        return found.take();
    }
    TRY(store_in_dict(t, type, names::__annotate_func__, None()));
    return none_ref();
}
Result<void> set_annotate(Thread& t, Borrowed<Type> type, Object* value) {
    if (!value) return raise(t, exc::TypeError, "cannot delete __annotate__ attribute");
    if (type->has(type_flag::Immutable))
        return raise(t, exc::TypeError, "cannot set '__annotate__' attribute of immutable type '%N'", type);
    if (!is_none(value) && !is_callable(value)) return raise(t, exc::TypeError, "__annotate__ must be callable or None");
    TRY(store_in_dict(t, type, names::__annotate_func__, value));
    if (!is_none(value)) TRY(store_in_dict(t, type, names::__annotations_cache__, nullptr));
    return {};
}

Result<Ref<Object>> get_annotations(Thread& t, Borrowed<Type> type) {
    if (!type->is_heap_type()) return raise_no_attribute(t, type, "__annotations__");
    for (Str* name : {names::__annotations__, names::__annotations_cache__}) {
        MaybeRef<Object> found = TRY(dict_get_str(t, dict_of(type), name));
        if (!found) continue;
        if (TernaryFunc get = found->type->descr_get) return Result<Ref<Object>>::from_nullable(get(found.get(), nullptr, type.get()));
        return found.take();
    }
    Ref<Object> annotate = TRY(get_annotate(t, type));
    Ref<Object> annotations = none_ref();
    if (is_callable(annotate.get())) {
        Ref<Int> one = TRY(int_from(t, 1));
        annotations = TRY(call(t, annotate, one));
        if (!is<Dict>(annotations.get())) return raise(t, exc::TypeError, "__annotate__ returned non-dict of type '%T'", annotations);
    } else {
        annotations = TRY(dict_new(t));
    }
    TRY(store_in_dict(t, type, names::__annotations_cache__, annotations.get()));
    return annotations;
}
Result<void> set_annotations(Thread& t, Borrowed<Type> type, Object* value) {
    if (type->has(type_flag::Immutable))
        return raise(t, exc::TypeError, "cannot set '__annotations__' attribute of immutable type '%N'", type);
    bool plain = TRY(dict_contains(t, dict_of(type), names::__annotations__));
    if (value) {
        TRY(store_in_dict(t, type, plain ? names::__annotations__ : names::__annotations_cache__, value));
    } else {
        bool cached = TRY(dict_contains(t, dict_of(type), names::__annotations_cache__));
        if (!plain && !cached) return raise_object(t, exc::AttributeError, names::__annotations__);
        TRY(store_in_dict(t, type, plain ? names::__annotations__ : names::__annotations_cache__, nullptr));
    }
    TRY(store_in_dict(t, type, names::__annotate_func__, nullptr));
    return store_in_dict(t, type, names::__annotate__, nullptr);
}

Result<Ref<Object>> get_type_params(Thread& t, Borrowed<Type> type) {
    MaybeRef<Object> found = TRY(dict_get_str(t, dict_of(type), names::__type_params__));
    if (found && type.get() != &Type::s_type) return found.take(); // COMPAT: of a type whose instances have the attribute, the descriptor
    return Ref<Object>(tuple_empty());
}
Result<void> set_type_params(Thread& t, Borrowed<Type> type, Object* value) {
    TRY(check_settable(t, type, "__type_params__", value));
    return store_in_dict(t, type, names::__type_params__, value);
}

// --- methods -------------------------------------------------------------------------------------------------------------------

Result<Ref<Object>> type_mro_method(Thread& t, Borrowed<Type> type) {
    Ref<Object> mro = TRY(type_default_mro(t, type));
    return Ref<Object>(TRY(list_from_iterable(t, mro)));
}
Result<Ref<Object>> type_subclasses_method(Thread& t, Borrowed<Type> type) {
    TypeLock lock(t);
    Ref<List> all = TRY(type_subclasses(t, *type));
    if (type->is_heap_type() || !g_runtime.interpreters->next) return all;
    // A static type is known to all interpreters, its subclasses are not.
    Ref<List> own = TRY(list_new(t));
    for (intptr_t i = 0; i < list_size(all.get()); ++i) {
        MaybeRef<Object> subclass = list_get(t, all, i);
        if (subclass && gc_is_own(t, subclass.get())) TRY(list_append(t, own, subclass.take()));
    }
    return own;
}
Result<Ref<Object>> type_prepare(Thread& t, Borrowed<Type>, Args, Kwargs) { return Ref<Object>(TRY(dict_new(t))); }
Result<bool> type_instancecheck(Thread& t, Borrowed<Type> type, Borrowed<Object> instance) {
    return is_instance_by_type(t, instance, type);
}
Result<bool> type_subclasscheck(Thread& t, Borrowed<Type> type, Borrowed<Object> subclass) {
    return is_subclass_by_type(t, subclass, type);
}
Result<Ref<Object>> type_dir(Thread& t, Borrowed<Type> type) {
    Ref<Dict> dict = TRY(dict_new(t));
    TRY(merge_class_dict(t, dict, type));
    return Ref<Object>(TRY(dict_keys_list(t, dict)));
}
intptr_t type_sizeof(Thread&, Borrowed<Type> type) {
    if (!type->is_heap_type()) return sizeof(Type);
    return static_cast<intptr_t>(sizeof(HeapType)) + type->size * static_cast<intptr_t>(sizeof(MemberDef));
}
Result<Ref<Object>> type_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b) { return union_type_or(t, a, b); }

// --- the collector's view --------------------------------------------------------------------------------------------------------

int type_traverse(Object* o, VisitFunc visit, void* context) {
    auto* type = static_cast<HeapType*>(o);
    if (!type->is_heap_type()) return 0;
    int result;
    for (Object* field : {type->dict, type->cache, type->mro, type->bases, static_cast<Object*>(type->base), type->ht_module,
                          static_cast<Object*>(type->subclasses)})
        if (field && (result = visit(field, context))) return result;
    if (o->type != &Type::s_type && o->type->traverse == type_traverse && (result = visit(o->type, context))) return result;
    return 0;
}

int type_clear(Object* o) {
    auto* type = static_cast<HeapType*>(o);
    if (!type->is_heap_type()) return 0;
    Thread& t = Thread::current();
    {
        TypeLock lock(t);
        type_modified(t, *type);
    }
    // The dict goes first, and the MRO, which has the type itself; the rest is needed to deallocate what instances are left.
    if (type->dict) dict_clear(t, static_cast<Dict*>(type->dict));
    clear_field(type->mro);
    clear_field(type->cache);
    clear_field(type->ht_module);
    return 0;
}

void type_dealloc(Object* o) {
    auto* type = static_cast<HeapType*>(o);
    VERIFY(type->is_heap_type());
    Thread& t = Thread::current();
    MaybeRef<Object> saved = t.take_exception();
    gc_untrack(o);
    clear_weakrefs(o);
    {
        TypeLock lock(t);
        type_modified(t, *type);
        if (type->bases)
            for (Object* base : *static_cast<Tuple*>(type->bases)) remove_subclass(t, *static_cast<Type*>(base), *type);
    }
    clear_field(type->dict);
    clear_field(type->bases);
    clear_field(type->mro);
    clear_field(type->cache);
    if (type->subclasses) decref(static_cast<Object*>(type->subclasses));
    clear_field(type->ht_name);
    clear_field(type->ht_qualname);
    clear_field(type->ht_slots);
    clear_field(type->ht_module);
    if (type->cached_keys) shared_keys_release(t, type->cached_keys);
    raw_free(const_cast<char*>(type->doc));
    if (type->ht_tp_name) raw_free_delayed(t, type->ht_tp_name);
    Type* base = std::exchange(type->base, nullptr);
    Type* metatype = o->type;
    metatype->free(o);
    if (base) decref(base);
    // A metaclass made at run time is dropped by instance_dealloc, which has called this.
    if (saved) (void)t.set_exception(saved.take());
}

int type_is_gc(Object* o) { return static_cast<Type*>(o)->is_heap_type(); }

constexpr NativeDef type_methods[] = {
    method<type_mro_method>("mro", "($self, /)", "Return a type's method resolution order."),
    method<type_subclasses_method>("__subclasses__", "($self, /)", "Return a list of immediate subclasses."),
    class_method<type_prepare>("__prepare__", "($cls, name, bases, /, **kwds)", "Create the namespace for the class statement"),
    method<type_instancecheck>("__instancecheck__", "($self, instance, /)", "Check if an object is an instance."),
    method<type_subclasscheck>("__subclasscheck__", "($self, subclass, /)", "Check if a class is a subclass."),
    method<type_dir>("__dir__", "($self, /)", "Specialized __dir__ implementation for types."),
    method<type_sizeof>("__sizeof__", "($self, /)", "Return memory consumption of the type object."),
};

int type_setattro(Object* self, Object* name, Object* value) {
    Thread& t = Thread::current();
    if (!is<Str>(name)) {
        if (static_cast<Type*>(self)->has(type_flag::Immutable)) return (void)raise_immutable(t, static_cast<Type*>(self), name), -1;
        return (void)raise(t, exc::TypeError, "attribute name must be string, not '%T'", name), -1;
    }
    return type_set_attribute(t, static_cast<Type*>(self), static_cast<Str*>(name), value).as_int();
}

} // namespace

static const SlotDef type_slots[] = {
    raw_slot(SlotId::tp_dealloc, type_dealloc),
    unary_slot<SlotId::tp_repr, type_repr>(),
    binary_slot<SlotId::nb_or, type_or>(),
    ternary_slot<SlotId::tp_call, type_call>(),
    raw_slot(SlotId::tp_getattro, type_getattr_slot),
    raw_slot(SlotId::tp_setattro, type_setattro),
    raw_slot(SlotId::tp_traverse, type_traverse),
    raw_slot(SlotId::tp_clear, type_clear),
    init_slot<SlotId::tp_init, type_init>(),
    construct_slot<SlotId::tp_new, type_tp_new>(),
    raw_slot(SlotId::tp_is_gc, type_is_gc),
    raw_slot(SlotId::tp_vectorcall, type_vectorcall),
    raw_slot(SlotId::tp_alloc, generic_alloc),
    raw_slot(SlotId::tp_free, free_object),
};
/// COMPAT: the types of modules are heap types in CPython, and copyreg, pickle and others go by the flag. Ours are static
/// all the same; those that are static there too are listed.
bool is_shown_as_heap(const Type& type) {
    if (type.is_heap_type() || !strchr(type.name, '.')) return type.is_heap_type();
    for (const char* prefix :
         {"_contextvars.", "contextvars.", "collections.OrderedDict", "datetime.", "pickle.PickleBuffer", "string.templatelib.", "Token.",
          "sys.", "types.GenericAlias", "types.SimpleNamespace", "typing.TypeAliasType", "typing.Union", "weakref."})
        if (!strncmp(type.name, prefix, strlen(prefix))) return false;
    return true;
}
static uint64_t get_flags(Thread&, Borrowed<Type> type) {
    constexpr unsigned long Known = 0xffffffff;
    return (type->flags & Known) | (is_shown_as_heap(*type) ? type_flag::HeapType : 0);
}
static const GetSetDef type_getset[] = {
    getter<get_flags>("__flags__"),
    getter_setter<get_name, set_name>("__name__"),
    getter_setter<get_qualname, set_qualname>("__qualname__"),
    getter_setter<get_bases, set_bases>("__bases__"),
    getter<get_mro>("__mro__"),
    getter_setter<get_module, set_module>("__module__"),
    getter_setter<get_abstract_methods, set_abstract_methods>("__abstractmethods__"),
    getter<get_dict>("__dict__"),
    getter_setter<get_doc, set_doc>("__doc__"),
    getter<get_text_signature>("__text_signature__"),
    getter_setter<get_annotations, set_annotations>("__annotations__"),
    getter_setter<get_annotate, set_annotate>("__annotate__"),
    getter_setter<get_type_params, set_type_params>("__type_params__"),
    getter<get_base>("__base__"),
};
static constexpr MemberDef type_members[] = {
    {"__basicsize__", member_type::Size, offsetof(Type, basicsize), member_flag::ReadOnly, nullptr},
    {"__itemsize__", member_type::Size, offsetof(Type, itemsize), member_flag::ReadOnly, nullptr},
    {"__weakrefoffset__", member_type::Size, offsetof(Type, weaklist_offset), member_flag::ReadOnly, nullptr},
    {"__dictoffset__", member_type::Size, offsetof(Type, dict_offset), member_flag::ReadOnly, nullptr},
};
extern const TypeSpec type_spec = {.type = &Type::s_type,
                                   .name = "type",
                                   .basicsize = sizeof(HeapType),
                                   .itemsize = sizeof(MemberDef),
                                   .flags = type_flag::Gc | type_flag::BaseType | type_flag::TypeSubclass | type_flag::ItemsAtEnd,
                                   .doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
                                   .slots = type_slots,
                                   .methods = type_methods,
                                   .getset = type_getset,
                                   .members = type_members,
                                   .weaklist_offset = offsetof(Type, weaklist),
                                   .dict_offset = offsetof(Type, dict),
                                   .vectorcall_offset = offsetof(Type, vectorcall)};

} // namespace taipan
