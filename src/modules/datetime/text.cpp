// Dates and times as text: ISO 8601 both ways, strftime's additions, ctime.
#include "modules/datetime/datetime.h"

namespace taipan::datetime {

static size_t digits2(char* out, int value) {
    out[0] = static_cast<char>('0' + value / 10);
    out[1] = static_cast<char>('0' + value % 10);
    return 2;
}

static size_t digits(char* out, int value, int count) {
    for (int i = count; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
    return static_cast<size_t>(count);
}
size_t write_date(char* out, const Ymd& d) {
    digits2(out, d.year / 100);
    digits2(out + 2, d.year % 100);
    out[4] = out[7] = '-';
    digits2(out + 5, d.month);
    digits2(out + 8, d.day);
    return 10;
}

size_t write_offset(char* out, const Delta* offset, const char* separator) {
    if (!offset) return 0;
    int64_t seconds = int64_t{offset->days} * SecondsPerDay + offset->seconds;
    int micros = offset->microseconds;
    char sign = '+';
    if (offset->days < 0) {
        sign = '-';
        seconds = -seconds;
        if (micros) {
            --seconds;
            micros = 1000000 - micros;
        }
    }
    size_t n = 0, width = strlen(separator);
    auto put_separator = [&] {
        memcpy(out + n, separator, width);
        n += width;
    };
    out[n++] = sign;
    int minutes = static_cast<int>(seconds / 60);
    n += digits2(out + n, minutes / 60);
    put_separator();
    n += digits2(out + n, minutes % 60);
    if (seconds % 60 || micros) {
        put_separator();
        n += digits2(out + n, static_cast<int>(seconds % 60));
        if (micros) {
            out[n++] = '.';
            n += digits(out + n, micros, 6);
        }
    }
    return n;
}

Result<TimeSpec> parse_timespec(Thread& t, Borrowed<Str> text, int microsecond) {
    static constexpr struct {
        const char* name;
        TimeSpec spec;
    } specs[] = {{"hours", TimeSpec::Hours},
                 {"minutes", TimeSpec::Minutes},
                 {"seconds", TimeSpec::Seconds},
                 {"milliseconds", TimeSpec::Milliseconds},
                 {"microseconds", TimeSpec::Microseconds}};
    if (str_equals_ascii(text.get(), "auto")) return microsecond ? TimeSpec::Microseconds : TimeSpec::Seconds;
    for (const auto& entry : specs)
        if (str_equals_ascii(text.get(), entry.name)) return TimeSpec{entry.spec};
    return raise(t, exc::ValueError, "Unknown timespec value");
}
size_t write_time(char* out, const Hms& h, TimeSpec spec) {
    size_t n = digits2(out, h.hour);
    if (spec == TimeSpec::Hours) return n;
    out[n++] = ':';
    n += digits2(out + n, h.minute);
    if (spec == TimeSpec::Minutes) return n;
    out[n++] = ':';
    n += digits2(out + n, h.second);
    if (spec == TimeSpec::Seconds) return n;
    out[n++] = '.';
    return n + (spec == TimeSpec::Milliseconds ? digits(out + n, h.microsecond / 1000, 3) : digits(out + n, h.microsecond, 6));
}

Result<Ref<Object>> build_struct_time(Thread& t, const Ymd& d, const Hms& h, int dst) {
    Ref<Object> type = TRY(import_attribute(t, "time", "struct_time"));
    Ref<Tuple> items = TRY(tuple_alloc(t, 9));
    int values[] = {
        d.year, d.month, d.day, h.hour, h.minute, h.second, weekday_of(d.year, d.month, d.day), day_of_year(d.year, d.month, d.day), dst};
    for (int i = 0; i < 9; ++i) items->items[i] = TRY(int_from(t, values[i])).release();
    tuple_finish(items.get());
    return call(t, type, items);
}
Result<Ref<Object>> ctime_text(Thread& t, const Ymd& d, const Hms& h) {
    static constexpr const char* days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    int n = snprintf(text, sizeof text, "%s %s %2d %02d:%02d:%02d %04d", days[weekday_of(d.year, d.month, d.day)], months[d.month - 1],
                     d.day, h.hour, h.minute, h.second, d.year);
    return TRY(str_from_utf8(t, {text, static_cast<size_t>(n)}));
}

Result<Ref<Object>> wrap_strftime(Thread& t, Borrowed<Object>, Borrowed<Object> format_object, Borrowed<Object> time_tuple, Object* tzinfo,
                                  int microsecond, Object* argument) {
    auto* format = static_cast<Str*>(format_object.get());
    StrBuilder b(t);
    Ref<Object> strftime = TRY(import_attribute(t, "time", "strftime"));
    auto put_offset = [&](const char* separator) -> Result<void> {
        MaybeRef<Delta> offset = TRY(call_utcoffset(t, tzinfo, argument));
        char text[48];
        return b.append_ascii({text, write_offset(text, offset.get(), separator)});
    };
    intptr_t length = format->length;
    for (intptr_t i = 0; i < length; ++i) {
        uint32_t c = format->at(i);
        if (c != '%' || i + 1 >= length) {
            TRY(b.append_char(c));
            continue;
        }
        uint32_t code = format->at(++i);
        if (code == 'z') {
            TRY(put_offset(""));
        } else if (code == ':' && i + 1 < length && format->at(i + 1) == 'z') {
            ++i;
            TRY(put_offset(":"));
        } else if (code == 'Z') {
            Ref<Object> name = tzinfo ? TRY(call_tzname(t, tzinfo, argument)) : none_ref();
            if (is<Str>(name.get()) && !is_exact<Str>(name.get())) { // a subclass may have a replace() of its own
                Ref<Str> replace = TRY(str_interned(t, "replace")), one = TRY(str_from_utf8(t, "%")), two = TRY(str_from_utf8(t, "%%"));
                name = TRY(call_method(t, name, replace, one, two));
                if (!is<Str>(name.get())) return raise(t, exc::TypeError, "tzname.replace() did not return a string");
                TRY(b.append(static_cast<Str*>(name.get())));
            } else if (is<Str>(name.get())) {
                auto* text = static_cast<Str*>(name.get());
                for (intptr_t k = 0; k < text->length; ++k) { // strftime() must not read the name's percent signs
                    if (text->at(k) == '%') TRY(b.append_char('%'));
                    TRY(b.append_char(text->at(k)));
                }
            }
        } else if (code == 'f') {
            char text[16];
            int n = snprintf(text, sizeof text, "%06d", microsecond);
            TRY(b.append_ascii({text, static_cast<size_t>(n)}));
        } else if (code == 'Y' || code == 'G' || code == 'F' || code == 'C') {
            // Years of less than four digits are padded, which the C library does not do.
            Ref<Object> item = TRY(sequence_get(t, time_tuple, 0));
            int64_t year = TRY(to_int64(t, item));
            if (year >= 1000) {
                TRY(b.append_char('%'));
                TRY(b.append_char(code));
                continue;
            }
            if (code == 'G') {
                Ref<Str> iso = TRY(str_from_utf8(t, "%G"));
                Ref<Object> text = TRY(call(t, strftime, iso, time_tuple));
                Ref<Object> number = TRY(to_int(t, text));
                year = TRY(to_int64(t, number));
            }
            char text[48];
            int n;
            if (code == 'F') n = snprintf(text, sizeof text, "%04lld-%%m-%%d", static_cast<long long>(year));
            else if (code == 'C') n = snprintf(text, sizeof text, "%02lld", static_cast<long long>((year < 0 ? year - 99 : year) / 100));
            else n = snprintf(text, sizeof text, "%04lld", static_cast<long long>(year));
            TRY(b.append_ascii({text, static_cast<size_t>(n)}));
        } else {
            TRY(b.append_char('%'));
            TRY(b.append_char(code));
        }
    }
    Ref<Str> done = TRY(b.finish());
    return call(t, strftime, done, time_tuple);
}
Result<Ref<Object>> call_strptime(Thread& t, const char* function, Borrowed<Type> type, Borrowed<Object> text, Borrowed<Object> format) {
    Ref<Object> callable = TRY(import_attribute(t, "_strptime", function));
    return call(t, callable, type, text, format);
}

// fromisoformat

namespace {

bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }
/// A part of the text; characters beyond the end are 0.
struct Reader {
    const Str* text;
    intptr_t position, end;
    uint32_t peek(intptr_t ahead = 0) const { return position + ahead < end ? text->at(position + ahead) : 0; }
    bool done() const { return position >= end; }
    /// Exactly `count` digits.
    bool number(int count, int* out) {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            if (!is_digit(peek(i))) return false;
            value = value * 10 + static_cast<int>(peek(i) - '0');
        }
        position += count;
        *out = value;
        return true;
    }
};
Error raise_invalid(Thread& t, Borrowed<Str> whole) { return raise(t, exc::ValueError, "Invalid isoformat string: %R", whole); }

/// HH[:?MM[:?SS[(.|,)f…]]] up to the reader's end.
bool read_time(Reader& r, Hms* out) {
    int* const parts[] = {&out->hour, &out->minute, &out->second};
    bool has_separator = false;
    for (int i = 0; i < 3; ++i) {
        if (!r.number(2, parts[i])) return false;
        uint32_t next = r.peek();
        if (i == 0) has_separator = next == ':';
        if (r.done()) return true;
        if (i == 2) break;
        if (has_separator) {
            if (next != ':') return false;
            ++r.position;
        }
    }
    if (r.peek() != '.' && r.peek() != ',') return false;
    ++r.position;
    if (r.done()) return false;
    int digits = 0, value = 0;
    for (; !r.done(); ++r.position) {
        if (!is_digit(r.peek())) return false;
        if (digits < 6) {
            value = value * 10 + static_cast<int>(r.peek() - '0');
            ++digits;
        }
    }
    for (; digits < 6; ++digits) value *= 10;
    out->microsecond = value;
    return true;
}
bool all_ascii(const Str* text, intptr_t start, intptr_t end) {
    if (text->is_ascii()) return true;
    for (intptr_t i = start; i < end; ++i)
        if (text->at(i) >= 128) return false;
    return true;
}

} // namespace

Result<Ymd> parse_iso_date(Thread& t, Borrowed<Str> whole, const Str* text, intptr_t start, intptr_t end) {
    intptr_t length = end - start;
    if ((length != 7 && length != 8 && length != 10) || !all_ascii(text, start, end)) return raise_invalid(t, whole);
    Reader r{text, start, end};
    Ymd d{};
    if (!r.number(4, &d.year)) return raise_invalid(t, whole);
    bool dash = r.peek() == '-';
    if (dash) ++r.position;
    if (r.peek() == 'W') {
        ++r.position;
        int week, day = 1;
        if (!r.number(2, &week)) return raise_invalid(t, whole);
        if (!r.done()) {
            if ((r.peek() == '-') != dash) return raise_invalid(t, whole);
            if (dash) ++r.position;
            if (!r.number(1, &day) || !r.done()) return raise_invalid(t, whole);
        }
        return from_iso(t, d.year, week, day);
    }
    if (!r.number(2, &d.month) || (r.peek() == '-') != dash) return raise_invalid(t, whole);
    if (dash) ++r.position;
    if (!r.number(2, &d.day) || !r.done()) return raise_invalid(t, whole);
    return d;
}

Result<IsoTime> parse_iso_time(Thread& t, Borrowed<Str> whole, const Str* text, intptr_t start, intptr_t end) {
    if (end - start < 2 || !all_ascii(text, start, end)) return raise_invalid(t, whole);
    intptr_t zone = -1;
    for (uint32_t mark : {'-', '+', 'Z'}) {
        for (intptr_t i = start; i < end && zone < 0; ++i)
            if (text->at(i) == mark) zone = i;
        if (zone >= 0) break;
    }
    IsoTime result;
    Reader r{text, start, zone < 0 ? end : zone};
    if (!read_time(r, &result.time)) return raise_invalid(t, whole);
    if (zone >= 0) {
        uint32_t mark = text->at(zone);
        intptr_t length = end - zone - 1;
        if (mark == 'Z') {
            if (length != 0) return raise_invalid(t, whole);
            result.tzinfo = MaybeRef<Object>::acquire(&g_utc);
        } else {
            if (length == 0 || length == 1 || length == 3) return raise_invalid(t, whole);
            Reader z{text, zone + 1, end};
            Hms offset;
            if (!read_time(z, &offset)) return raise_invalid(t, whole);
            int sign = mark == '-' ? -1 : 1;
            Ref<Delta> delta =
                TRY(delta_new(t, 0, sign * (offset.hour * 3600 + offset.minute * 60 + offset.second), sign * offset.microsecond));
            result.tzinfo = TRY(timezone_new(t, delta, nullptr));
        }
    }
    if (result.time.hour == 24) {
        if (result.time.minute || result.time.second || result.time.microsecond)
            return raise(t, exc::ValueError, "minute, second, and microsecond must be 0 when hour is 24");
        result.time.hour = 0;
        result.next_day = true;
    }
    return result;
}

/// Where the date ends: the forms of the date tell themselves apart by their dashes, W and digits.
intptr_t find_separator(const Str* text) {
    intptr_t length = text->length;
    if (length == 7) return 7;
    auto at = [&](intptr_t i) -> uint32_t { return i < length ? text->at(i) : 0; };
    if (at(4) == '-') {
        if (at(5) != 'W') return 10; // YYYY-MM-DD
        if (length < 8) return -1;
        if (at(8) != '-') return 8; // YYYY-Www
        if (length == 9) return -1;
        // YYYY-Www-D, or a dash as the separator before two digits.
        return length > 10 && is_digit(at(10)) ? 8 : 10;
    }
    if (at(4) != 'W') return 8; // YYYYMMDD
    intptr_t i = 7;             // YYYYWww or YYYYWwwd
    while (i < length && is_digit(at(i))) ++i;
    if (i < 9) return i;
    return i % 2 == 0 ? 7 : 8;
}

} // namespace taipan::datetime
