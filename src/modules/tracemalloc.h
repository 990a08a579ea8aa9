// Tracing of memory allocations as -X tracemalloc asks for it.
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// Traces from now on, `frames` (1 to 65535) for each block.
Result<void> tracemalloc_start(Thread& t, int frames);

} // namespace taipan
