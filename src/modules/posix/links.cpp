// Calls that change what a path names, and its attributes.
#include "modules/posix/posix.h"
#include "objects/list.h"
#include "objects/tuple.h"

#include <climits>
#include <cmath>
#include <cstring>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace taipan::posix {
namespace {

using Arg = Borrowed<Object>;

#define PATH(function) Path path = TRY(path_argument(t, function, "path", path_))
#define PATH_OR_FD(function) Path path = TRY(path_argument(t, function, "path", path_, path_allow::Fd))
#define DIR_FD int dir_fd = TRY(dir_fd_argument(t, dir_fd_))

Result<void> mkdir_(Thread& t, Arg path_, int mode, Arg dir_fd_) {
    PATH("mkdir");
    DIR_FD;
    return checked_path(t, path, [&] { return mkdirat(dir_fd, path.c_str(), static_cast<mode_t>(mode)); });
}
Result<void> rmdir_(Thread& t, Arg path_, Arg dir_fd_) {
    PATH("rmdir");
    DIR_FD;
    return checked_path(t, path, [&] { return unlinkat(dir_fd, path.c_str(), AT_REMOVEDIR); });
}
Result<void> unlink_(Thread& t, Arg path_, Arg dir_fd_) {
    PATH("unlink");
    DIR_FD;
    return checked_path(t, path, [&] { return unlinkat(dir_fd, path.c_str(), 0); });
}
Result<void> remove_(Thread& t, Arg path_, Arg dir_fd_) {
    PATH("remove");
    DIR_FD;
    return checked_path(t, path, [&] { return unlinkat(dir_fd, path.c_str(), 0); });
}
template <class F> Result<void> two_paths(Thread& t, const Path& source, const Path& target, F call) {
    int error;
    bool failed;
    {
        Detached detached(t);
        failed = call() == -1;
        error = errno;
    }
    if (failed) return raise_errno(t, error, source.object.get(), target.object.get());
    return {};
}
Result<void> rename_as(Thread& t, const char* function, Arg source_, Arg target_, Arg source_fd, Arg target_fd) {
    Path source = TRY(path_argument(t, function, "src", source_)), target = TRY(path_argument(t, function, "dst", target_));
    int from = TRY(dir_fd_argument(t, source_fd)), to = TRY(dir_fd_argument(t, target_fd));
    return two_paths(t, source, target, [&] { return renameat(from, source.c_str(), to, target.c_str()); });
}
Result<void> rename_(Thread& t, Arg s, Arg d, Arg sf, Arg df) { return rename_as(t, "rename", s, d, sf, df); }
Result<void> replace_(Thread& t, Arg s, Arg d, Arg sf, Arg df) { return rename_as(t, "replace", s, d, sf, df); }
Result<void> link_(Thread& t, Arg source_, Arg target_, Arg source_fd, Arg target_fd, bool follow) {
    Path source = TRY(path_argument(t, "link", "src", source_)), target = TRY(path_argument(t, "link", "dst", target_));
    int from = TRY(dir_fd_argument(t, source_fd)), to = TRY(dir_fd_argument(t, target_fd));
    return two_paths(t, source, target, [&] { return linkat(from, source.c_str(), to, target.c_str(), follow ? AT_SYMLINK_FOLLOW : 0); });
}
Result<void> symlink_(Thread& t, Arg source_, Arg target_, bool, Arg dir_fd_) {
    Path source = TRY(path_argument(t, "symlink", "src", source_)), target = TRY(path_argument(t, "symlink", "dst", target_));
    DIR_FD;
    return two_paths(t, source, target, [&] { return symlinkat(source.c_str(), dir_fd, target.c_str()); });
}
Result<Ref<Object>> readlink_(Thread& t, Arg path_, Arg dir_fd_) {
    PATH("readlink");
    DIR_FD;
    char buffer[PATH_MAX + 1];
    ssize_t size = 0;
    TRY(checked_path(t, path, [&] { return size = readlinkat(dir_fd, path.c_str(), buffer, PATH_MAX); }));
    return path_result(t, {buffer, static_cast<size_t>(size)}, path.is_bytes);
}
Result<void> chmod_(Thread& t, Arg path_, int mode, Arg dir_fd_, bool follow) {
    PATH_OR_FD("chmod");
    DIR_FD;
    if (path.is_fd()) {
        if (dir_fd != AT_FDCWD) return raise(t, exc::ValueError, "chmod: can't specify dir_fd without matching path");
        if (!follow) return raise(t, exc::ValueError, "chmod: cannot use fd and follow_symlinks together");
    }
    auto result = checked_path(t, path, [&] {
        return path.is_fd() ? fchmod(path.fd, static_cast<mode_t>(mode))
                            : fchmodat(dir_fd, path.c_str(), static_cast<mode_t>(mode), follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
    if (!follow && result.is_error() && exception_matches(t, exc::OSError)) {
        auto* error = static_cast<OSErrorObject*>(t.exception);
        int64_t number;
        if (error->errno_value && is<Int>(error->errno_value) && int_fits_int64(static_cast<Int*>(error->errno_value), &number) &&
            (number == ENOTSUP || number == EOPNOTSUPP)) {
            t.clear_exception();
            return raise(t, exc::NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
        }
    }
    return result;
}
Result<void> fchmod_(Thread& t, int fd, int mode) {
    return checked(t, [&] { return fchmod(fd, static_cast<mode_t>(mode)); });
}
Result<void> chown_(Thread& t, Arg path_, Arg uid_, Arg gid_, Arg dir_fd_, bool follow) {
    PATH_OR_FD("chown");
    DIR_FD;
    uid_t uid = TRY(id_argument(t, uid_, "uid"));
    gid_t gid = TRY(id_argument(t, gid_, "gid"));
    if (path.is_fd() && dir_fd != AT_FDCWD) return raise(t, exc::ValueError, "chown: can't specify dir_fd without matching path");
    if (path.is_fd() && !follow) return raise(t, exc::ValueError, "chown: cannot use fd and follow_symlinks together");
    return checked_path(t, path, [&] {
        return path.is_fd() ? fchown(path.fd, uid, gid) : fchownat(dir_fd, path.c_str(), uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
}
Result<void> fchown_(Thread& t, int fd, Arg uid_, Arg gid_) {
    uid_t uid = TRY(id_argument(t, uid_, "uid"));
    gid_t gid = TRY(id_argument(t, gid_, "gid"));
    return checked(t, [&] { return fchown(fd, uid, gid); });
}
Result<void> lchown_(Thread& t, Arg path_, Arg uid_, Arg gid_) {
    PATH("lchown");
    uid_t uid = TRY(id_argument(t, uid_, "uid"));
    gid_t gid = TRY(id_argument(t, gid_, "gid"));
    return checked_path(t, path, [&] { return lchown(path.c_str(), uid, gid); });
}
Result<bool> access_(Thread& t, Arg path_, int mode, Arg dir_fd_, bool effective, bool follow) {
    PATH("access");
    DIR_FD;
    Detached detached(t);
    return faccessat(dir_fd, path.c_str(), mode, (effective ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW)) == 0;
}
Result<void> chdir_(Thread& t, Arg path_) {
    PATH_OR_FD("chdir");
    return checked_path(t, path, [&] { return path.is_fd() ? fchdir(path.fd) : chdir(path.c_str()); });
}
Result<void> fchdir_(Thread& t, Arg fd_) {
    int fd = TRY(descriptor_argument(t, fd_));
    return checked(t, [&] { return fchdir(fd); });
}
Result<void> chroot_(Thread& t, Arg path_) {
    PATH("chroot");
    return checked_path(t, path, [&] { return chroot(path.c_str()); });
}
template <bool AsBytes> Result<Ref<Object>> getcwd_(Thread& t) {
    char buffer[PATH_MAX + 1];
    char* found;
    int error;
    {
        Detached detached(t);
        found = getcwd(buffer, sizeof buffer);
        error = errno;
    }
    if (!found) return raise_errno(t, error);
    return path_result(t, found, AsBytes);
}
Result<void> truncate_(Thread& t, Arg path_, Arg length_) {
    PATH_OR_FD("truncate");
    int64_t length = TRY(to_int64(t, length_));
    return checked_path(t, path, [&] { return path.is_fd() ? ftruncate(path.fd, length) : truncate(path.c_str(), length); });
}
Result<void> mkfifo_(Thread& t, Arg path_, int mode, Arg dir_fd_) {
    PATH("mkfifo");
    DIR_FD;
    int error = 0;
    if (TRY(blocking_call(t, &error, [&] { return mkfifoat(dir_fd, path.c_str(), static_cast<mode_t>(mode)); })) == -1)
        return path_error(t, error, path);
    return {};
}
Result<void> mknod_(Thread& t, Arg path_, int mode, Arg device_, Arg dir_fd_) {
    PATH("mknod");
    DIR_FD;
    uint64_t device = TRY(to_uint64(t, device_));
    return checked_path(t, path, [&] { return mknodat(dir_fd, path.c_str(), static_cast<mode_t>(mode), device); });
}
/// A number of `limit` at most; -1 is NODEV.
Result<uint64_t> device_number(Thread& t, Arg object, uint64_t limit) {
    Ref<Int> number = TRY(to_index(t, object));
    int64_t value;
    if (int_fits_int64(number.get(), &value) && value == -1) return limit;
    if (number->is_negative()) return raise(t, exc::OverflowError, "can't convert negative int to unsigned");
    uint64_t result;
    if (!int_fits_uint64(number.get(), &result)) return raise(t, exc::OverflowError, "int too big to convert");
    if (result > limit) return raise(t, exc::OverflowError, "Python int too large to convert to C unsigned int");
    return result;
}
Result<Ref<Object>> major_(Thread& t, Arg device) {
    uint64_t number = TRY(device_number(t, device, UINT64_MAX));
    unsigned value = number == UINT64_MAX ? UINT32_MAX : gnu_dev_major(number);
    return id_object(t, value);
}
Result<Ref<Object>> minor_(Thread& t, Arg device) {
    uint64_t number = TRY(device_number(t, device, UINT64_MAX));
    unsigned value = number == UINT64_MAX ? UINT32_MAX : gnu_dev_minor(number);
    return id_object(t, value);
}
Result<Ref<Object>> makedev_(Thread& t, Arg major, Arg minor) {
    auto a = static_cast<unsigned>(TRY(device_number(t, major, UINT32_MAX))),
         b = static_cast<unsigned>(TRY(device_number(t, minor, UINT32_MAX)));
    if (a == UINT32_MAX && b == UINT32_MAX) return int_from(t, -1);
    return int_from_uint64(t, gnu_dev_makedev(a, b));
}

Result<timespec> float_time(Thread& t, Borrowed<Object> value) {
    timespec time{};
    if (is<Float>(value.get())) {
        double seconds = static_cast<Float*>(value.get())->value;
        if (std::isnan(seconds)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
        double whole = std::floor(seconds);
        if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0))
            return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
        time.tv_sec = static_cast<time_t>(whole);
        time.tv_nsec = static_cast<long>(std::floor((seconds - whole) * 1e9));
        return time;
    }
    if (!is<Int>(value.get()) && !(value->type->as_number && value->type->as_number->index))
        return raise(t, exc::TypeError, "'%.200T' object cannot be interpreted as an integer", value);
    auto whole = to_int64(t, value);
    if (whole.is_error()) {
        if (clear_if(t, exc::OverflowError)) return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
        return Error{};
    }
    time.tv_sec = whole.take();
    return time;
}
Result<timespec> nano_time(Thread& t, Borrowed<Object> value) {
    Ref<Int> billion = TRY(int_from(t, 1000000000));
    Ref<Object> parts = TRY(divmod(t, value, billion));
    if (!is<Tuple>(parts.get()) || static_cast<Tuple*>(parts.get())->size != 2)
        return raise(t, exc::TypeError, "%.200T.__divmod__() must return a 2-tuple, not %.200T", value, parts);
    auto* tuple = static_cast<Tuple*>(parts.get());
    timespec time{};
    time.tv_sec = TRY(to_int64(t, tuple->items[0]));
    time.tv_nsec = TRY(to_int64(t, tuple->items[1]));
    return time;
}
Result<void> utime_(Thread& t, Arg path_, MaybeBorrowed<Object> times, MaybeBorrowed<Object> ns, Arg dir_fd_, bool follow) {
    PATH_OR_FD("utime");
    DIR_FD;
    bool has_times = times && !is_none(times.get());
    if (has_times && ns) return raise(t, exc::ValueError, "utime: you may specify either 'times' or 'ns' but not both");
    timespec values[2];
    if (has_times) {
        auto* tuple = try_as<Tuple>(times.get());
        if (!tuple || tuple->size != 2) return raise(t, exc::TypeError, "utime: 'times' must be either a tuple of two ints or None");
        values[0] = TRY(float_time(t, tuple->items[0]));
        values[1] = TRY(float_time(t, tuple->items[1]));
    } else if (ns) {
        auto* tuple = try_as<Tuple>(ns.get());
        if (!tuple || tuple->size != 2) return raise(t, exc::TypeError, "utime: 'ns' must be a tuple of two ints");
        values[0] = TRY(nano_time(t, tuple->items[0]));
        values[1] = TRY(nano_time(t, tuple->items[1]));
    } else {
        values[0] = values[1] = {0, UTIME_NOW};
    }
    if (path.is_fd() && dir_fd != AT_FDCWD) return raise(t, exc::ValueError, "utime: can't specify dir_fd without matching path");
    if (path.is_fd() && !follow) return raise(t, exc::ValueError, "utime: cannot use fd and follow_symlinks together");
    return checked_path(t, path, [&] {
        return path.is_fd() ? futimens(path.fd, values) : utimensat(dir_fd, path.c_str(), values, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
}

// Extended attributes
Result<Ref<Object>> getxattr_(Thread& t, Arg path_, Arg attribute_, bool follow) {
    PATH_OR_FD("getxattr");
    if (path.is_fd() && !follow) return raise(t, exc::ValueError, "getxattr: cannot use fd and follow_symlinks together");
    Path name = TRY(path_argument(t, "getxattr", "attribute", attribute_));
    for (size_t size : {size_t{128}, size_t{XATTR_SIZE_MAX}}) {
        Ref<Bytes> buffer = TRY(bytes_alloc(t, static_cast<intptr_t>(size)));
        ssize_t got;
        int error;
        {
            Detached detached(t);
            got = path.is_fd() ? fgetxattr(path.fd, name.c_str(), buffer->data, size)
                  : follow     ? getxattr(path.c_str(), name.c_str(), buffer->data, size)
                               : lgetxattr(path.c_str(), name.c_str(), buffer->data, size);
            error = errno;
        }
        if (got >= 0) return bytes_from(t, {buffer->data, static_cast<size_t>(got)});
        if (error != ERANGE) return path_error(t, error, path);
    }
    return path_error(t, ERANGE, path);
}
Result<void> setxattr_(Thread& t, Arg path_, Arg attribute_, BufferView& value, int flags, bool follow) {
    PATH_OR_FD("setxattr");
    if (path.is_fd() && !follow) return raise(t, exc::ValueError, "setxattr: cannot use fd and follow_symlinks together");
    Path name = TRY(path_argument(t, "setxattr", "attribute", attribute_));
    return checked_path(t, path, [&] {
        return path.is_fd() ? fsetxattr(path.fd, name.c_str(), value.data(), value.size(), flags)
               : follow     ? setxattr(path.c_str(), name.c_str(), value.data(), value.size(), flags)
                            : lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), flags);
    });
}
Result<void> removexattr_(Thread& t, Arg path_, Arg attribute_, bool follow) {
    PATH_OR_FD("removexattr");
    if (path.is_fd() && !follow) return raise(t, exc::ValueError, "removexattr: cannot use fd and follow_symlinks together");
    Path name = TRY(path_argument(t, "removexattr", "attribute", attribute_));
    return checked_path(t, path, [&] {
        return path.is_fd() ? fremovexattr(path.fd, name.c_str())
               : follow     ? removexattr(path.c_str(), name.c_str())
                            : lremovexattr(path.c_str(), name.c_str());
    });
}
Result<Ref<Object>> listxattr_(Thread& t, MaybeBorrowed<Object> path_, bool follow) {
    Path path =
        TRY(path_argument(t, "listxattr", "path", path_ ? path_.value() : Borrowed<Object>(None()), path_allow::Fd | path_allow::None));
    if (path.is_fd() && !follow) return raise(t, exc::ValueError, "listxattr: cannot use fd and follow_symlinks together");
    size_t size = 65536;
    Ref<Bytes> buffer = TRY(bytes_alloc(t, static_cast<intptr_t>(size)));
    ssize_t got = 0;
    TRY(checked_path(t, path, [&] {
        return got = path.is_fd() ? flistxattr(path.fd, buffer->data, size)
                     : follow     ? listxattr(path.c_str(), buffer->data, size)
                                  : llistxattr(path.c_str(), buffer->data, size);
    }));
    Ref<List> names = TRY(list_new(t));
    for (ssize_t i = 0; i < got;) {
        std::string_view name(buffer->data + i);
        TRY(list_append(t, names, TRY(str_decode_fs(t, name))));
        i += static_cast<ssize_t>(name.size()) + 1;
    }
    return names;
}

const NativeDef functions[] = {
    fn<mkdir_>("mkdir", "($module, /, path, mode=511, *, dir_fd=None)", "Create a directory."),
    fn<rmdir_>("rmdir", "($module, /, path, *, dir_fd=None)", "Remove a directory."),
    fn<unlink_>("unlink", "($module, /, path, *, dir_fd=None)", "Remove a file (same as remove())."),
    fn<remove_>("remove", "($module, /, path, *, dir_fd=None)", "Remove a file (same as unlink())."),
    fn<rename_>("rename", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Rename a file or directory."),
    fn<replace_>("replace", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
                 "Rename a file or directory, overwriting the destination."),
    fn<link_>("link", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=(os.name != 'nt'))",
              "Create a hard link to a file."),
    fn<symlink_>("symlink", "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
                 "Create a symbolic link pointing to src named dst."),
    fn<readlink_>("readlink", "($module, /, path, *, dir_fd=None)",
                  "Return a string representing the path to which the symbolic link points."),
    fn<chmod_>("chmod", "($module, /, path, mode, *, dir_fd=None, follow_symlinks=(os.name != 'nt'))",
               "Change the access permissions of a file."),
    fn<fchmod_>("fchmod", "($module, /, fd, mode)", "Change the access permissions of the file given by file descriptor fd."),
    fn<chown_>("chown", "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
               "Change the owner and group id of path to the numeric uid and gid."),
    fn<fchown_>("fchown", "($module, /, fd, uid, gid)", "Change the owner and group id of the file specified by file descriptor."),
    fn<lchown_>("lchown", "($module, /, path, uid, gid)", "Change the owner and group id of path to the numeric uid and gid."),
    fn<access_>("access", "($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
                "Use the real uid/gid to test for access to a path."),
    fn<chdir_>("chdir", "($module, /, path)", "Change the current working directory to the specified path."),
    fn<fchdir_>("fchdir", "($module, /, fd)", "Change to the directory of the given file descriptor."),
    fn<chroot_>("chroot", "($module, /, path)", "Change root directory to path."),
    fn<getcwd_<false>>("getcwd", "($module, /)", "The working directory of the process, as a str."),
    fn<getcwd_<true>>("getcwdb", "($module, /)", "The working directory of the process, as bytes."),
    fn<truncate_>("truncate", "($module, /, path, length)", "Truncate a file, specified by path, to a specific length."),
    fn<mkfifo_>("mkfifo", "($module, /, path, mode=438, *, dir_fd=None)", "Create a \"fifo\" (a POSIX named pipe)."),
    fn<mknod_>("mknod", "($module, /, path, mode=384, device=0, *, dir_fd=None)", "Create a node in the file system."),
    fn<major_>("major", "($module, device, /)", "Extracts a device major number from a raw device number."),
    fn<minor_>("minor", "($module, device, /)", "Extracts a device minor number from a raw device number."),
    fn<makedev_>("makedev", "($module, major, minor, /)", "Put a major and a minor number together to a device number."),
    fn<utime_>("utime", "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)",
               "Set the access and modified time of path."),
    fn<getxattr_>("getxattr", "($module, /, path, attribute, *, follow_symlinks=True)",
                  "Return the value of extended attribute attribute on path."),
    fn<setxattr_>("setxattr", "($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)",
                  "Set extended attribute attribute on path to value."),
    fn<removexattr_>("removexattr", "($module, /, path, attribute, *, follow_symlinks=True)",
                     "Remove extended attribute attribute on path."),
    fn<listxattr_>("listxattr", "($module, /, path=None, *, follow_symlinks=True)", "Return a list of extended attributes on path."),
};

} // namespace

std::span<const NativeDef> link_functions() { return functions; }

} // namespace taipan::posix
