// The interactive prompt, and what precedes it.
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// The plain prompt on standard input, until its end (sys._baserepl). The error of a SystemExit is left raised.
Result<void> run_plain_prompt(Thread& t);
/// sys._baserepl.
Result<Ref<Object>> plain_prompt_function(Thread& t, Borrowed<Object> sys);
/// The prompt: _pyrepl's on a terminal, the plain one elsewhere; first PYTHONSTARTUP (if `startup`) and
/// sys.__interactivehook__.
Result<void> run_prompt(Thread& t, bool startup);

} // namespace taipan
