// _bz2: BZ2Compressor and BZ2Decompressor over libbz2. Streams are guarded by their object's mutex and worked on detached.
#include "modules/compression/output_buffer.h"
#include "objects/abstract.h"
#include "objects/module.h"

#include <bzlib.h>
#include <climits>

namespace taipan {

namespace bz2 {

using compression::OutputBuffer;
using compression::PendingInput;

struct Compressor : Object {
    bz_stream stream;
    Mutex lock;
    bool initialised, flushed;
    static Type s_type;
};
struct Decompressor : Object {
    bz_stream stream;
    Mutex lock;
    bool initialised, failed;
    char eof, needs_input;
    Object* unused_data;
    PendingInput pending;
    static Type s_type;
};
Type Compressor::s_type, Decompressor::s_type;

namespace {

Result<void> check(Thread& t, int code) {
    switch (code) {
    case BZ_OK:
    case BZ_RUN_OK:
    case BZ_FLUSH_OK:
    case BZ_FINISH_OK:
    case BZ_STREAM_END: return {};
    case BZ_CONFIG_ERROR: return raise(t, exc::SystemError, "libbzip2 was not compiled correctly");
    case BZ_PARAM_ERROR: return raise(t, exc::ValueError, "Internal error - invalid parameters passed to libbzip2");
    case BZ_MEM_ERROR: return raise_memory_error(t);
    case BZ_DATA_ERROR:
    case BZ_DATA_ERROR_MAGIC: return raise(t, exc::OSError, "Invalid data stream");
    case BZ_IO_ERROR: return raise(t, exc::OSError, "Unknown I/O error");
    case BZ_UNEXPECTED_EOF: return raise(t, exc::EOFError, "Compressed file ended before the logical end-of-stream was detected");
    case BZ_SEQUENCE_ERROR: return raise(t, exc::RuntimeError, "Internal error - Invalid sequence of commands sent to libbzip2");
    default: return raise(t, exc::OSError, "Unrecognized error from libbzip2: %d", code);
    }
}

int compress_all(bz_stream& s, std::string_view input, OutputBuffer& out, int action) {
    s.next_in = const_cast<char*>(input.data());
    size_t rest = input.size();
    s.avail_in = 0;
    for (;;) {
        if (s.avail_in == 0 && rest) {
            s.avail_in = static_cast<unsigned>(rest < UINT_MAX ? rest : UINT_MAX);
            rest -= s.avail_in;
        }
        if (action == BZ_RUN && s.avail_in == 0) return BZ_RUN_OK;
        if (!out.grow()) return BZ_MEM_ERROR;
        auto room = static_cast<unsigned>(out.room() < UINT_MAX ? out.room() : UINT_MAX);
        s.next_out = reinterpret_cast<char*>(out.end());
        s.avail_out = room;
        int code = BZ2_bzCompress(&s, action);
        out.advance(room - s.avail_out);
        if (code < 0 || (action == BZ_FINISH && code == BZ_STREAM_END)) return code;
    }
}
Result<Ref<Bytes>> run(Thread& t, Borrowed<Compressor> self, std::string_view input, int action) {
    OutputBuffer out;
    int code;
    {
        Detached detached(t);
        code = compress_all(self->stream, input, out, action);
    }
    TRY(check(t, code));
    return out.finish(t);
}
Result<Ref<Object>> compressor_new(Thread& t, Borrowed<Type> type, int level) {
    if (level < 1 || level > 9) return raise(t, exc::ValueError, "compresslevel must be between 1 and 9");
    Ref<Compressor> self = TRY(allocate<Compressor>(t, *type.get()));
    TRY(check(t, BZ2_bzCompressInit(&self->stream, level, 0, 0)));
    self->initialised = true;
    return self;
}
Result<Ref<Bytes>> compress(Thread& t, Borrowed<Compressor> self, const BufferView& data) {
    MutexLocker locker(self->lock);
    if (self->flushed) return raise(t, exc::ValueError, "Compressor has been flushed");
    return run(t, self, data.view(), BZ_RUN);
}
Result<Ref<Bytes>> flush(Thread& t, Borrowed<Compressor> self) {
    MutexLocker locker(self->lock);
    if (self->flushed) return raise(t, exc::ValueError, "Repeated call to flush()");
    self->flushed = true;
    return run(t, self, {}, BZ_FINISH);
}
void compressor_dealloc(Object* o) {
    auto* self = static_cast<Compressor*>(o);
    if (self->initialised) BZ2_bzCompressEnd(&self->stream);
    o->type->free(o);
}

Result<Ref<Object>> decompressor_new(Thread& t, Borrowed<Type> type) {
    Ref<Decompressor> self = TRY(allocate<Decompressor>(t, *type.get()));
    self->needs_input = 1;
    self->unused_data = bytes_empty().release();
    TRY(check(t, BZ2_bzDecompressInit(&self->stream, 0, 0)));
    self->initialised = true;
    return self;
}
/// Decompresses until the input or the output's room is used up, or the stream ends; `input` becomes what is left.
int decompress_all(bz_stream& s, std::string_view& input, OutputBuffer& out) {
    for (;;) {
        if (!out.grow()) return BZ_MEM_ERROR;
        if (out.room() == 0) return BZ_OK;
        auto count = static_cast<unsigned>(input.size() < UINT_MAX ? input.size() : UINT_MAX);
        auto room = static_cast<unsigned>(out.room() < UINT_MAX ? out.room() : UINT_MAX);
        s.next_in = const_cast<char*>(input.data());
        s.avail_in = count;
        s.next_out = reinterpret_cast<char*>(out.end());
        s.avail_out = room;
        int code = BZ2_bzDecompress(&s);
        out.advance(room - s.avail_out);
        input.remove_prefix(count - s.avail_in);
        s.next_in = nullptr;
        s.avail_in = 0;
        if (code != BZ_OK) return code;
        if (input.empty() && s.avail_out) return code;
    }
}
Result<Ref<Bytes>> decompress(Thread& t, Borrowed<Decompressor> self, const BufferView& data, Size max_length) {
    MutexLocker locker(self->lock);
    if (self->eof) return raise(t, exc::EOFError, "End of stream already reached");
    if (self->failed) return raise(t, exc::ValueError, "Decompressor is unusable after a previous error");
    OutputBuffer out(max_length.value);
    std::string_view input = data.view();
    if (!self->pending.join(input)) return raise_memory_error(t);
    int code;
    {
        Detached detached(t);
        code = decompress_all(self->stream, input, out);
    }
    if (code < 0) {
        self->pending.drop();
        self->failed = true; // libbz2 must not be called again
        self->needs_input = 0;
        TRY(check(t, code));
    }
    if (code == BZ_STREAM_END) {
        self->eof = 1;
        self->needs_input = 0;
        if (!input.empty()) assign_field(self->unused_data, static_cast<Object*>(TRY(bytes_from(t, input)).release()));
        self->pending.drop();
    } else if (input.empty()) {
        self->needs_input = 1;
        self->pending.drop();
    } else {
        self->needs_input = 0;
        if (!self->pending.keep(input)) return raise_memory_error(t);
    }
    return out.finish(t);
}
void decompressor_dealloc(Object* o) {
    auto* self = static_cast<Decompressor*>(o);
    if (self->initialised) BZ2_bzDecompressEnd(&self->stream);
    self->pending.release();
    xdecref(self->unused_data);
    o->type->free(o);
}

const NativeDef compressor_methods[] = {
    method<compress>("compress", "($self, data, /)", "What can be written of the compressed data so far."),
    method<flush>("flush", "($self, /)", "What is left of the compressed data; the compressor cannot be used afterwards."),
};
const NativeDef decompressor_methods[] = {
    method<decompress>("decompress", "($self, /, data, max_length=-1)",
                       "At most max_length bytes of decompressed data; input that is not used up is kept for the next call."),
};
const MemberDef decompressor_members[] = {
    {"eof", member_type::Bool, offsetof(Decompressor, eof), member_flag::ReadOnly, "Whether the end of the stream was reached."},
    {"unused_data", member_type::ObjectEx, offsetof(Decompressor, unused_data), member_flag::ReadOnly,
     "What came behind the end of the stream."},
    {"needs_input", member_type::Bool, offsetof(Decompressor, needs_input), member_flag::ReadOnly,
     "Whether the next call must bring data."},
};
const SlotDef compressor_slots[] = {raw_slot(SlotId::tp_dealloc, &compressor_dealloc),
                                    typed_new<compressor_new, "BZ2Compressor", "(compresslevel=9, /)">()};
const SlotDef decompressor_slots[] = {raw_slot(SlotId::tp_dealloc, &decompressor_dealloc),
                                      typed_new<decompressor_new, "BZ2Decompressor", "()">()};
const TypeSpec compressor_spec = {.type = &Compressor::s_type,
                                  .name = "_bz2.BZ2Compressor",
                                  .basicsize = sizeof(Compressor),
                                  .doc = "An object that compresses a stream piece by piece.",
                                  .signature = "(compresslevel=9, /)",
                                  .slots = compressor_slots,
                                  .methods = compressor_methods};
const TypeSpec decompressor_spec = {.type = &Decompressor::s_type,
                                    .name = "_bz2.BZ2Decompressor",
                                    .basicsize = sizeof(Decompressor),
                                    .doc = "An object that decompresses a stream piece by piece.",
                                    .signature = "()",
                                    .slots = decompressor_slots,
                                    .methods = decompressor_methods,
                                    .members = decompressor_members};
const TypeSpec* const types[] = {&compressor_spec, &decompressor_spec};

} // namespace
} // namespace bz2

extern const ModuleSpec bz2_module;
const ModuleSpec bz2_module = {.name = "_bz2", .types = bz2::types};

} // namespace taipan
