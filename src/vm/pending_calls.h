// Calls that others ask a thread to make at its next safepoint: functions of Py_AddPendingCall, which the main thread
// runs, and exceptions of PyThreadState_SetAsyncExc.
#pragma once

#include "runtime/thread.h"

namespace taipan {

/// Sets the runtime's poll handlers. Called once at start-up.
void pending_calls_install();
/// Queues `function(argument)` for the main thread of the main interpreter; may be called without a thread state. False:
/// too many wait already.
bool pending_call_add(int (*function)(void*), void* argument);
/// Makes all calls that wait; at exit.
void pending_calls_finish(Thread& t);
/// Raises `exception` (a class or instance; null takes an earlier one back) in the thread with this identifier. The number
/// of threads found: 0 or 1.
int thread_set_async_exception(Thread& t, uintptr_t id, Object* exception);

} // namespace taipan
