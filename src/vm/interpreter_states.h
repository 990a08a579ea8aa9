// State that parts above the runtime keep for each interpreter, behind Interpreter::module_states; made on demand, and dropped
// when the interpreter ends. The main interpreter's goes with the process.
#pragma once

#include "runtime/thread.h"

namespace taipan {

namespace ast {
struct Classes;
}
struct Monitoring;
struct InterpreterStates;

/// Recursive per thread; importlib holds it only for short stretches. Zeroed memory is a free lock.
struct ImportLock {
    Mutex mutex;
    std::atomic<uint64_t> owner; // Thread::unique_id
    int depth;                   // guarded by `mutex`
};

/// What is to be called when the interpreter ends, after its last Python code: lets go of what a module has kept for it.
struct StateDrop {
    void (*drop)(InterpreterStates& states);
    StateDrop* next;
};

struct InterpreterStates {
    ImportLock import_lock;
    StateDrop* drops = nullptr; // last made, first dropped
    ast::Classes* ast_classes = nullptr;
    Monitoring* monitoring = nullptr;
    // -X importtime: microseconds of the imports inside the one that runs, and how deep they are.
    int64_t import_accumulated = 0;
    int import_depth = 0;
    bool import_header = false;
    int frozen_override = 0;  // _imp._override_frozen_modules_for_tests(); read and written atomically
    void* asyncio = nullptr;  // an asyncio::AsyncioState
    void* zoneinfo = nullptr; // a datetime::ZoneCache
    // What LOAD_COMMON_CONSTANT gives, whatever the names mean by now; dropped with the builtins module.
    Object* all_function = nullptr;
    Object* any_function = nullptr;
    Object* queue_empty = nullptr; // _queue.Empty
    void* elementtree = nullptr;   // an elementtree::State
    void* crossing = nullptr;      // a crossing::State
    void* decimal = nullptr;       // a decimal::State
};
/// Null: out of memory (no exception is set).
inline InterpreterStates* interpreter_states(Thread& t) {
    auto** place = reinterpret_cast<InterpreterStates**>(&t.interpreter->module_states);
    InterpreterStates* found = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (LIKELY(found)) return found;
    auto* made = static_cast<InterpreterStates*>(__builtin_calloc(1, sizeof(InterpreterStates)));
    if (!made) return nullptr;
    if (!__atomic_compare_exchange_n(place, &found, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        __builtin_free(made);
        return found;
    }
    return made;
}
/// For a state that has just been made; several threads may. False: out of memory (no exception is set).
inline bool interpreter_drops(InterpreterStates* states, void (*drop)(InterpreterStates& states)) {
    auto* entry = static_cast<StateDrop*>(__builtin_malloc(sizeof(StateDrop)));
    if (!entry) return false;
    entry->drop = drop;
    entry->next = __atomic_load_n(&states->drops, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&states->drops, &entry->next, entry, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
    return true;
}

} // namespace taipan
