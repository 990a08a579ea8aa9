// PyGILState_* and PyThreadState_*: the caller's thread. There is no lock to take: to "ensure" is to attach.
#include "capi/capi.h"
#include "objects/dict.h"
#include "vm/pending_calls.h"

namespace taipan::capi {
namespace {

/// PyGILState_STATE: how the thread was before PyGILState_Ensure.
enum GilState : int { Attached, Detached };

/// The state that PyGILState_Ensure made for this OS thread; its outermost PyGILState_Release destroys it.
thread_local constinit Thread* s_made = nullptr;

/// The state of the calling OS thread, if it has one that is detached.
Thread* detached_state() {
    MutexLocker locker(g_runtime.threads_lock);
    for (Thread* t = g_runtime.main_interpreter->threads; t; t = t->next)
        if (t->id == thread_pointer()) return t;
    return nullptr;
}

} // namespace

/// Whatever the calling thread was before, it is attached now. Once the runtime takes itself apart, this does not
/// return.
TAIPAN_API int PyGILState_Ensure() {
    if (Thread::current_or_null()) return Attached;
    Thread* t = detached_state();
    if (!t) t = s_made = thread_create(*g_runtime.main_interpreter);
    VERIFY(t);
    thread_attach(*t);
    return Detached;
}
/// Undoes the PyGILState_Ensure that has returned `before`.
TAIPAN_API void PyGILState_Release(int before) {
    if (before == Attached) return;
    Thread& t = Thread::current();
    if (s_made != &t) return thread_detach(t);
    s_made = nullptr;
    thread_destroy(t);
}
/// Whether the calling thread is attached.
TAIPAN_API int PyGILState_Check() {
    Thread* t = Thread::current_or_null();
    return t && t->state.load(std::memory_order_relaxed) == ThreadState::Attached;
}

/// Raises the exception in the thread with this identifier. The number of threads found.
TAIPAN_API int PyThreadState_SetAsyncExc(unsigned long id, Object* exception) {
    return thread_set_async_exception(Thread::current(), id, exception);
}
/// A dict for what extensions keep for the thread, borrowed; null, without an exception, if it cannot be had.
TAIPAN_API Object* PyThreadState_GetDict() {
    Thread* t = Thread::current_or_null();
    if (!t) return nullptr;
    if (!t->dict) t->dict = new_reference(dict_new(*t));
    if (!t->dict) t->clear_exception();
    return t->dict;
}

} // namespace taipan::capi
