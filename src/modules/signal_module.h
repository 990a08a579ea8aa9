// Signals: the C handler notes them, the main thread runs the Python handlers at its next poll.
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// Takes note of the handlers in force, ignores SIGPIPE and SIGXFSZ, makes SIGINT raise KeyboardInterrupt (as
/// signal.default_int_handler), and sets RuntimeHooks::handle_signals. Called once at start-up.
Result<void> signals_start(Thread& t);
/// Back to default handlers at exit.
void signals_stop(Thread& t);
/// As if the signal had arrived; ignored if its handler is the default or to ignore it.
void simulate_signal(int signal);

} // namespace taipan
