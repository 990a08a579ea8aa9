#include "objects/bytes_methods.h"

#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/dict.h"
#include "objects/pieces.h"
#include "objects/racy.h"
#include "objects/str_builder.h"
#include "objects/str_codecs.h"
#include "objects/str_percent.h"
#include "objects/tuple.h"

#include <charconv>
#include <cstdio>
#include <cstring>

namespace taipan {

Result<Ref<Object>> bytes_make(Thread& t, BytesKind kind, std::string_view data) {
    if (kind == BytesKind::Bytes) return bytes_from(t, data);
    return bytearray_from(t, data);
}

Result<Ref<Object>> bytes_decode(Thread& t, Borrowed<Object> source, Str* encoding, Str* errors) {
    std::string_view encoding_text, errors_text;
    if (encoding) encoding_text = TRY(str_utf8(t, encoding));
    if (errors) errors_text = TRY(str_utf8(t, errors));
    return str_decode(t, source, encoding ? encoding_text.data() : nullptr, errors ? errors_text.data() : nullptr);
}

namespace byte_ops {

namespace {

// ASCII classes, independent of the locale.
constexpr bool is_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alpha(uint8_t c) { return is_lower(c) || is_upper(c); }
constexpr bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
constexpr bool is_space(uint8_t c) { return c == ' ' || (c >= 9 && c <= 13); }
constexpr uint8_t lower(uint8_t c) { return is_upper(c) ? c + 32 : c; }
constexpr uint8_t upper(uint8_t c) { return is_lower(c) ? c - 32 : c; }

/// Memory for a result of `size` bytes that the caller fills in.
struct Output {
    MaybeRef<Object> object;
    uint8_t* data = nullptr;
    Result<void> make(Thread& t, BytesKind kind, size_t size) {
        if (size > (SIZE_MAX >> 2)) return raise_memory_error(t);
        if (kind == BytesKind::Bytes) {
            Ref<Bytes> made = TRY(bytes_alloc(t, static_cast<intptr_t>(size)));
            data = reinterpret_cast<uint8_t*>(made->data);
            object = MaybeRef<Object>::steal(made.release());
        } else {
            Ref<ByteArray> made = TRY(bytearray_from(t, {nullptr, size}));
            data = reinterpret_cast<uint8_t*>(made->start);
            object = MaybeRef<Object>::steal(made.release());
        }
        return {};
    }
    Ref<Object> take() { return object.take(); }
};

} // namespace

Result<uint8_t> to_byte(Thread& t, Borrowed<Object> value, const char* message) {
    if (LIKELY(is_exact<Int>(value.get()) && static_cast<const Int*>(value.get())->is_compact())) {
        intptr_t number = static_cast<const Int*>(value.get())->compact_value();
        if (LIKELY(static_cast<size_t>(number) <= 255)) return static_cast<uint8_t>(number);
    }
    Ref<Int> number = TRY(to_index(t, value));
    int64_t i;
    if (!int_fits_int64(number.get(), &i) || i < 0 || i > 255) return raise(t, exc::ValueError, message);
    return static_cast<uint8_t>(i);
}

Result<void> Needle::acquire(Thread& t, Object* object) {
    if (has_buffer(object)) {
        TRY(m_buffer.acquire(t, object));
        m_view = m_buffer.view();
        return {};
    }
    if (!is<Int>(object) && !(object->type->as_number && object->type->as_number->index))
        return raise(t, exc::TypeError, "argument should be integer or bytes-like object, not '%T'", object);
    m_byte = static_cast<char>(TRY(to_byte(t, object, "byte must be in range(0, 256)")));
    m_view = View(&m_byte, 1);
    return {};
}

Result<Range> range_of(Thread& t, Object* start, Object* end, size_t length_given) {
    auto length = static_cast<intptr_t>(length_given);
    auto bound = [&](Object* o, intptr_t fallback) -> Result<intptr_t> {
        if (!o || is_none(o)) return fallback;
        if (!is<Int>(o) && !(o->type->as_number && o->type->as_number->index))
            return raise(t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
        return to_index_clipped(t, o);
    };
    Range r{TRY(bound(start, 0)), TRY(bound(end, INTPTR_MAX))};
    if (r.end > length) r.end = length;
    else if (r.end < 0 && (r.end += length) < 0) r.end = 0;
    if (r.start < 0 && (r.start += length) < 0) r.start = 0;
    return r;
}

intptr_t find(View text, View needle, intptr_t start, intptr_t end) {
    if (end > static_cast<intptr_t>(text.size())) end = static_cast<intptr_t>(text.size());
    if (end - start < static_cast<intptr_t>(needle.size())) return -1;
    if (needle.empty()) return start;
    const char* base = text.data() + start;
    const void* found = needle.size() == 1 ? memchr(base, needle[0], static_cast<size_t>(end - start))
                                           : memmem(base, static_cast<size_t>(end - start), needle.data(), needle.size());
    return found ? static_cast<const char*>(found) - text.data() : -1;
}

intptr_t rfind(View text, View needle, intptr_t start, intptr_t end) {
    if (end > static_cast<intptr_t>(text.size())) end = static_cast<intptr_t>(text.size());
    auto size = static_cast<intptr_t>(needle.size());
    if (end - start < size) return -1;
    if (size == 0) return end;
    const char* base = text.data();
    for (intptr_t i = end - size; i >= start;) {
        const void* found = memrchr(base + start, needle[0], static_cast<size_t>(i - start + 1));
        if (!found) return -1;
        i = static_cast<const char*>(found) - base;
        if (memcmp(base + i, needle.data(), needle.size()) == 0) return i;
        --i;
    }
    return -1;
}

intptr_t count(View text, View needle, intptr_t limit) {
    auto size = static_cast<intptr_t>(text.size());
    if (limit <= 0) return 0;
    if (needle.empty()) return size + 1 < limit ? size + 1 : limit;
    intptr_t n = 0;
    for (intptr_t at = 0; n < limit; ++n) {
        at = find(text, needle, at, size);
        if (at < 0) break;
        at += static_cast<intptr_t>(needle.size());
    }
    return n;
}

/// One byte by another.
static Result<Ref<Object>> replace_byte(Thread& t, BytesKind kind, View text, char from, char to, intptr_t limit) {
    const void* found = limit > 0 ? memchr(text.data(), from, text.size()) : nullptr;
    if (!found) return bytes_make(t, kind, text);
    Output out;
    TRY(out.make(t, kind, text.size()));
    memcpy(out.data, text.data(), text.size());
    uint8_t *end = out.data + text.size(), *at = out.data + (static_cast<const char*>(found) - text.data());
    do {
        *at++ = static_cast<uint8_t>(to);
        at = static_cast<uint8_t*>(--limit > 0 ? memchr(at, from, static_cast<size_t>(end - at)) : nullptr);
    } while (at);
    return out.take();
}

Result<Ref<Object>> replace(Thread& t, BytesKind kind, View text, View from, View to, intptr_t limit) {
    if (from.size() == 1 && to.size() == 1) return replace_byte(t, kind, text, from[0], to[0], limit);
    intptr_t n = count(text, from, limit);
    if (n == 0) return bytes_make(t, kind, text);
    __int128 size = static_cast<__int128>(text.size()) +
                    static_cast<__int128>(n) * (static_cast<__int128>(to.size()) - static_cast<__int128>(from.size()));
    if (size > INTPTR_MAX) return raise(t, exc::OverflowError, "replace bytes is too long");
    Output out;
    TRY(out.make(t, kind, static_cast<size_t>(size)));
    uint8_t* p = out.data;
    auto put = [&](View v) {
        if (!v.empty()) memcpy(p, v.data(), v.size());
        p += v.size();
    };
    size_t at = 0;
    if (from.empty()) {
        for (; n > 0; --n) {
            put(to);
            if (at < text.size()) put(text.substr(at++, 1));
        }
    } else {
        for (; n > 0; --n) {
            auto found = static_cast<size_t>(find(text, from, static_cast<intptr_t>(at), static_cast<intptr_t>(text.size())));
            put(text.substr(at, found - at));
            put(to);
            at = found + from.size();
        }
    }
    put(text.substr(at));
    return out.take();
}

Result<Ref<Object>> split(Thread& t, BytesKind kind, View text, Object* separator, intptr_t limit, bool from_right) {
    Pieces pieces(t);
    auto add = [&](intptr_t start, intptr_t end) -> Result<void> {
        return pieces.push(bytes_make(t, kind, text.substr(static_cast<size_t>(start), static_cast<size_t>(end - start))));
    };
    auto size = static_cast<intptr_t>(text.size());
    if (!separator || is_none(separator)) {
        // The last piece keeps the white space within, and on the side where the splitting stopped.
        auto space = [&](intptr_t i) { return is_space(static_cast<uint8_t>(text[static_cast<size_t>(i)])); };
        for (intptr_t i = 0; !from_right;) {
            while (i < size && space(i)) ++i;
            if (i == size) return pieces.finish();
            intptr_t start = i;
            if (limit-- <= 0) i = size;
            while (i < size && !space(i)) ++i;
            TRY(add(start, i));
        }
        for (intptr_t i = size;;) {
            while (i > 0 && space(i - 1)) --i;
            if (i == 0) break;
            intptr_t end = i;
            if (limit-- <= 0) i = 0;
            while (i > 0 && !space(i - 1)) --i;
            TRY(add(i, end));
        }
        pieces.reverse();
        return pieces.finish();
    }
    BufferView buffer;
    TRY(buffer.acquire(t, separator));
    View sep = buffer.view();
    if (sep.empty()) return raise(t, exc::ValueError, "empty separator");
    auto sep_size = static_cast<intptr_t>(sep.size());
    if (!from_right) {
        intptr_t at = 0;
        while (limit-- > 0) {
            intptr_t found = find(text, sep, at, size);
            if (found < 0) break;
            TRY(add(at, found));
            at = found + sep_size;
        }
        TRY(add(at, size));
        return pieces.finish();
    }
    intptr_t end = size;
    while (limit-- > 0) {
        intptr_t found = rfind(text, sep, 0, end);
        if (found < 0) break;
        TRY(add(found + sep_size, end));
        end = found;
    }
    TRY(add(0, end));
    pieces.reverse();
    return pieces.finish();
}

Result<Ref<Object>> splitlines(Thread& t, BytesKind kind, View text, bool keep_ends) {
    Pieces lines(t);
    for (size_t i = 0; i < text.size();) {
        size_t start = i;
        while (i < text.size() && text[i] != '\n' && text[i] != '\r') ++i;
        size_t end = i;
        if (i < text.size()) {
            i += text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
            if (keep_ends) end = i;
        }
        TRY(lines.push(bytes_make(t, kind, text.substr(start, end - start))));
    }
    return lines.finish();
}

Result<Ref<Object>> join(Thread& t, BytesKind kind, View separator, Borrowed<Object> iterable) {
    auto converted = to_fast_sequence(t, iterable, "can only join an iterable");
    if (converted.is_error()) return Error{};
    // A private copy: releasing and acquiring buffers may run code.
    Ref<Object> sequence = converted.take();
    Ref<Tuple> items =
        is<List>(sequence.get()) ? TRY(list_to_tuple(t, as<List>(sequence.borrow()))) : acquire(static_cast<Tuple*>(sequence.get()));
    intptr_t n = items->size;
    if (n == 0) return bytes_make(t, kind, {});
    if (n == 1 && kind == BytesKind::Bytes && is_exact<Bytes>(items->items[0])) return acquire(items->items[0]);
    auto* views = static_cast<Buffer*>(raw_calloc(static_cast<size_t>(n), sizeof(Buffer)));
    if (!views) return raise_memory_error(t);
    struct Release {
        Buffer* views;
        intptr_t n = 0;
        ~Release() {
            for (intptr_t i = 0; i < n; ++i)
                if (views[i].obj) buffer_release(&views[i]);
            raw_free(views);
        }
    } release{views};
    __int128 size = static_cast<__int128>(separator.size()) * (n - 1);
    for (intptr_t i = 0; i < n; ++i) {
        Object* item = items->items[i];
        if (is_exact<Bytes>(item)) {
            views[i].buf = static_cast<Bytes*>(item)->data;
            views[i].len = static_cast<Bytes*>(item)->size;
        } else if (is_multi_threaded() && is<ByteArray>(item)) {
            // A copy: while it has exports, other threads could not change its size.
            CriticalSection section(t, item);
            Ref<Bytes> copy = TRY(bytes_from(t, static_cast<ByteArray*>(item)->view()));
            TRY(buffer_get(t, copy, &views[i], buffer_flag::Simple));
        } else if (buffer_get(t, item, &views[i], buffer_flag::Simple).is_error()) {
            views[i].obj = nullptr;
            if (!has_buffer(item)) {
                t.clear_exception();
                return raise(t, exc::TypeError, "sequence item %d: expected a bytes-like object, %T found", i, item);
            }
            return Error{};
        }
        release.n = i + 1;
        size += views[i].len;
        if (is<List>(sequence.get()) && load_relaxed(static_cast<List*>(sequence.get())->size) != n)
            return raise(t, exc::RuntimeError, "sequence changed size during iteration");
    }
    if (size > INTPTR_MAX) return raise(t, exc::OverflowError, "join() result is too long");
    Output out;
    TRY(out.make(t, kind, static_cast<size_t>(size)));
    uint8_t* p = out.data;
    for (intptr_t i = 0; i < n; ++i) {
        if (i && !separator.empty()) {
            memcpy(p, separator.data(), separator.size());
            p += separator.size();
        }
        if (views[i].len) memcpy(p, views[i].buf, static_cast<size_t>(views[i].len));
        p += views[i].len;
    }
    return out.take();
}

Result<Ref<Object>> translate(Thread& t, BytesKind kind, View text, Object* table, Object* remove) {
    BufferView table_buffer, remove_buffer;
    const uint8_t* map = nullptr;
    if (!is_none(table)) {
        TRY(table_buffer.acquire(t, table));
        if (table_buffer.size() != 256) return raise(t, exc::ValueError, "translation table must be 256 characters long");
        map = table_buffer.data();
    }
    bool removed[256] = {};
    if (remove) {
        TRY(remove_buffer.acquire(t, remove));
        for (char c : remove_buffer.view()) removed[static_cast<uint8_t>(c)] = true;
    }
    size_t size = 0;
    for (char c : text) size += !removed[static_cast<uint8_t>(c)];
    Output out;
    TRY(out.make(t, kind, size));
    uint8_t* p = out.data;
    for (char c : text) {
        auto byte = static_cast<uint8_t>(c);
        if (!removed[byte]) *p++ = map ? map[byte] : byte;
    }
    return out.take();
}

Result<Ref<Object>> expandtabs(Thread& t, BytesKind kind, View text, intptr_t tab_size) {
    size_t size = 0;
    for (int pass = 0;; ++pass) {
        Output out;
        if (pass) TRY(out.make(t, kind, size));
        intptr_t column = 0;
        size_t n = 0;
        for (char c : text) {
            if (c == '\t') {
                if (tab_size > 0) {
                    intptr_t spaces = tab_size - column % tab_size;
                    column += spaces;
                    if (pass) memset(out.data + n, ' ', static_cast<size_t>(spaces));
                    n += static_cast<size_t>(spaces);
                }
            } else {
                if (pass) out.data[n] = static_cast<uint8_t>(c);
                ++n;
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
            if (n > static_cast<size_t>(INTPTR_MAX) / 2) return raise(t, exc::OverflowError, "result too long");
        }
        if (pass) return out.take();
        size = n;
    }
}

Result<Ref<Object>> repeat(Thread& t, BytesKind kind, View text, intptr_t times) {
    if (text.empty()) return bytes_make(t, kind, {});
    if (times <= 0) {
        if (kind == BytesKind::ByteArray) return bytes_make(t, kind, {});
        Ref<Bytes> made = TRY(bytes_alloc(t, 1)); // COMPAT: not the one empty object that there is
        made->size = 0;
        made->data[0] = 0;
        return made;
    }
    size_t size;
    if (__builtin_mul_overflow(text.size(), static_cast<size_t>(times), &size) || size > static_cast<size_t>(INTPTR_MAX) - 64)
        return raise_memory_error(t);
    Output out;
    TRY(out.make(t, kind, size));
    if (text.size() == 1) {
        memset(out.data, static_cast<uint8_t>(text[0]), size);
    } else {
        memcpy(out.data, text.data(), text.size());
        for (size_t done = text.size(); done < size;) {
            size_t n = done < size - done ? done : size - done;
            memcpy(out.data + done, out.data, n);
            done += n;
        }
    }
    return out.take();
}

Result<Ref<Object>> from_hex(Thread& t, BytesKind kind, Borrowed<Object> source) {
    BufferView buffer;
    View text;
    if (is<Str>(source.get())) {
        auto* s = static_cast<Str*>(source.get());
        if (!s->is_ascii()) {
            intptr_t i = 0;
            while (s->at(i) < 128) ++i;
            return raise(t, exc::ValueError, "non-hexadecimal number found in fromhex() arg at position %d", i);
        }
        text = s->ascii_view();
    } else if (has_buffer(source.get())) {
        TRY(buffer.acquire(t, source.get()));
        text = buffer.view();
    } else {
        return raise(t, exc::TypeError, "fromhex() argument must be str or bytes-like, not %T", source);
    }
    struct Digits {
        int8_t values[256];
        constexpr Digits() : values() {
            for (int c = 0; c < 256; ++c)
                values[c] = static_cast<int8_t>(c >= '0' && c <= '9'   ? c - '0'
                                                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                                       : -1);
        }
    };
    static constexpr Digits digits;
    auto digit = [](char c) -> int { return digits.values[static_cast<uint8_t>(c)]; };
    auto* bytes = static_cast<char*>(raw_alloc(text.size() / 2 + 1));
    if (!bytes) return raise_memory_error(t);
    size_t n = 0, i = 0;
    intptr_t bad = -1;
    bool odd = false;
    while (i < text.size()) {
        while (text.size() - i >= 2) { // pairs of digits, as long as nothing else comes
            int both = digit(text[i]) << 4 | digit(text[i + 1]);
            if (both < 0) break;
            bytes[n++] = static_cast<char>(both);
            i += 2;
        }
        if (i == text.size()) break;
        if (is_space(static_cast<uint8_t>(text[i]))) {
            ++i;
            continue;
        }
        int high = digit(text[i]);
        if (high < 0) {
            bad = static_cast<intptr_t>(i);
            break;
        }
        if (++i == text.size()) {
            odd = true;
            break;
        }
        int low = digit(text[i]);
        if (low < 0) {
            bad = static_cast<intptr_t>(i);
            break;
        }
        ++i;
        bytes[n++] = static_cast<char>(high << 4 | low);
    }
    if (bad >= 0 || odd) {
        raw_free(bytes);
        if (odd) return raise(t, exc::ValueError, "fromhex() arg must contain an even number of hexadecimal digits");
        return raise(t, exc::ValueError, "non-hexadecimal number found in fromhex() arg at position %d", bad);
    }
    auto made = bytes_make(t, kind, View(bytes, n));
    raw_free(bytes);
    return made;
}

Result<Ref<Object>> zfill(Thread& t, BytesKind kind, View text, intptr_t width) {
    auto size = static_cast<intptr_t>(text.size());
    if (width <= size) return bytes_make(t, kind, text);
    Output out;
    TRY(out.make(t, kind, static_cast<size_t>(width)));
    size_t fill = static_cast<size_t>(width - size);
    memset(out.data, '0', fill);
    if (!text.empty()) memcpy(out.data + fill, text.data(), text.size());
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        out.data[0] = static_cast<uint8_t>(text[0]);
        out.data[fill] = '0';
    }
    return out.take();
}

Result<Ref<Object>> justify(Thread& t, BytesKind kind, View text, intptr_t width, char fill, Align align) {
    auto size = static_cast<intptr_t>(text.size());
    if (width <= size) return bytes_make(t, kind, text);
    intptr_t margin = width - size;
    intptr_t left = align == Align::Left ? 0 : align == Align::Right ? margin : margin / 2 + (margin & width & 1);
    Output out;
    TRY(out.make(t, kind, static_cast<size_t>(width)));
    memset(out.data, fill, static_cast<size_t>(width));
    if (!text.empty()) memcpy(out.data + left, text.data(), text.size());
    return out.take();
}

Result<Ref<Object>> change_case(Thread& t, BytesKind kind, View text, Case how) {
    Output out;
    TRY(out.make(t, kind, text.size()));
    bool previous_cased = false;
    for (size_t i = 0; i < text.size(); ++i) {
        auto c = static_cast<uint8_t>(text[i]);
        uint8_t r = c;
        switch (how) {
        case Case::Lower: r = lower(c); break;
        case Case::Upper: r = upper(c); break;
        case Case::Swap: r = is_lower(c) ? upper(c) : lower(c); break;
        case Case::Capital: r = i == 0 ? upper(c) : lower(c); break;
        case Case::Title:
            r = previous_cased ? lower(c) : upper(c);
            previous_cased = is_alpha(c);
            break;
        }
        out.data[i] = r;
    }
    return out.take();
}

bool is_class(View text, Class what) {
    if (what == Class::Ascii) {
        for (char c : text)
            if (static_cast<uint8_t>(c) >= 128) return false;
        return true;
    }
    if (text.empty()) return false;
    bool cased = false, previous_cased = false;
    for (char ch : text) {
        auto c = static_cast<uint8_t>(ch);
        switch (what) {
        case Class::Alpha:
            if (!is_alpha(c)) return false;
            break;
        case Class::Alnum:
            if (!is_alpha(c) && !is_digit(c)) return false;
            break;
        case Class::Digit:
            if (!is_digit(c)) return false;
            break;
        case Class::Space:
            if (!is_space(c)) return false;
            break;
        case Class::Lower:
            if (is_upper(c)) return false;
            cased |= is_lower(c);
            break;
        case Class::Upper:
            if (is_lower(c)) return false;
            cased |= is_upper(c);
            break;
        case Class::Title:
            if (is_upper(c)) {
                if (previous_cased) return false;
                previous_cased = cased = true;
            } else if (is_lower(c)) {
                if (!previous_cased) return false;
                cased = true;
            } else {
                previous_cased = false;
            }
            break;
        case Class::Ascii: break;
        }
    }
    return what == Class::Lower || what == Class::Upper || what == Class::Title ? cased : true;
}

Result<View> strip(Thread& t, View text, Object* chars, bool left, bool right) {
    bool drop[256] = {};
    if (chars) {
        BufferView buffer;
        TRY(buffer.acquire(t, chars));
        for (char c : buffer.view()) drop[static_cast<uint8_t>(c)] = true;
    } else {
        for (int c : {9, 10, 11, 12, 13, 32}) drop[c] = true;
    }
    if (left)
        while (!text.empty() && drop[static_cast<uint8_t>(text.front())]) text.remove_prefix(1);
    if (right)
        while (!text.empty() && drop[static_cast<uint8_t>(text.back())]) text.remove_suffix(1);
    return text;
}

Result<bool> affix(Thread& t, View text, Borrowed<Object> given, Object* start, Object* end, bool at_end) {
    Range r = TRY(range_of(t, start, end, text.size()));
    auto matches = [&](Object* o) -> Result<bool> {
        BufferView buffer;
        TRY(buffer.acquire(t, o));
        View v = buffer.view();
        if (r.start > static_cast<intptr_t>(text.size()) || r.end < r.start) return false;
        View part = text.substr(static_cast<size_t>(r.start), static_cast<size_t>(r.end - r.start));
        return at_end ? part.ends_with(v) : part.starts_with(v);
    };
    if (is<Tuple>(given.get())) {
        for (Object* o : static_cast<Tuple*>(given.get())->span())
            if (TRY(matches(o))) return true;
        return false;
    }
    if (!has_buffer(given.get()))
        return raise(t, exc::TypeError, "%s first arg must be bytes or a tuple of bytes, not %T", at_end ? "endswith" : "startswith",
                     given);
    return matches(given.get());
}

Result<Ref<Str>> repr_text(Thread& t, View text, const char* prefix, const char* suffix) {
    bool single = text.find('\'') != View::npos, dbl = text.find('"') != View::npos;
    char quote = single && !dbl ? '"' : '\'';
    StrBuilder out(t);
    TRY(out.append_ascii(prefix));
    TRY(out.append_char('b'));
    TRY(out.append_char(static_cast<uint8_t>(quote)));
    TRY(out.reserve(static_cast<intptr_t>(text.size()) + 2));
    constexpr char digits[] = "0123456789abcdef";
    for (char ch : text) {
        auto c = static_cast<uint8_t>(ch);
        // COMPAT: bytearray escapes the single quote always.
        if (ch == quote || ch == '\\' || (ch == '\'' && *prefix)) {
            char two[] = {'\\', ch};
            TRY(out.append_ascii({two, 2}));
        } else if (c == '\t') TRY(out.append_ascii("\\t"));
        else if (c == '\n') TRY(out.append_ascii("\\n"));
        else if (c == '\r') TRY(out.append_ascii("\\r"));
        else if (c < 32 || c >= 127) {
            char four[] = {'\\', 'x', digits[c >> 4], digits[c & 15]};
            TRY(out.append_ascii({four, 4}));
        } else TRY(out.append_char(c));
    }
    TRY(out.append_char(static_cast<uint8_t>(quote)));
    TRY(out.append_ascii(suffix));
    return out.finish();
}

Result<Ref<Object>> maketrans(Thread& t, BufferView& from, BufferView& to) {
    if (from.size() != to.size()) return raise(t, exc::ValueError, "maketrans arguments must have same length");
    char table[256];
    for (int i = 0; i < 256; ++i) table[i] = static_cast<char>(i);
    for (size_t i = 0; i < from.size(); ++i) table[from.data()[i]] = static_cast<char>(to.data()[i]);
    return bytes_from(t, View(table, 256));
}

// --- % formatting ---------------------------------------------------------------------------------------------------

namespace {

/// A growing output; running out of memory shows at the end.
class Buffer8 {
public:
    ~Buffer8() { raw_free(m_data); }
    bool reserve(size_t more) {
        if (more <= m_capacity - m_size) return true;
        if (more > static_cast<size_t>(INTPTR_MAX) / 2 - m_size) return false;
        size_t capacity = (m_size + more) * 2 + 64;
        auto* data = static_cast<char*>(raw_realloc(m_data, capacity));
        if (!data) return false;
        m_data = data;
        m_capacity = capacity;
        return true;
    }
    bool put(View v) {
        if (!reserve(v.size())) return false;
        if (!v.empty()) memcpy(m_data + m_size, v.data(), v.size());
        m_size += v.size();
        return true;
    }
    bool fill(char c, intptr_t n) {
        if (n <= 0) return true;
        if (!reserve(static_cast<size_t>(n))) return false;
        memset(m_data + m_size, c, static_cast<size_t>(n));
        m_size += static_cast<size_t>(n);
        return true;
    }
    View view() const { return {m_data, m_size}; }

private:
    char* m_data = nullptr;
    size_t m_size = 0, m_capacity = 0;
};

} // namespace

Result<Ref<Object>> percent(Thread& t, BytesKind kind, View format, Borrowed<Object> args) {
    Buffer8 out;
    intptr_t next = 0;
    Tuple* tuple = is<Tuple>(args.get()) ? static_cast<Tuple*>(args.get()) : nullptr;
    Type* type = args->type;
    bool mapping = !tuple && type->as_mapping && type->as_mapping->subscript && !is<Bytes>(args.get()) && !is<ByteArray>(args.get()) &&
                   !is<Str>(args.get());
    bool used_key = false;
    MaybeRef<Object> keyed; // the value of the last %(key)
    auto take = [&]() -> Result<Object*> {
        if (keyed) return keyed.get();
        if (tuple) {
            if (next < tuple->size) return tuple->items[next++];
        } else if (next == 0) {
            next = 1;
            return args.get();
        }
        return raise(t, exc::TypeError, "not enough arguments for format string");
    };
    size_t i = 0;
    auto more = [&] { return i < format.size(); };
    while (more()) {
        size_t percent_at = format.find('%', i);
        if (percent_at == View::npos) percent_at = format.size();
        if (!out.put(format.substr(i, percent_at - i))) return raise_memory_error(t);
        i = percent_at;
        if (!more()) break;
        ++i;
        keyed = nullptr;
        if (more() && format[i] == '%') { // with anything between it is an unknown kind of value
            ++i;
            if (!out.put("%")) return raise_memory_error(t);
            continue;
        }
        if (more() && format[i] == '(') {
            if (!mapping) return raise(t, exc::TypeError, "format requires a mapping");
            size_t start = ++i;
            int depth = 1;
            while (more() && depth > 0) {
                depth += format[i] == '(' ? 1 : format[i] == ')' ? -1 : 0;
                ++i;
            }
            if (depth > 0) return raise(t, exc::ValueError, "incomplete format key");
            Ref<Bytes> key = TRY(bytes_from(t, format.substr(start, i - 1 - start)));
            keyed = MaybeRef<Object>::steal(TRY(get_item(t, args, key)).release());
            used_key = true;
        }
        bool left = false, plus = false, space = false, alternate = false, zero = false;
        for (; more(); ++i) {
            char c = format[i];
            if (c == '-') left = true;
            else if (c == '+') plus = true;
            else if (c == ' ') space = true;
            else if (c == '#') alternate = true;
            else if (c == '0') zero = true;
            else break;
        }
        intptr_t width = -1, precision = -1;
        auto number = [&](const char* what, intptr_t* value) -> Result<void> {
            if (more() && format[i] == '*') {
                ++i;
                Object* o = TRY(take());
                if (!is<Int>(o)) return raise(t, exc::TypeError, "* wants int");
                bool is_width = value == &width;
                int64_t number;
                bool fits = int_fits_int64(static_cast<Int*>(o), &number);
                if (!fits || (!is_width && (number > INT32_MAX || number < INT32_MIN)))
                    return raise(t, exc::OverflowError,
                                 is_width ? "Python int too large to convert to C ssize_t" : "Python int too large to convert to C int");
                *value = number;
                return {};
            }
            if (more() && is_digit(static_cast<uint8_t>(format[i]))) {
                intptr_t n = 0;
                while (more() && is_digit(static_cast<uint8_t>(format[i]))) {
                    if (n > (INT32_MAX - (format[i] - '0')) / 10) return raise(t, exc::ValueError, what);
                    n = n * 10 + (format[i++] - '0');
                }
                *value = n;
            }
            return {};
        };
        TRY(number("width too big", &width));
        if (width < -1 || (width < 0 && i && format[i - 1] == '*')) {
            left = true;
            width = -width;
        }
        if (more() && format[i] == '.') {
            ++i;
            precision = 0;
            TRY(number("prec too big", &precision));
            if (precision < 0) precision = 0;
        }
        while (more() && (format[i] == 'h' || format[i] == 'l' || format[i] == 'L')) ++i;
        if (!more()) return raise(t, exc::ValueError, "incomplete format");
        char c = format[i++];
        Borrowed<Object> value = TRY(take());
        MaybeRef<Object> holder;
        BufferView buffer;
        char byte;
        View piece;
        switch (c) {
        case 'r':
        case 'a': {
            Ref<Str> text = TRY(to_ascii(t, value));
            piece = text->ascii_view();
            holder = MaybeRef<Object>::steal(text.release());
            if (precision >= 0) piece = piece.substr(0, static_cast<size_t>(precision));
            break;
        }
        case 's':
        case 'b': {
            if (is<Bytes>(value.get())) piece = static_cast<Bytes*>(value.get())->view();
            else if (has_buffer(value.get())) {
                TRY(buffer.acquire(t, value.get()));
                piece = buffer.view();
            } else {
                LoadedMethod special = TRY(load_special_method(t, value, names::__bytes__));
                if (!special)
                    return raise(t, exc::TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%T'",
                                 value);
                Ref<Object> made = TRY(call(t, special, value));
                if (!is<Bytes>(made.get())) return raise(t, exc::TypeError, "__bytes__ returned non-bytes (type %T)", made);
                piece = static_cast<Bytes*>(made.get())->view();
                holder = MaybeRef<Object>::steal(made.release());
            }
            if (precision >= 0) piece = piece.substr(0, static_cast<size_t>(precision));
            break;
        }
        case 'c': {
            View one;
            if (is<Bytes>(value.get())) one = static_cast<Bytes*>(value.get())->view();
            else if (is<ByteArray>(value.get())) one = static_cast<ByteArray*>(value.get())->view();
            else if (is<Int>(value.get()) || (value->type->as_number && value->type->as_number->index)) {
                Ref<Int> n = TRY(to_index(t, value));
                int64_t code;
                if (!int_fits_int64(n.get(), &code) || code < 0 || code > 255)
                    return raise(t, exc::OverflowError, "%%c arg not in range(256)");
                byte = static_cast<char>(code);
                one = View(&byte, 1);
            } else {
                return raise(t, exc::TypeError, "%%c requires an integer in range(256) or a single byte, not %s",
                             TRY(full_type_name(t, value->type)));
            }
            if (one.size() != 1)
                return raise(t, exc::TypeError, "%%c requires an integer in range(256) or a single byte, not a %T object of length %d",
                             value, static_cast<intptr_t>(one.size()));
            byte = one[0];
            piece = View(&byte, 1);
            break;
        }
        case 'd':
        case 'i':
        case 'u':
        case 'o':
        case 'x':
        case 'X':
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G': {
            if (int64_t small; precision < 0 && !alternate && c != 'e' && c != 'f' && c != 'g' && c != 'E' && c != 'F' && c != 'G' &&
                               is_exact<Int>(value.get()) && int_fits_int64(static_cast<Int*>(value.get()), &small)) {
                char text[72];
                char* first = text + 1;
                uint64_t magnitude = small < 0 ? -static_cast<uint64_t>(small) : static_cast<uint64_t>(small);
                char* end = std::to_chars(first, text + sizeof text, magnitude, c == 'x' || c == 'X' ? 16 : c == 'o' ? 8 : 10).ptr;
                if (c == 'X')
                    for (char* at = first; at < end; ++at) *at = *at >= 'a' ? static_cast<char>(*at - 32) : *at;
                char sign = small < 0 ? '-' : plus ? '+' : space ? ' ' : 0;
                intptr_t missing = width - (end - first) - (sign != 0);
                bool ok = left || zero || out.fill(' ', missing);
                if (sign) ok = ok && out.put(View(&sign, 1));
                if (zero && !left) ok = ok && out.fill('0', missing);
                ok = ok && out.put(View(first, static_cast<size_t>(end - first)));
                if (left) ok = ok && out.fill(' ', missing);
                if (!ok) return raise_memory_error(t);
                continue;
            }
            // Numbers are ASCII: str's formatting knows them.
            bool real = c == 'e' || c == 'E' || c == 'f' || c == 'F' || c == 'g' || c == 'G';
            if (real && !is<Float>(value.get())) {
                auto number_value = to_double(t, value);
                if (number_value.is_error()) {
                    if (!exception_matches(t, exc::TypeError)) return Error{};
                    t.clear_exception();
                    return raise(t, exc::TypeError, "float argument required, not %T", value);
                }
            }
            char spec[64];
            size_t n = 0;
            auto number = [&](intptr_t value) { n = static_cast<size_t>(std::to_chars(spec + n, spec + sizeof spec, value).ptr - spec); };
            spec[n++] = '%';
            for (auto [given, flag] : {std::pair{left, '-'}, {plus, '+'}, {space, ' '}, {alternate, '#'}, {zero, '0'}})
                if (given) spec[n++] = flag;
            if (width > 0) number(width);
            if (precision >= 0) {
                spec[n++] = '.';
                number(precision);
            }
            spec[n++] = c;
            Ref<Str> spec_text = TRY(str_from_utf8(t, View(spec, n)));
            Ref<Tuple> one = TRY(tuple_pack(t, acquire(value)));
            Ref<Object> text = TRY(str_percent_format(t, spec_text, one));
            if (!out.put(static_cast<Str*>(text.get())->ascii_view())) return raise_memory_error(t);
            continue;
        }
        default:
            return raise(t, exc::ValueError, "unsupported format character '%c' (0x%x) at index %d",
                         static_cast<uint32_t>(static_cast<uint8_t>(c)), static_cast<uint32_t>(static_cast<uint8_t>(c)),
                         static_cast<intptr_t>(i - 1));
        }
        intptr_t padding = width - static_cast<intptr_t>(piece.size());
        if (!left && !out.fill(' ', padding)) return raise_memory_error(t);
        if (!out.put(piece)) return raise_memory_error(t);
        if (left && !out.fill(' ', padding)) return raise_memory_error(t);
    }
    bool leftover = tuple ? next < tuple->size : next == 0 && !mapping && !used_key;
    if (leftover && !used_key) return raise(t, exc::TypeError, "not all arguments converted during bytes formatting");
    return bytes_make(t, kind, out.view());
}

} // namespace byte_ops

Result<Ref<Str>> bytes_hex(Thread& t, std::string_view data, Object* separator, int per_separator) {
    char sep = 0;
    bool has_sep = false;
    if (separator) {
        intptr_t size = TRY(length(t, separator));
        if (size != 1) return raise(t, exc::ValueError, "sep must be length 1.");
        uint32_t c;
        if (is<Str>(separator)) {
            c = static_cast<Str*>(separator)->at(0);
        } else if (is<Bytes>(separator)) {
            c = static_cast<uint8_t>(static_cast<Bytes*>(separator)->data[0]);
        } else {
            return raise(t, exc::TypeError, "sep must be str or bytes.");
        }
        if (c > 127) return raise(t, exc::ValueError, "sep must be ASCII.");
        sep = static_cast<char>(c);
        has_sep = true;
    }
    size_t group = static_cast<size_t>(per_separator < 0 ? -static_cast<int64_t>(per_separator) : per_separator);
    if (!has_sep || group == 0 || group >= data.size()) has_sep = false;
    size_t separators = has_sep ? (data.size() - 1) / group : 0;
    if (data.size() > static_cast<size_t>(INTPTR_MAX) / 2 - separators) return raise_memory_error(t);
    Ref<Str> text = TRY(str_alloc(t, static_cast<intptr_t>(data.size() * 2 + separators), 127));
    auto* p = const_cast<uint8_t*>(text->data8());
    constexpr char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < data.size(); ++i) {
        // A positive group size counts from the right.
        if (has_sep && i && (per_separator > 0 ? (data.size() - i) % group == 0 : i % group == 0)) *p++ = static_cast<uint8_t>(sep);
        auto c = static_cast<uint8_t>(data[i]);
        *p++ = static_cast<uint8_t>(digits[c >> 4]);
        *p++ = static_cast<uint8_t>(digits[c & 15]);
    }
    return text;
}

} // namespace taipan
