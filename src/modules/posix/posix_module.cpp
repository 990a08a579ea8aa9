// The posix module: what is about the system as a whole, constants, and the tables of the other parts put together.
#include "base/small_buffer.h"
#include "modules/posix/posix.h"
#include "objects/descriptor.h"
#include "objects/dict.h"
#include "objects/function.h"
#include "objects/list.h"
#include "objects/tuple.h"
#include "vm/options.h"

#include <climits>
#include <cstring>
#include <dlfcn.h>
#include <linux/limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

extern char** environ;

namespace taipan::posix {
namespace {

using Arg = Borrowed<Object>;

struct NamedNumber {
    const char* name;
    int value;
};
const NamedNumber constants[] = {
#include "modules/posix/constants.inc"
};
const NamedNumber sysconf_names[] = {
#include "modules/posix/sysconf.inc"
};
const NamedNumber pathconf_names[] = {
    {"PC_ALLOC_SIZE_MIN", 18},
    {"PC_ASYNC_IO", 10},
    {"PC_CHOWN_RESTRICTED", 6},
    {"PC_FILESIZEBITS", 13},
    {"PC_LINK_MAX", 0},
    {"PC_MAX_CANON", 1},
    {"PC_MAX_INPUT", 2},
    {"PC_NAME_MAX", 3},
    {"PC_NO_TRUNC", 7},
    {"PC_PATH_MAX", 4},
    {"PC_PIPE_BUF", 5},
    {"PC_PRIO_IO", 11},
    {"PC_REC_INCR_XFER_SIZE", 14},
    {"PC_REC_MAX_XFER_SIZE", 15},
    {"PC_REC_MIN_XFER_SIZE", 16},
    {"PC_REC_XFER_ALIGN", 17},
    {"PC_SOCK_MAXBUF", 12},
    {"PC_SYMLINK_MAX", 19},
    {"PC_SYNC_IO", 9},
    {"PC_VDISABLE", 8},
};
const NamedNumber confstr_names[] = {
    {"CS_GNU_LIBC_VERSION", 2},
    {"CS_GNU_LIBPTHREAD_VERSION", 3},
    {"CS_LFS64_CFLAGS", 1004},
    {"CS_LFS64_LDFLAGS", 1005},
    {"CS_LFS64_LIBS", 1006},
    {"CS_LFS64_LINTFLAGS", 1007},
    {"CS_LFS_CFLAGS", 1000},
    {"CS_LFS_LDFLAGS", 1001},
    {"CS_LFS_LIBS", 1002},
    {"CS_LFS_LINTFLAGS", 1003},
    {"CS_PATH", 0},
    {"CS_XBS5_ILP32_OFF32_CFLAGS", 1100},
    {"CS_XBS5_ILP32_OFF32_LDFLAGS", 1101},
    {"CS_XBS5_ILP32_OFF32_LIBS", 1102},
    {"CS_XBS5_ILP32_OFF32_LINTFLAGS", 1103},
    {"CS_XBS5_ILP32_OFFBIG_CFLAGS", 1104},
    {"CS_XBS5_ILP32_OFFBIG_LDFLAGS", 1105},
    {"CS_XBS5_ILP32_OFFBIG_LIBS", 1106},
    {"CS_XBS5_ILP32_OFFBIG_LINTFLAGS", 1107},
    {"CS_XBS5_LP64_OFF64_CFLAGS", 1108},
    {"CS_XBS5_LP64_OFF64_LDFLAGS", 1109},
    {"CS_XBS5_LP64_OFF64_LIBS", 1110},
    {"CS_XBS5_LP64_OFF64_LINTFLAGS", 1111},
    {"CS_XBS5_LPBIG_OFFBIG_CFLAGS", 1112},
    {"CS_XBS5_LPBIG_OFFBIG_LDFLAGS", 1113},
    {"CS_XBS5_LPBIG_OFFBIG_LIBS", 1114},
    {"CS_XBS5_LPBIG_OFFBIG_LINTFLAGS", 1115},
};

Result<int> configured_name(Thread& t, Arg name, std::span<const NamedNumber> table) {
    if (is<Int>(name.get())) return to_int32(t, name);
    if (!is<Str>(name.get())) {
        if (!name->type->as_number || !name->type->as_number->index)
            return raise(t, exc::TypeError, "configuration names must be strings or integers");
        return to_int32(t, name);
    }
    std::string_view text = TRY(str_utf8(t, as<Str>(name)));
    for (const NamedNumber& row : table)
        if (text == row.name) return row.value;
    return raise(t, exc::ValueError, "unrecognized configuration name");
}
Result<int64_t> sysconf_(Thread& t, Arg name_) {
    int name = TRY(configured_name(t, name_, sysconf_names));
    errno = 0;
    long value = sysconf(name);
    if (value == -1 && errno) return raise_errno(t, errno);
    return int64_t{value};
}
Result<int64_t> pathconf_(Thread& t, Arg path_, Arg name_) {
    Path path = TRY(path_argument(t, "pathconf", "path", path_, path_allow::Fd));
    int name = TRY(configured_name(t, name_, pathconf_names));
    errno = 0;
    long value = path.is_fd() ? fpathconf(path.fd, name) : pathconf(path.c_str(), name);
    if (value == -1 && errno) return path_error(t, errno, path);
    return int64_t{value};
}
Result<int64_t> fpathconf_(Thread& t, Arg fd_, Arg name_) {
    int fd = TRY(descriptor_argument(t, fd_));
    int name = TRY(configured_name(t, name_, pathconf_names));
    errno = 0;
    long value = fpathconf(fd, name);
    if (value == -1 && errno) return raise_errno(t, errno);
    return int64_t{value};
}
Result<Ref<Object>> confstr_(Thread& t, Arg name_) {
    int name = TRY(configured_name(t, name_, confstr_names));
    errno = 0;
    size_t size = confstr(name, nullptr, 0);
    if (size == 0) {
        if (errno) return raise_errno(t, errno);
        return none_ref();
    }
    base::SmallBuffer<char, 256> buffer;
    if (!buffer.resize(size)) return raise_memory_error(t);
    confstr(name, buffer.data(), size);
    return str_decode_fs(t, {buffer.data(), size - 1});
}
Result<Ref<Object>> strerror_(Thread& t, int code) {
    char buffer[256];
    return str_decode_fs(t, strerror_r(code, buffer, sizeof buffer));
}
Result<Ref<Object>> uname_(Thread& t) {
    utsname names;
    TRY(checked(t, [&] { return uname(&names); }));
    StructBuilder b(t, *g_types.uname_result);
    for (const char* text : {names.sysname, names.nodename, names.release, names.version, names.machine}) b.add_string(text);
    return b.finish();
}
Result<Ref<Object>> times_(Thread& t) {
    tms usage;
    errno = 0;
    clock_t elapsed = times(&usage);
    if (elapsed == -1 && errno) return raise_errno(t, errno);
    double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    StructBuilder b(t, *g_types.times_result);
    for (clock_t value : {usage.tms_utime, usage.tms_stime, usage.tms_cutime, usage.tms_cstime, elapsed})
        b.add(float_from(t, static_cast<double>(value) / ticks));
    return b.finish();
}
Result<Ref<Object>> getloadavg_(Thread& t) {
    double load[3];
    if (getloadavg(load, 3) != 3) return raise(t, exc::OSError, "Load averages are unobtainable");
    Ref<Object> a = TRY(float_from(t, load[0])), b = TRY(float_from(t, load[1])), c = TRY(float_from(t, load[2]));
    return tuple_pack(t, a, b, c);
}
Result<Ref<Object>> cpu_count(Thread& t) {
    if (g_options.cpu_count > 0) return TRY(int_from(t, g_options.cpu_count));
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1) return none_ref();
    return int_from(t, count);
}
Result<Ref<Object>> urandom_(Thread& t, Size size) {
    if (size < 0) return raise(t, exc::ValueError, "negative argument not allowed");
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    for (intptr_t done = 0; done < size;) {
        ssize_t n = 0;
        TRY(checked(t, [&] { return n = getrandom(bytes->data + done, static_cast<size_t>(size - done), 0); }));
        done += n;
    }
    return bytes;
}
Result<Ref<Object>> getrandom_(Thread& t, Size size, int flags) {
    if (size < 0) return raise_errno(t, EINVAL);
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    ssize_t n = 0;
    TRY(checked(t, [&] { return n = getrandom(bytes->data, static_cast<size_t>(size.value), static_cast<unsigned>(flags)); }));
    if (n == size) return bytes;
    return bytes_from(t, {bytes->data, static_cast<size_t>(n)});
}

Result<void> putenv_(Thread& t, Arg name_, Arg value_) {
    Ref<Bytes> name = TRY(os_fsencode(t, name_)), value = TRY(os_fsencode(t, value_));
    if (name->size == 0 || name->view().find('=') != std::string_view::npos)
        return raise(t, exc::ValueError, "illegal environment variable name");
    if (setenv(name->data, value->data, 1) < 0) return raise_errno(t, errno);
    return {};
}
Result<void> unsetenv_(Thread& t, Arg name_) {
    Ref<Bytes> name = TRY(os_fsencode(t, name_));
    if (unsetenv(name->data) < 0) return raise_errno(t, errno);
    return {};
}
Result<Ref<Dict>> environment(Thread& t) {
    Ref<Dict> dict = TRY(dict_new(t));
    for (char** row = environ; row && *row; ++row) {
        const char* equals = strchr(*row, '=');
        if (!equals) continue;
        Ref<Bytes> name = TRY(bytes_from(t, {*row, static_cast<size_t>(equals - *row)})), value = TRY(bytes_from(t, equals + 1));
        (void)TRY(dict_set_default(t, dict, name, value));
    }
    return dict;
}
Result<Ref<Object>> create_environ(Thread& t) { return environment(t); }
Result<Ref<Object>> ctermid_(Thread& t) {
    char buffer[L_ctermid];
    return str_decode_fs(t, ctermid(buffer));
}

/// os.path.normpath: "." and empty parts go, ".." takes the part before it along.
Result<Ref<Object>> path_normpath(Thread& t, Arg path_) {
    Ref<Object> plain = TRY(os_fspath(t, path_));
    bool as_bytes = is<Bytes>(plain.get());
    Ref<Bytes> held = bytes_empty();
    std::string_view text;
    if (as_bytes) {
        text = static_cast<Bytes*>(plain.get())->view();
    } else {
        // Through WTF-8, so that any character comes back as it was.
        Ref<Str> name = TRY(str_interned(t, "surrogatepass"));
        Ref<Str> encoding = TRY(str_interned(t, "utf-8"));
        Ref<Object> encoded = TRY(call_method(t, plain, names::encode, encoding, name));
        held = as<Bytes>(std::move(encoded));
        text = held->view();
    }
    base::SmallBuffer<char, 512> out;
    size_t slashes = 0;
    while (slashes < text.size() && text[slashes] == '/') ++slashes;
    size_t root = slashes == 2 ? 2 : slashes ? 1 : 0;
    for (size_t i = 0; i < root; ++i) out.push('/');
    for (size_t i = slashes; i <= text.size();) {
        size_t end = std::min(text.find('/', i), text.size());
        std::string_view part = text.substr(i, end - i);
        i = end + 1;
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            std::string_view so_far(out.data(), out.size());
            std::string_view tail = so_far.substr(root);
            size_t cut = tail.rfind('/');
            std::string_view last = cut == std::string_view::npos ? tail : tail.substr(cut + 1);
            if (tail.empty() && root) continue;
            if (!tail.empty() && last != "..") {
                out.resize(root + (cut == std::string_view::npos ? 0 : cut));
                continue;
            }
        }
        if (out.size() > root) out.push('/');
        out.append(part.data(), part.size());
    }
    if (out.empty()) out.push('.');
    if (out.failed()) return raise_memory_error(t);
    std::string_view result(out.data(), out.size());
    if (as_bytes) return bytes_from(t, result);
    return str_from_utf8(t, result);
}
/// os.path.splitroot of str: (drive, root, tail).
Result<Ref<Object>> path_splitroot_ex(Thread& t, Arg path_) {
    Ref<Object> path = TRY(os_fspath(t, path_));
    if (auto* bytes = try_as<Bytes>(path.get())) {
        std::string_view text = bytes->view();
        size_t slashes = 0;
        while (slashes < text.size() && text[slashes] == '/') ++slashes;
        size_t root = slashes == 2 ? 2 : slashes ? 1 : 0;
        Ref<Bytes> drive = bytes_empty(), first = TRY(bytes_from(t, text.substr(0, root))), rest = TRY(bytes_from(t, text.substr(root)));
        return tuple_pack(t, drive, first, rest);
    }
    auto* text = static_cast<Str*>(path.get());
    intptr_t slashes = 0;
    while (slashes < text->length && text->at(slashes) == '/') ++slashes;
    intptr_t root = slashes == 2 ? 2 : slashes ? 1 : 0;
    Ref<Str> drive = str_empty(), first = TRY(str_substring(t, text, 0, root)), rest = TRY(str_substring(t, text, root, text->length));
    return tuple_pack(t, drive, first, rest);
}
void inputhook(Thread&) {}
bool is_inputhook_installed(Thread&) { return false; }

const NativeDef functions[] = {
    fn<sysconf_>("sysconf", "($module, name, /)", "Return an integer-valued system configuration variable."),
    fn<pathconf_>("pathconf", "($module, /, path, name)", "Return the configuration limit name for the file or directory path."),
    fn<fpathconf_>("fpathconf", "($module, fd, name, /)", "Return the configuration limit name for the file descriptor fd."),
    fn<confstr_>("confstr", "($module, name, /)", "Return a string-valued system configuration variable."),
    fn<strerror_>("strerror", "($module, code, /)", "Translate an error code to a message string."),
    fn<uname_>("uname", "($module, /)", "Return an object identifying the current operating system."),
    fn<times_>("times", "($module, /)", "Return a collection containing process timing information."),
    fn<getloadavg_>("getloadavg", "($module, /)", "Return average recent system load information."),
    fn<cpu_count>("cpu_count", "($module, /)", "Return the number of logical CPUs in the system."),
    fn<urandom_>("urandom", "($module, size, /)", "size random bytes from the operating system, good enough for keys."),
    fn<getrandom_>("getrandom", "($module, /, size, flags=0)", "Obtain a series of random bytes."),
    fn<putenv_>("putenv", "($module, name, value, /)", "Change or add an environment variable."),
    fn<unsetenv_>("unsetenv", "($module, name, /)", "Delete an environment variable."),
    fn<create_environ>("_create_environ", "($module, /)", "Create the environment dictionary."),
    fn<ctermid_>("ctermid", "($module, /)", "A path that leads to the terminal that controls the process."),
    fn<path_normpath>("_path_normpath", "($module, /, path)", "Normalize path, eliminating double slashes, etc."),
    fn<path_splitroot_ex>("_path_splitroot_ex", "($module, /, p)", "Split a pathname into drive, root and tail."),
    fn<inputhook>("_inputhook", "($module, /)", "Call the input hook, as readline does while it waits."),
    fn<is_inputhook_installed>("_is_inputhook_installed", "($module, /)", "Whether there is an input hook."),
};

#define FIELDS(name, ...) const StructField name[] = {__VA_ARGS__}
FIELDS(stat_fields, {"st_mode", "protection bits"}, {"st_ino", "inode"}, {"st_dev", "device"}, {"st_nlink", "number of hard links"},
       {"st_uid", "user ID of owner"}, {"st_gid", "group ID of owner"}, {"st_size", "total size, in bytes"},
       {nullptr, "integer time of last access"}, {nullptr, "integer time of last modification"}, {nullptr, "integer time of last change"},
       {"st_atime", "time of last access"}, {"st_mtime", "time of last modification"}, {"st_ctime", "time of last change"},
       {"st_atime_ns", "time of last access in nanoseconds"}, {"st_mtime_ns", "time of last modification in nanoseconds"},
       {"st_ctime_ns", "time of last change in nanoseconds"}, {"st_blksize", "blocksize for filesystem I/O"},
       {"st_blocks", "number of blocks allocated"}, {"st_rdev", "device type (if inode device)"});
FIELDS(statvfs_fields, {"f_bsize"}, {"f_frsize"}, {"f_blocks"}, {"f_bfree"}, {"f_bavail"}, {"f_files"}, {"f_ffree"}, {"f_favail"},
       {"f_flag"}, {"f_namemax"}, {"f_fsid"});
FIELDS(terminal_fields, {"columns", "width of the terminal window in characters"},
       {"lines", "height of the terminal window in characters"});
FIELDS(uname_fields, {"sysname", "operating system name"}, {"nodename", "name of machine on network (implementation-defined)"},
       {"release", "operating system release"}, {"version", "operating system version"}, {"machine", "hardware identifier"});
FIELDS(times_fields, {"user", "user time"}, {"system", "system time"}, {"children_user", "user time of children"},
       {"children_system", "system time of children"}, {"elapsed", "elapsed time since an arbitrary point in the past"});
FIELDS(waitid_fields, {"si_pid"}, {"si_uid"}, {"si_signo"}, {"si_status"}, {"si_code"});
FIELDS(sched_fields, {"sched_priority", "the scheduling priority"});

Result<void> add_type(Thread& t, Borrowed<Module> module, Type*& type, const char* attribute, const char* name, const char* doc,
                      std::span<const StructField> fields, int visible) {
    if (!type) type = TRY(struct_sequence_type(t, name, doc, fields, visible)).release();
    return module_add(t, module, attribute, type);
}

Result<void> add_table(Thread& t, Borrowed<Module> module, const char* name, std::span<const NamedNumber> table) {
    Ref<Dict> dict = TRY(dict_new(t));
    for (const NamedNumber& row : table) TRY(dict_set_ascii(t, dict, row.name, TRY(int_from(t, row.value))));
    return module_add(t, module, name, dict);
}

// sched_param takes its field, not a sequence, and so reduces to it.
Result<Ref<Object>> sched_param_new(Thread& t, Borrowed<Type> type, Arg priority) {
    Object* items[] = {acquire(priority.get()).release()};
    return struct_sequence_new(t, *type, items, 1);
}
Result<Ref<Object>> sched_param_reduce(Thread& t, Arg self) {
    Ref<Tuple> values = TRY(tuple_pack(t, Borrowed<Object>(static_cast<Tuple*>(self.get())->items[0])));
    return tuple_pack(t, Borrowed<Object>(self->type), values);
}
constexpr NativeDef sched_param_methods[] = {method<sched_param_reduce>("__reduce__", "($self, /)")};
Result<void> finish_sched_param(Thread& t) {
    Type& type = *g_types.sched_param;
    type.construct = &TypedNew<sched_param_new, "sched_param", "(sched_priority)">::construct;
    type.vectorcall = nullptr;
    type.doc = "sched_param(sched_priority)\n--\n\nCurrently has only one field: sched_priority"; // where the signature is read
    Ref<Object> reduce = TRY(method_descriptor_new(t, type, sched_param_methods[0]));
    return dict_set_ascii(t, Borrowed<Dict>(static_cast<Dict*>(type.dict)), "__reduce__", reduce);
}

Result<void> exec(Thread& t, Borrowed<Module> module) {
    struct {
        std::span<const NativeDef> defs;
    } tables[] = {{file_functions()}, {link_functions()}, {descriptor_functions()}, {process_functions()}};
    for (auto& table : tables)
        for (const NativeDef& def : table.defs) {
            Ref<Str> name = TRY(str_interned(t, def.name));
            Ref<Object> function = TRY(builtin_function_new(t, def, module.get(), module->name));
            defer_refcount(function.get());
            TRY(dict_set(t, module->dict, name, function));
        }
    TRY(type_ready(t, scandir_spec));
    TRY(module_add_type(t, module, dir_entry_spec));
    TRY(add_type(t, module, g_types.stat_result, "stat_result", "os.stat_result", "stat_result: Result from stat, fstat, or lstat.",
                 stat_fields, 10));
    TRY(add_type(t, module, g_types.statvfs_result, "statvfs_result", "os.statvfs_result",
                 "statvfs_result: Result from statvfs or fstatvfs.", statvfs_fields, 10));
    TRY(add_type(t, module, g_types.terminal_size, "terminal_size", "os.terminal_size",
                 "A tuple of (columns, lines) for holding terminal window size", terminal_fields, 2));
    TRY(add_type(t, module, g_types.uname_result, "uname_result", "posix.uname_result", "uname_result: Result from os.uname().",
                 uname_fields, 5));
    TRY(add_type(t, module, g_types.times_result, "times_result", "posix.times_result", "times_result: Result from os.times().",
                 times_fields, 5));
    TRY(add_type(t, module, g_types.waitid_result, "waitid_result", "posix.waitid_result", "waitid_result: Result from waitid.",
                 waitid_fields, 5));
    bool first = !g_types.sched_param; // the types are the process's: other interpreters find them finished
    TRY(add_type(t, module, g_types.sched_param, "sched_param", "posix.sched_param", "Currently has only one field: sched_priority",
                 sched_fields, 1));
    if (first) TRY(finish_sched_param(t));
    TRY(module_add(t, module, "error", &exc::OSError));
    for (const NamedNumber& row : constants) TRY(module_add_int(t, module, row.name, row.value));
    TRY(add_table(t, module, "sysconf_names", sysconf_names));
    TRY(add_table(t, module, "pathconf_names", pathconf_names));
    TRY(add_table(t, module, "confstr_names", confstr_names));
    TRY(module_add(t, module, "environ", TRY(environment(t))));
    static constexpr const char* have[] = {
        "HAVE_EVENTFD",      "HAVE_TIMERFD_CREATE", "HAVE_FACCESSAT", "HAVE_FCHDIR",    "HAVE_FCHMOD",  "HAVE_FCHMODAT",   "HAVE_FCHOWN",
        "HAVE_FCHOWNAT",     "HAVE_FEXECVE",        "HAVE_FDOPENDIR", "HAVE_FPATHCONF", "HAVE_FSTATAT", "HAVE_FSTATVFS",   "HAVE_FTRUNCATE",
        "HAVE_FUTIMENS",     "HAVE_FUTIMES",        "HAVE_FUTIMESAT", "HAVE_LINKAT",    "HAVE_LCHOWN",  "HAVE_LSTAT",      "HAVE_LUTIMES",
        "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT",        "HAVE_MKFIFOAT",  "HAVE_MKNODAT",   "HAVE_OPENAT",  "HAVE_READLINKAT", "HAVE_RENAMEAT",
        "HAVE_SYMLINKAT",    "HAVE_UNLINKAT",       "HAVE_UTIMENSAT", "HAVE_PTSNAME_R",
    };
    Ref<List> list = TRY(list_new(t));
    for (const char* name : have) TRY(list_append(t, list, TRY(str_interned(t, name))));
    return module_add(t, module, "_have_functions", list);
}

} // namespace
} // namespace taipan::posix

namespace taipan {
extern const ModuleSpec posix_module;
const ModuleSpec posix_module = {
    .name = "posix",
    .doc = "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard.",
    .functions = posix::functions,
    .exec = posix::exec};
} // namespace taipan
