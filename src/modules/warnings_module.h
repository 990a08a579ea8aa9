// What the end of an interpreter needs of the _warnings module.
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// Forgets the filters and what was shown: they hold classes of the program.
void warnings_clear(Thread& t);
/// The rest of it, once nothing of the interpreter is left that could warn.
void warnings_drop(Thread& t);

} // namespace taipan
