// File descriptors: reading, writing and what they refer to.
#include "base/small_buffer.h"
#include "modules/posix/posix.h"
#include "objects/buffers.h"
#include "objects/list.h"
#include "objects/tuple.h"

#include <climits>
#include <cstring>
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

namespace taipan::posix {
namespace {

using Arg = Borrowed<Object>;
constexpr intptr_t MaxTransfer = 0x7ffff000;

Result<int> open_(Thread& t, Arg path_, int flags, int mode, Arg dir_fd_) {
    Path path = TRY(path_argument(t, "open", "path", path_));
    int dir_fd = TRY(dir_fd_argument(t, dir_fd_)), error = 0;
    int fd = TRY(blocking_call(t, &error, [&] { return openat(dir_fd, path.c_str(), flags | O_CLOEXEC, static_cast<mode_t>(mode)); }));
    if (fd < 0) return path_error(t, error, path);
    return fd;
}
Result<void> close_(Thread& t, int fd) {
    int result, error;
    {
        Detached detached(t);
        result = ::close(fd);
        error = errno;
    }
    if (result < 0 && error != EINTR) return raise_errno(t, error);
    return {};
}
void closerange_(Thread& t, int low, int high) {
    Detached detached(t);
    if (low < 0) low = 0;
    if (high <= low) return;
    if (close_range(static_cast<unsigned>(low), static_cast<unsigned>(high - 1), 0) == 0) return;
    for (int fd = low; fd < high; ++fd) ::close(fd);
}
Result<int> dup_(Thread& t, int fd) {
    int copy = -1;
    TRY(checked(t, [&] { return copy = fcntl(fd, F_DUPFD_CLOEXEC, 0); }));
    return copy;
}
Result<int> dup2_(Thread& t, int fd, int fd2, bool inheritable) {
    if (fd < 0 || fd2 < 0) return raise_errno(t, EBADF);
    if (inheritable || fd == fd2) {
        TRY(checked(t, [&] { return dup2(fd, fd2); }));
        if (!inheritable) (void)fcntl(fd2, F_SETFD, FD_CLOEXEC);
    } else {
        TRY(checked(t, [&] { return dup3(fd, fd2, O_CLOEXEC); }));
    }
    return fd2;
}
Result<Ref<Object>> read_impl(Thread& t, int fd, intptr_t size, bool at, int64_t offset) {
    if (size < 0) return raise_errno(t, EINVAL);
    if (size > MaxTransfer) size = MaxTransfer;
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    ssize_t n = 0;
    TRY(checked(t, [&] {
        return n = at ? pread(fd, bytes->data, static_cast<size_t>(size), offset) : read(fd, bytes->data, static_cast<size_t>(size));
    }));
    if (n == size) return bytes;
    return bytes_from(t, {bytes->data, static_cast<size_t>(n)});
}
Result<Ref<Object>> read_(Thread& t, int fd, Size length) { return read_impl(t, fd, length, false, 0); }
Result<Ref<Object>> pread_(Thread& t, int fd, int length, Arg offset) { return read_impl(t, fd, length, true, TRY(to_int64(t, offset))); }
Result<int64_t> readinto_(Thread& t, int fd, WritableBufferView& buffer) {
    if (fd < 0) return raise_errno(t, EBADF);
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = read(fd, buffer.buffer().buf, std::min<size_t>(buffer.size(), MaxTransfer)); }));
    return int64_t{n};
}
Result<int64_t> write_(Thread& t, int fd, BufferView& data) {
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = write(fd, data.data(), std::min<size_t>(data.size(), MaxTransfer)); }));
    return int64_t{n};
}
Result<int64_t> pwrite_(Thread& t, int fd, BufferView& data, Arg offset_) {
    int64_t offset = TRY(to_int64(t, offset_));
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = pwrite(fd, data.data(), std::min<size_t>(data.size(), MaxTransfer), offset); }));
    return int64_t{n};
}

/// The memory of a sequence of buffers, as an iovec array.
class Vectors {
public:
    Vectors() = default;
    Vectors(const Vectors&) = delete;
    ~Vectors() {
        for (Buffer& view : m_views) buffer_release(&view);
    }
    Result<void> acquire(Thread& t, const char* function, Borrowed<Object> sequence, bool writable) {
        if (!is<List>(sequence.get()) && !is<Tuple>(sequence.get()) && !(sequence->type->as_sequence && sequence->type->as_sequence->item))
            return raise(t, exc::TypeError, "%s() arg 2 must be a sequence", function);
        Ref<Tuple> items = TRY(to_tuple(t, sequence));
        for (Object* item : *items) {
            Buffer view;
            TRY(buffer_get(t, item, &view, writable ? buffer_flag::Writable : buffer_flag::Simple));
            m_views.push(view);
            m_vectors.push({view.buf, static_cast<size_t>(view.len)});
        }
        if (m_views.failed() || m_vectors.failed()) return raise_memory_error(t);
        return {};
    }
    iovec* data() { return m_vectors.data(); }
    int count() const { return static_cast<int>(m_vectors.size()); }

private:
    base::SmallBuffer<Buffer, 4> m_views;
    base::SmallBuffer<iovec, 4> m_vectors;
};
Result<int64_t> readv_(Thread& t, int fd, Arg buffers) {
    Vectors vectors;
    TRY(vectors.acquire(t, "readv", buffers, true));
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = readv(fd, vectors.data(), vectors.count()); }));
    return int64_t{n};
}
Result<int64_t> writev_(Thread& t, int fd, Arg buffers) {
    Vectors vectors;
    TRY(vectors.acquire(t, "writev", buffers, false));
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = writev(fd, vectors.data(), vectors.count()); }));
    return int64_t{n};
}
Result<int64_t> preadv_(Thread& t, int fd, Arg buffers, Arg offset_, int flags) {
    Vectors vectors;
    TRY(vectors.acquire(t, "preadv", buffers, true));
    int64_t offset = TRY(to_int64(t, offset_));
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = preadv2(fd, vectors.data(), vectors.count(), offset, flags); }));
    return int64_t{n};
}
Result<int64_t> pwritev_(Thread& t, int fd, Arg buffers, Arg offset_, int flags) {
    Vectors vectors;
    TRY(vectors.acquire(t, "pwritev", buffers, false));
    int64_t offset = TRY(to_int64(t, offset_));
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = pwritev2(fd, vectors.data(), vectors.count(), offset, flags); }));
    return int64_t{n};
}
Result<int64_t> lseek_(Thread& t, int fd, Arg position, int whence) {
    int64_t offset = TRY(to_int64(t, position)), result = 0;
    TRY(checked(t, [&] { return result = lseek(fd, offset, whence); }));
    return result;
}
Result<Ref<Object>> pair(Thread& t, int a, int b) {
    Ref<Int> first = TRY(int_from(t, a)), second = TRY(int_from(t, b));
    return tuple_pack(t, first, second);
}
Result<Ref<Object>> pipe_(Thread& t) {
    int fds[2];
    TRY(checked(t, [&] { return pipe2(fds, O_CLOEXEC); }));
    return pair(t, fds[0], fds[1]);
}
Result<Ref<Object>> pipe2_(Thread& t, int flags) {
    int fds[2];
    TRY(checked(t, [&] { return pipe2(fds, flags); }));
    return pair(t, fds[0], fds[1]);
}
Result<void> ftruncate_(Thread& t, int fd, Arg length_) {
    int64_t length = TRY(to_int64(t, length_));
    return checked(t, [&] { return ftruncate(fd, length); });
}
Result<void> fsync_(Thread& t, Arg fd_) {
    int fd = TRY(descriptor_argument(t, fd_));
    return checked(t, [&] { return fsync(fd); });
}
Result<void> fdatasync_(Thread& t, Arg fd_) {
    int fd = TRY(descriptor_argument(t, fd_));
    return checked(t, [&] { return fdatasync(fd); });
}
void sync_(Thread& t) {
    Detached detached(t);
    sync();
}
bool isatty_(Thread& t, int fd) {
    Detached detached(t);
    return isatty(fd) == 1;
}
Result<Ref<Object>> ttyname_(Thread& t, int fd) {
    char buffer[256];
    if (int error = ttyname_r(fd, buffer, sizeof buffer)) return raise_errno(t, error);
    return str_decode_fs(t, buffer);
}
Result<Ref<Object>> ptsname_(Thread& t, int fd) {
    char buffer[256];
    if (int error = ptsname_r(fd, buffer, sizeof buffer)) return raise_errno(t, error < 0 ? errno : error);
    return str_decode_fs(t, buffer);
}
Result<void> set_cloexec(Thread& t, int fd) {
    return checked(t, [&] { return fcntl(fd, F_SETFD, FD_CLOEXEC); });
}
Result<Ref<Object>> openpty_(Thread& t) {
    int controller, terminal;
    TRY(checked(t, [&] { return openpty(&controller, &terminal, nullptr, nullptr, nullptr); }));
    TRY(set_cloexec(t, controller));
    TRY(set_cloexec(t, terminal));
    return pair(t, controller, terminal);
}
Result<int> posix_openpt_(Thread& t, int flags) {
    int fd = -1;
    TRY(checked(t, [&] { return fd = posix_openpt(flags | O_CLOEXEC); }));
    return fd;
}
Result<void> grantpt_(Thread& t, int fd) {
    return checked(t, [&] { return grantpt(fd); });
}
Result<void> unlockpt_(Thread& t, int fd) {
    return checked(t, [&] { return unlockpt(fd); });
}
Result<void> login_tty_(Thread& t, int fd) {
    return checked(t, [&] { return login_tty(fd); });
}
Result<int> tcgetpgrp_(Thread& t, int fd) {
    int group = -1;
    TRY(checked(t, [&] { return group = tcgetpgrp(fd); }));
    return group;
}
Result<void> tcsetpgrp_(Thread& t, int fd, int group) {
    return checked(t, [&] { return tcsetpgrp(fd, group); });
}
Result<bool> get_inheritable(Thread& t, int fd) {
    int flags = 0;
    TRY(checked(t, [&] { return flags = fcntl(fd, F_GETFD); }));
    return !(flags & FD_CLOEXEC);
}
Result<void> set_inheritable(Thread& t, int fd, int inheritable) {
    int flags = 0;
    TRY(checked(t, [&] { return flags = fcntl(fd, F_GETFD); }));
    int wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
    if (wanted == flags) return {};
    return checked(t, [&] { return fcntl(fd, F_SETFD, wanted); });
}
Result<bool> get_blocking(Thread& t, int fd) {
    int flags = 0;
    TRY(checked(t, [&] { return flags = fcntl(fd, F_GETFL); }));
    return !(flags & O_NONBLOCK);
}
Result<void> set_blocking(Thread& t, int fd, bool blocking) {
    int flags = 0;
    TRY(checked(t, [&] { return flags = fcntl(fd, F_GETFL); }));
    return checked(t, [&] { return fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK); });
}
Result<Ref<Object>> get_terminal_size(Thread& t, MaybeBorrowed<Object> fd_) {
    int fd = fd_ ? TRY(to_int32(t, fd_.value())) : STDOUT_FILENO;
    winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return raise_errno(t, errno);
    StructBuilder b(t, *g_types.terminal_size);
    b.add_int(size.ws_col);
    b.add_int(size.ws_row);
    return b.finish();
}
Result<int64_t> sendfile_(Thread& t, int out_fd, int in_fd, Arg offset_, Size count) {
    ssize_t n = 0;
    if (is_none(offset_.get())) {
        TRY(checked(t, [&] { return n = sendfile(out_fd, in_fd, nullptr, static_cast<size_t>(count.value)); }));
        return int64_t{n};
    }
    off_t offset = TRY(to_int64(t, offset_));
    TRY(checked(t, [&] { return n = sendfile(out_fd, in_fd, &offset, static_cast<size_t>(count.value)); }));
    return int64_t{n};
}
Result<int64_t> copy_file_range_(Thread& t, int source, int target, Size count, Arg source_offset, Arg target_offset) {
    if (count < 0) return raise(t, exc::ValueError, "negative value for 'count' not allowed");
    off64_t from = 0, to = 0, *from_pointer = nullptr, *to_pointer = nullptr;
    if (!is_none(source_offset.get())) from = TRY(to_int64(t, source_offset)), from_pointer = &from;
    if (!is_none(target_offset.get())) to = TRY(to_int64(t, target_offset)), to_pointer = &to;
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = copy_file_range(source, from_pointer, target, to_pointer, static_cast<size_t>(count.value), 0); }));
    return int64_t{n};
}
Result<int64_t> splice_(Thread& t, int source, int target, Size count, Arg source_offset, Arg target_offset, uint64_t flags) {
    if (count < 0) return raise(t, exc::ValueError, "negative value for 'count' not allowed");
    off64_t from = 0, to = 0, *from_pointer = nullptr, *to_pointer = nullptr;
    if (!is_none(source_offset.get())) from = TRY(to_int64(t, source_offset)), from_pointer = &from;
    if (!is_none(target_offset.get())) to = TRY(to_int64(t, target_offset)), to_pointer = &to;
    ssize_t n = 0;
    TRY(checked(t, [&] {
        return n = splice(source, from_pointer, target, to_pointer, static_cast<size_t>(count.value), static_cast<unsigned>(flags));
    }));
    return int64_t{n};
}
Result<void> lockf_(Thread& t, int fd, int command, Arg length_) {
    int64_t length = TRY(to_int64(t, length_));
    return checked(t, [&] { return lockf(fd, command, length); });
}
Result<void> posix_fallocate_(Thread& t, int fd, Arg offset_, Arg length_) {
    int64_t offset = TRY(to_int64(t, offset_)), length = TRY(to_int64(t, length_));
    return checked(t, [&] { return (errno = posix_fallocate(fd, offset, length)) ? -1 : 0; });
}
Result<void> posix_fadvise_(Thread& t, int fd, Arg offset_, Arg length_, int advice) {
    int64_t offset = TRY(to_int64(t, offset_)), length = TRY(to_int64(t, length_));
    return checked(t, [&] { return (errno = posix_fadvise(fd, offset, length, advice)) ? -1 : 0; });
}
Result<int> memfd_create_(Thread& t, Arg name_, MaybeBorrowed<Object> flags_) {
    unsigned flags = flags_ ? static_cast<unsigned>(TRY(to_int64(t, flags_.value()))) : MFD_CLOEXEC;
    Ref<Bytes> name = TRY(os_fsencode(t, name_));
    int fd = -1;
    TRY(checked(t, [&] { return fd = memfd_create(name->data, flags); }));
    return fd;
}
Result<int> eventfd_(Thread& t, uint64_t initial, int flags) {
    int fd = -1;
    TRY(checked(t, [&] { return fd = eventfd(static_cast<unsigned>(initial), flags); }));
    return fd;
}
Result<Ref<Object>> eventfd_read_(Thread& t, int fd) {
    eventfd_t value;
    TRY(checked(t, [&] { return eventfd_read(fd, &value); }));
    return int_from_uint64(t, value);
}
Result<void> eventfd_write_(Thread& t, int fd, uint64_t value) {
    return checked(t, [&] { return eventfd_write(fd, value); });
}
Result<int> timerfd_create_(Thread& t, int clock, int flags) {
    int fd = -1;
    TRY(checked(t, [&] { return fd = timerfd_create(clock, flags | TFD_CLOEXEC); }));
    return fd;
}
Result<Ref<Object>> timer_pair(Thread& t, const itimerspec& timer, bool ns) {
    auto convert = [&](const timespec& time) -> Result<Ref<Object>> {
        if (ns) return int_from(t, time.tv_sec * 1000000000 + time.tv_nsec);
        return float_from(t, static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9);
    };
    Ref<Object> value = TRY(convert(timer.it_value)), interval = TRY(convert(timer.it_interval));
    return tuple_pack(t, value, interval);
}
timespec timespec_of(double seconds) {
    auto whole = static_cast<time_t>(seconds);
    return {whole, static_cast<long>((seconds - static_cast<double>(whole)) * 1e9)};
}
Result<Ref<Object>> timerfd_settime_(Thread& t, int fd, int flags, double initial, double interval) {
    itimerspec fresh{timespec_of(interval), timespec_of(initial)}, old;
    TRY(checked(t, [&] { return timerfd_settime(fd, flags, &fresh, &old); }));
    return timer_pair(t, old, false);
}
Result<Ref<Object>> timerfd_settime_ns_(Thread& t, int fd, int flags, int64_t initial, int64_t interval) {
    itimerspec fresh{{interval / 1000000000, interval % 1000000000}, {initial / 1000000000, initial % 1000000000}}, old;
    TRY(checked(t, [&] { return timerfd_settime(fd, flags, &fresh, &old); }));
    return timer_pair(t, old, true);
}
template <bool Ns> Result<Ref<Object>> timerfd_gettime_(Thread& t, int fd) {
    itimerspec timer;
    TRY(checked(t, [&] { return timerfd_gettime(fd, &timer); }));
    return timer_pair(t, timer, Ns);
}
Result<Ref<Object>> device_encoding(Thread& t, int fd) {
    if (!isatty_(t, fd)) return none_ref();
    return str_interned(t, "UTF-8");
}

const NativeDef functions[] = {
    fn<open_>("open", "($module, /, path, flags, mode=511, *, dir_fd=None)",
              "Open a file for low level IO.  Returns a file descriptor (integer)."),
    fn<close_>("close", "($module, fd)", "Close a file descriptor."),
    fn<closerange_>("closerange", "($module, fd_low, fd_high, /)",
                    "Close each open descriptor from fd_low up to, but not including, fd_high."),
    fn<dup_>("dup", "($module, fd, /)", "Return a duplicate of a file descriptor."),
    fn<dup2_>("dup2", "($module, /, fd, fd2, inheritable=True)", "Duplicate file descriptor."),
    fn<read_>("read", "($module, fd, length, /)", "Read from a file descriptor.  Returns a bytes object."),
    fn<readinto_>("readinto", "($module, fd, buffer, /)", "Read into a buffer object from a file descriptor."),
    fn<pread_>("pread", "($module, fd, length, offset, /)",
               "Read a number of bytes from a file descriptor starting at a particular offset."),
    fn<write_>("write", "($module, fd, data, /)", "Write a bytes object to a file descriptor."),
    fn<pwrite_>("pwrite", "($module, fd, buffer, offset, /)", "Write bytes to a file descriptor starting at a particular offset."),
    fn<readv_>("readv", "($module, fd, buffers, /)", "Read from a file descriptor fd into an iterable of buffers."),
    fn<writev_>("writev", "($module, fd, buffers, /)", "Iterate over buffers, and write the contents of each to a file descriptor."),
    fn<preadv_>("preadv", "($module, fd, buffers, offset, flags=0, /)",
                "Reads from a file descriptor into a number of mutable bytes-like objects."),
    fn<pwritev_>("pwritev", "($module, fd, buffers, offset, flags=0, /)",
                 "Writes the contents of bytes-like objects to a file descriptor at a given offset."),
    fn<lseek_>("lseek", "($module, fd, position, whence, /)", "Set the position of a file descriptor.  Return the new position."),
    fn<pipe_>("pipe", "($module, /)", "Create a pipe."),
    fn<pipe2_>("pipe2", "($module, flags, /)", "Create a pipe with flags set atomically."),
    fn<ftruncate_>("ftruncate", "($module, fd, length, /)", "Make the open file length bytes long: cut it off, or fill it up with zeros."),
    fn<fsync_>("fsync", "($module, /, fd)", "Force write of fd to disk."),
    fn<fdatasync_>("fdatasync", "($module, /, fd)",
                   "Have the file's data written to the device; metadata only as far as reading them back needs "
                   "it."),
    fn<sync_>("sync", "($module, /)", "Force write of everything to disk."),
    fn<isatty_>("isatty", "($module, fd, /)", "Return True if the fd is connected to a terminal."),
    fn<ttyname_>("ttyname", "($module, fd, /)", "Return the name of the terminal device connected to 'fd'."),
    fn<ptsname_>("ptsname", "($module, fd, /)", "Return the name of the slave pseudo-terminal device."),
    fn<openpty_>("openpty", "($module, /)", "Open a pseudo-terminal."),
    fn<posix_openpt_>("posix_openpt", "($module, oflag, /)", "Open and return a file descriptor for a master pseudo-terminal device."),
    fn<grantpt_>("grantpt", "($module, fd, /)", "Grant access to the slave pseudo-terminal device."),
    fn<unlockpt_>("unlockpt", "($module, fd, /)", "Unlock a pseudo-terminal master/slave pair."),
    fn<login_tty_>("login_tty", "($module, fd, /)", "Prepare the tty of which fd is a file descriptor for a new login session."),
    fn<tcgetpgrp_>("tcgetpgrp", "($module, fd, /)", "The process group in the foreground of the terminal fd."),
    fn<tcsetpgrp_>("tcsetpgrp", "($module, fd, pgid, /)", "Bring the process group pgid to the foreground of the terminal fd."),
    fn<get_inheritable>("get_inheritable", "($module, fd, /)", "Get the close-on-exe flag of the specified file descriptor."),
    fn<set_inheritable>("set_inheritable", "($module, fd, inheritable, /)", "Set the inheritable flag of the specified file descriptor."),
    fn<get_blocking>("get_blocking", "($module, fd, /)", "Get the blocking mode of the file descriptor."),
    fn<set_blocking>("set_blocking", "($module, fd, blocking, /)", "Set the blocking mode of the specified file descriptor."),
    fn<get_terminal_size>("get_terminal_size", "($module, fd=<unrepresentable>, /)",
                          "Return the size of the terminal window as (columns, lines)."),
    fn<sendfile_>("sendfile", "($module, /, out_fd, in_fd, offset, count)",
                  "Copy up to count bytes between descriptors inside the kernel; returns how many it was."),
    fn<copy_file_range_>("copy_file_range", "($module, /, src, dst, count, offset_src=None, offset_dst=None)",
                         "Copy count bytes from one file descriptor to another."),
    fn<splice_>("splice", "($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)",
                "Transfer count bytes from one pipe to a descriptor or vice versa."),
    fn<lockf_>("lockf", "($module, fd, command, length, /)", "Apply, test or remove a POSIX lock on an open file descriptor."),
    fn<posix_fallocate_>("posix_fallocate", "($module, fd, offset, length, /)",
                         "Ensure a file has allocated at least a particular number of bytes on disk."),
    fn<posix_fadvise_>("posix_fadvise", "($module, fd, offset, length, advice, /)",
                       "Announce an intention to access data in a specific pattern."),
    fn<memfd_create_>("memfd_create", "($module, /, name, flags=1)"),
    fn<eventfd_>("eventfd", "($module, /, initval, flags=524288)", "Creates and returns an event notification file descriptor."),
    fn<eventfd_read_>("eventfd_read", "($module, /, fd)", "Read eventfd value"),
    fn<eventfd_write_>("eventfd_write", "($module, /, fd, value)", "Write eventfd value."),
    fn<timerfd_create_>("timerfd_create", "($module, clockid, /, *, flags=0)", "Create and return a timer file descriptor."),
    fn<timerfd_settime_>("timerfd_settime", "($module, fd, /, *, flags=0, initial=0.0, interval=0.0)",
                         "Alter a timer file descriptor's internal timer in seconds."),
    fn<timerfd_settime_ns_>("timerfd_settime_ns", "($module, fd, /, *, flags=0, initial=0, interval=0)",
                            "Alter a timer file descriptor's internal timer in nanoseconds."),
    fn<timerfd_gettime_<false>>("timerfd_gettime", "($module, fd, /)",
                                "Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds."),
    fn<timerfd_gettime_<true>>("timerfd_gettime_ns", "($module, fd, /)",
                               "Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds."),
    fn<device_encoding>("device_encoding", "($module, /, fd)", "Return a string describing the encoding of a terminal's file descriptor."),
};

} // namespace

std::span<const NativeDef> descriptor_functions() { return functions; }

} // namespace taipan::posix
