// _stat: constants and predicates of file modes.
#include "objects/module.h"

#include <sys/stat.h>

namespace taipan {
namespace {

struct Row {
    const char* name;
    int64_t value;
};
const Row rows[] = {
    {"SF_APPEND", 262144},
    {"SF_ARCHIVED", 65536},
    {"SF_DATALESS", 1073741824},
    {"SF_FIRMLINK", 8388608},
    {"SF_IMMUTABLE", 131072},
    {"SF_NOUNLINK", 1048576},
    {"SF_SETTABLE", 4294901760},
    {"SF_SNAPSHOT", 2097152},
    {"ST_ATIME", 7},
    {"ST_CTIME", 9},
    {"ST_DEV", 2},
    {"ST_GID", 5},
    {"ST_INO", 1},
    {"ST_MODE", 0},
    {"ST_MTIME", 8},
    {"ST_NLINK", 3},
    {"ST_SIZE", 6},
    {"ST_UID", 4},
    {"S_ENFMT", 1024},
    {"S_IEXEC", 64},
    {"S_IFBLK", 24576},
    {"S_IFCHR", 8192},
    {"S_IFDIR", 16384},
    {"S_IFDOOR", 0},
    {"S_IFIFO", 4096},
    {"S_IFLNK", 40960},
    {"S_IFPORT", 0},
    {"S_IFREG", 32768},
    {"S_IFSOCK", 49152},
    {"S_IFWHT", 0},
    {"S_IREAD", 256},
    {"S_IRGRP", 32},
    {"S_IROTH", 4},
    {"S_IRUSR", 256},
    {"S_IRWXG", 56},
    {"S_IRWXO", 7},
    {"S_IRWXU", 448},
    {"S_ISGID", 1024},
    {"S_ISUID", 2048},
    {"S_ISVTX", 512},
    {"S_IWGRP", 16},
    {"S_IWOTH", 2},
    {"S_IWRITE", 128},
    {"S_IWUSR", 128},
    {"S_IXGRP", 8},
    {"S_IXOTH", 1},
    {"S_IXUSR", 64},
    {"UF_APPEND", 4},
    {"UF_COMPRESSED", 32},
    {"UF_DATAVAULT", 128},
    {"UF_HIDDEN", 32768},
    {"UF_IMMUTABLE", 2},
    {"UF_NODUMP", 1},
    {"UF_NOUNLINK", 16},
    {"UF_OPAQUE", 8},
    {"UF_SETTABLE", 65535},
    {"UF_TRACKED", 64},
};

Result<mode_t> mode_of(Thread& t, Borrowed<Object> mode) {
    uint64_t value = TRY(to_uint64(t, mode));
    if (value > UINT32_MAX) return raise(t, exc::OverflowError, "mode out of range");
    return static_cast<mode_t>(value);
}
template <mode_t Kind> Result<bool> is_kind(Thread& t, Borrowed<Object> mode) { return (TRY(mode_of(t, mode)) & S_IFMT) == Kind; }
Result<bool> never(Thread& t, Borrowed<Object> mode) {
    (void)TRY(mode_of(t, mode));
    return false;
}
Result<int64_t> s_imode(Thread& t, Borrowed<Object> mode) { return int64_t{TRY(mode_of(t, mode)) & 07777}; }
Result<int64_t> s_ifmt(Thread& t, Borrowed<Object> mode) { return int64_t{TRY(mode_of(t, mode)) & S_IFMT}; }
Result<Ref<Object>> filemode(Thread& t, Borrowed<Object> mode_) {
    mode_t mode = TRY(mode_of(t, mode_));
    char text[10];
    text[0] = S_ISREG(mode)    ? '-'
              : S_ISDIR(mode)  ? 'd'
              : S_ISLNK(mode)  ? 'l'
              : S_ISBLK(mode)  ? 'b'
              : S_ISCHR(mode)  ? 'c'
              : S_ISFIFO(mode) ? 'p'
              : S_ISSOCK(mode) ? 's'
                               : '?';
    for (int i = 0; i < 9; ++i) text[1 + i] = mode >> (8 - i) & 1 ? "rwx"[i % 3] : '-';
    if (mode & S_ISUID) text[3] = mode & S_IXUSR ? 's' : 'S';
    if (mode & S_ISGID) text[6] = mode & S_IXGRP ? 's' : 'S';
    if (mode & S_ISVTX) text[9] = mode & S_IXOTH ? 't' : 'T';
    return str_from_utf8(t, {text, 10});
}
const NativeDef functions[] = {
    fn<is_kind<S_IFDIR>>("S_ISDIR", "($module, object, /)", "S_ISDIR(mode) -> bool\n\nTrue if the mode is that of a directory."),
    fn<is_kind<S_IFCHR>>("S_ISCHR", "($module, object, /)", "S_ISCHR(mode) -> bool\n\nTrue if the mode is that of a character device."),
    fn<is_kind<S_IFBLK>>("S_ISBLK", "($module, object, /)", "S_ISBLK(mode) -> bool\n\nTrue if the mode is that of a block device."),
    fn<is_kind<S_IFREG>>("S_ISREG", "($module, object, /)", "S_ISREG(mode) -> bool\n\nTrue if the mode is that of a regular file."),
    fn<is_kind<S_IFIFO>>("S_ISFIFO", "($module, object, /)", "S_ISFIFO(mode) -> bool\n\nTrue if the mode is that of a named pipe."),
    fn<is_kind<S_IFLNK>>("S_ISLNK", "($module, object, /)", "S_ISLNK(mode) -> bool\n\nTrue if the mode is that of a symbolic link."),
    fn<is_kind<S_IFSOCK>>("S_ISSOCK", "($module, object, /)", "S_ISSOCK(mode) -> bool\n\nTrue if the mode is that of a socket."),
    fn<never>("S_ISDOOR", "($module, object, /)", "S_ISDOOR(mode) -> bool\n\nTrue if the mode is that of a door."),
    fn<never>("S_ISPORT", "($module, object, /)", "S_ISPORT(mode) -> bool\n\nTrue if the mode is that of an event port."),
    fn<never>("S_ISWHT", "($module, object, /)", "S_ISWHT(mode) -> bool\n\nTrue if the mode is that of a whiteout."),
    fn<s_imode>("S_IMODE", "($module, object, /)", "The permissions in a mode: what chmod() can set."),
    fn<s_ifmt>("S_IFMT", "($module, object, /)", "The kind of file in a mode."),
    fn<filemode>("filemode", "($module, object, /)", "A mode as ls shows it: '-rwxrwxrwx'."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    return {};
}

} // namespace

extern const ModuleSpec stat_module;
const ModuleSpec stat_module = {
    .name = "_stat", .doc = "S_IFMT_: file type bits and the functions that test them.", .functions = functions, .exec = exec};

} // namespace taipan
