// _IOBase, _RawIOBase, _BufferedIOBase and _TextIOBase: defaults in terms of each other's Python methods.
#include "modules/io/io.h"
#include "objects/dict.h"
#include "objects/exceptions.h"
#include "objects/list.h"
#include "objects/type_object.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <cstring>

namespace taipan::io {

Type IOBase::s_type, RawIOBase::s_type, BufferedIOBase::s_type, TextIOBase::s_type;

Error raise_unsupported(Thread& t, const char* message) {
    Ref<Object> type = TRY(import_attribute(t, "_io", "UnsupportedOperation"));
    return raise(t, *static_cast<Type*>(type.get()), "%s", message);
}

Result<bool> is_closed(Thread& t, Borrowed<Object> stream) {
    Ref<Object> closed = TRY(get_attribute(t, stream, names::closed));
    return is_true(t, closed);
}
Result<void> check_closed(Thread& t, Borrowed<Object> stream) {
    if (TRY(is_closed(t, stream))) return raise(t, exc::ValueError, "I/O operation on closed file.");
    return {};
}
constinit std::atomic<uint32_t> StreamLock::s_forks{0};
constinit std::atomic<uintptr_t> StreamLock::s_survivor{0};

void StreamLock::after_fork() {
    s_survivor.store(thread_pointer(), std::memory_order_relaxed);
    s_forks.fetch_add(1, std::memory_order_relaxed);
}

void StreamLock::renew() {
    // Looked at before the exchange, which only one thread wins: nobody of this process can have the lock yet.
    uint32_t before = m_forks.load(std::memory_order_acquire), now = s_forks.load(std::memory_order_relaxed);
    bool left_behind = m_mutex.is_locked() && m_owner.load(std::memory_order_relaxed) != s_survivor.load(std::memory_order_relaxed);
    if (before != now && m_forks.compare_exchange_strong(before, now, std::memory_order_acq_rel) && left_behind) unlock();
}

namespace {
Result<void> check_ability(Thread& t, Borrowed<Object> stream, Str* name, const char* message) {
    Ref<Object> able = TRY(call_method(t, stream, name));
    if (able.get() != True()) return raise_unsupported(t, message);
    return {};
}
} // namespace
Result<void> check_readable(Thread& t, Borrowed<Object> s) {
    return check_ability(t, s, names::readable, "File or stream is not readable.");
}
Result<void> check_writable(Thread& t, Borrowed<Object> s) {
    return check_ability(t, s, names::writable, "File or stream is not writable.");
}
Result<void> check_seekable(Thread& t, Borrowed<Object> s) {
    return check_ability(t, s, names::seekable, "File or stream is not seekable.");
}

Result<intptr_t> optional_size(Thread& t, MaybeBorrowed<Object> size) {
    if (!size || is_none(size.get())) return intptr_t{-1};
    if (!is<Int>(size.get()) && !(size->type->as_number && size->type->as_number->index))
        return raise(t, exc::TypeError, "argument should be integer or None, not '%.200T'", size.get());
    return to_index_size(t, size.value(), exc::OverflowError);
}
Result<int64_t> to_offset(Thread& t, Borrowed<Object> offset) { return to_int64(t, offset); }

Error chain_exceptions(Thread& t, MaybeRef<Object> first) {
    if (!first) return Error{};
    if (!t.has_exception()) return t.set_exception(first.take());
    auto* later = static_cast<BaseException*>(t.exception);
    if (later != first.get()) assign_field(later->context, first.release());
    return Error{};
}

int iobase_traverse(IOBase* self, VisitFunc visit, void* context) {
    if (self->type->is_heap_type())
        if (int r = visit(self->type, context)) return r;
    if (self->dict)
        if (int r = visit(self->dict, context)) return r;
    return 0;
}
void iobase_clear(IOBase* self) { clear_field(self->dict); }
bool iobase_dealloc_start(IOBase* self) {
    if (!call_finalizer_from_dealloc(self)) return false;
    gc_untrack(self);
    if (self->weaklist) clear_weakrefs(self);
    return true;
}

/// Closes a stream that is going away; errors of close() go to sys.unraisablehook.
void iobase_finalize(Object* self) {
    Thread& t = Thread::current();
    MaybeRef<Object> saved = t.take_exception();
    bool closed = true;
    auto state = get_attribute_optional(t, self, names::closed);
    if (state.is_error()) {
        t.clear_exception();
    } else if (MaybeRef<Object> value = state.take()) {
        auto truth = is_true(t, value.take());
        if (truth.is_error()) t.clear_exception();
        else closed = truth.take();
    }
    if (!closed) {
        // Tells buffers and files that they are closed by the collector: they warn.
        if (set_attribute(t, self, names::_finalizing, True()).is_error()) t.clear_exception();
        if (call_method(t, self, names::close).is_error()) write_unraisable(t, "Exception ignored while finalizing file", self);
    }
    if (saved) (void)t.set_exception(saved.take());
}

namespace {

Result<bool> base_is_closed(Thread& t, Borrowed<Object> self) {
    MaybeRef<Object> mark = TRY(get_attribute_optional(t, self, names::iobase_closed));
    return static_cast<bool>(mark);
}

int base_traverse(Object* self, VisitFunc visit, void* context) { return iobase_traverse(static_cast<IOBase*>(self), visit, context); }
int base_clear(Object* self) {
    iobase_clear(static_cast<IOBase*>(self));
    return 0;
}
void base_dealloc(Object* object) {
    auto* self = static_cast<IOBase*>(object);
    if (!iobase_dealloc_start(self)) return;
    iobase_clear(self);
    object->type->free(object);
}

Result<Ref<Object>> base_seek(Thread& t, Borrowed<Object>, Args) { return raise_unsupported(t, "seek"); }
Result<Ref<Object>> base_tell(Thread& t, Borrowed<Object> self) {
    Ref<Int> zero = TRY(int_from(t, 0)), one = TRY(int_from(t, 1));
    return call_method(t, self, names::seek, zero, one);
}
Result<Ref<Object>> base_truncate(Thread& t, Borrowed<Object>, Args) { return raise_unsupported(t, "truncate"); }
Result<void> base_flush(Thread& t, Borrowed<Object> self) {
    if (TRY(base_is_closed(t, self))) return raise(t, exc::ValueError, "I/O operation on closed file.");
    return {};
}
Result<void> base_close(Thread& t, Borrowed<Object> self) {
    if (TRY(base_is_closed(t, self))) return {};
    auto flushed = call_method(t, self, names::flush);
    MaybeRef<Object> first = flushed.is_error() ? t.take_exception() : MaybeRef<Object>();
    bool failed = set_attribute(t, self, names::iobase_closed, True()).is_error();
    if (first || failed) return chain_exceptions(t, std::move(first));
    return {};
}
Result<bool> base_closed(Thread& t, Borrowed<Object> self) { return base_is_closed(t, self); }
bool base_no(Thread&, Borrowed<Object>) { return false; }
Result<bool> base_isatty(Thread& t, Borrowed<Object> self) {
    TRY(check_closed(t, self));
    return false;
}
Result<void> base_check_closed(Thread& t, Borrowed<Object> self, Args) { return check_closed(t, self); }
Result<bool> base_check_seekable(Thread& t, Borrowed<Object> self, Args) {
    TRY(check_seekable(t, self));
    return true;
}
Result<bool> base_check_readable(Thread& t, Borrowed<Object> self, Args) {
    TRY(check_readable(t, self));
    return true;
}
Result<bool> base_check_writable(Thread& t, Borrowed<Object> self, Args) {
    TRY(check_writable(t, self));
    return true;
}
Result<Ref<Object>> base_fileno(Thread& t, Borrowed<Object>) { return raise_unsupported(t, "fileno"); }
Result<Ref<Object>> base_enter(Thread& t, Borrowed<Object> self) {
    TRY(check_closed(t, self));
    return self.share();
}
Result<Ref<Object>> base_exit(Thread& t, Borrowed<Object> self, Args) { return call_method(t, self, names::close); }
Result<Ref<Object>> base_readline(Thread& t, Borrowed<Object> self, MaybeBorrowed<Object> size) {
    return iobase_readline_generic(t, self, TRY(optional_size(t, size)));
}
Result<Ref<Object>> base_readlines(Thread& t, Borrowed<Object> self, MaybeBorrowed<Object> hint) {
    intptr_t limit = TRY(optional_size(t, hint)), total = 0;
    Ref<List> lines = TRY(list_new(t));
    Ref<Object> iterator = TRY(get_iterator(t, self));
    for (;;) {
        MaybeRef<Object> line = TRY(next_item(t, iterator));
        if (!line) break;
        Ref<Object> item = line.take();
        if (limit > 0) total += TRY(length(t, item));
        TRY(list_append(t, lines, std::move(item)));
        if (limit > 0 && total >= limit) break;
    }
    return lines;
}
Result<void> base_writelines(Thread& t, Borrowed<Object> self, Borrowed<Object> lines) {
    TRY(check_closed(t, self));
    Ref<Object> iterator = TRY(get_iterator(t, lines));
    for (;;) {
        MaybeRef<Object> line = TRY(next_item(t, iterator));
        if (!line) return {};
        (void)TRY(call_method(t, self, names::write, line.take()));
    }
}
Result<Ref<Object>> base_iter(Thread& t, Borrowed<Object> self) {
    TRY(check_closed(t, self));
    return self.share();
}
ResultMaybe<Object> base_next(Thread& t, Borrowed<Object> self) {
    Ref<Object> line = TRY(call_method(t, self, names::readline));
    if (TRY(length(t, line)) == 0) return MaybeRef<Object>();
    return MaybeRef<Object>(std::move(line));
}

const NativeDef iobase_methods[] = {
    method<base_seek>("seek", "($self, offset, whence=0, /)", "Change the stream position to the given byte offset."),
    method<base_tell>("tell", "($self, /)", "Return current stream position."),
    method<base_truncate>("truncate", "($self, size=None, /)", "Truncate file to size bytes."),
    method<base_flush>("flush", "($self, /)", "Flush write buffers, if applicable."),
    method<base_close>("close", "($self, /)", "Flush and close the IO object."),
    method<base_no>("seekable", "($self, /)", "Return whether object supports random access."),
    method<base_no>("readable", "($self, /)", "Return whether object was opened for reading."),
    method<base_no>("writable", "($self, /)", "Return whether object was opened for writing."),
    method<base_check_closed>("_checkClosed", "($self, /)"),
    method<base_check_seekable>("_checkSeekable", "($self, /)"),
    method<base_check_readable>("_checkReadable", "($self, /)"),
    method<base_check_writable>("_checkWritable", "($self, /)"),
    method<base_fileno>("fileno", "($self, /)", "Return underlying file descriptor if one exists."),
    method<base_isatty>("isatty", "($self, /)", "Return whether this is an 'interactive' stream."),
    method<base_enter>("__enter__", "($self, /)"),
    method<base_exit>("__exit__", "($self, *args)"),
    method<base_readline>("readline", "($self, size=-1, /)", "Read and return a line from the stream."),
    method<base_readlines>("readlines", "($self, hint=-1, /)", "Return a list of lines from the stream."),
    method<base_writelines>("writelines", "($self, lines, /)", "Write a list of lines to stream."),
};
Result<Ref<Object>> base_dict(Thread& t, Borrowed<Object> self) {
    MaybeRef<Dict> dict = TRY(instance_dict(t, self));
    if (!dict) return raise(t, exc::AttributeError, "This object has no __dict__");
    return Ref<Object>(dict.take());
}
Result<void> base_set_dict(Thread& t, Borrowed<Object> self, Object* value) { return instance_dict_set(t, self, value); }
const GetSetDef iobase_getset[] = {getter_setter<base_dict, base_set_dict>("__dict__"), getter<base_closed>("closed")};
const SlotDef iobase_slots[] = {
    raw_slot(SlotId::tp_traverse, &base_traverse),   raw_slot(SlotId::tp_clear, &base_clear),  raw_slot(SlotId::tp_dealloc, &base_dealloc),
    raw_slot(SlotId::tp_finalize, &iobase_finalize), unary_slot<SlotId::tp_iter, base_iter>(), unary_slot<SlotId::tp_iternext, base_next>(),
};

// _RawIOBase
Result<Ref<Object>> raw_read(Thread& t, Borrowed<Object> self, MaybeBorrowed<Object> size) {
    intptr_t n = -1;
    if (size) n = TRY(to_index_size(t, size.value(), exc::OverflowError));
    if (n < 0) return call_method(t, self, names::readall);
    MaybeRef<ByteArray> buffer;
    {
        Ref<ByteArray> made = TRY(bytearray_from(t, {}));
        Ref<Int> count = TRY(int_from(t, n));
        Ref<Object> filled = TRY(call(t, Borrowed<Object>(&ByteArray::s_type), count));
        buffer = as<ByteArray>(std::move(filled));
    }
    Ref<Object> result = TRY(call_method(t, self, names::readinto, Borrowed<Object>(buffer.get())));
    if (is_none(result.get())) return result;
    intptr_t got = TRY(to_index_size(t, result, exc::ValueError));
    if (got < 0 || got > buffer->size) return raise(t, exc::ValueError, "readinto returned %d outside buffer size %d", got, buffer->size);
    return bytes_from(t, buffer->view().substr(0, static_cast<size_t>(got)));
}
Result<Ref<Object>> raw_readall(Thread& t, Borrowed<Object> self) {
    Ref<List> chunks = TRY(list_new(t));
    for (;;) {
        Ref<Int> size = TRY(int_from(t, DefaultBufferSize));
        Ref<Object> data = TRY(call_method(t, self, names::read, size));
        if (is_none(data.get())) {
            if (list_size(chunks.get()) == 0) return data;
            break;
        }
        if (!is<Bytes>(data.get())) return raise(t, exc::TypeError, "read() should return bytes");
        if (static_cast<Bytes*>(data.get())->size == 0) break;
        TRY(list_append(t, chunks, std::move(data)));
    }
    Ref<Bytes> empty = bytes_empty();
    return call_method(t, empty, names::join, chunks);
}
Result<Ref<Object>> unimplemented(Thread& t, Borrowed<Object>, Args) { return raise_bare(t, exc::NotImplementedError); }
const NativeDef raw_methods[] = {
    method<raw_read>("read", "($self, size=-1, /)"),
    method<raw_readall>("readall", "($self, /)", "Read until EOF, using multiple read() call."),
    method<unimplemented>("readinto", "($self, *args)"),
    method<unimplemented>("write", "($self, *args)"),
};

// _BufferedIOBase
Result<Ref<Object>> fill_from(Thread& t, Borrowed<Object> self, Borrowed<Object> target, Str* reader) {
    BufferView view;
    TRY(view.acquire(t, target.get(), true));
    Ref<Int> size = TRY(int_from(t, static_cast<int64_t>(view.size())));
    Ref<Object> data = TRY(call_method(t, self, reader, size));
    if (!is<Bytes>(data.get())) return raise(t, exc::TypeError, "read() should return bytes");
    auto* bytes = static_cast<Bytes*>(data.get());
    if (bytes->size > static_cast<intptr_t>(view.size()))
        return raise(t, exc::ValueError, "read() returned too much data: %d bytes requested, %d returned",
                     static_cast<int64_t>(view.size()), bytes->size);
    memcpy(view.buffer().buf, bytes->data, static_cast<size_t>(bytes->size));
    return int_from(t, bytes->size);
}
Result<Ref<Object>> buffered_readinto(Thread& t, Borrowed<Object> self, Borrowed<Object> b) { return fill_from(t, self, b, names::read); }
Result<Ref<Object>> buffered_readinto1(Thread& t, Borrowed<Object> self, Borrowed<Object> b) { return fill_from(t, self, b, names::read1); }
template <int> Result<Ref<Object>> unsupported(Thread& t, Borrowed<Object>, Args);
#define UNSUPPORTED(number, name)                                                                                                          \
    template <> Result<Ref<Object>> unsupported<number>(Thread & t, Borrowed<Object>, Args) { return raise_unsupported(t, name); }
UNSUPPORTED(0, "detach")
UNSUPPORTED(1, "read")
UNSUPPORTED(2, "read1")
UNSUPPORTED(3, "write")
UNSUPPORTED(4, "readline")
#undef UNSUPPORTED
const NativeDef buffered_methods[] = {
    method<unsupported<0>>("detach", "($self, /)", "Disconnect this buffer from its underlying raw stream and return it."),
    method<unsupported<1>>("read", "($self, size=-1, /)", "Read and return up to n bytes."),
    method<unsupported<2>>("read1", "($self, size=-1, /)", "Read and return up to size bytes."),
    method<buffered_readinto>("readinto", "($self, buffer, /)"),
    method<buffered_readinto1>("readinto1", "($self, buffer, /)"),
    method<unsupported<3>>("write", "($self, b, /)", "Write buffer b to the IO stream."),
};

// _TextIOBase
Object* text_none(Thread&, Borrowed<Object>) { return None(); }
const NativeDef text_methods[] = {
    method<unsupported<0>>("detach", "($self, /)", "Separate the underlying buffer from the TextIOBase and return it."),
    method<unsupported<1>>("read", "($self, size=-1, /)", "Read at most size characters from stream."),
    method<unsupported<4>>("readline", "($self, size=-1, /)", "Read until newline or EOF."),
    method<unsupported<3>>("write", "($self, s, /)", "Write string s to stream."),
};
const GetSetDef text_getset[] = {getter<text_none>("encoding", "The encoding of the stream; None here."),
                                 getter<text_none>("newlines", "The line ends seen so far: None, a string or a tuple of strings."),
                                 getter<text_none>("errors", "How errors of the encoding are handled; None here.")};

constexpr unsigned long StreamFlags = type_flag::BaseType | type_flag::Gc;

} // namespace

Result<Ref<Object>> iobase_readline_generic(Thread& t, Borrowed<Object> self, intptr_t limit) {
    Ref<ByteArray> line = TRY(bytearray_from(t, {}));
    MaybeRef<Object> peek = TRY(get_attribute_optional(t, self, names::peek));
    Ref<Int> one = TRY(int_from(t, 1));
    while (limit < 0 || line->size < limit) {
        intptr_t want = 1;
        if (peek) {
            Ref<Object> ahead = TRY(call(t, Borrowed<Object>(peek.get()), one));
            if (!is<Bytes>(ahead.get())) return raise(t, exc::OSError, "peek() should have returned a bytes object, not '%.200T'", ahead);
            auto view = static_cast<Bytes*>(ahead.get())->view();
            if (limit >= 0) view = view.substr(0, static_cast<size_t>(limit - line->size));
            if (!view.empty()) {
                size_t end = view.find('\n');
                want = static_cast<intptr_t>(end == std::string_view::npos ? view.size() : end + 1);
            }
        }
        Ref<Int> size = TRY(int_from(t, want));
        Ref<Object> data = TRY(call_method(t, self, names::read, size));
        if (!is<Bytes>(data.get())) return raise(t, exc::OSError, "read() should have returned a bytes object, not '%.200T'", data);
        auto view = static_cast<Bytes*>(data.get())->view();
        if (view.empty()) break;
        (void)TRY(call_method(t, line, names::extend, data));
        if (view.back() == '\n') break;
    }
    return bytes_from(t, line->view());
}

#define STREAM_OFFSETS .weaklist_offset = offsetof(IOBase, weaklist), .dict_offset = offsetof(IOBase, dict)
const TypeSpec iobase_spec = {.type = &IOBase::s_type,
                              .name = "_io._IOBase",
                              .basicsize = sizeof(IOBase),
                              .flags = StreamFlags,
                              .doc = "The abstract base class for all I/O classes.",
                              .slots = iobase_slots,
                              .methods = iobase_methods,
                              .getset = iobase_getset,
                              STREAM_OFFSETS};
const TypeSpec raw_iobase_spec = {.type = &RawIOBase::s_type,
                                  .name = "_io._RawIOBase",
                                  .base = &IOBase::s_type,
                                  .basicsize = sizeof(IOBase),
                                  .flags = StreamFlags,
                                  .doc = "Base class for raw binary I/O.",
                                  .methods = raw_methods};
const TypeSpec buffered_iobase_spec = {.type = &BufferedIOBase::s_type,
                                       .name = "_io._BufferedIOBase",
                                       .base = &IOBase::s_type,
                                       .basicsize = sizeof(IOBase),
                                       .flags = StreamFlags,
                                       .doc = "Base class for buffered IO objects.",
                                       .methods = buffered_methods};
const TypeSpec text_iobase_spec = {.type = &TextIOBase::s_type,
                                   .name = "_io._TextIOBase",
                                   .base = &IOBase::s_type,
                                   .basicsize = sizeof(IOBase),
                                   .flags = StreamFlags,
                                   .doc = "Base class for text I/O.",
                                   .methods = text_methods,
                                   .getset = text_getset};

} // namespace taipan::io
