#include "vm/pending_calls.h"

#include "base/futex.h"
#include "objects/abstract.h"
#include "objects/exceptions.h"
#include "objects/type_object.h"
#include "runtime/refcount.h"

#include <new>

namespace taipan {

struct PendingCalls {
    static constexpr uint32_t Capacity = 32;
    struct Call {
        int (*function)(void*);
        void* argument;
    };
    base::RawMutex lock; // never held while a call is made: a call may add others
    Call calls[Capacity];
    uint32_t first = 0, count = 0;
    bool running = false; // only by the main thread: a call that polls does not start the next

    bool take(Call* call) {
        base::RawLocker locker(lock);
        if (count == 0) return false;
        *call = calls[first];
        first = (first + 1) % Capacity;
        count--;
        return true;
    }
};

namespace {

Result<void> run_pending(Thread& t) {
    PendingCalls* pending = t.interpreter->pending_calls;
    if (!pending || &t != g_runtime.main_thread || pending->running) return {};
    pending->running = true;
    // Calls that are added meanwhile wait for the next poll, so that one that adds itself again does not hold us here.
    PendingCalls::Call call;
    bool failed = false;
    uint32_t budget;
    {
        base::RawLocker locker(pending->lock);
        budget = pending->count;
    }
    while (!failed && budget-- > 0 && pending->take(&call)) failed = call.function(call.argument) != 0;
    pending->running = false;
    bool more;
    {
        base::RawLocker locker(pending->lock);
        more = pending->count != 0;
    }
    if (more) request_poll(t, poll_bit::PendingCalls);
    return failed ? Result<void>(Error{}) : Result<void>{};
}

Result<void> raise_async(Thread& t) {
    MaybeRef<Object> exception;
    {
        MutexLocker locker(g_runtime.threads_lock);
        exception = MaybeRef<Object>::steal(std::exchange(t.async_exception, nullptr));
    }
    if (!exception) return {};
    if (is<Type>(exception.get())) return raise_bare(t, *static_cast<Type*>(exception.get()));
    return raise_instance(t, exception.take());
}

} // namespace

void pending_calls_install() {
    g_runtime.hooks.pending_calls = run_pending;
    g_runtime.hooks.async_exception = raise_async;
    g_runtime.main_interpreter->pending_calls = new (std::nothrow) PendingCalls;
}

bool pending_call_add(int (*function)(void*), void* argument) {
    PendingCalls* pending = g_runtime.main_interpreter->pending_calls;
    if (!pending) return false;
    {
        base::RawLocker locker(pending->lock);
        if (pending->count == PendingCalls::Capacity) return false;
        pending->calls[(pending->first + pending->count++) % PendingCalls::Capacity] = {function, argument};
    }
    request_poll(*g_runtime.main_thread, poll_bit::PendingCalls);
    return true;
}

void pending_calls_finish(Thread& t) {
    PendingCalls* pending = t.interpreter->pending_calls;
    while (pending) {
        {
            base::RawLocker locker(pending->lock);
            if (pending->count == 0) return;
        }
        if (run_pending(t).is_error()) write_unraisable(t, "Exception ignored in a pending call", nullptr);
    }
}

int thread_set_async_exception(Thread& t, uintptr_t id, Object* exception) {
    MaybeRef<Object> old;
    MutexLocker locker(g_runtime.threads_lock);
    for (Thread* other = t.interpreter->threads; other; other = other->next) {
        if (other->id != id) continue;
        xincref(exception);
        old = MaybeRef<Object>::steal(std::exchange(other->async_exception, exception));
        if (exception) request_poll(*other, poll_bit::AsyncException);
        return 1;
    }
    return 0;
}

} // namespace taipan
