// _json: reading. One recursive scanner for each width of the text's characters; within a document, equal keys become one
// object.
#include "base/float_text.h"
#include "modules/json/json.h"
#include "objects/list.h"
#include "objects/list_internal.h"
#include "objects/str_builder.h"
#include "objects/str_internal.h"

#include <cstring>
#ifdef TAIPAN_JSON_SSE2
#include <emmintrin.h>
#endif

namespace taipan::json {

struct Scanner : Object {
    VectorcallFunc vectorcall;
    Object *object_hook, *object_pairs_hook, *parse_float, *parse_int, *parse_constant;
    bool strict;
    static Type s_type;
};
Type Scanner::s_type;

namespace {

COLD Error decode_error(Thread& t, const char* message, Str* text, intptr_t at) {
    Ref<Object> type = TRY(import_attribute(t, "json.decoder", "JSONDecodeError"));
    Ref<Str> message_text = TRY(str_from_utf8(t, message));
    Ref<Int> position = TRY(int_from(t, at));
    Ref<Object> error = TRY(call(t, type, message_text, Borrowed<Object>(text), position));
    return raise_instance(t, std::move(error));
}
COLD Error stop_at(Thread& t, intptr_t at) {
    Ref<Int> index = TRY(int_from(t, at));
    return raise_object(t, exc::StopIteration, index);
}

/// The keys met so far: a cache by contents, one entry a slot; the newest stays.
class KeyMemo {
public:
    KeyMemo() = default;
    KeyMemo(const KeyMemo&) = delete;
    ~KeyMemo() {
        for (int word = 0; word < 4; ++word)
            for (uint64_t bits = m_used[word]; bits; bits &= bits - 1) decref(m_slots[word * 64 + __builtin_ctzll(bits)]);
    }
    static unsigned slot_of(const void* data, size_t size) {
        auto* bytes = static_cast<const uint8_t*>(data);
        uint64_t h = size * 0x9E3779B97F4A7C15u;
        for (; size > 8; size -= 8, bytes += 8) {
            uint64_t word;
            memcpy(&word, bytes, 8);
            h = (h ^ word) * 0x9FB21C651E98DF25u;
            h ^= h >> 32;
        }
        uint64_t word = 0;
        for (size_t i = 0; i < size; ++i) word = word << 8 | bytes[i];
        h = (h ^ word) * 0x9FB21C651E98DF25u;
        return static_cast<unsigned>(h >> 56);
    }
    /// The str with these Latin-1 characters, or null.
    Str* find(unsigned slot, const uint8_t* data, intptr_t length) const {
        if (!(m_used[slot >> 6] >> (slot & 63) & 1)) return nullptr;
        Str* key = m_slots[slot];
        return key->length == length && key->kind() == 1 && memcmp(key->data(), data, static_cast<size_t>(length)) == 0 ? key : nullptr;
    }
    void put(unsigned slot, Str* key) {
        incref(key);
        uint64_t bit = uint64_t{1} << (slot & 63);
        if (m_used[slot >> 6] & bit) decref(m_slots[slot]);
        m_used[slot >> 6] |= bit;
        m_slots[slot] = key;
    }
    Ref<Str> unify(Ref<Str> key) {
        unsigned slot = slot_of(key->data(), static_cast<size_t>(key->length * key->kind()));
        if (m_used[slot >> 6] >> (slot & 63) & 1 && str_equal(m_slots[slot], key.get())) return acquire(m_slots[slot]);
        put(slot, key.get());
        return key;
    }

private:
    uint64_t m_used[4] = {};
    Str* m_slots[256];
};

const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

ALWAYS_INLINE Result<Ref<Str>> ascii_str(Thread& t, const uint8_t* data, intptr_t length) {
    if (length <= 1) return length ? str_latin1_char(data[0]) : str_empty();
    Ref<Str> text = TRY(str_alloc(t, length, 127));
    memcpy(str_mutable_data(text.get()), data, static_cast<size_t>(length));
    return text;
}
Result<Ref<Str>> piece(Thread& t, bool ascii, const uint8_t* data, intptr_t length) {
    return ascii ? ascii_str(t, data, length) : str_from_latin1(t, data, length);
}
Result<Ref<Str>> piece(Thread& t, bool, const uint16_t* data, intptr_t length) { return str_from_ucs2(t, data, length); }
Result<Ref<Str>> piece(Thread& t, bool, const uint32_t* data, intptr_t length) { return str_from_ucs4(t, data, length); }

/// The first quote, backslash or control character at or behind `i`.
ALWAYS_INLINE intptr_t find_special(const uint8_t* s, intptr_t i, intptr_t length) {
#ifdef TAIPAN_JSON_SSE2
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
    for (; i + 16 <= length; i += 16) {
        __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(s + i));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(chunk, quote), _mm_cmpeq_epi8(chunk, backslash)),
                                   _mm_cmpeq_epi8(_mm_min_epu8(chunk, control), chunk));
        if (int mask = _mm_movemask_epi8(hit)) return i + __builtin_ctz(static_cast<unsigned>(mask));
    }
#endif
    while (i < length && s[i] != '"' && s[i] != '\\' && s[i] > 0x1f) ++i;
    return i;
}
template <class Char> ALWAYS_INLINE intptr_t find_special(const Char* s, intptr_t i, intptr_t length) {
    while (i < length && s[i] != '"' && s[i] != '\\' && s[i] > 0x1f) ++i;
    return i;
}
ALWAYS_INLINE int hex_digit(uint32_t c) {
    if (c - '0' < 10) return static_cast<int>(c - '0');
    uint32_t lower = c | 0x20;
    return lower - 'a' < 6 ? static_cast<int>(lower - 'a' + 10) : -1;
}

template <class Char> struct Scan {
    Thread& t;
    Str* text;
    const Char* s;
    intptr_t length;
    bool strict;
    Scanner* self;
    KeyMemo* memo;

    ALWAYS_INLINE intptr_t skip_space(intptr_t i) const {
        while (i < length && s[i] <= ' ' && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r')) ++i;
        return i;
    }
    ALWAYS_INLINE bool is_digit(intptr_t i) const { return i < length && static_cast<uint32_t>(s[i]) - '0' < 10; }
    COLD Error fail(const char* message, intptr_t at) { return decode_error(t, message, text, at); }

    /// From `next`, a special character that does not end the string.
    NOINLINE Result<Ref<Str>> string_slow(intptr_t begin, intptr_t start, intptr_t* end_out) {
        StrBuilder out(t);
        intptr_t next = start, from = begin + 1;
        while (true) {
            next = find_special(s, next, length);
            if (next < length && s[next] <= 0x1f) {
                if (strict) return fail("Invalid control character at", next);
                ++next;
                continue;
            }
            if (next >= length) return fail("Unterminated string starting at", begin);
            if (next > from) TRY(out.append(text, from, next));
            uint32_t c = s[next++];
            if (c == '"') break;
            if (next == length) return fail("Unterminated string starting at", begin);
            c = s[next];
            if (c != 'u') {
                intptr_t end = ++next;
                switch (c) {
                case '"':
                case '\\':
                case '/': break;
                case 'b': c = '\b'; break;
                case 'f': c = '\f'; break;
                case 'n': c = '\n'; break;
                case 'r': c = '\r'; break;
                case 't': c = '\t'; break;
                default: return fail("Invalid \\escape", end - 2);
                }
            } else {
                intptr_t end = ++next + 4;
                if (end > length) return fail("Invalid \\uXXXX escape", next - 1);
                c = 0;
                for (; next < end; ++next) {
                    int digit = hex_digit(s[next]);
                    if (digit < 0) return fail("Invalid \\uXXXX escape", end - 5);
                    c = c << 4 | static_cast<uint32_t>(digit);
                }
                if (c >= 0xd800 && c <= 0xdbff && end + 6 <= length && s[end] == '\\' && s[end + 1] == 'u') {
                    uint32_t low = 0;
                    for (intptr_t i = end + 2; i < end + 6; ++i) {
                        int digit = hex_digit(s[i]);
                        if (digit < 0) return fail("Invalid \\uXXXX escape", end + 1);
                        low = low << 4 | static_cast<uint32_t>(digit);
                    }
                    if (low >= 0xdc00 && low <= 0xdfff) {
                        c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
                        next = end + 6;
                    }
                }
            }
            TRY(out.append_char(c));
            from = next;
        }
        *end_out = next;
        return out.finish();
    }
    /// The string whose first character is at `start`.
    ALWAYS_INLINE Result<Ref<Str>> string(intptr_t start, intptr_t* end_out) {
        intptr_t next = find_special(s, start, length);
        if (UNLIKELY(next >= length || s[next] != '"')) return string_slow(start - 1, next, end_out);
        *end_out = next + 1;
        return piece(t, text->is_ascii(), s + start, next - start);
    }
    ALWAYS_INLINE Result<Ref<Str>> key(intptr_t start, intptr_t* end_out) {
        if constexpr (sizeof(Char) == 1) {
            intptr_t next = find_special(s, start, length);
            if (LIKELY(next < length && s[next] == '"')) {
                *end_out = next + 1;
                unsigned slot = KeyMemo::slot_of(s + start, static_cast<size_t>(next - start));
                if (Str* known = memo->find(slot, s + start, next - start)) return acquire(known);
                Ref<Str> made = TRY(piece(t, text->is_ascii(), s + start, next - start));
                memo->put(slot, made.get());
                return made;
            }
            return memo->unify(TRY(string_slow(start - 1, next, end_out)));
        } else {
            return memo->unify(TRY(string(start, end_out)));
        }
    }

    NOINLINE Result<Ref<Object>> number_slow(intptr_t start, intptr_t end, bool is_float) {
        Object* custom = is_float ? self->parse_float : self->parse_int;
        if (custom != (is_float ? &Float::s_type : &Int::s_type)) {
            Ref<Str> digits = TRY(str_substring(t, text, start, end));
            return call(t, custom, digits);
        }
        base::TextBuffer copy;
        const char* chars;
        if constexpr (sizeof(Char) == 1) {
            chars = reinterpret_cast<const char*>(s + start);
        } else {
            for (intptr_t i = start; i < end; ++i) copy.push(static_cast<char>(s[i]));
            if (copy.failed()) return raise_memory_error(t);
            chars = copy.data();
        }
        auto size = static_cast<size_t>(end - start);
        if (!is_float) return int_from_text(t, {chars, size}, 10);
        double value;
        bool overflow;
        base::scan_double(chars, size, value, overflow);
        return float_from(t, value);
    }
    Result<Ref<Object>> number(intptr_t start, intptr_t* end_out) {
        intptr_t i = start;
        bool negative = s[i] == '-', is_float = false;
        if (negative && ++i >= length) return stop_at(t, start);
        uint64_t value = 0;
        intptr_t first = i, point = 0;
        if (s[i] == '0') ++i;
        else if (is_digit(i))
            for (; is_digit(i); ++i) value = value * 10 + (s[i] - '0');
        else return stop_at(t, start);
        intptr_t digits = i - first;
        int64_t exponent = 0;
        if (i < length && s[i] == '.' && is_digit(i + 1)) {
            is_float = true;
            point = ++i;
            for (; is_digit(i); ++i) value = value * 10 + (s[i] - '0');
            digits += i - point;
            exponent = point - i;
        }
        if (i < length - 1 && (s[i] == 'e' || s[i] == 'E')) {
            intptr_t e = i++;
            bool minus = s[i] == '-';
            if (i < length - 1 && (s[i] == '-' || s[i] == '+')) ++i;
            int64_t given = 0;
            for (; is_digit(i); ++i)
                if (given < 100000) given = given * 10 + (s[i] - '0');
            if (static_cast<uint32_t>(s[i - 1]) - '0' < 10) {
                is_float = true;
                exponent += minus ? -given : given;
            } else {
                i = e;
            }
        }
        *end_out = i;
        if (!is_float) {
            if (LIKELY(digits <= 18 && self->parse_int == &Int::s_type)) {
                auto magnitude = static_cast<int64_t>(value);
                return int_from(t, negative ? -magnitude : magnitude);
            }
        } else if (digits <= 19 && value <= uint64_t{1} << 53 && exponent >= -22 && exponent <= 22 && self->parse_float == &Float::s_type) {
            // Both operands are exact, so the one operation rounds correctly (Clinger).
            auto result = static_cast<double>(value);
            result = exponent < 0 ? result / powers_of_ten[-exponent] : result * powers_of_ten[exponent];
            return float_from(t, negative ? -result : result);
        }
        return number_slow(start, i, is_float);
    }

    Result<Ref<Object>> object(intptr_t i, intptr_t* end_out) {
        TRY(check_recursion(t, " while decoding a JSON object from a unicode string"));
        bool pairs = !is_none(self->object_pairs_hook);
        MaybeRef<Dict> dict;
        MaybeRef<List> list;
        if (UNLIKELY(pairs)) list = TRY(list_new(t));
        else dict = TRY(dict_new(t));
        i = skip_space(i);
        if (i >= length || s[i] != '}') {
            while (true) {
                if (UNLIKELY(i >= length || s[i] != '"')) return fail("Expecting property name enclosed in double quotes", i);
                Ref<Str> name = TRY(key(i + 1, &i));
                if (UNLIKELY(i >= length || s[i] != ':')) {
                    i = skip_space(i);
                    if (i >= length || s[i] != ':') return fail("Expecting ':' delimiter", i);
                }
                i = skip_space(i + 1);
                Ref<Object> item = TRY(value(i, &i));
                if (UNLIKELY(pairs)) {
                    Ref<Tuple> pair = TRY(tuple_pack(t, name, item));
                    TRY(list_append(t, list.get(), std::move(pair)));
                } else {
                    TRY(dict_set_known_hash(t, dict.get(), name, str_hash(name.get()), item));
                }
                i = skip_space(i);
                if (UNLIKELY(i >= length)) return fail("Expecting ',' delimiter", i);
                if (s[i] == '}') break;
                if (UNLIKELY(s[i] != ',')) return fail("Expecting ',' delimiter", i);
                intptr_t comma = i;
                i = skip_space(i + 1);
                if (UNLIKELY(i < length && s[i] == '}')) return fail("Illegal trailing comma before end of object", comma);
            }
        }
        *end_out = i + 1;
        if (pairs) return call(t, self->object_pairs_hook, list.take());
        if (!is_none(self->object_hook)) return call(t, self->object_hook, dict.take());
        return dict.take();
    }
    Result<Ref<Object>> array(intptr_t i, intptr_t* end_out) {
        TRY(check_recursion(t, " while decoding a JSON array from a unicode string"));
        Ref<List> list = TRY(list_new(t));
        i = skip_space(i);
        if (i >= length || s[i] != ']') {
            while (true) {
                Ref<Object> item = TRY(value(i, &i));
                TRY(list_append_locked(t, list.get(), item.release()));
                i = skip_space(i);
                if (UNLIKELY(i >= length)) return fail("Expecting ',' delimiter", i);
                if (s[i] == ']') break;
                if (UNLIKELY(s[i] != ',')) return fail("Expecting ',' delimiter", i);
                intptr_t comma = i;
                i = skip_space(i + 1);
                if (UNLIKELY(i < length && s[i] == ']')) return fail("Illegal trailing comma before end of array", comma);
            }
        }
        *end_out = i + 1;
        return list;
    }
    ALWAYS_INLINE bool word(intptr_t i, std::string_view rest) const {
        if (length - i < static_cast<intptr_t>(rest.size())) return false;
        for (size_t k = 0; k < rest.size(); ++k)
            if (s[i + static_cast<intptr_t>(k)] != static_cast<Char>(rest[k])) return false;
        return true;
    }
    NOINLINE Result<Ref<Object>> constant(const char* name, intptr_t end, intptr_t* end_out) {
        *end_out = end;
        Ref<Str> argument = TRY(str_interned(t, name));
        return call(t, self->parse_constant, argument);
    }
    /// The value at `i`; its end goes to `end_out`.
    Result<Ref<Object>> value(intptr_t i, intptr_t* end_out) {
        if (UNLIKELY(i >= length)) return stop_at(t, i);
        switch (s[i]) {
        case '"': return string(i + 1, end_out);
        case '{': return object(i + 1, end_out);
        case '[': return array(i + 1, end_out);
        case 'n':
            if (!word(i + 1, "ull")) break;
            *end_out = i + 4;
            return none_ref();
        case 't':
            if (!word(i + 1, "rue")) break;
            *end_out = i + 4;
            return bool_ref(true);
        case 'f':
            if (!word(i + 1, "alse")) break;
            *end_out = i + 5;
            return bool_ref(false);
        case 'N':
            if (!word(i + 1, "aN")) break;
            return constant("NaN", i + 3, end_out);
        case 'I':
            if (!word(i + 1, "nfinity")) break;
            return constant("Infinity", i + 8, end_out);
        case '-':
            if (word(i + 1, "Infinity")) return constant("-Infinity", i + 9, end_out);
            return number(i, end_out);
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9': return number(i, end_out);
        default: break;
        }
        return stop_at(t, i);
    }
};

Result<Ref<Object>> with_end(Thread& t, Ref<Object> value, intptr_t end) {
    Ref<Int> index = TRY(int_from(t, end));
    Object* items[] = {value.release(), index.release()};
    return TRY(tuple_from_array_steal(t, items, 2));
}
Result<Ref<Object>> scan_once(Thread& t, Borrowed<Scanner> self, Borrowed<Object> string, Size index) {
    intptr_t i = index;
    if (!is<Str>(string.get())) return raise(t, exc::TypeError, "first argument must be a string, not %T", string);
    auto* text = static_cast<Str*>(string.get());
    if (i < 0) return raise(t, exc::ValueError, "idx cannot be negative");
    KeyMemo memo;
    intptr_t end = i;
    auto result = with_chars(text, [&]<class Char>(const Char* s) -> Result<Ref<Object>> {
        Scan<Char> scan{t, text, s, text->length, self->strict, self.get(), &memo};
        return scan.value(i, &end);
    });
    return with_end(t, TRY(std::move(result)), end);
}
constexpr NativeDef scan_once_def = native_detail::define<scan_once, true, 0>("scan_once", "($self, string, idx)", nullptr);
Object* scanner_vectorcall(Object* callable, Object* const* args, size_t nargsf, Object* kwnames) {
    return scan_once_def.entry(Thread::current(), scan_once_def, callable, args, vectorcall_nargs(nargsf), kwnames);
}

Result<Ref<Object>> attribute(Thread& t, Borrowed<Object> object, const char* name) {
    Ref<Str> text = TRY(str_interned(t, name));
    return get_attribute(t, object, text);
}
Result<Ref<Object>> scanner_new(Thread& t, Borrowed<Type> type, Borrowed<Object> context) {
    Ref<Object> strict = TRY(attribute(t, context, "strict"));
    bool is_strict = TRY(is_true(t, strict));
    Ref<Object> object_hook = TRY(attribute(t, context, "object_hook"));
    Ref<Object> pairs_hook = TRY(attribute(t, context, "object_pairs_hook"));
    Ref<Object> parse_float = TRY(attribute(t, context, "parse_float"));
    Ref<Object> parse_int = TRY(attribute(t, context, "parse_int"));
    Ref<Object> parse_constant = TRY(attribute(t, context, "parse_constant"));
    Ref<Scanner> self = TRY(allocate<Scanner>(t, *type.get()));
    self->vectorcall = scanner_vectorcall;
    self->strict = is_strict;
    self->object_hook = object_hook.release();
    self->object_pairs_hook = pairs_hook.release();
    self->parse_float = parse_float.release();
    self->parse_int = parse_int.release();
    self->parse_constant = parse_constant.release();
    gc_track(self.get());
    return self;
}

using ScannerFields = Fields<Scanner, &Scanner::object_hook, &Scanner::object_pairs_hook, &Scanner::parse_float, &Scanner::parse_int,
                             &Scanner::parse_constant>;
const SlotDef scanner_slots[] = {typed_new<scanner_new, "make_scanner", "(context)">(), raw_slot(SlotId::tp_call, &vectorcall_as_call),
                                 ScannerFields::traverse_slot(), ScannerFields::clear_slot(), ScannerFields::dealloc_slot()};
const MemberDef scanner_members[] = {
    {"strict", member_type::Bool, offsetof(Scanner, strict), member_flag::ReadOnly, "strict"},
    {"object_hook", member_type::ObjectOrNone, offsetof(Scanner, object_hook), member_flag::ReadOnly, "object_hook"},
    {"object_pairs_hook", member_type::ObjectOrNone, offsetof(Scanner, object_pairs_hook), member_flag::ReadOnly, nullptr},
    {"parse_float", member_type::ObjectOrNone, offsetof(Scanner, parse_float), member_flag::ReadOnly, "parse_float"},
    {"parse_int", member_type::ObjectOrNone, offsetof(Scanner, parse_int), member_flag::ReadOnly, "parse_int"},
    {"parse_constant", member_type::ObjectOrNone, offsetof(Scanner, parse_constant), member_flag::ReadOnly, "parse_constant"},
};

} // namespace

const TypeSpec scanner_spec = {
    .type = &Scanner::s_type,
    .name = "_json.Scanner",
    .basicsize = sizeof(Scanner),
    .flags = type_flag::Gc | type_flag::Vectorcall,
    .doc = "JSON scanner object",
    .slots = scanner_slots,
    .members = scanner_members,
    .vectorcall_offset = offsetof(Scanner, vectorcall),
};

Result<Ref<Object>> scan_string(Thread& t, Borrowed<Object> string, Size from, MaybeBorrowed<Object> strict_object) {
    intptr_t end = from;
    bool strict = strict_object ? TRY(is_true(t, strict_object.value())) : true;
    if (!is<Str>(string.get())) return raise(t, exc::TypeError, "first argument must be a string, not %T", string);
    auto* text = static_cast<Str*>(string.get());
    if (end < 0 || end > text->length) return raise(t, exc::ValueError, "end is out of bounds");
    auto result = with_chars(text, [&]<class Char>(const Char* s) -> Result<Ref<Str>> {
        Scan<Char> scan{t, text, s, text->length, strict, nullptr, nullptr};
        return scan.string(end, &end);
    });
    return with_end(t, TRY(std::move(result)), end);
}

} // namespace taipan::json
