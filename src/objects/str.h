// str: PEP 393 compact strings with CPython's layout. Exact strs and subclasses differ in layout: read characters through
// `kind()` and `data()`. Interned strings are immortal; equal interned strings are the same object.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

#include <string_view>

namespace taipan {

struct StrState {
    uint8_t interned; // 0 no, 2 immortal
    unsigned int kind : 3;
    unsigned int compact : 1;
    unsigned int ascii : 1;
    unsigned int statically_allocated : 1;
};

struct Str : Object {
    intptr_t length;
    intptr_t cached_hash; // -1: not computed (relaxed atomic access)
    StrState state;

    static Type s_type;
    static constexpr unsigned long s_subclass_flag = type_flag::StrSubclass;

    int kind() const { return state.kind; } // bytes a character: 1, 2 or 4
    bool is_ascii() const { return state.ascii; }
    inline const void* data() const;
    const uint8_t* data8() const { return static_cast<const uint8_t*>(data()); }
    const uint16_t* data16() const { return static_cast<const uint16_t*>(data()); }
    const uint32_t* data32() const { return static_cast<const uint32_t*>(data()); }
    inline uint32_t at(intptr_t i) const;
    bool is_interned() const { return __atomic_load_n(&state.interned, __ATOMIC_RELAXED) != 0; }
    /// The characters of an ASCII string.
    std::string_view ascii_view() const { return {static_cast<const char*>(data()), static_cast<size_t>(length)}; }
};
struct CompactStr : Str {
    intptr_t utf8_length;
    char* utf8; // cached UTF-8, null-terminated, or null (atomic publication)
};
/// Instances of subclasses: the characters live in a block of their own.
struct LegacyStr : CompactStr {
    void* any;
};
static_assert(sizeof(Str) == 56 && sizeof(CompactStr) == 72 && sizeof(LegacyStr) == 80);

inline const void* Str::data() const {
    if (LIKELY(state.compact)) return state.ascii ? static_cast<const void*>(this + 1) : static_cast<const CompactStr*>(this) + 1;
    return static_cast<const LegacyStr*>(this)->any;
}
inline uint32_t Str::at(intptr_t i) const {
    switch (state.kind) {
    case 1: return data8()[i];
    case 2: return data16()[i];
    default: return data32()[i];
    }
}

/// The empty string and the Latin-1 characters exist once, immortal.
Ref<Str> str_empty();
Ref<Str> str_latin1_char(uint8_t character);
Result<Ref<Str>> str_from_char(Thread& t, uint32_t code_point);
/// A new string of `length` characters of which none exceeds `max_char`; contents are to be written before it is shared.
Result<Ref<Str>> str_alloc(Thread& t, intptr_t length, uint32_t max_char);
/// From valid UTF-8 (WTF-8: surrogates as three bytes are kept). Our own literals and file names; MemoryError only.
Result<Ref<Str>> str_from_utf8(Thread& t, std::string_view text);
/// Strict decoding: UnicodeDecodeError.
Result<Ref<Str>> str_decode_utf8(Thread& t, std::string_view bytes, const char* errors = nullptr);
Result<Ref<Str>> str_from_latin1(Thread& t, const uint8_t* data, intptr_t length);
Result<Ref<Str>> str_from_ucs2(Thread& t, const uint16_t* data, intptr_t length); // narrows to the smallest kind
Result<Ref<Str>> str_from_ucs4(Thread& t, const uint32_t* data, intptr_t length);
/// File names and arguments: UTF-8 with surrogateescape.
Result<Ref<Str>> str_decode_fs(Thread& t, std::string_view bytes);
/// UTF-8 view, cached in the string; UnicodeEncodeError for lone surrogates.
Result<std::string_view> str_utf8(Thread& t, Borrowed<Str> text);
/// The interned string equal to `text` (consumed); never fails for an exact str.
Ref<Str> str_intern(Thread& t, Ref<Str> text);
Result<Ref<Str>> str_interned(Thread& t, std::string_view utf8);

bool str_equal(const Str* a, const Str* b);
bool str_equals_ascii(const Str* a, std::string_view ascii);
/// Code point order: <0, 0, >0.
int str_compare(const Str* a, const Str* b);
intptr_t str_hash_slow(Str* text);
ALWAYS_INLINE intptr_t str_hash(Str* text) {
    intptr_t hash = __atomic_load_n(&text->cached_hash, __ATOMIC_RELAXED);
    return LIKELY(hash != -1) ? hash : str_hash_slow(text);
}
Result<Ref<Str>> str_concat(Thread& t, Borrowed<Str> a, Borrowed<Str> b);
/// a + b, reusing a's memory when nobody else holds it (`s += x` loops stay linear). Consumes a.
Result<Ref<Str>> str_append(Thread& t, Ref<Str> a, Borrowed<Str> b);
Result<Ref<Str>> str_substring(Thread& t, Borrowed<Str> text, intptr_t start, intptr_t end);
/// separator.join(items); TypeError "sequence item N: expected str instance, T found".
Result<Ref<Str>> str_join(Thread& t, Borrowed<Str> separator, Borrowed<Object> iterable);
/// Concatenation of exact strs (BUILD_STRING).
Result<Ref<Str>> str_join_array(Thread& t, Object* const* items, size_t count);
/// First index of `needle` in text[start:end], or -1.
intptr_t str_find(const Str* text, const Str* needle, intptr_t start, intptr_t end);
Result<Ref<Str>> str_repr(Thread& t, Borrowed<Str> text);
/// format % args.
Result<Ref<Object>> str_percent_format(Thread& t, Borrowed<Str> format, Borrowed<Object> args);
bool str_is_identifier(const Str* text);

/// Typed arguments of format(), raise() and friends.
struct FormatArg {
    enum Kind : uint8_t { Signed, Unsigned, Text, Obj, Pointer, Real } kind;
    union {
        int64_t signed_value;
        uint64_t unsigned_value;
        Object* object;
        const void* pointer;
        double real;
        std::string_view text;
    };
    template <std::signed_integral I> FormatArg(I v) : kind(Signed), signed_value(v) {}
    template <std::unsigned_integral I> FormatArg(I v) : kind(Unsigned), unsigned_value(v) {}
    FormatArg(double v) : kind(Real), real(v) {}
    FormatArg(const char* v) : kind(Text), text(v ? v : "(null)") {}
    FormatArg(const void* v) : kind(Pointer), pointer(v) {}
    FormatArg(std::string_view v) : kind(Text), text(v) {}
    template <std::derived_from<Object> T> FormatArg(T* v) : kind(Obj), object(v) {}
    template <class T> FormatArg(Borrowed<T> v) : kind(Obj), object(v.get()) {}
    template <class T> FormatArg(const Ref<T>& v) : kind(Obj), object(v.get()) {}
    template <class T> FormatArg(const MaybeRef<T>& v) : kind(Obj), object(v.get()) {}
};
/// Directives: %s text or str(object); %R repr(object); %A ascii(object); %T name of the object's type as messages show it
/// (tp_name); %M the same with its module; %N name of the type object given; %d %i %u %x %c numbers; %p pointer; %.Ns truncates; %% a
/// percent sign.
Result<Ref<Str>> str_format_args(Thread& t, const char* format, const FormatArg* args, size_t count);
template <class... Args> Result<Ref<Str>> str_format(Thread& t, const char* format, const Args&... args) {
    if constexpr (sizeof...(Args) == 0) return str_format_args(t, format, nullptr, 0);
    else {
        const FormatArg list[] = {FormatArg(args)...};
        return str_format_args(t, format, list, sizeof...(Args));
    }
}

} // namespace taipan
