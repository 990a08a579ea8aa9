// Strings: creation, interning, hashing, comparison, joining.
#include "objects/str.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "objects/abstract.h"
#include "objects/list.h"
#include "objects/str_internal.h"
#include "objects/tuple.h"
#include "runtime/heap_inline.h"

#include <cstring>

namespace taipan {

namespace {

// The empty string and the Latin-1 characters.
struct AsciiChar {
    Str header;
    uint8_t data[8];
};
struct LatinChar {
    CompactStr header;
    uint8_t data[8];
};
constexpr AsciiChar make_ascii(int length, int c) {
    return AsciiChar{{{TAIPAN_STATIC_HEAD(&Str::s_type)}, length, -1, {2, 1, 1, 1, 1}}, {static_cast<uint8_t>(c)}};
}
constexpr LatinChar make_latin(int c) {
    return LatinChar{{{{TAIPAN_STATIC_HEAD(&Str::s_type)}, 1, -1, {2, 1, 1, 0, 1}}, 0, nullptr}, {static_cast<uint8_t>(c)}};
}
#define FOUR(f, n) f(n), f((n) + 1), f((n) + 2), f((n) + 3)
#define SIXTEEN(f, n) FOUR(f, n), FOUR(f, (n) + 4), FOUR(f, (n) + 8), FOUR(f, (n) + 12)
#define SIXTY_FOUR(f, n) SIXTEEN(f, n), SIXTEEN(f, (n) + 16), SIXTEEN(f, (n) + 32), SIXTEEN(f, (n) + 48)
#define ONE(n) make_ascii(1, n)
constinit AsciiChar g_empty = make_ascii(0, 0);
constinit AsciiChar g_ascii[128] = {SIXTY_FOUR(ONE, 0), SIXTY_FOUR(ONE, 64)};
constinit LatinChar g_latin[128] = {SIXTY_FOUR(make_latin, 128), SIXTY_FOUR(make_latin, 192)};
#undef FOUR
#undef SIXTEEN
#undef SIXTY_FOUR
#undef ONE

Str* latin1_char(uint32_t c) { return c < 128 ? &g_ascii[c].header : static_cast<Str*>(&g_latin[c - 128].header); }

} // namespace

Ref<Str> str_empty() { return Ref<Str>::steal(&g_empty.header); }
Ref<Str> str_latin1_char(uint8_t character) { return Ref<Str>::steal(latin1_char(character)); }

template <class Char, bool Ascii> static ALWAYS_INLINE Result<Ref<Str>> alloc_as(Thread& t, intptr_t length, size_t slack) {
    constexpr size_t header = Ascii ? sizeof(Str) : sizeof(CompactStr);
    if (UNLIKELY(length < 0 || length > (INTPTR_MAX - 4096) / static_cast<intptr_t>(sizeof(Char)))) return raise_memory_error(t);
    size_t size = header + static_cast<size_t>(length + 1) * sizeof(Char) + slack;
    void* memory = LIKELY(size <= MaxSmallSize) ? heap_alloc_small(t, HeapKind::Object, size) : heap_alloc(t, HeapKind::Object, size);
    if (UNLIKELY(!memory)) return raise_memory_error(t);
    auto* text = static_cast<Str*>(memory);
    object_init(text, &Str::s_type);
    text->length = length;
    text->cached_hash = -1;
    text->state = StrState{.interned = 0, .kind = sizeof(Char), .compact = 1, .ascii = Ascii, .statically_allocated = 0};
    if constexpr (!Ascii) {
        static_cast<CompactStr*>(text)->utf8_length = 0;
        static_cast<CompactStr*>(text)->utf8 = nullptr;
    }
    reinterpret_cast<Char*>(static_cast<char*>(memory) + header)[length] = 0;
    return Ref<Str>::steal(text);
}
static ALWAYS_INLINE Result<Ref<Str>> alloc_with_slack(Thread& t, intptr_t length, uint32_t max_char, size_t slack) {
    if (LIKELY(max_char < 128)) return alloc_as<uint8_t, true>(t, length, slack);
    if (max_char < 256) return alloc_as<uint8_t, false>(t, length, slack);
    if (max_char < 0x10000) return alloc_as<uint16_t, false>(t, length, slack);
    return alloc_as<uint32_t, false>(t, length, slack);
}

Result<Ref<Str>> str_alloc(Thread& t, intptr_t length, uint32_t max_char) {
    if (UNLIKELY(length == 0)) return str_empty();
    return alloc_with_slack(t, length, max_char, 0);
}

Result<Ref<Str>> str_from_char(Thread& t, uint32_t c) {
    if (LIKELY(c < 256)) return Ref<Str>::steal(latin1_char(c));
    Ref<Str> text = TRY(str_alloc(t, 1, c));
    put_char(str_mutable_data(text.get()), text->kind(), 0, c);
    return text;
}

template <class To, class From> static void copy_as(To* to, const From* from, intptr_t count) {
    if constexpr (sizeof(To) == sizeof(From)) memcpy(to, from, static_cast<size_t>(count) * sizeof(To));
    else
        for (intptr_t i = 0; i < count; ++i) to[i] = static_cast<To>(from[i]);
}
void copy_chars(void* to, int to_kind, intptr_t at, const void* from, int from_kind, intptr_t start, intptr_t count) {
    if (count == 0) return; // a null `from` is none of memcpy's business
    if (LIKELY(to_kind == from_kind)) {
        auto size = static_cast<size_t>(to_kind);
        memcpy(static_cast<char*>(to) + static_cast<size_t>(at) * size, static_cast<const char*>(from) + static_cast<size_t>(start) * size,
               static_cast<size_t>(count) * size);
        return;
    }
    auto from_any = [&](auto* out) {
        switch (from_kind) {
        case 1: return copy_as(out, static_cast<const uint8_t*>(from) + start, count);
        case 2: return copy_as(out, static_cast<const uint16_t*>(from) + start, count);
        default: return copy_as(out, static_cast<const uint32_t*>(from) + start, count);
        }
    };
    switch (to_kind) {
    case 1: return from_any(static_cast<uint8_t*>(to) + at);
    case 2: return from_any(static_cast<uint16_t*>(to) + at);
    default: return from_any(static_cast<uint32_t*>(to) + at);
    }
}
void fill_chars(void* to, int kind, intptr_t at, intptr_t count, uint32_t c) {
    switch (kind) {
    case 1: memset(static_cast<uint8_t*>(to) + at, static_cast<int>(c), static_cast<size_t>(count)); break;
    case 2:
        for (intptr_t i = 0; i < count; ++i) static_cast<uint16_t*>(to)[at + i] = static_cast<uint16_t>(c);
        break;
    default:
        for (intptr_t i = 0; i < count; ++i) static_cast<uint32_t*>(to)[at + i] = c;
    }
}

template <class Char> static Result<Ref<Str>> from_chars(Thread& t, const Char* data, intptr_t length) {
    if (length == 0) return str_empty();
    if (length == 1 && data[0] < 256) return str_latin1_char(static_cast<uint8_t>(data[0]));
    uint32_t bound = base::max_char_bound(data, static_cast<size_t>(length));
    Ref<Str> text = TRY(str_alloc(t, length, bound));
    copy_chars(str_mutable_data(text.get()), text->kind(), 0, data, sizeof(Char), 0, length);
    return text;
}
Result<Ref<Str>> str_from_latin1(Thread& t, const uint8_t* data, intptr_t length) { return from_chars(t, data, length); }
Result<Ref<Str>> str_from_ucs2(Thread& t, const uint16_t* data, intptr_t length) { return from_chars(t, data, length); }
Result<Ref<Str>> str_from_ucs4(Thread& t, const uint32_t* data, intptr_t length) { return from_chars(t, data, length); }
Result<Ref<Str>> str_from_kind(Thread& t, int kind, const void* data, intptr_t length) {
    switch (kind) {
    case 1: return from_chars(t, static_cast<const uint8_t*>(data), length);
    case 2: return from_chars(t, static_cast<const uint16_t*>(data), length);
    default: return from_chars(t, static_cast<const uint32_t*>(data), length);
    }
}

Result<Ref<Str>> str_exact(Thread& t, Borrowed<Str> text) {
    if (is_exact<Str>(text.get())) return text.share();
    intptr_t length = text->length;
    if (length == 0) return str_empty();
    if (length == 1) return str_from_char(t, text->at(0));
    Ref<Str> copy = TRY(str_alloc(t, length, str_max_char(text.get())));
    copy_from(str_mutable_data(copy.get()), copy->kind(), 0, text.get(), 0, length);
    return copy;
}

Result<Ref<Str>> str_from_utf8(Thread& t, std::string_view view) {
    auto* bytes = reinterpret_cast<const uint8_t*>(view.data());
    size_t size = view.size();
    if (size == 0) return str_empty();
    if (size == 1 && bytes[0] < 128) return str_latin1_char(bytes[0]);
    if (LIKELY(base::is_ascii(bytes, size))) {
        Ref<Str> text = TRY(str_alloc(t, static_cast<intptr_t>(size), 127));
        memcpy(str_mutable_data(text.get()), bytes, size);
        return text;
    }
    base::DecodeScan scan = base::scan_utf8(bytes, size, base::Surrogates::Pass);
    Ref<Str> text = TRY(str_alloc(t, static_cast<intptr_t>(scan.length), scan.max_char));
    void* data = str_mutable_data(text.get());
    switch (text->kind()) {
    case 1: base::decode_utf8(bytes, scan.consumed, static_cast<uint8_t*>(data)); break;
    case 2: base::decode_utf8(bytes, scan.consumed, static_cast<uint16_t*>(data)); break;
    default: base::decode_utf8(bytes, scan.consumed, static_cast<uint32_t*>(data));
    }
    if (scan.length == 1 && text->at(0) < 256) return str_from_char(t, text->at(0));
    return text;
}

Result<std::string_view> str_utf8(Thread& t, Borrowed<Str> text) {
    if (LIKELY(text->is_ascii())) return text->ascii_view();
    auto* compact = static_cast<CompactStr*>(text.get());
    char* cached = __atomic_load_n(&compact->utf8, __ATOMIC_ACQUIRE);
    if (cached) return std::string_view(cached, static_cast<size_t>(compact->utf8_length));
    auto length = static_cast<size_t>(text->length);
    base::EncodeScan scan = with_chars(text.get(), [&](auto* data) { return base::utf8_size(data, length); });
    if (scan.position < length) {
        auto end = static_cast<intptr_t>(scan.position) + 1;
        while (end < text->length && base::is_surrogate(text->at(end))) ++end;
        return raise_unicode_encode_error(t, "utf-8", text, static_cast<intptr_t>(scan.position), end, "surrogates not allowed");
    }
    auto* memory = static_cast<uint8_t*>(raw_alloc(scan.size + 1));
    if (!memory) return raise_memory_error(t);
    with_chars(text.get(), [&](auto* data) { base::encode_utf8(data, length, memory); });
    memory[scan.size] = 0;
    // Every thread computes the same length; the first pointer published wins.
    __atomic_store_n(&compact->utf8_length, static_cast<intptr_t>(scan.size), __ATOMIC_RELAXED);
    char* expected = nullptr;
    auto* mine = reinterpret_cast<char*>(memory);
    if (!__atomic_compare_exchange_n(&compact->utf8, &expected, mine, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE)) {
        raw_free(mine);
        mine = expected;
    }
    return std::string_view(mine, scan.size);
}

bool str_equal(const Str* a, const Str* b) {
    if (a == b) return true;
    if (a->length != b->length) return false;
    int ka = a->kind();
    if (ka != b->kind()) return false; // each is stored at the smallest width
    return memcmp(a->data(), b->data(), static_cast<size_t>(a->length) * static_cast<size_t>(ka)) == 0;
}

bool str_equals_ascii(const Str* a, std::string_view ascii) {
    return a->is_ascii() && static_cast<size_t>(a->length) == ascii.size() && memcmp(a->data(), ascii.data(), ascii.size()) == 0;
}

int str_compare(const Str* a, const Str* b) {
    if (a == b) return 0;
    intptr_t n = a->length < b->length ? a->length : b->length;
    if (a->kind() == 1 && b->kind() == 1) {
        int order = memcmp(a->data(), b->data(), static_cast<size_t>(n));
        if (order) return order < 0 ? -1 : 1;
    } else {
        int order = with_chars(a, [&](auto* x) {
            return with_chars(b, [&](auto* y) {
                for (intptr_t i = 0; i < n; ++i)
                    if (x[i] != y[i]) return static_cast<uint32_t>(x[i]) < static_cast<uint32_t>(y[i]) ? -1 : 1;
                return 0;
            });
        });
        if (order) return order;
    }
    return (a->length > b->length) - (a->length < b->length);
}

intptr_t str_hash_slow(Str* text) {
    intptr_t hash = 0;
    if (text->length)
        hash = static_cast<intptr_t>(
            base::avoid_minus_one(base::siphash13({g_runtime.hash_key0, g_runtime.hash_key1}, text->data(),
                                                  static_cast<size_t>(text->length) * static_cast<size_t>(text->kind()))));
    __atomic_store_n(&text->cached_hash, hash, __ATOMIC_RELAXED);
    return hash;
}

Result<Ref<Str>> str_concat(Thread& t, Borrowed<Str> a, Borrowed<Str> b) {
    if (UNLIKELY(b->length == 0)) return str_unchanged(t, a);
    if (UNLIKELY(a->length == 0)) return str_unchanged(t, b);
    if (UNLIKELY(a->length > INTPTR_MAX - b->length)) return raise(t, exc::OverflowError, "strings are too large to concat");
    uint32_t ma = str_max_char(a.get()), mb = str_max_char(b.get());
    Ref<Str> result = TRY(str_alloc(t, a->length + b->length, ma > mb ? ma : mb));
    void* data = str_mutable_data(result.get());
    copy_from(data, result->kind(), 0, a.get(), 0, a->length);
    copy_from(data, result->kind(), a->length, b.get(), 0, b->length);
    return result;
}

Result<Ref<Str>> str_append(Thread& t, Ref<Str> a, Borrowed<Str> b) {
    if (b->length == 0 && is_exact<Str>(a.get())) return a;
    uint32_t ma = str_max_char(a.get()), mb = str_max_char(b.get());
    if (!is_exact<Str>(a.get()) || !is_uniquely_owned(a.get()) || a->is_interned() || a->length == 0 ||
        b->length > INTPTR_MAX - a->length || a.get() == b.get())
        return str_concat(t, a.borrow(), b);
    intptr_t length = a->length + b->length;
    int kind = a->kind();
    if (mb <= ma) {
        size_t header = a->is_ascii() ? sizeof(Str) : sizeof(CompactStr);
        if (heap_grow_in_place(a.get(), header + static_cast<size_t>(length + 1) * static_cast<size_t>(kind))) {
            void* data = str_mutable_data(a.get());
            copy_from(data, kind, a->length, b.get(), 0, b->length);
            put_char(data, kind, length, 0);
            a->length = length;
            a->cached_hash = -1;
            if (!a->is_ascii()) {
                auto* compact = static_cast<CompactStr*>(a.get());
                raw_free(std::exchange(compact->utf8, nullptr));
                compact->utf8_length = 0;
            }
            return a;
        }
    }
    uint32_t max_char = ma > mb ? ma : mb;
    size_t slack = static_cast<size_t>(length) * static_cast<size_t>(kind_for(max_char)) / 4;
    Ref<Str> result = TRY(alloc_with_slack(t, length, max_char, slack));
    void* data = str_mutable_data(result.get());
    copy_from(data, result->kind(), 0, a.get(), 0, a->length);
    copy_from(data, result->kind(), a->length, b.get(), 0, b->length);
    return result;
}

Result<Ref<Str>> str_substring(Thread& t, Borrowed<Str> text, intptr_t start, intptr_t end) {
    if (end > text->length) end = text->length;
    if (start < 0) start = 0;
    if (start >= end) return str_empty();
    intptr_t length = end - start;
    if (length == text->length) return str_unchanged(t, text);
    if (LIKELY(text->is_ascii())) {
        const uint8_t* from = text->data8() + start;
        if (length == 1) return str_latin1_char(*from);
        Ref<Str> result = TRY((alloc_as<uint8_t, true>(t, length, 0)));
        memcpy(str_mutable_data(result.get()), from, static_cast<size_t>(length));
        return result;
    }
    if (length == 1) return str_from_char(t, text->at(start));
    return with_chars(text.get(), [&](auto* data) { return from_chars(t, data + start, length); });
}

static Result<Ref<Str>> join_items(Thread& t, Borrowed<Str> separator, Object* const* items, intptr_t count) {
    if (count == 0) return str_empty();
    if (count == 1 && is_exact<Str>(items[0])) return acquire(static_cast<Str*>(items[0]));
    uint32_t max_char = count > 1 ? str_max_char(separator.get()) : 127;
    intptr_t gap = separator->length, length = 0;
    for (intptr_t i = 0; i < count; ++i) {
        Object* item = items[i];
        if (UNLIKELY(!is<Str>(item)))
            return raise(t, exc::TypeError, "sequence item %d: expected str instance, %.80s found", i, item->type->name);
        auto* text = static_cast<Str*>(item);
        uint32_t m = str_max_char(text);
        if (m > max_char) max_char = m;
        if (__builtin_add_overflow(length, text->length + (i ? gap : 0), &length))
            return raise(t, exc::OverflowError, "join() result is too long for a Python string");
    }
    Ref<Str> result = TRY(str_alloc(t, length, max_char));
    int kind = result->kind();
    void* data = str_mutable_data(result.get());
    if (kind == 1) {
        auto* out = static_cast<uint8_t*>(data);
        const uint8_t* gap_data = separator->data8();
        for (intptr_t i = 0; i < count; ++i) {
            if (i && gap) {
                if (gap == 1) *out = *gap_data;
                else memcpy(out, gap_data, static_cast<size_t>(gap));
                out += gap;
            }
            auto* text = static_cast<Str*>(items[i]);
            memcpy(out, text->data(), static_cast<size_t>(text->length));
            out += text->length;
        }
        return result;
    }
    intptr_t at = 0;
    for (intptr_t i = 0; i < count; ++i) {
        if (i && gap) copy_from(data, kind, at, separator.get(), 0, gap), at += gap;
        auto* text = static_cast<Str*>(items[i]);
        copy_from(data, kind, at, text, 0, text->length);
        at += text->length;
    }
    return result;
}

Result<Ref<Str>> str_join(Thread& t, Borrowed<Str> separator, Borrowed<Object> iterable) {
    Ref<Object> sequence = TRY(to_fast_sequence(t, iterable, "can only join an iterable"));
    if (is<Tuple>(sequence.get())) {
        auto* tuple = static_cast<Tuple*>(sequence.get());
        return join_items(t, separator, tuple->items, tuple->size);
    }
    auto* list = static_cast<List*>(sequence.get());
    CriticalSection section(t, list);
    return join_items(t, separator, list->items, list->size);
}

Result<Ref<Str>> str_join_array(Thread& t, Object* const* items, size_t count) {
    return join_items(t, &g_empty.header, items, static_cast<intptr_t>(count));
}

} // namespace taipan
