// Auditing: what sensitive operations tell to the hooks of sys.addaudithook(). Without hooks a call costs one load. An error
// means that a hook forbids the operation.
#pragma once
#include "objects/abstract.h"

#include <initializer_list>

namespace taipan {

/// sys.audit(event, argument).
Result<void> audit(Thread& t, const char* event, Borrowed<Object> argument);
/// … with these arguments.
Result<void> audit_args(Thread& t, const char* event, std::initializer_list<Object*> args);

} // namespace taipan
