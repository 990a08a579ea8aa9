// FileIO: a file descriptor as a raw stream.
#include "modules/io/io.h"
#include "modules/resource_warning.h"
#include "objects/audit.h"
#include "objects/list.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taipan::io {

Type FileIO::s_type;

namespace {

constexpr intptr_t MaxTransfer = 0x7ffff000; // what the kernel moves at most in one call

Error raise_closed(Thread& t) { return raise(t, exc::ValueError, "I/O operation on closed file"); }
Error raise_not_open(Thread& t, const char* what) {
    Ref<Object> type = TRY(import_attribute(t, "_io", "UnsupportedOperation"));
    return raise(t, *static_cast<Type*>(type.get()), "File not open for %s", what);
}

Result<void> close_descriptor(Thread& t, FileIO* self) {
    int fd = __atomic_exchange_n(&self->fd, -1, __ATOMIC_RELAXED), error = 0, result = 0; // only one closes it
    if (fd >= 0) {
        Detached detached(t);
        result = ::close(fd);
        error = errno;
    }
    if (result < 0 && error != EINTR) return raise_errno(t, error);
    return {};
}

const char* mode_text(const FileIO* self) {
    if (self->created) return self->is_readable ? "xb+" : "xb";
    if (self->appending) return self->is_readable ? "ab+" : "ab";
    if (self->is_readable) return self->is_writable ? "rb+" : "rb";
    return "wb";
}

Result<void> init(Thread& t, Borrowed<FileIO> self, Borrowed<Object> name, std::string_view mode, bool close_fd, Borrowed<Object> opener) {
    if (self->fd >= 0) {
        if (self->close_fd) TRY(close_descriptor(t, self.get()));
        self->fd = -1;
    }
    int fd = -1;
    MaybeRef<Bytes> path;
    if (is<Bool>(name.get())) TRY(warn(t, exc::RuntimeWarning, 1, "bool is used as a file descriptor"));
    if (name->type->as_number && name->type->as_number->index) {
        auto number = to_int32(t, name);
        if (number.is_error()) return Error{};
        fd = number.take();
        if (fd < 0) return raise(t, exc::ValueError, "negative file descriptor");
    } else {
        path = TRY(os_fsencode(t, name));
    }
    int flags = 0;
    bool read_write_append = false, plus = false, bad = false;
    self->created = self->is_readable = self->is_writable = self->appending = false;
    self->finalizing = false;
    self->seek_state = -1;
    self->block_size = 0;
    self->size_at_open = -1;
    for (char c : mode) {
        switch (c) {
        case 'x':
            bad |= std::exchange(read_write_append, true);
            self->created = self->is_writable = true;
            flags |= O_EXCL | O_CREAT;
            break;
        case 'r':
            bad |= std::exchange(read_write_append, true);
            self->is_readable = true;
            break;
        case 'w':
            bad |= std::exchange(read_write_append, true);
            self->is_writable = true;
            flags |= O_CREAT | O_TRUNC;
            break;
        case 'a':
            bad |= std::exchange(read_write_append, true);
            self->is_writable = self->appending = true;
            flags |= O_APPEND | O_CREAT;
            break;
        case 'b': break;
        case '+':
            bad |= std::exchange(plus, true);
            self->is_readable = self->is_writable = true;
            break;
        default: return raise(t, exc::ValueError, "invalid mode: %.200s", mode);
        }
    }
    if (bad || !read_write_append)
        return raise(t, exc::ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
    flags |= self->is_readable && self->is_writable ? O_RDWR : self->is_readable ? O_RDONLY : O_WRONLY;
    flags |= O_CLOEXEC;
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Str> shown = TRY(str_from_utf8(t, mode));
        Ref<Int> number = TRY(int_from(t, flags));
        TRY(audit_args(t, "open", {name.get(), shown.get(), number.get()}));
    }
    bool own = false;
    auto fail = [&](Error error) {
        if (own) {
            MaybeRef<Object> raised = t.take_exception();
            if (close_descriptor(t, self.get()).is_error()) t.clear_exception();
            if (raised) (void)t.set_exception(raised.take());
        } else {
            self->fd = -1;
        }
        return error;
    };
    if (fd >= 0) {
        self->fd = fd;
        self->close_fd = close_fd;
    } else {
        self->close_fd = true;
        if (!close_fd) return raise(t, exc::ValueError, "Cannot use closefd=False with file name");
        if (is_none(opener.get())) {
            int error = 0;
            self->fd = TRY(blocking_call(t, &error, [&] { return ::open(path->data, flags, 0666); }));
            if (self->fd < 0) return raise_errno(t, error, name.get());
        } else {
            Ref<Int> flag_object = TRY(int_from(t, flags));
            Ref<Object> given = TRY(call(t, opener, name, flag_object));
            if (!is<Int>(given.get())) return raise(t, exc::TypeError, "expected integer from opener");
            auto number = to_int32(t, given);
            if (number.is_error()) return Error{};
            int value = number.take();
            if (value < 0) return raise(t, exc::ValueError, "opener returned %d", value);
            self->fd = value;
            // The descriptor is ours: children do not inherit it.
            if (int bits = fcntl(value, F_GETFD); bits >= 0) (void)fcntl(value, F_SETFD, bits | FD_CLOEXEC);
        }
        own = true;
    }
    self->block_size = DefaultBufferSize;
    struct stat status;
    int status_result, error;
    {
        Detached detached(t);
        status_result = fstat(self->fd, &status);
        error = errno;
    }
    if (status_result < 0) {
        if (error == EBADF) return fail(raise_errno(t, error));
    } else {
        if (S_ISDIR(status.st_mode)) return fail(raise_errno(t, EISDIR, name.get()));
        if (status.st_blksize > 1) self->block_size = status.st_blksize;
        self->size_at_open = status.st_size;
    }
    if (set_attribute(t, self, names::name, name).is_error()) return fail(Error{});
    if (self->appending) {
        auto moved = fileio_seek_to(t, self.get(), 0, SEEK_END);
        if (moved.is_error()) {
            // Pipes cannot seek, and need not.
            if (!exception_matches(t, exc::OSError)) return fail(Error{});
            t.clear_exception();
        }
    }
    return {};
}

int file_traverse(Object* o, VisitFunc visit, void* context) { return iobase_traverse(static_cast<IOBase*>(o), visit, context); }
int file_clear(Object* o) {
    iobase_clear(static_cast<IOBase*>(o));
    return 0;
}
void file_dealloc(Object* o) {
    auto* self = static_cast<FileIO*>(o);
    self->finalizing = true;
    if (!iobase_dealloc_start(self)) return;
    iobase_clear(self);
    o->type->free(o);
}
Result<Ref<Object>> file_new(Thread& t, Borrowed<Type> type, Args, Kwargs) {
    Ref<Object> object = TRY(allocate_object(t, *type));
    auto* self = static_cast<FileIO*>(object.get());
    self->fd = -1;
    self->close_fd = true;
    self->seek_state = -1;
    self->size_at_open = -1;
    gc_track(self);
    return object;
}

Result<void> file_dealloc_warn(Thread& t, Borrowed<FileIO> self, Borrowed<Object> source) {
    if (self->fd < 0 || !self->close_fd) return {};
    MaybeRef<Object> saved = t.take_exception();
    auto warned = [&]() -> Result<void> { return warn_unclosed(t, source, TRY(str_format(t, "unclosed file %R", source.get()))); }();
    if (warned.is_error()) {
        if (exception_matches(t, exc::Warning)) write_unraisable(t, "Exception ignored while finalizing file", self.get());
        else t.clear_exception();
    }
    if (saved) (void)t.set_exception(saved.take());
    return {};
}

Result<Ref<Object>> file_close(Thread& t, Borrowed<FileIO> self) {
    Object* args[] = {nullptr, self.get()};
    Ref<Object> super_close = TRY(get_attribute(t, Borrowed<Object>(&RawIOBase::s_type), names::close));
    auto closed = vectorcall(t, super_close, args + 1, 1 | VectorcallOffset, nullptr);
    if (!self->close_fd) {
        self->fd = -1;
        return closed;
    }
    MaybeRef<Object> first = closed.is_error() ? t.take_exception() : MaybeRef<Object>();
    if (self->finalizing) TRY(file_dealloc_warn(t, self, self));
    bool failed = close_descriptor(t, self.get()).is_error();
    if (first || failed) return chain_exceptions(t, std::move(first));
    return none_ref();
}
Result<int> file_fileno(Thread& t, Borrowed<FileIO> self) {
    if (self->fd < 0) return raise_closed(t);
    return self->fd;
}
Result<bool> file_readable(Thread& t, Borrowed<FileIO> self) {
    if (self->fd < 0) return raise_closed(t);
    return bool{self->is_readable};
}
Result<bool> file_writable(Thread& t, Borrowed<FileIO> self) {
    if (self->fd < 0) return raise_closed(t);
    return bool{self->is_writable};
}
Result<bool> file_seekable(Thread& t, Borrowed<FileIO> self) {
    if (self->fd < 0) return raise_closed(t);
    if (self->seek_state < 0) {
        if (fileio_seek_to(t, self.get(), 0, SEEK_CUR).is_error()) {
            t.clear_exception();
            self->seek_state = 0;
        } else {
            self->seek_state = 1;
        }
    }
    return self->seek_state == 1;
}
Result<bool> file_isatty(Thread& t, Borrowed<FileIO> self) {
    if (self->fd < 0) return raise_closed(t);
    Detached detached(t);
    return ::isatty(self->fd) == 1;
}
Result<Ref<Object>> file_readall(Thread& t, Borrowed<FileIO> self) {
    if (self->fd < 0) return raise_closed(t);
    if (!self->is_readable) return raise_not_open(t, "reading");
    int fd = self->fd;
    intptr_t capacity = 65536;
    {
        // The size at opening is a hint that costs no system call; a small file needs not even the position.
        Detached detached(t);
        if (self->size_at_open > 0) capacity = self->size_at_open + 1;
        if (capacity > 65536) {
            off_t position = lseek(fd, 0, SEEK_CUR);
            if (position > 0 && position < capacity) capacity -= position;
        }
    }
    char* data = static_cast<char*>(raw_alloc(static_cast<size_t>(capacity)));
    if (!data) return raise_memory_error(t);
    intptr_t size = 0;
    for (;;) {
        if (size == capacity) {
            intptr_t grown = capacity + (capacity < 65536 ? 65536 : capacity / 2);
            char* moved = static_cast<char*>(raw_realloc(data, static_cast<size_t>(grown)));
            if (!moved) {
                raw_free(data);
                return raise_memory_error(t);
            }
            data = moved;
            capacity = grown;
        }
        auto got = fileio_read_into(t, self.get(), data + size, capacity - size);
        if (got.is_error()) {
            raw_free(data);
            return Error{};
        }
        intptr_t n = got.take();
        if (n < 0 && size == 0) {
            raw_free(data);
            return none_ref();
        }
        if (n <= 0) break;
        size += n;
    }
    auto result = bytes_from(t, {data, static_cast<size_t>(size)});
    raw_free(data);
    return result;
}
Result<Ref<Object>> file_read(Thread& t, Borrowed<FileIO> self, MaybeBorrowed<Object> size_object) {
    if (self->fd < 0) return raise_closed(t);
    if (!self->is_readable) return raise_not_open(t, "reading");
    intptr_t size = TRY(optional_size(t, size_object));
    if (size < 0) return call_method(t, self, names::readall);
    if (size > MaxTransfer) size = MaxTransfer;
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    intptr_t n = TRY(fileio_read_into(t, self.get(), bytes->data, size));
    if (n < 0) return none_ref();
    if (n == size) return bytes;
    return bytes_from(t, {bytes->data, static_cast<size_t>(n)});
}
Result<Ref<Object>> file_readinto(Thread& t, Borrowed<FileIO> self, WritableBufferView& view) {
    if (self->fd < 0) return raise_closed(t);
    if (!self->is_readable) return raise_not_open(t, "reading");
    intptr_t n = TRY(fileio_read_into(t, self.get(), static_cast<char*>(view.buffer().buf), view.buffer().len));
    if (n < 0) return none_ref();
    return int_from(t, n);
}
Result<Ref<Object>> file_write(Thread& t, Borrowed<FileIO> self, BufferView& view) {
    if (self->fd < 0) return raise_closed(t);
    if (!self->is_writable) return raise_not_open(t, "writing");
    intptr_t n = TRY(fileio_write_from(t, self.get(), view.view().data(), view.buffer().len));
    if (n < 0) return none_ref();
    return int_from(t, n);
}
Result<Ref<Object>> file_seek(Thread& t, Borrowed<FileIO> self, Borrowed<Object> position, int whence) {
    if (self->fd < 0) return raise_closed(t);
    if (is<Float>(position.get())) return raise(t, exc::TypeError, "'%.200T' object cannot be interpreted as an integer", position);
    return int_from(t, TRY(fileio_seek_to(t, self.get(), TRY(to_offset(t, position)), whence)));
}
Result<Ref<Object>> file_tell(Thread& t, Borrowed<FileIO> self) {
    if (self->fd < 0) return raise_closed(t);
    return int_from(t, TRY(fileio_seek_to(t, self.get(), 0, SEEK_CUR)));
}
Result<Ref<Object>> file_truncate(Thread& t, Borrowed<FileIO> self, NoneOr<Object> size) {
    if (self->fd < 0) return raise_closed(t);
    if (!self->is_writable) return raise_not_open(t, "writing");
    Ref<Object> position = size ? size.value().share() : TRY(file_tell(t, self));
    int64_t length = TRY(to_offset(t, position));
    int error = 0;
    self->size_at_open = -1;
    if (TRY(blocking_call(t, &error, [&] { return ftruncate(self->fd, length); })) < 0) return raise_errno(t, error);
    return position;
}
Result<Ref<Object>> file_isatty_open_only(Thread& t, Borrowed<FileIO> self) {
    // The status of a regular file tells that it is no terminal without asking.
    if (self->size_at_open > 0) return bool_ref(false);
    return bool_ref(TRY(file_isatty(t, self)));
}
bool file_closed(Thread&, Borrowed<FileIO> self) { return self->fd < 0; }
bool file_closefd(Thread&, Borrowed<FileIO> self) { return self->close_fd; }
Result<Ref<Str>> file_mode(Thread& t, Borrowed<FileIO> self) { return str_interned(t, mode_text(self.get())); }
int64_t file_block_size(Thread&, Borrowed<FileIO> self) { return self->block_size; }
Result<Ref<Object>> file_repr(Thread& t, Borrowed<FileIO> self) {
    if (self->fd < 0) return str_format(t, "<%.100T [closed]>", self);
    MaybeRef<Object> name = TRY(get_attribute_optional(t, self, names::name));
    const char* close_fd = self->close_fd ? "True" : "False";
    if (!name) return str_format(t, "<%.100T fd=%d mode='%s' closefd=%s>", self, self->fd, mode_text(self.get()), close_fd);
    if (TRY(repr_enter(t, self))) return raise(t, exc::RuntimeError, "reentrant call inside %s.__repr__", type_name(self.get()));
    auto text = str_format(t, "<%.100T name=%R mode='%s' closefd=%s>", self, name.get(), mode_text(self.get()), close_fd);
    repr_leave(t, self);
    return text;
}
Result<Ref<Object>> file_getstate(Thread& t, Borrowed<Object> self) {
    return raise(t, exc::TypeError, "cannot pickle '%.100T' instances", self);
}

const NativeDef methods[] = {
    method<file_read>("read", "($self, size=-1, /)", "Read at most size bytes, returned as bytes."),
    method<file_readall>("readall", "($self, /)", "Read all data from the file, returned as bytes."),
    method<file_readinto>("readinto", "($self, buffer, /)", "Same as RawIOBase.readinto()."),
    method<file_write>("write", "($self, b, /)", "Write buffer b to file, return number of bytes written."),
    method<file_seek>("seek", "($self, pos, whence=0, /)", "Move to new file position and return the file position."),
    method<file_tell>("tell", "($self, /)", "Current file position."),
    method<file_truncate>("truncate", "($self, size=None, /)", "Truncate the file to at most size bytes and return the truncated size."),
    method<file_close>("close", "($self, /)", "Close the file."),
    method<file_seekable>("seekable", "($self, /)", "True if file supports random-access."),
    method<file_readable>("readable", "($self, /)", "True if file was opened in a read mode."),
    method<file_writable>("writable", "($self, /)", "True if file was opened in a write mode."),
    method<file_fileno>("fileno", "($self, /)", "Return the underlying file descriptor (an integer)."),
    method<file_isatty>("isatty", "($self, /)", "True if the file is connected to a TTY device."),
    method<file_isatty_open_only>("_isatty_open_only", "($self, /)"),
    method<file_dealloc_warn>("_dealloc_warn", "($self, object, /)"),
    method<file_getstate>("__getstate__", "($self, /)"),
};
const GetSetDef getset[] = {
    getter<file_closed>("closed", "True if the file is closed"),
    getter<file_closefd>("closefd", "True if the file descriptor will be closed by close()."),
    getter<file_mode>("mode", "String giving the file mode"),
    getter<file_block_size>("_blksize", "The preferred size of blocks"),
};
const MemberDef members[] = {{"_finalizing", member_type::Bool, offsetof(FileIO, finalizing), 0, nullptr}};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_traverse, &file_traverse),        raw_slot(SlotId::tp_clear, &file_clear),
    raw_slot(SlotId::tp_dealloc, &file_dealloc),          unary_slot<SlotId::tp_repr, file_repr>(),
    typed_new<file_new, "FileIO", "(*args, **kwargs)">(), typed_init<init, "FileIO", "(file, mode='r', closefd=True, opener=None)">(),
};

} // namespace

Result<intptr_t> fileio_read_into(Thread& t, FileIO* self, char* data, intptr_t size) {
    if (self->fd < 0) return raise_closed(t);
    if (!self->is_readable) return raise_not_open(t, "reading");
    size = std::min(size, MaxTransfer);
    int error = 0, fd = self->fd;
    intptr_t n = TRY(blocking_call(t, &error, [&] { return ::read(fd, data, static_cast<size_t>(size)); }));
    if (n >= 0) return n;
    if (error == EAGAIN) return intptr_t{-1};
    return raise_errno(t, error);
}
Result<intptr_t> fileio_write_from(Thread& t, FileIO* self, const char* data, intptr_t size) {
    if (self->fd < 0) return raise_closed(t);
    if (!self->is_writable) return raise_not_open(t, "writing");
    size = std::min(size, MaxTransfer);
    int error = 0, fd = self->fd;
    intptr_t n = TRY(blocking_call(t, &error, [&] { return ::write(fd, data, static_cast<size_t>(size)); }));
    if (n >= 0 && n < size) TRY(poll(t)); // a signal may have cut it short
    if (n >= 0) return n;
    if (error == EAGAIN) return intptr_t{-1};
    return raise_errno(t, error);
}
Result<int64_t> fileio_seek_to(Thread& t, FileIO* self, int64_t offset, int whence) {
    if (self->fd < 0) return raise_closed(t);
    int64_t result;
    int error, fd = self->fd;
    {
        Detached detached(t);
        result = lseek(fd, offset, whence);
        error = errno;
    }
    if (self->seek_state < 0) self->seek_state = result >= 0;
    if (result < 0) return raise_errno(t, error);
    return result;
}
Result<Ref<Object>> fileio_new(Thread& t, Borrowed<Object> name, std::string_view mode, bool close_fd, Object* opener) {
    Ref<Object> file = TRY(file_new(t, &FileIO::s_type, Args{}, Kwargs{}));
    TRY(init(t, static_cast<FileIO*>(file.get()), name, mode, close_fd, opener ? opener : None()));
    return file;
}

const TypeSpec fileio_spec = {.type = &FileIO::s_type,
                              .name = "_io.FileIO",
                              .base = &RawIOBase::s_type,
                              .basicsize = sizeof(FileIO),
                              .flags = type_flag::BaseType | type_flag::Gc,
                              .doc = "Open a file.",
                              .signature = "(file, mode='r', closefd=True, opener=None)",
                              .slots = slots,
                              .methods = methods,
                              .getset = getset,
                              .members = members};

} // namespace taipan::io
