// object.__getattribute__ and object.__setattr__, and where instances keep their attributes.
//
// An object's own attributes are, by type: inline values with shared keys or a managed dict (ManagedDict), a dict at
// dict_offset, or nothing.
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/dict_keys.h"
#include "objects/names.h"
#include "objects/racy.h"
#include "objects/type_object.h"

#include <cstdlib>

namespace taipan {

Object** instance_dict_pointer(Object* object) {
    Type* type = object->type;
    intptr_t offset = type->dict_offset;
    if (offset == 0 || type->has(type_flag::ManagedDict)) return nullptr;
    if (offset < 0) { // from the end of a variable-sized object
        intptr_t size = static_cast<VarObject*>(object)->size;
        if (size < 0) size = -size;
        size_t bytes = static_cast<size_t>(type->basicsize) + static_cast<size_t>(type->itemsize) * static_cast<size_t>(size);
        offset += static_cast<intptr_t>((bytes + 7) & ~size_t{7});
    }
    return reinterpret_cast<Object**>(reinterpret_cast<char*>(object) + offset);
}

/// The dict at a dict_offset, owned, or nothing.
static MaybeRef<Object> load_dict(Thread& t, Object* object, Object** place) {
    Object* dict = nullptr;
    if (racy_read(*place, &dict) == RacyRead::Retry) {
        CriticalSection section(t, object);
        dict = *place;
        if (dict) incref_locked(dict);
    }
    return MaybeRef<Object>::steal(dict);
}

ResultMaybe<Object> instance_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    if (object->type->has(type_flag::ManagedDict)) return instance_get(t, object.get(), name.get());
    Object** place = instance_dict_pointer(object.get());
    if (!place || !load_acquire(*place)) return MaybeRef<Object>();
    MaybeRef<Object> dict = load_dict(t, object.get(), place);
    if (!dict) return MaybeRef<Object>();
    return dict_get_str(t, static_cast<Dict*>(dict.get()), name);
}

ResultMaybe<Dict> instance_dict(Thread& t, Borrowed<Object> object) {
    if (object->type->has(type_flag::ManagedDict)) return MaybeRef<Dict>(TRY(instance_dict_ensure(t, object.get())));
    Object** place = instance_dict_pointer(object.get());
    if (!place) return MaybeRef<Dict>();
    MaybeRef<Object> present = load_dict(t, object.get(), place);
    if (!present) {
        Ref<Dict> made = TRY(dict_new(t));
        CriticalSection section(t, object.get());
        if (!*place) store_release(*place, made.release());
        present = MaybeRef<Object>::acquire(*place);
    }
    return MaybeRef<Dict>::steal(static_cast<Dict*>(present.release()));
}

Result<void> instance_dict_set(Thread& t, Borrowed<Object> object, Object* value) {
    if (value && !is<Dict>(value)) return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
    if (object->type->has(type_flag::ManagedDict)) return instance_dict_assign(t, object.get(), static_cast<Dict*>(value));
    Object** place = instance_dict_pointer(object.get());
    if (!place) return raise(t, exc::AttributeError, "This object has no __dict__");
    Object* old;
    xincref(value);
    {
        CriticalSection section(t, object.get());
        old = *place;
        store_release(*place, value);
    }
    xdecref(old);
    return {};
}

static Result<void> check_name(Thread& t, Object* name) {
    if (LIKELY(is<Str>(name))) return {};
    return raise(t, exc::TypeError, "attribute name must be string, not '%T'", name);
}

ResultMaybe<Object> generic_get_attribute_optional(Thread& t, Borrowed<Object> object, Borrowed<Str> name) {
    Type* type = object->type;
    // 1. A data descriptor in the type.
    MaybeRef<Object> descriptor = type_lookup(t, *type, name);
    TernaryFunc get = nullptr;
    if (descriptor) {
        get = descriptor->type->descr_get;
        if (get && descriptor->type->descr_set) {
            Object* value = get(descriptor.get(), object.get(), type);
            if (value) return MaybeRef<Object>::steal(value);
            if (clear_if(t, exc::AttributeError)) return MaybeRef<Object>();
            return Error{};
        }
    }
    // 2. The object's own attribute.
    MaybeRef<Object> own = TRY(instance_attribute(t, object, name));
    if (own) return own;
    // 3. A function or other descriptor in the type, 4. any value there.
    if (get) {
        Object* value = get(descriptor.get(), object.get(), type);
        if (value) return MaybeRef<Object>::steal(value);
        if (clear_if(t, exc::AttributeError)) return MaybeRef<Object>();
        return Error{};
    }
    return descriptor;
}

Result<Ref<Object>> generic_get_attribute(Thread& t, Borrowed<Object> object, Borrowed<Object> name_object) {
    TRY(check_name(t, name_object.get()));
    Borrowed<Str> name = static_cast<Str*>(name_object.get());
    Type* type = object->type;
    MaybeRef<Object> descriptor = type_lookup(t, *type, name);
    TernaryFunc get = nullptr;
    if (descriptor) {
        get = descriptor->type->descr_get;
        if (get && descriptor->type->descr_set) return Result<Ref<Object>>::from_nullable(get(descriptor.get(), object.get(), type));
    }
    MaybeRef<Object> own = TRY(instance_attribute(t, object, name));
    if (own) return own.take();
    if (get) return Result<Ref<Object>>::from_nullable(get(descriptor.get(), object.get(), type));
    if (descriptor) return descriptor.take();
    return raise_attribute_error(t, object, name);
}

static COLD Error raise_attribute_error_text(Thread& t, Object* object, Str* name, Borrowed<Str> text) {
    (void)raise(t, exc::AttributeError, "%s", text);
    if (t.exception && is_subtype(t.exception->type, &exc::AttributeError)) {
        auto* error = static_cast<AttributeErrorObject*>(t.exception);
        assign_field(error->object, acquire(object).release());
        assign_field(error->name, static_cast<Object*>(acquire(name).release()));
    }
    return Error{};
}

static COLD Error raise_cannot_set(Thread& t, Object* object, Str* name, bool descriptor_found) {
    if (descriptor_found) {
        Ref<Str> text = TRY(str_format(t, "'%T' object attribute '%s' is read-only", object, name));
        return raise_attribute_error_text(t, object, name, text);
    }
    if (object->type->setattr == generic_setattr_slot) {
        Ref<Str> text = TRY(str_format(t, "'%T' object has no attribute '%s' and no __dict__ for setting new attributes", object, name));
        return raise_attribute_error_text(t, object, name, text);
    }
    return raise_attribute_error(t, object, name);
}

Result<void> generic_set_attribute(Thread& t, Borrowed<Object> object, Borrowed<Object> name_object, Object* value) {
    TRY(check_name(t, name_object.get()));
    Borrowed<Str> name = static_cast<Str*>(name_object.get());
    Type* type = object->type;
    // 1. A data descriptor in the type.
    MaybeRef<Object> descriptor = type_lookup(t, *type, name);
    if (descriptor) {
        if (SetItemFunc set = descriptor->type->descr_set) {
            if (set(descriptor.get(), object.get(), value) < 0) return Error{};
            return {};
        }
    }
    // 2. The object's own attributes.
    if (type->has(type_flag::ManagedDict)) {
        if (!TRY(instance_set(t, object.get(), name.get(), value))) return raise_attribute_error(t, object, name);
        return {};
    }
    Object** place = instance_dict_pointer(object.get());
    if (!place) return raise_cannot_set(t, object.get(), name.get(), static_cast<bool>(descriptor));
    if (!value) {
        MaybeRef<Object> dict = load_dict(t, object.get(), place);
        if (!dict || !TRY(dict_delete(t, static_cast<Dict*>(dict.get()), name))) return raise_attribute_error(t, object, name);
        return {};
    }
    MaybeRef<Dict> dict = TRY(instance_dict(t, object));
    return dict_set(t, dict.get(), name, value);
}

Object* generic_getattr_slot(Object* object, Object* name) {
    return generic_get_attribute(Thread::current(), object, name).release_or_null();
}

int generic_setattr_slot(Object* object, Object* name, Object* value) {
    return generic_set_attribute(Thread::current(), object, name, value).as_int();
}

} // namespace taipan
