// The import lock (_imp.acquire_lock): recursive per thread. fork holds it, so that the child finds no module half put in.
#pragma once

#include "runtime/thread.h"

namespace taipan {

void import_lock_acquire(Thread& t);
/// The calling thread holds it.
void import_lock_release(Thread& t);

} // namespace taipan
