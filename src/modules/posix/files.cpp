// Paths, status, directories and the entries in them.
#include "base/small_buffer.h"
#include "modules/posix/posix.h"
#include "modules/resource_warning.h"
#include "objects/list.h"
#include "objects/str_codecs.h"
#include "objects/tuple.h"
#include "runtime/refcount.h"

#include <cmath>
#include <cstring>
#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace taipan::posix {

Types g_types;

Result<Path> path_argument(Thread& t, const char* function, const char* argument, Borrowed<Object> object, int allow) {
    Path path;
    if (is_none(object.get()) && allow & path_allow::None) {
        path.was_none = true;
        path.object = object.share();
        return path;
    }
    Ref<Object> plain = object.share();
    bool allow_fd = allow & path_allow::Fd;
    if (!is<Str>(plain.get()) && !is<Bytes>(plain.get())) {
        if (allow_fd && plain->type->as_number && plain->type->as_number->index) {
            if (is<Bool>(plain.get())) TRY(warn(t, exc::RuntimeWarning, 1, "bool is used as a file descriptor"));
            Ref<Int> number = TRY(to_index(t, plain));
            int64_t value;
            if (!int_fits_int64(number.get(), &value) || value > INT_MAX || value < INT_MIN)
                return raise(t, exc::OverflowError, number->is_negative() ? "fd is less than minimum" : "fd is greater than maximum");
            path.fd = static_cast<int>(value);
            path.given_fd = true;
            path.object = std::move(plain);
            return path;
        }
        LoadedMethod convert = TRY(load_special_method(t, plain, names::__fspath__));
        if (!convert || convert.is_none()) {
            const char* expected = allow_fd && allow & path_allow::None ? "string, bytes, os.PathLike, integer or None"
                                   : allow_fd                           ? "string, bytes, os.PathLike or integer"
                                   : allow & path_allow::None           ? "string, bytes, os.PathLike or None"
                                                                        : "string, bytes or os.PathLike";
            return raise(t, exc::TypeError, "%s: %s should be %s, not %.200T", function, argument, expected, object);
        }
        Ref<Object> result = TRY(call(t, convert, plain));
        if (!is<Str>(result.get()) && !is<Bytes>(result.get()))
            return raise(t, exc::TypeError, "expected %.200T.__fspath__() to return str or bytes, not %.200T", object, result);
        plain = std::move(result);
    }
    if (is<Str>(plain.get())) {
        path.encoded = TRY(encode_utf8(t, as<Str>(plain.borrow()), "surrogateescape"));
    } else {
        path.is_bytes = true;
        path.encoded = Ref<Bytes>::acquire(static_cast<Bytes*>(plain.get()));
    }
    if (path.encoded->view().find('\0') != std::string_view::npos)
        return raise(t, exc::ValueError, "%s: embedded null character in %s", function, argument);
    path.object = std::move(plain);
    return path;
}

Result<int> dir_fd_argument(Thread& t, Borrowed<Object> object) {
    if (is_none(object.get())) return AT_FDCWD;
    if (!object->type->as_number || !object->type->as_number->index)
        return raise(t, exc::TypeError, "argument should be integer or None, not %.200T", object);
    if (is<Bool>(object.get())) TRY(warn(t, exc::RuntimeWarning, 1, "bool is used as a file descriptor"));
    Ref<Int> number = TRY(to_index(t, object));
    int64_t value;
    if (!int_fits_int64(number.get(), &value) || value > INT_MAX || value < INT_MIN)
        return raise(t, exc::OverflowError, number->is_negative() ? "fd is less than minimum" : "fd is greater than maximum");
    return static_cast<int>(value);
}
Result<int> descriptor_argument(Thread& t, Borrowed<Object> object) {
    int fd;
    if (is<Int>(object.get())) {
        if (is<Bool>(object.get())) TRY(warn(t, exc::RuntimeWarning, 1, "bool is used as a file descriptor"));
        fd = TRY(to_int32(t, object));
    } else {
        MaybeRef<Object> function = TRY(get_attribute_optional(t, object, names::fileno));
        if (!function) return raise(t, exc::TypeError, "argument must be an int, or have a fileno() method.");
        Ref<Object> result = TRY(call(t, function.take()));
        if (!is<Int>(result.get())) return raise(t, exc::TypeError, "fileno() returned a non-integer");
        fd = TRY(to_int32(t, result));
    }
    if (fd < 0) return raise(t, exc::ValueError, "file descriptor cannot be a negative integer (%i)", fd);
    return fd;
}
Result<Ref<Object>> path_result(Thread& t, std::string_view text, bool as_bytes) {
    if (as_bytes) return bytes_from(t, text);
    return str_decode_fs(t, text);
}

Result<uint32_t> id_argument(Thread& t, Borrowed<Object> object, const char* what) {
    if (!object->type->as_number || !object->type->as_number->index)
        return raise(t, exc::TypeError, "%s should be integer, not %.200T", what, object);
    Ref<Int> number = TRY(to_index(t, object));
    int64_t value;
    if (!int_fits_int64(number.get(), &value)) {
        if (number->is_negative()) return raise(t, exc::OverflowError, "%s is less than minimum", what);
        return raise(t, exc::OverflowError, "%s is greater than maximum", what);
    }
    if (value < -1) return raise(t, exc::OverflowError, "%s is less than minimum", what);
    if (value > static_cast<int64_t>(UINT32_MAX)) return raise(t, exc::OverflowError, "%s is greater than maximum", what);
    return static_cast<uint32_t>(value);
}
Result<Ref<Object>> id_object(Thread& t, uint32_t id) {
    if (id == UINT32_MAX) return int_from(t, -1);
    return int_from(t, static_cast<int64_t>(id));
}

Result<Ref<Object>> stat_object(Thread& t, const struct stat& s) {
    StructBuilder b(t, *g_types.stat_result);
    b.add_int(s.st_mode);
    b.add(int_from_uint64(t, s.st_ino));
    b.add(int_from_uint64(t, s.st_dev));
    b.add_int(static_cast<int64_t>(s.st_nlink));
    b.add(id_object(t, s.st_uid));
    b.add(id_object(t, s.st_gid));
    b.add_int(s.st_size);
    const timespec times[] = {s.st_atim, s.st_mtim, s.st_ctim};
    for (const timespec& time : times) b.add_int(time.tv_sec);
    for (const timespec& time : times) b.add(float_from(t, static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec)));
    for (const timespec& time : times) {
        auto made = [&]() -> Result<Ref<Object>> {
            int64_t ns;
            if (!__builtin_mul_overflow(time.tv_sec, int64_t{1000000000}, &ns) && !__builtin_add_overflow(ns, time.tv_nsec, &ns))
                return int_from(t, ns);
            Ref<Int> seconds = TRY(int_from(t, time.tv_sec)), billion = TRY(int_from(t, 1000000000)), rest = TRY(int_from(t, time.tv_nsec));
            Ref<Int> product = TRY(int_multiply(t, seconds, billion));
            return int_add(t, product, rest);
        }();
        b.add(std::move(made));
    }
    b.add_int(s.st_blksize);
    b.add_int(s.st_blocks);
    b.add(int_from_uint64(t, s.st_rdev));
    return b.finish();
}

namespace {

Result<Ref<Object>> do_stat(Thread& t, const char* function, const Path& path, int dir_fd, bool follow) {
    if (path.is_fd() && dir_fd != AT_FDCWD) return raise(t, exc::ValueError, "%s: can't specify dir_fd without matching path", function);
    if (path.is_fd() && !follow) return raise(t, exc::ValueError, "%s: cannot use fd and follow_symlinks together", function);
    struct stat status;
    TRY(checked_path(t, path, [&] {
        return path.is_fd() ? fstat(path.fd, &status) : fstatat(dir_fd, path.c_str(), &status, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    }));
    return stat_object(t, status);
}
Result<Ref<Object>> stat_(Thread& t, Borrowed<Object> path_, Borrowed<Object> dir_fd_, bool follow) {
    Path path = TRY(path_argument(t, "stat", "path", path_, path_allow::Fd));
    return do_stat(t, "stat", path, TRY(dir_fd_argument(t, dir_fd_)), follow);
}
Result<Ref<Object>> lstat_(Thread& t, Borrowed<Object> path_, Borrowed<Object> dir_fd_) {
    Path path = TRY(path_argument(t, "lstat", "path", path_));
    return do_stat(t, "lstat", path, TRY(dir_fd_argument(t, dir_fd_)), false);
}
Result<Ref<Object>> fstat_(Thread& t, int fd) {
    struct stat status;
    TRY(checked(t, [&] { return fstat(fd, &status); }));
    return stat_object(t, status);
}

Result<Ref<Object>> statvfs_object(Thread& t, const struct statvfs& s) {
    StructBuilder b(t, *g_types.statvfs_result);
    for (unsigned long value :
         {s.f_bsize, s.f_frsize, s.f_blocks, s.f_bfree, s.f_bavail, s.f_files, s.f_ffree, s.f_favail, s.f_flag, s.f_namemax, s.f_fsid})
        b.add(int_from_uint64(t, value));
    return b.finish();
}
Result<Ref<Object>> statvfs_(Thread& t, Borrowed<Object> path_) {
    Path path = TRY(path_argument(t, "statvfs", "path", path_, path_allow::Fd));
    struct statvfs status;
    TRY(checked_path(t, path, [&] { return path.is_fd() ? fstatvfs(path.fd, &status) : statvfs(path.c_str(), &status); }));
    return statvfs_object(t, status);
}
Result<Ref<Object>> fstatvfs_(Thread& t, int fd) {
    struct statvfs status;
    TRY(checked(t, [&] { return fstatvfs(fd, &status); }));
    return statvfs_object(t, status);
}

// Directory entries

struct DirEntry : Object {
    Object *name, *path, *stat, *lstat;
    uint8_t kind; // d_type
    uint64_t inode;
    int dir_fd; // -1: `path` is used
    static Type s_type;
};
Type DirEntry::s_type;

struct ScandirIterator : Object {
    DIR* directory;
    Object* path; // as given; null: a descriptor
    bool is_bytes;
    int fd;
    static Type s_type;
};
Type ScandirIterator::s_type;

Result<Ref<Object>> entry_fetch(Thread& t, Borrowed<DirEntry> self, bool follow) {
    Ref<Bytes> path = TRY(os_fsencode(t, Borrowed<Object>(self->dir_fd >= 0 ? self->name : self->path)));
    struct stat status;
    int result, error;
    {
        Detached detached(t);
        result = fstatat(self->dir_fd >= 0 ? self->dir_fd : AT_FDCWD, path->data, &status, follow ? 0 : AT_SYMLINK_NOFOLLOW);
        error = errno;
    }
    if (result < 0) return raise_errno(t, error, self->path);
    return stat_object(t, status);
}
Result<Ref<Object>> entry_lstat(Thread& t, Borrowed<DirEntry> self) {
    if (!self->lstat) assign_field(self->lstat, TRY(entry_fetch(t, self, false)).release());
    return acquire(self->lstat);
}
Result<Ref<Object>> entry_stat(Thread& t, Borrowed<DirEntry> self, bool follow) {
    if (!follow) return entry_lstat(t, self);
    if (!self->stat) {
        bool is_link = self->kind == DT_LNK;
        if (self->kind == DT_UNKNOWN) {
            Ref<Object> status = TRY(entry_lstat(t, self));
            is_link = S_ISLNK(TRY(to_int64(t, static_cast<Tuple*>(status.get())->items[0])));
        }
        Ref<Object> status = is_link ? TRY(entry_fetch(t, self, true)) : TRY(entry_lstat(t, self));
        assign_field(self->stat, status.release());
    }
    return acquire(self->stat);
}
Result<bool> entry_test(Thread& t, Borrowed<DirEntry> self, bool follow, mode_t kind, uint8_t type) {
    bool is_link = self->kind == DT_LNK;
    if (self->kind != DT_UNKNOWN && !(follow && is_link)) return self->kind == type;
    auto fetched = entry_stat(t, self, follow);
    if (fetched.is_error()) {
        if (!clear_if(t, exc::FileNotFoundError)) return Error{};
        return false; // it is gone, or a dangling link
    }
    Ref<Object> status = fetched.take();
    return (TRY(to_int64(t, static_cast<Tuple*>(status.get())->items[0])) & S_IFMT) == kind;
}
Result<bool> entry_is_dir(Thread& t, Borrowed<DirEntry> self, bool follow) { return entry_test(t, self, follow, S_IFDIR, DT_DIR); }
Result<bool> entry_is_file(Thread& t, Borrowed<DirEntry> self, bool follow) { return entry_test(t, self, follow, S_IFREG, DT_REG); }
Result<bool> entry_is_symlink(Thread& t, Borrowed<DirEntry> self) { return entry_test(t, self, false, S_IFLNK, DT_LNK); }
bool entry_is_junction(Thread&, Borrowed<DirEntry>) { return false; }
Result<Ref<Object>> entry_inode(Thread& t, Borrowed<DirEntry> self) { return int_from_uint64(t, self->inode); }
Ref<Object> entry_fspath(Thread&, Borrowed<DirEntry> self) { return acquire(self->path); }
Result<Ref<Object>> entry_repr(Thread& t, Borrowed<DirEntry> self) { return str_format(t, "<DirEntry %R>", self->name); }
Result<Ref<Object>> class_getitem(Thread& t, Borrowed<Type> type, Borrowed<Object> item) {
    Ref<Object> alias = TRY(import_attribute(t, "types", "GenericAlias"));
    return call(t, alias, Borrowed<Object>(type), item);
}

using EntryFields = Fields<DirEntry, &DirEntry::name, &DirEntry::path, &DirEntry::stat, &DirEntry::lstat>;
const NativeDef entry_methods[] = {
    method<entry_is_dir>("is_dir", "($self, /, *, follow_symlinks=True)", "Return True if the entry is a directory; cached per entry."),
    method<entry_is_file>("is_file", "($self, /, *, follow_symlinks=True)", "Return True if the entry is a file; cached per entry."),
    method<entry_is_symlink>("is_symlink", "($self, /)", "Return True if the entry is a symbolic link; cached per entry."),
    method<entry_is_junction>("is_junction", "($self, /)", "Return True if the entry is a junction; cached per entry."),
    method<entry_stat>("stat", "($self, /, *, follow_symlinks=True)", "Return stat_result object for the entry; cached per entry."),
    method<entry_inode>("inode", "($self, /)", "Return inode of the entry; cached per entry."),
    method<entry_fspath>("__fspath__", "($self, /)", "Returns the path for the entry."),
    class_method<class_getitem>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const MemberDef entry_members[] = {
    {"name", member_type::ObjectEx, offsetof(DirEntry, name), member_flag::ReadOnly,
     "the entry's base filename, relative to scandir() \"path\" argument"},
    {"path", member_type::ObjectEx, offsetof(DirEntry, path), member_flag::ReadOnly,
     "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"},
};
const SlotDef entry_slots[] = {EntryFields::dealloc_slot(), unary_slot<SlotId::tp_repr, entry_repr>()};

void scandir_close_directory(Thread& t, ScandirIterator* self) {
    DIR* directory;
    {
        CriticalSection section(t, self);
        directory = std::exchange(self->directory, nullptr);
    }
    if (!directory) return;
    Detached detached(t);
    if (self->fd >= 0) rewinddir(directory);
    closedir(directory);
}
ResultMaybe<Object> scandir_next(Thread& t, Borrowed<ScandirIterator> self) {
    for (;;) {
        uint8_t kind;
        uint64_t inode;
        char name_text[NAME_MAX + 1];
        size_t length;
        {
            CriticalSection section(t, self.get());
            if (!self->directory) return MaybeRef<Object>();
            errno = 0;
            dirent* found = readdir(self->directory);
            if (!found) {
                if (errno) {
                    int error = errno;
                    scandir_close_directory(t, self.get());
                    return raise_errno(t, error, self->path);
                }
                break;
            }
            length = strlen(found->d_name);
            memcpy(name_text, found->d_name, length + 1);
            kind = found->d_type;
            inode = found->d_ino;
        }
        if (!strcmp(name_text, ".") || !strcmp(name_text, "..")) continue;
        Ref<DirEntry> entry = TRY(allocate<DirEntry>(t));
        entry->kind = kind;
        entry->inode = inode;
        entry->dir_fd = self->fd;
        entry->name = TRY(path_result(t, {name_text, length}, self->is_bytes)).release();
        if (self->fd >= 0 || !self->path) {
            // Without a path given, entries of "." have bare names, too.
            entry->path = self->fd >= 0 ? acquire(entry->name).release() : nullptr;
        }
        if (!entry->path) {
            base::SmallBuffer<char, 512> joined;
            if (self->path) {
                Ref<Bytes> directory = TRY(os_fsencode(t, Borrowed<Object>(self->path)));
                joined.append(directory->data, static_cast<size_t>(directory->size));
                if (directory->size > 0 && directory->data[directory->size - 1] != '/') joined.push('/');
            } else {
                joined.append("./", 2);
            }
            joined.append(name_text, length);
            if (joined.failed()) return raise_memory_error(t);
            entry->path = TRY(path_result(t, {joined.data(), joined.size()}, self->is_bytes)).release();
        }
        return MaybeRef<Object>(std::move(entry));
    }
    scandir_close_directory(t, self.get());
    return MaybeRef<Object>();
}
Ref<Object> scandir_iter(Thread&, Borrowed<Object> self) { return self.share(); }
void scandir_close(Thread& t, Borrowed<ScandirIterator> self) { scandir_close_directory(t, self.get()); }
Ref<Object> scandir_enter(Thread&, Borrowed<Object> self) { return self.share(); }
void scandir_exit(Thread& t, Borrowed<ScandirIterator> self, Args) { scandir_close_directory(t, self.get()); }
void scandir_finalize(Object* o) {
    auto* self = static_cast<ScandirIterator*>(o);
    if (!self->directory) return;
    Thread& t = Thread::current();
    MaybeRef<Object> saved = t.take_exception();
    auto warned = [&]() -> Result<void> { return warn_unclosed(t, o, TRY(str_format(t, "unclosed scandir iterator %R", o))); }();
    if (warned.is_error()) {
        if (exception_matches(t, exc::Warning)) write_unraisable(t, "Exception ignored while finalizing scandir iterator", o);
        else t.clear_exception();
    }
    scandir_close_directory(t, self);
    if (saved) (void)t.set_exception(saved.take());
}
void scandir_dealloc(Object* o) {
    if (!call_finalizer_from_dealloc(o)) return;
    clear_field(static_cast<ScandirIterator*>(o)->path);
    o->type->free(o);
}
const NativeDef scandir_methods[] = {
    method<scandir_enter>("__enter__", "($self, /)"),
    method<scandir_exit>("__exit__", "($self, *args)"),
    method<scandir_close>("close", "($self, /)"),
};
const SlotDef scandir_slots[] = {
    raw_slot(SlotId::tp_dealloc, &scandir_dealloc),
    raw_slot(SlotId::tp_finalize, &scandir_finalize),
    unary_slot<SlotId::tp_iter, scandir_iter>(),
    unary_slot<SlotId::tp_iternext, scandir_next>(),
};

Result<DIR*> open_directory(Thread& t, const Path& path, int* own_fd) {
    *own_fd = -1;
    DIR* directory;
    int error;
    {
        Detached detached(t);
        if (path.is_fd()) {
            // The stream closes its descriptor, so it gets one of its own.
            *own_fd = fcntl(path.fd, F_DUPFD_CLOEXEC, 0);
            directory = *own_fd >= 0 ? fdopendir(*own_fd) : nullptr;
        } else {
            directory = opendir(path.c_str());
        }
        error = errno;
        if (!directory && *own_fd >= 0) ::close(*own_fd);
    }
    if (!directory) return path_error(t, error, path);
    return directory;
}
Result<Ref<Object>> scandir(Thread& t, MaybeBorrowed<Object> path_) {
    Path path =
        TRY(path_argument(t, "scandir", "path", path_ ? path_.value() : Borrowed<Object>(None()), path_allow::Fd | path_allow::None));
    int own_fd;
    DIR* directory = TRY(open_directory(t, path, &own_fd));
    auto made = allocate<ScandirIterator>(t);
    if (made.is_error()) {
        closedir(directory);
        return Error{};
    }
    Ref<ScandirIterator> iterator = made.take();
    iterator->directory = directory;
    iterator->is_bytes = path.is_bytes;
    iterator->fd = path.is_fd() ? path.fd : -1;
    if (!path.is_fd() && !path.was_none) iterator->path = path.object.release();
    return iterator;
}
Result<Ref<Object>> listdir(Thread& t, MaybeBorrowed<Object> path_) {
    Path path =
        TRY(path_argument(t, "listdir", "path", path_ ? path_.value() : Borrowed<Object>(None()), path_allow::Fd | path_allow::None));
    int own_fd;
    DIR* directory = TRY(open_directory(t, path, &own_fd));
    auto run = [&]() -> Result<Ref<Object>> {
        Ref<List> names = TRY(list_new(t));
        for (;;) {
            dirent* found;
            int error;
            {
                Detached detached(t);
                errno = 0;
                found = readdir(directory);
                error = errno;
            }
            if (!found) {
                if (error) return path_error(t, error, path);
                return names;
            }
            if (!strcmp(found->d_name, ".") || !strcmp(found->d_name, "..")) continue;
            TRY(list_append(t, names, TRY(path_result(t, found->d_name, path.is_bytes))));
        }
    };
    auto result = run();
    if (path.is_fd()) rewinddir(directory);
    closedir(directory);
    return result;
}

const NativeDef functions[] = {
    fn<stat_>("stat", "($module, /, path, *, dir_fd=None, follow_symlinks=True)", "Perform a stat system call on the given path."),
    fn<lstat_>("lstat", "($module, /, path, *, dir_fd=None)",
               "Perform a stat system call on the given path, without following symbolic links."),
    fn<fstat_>("fstat", "($module, /, fd)", "Perform a stat system call on the given file descriptor."),
    fn<statvfs_>("statvfs", "($module, /, path)", "Perform a statvfs system call on the given path."),
    fn<fstatvfs_>("fstatvfs", "($module, fd, /)", "Perform an fstatvfs system call on the given fd."),
    fn<scandir>("scandir", "($module, /, path=None)", "Return an iterator of DirEntry objects for given path."),
    fn<listdir>("listdir", "($module, /, path=None)", "Return a list containing the names of the files in the directory."),
    fn<os_fspath>("fspath", "($module, /, path)", "Return the file system path representation of the object."),
};

} // namespace

std::span<const NativeDef> file_functions() { return functions; }

const TypeSpec dir_entry_spec = {.type = &DirEntry::s_type,
                                 .name = "posix.DirEntry",
                                 .basicsize = sizeof(DirEntry),
                                 .flags = type_flag::DisallowInstantiation,
                                 .slots = entry_slots,
                                 .methods = entry_methods,
                                 .members = entry_members};
const TypeSpec scandir_spec = {.type = &ScandirIterator::s_type,
                               .name = "posix.ScandirIterator",
                               .basicsize = sizeof(ScandirIterator),
                               .flags = type_flag::DisallowInstantiation,
                               .slots = scandir_slots,
                               .methods = scandir_methods};

} // namespace taipan::posix
