#include "modules/datetime/zoneinfo_rule.h"

namespace taipan::datetime {

void period_release(Period& p) {
    clear_field(p.offset);
    clear_field(p.dst);
    clear_field(p.name);
}
Result<void> period_fill(Thread& t, Period& p, int64_t offset, int64_t dst, Borrowed<Object> name) {
    p.offset = TRY(delta_new(t, 0, offset, 0)).release();
    p.dst = TRY(delta_new(t, 0, dst, 0)).release();
    p.name = acquire(name).release();
    p.seconds = offset;
    return {};
}

int64_t YearlyMoment::in_year(int year) const {
    constexpr int epoch = 719163;
    int days;
    if (by_month) {
        int first = weekday_of(year, month, 1);                // Monday is 0
        int month_day = ((day - (first + 1)) % 7 + 7) % 7 + 1; // the first such weekday; Sunday is 0
        month_day += (week - 1) * 7;
        if (month_day > days_in_month(year, month)) month_day -= 7; // the fifth is the last
        days = to_ordinal(year, month, month_day) - epoch;
    } else {
        // COMPAT: both forms count from 1, and 29 February is skipped from day 59 on.
        days = to_ordinal(year, 1, 1) - 1 - epoch + day;
        if (julian && day >= 59 && is_leap(year)) ++days;
    }
    return int64_t{days} * SecondsPerDay + seconds;
}

const Period& ZoneRule::at_local(int64_t when, int year, int fold) const {
    if (!has_daylight) return standard;
    int64_t from = start.in_year(year), to = end.in_year(year);
    // With fold 0 the shorter offset begins at the end of the gap and ends at the end of the fold.
    if (fold == (difference >= 0)) to -= difference;
    else from += difference;
    bool is_daylight = from < to ? (from <= when && when < to) : !(to <= when && when < from);
    return is_daylight ? daylight : standard;
}
const Period& ZoneRule::at_utc(int64_t when, int year, int* fold) const {
    *fold = 0;
    if (!has_daylight) return standard;
    int64_t from = start.in_year(year) - standard.seconds, to = end.in_year(year) - daylight.seconds;
    bool is_daylight = from < to ? (from <= when && when < to) : !(to <= when && when < from);
    int64_t ambiguous = difference > 0 ? to : from;
    int64_t width = difference > 0 ? difference : -difference;
    *fold = ambiguous <= when && when < ambiguous + width;
    return is_daylight ? daylight : standard;
}

namespace {

struct Parser {
    const char *p, *end;
    bool done() const { return p == end; }
    char peek() const { return p < end ? *p : '\0'; }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

    bool name(std::string_view* out) {
        const char* start = p;
        if (peek() == '<') {
            start = ++p;
            while (is_digit(peek()) || is_letter(peek()) || peek() == '+' || peek() == '-') ++p;
            if (peek() != '>' || p == start) return false;
            *out = {start, static_cast<size_t>(p - start)};
            ++p;
            return true;
        }
        while (is_letter(peek())) ++p;
        *out = {start, static_cast<size_t>(p - start)};
        return p != start;
    }
    /// `least` to `most` digits.
    bool digits(int least, int most, int* out) {
        int count = 0, value = 0;
        while (count < most && is_digit(peek())) {
            value = value * 10 + (*p++ - '0');
            ++count;
        }
        *out = value;
        return count >= least;
    }
    /// [+-]h[hh][:mm[:ss]]; the total with its sign.
    bool time(int max_hour, int* out) {
        int sign = 1, hours, minutes = 0, seconds = 0;
        if (peek() == '+' || peek() == '-') sign = *p++ == '-' ? -1 : 1;
        if (!digits(1, 3, &hours)) return false;
        if (peek() == ':') {
            ++p;
            if (!digits(2, 2, &minutes)) return false;
            if (peek() == ':') {
                ++p;
                if (!digits(2, 2, &seconds)) return false;
            }
        }
        *out = sign * (hours * 3600 + minutes * 60 + seconds);
        return hours <= max_hour;
    }
    bool moment(YearlyMoment* out) {
        if (peek() == 'M') {
            ++p;
            out->by_month = true;
            if (!digits(1, 2, &out->month) || peek() != '.') return false;
            ++p;
            if (!digits(1, 1, &out->week) || peek() != '.') return false;
            ++p;
            if (!digits(1, 1, &out->day)) return false;
            if (out->month < 1 || out->month > 12 || out->week < 1 || out->week > 5 || out->day > 6) return false;
        } else {
            if (peek() == 'J') {
                ++p;
                out->julian = true;
            }
            if (!digits(1, 3, &out->day) || out->day < out->julian || out->day > 365) return false;
        }
        if (peek() != '/') return true;
        ++p;
        return time(167, &out->seconds);
    }
};

} // namespace

Result<void> parse_rule(Thread& t, Borrowed<Object> text, std::string_view source, ZoneRule* out) {
    Parser parser{source.data(), source.data() + source.size()};
    std::string_view standard_name, daylight_name;
    int offset, daylight_offset;
    if (!parser.name(&standard_name)) return raise(t, exc::ValueError, "Invalid STD format in %R", text);
    if (!parser.time(24, &offset)) return raise(t, exc::ValueError, "Invalid STD offset in %R", text);
    offset = -offset; // POSIX counts west of UTC
    Ref<Str> name = TRY(str_from_utf8(t, standard_name));
    TRY(period_fill(t, out->standard, offset, 0, name));
    if (parser.done()) return {};
    if (!parser.name(&daylight_name)) return raise(t, exc::ValueError, "Invalid DST format in %R", text);
    daylight_offset = offset + 3600;
    if (parser.peek() != ',') {
        if (!parser.time(24, &daylight_offset)) return raise(t, exc::ValueError, "Invalid DST offset in %R", text);
        daylight_offset = -daylight_offset;
    }
    for (YearlyMoment* moment : {&out->start, &out->end}) {
        if (parser.peek() != ',') return raise(t, exc::ValueError, "Missing transition rules in TZ string: %R", text);
        ++parser.p;
        if (!parser.moment(moment)) return raise(t, exc::ValueError, "Malformed transition rule in TZ string: %R", text);
    }
    if (!parser.done()) return raise(t, exc::ValueError, "Extraneous characters at end of TZ string: %R", text);
    name = TRY(str_from_utf8(t, daylight_name));
    out->has_daylight = true;
    out->difference = daylight_offset - offset;
    return period_fill(t, out->daylight, daylight_offset, out->difference, name);
}

} // namespace taipan::datetime
