// PyErr_*: the exception that the thread raises.
#include "capi/capi.h"

namespace taipan::capi {

/// The raised exception's type, borrowed; null if there is none.
TAIPAN_API Object* PyErr_Occurred() {
    // COMPAT: also without a thread.
    Thread* t = Thread::current_or_null();
    return t && t->exception ? t->exception->type : nullptr;
}
TAIPAN_API void PyErr_Clear() { Thread::current().clear_exception(); }

/// The raised exception, which is raised no more; null if there is none.
TAIPAN_API Object* PyErr_GetRaisedException() { return std::exchange(Thread::current().exception, nullptr); }
/// Takes over the reference to the instance; null clears.
TAIPAN_API void PyErr_SetRaisedException(Object* exception) {
    Thread& t = Thread::current();
    t.clear_exception();
    t.exception = exception;
}

TAIPAN_API void PyErr_SetString(Object* type, const char* message) {
    Thread& t = Thread::current();
    auto text = str_decode_utf8(t, message, "replace");
    if (text.is_error()) return;
    (void)raise_object(t, *static_cast<Type*>(type), text.take());
}
TAIPAN_API void PyErr_SetNone(Object* type) { (void)raise_bare(Thread::current(), *static_cast<Type*>(type)); }
TAIPAN_API Object* PyErr_NoMemory() { return fail(raise_memory_error(Thread::current()), nullptr); }
TAIPAN_API void _PyErr_BadInternalCall(const char* file, int line) { (void)bad_internal_call(Thread::current(), file, line); }

/// Whether `error`, a class or an instance, is one of `kind`, a class or a tuple of such. No code runs.
TAIPAN_API int PyErr_GivenExceptionMatches(Object* error, Object* kind) { return error && kind && given_exception_matches(error, kind); }
/// The same of the raised exception, which must be there.
TAIPAN_API int PyErr_ExceptionMatches(Object* kind) { return PyErr_GivenExceptionMatches(PyErr_Occurred(), kind); }

} // namespace taipan::capi
