// None, NotImplemented, Ellipsis, True and False: immortal, so returning them costs nothing.
#pragma once

#include "runtime/type.h"

namespace taipan {

struct NoneType : Object {
    static Type s_type;
};
struct NotImplementedType : Object {
    static Type s_type;
};
struct EllipsisType : Object {
    static Type s_type;
};
extern NoneType g_none;
extern NotImplementedType g_not_implemented;
extern EllipsisType g_ellipsis;

ALWAYS_INLINE Object* None() { return &g_none; }
ALWAYS_INLINE Object* NotImplemented() { return &g_not_implemented; }
ALWAYS_INLINE Object* Ellipsis() { return &g_ellipsis; }
ALWAYS_INLINE bool is_none(const Object* o) { return o == &g_none; }
ALWAYS_INLINE Ref<Object> none_ref() { return Ref<Object>::steal(None()); }
ALWAYS_INLINE Ref<Object> not_implemented_ref() { return Ref<Object>::steal(NotImplemented()); }

} // namespace taipan
