// The classes of _io. Every stream is an IOBase; raw streams talk to the system, buffered ones to a raw stream, text ones
// to a buffered stream. Streams call each other through Python methods unless the other is exactly the native class.
#pragma once

#include "modules/system_calls.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/str.h"
#include "objects/type_spec.h"
#include "runtime/lock.h"

namespace taipan::io {

constexpr intptr_t DefaultBufferSize = 128 * 1024;

/// The lock of a stream. Unlike a critical section it stays with its thread while the system reads or writes, so that a
/// line or a chunk is one operation. What a thread that is not in the child of a fork held is given up there.
class StreamLock {
public:
    bool is_mine() {
        renew_after_fork();
        return m_owner.load(std::memory_order_relaxed) == thread_pointer();
    }
    void lock() {
        renew_after_fork();
        m_mutex.lock();
        m_owner.store(thread_pointer(), std::memory_order_relaxed);
    }
    bool try_lock() {
        renew_after_fork();
        if (!m_mutex.try_lock()) return false;
        m_owner.store(thread_pointer(), std::memory_order_relaxed);
        return true;
    }
    void unlock() {
        m_owner.store(0, std::memory_order_relaxed);
        m_mutex.unlock();
    }

    /// In the child of a fork.
    static void after_fork();

private:
    static std::atomic<uint32_t> s_forks;     // how many forks lie between this process and the first one
    static std::atomic<uintptr_t> s_survivor; // the thread that made the last one

    void renew_after_fork() {
        if (UNLIKELY(m_forks.load(std::memory_order_acquire) != s_forks.load(std::memory_order_relaxed))) renew();
    }
    void renew();

    Mutex m_mutex;
    std::atomic<uint32_t> m_forks;
    std::atomic<uintptr_t> m_owner;
};

struct IOBase : Object {
    Object *dict, *weaklist;
    static Type s_type;
};
struct RawIOBase : IOBase {
    static Type s_type;
};
struct BufferedIOBase : IOBase {
    static Type s_type;
};
struct TextIOBase : IOBase {
    static Type s_type;
};

struct FileIO : RawIOBase {
    int fd;
    bool created, is_readable, is_writable, appending, close_fd, finalizing;
    int8_t seek_state; // -1: not known
    int64_t block_size, size_at_open;
    static Type s_type;
};

struct BytesIO : BufferedIOBase {
    Bytes* bytes; // the contents, of which `size` bytes count; shared with getvalue() until written. Null: closed
    intptr_t size, position;
    int32_t exports;
    bool is_shared; // somebody else may hold `bytes`; only the owner of `bytes` could tell by its count
    static Type s_type;
};

/// Reader, writer and both. One block serves read-ahead or pending writes, never both at once: pending bytes are
/// [0, write_end), read-ahead is [position, read_end).
struct Buffered : BufferedIOBase {
    Object* raw;
    bool ok, detached, can_read, can_write, finalizing;
    int64_t raw_position; // -1: not known
    char* block;
    intptr_t block_size, position, read_end, write_end;
    StreamLock lock;
};
struct BufferedReader : Buffered {
    static Type s_type;
};
struct BufferedWriter : Buffered {
    static Type s_type;
};
struct BufferedRandom : Buffered {
    static Type s_type;
};
struct BufferedRWPair : BufferedIOBase {
    Object *reader, *writer;
    static Type s_type;
};

struct NewlineDecoder : Object {
    Object *decoder, *errors;
    bool ok, pending_cr, translate;
    uint8_t seen; // 1 \r, 2 \n, 4 \r\n
    static Type s_type;
};

extern const TypeSpec iobase_spec, raw_iobase_spec, buffered_iobase_spec, text_iobase_spec, fileio_spec, bytesio_spec, bytesio_buffer_spec,
    buffered_reader_spec, buffered_writer_spec, buffered_random_spec, buffered_rwpair_spec, newline_decoder_spec, stringio_spec,
    text_wrapper_spec;

/// Slots that every stream class shares.
void iobase_finalize(Object* self);
int iobase_traverse(IOBase* self, VisitFunc visit, void* context);
void iobase_clear(IOBase* self);
/// Starts a dealloc: false if the finalizer brought the object back.
bool iobase_dealloc_start(IOBase* self);

COLD Error raise_unsupported(Thread& t, const char* message);
/// The stream's `closed` attribute.
Result<bool> is_closed(Thread& t, Borrowed<Object> stream);
/// ValueError "I/O operation on closed file." if it is.
Result<void> check_closed(Thread& t, Borrowed<Object> stream);
Result<void> check_readable(Thread& t, Borrowed<Object> stream);
Result<void> check_writable(Thread& t, Borrowed<Object> stream);
Result<void> check_seekable(Thread& t, Borrowed<Object> stream);
/// An integer argument that may be None or missing (-1 then).
Result<intptr_t> optional_size(Thread& t, MaybeBorrowed<Object> size);
/// A file offset from any integer.
Result<int64_t> to_offset(Thread& t, Borrowed<Object> offset);
/// Moves the raised exception's context on: `first` (owned, may be null) was raised before.
Error chain_exceptions(Thread& t, MaybeRef<Object> first);
Result<Ref<Object>> iobase_readline_generic(Thread& t, Borrowed<Object> self, intptr_t limit);

// FileIO without the detour over Python methods.
Result<Ref<Object>> fileio_new(Thread& t, Borrowed<Object> name, std::string_view mode, bool close_fd, Object* opener);
/// Bytes read, 0 at the end, -1: would block.
Result<intptr_t> fileio_read_into(Thread& t, FileIO* self, char* data, intptr_t size);
Result<intptr_t> fileio_write_from(Thread& t, FileIO* self, const char* data, intptr_t size);
Result<int64_t> fileio_seek_to(Thread& t, FileIO* self, int64_t offset, int whence);
Result<Ref<Object>> buffered_new(Thread& t, Type& type, Borrowed<Object> raw, intptr_t size);
/// The next line of a buffered reader, without limit.
Result<Ref<Object>> buffered_read_line(Thread& t, Buffered* self, intptr_t limit);
Result<Ref<Object>> text_wrapper_new(Thread& t, Borrowed<Object> buffer, Borrowed<Object> encoding, Borrowed<Object> errors,
                                     Borrowed<Object> newline, bool line_buffering);
/// IncrementalNewlineDecoder.decode with an optional inner decoder.
Result<Ref<Object>> newline_decode(Thread& t, Borrowed<Object> decoder, Borrowed<Object> input, bool final);
Result<Ref<Str>> translate_newlines(Thread& t, NewlineDecoder* self, Ref<Str> text, bool final);
/// Where the line that starts at `start` ends (behind its terminator), or -1 with `*consumed` set to what was looked at.
struct NewlineMode {
    bool translate, universal;
    Str* newline; // null: universal
};
intptr_t find_line_end(const NewlineMode& mode, const Str* text, intptr_t start, intptr_t end, intptr_t* consumed);
Result<NewlineMode> newline_mode(Thread& t, Borrowed<Object> newline, bool quoted = false);

template <class T> Result<Ref<Object>> stream_alloc(Thread& t, Borrowed<Type> type, Args, Kwargs) {
    Ref<Object> object = TRY(allocate_object(t, *type));
    gc_track(object.get());
    return object;
}

} // namespace taipan::io
