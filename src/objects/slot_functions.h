// Slot functions that call Python methods, for slot_names.cpp. Templates over the interned names, so that the table can
// name them by their dunder names.
#pragma once

#include "objects/abstract.h"
#include "objects/int.h"
#include "objects/names.h"
#include "objects/slot_names.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

namespace taipan {
/// What views of Python exporters refer to (slot_buffer.cpp).
struct BufferWrapper : Object {
    Object *view, *object;
    static Type s_type;
};
} // namespace taipan

namespace taipan::slot_function {

/// Calls a special method with up to two arguments; AttributeError if the type has none.
Object* call_special(Thread& t, Object* self, Str* name, Object* a = nullptr, Object* b = nullptr);
/// The same with NotImplemented for a missing method.
Object* call_maybe(Thread& t, Object* self, Str* name, Object* a, Object* b = nullptr);
/// Whether type(right) overrides `name` of type(left) (for the priority of reflected methods).
Result<bool> is_overloaded(Thread& t, Object* left, Object* right, Str* name);

template <Str*& Name> Object* unary(Object* self) { return call_special(Thread::current(), self, Name); }
template <Str*& Name> Object* binary(Object* self, Object* other) { return call_special(Thread::current(), self, Name, other); }

Object* run_binary(Thread& t, Object* self, Object* other, Str* name, Str* reflected, bool self_has, bool other_has,
                   Object* third = nullptr);

template <BinaryFunc NumberMethods::* Slot, Str*& Name, Str*& Reflected> Object* number(Object* self, Object* other) {
    auto mine = [](Object* o) {
        NumberMethods* methods = o->type->as_number;
        return methods && methods->*Slot == number<Slot, Name, Reflected>;
    };
    return run_binary(Thread::current(), self, other, Name, Reflected, mine(self), self->type != other->type && mine(other));
}

Object* nb_power(Object* self, Object* other, Object* modulo);
Object* nb_inplace_power(Object* self, Object* other, Object* modulo);
int nb_bool(Object* self);
intptr_t sq_length(Object* self);
Object* sq_item(Object* self, intptr_t index);
int sq_set_item(Object* self, intptr_t index, Object* value);
int sq_contains(Object* self, Object* item);
int mp_set_subscript(Object* self, Object* key, Object* value);
Object* tp_repr(Object* self);
Object* tp_str(Object* self);
intptr_t tp_hash(Object* self);
int tp_setattro(Object* self, Object* name, Object* value);
Object* tp_richcompare(Object* self, Object* other, int op);
Object* tp_iter(Object* self);
Object* tp_iternext(Object* self);
int tp_descr_set(Object* self, Object* target, Object* value);

} // namespace taipan::slot_function
