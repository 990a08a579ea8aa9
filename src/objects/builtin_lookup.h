// Builtins as the code that runs sees them: `__builtins__` of its globals, any mapping, else the interpreter's dict.
#pragma once

#include "objects/abstract.h"

namespace taipan {

/// The builtins of the innermost frame, or the interpreter's; borrowed, null before there are any.
Object* current_builtins(Thread& t);
/// The builtin of that name there; AttributeError if it is missing. What `__reduce__` methods name, and the like.
Result<Ref<Object>> builtin_object(Thread& t, const char* name);

} // namespace taipan
