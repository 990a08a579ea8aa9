// sys.monitoring (PEP 669): the registry of tools and callbacks. The interpreter does not deliver events to tools yet, so
// switching events on raises.
#include "objects/code.h"
#include "objects/module.h"
#include "objects/simple_namespace.h"
#include "vm/tracing.h"

namespace taipan {
namespace {

constexpr int ToolCount = 6, EventCount = 19;
struct MonitoringState {
    Object* tools[ToolCount];
    Object* callbacks[ToolCount][EventCount];
};
using Self = Borrowed<Module>;

Result<MonitoringState*> tool_state(Thread& t, Self self, int tool) {
    if (tool < 0 || tool >= ToolCount) return raise(t, exc::ValueError, "invalid tool %d (must be between 0 and 5)", tool);
    return &self->state_as<MonitoringState>();
}
Result<void> require_in_use(Thread& t, Self self, int tool) {
    MonitoringState* state = TRY(tool_state(t, self, tool));
    if (!state->tools[tool]) return raise(t, exc::ValueError, "tool %d is not in use", tool);
    return {};
}
void forget_callbacks(MonitoringState* state, int tool) {
    for (Object*& callback : state->callbacks[tool]) clear_field(callback);
}

Result<void> use_tool_id(Thread& t, Self self, int tool, Borrowed<Object> name) {
    MonitoringState* state = TRY(tool_state(t, self, tool));
    if (!is<Str>(name.get())) return raise(t, exc::ValueError, "tool name must be a str");
    if (state->tools[tool]) return raise(t, exc::ValueError, "tool %d is already in use", tool);
    state->tools[tool] = acquire(name).release();
    return {};
}
Result<void> clear_tool_id(Thread& t, Self self, int tool) {
    MonitoringState* state = TRY(tool_state(t, self, tool));
    if (state->tools[tool]) forget_callbacks(state, tool);
    return {};
}
Result<void> free_tool_id(Thread& t, Self self, int tool) {
    TRY(clear_tool_id(t, self, tool));
    clear_field(self->state_as<MonitoringState>().tools[tool]);
    return {};
}
Result<Ref<Object>> get_tool(Thread& t, Self self, int tool) {
    MonitoringState* state = TRY(tool_state(t, self, tool));
    return state->tools[tool] ? acquire(state->tools[tool]) : none_ref();
}
Result<Ref<Object>> register_callback(Thread& t, Self self, int tool, int event, Borrowed<Object> function) {
    MonitoringState* state = TRY(tool_state(t, self, tool));
    if (event <= 0 || (event & (event - 1))) return raise(t, exc::ValueError, "The callback can only be set for one event at a time");
    int number = __builtin_ctz(static_cast<unsigned>(event));
    if (number >= EventCount) return raise(t, exc::ValueError, "invalid event %d", event);
    Object* old = std::exchange(state->callbacks[tool][number], is_none(function.get()) ? nullptr : acquire(function).release());
    return old ? Ref<Object>::steal(old) : none_ref();
}
Result<void> check_events(Thread& t, int events) {
    if (events < 0 || events >= 1 << EventCount) return raise(t, exc::ValueError, "invalid event set 0x%x", static_cast<unsigned>(events));
    if (events) return raise(t, exc::NotImplementedError, "sys.monitoring events are not available yet");
    return {};
}
Result<int> get_events(Thread& t, Self self, int tool) {
    TRY(require_in_use(t, self, tool));
    return 0;
}
Result<void> set_events(Thread& t, Self self, int tool, int events) {
    (void)TRY(tool_state(t, self, tool));
    if (events >= 0 && events < 1 << EventCount) TRY(require_in_use(t, self, tool));
    return check_events(t, events);
}
Result<int> get_local_events(Thread& t, Self self, int tool, Borrowed<Object> code) {
    if (!is<Code>(code.get())) return raise(t, exc::TypeError, "code must be a code object");
    TRY(require_in_use(t, self, tool));
    return 0;
}
Result<void> set_local_events(Thread& t, Self self, int tool, Borrowed<Object> code, int events) {
    if (!is<Code>(code.get())) return raise(t, exc::TypeError, "code must be a code object");
    TRY(require_in_use(t, self, tool));
    return check_events(t, events);
}
Object* restart_events() { return None(); }
Result<Ref<Dict>> all_events(Thread& t) { return dict_new(t); }

const NativeDef functions[] = {
    module_fn<use_tool_id>("use_tool_id", "($module, tool_id, name, /)"),
    module_fn<clear_tool_id>("clear_tool_id", "($module, tool_id, /)"),
    module_fn<free_tool_id>("free_tool_id", "($module, tool_id, /)"),
    module_fn<get_tool>("get_tool", "($module, tool_id, /)"),
    module_fn<register_callback>("register_callback", "($module, tool_id, event, func, /)"),
    module_fn<get_events>("get_events", "($module, tool_id, /)"),
    module_fn<set_events>("set_events", "($module, tool_id, event_set, /)"),
    module_fn<get_local_events>("get_local_events", "($module, tool_id, code, /)"),
    module_fn<set_local_events>("set_local_events", "($module, tool_id, code, event_set, /)"),
    fn<restart_events>("restart_events", "($module, /)"),
    fn<all_events>("_all_events", "($module, /)"),
};
const ModuleSpec monitoring_spec = {.name = "sys.monitoring", .functions = functions, .state_size = sizeof(MonitoringState)};

} // namespace

Result<Ref<Object>> monitoring_create(Thread& t) {
    Ref<Module> module = TRY(module_create(t, monitoring_spec));
    const char* names[EventCount] = {"PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "CALL", "LINE", "INSTRUCTION", "JUMP", "BRANCH_LEFT", "BRANCH_RIGHT",
                                     "STOP_ITERATION", "RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE", "C_RETURN", "C_RAISE", "BRANCH"};
    Ref<Dict> events = TRY(dict_new(t));
    for (int i = 0; i < EventCount; ++i) TRY(dict_set_ascii(t, events, names[i], TRY(int_from(t, 1 << i))));
    TRY(dict_set_ascii(t, events, "NO_EVENTS", TRY(int_from(t, 0))));
    TRY(module_add(t, module, "events", TRY(simple_namespace_new(t, events.get()))));
    TRY(module_add(t, module, "DISABLE", TRY(call(t, Borrowed<Object>(&Object::s_type)))));
    TRY(module_add(t, module, "MISSING", TRY(call(t, Borrowed<Object>(&Object::s_type)))));
    TRY(module_add_int(t, module, "DEBUGGER_ID", 0));
    TRY(module_add_int(t, module, "COVERAGE_ID", 1));
    TRY(module_add_int(t, module, "PROFILER_ID", 2));
    TRY(module_add_int(t, module, "OPTIMIZER_ID", 5));
    return module;
}

} // namespace taipan
