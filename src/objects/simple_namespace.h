// types.SimpleNamespace.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct SimpleNamespace : Object {
    Object* dict;
    static Type s_type;
};
/// A namespace with the dict's items (the dict may be null).
Result<Ref<Object>> simple_namespace_new(Thread& t, Dict* items);

} // namespace taipan
