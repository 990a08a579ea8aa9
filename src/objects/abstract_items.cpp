// Items, lengths, membership and iteration.
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/generic_alias.h"
#include "objects/int.h"
#include "objects/iterator_step.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/names.h"
#include "objects/slot_functions.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

#include <optional>

namespace taipan {

static bool has_index(const Object* object) { return object->type->as_number && object->type->as_number->index; }

Result<Ref<Object>> get_item(Thread& t, Borrowed<Object> object, Borrowed<Object> key) {
    Type* type = object->type;
    if (type->as_mapping && type->as_mapping->subscript)
        return Result<Ref<Object>>::from_nullable(type->as_mapping->subscript(object.get(), key.get()));
    if (type->as_sequence && type->as_sequence->item) {
        if (!has_index(key.get())) return raise(t, exc::TypeError, "sequence index must be integer, not '%T'", key);
        intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
        return sequence_get(t, object, index);
    }
    if (is<Type>(object.get())) {
        if (object.get() == &Type::s_type) return generic_alias_new(t, object, key);
        MaybeRef<Object> method = TRY(get_attribute_optional(t, object, names::__class_getitem__));
        if (method && !is_none(method.get())) return call(t, method.get(), key);
        return raise(t, exc::TypeError, "type '%N' is not subscriptable", object);
    }
    return raise(t, exc::TypeError, "'%T' object is not subscriptable", object);
}

static Result<void> store_item(Thread& t, Borrowed<Object> object, Borrowed<Object> key, Object* value) {
    Type* type = object->type;
    if (type->as_mapping && type->as_mapping->set_subscript) {
        if (type->as_mapping->set_subscript(object.get(), key.get(), value) < 0) return Error{};
        return {};
    }
    if (SequenceMethods* sequence = type->as_sequence) {
        if (has_index(key.get())) {
            intptr_t index = TRY(to_index_size(t, key, exc::IndexError));
            if (sequence->set_item) {
                std::optional<CriticalSection> section;
                if (index < 0 && sequence->length) {
                    if (is_multi_threaded() && sequence->set_item != slot_function::sq_set_item) section.emplace(t, object.get());
                    intptr_t size = sequence->length(object.get());
                    if (size < 0) return Error{};
                    index += size;
                }
                if (sequence->set_item(object.get(), index, value) < 0) return Error{};
                return {};
            }
            return raise(t, exc::TypeError,
                         value ? "'%T' object does not support item assignment" : "'%T' object doesn't support item deletion", object);
        }
        if (sequence->set_item) return raise(t, exc::TypeError, "sequence index must be integer, not '%T'", key);
    }
    return raise(t, exc::TypeError, value ? "'%T' object does not support item assignment" : "'%T' object does not support item deletion",
                 object);
}

Result<void> set_item(Thread& t, Borrowed<Object> object, Borrowed<Object> key, Borrowed<Object> value) {
    return store_item(t, object, key, value.get());
}

Result<void> delete_item(Thread& t, Borrowed<Object> object, Borrowed<Object> key) { return store_item(t, object, key, nullptr); }

Result<Ref<Object>> sequence_get(Thread& t, Borrowed<Object> sequence, intptr_t index) {
    Type* type = sequence->type;
    if (type->as_sequence && type->as_sequence->item) {
        std::optional<CriticalSection> section;
        if (index < 0 && type->as_sequence->length) {
            // From the end: the size and the item are of the same moment, but for methods in Python.
            if (is_multi_threaded() && type->as_sequence->item != slot_function::sq_item) section.emplace(t, sequence.get());
            intptr_t size = type->as_sequence->length(sequence.get());
            if (size < 0) return Error{};
            index += size;
        }
        return Result<Ref<Object>>::from_nullable(type->as_sequence->item(sequence.get(), index));
    }
    if (type->as_mapping && type->as_mapping->subscript) return raise(t, exc::TypeError, "%T is not a sequence", sequence);
    return raise(t, exc::TypeError, "'%T' object does not support indexing", sequence);
}

Result<intptr_t> length(Thread& t, Borrowed<Object> object) {
    Type* type = object->type;
    LenFunc function = type->as_sequence ? type->as_sequence->length : nullptr;
    if (!function && type->as_mapping) function = type->as_mapping->length;
    if (!function) return raise(t, exc::TypeError, "object of type '%T' has no len()", object);
    intptr_t size = function(object.get());
    if (size < 0) return Error{};
    return size;
}

Result<intptr_t> length_hint(Thread& t, Borrowed<Object> object, intptr_t fallback) {
    Type* type = object->type;
    if ((type->as_sequence && type->as_sequence->length) || (type->as_mapping && type->as_mapping->length)) {
        auto size = length(t, object);
        if (!size.is_error()) return size.take();
        if (!clear_if(t, exc::TypeError)) return Error{};
    }
    LoadedMethod method = TRY(load_special_method(t, object, names::__length_hint__));
    if (!method) return fallback;
    auto result = call(t, method, object);
    if (result.is_error()) {
        if (clear_if(t, exc::TypeError)) return fallback;
        return Error{};
    }
    Ref<Object> hint = result.take();
    if (hint.get() == NotImplemented()) return fallback;
    if (!is<Int>(hint.get())) return raise(t, exc::TypeError, "__length_hint__ must be an integer, not %T", hint);
    intptr_t size = TRY(to_index_size(t, hint, exc::OverflowError));
    if (size < 0) return raise(t, exc::ValueError, "__length_hint__() should return >= 0");
    return size;
}

Result<bool> contains(Thread& t, Borrowed<Object> container, Borrowed<Object> item) {
    Type* type = container->type;
    if (type->as_sequence && type->as_sequence->contains) {
        int found = type->as_sequence->contains(container.get(), item.get());
        if (found < 0) return Error{};
        return found != 0;
    }
    auto made = get_iterator(t, container);
    if (made.is_error()) {
        if (clear_if(t, exc::TypeError)) return raise(t, exc::TypeError, "argument of type '%T' is not a container or iterable", container);
        return Error{};
    }
    Ref<Object> iterator = made.take();
    for (;;) {
        MaybeRef<Object> next = TRY(next_item(t, iterator));
        if (!next) return false;
        if (TRY(equals(t, next.get(), item))) return true;
    }
}

// Iteration

Object* next_not_implemented(Object* object) {
    (void)raise(Thread::current(), exc::TypeError, "'%T' object is not iterable", object);
    return nullptr;
}

bool is_iterator(const Object* object) { return object->type->next && object->type->next != next_not_implemented; }

Result<Ref<Object>> get_iterator(Thread& t, Borrowed<Object> object) {
    Type* type = object->type;
    if (LIKELY(type->iter != nullptr)) {
        Ref<Object> iterator = TRY(Result<Ref<Object>>::from_nullable(type->iter(object.get())));
        if (UNLIKELY(!is_iterator(iterator.get()))) return raise(t, exc::TypeError, "iter() returned non-iterator of type '%T'", iterator);
        return iterator;
    }
    if (type->as_sequence && type->as_sequence->item && !is<Dict>(object.get())) return sequence_iterator_new(t, object);
    return raise(t, exc::TypeError, "'%T' object is not iterable", object);
}

ResultMaybe<Object> next_item(Thread& t, Borrowed<Object> iterator) {
    if (UNLIKELY(!iterator->type->next)) return raise(t, exc::TypeError, "'%T' object is not an iterator", iterator);
    TRY(check_recursion(t, " while calling a Python object")); // iterators over iterators
    return pull(t, iterator.get());
}

Result<Ref<List>> to_list(Thread& t, Borrowed<Object> iterable) { return list_from_iterable(t, iterable); }

/// Few items, as they mostly are, need no list.
static Result<Ref<Tuple>> tuple_of_iterator(Thread& t, Borrowed<Object> iterable) {
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    if (TRY(length_hint(t, iterable, 0)) > 8) {
        Ref<List> list = TRY(list_from_iterable(t, iterator));
        return list_to_tuple(t, list);
    }
    struct Few {
        Object* items[8];
        intptr_t size = 0;
        ~Few() {
            while (size > 0) decref(items[--size]);
        }
    } few;
    for (;;) {
        MaybeRef<Object> item = TRY(pull(t, iterator.get()));
        if (!item) break;
        if (UNLIKELY(few.size == static_cast<intptr_t>(std::size(few.items)))) {
            Ref<List> list = TRY(list_from_array(t, few.items, static_cast<size_t>(few.size)));
            TRY(list_append(t, list, item.take()));
            TRY(list_extend(t, list, iterator));
            return list_to_tuple(t, list);
        }
        few.items[few.size++] = item.release();
    }
    if (few.size == 0) return tuple_empty();
    Ref<Tuple> made = TRY(tuple_alloc(t, few.size));
    for (intptr_t i = 0; i < few.size; ++i) made->items[i] = few.items[i];
    few.size = 0;
    tuple_finish(made.get());
    return made;
}

Result<Ref<Tuple>> to_tuple(Thread& t, Borrowed<Object> iterable) {
    if (is_exact<Tuple>(iterable.get())) return Ref<Tuple>::acquire(static_cast<Tuple*>(iterable.get()));
    if (is_exact<List>(iterable.get())) return list_to_tuple(t, static_cast<List*>(iterable.get()));
    if (iterable->type->next) return tuple_of_iterator(t, iterable);
    Ref<List> list = TRY(list_from_iterable(t, iterable));
    return list_to_tuple(t, list);
}

Result<Ref<Object>> to_fast_sequence(Thread& t, Borrowed<Object> object, const char* message) {
    if (is_exact<List>(object.get()) || is_exact<Tuple>(object.get())) return object.share();
    if (is_exact<Str>(object.get())) return Ref<Object>(TRY(list_from_iterable(t, object)));
    auto iterator = get_iterator(t, object);
    if (iterator.is_error()) {
        if (clear_if(t, exc::TypeError)) return raise(t, exc::TypeError, "%s", message);
        return Error{};
    }
    Ref<Object> items = iterator.take();
    return Ref<Object>(TRY(list_from_iterable(t, items)));
}

} // namespace taipan
