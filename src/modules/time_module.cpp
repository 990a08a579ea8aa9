// The time module: clocks, sleeping, broken-down time and its text.
#include "base/small_buffer.h"
#include "modules/system_calls.h"
#include "objects/audit.h"
#include "objects/float.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/struct_sequence.h"
#include "objects/tuple.h"

#include <climits>
#include <cmath>
#include <cstring>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

namespace taipan {
namespace {

using Arg = Borrowed<Object>;
constexpr int64_t Billion = 1000000000;

struct TimeState {
    Type* struct_time; // immortal
};

Result<int64_t> clock_ns(Thread& t, clockid_t clock) {
    timespec now;
    if (clock_gettime(clock, &now) != 0) return raise_errno(t, errno);
    return now.tv_sec * Billion + now.tv_nsec;
}
double as_seconds(int64_t ns) {
    // Whole seconds apart from the rest keep the result exact where a double can be.
    if (ns % Billion == 0) return static_cast<double>(ns / Billion);
    return static_cast<double>(ns) / 1e9;
}
template <clockid_t Clock> Result<double> seconds_of(Thread& t) { return as_seconds(TRY(clock_ns(t, Clock))); }
template <clockid_t Clock> Result<int64_t> ns_of(Thread& t) { return clock_ns(t, Clock); }

Result<double> clock_gettime_(Thread& t, int clock) { return as_seconds(TRY(clock_ns(t, clock))); }
Result<int64_t> clock_gettime_ns_(Thread& t, int clock) { return clock_ns(t, clock); }
Result<double> clock_getres_(Thread& t, int clock) {
    timespec resolution;
    if (clock_getres(clock, &resolution) != 0) return raise_errno(t, errno);
    return static_cast<double>(resolution.tv_sec) + static_cast<double>(resolution.tv_nsec) * 1e-9;
}
Result<void> clock_settime_(Thread& t, int clock, double value) {
    double whole = std::floor(value);
    timespec time{static_cast<time_t>(whole), static_cast<long>((value - whole) * 1e9)};
    if (clock_settime(clock, &time) != 0) return raise_errno(t, errno);
    return {};
}
Result<void> clock_settime_ns_(Thread& t, int clock, int64_t ns) {
    timespec time{ns / Billion, ns % Billion};
    if (clock_settime(clock, &time) != 0) return raise_errno(t, errno);
    return {};
}
Result<int> pthread_getcpuclockid_(Thread& t, uint64_t thread) {
    clockid_t clock;
    if (int error = pthread_getcpuclockid(static_cast<pthread_t>(thread), &clock)) return raise_errno(t, error);
    return clock;
}

Result<void> sleep_(Thread& t, Arg duration) {
    TRY(audit(t, "time.sleep", duration));
    int64_t ns = TRY(to_nanoseconds(t, duration));
    if (ns < 0) return raise(t, exc::ValueError, "sleep length must be non-negative");
    TRY(poll(t)); // a signal that has just arrived does not interrupt what follows
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t start = now.tv_sec * Billion + now.tv_nsec, deadline;
    if (__builtin_add_overflow(start, ns, &deadline)) deadline = INT64_MAX;
    timespec until{deadline / Billion, deadline % Billion};
    for (;;) {
        int result;
        {
            Detached detached(t);
            result = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        }
        if (result == 0) return poll(t);
        if (result != EINTR) return raise_errno(t, result);
        TRY(poll(t));
    }
}

// Broken-down time

Result<Ref<Object>> struct_time(Thread& t, Borrowed<Module> module, const tm& time) {
    StructBuilder b(t, *module->state_as<TimeState>().struct_time);
    for (int64_t value :
         {int64_t{time.tm_year} + 1900, int64_t{time.tm_mon} + 1, int64_t{time.tm_mday}, int64_t{time.tm_hour}, int64_t{time.tm_min},
          int64_t{time.tm_sec}, int64_t{(time.tm_wday + 6) % 7}, int64_t{time.tm_yday} + 1, int64_t{time.tm_isdst}})
        b.add_int(value);
    b.add_string(time.tm_zone ? time.tm_zone : "UTC");
    b.add_int(time.tm_gmtoff);
    return b.finish();
}
Result<time_t> time_argument(Thread& t, NoneOr<Object> seconds) {
    if (!seconds) return time(nullptr);
    if (is<Float>(seconds.get())) {
        double value = static_cast<Float*>(seconds.get())->value;
        if (std::isnan(value)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
        double whole = std::floor(value);
        if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0))
            return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
        return static_cast<time_t>(whole);
    }
    auto value = to_int64(t, seconds.value());
    if (value.is_error()) {
        if (clear_if(t, exc::OverflowError)) return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
        return Error{};
    }
    return value.take();
}
Result<Ref<Object>> gmtime_(Thread& t, Borrowed<Module> module, NoneOr<Object> seconds) {
    time_t when = TRY(time_argument(t, seconds));
    tm time;
    errno = 0;
    if (!gmtime_r(&when, &time)) return raise_errno(t, errno ? errno : EINVAL);
    time.tm_zone = "UTC";
    time.tm_gmtoff = 0;
    return struct_time(t, module, time);
}
Result<Ref<Object>> localtime_(Thread& t, Borrowed<Module> module, NoneOr<Object> seconds) {
    time_t when = TRY(time_argument(t, seconds));
    tm time;
    errno = 0;
    if (!localtime_r(&when, &time)) return raise_errno(t, errno ? errno : EINVAL);
    return struct_time(t, module, time);
}

/// A time tuple as `tm`; `zone` keeps the text of tm_zone alive.
Result<void> parse_tuple(Thread& t, Module* module, Borrowed<Object> object, const char* format_error, tm* out, MaybeRef<Object>* zone) {
    *out = {};
    auto* tuple = try_as<Tuple>(object.get());
    if (!tuple) return raise(t, exc::TypeError, "Tuple or struct_time argument required");
    if (tuple->size != 9) return raise(t, exc::TypeError, "%s", format_error);
    int values[9];
    for (int i = 0; i < 9; ++i) values[i] = TRY(to_int32(t, tuple->items[i]));
    if (values[0] < INT_MIN + 1900) return raise(t, exc::OverflowError, "year out of range");
    out->tm_year = values[0] - 1900;
    out->tm_mon = values[1] - 1;
    out->tm_mday = values[2];
    out->tm_hour = values[3];
    out->tm_min = values[4];
    out->tm_sec = values[5];
    out->tm_wday = (values[6] + 1) % 7;
    out->tm_yday = values[7] - 1;
    out->tm_isdst = values[8];
    if (tuple->type == module->state_as<TimeState>().struct_time) {
        if (!is_none(tuple->items[9])) {
            Ref<Bytes> text = TRY(os_fsencode(t, tuple->items[9]));
            out->tm_zone = text->data;
            *zone = std::move(text);
        }
        if (!is_none(tuple->items[10])) out->tm_gmtoff = TRY(to_int64(t, tuple->items[10]));
    }
    return {};
}
Result<void> check_fields(Thread& t, tm* time) {
    if (time->tm_mon == -1) time->tm_mon = 0;
    else if (time->tm_mon < 0 || time->tm_mon > 11) return raise(t, exc::ValueError, "month out of range");
    if (time->tm_mday == 0) time->tm_mday = 1;
    else if (time->tm_mday < 0 || time->tm_mday > 31) return raise(t, exc::ValueError, "day of month out of range");
    if (time->tm_hour < 0 || time->tm_hour > 23) return raise(t, exc::ValueError, "hour out of range");
    if (time->tm_min < 0 || time->tm_min > 59) return raise(t, exc::ValueError, "minute out of range");
    if (time->tm_sec < 0 || time->tm_sec > 61) return raise(t, exc::ValueError, "seconds out of range");
    if (time->tm_wday < 0) return raise(t, exc::ValueError, "day of week out of range");
    if (time->tm_yday == -1) time->tm_yday = 0;
    else if (time->tm_yday < 0 || time->tm_yday > 365) return raise(t, exc::ValueError, "day of year out of range");
    return {};
}
Result<tm> time_or_now(Thread& t, Module* module, MaybeBorrowed<Object> tuple, const char* error, MaybeRef<Object>* zone) {
    tm time;
    if (!tuple) {
        time_t now = ::time(nullptr);
        localtime_r(&now, &time);
        return time;
    }
    TRY(parse_tuple(t, module, tuple.value(), error, &time, zone));
    TRY(check_fields(t, &time));
    return time;
}
Result<Ref<Object>> asctime_text(Thread& t, const tm& time) {
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    int n = snprintf(text, sizeof text, "%s %s %2d %02d:%02d:%02d %d", days[time.tm_wday], months[time.tm_mon], time.tm_mday, time.tm_hour,
                     time.tm_min, time.tm_sec, 1900 + time.tm_year);
    return str_from_utf8(t, {text, static_cast<size_t>(n)});
}
Result<Ref<Object>> asctime_(Thread& t, Borrowed<Module> module, MaybeBorrowed<Object> tuple) {
    MaybeRef<Object> zone;
    tm time = TRY(time_or_now(t, module.get(), tuple, "asctime(): illegal time tuple argument", &zone));
    return asctime_text(t, time);
}
Result<Ref<Object>> ctime_(Thread& t, NoneOr<Object> seconds) {
    time_t when = TRY(time_argument(t, seconds));
    tm time;
    errno = 0;
    if (!localtime_r(&when, &time)) return raise_errno(t, errno ? errno : EINVAL);
    return asctime_text(t, time);
}
Result<Ref<Object>> strftime_(Thread& t, Borrowed<Module> module, Borrowed<Str> format, MaybeBorrowed<Object> tuple) {
    MaybeRef<Object> zone;
    tm time = TRY(time_or_now(t, module.get(), tuple, "strftime(): illegal time tuple argument", &zone));
    if (time.tm_isdst < -1) time.tm_isdst = -1;
    else if (time.tm_isdst > 1) time.tm_isdst = 1;
    Ref<Object> result = str_empty();
    // The C library stops at a null character and cannot hold what UTF-8 cannot: pieces between are converted one by one.
    intptr_t start = 0;
    for (intptr_t i = 0; i <= format->length; ++i) {
        bool special = i < format->length && (format->at(i) == 0 || (format->at(i) - 0xd800u < 0x800u));
        if (i < format->length && !special) continue;
        if (i > start) {
            Ref<Str> piece = TRY(str_substring(t, format, start, i));
            std::string_view utf8 = TRY(str_utf8(t, piece));
            base::SmallBuffer<char, 256> pattern, out;
            for (size_t k = 0; k < utf8.size(); ++k) {
                char c = utf8[k];
                if (c == '%' && k + 1 < utf8.size()) {
                    pattern.push(c);
                    pattern.push(utf8[++k]);
                    continue;
                }
                pattern.push(c);
                if (c == '%') pattern.push(c); // the last character: itself
            }
            pattern.push('x'); // so that an empty result differs from too small a buffer
            pattern.push('\0');
            size_t n = 0;
            for (size_t size = 256 + pattern.size(); n == 0 && size < 1 << 24; size *= 2) {
                out.clear();
                if (!out.resize(size)) return raise_memory_error(t);
                n = strftime(out.data(), size, pattern.data(), &time);
            }
            Ref<Str> text = TRY(str_decode_fs(t, {out.data(), n ? n - 1 : 0}));
            result = TRY(str_concat(t, as<Str>(result.borrow()), text));
        }
        if (special) {
            Ref<Str> one = TRY(str_from_char(t, format->at(i)));
            result = TRY(str_concat(t, as<Str>(result.borrow()), one));
        }
        start = i + 1;
    }
    return result;
}
Result<Ref<Object>> strptime_(Thread& t, Arg text, Arg format) {
    Ref<Object> parse = TRY(import_attribute(t, "_strptime", "_strptime_time"));
    return call(t, parse, text, format);
}
Result<double> mktime_(Thread& t, Borrowed<Module> module, Arg tuple) {
    tm time;
    MaybeRef<Object> zone;
    TRY(parse_tuple(t, module.get(), tuple, "mktime(): illegal time tuple argument", &time, &zone));
    time.tm_wday = -1;
    time_t when = mktime(&time);
    if (when == -1 && time.tm_wday == -1) return raise(t, exc::OverflowError, "mktime argument out of range");
    return static_cast<double>(when);
}

Result<void> add_zone(Thread& t, Borrowed<Module> module) {
    constexpr time_t Year = (365 * 24 + 6) * 3600;
    time_t now = ::time(nullptr) / Year * Year;
    tm january{}, july{};
    localtime_r(&now, &january);
    now += Year / 2;
    localtime_r(&now, &july);
    char january_name[16], july_name[16];
    snprintf(january_name, sizeof january_name, "%.9s", january.tm_zone ? january.tm_zone : "   ");
    snprintf(july_name, sizeof july_name, "%.9s", july.tm_zone ? july.tm_zone : "   ");
    int64_t january_offset = -january.tm_gmtoff, july_offset = -july.tm_gmtoff;
    bool south = january_offset < july_offset; // summer is in January
    TRY(module_add_int(t, module, "timezone", south ? july_offset : january_offset));
    TRY(module_add_int(t, module, "altzone", south ? january_offset : july_offset));
    TRY(module_add_int(t, module, "daylight", january_offset != july_offset));
    Ref<Str> standard = TRY(str_decode_fs(t, south ? july_name : january_name)),
             summer = TRY(str_decode_fs(t, south ? january_name : july_name));
    return module_add(t, module, "tzname", TRY(tuple_pack(t, standard, summer)));
}
Result<void> tzset_(Thread& t, Borrowed<Module> module) {
    tzset();
    return add_zone(t, module);
}

Result<Ref<Object>> get_clock_info(Thread& t, std::string_view name) {
    struct Row {
        const char *name, *implementation;
        clockid_t clock;
        bool monotonic, adjustable;
    };
    static constexpr Row rows[] = {
        {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
        {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
        {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
        {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
        {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false},
    };
    for (const Row& row : rows) {
        if (name != row.name) continue;
        Ref<Object> make = TRY(import_attribute(t, "types", "SimpleNamespace"));
        Ref<Object> info = TRY(call(t, make));
        auto set = [&](const char* key, Ref<Object> value) -> Result<void> {
            Ref<Str> text = TRY(str_interned(t, key));
            return set_attribute(t, info, text, value);
        };
        TRY(set("implementation", TRY(str_interned(t, row.implementation))));
        TRY(set("monotonic", bool_ref(row.monotonic)));
        TRY(set("adjustable", bool_ref(row.adjustable)));
        TRY(set("resolution", TRY(float_from(t, TRY(clock_getres_(t, row.clock))))));
        return info;
    }
    return raise(t, exc::ValueError, "unknown clock");
}

const NativeDef functions[] = {
    fn<seconds_of<CLOCK_REALTIME>>("time", "($module, /)", "Return the current time in seconds since the Epoch."),
    fn<ns_of<CLOCK_REALTIME>>("time_ns", "($module, /)", "Return the current time in nanoseconds since the Epoch."),
    fn<clock_gettime_>("clock_gettime", "($module, clk_id, /)", "The time of a clock in seconds."),
    fn<clock_gettime_ns_>("clock_gettime_ns", "($module, clk_id, /)", "The time of a clock in nanoseconds."),
    fn<clock_settime_>("clock_settime", "(clk_id, time, /)", "clock_settime(clk_id, time)\n\nSet a clock, in seconds."),
    fn<clock_settime_ns_>("clock_settime_ns", "(clk_id, time, /)", "clock_settime_ns(clk_id, time)\n\nSet a clock, in nanoseconds."),
    fn<clock_getres_>("clock_getres", "(clk_id, /)",
                      "clock_getres(clk_id) -> floating-point number\n\nThe resolution of a clock in seconds."),
    fn<pthread_getcpuclockid_>("pthread_getcpuclockid", "(thread_id, /)",
                               "pthread_getcpuclockid(thread_id) -> int\n\nThe id of the clock that tells the processor time of a thread."),
    fn<sleep_>("sleep", "($module, object, /)", "Delay execution for a given number of seconds."),
    module_fn<gmtime_>("gmtime", "(seconds=None, /)",
                       "gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,\n                       tm_sec, tm_wday, tm_yday, "
                       "tm_isdst)\n\nSeconds since the epoch as a time tuple in UTC; without them, now."),
    module_fn<localtime_>(
        "localtime", "(seconds=None, /)",
        "localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,\n                          "
        "tm_sec,tm_wday,tm_yday,tm_isdst)\n\nSeconds since the epoch as a time tuple of the local time zone; without them, now."),
    module_fn<asctime_>("asctime", "(tuple=<unrepresentable>, /)",
                        "asctime([tuple]) -> string\n\nA time tuple as 'Sat Jun 06 16:26:11 1998'; without one, the local time now."),
    fn<ctime_>("ctime", "(seconds=None, /)",
               "ctime(seconds) -> string\n\nSeconds since the epoch as local time in the form of asctime(); without them, now."),
    module_fn<mktime_>("mktime", "($module, object, /)", "Seconds since the epoch from a time tuple of the local time zone."),
    module_fn<strftime_>(
        "strftime", "(format, tuple=<unrepresentable>, /)",
        "strftime(format[, tuple]) -> string\n\nA time tuple in the form that the format describes; without one, the local time now."),
    fn<strptime_>("strptime", "(string, format='%a %b %d %H:%M:%S %Y', /)",
                  "strptime(string, format) -> struct_time\n\nRead a string as strftime() with the same format writes it."),
    module_fn<tzset_>("tzset", "($module, /)", "Take over the time zone that the environment variable TZ names now."),
    fn<seconds_of<CLOCK_MONOTONIC>>("monotonic", "($module, /)", "Seconds of a clock that never goes back."),
    fn<ns_of<CLOCK_MONOTONIC>>("monotonic_ns", "($module, /)", "Nanoseconds of a clock that never goes back."),
    fn<seconds_of<CLOCK_MONOTONIC>>("perf_counter", "($module, /)", "Seconds of the clock with the finest resolution, for measuring."),
    fn<ns_of<CLOCK_MONOTONIC>>("perf_counter_ns", "($module, /)", "Nanoseconds of the clock with the finest resolution, for measuring."),
    fn<seconds_of<CLOCK_PROCESS_CPUTIME_ID>>("process_time", "($module, /)",
                                             "Seconds of processor time that the process has used, in itself and in the kernel."),
    fn<ns_of<CLOCK_PROCESS_CPUTIME_ID>>("process_time_ns", "($module, /)",
                                        "Nanoseconds of processor time that the process has used, in itself and in the kernel."),
    fn<seconds_of<CLOCK_THREAD_CPUTIME_ID>>("thread_time", "($module, /)",
                                            "Seconds of processor time that the thread has used, in itself and in the kernel."),
    fn<ns_of<CLOCK_THREAD_CPUTIME_ID>>("thread_time_ns", "($module, /)",
                                       "Nanoseconds of processor time that the thread has used, in itself and in the kernel."),
    fn<get_clock_info>(
        "get_clock_info", "(name, /)",
        "get_clock_info(name: str) -> dict\n\nWhat is known of the clock behind time(), monotonic(), perf_counter() or another."),
};
const StructField fields[] = {
    {"tm_year", "year, for example, 1993"},
    {"tm_mon", "month of year, range [1, 12]"},
    {"tm_mday", "day of month, range [1, 31]"},
    {"tm_hour", "hours, range [0, 23]"},
    {"tm_min", "minutes, range [0, 59]"},
    {"tm_sec", "seconds, range [0, 61])"},
    {"tm_wday", "day of week, range [0, 6], Monday is 0"},
    {"tm_yday", "day of year, range [1, 366]"},
    {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
    {"tm_zone", "abbreviation of timezone name"},
    {"tm_gmtoff", "offset from UTC in seconds"},
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TimeState& state = module->state_as<TimeState>();
    static std::atomic<Type*> s_struct_time;
    state.struct_time =
        TRY(shared_struct_sequence_type(
                t, s_struct_time, "time.struct_time",
                "The time value as returned by gmtime(), localtime(), and strptime(), and\naccepted by asctime(), mktime() and strftime().",
                fields, 9))
            .release();
    TRY(module_add(t, module, "struct_time", state.struct_time));
    TRY(module_add_int(t, module, "_STRUCT_TM_ITEMS", 11));
    for (auto [name, value] : {std::pair{"CLOCK_REALTIME", 0},
                               {"CLOCK_MONOTONIC", 1},
                               {"CLOCK_PROCESS_CPUTIME_ID", 2},
                               {"CLOCK_THREAD_CPUTIME_ID", 3},
                               {"CLOCK_MONOTONIC_RAW", 4},
                               {"CLOCK_BOOTTIME", 7},
                               {"CLOCK_TAI", 11}})
        TRY(module_add_int(t, module, name, value));
    tzset();
    return add_zone(t, module);
}

} // namespace

extern const ModuleSpec time_module;
const ModuleSpec time_module = {.name = "time",
                                .doc = "This module provides various functions to manipulate time values.",
                                .functions = functions,
                                .exec = exec,
                                .state = state_spec<TimeState>};

} // namespace taipan
