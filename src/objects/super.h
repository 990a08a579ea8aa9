// super: attribute look-up that starts behind a class in the MRO of an object's type.
#pragma once

#include "objects/str.h"
#include "runtime/result.h"

namespace taipan {

/// The attribute `name` found behind `start` in the MRO of `object_type`, bound to `object` (which may be the type itself);
/// nothing if absent.
ResultMaybe<Object> super_lookup(Thread& t, Type* start, Object* object, Type* object_type, Borrowed<Str> name);
/// The same without binding; `is_method`: what was found takes the object as its first argument. For LOAD_SUPER_ATTR.
ResultMaybe<Object> super_lookup_method(Thread& t, Type* start, Object* object, Type* object_type, Borrowed<Str> name, bool* is_method);
/// The type whose MRO is searched: "super(type, obj): obj must be an instance or subtype of type".
Result<Borrowed<Type>> super_check(Thread& t, Type* type, Object* object);
Result<Ref<Object>> super_new(Thread& t, Borrowed<Type> type, Object* object);
/// The class and the first argument of the running function, for super() without arguments. Defined by the VM.
/// "super(): no arguments", "super(): __class__ cell not found" …
Result<void> super_from_frame(Thread& t, MaybeRef<Type>* type, MaybeRef<Object>* object);

} // namespace taipan
