// IncrementalNewlineDecoder and the search for line ends.
#include "modules/io/io.h"
#include "objects/tuple.h"

#include <cstring>

namespace taipan::io {

Type NewlineDecoder::s_type;

namespace {
constexpr uint8_t SeenCr = 1, SeenLf = 2, SeenCrLf = 4;

intptr_t find_char(const Str* text, uint32_t c, intptr_t start, intptr_t end) {
    if (text->kind() == 1) {
        auto* hit = static_cast<const uint8_t*>(memchr(text->data8() + start, static_cast<int>(c), static_cast<size_t>(end - start)));
        return hit ? hit - text->data8() : -1;
    }
    for (intptr_t i = start; i < end; ++i)
        if (text->at(i) == c) return i;
    return -1;
}

Result<void> init(Thread& t, Borrowed<NewlineDecoder> self, Borrowed<Object> decoder, bool translate, Borrowed<Object> errors) {
    assign_field(self->decoder, decoder.share().release());
    assign_field(self->errors, errors.share().release());
    self->translate = translate;
    self->seen = 0;
    self->pending_cr = false;
    self->ok = true;
    return {};
}
Result<void> check(Thread& t, NewlineDecoder* self) {
    if (self->ok) return {};
    return raise(t, exc::ValueError, "IncrementalNewlineDecoder.__init__() not called");
}
Result<Ref<Object>> decode(Thread& t, Borrowed<NewlineDecoder> self, Borrowed<Object> input, bool final) {
    TRY(check(t, self.get()));
    return newline_decode(t, self, input, final);
}
Result<Ref<Object>> get_state(Thread& t, Borrowed<NewlineDecoder> self) {
    TRY(check(t, self.get()));
    MaybeRef<Object> buffer;
    int64_t flag = 0;
    if (!is_none(self->decoder)) {
        Ref<Object> state = TRY(call_method(t, Borrowed<Object>(self->decoder), names::getstate));
        if (!is<Tuple>(state.get())) return raise(t, exc::TypeError, "illegal decoder state");
        auto* tuple = static_cast<Tuple*>(state.get());
        if (tuple->size != 2) return raise(t, exc::TypeError, "illegal decoder state");
        buffer = acquire(tuple->items[0]);
        flag = TRY(to_int64(t, tuple->items[1]));
    } else {
        buffer = bytes_empty();
    }
    Ref<Int> flags = TRY(int_from_uint64(t, static_cast<uint64_t>(flag) << 1 | (self->pending_cr ? 1 : 0)));
    return tuple_pack(t, buffer, flags);
}
Result<Ref<Object>> set_state(Thread& t, Borrowed<NewlineDecoder> self, Borrowed<Object> state) {
    TRY(check(t, self.get()));
    if (!is<Tuple>(state.get())) return raise(t, exc::TypeError, "state argument must be a tuple");
    auto* tuple = static_cast<Tuple*>(state.get());
    if (tuple->size != 2) return raise(t, exc::TypeError, "setstate(): illegal state argument");
    uint64_t flags = TRY(to_uint64(t, tuple->items[1]));
    self->pending_cr = flags & 1;
    if (is_none(self->decoder)) return none_ref();
    Ref<Int> rest = TRY(int_from_uint64(t, flags >> 1));
    Ref<Tuple> inner = TRY(tuple_pack(t, Borrowed<Object>(tuple->items[0]), rest));
    return call_method(t, Borrowed<Object>(self->decoder), names::setstate, inner);
}
Result<Ref<Object>> reset_(Thread& t, Borrowed<NewlineDecoder> self) {
    TRY(check(t, self.get()));
    self->seen = 0;
    self->pending_cr = false;
    if (is_none(self->decoder)) return none_ref();
    return call_method(t, Borrowed<Object>(self->decoder), names::reset);
}
Result<Ref<Object>> get_newlines(Thread& t, Borrowed<NewlineDecoder> self) {
    TRY(check(t, self.get()));
    const char* texts[3];
    int n = 0;
    if (self->seen & SeenCr) texts[n++] = "\r";
    if (self->seen & SeenLf) texts[n++] = "\n";
    if (self->seen & SeenCrLf) texts[n++] = "\r\n";
    if (n == 0) return none_ref();
    if (n == 1) return str_interned(t, texts[0]);
    Object* items[3];
    for (int i = 0; i < n; ++i) items[i] = TRY(str_interned(t, texts[i])).release();
    return tuple_from_array_steal(t, items, static_cast<size_t>(n));
}

using NewlineFields = Fields<NewlineDecoder, &NewlineDecoder::decoder, &NewlineDecoder::errors>;
const NativeDef methods[] = {
    method<decode>("decode", "($self, input, final=False)"),
    method<get_state>("getstate", "($self, /)"),
    method<set_state>("setstate", "($self, state, /)"),
    method<reset_>("reset", "($self, /)"),
};
const GetSetDef getset[] = {getter<get_newlines>("newlines")};
const SlotDef slots[] = {
    NewlineFields::traverse_slot(),
    NewlineFields::clear_slot(),
    NewlineFields::dealloc_slot(),
    typed_init<init, "IncrementalNewlineDecoder", "(decoder, translate, errors='strict')">(),
};

} // namespace

Result<Ref<Str>> translate_newlines(Thread& t, NewlineDecoder* self, Ref<Str> text, bool final) {
    if (self->pending_cr && (final || text->length > 0)) {
        Ref<Str> cr = str_latin1_char('\r');
        text = TRY(str_concat(t, cr, text));
        self->pending_cr = false;
    }
    // A \r at the end may be half of \r\n: it waits.
    if (!final && text->length > 0 && text->at(text->length - 1) == '\r') {
        text = TRY(str_substring(t, text, 0, text->length - 1));
        self->pending_cr = true;
    }
    intptr_t length = text->length;
    if (length == 0) return text;
    if (find_char(text.get(), '\r', 0, length) < 0) {
        if (!(self->seen & SeenLf) && find_char(text.get(), '\n', 0, length) >= 0) self->seen |= SeenLf;
        return text;
    }
    intptr_t pairs = 0;
    uint8_t seen = 0;
    uint32_t max_char = text->is_ascii() ? 0x7f : text->kind() == 1 ? 0xff : text->kind() == 2 ? 0xffff : 0x10ffff;
    for (intptr_t i = 0; i < length; ++i) {
        uint32_t c = text->at(i);
        if (c == '\n') {
            seen |= SeenLf;
        } else if (c == '\r') {
            if (i + 1 < length && text->at(i + 1) == '\n') {
                seen |= SeenCrLf;
                ++pairs;
                ++i;
            } else {
                seen |= SeenCr;
            }
        }
    }
    self->seen |= seen;
    if (!self->translate) return text;
    Ref<Str> out = TRY(str_alloc(t, length - pairs, max_char));
    auto convert = [&](auto* to, const auto* from) {
        for (intptr_t i = 0; i < length; ++i) {
            auto c = from[i];
            if (c == '\r') {
                if (i + 1 < length && from[i + 1] == '\n') ++i;
                c = '\n';
            }
            *to++ = c;
        }
    };
    void* data = const_cast<void*>(out->data());
    switch (text->kind()) {
    case 1: convert(static_cast<uint8_t*>(data), text->data8()); break;
    case 2: convert(static_cast<uint16_t*>(data), text->data16()); break;
    default: convert(static_cast<uint32_t*>(data), text->data32());
    }
    return out;
}

Result<Ref<Object>> newline_decode(Thread& t, Borrowed<Object> decoder, Borrowed<Object> input, bool final) {
    auto* self = static_cast<NewlineDecoder*>(decoder.get());
    MaybeRef<Object> output;
    if (is_none(self->decoder)) {
        output = input.share();
    } else {
        output = TRY(call_method(t, Borrowed<Object>(self->decoder), names::decode, input, Borrowed<Object>(bool_object(final))));
    }
    if (!is<Str>(output.get())) return raise(t, exc::TypeError, "decoder should return a string result, not '%.200T'", output.get());
    CriticalSection section(t, self);
    return translate_newlines(t, self, as<Str>(output.take()), final);
}

intptr_t find_line_end(const NewlineMode& mode, const Str* text, intptr_t start, intptr_t end, intptr_t* consumed) {
    if (mode.translate || (mode.newline && mode.newline->length == 1)) {
        uint32_t c = mode.translate ? '\n' : mode.newline->at(0);
        intptr_t hit = find_char(text, c, start, end);
        if (hit >= 0) return hit + 1;
        *consumed = end;
        return -1;
    }
    if (mode.universal) {
        for (intptr_t i = start; i < end; ++i) {
            uint32_t c = text->at(i);
            if (c == '\n') return i + 1;
            if (c == '\r') return i + 1 < end && text->at(i + 1) == '\n' ? i + 2 : i + 1;
        }
        *consumed = end;
        return -1;
    }
    for (intptr_t i = start; i < end; ++i) {
        i = find_char(text, '\r', i, end);
        if (i < 0) break;
        if (i + 1 >= end) {
            *consumed = i;
            return -1;
        }
        if (text->at(i + 1) == '\n') return i + 2;
    }
    *consumed = end;
    return -1;
}

Result<NewlineMode> newline_mode(Thread& t, Borrowed<Object> newline, bool quoted) {
    if (is_none(newline.get())) return NewlineMode{true, true, nullptr};
    if (!is<Str>(newline.get())) return raise(t, exc::TypeError, "newline must be str or None, not %.200T", newline);
    auto* text = static_cast<Str*>(newline.get());
    if (!quoted && find_char(text, 0, 0, text->length) >= 0) return raise(t, exc::ValueError, "embedded null character");
    if (!(text->length == 0 || str_equals_ascii(text, "\n") || str_equals_ascii(text, "\r") || str_equals_ascii(text, "\r\n")))
        return raise(t, exc::ValueError, quoted ? "illegal newline value: %R" : "illegal newline value: %s", newline);
    return NewlineMode{false, text->length == 0, text->length ? text : nullptr};
}

const TypeSpec newline_decoder_spec = {.type = &NewlineDecoder::s_type,
                                       .name = "_io.IncrementalNewlineDecoder",
                                       .basicsize = sizeof(NewlineDecoder),
                                       .flags = type_flag::BaseType | type_flag::Gc,
                                       .doc = "Codec used when reading a file in universal newlines mode.",
                                       .signature = "(decoder, translate, errors='strict')",
                                       .slots = slots,
                                       .methods = methods,
                                       .getset = getset};

} // namespace taipan::io
