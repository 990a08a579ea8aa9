// super() without arguments: the class from the running function's __class__ cell, the object from its first parameter.
#include "objects/abstract.h"
#include "objects/super.h"
#include "vm/frame_object.h"

namespace taipan {

Result<void> super_from_frame(Thread& t, MaybeRef<Type>* type, MaybeRef<Object>* object) {
    Frame* f = current_frame(t);
    if (!f) return raise(t, exc::RuntimeError, "super(): no current frame");
    Code* code = f->code();
    if (code->argcount == 0) return raise(t, exc::RuntimeError, "super(): no arguments");
    MaybeRef<Object> first = frame_local(t, f, 0);
    if (!first) return raise(t, exc::RuntimeError, "super(): arg[0] deleted");
    for (int i = code->nlocalsplus - code->nfreevars; i < code->nlocalsplus; ++i) {
        if (!str_equals_ascii(static_cast<Str*>(code->localsplusnames->items[i]), "__class__")) continue;
        if (f->locals[i].is_null() || f->locals[i].is_int() || !is_exact<Cell>(f->locals[i].object()))
            return raise(t, exc::RuntimeError, "super(): bad __class__ cell");
        MaybeRef<Object> value = cell_get(t, static_cast<Cell*>(f->locals[i].object()));
        if (!value) return raise(t, exc::RuntimeError, "super(): empty __class__ cell");
        if (!is<Type>(value.get())) return raise(t, exc::RuntimeError, "super(): __class__ is not a type (%T)", value);
        *type = MaybeRef<Type>::steal(static_cast<Type*>(value.release()));
        *object = std::move(first);
        return {};
    }
    return raise(t, exc::RuntimeError, "super(): __class__ cell not found");
}

} // namespace taipan

namespace taipan {

MaybeRef<Object> caller_module_name(Thread& t) {
    Frame* f = current_frame(t);
    if (!f) return nullptr;
    auto found = dict_get_str(t, f->globals, names::__name__);
    if (found.is_error()) return t.clear_exception(), nullptr;
    return found.take();
}

} // namespace taipan
