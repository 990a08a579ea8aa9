// The posix module in parts: files, descriptors, processes and the rest each contribute a table of functions.
#pragma once

#include "modules/system_calls.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/struct_sequence.h"

#include <fcntl.h>
#include <sys/types.h>

namespace taipan::posix {

/// A path parameter: str, bytes, PathLike or, where allowed, a descriptor or None (the current directory).
struct Path {
    MaybeRef<Object> object; // as given (os.fspath applied), for error messages
    MaybeRef<Bytes> encoded;
    int fd = -1;
    bool is_bytes = false, was_none = false, given_fd = false;
    bool is_fd() const { return given_fd; }
    const char* c_str() const { return encoded ? encoded->data : "."; }
};
namespace path_allow {
constexpr int Fd = 1, None = 2;
}
Result<Path> path_argument(Thread& t, const char* function, const char* argument, Borrowed<Object> object, int allow = 0);
/// A `dir_fd` argument; None: AT_FDCWD.
Result<int> dir_fd_argument(Thread& t, Borrowed<Object> object);
/// A descriptor or an object with fileno(). TypeError "argument must be an int, or have a fileno() method."
Result<int> descriptor_argument(Thread& t, Borrowed<Object> object);
/// File system text of the kind that the path was given in.
Result<Ref<Object>> path_result(Thread& t, std::string_view text, bool as_bytes);
inline Error path_error(Thread& t, int error, const Path& path) { return raise_errno(t, error, path.object.get()); }

/// uid, gid and device numbers: -1 means "leave".
Result<uint32_t> id_argument(Thread& t, Borrowed<Object> object, const char* what);
Result<Ref<Object>> id_object(Thread& t, uint32_t id);

Result<Ref<Object>> stat_object(Thread& t, const struct stat& status);
/// Raises OSError(errno) for -1.
template <class F> Result<void> checked(Thread& t, F call) {
    int error = 0;
    if (TRY(blocking_call(t, &error, call)) == -1) return raise_errno(t, error);
    return {};
}
template <class F> Result<void> checked_path(Thread& t, const Path& path, F call) {
    int error;
    bool failed;
    {
        Detached detached(t);
        failed = call() == -1;
        error = errno;
    }
    if (failed) return path_error(t, error, path);
    return {};
}

/// The struct sequence types of the module, made once and immortal.
struct Types {
    Type *stat_result, *statvfs_result, *terminal_size, *uname_result, *times_result, *waitid_result, *sched_param;
};
extern Types g_types;

std::span<const NativeDef> file_functions();
std::span<const NativeDef> link_functions();
std::span<const NativeDef> descriptor_functions();
std::span<const NativeDef> process_functions();
std::span<const NativeDef> system_functions();
Result<void> add_types(Thread& t, Borrowed<Module> module);
Result<void> add_constants(Thread& t, Borrowed<Module> module);
Result<void> add_name_tables(Thread& t, Borrowed<Module> module);
extern const TypeSpec dir_entry_spec, scandir_spec;

} // namespace taipan::posix
