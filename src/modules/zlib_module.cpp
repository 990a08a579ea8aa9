// zlib: compression by libz. The stream of an object is guarded by the object's own mutex, so that its work can go on
// detached; buffers are acquired before the mutex is taken.
#include "modules/compression/output_buffer.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/int.h"
#include "objects/module.h"

#include <climits>
#include <zlib.h>

namespace taipan {

namespace zlib {

using compression::OutputBuffer;
using compression::PendingInput;

/// Compress and Decompress objects.
struct Stream : Object {
    z_stream stream;
    Mutex lock;
    bool initialised, eof;
    Bytes *unused_data, *unconsumed_tail;
    Object* dictionary; // bytes-like, or null
};
struct Compress : Stream {
    static Type s_type;
};
struct Decompress : Stream {
    static Type s_type;
};
struct ZlibDecompressor : Object {
    z_stream stream;
    Mutex lock;
    bool initialised;
    char eof, needs_input;
    Object *unused_data, *dictionary;
    PendingInput pending;
    static Type s_type;
};
Type Compress::s_type, Decompress::s_type, ZlibDecompressor::s_type;

namespace {

constexpr size_t DetachSize = 5 * 1024;
constexpr const char* OutOfMemory = "Can't allocate memory for %s object";

template <class... A> COLD Error fail(Thread& t, const char* format, const A&... args) {
    Ref<Object> type = TRY(import_attribute(t, "zlib", "error"));
    if (!is<Type>(type.get())) return raise(t, exc::ValueError, format, args...);
    return raise(t, *static_cast<Type*>(type.get()), format, args...);
}
COLD Error stream_error(Thread& t, const z_stream& stream, int code, const char* what) {
    const char* text = code == Z_VERSION_ERROR ? "library version mismatch" : stream.msg;
    if (!text) {
        switch (code) {
        case Z_BUF_ERROR: text = "incomplete or truncated stream"; break;
        case Z_STREAM_ERROR: text = "inconsistent stream state"; break;
        case Z_DATA_ERROR: text = "invalid input data"; break;
        default: break;
        }
    }
    if (!text) return fail(t, "Error %d %s", code, what);
    return fail(t, "Error %d %s: %.200s", code, what, std::string_view(text).substr(0, 200));
}

/// A length given in Python.
Result<intptr_t> size_argument(Thread& t, MaybeBorrowed<Object> object, intptr_t fallback) {
    if (!object) return fallback;
    Ref<Int> number = TRY(to_index(t, object.value()));
    int64_t value;
    if (!int_fits_int64(number.get(), &value)) return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
    return static_cast<intptr_t>(value);
}

/// Hands `input` to the compressor and ends with `flush`. The last code of deflate, or Z_MEM_ERROR.
int deflate_all(z_stream& s, std::string_view input, OutputBuffer& out, int flush) {
    s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    size_t rest = input.size();
    int code;
    do {
        s.avail_in = static_cast<uInt>(rest < UINT_MAX ? rest : UINT_MAX);
        rest -= s.avail_in;
        do {
            if (!out.grow()) return Z_MEM_ERROR;
            uInt room = static_cast<uInt>(out.room() < UINT_MAX ? out.room() : UINT_MAX);
            s.next_out = out.end();
            s.avail_out = room;
            code = deflate(&s, rest ? Z_NO_FLUSH : flush);
            out.advance(room - s.avail_out);
            if (code == Z_STREAM_ERROR) return code;
        } while (s.avail_out == 0);
    } while (rest);
    return code;
}
struct InflateResult {
    int code;
    bool dictionary_failed;
    std::string_view rest;
};
/// Decompresses until the input or the output's room is used up, or the stream ends. `flush` Z_SYNC_FLUSH or Z_FINISH.
InflateResult inflate_all(z_stream& s, std::string_view input, OutputBuffer& out, const BufferView* dictionary, int flush) {
    s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    size_t rest = input.size();
    int code = Z_OK;
    auto left = [&](int code, bool failed = false) {
        std::string_view tail(reinterpret_cast<char*>(s.next_in), s.avail_in + rest);
        if (input.empty()) tail = {};
        s.next_in = nullptr;
        s.avail_in = 0;
        return InflateResult{code, failed, tail};
    };
    do {
        s.avail_in = static_cast<uInt>(rest < UINT_MAX ? rest : UINT_MAX);
        rest -= s.avail_in;
        do {
            if (!out.grow()) return left(Z_MEM_ERROR);
            if (out.room() == 0) return left(code); // the limit is reached
            uInt room = static_cast<uInt>(out.room() < UINT_MAX ? out.room() : UINT_MAX);
            s.next_out = out.end();
            s.avail_out = room;
            code = inflate(&s, rest ? Z_SYNC_FLUSH : flush);
            out.advance(room - s.avail_out);
            if (code == Z_NEED_DICT && dictionary) {
                int set = inflateSetDictionary(&s, dictionary->data(), static_cast<uInt>(dictionary->size()));
                if (set != Z_OK) return left(set, true);
                continue;
            }
            if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) return left(code);
        } while (code != Z_STREAM_END && (s.avail_out == 0 || code == Z_NEED_DICT));
    } while (code != Z_STREAM_END && rest);
    return left(code);
}
/// Runs `work` detached, unless it is too little for that.
template <class F> auto run_detached(Thread& t, size_t size, F work) {
    if (size < DetachSize && !is_multi_threaded()) return work();
    Detached detached(t);
    return work();
}

Result<Ref<Bytes>> compress(Thread& t, const BufferView& data, int level, int wbits) {
    z_stream s{};
    int code = deflateInit2(&s, level, Z_DEFLATED, wbits, 8, Z_DEFAULT_STRATEGY);
    if (code == Z_MEM_ERROR) return raise(t, exc::MemoryError, "Out of memory while compressing data");
    if (code == Z_STREAM_ERROR) return fail(t, "Bad compression level");
    if (code != Z_OK) {
        deflateEnd(&s);
        return stream_error(t, s, code, "while compressing data");
    }
    OutputBuffer out;
    code = run_detached(t, data.size(), [&] { return deflate_all(s, data.view(), out, Z_FINISH); });
    if (code == Z_MEM_ERROR) {
        deflateEnd(&s);
        return raise_memory_error(t);
    }
    if (code != Z_STREAM_END) {
        Error error = stream_error(t, s, code, "while compressing data");
        deflateEnd(&s);
        return error;
    }
    code = deflateEnd(&s);
    if (code != Z_OK) return stream_error(t, s, code, "while finishing compression");
    return out.finish(t);
}
Result<Ref<Bytes>> decompress(Thread& t, const BufferView& data, int wbits, MaybeBorrowed<Object> bufsize) {
    intptr_t size_hint = TRY(size_argument(t, bufsize, 16384));
    if (size_hint < 0) return raise(t, exc::ValueError, "bufsize must be non-negative");
    z_stream s{};
    int code = inflateInit2(&s, wbits);
    if (code == Z_MEM_ERROR) return raise(t, exc::MemoryError, "Out of memory while decompressing data");
    if (code != Z_OK) {
        inflateEnd(&s);
        return stream_error(t, s, code, "while preparing to decompress data");
    }
    OutputBuffer out(-1, size_hint ? static_cast<size_t>(size_hint) : 1);
    InflateResult result = run_detached(t, data.size(), [&] { return inflate_all(s, data.view(), out, nullptr, Z_SYNC_FLUSH); });
    if (result.code == Z_MEM_ERROR) {
        inflateEnd(&s);
        return raise(t, exc::MemoryError, "Out of memory while decompressing data");
    }
    if (result.code != Z_STREAM_END) {
        if (result.code == Z_OK) result.code = Z_BUF_ERROR;
        Error error = stream_error(t, s, result.code, "while decompressing data");
        inflateEnd(&s);
        return error;
    }
    code = inflateEnd(&s);
    if (code != Z_OK) return stream_error(t, s, code, "while finishing decompression");
    return out.finish(t);
}

template <class T> Result<Ref<T>> new_stream(Thread& t) {
    Ref<T> self = TRY(allocate<T>(t));
    self->unused_data = bytes_empty().release();
    self->unconsumed_tail = bytes_empty().release();
    return self;
}
Result<Ref<Object>> compressobj(Thread& t, int level, int method, int wbits, int memory_level, int strategy, const BufferView& dictionary) {
    bool has_dictionary = const_cast<BufferView&>(dictionary).buffer().obj != nullptr;
    if (has_dictionary && dictionary.size() > UINT_MAX) return raise(t, exc::OverflowError, "zdict length does not fit in an unsigned int");
    Ref<Compress> self = TRY(new_stream<Compress>(t));
    int code = deflateInit2(&self->stream, level, method, wbits, memory_level, strategy);
    if (code == Z_MEM_ERROR) return raise(t, exc::MemoryError, OutOfMemory, "compression");
    if (code == Z_STREAM_ERROR) return raise(t, exc::ValueError, "Invalid initialization option");
    if (code != Z_OK) return stream_error(t, self->stream, code, "while creating compression object");
    self->initialised = true;
    if (!has_dictionary) return self;
    code = deflateSetDictionary(&self->stream, dictionary.data(), static_cast<uInt>(dictionary.size()));
    if (code == Z_STREAM_ERROR) return raise(t, exc::ValueError, "Invalid dictionary");
    if (code != Z_OK) return raise(t, exc::ValueError, "deflateSetDictionary()");
    return self;
}
/// Raw deflate streams do not say that they need their dictionary: it is set at once.
Result<void> set_dictionary(Thread& t, z_stream& stream, Object* dictionary) {
    BufferView view;
    TRY(view.acquire(t, dictionary));
    if (view.size() > UINT_MAX) return raise(t, exc::OverflowError, "zdict length does not fit in an unsigned int");
    int code = inflateSetDictionary(&stream, view.data(), static_cast<uInt>(view.size()));
    if (code != Z_OK) return stream_error(t, stream, code, "while setting zdict");
    return {};
}
Result<void> begin_inflate(Thread& t, z_stream& stream, bool& initialised, Object*& kept, int wbits, Object* dictionary) {
    if (dictionary && !has_buffer(dictionary)) return raise(t, exc::TypeError, "zdict argument must support the buffer protocol");
    int code = inflateInit2(&stream, wbits);
    if (code == Z_MEM_ERROR) return raise(t, exc::MemoryError, OutOfMemory, "decompression");
    if (code == Z_STREAM_ERROR) return raise(t, exc::ValueError, "Invalid initialization option");
    if (code != Z_OK) return stream_error(t, stream, code, "while creating decompression object");
    initialised = true;
    if (!dictionary) return {};
    kept = acquire(dictionary).release();
    if (wbits < 0) TRY(set_dictionary(t, stream, dictionary));
    return {};
}
Result<Ref<Object>> decompressobj(Thread& t, int wbits, MaybeBorrowed<Object> dictionary) {
    if (dictionary && !has_buffer(dictionary.get())) return raise(t, exc::TypeError, "zdict argument must support the buffer protocol");
    Ref<Decompress> self = TRY(new_stream<Decompress>(t));
    TRY(begin_inflate(t, self->stream, self->initialised, self->dictionary, wbits, dictionary.get()));
    return self;
}

void drop_fields(Stream* self) {
    xdecref(self->unused_data);
    xdecref(self->unconsumed_tail);
    xdecref(self->dictionary);
}
void compress_dealloc(Object* o) {
    auto* self = static_cast<Compress*>(o);
    if (self->initialised) deflateEnd(&self->stream);
    drop_fields(self);
    o->type->free(o);
}
void decompress_dealloc(Object* o) {
    auto* self = static_cast<Decompress*>(o);
    if (self->initialised) inflateEnd(&self->stream);
    drop_fields(self);
    o->type->free(o);
}

Result<Ref<Bytes>> compress_data(Thread& t, Borrowed<Compress> self, const BufferView& data) {
    OutputBuffer out;
    MutexLocker locker(self->lock);
    int code = run_detached(t, data.size(), [&] { return deflate_all(self->stream, data.view(), out, Z_NO_FLUSH); });
    if (code == Z_MEM_ERROR) return raise_memory_error(t);
    if (code == Z_STREAM_ERROR) return stream_error(t, self->stream, code, "while compressing data");
    return out.finish(t);
}
Result<Ref<Bytes>> compress_flush(Thread& t, Borrowed<Compress> self, int mode) {
    if (mode == Z_NO_FLUSH) return bytes_empty();
    OutputBuffer out;
    MutexLocker locker(self->lock);
    int code = run_detached(t, DetachSize, [&] { return deflate_all(self->stream, {}, out, mode); });
    if (code == Z_MEM_ERROR) return raise_memory_error(t);
    if (code == Z_STREAM_ERROR) return stream_error(t, self->stream, code, "while flushing");
    if (code == Z_STREAM_END && mode == Z_FINISH) {
        code = deflateEnd(&self->stream);
        if (code != Z_OK) return stream_error(t, self->stream, code, "while finishing compression");
        self->initialised = false;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return stream_error(t, self->stream, code, "while flushing");
    }
    return out.finish(t);
}
template <class T> Result<Ref<Object>> copy(Thread& t, Borrowed<T> self) {
    constexpr bool compressing = std::same_as<T, Compress>;
    Ref<T> other = TRY(new_stream<T>(t));
    MutexLocker locker(self->lock);
    if (!self->initialised && compressing) return raise(t, exc::ValueError, "Inconsistent stream state");
    int code = compressing ? deflateCopy(&other->stream, &self->stream) : inflateCopy(&other->stream, &self->stream);
    constexpr const char* what = compressing ? "compression" : "decompression";
    if (code == Z_STREAM_ERROR) return raise(t, exc::ValueError, "Inconsistent stream state");
    if (code == Z_MEM_ERROR) return raise(t, exc::MemoryError, OutOfMemory, what);
    if (code != Z_OK)
        return stream_error(t, self->stream, code, compressing ? "while copying compression object" : "while copying decompression object");
    other->initialised = true;
    other->eof = self->eof;
    assign_field(other->unused_data, acquire(self->unused_data).release());
    assign_field(other->unconsumed_tail, acquire(self->unconsumed_tail).release());
    if (self->dictionary) other->dictionary = acquire(self->dictionary).release();
    return other;
}
template <class T> Result<Ref<Object>> deep_copy(Thread& t, Borrowed<T> self, Borrowed<Object>) { return copy<T>(t, self); }

/// The fields change under the lock, and readers of the attributes take it too.
Result<void> keep_rest(Thread& t, Borrowed<Decompress> self, const InflateResult& result) {
    if (result.code == Z_STREAM_END) {
        if (!result.rest.empty()) {
            assign_field(self->unused_data, TRY(bytes_concat(t, self->unused_data->view(), result.rest)).release());
        }
        assign_field(self->unconsumed_tail, bytes_empty().release());
        self->eof = true;
    } else if (self->unconsumed_tail->size || !result.rest.empty()) {
        assign_field(self->unconsumed_tail, TRY(bytes_from(t, result.rest)).release());
    }
    return {};
}
Result<void> finish_inflate(Thread& t, Borrowed<Decompress> self, const InflateResult& result) {
    if (result.code == Z_MEM_ERROR) return raise_memory_error(t);
    if (result.dictionary_failed) return stream_error(t, self->stream, result.code, "while setting zdict");
    return keep_rest(t, self, result);
}
Result<Ref<Bytes>> decompress_data(Thread& t, Borrowed<Decompress> self, const BufferView& data, MaybeBorrowed<Object> length) {
    intptr_t max_length = TRY(size_argument(t, length, 0));
    if (max_length < 0) return raise(t, exc::ValueError, "max_length must be non-negative");
    BufferView dictionary;
    if (self->dictionary) TRY(dictionary.acquire(t, self->dictionary));
    OutputBuffer out(max_length == 0 ? -1 : max_length);
    MutexLocker locker(self->lock);
    InflateResult result = run_detached(t, data.size(), [&] {
        return inflate_all(self->stream, data.view(), out, self->dictionary ? &dictionary : nullptr, Z_SYNC_FLUSH);
    });
    TRY(finish_inflate(t, self, result));
    if (result.code != Z_STREAM_END && result.code != Z_OK && result.code != Z_BUF_ERROR)
        return stream_error(t, self->stream, result.code, "while decompressing data");
    return out.finish(t);
}
Result<Ref<Bytes>> decompress_flush(Thread& t, Borrowed<Decompress> self, MaybeBorrowed<Object> size) {
    intptr_t length = TRY(size_argument(t, size, 16384));
    if (length <= 0) return raise(t, exc::ValueError, "length must be greater than zero");
    BufferView dictionary;
    if (self->dictionary) TRY(dictionary.acquire(t, self->dictionary));
    MutexLocker locker(self->lock);
    if (!self->initialised) return bytes_empty(); // flushed before
    OutputBuffer out(-1, static_cast<size_t>(length));
    Ref<Bytes> tail = acquire(self->unconsumed_tail);
    InflateResult result = run_detached(t, static_cast<size_t>(tail->size), [&] {
        return inflate_all(self->stream, tail->view(), out, self->dictionary ? &dictionary : nullptr, Z_FINISH);
    });
    TRY(finish_inflate(t, self, result));
    if (result.code != Z_STREAM_END && result.code != Z_OK && result.code != Z_BUF_ERROR)
        return stream_error(t, self->stream, result.code, "while decompressing data");
    if (result.code == Z_STREAM_END) {
        self->initialised = false;
        int code = inflateEnd(&self->stream);
        if (code != Z_OK) return stream_error(t, self->stream, code, "while finishing decompression");
    }
    return out.finish(t);
}
template <Bytes* Stream::* Field> Result<Ref<Object>> get_bytes(Thread&, Borrowed<Decompress> self) {
    MutexLocker locker(self->lock);
    return acquire<Object>(self.get()->*Field);
}
bool get_eof(Thread&, Borrowed<Decompress> self) {
    MutexLocker locker(self->lock);
    return self->eof;
}

// _ZlibDecompressor: what gzip and zipfile read with.

Result<Ref<Object>> decompressor_new(Thread& t, Borrowed<Type> type, int wbits, MaybeBorrowed<Object> dictionary) {
    Ref<ZlibDecompressor> self = TRY(allocate<ZlibDecompressor>(t, *type.get()));
    self->needs_input = 1;
    self->unused_data = bytes_empty().release();
    TRY(begin_inflate(t, self->stream, self->initialised, self->dictionary, wbits, dictionary.get()));
    return self;
}
void decompressor_dealloc(Object* o) {
    auto* self = static_cast<ZlibDecompressor*>(o);
    if (self->initialised) inflateEnd(&self->stream);
    self->pending.release();
    xdecref(self->unused_data);
    xdecref(self->dictionary);
    o->type->free(o);
}
Result<Ref<Bytes>> decompressor_decompress(Thread& t, Borrowed<ZlibDecompressor> self, const BufferView& data, Size max_length) {
    BufferView dictionary;
    if (self->dictionary) TRY(dictionary.acquire(t, self->dictionary));
    OutputBuffer out(max_length.value);
    MutexLocker locker(self->lock);
    if (self->eof) return raise(t, exc::EOFError, "End of stream already reached");
    std::string_view input = data.view();
    if (!self->pending.join(input)) return raise_memory_error(t);
    InflateResult result = run_detached(
        t, input.size(), [&] { return inflate_all(self->stream, input, out, self->dictionary ? &dictionary : nullptr, Z_SYNC_FLUSH); });
    if (result.code == Z_MEM_ERROR) return raise_memory_error(t);
    if (result.dictionary_failed) return stream_error(t, self->stream, result.code, "while setting zdict");
    if (result.code != Z_STREAM_END && result.code != Z_OK && result.code != Z_BUF_ERROR) {
        self->pending.drop();
        return stream_error(t, self->stream, result.code, "while decompressing data");
    }
    if (result.code == Z_STREAM_END) {
        self->eof = 1;
        self->needs_input = 0;
        if (!result.rest.empty()) assign_field(self->unused_data, static_cast<Object*>(TRY(bytes_from(t, result.rest)).release()));
        self->pending.drop();
    } else if (result.rest.empty()) {
        self->pending.drop();
        self->needs_input = !(max_length >= 0 && out.is_full());
    } else {
        self->needs_input = 0;
        if (!self->pending.keep(result.rest)) return raise_memory_error(t);
    }
    return out.finish(t);
}

// Checksums

/// The low 32 bits of an int, as its two's complement has them.
Result<uint32_t> low_bits(Thread& t, MaybeBorrowed<Object> value, uint32_t fallback) {
    if (!value) return fallback;
    Ref<Int> number = TRY(to_index(t, value.value()));
    uint32_t low = number->digits[0];
    if (number->digit_count() > 1) low |= number->digits[1] << Int::DigitBits;
    return number->is_zero() ? 0 : number->is_negative() ? 0 - low : low;
}
Result<uint64_t> crc32_(Thread& t, const BufferView& data, MaybeBorrowed<Object> value) {
    uint32_t start = TRY(low_bits(t, value, 0));
    return uint64_t{run_detached(t, data.size(), [&] { return static_cast<uint32_t>(crc32_z(start, data.data(), data.size())); })};
}
Result<uint64_t> adler32_(Thread& t, const BufferView& data, MaybeBorrowed<Object> value) {
    uint32_t start = TRY(low_bits(t, value, 1));
    return uint64_t{run_detached(t, data.size(), [&] { return static_cast<uint32_t>(adler32_z(start, data.data(), data.size())); })};
}

const NativeDef functions[] = {
    fn<adler32_>("adler32", "($module, data, value=1, /)", "The Adler-32 checksum of the data, going on from `value`."),
    fn<compress>("compress", "($module, data, /, level=-1, wbits=15)", "The data, compressed."),
    fn<compressobj>("compressobj", "($module, /, level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=<unrepresentable>)",
                    "An object that compresses a stream piece by piece."),
    fn<crc32_>("crc32", "($module, data, value=0, /)", "The CRC-32 of the data, going on from `value`."),
    fn<decompress>("decompress", "($module, data, /, wbits=15, bufsize=16384)", "The data, decompressed."),
    fn<decompressobj>("decompressobj", "($module, /, wbits=15, zdict=b'')", "An object that decompresses a stream piece by piece."),
};
const NativeDef compress_methods[] = {
    method<compress_data>("compress", "($self, data, /)", "What can be written of the compressed data so far."),
    method<compress_flush>("flush", "($self, mode=4, /)", "What is left of the compressed data."),
    method<copy<Compress>>("copy", "($self, /)", "A copy of the compression object."),
    method<copy<Compress>>("__copy__", "($self, /)"),
    method<deep_copy<Compress>>("__deepcopy__", "($self, memo, /)"),
};
const NativeDef decompress_methods[] = {
    method<decompress_data>("decompress", "($self, data, /, max_length=0)", "The next part of the decompressed data."),
    method<decompress_flush>("flush", "($self, length=16384, /)", "What is left of the decompressed data."),
    method<copy<Decompress>>("copy", "($self, /)", "A copy of the decompression object."),
    method<copy<Decompress>>("__copy__", "($self, /)"),
    method<deep_copy<Decompress>>("__deepcopy__", "($self, memo, /)"),
};
const GetSetDef decompress_getset[] = {
    getter<get_bytes<&Stream::unused_data>>("unused_data"),
    getter<get_bytes<&Stream::unconsumed_tail>>("unconsumed_tail"),
    getter<get_eof>("eof"),
};
const NativeDef decompressor_methods[] = {
    method<decompressor_decompress>("decompress", "($self, /, data, max_length=-1)",
                                    "At most max_length bytes of decompressed data; input that is not used up is kept for the next call."),
};
const MemberDef decompressor_members[] = {
    {"eof", member_type::Bool, offsetof(ZlibDecompressor, eof), member_flag::ReadOnly, "Whether the end of the stream was reached."},
    {"unused_data", member_type::ObjectEx, offsetof(ZlibDecompressor, unused_data), member_flag::ReadOnly,
     "What came behind the end of the stream."},
    {"needs_input", member_type::Bool, offsetof(ZlibDecompressor, needs_input), member_flag::ReadOnly,
     "Whether the next call must bring data."},
};
const SlotDef compress_slots[] = {raw_slot(SlotId::tp_dealloc, &compress_dealloc)};
const SlotDef decompress_slots[] = {raw_slot(SlotId::tp_dealloc, &decompress_dealloc)};
const SlotDef decompressor_slots[] = {raw_slot(SlotId::tp_dealloc, &decompressor_dealloc),
                                      typed_new<decompressor_new, "_ZlibDecompressor", "(wbits=15, zdict=b'')">()};
const TypeSpec compress_spec = {.type = &Compress::s_type,
                                .name = "zlib.Compress",
                                .basicsize = sizeof(Compress),
                                .flags = type_flag::DisallowInstantiation,
                                .slots = compress_slots,
                                .methods = compress_methods};
const TypeSpec decompress_spec = {.type = &Decompress::s_type,
                                  .name = "zlib.Decompress",
                                  .basicsize = sizeof(Decompress),
                                  .flags = type_flag::DisallowInstantiation,
                                  .slots = decompress_slots,
                                  .methods = decompress_methods,
                                  .getset = decompress_getset};
const TypeSpec decompressor_spec = {.type = &ZlibDecompressor::s_type,
                                    .name = "zlib._ZlibDecompressor",
                                    .basicsize = sizeof(ZlibDecompressor),
                                    .doc = "An object that decompresses a stream piece by piece.",
                                    .signature = "(wbits=15, zdict=b'')",
                                    .slots = decompressor_slots,
                                    .methods = decompressor_methods,
                                    .members = decompressor_members};
const TypeSpec* const types[] = {&decompressor_spec};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    for (const TypeSpec* spec : {&compress_spec, &decompress_spec}) TRY(type_ready(t, *spec));
    TRY(module_add(t, module, "error", TRY(new_exception_type(t, "zlib.error", exc::Exception, nullptr))));
    static constexpr struct {
        const char* name;
        int value;
    } constants[] = {
        {"MAX_WBITS", MAX_WBITS},
        {"DEFLATED", Z_DEFLATED},
        {"DEF_MEM_LEVEL", 8},
        {"DEF_BUF_SIZE", 16384},
        {"Z_BEST_SPEED", Z_BEST_SPEED},
        {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
        {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
        {"Z_FILTERED", Z_FILTERED},
        {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
        {"Z_RLE", Z_RLE},
        {"Z_FIXED", Z_FIXED},
        {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
        {"Z_NO_COMPRESSION", Z_NO_COMPRESSION},
        {"Z_FINISH", Z_FINISH},
        {"Z_NO_FLUSH", Z_NO_FLUSH},
        {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH},
        {"Z_SYNC_FLUSH", Z_SYNC_FLUSH},
        {"Z_FULL_FLUSH", Z_FULL_FLUSH},
        {"Z_BLOCK", Z_BLOCK},
        {"Z_TREES", Z_TREES},
    };
    for (auto& constant : constants) TRY(module_add_int(t, module, constant.name, constant.value));
    TRY(module_add_string(t, module, "ZLIB_VERSION", ZLIB_VERSION));
    TRY(module_add_string(t, module, "ZLIB_RUNTIME_VERSION", zlibVersion()));
    return module_add_string(t, module, "__version__", "1.0");
}

} // namespace
} // namespace zlib

extern const ModuleSpec zlib_module;
const ModuleSpec zlib_module = {.name = "zlib",
                                .doc = "Compression and decompression by zlib, and its checksums.",
                                .functions = zlib::functions,
                                .exec = zlib::exec,
                                .types = zlib::types};

} // namespace taipan
