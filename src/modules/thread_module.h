// What the runtime needs of the _thread module.
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// In the child after fork: the threads of all handles but the calling one's are over.
void thread_handles_after_fork(Thread& t);

} // namespace taipan
