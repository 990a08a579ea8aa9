// What every function of the C API needs. The API's functions have C linkage and are exported from the program, where
// extension modules and ctypes.pythonapi find them. `PyObject*` is Object*: the layouts agree. The caller has an
// attached thread; on failure a function returns null or -1 with an exception set in that thread. Pointers that are
// handed in are borrowed, those handed out are new references, unless a function says otherwise.
#pragma once

#include "objects/exceptions.h"
#include "runtime/thread.h"

#define TAIPAN_API extern "C" __attribute__((visibility("default")))

namespace taipan::capi {

/// PyErr_BadInternalCall: a caller in C broke the contract of the function in `file`, at `line`.
inline Error bad_internal_call(Thread& t, const char* file, int line) {
    return raise(t, exc::SystemError, "%s:%d: bad argument to internal function", file, line);
}
#define BAD_INTERNAL_CALL(t) ::taipan::capi::bad_internal_call(t, __FILE__, __LINE__)

/// What a function returns after it has raised: `return fail(raise(…), -1);`.
template <class T> T fail(Error, T value) { return value; }
/// A result as the API hands it out: the value, or `failed` with the exception set.
template <class T> T value_or(Result<T> result, T failed) { return result.is_error() ? failed : result.take(); }
/// The same for a new reference.
template <class T> Object* new_reference(Result<Ref<T>> result) { return result.release_or_null(); }

} // namespace taipan::capi
