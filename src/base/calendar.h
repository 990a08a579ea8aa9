// The proleptic Gregorian calendar of `datetime` and `time`, and reading ISO 8601 text. Day 1 is 1 January of year 1.
#pragma once

#include <cstddef>
#include <cstdint>

namespace taipan::base {

inline constexpr int min_year = 1, max_year = 9999;
inline constexpr int max_ordinal = 3652059; ///< of 9999-12-31

constexpr bool is_leap_year(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int days_in_month(int year, int month);
/// Days in the year before the month.
int days_before_month(int year, int month);

struct Date {
    int year, month, day;
};
int ordinal_of(Date date);
Date date_of_ordinal(int ordinal);
/// Monday is 0.
inline int weekday_of(Date date) { return (ordinal_of(date) + 6) % 7; }

struct IsoDate {
    int year, week, day; ///< Monday is 1
};
IsoDate iso_date_of(Date date);

enum class IsoCheck : uint8_t { Ok, BadWeek, BadDay, OutOfRange };
/// The date of an ISO week date; OutOfRange when the year is, or the date falls outside years 1 to 9999 (one in year
/// 10000 is still written).
IsoCheck date_of_iso(IsoDate iso, Date& date);

/// Days since 1970-01-01, for any year.
int64_t days_from_epoch(int64_t year, int month, int day);

struct TimeText {
    int hour = 0, minute = 0, second = 0, microsecond = 0;
    bool has_offset = false;
    int offset = 0;             ///< seconds east of UTC
    int offset_microsecond = 0; ///< of the same sign
};

/// date.fromisoformat's syntax: YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D]. Only the syntax, and weeks, are
/// checked.
bool parse_iso_date(const char* text, size_t length, Date& date);
/// time.fromisoformat's syntax, without the leading 'T'. Ranges are not checked: 24:00 and 12:99 parse.
bool parse_iso_time(const char* text, size_t length, TimeText& time);
/// Where the separator between date and time is, or would be: `length` 7 and more. 0 when there is no such place.
size_t find_iso_separator(const char* text, size_t length);

} // namespace taipan::base
