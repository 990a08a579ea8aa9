#include "objects/abstract.h"
#include "objects/function.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/type_object.h"

namespace taipan {

/// An AttributeError raised by Python code learns what was asked for, so that suggestions can be made.
static COLD Error add_context(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    if (!t.exception || !is_subtype(t.exception->type, &exc::AttributeError)) return Error{};
    auto* error = static_cast<AttributeErrorObject*>(t.exception);
    if (error->object || error->name) return Error{};
    error->object = object.share().release();
    error->name = name.share().release();
    return Error{};
}

Result<Ref<Object>> get_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    Type* type = object->type;
    if (LIKELY(type->getattr != nullptr)) {
        Object* value = type->getattr(object.get(), name.get());
        if (UNLIKELY(!value)) return add_context(t, object, name);
        return Ref<Object>::steal(value);
    }
    if (type->getattr_char) {
        std::string_view text = TRY(str_utf8(t, name));
        return Result<Ref<Object>>::from_nullable(type->getattr_char(object.get(), const_cast<char*>(text.data())));
    }
    return raise_attribute_error(t, object, name);
}

ResultMaybe<Object> get_attribute_optional(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    Type* type = object->type;
    if (type->getattr == generic_getattr_slot) return generic_get_attribute_optional(t, object, name);
    if (type->getattr == type_getattr_slot) {
        auto found = type_get_attribute_optional(t, static_cast<Type*>(object.get()), name);
        if (found.is_error() && clear_if(t, exc::AttributeError)) return MaybeRef<Object>(); // from a descriptor's __get__
        return found;
    }
    auto result = get_attribute(t, object, name);
    if (result.is_error()) {
        if (clear_if(t, exc::AttributeError)) return MaybeRef<Object>();
        return Error{};
    }
    return MaybeRef<Object>(result.take());
}

static Result<void> store_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name, Object* value) {
    Type* type = object->type;
    if (LIKELY(type->setattr != nullptr)) {
        if (name->is_interned()) {
            if (type->setattr(object.get(), name.get(), value) < 0) return Error{};
            return {};
        }
        Ref<Str> interned = is_exact<Str>(name.get()) ? str_intern(t, name.share()) : name.share();
        if (type->setattr(object.get(), interned.get(), value) < 0) return Error{};
        return {};
    }
    if (type->setattr_char) {
        std::string_view text = TRY(str_utf8(t, name));
        if (type->setattr_char(object.get(), const_cast<char*>(text.data()), value) < 0) return Error{};
        return {};
    }
    bool readable = type->getattr || type->getattr_char;
    return raise(t, exc::TypeError,
                 readable ? "'%T' object has only read-only attributes (%s .%s)" : "'%T' object has no attributes (%s .%s)", object,
                 value ? "assign to" : "del", name);
}

Result<void> set_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name, Borrowed<Object> value) {
    return store_attribute(t, object, name, value.get());
}

Result<void> delete_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name) { return store_attribute(t, object, name, nullptr); }

ResultMaybe<Object> lookup_special(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    MaybeRef<Object> found = type_lookup(t, *object->type, name);
    if (!found) return MaybeRef<Object>();
    TernaryFunc get = found->type->descr_get;
    if (!get) return found;
    Object* bound = get(found.get(), object.get(), object->type);
    if (!bound) return Error{};
    return MaybeRef<Object>::steal(bound);
}

Result<LoadedMethod> load_method(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    Type* type = object->type;
    if (type->getattr == generic_getattr_slot) {
        MaybeRef<Object> found = type_lookup(t, *type, name);
        if (found && found->type->has(type_flag::MethodDescriptor)) {
            // A method of the type, unless the instance has an attribute of that name.
            MaybeRef<Object> own = TRY(instance_attribute(t, object, name));
            if (own) return LoadedMethod{std::move(own), false};
            return LoadedMethod{std::move(found), true};
        }
    }
    return LoadedMethod{TRY(get_attribute(t, object, name)), false};
}

Result<LoadedMethod> load_special_method(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    MaybeRef<Object> found = type_lookup(t, *object->type, name);
    if (!found) return LoadedMethod{};
    if (found->type->has(type_flag::MethodDescriptor)) return LoadedMethod{std::move(found), true};
    if (TernaryFunc get = found->type->descr_get) {
        Object* bound = get(found.get(), object.get(), object->type);
        if (!bound) return Error{};
        return LoadedMethod{MaybeRef<Object>::steal(bound), false};
    }
    return LoadedMethod{std::move(found), false};
}

} // namespace taipan
