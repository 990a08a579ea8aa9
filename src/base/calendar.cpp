#include "base/calendar.h"

namespace taipan::base {

namespace {

constexpr int before_month[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
constexpr int month_days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

int days_before_year(int year) {
    int y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

/// The ordinal of the Monday that begins week 1: the week with the first Thursday.
int iso_week_one(int year) {
    int first = days_before_year(year) + 1;
    int weekday = (first + 6) % 7;
    int monday = first - weekday;
    return weekday > 3 ? monday + 7 : monday;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads exactly `count` digits.
bool read_digits(const char*& p, const char* end, size_t count, int& value) {
    if (size_t(end - p) < count) return false;
    value = 0;
    for (size_t i = 0; i < count; i++, p++) {
        if (!is_digit(*p)) return false;
        value = value * 10 + (*p - '0');
    }
    return true;
}

enum class Clock : uint8_t { Bad, Whole, Rest };

/// HH[[:]MM[[:]SS[(.|,)f…]]]. COMPAT: one stray character at the end is told as Rest and forgiven before an offset.
Clock read_clock(const char* p, const char* end, int& hour, int& minute, int& second, int& microsecond) {
    int* const values[] = {&hour, &minute, &second};
    bool separated = true;
    for (int i = 0; i < 3; i++) {
        if (!read_digits(p, end, 2, *values[i])) return Clock::Bad;
        if (p == end) return Clock::Whole;
        char c = *p++;
        if (i == 0) separated = c == ':';
        if (p >= end) return c == '.' || c == ',' ? Clock::Bad : Clock::Rest;
        if (separated && c == ':') {
            if (i == 2) return Clock::Bad;
        } else if (c == '.' || c == ',') {
            if (i < 2) return Clock::Bad;
            break;
        } else if (!separated) {
            p--;
        } else {
            return Clock::Bad;
        }
    }
    size_t digits = size_t(end - p) < 6 ? size_t(end - p) : 6;
    if (!read_digits(p, end, digits, microsecond)) return Clock::Bad;
    for (; digits < 6; digits++) microsecond *= 10;
    while (p < end && is_digit(*p)) p++;
    return p == end ? Clock::Whole : Clock::Rest;
}

} // namespace

int days_in_month(int year, int month) { return month == 2 && is_leap_year(year) ? 29 : month_days[month]; }

int days_before_month(int year, int month) { return before_month[month] + (month > 2 && is_leap_year(year)); }

int ordinal_of(Date date) { return days_before_year(date.year) + days_before_month(date.year, date.month) + date.day; }

Date date_of_ordinal(int ordinal) {
    // Count down through cycles of 400, 100, 4 and 1 years.
    constexpr int in_400 = 146097, in_100 = 36524, in_4 = 1461;
    int n = ordinal - 1;
    int n400 = n / in_400;
    n %= in_400;
    int n100 = n / in_100;
    n %= in_100;
    int n4 = n / in_4;
    n %= in_4;
    int n1 = n / 365;
    n %= 365;
    int year = n400 * 400 + 1 + n100 * 100 + n4 * 4 + n1;
    if (n1 == 4 || n100 == 4) return {year - 1, 12, 31};
    int month = (n + 50) >> 5; // right or one too many
    int before = days_before_month(year, month);
    if (before > n) before = days_before_month(year, --month);
    return {year, month, n - before + 1};
}

IsoDate iso_date_of(Date date) {
    int year = date.year, ordinal = ordinal_of(date), start = iso_week_one(year);
    if (ordinal < start) {
        start = iso_week_one(--year);
    } else if (ordinal >= iso_week_one(year + 1)) {
        start = iso_week_one(++year);
    }
    return {year, (ordinal - start) / 7 + 1, (ordinal - start) % 7 + 1};
}

IsoCheck date_of_iso(IsoDate iso, Date& date) {
    if (iso.year < min_year || iso.year > max_year) return IsoCheck::OutOfRange;
    if (iso.week < 1 || iso.week > 53) return IsoCheck::BadWeek;
    if (iso.week == 53) {
        // Only years that begin on a Thursday, or leap years on a Wednesday, have one.
        int weekday = (days_before_year(iso.year) + 7) % 7;
        if (!(weekday == 3 || (weekday == 2 && is_leap_year(iso.year)))) return IsoCheck::BadWeek;
    }
    if (iso.day < 1 || iso.day > 7) return IsoCheck::BadDay;
    int ordinal = iso_week_one(iso.year) + (iso.week - 1) * 7 + iso.day - 1;
    if (ordinal < 1) return IsoCheck::OutOfRange;
    date = date_of_ordinal(ordinal);
    return ordinal > max_ordinal ? IsoCheck::OutOfRange : IsoCheck::Ok;
}

int64_t days_from_epoch(int64_t year, int month, int day) {
    // Years from March, so that the leap day is the last.
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t in_era = year - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

bool parse_iso_date(const char* text, size_t length, Date& date) {
    // COMPAT: what follows a complete date of eight characters within ten is ignored.
    if (length != 7 && length != 8 && length != 10) return false;
    const char *p = text, *end = text + length;
    if (!read_digits(p, end, 4, date.year)) return false;
    bool separated = p < end && *p == '-';
    p += separated;
    if (p < end && *p == 'W') {
        p++;
        IsoDate iso{date.year, 0, 1};
        if (!read_digits(p, end, 2, iso.week)) return false;
        if (p < end) {
            if (separated && *p++ != '-') return false;
            if (!read_digits(p, end, 1, iso.day)) return false;
        }
        // COMPAT: the last days of 9999-W52 are in 10000, which the caller reports as a year out of range.
        IsoCheck check = date_of_iso(iso, date);
        return check == IsoCheck::Ok || (check == IsoCheck::OutOfRange && date.year > max_year);
    }
    if (!read_digits(p, end, 2, date.month)) return false;
    if (separated && (p == end || *p++ != '-')) return false;
    return read_digits(p, end, 2, date.day);
}

bool parse_iso_time(const char* text, size_t length, TimeText& time) {
    if (length == 0) return false;
    const char *end = text + length, *zone = text;
    // A sign at the very beginning is none of an offset, but no digit either.
    while (zone < end && *zone != '+' && *zone != '-' && *zone != 'Z') zone++;
    Clock clock = read_clock(text, zone, time.hour, time.minute, time.second, time.microsecond);
    if (clock == Clock::Bad) return false;
    if (zone == end) return clock == Clock::Whole;
    time.has_offset = true;
    if (*zone == 'Z') return zone + 1 == end;
    int sign = *zone++ == '-' ? -1 : 1;
    int hour = 0, minute = 0, second = 0, microsecond = 0;
    if (read_clock(zone, end, hour, minute, second, microsecond) != Clock::Whole) return false;
    time.offset = sign * (hour * 3600 + minute * 60 + second);
    time.offset_microsecond = sign * microsecond;
    return true;
}

size_t find_iso_separator(const char* text, size_t length) {
    if (length < 7) return 0;
    if (length == 7) return 7;
    if (text[4] == '-') {
        if (text[5] != 'W') return 10;
        if (length > 8 && text[8] == '-') {
            if (length == 9) return 0;
            // YYYY-Www-## is taken for a week and a time, as no day has two digits.
            return length > 10 && is_digit(text[10]) ? 8 : 10;
        }
        return 8;
    }
    if (text[4] != 'W') return 8;
    size_t digits_end = 7;
    while (digits_end < length && is_digit(text[digits_end])) digits_end++;
    if (digits_end < 9) return digits_end;
    return digits_end % 2 == 0 ? 7 : 8;
}

} // namespace taipan::base
