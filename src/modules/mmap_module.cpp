// The mmap module: files and anonymous memory mapped into the address space. Every access holds the object's lock, so that
// no other thread unmaps what is being copied; exported buffers forbid resize and close.
#include "modules/posix/posix.h"
#include "objects/audit.h"
#include "objects/buffers.h"
#include "objects/slice.h"
#include "objects/type_object.h"
#include "objects/weakref.h"
#include "runtime/lock.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taipan {

enum class MapAccess : int { Default, Read, Write, Copy };
struct MemoryMap : Object {
    char* data; // null: closed
    intptr_t size, position, exports;
    off_t offset;
    int fd, flags;
    bool tracks_fd;
    MapAccess access;
    Object* weaklist;
    static Type s_type;
};
Type MemoryMap::s_type;

namespace {

using Self = Borrowed<MemoryMap>;
using Any = Borrowed<Object>;
using Out = Result<Ref<Object>>;

Result<void> check_open(Thread& t, const MemoryMap* self) {
    if (!self->data) return raise(t, exc::ValueError, "mmap closed or invalid");
    return {};
}
Result<void> check_writable(Thread& t, const MemoryMap* self) {
    if (self->access == MapAccess::Read) return raise(t, exc::TypeError, "mmap can't modify a readonly memory map.");
    return {};
}

Out mmap_new(Thread& t, Borrowed<Type> type, int fd, Size length, int flags, int protection, int access_number, int64_t offset,
             bool trackfd) {
    if (length < 0) return raise(t, exc::OverflowError, "memory mapped length must be positive");
    if (offset < 0) return raise(t, exc::OverflowError, "memory mapped offset must be positive");
    if (access_number != 0 && (flags != MAP_SHARED || protection != (PROT_WRITE | PROT_READ)))
        return raise(t, exc::ValueError, "mmap can't specify both access and flags, prot.");
    if (UNLIKELY(t.interpreter->audit_hooks)) {
        Ref<Int> shown[] = {TRY(int_from(t, fd)), TRY(int_from(t, static_cast<intptr_t>(length))), TRY(int_from(t, access_number)),
                            TRY(int_from(t, offset))};
        TRY(audit_args(t, "mmap.__new__", {shown[0].get(), shown[1].get(), shown[2].get(), shown[3].get()}));
    }
    switch (access_number) {
    case 0:
        if ((protection & PROT_READ) && (protection & PROT_WRITE)) break;
        access_number = static_cast<int>(protection & PROT_WRITE ? MapAccess::Write : MapAccess::Read);
        break;
    case 1: protection = PROT_READ; break;
    case 2: break;
    case 3: flags = MAP_PRIVATE; break;
    default: return raise(t, exc::ValueError, "mmap invalid access parameter.");
    }
    intptr_t size = length;
    if (fd != -1) {
        struct stat status;
        int result;
        {
            Detached detached(t);
            result = fstat(fd, &status);
        }
        if (result == 0 && S_ISREG(status.st_mode)) {
            if (size == 0) {
                if (status.st_size == 0) return raise(t, exc::ValueError, "cannot mmap an empty file");
                if (offset >= status.st_size) return raise(t, exc::ValueError, "mmap offset is greater than file size");
                size = status.st_size - offset;
            } else if (offset > status.st_size || status.st_size - offset < size) {
                return raise(t, exc::ValueError, "mmap length is greater than file size");
            }
        }
    }
    Ref<Object> object = TRY(Out::from_nullable(type->alloc(type.get(), 0)));
    auto* self = static_cast<MemoryMap*>(object.get());
    self->fd = -1;
    self->tracks_fd = trackfd;
    self->offset = offset;
    self->access = static_cast<MapAccess>(access_number);
    if (fd == -1) {
        flags |= MAP_ANONYMOUS;
    } else if (trackfd) {
        TRY(posix::checked(t, [&] { return self->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0); }));
    }
    void* memory;
    int error;
    {
        Detached detached(t);
        memory = mmap(nullptr, static_cast<size_t>(size), protection, flags, fd, offset);
        error = errno;
    }
    if (memory == MAP_FAILED) return raise_errno(t, error);
    self->flags = flags;
    self->size = size;
    self->data = static_cast<char*>(memory);
    return object;
}
void mmap_dealloc(Object* o) {
    auto* self = static_cast<MemoryMap*>(o);
    if (self->weaklist) clear_weakrefs(o);
    if (self->fd >= 0) ::close(self->fd);
    if (self->data) munmap(self->data, static_cast<size_t>(self->size));
    o->type->free(o);
}
Result<void> mmap_close(Thread& t, Self self) {
    int fd;
    char* data;
    size_t size;
    {
        CriticalSection section(t, self.get());
        if (self->exports > 0) return raise(t, exc::BufferError, "cannot close exported pointers exist");
        fd = std::exchange(self->fd, -1);
        data = std::exchange(self->data, nullptr);
        size = static_cast<size_t>(self->size);
    }
    Detached detached(t);
    if (fd >= 0) ::close(fd);
    if (data) munmap(data, size);
    return {};
}

/// Copies [start, start + count), which lies inside.
Out copy_out(Thread& t, MemoryMap* self, intptr_t start, intptr_t count) {
    return bytes_from(t, {self->data + start, static_cast<size_t>(count)});
}
Result<int> mmap_read_byte(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    if (self->position >= self->size) return raise(t, exc::ValueError, "read byte out of range");
    return static_cast<unsigned char>(self->data[self->position++]);
}
Out mmap_readline(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    intptr_t left = std::max<intptr_t>(self->size - self->position, 0);
    if (left == 0) return bytes_empty();
    auto* end = static_cast<const char*>(memchr(self->data + self->position, '\n', static_cast<size_t>(left)));
    intptr_t count = end ? end + 1 - (self->data + self->position) : left;
    Ref<Object> line = TRY(copy_out(t, self.get(), self->position, count));
    self->position += count;
    return line;
}
Out mmap_read(Thread& t, Self self, NoneOr<Object> limit) {
    intptr_t count = INTPTR_MAX;
    if (limit) {
        Object* given = limit.get();
        if (!is<Int>(given) && !(given->type->as_number && given->type->as_number->index))
            return raise(t, exc::TypeError, "argument should be integer or None, not '%T'", given);
        count = TRY(to_index_size(t, given, exc::OverflowError));
    }
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    intptr_t left = std::max<intptr_t>(self->size - self->position, 0);
    if (count < 0 || count > left) count = left;
    Ref<Object> data = TRY(copy_out(t, self.get(), self->position, count));
    self->position += count;
    return data;
}
Result<intptr_t> search(Thread& t, MemoryMap* self, std::string_view part, Object* start_object, Object* end_object, bool reverse) {
    intptr_t start = 0, end = INTPTR_MAX;
    bool default_start = !start_object || is_none(start_object);
    if (!default_start) start = TRY(to_index_size(t, start_object, exc::OverflowError));
    if (end_object && !is_none(end_object)) end = TRY(to_index_size(t, end_object, exc::OverflowError));
    CriticalSection section(t, self);
    TRY(check_open(t, self));
    if (default_start) start = self->position;
    auto clip = [&](intptr_t i) { return i < 0 ? std::max<intptr_t>(i + self->size, 0) : std::min(i, self->size); };
    start = clip(start);
    end = clip(end);
    if (end < start || static_cast<size_t>(end - start) < part.size()) return intptr_t{-1};
    std::string_view all(self->data + start, static_cast<size_t>(end - start));
    if (reverse) {
        size_t found = all.rfind(part);
        return found == std::string_view::npos ? intptr_t{-1} : start + static_cast<intptr_t>(found);
    }
    if (part.empty()) return start;
    void* found = memmem(all.data(), all.size(), part.data(), part.size());
    return found ? static_cast<char*>(found) - self->data : intptr_t{-1};
}
Result<int64_t> mmap_find(Thread& t, Self self, BufferView& part, NoneOr<Object> start, NoneOr<Object> end) {
    return int64_t{TRY(search(t, self.get(), part.view(), start.get(), end.get(), false))};
}
Result<int64_t> mmap_rfind(Thread& t, Self self, BufferView& part, NoneOr<Object> start, NoneOr<Object> end) {
    return int64_t{TRY(search(t, self.get(), part.view(), start.get(), end.get(), true))};
}
Result<int64_t> mmap_write(Thread& t, Self self, BufferView& data) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    TRY(check_writable(t, self.get()));
    auto size = static_cast<intptr_t>(data.size());
    if (self->position > self->size || self->size - self->position < size) return raise(t, exc::ValueError, "data out of range");
    memmove(self->data + self->position, data.data(), data.size());
    self->position += size;
    return int64_t{size};
}
Result<void> mmap_write_byte(Thread& t, Self self, Any byte) {
    int64_t value = TRY(to_int64(t, byte));
    if (value < 0) return raise(t, exc::OverflowError, "unsigned byte integer is less than minimum");
    if (value > 255) return raise(t, exc::OverflowError, "unsigned byte integer is greater than maximum");
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    TRY(check_writable(t, self.get()));
    if (self->position >= self->size) return raise(t, exc::ValueError, "write byte out of range");
    self->data[self->position++] = static_cast<char>(value);
    return {};
}
Result<int64_t> mmap_size(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    struct stat status;
    int fd = self->fd;
    TRY(posix::checked(t, [&] { return fstat(fd, &status); }));
    return int64_t{status.st_size};
}
Result<void> mmap_resize(Thread& t, Self self, Size wanted) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    if (self->exports > 0) return raise(t, exc::BufferError, "mmap can't resize with extant buffers exported.");
    if (!self->tracks_fd) return raise(t, exc::ValueError, "mmap can't resize with trackfd=False.");
    if (self->access != MapAccess::Write && self->access != MapAccess::Default)
        return raise(t, exc::TypeError, "mmap can't resize a readonly or copy-on-write memory map.");
    if (wanted < 0 || INTPTR_MAX - wanted < self->offset) return raise(t, exc::ValueError, "new size out of range");
    if (self->fd == -1 && !(self->flags & MAP_PRIVATE) && wanted > self->size)
        return raise(t, exc::ValueError, "mmap: can't expand a shared anonymous mapping");
    if (self->fd != -1 && ftruncate(self->fd, self->offset + wanted) < 0) return raise_errno(t, errno);
    void* memory = mremap(self->data, static_cast<size_t>(self->size), static_cast<size_t>(wanted.value), MREMAP_MAYMOVE);
    if (memory == MAP_FAILED) return raise_errno(t, errno);
    self->data = static_cast<char*>(memory);
    self->size = wanted;
    return {};
}
Result<int64_t> mmap_tell(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    return int64_t{self->position};
}
Result<void> mmap_flush(Thread& t, Self self, Size offset, NoneOr<Object> length) {
    intptr_t size = 0;
    if (length) size = TRY(to_index_size(t, length.value(), exc::OverflowError));
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    if (!length) size = self->size - offset;
    if (size < 0 || offset < 0 || self->size - offset < size) return raise(t, exc::ValueError, "flush values out of range");
    if (self->access == MapAccess::Read || self->access == MapAccess::Copy) return {};
    if (msync(self->data + offset.value, static_cast<size_t>(size), MS_SYNC) < 0) return raise_errno(t, errno);
    return {};
}
Result<int64_t> mmap_seek(Thread& t, Self self, Size distance, int whence) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    intptr_t base, where;
    switch (whence) {
    case 0: base = 0; break;
    case 1: base = self->position; break;
    case 2: base = self->size; break;
    default: return raise(t, exc::ValueError, "unknown seek type");
    }
    if (__builtin_add_overflow(base, distance.value, &where) || where < 0 || where > self->size)
        return raise(t, exc::ValueError, "seek out of range");
    self->position = where;
    return int64_t{where};
}
bool mmap_seekable(Thread&, Self) { return true; }
Result<void> mmap_move(Thread& t, Self self, Size destination, Size source, Size count) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    TRY(check_writable(t, self.get()));
    if (destination < 0 || source < 0 || count < 0 || self->size - destination < count || self->size - source < count)
        return raise(t, exc::ValueError, "source, destination, or count out of range");
    memmove(self->data + destination.value, self->data + source.value, static_cast<size_t>(count.value));
    return {};
}
Result<void> mmap_madvise(Thread& t, Self self, int option, Size start, NoneOr<Object> length_object) {
    intptr_t length = 0;
    if (length_object) length = TRY(to_index_size(t, length_object.value(), exc::OverflowError));
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    if (!length_object) length = self->size;
    if (start < 0 || start >= self->size) return raise(t, exc::ValueError, "madvise start out of bounds");
    if (length < 0) return raise(t, exc::ValueError, "madvise length invalid");
    if (INTPTR_MAX - start < length) return raise(t, exc::OverflowError, "madvise length too large");
    if (start + length > self->size) length = self->size - start;
    if (madvise(self->data + start.value, static_cast<size_t>(length), option) < 0) return raise_errno(t, errno);
    return {};
}
Out mmap_enter(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    return acquire(static_cast<Object*>(self.get()));
}
Result<void> mmap_exit(Thread& t, Self self, Any, Any, Any) { return mmap_close(t, self); }
Result<Ref<Str>> mmap_repr(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    if (!self->data) return str_format(t, "<%s closed=True>", self->type->name);
    static constexpr const char* names[] = {"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"};
    return str_format(t, "<%s closed=False, access=%s, length=%d, pos=%d, offset=%d>", self->type->name,
                      names[static_cast<int>(self->access)], self->size, self->position, static_cast<int64_t>(self->offset));
}
bool mmap_closed(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    return !self->data;
}

// As a sequence and a buffer
Result<intptr_t> mmap_length(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    return self->size;
}
Out mmap_item(Thread& t, Self self, intptr_t i) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    if (i < 0 || i >= self->size) return raise(t, exc::IndexError, "mmap index out of range");
    return copy_out(t, self.get(), i, 1);
}
Result<void> mmap_set_item(Thread& t, Self self, intptr_t i, Object* value) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    if (i < 0 || i >= self->size) return raise(t, exc::IndexError, "mmap index out of range");
    if (!value) return raise(t, exc::TypeError, "mmap object doesn't support item deletion");
    if (!is<Bytes>(value) || static_cast<Bytes*>(value)->size != 1)
        return raise(t, exc::IndexError, "mmap assignment must be length-1 bytes()");
    TRY(check_writable(t, self.get()));
    self->data[i] = static_cast<Bytes*>(value)->data[0];
    return {};
}
bool is_index(const Object* o) { return is<Int>(o) || (o->type->as_number && o->type->as_number->index); }
Out mmap_subscript(Thread& t, Self self, Any key) {
    TRY(check_open(t, self.get()));
    if (is_index(key.get())) {
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        CriticalSection section(t, self.get());
        TRY(check_open(t, self.get()));
        if (i < 0) i += self->size;
        if (i < 0 || i >= self->size) return raise(t, exc::IndexError, "mmap index out of range");
        return int_from(t, static_cast<unsigned char>(self->data[i]));
    }
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "mmap indices must be integers");
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    intptr_t count = slice_adjust(self->size, &bounds);
    if (bounds.step == 1) return copy_out(t, self.get(), bounds.start, count);
    Ref<Bytes> part = TRY(bytes_alloc(t, count));
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) part->data[i] = self->data[at];
    return part;
}
Result<void> mmap_set_subscript(Thread& t, Self self, Any key, Object* value) {
    TRY(check_open(t, self.get()));
    TRY(check_writable(t, self.get()));
    if (is_index(key.get())) {
        intptr_t i = TRY(to_index_size(t, key, exc::IndexError));
        {
            CriticalSection section(t, self.get());
            if (i < 0) i += self->size;
            if (i < 0 || i >= self->size) return raise(t, exc::IndexError, "mmap index out of range");
        }
        if (!value) return raise(t, exc::TypeError, "mmap doesn't support item deletion");
        if (!is_index(value)) return raise(t, exc::TypeError, "mmap item value must be an int");
        intptr_t byte = TRY(to_index_size(t, value, exc::TypeError));
        if (byte < 0 || byte > 255) return raise(t, exc::ValueError, "mmap item value must be in range(0, 256)");
        CriticalSection section(t, self.get());
        TRY(check_open(t, self.get()));
        if (i >= self->size) return raise(t, exc::IndexError, "mmap index out of range");
        self->data[i] = static_cast<char>(byte);
        return {};
    }
    if (!is<Slice>(key.get())) return raise(t, exc::TypeError, "mmap indices must be integer");
    SliceBounds bounds = TRY(slice_unpack(t, as<Slice>(key)));
    if (!value) return raise(t, exc::TypeError, "mmap object doesn't support slice deletion");
    BufferView source;
    TRY(source.acquire(t, value));
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    intptr_t count = slice_adjust(self->size, &bounds);
    if (static_cast<size_t>(count) != source.size()) return raise(t, exc::IndexError, "mmap slice assignment is wrong size");
    if (bounds.step == 1) {
        memmove(self->data + bounds.start, source.data(), source.size());
        return {};
    }
    for (intptr_t i = 0, at = bounds.start; i < count; ++i, at += bounds.step) self->data[at] = static_cast<char>(source.data()[i]);
    return {};
}
Result<void> mmap_get_buffer(Thread& t, Self self, Buffer* view, int flags) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    TRY(buffer_fill(t, view, self.get(), self->data, self->size, self->access == MapAccess::Read, flags));
    ++self->exports;
    return {};
}
void mmap_release_buffer(Object* self, Buffer*) {
    CriticalSection section(Thread::current(), self);
    --static_cast<MemoryMap*>(self)->exports;
}

const NativeDef methods[] = {
    method<mmap_close>("close", "($self, /)"),
    method<mmap_find>("find", "($self, view, start=None,  end=None, /)"),
    method<mmap_rfind>("rfind", "($self, view, start=None,  end=None, /)"),
    method<mmap_flush>("flush", "($self, offset=0, size=None, /)"),
    method<mmap_madvise>("madvise", "($self, option, start=0, length=None, /)"),
    method<mmap_move>("move", "($self, dest, src, count, /)"),
    method<mmap_read>("read", "($self, n=None, /)"),
    method<mmap_read_byte>("read_byte", "($self, /)"),
    method<mmap_readline>("readline", "($self, /)"),
    method<mmap_resize>("resize", "($self, newsize, /)"),
    method<mmap_seek>("seek", "($self, pos, whence=0, /)"),
    method<mmap_seekable>("seekable", "($self, /)"),
    method<mmap_size>("size", "($self, /)"),
    method<mmap_tell>("tell", "($self, /)"),
    method<mmap_write>("write", "($self, bytes, /)"),
    method<mmap_write_byte>("write_byte", "($self, byte, /)"),
    method<mmap_enter>("__enter__", "($self, /)"),
    method<mmap_exit>("__exit__", "($self, exc_type, exc_value, traceback, /)"),
};
const GetSetDef getset[] = {getter<mmap_closed>("closed")};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    raw_slot(SlotId::tp_dealloc, &mmap_dealloc),
    unary_slot<SlotId::tp_repr, mmap_repr>(),
    size_slot<SlotId::sq_length, mmap_length>(),
    index_slot<SlotId::sq_item, mmap_item>(),
    set_index_slot<SlotId::sq_ass_item, mmap_set_item>(),
    size_slot<SlotId::mp_length, mmap_length>(),
    binary_slot<SlotId::mp_subscript, mmap_subscript>(),
    set_item_slot<SlotId::mp_ass_subscript, mmap_set_subscript>(),
    get_buffer_slot<SlotId::bf_getbuffer, mmap_get_buffer>(),
    raw_slot(SlotId::bf_releasebuffer, &mmap_release_buffer),
    typed_new<mmap_new, "mmap", "(fileno, length, flags=1, prot=3, access=0, offset=0, *, trackfd=True)">(),
};
const TypeSpec mmap_spec = {.type = &MemoryMap::s_type,
                            .name = "mmap.mmap",
                            .basicsize = sizeof(MemoryMap),
                            .flags = type_flag::BaseType,
                            .doc = "mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\n"
                                   "Maps length bytes of the file that the descriptor fileno is open on, and\n"
                                   "returns an mmap object. With length 0 the map covers the file as it is now;\n"
                                   "with fileno -1 the memory is anonymous.",
                            .slots = slots,
                            .methods = methods,
                            .getset = getset,
                            .weaklist_offset = offsetof(MemoryMap, weaklist)};

struct Row {
    const char* name;
    int64_t value;
};
const Row rows[] = {
    {"PROT_EXEC", PROT_EXEC},
    {"PROT_READ", PROT_READ},
    {"PROT_WRITE", PROT_WRITE},
    {"MAP_SHARED", MAP_SHARED},
    {"MAP_PRIVATE", MAP_PRIVATE},
    {"MAP_DENYWRITE", MAP_DENYWRITE},
    {"MAP_EXECUTABLE", MAP_EXECUTABLE},
    {"MAP_ANON", MAP_ANONYMOUS},
    {"MAP_ANONYMOUS", MAP_ANONYMOUS},
    {"MAP_POPULATE", MAP_POPULATE},
    {"MAP_STACK", MAP_STACK},
    {"MAP_NORESERVE", MAP_NORESERVE},
#ifdef MAP_32BIT
    {"MAP_32BIT", MAP_32BIT},
#endif
    {"ACCESS_DEFAULT", 0},
    {"ACCESS_READ", 1},
    {"ACCESS_WRITE", 2},
    {"ACCESS_COPY", 3},
    {"MADV_NORMAL", MADV_NORMAL},
    {"MADV_RANDOM", MADV_RANDOM},
    {"MADV_SEQUENTIAL", MADV_SEQUENTIAL},
    {"MADV_WILLNEED", MADV_WILLNEED},
    {"MADV_DONTNEED", MADV_DONTNEED},
    {"MADV_REMOVE", MADV_REMOVE},
    {"MADV_DONTFORK", MADV_DONTFORK},
    {"MADV_DOFORK", MADV_DOFORK},
    {"MADV_HWPOISON", MADV_HWPOISON},
    {"MADV_MERGEABLE", MADV_MERGEABLE},
    {"MADV_UNMERGEABLE", MADV_UNMERGEABLE},
    {"MADV_HUGEPAGE", MADV_HUGEPAGE},
    {"MADV_NOHUGEPAGE", MADV_NOHUGEPAGE},
    {"MADV_DONTDUMP", MADV_DONTDUMP},
    {"MADV_DODUMP", MADV_DODUMP},
    {"MADV_FREE", MADV_FREE},
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add(t, module, "error", &exc::OSError));
    TRY(module_add_type(t, module, mmap_spec));
    for (const Row& row : rows) TRY(module_add_int(t, module, row.name, row.value));
    int64_t page = sysconf(_SC_PAGESIZE);
    TRY(module_add_int(t, module, "PAGESIZE", page));
    return module_add_int(t, module, "ALLOCATIONGRANULARITY", page);
}

} // namespace

extern const ModuleSpec mmap_module;
const ModuleSpec mmap_module = {.name = "mmap", .exec = exec};

} // namespace taipan
