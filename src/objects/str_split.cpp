// Methods of str that take text apart or put it together: split, partition, strip, splitlines, pad.
#include "base/unicode.h"
#include "objects/pieces.h"
#include "objects/str_builder.h"
#include "objects/str_internal.h"
#include "objects/str_methods.h"
#include "objects/tuple.h"

namespace taipan::str_methods {

namespace unicode = base::unicode;

namespace {

bool is_space(uint32_t c) { return unicode::is_space(c); }

Result<Ref<List>> split_space(Thread& t, Borrowed<Str> self, intptr_t limit) {
    Pieces pieces(t);
    intptr_t n = self->length;
    Result<void> result = with_chars(self.get(), [&](auto* data) -> Result<void> {
        for (intptr_t i = 0;;) {
            while (i < n && is_space(data[i])) ++i;
            if (i == n) return {};
            intptr_t start = i;
            if (pieces.size() == limit) return pieces.push(str_substring(t, self, start, n)); // trailing space stays
            while (i < n && !is_space(data[i])) ++i;
            TRY(pieces.push(str_substring(t, self, start, i)));
        }
    });
    TRY(std::move(result));
    return pieces.finish();
}

Result<Ref<List>> rsplit_space(Thread& t, Borrowed<Str> self, intptr_t limit) {
    Pieces pieces(t);
    Result<void> result = with_chars(self.get(), [&](auto* data) -> Result<void> {
        for (intptr_t i = self->length;;) {
            while (i > 0 && is_space(data[i - 1])) --i;
            if (i == 0) return {};
            intptr_t end = i;
            if (pieces.size() == limit) return pieces.push(str_substring(t, self, 0, end));
            while (i > 0 && !is_space(data[i - 1])) --i;
            TRY(pieces.push(str_substring(t, self, i, end)));
        }
    });
    TRY(std::move(result));
    pieces.reverse();
    return pieces.finish();
}

Result<Str*> separator_of(Thread& t, Object* separator) {
    if (!separator || is_none(separator)) return static_cast<Str*>(nullptr);
    if (!is<Str>(separator)) return raise(t, exc::TypeError, "must be str or None, not %.100T", separator);
    auto* text = static_cast<Str*>(separator);
    if (text->length == 0) return raise(t, exc::ValueError, "empty separator");
    return text;
}

Result<void> split_at_character(Thread& t, Borrowed<Str> self, uint32_t c, intptr_t limit, Pieces& pieces) {
    intptr_t from = 0, n = self->length;
    TRY(with_chars(self.get(), [&](auto* data) -> Result<void> {
        constexpr intptr_t Near = 16; // most pieces are short: a look in line before the search that takes a call
        while (pieces.size() < limit) {
            intptr_t at = from, near = n - from < Near ? n : from + Near;
            while (at < near && data[at] != c) ++at;
            if (at == near && (at == n || (at = find_char(self.get(), c, at, n)) < 0)) break;
            TRY(pieces.push(str_substring(t, self, from, at)));
            from = at + 1;
        }
        return {};
    }));
    return pieces.push(str_substring(t, self, from, n));
}

Result<Ref<Tuple>> triple(Thread& t, Ref<Str> a, Ref<Str> b, Ref<Str> c) {
    Object* items[] = {a.release(), b.release(), c.release()};
    return tuple_from_array_steal(t, items, 3);
}

Result<Ref<Str>> strip_with(Thread& t, Borrowed<Str> self, Object* chars, bool left, bool right, const char* name) {
    intptr_t start = 0, end = self->length;
    if (!chars || is_none(chars)) {
        with_chars(self.get(), [&](auto* data) {
            if (left)
                while (start < end && is_space(data[start])) ++start;
            if (right)
                while (end > start && is_space(data[end - 1])) --end;
        });
    } else {
        if (!is<Str>(chars)) return raise(t, exc::TypeError, "%s arg must be None or str", name);
        auto* set = static_cast<Str*>(chars);
        auto in_set = [&](uint32_t c) { return find_char(set, c, 0, set->length) >= 0; };
        if (left)
            while (start < end && in_set(self->at(start))) ++start;
        if (right)
            while (end > start && in_set(self->at(end - 1))) --end;
    }
    return str_substring(t, self, start, end);
}

Result<Ref<Str>> pad(Thread& t, Borrowed<Str> self, intptr_t left, intptr_t right, uint32_t fill) {
    if (left < 0) left = 0;
    if (right < 0) right = 0;
    if (left == 0 && right == 0) return str_unchanged(t, self);
    intptr_t n = self->length;
    if (left > INTPTR_MAX - n || right > INTPTR_MAX - left - n) return raise(t, exc::OverflowError, "padded string is too long");
    uint32_t m = str_max_char(self.get());
    Ref<Str> result = TRY(str_alloc(t, left + n + right, m > fill ? m : fill));
    void* out = str_mutable_data(result.get());
    int kind = result->kind();
    fill_chars(out, kind, 0, left, fill);
    copy_from(out, kind, left, self.get(), 0, n);
    fill_chars(out, kind, left + n, right, fill);
    return result;
}

} // namespace

Result<Ref<List>> split(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> separator, Size maxsplit) {
    intptr_t limit = maxsplit < 0 ? INTPTR_MAX : maxsplit.value;
    Str* sep = TRY(separator_of(t, separator.get()));
    if (!sep) return split_space(t, self, limit);
    Pieces pieces(t);
    if (sep->length == 1) {
        TRY(split_at_character(t, self, sep->at(0), limit, pieces));
        return pieces.finish();
    }
    intptr_t from = 0;
    while (pieces.size() < limit) {
        intptr_t at = str_find(self.get(), sep, from, self->length);
        if (at < 0) break;
        TRY(pieces.push(str_substring(t, self, from, at)));
        from = at + sep->length;
    }
    TRY(pieces.push(str_substring(t, self, from, self->length)));
    return pieces.finish();
}

Result<Ref<List>> rsplit(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> separator, Size maxsplit) {
    intptr_t limit = maxsplit < 0 ? INTPTR_MAX : maxsplit.value;
    Str* sep = TRY(separator_of(t, separator.get()));
    if (!sep) return rsplit_space(t, self, limit);
    Pieces pieces(t);
    intptr_t end = self->length;
    while (pieces.size() < limit) {
        intptr_t at = sep->length == 1 ? rfind_char(self.get(), sep->at(0), 0, end) : str_rfind(self.get(), sep, 0, end);
        if (at < 0) break;
        TRY(pieces.push(str_substring(t, self, at + sep->length, end)));
        end = at;
    }
    TRY(pieces.push(str_substring(t, self, 0, end)));
    pieces.reverse();
    return pieces.finish();
}

Result<Ref<List>> splitlines(Thread& t, Borrowed<Str> self, bool keepends) {
    Pieces pieces(t);
    intptr_t n = self->length;
    Result<void> result = with_chars(self.get(), [&](auto* data) -> Result<void> {
        for (intptr_t i = 0; i < n;) {
            intptr_t start = i;
            while (i < n && !unicode::is_linebreak(data[i])) ++i;
            intptr_t end = i;
            if (i < n) {
                i += data[i] == '\r' && i + 1 < n && data[i + 1] == '\n' ? 2 : 1;
                if (keepends) end = i;
            }
            TRY(pieces.push(str_substring(t, self, start, end)));
        }
        return {};
    });
    TRY(std::move(result));
    return pieces.finish();
}

Result<Ref<Tuple>> partition(Thread& t, Borrowed<Str> self, Borrowed<Object> separator) {
    if (!is<Str>(separator.get())) return raise(t, exc::TypeError, "must be str, not %.100T", separator);
    auto* sep = static_cast<Str*>(separator.get());
    if (sep->length == 0) return raise(t, exc::ValueError, "empty separator");
    intptr_t at = str_find(self.get(), sep, 0, self->length);
    if (at < 0) return triple(t, TRY(str_unchanged(t, self)), str_empty(), str_empty());
    Ref<Str> head = TRY(str_substring(t, self, 0, at));
    Ref<Str> tail = TRY(str_substring(t, self, at + sep->length, self->length));
    return triple(t, std::move(head), acquire(sep), std::move(tail));
}
Result<Ref<Tuple>> rpartition(Thread& t, Borrowed<Str> self, Borrowed<Object> separator) {
    if (!is<Str>(separator.get())) return raise(t, exc::TypeError, "must be str, not %.100T", separator);
    auto* sep = static_cast<Str*>(separator.get());
    if (sep->length == 0) return raise(t, exc::ValueError, "empty separator");
    intptr_t at = str_rfind(self.get(), sep, 0, self->length);
    if (at < 0) return triple(t, str_empty(), str_empty(), TRY(str_unchanged(t, self)));
    Ref<Str> head = TRY(str_substring(t, self, 0, at));
    Ref<Str> tail = TRY(str_substring(t, self, at + sep->length, self->length));
    return triple(t, std::move(head), acquire(sep), std::move(tail));
}

Result<Ref<Str>> strip(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> chars) {
    return strip_with(t, self, chars.get(), true, true, "strip");
}
Result<Ref<Str>> lstrip(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> chars) {
    return strip_with(t, self, chars.get(), true, false, "lstrip");
}
Result<Ref<Str>> rstrip(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> chars) {
    return strip_with(t, self, chars.get(), false, true, "rstrip");
}

static Result<uint32_t> fill_character(Thread& t, Object* fill) {
    if (!fill) return uint32_t{' '};
    if (!is<Str>(fill)) return raise(t, exc::TypeError, "The fill character must be a unicode character, not %.100T", fill);
    auto* text = static_cast<Str*>(fill);
    if (text->length != 1) return raise(t, exc::TypeError, "The fill character must be exactly one character long");
    return text->at(0);
}
Result<Ref<Str>> center(Thread& t, Borrowed<Str> self, Size width, MaybeBorrowed<Object> fill) {
    uint32_t c = TRY(fill_character(t, fill.get()));
    if (self->length >= width) return str_unchanged(t, self);
    intptr_t margin = width - self->length;
    intptr_t left = margin / 2 + (margin & width & 1); // COMPAT: an odd margin's extra goes left only for an odd width
    return pad(t, self, left, margin - left, c);
}
Result<Ref<Str>> ljust(Thread& t, Borrowed<Str> self, Size width, MaybeBorrowed<Object> fill) {
    uint32_t c = TRY(fill_character(t, fill.get()));
    return pad(t, self, 0, width > self->length ? width - self->length : 0, c);
}
Result<Ref<Str>> rjust(Thread& t, Borrowed<Str> self, Size width, MaybeBorrowed<Object> fill) {
    uint32_t c = TRY(fill_character(t, fill.get()));
    return pad(t, self, width > self->length ? width - self->length : 0, 0, c);
}
Result<Ref<Str>> zfill(Thread& t, Borrowed<Str> self, Size width) {
    if (self->length >= width) return str_unchanged(t, self);
    intptr_t fill = width - self->length;
    Ref<Str> result = TRY(pad(t, self, fill, 0, '0'));
    if (self->length > 0) {
        uint32_t c = self->at(0);
        if (c == '+' || c == '-') {
            put_char(str_mutable_data(result.get()), result->kind(), fill, '0');
            put_char(str_mutable_data(result.get()), result->kind(), 0, c);
        }
    }
    return result;
}

Result<Ref<Str>> expandtabs(Thread& t, Borrowed<Str> self, int tab_size) {
    if (find_char(self.get(), '\t', 0, self->length) < 0) return str_unchanged(t, self);
    StrBuilder builder(t);
    intptr_t column = 0;
    for (intptr_t i = 0; i < self->length; ++i) {
        uint32_t c = self->at(i);
        if (c == '\t') {
            if (tab_size <= 0) continue;
            intptr_t spaces = tab_size - column % tab_size;
            if (builder.length() > INTPTR_MAX / 8 - spaces) return raise(t, exc::OverflowError, "new string is too long");
            TRY(builder.append_repeated(' ', spaces));
            column += spaces;
            continue;
        }
        TRY(builder.append_char(c));
        column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
    return builder.finish();
}

Result<Ref<Str>> removeprefix(Thread& t, Borrowed<Str> self, Borrowed<Str> prefix) {
    if (str_tail_match(self.get(), prefix.get(), 0, INTPTR_MAX, false)) return str_substring(t, self, prefix->length, self->length);
    return str_unchanged(t, self);
}
Result<Ref<Str>> removesuffix(Thread& t, Borrowed<Str> self, Borrowed<Str> suffix) {
    if (str_tail_match(self.get(), suffix.get(), 0, INTPTR_MAX, true)) return str_substring(t, self, 0, self->length - suffix->length);
    return str_unchanged(t, self);
}

} // namespace taipan::str_methods
