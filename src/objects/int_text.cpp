// ints as text and back.
#include "base/int_text.h"
#include "base/big_digits.h"
#include "objects/bytes.h"
#include "objects/exceptions.h"
#include "objects/int_internal.h"
#include "objects/str.h"

namespace taipan {

bool int_exceeds_str_digits(Thread& t, size_t decimal_digits) {
    int limit = t.interpreter->int_max_str_digits;
    return limit > 0 && decimal_digits > static_cast<size_t>(limit);
}

Result<Ref<Str>> int_to_str(Thread& t, Borrowed<Int> value, int base, std::string_view prefix) {
    if (LIKELY(int_is_small(value.get()))) {
        int64_t small = int_small_value(value.get());
        char buffer[base::max_u64_text + 3];
        char* end = buffer;
        if (small < 0) *end++ = '-';
        for (char c : prefix) *end++ = c;
        end += base::format_u64(static_cast<uint64_t>(small < 0 ? -small : small), static_cast<unsigned>(base), end);
        if (end == buffer + 1) return str_latin1_char(static_cast<uint8_t>(*buffer));
        Ref<Str> text = TRY(str_alloc(t, end - buffer, 127));
        memcpy(const_cast<void*>(text->data()), buffer, static_cast<size_t>(end - buffer));
        return text;
    }
    size_t count = static_cast<size_t>(value->digit_count());
    // A quick refusal before the quadratic work: each digit of 30 bits gives at least nine decimal ones.
    if (base == 10 && count >= 20) {
        size_t bits = base::digits_bit_length(value->digits, count);
        if (int_exceeds_str_digits(t, static_cast<size_t>(static_cast<double>(bits - 1) * 0.301029995)))
            return raise(
                t, exc::ValueError,
                "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
                t.interpreter->int_max_str_digits);
    }
    base::SmallBuffer<char, 256> buffer;
    char* out = buffer.resize(base::text_bound(count, static_cast<unsigned>(base)) + 1);
    if (!out) return raise_memory_error(t);
    size_t length = base::digits_to_text(value->digits, count, static_cast<unsigned>(base), out);
    if (length == base::text_failed) return raise_memory_error(t);
    if (base == 10 && int_exceeds_str_digits(t, length))
        return raise(t, exc::ValueError,
                     "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
                     t.interpreter->int_max_str_digits);
    bool negative = value->is_negative();
    Ref<Str> text = TRY(str_alloc(t, static_cast<intptr_t>(length + prefix.size()) + negative, 127));
    char* data = static_cast<char*>(const_cast<void*>(text->data()));
    if (negative) *data++ = '-';
    for (char c : prefix) *data++ = c;
    memcpy(data, out, length);
    return text;
}

Result<Ref<Str>> int_repr(Thread& t, Borrowed<Int> value) { return int_to_str(t, value, 10); }

/// `shown`: what the ValueError prints, a str or bytes object; or null: `text` itself.
template <class Char>
static Result<Ref<Int>> parse(Thread& t, const Char* text, size_t length, int base, Object* shown, bool is_bytes = false) {
    // Latin-1 digits and spaces beyond ASCII are none in bytes.
    if (is_bytes)
        for (size_t i = 0; i < length; ++i)
            if (text[i] >= 0x80) return raise(t, exc::ValueError, "invalid literal for int() with base %d: %.200R", base, shown);
    base::ParsedInt parsed;
    int limit = t.interpreter->int_max_str_digits;
    switch (base::parse_int(text, length, static_cast<unsigned>(base), static_cast<size_t>(limit > 0 ? limit : 0), parsed)) {
    case base::IntParse::Small: {
        if (parsed.value <= INT64_MAX) {
            auto value = static_cast<int64_t>(parsed.value);
            return int_from(t, parsed.negative ? -value : value);
        }
        Ref<Int> value = TRY(int_from_uint64(t, parsed.value));
        if (parsed.negative) int_set_tag(value.get(), true, value->digit_count());
        return value;
    }
    case base::IntParse::Big: {
        size_t bound = base::digits_bound(parsed.digits.size(), parsed.base);
        Ref<Int> value = TRY(int_alloc(t, static_cast<intptr_t>(bound)));
        size_t count = base::text_to_digits(parsed.digits.data(), parsed.digits.size(), parsed.base, value->digits);
        if (count == base::text_failed) return raise_memory_error(t);
        return int_finish(t, std::move(value), parsed.negative, static_cast<intptr_t>(count));
    }
    case base::IntParse::TooLong:
        return raise(t, exc::ValueError,
                     "Exceeds the limit (%d digits) for integer string conversion: value has %d digits; use sys.set_int_max_str_digits() "
                     "to increase the limit",
                     limit, static_cast<int64_t>(parsed.digit_count));
    case base::IntParse::NoMemory: return raise_memory_error(t);
    case base::IntParse::Invalid: break;
    }
    return raise(t, exc::ValueError, "invalid literal for int() with base %d: %.200R", base, shown);
}

Result<Ref<Int>> int_from_str(Thread& t, Borrowed<Str> text, int base) {
    size_t length = static_cast<size_t>(text->length);
    switch (text->kind()) {
    case 1: {
        const uint8_t* data = text->data8();
        if (LIKELY(base == 10 && length > 0 && length <= 18)) { // plain digits
            int64_t value = 0;
            size_t i = data[0] == '-';
            size_t start = i;
            for (; i < length && data[i] - '0' < 10u; ++i) value = value * 10 + (data[i] - '0');
            if (LIKELY(i == length && i > start)) return int_from(t, start ? -value : value);
        }
        return parse(t, data, length, base, text.get());
    }
    case 2: return parse(t, text->data16(), length, base, text.get());
    default: return parse(t, text->data32(), length, base, text.get());
    }
}

Result<Ref<Int>> int_from_bytes_text(Thread& t, std::string_view text, int base) {
    Ref<Bytes> shown = TRY(bytes_from(t, text));
    return parse(t, reinterpret_cast<const uint8_t*>(shown->data), text.size(), base, shown.get(), true);
}

Result<Ref<Int>> int_from_text(Thread& t, std::string_view text, int base) {
    Ref<Str> object = TRY(str_from_utf8(t, text));
    return int_from_str(t, object.borrow(), base);
}

} // namespace taipan
