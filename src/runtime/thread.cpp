#include "runtime/thread.h"
#include "base/big_digits.h"

#include "base/parking_lot.h"
#include "runtime/gc.h"
#include "runtime/heap_page.h"
#include "runtime/heap_trace.h"
#include "runtime/qsbr.h"
#include "runtime/refcount.h"
#include "runtime/remote_control.h"

#include <cerrno>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <pthread.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace taipan {

__attribute__((section(".taipan_remote"), used)) constinit RemoteControl g_remote_control = {{"taipan remote 1"}, 0,       {0},
                                                                                             {nullptr},           nullptr, {0}};

constinit Runtime g_runtime;
__attribute__((tls_model("initial-exec"))) constinit thread_local Thread* Thread::s_current = nullptr;

namespace {

// --- stopping the world
// -----------------------------------------------------------------------------------------------
//
// The requester marks detached threads as suspended, so that they cannot attach, and asks attached ones to suspend
// themselves at their next poll or to detach. It sleeps on `progress`, which counts such events.

struct StopState {
    Mutex mutex; // held by the requester from stop to start
    int depth = 0;
    std::atomic<uint32_t> progress{0};
};
constinit StopState g_stop;

void report_progress() {
    g_stop.progress.fetch_add(1, std::memory_order_release);
    base::futex_wake(g_stop.progress, 1);
}

template <class F> void for_each_thread(F&& each) {
    for (Interpreter* interpreter = g_runtime.interpreters; interpreter; interpreter = interpreter->next)
        for (Thread* t = interpreter->threads; t; t = t->next) each(*t);
}

/// `requester` may be null: a thread without a state.
void stop_others(Thread* requester) {
    g_stop.mutex.lock();
    {
        MutexLocker lock(g_runtime.threads_lock);
        g_runtime.stop_requester.store(requester ? requester : reinterpret_cast<Thread*>(1), std::memory_order_release);
    }
    for (;;) {
        uint32_t progress = g_stop.progress.load(std::memory_order_acquire);
        bool all_stopped = true;
        {
            // Nobody who holds this lock waits for us.
            MutexLocker lock(g_runtime.threads_lock);
            for_each_thread([&](Thread& other) {
                if (&other == requester) return;
                ThreadState state = ThreadState::Detached;
                if (other.state.compare_exchange_strong(state, ThreadState::Suspended, std::memory_order_acq_rel)) return;
                if (state == ThreadState::Suspended) return;
                request_poll(other, poll_bit::StopWorld);
                all_stopped = false;
            });
        }
        if (all_stopped) return;
        base::futex_wait(g_stop.progress, progress, base::monotonic_ns() + 1'000'000);
    }
}

void start_others(Thread* requester) {
    {
        MutexLocker lock(g_runtime.threads_lock);
        g_runtime.stop_requester.store(nullptr, std::memory_order_release);
        for_each_thread([&](Thread& other) {
            if (&other == requester) return;
            other.poll_bits.fetch_and(~poll_bit::StopWorld, std::memory_order_relaxed);
            ThreadState state = ThreadState::Suspended;
            if (other.state.compare_exchange_strong(state, ThreadState::Detached, std::memory_order_acq_rel))
                base::unpark_all(&other.state);
        });
    }
    g_stop.mutex.unlock();
}

bool is_suspended(const void* address, void*) {
    return static_cast<const std::atomic<ThreadState>*>(address)->load(std::memory_order_acquire) == ThreadState::Suspended;
}

void find_stack_bounds(Thread& t) {
    // The limits of the C stack: recursion stops some way above its end, so that what runs then has room.
    constexpr uintptr_t Cap = 64 << 20;
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    constexpr uintptr_t Reserve = 512 << 10;
#else
    constexpr uintptr_t Reserve = 160 << 10;
#endif
#endif
    pthread_attr_t attributes;
    void* address = nullptr;
    size_t size = 0, guard = 0;
    uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &address, &size);
        pthread_attr_getguardsize(&attributes, &guard);
        pthread_attr_destroy(&attributes);
    }
    uintptr_t bottom = reinterpret_cast<uintptr_t>(address) + guard, top = reinterpret_cast<uintptr_t>(address) + size;
    if (!address || here < bottom || here > top) { // a stack of the embedder's own making
        top = here + 4096;
        bottom = here - (512 << 10);
    }
    if (top - bottom > Cap) bottom = top - Cap;
    uintptr_t reserve = (top - bottom) / 4 < Reserve ? (top - bottom) / 4 : Reserve;
    t.c_stack_top = top;
    t.c_stack_bottom = bottom;
    t.c_stack_limit = bottom + reserve;
}

[[noreturn]] void hang() {
    // The interpreter has ended under a daemon thread. Unwinding its C frames could run anything, so it sleeps.
    for (;;) pause();
}

void set_multi_threaded() { __atomic_store_n(&g_multi_threaded, true, __ATOMIC_RELEASE); }

/// Asks the thread that is left to go back to one-thread mode: it does so itself, at a poll, when it knows by the lock what
/// the others have done, and never in the middle of an operation.
void ask_last_thread() {
    for (Interpreter* interpreter = g_runtime.interpreters; interpreter; interpreter = interpreter->next)
        if (interpreter->threads) request_poll(*interpreter->threads, poll_bit::MergeRefs);
}
void leave_multi_threaded() {
    if (!is_multi_threaded() || g_runtime.thread_count.load(std::memory_order_relaxed) != 1) return;
    MutexLocker lock(g_runtime.threads_lock);
    if (g_runtime.thread_count.load(std::memory_order_relaxed) == 1) __atomic_store_n(&g_multi_threaded, false, __ATOMIC_RELEASE);
}

} // namespace

Thread& runtime_start() {
    base::let_gmp_run_out();
    auto* interpreter = new (std::nothrow) Interpreter;
    VERIFY(interpreter && g_runtime.main_interpreter == nullptr);
    if (!g_runtime.gc) g_runtime.gc = new (std::nothrow) GcState;
    VERIFY(g_runtime.gc);
    // What glibc's own arenas hold of free memory at their ends. Those of later threads give it back beyond 128 KiB unless
    // told otherwise: a thread that builds and drops lists would fault the same pages in again and again.
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    if (const char* stress = getenv("TAIPAN_GC_STRESS")) g_runtime.gc->stress = atol(stress) > 0 ? atol(stress) : 0;
    if (getrandom(&g_runtime.hash_key0, 8, GRND_NONBLOCK) != 8) g_runtime.hash_key0 = base::monotonic_ns();
    if (getrandom(&g_runtime.hash_key1, 8, GRND_NONBLOCK) != 8) g_runtime.hash_key1 = ~g_runtime.hash_key0;
    g_runtime.interpreters = g_runtime.main_interpreter = interpreter;
    Thread* t = thread_create(*interpreter);
    VERIFY(t);
    g_runtime.main_thread = t;
    thread_attach(*t);
    return *t;
}

Thread* thread_create(Interpreter& interpreter) {
    auto* t = new (std::nothrow) Thread;
    if (!t) return nullptr;
    t->interpreter = &interpreter;
    t->heap = thread_heap_create(*t);
    if (!t->heap) {
        delete t;
        return nullptr;
    }
    t->runtime = &g_runtime;
    t->handled = &t->base_handled;
    t->recursion_limit = static_cast<uint32_t>(interpreter.recursion_limit);
    t->unique_id = g_runtime.next_thread_id.fetch_add(1, std::memory_order_relaxed);
    qsbr_register(*t);

    // A process that becomes multi-threaded must not do so in the middle of a section that skipped its locks: stop the one
    // thread there is, unless it is the calling one, which is in no LeafSection.
    bool becomes_multi_threaded = g_runtime.thread_count.load(std::memory_order_relaxed) >= 1 && !is_multi_threaded();
    bool stop = becomes_multi_threaded && Thread::current_or_null() == nullptr;
    if (stop) stop_others(nullptr);
    {
        MutexLocker lock(g_runtime.threads_lock);
        if (g_runtime.thread_count.fetch_add(1, std::memory_order_relaxed) >= 1) set_multi_threaded();
        if (g_runtime.stop_requester.load(std::memory_order_relaxed)) t->state.store(ThreadState::Suspended, std::memory_order_relaxed);
        t->next = interpreter.threads;
        if (t->next) t->next->previous = t;
        interpreter.threads = t;
        heap_trace_thread_created(*t);
    }
    // The sections that the calling thread is in have not locked anything yet. (A thread that was stopped resumes its own.)
    if (becomes_multi_threaded && !stop) CriticalSection::resume(Thread::current());
    if (stop) start_others(nullptr);
    return t;
}

void thread_attach(Thread& t) {
    ASSERT(Thread::current_or_null() == nullptr);
    int saved_errno = errno;
    for (;;) {
        ThreadState state = ThreadState::Detached;
        if (t.state.compare_exchange_strong(state, ThreadState::Attached, std::memory_order_acq_rel)) break;
        VERIFY(state == ThreadState::Suspended);
        base::park(&t.state, is_suspended, nullptr);
    }
    if (UNLIKELY(g_runtime.finalizing.load(std::memory_order_relaxed)) && g_runtime.finalizing_thread != &t) {
        t.state.store(ThreadState::Detached, std::memory_order_release);
        hang();
    }
    if (Thread* last = t.interpreter->finalizing_thread.load(std::memory_order_relaxed); UNLIKELY(last) && last != &t) {
        t.state.store(ThreadState::Detached, std::memory_order_release);
        hang();
    }
    if (UNLIKELY(t.id != thread_pointer())) {
        // A state of its own OS thread for good; one that moves (embedders do that) is found under its new id.
        if (t.merge_queue) merge_queue_unregister(t);
        t.id = thread_pointer();
        t.native_id = static_cast<unsigned long>(syscall(SYS_gettid));
        find_stack_bounds(t);
        merge_queue_register(t);
    }
    qsbr_online(t);
    Thread::set_current(&t);
    if (t.critical_sections) CriticalSection::resume(t);
    errno = saved_errno;
}

void thread_detach(Thread& t) {
    ASSERT(Thread::current_or_null() == &t);
    int saved_errno = errno;
    if (t.critical_sections) CriticalSection::suspend_all(t);
    qsbr_offline(t);
    Thread::set_current(nullptr);
    // Sequentially consistent with the load: a requester that has seen us attached gets to know.
    t.state.store(ThreadState::Detached, std::memory_order_seq_cst);
    if (g_runtime.stop_requester.load(std::memory_order_seq_cst)) report_progress();
    errno = saved_errno;
}

void thread_destroy(Thread& t) {
    ASSERT(Thread::current_or_null() == &t);
    if (g_runtime.hooks.thread_clear) g_runtime.hooks.thread_clear(t);
    // Each step may free objects, which the steps after it must still serve.
    if (t.merge_queue) merge_queue_unregister(t);
    type_counts_flush(t);
    gc_flush_thread(t);
    qsbr_process(t);
    qsbr_unregister(t);
    thread_heap_destroy(t.heap);
    Thread::set_current(nullptr);
    {
        MutexLocker lock(g_runtime.threads_lock);
        (t.previous ? t.previous->next : t.interpreter->threads) = t.next;
        if (t.next) t.next->previous = t.previous;
        if (g_runtime.thread_count.fetch_sub(1, std::memory_order_relaxed) == 2) ask_last_thread();
    }
    if (g_runtime.stop_requester.load(std::memory_order_acquire)) report_progress();
    free(t.type_counts);
    delete &t;
}

// --- interpreters
// -----------------------------------------------------------------------------------------------------

Interpreter* interpreter_create(const InterpreterConfig& config, int whence) {
    auto* interpreter = new (std::nothrow) Interpreter;
    if (!interpreter) return nullptr;
    interpreter->config = config;
    interpreter->whence = whence;
    interpreter->pins.store(2, std::memory_order_relaxed);
    MutexLocker lock(g_runtime.threads_lock);
    interpreter->id = g_runtime.next_interpreter_id++;
    Interpreter** link = &g_runtime.interpreters;
    while (*link) link = &(*link)->next;
    *link = interpreter;
    return interpreter;
}

Interpreter* interpreter_pin(int64_t id) {
    MutexLocker lock(g_runtime.threads_lock);
    for (Interpreter* interpreter = g_runtime.interpreters; interpreter; interpreter = interpreter->next) {
        if (interpreter->id != id) continue;
        interpreter->pins.fetch_add(1, std::memory_order_relaxed);
        return interpreter;
    }
    return nullptr;
}

void interpreter_unpin(Interpreter& interpreter) {
    if (interpreter.pins.fetch_sub(1, std::memory_order_acq_rel) == 1) delete &interpreter;
}

void interpreter_unlist(Interpreter& interpreter) {
    {
        MutexLocker lock(g_runtime.threads_lock);
        Interpreter** link = &g_runtime.interpreters;
        while (*link != &interpreter) link = &(*link)->next;
        *link = interpreter.next;
        // Daemon threads sleep in it for ever; their states refer to it.
        if (interpreter.threads) return;
    }
    heap_interpreter_ended(interpreter);
    interpreter_unpin(interpreter);
}

Thread* interpreter_enter(Thread& t, Interpreter& interpreter) {
    Thread* inner = thread_create(interpreter);
    if (!inner) return nullptr;
    inner->outer = &t;
    thread_detach(t);
    // The bounds of the C stack are the same, and known; the queue for merges is found before the outer state's.
    {
        MutexLocker lock(g_runtime.threads_lock); // others see the state already
        inner->id = t.id;
        inner->native_id = t.native_id;
        inner->c_stack_top = t.c_stack_top;
        inner->c_stack_bottom = t.c_stack_bottom;
        inner->c_stack_limit = t.c_stack_limit;
    }
    merge_queue_register(*inner);
    thread_attach(*inner);
    return inner;
}

Thread& interpreter_leave(Thread& inner) {
    Thread& outer = *inner.outer;
    thread_destroy(inner);
    thread_attach(outer);
    return outer;
}

// --- polls
// ------------------------------------------------------------------------------------------------------------

void request_poll(Thread& t, uint32_t bit) {
    if (t.poll_bits.load(std::memory_order_relaxed) & bit) return;
    t.poll_bits.fetch_or(bit, std::memory_order_release);
}

static void suspend(Thread& t) {
    if (t.critical_sections) CriticalSection::suspend_all(t);
    qsbr_offline(t);
    Thread::set_current(nullptr);
    {
        // The world may have been started again meanwhile: whoever is suspended now must be seen by `start_others`.
        MutexLocker lock(g_runtime.threads_lock);
        bool stopping = g_runtime.stop_requester.load(std::memory_order_relaxed) != nullptr;
        t.poll_bits.fetch_and(~poll_bit::StopWorld, std::memory_order_relaxed);
        t.state.store(stopping ? ThreadState::Suspended : ThreadState::Detached, std::memory_order_release);
    }
    report_progress();
    thread_attach(t);
}

Result<void> thread_poll(Thread& t) {
    uint32_t bits = t.poll_bits.load(std::memory_order_acquire);
    if (bits & poll_bit::StopWorld) suspend(t);
    if (bits & poll_bit::Quiesce) {
        t.poll_bits.fetch_and(~poll_bit::Quiesce, std::memory_order_relaxed);
        qsbr_quiescent(t);
        qsbr_process(t);
    }
    if (bits & poll_bit::MergeRefs) {
        t.poll_bits.fetch_and(~poll_bit::MergeRefs, std::memory_order_relaxed);
        merge_queued(t);
        leave_multi_threaded();
    }
    auto take = [&](uint32_t bit) {
        return (t.poll_bits.load(std::memory_order_relaxed) & bit) && (t.poll_bits.fetch_and(~bit, std::memory_order_acq_rel) & bit);
    };
    const RuntimeHooks& hooks = g_runtime.hooks;
    if (take(poll_bit::Tracing) && hooks.tracing_changed) hooks.tracing_changed(t);
    if (take(poll_bit::Signals) && hooks.handle_signals) TRY(hooks.handle_signals(t));
    if (take(poll_bit::PendingCalls) && hooks.pending_calls) TRY(hooks.pending_calls(t));
    if (take(RemotePollBit) && g_remote_control.run) TRY(g_remote_control.run(t));
    if (take(poll_bit::Collect)) gc_collect_if_due(t);
    if (take(poll_bit::AsyncException) && hooks.async_exception) TRY(hooks.async_exception(t));
    return {};
}

void stop_world(Thread& t) {
    if (g_runtime.stop_requester.load(std::memory_order_relaxed) == &t) {
        g_stop.depth++;
        return;
    }
    stop_others(&t);
    g_stop.depth = 1;
}

void start_world(Thread& t) {
    ASSERT(g_runtime.stop_requester.load(std::memory_order_relaxed) == &t);
    if (--g_stop.depth == 0) start_others(&t);
}

// --- fork
// -------------------------------------------------------------------------------------------------------------

void runtime_before_fork(Thread& t) {
    stop_world(t);
    g_runtime.threads_lock.lock();
    heap_before_fork();
}

void runtime_after_fork_parent(Thread& t) {
    heap_after_fork();
    g_runtime.threads_lock.unlock();
    start_world(t);
}

void runtime_after_fork_child(Thread& t) {
    heap_after_fork();
    heap_trace_after_fork_child();
    base::parking_lot_after_fork();
    // Locks that threads may have held, or waited for, which are not here.
    new (&g_runtime.threads_lock) Mutex;
    new (&g_stop) StopState;
    g_runtime.stop_requester.store(nullptr, std::memory_order_relaxed);
    type_counts_after_fork();
    t.native_id = static_cast<unsigned long>(syscall(SYS_gettid));
    g_runtime.main_thread = &t;
    g_remote_control.pending.store(0, std::memory_order_relaxed);
    g_remote_control.poll_bits.store(&t.poll_bits, std::memory_order_release);

    Thread* lost = nullptr;
    for (Interpreter* interpreter = g_runtime.interpreters; interpreter; interpreter = interpreter->next) {
        for (Thread* other = interpreter->threads; other;) {
            Thread* next = other->next;
            if (other != &t) {
                other->next = lost;
                lost = other;
            }
            other = next;
        }
        interpreter->threads = nullptr;
    }
    t.next = t.previous = nullptr;
    t.interpreter->threads = &t;
    // Other interpreters are not in the child; what they hold stays.
    g_runtime.interpreters = t.interpreter;
    t.interpreter->next = nullptr;
    g_runtime.thread_count.store(1, std::memory_order_relaxed);
    t.poll_bits.fetch_and(~poll_bit::StopWorld, std::memory_order_relaxed);
    __atomic_store_n(&g_multi_threaded, false, __ATOMIC_RELEASE);
    qsbr_after_fork(t);
    merge_queue_after_fork(t);
    while (lost) {
        Thread* next = lost->next;
        if (g_runtime.hooks.thread_lost) g_runtime.hooks.thread_lost(*lost);
        type_counts_flush(*lost);
        // Their queue for delayed frees and their objects stay; their pages are adopted by new threads.
        thread_heap_destroy(lost->heap);
        free(lost->type_counts);
        delete lost;
        lost = next;
    }
}

} // namespace taipan
