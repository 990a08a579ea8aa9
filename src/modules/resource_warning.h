// Warnings about an object that dies without having been closed.
#pragma once

#include "objects/str.h"

namespace taipan {

/// Issues a ResourceWarning whose `source` is the object, so that tracemalloc tells where it was made. An error if the
/// filters make it one. Works until the very end of the interpreter.
Result<void> warn_unclosed(Thread& t, Borrowed<Object> source, Borrowed<Str> message);

} // namespace taipan
