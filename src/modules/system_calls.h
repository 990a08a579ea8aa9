// Calls into the system: detached while they block, tried again after a signal whose handler raised nothing. Paths as the
// system takes them.
#pragma once

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

/// os.fspath(): str or bytes. TypeError "expected str, bytes or os.PathLike object, not T".
Result<Ref<Object>> os_fspath(Thread& t, Borrowed<Object> path);
/// os.fsencode(), without embedded null bytes (ValueError).
Result<Ref<Bytes>> os_fsencode(Thread& t, Borrowed<Object> path);

} // namespace taipan
