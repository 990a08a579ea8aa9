// BufferedReader, BufferedWriter, BufferedRandom and BufferedRWPair. One lock a stream; a thread that comes back into its
// own stream (a signal handler, a raw stream's method) gets RuntimeError instead of a deadlock.
#include "modules/io/io.h"
#include "objects/list.h"
#include "objects/racy.h"
#include "objects/weakref.h"
#include "runtime/refcount.h"

#include <algorithm>
#include <cstring>
#include <unistd.h>

namespace taipan::io {

Type BufferedReader::s_type, BufferedWriter::s_type, BufferedRandom::s_type, BufferedRWPair::s_type;

namespace {

class Entered {
public:
    Entered(Thread& t, Buffered* self) : m_self(self) {
        if (self->lock.is_mine()) {
            (void)raise(t, exc::RuntimeError, "reentrant call inside %R", static_cast<Object*>(self));
            m_self = nullptr;
            return;
        }
        if (UNLIKELY(is_finalizing(t)) && !lock_at_end(self)) return;
        if (!m_locked) self->lock.lock();
    }
    ~Entered() {
        if (!m_self || !m_holds) return;
        m_self->lock.unlock();
    }
    Entered(const Entered&) = delete;
    bool failed() const { return m_self == nullptr; }

private:
    /// A daemon thread may have stopped for good with the lock in its hands: after a second the stream is used without.
    bool lock_at_end(Buffered* self) {
        for (int i = 0; i < 1000; ++i) {
            if ((m_locked = self->lock.try_lock())) return true;
            usleep(1000);
        }
        m_holds = false;
        return false;
    }

    Buffered* m_self;
    bool m_locked = false, m_holds = true;
};
#define ENTER(t, self)                                                                                                                     \
    Entered entered(t, (self).get());                                                                                                      \
    if (entered.failed()) return Error {                                                                                                   \
        }

Result<void> check_ready(Thread& t, Buffered* self) {
    if (LIKELY(self->ok)) return {};
    if (self->detached) return raise(t, exc::ValueError, "raw stream has been detached");
    return raise(t, exc::ValueError, "I/O operation on uninitialized object");
}
Result<bool> raw_closed(Thread& t, Buffered* self) {
    if (self->raw->type == &FileIO::s_type) return load_relaxed(static_cast<FileIO*>(self->raw)->fd) < 0;
    return is_closed(t, Borrowed<Object>(self->raw));
}
Result<void> check_open(Thread& t, Buffered* self, const char* message) {
    TRY(check_ready(t, self));
    // Read-ahead that is still there can be handed out without asking the raw stream.
    if (!load_relaxed(self->block) || TRY(raw_closed(t, self))) return raise(t, exc::ValueError, "%s", message);
    return {};
}

Result<int64_t> raw_tell(Thread& t, Buffered* self) {
    int64_t position;
    if (self->raw->type == &FileIO::s_type) {
        position = TRY(fileio_seek_to(t, static_cast<FileIO*>(self->raw), 0, SEEK_CUR));
    } else {
        Ref<Object> result = TRY(call_method(t, Borrowed<Object>(self->raw), names::tell));
        position = TRY(to_int64(t, result));
    }
    if (position < 0) return raise(t, exc::OSError, "Raw stream returned invalid position %d", position);
    self->raw_position = position;
    return position;
}
Result<int64_t> raw_seek(Thread& t, Buffered* self, int64_t offset, int whence) {
    int64_t position;
    self->raw_position = -1;
    if (self->raw->type == &FileIO::s_type) {
        position = TRY(fileio_seek_to(t, static_cast<FileIO*>(self->raw), offset, whence));
    } else {
        Ref<Int> where = TRY(int_from(t, offset)), how = TRY(int_from(t, whence));
        Ref<Object> result = TRY(call_method(t, Borrowed<Object>(self->raw), names::seek, where, how));
        position = TRY(to_int64(t, result));
    }
    if (position < 0) return raise(t, exc::OSError, "Raw stream returned invalid position %d", position);
    self->raw_position = position;
    return position;
}

/// Bytes read; 0: end of file; -1: would block.
Result<intptr_t> raw_read(Thread& t, Buffered* self, char* data, intptr_t size) {
    intptr_t n;
    if (LIKELY(self->raw->type == &FileIO::s_type)) {
        n = TRY(fileio_read_into(t, static_cast<FileIO*>(self->raw), data, size));
    } else {
        Ref<Int> count_object = TRY(int_from(t, size));
        Ref<Object> view = TRY(call(t, Borrowed<Object>(&ByteArray::s_type), count_object));
        MaybeRef<Object> result;
        for (;;) {
            auto read = call_method(t, Borrowed<Object>(self->raw), names::readinto, view);
            if (read.is_error()) {
                if (!clear_if(t, exc::InterruptedError)) return Error{};
                TRY(poll(t));
                continue;
            }
            result = read.take();
            break;
        }
        if (is_none(result.get())) return intptr_t{-1};
        auto count = to_index_size(t, result.take(), exc::ValueError);
        if (count.is_error()) {
            MaybeRef<Object> cause = t.take_exception();
            (void)raise(t, exc::OSError, "raw readinto() failed");
            if (t.exception && t.exception->type == &exc::OSError) static_cast<BaseException*>(t.exception)->cause = cause.release();
            return Error{};
        }
        n = count.take();
        auto* filled = static_cast<ByteArray*>(view.get());
        if (n > 0 && n <= size && n <= filled->size) memcpy(data, filled->start, static_cast<size_t>(n));
        if (n < 0 || n > size)
            return raise(t, exc::OSError, "raw readinto() returned invalid length %d (should have been between 0 and %d)", n, size);
    }
    if (n > 0 && self->raw_position >= 0) self->raw_position += n;
    return n;
}
/// Bytes written; -1: would block.
Result<intptr_t> raw_write(Thread& t, Buffered* self, const char* data, intptr_t size) {
    intptr_t n;
    if (LIKELY(self->raw->type == &FileIO::s_type)) {
        n = TRY(fileio_write_from(t, static_cast<FileIO*>(self->raw), data, size));
    } else {
        Ref<Bytes> view = TRY(bytes_from(t, {data, static_cast<size_t>(size)}));
        MaybeRef<Object> result;
        for (;;) {
            auto written = call_method(t, Borrowed<Object>(self->raw), names::write, view);
            if (written.is_error()) {
                if (!clear_if(t, exc::InterruptedError)) return Error{};
                TRY(poll(t));
                continue;
            }
            result = written.take();
            break;
        }
        if (is_none(result.get())) return intptr_t{-1};
        n = TRY(to_index_size(t, result.take(), exc::ValueError));
        if (n < 0 || n > size)
            return raise(t, exc::OSError, "raw write() returned invalid length %d (should have been between 0 and %d)", n, size);
    }
    if (n > 0 && self->raw_position >= 0) self->raw_position += n;
    return n;
}

Error raise_would_block(Thread& t, const char* message, int64_t written) {
    Ref<Int> number = TRY(int_from(t, EAGAIN)), count = TRY(int_from(t, written));
    Ref<Str> text = TRY(str_from_utf8(t, message));
    Ref<Object> error = TRY(call(t, Borrowed<Object>(&exc::BlockingIOError), number, text, count));
    return raise_instance(t, std::move(error));
}

intptr_t ahead(const Buffered* self) { return self->read_end - self->position; }
void drop_ahead(Buffered* self) { self->position = self->read_end = 0; }

/// Writes out what is pending; what could not be written moves to the front.
Result<void> flush_pending(Thread& t, Buffered* self) {
    intptr_t done = 0;
    auto run = [&]() -> Result<void> {
        while (done < self->write_end) {
            intptr_t n = TRY(raw_write(t, self, self->block + done, self->write_end - done));
            if (n < 0) return raise_would_block(t, "write could not complete without blocking", 0);
            done += n;
            if (done < self->write_end) TRY(poll(t));
        }
        return {};
    };
    Result<void> result = run();
    if (done > self->write_end) done = self->write_end; // the raw stream closed us meanwhile
    if (done && self->block) memmove(self->block, self->block + done, static_cast<size_t>(self->write_end - done));
    self->write_end -= done;
    return result;
}
/// Puts the raw stream where the user thinks it is.
Result<void> rewind_ahead(Thread& t, Buffered* self) {
    if (ahead(self) > 0) TRY(raw_seek(t, self, -ahead(self), SEEK_CUR));
    drop_ahead(self);
    return {};
}
Result<void> flush_and_rewind(Thread& t, Buffered* self) {
    TRY(flush_pending(t, self));
    if (self->can_read && self->can_write) TRY(rewind_ahead(t, self));
    return {};
}
Result<intptr_t> fill(Thread& t, Buffered* self) {
    if (self->position == self->read_end) drop_ahead(self);
    intptr_t n = TRY(raw_read(t, self, self->block + self->read_end, self->block_size - self->read_end));
    if (n > 0) self->read_end += n;
    return n;
}

Result<void> init(Thread& t, Buffered* self, Borrowed<Object> raw, intptr_t size, bool read, bool write) {
    self->ok = false;
    self->detached = false;
    if (read && write) TRY(check_seekable(t, raw));
    if (read) TRY(check_readable(t, raw));
    if (write) TRY(check_writable(t, raw));
    if (size <= 0) return raise(t, exc::ValueError, "buffer size must be strictly positive");
    char* block = static_cast<char*>(raw_alloc(static_cast<size_t>(size)));
    if (!block) return raise_memory_error(t);
    raw_free(std::exchange(self->block, block));
    self->block_size = size;
    self->position = self->read_end = self->write_end = 0;
    assign_field(self->raw, raw.share().release());
    self->can_read = read;
    self->can_write = write;
    self->raw_position = -1;
    self->ok = true;
    return {};
}
Result<void> reader_init(Thread& t, Borrowed<Buffered> self, Borrowed<Object> raw, Size size) {
    return init(t, self.get(), raw, size, true, false);
}
Result<void> writer_init(Thread& t, Borrowed<Buffered> self, Borrowed<Object> raw, Size size) {
    return init(t, self.get(), raw, size, false, true);
}
Result<void> random_init(Thread& t, Borrowed<Buffered> self, Borrowed<Object> raw, Size size) {
    return init(t, self.get(), raw, size, true, true);
}

int buffered_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Buffered*>(o);
    if (self->raw)
        if (int r = visit(self->raw, context)) return r;
    return iobase_traverse(self, visit, context);
}
int buffered_clear(Object* o) {
    auto* self = static_cast<Buffered*>(o);
    self->ok = false;
    clear_field(self->raw);
    iobase_clear(self);
    return 0;
}
void buffered_dealloc(Object* o) {
    auto* self = static_cast<Buffered*>(o);
    self->finalizing = true;
    if (!iobase_dealloc_start(self)) return;
    buffered_clear(o);
    raw_free(std::exchange(self->block, nullptr));
    o->type->free(o);
}

// Delegation to the raw stream
template <Str* const* Name> Result<Ref<Object>> delegate(Thread& t, Borrowed<Buffered> self) {
    TRY(check_ready(t, self.get()));
    return call_method(t, Borrowed<Object>(self->raw), *Name);
}
template <Str* const* Name> Result<Ref<Object>> delegate_attribute(Thread& t, Borrowed<Buffered> self) {
    TRY(check_ready(t, self.get()));
    return get_attribute(t, Borrowed<Object>(self->raw), *Name);
}

Result<Ref<Object>> simple_flush(Thread& t, Borrowed<Buffered> self) {
    TRY(check_ready(t, self.get()));
    return call_method(t, Borrowed<Object>(self->raw), names::flush);
}
Result<void> flush(Thread& t, Borrowed<Buffered> self) {
    TRY(check_open(t, self.get(), "flush of closed file"));
    ENTER(t, self);
    return flush_and_rewind(t, self.get());
}
Result<Ref<Object>> close(Thread& t, Borrowed<Buffered> self) {
    TRY(check_ready(t, self.get()));
    if (TRY(raw_closed(t, self.get()))) return none_ref();
    if (self->finalizing) {
        if (call_method(t, Borrowed<Object>(self->raw), names::_dealloc_warn, self).is_error()) t.clear_exception();
    }
    auto flushed = call_method(t, self, names::flush);
    MaybeRef<Object> first = flushed.is_error() ? t.take_exception() : MaybeRef<Object>();
    // Others that want to use the stream wait until the raw stream is closed, and then see that it is.
    ENTER(t, self);
    auto closed = call_method(t, Borrowed<Object>(self->raw), names::close);
    {
        char* block = self->block;
        store_relaxed(self->block, nullptr);
        raw_free(block);
        self->position = self->read_end = self->write_end = 0;
    }
    if (first || closed.is_error()) return chain_exceptions(t, std::move(first));
    return closed;
}
Result<Ref<Object>> detach(Thread& t, Borrowed<Buffered> self) {
    TRY(check_ready(t, self.get()));
    (void)TRY(call_method(t, self, names::flush));
    Object* raw = std::exchange(self->raw, nullptr);
    self->detached = true;
    self->ok = false;
    return Ref<Object>::steal(raw);
}
Result<Ref<Object>> dealloc_warn(Thread& t, Borrowed<Buffered> self, Borrowed<Object> source) {
    if (self->ok && self->raw)
        if (call_method(t, Borrowed<Object>(self->raw), names::_dealloc_warn, source).is_error()) t.clear_exception();
    return none_ref();
}
Result<Ref<Object>> closed(Thread& t, Borrowed<Buffered> self) {
    TRY(check_ready(t, self.get()));
    return get_attribute(t, Borrowed<Object>(self->raw), names::closed);
}

Result<Ref<Object>> tell(Thread& t, Borrowed<Buffered> self) {
    TRY(check_ready(t, self.get()));
    ENTER(t, self);
    int64_t position = TRY(raw_tell(t, self.get()));
    position += self->write_end - ahead(self.get());
    return int_from(t, std::max<int64_t>(position, 0));
}
Result<Ref<Object>> seek(Thread& t, Borrowed<Buffered> self, Borrowed<Object> target, int whence) {
    TRY(check_ready(t, self.get()));
    if ((whence < 0 || whence > 2)
#ifdef SEEK_HOLE
        && whence != SEEK_HOLE
#endif
#ifdef SEEK_DATA
        && whence != SEEK_DATA
#endif
    )
        return raise(t, exc::ValueError, "whence value %d unsupported", whence);
    TRY(check_open(t, self.get(), "seek of closed file"));
    TRY(check_seekable(t, Borrowed<Object>(self->raw)));
    int64_t offset = TRY(to_offset(t, target));
    ENTER(t, self);
    // Within the read-ahead nothing needs to move.
    if (whence != 2 && self->can_read && whence <= 1 && self->write_end == 0) {
        int64_t raw_at = self->raw_position >= 0 ? self->raw_position : TRY(raw_tell(t, self.get()));
        int64_t here = raw_at - ahead(self.get());
        int64_t relative = whence == 0 ? offset - here : offset;
        if (relative >= -self->position && relative <= ahead(self.get()) && ahead(self.get()) > 0) {
            self->position += relative;
            return int_from(t, std::max<int64_t>(here + relative, 0));
        }
    }
    TRY(flush_pending(t, self.get()));
    if (whence == 1) offset -= ahead(self.get());
    int64_t position = TRY(raw_seek(t, self.get(), offset, whence));
    drop_ahead(self.get());
    return int_from(t, position);
}
Result<Ref<Object>> truncate(Thread& t, Borrowed<Buffered> self, NoneOr<Object> size) {
    TRY(check_open(t, self.get(), "truncate of closed file"));
    if (!self->can_write) return raise_unsupported(t, "truncate");
    ENTER(t, self);
    TRY(flush_and_rewind(t, self.get()));
    Borrowed<Object> position = size ? size.value() : Borrowed<Object>(None());
    auto result = call_method(t, Borrowed<Object>(self->raw), names::truncate, position);
    self->raw_position = -1;
    return result;
}

// Reading
Result<Ref<Object>> read_all(Thread& t, Buffered* self) {
    std::string_view kept{self->block + self->position, static_cast<size_t>(ahead(self))};
    Ref<Bytes> start = TRY(bytes_from(t, kept));
    drop_ahead(self);
    if (self->can_write) TRY(flush_pending(t, self));
    MaybeRef<Object> readall = TRY(get_attribute_optional(t, Borrowed<Object>(self->raw), names::readall));
    if (readall) {
        Ref<Object> rest = TRY(call(t, readall.take()));
        self->raw_position = -1;
        if (is_none(rest.get())) {
            if (start->size) return start;
            return rest;
        }
        if (!is<Bytes>(rest.get())) return raise(t, exc::TypeError, "readall() should return bytes");
        if (start->size == 0) return rest;
        return bytes_concat(t, start->view(), static_cast<Bytes*>(rest.get())->view());
    }
    Ref<List> chunks = TRY(list_new(t));
    intptr_t total = start->size;
    if (start->size) TRY(list_append(t, chunks, start.share()));
    for (;;) {
        Ref<Object> data = TRY(call_method(t, Borrowed<Object>(self->raw), names::read));
        if (!is_none(data.get()) && !is<Bytes>(data.get())) return raise(t, exc::TypeError, "read() should return bytes");
        if (is_none(data.get()) || static_cast<Bytes*>(data.get())->size == 0) {
            if (total == 0) return data;
            Ref<Bytes> empty = bytes_empty();
            return call_method(t, empty, names::join, chunks);
        }
        total += static_cast<Bytes*>(data.get())->size;
        self->raw_position = -1;
        TRY(list_append(t, chunks, std::move(data)));
    }
}
/// Copies up to `size` bytes out; reads on until they are there, the end comes or reading would block (-1: nothing at all).
Result<intptr_t> read_into(Thread& t, Buffered* self, char* out, intptr_t size, bool once) {
    intptr_t done = std::min(ahead(self), size);
    memcpy(out, self->block + self->position, static_cast<size_t>(done));
    self->position += done;
    // With something to give, one call more is made only for what would not go through the block.
    if (done == size || (once && done > 0 && size - done <= self->block_size)) return done;
    if (self->can_write) TRY(flush_pending(t, self));
    drop_ahead(self);
    while (done < size) {
        intptr_t n, left = size - done;
        if (left >= self->block_size || (once && left > self->block_size)) {
            n = TRY(raw_read(t, self, out + done, once ? left : left - left % self->block_size));
            if (n > 0) done += n;
        } else {
            n = TRY(fill(t, self));
            if (n > 0) {
                intptr_t take = std::min(n, left);
                memcpy(out + done, self->block + self->position, static_cast<size_t>(take));
                self->position += take;
                done += take;
            }
        }
        if (n < 0 && done == 0) return intptr_t{-1};
        if (n <= 0 || once) break;
    }
    return done;
}
Result<Ref<Object>> read_some(Thread& t, Buffered* self, intptr_t size, bool once) {
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    intptr_t n = TRY(read_into(t, self, bytes->data, size, once));
    if (n < 0) return once ? Result<Ref<Object>>(bytes_empty()) : Result<Ref<Object>>(none_ref());
    if (n == size) return bytes;
    return bytes_from(t, {bytes->data, static_cast<size_t>(n)});
}
Result<Ref<Object>> read(Thread& t, Borrowed<Buffered> self, MaybeBorrowed<Object> size_object) {
    TRY(check_ready(t, self.get()));
    intptr_t size = TRY(optional_size(t, size_object));
    if (size < -1) return raise(t, exc::ValueError, "read length must be non-negative or -1");
    TRY(check_open(t, self.get(), "read of closed file"));
    ENTER(t, self);
    if (size == -1) return read_all(t, self.get());
    if (ahead(self.get()) >= size) {
        Ref<Bytes> bytes = TRY(bytes_from(t, {self->block + self->position, static_cast<size_t>(size)}));
        self->position += size;
        return bytes;
    }
    return read_some(t, self.get(), size, false);
}
Result<Ref<Object>> read1(Thread& t, Borrowed<Buffered> self, Size size_) {
    TRY(check_ready(t, self.get()));
    intptr_t size = size_ < 0 ? self->block_size : intptr_t{size_};
    TRY(check_open(t, self.get(), "read of closed file"));
    if (size == 0) return bytes_empty();
    ENTER(t, self);
    if (intptr_t have = ahead(self.get()); have > 0) size = std::min(size, have);
    return read_some(t, self.get(), size, true);
}
template <bool Once> Result<Ref<Object>> readinto(Thread& t, Borrowed<Buffered> self, WritableBufferView& view) {
    TRY(check_open(t, self.get(), "readinto of closed file"));
    ENTER(t, self);
    if (view.buffer().len == 0) return int_from(t, 0);
    intptr_t n = TRY(read_into(t, self.get(), static_cast<char*>(view.buffer().buf), view.buffer().len, Once));
    if (n < 0) return Once ? Result<Ref<Object>>(int_from(t, 0)) : Result<Ref<Object>>(none_ref());
    return int_from(t, n);
}
Result<Ref<Object>> peek(Thread& t, Borrowed<Buffered> self, MaybeBorrowed<Object>) {
    TRY(check_open(t, self.get(), "peek of closed file"));
    ENTER(t, self);
    if (self->can_write) TRY(flush_pending(t, self.get()));
    if (ahead(self.get()) == 0) TRY(fill(t, self.get()));
    return bytes_from(t, {self->block + self->position, static_cast<size_t>(ahead(self.get()))});
}
Result<Ref<Object>> readline(Thread& t, Borrowed<Buffered> self, MaybeBorrowed<Object> size) {
    return buffered_read_line(t, self.get(), TRY(optional_size(t, size)));
}
ResultMaybe<Object> next(Thread& t, Borrowed<Buffered> self) {
    TRY(check_ready(t, self.get()));
    Type* type = self->type;
    Ref<Object> line = TRY(type == &BufferedReader::s_type || type == &BufferedRandom::s_type ? buffered_read_line(t, self.get(), -1)
                                                                                              : call_method(t, self, names::readline));
    if (type != &BufferedReader::s_type && type != &BufferedRandom::s_type && !is<Bytes>(line.get()))
        return raise(t, exc::OSError, "readline() should have returned a bytes object, not '%.200T'", line);
    if (static_cast<Bytes*>(line.get())->size == 0) return MaybeRef<Object>();
    return MaybeRef<Object>(std::move(line));
}

// Writing
Result<Ref<Object>> write(Thread& t, Borrowed<Buffered> self, BufferView& view) {
    TRY(check_ready(t, self.get()));
    ENTER(t, self);
    // Under the lock: another thread may have closed the file meanwhile.
    TRY(check_open(t, self.get(), "write to closed file"));
    if (self->can_read) TRY(rewind_ahead(t, self.get()));
    const char* data = view.view().data();
    intptr_t size = view.buffer().len;
    if (size <= self->block_size - self->write_end) {
        memcpy(self->block + self->write_end, data, static_cast<size_t>(size));
        self->write_end += size;
        return int_from(t, size);
    }
    if (flush_pending(t, self.get()).is_error()) {
        if (!exception_matches(t, exc::BlockingIOError)) return Error{};
        // The raw stream is full: keep as much as fits, and tell how much that was.
        t.clear_exception();
        intptr_t room = self->block_size - self->write_end;
        intptr_t kept = std::min(room, size);
        memcpy(self->block + self->write_end, data, static_cast<size_t>(kept));
        self->write_end += kept;
        if (kept == size) return int_from(t, size);
        return raise_would_block(t, "write could not complete without blocking", kept);
    }
    intptr_t done = 0;
    while (size - done > self->block_size) {
        intptr_t n = TRY(raw_write(t, self.get(), data + done, size - done));
        if (n < 0) {
            intptr_t kept = std::min(self->block_size, size - done);
            memcpy(self->block, data + done, static_cast<size_t>(kept));
            self->write_end = kept;
            done += kept;
            if (done == size) return int_from(t, size);
            return raise_would_block(t, "write could not complete without blocking", done);
        }
        done += n;
        TRY(poll(t));
    }
    memcpy(self->block, data + done, static_cast<size_t>(size - done));
    self->write_end = size - done;
    return int_from(t, size);
}

Result<Ref<Object>> buffered_repr(Thread& t, Borrowed<Buffered> self) {
    auto found = get_attribute_optional(t, self, names::name);
    MaybeRef<Object> name;
    if (found.is_error()) {
        if (!clear_if(t, exc::ValueError)) return Error{};
    } else {
        name = found.take();
    }
    if (!name) return str_format(t, "<%.100T>", self);
    if (TRY(repr_enter(t, self))) return raise(t, exc::RuntimeError, "reentrant call inside %s.__repr__", type_name(self.get()));
    auto text = str_format(t, "<%.100T name=%R>", self, name.get());
    repr_leave(t, self);
    return text;
}
Result<int64_t> size_of(Thread&, Borrowed<Buffered> self) { return self->type->basicsize + (self->block ? self->block_size : 0); }
Result<Ref<Object>> no_pickle(Thread& t, Borrowed<Object> self) {
    return raise(t, exc::TypeError, "cannot pickle '%.100T' instances", self);
}

#define COMMON_METHODS                                                                                                                     \
    method<detach>("detach", "($self, /)"), method<close>("close", "($self, /)"),                                                          \
        method<delegate<&names::seekable>>("seekable", "($self, /)"), method<delegate<&names::fileno>>("fileno", "($self, /)"),            \
        method<delegate<&names::isatty>>("isatty", "($self, /)"), method<dealloc_warn>("_dealloc_warn", "($self, source, /)"),             \
        method<seek>("seek", "($self, target, whence=0, /)"), method<tell>("tell", "($self, /)"),                                          \
        method<truncate>("truncate", "($self, pos=None, /)"), method<size_of>("__sizeof__", "($self, /)"),                                 \
        method<no_pickle>("__getstate__", "($self, /)")
#define READER_METHODS                                                                                                                     \
    method<delegate<&names::readable>>("readable", "($self, /)"), method<read>("read", "($self, size=-1, /)"),                             \
        method<peek>("peek", "($self, size=0, /)"), method<read1>("read1", "($self, size=-1, /)"),                                         \
        method<readinto<false>>("readinto", "($self, buffer, /)"), method<readinto<true>>("readinto1", "($self, buffer, /)"),              \
        method<readline>("readline", "($self, size=-1, /)")
#define WRITER_METHODS                                                                                                                     \
    method<delegate<&names::writable>>("writable", "($self, /)"), method<flush>("flush", "($self, /)"),                                    \
        method<write>("write", "($self, buffer, /)")
const NativeDef reader_methods[] = {COMMON_METHODS, READER_METHODS, method<simple_flush>("flush", "($self, /)")};
const NativeDef writer_methods[] = {COMMON_METHODS, WRITER_METHODS};
const NativeDef random_methods[] = {COMMON_METHODS, READER_METHODS, WRITER_METHODS};
const GetSetDef getset[] = {
    getter<closed>("closed"),
    getter<delegate_attribute<&names::name>>("name"),
    getter<delegate_attribute<&names::mode>>("mode"),
};
const MemberDef members[] = {
    {"raw", member_type::ObjectOrNone, offsetof(Buffered, raw), member_flag::ReadOnly, nullptr},
    {"_finalizing", member_type::Bool, offsetof(Buffered, finalizing), 0, nullptr},
};
#define COMMON_SLOTS                                                                                                                       \
    raw_slot(SlotId::tp_traverse, &buffered_traverse), raw_slot(SlotId::tp_clear, &buffered_clear),                                        \
        raw_slot(SlotId::tp_dealloc, &buffered_dealloc), unary_slot<SlotId::tp_repr, buffered_repr>()
const SlotDef reader_slots[] = {COMMON_SLOTS, unary_slot<SlotId::tp_iternext, next>(),
                                typed_init<reader_init, "BufferedReader", "(raw, buffer_size=131072)">()};
const SlotDef writer_slots[] = {COMMON_SLOTS, typed_init<writer_init, "BufferedWriter", "(raw, buffer_size=131072)">()};
const SlotDef random_slots[] = {COMMON_SLOTS, unary_slot<SlotId::tp_iternext, next>(),
                                typed_init<random_init, "BufferedRandom", "(raw, buffer_size=131072)">()};

// BufferedRWPair
Result<void> pair_init(Thread& t, Borrowed<BufferedRWPair> self, Borrowed<Object> reader, Borrowed<Object> writer, Size size) {
    TRY(check_readable(t, reader));
    TRY(check_writable(t, writer));
    assign_field(self->reader, TRY(buffered_new(t, BufferedReader::s_type, reader, size)).release());
    assign_field(self->writer, TRY(buffered_new(t, BufferedWriter::s_type, writer, size)).release());
    return {};
}
enum class Side { Reader, Writer };
template <Side side, Str* const* Name> Result<Ref<Object>> forward(Thread& t, Borrowed<BufferedRWPair> self, Args args) {
    Object* target = side == Side::Reader ? self->reader : self->writer;
    if (!target) return raise(t, exc::ValueError, "I/O operation on uninitialized object");
    Ref<Object> bound = TRY(get_attribute(t, Borrowed<Object>(target), *Name));
    return vectorcall(t, bound, args.data, args.count, nullptr);
}
Result<Ref<Object>> pair_close(Thread& t, Borrowed<BufferedRWPair> self) {
    auto written = forward<Side::Writer, &names::close>(t, self, Args{nullptr, 0});
    MaybeRef<Object> first = written.is_error() ? t.take_exception() : MaybeRef<Object>();
    auto read = forward<Side::Reader, &names::close>(t, self, Args{nullptr, 0});
    if (first || read.is_error()) return chain_exceptions(t, std::move(first));
    return read;
}
Result<Ref<Object>> pair_isatty(Thread& t, Borrowed<BufferedRWPair> self) {
    Ref<Object> writer = TRY((forward<Side::Writer, &names::isatty>(t, self, Args{nullptr, 0})));
    if (writer.get() != False()) return writer;
    return forward<Side::Reader, &names::isatty>(t, self, Args{nullptr, 0});
}
Result<Ref<Object>> pair_closed(Thread& t, Borrowed<BufferedRWPair> self) {
    if (!self->writer) return raise(t, exc::RuntimeError, "the BufferedRWPair object is being garbage-collected");
    return get_attribute(t, Borrowed<Object>(self->writer), names::closed);
}
int pair_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<BufferedRWPair*>(o);
    if (self->reader)
        if (int r = visit(self->reader, context)) return r;
    if (self->writer)
        if (int r = visit(self->writer, context)) return r;
    return iobase_traverse(self, visit, context);
}
int pair_clear(Object* o) {
    auto* self = static_cast<BufferedRWPair*>(o);
    clear_field(self->reader);
    clear_field(self->writer);
    iobase_clear(self);
    return 0;
}
void pair_dealloc(Object* o) {
    if (!iobase_dealloc_start(static_cast<IOBase*>(o))) return;
    pair_clear(o);
    o->type->free(o);
}
#define FORWARD(side, name) method<forward<Side::side, &names::name>>(#name, "($self, *args)")
#define FORWARD_ASKING(side, name) method<forward<Side::side, &names::name>>(#name, "($self, /)")
const NativeDef pair_methods[] = {
    FORWARD(Reader, read),
    FORWARD(Reader, peek),
    FORWARD(Reader, read1),
    FORWARD(Reader, readinto),
    FORWARD(Reader, readinto1),
    FORWARD(Writer, write),
    FORWARD_ASKING(Writer, flush),
    FORWARD_ASKING(Reader, readable),
    FORWARD_ASKING(Writer, writable),
    method<pair_close>("close", "($self, /)"),
    method<pair_isatty>("isatty", "($self, /)"),
};
const GetSetDef pair_getset[] = {getter<pair_closed>("closed")};
const SlotDef pair_slots[] = {
    raw_slot(SlotId::tp_traverse, &pair_traverse),
    raw_slot(SlotId::tp_clear, &pair_clear),
    raw_slot(SlotId::tp_dealloc, &pair_dealloc),
    typed_init<pair_init, "BufferedRWPair", "(reader, writer, buffer_size=131072, /)">(),
};

} // namespace

Result<Ref<Object>> buffered_read_line(Thread& t, Buffered* self, intptr_t limit) {
    TRY(check_open(t, self, "readline of closed file"));
    Entered entered(t, self);
    if (entered.failed()) return Error{};
    auto search = [&](intptr_t have) -> intptr_t { // length of the line in the block, or -1
        const char* start = self->block + self->position;
        auto* end = static_cast<const char*>(memchr(start, '\n', static_cast<size_t>(have)));
        return end ? end - start + 1 : -1;
    };
    auto take = [&](intptr_t n) {
        std::string_view view{self->block + self->position, static_cast<size_t>(n)};
        self->position += n;
        return view;
    };
    intptr_t have = limit >= 0 ? std::min(ahead(self), limit) : ahead(self);
    intptr_t found = search(have);
    if (found >= 0) return bytes_from(t, take(found));
    if (have == limit) return bytes_from(t, take(have));
    if (self->can_write) TRY(flush_pending(t, self));
    Ref<ByteArray> line = TRY(bytearray_from(t, take(have)));
    if (limit >= 0) limit -= have;
    for (;;) {
        drop_ahead(self);
        intptr_t n = TRY(fill(t, self));
        if (n <= 0) break;
        have = limit >= 0 ? std::min(n, limit) : n;
        found = search(have);
        intptr_t used = found >= 0 ? found : have;
        if (line->size == 0 && (found >= 0 || have == limit)) return bytes_from(t, take(used));
        Ref<Bytes> part = TRY(bytes_from(t, take(used)));
        (void)TRY(call_method(t, line, names::extend, part));
        if (found >= 0 || have == limit) break;
        if (limit >= 0) limit -= have;
    }
    return bytes_from(t, line->view());
}

Result<Ref<Object>> buffered_new(Thread& t, Type& type, Borrowed<Object> raw, intptr_t size) {
    Ref<Object> object = TRY(allocate_object(t, type));
    gc_track(object.get());
    TRY(init(t, static_cast<Buffered*>(object.get()), raw, size, &type != &BufferedWriter::s_type, &type != &BufferedReader::s_type));
    return object;
}

constexpr unsigned long StreamFlags = type_flag::BaseType | type_flag::Gc;
const TypeSpec buffered_reader_spec = {.type = &BufferedReader::s_type,
                                       .name = "_io.BufferedReader",
                                       .base = &BufferedIOBase::s_type,
                                       .basicsize = sizeof(BufferedReader),
                                       .flags = StreamFlags,
                                       .doc = "Reads from raw, a readable RawIOBase, through a buffer of buffer_size bytes.",
                                       .signature = "(raw, buffer_size=131072)",
                                       .slots = reader_slots,
                                       .methods = reader_methods,
                                       .getset = getset,
                                       .members = members};
const TypeSpec buffered_writer_spec = {.type = &BufferedWriter::s_type,
                                       .name = "_io.BufferedWriter",
                                       .base = &BufferedIOBase::s_type,
                                       .basicsize = sizeof(BufferedWriter),
                                       .flags = StreamFlags,
                                       .doc = "A buffer for a writeable sequential RawIO object.",
                                       .signature = "(raw, buffer_size=131072)",
                                       .slots = writer_slots,
                                       .methods = writer_methods,
                                       .getset = getset,
                                       .members = members};
const TypeSpec buffered_random_spec = {.type = &BufferedRandom::s_type,
                                       .name = "_io.BufferedRandom",
                                       .base = &BufferedIOBase::s_type,
                                       .basicsize = sizeof(BufferedRandom),
                                       .flags = StreamFlags,
                                       .doc = "A buffered interface to random access streams.",
                                       .signature = "(raw, buffer_size=131072)",
                                       .slots = random_slots,
                                       .methods = random_methods,
                                       .getset = getset,
                                       .members = members};
const TypeSpec buffered_rwpair_spec = {.type = &BufferedRWPair::s_type,
                                       .name = "_io.BufferedRWPair",
                                       .base = &BufferedIOBase::s_type,
                                       .basicsize = sizeof(BufferedRWPair),
                                       .flags = StreamFlags,
                                       .doc = "A buffered reader and writer object together.",
                                       .signature = "(reader, writer, buffer_size=131072, /)",
                                       .slots = pair_slots,
                                       .methods = pair_methods,
                                       .getset = pair_getset};

} // namespace taipan::io
