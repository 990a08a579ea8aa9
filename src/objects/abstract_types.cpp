// isinstance, issubclass, dir and the memory of instances.
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/generic_alias.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan {

/// The __bases__ of something that behaves like a class: a tuple, or nothing.
static ResultMaybe<Object> abstract_bases(Thread& t, Borrowed<Object> cls) {
    MaybeRef<Object> bases = TRY(get_attribute_optional(t, cls, names::__bases__));
    if (bases && !is<Tuple>(bases.get())) return MaybeRef<Object>();
    return bases;
}

static Result<bool> abstract_is_subclass(Thread& t, Borrowed<Object> derived, Borrowed<Object> cls) {
    TRY(check_recursion(t, " in __subclasscheck__"));
    if (derived.get() == cls.get()) return true;
    MaybeRef<Object> bases = TRY(abstract_bases(t, derived));
    if (!bases) return false;
    for (Object* base : *static_cast<Tuple*>(bases.get()))
        if (TRY(abstract_is_subclass(t, base, cls))) return true;
    return false;
}

static Result<void> check_class(Thread& t, Borrowed<Object> cls, const char* message) {
    MaybeRef<Object> bases = TRY(abstract_bases(t, cls));
    if (!bases) return raise(t, exc::TypeError, "%s", message);
    return {};
}

/// True if instances of the type say that they are: nothing replaces object's __class__.
static bool has_plain_class(Thread& t, Type& type) {
    if (type.getattr != generic_getattr_slot) return false;
    return type_lookup(t, type, names::__class__).get() == type_lookup(t, Object::s_type, names::__class__).get();
}

Result<bool> is_instance_by_type(Thread& t, Borrowed<Object> object, Borrowed<Object> cls) {
    if (is<Type>(cls.get())) {
        if (is_subtype(object->type, static_cast<Type*>(cls.get()))) return true;
        if (has_plain_class(t, *object->type)) return false;
        // What the object says its class is (proxies).
        MaybeRef<Object> claimed = TRY(get_attribute_optional(t, object, names::__class__));
        if (claimed && claimed.get() != object->type && is<Type>(claimed.get()))
            return is_subtype(static_cast<Type*>(claimed.get()), static_cast<Type*>(cls.get()));
        return false;
    }
    TRY(check_class(t, cls, "isinstance() arg 2 must be a type, a tuple of types, or a union"));
    MaybeRef<Object> claimed = TRY(get_attribute_optional(t, object, names::__class__));
    if (!claimed) return false;
    return abstract_is_subclass(t, claimed.get(), cls);
}

Result<bool> is_subclass_by_type(Thread& t, Borrowed<Object> derived, Borrowed<Object> cls) {
    if (is<Type>(cls.get()) && is<Type>(derived.get())) return is_subtype(static_cast<Type*>(derived.get()), static_cast<Type*>(cls.get()));
    TRY(check_class(t, derived, "issubclass() arg 1 must be a class"));
    if (!is<Union>(cls.get())) TRY(check_class(t, cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    return abstract_is_subclass(t, derived, cls);
}

static Result<bool> call_check(Thread& t, const LoadedMethod& method, Object* self, Object* argument) {
    Ref<Object> result = TRY(call(t, method, self, argument));
    return is_true(t, result);
}

/// Asks `check` about each class in nested tuples, in order, until one answers yes. Depth takes no C stack.
/// But it is limited, as elsewhere: programs may count on a RecursionError.
constexpr size_t MaxTupleDepth = 20'000;
template <class Check> static Result<bool> any_in_tuples(Thread& t, Tuple* tuple, const char* where, Check check) {
    struct Level {
        Tuple* tuple;
        intptr_t index;
    };
    Level local[16];
    Level* levels = local;
    size_t depth = 1, capacity = 16;
    levels[0] = {tuple, 0};
    auto run = [&]() -> Result<bool> {
        while (depth) {
            Level& level = levels[depth - 1];
            if (level.index == level.tuple->size) {
                --depth;
                continue;
            }
            Object* item = level.tuple->items[level.index++];
            if (!is<Tuple>(item)) {
                if (TRY(check(item))) return true;
                continue;
            }
            if (depth >= MaxTupleDepth) return raise_recursion_error(t, where);
            if (depth == capacity) {
                size_t bytes = 2 * capacity * sizeof(Level);
                auto* more = static_cast<Level*>(levels == local ? raw_alloc(bytes) : raw_realloc(levels, bytes));
                if (!more) return raise_memory_error(t);
                if (levels == local) memcpy(more, local, sizeof local);
                levels = more;
                capacity *= 2;
            }
            levels[depth++] = {static_cast<Tuple*>(item), 0};
        }
        return false;
    };
    auto result = run();
    if (levels != local) raw_free(levels);
    return result;
}

Result<bool> is_instance(Thread& t, Borrowed<Object> object, Borrowed<Object> cls) {
    if (object->type == cls.get()) return true;
    if (cls->type == &Type::s_type) return is_instance_by_type(t, object, cls);
    if (is<Tuple>(cls.get()))
        return any_in_tuples(t, static_cast<Tuple*>(cls.get()), " in __instancecheck__",
                             [&](Object* item) { return is_instance(t, object, item); });
    if (cls->type == &Union::s_type) {
        for (Object* member : *static_cast<Tuple*>(static_cast<Union*>(cls.get())->args))
            if (TRY(is_instance(t, object, member))) return true;
        return false;
    }
    LoadedMethod check = TRY(load_special_method(t, cls, names::__instancecheck__));
    if (!check.callable) return is_instance_by_type(t, object, cls);
    TRY(check_recursion(t, " in __instancecheck__"));
    return call_check(t, check, cls.get(), object.get());
}

Result<bool> is_subclass(Thread& t, Borrowed<Object> derived, Borrowed<Object> cls) {
    if (cls->type == &Type::s_type) {
        if (derived.get() == cls.get()) return true;
        return is_subclass_by_type(t, derived, cls);
    }
    if (is<Tuple>(cls.get()))
        return any_in_tuples(t, static_cast<Tuple*>(cls.get()), " in __subclasscheck__",
                             [&](Object* item) { return is_subclass(t, derived, item); });
    if (cls->type == &Union::s_type) {
        for (Object* member : *static_cast<Tuple*>(static_cast<Union*>(cls.get())->args))
            if (TRY(is_subclass(t, derived, member))) return true;
        return false;
    }
    LoadedMethod check = TRY(load_special_method(t, cls, names::__subclasscheck__));
    if (!check.callable) return is_subclass_by_type(t, derived, cls);
    TRY(check_recursion(t, " in __subclasscheck__"));
    return call_check(t, check, cls.get(), derived.get());
}

Result<Ref<Object>> directory(Thread& t, Borrowed<Object> object) {
    LoadedMethod method = TRY(load_special_method(t, object, names::__dir__));
    if (!method) return raise(t, exc::TypeError, "object does not provide __dir__");
    Ref<Object> result = TRY(call(t, method, object));
    Ref<List> list = TRY(list_from_iterable(t, result));
    TRY(list_sort(t, list, nullptr, false));
    return Ref<Object>(std::move(list));
}

} // namespace taipan
