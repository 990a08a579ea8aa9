// The proleptic Gregorian calendar, ISO weeks, and the system's local time.
#include "modules/datetime/datetime.h"
#include "objects/float.h"

#include <cerrno>
#include <cmath>
#include <ctime>

namespace taipan::datetime {

static constexpr int month_days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static constexpr int days_before[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

bool is_leap(int year) { return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0); }
int days_in_month(int year, int month) { return month == 2 && is_leap(year) ? 29 : month_days[month]; }
int day_of_year(int year, int month, int day) { return days_before[month] + (month > 2 && is_leap(year)) + day; }
static int days_before_year(int year) {
    int y = year - 1;
    return y * 365 + (y >= 0 ? y / 4 - y / 100 + y / 400 : -1);
}
int to_ordinal(int year, int month, int day) { return days_before_year(year) + day_of_year(year, month, day); }

/// Years that begin in March make the leap day the last one (H. Hinnant's days-to-civil).
Ymd from_ordinal(int ordinal) {
    int n = ordinal + 305; // days since 1 March of year 0
    int era = n / 146097;
    int day_of_era = n - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_in_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_in_year + 2) / 153;
    int day = day_in_year - (153 * shifted + 2) / 5 + 1;
    int month = shifted < 10 ? shifted + 3 : shifted - 9;
    return {year_of_era + era * 400 + (month <= 2), month, day};
}
int weekday_of(int year, int month, int day) { return (to_ordinal(year, month, day) + 6) % 7; }

/// The ordinal of the Monday that begins the ISO year.
static int iso_first_monday(int year) {
    int first = to_ordinal(year, 1, 1);
    int weekday = (first + 6) % 7;
    int monday = first - weekday;
    return weekday > 3 ? monday + 7 : monday;
}
IsoDate iso_of(int year, int month, int day) {
    int today = to_ordinal(year, month, day);
    int monday = iso_first_monday(year);
    int offset = today - monday;
    int week = offset >= 0 ? offset / 7 : -1;
    if (offset < 0) {
        --year;
        monday = iso_first_monday(year);
        week = (today - monday) / 7;
    } else if (week >= 52 && today >= iso_first_monday(year + 1)) {
        ++year;
        week = 0;
    }
    return {year, week + 1, (today + 6) % 7 + 1};
}
Result<Ymd> from_iso(Thread& t, int year, int week, int day) {
    if (year < MinYear || year > MaxYear) return raise(t, exc::ValueError, "year must be in %d..%d, not %d", MinYear, MaxYear, year);
    if (week <= 0 || week >= 53) {
        // A year has a 53rd week if it begins on a Thursday, or on a Wednesday and is a leap year.
        int first = weekday_of(year, 1, 1);
        bool long_year = first == 3 || (first == 2 && is_leap(year));
        if (week != 53 || !long_year) return raise(t, exc::ValueError, "Invalid week: %d", week);
    }
    if (day <= 0 || day >= 8) return raise(t, exc::ValueError, "Invalid weekday: %d (range is [1, 7])", day);
    int ordinal = iso_first_monday(year) + (week - 1) * 7 + day - 1;
    if (ordinal < 1) return Ymd{0, 12, 31 + ordinal}; // December of year 0; the caller refuses it
    return from_ordinal(ordinal);
}

Result<void> check_date(Thread& t, const Ymd& d) {
    if (d.year < MinYear || d.year > MaxYear) return raise(t, exc::ValueError, "year must be in %d..%d, not %d", MinYear, MaxYear, d.year);
    if (d.month < 1 || d.month > 12) return raise(t, exc::ValueError, "month must be in 1..12, not %d", d.month);
    int last = days_in_month(d.year, d.month);
    if (d.day < 1 || d.day > last)
        return raise(t, exc::ValueError, "day %d must be in range 1..%d for month %d in year %d", d.day, last, d.month, d.year);
    return {};
}
Result<void> check_time(Thread& t, const Hms& h, int fold) {
    if (h.hour < 0 || h.hour > 23) return raise(t, exc::ValueError, "hour must be in 0..23, not %d", h.hour);
    if (h.minute < 0 || h.minute > 59) return raise(t, exc::ValueError, "minute must be in 0..59, not %d", h.minute);
    if (h.second < 0 || h.second > 59) return raise(t, exc::ValueError, "second must be in 0..59, not %d", h.second);
    if (h.microsecond < 0 || h.microsecond > 999999)
        return raise(t, exc::ValueError, "microsecond must be in 0..999999, not %d", h.microsecond);
    if (fold != 0 && fold != 1) return raise(t, exc::ValueError, "fold must be either 0 or 1, not %d", fold);
    return {};
}
Result<void> check_tzinfo(Thread& t, Object* tzinfo) {
    if (!tzinfo || is_none(tzinfo) || is<TzInfo>(tzinfo)) return {};
    return raise(t, exc::TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%T'", tzinfo);
}

Result<void> local_tm(Thread& t, int64_t seconds, tm* out) {
    time_t when = seconds;
    errno = 0;
    if (!localtime_r(&when, out)) return raise_errno(t, errno ? errno : EINVAL);
    return {};
}
Result<void> utc_tm(Thread& t, int64_t seconds, tm* out) {
    time_t when = seconds;
    errno = 0;
    if (!gmtime_r(&when, out)) return raise_errno(t, errno ? errno : EINVAL);
    return {};
}
static int64_t seconds_of(const Ymd& d, const Hms& h) {
    return int64_t{to_ordinal(d.year, d.month, d.day)} * SecondsPerDay + h.hour * 3600 + h.minute * 60 + h.second;
}
Result<int64_t> local_seconds(Thread& t, int64_t utc) {
    tm time;
    TRY(local_tm(t, utc - EpochSeconds, &time));
    int year = time.tm_year + 1900;
    if (year < MinYear || year > MaxYear) return raise(t, exc::ValueError, "year must be in %d..%d, not %d", MinYear, MaxYear, year);
    return seconds_of({year, time.tm_mon + 1, time.tm_mday}, {time.tm_hour, time.tm_min, time.tm_sec});
}
/// PEP 495: solves local = local_seconds(utc) for utc.
Result<int64_t> utc_seconds_of_local(Thread& t, const Ymd& d, const Hms& h, int fold) {
    int64_t local = seconds_of(d, h);
    int64_t a = TRY(local_seconds(t, local)) - local;
    int64_t u1 = local - a;
    int64_t t1 = TRY(local_seconds(t, u1));
    int64_t b;
    if (t1 == local) {
        // A solution; perhaps there is another one, earlier or later as the fold wants.
        int64_t probe = u1 + (fold ? SecondsPerDay : -SecondsPerDay);
        b = TRY(local_seconds(t, probe)) - probe;
        if (a == b) return u1;
    } else {
        b = t1 - u1;
    }
    int64_t u2 = local - b;
    if (TRY(local_seconds(t, u2)) == local) return u2;
    if (t1 == local) return u1;
    return fold ? (u1 < u2 ? u1 : u2) : (u1 > u2 ? u1 : u2); // in a gap
}

Result<Timeval> timeval_of(Thread& t, Borrowed<Object> timestamp) {
    if (is<Float>(timestamp.get())) {
        double value = static_cast<Float*>(timestamp.get())->value;
        if (std::isnan(value)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
        double whole, fraction = std::modf(value, &whole);
        fraction = std::nearbyint(fraction * 1e6); // the default rounding mode is half to even
        if (fraction >= 1e6) {
            fraction -= 1e6;
            whole += 1;
        } else if (fraction < 0) {
            fraction += 1e6;
            whole -= 1;
        }
        if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0))
            return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
        return Timeval{static_cast<int64_t>(whole), static_cast<int>(fraction)};
    }
    auto value = to_int64(t, timestamp);
    if (value.is_error()) {
        if (clear_if(t, exc::OverflowError)) return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
        if (clear_if(t, exc::TypeError)) return raise(t, exc::TypeError, "argument must be int or float, not %T", timestamp);
        return Error{};
    }
    return Timeval{value.take(), 0};
}

// Shared by the constructors

Result<void> bind_constructor(Thread& t, const char* const* names, int positional, int required, Object* const* args, size_t nargs,
                              Object* kwnames, Object** out) {
    int count = 0;
    while (names[count]) ++count;
    auto* keywords = static_cast<Tuple*>(kwnames);
    size_t keyword_count = keywords ? static_cast<size_t>(keywords->size) : 0;
    if (nargs + keyword_count > static_cast<size_t>(count))
        return raise(t, exc::TypeError, "function takes at most %d %sargument%s (%d given)", count, nargs ? "" : "keyword ",
                     count == 1 ? "" : "s", static_cast<int64_t>(nargs + keyword_count));
    if (nargs > static_cast<size_t>(positional))
        return raise(t, exc::TypeError, "function takes %s %d positional argument%s (%d given)",
                     positional == required ? "exactly" : "at most", positional, positional == 1 ? "" : "s", static_cast<int64_t>(nargs));
    for (int i = 0; i < count; ++i) out[i] = static_cast<size_t>(i) < nargs ? args[i] : nullptr;
    Object* unexpected = nullptr;
    for (size_t k = 0; k < keyword_count; ++k) {
        auto* name = static_cast<Str*>(keywords->items[k]);
        int i = 0;
        while (i < count && !str_equals_ascii(name, names[i])) ++i;
        if (i == count) {
            unexpected = name;
            continue;
        }
        if (out[i]) return raise(t, exc::TypeError, "argument for function given by name ('%s') and position (%d)", names[i], i + 1);
        out[i] = args[nargs + k];
    }
    for (int i = 0; i < required; ++i) {
        if (out[i]) continue;
        for (int k = 0; k < i; ++k) TRY(int_argument(t, out[k], 0)); // what was given is looked at first
        return raise(t, exc::TypeError, "function missing required argument '%s' (pos %d)", names[i], i + 1);
    }
    if (unexpected) return raise(t, exc::TypeError, "function got an unexpected keyword argument '%s'", unexpected);
    return {};
}
Result<Borrowed<Str>> str_argument(Thread& t, const char* function, int position, Borrowed<Object> value) {
    if (!is<Str>(value.get())) return raise(t, exc::TypeError, "%s() argument %d must be str, not %T", function, position, value);
    return Borrowed<Str>(static_cast<Str*>(value.get()));
}
Result<int> int_argument(Thread& t, Object* value, int fallback) {
    if (!value) return fallback;
    int64_t number = TRY(to_int64(t, value));
    if (number > INT32_MAX) return raise(t, exc::OverflowError, "signed integer is greater than maximum");
    if (number < INT32_MIN) return raise(t, exc::OverflowError, "signed integer is less than minimum");
    return static_cast<int>(number);
}
ResultMaybe<Bytes> state_bytes(Thread& t, Object* argument, intptr_t size, int probe, uint8_t mask, uint8_t low, uint8_t high,
                               const char* kind) {
    auto sane = [&](uint8_t value) { return (value & mask) >= low && (value & mask) <= high; };
    if (is<Bytes>(argument)) {
        auto* bytes = static_cast<Bytes*>(argument);
        if (bytes->size != size || !sane(static_cast<uint8_t>(bytes->data[probe]))) return MaybeRef<Bytes>();
        return MaybeRef<Bytes>::acquire(bytes);
    }
    if (!is<Str>(argument)) return MaybeRef<Bytes>();
    auto* text = static_cast<Str*>(argument);
    if (text->length != size || text->at(probe) > 255 || !sane(static_cast<uint8_t>(text->at(probe)))) return MaybeRef<Bytes>();
    char buffer[16];
    for (intptr_t i = 0; i < size; ++i) {
        if (text->at(i) > 255)
            return raise(t, exc::ValueError,
                         "Failed to encode latin1 string when unpickling a %s object. pickle.load(data, encoding='latin1') is assumed.",
                         kind);
        buffer[i] = static_cast<char>(text->at(i));
    }
    return MaybeRef<Bytes>(TRY(bytes_from(t, {buffer, static_cast<size_t>(size)})));
}
Ref<Object> compare_result(int difference, Comparison op) {
    switch (op) {
    case Comparison::Lt: return bool_ref(difference < 0);
    case Comparison::Le: return bool_ref(difference <= 0);
    case Comparison::Eq: return bool_ref(difference == 0);
    case Comparison::Ne: return bool_ref(difference != 0);
    case Comparison::Gt: return bool_ref(difference > 0);
    case Comparison::Ge: return bool_ref(difference >= 0);
    }
    return bool_ref(false);
}
Result<intptr_t> hash_bytes(Thread& t, const uint8_t* data, size_t size) {
    Ref<Bytes> bytes = TRY(bytes_from(t, {reinterpret_cast<const char*>(data), size}));
    return hash(t, bytes);
}

} // namespace taipan::datetime
