// Events of running code (PEP 669). Tools 0 to 5 are those of sys.monitoring; 6 and 7 stand for the thread's own
// sys.setprofile and sys.settrace functions. Nothing is looked at while code runs: the places where an event is wanted
// carry the instruction INSTRUMENTED in the thread's private copy of the bytecode, and only they pay. Every thread rewrites
// its own copies, when it polls after a change (`Monitoring::version`).
#pragma once

#include "runtime/lock.h"
#include "vm/frame.h"

#include <atomic>

namespace taipan {

namespace event {
enum : int {
    PyStart,
    PyResume,
    PyReturn,
    PyYield,
    Call,
    Line,
    Instruction,
    Jump,
    BranchLeft,
    BranchRight,
    StopIteration, // local
    Raise,
    ExceptionHandled,
    PyUnwind,
    PyThrow,
    Reraise,
    CReturn,
    CRaise,
    Branch,
    Count
};
constexpr uint32_t bit(int number) { return uint32_t{1} << number; }
constexpr uint32_t LocalMask = bit(Raise) - 1, UngroupedMask = bit(CReturn) - 1;
} // namespace event

constexpr int MonitoringTools = 6, ProfileTool = 6, TraceTool = 7, AllTools = 8;

/// The interpreter's tools. `lock` guards all but `version`.
struct Monitoring {
    Mutex lock;
    std::atomic<uint32_t> version{1};         // changes whenever copies have to be looked at again
    std::atomic<uint32_t> restart_version{1}; // changes with restart_events()
    uint32_t events[MonitoringTools] = {};
    std::atomic<bool> has_local_events{false};    // some code object has events of its own
    uint32_t tool_versions[MonitoringTools] = {}; // a freed tool's local events are void
    Object* names[MonitoringTools] = {};
    Object* callbacks[MonitoringTools][event::Count] = {};
    Object *disable = nullptr, *missing = nullptr;
};
/// Null: out of memory.
Monitoring* monitoring_of(Thread& t);

/// What a code object knows of its monitoring (Code::monitoring); freed with it.
struct CodeMonitoring {
    uint32_t local_events[MonitoringTools] = {}, tool_versions[MonitoringTools] = {};
    std::atomic<uint32_t> restart_version{0};
    uint32_t count = 0;
    int32_t* lines = nullptr;                 // line of each unit, -1: none
    uint8_t* marks = nullptr;                 // unit_mark bits
    std::atomic<uint8_t>* disabled = nullptr; // tools that gave DISABLE: three rows of `count`, as in QuickenedCode::tools
};
namespace unit_mark {
constexpr uint8_t Instruction = 1, LineStart = 2;
}
/// The tool's own events in the code, under the monitoring lock.
inline uint32_t local_events(const Monitoring* monitoring, const CodeMonitoring* m, int tool) {
    return m && m->tool_versions[tool] == monitoring->tool_versions[tool] ? m->local_events[tool] : 0;
}
/// Made on demand; null: out of memory.
CodeMonitoring* code_monitoring(Code* code);
void code_release_monitoring(Code* code);

/// Rows of QuickenedCode::tools and CodeMonitoring::disabled.
enum class ToolRow { Base, Line, Instruction };
inline uint8_t* tool_row(QuickenedCode* copy, ToolRow row) { return copy->tools + static_cast<size_t>(row) * copy->count; }
inline std::atomic<uint8_t>* disabled_row(CodeMonitoring* m, ToolRow row) { return m->disabled + static_cast<size_t>(row) * m->count; }

/// A thread's side: its trace and profile functions, and what it has been told. Lives as long as the thread, once made.
struct Tracing {
    Object *trace = nullptr, *profile = nullptr;
    int depth = 0;                  // callbacks running: no events in them
    int event = -1;                 // of the callback that runs, for f_lineno
    bool trace_opcodes = false;     // some frame wants "opcode" events
    bool dirty = false;             // its own events have changed
    bool line_event = false;        // a trace function runs for a "line" event
    uint32_t version = 0;           // of Monitoring, when the copies were last looked at
    uint32_t events[AllTools] = {}; // global events per tool
    uint32_t all_events = 0;
    Insn* armed = nullptr;                               // instruction whose own form runs: becomes INSTRUMENTED again afterwards
    Insn *jump_source = nullptr, *jump_target = nullptr; // the last jump, for "same line" tests
};
/// Null: out of memory, MemoryError is set.
Tracing* ensure_tracing(Thread& t);

/// Brings the thread's events and copies up to date.
void monitoring_refresh(Thread& t);
/// Asks all threads of the interpreter to refresh; the current one does at once.
void monitoring_changed(Thread& t);
/// A copy has been made for the thread, or taken over by it.
void monitoring_prepare_copy(Thread& t, QuickenedCode* copy);
/// Rewrites one copy for the events wanted now.
void monitoring_apply(Thread& t, QuickenedCode* copy);
/// The thread's copies are looked at again when they are next entered. `quicken_freshen`: was it one of those?
void quicken_mark_stale(Thread& t);
bool quicken_freshen(Thread& t, QuickenedCode* copy);
void monitoring_rearm(Tracing* tracing);
/// The opcode of CPython's bytecode at the unit.
ALWAYS_INLINE uint8_t base_opcode(const Code* code, intptr_t unit) { return static_cast<uint8_t>(code->bytecode[2 * unit]); }

/// Events the thread's trace and profile functions need.
constexpr uint32_t TraceEvents = event::bit(event::PyStart) | event::bit(event::PyResume) | event::bit(event::PyReturn) |
                                 event::bit(event::PyYield) | event::bit(event::Raise) | event::bit(event::Line) | event::bit(event::Jump) |
                                 event::bit(event::PyUnwind) | event::bit(event::PyThrow) | event::bit(event::StopIteration);
constexpr uint32_t ProfileEvents = event::bit(event::PyStart) | event::bit(event::PyResume) | event::bit(event::PyReturn) |
                                   event::bit(event::PyYield) | event::bit(event::Call) | event::bit(event::PyUnwind) |
                                   event::bit(event::PyThrow);

} // namespace taipan
