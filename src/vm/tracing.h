// sys.settrace, sys.setprofile and sys.monitoring. While any is on, frames run with the traced dispatch table, whose
// entries look for line and call events before they go on to the ordinary handler; while off it costs nothing.
#pragma once

#include "vm/frame.h"

namespace taipan {

Result<void> tracing_set_trace(Thread& t, Object* function);
Result<void> tracing_set_profile(Thread& t, Object* function);
Ref<Object> tracing_get_trace(Thread& t);
Ref<Object> tracing_get_profile(Thread& t);
/// The module sys.monitoring (modules/monitoring.cpp).
Result<Ref<Object>> monitoring_create(Thread& t);

} // namespace taipan
