// The fcntl module.
#include "modules/posix/posix.h"
#include "modules/system_calls.h"
#include "objects/module.h"

#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;

Result<Ref<Object>> fcntl_(Thread& t, Arg fd_, int command, MaybeBorrowed<Object> argument) {
    int fd = TRY(posix::descriptor_argument(t, fd_)), result = 0;
    if (!argument || is<Int>(argument.get())) {
        int value = 0;
        if (argument) {
            int64_t wide = TRY(to_int64(t, argument.value()));
            value = static_cast<int>(wide);
        }
        TRY(posix::checked(t, [&] { return result = fcntl(fd, command, value); }));
        return int_from(t, result);
    }
    char buffer[1024 + 8];
    size_t size;
    if (is<Str>(argument.get())) {
        std::string_view text = TRY(str_utf8(t, as<Str>(argument.value())));
        if (text.size() > 1024) return raise(t, exc::ValueError, "fcntl argument 3 is too long");
        memcpy(buffer, text.data(), size = text.size());
    } else {
        BufferView view;
        TRY(view.acquire(t, argument.get()));
        if (view.size() > 1024) return raise(t, exc::ValueError, "fcntl argument 3 is too long");
        memcpy(buffer, view.data(), size = view.size());
    }
    buffer[size] = 0;
    TRY(posix::checked(t, [&] { return fcntl(fd, command, buffer); }));
    return bytes_from(t, {buffer, size});
}
Result<Ref<Object>> ioctl_(Thread& t, Arg fd_, Arg request_, MaybeBorrowed<Object> argument, bool mutate) {
    int fd = TRY(posix::descriptor_argument(t, fd_)), result = 0;
    Ref<Int> number = TRY(to_index(t, request_));
    int64_t signed_request;
    if (!int_fits_int64(number.get(), &signed_request))
        return raise(t, exc::OverflowError, "Python int too large to convert to C unsigned long");
    unsigned long request = static_cast<unsigned int>(signed_request);
    if (!argument || is<Int>(argument.get())) {
        int64_t value = argument ? TRY(to_int64(t, argument.value())) : 0;
        TRY(posix::checked(t, [&] { return result = ioctl(fd, request, value); }));
        return int_from(t, result);
    }
    char buffer[1024 + 8];
    if (!is<Str>(argument.get()) && !is<Bytes>(argument.get()) && mutate) {
        BufferView view;
        if (!view.acquire(t, argument.get(), true).is_error()) {
            void* memory = view.buffer().buf;
            bool copied = view.size() <= 1024;
            if (copied) {
                memcpy(buffer, memory, view.size());
                buffer[view.size()] = 0;
            }
            TRY(posix::checked(t, [&] { return result = ioctl(fd, request, copied ? buffer : memory); }));
            if (copied) memcpy(memory, buffer, view.size());
            return int_from(t, result);
        }
        t.clear_exception();
    }
    size_t size;
    if (is<Str>(argument.get())) {
        std::string_view text = TRY(str_utf8(t, as<Str>(argument.value())));
        if (text.size() > 1024) return raise(t, exc::ValueError, "ioctl argument 3 is too long");
        memcpy(buffer, text.data(), size = text.size());
    } else {
        BufferView view;
        TRY(view.acquire(t, argument.get()));
        if (view.size() > 1024) return raise(t, exc::ValueError, "ioctl argument 3 is too long");
        memcpy(buffer, view.data(), size = view.size());
    }
    buffer[size] = 0;
    TRY(posix::checked(t, [&] { return ioctl(fd, request, buffer); }));
    return bytes_from(t, {buffer, size});
}
Result<void> flock_(Thread& t, Arg fd_, int operation) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    return posix::checked(t, [&] { return flock(fd, operation); });
}
Result<int> lockf_(Thread& t, Arg fd_, int command, Arg length, Arg start, int whence) {
    int fd = TRY(posix::descriptor_argument(t, fd_));
    struct flock lock{};
    if (command == LOCK_UN) lock.l_type = F_UNLCK;
    else if (command & LOCK_SH) lock.l_type = F_RDLCK;
    else if (command & LOCK_EX) lock.l_type = F_WRLCK;
    else return raise(t, exc::ValueError, "unrecognized lockf argument");
    lock.l_len = TRY(to_int64(t, length));
    lock.l_start = TRY(to_int64(t, start));
    lock.l_whence = static_cast<short>(whence);
    int result = 0;
    TRY(posix::checked(t, [&] { return result = fcntl(fd, command & LOCK_NB ? F_SETLK : F_SETLKW, &lock); }));
    return result;
}
const NativeDef functions[] = {
    fn<fcntl_>("fcntl", "($module, fd, cmd, arg=0, /)", "Perform the operation `cmd` on file descriptor fd."),
    fn<ioctl_>("ioctl", "($module, fd, request, arg=0, mutate_flag=True, /)", "Perform the operation request on file descriptor fd."),
    fn<flock_>("flock", "($module, fd, operation, /)", "Perform the lock operation on file descriptor fd."),
    fn<lockf_>("lockf", "($module, fd, cmd, len=0, start=0, whence=0, /)", "A wrapper around the fcntl() locking calls."),
};
struct Row {
    const char* name;
    int64_t value;
};
const Row rows[] = {
#include "modules/fcntl_constants.inc"
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    return {};
}

} // namespace

extern const ModuleSpec fcntl_module;
const ModuleSpec fcntl_module = {
    .name = "fcntl", .doc = "This module performs file control and I/O control on file descriptors.", .functions = functions, .exec = exec};

} // namespace taipan
