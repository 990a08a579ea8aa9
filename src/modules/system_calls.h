// Calls into the system: detached while they block, tried again after a signal whose handler raised nothing. Paths as the
// system takes them.
#pragma once

#include "base/futex.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/str.h"
#include "runtime/thread.h"

#include <cerrno>

namespace taipan {

/// Runs `call` detached until it is not interrupted; `*error` is its errno.
template <class F> auto blocking_call(Thread& t, int* error, F call) -> Result<decltype(call())> {
    for (;;) {
        decltype(call()) result;
        int saved;
        {
            Detached detached(t);
            errno = 0;
            result = call();
            saved = errno;
        }
        if (result == static_cast<decltype(result)>(-1) && saved == EINTR) {
            TRY(poll(t));
            continue;
        }
        *error = saved;
        return result;
    }
}

/// When a time-out that begins now ends, on the monotonic clock.
inline int64_t deadline_after(int64_t ns) {
    int64_t deadline;
    return __builtin_add_overflow(base::monotonic_ns(), ns, &deadline) ? INT64_MAX : deadline;
}
/// How a time that is no whole number of nanoseconds becomes one: a time-out that is meant to wait waits, one below zero
/// stays below, or (Up) becomes zero.
enum class TimeRounding { AwayFromZero, Up };
/// A duration given as an int or a float of units, in nanoseconds. ValueError for NaN, OverflowError "timestamp out of range
/// for C PyTime_t", TypeError `type_error` or "'T' object cannot be interpreted as an integer or float".
Result<int64_t> to_nanoseconds(Thread& t, Borrowed<Object> time, TimeRounding rounding = TimeRounding::AwayFromZero,
                               int64_t unit = 1'000'000'000, const char* type_error = nullptr);

/// os.fspath(): str or bytes. TypeError "expected str, bytes or os.PathLike object, not T".
Result<Ref<Object>> os_fspath(Thread& t, Borrowed<Object> path);
/// os.fsencode(), without embedded null bytes (ValueError).
Result<Ref<Bytes>> os_fsencode(Thread& t, Borrowed<Object> path);

} // namespace taipan
