// _lzma: LZMACompressor and LZMADecompressor over liblzma. Streams are guarded by their object's mutex and worked on
// detached.
#include "modules/compression/output_buffer.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/module.h"

#include <lzma.h>

namespace taipan {

namespace lzma {

using compression::OutputBuffer;
using compression::PendingInput;

enum Format { Auto, Xz, Alone, Raw };
constexpr int CheckUnknown = LZMA_CHECK_ID_MAX + 1;

struct Compressor : Object {
    lzma_stream stream;
    Mutex lock;
    bool flushed;
    static Type s_type;
};
struct Decompressor : Object {
    lzma_stream stream;
    Mutex lock;
    char eof, needs_input;
    int check;
    Object* unused_data;
    PendingInput pending;
    static Type s_type;
};
Type Compressor::s_type, Decompressor::s_type;

namespace {

template <class... A> COLD Error fail(Thread& t, const char* format, const A&... args) {
    Ref<Object> type = TRY(import_attribute(t, "_lzma", "LZMAError"));
    return raise(t, is<Type>(type.get()) ? *static_cast<Type*>(type.get()) : exc::ValueError, format, args...);
}
Result<void> check(Thread& t, lzma_ret code) {
    switch (code) {
    case LZMA_OK:
    case LZMA_GET_CHECK:
    case LZMA_NO_CHECK:
    case LZMA_STREAM_END: return {};
    case LZMA_UNSUPPORTED_CHECK: return fail(t, "Unsupported integrity check");
    case LZMA_MEM_ERROR: return raise_memory_error(t);
    case LZMA_MEMLIMIT_ERROR: return fail(t, "Memory usage limit exceeded");
    case LZMA_FORMAT_ERROR: return fail(t, "Input format not supported by decoder");
    case LZMA_OPTIONS_ERROR: return fail(t, "Invalid or unsupported options");
    case LZMA_DATA_ERROR: return fail(t, "Corrupt input data");
    case LZMA_BUF_ERROR: return fail(t, "Insufficient buffer space");
    case LZMA_PROG_ERROR: return fail(t, "Internal error");
    default: return fail(t, "Unrecognized error from liblzma: %d", static_cast<int>(code));
    }
}
Result<uint64_t> unsigned_value(Thread& t, Borrowed<Object> object, uint64_t limit, const char* type) {
    Ref<Int> number = TRY(to_index(t, object));
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    uint64_t value;
    if (!int_fits_uint64(number.get(), &value) || value > limit) return raise(t, exc::OverflowError, "Python int too large for C %s", type);
    return value;
}

/// A chain of filters with the memory of their options.
struct Filters {
    lzma_filter chain[LZMA_FILTERS_MAX + 1];
    int count = 0;
    ~Filters() {
        for (int i = 0; i < count; ++i) std::free(chain[i].options);
    }
};
/// A field of a filter specifier that names an option.
struct Option {
    const char* name;
    uint32_t* place;
};
/// Reads the options of a specifier; another key than these, "id" and "preset" is an error, as is a value out of range.
Result<void> read_options(Thread& t, Borrowed<Object> spec, const char* kind, std::span<const Option> options, bool preset_allowed) {
    auto read = [&]() -> Result<void> {
        if (!is<Dict>(spec.get())) return raise(t, exc::TypeError, "not a dict");
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, static_cast<Dict*>(spec.get()), &position, &key, &value)) {
            auto* name = try_as<Str>(key.get());
            if (name && (str_equals_ascii(name, "id") || (preset_allowed && str_equals_ascii(name, "preset")))) continue;
            const Option* found = nullptr;
            for (const Option& option : options)
                if (name && str_equals_ascii(name, option.name)) found = &option;
            if (!found) return raise(t, exc::TypeError, "unknown option");
            *found->place = static_cast<uint32_t>(TRY(unsigned_value(t, value.get(), UINT32_MAX, "uint32_t")));
        }
        return {};
    };
    auto result = read();
    if (!result.is_error()) return {};
    t.clear_exception();
    return raise(t, exc::ValueError, "Invalid filter specifier for %s filter", kind);
}
Result<MaybeRef<Object>> optional_item(Thread& t, Borrowed<Object> mapping, const char* key) {
    auto found = get_item(t, mapping, TRY(str_interned(t, key)));
    if (!found.is_error()) return MaybeRef<Object>(found.take());
    if (!clear_if(t, exc::KeyError)) return Error{};
    return MaybeRef<Object>();
}
template <class T> Result<T*> new_options(Thread& t) {
    auto* options = static_cast<T*>(std::calloc(1, sizeof(T)));
    if (!options) return raise_memory_error(t);
    return options;
}
Result<void> parse_filter(Thread& t, Borrowed<Object> spec, lzma_filter& filter) {
    if (!spec->type->as_mapping || !spec->type->as_mapping->subscript)
        return raise(t, exc::TypeError, "Filter specifier must be a dict or dict-like object");
    MaybeRef<Object> id = TRY(optional_item(t, spec, "id"));
    if (!id) return raise(t, exc::ValueError, "Filter specifier must have an \"id\" entry");
    filter.id = TRY(unsigned_value(t, id.get(), UINT64_MAX, "lzma_vli"));
    filter.options = nullptr;
    switch (filter.id) {
    case LZMA_FILTER_LZMA1:
    case LZMA_FILTER_LZMA2: {
        MaybeRef<Object> given = TRY(optional_item(t, spec, "preset"));
        uint32_t preset = given ? static_cast<uint32_t>(TRY(unsigned_value(t, given.get(), UINT32_MAX, "uint32_t"))) : LZMA_PRESET_DEFAULT;
        auto* o = TRY(new_options<lzma_options_lzma>(t));
        filter.options = o;
        if (lzma_lzma_preset(o, preset)) {
            std::free(o);
            return fail(t, "Invalid compression preset: %u", preset);
        }
        uint32_t mode = o->mode, finder = o->mf;
        const Option options[] = {{"dict_size", &o->dict_size}, {"lc", &o->lc},  {"lp", &o->lp},      {"pb", &o->pb}, {"mode", &mode},
                                  {"nice_len", &o->nice_len},   {"mf", &finder}, {"depth", &o->depth}};
        if (read_options(t, spec, "LZMA", options, true).is_error()) return std::free(o), Error{};
        o->mode = static_cast<lzma_mode>(mode);
        o->mf = static_cast<lzma_match_finder>(finder);
        return {};
    }
    case LZMA_FILTER_DELTA: {
        auto* o = TRY(new_options<lzma_options_delta>(t));
        filter.options = o;
        o->type = LZMA_DELTA_TYPE_BYTE;
        o->dist = 1;
        const Option options[] = {{"dist", &o->dist}};
        if (read_options(t, spec, "delta", options, false).is_error()) return std::free(o), Error{};
        return {};
    }
    case LZMA_FILTER_X86:
    case LZMA_FILTER_POWERPC:
    case LZMA_FILTER_IA64:
    case LZMA_FILTER_ARM:
    case LZMA_FILTER_ARMTHUMB:
    case LZMA_FILTER_SPARC: {
        auto* o = TRY(new_options<lzma_options_bcj>(t));
        filter.options = o;
        const Option options[] = {{"start_offset", &o->start_offset}};
        if (read_options(t, spec, "BCJ", options, false).is_error()) return std::free(o), Error{};
        return {};
    }
    default: return raise(t, exc::ValueError, "Invalid filter ID: %d", static_cast<uint64_t>(filter.id));
    }
}
Result<void> parse_filters(Thread& t, Borrowed<Object> specs, Filters& filters) {
    if (is<Dict>(specs.get())) return raise(t, exc::TypeError, "%T is not a sequence", specs);
    intptr_t count = TRY(length(t, specs));
    if (count > LZMA_FILTERS_MAX) return raise(t, exc::ValueError, "Too many filters - liblzma supports a maximum of %d", LZMA_FILTERS_MAX);
    for (intptr_t i = 0; i < count; ++i) {
        Ref<Object> spec = TRY(sequence_get(t, specs, i));
        TRY(parse_filter(t, spec, filters.chain[i]));
        filters.count = static_cast<int>(i + 1);
    }
    filters.chain[count].id = LZMA_VLI_UNKNOWN;
    filters.chain[count].options = nullptr;
    return {};
}

// Compressing

Result<lzma_ret> start(Thread& t, lzma_stream& s, int format, int check_id, uint32_t preset, Object* specs) {
    Filters filters;
    switch (format) {
    case Xz:
        if (check_id == -1) check_id = LZMA_CHECK_CRC64;
        if (!specs) return lzma_easy_encoder(&s, preset, static_cast<lzma_check>(check_id));
        TRY(parse_filters(t, specs, filters));
        return lzma_stream_encoder(&s, filters.chain, static_cast<lzma_check>(check_id));
    case Alone: {
        if (!specs) {
            lzma_options_lzma options;
            if (lzma_lzma_preset(&options, preset)) return fail(t, "Invalid compression preset: %u", preset);
            return lzma_alone_encoder(&s, &options);
        }
        TRY(parse_filters(t, specs, filters));
        if (filters.count != 1 || filters.chain[0].id != LZMA_FILTER_LZMA1)
            return raise(t, exc::ValueError, "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter");
        return lzma_alone_encoder(&s, static_cast<lzma_options_lzma*>(filters.chain[0].options));
    }
    case Raw:
        if (!specs) return raise(t, exc::ValueError, "Must specify filters for FORMAT_RAW");
        TRY(parse_filters(t, specs, filters));
        return lzma_raw_encoder(&s, filters.chain);
    default: return raise(t, exc::ValueError, "Invalid container format: %d", format);
    }
}
Result<Ref<Object>> compressor_new(Thread& t, Borrowed<Type> type, int format, int check_id, NoneOr<Object> preset,
                                   NoneOr<Object> filters) {
    if (preset && filters) return raise(t, exc::ValueError, "Cannot specify both preset and filter chain");
    uint32_t level = preset ? static_cast<uint32_t>(TRY(unsigned_value(t, preset.value(), UINT32_MAX, "uint32_t"))) : LZMA_PRESET_DEFAULT;
    if (format != Xz && check_id != -1 && check_id != LZMA_CHECK_NONE)
        return raise(t, exc::ValueError, "Integrity checks are only supported by FORMAT_XZ");
    Ref<Compressor> self = TRY(allocate<Compressor>(t, *type.get()));
    TRY(check(t, TRY(start(t, self->stream, format, check_id, level, filters.get()))));
    return self;
}
lzma_ret compress_all(lzma_stream& s, std::string_view input, OutputBuffer& out, lzma_action action) {
    s.next_in = reinterpret_cast<const uint8_t*>(input.data());
    s.avail_in = input.size();
    for (;;) {
        if (!out.grow()) return LZMA_MEM_ERROR;
        size_t room = out.room();
        s.next_out = out.end();
        s.avail_out = room;
        lzma_ret code = lzma_code(&s, action);
        out.advance(room - s.avail_out);
        if (code == LZMA_BUF_ERROR && s.avail_in == 0 && s.avail_out > 0) code = LZMA_OK;
        if (code != LZMA_OK) return code;
        if (action == LZMA_RUN && s.avail_in == 0) return code;
    }
}
Result<Ref<Bytes>> run(Thread& t, Borrowed<Compressor> self, std::string_view input, lzma_action action) {
    OutputBuffer out;
    lzma_ret code;
    {
        Detached detached(t);
        code = compress_all(self->stream, input, out, action);
    }
    TRY(check(t, code));
    return out.finish(t);
}
Result<Ref<Bytes>> compress(Thread& t, Borrowed<Compressor> self, const BufferView& data) {
    MutexLocker locker(self->lock);
    if (self->flushed) return raise(t, exc::ValueError, "Compressor has been flushed");
    return run(t, self, data.view(), LZMA_RUN);
}
Result<Ref<Bytes>> flush(Thread& t, Borrowed<Compressor> self) {
    MutexLocker locker(self->lock);
    if (self->flushed) return raise(t, exc::ValueError, "Repeated call to flush()");
    self->flushed = true;
    return run(t, self, {}, LZMA_FINISH);
}
void compressor_dealloc(Object* o) {
    lzma_end(&static_cast<Compressor*>(o)->stream);
    o->type->free(o);
}

// Decompressing

Result<Ref<Object>> decompressor_new(Thread& t, Borrowed<Type> type, int format, NoneOr<Object> memory_limit, NoneOr<Object> specs) {
    uint64_t limit = UINT64_MAX;
    if (memory_limit) {
        if (format == Raw) return raise(t, exc::ValueError, "Cannot specify memory limit with FORMAT_RAW");
        limit = TRY(unsigned_value(t, memory_limit.value(), UINT64_MAX, "unsigned long long"));
    }
    if (format == Raw && !specs) return raise(t, exc::ValueError, "Must specify filters for FORMAT_RAW");
    if (format != Raw && specs) return raise(t, exc::ValueError, "Cannot specify filters except with FORMAT_RAW");
    Ref<Decompressor> self = TRY(allocate<Decompressor>(t, *type.get()));
    self->check = CheckUnknown;
    self->needs_input = 1;
    self->unused_data = bytes_empty().release();
    constexpr uint32_t flags = LZMA_TELL_ANY_CHECK | LZMA_TELL_NO_CHECK;
    lzma_ret code;
    switch (format) {
    case Auto: code = lzma_auto_decoder(&self->stream, limit, flags); break;
    case Xz: code = lzma_stream_decoder(&self->stream, limit, flags); break;
    case Alone:
        self->check = LZMA_CHECK_NONE;
        code = lzma_alone_decoder(&self->stream, limit);
        break;
    case Raw: {
        self->check = LZMA_CHECK_NONE;
        Filters filters;
        TRY(parse_filters(t, specs.value(), filters));
        code = lzma_raw_decoder(&self->stream, filters.chain);
        break;
    }
    default: return raise(t, exc::ValueError, "Invalid container format: %d", format);
    }
    TRY(check(t, code));
    return self;
}
/// Decompresses until the input or the output's room is used up, or the stream ends; `input` becomes what is left.
lzma_ret decompress_all(lzma_stream& s, std::string_view& input, OutputBuffer& out, int& check_id) {
    s.next_in = reinterpret_cast<const uint8_t*>(input.data());
    s.avail_in = input.size();
    lzma_ret code;
    for (;;) {
        if (!out.grow()) return LZMA_MEM_ERROR;
        size_t room = out.room();
        s.next_out = out.end();
        s.avail_out = room;
        code = lzma_code(&s, LZMA_RUN);
        out.advance(room - s.avail_out);
        if (code == LZMA_BUF_ERROR && s.avail_in == 0 && s.avail_out > 0) code = LZMA_OK;
        if (code == LZMA_BUF_ERROR && room == 0) code = LZMA_OK; // max_length is 0
        if (code == LZMA_GET_CHECK || code == LZMA_NO_CHECK) {
            check_id = static_cast<int>(lzma_get_check(&s));
            code = LZMA_OK;
        }
        if (code != LZMA_OK) break;
        if (s.avail_out == 0) {
            if (out.is_full()) break;
        } else if (s.avail_in == 0) {
            break;
        }
    }
    input.remove_prefix(input.size() - s.avail_in);
    s.next_in = nullptr;
    s.avail_in = 0;
    return code;
}
Result<Ref<Bytes>> decompress(Thread& t, Borrowed<Decompressor> self, const BufferView& data, Size max_length) {
    MutexLocker locker(self->lock);
    if (self->eof) return raise(t, exc::EOFError, "Already at end of stream");
    OutputBuffer out(max_length.value);
    std::string_view input = data.view();
    if (!self->pending.join(input)) return raise_memory_error(t);
    lzma_ret code;
    {
        Detached detached(t);
        code = decompress_all(self->stream, input, out, self->check);
    }
    auto checked = check(t, code);
    if (checked.is_error()) {
        self->pending.drop();
        return Error{};
    }
    if (code == LZMA_STREAM_END) {
        self->eof = 1;
        self->needs_input = 0;
        if (!input.empty()) assign_field(self->unused_data, static_cast<Object*>(TRY(bytes_from(t, input)).release()));
        self->pending.drop();
    } else if (input.empty()) {
        self->needs_input = !out.is_full(); // a full output may leave some inside the decoder
        self->pending.drop();
    } else {
        self->needs_input = 0;
        if (!self->pending.keep(input)) return raise_memory_error(t);
    }
    return out.finish(t);
}
void decompressor_dealloc(Object* o) {
    auto* self = static_cast<Decompressor*>(o);
    lzma_end(&self->stream);
    self->pending.release();
    xdecref(self->unused_data);
    o->type->free(o);
}

// The module

bool is_check_supported(int check_id) { return lzma_check_is_supported(static_cast<lzma_check>(check_id)); }
Result<Ref<Bytes>> encode_filter_properties(Thread& t, Borrowed<Object> spec) {
    Filters filters;
    TRY(parse_filter(t, spec, filters.chain[0]));
    filters.count = 1;
    uint32_t size;
    TRY(check(t, lzma_properties_size(&size, &filters.chain[0])));
    Ref<Bytes> properties = TRY(bytes_alloc(t, size));
    TRY(check(t, lzma_properties_encode(&filters.chain[0], reinterpret_cast<uint8_t*>(properties->data))));
    return properties;
}
Result<Ref<Dict>> decode_filter_properties(Thread& t, Borrowed<Object> id, const BufferView& data) {
    Filters filters;
    lzma_filter& filter = filters.chain[0];
    filter.id = TRY(unsigned_value(t, id, UINT64_MAX, "lzma_vli"));
    filter.options = nullptr;
    TRY(check(t, lzma_properties_decode(&filter, nullptr, data.data(), data.size())));
    filters.count = 1;
    Ref<Dict> spec = TRY(dict_new(t));
    auto add = [&](const char* name, uint64_t value) -> Result<void> {
        return dict_set_ascii(t, spec, name, TRY(int_from_uint64(t, value)));
    };
    TRY(add("id", filter.id));
    if (!filter.options) return spec;
    switch (filter.id) {
    case LZMA_FILTER_LZMA1: {
        auto* o = static_cast<lzma_options_lzma*>(filter.options);
        TRY(add("lc", o->lc));
        TRY(add("lp", o->lp));
        TRY(add("pb", o->pb));
        TRY(add("dict_size", o->dict_size));
        break;
    }
    case LZMA_FILTER_LZMA2: TRY(add("dict_size", static_cast<lzma_options_lzma*>(filter.options)->dict_size)); break;
    case LZMA_FILTER_DELTA: TRY(add("dist", static_cast<lzma_options_delta*>(filter.options)->dist)); break;
    default: TRY(add("start_offset", static_cast<lzma_options_bcj*>(filter.options)->start_offset)); break;
    }
    return spec;
}
const NativeDef functions[] = {
    fn<is_check_supported>("is_check_supported", "($module, check_id, /)", "Whether the integrity check is supported."),
    fn<encode_filter_properties>("_encode_filter_properties", "($module, filter, /)", "The options of a filter as bytes, without its ID."),
    fn<decode_filter_properties>("_decode_filter_properties", "($module, filter_id, encoded_props, /)",
                                 "A filter specifier from the bytes of its options."),
};
const NativeDef compressor_methods[] = {
    method<compress>("compress", "($self, data, /)", "What can be written of the compressed data so far."),
    method<flush>("flush", "($self, /)", "What is left of the compressed data; the compressor cannot be used afterwards."),
};
const NativeDef decompressor_methods[] = {
    method<decompress>("decompress", "($self, /, data, max_length=-1)",
                       "At most max_length bytes of decompressed data; input that is not used up is kept for the next call."),
};
const MemberDef decompressor_members[] = {
    {"check", member_type::Int, offsetof(Decompressor, check), member_flag::ReadOnly, "ID of the stream's integrity check."},
    {"eof", member_type::Bool, offsetof(Decompressor, eof), member_flag::ReadOnly, "Whether the end of the stream was reached."},
    {"needs_input", member_type::Bool, offsetof(Decompressor, needs_input), member_flag::ReadOnly,
     "Whether the next call must bring data."},
    {"unused_data", member_type::ObjectEx, offsetof(Decompressor, unused_data), member_flag::ReadOnly,
     "What came behind the end of the stream."},
};
const SlotDef compressor_slots[] = {raw_slot(SlotId::tp_dealloc, &compressor_dealloc),
                                    typed_new<compressor_new, "LZMACompressor", "(format=1, check=-1, preset=None, filters=None)">()};
const SlotDef decompressor_slots[] = {raw_slot(SlotId::tp_dealloc, &decompressor_dealloc),
                                      typed_new<decompressor_new, "LZMADecompressor", "(format=0, memlimit=None, filters=None)">()};
const TypeSpec compressor_spec = {
    .type = &Compressor::s_type,
    .name = "_lzma.LZMACompressor",
    .basicsize = sizeof(Compressor),
    .doc = "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nAn object that compresses a stream piece by piece.",
    .slots = compressor_slots,
    .methods = compressor_methods};
const TypeSpec decompressor_spec = {.type = &Decompressor::s_type,
                                    .name = "_lzma.LZMADecompressor",
                                    .basicsize = sizeof(Decompressor),
                                    .doc = "An object that decompresses a stream piece by piece.",
                                    .signature = "(format=0, memlimit=None, filters=None)",
                                    .slots = decompressor_slots,
                                    .methods = decompressor_methods,
                                    .members = decompressor_members};
const TypeSpec* const types[] = {&compressor_spec, &decompressor_spec};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    static constexpr struct {
        const char* name;
        int64_t value;
    } constants[] = {
        {"FORMAT_AUTO", Auto},
        {"FORMAT_XZ", Xz},
        {"FORMAT_ALONE", Alone},
        {"FORMAT_RAW", Raw},
        {"CHECK_NONE", LZMA_CHECK_NONE},
        {"CHECK_CRC32", LZMA_CHECK_CRC32},
        {"CHECK_CRC64", LZMA_CHECK_CRC64},
        {"CHECK_SHA256", LZMA_CHECK_SHA256},
        {"CHECK_ID_MAX", LZMA_CHECK_ID_MAX},
        {"CHECK_UNKNOWN", CheckUnknown},
        {"FILTER_LZMA1", LZMA_FILTER_LZMA1},
        {"FILTER_LZMA2", LZMA_FILTER_LZMA2},
        {"FILTER_DELTA", LZMA_FILTER_DELTA},
        {"FILTER_X86", LZMA_FILTER_X86},
        {"FILTER_IA64", LZMA_FILTER_IA64},
        {"FILTER_ARM", LZMA_FILTER_ARM},
        {"FILTER_ARMTHUMB", LZMA_FILTER_ARMTHUMB},
        {"FILTER_SPARC", LZMA_FILTER_SPARC},
        {"FILTER_POWERPC", LZMA_FILTER_POWERPC},
        {"MF_HC3", LZMA_MF_HC3},
        {"MF_HC4", LZMA_MF_HC4},
        {"MF_BT2", LZMA_MF_BT2},
        {"MF_BT3", LZMA_MF_BT3},
        {"MF_BT4", LZMA_MF_BT4},
        {"MODE_FAST", LZMA_MODE_FAST},
        {"MODE_NORMAL", LZMA_MODE_NORMAL},
        {"PRESET_DEFAULT", LZMA_PRESET_DEFAULT},
        {"PRESET_EXTREME", LZMA_PRESET_EXTREME},
    };
    for (auto& constant : constants) TRY(module_add_int(t, module, constant.name, constant.value));
    return module_add(t, module, "LZMAError", TRY(new_exception_type(t, "_lzma.LZMAError", exc::Exception, "Call to liblzma failed.")));
}

} // namespace
} // namespace lzma

extern const ModuleSpec lzma_module;
const ModuleSpec lzma_module = {.name = "_lzma", .functions = lzma::functions, .exec = lzma::exec, .types = lzma::types};

} // namespace taipan
