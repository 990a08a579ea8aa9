// Running a script in another process, and what that process does then (PEP 768).
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// Makes the process ready for scripts from outside, which it refuses unless `enabled`. Once, by the main thread.
void remote_script_install(Thread& t, bool enabled);
/// Has the process run the script at its next safe point. RuntimeError if it does not take scripts, OSError if it cannot be reached.
Result<void> remote_script_send(Thread& t, int pid, std::string_view path);

} // namespace taipan
