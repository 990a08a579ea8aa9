// What the end of an interpreter needs of the _warnings module.
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// Forgets the filters and what was shown: they hold classes of the program.
void warnings_clear(Thread& t);

} // namespace taipan
