#include "vm/tracing.h"

#include "objects/exceptions.h"
#include "vm/helpers.h"

namespace taipan {

Result<void> tracing_set_trace(Thread& t, Object* function) {
    if (!function) return {};
    return raise(t, exc::NotImplementedError, "sys.settrace() is not available yet");
}
Result<void> tracing_set_profile(Thread& t, Object* function) {
    if (!function) return {};
    return raise(t, exc::NotImplementedError, "sys.setprofile() is not available yet");
}
Ref<Object> tracing_get_trace(Thread&) { return none_ref(); }
Ref<Object> tracing_get_profile(Thread&) { return none_ref(); }

namespace vm {
const Handler* current_table(Thread&) { return dispatch_table; }
void trace_exception(Thread&, Frame*) {}
void trace_unwind(Thread&, Frame*) {}
} // namespace vm

} // namespace taipan
