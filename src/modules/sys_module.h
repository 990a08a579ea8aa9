// What sys shares with the engine: hooks, auditing, the version.
#pragma once

#include "objects/module.h"
#include "vm/source.h"

namespace taipan {

/// "3.14.8 (taipan 0.1, …) [Clang 19…]".
std::string_view version_text_view();
/// Calls the audit hooks.
Result<void> audit_tuple(Thread& t, Borrowed<Str> event, Borrowed<Tuple> args);
/// Prints an exception with its traceback to sys.stderr, by the traceback module; a plain form if that fails.
/// What sys._debugmallocstats() and PYTHONMALLOCSTATS write.
void print_heap_statistics();
void print_exception(Thread& t, Borrowed<Object> exception);
Result<Ref<Object>> default_unraisable_hook(Thread& t, Borrowed<Object> arguments);
Result<Ref<Object>> asyncgen_hooks(Thread& t, Object* firstiter, Object* finalizer);
/// sys.stdlib_module_names.
Result<Ref<Object>> stdlib_module_names(Thread& t);

} // namespace taipan
