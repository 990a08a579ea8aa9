// _datetime: timedelta, date, time, datetime, tzinfo, timezone. The structs have CPython's layout (datetime.h of its C API).
// All objects are immutable but for their cached hash; year, month … are kept as big-endian bytes, as they are pickled.
#pragma once

#include "objects/abstract.h"
#include "objects/bytes.h"
#include "objects/exceptions.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"

#include <cstring>

namespace taipan::datetime {

struct Delta : Object {
    intptr_t cached_hash; // -1: not computed
    int days, seconds, microseconds;
    static Type s_type;
};
struct TzInfo : Object {
    static Type s_type;
};
struct Timezone : TzInfo {
    Delta* offset;
    Object* name; // or null
    static Type s_type;
};
struct Date : Object {
    intptr_t cached_hash;
    char has_tzinfo;
    uint8_t data[4];
    static Type s_type;
    int year() const { return data[0] << 8 | data[1]; }
    int month() const { return data[2]; }
    int day() const { return data[3]; }
};
struct Time : Object {
    intptr_t cached_hash;
    char has_tzinfo;
    uint8_t data[6];
    uint8_t fold;
    Object* zone; // if has_tzinfo: a naive time of the class itself ends before it, as CPython's
    static Type s_type;
    Object* tzinfo() const { return has_tzinfo ? zone : nullptr; }
    int hour() const { return data[0]; }
    int minute() const { return data[1]; }
    int second() const { return data[2]; }
    int microsecond() const { return data[3] << 16 | data[4] << 8 | data[5]; }
};
/// A Date in Python; its bytes begin where those of Date do.
struct DateTime : Object {
    intptr_t cached_hash;
    char has_tzinfo;
    uint8_t data[10];
    uint8_t fold;
    Object* tzinfo; // or null
    static Type s_type;
    int year() const { return data[0] << 8 | data[1]; }
    int month() const { return data[2]; }
    int day() const { return data[3]; }
    int hour() const { return data[4]; }
    int minute() const { return data[5]; }
    int second() const { return data[6]; }
    int microsecond() const { return data[7] << 16 | data[8] << 8 | data[9]; }
};
static_assert(offsetof(DateTime, data) == offsetof(Date, data));

constexpr int MinYear = 1, MaxYear = 9999, MaxDeltaDays = 999999999, MaxOrdinal = 3652059;
constexpr int64_t SecondsPerDay = 86400, MicrosPerSecond = 1000000, MicrosPerDay = SecondsPerDay * MicrosPerSecond;
/// Seconds from the first day (ordinal 0) to 1970.
constexpr int64_t EpochSeconds = int64_t{719163} * SecondsPerDay;

struct Ymd {
    int year, month, day;
};
struct Hms {
    int hour = 0, minute = 0, second = 0, microsecond = 0;
};
/// All fields of a datetime.
struct Fields9 : Ymd, Hms {
    Object* tzinfo = nullptr; // borrowed; null: None
    int fold = 0;
};

// The calendar (calendar.cpp)
bool is_leap(int year);
int days_in_month(int year, int month);
/// Of years 1..9999 and, in between computations, one more on either side.
int to_ordinal(int year, int month, int day);
Ymd from_ordinal(int ordinal);
/// Monday is 0.
int weekday_of(int year, int month, int day);
int day_of_year(int year, int month, int day);
struct IsoDate {
    int year, week, weekday;
};
IsoDate iso_of(int year, int month, int day);
Result<Ymd> from_iso(Thread& t, int year, int week, int day);
Result<void> check_date(Thread& t, const Ymd& d);
Result<void> check_time(Thread& t, const Hms& h, int fold);
Result<void> check_tzinfo(Thread& t, Object* tzinfo);
/// The local time's seconds since year 1 for the UTC seconds since year 1.
Result<int64_t> local_seconds(Thread& t, int64_t utc);
/// The other way round; `fold` chooses among two.
Result<int64_t> utc_seconds_of_local(Thread& t, const Ymd& d, const Hms& h, int fold);
/// A timestamp's seconds and microseconds, rounded half to even.
struct Timeval {
    int64_t seconds;
    int microseconds;
};
Result<Timeval> timeval_of(Thread& t, Borrowed<Object> timestamp);
/// Broken-down time; OSError beyond the C library's range.
Result<void> local_tm(Thread& t, int64_t seconds, struct tm* out);
Result<void> utc_tm(Thread& t, int64_t seconds, struct tm* out);

// Text (text.cpp)
/// "+HH:MM[:SS[.ffffff]]" with `separator` for the colons; the length.
size_t write_offset(char* out, const Delta* offset, const char* separator);
/// timespec texts: the number of parts, or an error. `Auto` is resolved by the microseconds.
enum class TimeSpec { Hours, Minutes, Seconds, Milliseconds, Microseconds };
Result<TimeSpec> parse_timespec(Thread& t, Borrowed<Str> text, int microsecond);
size_t write_time(char* out, const Hms& h, TimeSpec spec);
/// "YYYY-MM-DD": ten characters.
size_t write_date(char* out, const Ymd& d);
/// object.strftime(format), after %z %:z %Z %f and short years have been filled in.
Result<Ref<Object>> wrap_strftime(Thread& t, Borrowed<Object> object, Borrowed<Object> format, Borrowed<Object> time_tuple, Object* tzinfo,
                                  int microsecond, Object* tzinfo_argument);
Result<Ref<Object>> build_struct_time(Thread& t, const Ymd& d, const Hms& h, int dst);
Result<Ref<Object>> ctime_text(Thread& t, const Ymd& d, const Hms& h);
/// "Invalid isoformat string: %R"; the parts as they stand, not checked.
Result<Ymd> parse_iso_date(Thread& t, Borrowed<Str> whole, const Str* text, intptr_t start, intptr_t end);
struct IsoTime {
    Hms time;
    MaybeRef<Object> tzinfo;
    bool next_day = false; // was 24:00
};
Result<IsoTime> parse_iso_time(Thread& t, Borrowed<Str> whole, const Str* text, intptr_t start, intptr_t end);
intptr_t find_separator(const Str* text);
Result<Ref<Object>> call_strptime(Thread& t, const char* function, Borrowed<Type> type, Borrowed<Object> text, Borrowed<Object> format);

// timedelta (delta.cpp)
/// Normalises; OverflowError beyond 999999999 days.
Result<Ref<Delta>> delta_new(Thread& t, int64_t days, int64_t seconds, int64_t microseconds, Type& type = Delta::s_type);
Result<Ref<Delta>> delta_subtract(Thread& t, const Delta* a, const Delta* b);
int delta_compare(const Delta* a, const Delta* b);
inline bool delta_is_zero(const Delta* d) { return d->days == 0 && d->seconds == 0 && d->microseconds == 0; }
Result<intptr_t> delta_hash(Thread& t, Delta* self);
Result<Ref<Object>> delta_total_seconds(Thread& t, Borrowed<Delta> self);

// Zones (zone.cpp)
extern Timezone g_utc;
Result<Ref<Object>> timezone_new(Thread& t, Borrowed<Delta> offset, Object* name);
/// tzinfo.utcoffset(argument), None (null) or a timedelta within a day.
Result<MaybeRef<Delta>> call_utcoffset(Thread& t, Object* tzinfo, Object* argument);
Result<MaybeRef<Delta>> call_dst(Thread& t, Object* tzinfo, Object* argument);
Result<Ref<Object>> call_tzname(Thread& t, Object* tzinfo, Object* argument);
/// tzinfo.fromutc(dt)
Result<Ref<Object>> call_fromutc(Thread& t, Borrowed<Object> tzinfo, Borrowed<Object> dt);
/// The system's zone at a moment.
Result<Ref<Object>> local_timezone(Thread& t, int64_t seconds);

// date, time, datetime
Result<Ref<Object>> date_make(Thread& t, Type& type, const Ymd& d);
Result<Ref<Object>> time_make(Thread& t, Type& type, const Hms& h, Object* tzinfo, int fold);
Result<Ref<Object>> datetime_make(Thread& t, Type& type, const Fields9& f);
Fields9 fields_of(const DateTime* self);
Result<Ref<Object>> datetime_add_delta(Thread& t, Borrowed<DateTime> self, const Delta* delta, int factor);
Result<Ref<Delta>> datetime_subtract(Thread& t, Borrowed<DateTime> a, Borrowed<DateTime> b);
Result<Ref<Object>> isocalendar(Thread& t, const Ymd& d);

/// Memory for an instance of the type or a subclass.
template <class T> Result<Ref<T>> make_instance(Thread& t, Type& type) {
    if (LIKELY(!type.is_heap_type())) return allocate<T>(t, type);
    Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type.alloc(&type, 0)));
    return steal(static_cast<T*>(made.release()));
}
/// Arguments of a constructor by position or keyword; null where not given. Names end with null; `positional` of them may
/// be positional.
Result<void> bind_constructor(Thread& t, const char* const* names, int positional, int required, Object* const* args, size_t nargs,
                              Object* kwnames, Object** out);
/// A str, else TypeError "f() argument N must be str, not T".
Result<Borrowed<Str>> str_argument(Thread& t, const char* function, int position, Borrowed<Object> value);
/// The int, or `fallback` if null.
Result<int> int_argument(Thread& t, Object* value, int fallback);
/// The C convention's tp_new for a constructor of the vectorcall convention.
template <Object* (*F)(Thread&, Type*, Object* const*, size_t, Object*)> struct Constructor {
    static Object* vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
        return F(Thread::current(), static_cast<Type*>(type), args, vectorcall_nargs(nargsf), kwnames);
    }
    static Object* construct(Type* type, Object* args, Object* kwargs) {
        Thread& t = Thread::current();
        auto* tuple = static_cast<Tuple*>(args);
        if (!kwargs || dict_size(static_cast<Dict*>(kwargs)) == 0)
            return F(t, type, tuple->items, static_cast<size_t>(tuple->size), nullptr);
        return vectorcall_tuple(t, static_cast<Object*>(type), vectorcall, tuple, static_cast<Dict*>(kwargs)).release_or_null();
    }
};
/// A pickled state: bytes of the right length, or a str of Latin-1 characters (Python 2). Nothing: no state.
ResultMaybe<Bytes> state_bytes(Thread& t, Object* argument, intptr_t size, int probe, uint8_t mask, uint8_t low, uint8_t high,
                               const char* kind);
inline Object* none_if_null(Object* o) { return o ? o : None(); }
inline Object* null_if_none(Object* o) { return o && is_none(o) ? nullptr : o; }
Ref<Object> compare_result(int difference, Comparison op);
Result<intptr_t> hash_bytes(Thread& t, const uint8_t* data, size_t size);

/// A second method that does what the first does: __replace__, which shows another signature than replace.
template <const NativeDef& Def>
Object* call_other(Thread& t, const NativeDef&, Object* receiver, Object* const* args, size_t nargs, Object* kwnames) {
    return Def.entry(t, Def, receiver, args, nargs, kwnames);
}
template <const NativeDef& Def> constexpr NativeDef same_as(const char* name, const char* signature, const char* doc) {
    NativeDef def = Def;
    def.name = name;
    def.entry = call_other<Def>;
    def.signature = signature;
    def.params = ParamSpec{.var_args = true, .var_kwargs = true};
    def.typed = nullptr;
    def.doc = doc;
    return def;
}

extern const TypeSpec delta_spec, tzinfo_spec, timezone_spec, date_spec, iso_date_spec, time_spec, datetime_spec;

} // namespace taipan::datetime
