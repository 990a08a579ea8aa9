// Thread states (PEP 703) and safepoints. A thread is attached (runs Python, may touch objects), detached (blocks in the
// system; must not touch objects) or suspended (stopped by another thread). Anything that may block runs inside a
// `Detached` scope. The interpreter, and long natives, call `poll` when `poll_bits` is not zero.
#pragma once

#include "runtime/heap.h"
#include "runtime/lock.h"
#include "runtime/result.h"

namespace taipan {

struct Runtime;
struct Interpreter;
struct Frame;
struct Dict;

/// Reasons in Thread::poll_bits.
namespace poll_bit {
constexpr uint32_t StopWorld = 1 << 0;
constexpr uint32_t Signals = 1 << 1; // main thread: Python signal handlers are due
constexpr uint32_t AsyncException = 1 << 2;
constexpr uint32_t PendingCalls = 1 << 3;
constexpr uint32_t Collect = 1 << 4;   // a garbage collection is due
constexpr uint32_t MergeRefs = 1 << 5; // objects wait for this owner to merge their counts
constexpr uint32_t Tracing = 1 << 6;   // the dispatch table must be chosen again
constexpr uint32_t Quiesce = 1 << 8;   // others wait for this thread to pass a quiescent point (qsbr.h)
} // namespace poll_bit

enum class ThreadState : uint32_t { Detached, Attached, Suspended };

/// One entry of the stack of exceptions being handled (`sys.exc_info`); generators have one of their own.
struct HandledException {
    Object* exception = nullptr; // owned; null or an exception instance
    HandledException* previous = nullptr;
};

struct Thread {
    // What the interpreter touches all the time comes first.
    std::atomic<uint32_t> poll_bits{0};
    uint32_t recursion_depth = 0; // Python frames in use
    Object* exception = nullptr;  // the exception being raised (owned), or null
    Frame* frame = nullptr;       // innermost running frame
    uintptr_t* data_stack_top = nullptr;
    uintptr_t* data_stack_limit = nullptr;
    uintptr_t c_stack_limit = 0; // natives must not go below it (see `check_c_stack`)
    HandledException* handled = nullptr;
    ThreadHeap* heap = nullptr;
    Interpreter* interpreter = nullptr;
    Runtime* runtime = nullptr;
    uintptr_t id = 0;            // thread_pointer() of the OS thread it belongs to
    Object* spare_int = nullptr; // an int that only this thread knows, for the argument of a native call (vm/helpers.h)
    uint32_t recursion_limit = 1000;

    bool entry_yielded = false; // the interpreter came back to its native caller by a yield

    HandledException base_handled;
    uintptr_t critical_sections = 0; // innermost CriticalEntry, with its tags
    std::atomic<ThreadState> state{ThreadState::Detached};
    int dealloc_depth = 0;
    Object* dealloc_later = nullptr; // chain of objects whose dealloc was put off
    struct QsbrThread* qsbr = nullptr;
    struct MergeQueue* merge_queue = nullptr;

    void* data_stack_chunk = nullptr;
    void* attribute_table = nullptr;  // for polymorphic sites (vm/attribute_cache.h)
    void* quickened_copies = nullptr; // its private copies of bytecode (vm/quicken.cpp)
    Object* context = nullptr;        // contextvars: current Context or null
    uint64_t context_version = 0;
    Object* async_gen_firstiter = nullptr;
    Object* async_gen_finalizer = nullptr;
    int coroutine_origin_depth = 0;
    Object* dict = nullptr; // PyThreadState_GetDict, repr recursion guard
    Object* async_exception = nullptr;
    struct Tracing* tracing = nullptr; // sys.settrace/setprofile state, null while none was set
    Object* running_loop = nullptr;    // asyncio
    Object* running_task = nullptr;
    uint64_t unique_id = 0;                      // counts up from 1
    unsigned long native_id = 0;                 // gettid
    Thread *next = nullptr, *previous = nullptr; // Interpreter::threads
    intptr_t* type_counts = nullptr;             // references to heap types that this thread counts for itself (type_refs.h)
    size_t type_count_size = 0;
    uintptr_t c_stack_top = 0, c_stack_bottom = 0;
    bool gc_running = false;   // this thread is inside the collector
    void* extension = nullptr; // PyThreadState and what else the C API keeps for the thread
    Thread* outer = nullptr;   // the state of the same OS thread that waits while it runs another interpreter

    static Thread& current() { return *s_current; }
    static Thread* current_or_null() { return s_current; }
    static void set_current(Thread* t) { s_current = t; }

    bool has_exception() const { return exception != nullptr; }
    /// Takes the raised exception out (owned), or nothing.
    MaybeRef<Object> take_exception() { return MaybeRef<Object>::steal(std::exchange(exception, nullptr)); }
    void clear_exception() { clear_field(exception); }
    /// Sets the raised exception (an instance); what was raised before is dropped.
    Error set_exception(Ref<Object> instance) {
        assign_field(exception, instance.release());
        return Error{};
    }

private:
    __attribute__((tls_model("initial-exec"))) static constinit thread_local Thread* s_current;
};

/// What the parts above the runtime do for it; set once at start-up, before a second thread exists. A null entry means
/// that there is nothing to do.
struct RuntimeHooks {
    // Poll handlers; the bit is already clear when they run. An error ends the poll.
    Result<void> (*handle_signals)(Thread&) = nullptr;
    Result<void> (*async_exception)(Thread&) = nullptr;
    Result<void> (*pending_calls)(Thread&) = nullptr;
    void (*tracing_changed)(Thread&) = nullptr;
    /// Drops what the thread state owns (exceptions, context, dict, data stack …); called attached, by thread_destroy.
    void (*thread_clear)(Thread&) = nullptr;
    /// In the child after fork, for each state of a thread that is gone: give up what it owned, without running code.
    void (*thread_lost)(Thread&) = nullptr;

    // The collector's view of references that no object holds.
    /// Visits what the thread's frames hold on their stacks, deferred and borrowed included. What the thread state owns
    /// may be visited too.
    void (*visit_thread)(Thread&, int (*visit)(Object*, void*), void* context) = nullptr;
    /// Visits what the interpreter owns (modules, builtins …): whatever is reachable from it is not examined further. An
    /// optimisation; nothing depends on completeness.
    void (*visit_interpreter)(Interpreter&, int (*visit)(Object*, void*), void* context) = nullptr;
    /// Clears the weak references to an unreachable object, and hands those whose callback is to run (the weak reference
    /// itself is not in the garbage: `gc_is_unreachable`) to `due`. The world is stopped.
    void (*weakref_callbacks_due)(Object* object, void (*due)(Object* weakref, void* context), void* context) = nullptr;
    /// Clears all weak references to an object that is going to be destroyed, without callbacks. The world is stopped.
    void (*clear_weakrefs)(Object* object) = nullptr;
    /// Calls the callback of a weak reference handed to `due`; errors are reported as unraisable.
    void (*call_weakref_callback)(Thread&, Object* weakref) = nullptr;
    /// gc.callbacks: phase "start" or "stop".
    void (*gc_callbacks)(Thread&, bool start, int generation, intptr_t collected, intptr_t uncollectable) = nullptr;
    /// Reports the raised exception as unraisable and clears it.
    void (*write_unraisable)(Thread&, const char* message, Object* object) = nullptr;
    /// gc.set_debug output and gc.garbage.
    void (*gc_debug_object)(Thread&, Object* object, bool uncollectable) = nullptr;
    void (*gc_keep_garbage)(Thread&, Object* object) = nullptr;

    // Interpreters. The thread belongs to the new interpreter, or to the one that ends.
    /// Fills a new interpreter: sys, builtins, import, streams, __main__, site.
    Result<void> (*interpreter_start)(Thread&) = nullptr;
    /// Runs its exit functions, stops its threads and takes its modules apart.
    void (*interpreter_finish)(Thread&) = nullptr;
};

/// The process-wide state. There is one; it lives until exit.
struct Runtime {
    Mutex threads_lock; // guards the lists of interpreters and threads
    Interpreter* interpreters = nullptr;
    Interpreter* main_interpreter = nullptr;
    int64_t next_interpreter_id = 1;            // guarded by `threads_lock`
    const void* invocation = nullptr;           // the command line (app/startup.h), for interpreters that start later
    struct QueueRegistry* queues = nullptr;     // _interpqueues, made at its first import
    struct ChannelRegistry* channels = nullptr; // _interpchannels
    Thread* main_thread = nullptr;
    std::atomic<uint64_t> next_thread_id{1};
    std::atomic<bool> finalizing{false};
    std::atomic<Thread*> stop_requester{nullptr};
    struct GcState* gc = nullptr;
    uint64_t hash_key0 = 0, hash_key1 = 0;      // str and bytes hashing (siphash13)
    std::atomic<uint32_t> next_keys_version{1}; // of dict tables, for inline caches; 0: used up
    RuntimeHooks hooks;
    std::atomic<Type*> unraisable_args_type{nullptr}; // made at first use; the same for all interpreters
    Type* asyncgen_hooks_type = nullptr;
    Object* memory_error_reserve = nullptr; // raised when not even a MemoryError can be allocated
    std::atomic<uint32_t> thread_count{0};  // thread states that exist
    Thread* finalizing_thread = nullptr;    // the only one that may still attach while `finalizing`
};
extern Runtime g_runtime;

/// What an interpreter may do (PyInterpreterConfig). There is no lock to share or to own: `gil` is only told back.
struct InterpreterConfig {
    enum class Gil : int { Default, Shared, Own };
    bool use_main_obmalloc = true;
    bool allow_fork = true;
    bool allow_exec = true;
    bool allow_threads = true;
    bool allow_daemon_threads = true;
    bool check_multi_interp_extensions = false;
    Gil gil = Gil::Own;
};

/// What one Python interpreter owns (PEP 554/734). docs/interpreters.md.
struct Interpreter {
    int64_t id = 0;
    InterpreterConfig config;
    int whence = 1;                                  // who made it: a Whence
    bool needs_references = false;                   // it ends when `references` goes to zero
    std::atomic<int64_t> references{0};              // from Interpreter objects
    std::atomic<uint32_t> pins{1};                   // keeps the memory: the list of interpreters, and who looks at it
    std::atomic<bool> ready{false};                  // it has started
    std::atomic<Thread*> running_main{nullptr};      // the thread that runs its __main__, or ends it
    std::atomic<Thread*> finalizing_thread{nullptr}; // not null: the only one of its threads that may still attach
    Thread* threads = nullptr;                       // guarded by Runtime::threads_lock
    Interpreter* next = nullptr;
    Dict* modules = nullptr;  // sys.modules
    Dict* builtins = nullptr; // the builtins module's dict
    Dict* sys_dict = nullptr; // the sys module's dict
    Object* import_func = nullptr;
    Object* importlib = nullptr; // importlib._bootstrap
    Dict* codec_search_cache = nullptr;
    Object* codec_search_path = nullptr;          // list
    Object* codec_error_registry = nullptr;       // dict
    Object* at_exit = nullptr;                    // list of (function, arguments, keywords)
    struct PendingCalls* pending_calls = nullptr; // what Py_AddPendingCall has queued (vm/pending_calls.h)
    int recursion_limit = 1000;
    int int_max_str_digits = 4300;
    void* module_states = nullptr; // per-interpreter state of native modules, see runtime/native.h
    Object* before_forkers = nullptr;
    Object* after_forkers_child = nullptr;
    Object* after_forkers_parent = nullptr;
    Object* audit_hooks = nullptr;
    struct WarningsState* warnings = nullptr; // made by the first import of _warnings
};

/// True once the thread's interpreter, or the whole runtime, takes itself apart.
inline bool is_finalizing(const Thread& t) {
    return g_runtime.finalizing.load(std::memory_order_relaxed) || t.interpreter->finalizing_thread.load(std::memory_order_relaxed);
}

/// Makes the runtime, the main interpreter and the main thread state, attached to the calling thread.
Thread& runtime_start();
/// Who made an interpreter.
namespace whence {
constexpr int Unknown = 0, Runtime = 1, LegacyCapi = 2, Capi = 3, CrossInterpreter = 4, Stdlib = 5;
}
/// A new interpreter, listed but empty; the caller has it pinned. Null: out of memory.
Interpreter* interpreter_create(const InterpreterConfig& config, int whence);
/// The interpreter with the number, pinned, or null.
Interpreter* interpreter_pin(int64_t id);
void interpreter_unpin(Interpreter& interpreter);
/// Takes an interpreter that has ended out of the list.
void interpreter_unlist(Interpreter& interpreter);
/// Detaches `t` and attaches its OS thread to `interpreter` by a new state; null: out of memory, nothing has changed.
Thread* interpreter_enter(Thread& t, Interpreter& interpreter);
/// Destroys the state that `interpreter_enter` has made and attaches the outer one.
Thread& interpreter_leave(Thread& inner);

/// A new thread state for `interpreter`, not attached. Destroy it from its own thread, detached state or from the parent
/// after it ended.
Thread* thread_create(Interpreter& interpreter);
/// Attaches the state to the calling OS thread (waits while the world is stopped) and makes it current.
void thread_attach(Thread& t);
/// Detaches the current state; afterwards no object may be touched.
void thread_detach(Thread& t);
/// Frees what the state owns and the state; it must be attached to the calling thread, which has none afterwards.
void thread_destroy(Thread& t);
/// Before fork: stops the world and takes the runtime's locks, so that the child finds them whole. The parent goes on
/// with `runtime_after_fork_parent`.
void runtime_before_fork(Thread& t);
void runtime_after_fork_parent(Thread& t);
/// In the child after fork: the calling thread is the only one; puts locks, queues and heaps right.
void runtime_after_fork_child(Thread& t);

/// Handles what `poll_bits` asks for: stop requests, merges, collection, signals, async exceptions. Error: an exception
/// was raised by a handler.
Result<void> thread_poll(Thread& t);
ALWAYS_INLINE Result<void> poll(Thread& t) {
    if (LIKELY(t.poll_bits.load(std::memory_order_relaxed) == 0)) return {};
    return thread_poll(t);
}
void request_poll(Thread& t, uint32_t bit);

/// Stops all other threads at safepoints; nothing but the calling thread touches objects until `start_world`. Nests. May
/// detach while it waits for another thread's stop, so objects may have changed when it returns.
void stop_world(Thread& t);
void start_world(Thread& t);

/// A scope in which the thread may block and touches no objects.
class Detached {
public:
    explicit Detached(Thread& t) : m_thread(t) { thread_detach(t); }
    ~Detached() { thread_attach(m_thread); }
    Detached(const Detached&) = delete;

private:
    Thread& m_thread;
};

ALWAYS_INLINE CriticalSection::CriticalSection(Thread& t, Object* object, bool locks) : m_thread(&t) {
    uintptr_t outer = t.critical_sections;
    if (LIKELY(!locks && (outer == 0 || (outer & CriticalEntry::Inactive)))) {
        m_entry.previous = outer;
        m_entry.first = &object->mutex;
        t.critical_sections = reinterpret_cast<uintptr_t>(&m_entry) | CriticalEntry::Inactive;
        return;
    }
    begin(t, m_entry, &object->mutex);
}
ALWAYS_INLINE CriticalSection::CriticalSection(Thread& t, Object* object) : CriticalSection(t, object, is_multi_threaded()) {}
ALWAYS_INLINE CriticalSection::CriticalSection(Thread& t, Object* object, Held) : CriticalSection(t, object, !is_unshared(object)) {}
ALWAYS_INLINE CriticalSection::CriticalSection(Thread& t, Object* a, Object* b) : m_thread(&t) {
    uintptr_t outer = t.critical_sections;
    if (LIKELY(!is_multi_threaded() && (outer == 0 || (outer & CriticalEntry::Inactive)))) {
        m_entry.previous = outer;
        m_entry.first = &(a < b ? a : b)->mutex;
        uintptr_t tags = CriticalEntry::Inactive;
        if (a != b) {
            m_entry.second = &(a < b ? b : a)->mutex;
            tags |= CriticalEntry::Two;
        }
        t.critical_sections = reinterpret_cast<uintptr_t>(&m_entry) | tags;
        return;
    }
    begin2(t, m_entry, &a->mutex, &b->mutex);
}
ALWAYS_INLINE CriticalSection::~CriticalSection() {
    if (UNLIKELY(m_entry.first == nullptr)) return;
    if (LIKELY(m_thread->critical_sections & CriticalEntry::Inactive)) // never locked; what is around it is not either
        m_thread->critical_sections = m_entry.previous;
    else if (m_entry.second == nullptr) end(*m_thread, m_entry);
    else end2(*m_thread, m_entry);
}

/// True if the C stack is nearly used up: raise RecursionError then (see `check_recursion` in errors.h).
ALWAYS_INLINE bool c_stack_low(const Thread& t) {
    return UNLIKELY(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < t.c_stack_limit);
}

/// The collector (gc.h has the rest). Returns the number of unreachable objects found. `generation` 0..2.
intptr_t gc_collect(Thread& t, int generation);
/// The collector starts to look at the object; called when it is fully built.
ALWAYS_INLINE void gc_track(Object* o) {
    __atomic_store_n(&o->gc_bits, static_cast<uint8_t>(__atomic_load_n(&o->gc_bits, __ATOMIC_RELAXED) | gc_bit::Tracked), __ATOMIC_RELAXED);
}
ALWAYS_INLINE void gc_untrack(Object* o) {
    __atomic_store_n(&o->gc_bits, static_cast<uint8_t>(__atomic_load_n(&o->gc_bits, __ATOMIC_RELAXED) & ~gc_bit::Tracked),
                     __ATOMIC_RELAXED);
}
ALWAYS_INLINE bool gc_is_tracked(const Object* o) { return __atomic_load_n(&o->gc_bits, __ATOMIC_RELAXED) & gc_bit::Tracked; }

} // namespace taipan
