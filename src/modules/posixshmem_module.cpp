// The _posixshmem module: POSIX shared memory by name.
#include "modules/posix/posix.h"

#include <sys/mman.h>
#include <sys/stat.h>

namespace taipan {
namespace {

/// The name as the system takes it.
Result<Ref<Bytes>> name_bytes(Thread& t, Borrowed<Str> path) { return os_fsencode(t, path); }

Result<int> shm_open_(Thread& t, Borrowed<Str> path, int flags, int mode) {
    Ref<Bytes> name = TRY(name_bytes(t, path));
    int error = 0;
    int fd = TRY(blocking_call(t, &error, [&] { return shm_open(name->data, flags, static_cast<mode_t>(mode)); }));
    if (fd < 0) return raise_errno(t, error, path.get());
    return fd;
}
Result<void> shm_unlink_(Thread& t, Borrowed<Str> path) {
    Ref<Bytes> name = TRY(name_bytes(t, path));
    int error = 0;
    if (TRY(blocking_call(t, &error, [&] { return shm_unlink(name->data); })) < 0) return raise_errno(t, error, path.get());
    return {};
}

const NativeDef functions[] = {
    fn<shm_open_>("shm_open", "($module, /, path, flags, mode=511)",
                  "Open, or create, a POSIX shared memory object and return its file descriptor."),
    fn<shm_unlink_>("shm_unlink", "($module, path, /)", "Remove a shared memory object (similar to unlink())."),
};

} // namespace

extern const ModuleSpec posixshmem_module;
const ModuleSpec posixshmem_module = {.name = "_posixshmem", .doc = "POSIX shared memory module", .functions = functions};

} // namespace taipan
