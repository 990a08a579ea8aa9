// _json: writing. The text grows in one buffer of the narrowest width that holds it.
#include "base/float_text.h"
#include "base/int_text.h"
#include "modules/json/json.h"
#include "objects/dict_walk.h"
#include "objects/int_internal.h"
#include "objects/list.h"
#include "objects/str_internal.h"
#include "objects/type_names.h"

#include <cstring>
#ifdef TAIPAN_JSON_SSE2
#include <emmintrin.h>
#endif

namespace taipan::json {

struct Encoder : Object {
    VectorcallFunc vectorcall;
    Object *markers, *default_function, *encoder, *indent, *key_separator, *item_separator;
    bool sort_keys, skipkeys, allow_nan;
    StringEncoder fast;
    static Type s_type;
};
Type Encoder::s_type;

namespace {

/// Whether a character of at most 8 bits cannot stand for itself.
template <bool Ascii> ALWAYS_INLINE bool needs_escape(uint32_t c) { return c < 0x20 || c == '"' || c == '\\' || (Ascii && c >= 0x7f); }
constexpr char hex[] = "0123456789abcdef";
ALWAYS_INLINE char* write_unit(char* out, uint32_t unit) {
    out[0] = '\\';
    out[1] = 'u';
    out[2] = hex[unit >> 12 & 15];
    out[3] = hex[unit >> 8 & 15];
    out[4] = hex[unit >> 4 & 15];
    out[5] = hex[unit & 15];
    return out + 6;
}
/// At most 12 characters.
ALWAYS_INLINE char* write_escape(char* out, uint32_t c) {
    char letter;
    switch (c) {
    case '"': letter = '"'; break;
    case '\\': letter = '\\'; break;
    case '\b': letter = 'b'; break;
    case '\f': letter = 'f'; break;
    case '\n': letter = 'n'; break;
    case '\r': letter = 'r'; break;
    case '\t': letter = 't'; break;
    default:
        if (c < 0x10000) return write_unit(out, c);
        out = write_unit(out, 0xd800 | ((c - 0x10000) >> 10));
        return write_unit(out, 0xdc00 | ((c - 0x10000) & 0x3ff));
    }
    out[0] = '\\';
    out[1] = letter;
    return out + 2;
}

class Writer {
public:
    explicit Writer(Thread& t) : m_thread(t) {}
    Writer(const Writer&) = delete;
    ~Writer() {
        if (m_data != m_in_place) raw_free(m_data);
    }

    Result<void> ascii(const char* text, size_t size) {
        auto n = static_cast<intptr_t>(size);
        TRY(room(n));
        if (LIKELY(m_kind == 1)) memcpy(m_data + m_length, text, size);
        else copy_chars(m_data, m_kind, m_length, text, 1, 0, n);
        m_length += n;
        return {};
    }
    Result<void> ascii(std::string_view text) { return ascii(text.data(), text.size()); }
    ALWAYS_INLINE Result<void> character(char c) {
        TRY(room(1));
        if (LIKELY(m_kind == 1)) m_data[m_length] = static_cast<uint8_t>(c);
        else put_char(m_data, m_kind, m_length, static_cast<uint8_t>(c));
        ++m_length;
        return {};
    }
    Result<void> text(const Str* text) { return part(text, 0, text->length); }
    /// The string in quotes.
    template <bool Ascii> Result<void> quoted(const Str* text) {
        TRY(character('"'));
        if constexpr (!Ascii) TRY(widen(str_max_char(text)));
        if (LIKELY(text->kind() == 1 && m_kind == 1)) {
            TRY(narrow<Ascii>(text->data8(), text->length));
        } else {
            TRY(with_chars(text, [&](auto* s) -> Result<void> { return wide<Ascii>(text, s); }));
        }
        return character('"');
    }
    Result<Ref<Str>> finish() {
        uint32_t max_char = m_kind == 4 ? 0x10ffff : m_kind == 2 ? 0xffff : m_ascii ? 127 : 255;
        if (m_length <= 1) return str_from_kind(m_thread, m_kind, m_data, m_length);
        Ref<Str> text = TRY(str_alloc(m_thread, m_length, max_char));
        memcpy(str_mutable_data(text.get()), m_data, static_cast<size_t>(m_length) * static_cast<size_t>(m_kind));
        return text;
    }

private:
    ALWAYS_INLINE Result<void> room(intptr_t extra) {
        if (LIKELY(extra <= m_capacity - m_length)) return {};
        return grow(extra);
    }
    NOINLINE Result<void> grow(intptr_t extra) {
        if (extra > INTPTR_MAX / 16 - m_length) return raise_memory_error(m_thread);
        intptr_t capacity = m_length + extra;
        if (capacity < m_capacity * 2) capacity = m_capacity * 2;
        size_t bytes = static_cast<size_t>(capacity) * static_cast<size_t>(m_kind);
        void* data = raw_realloc(m_data == m_in_place ? nullptr : m_data, bytes);
        if (!data) return raise_memory_error(m_thread);
        if (m_data == m_in_place) memcpy(data, m_in_place, static_cast<size_t>(m_length) * static_cast<size_t>(m_kind));
        m_data = static_cast<uint8_t*>(data);
        m_capacity = capacity;
        return {};
    }
    /// Characters up to `max_char` are about to come.
    ALWAYS_INLINE Result<void> widen(uint32_t max_char) {
        if (LIKELY(max_char < 128)) return {};
        return widen_slow(max_char);
    }
    NOINLINE Result<void> widen_slow(uint32_t max_char) {
        m_ascii = false;
        int kind = kind_for(max_char);
        if (kind <= m_kind) return {};
        intptr_t capacity = m_length + m_length / 2 + 256;
        void* data = raw_alloc(static_cast<size_t>(capacity) * static_cast<size_t>(kind));
        if (!data) return raise_memory_error(m_thread);
        copy_chars(data, kind, 0, m_data, m_kind, 0, m_length);
        if (m_data != m_in_place) raw_free(m_data);
        m_data = static_cast<uint8_t*>(data);
        m_capacity = capacity;
        m_kind = kind;
        return {};
    }
    Result<void> part(const Str* text, intptr_t start, intptr_t end) {
        TRY(widen(str_max_char(text)));
        TRY(room(end - start));
        if (LIKELY(m_kind == 1)) memcpy(m_data + m_length, text->data8() + start, static_cast<size_t>(end - start));
        else copy_from(m_data, m_kind, m_length, text, start, end - start);
        m_length += end - start;
        return {};
    }
    /// Latin-1 characters into a Latin-1 buffer, 16 at a time while nothing needs an escape.
    template <bool Ascii> ALWAYS_INLINE Result<void> narrow(const uint8_t* s, intptr_t length) {
        intptr_t i = 0;
        while (true) {
            // Room for the rest as it is, and for one escape.
            TRY(room(length - i + 28));
            uint8_t* out = m_data + m_length;
#ifdef TAIPAN_JSON_SSE2
            const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
            for (; i + 16 <= length; i += 16, out += 16) {
                __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(s + i));
                __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(chunk, quote), _mm_cmpeq_epi8(chunk, backslash));
                if constexpr (Ascii) // signed: below 0x20 or above 0x7f; and 0x7f
                    hit = _mm_or_si128(
                        hit, _mm_or_si128(_mm_cmplt_epi8(chunk, _mm_set1_epi8(0x20)), _mm_cmpeq_epi8(chunk, _mm_set1_epi8(0x7f))));
                else hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(chunk, control), chunk));
                _mm_storeu_si128(reinterpret_cast<__m128i*>(out), chunk);
                if (int mask = _mm_movemask_epi8(hit)) {
                    int clean = __builtin_ctz(static_cast<unsigned>(mask));
                    i += clean;
                    out += clean;
                    goto escape;
                }
            }
#endif
            for (; i < length && !needs_escape<Ascii>(s[i]); ++i) *out++ = s[i];
            if (i >= length) {
                m_length = out - m_data;
                return {};
            }
#ifdef TAIPAN_JSON_SSE2
        escape:
#endif
            m_length = reinterpret_cast<uint8_t*>(write_escape(reinterpret_cast<char*>(out), s[i++])) - m_data;
        }
    }
    template <bool Ascii, class Char> NOINLINE Result<void> wide(const Str* text, const Char* s) {
        intptr_t length = text->length, i = 0;
        while (true) {
            intptr_t start = i;
            while (i < length && !needs_escape<Ascii>(s[i])) ++i;
            if (i > start) {
                TRY(room(i - start));
                // With Ascii, what is copied fits any width.
                copy_chars(m_data, m_kind, m_length, s, sizeof(Char), start, i - start);
                m_length += i - start;
            }
            if (i >= length) return {};
            char buffer[12];
            TRY(ascii(buffer, static_cast<size_t>(write_escape(buffer, s[i++]) - buffer)));
        }
    }

    Thread& m_thread;
    uint8_t* m_data = m_in_place;
    intptr_t m_length = 0, m_capacity = InPlace; // in characters
    int m_kind = 1;
    bool m_ascii = true;
    static constexpr intptr_t InPlace = 512;
    alignas(4) uint8_t m_in_place[InPlace];
};

/// A container that is being written; they form the chain to look for cycles in.
struct Active {
    const Object* object;
    const Active* outer;
    const Active* shallow; // the innermost one around it that is not in the markers dict
    int depth;
};
/// From this depth on, the markers dict does the look-up.
constexpr int MaxChain = 32;

struct Encode {
    Thread& t;
    Encoder* self;
    Writer out;
    Ref<Object> default_function, encoder, key_separator, item_separator;
    intptr_t base_level = 0;
    MaybeRef<List> indents; // at 2n: line break and indentation n levels in; at 2n+1: item separator and that

    class Mark {
    public:
        Mark(Encode& encode, Object* object, const Active* outer)
            : m_encode(encode),
              entry{object, outer, outer && outer->depth >= MaxChain ? outer->shallow : outer, outer ? outer->depth + 1 : 0} {}
        Result<void> enter() {
            Encoder* self = m_encode.self;
            Thread& t = m_encode.t;
            if (is_none(self->markers)) return {};
            for (const Active* a = entry.shallow; a; a = a->outer)
                if (a->object == entry.object) return raise(t, exc::ValueError, "Circular reference detected");
            auto* markers = static_cast<Dict*>(self->markers);
            if (UNLIKELY(entry.depth >= MaxChain || dict_size(markers) > 0)) {
                Ref<Int> id = TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(entry.object)));
                if (TRY(dict_contains(t, markers, id))) return raise(t, exc::ValueError, "Circular reference detected");
                TRY(dict_set(t, markers, id, const_cast<Object*>(entry.object)));
                m_recorded = true;
            }
            return {};
        }
        Result<void> leave() {
            if (LIKELY(!m_recorded)) return {};
            Ref<Int> id = TRY(int_from_uint64(m_encode.t, reinterpret_cast<uintptr_t>(entry.object)));
            if (!TRY(dict_delete(m_encode.t, static_cast<Dict*>(m_encode.self->markers), id))) return raise_key_error(m_encode.t, id);
            return {};
        }

    private:
        Encode& m_encode;
        bool m_recorded = false;

    public:
        const Active entry;
    };

    Result<void> string(Borrowed<Str> text) {
        if (LIKELY(self->fast == StringEncoder::Ascii)) return out.quoted<true>(text.get());
        if (self->fast == StringEncoder::Plain) return out.quoted<false>(text.get());
        Ref<Object> made = TRY(call(t, encoder, text));
        if (!is<Str>(made.get())) return raise(t, exc::TypeError, "encoder() must return a string, not %T", made);
        return out.text(static_cast<Str*>(made.get()));
    }
    Result<void> integer(Int* value) {
        if (LIKELY(int_is_small(value))) {
            int64_t small = int_small_value(value);
            char buffer[24];
            size_t size = 0;
            if (small < 0) buffer[size++] = '-';
            size += base::format_u64(static_cast<uint64_t>(small < 0 ? -small : small), 10, buffer + size);
            return out.ascii(buffer, size);
        }
        Ref<Str> text = TRY(int_repr(t, value));
        return out.text(text.get());
    }
    Result<std::string_view> real(Object* object, char* buffer) {
        double value = static_cast<Float*>(object)->value;
        if (LIKELY(__builtin_isfinite(value))) return std::string_view(buffer, base::repr_double(value, buffer));
        if (!self->allow_nan) return raise(t, exc::ValueError, "Out of range float values are not JSON compliant: %R", object);
        return std::string_view(value > 0 ? "Infinity" : value < 0 ? "-Infinity" : "NaN");
    }

    Result<void> value(Object* object, const Active* outer) {
        if (is_none(object)) return out.ascii("null");
        if (object == True()) return out.ascii("true");
        if (object == False()) return out.ascii("false");
        if (is<Str>(object)) return string(static_cast<Str*>(object));
        if (is<Int>(object)) return integer(static_cast<Int*>(object));
        if (is<Float>(object)) {
            char buffer[base::max_double_repr];
            return out.ascii(TRY(real(object, buffer)));
        }
        if (is<List>(object) || is<Tuple>(object)) return list(object, outer);
        if (is<Dict>(object)) return dict(static_cast<Dict*>(object), outer);
        Mark mark(*this, object, outer);
        TRY(mark.enter());
        Ref<Object> replaced = TRY(call(t, default_function, Borrowed<Object>(object)));
        TRY(check_recursion(t, " while encoding a JSON object"));
        if (value(replaced.get(), &mark.entry).is_error()) return note_exception(t, "when serializing %s object", object);
        return mark.leave();
    }

    /// The line break of a level (`separator`: behind the item separator); levels are made when first met.
    Result<Borrowed<Str>> line(intptr_t level, bool separator) {
        if (!indents) {
            Ref<Str> start = TRY(str_from_utf8(t, "\n"));
            if (base_level > 0) {
                Ref<Int> count = TRY(int_from(t, base_level));
                Ref<Object> repeated = TRY(repeat_indent(count));
                start = TRY(joined(start.share(), std::move(repeated)));
            }
            indents = TRY(list_new(t));
            TRY(list_append(t, indents.get(), std::move(start)));
            TRY(list_append(t, indents.get(), none_ref()));
        }
        while (indents->size <= level * 2) {
            Ref<Str> deeper = TRY(joined(acquire(static_cast<Str*>(indents->items[indents->size - 2])), acquire(self->indent)));
            Ref<Str> behind = TRY(str_concat(t, as<Str>(item_separator.borrow()), deeper));
            TRY(list_append(t, indents.get(), std::move(deeper)));
            TRY(list_append(t, indents.get(), std::move(behind)));
        }
        return Borrowed<Str>(static_cast<Str*>(indents->items[level * 2 + separator]));
    }
    Result<Ref<Object>> repeat_indent(Borrowed<Int> count) {
        Object* indent = self->indent;
        if (!is<Str>(indent) && !is<List>(indent) && !is<Tuple>(indent) &&
            !(indent->type->as_sequence && indent->type->as_sequence->repeat))
            return raise(t, exc::TypeError, "'%T' object can't be repeated", indent);
        return binary_op(t, BinaryOp::Multiply, indent, count);
    }
    Result<Ref<Str>> joined(Ref<Str> a, Ref<Object> b) {
        if (!is<Str>(b.get())) return raise(t, exc::TypeError, "can only concatenate str (not \"%T\") to str", b);
        return str_concat(t, a, static_cast<Str*>(b.get()));
    }
    bool indented() const { return !is_none(self->indent); }

    Result<void> list(Object* object, const Active* outer) {
        MaybeRef<Object> copy;
        if (!is_exact<List>(object) && !is_exact<Tuple>(object)) {
            copy = TRY(to_list(t, object));
        }
        Object* sequence = copy ? copy.get() : object;
        bool is_list = is_exact<List>(sequence);
        if ((is_list ? list_size(static_cast<List*>(sequence)) : static_cast<Tuple*>(sequence)->size) == 0) return out.ascii("[]");
        TRY(check_recursion(t, " while encoding a JSON object"));
        Mark mark(*this, object, outer);
        TRY(mark.enter());
        TRY(out.character('['));
        Str* separator = static_cast<Str*>(item_separator.get());
        if (UNLIKELY(indented())) {
            TRY(out.text(TRY(line(++m_level, false)).get()));
            separator = TRY(line(m_level, true)).get();
        }
        for (intptr_t i = 0;; ++i) {
            MaybeRef<Object> item;
            if (is_list) item = list_get(t, static_cast<List*>(sequence), i);
            else if (i < static_cast<Tuple*>(sequence)->size) item = MaybeRef<Object>::acquire(static_cast<Tuple*>(sequence)->items[i]);
            if (!item) break;
            if (i > 0) TRY(out.text(separator));
            if (UNLIKELY(value(item.get(), &mark.entry).is_error())) return note_exception(t, "when serializing %s item %d", object, i);
        }
        TRY(mark.leave());
        if (UNLIKELY(indented())) TRY(out.text(TRY(line(--m_level, false)).get()));
        return out.character(']');
    }

    /// One item; `*first` is cleared when something was written.
    Result<void> pair(Object* object, Object* key, Object* item, bool* first, Str* separator, const Active* here) {
        char buffer[base::max_double_repr];
        std::string_view name;
        MaybeRef<Str> made;
        Str* text = nullptr;
        if (LIKELY(is<Str>(key))) text = static_cast<Str*>(key);
        else if (is<Float>(key)) name = TRY(real(key, buffer));
        else if (key == True()) name = "true";
        else if (key == False()) name = "false";
        else if (is_none(key)) name = "null";
        else if (is<Int>(key)) text = (made = TRY(int_repr(t, static_cast<Int*>(key)))).get();
        else if (self->skipkeys) return {};
        else return raise(t, exc::TypeError, "keys must be str, int, float, bool or None, not %T", key);
        if (*first) {
            *first = false;
            if (UNLIKELY(indented())) TRY(out.text(TRY(line(m_level, false)).get()));
        } else {
            TRY(out.text(separator));
        }
        if (!text) text = (made = TRY(str_from_utf8(t, name))).get();
        TRY(string(text));
        TRY(out.text(static_cast<Str*>(key_separator.get())));
        if (UNLIKELY(value(item, here).is_error())) return note_exception(t, "when serializing %s item %R", object, key);
        return {};
    }
    Result<Ref<List>> items_of(Dict* dict) {
        if (is_exact<Dict>(dict)) return dict_items_list(t, dict);
        Ref<Str> name = TRY(str_interned(t, "items"));
        Ref<Object> items = TRY(call_method(t, dict, name));
        if (is_exact<List>(items.get())) return steal(static_cast<List*>(items.release()));
        auto iterator = get_iterator(t, items);
        if (iterator.is_error()) {
            if (exception_matches(t, exc::TypeError)) {
                t.clear_exception();
                return raise(t, exc::TypeError, "%T.items() returned a non-iterable (type %T)", dict, items);
            }
            return Error{};
        }
        return to_list(t, iterator.take());
    }
    Result<void> dict(Dict* object, const Active* outer) {
        if (dict_size(object) == 0) return out.ascii("{}");
        TRY(check_recursion(t, " while encoding a JSON object"));
        Mark mark(*this, object, outer);
        TRY(mark.enter());
        TRY(out.character('{'));
        Str* separator = static_cast<Str*>(item_separator.get());
        if (UNLIKELY(indented())) separator = TRY(line(++m_level, true)).get();
        bool first = true;
        if (UNLIKELY(self->sort_keys || !is_exact<Dict>(object))) {
            Ref<List> items = TRY(items_of(object));
            if (self->sort_keys) TRY(list_sort(t, items, nullptr, false));
            for (intptr_t i = 0;; ++i) {
                MaybeRef<Object> entry = list_get(t, items, i);
                if (!entry) break;
                if (!is<Tuple>(entry.get()) || static_cast<Tuple*>(entry.get())->size != 2)
                    return raise(t, exc::ValueError, "items must return 2-tuples");
                Object* const* fields = static_cast<Tuple*>(entry.get())->items;
                TRY(pair(object, fields[0], fields[1], &first, separator, &mark.entry));
            }
        } else {
            intptr_t position = 0;
            MaybeRef<Object> key, item;
            while (dict_next_quick(t, object, &position, &key, &item))
                TRY(pair(object, key.get(), item.get(), &first, separator, &mark.entry));
        }
        TRY(mark.leave());
        if (UNLIKELY(indented())) {
            --m_level;
            if (!first) TRY(out.text(TRY(line(m_level, false)).get()));
        }
        return out.character('}');
    }

    intptr_t m_level = 0; // how far in the indentation is
};

Result<Ref<Object>> encode(Thread& t, Borrowed<Encoder> self, Borrowed<Object> object, Borrowed<Object> level_object) {
    intptr_t level = TRY(to_index_size(t, level_object, exc::OverflowError));
    Encode run{t,
               self.get(),
               Writer(t),
               acquire(self->default_function),
               acquire(self->encoder),
               acquire(self->key_separator),
               acquire(self->item_separator),
               level};
    TRY(run.value(object.get(), nullptr));
    Ref<Str> text = TRY(run.out.finish());
    Ref<Object> result = TRY(tuple_pack(t, text));
    return result;
}
constexpr NativeDef encode_def = native_detail::define<encode, true, 0>("_iterencode", "($self, obj, _current_indent_level)", nullptr);
Object* encoder_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    return encode_def.entry(Thread::current(), encode_def, callable, args, vectorcall_nargs(nargsf), kwnames);
}

Result<Ref<Object>> encoder_new(Thread& t, Borrowed<Type> type, Borrowed<Object> markers, Borrowed<Object> default_function,
                                Borrowed<Object> encoder, Borrowed<Object> indent, Borrowed<Object> key_separator,
                                Borrowed<Object> item_separator, bool sort_keys, bool skipkeys, bool allow_nan) {
    auto check = [&](Borrowed<Object> text, int position) -> Result<void> {
        if (is<Str>(text.get())) return {};
        if (is_none(text.get())) return raise(t, exc::TypeError, "make_encoder() argument %d must be str, not None", position);
        return raise(t, exc::TypeError, "make_encoder() argument %d must be str, not %T", position, text);
    };
    TRY(check(key_separator, 5));
    TRY(check(item_separator, 6));
    if (!is_none(markers.get()) && !is<Dict>(markers.get()))
        return raise(t, exc::TypeError, "make_encoder() argument 1 must be dict or None, not %T", markers);
    Ref<Encoder> self = TRY(allocate<Encoder>(t, *type.get()));
    self->vectorcall = encoder_vectorcall;
    self->markers = acquire(markers).release();
    self->default_function = acquire(default_function).release();
    self->encoder = acquire(encoder).release();
    self->indent = acquire(indent).release();
    self->key_separator = acquire(key_separator).release();
    self->item_separator = acquire(item_separator).release();
    self->sort_keys = sort_keys;
    self->skipkeys = skipkeys;
    self->allow_nan = allow_nan;
    self->fast = string_encoder_kind(encoder.get());
    gc_track(self.get());
    return self;
}

using EncoderFields = Fields<Encoder, &Encoder::markers, &Encoder::default_function, &Encoder::encoder, &Encoder::indent,
                             &Encoder::key_separator, &Encoder::item_separator>;
const SlotDef encoder_slots[] = {
    typed_new<encoder_new, "make_encoder",
              "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)">(),
    raw_slot(SlotId::tp_call, &vectorcall_as_call), EncoderFields::traverse_slot(), EncoderFields::clear_slot(),
    EncoderFields::dealloc_slot()};
#define FIELD(name, field) {name, member_type::ObjectOrNone, offsetof(Encoder, field), member_flag::ReadOnly, name}
const MemberDef encoder_members[] = {
    FIELD("markers", markers),
    FIELD("default", default_function),
    FIELD("encoder", encoder),
    FIELD("indent", indent),
    FIELD("key_separator", key_separator),
    FIELD("item_separator", item_separator),
    {"sort_keys", member_type::Bool, offsetof(Encoder, sort_keys), member_flag::ReadOnly, "sort_keys"},
    {"skipkeys", member_type::Bool, offsetof(Encoder, skipkeys), member_flag::ReadOnly, "skipkeys"},
};
#undef FIELD

template <bool Ascii> Result<Ref<Object>> encode_text(Thread& t, Borrowed<Object> object) {
    if (!is<Str>(object.get())) return raise(t, exc::TypeError, "first argument must be a string, not %T", object);
    Writer out(t);
    TRY(out.quoted<Ascii>(static_cast<Str*>(object.get())));
    return TRY(out.finish());
}

} // namespace

const TypeSpec encoder_spec = {
    .type = &Encoder::s_type,
    .name = "_json.Encoder",
    .basicsize = sizeof(Encoder),
    .flags = type_flag::Gc | type_flag::Vectorcall,
    .doc = "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan) -> callable\n\n"
           "Call it with an object and an indentation level for a tuple of pieces of JSON text.",
    .slots = encoder_slots,
    .members = encoder_members,
    .vectorcall_offset = offsetof(Encoder, vectorcall),
};

Result<Ref<Object>> encode_basestring(Thread& t, Borrowed<Object> text) { return encode_text<false>(t, text); }
Result<Ref<Object>> encode_basestring_ascii(Thread& t, Borrowed<Object> text) { return encode_text<true>(t, text); }

} // namespace taipan::json
