// _multibytecodec and the _codecs_* modules of the East Asian encodings, over base/cjk.h. A codec's tables do not change
// once it is made; what remembers a state is guarded by its critical section.
#include "base/cjk.h"
#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/codec_errors.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"
#include "objects/type_object.h"

#include "base/small_buffer.h"
#include <cstring>

namespace taipan {

namespace multibyte {

namespace cjk = base::cjk;

struct Codec : Object {
    cjk::Codec* codec;
    static Type s_type;
};
/// What the four classes that remember a state have in common.
struct Stateful : Object {
    Codec* codec;
    Str* errors;
    Object* stream;   // of readers and writers
    Str* pending;     // text that an encoder keeps for the next call, or null
    uint8_t bytes[8]; // bytes that a decoder keeps
    int byte_count;
    cjk::State state;
};
struct IncrementalEncoder : Stateful {
    static Type s_type;
};
struct IncrementalDecoder : Stateful {
    static Type s_type;
};
struct StreamReader : Stateful {
    static Type s_type;
};
struct StreamWriter : Stateful {
    static Type s_type;
};
Type Codec::s_type, IncrementalEncoder::s_type, IncrementalDecoder::s_type, StreamReader::s_type, StreamWriter::s_type;

namespace {

constexpr const char *IllegalText = "illegal multibyte sequence", *IncompleteText = "incomplete multibyte sequence";

/// A position that is too large even for an index is out of bounds like others.
COLD Error bad_position(Thread& t) {
    if (!clear_if(t, exc::OverflowError)) return Error{};
    return raise(t, exc::IndexError, "position %d from error handler out of bounds", INTPTR_MAX);
}
/// Encodes the text from `position` on, as far as it goes when it is not the end of the input.
Result<void> encode_text(Thread& t, const cjk::Codec& codec, cjk::State& state, Borrowed<Str> text, const char* errors, bool final,
                         base::TextBuffer& out, intptr_t& position) {
    EncodeErrors handler(t, codec.encoding().name, text, errors);
    uint8_t bytes[16];
    intptr_t length = text->length;
    while (position < length) {
        int count;
        bool has_next = position + 1 < length;
        int used = codec.encode(state, text->at(position), has_next ? text->at(position + 1) : 0, has_next, final, bytes, &count);
        if (used > 0) {
            out.append(reinterpret_cast<char*>(bytes), static_cast<size_t>(count));
            position += used;
            continue;
        }
        if (used == cjk::Incomplete) return {};
        auto handled = handler.handle(position, position + 1, IllegalText);
        if (handled.is_error()) return bad_position(t);
        EncodeErrors::Fix fix = handled.take();
        if (fix.replacement && is<Bytes>(fix.replacement.get())) {
            std::string_view instead = static_cast<Bytes*>(fix.replacement.get())->view();
            out.append(instead.data(), instead.size());
        } else if (fix.replacement && is<Str>(fix.replacement.get())) {
            auto* instead = static_cast<Str*>(fix.replacement.get());
            for (intptr_t i = 0; i < instead->length; ++i) {
                bool more = i + 1 < instead->length;
                if (codec.encode(state, instead->at(i), more ? instead->at(i + 1) : 0, more, true, bytes, &count) <= 0)
                    return handler.raise(position, position + 1, IllegalText);
                out.append(reinterpret_cast<char*>(bytes), static_cast<size_t>(count));
            }
        }
        position = fix.resume;
    }
    return {};
}
void append_reset(const cjk::Codec& codec, cjk::State& state, base::TextBuffer& out) {
    uint8_t bytes[8];
    int count = codec.reset(state, bytes);
    out.append(reinterpret_cast<char*>(bytes), static_cast<size_t>(count));
}
Result<Ref<Bytes>> encoded(Thread& t, base::TextBuffer& out) {
    if (out.failed()) return raise_memory_error(t);
    return bytes_from(t, std::string_view(out.data(), out.size()));
}
/// Decodes; what is incomplete at the end of input that is not final is left: the number of bytes used.
Result<size_t> decode_bytes(Thread& t, const cjk::Codec& codec, cjk::State& state, std::string_view input, const char* errors, bool final,
                            StrBuilder& out) {
    DecodeErrors handler(t, codec.encoding().name, input, errors, out);
    size_t position = 0;
    while (position < handler.input.size()) {
        uint32_t characters[2];
        int count = 0;
        auto* in = reinterpret_cast<const uint8_t*>(handler.input.data()) + position;
        size_t left = handler.input.size() - position;
        int used = codec.decode(state, in, left, characters, &count);
        if (used > 0) {
            for (int i = 0; i < count; ++i) TRY(out.append_char(characters[i]));
            position += static_cast<size_t>(used);
            continue;
        }
        if (used == cjk::Incomplete) {
            if (!final) return position;
            position = TRY(handler.handle(position, handler.input.size(), IncompleteText));
        } else {
            auto handled = handler.handle(position, position + static_cast<size_t>(count ? count : 1), IllegalText);
            if (handled.is_error()) return bad_position(t);
            position = handled.take();
        }
    }
    return position;
}

Result<const char*> errors_text(Thread& t, Str* errors) { return errors ? TRY(str_utf8(t, errors)).data() : "strict"; }

// Codecs

Result<Ref<Tuple>> codec_encode(Thread& t, Borrowed<Codec> self, Borrowed<Object> input, NoneOr<Str> errors) {
    Ref<Object> text = is<Str>(input.get()) ? acquire(input) : Ref<Object>(TRY(to_str(t, input)));
    base::TextBuffer out;
    cjk::State state = self->codec->initial();
    intptr_t position = 0;
    TRY(encode_text(t, *self->codec, state, static_cast<Str*>(text.get()), TRY(errors_text(t, errors.get())), true, out, position));
    append_reset(*self->codec, state, out);
    return tuple_pack(t, TRY(encoded(t, out)), TRY(int_from(t, static_cast<Str*>(text.get())->length)));
}
Result<Ref<Tuple>> codec_decode(Thread& t, Borrowed<Codec> self, const BufferView& input, NoneOr<Str> errors) {
    StrBuilder out(t);
    cjk::State state = self->codec->initial();
    TRY(decode_bytes(t, *self->codec, state, input.view(), TRY(errors_text(t, errors.get())), true, out));
    return tuple_pack(t, TRY(out.finish()), TRY(int_from(t, static_cast<int64_t>(input.size()))));
}
void codec_dealloc(Object* o) {
    delete static_cast<Codec*>(o)->codec;
    o->type->free(o);
}
const NativeDef codec_methods[] = {
    method<codec_encode>("encode", "($self, /, input, errors=None)", "The text encoded, and its length."),
    method<codec_decode>("decode", "($self, /, input, errors=None)", "The bytes decoded, and their number."),
};
const SlotDef codec_slots[] = {raw_slot(SlotId::tp_dealloc, &codec_dealloc)};
const TypeSpec codec_spec = {.type = &Codec::s_type,
                             .name = "_multibytecodec.MultibyteCodec",
                             .basicsize = sizeof(Codec),
                             .flags = type_flag::DisallowInstantiation,
                             .slots = codec_slots,
                             .methods = codec_methods};

// State

template <class T> Result<Ref<T>> stateful_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> errors, Object* stream) {
    if (errors && !is_none(errors.get()) && !is<Str>(errors.get())) return raise(t, exc::TypeError, "errors must be a string");
    Ref<T> self = TRY(allocate<T>(t, *type.get()));
    self->errors =
        errors && is<Str>(errors.get()) ? acquire(static_cast<Str*>(errors.get())).release() : TRY(str_interned(t, "strict")).release();
    gc_track(self.get());
    Ref<Object> codec = TRY(get_attribute(t, Borrowed<Object>(static_cast<Object*>(type.get())), TRY(str_interned(t, "codec"))));
    if (!is_exact<Codec>(codec.get())) return raise(t, exc::TypeError, "codec is unexpected type");
    self->codec = static_cast<Codec*>(codec.release());
    self->state = self->codec->codec->initial();
    if (stream) self->stream = acquire(stream).release();
    return self;
}
template <class T> Result<Ref<Object>> incremental_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> errors) {
    return TRY(stateful_new<T>(t, type, errors, nullptr));
}
template <class T> Result<Ref<Object>> stream_new(Thread& t, Borrowed<Type> type, Borrowed<Object> stream, MaybeBorrowed<Object> errors) {
    return TRY(stateful_new<T>(t, type, errors, stream.get()));
}
Result<void> any_init(Thread&, Borrowed<Stateful>, Args, Kwargs) { return {}; }
Result<Ref<Object>> get_errors(Thread&, Borrowed<Stateful> self) { return acquire<Object>(self->errors); }
Result<void> set_errors(Thread& t, Borrowed<Stateful> self, Object* value) {
    if (!value) return raise(t, exc::AttributeError, "cannot delete attribute");
    if (!is<Str>(value)) return raise(t, exc::TypeError, "errors must be a string");
    CriticalSection section(t, self.get());
    assign_field(self->errors, acquire(static_cast<Str*>(value)).release());
    return {};
}
using StatefulFields = Fields<Stateful, &Stateful::codec, &Stateful::errors, &Stateful::stream, &Stateful::pending>;
const GetSetDef stateful_getset[] = {getter_setter<get_errors, set_errors>("errors", "how to treat errors")};
const MemberDef stream_members[] = {{"stream", member_type::ObjectOrNone, offsetof(Stateful, stream), member_flag::ReadOnly, nullptr}};

Result<Ref<Bytes>> encode_step(Thread& t, Stateful* self, Borrowed<Object> input, bool final) {
    if (!is<Str>(input.get())) return raise(t, exc::TypeError, "couldn't convert the object to str.");
    CriticalSection section(t, self);
    Ref<Str> text = as<Str>(acquire(input));
    if (self->pending) text = TRY(str_concat(t, self->pending, text));
    base::TextBuffer out;
    intptr_t position = 0;
    cjk::State state = self->state;
    TRY(encode_text(t, *self->codec->codec, state, text, TRY(errors_text(t, self->errors)), final, out, position));
    MaybeRef<Str> rest;
    if (position < text->length) rest = TRY(str_substring(t, text, position, text->length));
    if (rest && rest->length > 2) return raise(t, exc::UnicodeError, "pending buffer overflow");
    if (final) append_reset(*self->codec->codec, state, out);
    self->state = state;
    assign_field(self->pending, rest.release());
    return encoded(t, out);
}
Result<Ref<Str>> decode_step(Thread& t, Stateful* self, std::string_view data, bool final) {
    CriticalSection section(t, self);
    base::TextBuffer joined;
    if (self->byte_count) {
        joined.append(reinterpret_cast<char*>(self->bytes), static_cast<size_t>(self->byte_count));
        joined.append(data.data(), data.size());
        if (joined.failed()) return raise_memory_error(t);
        data = {joined.data(), joined.size()};
    }
    StrBuilder out(t);
    cjk::State state = self->state;
    size_t used = TRY(decode_bytes(t, *self->codec->codec, state, data, TRY(errors_text(t, self->errors)), final, out));
    if (used > data.size()) used = data.size();
    if (data.size() - used > sizeof self->bytes) return raise(t, exc::UnicodeError, "pending buffer overflow");
    std::memcpy(self->bytes, data.data() + used, data.size() - used);
    self->byte_count = static_cast<int>(data.size() - used);
    self->state = state;
    return out.finish();
}

// Incremental encoders and decoders

Result<Ref<Bytes>> incremental_encode(Thread& t, Borrowed<IncrementalEncoder> self, Borrowed<Object> input, bool final) {
    return encode_step(t, self.get(), input, final);
}
Result<void> encoder_reset(Thread& t, Borrowed<IncrementalEncoder> self) {
    CriticalSection section(t, self.get());
    self->state = self->codec->codec->initial();
    clear_field(self->pending);
    return {};
}
/// As an int: the length of the pending text in UTF-8, that text, and eight bytes of state.
Result<Ref<Int>> encoder_getstate(Thread& t, Borrowed<IncrementalEncoder> self) {
    CriticalSection section(t, self.get());
    uint8_t bytes[32] = {};
    size_t size = 1;
    if (self->pending) {
        std::string_view text = TRY(str_utf8(t, self->pending));
        if (text.size() > 8) return raise(t, exc::UnicodeError, "pending buffer too large");
        bytes[0] = static_cast<uint8_t>(text.size());
        std::memcpy(bytes + 1, text.data(), text.size());
        size += text.size();
    }
    std::memcpy(bytes + size, &self->state, sizeof self->state);
    return int_from_bytes(t, bytes, size + 8, true, false);
}
Result<void> encoder_setstate(Thread& t, Borrowed<IncrementalEncoder> self, Borrowed<Object> value) {
    if (!is<Int>(value.get())) return raise(t, exc::TypeError, "setstate() argument must be int, not %T", value);
    uint8_t bytes[32];
    TRY(int_to_bytes(t, as<Int>(value.get()), bytes, sizeof bytes, true, false));
    if (bytes[0] > 8) return raise(t, exc::UnicodeError, "pending buffer too large");
    MaybeRef<Str> pending;
    if (bytes[0]) pending = TRY(str_decode_utf8(t, {reinterpret_cast<char*>(bytes + 1), bytes[0]}));
    CriticalSection section(t, self.get());
    assign_field(self->pending, pending.release());
    std::memcpy(&self->state, bytes + 1 + bytes[0], sizeof self->state);
    return {};
}
Result<Ref<Str>> incremental_decode(Thread& t, Borrowed<IncrementalDecoder> self, const BufferView& input, bool final) {
    return decode_step(t, self.get(), input.view(), final);
}
Result<void> decoder_reset(Thread& t, Borrowed<IncrementalDecoder> self) {
    CriticalSection section(t, self.get());
    self->state = self->codec->codec->initial();
    self->byte_count = 0;
    return {};
}
Result<Ref<Tuple>> decoder_getstate(Thread& t, Borrowed<IncrementalDecoder> self) {
    CriticalSection section(t, self.get());
    uint32_t state;
    std::memcpy(&state, &self->state, sizeof state);
    return tuple_pack(t, TRY(bytes_from(t, {reinterpret_cast<char*>(self->bytes), static_cast<size_t>(self->byte_count)})),
                      TRY(int_from_uint64(t, state)));
}
Result<void> decoder_setstate(Thread& t, Borrowed<IncrementalDecoder> self, Borrowed<Object> value) {
    auto* pair = try_as<Tuple>(value.get());
    if (!pair) return raise(t, exc::TypeError, "setstate() argument must be tuple, not %T", value);
    if (pair->size != 2 || !is<Bytes>(pair->items[0]) || !is<Int>(pair->items[1]))
        return raise(t, exc::TypeError, "setstate(): illegal state argument");
    auto* bytes = static_cast<Bytes*>(pair->items[0]);
    if (bytes->size > static_cast<intptr_t>(sizeof self->bytes))
        return raise_unicode_decode_error(t, self->codec->codec->encoding().name, bytes->view(), 0, bytes->size,
                                          "pending buffer too large");
    uint8_t state[8];
    TRY(int_to_bytes(t, static_cast<Int*>(pair->items[1]), state, sizeof state, true, false));
    CriticalSection section(t, self.get());
    std::memcpy(self->bytes, bytes->data, static_cast<size_t>(bytes->size));
    self->byte_count = static_cast<int>(bytes->size);
    std::memcpy(&self->state, state, sizeof self->state);
    return {};
}

// Streams

Result<Ref<Str>> read_with(Thread& t, Borrowed<StreamReader> self, const char* method, intptr_t size) {
    if (size == 0) return str_empty();
    for (;;) {
        Ref<Str> name = TRY(str_interned(t, method));
        Ref<Object> data = size < 0 ? TRY(call_method(t, Borrowed<Object>(self->stream), name))
                                    : TRY(call_method(t, Borrowed<Object>(self->stream), name, TRY(int_from(t, size))));
        if (!is<Bytes>(data.get())) return raise(t, exc::TypeError, "stream function returned a non-bytes object (%T)", data);
        bool at_end = static_cast<Bytes*>(data.get())->size == 0;
        Ref<Str> text = TRY(decode_step(t, self.get(), static_cast<Bytes*>(data.get())->view(), at_end || size < 0));
        if (text->length || at_end || size < 0) return text;
        size = 1; // a character's bytes are not complete yet
    }
}
Result<intptr_t> size_argument(Thread& t, MaybeBorrowed<Object> size) {
    if (!size || is_none(size.get())) return intptr_t{-1};
    if (!is<Int>(size.get())) return raise(t, exc::TypeError, "arg 1 must be an integer");
    return to_index_size(t, size.value(), exc::OverflowError);
}
Result<Ref<Str>> reader_read(Thread& t, Borrowed<StreamReader> self, MaybeBorrowed<Object> size) {
    return read_with(t, self, "read", TRY(size_argument(t, size)));
}
Result<Ref<Str>> reader_readline(Thread& t, Borrowed<StreamReader> self, MaybeBorrowed<Object> size) {
    return read_with(t, self, "readline", TRY(size_argument(t, size)));
}
Result<Ref<Object>> reader_readlines(Thread& t, Borrowed<StreamReader> self, MaybeBorrowed<Object> hint) {
    Ref<Str> text = TRY(read_with(t, self, "read", TRY(size_argument(t, hint))));
    return call_method(t, text, TRY(str_interned(t, "splitlines")), bool_ref(true));
}
Result<void> reader_reset(Thread& t, Borrowed<StreamReader> self) {
    CriticalSection section(t, self.get());
    self->state = self->codec->codec->initial();
    self->byte_count = 0;
    return {};
}
Result<void> writer_write(Thread& t, Borrowed<StreamWriter> self, Borrowed<Object> text) {
    Ref<Bytes> bytes = TRY(encode_step(t, self.get(), text, false));
    TRY(call_method(t, Borrowed<Object>(self->stream), TRY(str_interned(t, "write")), bytes));
    return {};
}
Result<void> writer_writelines(Thread& t, Borrowed<StreamWriter> self, Borrowed<Object> lines) {
    Ref<Object> iterator = TRY(get_iterator(t, lines));
    for (;;) {
        MaybeRef<Object> line = TRY(next_item(t, iterator));
        if (!line) return {};
        TRY(writer_write(t, self, line.get()));
    }
}
Result<void> writer_reset(Thread& t, Borrowed<StreamWriter> self) {
    Ref<Bytes> bytes = TRY(encode_step(t, self.get(), str_empty(), true));
    self->state = self->codec->codec->initial();
    if (bytes->size) TRY(call_method(t, Borrowed<Object>(self->stream), TRY(str_interned(t, "write")), bytes));
    return {};
}

const NativeDef encoder_methods[] = {
    method<incremental_encode>("encode", "($self, /, input, final=False)"),
    method<encoder_getstate>("getstate", "($self, /)"),
    method<encoder_setstate>("setstate", "($self, state, /)"),
    method<encoder_reset>("reset", "($self, /)"),
};
const NativeDef decoder_methods[] = {
    method<incremental_decode>("decode", "($self, /, input, final=False)"),
    method<decoder_getstate>("getstate", "($self, /)"),
    method<decoder_setstate>("setstate", "($self, state, /)"),
    method<decoder_reset>("reset", "($self, /)"),
};
const NativeDef reader_methods[] = {
    method<reader_read>("read", "($self, sizeobj=None, /)"),
    method<reader_readline>("readline", "($self, sizeobj=None, /)"),
    method<reader_readlines>("readlines", "($self, sizehintobj=None, /)"),
    method<reader_reset>("reset", "($self, /)"),
};
const NativeDef writer_methods[] = {
    method<writer_write>("write", "($self, strobj, /)"),
    method<writer_writelines>("writelines", "($self, lines, /)"),
    method<writer_reset>("reset", "($self, /)"),
};
#define SLOTS(name, make, signature)                                                                                                       \
    const SlotDef name##_slots[] = {raw_slot(SlotId::tp_getattro, generic_getattr_slot),                                                   \
                                    StatefulFields::traverse_slot(),                                                                       \
                                    StatefulFields::clear_slot(),                                                                          \
                                    StatefulFields::dealloc_slot(),                                                                        \
                                    typed_new<make, "Multibyte" #name, signature>(),                                                       \
                                    typed_init<any_init, "Multibyte" #name, "(*args, **kwargs)">()};
SLOTS(IncrementalEncoder, incremental_new<IncrementalEncoder>, "(errors='strict')")
SLOTS(IncrementalDecoder, incremental_new<IncrementalDecoder>, "(errors='strict')")
SLOTS(StreamReader, stream_new<StreamReader>, "(stream, errors='strict')")
SLOTS(StreamWriter, stream_new<StreamWriter>, "(stream, errors='strict')")
#undef SLOTS
const TypeSpec encoder_spec = {.type = &IncrementalEncoder::s_type,
                               .name = "_multibytecodec.MultibyteIncrementalEncoder",
                               .basicsize = sizeof(Stateful),
                               .flags = type_flag::Gc | type_flag::BaseType,
                               .slots = IncrementalEncoder_slots,
                               .methods = encoder_methods,
                               .getset = stateful_getset};
const TypeSpec decoder_spec = {.type = &IncrementalDecoder::s_type,
                               .name = "_multibytecodec.MultibyteIncrementalDecoder",
                               .basicsize = sizeof(Stateful),
                               .flags = type_flag::Gc | type_flag::BaseType,
                               .slots = IncrementalDecoder_slots,
                               .methods = decoder_methods,
                               .getset = stateful_getset};
const TypeSpec reader_spec = {.type = &StreamReader::s_type,
                              .name = "_multibytecodec.MultibyteStreamReader",
                              .basicsize = sizeof(Stateful),
                              .flags = type_flag::Gc | type_flag::BaseType,
                              .slots = StreamReader_slots,
                              .methods = reader_methods,
                              .getset = stateful_getset,
                              .members = stream_members};
const TypeSpec writer_spec = {.type = &StreamWriter::s_type,
                              .name = "_multibytecodec.MultibyteStreamWriter",
                              .basicsize = sizeof(Stateful),
                              .flags = type_flag::Gc | type_flag::BaseType,
                              .slots = StreamWriter_slots,
                              .methods = writer_methods,
                              .getset = stateful_getset,
                              .members = stream_members};
const TypeSpec* const types[] = {&encoder_spec, &decoder_spec, &reader_spec, &writer_spec};

/// getcodec of the module for a group of encodings.
Result<Ref<Object>> getcodec(Thread& t, Borrowed<Module> module, Borrowed<Object> name) {
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "encoding name must be a string.");
    TRY(type_ready(t, codec_spec));
    const cjk::Encoding* encoding = cjk::find(TRY(str_utf8(t, as<Str>(name.get()))));
    // The module's name is _codecs_ and the group.
    if (!encoding || std::strcmp(module->spec->name + 8, encoding->group) != 0)
        return raise(t, exc::LookupError, "no such codec is supported.");
    Ref<Codec> self = TRY(allocate<Codec>(t));
    self->codec = cjk::Codec::create(*encoding);
    if (!self->codec) return raise_memory_error(t);
    return self;
}
const NativeDef group_functions[] = {module_fn<getcodec>("getcodec", "($module, object, /)")};
Result<void> exec(Thread& t, Borrowed<Module>) {
    TRY(type_ready(t, codec_spec));
    return {};
}

} // namespace
} // namespace multibyte

extern const ModuleSpec multibytecodec_module, codecs_cn_module, codecs_hk_module, codecs_iso2022_module, codecs_jp_module,
    codecs_kr_module, codecs_tw_module;
const ModuleSpec multibytecodec_module = {.name = "_multibytecodec", .exec = multibyte::exec, .types = multibyte::types};
const ModuleSpec codecs_cn_module = {.name = "_codecs_cn", .functions = multibyte::group_functions};
const ModuleSpec codecs_hk_module = {.name = "_codecs_hk", .functions = multibyte::group_functions};
const ModuleSpec codecs_iso2022_module = {.name = "_codecs_iso2022", .functions = multibyte::group_functions};
const ModuleSpec codecs_jp_module = {.name = "_codecs_jp", .functions = multibyte::group_functions};
const ModuleSpec codecs_kr_module = {.name = "_codecs_kr", .functions = multibyte::group_functions};
const ModuleSpec codecs_tw_module = {.name = "_codecs_tw", .functions = multibyte::group_functions};

} // namespace taipan
