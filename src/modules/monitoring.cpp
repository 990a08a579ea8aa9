// sys.monitoring (PEP 669): the module. vm/monitoring.h and vm/tracing.cpp deliver the events.
#include "vm/monitoring.h"
#include "objects/code.h"
#include "objects/module.h"
#include "objects/simple_namespace.h"
#include "objects/tuple.h"
#include "vm/builtin_support.h"
#include "vm/interpreter.h"
#include "vm/interpreter_states.h"
#include "vm/tracing.h"

namespace taipan {
namespace {

using compiler::Opcode;
constexpr uint32_t CReturnEvents = event::bit(event::CReturn) | event::bit(event::CRaise);
constexpr uint32_t CCallEvents = CReturnEvents | event::bit(event::Call);
const char* const Names[event::Count] = {
    "PY_START",     "PY_RESUME",      "PY_RETURN", "PY_YIELD",          "CALL",      "LINE",     "INSTRUCTION", "JUMP",     "BRANCH_LEFT",
    "BRANCH_RIGHT", "STOP_ITERATION", "RAISE",     "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE",     "C_RETURN", "C_RAISE",
    "BRANCH"};

Result<Monitoring*> tools(Thread& t, int tool) {
    if (tool < 0 || tool >= MonitoringTools) return raise(t, exc::ValueError, "invalid tool %d (must be between 0 and 5)", tool);
    Monitoring* monitoring = monitoring_of(t);
    if (!monitoring) return raise_memory_error(t);
    return monitoring;
}
Result<Monitoring*> tool_in_use(Thread& t, int tool) {
    Monitoring* monitoring = TRY(tools(t, tool));
    MutexLocker locker(monitoring->lock);
    if (!monitoring->names[tool]) return raise(t, exc::ValueError, "tool %d is not in use", tool);
    return monitoring;
}

Result<void> use_tool_id(Thread& t, int tool, Borrowed<Object> name) {
    Monitoring* monitoring = TRY(tools(t, tool));
    if (!is<Str>(name.get())) return raise(t, exc::ValueError, "tool name must be a str");
    MutexLocker locker(monitoring->lock);
    if (monitoring->names[tool]) return raise(t, exc::ValueError, "tool %d is already in use", tool);
    monitoring->names[tool] = acquire(name).release();
    return {};
}
/// Forgets the tool's callbacks and events, and its name if it is to be free.
Result<void> forget(Thread& t, int tool, bool name_too) {
    Monitoring* monitoring = TRY(tools(t, tool));
    Object* gone[event::Count + 1] = {};
    bool had_events = false;
    {
        MutexLocker locker(monitoring->lock);
        if (monitoring->names[tool]) {
            for (int i = 0; i < event::Count; ++i) gone[i] = std::exchange(monitoring->callbacks[tool][i], nullptr);
            had_events = std::exchange(monitoring->events[tool], 0) != 0 || monitoring->has_local_events.load();
            ++monitoring->tool_versions[tool];
            if (name_too) gone[event::Count] = std::exchange(monitoring->names[tool], nullptr);
            if (had_events) monitoring->version.fetch_add(1);
        }
    }
    if (had_events) monitoring_changed(t);
    for (Object* o : gone) xdecref(o);
    return {};
}
Result<void> clear_tool_id(Thread& t, int tool) { return forget(t, tool, false); }
Result<void> free_tool_id(Thread& t, int tool) { return forget(t, tool, true); }
Result<Ref<Object>> get_tool(Thread& t, int tool) {
    Monitoring* monitoring = TRY(tools(t, tool));
    MutexLocker locker(monitoring->lock);
    return monitoring->names[tool] ? acquire(monitoring->names[tool]) : none_ref();
}

// --- the BRANCH event of 3.12: both sides of a branch, disabled together ----------------------------------------------------

/// The unit of the other event of the branch at `unit`: its NOT_TAKEN, or the loop's POP_ITER; -1: none.
intptr_t other_side(Code* code, intptr_t unit) {
    QuickenedCode* copy = quicken(Thread::current(), code);
    if (!copy || unit < 0 || unit >= copy->count) return -1;
    intptr_t other = -1;
    switch (static_cast<Opcode>(base_opcode(code, unit))) {
    case Opcode::POP_JUMP_IF_FALSE:
    case Opcode::POP_JUMP_IF_TRUE:
    case Opcode::POP_JUMP_IF_NONE:
    case Opcode::POP_JUMP_IF_NOT_NONE: other = unit + 2; break;
    case Opcode::FOR_ITER: other = unit + 2 + static_cast<intptr_t>(copy->insns[unit].arg) + 1; break;
    default: break;
    }
    return other < copy->count ? other : -1;
}
Result<Ref<Object>> branch_taken(Thread& t, Borrowed<Tuple> self, Borrowed<Object> code, int64_t offset, Borrowed<Object> target) {
    Ref<Object> shown = TRY(int_from(t, offset));
    Ref<Object> answer = TRY(call(t, Borrowed<Object>(self->items[0]), code, shown, target));
    Monitoring* monitoring = monitoring_of(t);
    if (answer.get() != monitoring->disable || !is<Code>(code.get())) return answer;
    int64_t tool = 0;
    (void)int_fits_int64(static_cast<Int*>(self->items[1]), &tool);
    Code* c = static_cast<Code*>(code.get());
    CodeMonitoring* m = code_monitoring(c);
    intptr_t unit = offset / 2, other = other_side(c, unit);
    if (!m || other < 0) return answer;
    for (intptr_t place : {unit, other})
        disabled_row(m, ToolRow::Base)[place].fetch_or(static_cast<uint8_t>(1 << tool), std::memory_order_relaxed);
    return answer;
}
const NativeDef branch_def = method<branch_taken>("branch_event_handler", "($self, code, offset, target, /)");

Result<Ref<Object>> register_callback(Thread& t, int tool, int event, Borrowed<Object> function) {
    Monitoring* monitoring = TRY(tools(t, tool));
    if (event <= 0 || (event & (event - 1))) return raise(t, exc::ValueError, "The callback can only be set for one event at a time");
    int number = __builtin_ctz(static_cast<unsigned>(event));
    if (number >= event::Count) return raise(t, exc::ValueError, "invalid event %d", event);
    TRY(audit_args(t, "sys.monitoring.register_callback", {function.get()}));
    Object* made = is_none(function.get()) ? nullptr : acquire(function).release();
    Object* old = nullptr;
    if (number == event::Branch) {
        MaybeRef<Object> handler;
        if (made) {
            Ref<Object> tool_object = TRY(int_from(t, tool));
            Ref<Tuple> self = TRY(tuple_pack(t, function, tool_object));
            handler = TRY(builtin_function_new(t, branch_def, self.get(), nullptr));
        }
        Object* replaced[2];
        {
            MutexLocker locker(monitoring->lock);
            int i = 0;
            for (int side : {event::BranchLeft, event::BranchRight}) {
                xincref(handler.get());
                replaced[i++] = std::exchange(monitoring->callbacks[tool][side], handler.get());
            }
            old = std::exchange(monitoring->callbacks[tool][event::Branch], made);
        }
        xdecref(replaced[0]);
        xdecref(replaced[1]);
    } else {
        MutexLocker locker(monitoring->lock);
        old = std::exchange(monitoring->callbacks[tool][number], made);
    }
    return old ? Ref<Object>::steal(old) : none_ref();
}

/// Checks a set of events, and takes out those that follow from others.
Result<uint32_t> event_set(Thread& t, int events) {
    uint32_t set = static_cast<uint32_t>(events);
    if (events < 0 || events >= 1 << event::Count) return raise(t, exc::ValueError, "invalid event set 0x%x", set);
    if ((set & CReturnEvents) && (set & CCallEvents) != CCallEvents)
        return raise(t, exc::ValueError, "cannot set C_RETURN or C_RAISE events independently");
    set &= ~CReturnEvents;
    if (set & event::bit(event::Branch))
        set = (set & ~event::bit(event::Branch)) | event::bit(event::BranchLeft) | event::bit(event::BranchRight);
    return set;
}
Result<int> get_events(Thread& t, int tool) {
    Monitoring* monitoring = TRY(tools(t, tool));
    MutexLocker locker(monitoring->lock);
    return static_cast<int>(monitoring->events[tool]);
}
Result<void> set_events(Thread& t, int tool, int events) {
    (void)TRY(tools(t, tool));
    uint32_t set = TRY(event_set(t, events));
    Monitoring* monitoring = TRY(tool_in_use(t, tool));
    {
        MutexLocker locker(monitoring->lock);
        if (std::exchange(monitoring->events[tool], set) == set) return {};
        monitoring->version.fetch_add(1);
    }
    monitoring_changed(t);
    return {};
}
Result<int> get_local_events(Thread& t, int tool, Borrowed<Object> code) {
    if (!is<Code>(code.get())) return raise(t, exc::TypeError, "code must be a code object");
    Monitoring* monitoring = TRY(tools(t, tool));
    MutexLocker locker(monitoring->lock);
    return static_cast<int>(local_events(monitoring, static_cast<CodeMonitoring*>(static_cast<Code*>(code.get())->monitoring), tool));
}
Result<void> set_local_events(Thread& t, int tool, Borrowed<Object> object, int events) {
    if (!is<Code>(object.get())) return raise(t, exc::TypeError, "code must be a code object");
    (void)TRY(tools(t, tool));
    uint32_t set = TRY(event_set(t, events));
    if (set & ~event::LocalMask) return raise(t, exc::ValueError, "invalid local event set 0x%x", set);
    Monitoring* monitoring = TRY(tool_in_use(t, tool));
    CodeMonitoring* m = code_monitoring(static_cast<Code*>(object.get()));
    if (!m) return raise_memory_error(t);
    {
        MutexLocker locker(monitoring->lock);
        if (local_events(monitoring, m, tool) == set) return {};
        m->tool_versions[tool] = monitoring->tool_versions[tool];
        m->local_events[tool] = set;
        monitoring->has_local_events.store(true);
        monitoring->version.fetch_add(1);
    }
    monitoring_changed(t);
    return {};
}
Result<void> restart_events(Thread& t) {
    Monitoring* monitoring = monitoring_of(t);
    if (!monitoring) return raise_memory_error(t);
    monitoring->restart_version.fetch_add(1);
    monitoring->version.fetch_add(1);
    monitoring_changed(t);
    return {};
}
Result<Ref<Dict>> all_events(Thread& t) {
    Ref<Dict> dict = TRY(dict_new(t));
    Monitoring* monitoring = monitoring_of(t);
    if (!monitoring) return raise_memory_error(t);
    for (int i = 0; i < event::CReturn; ++i) {
        int mask = 0;
        for (int tool = 0; tool < MonitoringTools; ++tool)
            if (monitoring->events[tool] & event::bit(i)) mask |= 1 << tool;
        if (mask) TRY(dict_set_ascii(t, dict, Names[i], TRY(int_from(t, mask))));
    }
    return dict;
}

const NativeDef functions[] = {
    fn<use_tool_id>("use_tool_id", "($module, tool_id, name, /)"),
    fn<clear_tool_id>("clear_tool_id", "($module, tool_id, /)"),
    fn<free_tool_id>("free_tool_id", "($module, tool_id, /)"),
    fn<get_tool>("get_tool", "($module, tool_id, /)"),
    fn<register_callback>("register_callback", "($module, tool_id, event, func, /)"),
    fn<get_events>("get_events", "($module, tool_id, /)"),
    fn<set_events>("set_events", "($module, tool_id, event_set, /)"),
    fn<get_local_events>("get_local_events", "($module, tool_id, code, /)"),
    fn<set_local_events>("set_local_events", "($module, tool_id, code, event_set, /)"),
    fn<restart_events>("restart_events", "($module, /)"),
    fn<all_events>("_all_events", "($module, /)"),
};
const ModuleSpec monitoring_spec = {.name = "sys.monitoring", .functions = functions};

/// With the interpreter's last Python code behind it.
void drop_objects(InterpreterStates& states) {
    Monitoring* monitoring = states.monitoring;
    for (uint32_t& events : monitoring->events) events = 0;
    for (Object*& name : monitoring->names) clear_field(name);
    for (auto& row : monitoring->callbacks)
        for (Object*& callback : row) clear_field(callback);
    clear_field(monitoring->disable);
    clear_field(monitoring->missing);
}

} // namespace

Result<Ref<Object>> monitoring_create(Thread& t) {
    Ref<Module> module = TRY(module_create(t, monitoring_spec));
    Monitoring* monitoring = monitoring_of(t);
    if (!monitoring) return raise_memory_error(t);
    Ref<Dict> events = TRY(dict_new(t));
    for (int i = 0; i < event::Count; ++i) TRY(dict_set_ascii(t, events, Names[i], TRY(int_from(t, 1 << i))));
    TRY(dict_set_ascii(t, events, "NO_EVENTS", TRY(int_from(t, 0))));
    TRY(module_add(t, module, "events", TRY(simple_namespace_new(t, events.get()))));
    Ref<Object> disable = TRY(call(t, Borrowed<Object>(&Object::s_type))), missing = TRY(call(t, Borrowed<Object>(&Object::s_type)));
    TRY(module_add(t, module, "DISABLE", disable.get()));
    TRY(module_add(t, module, "MISSING", missing.get()));
    if (!interpreter_drops(interpreter_states(t), drop_objects)) return raise_memory_error(t);
    monitoring->disable = disable.release();
    monitoring->missing = missing.release();
    TRY(module_add_int(t, module, "DEBUGGER_ID", 0));
    TRY(module_add_int(t, module, "COVERAGE_ID", 1));
    TRY(module_add_int(t, module, "PROFILER_ID", 2));
    TRY(module_add_int(t, module, "OPTIMIZER_ID", 5));
    return module;
}

} // namespace taipan
