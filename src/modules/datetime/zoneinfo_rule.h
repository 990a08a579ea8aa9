// The rule at the end of a TZif file (a POSIX TZ string): standard and daylight saving time, and when they change.
#pragma once

#include "modules/datetime/datetime.h"

namespace taipan::datetime {

/// What holds in a period. Null deltas and name: nothing is known.
struct Period {
    Delta *offset = nullptr, *dst = nullptr;
    Object* name = nullptr;
    int64_t seconds = 0; // the offset's
};
void period_release(Period& p);
Result<void> period_fill(Thread& t, Period& p, int64_t offset, int64_t dst, Borrowed<Object> name);

/// A yearly moment in local time: the w-th weekday d of month m, or a day of the year.
struct YearlyMoment {
    bool by_month = false, julian = false;
    int month = 0, week = 0, day = 0;
    int seconds = 2 * 3600;
    /// Seconds since 1970, local.
    int64_t in_year(int year) const;
};
struct ZoneRule {
    Period standard, daylight;
    bool has_daylight = false;
    int64_t difference = 0; // daylight less standard
    YearlyMoment start, end;

    const Period& at_local(int64_t seconds, int year, int fold) const;
    const Period& at_utc(int64_t seconds, int year, int* fold) const;
};
/// ValueErrors for what is no TZ string.
Result<void> parse_rule(Thread& t, Borrowed<Object> text, std::string_view source, ZoneRule* out);

} // namespace taipan::datetime
