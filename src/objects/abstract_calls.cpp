#include "objects/abstract.h"
#include "objects/any_keywords.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

namespace taipan {

bool is_callable(const Object* object) { return object->type->call != nullptr; }

VectorcallFunc vectorcall_function(const Object* callable) {
    const Type* type = callable->type;
    if (!type->has(type_flag::Vectorcall)) return nullptr;
    return *reinterpret_cast<VectorcallFunc const*>(reinterpret_cast<const char*>(callable) + type->vectorcall_offset);
}

static COLD Error raise_not_callable(Thread& t, Borrowed<Object> callable) {
    if (is<Module>(callable.get())) { // a module that holds something callable of its own name: which is meant is likely
        Object* name = static_cast<Module*>(callable.get())->name;
        if (name && is<Str>(name)) {
            MaybeRef<Object> own = TRY(get_attribute_optional(t, callable, static_cast<Str*>(name)));
            if (own && is_callable(own.get()))
                return raise(t, exc::TypeError, "'%T' object is not callable. Did you mean: '%s.%s(...)'?", callable, name, name);
        }
    }
    return raise(t, exc::TypeError, "'%T' object is not callable", callable);
}

static Object* checked(Thread& t, Object* callable, Object* result) {
    if (UNLIKELY(!result && !t.has_exception()))
        (void)raise(t, exc::SystemError, "%R returned NULL without setting an exception", callable);
    return result;
}

Result<Ref<Dict>> keyword_dict(Thread& t, Object* const* values, Tuple* names) {
    Ref<Dict> dict = TRY(dict_new(t, names->size));
    for (intptr_t i = 0; i < names->size; ++i) TRY(dict_set(t, dict, names->items[i], values[i]));
    return dict;
}

Result<Ref<Object>> call_slot(Thread& t, Borrowed<Object> callable, Object* const* args, size_t nargs, Object* kwnames) {
    TernaryFunc call = callable->type->call;
    if (!call) return raise_not_callable(t, callable);
    TRY(check_recursion(t, " while calling a Python object"));
    Ref<Tuple> tuple = TRY(tuple_from_array(t, args, nargs));
    MaybeRef<Dict> kwargs;
    if (kwnames && static_cast<Tuple*>(kwnames)->size) kwargs = TRY(keyword_dict(t, args + nargs, static_cast<Tuple*>(kwnames)));
    return Result<Ref<Object>>::from_nullable(checked(t, callable.get(), call(callable.get(), tuple.get(), kwargs.get())));
}

Result<Ref<Object>> vectorcall(Thread& t, Borrowed<Object> callable, Object* const* args, size_t nargsf, Object* kwnames) {
    if (VectorcallFunc function = vectorcall_function(callable.get()); LIKELY(function != nullptr)) {
        TRY(check_recursion(t, " while calling a Python object"));
        return Result<Ref<Object>>::from_nullable(checked(t, callable.get(), function(callable.get(), args, nargsf, kwnames)));
    }
    return call_slot(t, callable, args, vectorcall_nargs(nargsf), kwnames);
}

Result<Ref<Object>> call_tuple(Thread& t, Borrowed<Object> callable, Borrowed<Tuple> args, Dict* kwargs) {
    VectorcallFunc function = vectorcall_function(callable.get());
    if (!function) {
        TernaryFunc call = callable->type->call;
        if (!call) return raise_not_callable(t, callable);
        TRY(check_recursion(t, " while calling a Python object"));
        return Result<Ref<Object>>::from_nullable(checked(t, callable.get(), call(callable.get(), args.get(), kwargs)));
    }
    return vectorcall_tuple(t, callable, function, args, kwargs);
}

static bool takes_any_keywords(Object* callable) {
    const NativeDef* def = is_exact<BuiltinFunction>(callable)    ? static_cast<BuiltinFunction*>(callable)->def
                           : is_exact<MethodDescriptor>(callable) ? static_cast<MethodDescriptor*>(callable)->def
                                                                  : nullptr;
    return def && (def->method_flags & method_flag::AnyKeywords);
}

Result<Ref<Object>> vectorcall_tuple(Thread& t, Borrowed<Object> callable, VectorcallFunc function, Borrowed<Tuple> args, Dict* kwargs) {
    TRY(check_recursion(t, " while calling a Python object"));
    if (!kwargs || dict_size(kwargs) == 0)
        return Result<Ref<Object>>::from_nullable(checked(t, callable.get(), function(callable.get(), args->items, args->size, nullptr)));
    intptr_t keywords = dict_size(kwargs);
    // Both tuples own what they hold until the call is over.
    Ref<Tuple> all = TRY(tuple_alloc(t, args->size + keywords));
    Ref<Tuple> names = TRY(tuple_alloc(t, keywords));
    copy_references(all->items, args->items, args->size);
    intptr_t position = 0, n = 0;
    MaybeRef<Object> key, value;
    while (n < keywords && dict_next(t, kwargs, &position, &key, &value)) {
        if (!is<Str>(key.get()) && !takes_any_keywords(callable.get())) {
            // Classes made by Python code have a vectorcall here and none in CPython: what they call looks at the keys.
            TernaryFunc call = callable->type->call;
            if (is<Type>(callable.get()) && static_cast<Type*>(callable.get())->is_heap_type() && call != vectorcall_as_call)
                return Result<Ref<Object>>::from_nullable(checked(t, callable.get(), call(callable.get(), args.get(), kwargs)));
            return raise(t, exc::TypeError, "keywords must be strings");
        }
        names->items[n] = key.release();
        all->items[args->size + n++] = value.release();
    }
    if (n != keywords) return raise(t, exc::RuntimeError, "dictionary changed size during iteration");
    return Result<Ref<Object>>::from_nullable(checked(t, callable.get(), function(callable.get(), all->items, args->size, names.get())));
}

Result<Ref<Object>> vectorcall_method(Thread& t, Borrowed<Str> name, Object* const* args, size_t nargsf, Object* kwnames) {
    LoadedMethod method = TRY(load_method(t, args[0], name));
    size_t nargs = vectorcall_nargs(nargsf);
    Ref<Object> callable = method.callable.take();
    if (method.takes_self) return vectorcall(t, callable, args, nargsf, kwnames);
    // The place of the object in front of the arguments may be overwritten for the call.
    return vectorcall(t, callable, args + 1, (nargs - 1) | VectorcallOffset, kwnames);
}

Object* vectorcall_as_call(Object* callable, Object* args, Object* kwargs) {
    Thread& t = Thread::current();
    // A subclass with a __call__ of its own has no vectorcall, but the base's __call__ that it calls takes this way.
    const Type* type = callable->type;
    VectorcallFunc function =
        type->vectorcall_offset
            ? *reinterpret_cast<VectorcallFunc const*>(reinterpret_cast<const char*>(callable) + type->vectorcall_offset)
            : nullptr;
    if (!function) {
        (void)raise(t, exc::TypeError, "'%T' object does not support vectorcall", callable);
        return nullptr;
    }
    return vectorcall_tuple(t, callable, function, static_cast<Tuple*>(args), static_cast<Dict*>(kwargs)).release_or_null();
}

} // namespace taipan
