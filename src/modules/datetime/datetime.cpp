// datetime.datetime, and the module.
#include "modules/datetime/datetime.h"

#include <ctime>

namespace taipan::datetime {

Type DateTime::s_type;

using Self = Borrowed<DateTime>;

static void write_bytes(uint8_t* data, const Ymd& d, const Hms& h) {
    data[0] = static_cast<uint8_t>(d.year >> 8);
    data[1] = static_cast<uint8_t>(d.year);
    data[2] = static_cast<uint8_t>(d.month);
    data[3] = static_cast<uint8_t>(d.day);
    data[4] = static_cast<uint8_t>(h.hour);
    data[5] = static_cast<uint8_t>(h.minute);
    data[6] = static_cast<uint8_t>(h.second);
    data[7] = static_cast<uint8_t>(h.microsecond >> 16);
    data[8] = static_cast<uint8_t>(h.microsecond >> 8);
    data[9] = static_cast<uint8_t>(h.microsecond);
}
static Result<Ref<DateTime>> datetime_exact(Thread& t, Type& type, const Fields9& f) {
    TRY(check_date(t, f));
    TRY(check_time(t, f, f.fold));
    TRY(check_tzinfo(t, f.tzinfo));
    Ref<DateTime> self = TRY(make_instance<DateTime>(t, type));
    self->cached_hash = -1;
    write_bytes(self->data, f, f);
    self->fold = static_cast<uint8_t>(f.fold);
    Object* tzinfo = null_if_none(f.tzinfo);
    self->has_tzinfo = tzinfo != nullptr;
    self->tzinfo = MaybeRef<Object>::acquire(tzinfo).release();
    return self;
}
Result<Ref<Object>> datetime_make(Thread& t, Type& type, const Fields9& f) {
    if (LIKELY(&type == &DateTime::s_type)) return TRY(datetime_exact(t, type, f));
    MaybeRef<Object> parts[7];
    int values[] = {f.year, f.month, f.day, f.hour, f.minute, f.second, f.microsecond};
    Object* args[9] = {};
    for (int i = 0; i < 7; ++i) {
        parts[i] = TRY(int_from(t, values[i]));
        args[i + 1] = parts[i].get();
    }
    args[8] = none_if_null(f.tzinfo);
    Ref<Object> made = TRY(vectorcall(t, static_cast<Object*>(&type), args + 1, 8 | VectorcallOffset, nullptr));
    if (is<DateTime>(made.get())) static_cast<DateTime*>(made.get())->fold = static_cast<uint8_t>(f.fold);
    return made;
}
Fields9 fields_of(const DateTime* self) {
    Fields9 f;
    static_cast<Ymd&>(f) = {self->year(), self->month(), self->day()};
    static_cast<Hms&>(f) = {self->hour(), self->minute(), self->second(), self->microsecond()};
    f.tzinfo = self->tzinfo;
    f.fold = self->fold;
    return f;
}
static int64_t day_micros(const Hms& h) { return (int64_t{h.hour} * 3600 + h.minute * 60 + h.second) * MicrosPerSecond + h.microsecond; }

Result<Ref<Object>> datetime_add_delta(Thread& t, Self self, const Delta* delta, int factor) {
    Fields9 f = fields_of(self.get());
    int64_t days = to_ordinal(f.year, f.month, f.day) + int64_t{delta->days} * factor;
    int64_t micros = day_micros(f) + (int64_t{delta->seconds} * MicrosPerSecond + delta->microseconds) * factor;
    if (micros >= MicrosPerDay) {
        micros -= MicrosPerDay;
        ++days;
    } else if (micros < 0) {
        micros += MicrosPerDay;
        --days;
    }
    if (days < 1 || days > MaxOrdinal) return raise(t, exc::OverflowError, "date value out of range");
    static_cast<Ymd&>(f) = from_ordinal(static_cast<int>(days));
    auto seconds = static_cast<int>(micros / MicrosPerSecond);
    static_cast<Hms&>(f) = {seconds / 3600, seconds / 60 % 60, seconds % 60, static_cast<int>(micros % MicrosPerSecond)};
    f.fold = 0;
    return datetime_make(t, *self->type, f);
}
static Result<MaybeRef<Delta>> offset_of(Thread& t, const DateTime* self) {
    return call_utcoffset(t, self->tzinfo, const_cast<DateTime*>(self));
}
Result<Ref<Delta>> datetime_subtract(Thread& t, Self a, Self b) {
    MaybeRef<Delta> first, second;
    if (a->tzinfo != b->tzinfo) {
        first = TRY(offset_of(t, a.get()));
        second = TRY(offset_of(t, b.get()));
        if (static_cast<bool>(first) != static_cast<bool>(second))
            return raise(t, exc::TypeError, "can't subtract offset-naive and offset-aware datetimes");
    }
    Fields9 x = fields_of(a.get()), y = fields_of(b.get());
    int64_t days = to_ordinal(x.year, x.month, x.day) - to_ordinal(y.year, y.month, y.day);
    int64_t micros = day_micros(x) - day_micros(y);
    if (first && first.get() != second.get()) {
        days -= first->days - second->days;
        micros -= int64_t{first->seconds - second->seconds} * MicrosPerSecond + first->microseconds - second->microseconds;
    }
    return delta_new(t, days, 0, micros);
}

namespace {

constinit DateTime g_min = {{TAIPAN_STATIC_HEAD(&DateTime::s_type)}, -1, 0, {0, 1, 1, 1}, 0, nullptr};
constinit DateTime g_max = {{TAIPAN_STATIC_HEAD(&DateTime::s_type)},
                            -1,
                            0,
                            {MaxYear >> 8, MaxYear & 255, 12, 31, 23, 59, 59, 999999 >> 16, (999999 >> 8) & 255, 999999 & 255},
                            0,
                            nullptr};
constinit Delta g_resolution = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, 0, 0, 1};
constinit DateTime g_epoch = {{TAIPAN_STATIC_HEAD(&DateTime::s_type)}, -1, 1, {1970 >> 8, 1970 & 255, 1, 1}, 0, &g_utc};

Result<Ref<Object>> construct_datetime(Thread& t, Type* type, Object* const* args, size_t nargs, Object* kwnames) {
    static constexpr const char* const names[] = {"year",   "month",       "day",    "hour", "minute",
                                                  "second", "microsecond", "tzinfo", "fold", nullptr};
    if (nargs >= 1 && nargs <= 2 && !kwnames) {
        if (MaybeRef<Bytes> state = TRY(state_bytes(t, args[0], 10, 2, 0x7f, 1, 12, "datetime"))) {
            Object* tzinfo = nargs > 1 ? null_if_none(args[1]) : nullptr;
            if (tzinfo && !is<TzInfo>(tzinfo)) return raise(t, exc::TypeError, "bad tzinfo state arg");
            Ref<DateTime> self = TRY(make_instance<DateTime>(t, *type));
            self->cached_hash = -1;
            memcpy(self->data, state->data, 10);
            self->fold = self->data[2] >> 7;
            self->data[2] &= 0x7f;
            self->has_tzinfo = tzinfo != nullptr;
            self->tzinfo = MaybeRef<Object>::acquire(tzinfo).release();
            return self;
        }
    }
    Object* given[9];
    TRY(bind_constructor(t, names, 8, 3, args, nargs, kwnames, given));
    Fields9 f;
    f.year = TRY(int_argument(t, given[0], 0));
    f.month = TRY(int_argument(t, given[1], 0));
    f.day = TRY(int_argument(t, given[2], 0));
    f.hour = TRY(int_argument(t, given[3], 0));
    f.minute = TRY(int_argument(t, given[4], 0));
    f.second = TRY(int_argument(t, given[5], 0));
    f.microsecond = TRY(int_argument(t, given[6], 0));
    f.fold = TRY(int_argument(t, given[8], 0));
    f.tzinfo = given[7];
    return TRY(datetime_exact(t, *type, f));
}
Object* construct(Thread& t, Type* type, Object* const* args, size_t nargs, Object* kwnames) {
    return construct_datetime(t, type, args, nargs, kwnames).release_or_null();
}

// Class methods

enum class Clock { Local, Utc };

Result<Ref<Object>> from_timeval(Thread& t, Type& type, Clock clock, Timeval when, Object* tzinfo) {
    tm time;
    if (clock == Clock::Local) TRY(local_tm(t, when.seconds, &time));
    else TRY(utc_tm(t, when.seconds, &time));
    Fields9 f;
    static_cast<Ymd&>(f) = {time.tm_year + 1900, time.tm_mon + 1, time.tm_mday};
    // Leap seconds, where the system shows them, repeat the second before.
    static_cast<Hms&>(f) = {time.tm_hour, time.tm_min, time.tm_sec < 59 ? time.tm_sec : 59, when.microseconds};
    f.tzinfo = tzinfo;
    if (clock == Clock::Local && !null_if_none(tzinfo)) {
        // Was the local time of a day ago later than it should be? Then the clock was set back; perhaps this is the second
        // pass.
        if (f.year < MinYear || f.year > MaxYear)
            return raise(t, exc::ValueError, "year must be in %d..%d, not %d", MinYear, MaxYear, f.year);
        int64_t local = int64_t{to_ordinal(f.year, f.month, f.day)} * SecondsPerDay + f.hour * 3600 + f.minute * 60 + f.second;
        int64_t probe = TRY(local_seconds(t, EpochSeconds + when.seconds - SecondsPerDay));
        int64_t transition = local - probe - SecondsPerDay;
        if (transition < 0) {
            probe = TRY(local_seconds(t, EpochSeconds + when.seconds + transition));
            if (probe == local) f.fold = 1;
        }
    }
    return datetime_make(t, type, f);
}
Result<Ref<Object>> in_zone(Thread& t, Ref<Object> made, Object* tzinfo) {
    if (!null_if_none(tzinfo)) return made;
    return call_fromutc(t, tzinfo, made);
}
Timeval now_timeval() {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return {now.tv_sec, static_cast<int>(now.tv_nsec / 1000)};
}
Result<Ref<Object>> datetime_now(Thread& t, Borrowed<Type> type, Borrowed<Object> tz) {
    TRY(check_tzinfo(t, tz.get()));
    Ref<Object> made = TRY(from_timeval(t, *type.get(), is_none(tz.get()) ? Clock::Local : Clock::Utc, now_timeval(), tz.get()));
    return in_zone(t, std::move(made), tz.get());
}
Result<Ref<Object>> datetime_utcnow(Thread& t, Borrowed<Type> type) {
    TRY(warn(
        t, exc::DeprecationWarning, 1,
        "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent "
        "datetimes in UTC: datetime.datetime.now(datetime.UTC)."));
    return from_timeval(t, *type.get(), Clock::Utc, now_timeval(), nullptr);
}
Result<Ref<Object>> datetime_fromtimestamp(Thread& t, Borrowed<Type> type, Borrowed<Object> timestamp, Borrowed<Object> tz) {
    TRY(check_tzinfo(t, tz.get()));
    Timeval when = TRY(timeval_of(t, timestamp));
    Ref<Object> made = TRY(from_timeval(t, *type.get(), is_none(tz.get()) ? Clock::Local : Clock::Utc, when, tz.get()));
    return in_zone(t, std::move(made), tz.get());
}
Result<Ref<Object>> datetime_utcfromtimestamp(Thread& t, Borrowed<Type> type, Borrowed<Object> timestamp) {
    TRY(warn(
        t, exc::DeprecationWarning, 1,
        "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to "
        "represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, datetime.UTC)."));
    Timeval when = TRY(timeval_of(t, timestamp));
    return from_timeval(t, *type.get(), Clock::Utc, when, nullptr);
}
Result<Ref<Object>> datetime_strptime(Thread& t, Borrowed<Type> type, Borrowed<Object> text, Borrowed<Object> format) {
    TRY(str_argument(t, "strptime", 1, text));
    TRY(str_argument(t, "strptime", 2, format));
    return call_strptime(t, "_strptime_datetime_datetime", type, text, format);
}
Result<Ref<Object>> datetime_combine(Thread& t, Borrowed<Type> type, Borrowed<Object> date_object, Borrowed<Object> time_object,
                                     MaybeBorrowed<Object> tzinfo) {
    if (!is<Date>(date_object.get())) return raise(t, exc::TypeError, "combine() argument 1 must be datetime.date, not %T", date_object);
    if (!is<Time>(time_object.get())) return raise(t, exc::TypeError, "combine() argument 2 must be datetime.time, not %T", time_object);
    auto* date = static_cast<Date*>(date_object.get());
    auto* time = static_cast<Time*>(time_object.get());
    Fields9 f;
    static_cast<Ymd&>(f) = {date->year(), date->month(), date->day()};
    static_cast<Hms&>(f) = {time->hour(), time->minute(), time->second(), time->microsecond()};
    f.tzinfo = tzinfo ? tzinfo.get() : time->tzinfo();
    f.fold = time->fold;
    return datetime_make(t, *type.get(), f);
}
Result<Ref<Object>> datetime_fromisoformat(Thread& t, Borrowed<Type> type, Borrowed<Object> object) {
    if (!is<Str>(object.get())) return raise(t, exc::TypeError, "fromisoformat: argument must be str");
    auto* text = static_cast<Str*>(object.get());
    intptr_t separator = text->length < 7 ? -1 : find_separator(text);
    if (separator < 0) return raise(t, exc::ValueError, "Invalid isoformat string: %R", text);
    Fields9 f;
    static_cast<Ymd&>(f) = TRY(parse_iso_date(t, text, text, 0, separator < text->length ? separator : text->length));
    MaybeRef<Object> tzinfo;
    if (separator + 1 < text->length) {
        IsoTime parsed = TRY(parse_iso_time(t, text, text, separator + 1, text->length));
        static_cast<Hms&>(f) = parsed.time;
        tzinfo = std::move(parsed.tzinfo);
        bool valid = f.year >= MinYear && f.year <= MaxYear && f.month >= 1 && f.month <= 12 && f.day >= 1 &&
                     f.day <= days_in_month(f.year, f.month);
        if (parsed.next_day && valid && ++f.day > days_in_month(f.year, f.month)) {
            f.day = 1;
            if (++f.month > 12) {
                f.month = 1;
                ++f.year;
            }
        }
    }
    f.tzinfo = tzinfo.get();
    return datetime_make(t, *type.get(), f);
}

// Methods

Result<Ref<Object>> give(Result<MaybeRef<Delta>> delta) {
    MaybeRef<Delta> value = TRY(std::move(delta));
    return value ? Ref<Object>(value.take()) : none_ref();
}
Result<Ref<Object>> datetime_utcoffset(Thread& t, Self self) { return give(offset_of(t, self.get())); }
Result<Ref<Object>> datetime_dst(Thread& t, Self self) { return give(call_dst(t, self->tzinfo, self.get())); }
Result<Ref<Object>> datetime_tzname(Thread& t, Self self) { return call_tzname(t, self->tzinfo, self.get()); }

Result<Ref<Object>> datetime_date(Thread& t, Self self) { return date_make(t, Date::s_type, fields_of(self.get())); }
Result<Ref<Object>> datetime_time(Thread& t, Self self) { return time_make(t, Time::s_type, fields_of(self.get()), nullptr, self->fold); }
Result<Ref<Object>> datetime_timetz(Thread& t, Self self) {
    return time_make(t, Time::s_type, fields_of(self.get()), self->tzinfo, self->fold);
}
Result<Ref<Object>> datetime_ctime(Thread& t, Self self) {
    Fields9 f = fields_of(self.get());
    return ctime_text(t, f, f);
}
Result<Ref<Object>> datetime_timetuple(Thread& t, Self self) {
    MaybeRef<Delta> dst = TRY(call_dst(t, self->tzinfo, self.get()));
    Fields9 f = fields_of(self.get());
    return build_struct_time(t, f, f, dst ? !delta_is_zero(dst.get()) : -1);
}
Result<Ref<Object>> datetime_utctimetuple(Thread& t, Self self) {
    MaybeRef<Delta> offset = TRY(offset_of(t, self.get()));
    Fields9 f = fields_of(self.get());
    if (offset) {
        int64_t micros = day_micros(f) - (int64_t{offset->seconds} * MicrosPerSecond + offset->microseconds);
        int64_t days = to_ordinal(f.year, f.month, f.day) - offset->days;
        if (micros < 0) {
            micros += MicrosPerDay;
            --days;
        } else if (micros >= MicrosPerDay) {
            micros -= MicrosPerDay;
            ++days;
        }
        if (days < 1 || days > MaxOrdinal) return raise(t, exc::OverflowError, "date value out of range");
        static_cast<Ymd&>(f) = from_ordinal(static_cast<int>(days));
        auto seconds = static_cast<int>(micros / MicrosPerSecond);
        static_cast<Hms&>(f) = {seconds / 3600, seconds / 60 % 60, seconds % 60, 0};
    }
    return build_struct_time(t, f, f, 0);
}
Result<int64_t> naive_seconds(Thread& t, const DateTime* self) {
    Fields9 f = fields_of(self);
    return TRY(utc_seconds_of_local(t, f, f, f.fold)) - EpochSeconds;
}
Result<Ref<Object>> datetime_timestamp(Thread& t, Self self) {
    if (self->tzinfo) {
        Ref<Delta> since = TRY(datetime_subtract(t, self, &g_epoch));
        return delta_total_seconds(t, since);
    }
    int64_t seconds = TRY(naive_seconds(t, self.get()));
    return TRY(float_from(t, static_cast<double>(seconds) + self->microsecond() / 1e6));
}
Result<Ref<Object>> isoformat_with(Thread& t, Self self, uint32_t separator, Borrowed<Str> timespec) {
    TimeSpec spec = TRY(parse_timespec(t, timespec, self->microsecond()));
    Fields9 f = fields_of(self.get());
    char text[96];
    size_t n = write_date(text, f);
    size_t date_end = n;
    if (separator < 128) text[n++] = static_cast<char>(separator);
    n += write_time(text + n, f, spec);
    MaybeRef<Delta> offset = TRY(offset_of(t, self.get()));
    n += write_offset(text + n, offset.get(), ":");
    if (LIKELY(separator < 128)) return TRY(str_from_utf8(t, {text, n}));
    StrBuilder b(t);
    TRY(b.append_ascii({text, date_end}));
    TRY(b.append_char(separator));
    TRY(b.append_ascii({text + date_end, n - date_end}));
    return TRY(b.finish());
}
Result<Ref<Object>> datetime_isoformat(Thread& t, Self self, Borrowed<Object> separator, Borrowed<Object> given) {
    if (!is<Str>(separator.get())) return raise(t, exc::TypeError, "isoformat() argument 1 must be a unicode character, not %T", separator);
    auto* text = static_cast<Str*>(separator.get());
    if (text->length != 1)
        return raise(t, exc::TypeError, "isoformat() argument 1 must be a unicode character, not a string of length %d", text->length);
    Borrowed<Str> timespec = TRY(str_argument(t, "isoformat", 2, given));
    return isoformat_with(t, self, text->at(0), timespec);
}
Result<Ref<Object>> datetime_str(Thread& t, Self self) {
    Ref<Str> name = TRY(str_interned(t, "isoformat")), space = TRY(str_from_char(t, ' '));
    return call_method(t, self, name, space);
}
Result<Ref<Object>> datetime_repr(Thread& t, Self self) {
    StrBuilder b(t);
    Fields9 f = fields_of(self.get());
    Ref<Str> head = TRY(str_format(t, "%T(%d, %d, %d, %d, %d", self, f.year, f.month, f.day, f.hour, f.minute));
    TRY(b.append(head.get()));
    char text[48];
    int n = 0;
    if (f.microsecond) n = snprintf(text, sizeof text, ", %d, %d", f.second, f.microsecond);
    else if (f.second) n = snprintf(text, sizeof text, ", %d", f.second);
    TRY(b.append_ascii({text, static_cast<size_t>(n)}));
    if (f.fold) TRY(b.append_ascii(", fold=1"));
    if (self->tzinfo) {
        Ref<Str> zone = TRY(str_format(t, ", tzinfo=%R", self->tzinfo));
        TRY(b.append(zone.get()));
    }
    TRY(b.append_char(')'));
    return TRY(b.finish());
}
Result<Ref<Object>> datetime_replace(Thread& t, Self self, MaybeBorrowed<Object> year, MaybeBorrowed<Object> month,
                                     MaybeBorrowed<Object> day, MaybeBorrowed<Object> hour, MaybeBorrowed<Object> minute,
                                     MaybeBorrowed<Object> second, MaybeBorrowed<Object> microsecond, MaybeBorrowed<Object> tzinfo,
                                     MaybeBorrowed<Object> fold) {
    Fields9 f = fields_of(self.get());
    f.year = TRY(int_argument(t, year.get(), f.year));
    f.month = TRY(int_argument(t, month.get(), f.month));
    f.day = TRY(int_argument(t, day.get(), f.day));
    f.hour = TRY(int_argument(t, hour.get(), f.hour));
    f.minute = TRY(int_argument(t, minute.get(), f.minute));
    f.second = TRY(int_argument(t, second.get(), f.second));
    f.microsecond = TRY(int_argument(t, microsecond.get(), f.microsecond));
    f.fold = TRY(int_argument(t, fold.get(), f.fold));
    if (tzinfo) f.tzinfo = tzinfo.get();
    if (f.fold != 0 && f.fold != 1) return raise(t, exc::ValueError, "fold must be either 0 or 1, not %d", f.fold);
    return datetime_make(t, *self->type, f);
}
Result<Ref<Object>> with_tzinfo(Thread& t, Borrowed<Object> dt, Object* tzinfo) {
    Fields9 f = fields_of(static_cast<DateTime*>(dt.get()));
    f.tzinfo = tzinfo;
    return TRY(datetime_exact(t, *dt->type, f));
}
Result<Ref<Object>> datetime_astimezone(Thread& t, Self self, Borrowed<Object> tz) {
    TRY(check_tzinfo(t, tz.get()));
    // 1. The zone it is in: of a naive one, the system's at that local time.
    MaybeRef<Object> own = MaybeRef<Object>::acquire(self->tzinfo);
    auto local_zone = [&]() -> Result<Ref<Object>> {
        Fields9 f = fields_of(self.get());
        int64_t seconds = TRY(utc_seconds_of_local(t, f, f, f.fold)), other = TRY(utc_seconds_of_local(t, f, f, !f.fold));
        if (other != seconds && (other > seconds) == static_cast<bool>(f.fold)) seconds = other; // in a gap of the local time
        return local_timezone(t, seconds - EpochSeconds);
    };
    if (!own) own = TRY(local_zone());
    if (own.get() == tz.get()) return acquire<Object>(self.get());
    MaybeRef<Delta> offset = TRY(call_utcoffset(t, own.get(), self.get()));
    if (!offset) { // its zone does not know: it is as good as naive
        own = TRY(local_zone());
        if (own.get() == tz.get()) return acquire<Object>(self.get());
        offset = TRY(call_utcoffset(t, own.get(), self.get()));
        if (!offset) return raise(t, exc::TypeError, "utcoffset() returned None, expected timedelta");
    }
    // 2. To UTC.
    Ref<Object> result = TRY(datetime_add_delta(t, self, offset.get(), -1));
    if (!is<DateTime>(result.get())) return result;
    result = TRY(with_tzinfo(t, result, &g_utc));
    // 3. To the zone wanted.
    Ref<Object> zone = acquire(tz);
    if (is_none(tz.get())) {
        Ref<Delta> since = TRY(datetime_subtract(t, static_cast<DateTime*>(result.get()), &g_epoch));
        zone = TRY(local_timezone(t, int64_t{since->days} * SecondsPerDay + since->seconds));
    }
    result = TRY(with_tzinfo(t, result, zone.get()));
    return call_fromutc(t, zone, result);
}
Result<Ref<Object>> reduce_with(Thread& t, Self self, int protocol) {
    uint8_t data[10];
    memcpy(data, self->data, 10);
    if (protocol > 3 && self->fold) data[2] |= 0x80;
    Ref<Bytes> state = TRY(bytes_from(t, {reinterpret_cast<const char*>(data), 10}));
    Ref<Tuple> args = self->tzinfo ? TRY(tuple_pack(t, state, Borrowed<Object>(self->tzinfo))) : TRY(tuple_pack(t, state));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), args));
}
Result<Ref<Object>> datetime_reduce(Thread& t, Self self) { return reduce_with(t, self, 2); }
int get_hour(Thread&, Self self) { return self->hour(); }
int get_minute(Thread&, Self self) { return self->minute(); }
int get_second(Thread&, Self self) { return self->second(); }
int get_microsecond(Thread&, Self self) { return self->microsecond(); }
int get_fold(Thread&, Self self) { return self->fold; }
Ref<Object> get_tzinfo(Thread&, Self self) { return self->tzinfo ? acquire(self->tzinfo) : none_ref(); }

// Operators

Result<Ref<Object>> datetime_add(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (is<DateTime>(a.get()) && is<Delta>(b.get()))
        return datetime_add_delta(t, static_cast<DateTime*>(a.get()), static_cast<Delta*>(b.get()), 1);
    if (is<Delta>(a.get()) && is<DateTime>(b.get()))
        return datetime_add_delta(t, static_cast<DateTime*>(b.get()), static_cast<Delta*>(a.get()), 1);
    return not_implemented_ref();
}
Result<Ref<Object>> datetime_sub(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<DateTime>(a.get())) return not_implemented_ref();
    auto* self = static_cast<DateTime*>(a.get());
    if (is<DateTime>(b.get())) return TRY(datetime_subtract(t, self, static_cast<DateTime*>(b.get())));
    if (is<Delta>(b.get())) return datetime_add_delta(t, self, static_cast<Delta*>(b.get()), -1);
    return not_implemented_ref();
}
/// PEP 495: a time whose offset depends on its fold equals no time of another zone.
Result<bool> depends_on_fold(Thread& t, const DateTime* self, const Delta* offset) {
    Fields9 f = fields_of(self);
    f.fold = !f.fold;
    Ref<DateTime> flipped = TRY(datetime_exact(t, DateTime::s_type, f));
    MaybeRef<Delta> other = TRY(offset_of(t, flipped.get()));
    if (!other || !offset) return static_cast<bool>(other) != (offset != nullptr);
    return delta_compare(other.get(), offset) != 0;
}
Result<Ref<Object>> datetime_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<DateTime>(b.get())) return not_implemented_ref();
    auto *x = static_cast<DateTime*>(a.get()), *y = static_cast<DateTime*>(b.get());
    if (LIKELY(x->tzinfo == y->tzinfo)) return compare_result(memcmp(x->data, y->data, 10), op);
    MaybeRef<Delta> first = TRY(offset_of(t, x)), second = TRY(offset_of(t, y));
    bool equality = op == Comparison::Eq || op == Comparison::Ne;
    int difference;
    if (first.get() == second.get() || (first && second && delta_compare(first.get(), second.get()) == 0)) {
        difference = memcmp(x->data, y->data, 10);
    } else if (first && second) {
        Ref<Delta> delta = TRY(datetime_subtract(t, x, y));
        difference = delta->days ? delta->days : (delta->seconds | delta->microseconds);
    } else if (equality) {
        return bool_ref(op == Comparison::Ne);
    } else {
        return raise(t, exc::TypeError, "can't compare offset-naive and offset-aware datetimes");
    }
    if (equality && difference == 0 && (TRY(depends_on_fold(t, x, first.get())) || TRY(depends_on_fold(t, y, second.get()))))
        difference = 1;
    return compare_result(difference, op);
}
Result<intptr_t> datetime_hash(Thread& t, Self self) {
    intptr_t known = __atomic_load_n(&self->cached_hash, __ATOMIC_RELAXED);
    if (known != -1) return known;
    MaybeRef<DateTime> unfolded;
    if (self->fold) {
        Fields9 f = fields_of(self.get());
        f.fold = 0;
        unfolded = TRY(datetime_exact(t, DateTime::s_type, f));
    }
    MaybeRef<Delta> offset = TRY(offset_of(t, unfolded ? unfolded.get() : self.get()));
    if (!offset) {
        known = TRY(hash_bytes(t, self->data, 10));
    } else {
        Fields9 f = fields_of(self.get());
        Ref<Delta> shifted = TRY(delta_new(t, to_ordinal(f.year, f.month, f.day) - int64_t{offset->days}, -int64_t{offset->seconds},
                                           day_micros(f) - offset->microseconds));
        known = TRY(delta_hash(t, shifted.get()));
    }
    __atomic_store_n(&self.get()->cached_hash, known, __ATOMIC_RELAXED);
    return known;
}
void datetime_dealloc(Object* o) {
    clear_field(static_cast<DateTime*>(o)->tzinfo);
    o->type->free(o);
}

constexpr const char replace_signature[] =
    "($self, /, year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, "
    "microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)";
constexpr NativeDef replace_def = method<datetime_replace>("replace", replace_signature, "Return datetime with new specified fields.");
const NativeDef methods[] = {
    class_method<datetime_now>("now", "($type, /, tz=None)",
                               "The present moment: as an aware datetime in the zone tz, or without one as naive local time."),
    class_method<datetime_utcnow>("utcnow", "($type, /)", "Return a new datetime representing UTC day and time."),
    class_method<datetime_fromtimestamp>("fromtimestamp", "(timestamp, tz=None)",
                                         "timestamp[, tz] -> tz's local time from POSIX timestamp."),
    class_method<datetime_utcfromtimestamp>("utcfromtimestamp", "(timestamp, /)", "Construct a naive UTC datetime from a POSIX timestamp."),
    class_method<datetime_strptime>("strptime", "(string, format, /)",
                                    "string, format -> the datetime that string spells according to format\n\n"
                                    "The directives are those of time.strptime(); ValueError if the string does not fit."),
    class_method<datetime_combine>("combine", "(date, time, tzinfo=<unrepresentable>)",
                                   "date, time -> datetime with same date and time fields"),
    class_method<datetime_fromisoformat>("fromisoformat", "($type, object, /)",
                                         "string -> datetime from a string in most ISO 8601 formats"),
    method<datetime_date>("date", "($self, /)", "Return date object with same year, month and day."),
    method<datetime_time>("time", "($self, /)", "Return time object with same time but with tzinfo=None."),
    method<datetime_timetz>("timetz", "($self, /)", "Return time object with same time and tzinfo."),
    method<datetime_ctime>("ctime", "($self, /)", "Return ctime() style string."),
    method<datetime_timetuple>("timetuple", "($self, /)", "Return time tuple, compatible with time.localtime()."),
    method<datetime_timestamp>("timestamp", "($self, /)", "Return POSIX timestamp as float."),
    method<datetime_utctimetuple>("utctimetuple", "($self, /)", "Return UTC time tuple, compatible with time.localtime()."),
    method<datetime_isoformat>("isoformat", "(sep='T', timespec='auto')",
                               "[sep] -> string YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM] according to ISO 8601\n\n"
                               "One character sep stands between date and time. timespec names the last part\n"
                               "of the time to write: 'hours', 'minutes', 'seconds', 'milliseconds' or\n"
                               "'microseconds'; 'auto' writes microseconds only if there are any."),
    method<datetime_utcoffset>("utcoffset", "($self, /)", "Return self.tzinfo.utcoffset(self)."),
    method<datetime_tzname>("tzname", "($self, /)", "Return self.tzinfo.tzname(self)."),
    method<datetime_dst>("dst", "($self, /)", "Return self.tzinfo.dst(self)."),
    replace_def,
    same_as<replace_def>("__replace__", "($self, /, **changes)", "The same as replace()."),
    method<datetime_astimezone>("astimezone", "(tz=None)", "tz -> convert to local time in new timezone tz\n"),
    method<reduce_with>("__reduce_ex__", "(protocol, /)", "__reduce_ex__(proto) -> (cls, state)"),
    method<datetime_reduce>("__reduce__", "($self, /)", "__reduce__() -> (cls, state)"),
};
const GetSetDef getset[] = {getter<get_hour>("hour"),     getter<get_minute>("minute"),
                            getter<get_second>("second"), getter<get_microsecond>("microsecond"),
                            getter<get_tzinfo>("tzinfo"), getter<get_fold>("fold")};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_new, &Constructor<construct>::construct),
    raw_slot(SlotId::tp_vectorcall, &Constructor<construct>::vectorcall),
    unary_slot<SlotId::tp_repr, datetime_repr>(),
    unary_slot<SlotId::tp_str, datetime_str>(),
    size_slot<SlotId::tp_hash, datetime_hash>(),
    compare_slot<SlotId::tp_richcompare, datetime_compare>(),
    binary_slot<SlotId::nb_add, datetime_add>(),
    binary_slot<SlotId::nb_subtract, datetime_sub>(),
    raw_slot(SlotId::tp_dealloc, &datetime_dealloc),
};
Result<void> ready(Thread& t, Type& type) {
    auto* dict = static_cast<Dict*>(type.dict);
    TRY(dict_set_ascii(t, dict, "min", &g_min));
    TRY(dict_set_ascii(t, dict, "max", &g_max));
    return dict_set_ascii(t, dict, "resolution", &g_resolution);
}

} // namespace

const TypeSpec datetime_spec = {
    .type = &DateTime::s_type,
    .name = "datetime.datetime",
    .base = &Date::s_type,
    .basicsize = sizeof(DateTime),
    .flags = type_flag::BaseType,
    .doc = "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\n"
           "A date with a time of day. Fields are ints, those of the time default to 0;\n"
           "tzinfo is None, for a naive datetime, or a tzinfo instance. A field out of\n"
           "range raises ValueError.",
    .slots = slots,
    .methods = methods,
    .getset = getset,
    .ready = ready,
};

static const TypeSpec* const types[] = {&date_spec, &datetime_spec, &time_spec, &delta_spec, &tzinfo_spec, &timezone_spec};
static Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(type_ready(t, iso_date_spec));
    TRY(module_add_int(t, module, "MINYEAR", MinYear));
    TRY(module_add_int(t, module, "MAXYEAR", MaxYear));
    return module_add(t, module, "UTC", &g_utc);
}

} // namespace taipan::datetime

namespace taipan {
extern const ModuleSpec datetime_module;
const ModuleSpec datetime_module = {
    .name = "_datetime", .doc = "Fast implementation of the datetime module.", .exec = datetime::exec, .types = datetime::types};
} // namespace taipan
