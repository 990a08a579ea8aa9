// What runs at exit.
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// Runs the functions registered with atexit, the last first; their errors are reported as unraisable.
void at_exit_run(Thread& t);

} // namespace taipan
