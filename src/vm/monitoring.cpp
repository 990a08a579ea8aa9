// Which places of which copies are instrumented.
#include "vm/monitoring.h"

#include "objects/exceptions.h"
#include "vm/generators.h"
#include "vm/interpreter.h"
#include "vm/interpreter_states.h"
#include "vm/tracing.h"

#include <new>

namespace taipan {

using compiler::Opcode;

Monitoring* monitoring_of(Thread& t) {
    InterpreterStates* states = interpreter_states(t);
    if (!states) return nullptr;
    Monitoring* found = __atomic_load_n(&states->monitoring, __ATOMIC_ACQUIRE);
    if (found) return found;
    auto* made = new (std::nothrow) Monitoring;
    if (!made) return nullptr;
    if (!__atomic_compare_exchange_n(&states->monitoring, &found, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        delete made;
        return found;
    }
    return made;
}

Tracing* ensure_tracing(Thread& t) {
    if (t.tracing) return t.tracing;
    t.tracing = new (std::nothrow) Tracing;
    if (!t.tracing) (void)raise_memory_error(t);
    return t.tracing;
}

void tracing_thread_ended(Thread& t) {
    Tracing* tracing = std::exchange(t.tracing, nullptr);
    if (!tracing) return;
    xdecref(std::exchange(tracing->trace, nullptr));
    xdecref(std::exchange(tracing->profile, nullptr));
    delete tracing;
}

// --- code objects -----------------------------------------------------------------------------------------------------

namespace {

int instruction_units(const Code* code, int unit) { return 1 + compiler::OPCODES.rows[base_opcode(code, unit)].cache_units; }

/// The unit a jump goes to, or -1. `argument` is the whole operand, `next` the unit after the instruction and its caches.
int jump_target(Opcode op, int argument, int next) {
    switch (op) {
    case Opcode::POP_JUMP_IF_FALSE:
    case Opcode::POP_JUMP_IF_TRUE:
    case Opcode::POP_JUMP_IF_NONE:
    case Opcode::POP_JUMP_IF_NOT_NONE:
    case Opcode::JUMP_FORWARD: return next + argument;
    case Opcode::FOR_ITER:
    case Opcode::SEND: return next + argument + 1; // over END_FOR or END_SEND
    case Opcode::JUMP_BACKWARD:
    case Opcode::JUMP_BACKWARD_NO_INTERRUPT: return next - argument;
    default: return -1;
    }
}

/// Where lines begin: an instruction of another line than the one before, a jump's target, a handler's entry.
void find_line_starts(const Code* code, CodeMonitoring* m) {
    int count = static_cast<int>(m->count), current = -1, argument = 0;
    for (int i = 0; i < count; i += instruction_units(code, i)) {
        m->marks[i] |= unit_mark::Instruction;
        if (i < code->first_traceable) continue;
        switch (static_cast<Opcode>(base_opcode(code, i))) {
        case Opcode::END_ASYNC_FOR: // never the beginning of a line, as loops jump over them or come from their own line
        case Opcode::END_FOR:
        case Opcode::END_SEND:
        case Opcode::RESUME:
        case Opcode::POP_ITER: break;
        default:
            if (m->lines[i] >= 0 && m->lines[i] != current) m->marks[i] |= unit_mark::LineStart;
            current = m->lines[i];
        }
    }
    auto mark = [&](int unit) {
        if (unit < code->first_traceable || unit >= count || m->lines[unit] < 0) return;
        Opcode op = static_cast<Opcode>(base_opcode(code, unit));
        if (op == Opcode::RESUME || op == Opcode::END_SEND || op == Opcode::POP_ITER || op == Opcode::END_FOR) return;
        m->marks[unit] |= unit_mark::LineStart;
    };
    for (int i = 0; i < count;) {
        Opcode op = static_cast<Opcode>(base_opcode(code, i));
        int units = instruction_units(code, i);
        argument = argument << 8 | static_cast<uint8_t>(code->bytecode[2 * i + 1]);
        int target = jump_target(op, argument, i + units);
        if (target >= 0) mark(target);
        if (op != Opcode::EXTENDED_ARG) argument = 0;
        i += units;
    }
    code_visit_handlers(code, [](int target, void* context) { (*static_cast<decltype(mark)*>(context))(target); }, &mark);
}

/// Fills in the disabled rows again after restart_events(). Under the monitoring lock.
void restart_code(Monitoring* monitoring, CodeMonitoring* m) {
    uint32_t version = monitoring->restart_version.load(std::memory_order_relaxed);
    if (m->restart_version.load(std::memory_order_relaxed) == version) return;
    for (size_t i = 0; i < 3 * size_t{m->count}; ++i) m->disabled[i].store(0, std::memory_order_relaxed);
    m->restart_version.store(version, std::memory_order_relaxed);
}

} // namespace

CodeMonitoring* code_monitoring(Code* code) {
    auto** place = reinterpret_cast<CodeMonitoring**>(&code->monitoring);
    CodeMonitoring* found = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (found) return found;
    size_t count = static_cast<size_t>(code->size);
    auto* m = new (std::nothrow) CodeMonitoring;
    if (!m) return nullptr;
    m->count = static_cast<uint32_t>(count);
    m->lines = static_cast<int32_t*>(raw_calloc(1, count * (sizeof(int32_t) + 1 + 3) + 8));
    if (!m->lines) {
        delete m;
        return nullptr;
    }
    m->marks = reinterpret_cast<uint8_t*>(m->lines + count);
    m->disabled = reinterpret_cast<std::atomic<uint8_t>*>(m->marks + count);
    code_lines(code, m->lines, static_cast<int>(count));
    find_line_starts(code, m);
    if (!__atomic_compare_exchange_n(place, &found, m, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        raw_free(m->lines);
        delete m;
        return found;
    }
    return m;
}
void code_release_monitoring(Code* code) {
    auto* m = static_cast<CodeMonitoring*>(std::exchange(code->monitoring, nullptr));
    if (!m) return;
    raw_free(m->lines);
    delete m;
}

// --- copies -----------------------------------------------------------------------------------------------------------

namespace {

/// The event an instruction stands for, or -1.
int instruction_event(Opcode op, uint32_t argument) {
    switch (op) {
    case Opcode::RESUME: return argument & 3 ? event::PyResume : event::PyStart;
    case Opcode::RETURN_VALUE: return event::PyReturn;
    case Opcode::YIELD_VALUE: return event::PyYield;
    case Opcode::CALL:
    case Opcode::CALL_KW:
    case Opcode::CALL_FUNCTION_EX:
    case Opcode::LOAD_SUPER_ATTR: return event::Call;
    case Opcode::JUMP_FORWARD:
    case Opcode::JUMP_BACKWARD: return event::Jump;
    case Opcode::POP_JUMP_IF_FALSE:
    case Opcode::POP_JUMP_IF_TRUE:
    case Opcode::POP_JUMP_IF_NONE:
    case Opcode::POP_JUMP_IF_NOT_NONE:
    case Opcode::POP_ITER:
    case Opcode::END_ASYNC_FOR: return event::BranchRight;
    case Opcode::FOR_ITER:
    case Opcode::NOT_TAKEN: return event::BranchLeft;
    case Opcode::END_FOR:
    case Opcode::END_SEND: return event::StopIteration;
    default: return -1;
    }
}
/// Jumps within the code that line events have to know of.
bool is_noted_jump(Opcode op) {
    switch (op) {
    case Opcode::POP_JUMP_IF_FALSE:
    case Opcode::POP_JUMP_IF_TRUE:
    case Opcode::POP_JUMP_IF_NONE:
    case Opcode::POP_JUMP_IF_NOT_NONE:
    case Opcode::JUMP_FORWARD:
    case Opcode::JUMP_BACKWARD:
    case Opcode::JUMP_BACKWARD_NO_INTERRUPT: return true;
    default: return false;
    }
}

void update_thread_events(Monitoring* monitoring, Tracing* tracing) {
    for (int i = 0; i < MonitoringTools; ++i) tracing->events[i] = monitoring->events[i];
    tracing->events[ProfileTool] = tracing->profile ? ProfileEvents : 0;
    tracing->events[TraceTool] = tracing->trace ? TraceEvents | (tracing->trace_opcodes ? event::bit(event::Instruction) : 0) : 0;
    tracing->all_events = 0;
    for (uint32_t events : tracing->events) tracing->all_events |= events;
    tracing->version = monitoring->version.load(std::memory_order_relaxed);
    tracing->dirty = false;
}

/// Under the monitoring lock.
void apply_locked(Monitoring* monitoring, Tracing* tracing, QuickenedCode* copy) {
    Code* code = copy->code;
    auto* m = static_cast<CodeMonitoring*>(__atomic_load_n(&code->monitoring, __ATOMIC_ACQUIRE));
    uint32_t events[AllTools], all = 0;
    for (int i = 0; i < AllTools; ++i) {
        events[i] = tracing->events[i];
        if (i < MonitoringTools) events[i] |= local_events(monitoring, m, i);
        all |= events[i];
    }
    if (!(all & event::LocalMask)) {
        if (!copy->tools) return;
        for (uint32_t i = 0; i < copy->count; i += static_cast<uint32_t>(instruction_units(code, static_cast<int>(i))))
            if (copy->insns[i].op == vm::INSTRUMENTED) copy->insns[i].op = base_opcode(code, i), copy->insns[i].counter = vm::WarmUp;
        raw_free(std::exchange(copy->tools, nullptr));
        return;
    }
    if (!m) m = code_monitoring(code);
    if (!m) return; // out of memory: no events here
    restart_code(monitoring, m);
    if (!copy->tools) copy->tools = static_cast<uint8_t*>(raw_calloc(3, copy->count));
    if (!copy->tools) return;
    uint8_t *base_tools = tool_row(copy, ToolRow::Base), *line_tools = tool_row(copy, ToolRow::Line),
            *insn_tools = tool_row(copy, ToolRow::Instruction);
    bool any_line = all & event::bit(event::Line);
    for (uint32_t i = 0; i < copy->count; i += static_cast<uint32_t>(instruction_units(code, static_cast<int>(i)))) {
        uint8_t opcode = base_opcode(code, i);
        Insn& insn = copy->insns[i];
        // Specialised forms may skip over an instruction that has events, or know where they came from.
        if (insn.op != opcode) insn.op = opcode, insn.counter = vm::WarmUp;
        base_tools[i] = line_tools[i] = insn_tools[i] = 0;
        if (static_cast<int>(i) < code->first_traceable) continue;
        Opcode op = static_cast<Opcode>(opcode);
        int number = instruction_event(op, insn.arg);
        bool line_start = m->marks[i] & unit_mark::LineStart;
        for (int tool = 0; tool < AllTools; ++tool) {
            uint8_t bit = static_cast<uint8_t>(1 << tool);
            if (number >= 0 && events[tool] & event::bit(number)) base_tools[i] |= bit;
            if (line_start && events[tool] & event::bit(event::Line)) line_tools[i] |= bit;
            if (op != Opcode::RESUME && events[tool] & event::bit(event::Instruction)) insn_tools[i] |= bit;
        }
        base_tools[i] &= static_cast<uint8_t>(~disabled_row(m, ToolRow::Base)[i].load(std::memory_order_relaxed));
        line_tools[i] &= static_cast<uint8_t>(~disabled_row(m, ToolRow::Line)[i].load(std::memory_order_relaxed));
        insn_tools[i] &= static_cast<uint8_t>(~disabled_row(m, ToolRow::Instruction)[i].load(std::memory_order_relaxed));
        if (base_tools[i] | line_tools[i] | insn_tools[i] || (any_line && is_noted_jump(op))) insn.op = vm::INSTRUMENTED;
    }
}

} // namespace

void monitoring_rearm(Tracing* tracing) {
    if (Insn* insn = std::exchange(tracing->armed, nullptr)) insn->op = vm::INSTRUMENTED;
}

void monitoring_apply(Thread& t, QuickenedCode* copy) {
    Tracing* tracing = t.tracing;
    Monitoring* monitoring = monitoring_of(t);
    if (!tracing || !monitoring) return;
    monitoring_rearm(tracing);
    MutexLocker locker(monitoring->lock);
    apply_locked(monitoring, tracing, copy);
}

void monitoring_refresh(Thread& t) {
    Monitoring* monitoring = monitoring_of(t);
    if (!monitoring) return;
    if (!t.tracing && !(t.tracing = new (std::nothrow) Tracing)) return;
    Tracing* tracing = t.tracing;
    if (!tracing->dirty && tracing->version == monitoring->version.load(std::memory_order_acquire)) return;
    monitoring_rearm(tracing);
    {
        MutexLocker locker(monitoring->lock);
        update_thread_events(monitoring, tracing);
    }
    quicken_mark_stale(t);
    for (Frame* f = t.frame; f; f = f->previous) {
        QuickenedCode* copy = vm::quickened_of(f);
        if (quicken_freshen(t, copy)) monitoring_apply(t, copy);
    }
}

void monitoring_changed(Thread& t) {
    {
        MutexLocker lock(g_runtime.threads_lock);
        for (Thread* other = t.interpreter->threads; other; other = other->next)
            if (other != &t) request_poll(*other, poll_bit::Tracing);
    }
    monitoring_refresh(t);
}

void monitoring_prepare_copy(Thread& t, QuickenedCode* copy) {
    auto* states = static_cast<InterpreterStates*>(t.interpreter->module_states);
    Monitoring* monitoring = states ? __atomic_load_n(&states->monitoring, __ATOMIC_ACQUIRE) : nullptr;
    if (!monitoring) return;
    if (!t.tracing) {
        if (monitoring->version.load(std::memory_order_relaxed) == 1) return; // no tool was ever switched on
        monitoring_refresh(t);
    }
    if (t.tracing) monitoring_apply(t, copy);
}

} // namespace taipan
