// The table of dunder names and slots: for each pair, the wrapper that lets Python call the C slot, and the slot function
// that calls the Python method. A name may serve several slots (__len__, __add__), a slot several names (__add__ and
// __radd__); rows of one slot stand together.
#pragma once

#include "objects/type_spec.h"

namespace taipan {

/// Calls the slot function `wrapped` for Python: `args` without the object.
using WrapperFunc = Object* (*)(Thread& t, Object* self, std::span<Object* const> args, void* wrapped, Dict* kwargs);

struct SlotWrapperBase {
    const char* name;
    SlotId slot;
    void* function;      // what the slot holds if Python defines the method; null: nothing of its own
    WrapperFunc wrapper; // null: Python cannot call the slot by this name
    const char* signature;
    const char* doc;
    Str** interned; // the name's variable in names::
    bool takes_keywords = false;
};

std::span<const SlotWrapperBase> slot_names();

/// Where a type keeps a slot; null when the type has no such group of slots.
void** slot_pointer(Type& type, SlotId slot);
/// The same, making the group for static types.
void** slot_pointer_ensure(Type& type, SlotId slot);

/// Adds a slot wrapper to the type's dict for each slot that it fills itself.
Result<void> add_slot_wrappers(Thread& t, Type& type);
/// Sets all slots from the dunder methods that the type has (heap types).
void fixup_slots(Thread& t, Type& type);
/// Sets the slots that `name` decides, in the type and its subclasses, after the attribute changed (type lock held).
void update_slots(Thread& t, Type& type, Borrowed<Str> name);

/// Python-side slot functions that other files look for.
Object* slot_tp_new(Type* type, Object* args, Object* kwargs);
Object* slot_tp_getattr_hook(Object* self, Object* name);
Object* slot_tp_getattro(Object* self, Object* name);
int slot_tp_init(Object* self, Object* args, Object* kwargs);
Object* slot_tp_call(Object* self, Object* args, Object* kwargs);
void slot_tp_finalize(Object* self);
Object* slot_tp_descr_get(Object* self, Object* instance, Object* owner);
int slot_bf_getbuffer(Object* self, Buffer* view, int flags);
void slot_bf_releasebuffer(Object* self, Buffer* view);

} // namespace taipan
