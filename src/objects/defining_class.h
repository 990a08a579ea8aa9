// COMPAT: a few of CPython's native methods are told the class that defines them, and their `__get__` looks at its second
// argument for that reason; others ignore it.
#pragma once

#include "objects/str.h"
#include "runtime/type.h"

namespace taipan {

/// Whether the method of the builtin type is one of them.
bool method_wants_class(const Type& owner, const Str& name);

} // namespace taipan
