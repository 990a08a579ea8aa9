// BytesIO: a file in memory. The contents are a bytes object that getvalue() hands out without copying; a write copies it
// first if somebody else holds it.
#include "modules/io/io.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/tuple.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <algorithm>
#include <cstring>

namespace taipan::io {

/// What getbuffer() exports: keeps the BytesIO from being resized.
struct BytesIOBuffer : Object {
    BytesIO* source;
    static Type s_type;
};
Type BytesIO::s_type, BytesIOBuffer::s_type;

namespace {

using Self = Borrowed<BytesIO>;

Result<void> check_open(Thread& t, BytesIO* self) {
    if (self->bytes) return {};
    return raise(t, exc::ValueError, "I/O operation on closed file.");
}
Result<void> check_exports(Thread& t, BytesIO* self) {
    if (self->exports == 0) return {};
    return raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized");
}
/// Take `bytes` as the contents, which `is_shared` if somebody else may hold them.
void replace_contents(BytesIO* self, Ref<Bytes> bytes, bool is_shared) {
    assign_field(self->bytes, bytes.release());
    self->is_shared = is_shared;
}
Ref<Bytes> share_contents(BytesIO* self) {
    self->is_shared = true;
    return acquire(self->bytes);
}
/// Room for `size` bytes that nobody else sees; grows by an eighth more.
Result<void> make_writable(Thread& t, BytesIO* self, intptr_t size) {
    if (size <= self->bytes->size && (self->exports > 0 || !self->is_shared || is_uniquely_owned(self->bytes))) return {};
    intptr_t capacity = std::max(self->bytes->size, size);
    // What is written to goes on growing: by an eighth, and more while it is small.
    if (size > self->bytes->size) capacity = size < 4096 ? size + (size >> 1) + 24 : size + (size >> 3);
    Ref<Bytes> fresh = TRY(bytes_alloc(t, capacity));
    memcpy(fresh->data, self->bytes->data, static_cast<size_t>(self->size));
    replace_contents(self, std::move(fresh), false);
    return {};
}
Result<intptr_t> write_bytes(Thread& t, BytesIO* self, std::string_view data) {
    intptr_t n = static_cast<intptr_t>(data.size());
    if (n == 0) return intptr_t{0};
    if (self->position > INTPTR_MAX - n) return raise(t, exc::OverflowError, "new buffer size too large");
    intptr_t end = self->position + n;
    TRY(make_writable(t, self, end));
    if (self->position > self->size) memset(self->bytes->data + self->size, 0, static_cast<size_t>(self->position - self->size));
    memcpy(self->bytes->data + self->position, data.data(), data.size());
    self->position = end;
    self->size = std::max(self->size, end);
    return n;
}
std::string_view rest_of(const BytesIO* self) {
    if (self->position >= self->size) return {};
    return {self->bytes->data + self->position, static_cast<size_t>(self->size - self->position)};
}
Result<Ref<Bytes>> take(Thread& t, BytesIO* self, intptr_t n) {
    if (n == self->size && self->position == 0 && self->bytes->size == self->size && self->exports == 0 && n > 1) {
        self->position = n;
        return share_contents(self);
    }
    std::string_view data = rest_of(self).substr(0, static_cast<size_t>(n));
    Ref<Bytes> result = TRY(bytes_from(t, data));
    self->position += static_cast<intptr_t>(data.size());
    return result;
}
Result<intptr_t> clipped_size(Thread& t, BytesIO* self, MaybeBorrowed<Object> size) {
    intptr_t n = TRY(optional_size(t, size)), have = static_cast<intptr_t>(rest_of(self).size());
    return n < 0 || n > have ? have : n;
}

Result<Ref<Object>> new_(Thread& t, Borrowed<Type> type, Args, Kwargs) {
    Ref<Object> object = TRY(allocate_object(t, *type));
    replace_contents(static_cast<BytesIO*>(object.get()), bytes_empty(), true);
    gc_track(object.get());
    return object;
}
Result<void> init(Thread& t, Self self, NoneOr<Object> initial) {
    CriticalSection section(t, self.get());
    TRY(check_exports(t, self.get()));
    replace_contents(self.get(), bytes_empty(), true);
    self->size = self->position = 0;
    if (!initial) return {};
    if (initial->type == &Bytes::s_type) {
        replace_contents(self.get(), acquire(static_cast<Bytes*>(initial.get())), true);
        self->size = self->bytes->size;
        return {};
    }
    BufferView view;
    TRY(view.acquire(t, initial.get()));
    TRY(write_bytes(t, self.get(), view.view()));
    self->position = 0;
    return {};
}
#define LOCKED_OPEN                                                                                                                        \
    CriticalSection section(t, self.get());                                                                                                \
    TRY(check_open(t, self.get()))

Result<bool> yes(Thread& t, Self self) {
    LOCKED_OPEN;
    return true;
}
Result<bool> isatty(Thread& t, Self self) {
    LOCKED_OPEN;
    return false;
}
Result<void> flush(Thread& t, Self self) {
    LOCKED_OPEN;
    return {};
}
Result<Ref<Object>> getvalue(Thread& t, Self self) {
    LOCKED_OPEN;
    if (self->size == self->bytes->size || self->exports > 0) {
        if (self->size == self->bytes->size && self->exports == 0) return share_contents(self.get());
        return bytes_from(t, {self->bytes->data, static_cast<size_t>(self->size)});
    }
    Ref<Bytes> exact = TRY(bytes_from(t, {self->bytes->data, static_cast<size_t>(self->size)}));
    replace_contents(self.get(), acquire(exact.get()), true);
    return exact;
}
Result<int64_t> tell(Thread& t, Self self) {
    LOCKED_OPEN;
    return int64_t{self->position};
}
Result<Ref<Object>> read(Thread& t, Self self, MaybeBorrowed<Object> size) {
    LOCKED_OPEN;
    return take(t, self.get(), TRY(clipped_size(t, self.get(), size)));
}
Result<Ref<Object>> peek(Thread& t, Self self, MaybeBorrowed<Object> size) {
    LOCKED_OPEN;
    intptr_t n = size ? TRY(clipped_size(t, self.get(), size)) : static_cast<intptr_t>(rest_of(self.get()).size());
    return bytes_from(t, rest_of(self.get()).substr(0, static_cast<size_t>(n)));
}
Result<Ref<Bytes>> take_line(Thread& t, BytesIO* self, intptr_t limit) {
    std::string_view data = rest_of(self);
    if (limit >= 0) data = data.substr(0, static_cast<size_t>(limit));
    size_t end = data.find('\n');
    return take(t, self, static_cast<intptr_t>(end == std::string_view::npos ? data.size() : end + 1));
}
Result<Ref<Object>> readline(Thread& t, Self self, MaybeBorrowed<Object> size) {
    LOCKED_OPEN;
    return take_line(t, self.get(), TRY(optional_size(t, size)));
}
Result<Ref<Object>> readlines(Thread& t, Self self, MaybeBorrowed<Object> hint) {
    LOCKED_OPEN;
    intptr_t limit = TRY(optional_size(t, hint)), total = 0;
    Ref<List> lines = TRY(list_new(t));
    while (self->position < self->size) {
        Ref<Bytes> line = TRY(take_line(t, self.get(), -1));
        total += line->size;
        TRY(list_append(t, lines, std::move(line)));
        if (limit > 0 && total >= limit) break;
    }
    return lines;
}
Result<int64_t> readinto(Thread& t, Self self, WritableBufferView& view) {
    LOCKED_OPEN;
    std::string_view data = rest_of(self.get()).substr(0, view.size());
    if (!data.empty()) memcpy(view.buffer().buf, data.data(), data.size());
    self->position += static_cast<intptr_t>(data.size());
    return static_cast<int64_t>(data.size());
}
Result<int64_t> truncate(Thread& t, Self self, NoneOr<Object> size_object) {
    LOCKED_OPEN;
    TRY(check_exports(t, self.get()));
    intptr_t size = self->position;
    if (size_object) size = TRY(optional_size(t, size_object.get()));
    if (size < 0) return raise(t, exc::ValueError, "negative size value %d", size);
    if (size < self->size) {
        self->size = size;
        Ref<Bytes> exact = TRY(bytes_from(t, {self->bytes->data, static_cast<size_t>(size)}));
        replace_contents(self.get(), std::move(exact), true); // short contents may be shared objects
    }
    return int64_t{size};
}
Result<int64_t> seek(Thread& t, Self self, Size offset_, int whence) {
    LOCKED_OPEN;
    intptr_t offset = offset_;
    if (offset < 0 && whence == 0) return raise(t, exc::ValueError, "negative seek value %d", offset);
    intptr_t base = 0;
    if (whence == 1) base = self->position;
    else if (whence == 2) base = self->size;
    else if (whence != 0) return raise(t, exc::ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
    if (offset > INTPTR_MAX - base) return raise(t, exc::OverflowError, "new position too large");
    self->position = std::max<intptr_t>(base + offset, 0);
    return int64_t{self->position};
}
Result<int64_t> write(Thread& t, Self self, Borrowed<Object> data) {
    if (is_exact<Bytes>(data.get())) { // which nobody changes
        LeafSection section(t, self.get());
        TRY(check_open(t, self.get()));
        TRY(check_exports(t, self.get()));
        return int64_t{TRY(write_bytes(t, self.get(), static_cast<Bytes*>(data.get())->view()))};
    }
    CriticalSection section(t, self.get(), data.get());
    TRY(check_open(t, self.get()));
    TRY(check_exports(t, self.get()));
    BufferView view;
    TRY(view.acquire(t, data.get())); // may run code
    TRY(check_open(t, self.get()));
    TRY(check_exports(t, self.get()));
    return int64_t{TRY(write_bytes(t, self.get(), view.view()))};
}
Result<void> writelines(Thread& t, Self self, Borrowed<Object> lines) {
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    Ref<Object> iterator = TRY(get_iterator(t, lines));
    for (;;) {
        MaybeRef<Object> line = TRY(next_item(t, iterator));
        if (!line) return {};
        TRY(write(t, self, line.take()));
    }
}
Result<void> close(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_exports(t, self.get()));
    clear_field(self->bytes);
    return {};
}
bool closed(Thread& t, Self self) {
    LeafSection section(t, self.get());
    return self->bytes == nullptr;
}
ResultMaybe<Object> next(Thread& t, Self self) {
    LOCKED_OPEN;
    if (self->position >= self->size) return MaybeRef<Object>();
    return MaybeRef<Object>(TRY(take_line(t, self.get(), -1)));
}
Result<Ref<Object>> getbuffer(Thread& t, Self self) {
    {
        LOCKED_OPEN;
    }
    Ref<BytesIOBuffer> exporter = TRY(allocate<BytesIOBuffer>(t));
    exporter->source = self.share().release();
    gc_track(exporter.get());
    Ref<Object> memoryview = TRY(import_attribute(t, "builtins", "memoryview"));
    return call(t, memoryview, exporter);
}
Result<Ref<Object>> getstate(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    Ref<Object> value = TRY(getvalue(t, self));
    Ref<Int> position = TRY(int_from(t, self->position));
    Ref<Object> dict = self->dict ? Ref<Object>(TRY(dict_copy(t, Borrowed<Dict>(static_cast<Dict*>(self->dict))))) : none_ref();
    return tuple_pack(t, value, position, dict);
}
Result<void> setstate(Thread& t, Self self, Borrowed<Object> state) {
    if (!is<Tuple>(state.get()) || static_cast<Tuple*>(state.get())->size < 3)
        return raise(t, exc::TypeError, "%.200T.__setstate__ argument should be 3-tuple, got %.200T", self, state);
    auto* tuple = static_cast<Tuple*>(state.get());
    CriticalSection section(t, self.get());
    TRY(check_open(t, self.get()));
    TRY(check_exports(t, self.get()));
    TRY(init(t, self, NoneOr<Object>(nullptr)));
    BufferView view;
    TRY(view.acquire(t, tuple->items[0]));
    TRY(write_bytes(t, self.get(), view.view()));
    if (!is<Int>(tuple->items[1])) return raise(t, exc::TypeError, "second item of state must be an integer, not %.200T", tuple->items[1]);
    intptr_t position = TRY(to_index_size(t, tuple->items[1], exc::OverflowError));
    if (position < 0) return raise(t, exc::ValueError, "position value cannot be negative");
    self->position = position;
    if (!is_none(tuple->items[2])) {
        if (!is<Dict>(tuple->items[2]))
            return raise(t, exc::TypeError, "third item of state should be a dict, got a %.200T", tuple->items[2]);
        if (!self->dict) self->dict = TRY(dict_new(t)).release();
        TRY(dict_merge(t, Borrowed<Dict>(static_cast<Dict*>(self->dict)), tuple->items[2], Override::Yes));
    }
    return {};
}
int64_t size_of(Thread& t, Self self) {
    LeafSection section(t, self.get());
    return self->type->basicsize + (self->bytes ? self->bytes->size + 33 : 0);
}

int bytesio_traverse(Object* o, VisitFunc visit, void* context) { return iobase_traverse(static_cast<IOBase*>(o), visit, context); }
int bytesio_clear(Object* o) {
    iobase_clear(static_cast<IOBase*>(o));
    return 0;
}
void bytesio_dealloc(Object* o) {
    auto* self = static_cast<BytesIO*>(o);
    gc_untrack(o);
    if (self->weaklist) clear_weakrefs(o);
    clear_field(self->bytes);
    iobase_clear(self);
    o->type->free(o);
}

const NativeDef methods[] = {
    method<yes>("readable", "($self, /)", "True if the object was opened for reading."),
    method<yes>("seekable", "($self, /)", "True if positions can be set."),
    method<yes>("writable", "($self, /)", "True if the object was opened for writing."),
    method<close>("close", "($self, /)", "Give up the contents; nothing can be read or written afterwards."),
    method<flush>("flush", "($self, /)", "Does nothing: there is nothing to write out."),
    method<isatty>("isatty", "($self, /)", "Always False: a BytesIO is no terminal."),
    method<tell>("tell", "($self, /)", "The position, in bytes from the beginning."),
    method<write>("write", "($self, b, /)", "Write bytes at the position, and return how many."),
    method<writelines>("writelines", "($self, lines, /)", "Write every bytes object of an iterable; no line ends are added."),
    method<read>("read1", "($self, size=-1, /)",
                 "At most size bytes from the position on, all that is left if it is negative.\n\nAn empty bytes object at the end."),
    method<readinto>("readinto", "($self, buffer, /)", "Fill a buffer with bytes from the position on, and return how many; 0 at the end."),
    method<readline>("readline", "($self, size=-1, /)", "The next line with its line end, at most size bytes of it; empty at the end."),
    method<readlines>("readlines", "($self, size=None, /)",
                      "A list of the lines from the position on; no more are read once they have size bytes together."),
    method<read>("read", "($self, size=-1, /)",
                 "At most size bytes from the position on, all that is left if it is negative.\n\nAn empty bytes object at the end."),
    method<getbuffer>("getbuffer", "($self, /)", "A view of the contents that can be written to."),
    method<getvalue>("getvalue", "($self, /)", "All the contents as bytes."),
    method<seek>("seek", "($self, pos, whence=0, /)",
                 "Set the position and return it: whence 0 counts from the beginning, 1 from the position, 2 from the end."),
    method<truncate>("truncate", "($self, size=None, /)",
                     "Cut the contents off at size, at the position if it is None; the position stays. Returns the new size."),
    method<getstate>("__getstate__", "($self, /)"),
    method<setstate>("__setstate__", "($self, object, /)"),
    method<size_of>("__sizeof__", "($self, /)"),
};
const GetSetDef getset[] = {getter<closed>("closed", "True if the file is closed.")};
Result<Ref<Object>> same(Thread&, Borrowed<Object> self) { return acquire(self); }
const SlotDef slots[] = {
    raw_slot(SlotId::tp_traverse, &bytesio_traverse),
    raw_slot(SlotId::tp_clear, &bytesio_clear),
    raw_slot(SlotId::tp_dealloc, &bytesio_dealloc),
    unary_slot<SlotId::tp_iter, same>(),
    unary_slot<SlotId::tp_iternext, next>(),
    typed_new<new_, "BytesIO", "(*args, **kwargs)">(),
    typed_init<init, "BytesIO", "(initial_bytes=b'')">(),
};

Result<void> get_buffer(Thread& t, Borrowed<BytesIOBuffer> self, Buffer* view, int flags) {
    BytesIO* source = self->source;
    CriticalSection section(t, source);
    TRY(check_open(t, source));
    if (source->exports == 0) TRY(make_writable(t, source, source->size));
    TRY(buffer_fill(t, view, self.get(), source->bytes->data, source->size, false, flags));
    source->exports++;
    return {};
}
void release_buffer(Object* self, Buffer*) {
    BytesIO* source = static_cast<BytesIOBuffer*>(self)->source;
    CriticalSection section(Thread::current(), source);
    source->exports--;
}
using BufferFields = Fields<BytesIOBuffer, &BytesIOBuffer::source>;
const SlotDef buffer_slots[] = {
    BufferFields::traverse_slot(),
    BufferFields::dealloc_slot(),
    get_buffer_slot<SlotId::bf_getbuffer, get_buffer>(),
    raw_slot(SlotId::bf_releasebuffer, &release_buffer),
};

} // namespace

const TypeSpec bytesio_spec = {.type = &BytesIO::s_type,
                               .name = "_io.BytesIO",
                               .base = &BufferedIOBase::s_type,
                               .basicsize = sizeof(BytesIO),
                               .flags = type_flag::BaseType | type_flag::Gc,
                               .doc = "Buffered I/O implementation using an in-memory bytes buffer.",
                               .signature = "(initial_bytes=b'')",
                               .slots = slots,
                               .methods = methods,
                               .getset = getset};
const TypeSpec bytesio_buffer_spec = {.type = &BytesIOBuffer::s_type,
                                      .name = "_io._BytesIOBuffer",
                                      .basicsize = sizeof(BytesIOBuffer),
                                      .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                                      .slots = buffer_slots};

} // namespace taipan::io
