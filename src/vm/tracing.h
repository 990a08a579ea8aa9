// sys.settrace, sys.setprofile and the delivery of sys.monitoring's events (vm/monitoring.h).
#pragma once

#include "vm/frame.h"

namespace taipan {

Result<void> tracing_set_trace(Thread& t, Object* function);
Result<void> tracing_set_profile(Thread& t, Object* function);
/// The same for every thread of the interpreter.
Result<void> tracing_set_trace_all(Thread& t, Object* function);
Result<void> tracing_set_profile_all(Thread& t, Object* function);
/// sys.call_tracing: events are delivered while `function` runs, although a callback runs already.
Result<Ref<Object>> tracing_call(Thread& t, Borrowed<Object> function, Borrowed<Tuple> args);
/// A frame wants "opcode" events.
void tracing_enable_opcodes(Thread& t);
/// The thread has seen its last event.
void tracing_thread_ended(Thread& t);
Ref<Object> tracing_get_trace(Thread& t);
Ref<Object> tracing_get_profile(Thread& t);
/// The module sys.monitoring (modules/monitoring.cpp).
Result<Ref<Object>> monitoring_create(Thread& t);

} // namespace taipan
