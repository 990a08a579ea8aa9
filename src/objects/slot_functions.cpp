#include "objects/slot_functions.h"

#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/iterators.h"
#include "objects/type_object.h"

namespace taipan {

intptr_t hash_not_implemented(Object* object); // abstract_text.cpp

namespace slot_function {

static Object* run(Thread& t, const LoadedMethod& method, Object* self, Object* a, Object* b) {
    Object* args[] = {nullptr, self, a, b};
    size_t count = a ? (b ? 2 : 1) : 0;
    if (method.takes_self) return vectorcall(t, method.callable.get(), args + 1, (count + 1) | VectorcallOffset, nullptr).release_or_null();
    return vectorcall(t, method.callable.get(), args + 2, count | VectorcallOffset, nullptr).release_or_null();
}

/// A method that is a function of the class, as nearly all are, is called at once; false: the general way.
ALWAYS_INLINE static bool call_function(Thread& t, Object* self, Str* name, Object* a, Object* b, Object** result) {
    MaybeRef<Object> found = type_lookup(t, *self->type, name);
    if (!found || found->type != &Function::s_type) return false;
    Object* args[] = {nullptr, self, a, b};
    size_t count = a ? (b ? 3 : 2) : 1;
    *result = static_cast<Function*>(found.get())->vectorcall(found.get(), args + 1, count | VectorcallOffset, nullptr);
    return true;
}

Object* call_special(Thread& t, Object* self, Str* name, Object* a, Object* b) {
    Object* result;
    if (call_function(t, self, name, a, b, &result)) return result;
    auto found = load_special_method(t, self, name);
    if (found.is_error()) return nullptr;
    LoadedMethod method = found.take();
    if (!method.callable) {
        (void)raise_object(t, exc::AttributeError, name);
        return nullptr;
    }
    return run(t, method, self, a, b);
}

Object* call_maybe(Thread& t, Object* self, Str* name, Object* a, Object* b) {
    Object* result;
    if (call_function(t, self, name, a, b, &result)) return result;
    auto found = load_special_method(t, self, name);
    if (found.is_error()) return nullptr;
    LoadedMethod method = found.take();
    if (!method.callable) return NotImplemented();
    return run(t, method, self, a, b);
}

Result<bool> is_overloaded(Thread& t, Object* left, Object* right, Str* name) {
    MaybeRef<Object> theirs = type_lookup(t, *right->type, name);
    if (!theirs) return false;
    MaybeRef<Object> ours = type_lookup(t, *left->type, name);
    if (!ours) return true;
    return compare_bool(t, ours.get(), theirs.get(), Comparison::Ne);
}

Object* run_binary(Thread& t, Object* self, Object* other, Str* name, Str* reflected, bool self_has, bool other_has, Object* third) {
    if (self_has) {
        if (other_has && is_subtype(other->type, self->type)) {
            auto overloaded = is_overloaded(t, self, other, reflected);
            if (overloaded.is_error()) return nullptr;
            if (overloaded.take()) {
                Object* result = call_maybe(t, other, reflected, self, third);
                if (result != NotImplemented()) return result;
                other_has = false;
            }
        }
        Object* result = call_maybe(t, self, name, other, third);
        if (result != NotImplemented() || other->type == self->type) return result;
    }
    if (other_has) return call_maybe(t, other, reflected, self, third);
    return NotImplemented();
}

Object* nb_power(Object* self, Object* other, Object* modulo) {
    auto mine = [](Object* o) { return o->type->as_number && o->type->as_number->power == nb_power; };
    return run_binary(Thread::current(), self, other, names::__pow__, names::__rpow__, mine(self), self->type != other->type && mine(other),
                      is_none(modulo) ? nullptr : modulo);
}

Object* nb_inplace_power(Object* self, Object* other, Object*) { return call_special(Thread::current(), self, names::__ipow__, other); }

int nb_bool(Object* self) {
    Thread& t = Thread::current();
    auto found = load_special_method(t, self, names::__bool__);
    if (found.is_error()) return -1;
    LoadedMethod method = found.take();
    if (!method.callable) {
        auto length_method = load_special_method(t, self, names::__len__);
        if (length_method.is_error()) return -1;
        if (!length_method.take().callable) return 1;
        intptr_t size = sq_length(self);
        return size < 0 ? -1 : size > 0;
    }
    Object* result = run(t, method, self, nullptr, nullptr);
    if (!result) return -1;
    if (result == True()) return 1;
    if (result == False()) return 0;
    Ref<Object> wrong = steal(result);
    return (void)raise(t, exc::TypeError, "__bool__ should return bool, returned %T", wrong), -1;
}

intptr_t sq_length(Object* self) {
    Thread& t = Thread::current();
    Object* result = call_special(t, self, names::__len__);
    if (!result) return -1;
    Ref<Object> owned = steal(result);
    auto index = to_index(t, owned);
    if (index.is_error()) return -1;
    Ref<Int> number = index.take();
    if (number->is_negative()) return (void)raise(t, exc::ValueError, "__len__() should return >= 0"), -1;
    auto size = to_index_size(t, number, exc::OverflowError);
    return size.is_error() ? -1 : size.take();
}

Object* sq_item(Object* self, intptr_t index) {
    Thread& t = Thread::current();
    auto number = int_from(t, index);
    if (number.is_error()) return nullptr;
    Ref<Int> key = number.take();
    return call_special(t, self, names::__getitem__, static_cast<Object*>(key.get()));
}

static int discard(Object* result) {
    if (!result) return -1;
    decref(result);
    return 0;
}

int sq_set_item(Object* self, intptr_t index, Object* value) {
    Thread& t = Thread::current();
    auto number = int_from(t, index);
    if (number.is_error()) return -1;
    Ref<Int> key = number.take();
    return mp_set_subscript(self, key.get(), value);
}

int mp_set_subscript(Object* self, Object* key, Object* value) {
    Thread& t = Thread::current();
    if (!value) return discard(call_special(t, self, names::__delitem__, key));
    return discard(call_special(t, self, names::__setitem__, key, value));
}

int sq_contains(Object* self, Object* item) {
    Thread& t = Thread::current();
    auto found = load_special_method(t, self, names::__contains__);
    if (found.is_error()) return -1;
    LoadedMethod method = found.take();
    if (!method.callable) {
        auto search = [&]() -> Result<bool> {
            auto made = get_iterator(t, self);
            if (made.is_error()) {
                if (clear_if(t, exc::TypeError))
                    return raise(t, exc::TypeError, "argument of type '%T' is not a container or iterable", self);
                return Error{};
            }
            Ref<Object> iterator = made.take();
            for (;;) {
                MaybeRef<Object> next = TRY(next_item(t, iterator));
                if (!next) return false;
                if (TRY(equals(t, next.get(), item))) return true;
            }
        };
        return search().as_int();
    }
    if (is_none(method.callable.get())) return (void)raise(t, exc::TypeError, "'%T' object is not a container", self), -1;
    Object* result = run(t, method, self, item, nullptr);
    if (!result) return -1;
    Ref<Object> owned = steal(result);
    return is_true(t, owned).as_int();
}

Object* tp_repr(Object* self) {
    Thread& t = Thread::current();
    auto found = load_special_method(t, self, names::__repr__);
    if (found.is_error()) return nullptr;
    LoadedMethod method = found.take();
    if (!method.callable) return str_format(t, "<%T object at %p>", self, static_cast<const void*>(self)).release_or_null();
    return run(t, method, self, nullptr, nullptr);
}

Object* tp_str(Object* self) { return call_special(Thread::current(), self, names::__str__); }

intptr_t tp_hash(Object* self) {
    Thread& t = Thread::current();
    auto found = load_special_method(t, self, names::__hash__);
    if (found.is_error()) return -1;
    LoadedMethod method = found.take();
    if (!method.callable || is_none(method.callable.get())) return hash_not_implemented(self);
    Object* result = run(t, method, self, nullptr, nullptr);
    if (!result) return -1;
    Ref<Object> owned = steal(result);
    if (!is<Int>(owned.get())) return (void)raise(t, exc::TypeError, "__hash__ method should return an integer"), -1;
    int64_t small;
    intptr_t value = int_fits_int64(static_cast<Int*>(owned.get()), &small) ? small : int_hash(static_cast<Int*>(owned.get()));
    return value == -1 ? -2 : value;
}

int tp_setattro(Object* self, Object* name, Object* value) {
    Thread& t = Thread::current();
    if (!value) return discard(call_special(t, self, names::__delattr__, name));
    return discard(call_special(t, self, names::__setattr__, name, value));
}

Object* tp_richcompare(Object* self, Object* other, int op) {
    Str* const method_names[] = {names::__lt__, names::__le__, names::__eq__, names::__ne__, names::__gt__, names::__ge__};
    Thread& t = Thread::current();
    Object* result;
    if (call_function(t, self, method_names[op], other, nullptr, &result)) return result;
    auto found = load_special_method(t, self, method_names[op]);
    if (found.is_error()) { // COMPAT: a method that cannot be bound is none
        t.clear_exception();
        return NotImplemented();
    }
    LoadedMethod method = found.take();
    return method.callable ? run(t, method, self, other, nullptr) : NotImplemented();
}

Object* tp_iter(Object* self) {
    Thread& t = Thread::current();
    auto found = load_special_method(t, self, names::__iter__);
    if (found.is_error()) return nullptr;
    LoadedMethod method = found.take();
    if (method.callable && !is_none(method.callable.get())) return run(t, method, self, nullptr, nullptr);
    if (!method.callable && type_lookup(t, *self->type, names::__getitem__)) return sequence_iterator_new(t, self).release_or_null();
    (void)raise(t, exc::TypeError, "'%T' object is not iterable", self);
    return nullptr;
}

Object* tp_iternext(Object* self) { return call_special(Thread::current(), self, names::__next__); }

int tp_descr_set(Object* self, Object* target, Object* value) {
    Thread& t = Thread::current();
    if (!value) return discard(call_special(t, self, names::__delete__, target));
    return discard(call_special(t, self, names::__set__, target, value));
}

} // namespace slot_function

using namespace slot_function;

Object* slot_tp_descr_get(Object* self, Object* instance, Object* owner) {
    Thread& t = Thread::current();
    MaybeRef<Object> get = type_lookup(t, *self->type, names::__get__);
    if (!get) return acquire(self).release();
    return call(t, get.get(), self, instance ? instance : None(), owner ? owner : None()).release_or_null();
}

/// The arguments with `first` in front.
static Result<Ref<Tuple>> prepend(Thread& t, Object* first, Tuple* args) {
    Ref<Tuple> all = TRY(tuple_alloc(t, args->size + 1));
    all->items[0] = acquire(first).release();
    copy_references(all->items + 1, args->items, args->size);
    tuple_finish(all.get());
    return all;
}

static Result<Ref<Object>> call_special_tuple(Thread& t, Object* self, Str* name, Object* args, Object* kwargs) {
    LoadedMethod method = TRY(load_special_method(t, self, name));
    if (!method.callable) return raise_object(t, exc::AttributeError, name);
    auto* tuple = static_cast<Tuple*>(args);
    if (!method.takes_self) return call_tuple(t, method.callable.get(), tuple, static_cast<Dict*>(kwargs));
    Ref<Tuple> all = TRY(prepend(t, self, tuple));
    return call_tuple(t, method.callable.get(), all, static_cast<Dict*>(kwargs));
}

Object* slot_tp_call(Object* self, Object* args, Object* kwargs) {
    return call_special_tuple(Thread::current(), self, names::__call__, args, kwargs).release_or_null();
}

int slot_tp_init(Object* self, Object* args, Object* kwargs) {
    Thread& t = Thread::current();
    auto made = call_special_tuple(t, self, names::__init__, args, kwargs);
    if (made.is_error()) return -1;
    Ref<Object> result = made.take();
    if (!is_none(result.get())) return (void)raise(t, exc::TypeError, "__init__() should return None, not '%T'", result), -1;
    return 0;
}

Object* slot_tp_new(Type* type, Object* args, Object* kwargs) {
    Thread& t = Thread::current();
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<Object> function = TRY(get_attribute(t, type, names::__new__));
        Ref<Tuple> all = TRY(prepend(t, type, static_cast<Tuple*>(args)));
        return call_tuple(t, function, all, static_cast<Dict*>(kwargs));
    };
    return run().release_or_null();
}

Object* slot_tp_getattro(Object* self, Object* name) { return call_special(Thread::current(), self, names::__getattribute__, name); }

Object* slot_tp_getattr_hook(Object* self, Object* name) {
    Thread& t = Thread::current();
    // 1. __getattribute__, which is mostly the one of object.
    MaybeRef<Object> getattribute = type_lookup(t, *self->type, names::__getattribute__);
    Object* result = nullptr;
    if (!getattribute || (is<WrapperDescriptor>(getattribute.get()) &&
                          static_cast<WrapperDescriptor*>(getattribute.get())->wrapped == reinterpret_cast<void*>(generic_getattr_slot))) {
        if (is<Str>(name)) {
            auto found = generic_get_attribute_optional(t, self, static_cast<Str*>(name));
            if (found.is_error()) return nullptr;
            result = found.take().release();
        } else {
            return generic_getattr_slot(self, name);
        }
    } else {
        result = call_special(t, self, names::__getattribute__, name);
        if (!result && !exception_matches(t, exc::AttributeError)) return nullptr;
    }
    if (result) return result;
    // 2. __getattr__, when that found nothing and the class has one.
    if (!type_lookup(t, *self->type, names::__getattr__)) return t.has_exception() ? nullptr : generic_getattr_slot(self, name);
    t.clear_exception();
    return call_special(t, self, names::__getattr__, name);
}

void slot_tp_finalize(Object* self) {
    Thread& t = Thread::current();
    MaybeRef<Object> saved = t.take_exception();
    auto found = load_special_method(t, self, names::__del__);
    if (found.is_error()) {
        write_unraisable(t, "Exception ignored while calling deallocator", self);
    } else {
        LoadedMethod method = found.take();
        if (method.callable) {
            Object* result = run(t, method, self, nullptr, nullptr);
            if (result) decref(result);
            else write_unraisable(t, "Exception ignored while calling deallocator", method.callable.get());
        }
    }
    if (saved) (void)t.set_exception(saved.take());
}

} // namespace taipan
