// _zstd: what compression.zstd is made of, over libzstd. Contexts are guarded by their object's mutex and worked on
// detached.
#include "modules/compression/output_buffer.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/module.h"
#include "objects/tuple.h"

#define ZDICT_STATIC_LINKING_ONLY
#include <zdict.h>
#include <zstd.h>

namespace taipan {

namespace zstd {

using compression::OutputBuffer;
using compression::PendingInput;

/// A dictionary digested for one compression level.
struct LevelDictionary {
    int level;
    ZSTD_CDict* dictionary;
    LevelDictionary* next;
};
struct ZstdDict : Object {
    Bytes* content;
    unsigned id;
    Mutex lock; // guards what is made on demand
    LevelDictionary* for_levels;
    ZSTD_DDict* for_decompression;
    static Type s_type;
};
enum Mode { Continue, FlushBlock, FlushFrame };
struct Compressor : Object {
    ZSTD_CCtx* context;
    Object* dictionary;
    Mutex lock;
    bool multi_threaded;
    int level, last_mode;
    static Type s_type;
};
struct Decompressor : Object {
    ZSTD_DCtx* context;
    Object *dictionary, *unused_data;
    Mutex lock;
    char eof, needs_input;
    PendingInput pending;
    static Type s_type;
};
Type ZstdDict::s_type, Compressor::s_type, Decompressor::s_type;

namespace {

using Mod = Borrowed<Module>;

Result<Ref<Object>> module_attribute(Thread& t, const char* name) { return import_attribute(t, "_zstd", name); }
COLD Error fail(Thread& t, const char* format, size_t code) {
    Ref<Object> type = TRY(module_attribute(t, "ZstdError"));
    return raise(t, is<Type>(type.get()) ? *static_cast<Type*>(type.get()) : exc::ValueError, format, ZSTD_getErrorName(code));
}

struct Parameter {
    int id;
    const char* name;
};
constexpr Parameter c_parameters[] = {
    {ZSTD_c_compressionLevel, "compression_level"},
    {ZSTD_c_windowLog, "window_log"},
    {ZSTD_c_hashLog, "hash_log"},
    {ZSTD_c_chainLog, "chain_log"},
    {ZSTD_c_searchLog, "search_log"},
    {ZSTD_c_minMatch, "min_match"},
    {ZSTD_c_targetLength, "target_length"},
    {ZSTD_c_strategy, "strategy"},
    {ZSTD_c_enableLongDistanceMatching, "enable_long_distance_matching"},
    {ZSTD_c_ldmHashLog, "ldm_hash_log"},
    {ZSTD_c_ldmMinMatch, "ldm_min_match"},
    {ZSTD_c_ldmBucketSizeLog, "ldm_bucket_size_log"},
    {ZSTD_c_ldmHashRateLog, "ldm_hash_rate_log"},
    {ZSTD_c_contentSizeFlag, "content_size_flag"},
    {ZSTD_c_checksumFlag, "checksum_flag"},
    {ZSTD_c_dictIDFlag, "dict_id_flag"},
    {ZSTD_c_nbWorkers, "nb_workers"},
    {ZSTD_c_jobSize, "job_size"},
    {ZSTD_c_overlapLog, "overlap_log"},
};
constexpr Parameter d_parameters[] = {{ZSTD_d_windowLogMax, "window_log_max"}};

COLD Error parameter_error(Thread& t, bool compressing, int id, int value) {
    char unknown[48];
    snprintf(unknown, sizeof unknown, "unknown parameter (key %d)", id);
    const char *name = unknown, *kind = compressing ? "compression" : "decompression";
    for (const Parameter& p : compressing ? std::span<const Parameter>(c_parameters) : std::span<const Parameter>(d_parameters))
        if (p.id == id) name = p.name;
    ZSTD_bounds bounds =
        compressing ? ZSTD_cParam_getBounds(static_cast<ZSTD_cParameter>(id)) : ZSTD_dParam_getBounds(static_cast<ZSTD_dParameter>(id));
    if (ZSTD_isError(bounds.error)) return raise(t, exc::ValueError, "invalid %s parameter '%s'", kind, name);
    return raise(t, exc::ValueError, "%s parameter '%s' received an illegal value %d; the valid range is [%d, %d]", kind, name, value,
                 bounds.lowerBound, bounds.upperBound);
}

// ZstdDict

Result<Ref<Object>> dict_create(Thread& t, Borrowed<Type> type, const BufferView& content, bool is_raw) {
    if (content.size() < 8) return raise(t, exc::ValueError, "Zstandard dictionary content too short (must have at least eight bytes)");
    unsigned id = ZSTD_getDictID_fromDict(content.data(), content.size());
    if (!is_raw && id == 0) return raise(t, exc::ValueError, "invalid Zstandard dictionary");
    Ref<ZstdDict> self = TRY(allocate<ZstdDict>(t, *type.get()));
    self->id = id;
    self->content = TRY(bytes_from(t, content.view())).release();
    return self;
}
void dict_dealloc(Object* o) {
    auto* self = static_cast<ZstdDict*>(o);
    while (LevelDictionary* level = self->for_levels) {
        self->for_levels = level->next;
        ZSTD_freeCDict(level->dictionary);
        delete level;
    }
    ZSTD_freeDDict(self->for_decompression);
    xdecref(static_cast<Object*>(self->content));
    o->type->free(o);
}
Result<Ref<Str>> dict_repr(Thread& t, Borrowed<ZstdDict> self) {
    return str_format(t, "<ZstdDict dict_id=%u dict_size=%d>", self->id, self->content->size);
}
Result<intptr_t> dict_length(Thread&, Borrowed<ZstdDict> self) { return static_cast<intptr_t>(self->content->size); }
Result<Ref<Object>> get_content(Thread&, Borrowed<ZstdDict> self) { return acquire<Object>(self->content); }
enum DictUse { Digested, Undigested, Prefix };
template <DictUse use> Result<Ref<Object>> as_use(Thread& t, Borrowed<ZstdDict> self) {
    return TRY(tuple_pack(t, self, TRY(int_from(t, use))));
}
ZSTD_CDict* for_level(ZstdDict* self, int level) {
    MutexLocker locker(self->lock);
    for (LevelDictionary* known = self->for_levels; known; known = known->next)
        if (known->level == level) return known->dictionary;
    ZSTD_CDict* made = ZSTD_createCDict(self->content->data, static_cast<size_t>(self->content->size), level);
    if (made) self->for_levels = new LevelDictionary{level, made, self->for_levels};
    return made;
}
ZSTD_DDict* for_decompression(ZstdDict* self) {
    MutexLocker locker(self->lock);
    if (!self->for_decompression) self->for_decompression = ZSTD_createDDict(self->content->data, static_cast<size_t>(self->content->size));
    return self->for_decompression;
}
/// The dictionary of a `zstd_dict` argument: a ZstdDict, or a pair with how to use it.
struct DictArgument {
    ZstdDict* dictionary;
    DictUse use;
};
Result<DictArgument> dict_argument(Thread& t, Object* given, DictUse fallback) {
    if (auto* dictionary = try_as<ZstdDict>(given)) return DictArgument{dictionary, fallback};
    if (auto* pair = is_exact<Tuple>(given) ? static_cast<Tuple*>(given) : nullptr; pair && pair->size == 2) {
        auto* dictionary = try_as<ZstdDict>(pair->items[0]);
        if (dictionary && is<Int>(pair->items[1])) {
            auto use = to_int32(t, pair->items[1]);
            if (use.is_error()) return Error{};
            if (int value = use.take(); value >= Digested && value <= Prefix) return DictArgument{dictionary, static_cast<DictUse>(value)};
        }
    }
    return raise(t, exc::TypeError, "zstd_dict argument should be a ZstdDict object.");
}

// Compressor

Result<void> set_level(Thread& t, Compressor* self, Borrowed<Object> value) {
    int low = ZSTD_minCLevel(), high = ZSTD_maxCLevel();
    auto converted = to_int32(t, value);
    if (converted.is_error()) {
        if (!clear_if(t, exc::OverflowError)) return Error{};
        return raise(t, exc::ValueError, "illegal compression level; the valid range is [%d, %d]", low, high);
    }
    int level = converted.take();
    if (level < low || level > high)
        return raise(t, exc::ValueError, "illegal compression level %d; the valid range is [%d, %d]", level, low, high);
    self->level = level;
    size_t code = ZSTD_CCtx_setParameter(self->context, ZSTD_c_compressionLevel, level);
    if (ZSTD_isError(code)) return fail(t, "Unable to set zstd compression level: %s", code);
    return {};
}
/// Calls `set(key, value)` for the items of `options`, whose keys must not be of the type named `wrong_type`.
template <class F>
Result<void> each_option(Thread& t, Dict* options, const char* kind, const char* wrong_kind, const char* wrong_type, F set) {
    Ref<Object> wrong = TRY(module_attribute(t, wrong_type));
    Ref<Dict> copy = TRY(dict_copy(t, options));
    intptr_t position = 0;
    MaybeRef<Object> key, value;
    while (dict_next(t, copy, &position, &key, &value)) {
        if (static_cast<Object*>(key->type) == wrong.get())
            return raise(t, exc::TypeError, "%s options dictionary key must not be a %s attribute", kind, wrong_kind);
        TRY(set(TRY(to_int32(t, key.get())), Borrowed<Object>(value.get())));
    }
    return {};
}
Result<Ref<Object>> compressor_new(Thread& t, Borrowed<Type> type, NoneOr<Object> level, NoneOr<Dict> options, NoneOr<Object> dictionary) {
    if (level && options) return raise(t, exc::TypeError, "Only one of level or options should be used.");
    Ref<Compressor> self = TRY(allocate<Compressor>(t, *type.get()));
    self->context = ZSTD_createCCtx();
    if (!self->context) return raise(t, exc::MemoryError, "Unable to create ZSTD_CCtx instance.");
    self->last_mode = FlushFrame;
    self->level = ZSTD_CLEVEL_DEFAULT;
    if (level) {
        if (!is<Int>(level.get())) return raise(t, exc::TypeError, "invalid type for level, expected int");
        TRY(set_level(t, self.get(), level.value()));
    }
    if (options) {
        TRY(each_option(t, options.get(), "compression", "DecompressionParameter", "_d_parameter_type",
                        [&](int key, Borrowed<Object> value) -> Result<void> {
                            if (key == ZSTD_c_compressionLevel) return set_level(t, self.get(), value);
                            int number = TRY(to_int32(t, value));
                            if (key == ZSTD_c_nbWorkers) self->multi_threaded = number > 1;
                            size_t code = ZSTD_CCtx_setParameter(self->context, static_cast<ZSTD_cParameter>(key), number);
                            if (ZSTD_isError(code)) return parameter_error(t, true, key, number);
                            return {};
                        }));
    }
    if (dictionary) {
        DictArgument d = TRY(dict_argument(t, dictionary.get(), Undigested));
        const Bytes* content = d.dictionary->content;
        size_t code;
        if (d.use == Digested) {
            ZSTD_CDict* made = for_level(d.dictionary, self->level);
            if (!made) return fail(t, "Failed to create a ZSTD_CDict instance from Zstandard dictionary content.", 0);
            code = ZSTD_CCtx_refCDict(self->context, made);
        } else if (d.use == Undigested) {
            code = ZSTD_CCtx_loadDictionary(self->context, content->data, static_cast<size_t>(content->size));
        } else {
            code = ZSTD_CCtx_refPrefix(self->context, content->data, static_cast<size_t>(content->size));
        }
        if (ZSTD_isError(code)) return fail(t, "Unable to load Zstandard dictionary or prefix for compression: %s", code);
        self->dictionary = acquire<Object>(d.dictionary).release();
    }
    return self;
}
/// The code of libzstd, or an error number that stands for lack of memory.
constexpr size_t NoMemory = static_cast<size_t>(-64);
size_t compress_all(Compressor* self, std::string_view data, OutputBuffer& out, Mode mode) {
    static constexpr ZSTD_EndDirective directives[] = {ZSTD_e_continue, ZSTD_e_flush, ZSTD_e_end};
    ZSTD_inBuffer in{data.data(), data.size(), 0};
    for (;;) {
        if (!out.grow()) return NoMemory;
        ZSTD_outBuffer to{out.end(), out.room(), 0};
        size_t left;
        // With worker threads, "continue" may come back before all input is taken.
        do left = ZSTD_compressStream2(self->context, &to, &in, directives[mode]);
        while (self->multi_threaded && mode == Continue && to.pos != to.size && in.pos != in.size && !ZSTD_isError(left));
        out.advance(to.pos);
        if (ZSTD_isError(left)) return left;
        if (self->multi_threaded && mode == Continue ? in.pos == in.size : left == 0) return 0;
        if (mode == Continue && in.pos == in.size && to.pos < to.size) return 0;
    }
}
Result<Ref<Bytes>> run(Thread& t, Borrowed<Compressor> self, std::string_view data, Mode mode) {
    OutputBuffer out;
    MutexLocker locker(self->lock);
    size_t code;
    {
        Detached detached(t);
        code = compress_all(self.get(), data, out, mode);
    }
    if (ZSTD_isError(code)) {
        self->last_mode = FlushFrame;
        ZSTD_CCtx_reset(self->context, ZSTD_reset_session_only);
        if (code == NoMemory) return raise_memory_error(t);
        return fail(t, "Unable to compress Zstandard data: %s", code);
    }
    self->last_mode = mode;
    return out.finish(t);
}
Result<Ref<Bytes>> compress(Thread& t, Borrowed<Compressor> self, const BufferView& data, int mode) {
    if (mode < Continue || mode > FlushFrame)
        return raise(t, exc::ValueError,
                     "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, ZstdCompressor.FLUSH_BLOCK, "
                     "ZstdCompressor.FLUSH_FRAME.");
    return run(t, self, data.view(), static_cast<Mode>(mode));
}
Result<Ref<Bytes>> flush(Thread& t, Borrowed<Compressor> self, int mode) {
    if (mode != FlushFrame && mode != FlushBlock)
        return raise(t, exc::ValueError,
                     "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK.");
    return run(t, self, {}, static_cast<Mode>(mode));
}
Result<void> set_pledged_input_size(Thread& t, Borrowed<Compressor> self, Borrowed<Object> size) {
    uint64_t value = ZSTD_CONTENTSIZE_UNKNOWN;
    if (!is_none(size.get())) {
        if (!is<Int>(size.get())) return raise(t, exc::TypeError, "an integer is required");
        auto* number = static_cast<Int*>(size.get());
        if (number->is_negative() || !int_fits_uint64(number, &value) || value >= ZSTD_CONTENTSIZE_ERROR)
            return raise(t, exc::ValueError, "size argument should be a positive int less than %d", uint64_t{ZSTD_CONTENTSIZE_ERROR});
    }
    MutexLocker locker(self->lock);
    if (self->last_mode != FlushFrame)
        return raise(t, exc::ValueError, "set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME");
    size_t code = ZSTD_CCtx_setPledgedSrcSize(self->context, value);
    if (ZSTD_isError(code)) return fail(t, "Unable to set pledged uncompressed content size: %s", code);
    return {};
}
void compressor_dealloc(Object* o) {
    auto* self = static_cast<Compressor*>(o);
    ZSTD_freeCCtx(self->context);
    xdecref(self->dictionary);
    o->type->free(o);
}

// Decompressor

Result<Ref<Object>> decompressor_new(Thread& t, Borrowed<Type> type, NoneOr<Object> dictionary, NoneOr<Dict> options) {
    Ref<Decompressor> self = TRY(allocate<Decompressor>(t, *type.get()));
    self->needs_input = 1;
    self->unused_data = bytes_empty().release();
    self->context = ZSTD_createDCtx();
    if (!self->context) return raise(t, exc::MemoryError, "Unable to create ZSTD_DCtx instance.");
    if (dictionary) {
        DictArgument d = TRY(dict_argument(t, dictionary.get(), Digested));
        const Bytes* content = d.dictionary->content;
        size_t code;
        if (d.use == Digested) {
            ZSTD_DDict* made = for_decompression(d.dictionary);
            if (!made) return fail(t, "Failed to create a ZSTD_DDict instance from Zstandard dictionary content.", 0);
            code = ZSTD_DCtx_refDDict(self->context, made);
        } else if (d.use == Undigested) {
            code = ZSTD_DCtx_loadDictionary(self->context, content->data, static_cast<size_t>(content->size));
        } else {
            code = ZSTD_DCtx_refPrefix(self->context, content->data, static_cast<size_t>(content->size));
        }
        if (ZSTD_isError(code)) return fail(t, "Unable to load Zstandard dictionary or prefix for decompression: %s", code);
        self->dictionary = acquire<Object>(d.dictionary).release();
    }
    if (options) {
        TRY(each_option(t, options.get(), "decompression", "CompressionParameter", "_c_parameter_type",
                        [&](int key, Borrowed<Object> value) -> Result<void> {
                            int number = TRY(to_int32(t, value));
                            size_t code = ZSTD_DCtx_setParameter(self->context, static_cast<ZSTD_dParameter>(key), number);
                            if (ZSTD_isError(code)) return parameter_error(t, false, key, number);
                            return {};
                        }));
    }
    return self;
}
/// Zero at the end of the frame; `input` becomes what is left.
size_t decompress_all(ZSTD_DCtx* context, std::string_view& input, OutputBuffer& out) {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    size_t code;
    for (;;) {
        if (!out.grow()) return NoMemory;
        ZSTD_outBuffer to{out.end(), out.room(), 0};
        code = ZSTD_decompressStream(context, &to, &in);
        out.advance(to.pos);
        if (ZSTD_isError(code) || code == 0) break;
        if (to.pos == to.size) {
            if (out.is_full()) break;
        } else if (in.pos == in.size) {
            break;
        }
    }
    input.remove_prefix(in.pos);
    return code;
}
Result<Ref<Bytes>> decompress(Thread& t, Borrowed<Decompressor> self, const BufferView& data, Size max_length) {
    MutexLocker locker(self->lock);
    if (self->eof) return raise(t, exc::EOFError, "Already at the end of a Zstandard frame.");
    OutputBuffer out(max_length.value);
    std::string_view input = data.view();
    if (!self->pending.join(input)) return raise_memory_error(t);
    // Nothing was given and nothing is held back inside: there is no frame to begin.
    size_t code;
    {
        Detached detached(t);
        code = decompress_all(self->context, input, out);
    }
    if (ZSTD_isError(code)) {
        ZSTD_DCtx_reset(self->context, ZSTD_reset_session_only);
        self->needs_input = 1;
        self->pending.drop();
        if (code == NoMemory) return raise_memory_error(t);
        return fail(t, "Unable to decompress Zstandard data: %s", code);
    }
    if (code == 0) {
        self->eof = 1;
        self->needs_input = 0;
        if (!input.empty()) assign_field(self->unused_data, static_cast<Object*>(TRY(bytes_from(t, input)).release()));
        self->pending.drop();
    } else if (input.empty()) {
        self->needs_input = !out.is_full();
        self->pending.drop();
    } else {
        self->needs_input = 0;
        if (!self->pending.keep(input)) return raise_memory_error(t);
    }
    return out.finish(t);
}
Result<Ref<Object>> get_unused_data(Thread&, Borrowed<Decompressor> self) {
    MutexLocker locker(self->lock);
    return acquire(self->unused_data);
}
void decompressor_dealloc(Object* o) {
    auto* self = static_cast<Decompressor*>(o);
    ZSTD_freeDCtx(self->context);
    self->pending.release();
    xdecref(self->dictionary);
    xdecref(self->unused_data);
    o->type->free(o);
}

// Functions

/// The sizes of the samples that are concatenated in `samples`.
Result<size_t*> sample_sizes(Thread& t, Borrowed<Bytes> samples, Borrowed<Tuple> sizes, intptr_t dict_size) {
    if (dict_size <= 0) return raise(t, exc::ValueError, "dict_size argument should be positive number.");
    auto* list = static_cast<size_t*>(std::malloc((static_cast<size_t>(sizes->size) + 1) * sizeof(size_t)));
    if (!list) return raise_memory_error(t);
    size_t total = 0;
    constexpr const char* mismatch = "The samples size tuple doesn't match the concatenation's size.";
    for (intptr_t i = 0; i < sizes->size; ++i) {
        uint64_t value = 0;
        if (!is<Int>(sizes->items[i])) {
            std::free(list);
            return raise(t, exc::TypeError, "an integer is required");
        }
        auto* number = static_cast<Int*>(sizes->items[i]);
        if (number->is_negative() || !int_fits_uint64(number, &value)) {
            std::free(list);
            return raise(t, exc::ValueError, mismatch);
        }
        list[i] = value;
        total += value;
    }
    if (total != static_cast<size_t>(samples->size)) {
        std::free(list);
        return raise(t, exc::ValueError, mismatch);
    }
    return list;
}
Result<Ref<Bytes>> train_dict(Thread& t, Borrowed<Bytes> samples, Borrowed<Tuple> sizes, Size dict_size) {
    size_t* list = TRY(sample_sizes(t, samples, sizes, dict_size));
    auto made = bytes_alloc(t, dict_size);
    if (made.is_error()) return std::free(list), Error{};
    Ref<Bytes> dictionary = made.take();
    size_t code;
    {
        Detached detached(t);
        code = ZDICT_trainFromBuffer(dictionary->data, static_cast<size_t>(dict_size.value), samples->data, list,
                                     static_cast<unsigned>(sizes->size));
    }
    std::free(list);
    if (ZDICT_isError(code)) return fail(t, "Unable to train the Zstandard dictionary: %s", code);
    return bytes_from(t, {dictionary->data, code});
}
Result<Ref<Bytes>> finalize_dict(Thread& t, Borrowed<Bytes> custom, Borrowed<Bytes> samples, Borrowed<Tuple> sizes, Size dict_size,
                                 int level) {
    size_t* list = TRY(sample_sizes(t, samples, sizes, dict_size));
    auto made = bytes_alloc(t, dict_size);
    if (made.is_error()) return std::free(list), Error{};
    Ref<Bytes> dictionary = made.take();
    size_t code;
    {
        Detached detached(t);
        ZDICT_params_t parameters{.compressionLevel = level, .notificationLevel = 0, .dictID = 0};
        code = ZDICT_finalizeDictionary(dictionary->data, static_cast<size_t>(dict_size.value), custom->data,
                                        static_cast<size_t>(custom->size), samples->data, list, static_cast<unsigned>(sizes->size),
                                        parameters);
    }
    std::free(list);
    if (ZDICT_isError(code)) return fail(t, "Unable to finalize the Zstandard dictionary: %s", code);
    return bytes_from(t, {dictionary->data, code});
}
Result<Ref<Tuple>> get_param_bounds(Thread& t, int parameter, bool is_compress) {
    ZSTD_bounds bounds = is_compress ? ZSTD_cParam_getBounds(static_cast<ZSTD_cParameter>(parameter))
                                     : ZSTD_dParam_getBounds(static_cast<ZSTD_dParameter>(parameter));
    if (ZSTD_isError(bounds.error))
        return fail(t,
                    is_compress ? "Unable to get zstd compression parameter bounds: %s"
                                : "Unable to get zstd decompression parameter bounds: %s",
                    bounds.error);
    return tuple_pack(t, TRY(int_from(t, bounds.lowerBound)), TRY(int_from(t, bounds.upperBound)));
}
Result<int64_t> get_frame_size(Thread& t, const BufferView& frame) {
    size_t size = ZSTD_findFrameCompressedSize(frame.data(), frame.size());
    if (ZSTD_isError(size))
        return fail(
            t,
            "Error when finding the compressed size of a Zstandard frame. Ensure the frame_buffer argument starts from the beginning of a "
            "frame, and its length is not less than this complete frame. Zstd error message: %s.",
            size);
    return static_cast<int64_t>(size);
}
Result<Ref<Tuple>> get_frame_info(Thread& t, const BufferView& frame) {
    unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR)
        return fail(t,
                    "Error when getting information from the header of a Zstandard frame. Ensure the frame_buffer argument starts from the "
                    "beginning "
                    "of a frame, and its length is not less than the frame header (6~18 bytes).",
                    0);
    Ref<Object> first = none_ref();
    if (size != ZSTD_CONTENTSIZE_UNKNOWN) first = TRY(int_from_uint64(t, size));
    return tuple_pack(t, first, TRY(int_from_uint64(t, ZSTD_getDictID_fromFrame(frame.data(), frame.size()))));
}
Result<void> set_parameter_types(Thread& t, Mod module, Borrowed<Type> c_type, Borrowed<Type> d_type) {
    TRY(module_add(t, module, "_c_parameter_type", c_type));
    return module_add(t, module, "_d_parameter_type", d_type);
}
const NativeDef functions[] = {
    fn<train_dict>("train_dict", "($module, samples_bytes, samples_sizes, dict_size, /)", "A dictionary trained on samples."),
    fn<finalize_dict>("finalize_dict", "($module, custom_dict_bytes, samples_bytes, samples_sizes, dict_size, compression_level, /)",
                      "A dictionary made of given content and samples."),
    fn<get_param_bounds>("get_param_bounds", "($module, /, parameter, is_compress)", "The least and the greatest value of a parameter."),
    fn<get_frame_size>("get_frame_size", "($module, /, frame_buffer)", "The size in bytes of a frame, header and checksum included."),
    fn<get_frame_info>("get_frame_info", "($module, /, frame_buffer)",
                       "The decompressed size and the dictionary ID that a frame's header tells."),
    module_fn<set_parameter_types>("set_parameter_types", "($module, /, c_parameter_type, d_parameter_type)",
                                   "Make the enumerations of parameters known."),
};

const GetSetDef dict_getset[] = {
    getter<get_content>("dict_content", "The content as bytes."),
    getter<as_use<Digested>>("as_digested_dict", "Load as a digested dictionary."),
    getter<as_use<Undigested>>("as_undigested_dict", "Load as an undigested dictionary."),
    getter<as_use<Prefix>>("as_prefix", "Load as a prefix."),
};
const MemberDef dict_members[] = {
    {"dict_id", member_type::UInt, offsetof(ZstdDict, id), member_flag::ReadOnly, "The dictionary's ID; 0 means raw content."}};
const SlotDef dict_slots[] = {raw_slot(SlotId::tp_dealloc, &dict_dealloc), unary_slot<SlotId::tp_repr, dict_repr>(),
                              size_slot<SlotId::sq_length, dict_length>(),
                              typed_new<dict_create, "ZstdDict", "(dict_content, /, *, is_raw=False)">()};
const TypeSpec dict_spec = {.type = &ZstdDict::s_type,
                            .name = "compression.zstd.ZstdDict",
                            .basicsize = sizeof(ZstdDict),
                            .doc = "A Zstandard dictionary.",
                            .signature = "(dict_content, /, *, is_raw=False)",
                            .slots = dict_slots,
                            .getset = dict_getset,
                            .members = dict_members};
const NativeDef compressor_methods[] = {
    method<compress>("compress", "($self, /, data, mode=0)", "What can be written of the compressed data so far."),
    method<flush>("flush", "($self, /, mode=2)", "What is left of the compressed data, at the end of a block or of the frame."),
    method<set_pledged_input_size>("set_pledged_input_size", "($self, size, /)",
                                   "Tell the size of the next frame's content; None: unknown."),
};
const MemberDef compressor_members[] = {
    {"last_mode", member_type::Int, offsetof(Compressor, last_mode), member_flag::ReadOnly, "The mode of the last call."}};
const SlotDef compressor_slots[] = {raw_slot(SlotId::tp_dealloc, &compressor_dealloc),
                                    typed_new<compressor_new, "ZstdCompressor", "(level=None, options=None, zstd_dict=None)">()};
Result<void> add_modes(Thread& t, Type& type) {
    static constexpr const char* names[] = {"CONTINUE", "FLUSH_BLOCK", "FLUSH_FRAME"};
    for (int i = 0; i < 3; ++i) TRY(dict_set_ascii(t, static_cast<Dict*>(type.dict), names[i], TRY(int_from(t, i))));
    return {};
}
const TypeSpec compressor_spec = {.type = &Compressor::s_type,
                                  .name = "compression.zstd.ZstdCompressor",
                                  .basicsize = sizeof(Compressor),
                                  .doc = "An object that compresses a stream piece by piece.",
                                  .signature = "(level=None, options=None, zstd_dict=None)",
                                  .slots = compressor_slots,
                                  .methods = compressor_methods,
                                  .members = compressor_members,
                                  .ready = add_modes};
const NativeDef decompressor_methods[] = {
    method<decompress>("decompress", "($self, /, data, max_length=-1)",
                       "At most max_length bytes of decompressed data; input that is not used up is kept for the next call."),
};
const MemberDef decompressor_members[] = {
    {"eof", member_type::Bool, offsetof(Decompressor, eof), member_flag::ReadOnly, "Whether the end of the frame was reached."},
    {"needs_input", member_type::Bool, offsetof(Decompressor, needs_input), member_flag::ReadOnly,
     "Whether the next call must bring data."},
};
const GetSetDef decompressor_getset[] = {getter<get_unused_data>("unused_data", "What came behind the end of the frame.")};
const SlotDef decompressor_slots[] = {raw_slot(SlotId::tp_dealloc, &decompressor_dealloc),
                                      typed_new<decompressor_new, "ZstdDecompressor", "(zstd_dict=None, options=None)">()};
const TypeSpec decompressor_spec = {.type = &Decompressor::s_type,
                                    .name = "compression.zstd.ZstdDecompressor",
                                    .basicsize = sizeof(Decompressor),
                                    .doc = "An object that decompresses a stream piece by piece.",
                                    .signature = "(zstd_dict=None, options=None)",
                                    .slots = decompressor_slots,
                                    .methods = decompressor_methods,
                                    .getset = decompressor_getset,
                                    .members = decompressor_members};
const TypeSpec* const types[] = {&dict_spec, &compressor_spec, &decompressor_spec};

Result<void> exec(Thread& t, Mod module) {
    TRY(module_add(t, module, "ZstdError",
                   TRY(new_exception_type(t, "compression.zstd.ZstdError", exc::Exception, "An error occurred in the zstd library."))));
    static constexpr struct {
        const char* name;
        int value;
    } constants[] = {
#define CONSTANT(name) {#name, name}
        CONSTANT(ZSTD_c_compressionLevel),
        CONSTANT(ZSTD_c_windowLog),
        CONSTANT(ZSTD_c_hashLog),
        CONSTANT(ZSTD_c_chainLog),
        CONSTANT(ZSTD_c_searchLog),
        CONSTANT(ZSTD_c_minMatch),
        CONSTANT(ZSTD_c_targetLength),
        CONSTANT(ZSTD_c_strategy),
        CONSTANT(ZSTD_c_enableLongDistanceMatching),
        CONSTANT(ZSTD_c_ldmHashLog),
        CONSTANT(ZSTD_c_ldmMinMatch),
        CONSTANT(ZSTD_c_ldmBucketSizeLog),
        CONSTANT(ZSTD_c_ldmHashRateLog),
        CONSTANT(ZSTD_c_contentSizeFlag),
        CONSTANT(ZSTD_c_checksumFlag),
        CONSTANT(ZSTD_c_dictIDFlag),
        CONSTANT(ZSTD_c_nbWorkers),
        CONSTANT(ZSTD_c_jobSize),
        CONSTANT(ZSTD_c_overlapLog),
        CONSTANT(ZSTD_d_windowLogMax),
        CONSTANT(ZSTD_fast),
        CONSTANT(ZSTD_dfast),
        CONSTANT(ZSTD_greedy),
        CONSTANT(ZSTD_lazy),
        CONSTANT(ZSTD_lazy2),
        CONSTANT(ZSTD_btlazy2),
        CONSTANT(ZSTD_btopt),
        CONSTANT(ZSTD_btultra),
        CONSTANT(ZSTD_btultra2),
        CONSTANT(ZSTD_CLEVEL_DEFAULT),
#undef CONSTANT
    };
    for (auto& constant : constants) TRY(module_add_int(t, module, constant.name, constant.value));
    TRY(module_add_int(t, module, "ZSTD_DStreamOutSize", static_cast<int64_t>(ZSTD_DStreamOutSize())));
    TRY(module_add_int(t, module, "zstd_version_number", ZSTD_versionNumber()));
    TRY(module_add_string(t, module, "zstd_version", ZSTD_versionString()));
    TRY(module_add(t, module, "_c_parameter_type", None()));
    return module_add(t, module, "_d_parameter_type", None());
}

} // namespace
} // namespace zstd

extern const ModuleSpec zstd_module;
const ModuleSpec zstd_module = {
    .name = "_zstd", .doc = "What compression.zstd is made of.", .functions = zstd::functions, .exec = zstd::exec, .types = zstd::types};

} // namespace taipan
