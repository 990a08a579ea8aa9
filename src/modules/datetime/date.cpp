// datetime.date and the named tuple that isocalendar() gives.
#include "modules/datetime/datetime.h"
#include "objects/float.h"

#include <cmath>
#include <ctime>

namespace taipan::datetime {

Type Date::s_type;
struct IsoCalendarDate : Tuple {
    static Type s_type;
};
Type IsoCalendarDate::s_type;

using Self = Borrowed<Date>;

static void write_bytes(uint8_t* data, const Ymd& d) {
    data[0] = static_cast<uint8_t>(d.year >> 8);
    data[1] = static_cast<uint8_t>(d.year);
    data[2] = static_cast<uint8_t>(d.month);
    data[3] = static_cast<uint8_t>(d.day);
}
static Ymd ymd_of(const Date* self) { return {self->year(), self->month(), self->day()}; }
static Result<Ref<Date>> date_exact(Thread& t, Type& type, const Ymd& d) {
    TRY(check_date(t, d));
    Ref<Date> self = TRY(make_instance<Date>(t, type));
    self->cached_hash = -1;
    write_bytes(self->data, d);
    return self;
}
Result<Ref<Object>> date_make(Thread& t, Type& type, const Ymd& d) {
    if (&type == &Date::s_type) return TRY(date_exact(t, type, d));
    if (&type == &DateTime::s_type) {
        Fields9 f;
        static_cast<Ymd&>(f) = d;
        return datetime_make(t, type, f);
    }
    Ref<Int> year = TRY(int_from(t, d.year)), month = TRY(int_from(t, d.month)), day = TRY(int_from(t, d.day));
    return call(t, Borrowed<Object>(&type), year, month, day);
}

namespace {

constinit Date g_min = {{TAIPAN_STATIC_HEAD(&Date::s_type)}, -1, 0, {0, 1, 1, 1}};
constinit Date g_max = {{TAIPAN_STATIC_HEAD(&Date::s_type)}, -1, 0, {MaxYear >> 8, MaxYear & 255, 12, 31}};
constinit Delta g_day = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, 1, 0, 0};

Result<Ref<Object>> construct_date(Thread& t, Type* type, Object* const* args, size_t nargs, Object* kwnames) {
    static constexpr const char* const names[] = {"year", "month", "day", nullptr};
    if (nargs == 1 && !kwnames) {
        if (MaybeRef<Bytes> state = TRY(state_bytes(t, args[0], 4, 2, 0xff, 1, 12, "date"))) {
            Ref<Date> self = TRY(make_instance<Date>(t, *type));
            self->cached_hash = -1;
            memcpy(self->data, state->data, 4);
            return self;
        }
    }
    Object* given[3];
    TRY(bind_constructor(t, names, 3, 3, args, nargs, kwnames, given));
    Ymd d{};
    d.year = TRY(int_argument(t, given[0], 0));
    d.month = TRY(int_argument(t, given[1], 0));
    d.day = TRY(int_argument(t, given[2], 0));
    return TRY(date_exact(t, *type, d));
}
Object* construct(Thread& t, Type* type, Object* const* args, size_t nargs, Object* kwnames) {
    return construct_date(t, type, args, nargs, kwnames).release_or_null();
}

// Class methods

Result<Ref<Object>> from_seconds(Thread& t, Type& type, int64_t seconds) {
    tm time;
    TRY(local_tm(t, seconds, &time));
    return date_make(t, type, {time.tm_year + 1900, time.tm_mon + 1, time.tm_mday});
}
Result<Ref<Object>> date_fromtimestamp(Thread& t, Borrowed<Type> type, Borrowed<Object> timestamp) {
    if (is<Float>(timestamp.get())) { // down to the whole second, not to the nearest microsecond
        double whole = std::floor(static_cast<Float*>(timestamp.get())->value);
        if (whole >= -9223372036854775808.0 && whole < 9223372036854775808.0)
            return from_seconds(t, *type.get(), static_cast<int64_t>(whole));
    }
    auto value = timeval_of(t, timestamp);
    if (value.is_error()) {
        if (clear_if(t, exc::TypeError)) return raise(t, exc::TypeError, "'%T' object cannot be interpreted as an integer", timestamp);
        return Error{};
    }
    return from_seconds(t, *type.get(), value.take().seconds);
}
Result<Ref<Object>> date_today(Thread& t, Borrowed<Type> type) {
    if (type.get() == &Date::s_type) return from_seconds(t, *type.get(), time(nullptr));
    Ref<Object> clock = TRY(import_attribute(t, "time", "time"));
    Ref<Object> now = TRY(call(t, clock));
    Ref<Str> name = TRY(str_interned(t, "fromtimestamp"));
    return call_method(t, type, name, now);
}
Result<Ref<Object>> date_fromordinal(Thread& t, Borrowed<Type> type, Borrowed<Object> given) {
    int ordinal = TRY(int_argument(t, given.get(), 0));
    if (ordinal < 1) return raise(t, exc::ValueError, "ordinal must be >= 1");
    if (ordinal > 2000000000) return raise(t, exc::ValueError, "year must be in %d..%d, not %d", MinYear, MaxYear, ordinal / 366);
    return date_make(t, *type.get(), from_ordinal(ordinal));
}
Result<Ref<Object>> date_fromisoformat(Thread& t, Borrowed<Type> type, Borrowed<Object> object) {
    if (!is<Str>(object.get())) return raise(t, exc::TypeError, "fromisoformat: argument must be str");
    auto* text = static_cast<Str*>(object.get());
    Ymd d = TRY(parse_iso_date(t, text, text, 0, text->length));
    return date_make(t, *type.get(), d);
}
Result<Ref<Object>> date_fromisocalendar(Thread& t, Borrowed<Type> type, Borrowed<Object> year, Borrowed<Object> week,
                                         Borrowed<Object> day) {
    int parts[3];
    Object* const given[] = {year.get(), week.get(), day.get()};
    for (int i = 0; i < 3; ++i) {
        auto value = to_int32(t, given[i]);
        if (value.is_error()) {
            if (clear_if(t, exc::OverflowError)) return raise(t, exc::ValueError, "ISO calendar component out of range");
            return Error{};
        }
        parts[i] = value.take();
    }
    Ymd d = TRY(from_iso(t, parts[0], parts[1], parts[2]));
    return date_make(t, *type.get(), d);
}
Result<Ref<Object>> date_strptime(Thread& t, Borrowed<Type> type, Borrowed<Object> text, Borrowed<Object> format) {
    TRY(str_argument(t, "strptime", 1, text));
    TRY(str_argument(t, "strptime", 2, format));
    return call_strptime(t, "_strptime_datetime_date", type, text, format);
}

// Methods

Result<Ref<Object>> date_isoformat(Thread& t, Self self) {
    char text[16];
    return TRY(str_from_utf8(t, {text, write_date(text, ymd_of(self.get()))}));
}
Result<Ref<Object>> date_str(Thread& t, Self self) {
    Ref<Str> name = TRY(str_interned(t, "isoformat"));
    return call_method(t, self, name);
}
Result<Ref<Str>> date_repr(Thread& t, Self self) { return str_format(t, "%T(%d, %d, %d)", self, self->year(), self->month(), self->day()); }
Result<Ref<Object>> date_ctime(Thread& t, Self self) { return ctime_text(t, ymd_of(self.get()), {}); }
Result<Ref<Object>> date_timetuple(Thread& t, Self self) { return build_struct_time(t, ymd_of(self.get()), {}, -1); }
Result<Ref<Object>> date_strftime(Thread& t, Self self, Borrowed<Object> given) {
    Borrowed<Str> format = TRY(str_argument(t, "strftime", 1, given));
    Ref<Str> name = TRY(str_interned(t, "timetuple"));
    Ref<Object> tuple = TRY(call_method(t, self, name));
    auto* full = try_as<DateTime>(static_cast<Object*>(self.get()));
    return wrap_strftime(t, self, format, tuple, full ? full->tzinfo : nullptr, full ? full->microsecond() : 0, self.get());
}
Result<Ref<Object>> date_format(Thread& t, Borrowed<Object> self, Borrowed<Object> given) {
    Borrowed<Str> format = TRY(str_argument(t, "__format__", 1, given));
    if (format->length == 0) return TRY(to_str(t, self));
    Ref<Str> name = TRY(str_interned(t, "strftime"));
    return call_method(t, self, name, format);
}
Result<Ref<Object>> date_isocalendar(Thread& t, Self self) { return isocalendar(t, ymd_of(self.get())); }
int date_weekday(Thread&, Self self) { return weekday_of(self->year(), self->month(), self->day()); }
int date_isoweekday(Thread& t, Self self) { return date_weekday(t, self) + 1; }
int date_toordinal(Thread&, Self self) { return to_ordinal(self->year(), self->month(), self->day()); }
Result<Ref<Object>> date_replace(Thread& t, Self self, MaybeBorrowed<Object> year, MaybeBorrowed<Object> month, MaybeBorrowed<Object> day) {
    Ymd d{};
    d.year = TRY(int_argument(t, year.get(), self->year()));
    d.month = TRY(int_argument(t, month.get(), self->month()));
    d.day = TRY(int_argument(t, day.get(), self->day()));
    return date_make(t, *self->type, d);
}
Result<Ref<Object>> date_reduce(Thread& t, Self self) {
    Ref<Bytes> state = TRY(bytes_from(t, {reinterpret_cast<const char*>(self->data), 4}));
    Ref<Tuple> args = TRY(tuple_pack(t, state));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), args));
}
int get_year(Thread&, Self self) { return self->year(); }
int get_month(Thread&, Self self) { return self->month(); }
int get_day(Thread&, Self self) { return self->day(); }

// Operators

Result<Ref<Object>> add_days(Thread& t, Date* self, int64_t days) {
    int64_t ordinal = to_ordinal(self->year(), self->month(), self->day()) + days;
    if (ordinal < 1 || ordinal > MaxOrdinal) return raise(t, exc::OverflowError, "date value out of range");
    return date_make(t, *self->type, from_ordinal(static_cast<int>(ordinal)));
}
bool is_plain_date(const Object* o) { return is<Date>(o) && !is<DateTime>(o); }
Result<Ref<Object>> date_add(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (is<DateTime>(a.get()) || is<DateTime>(b.get())) return not_implemented_ref();
    if (is<Date>(a.get()) && is<Delta>(b.get())) return add_days(t, static_cast<Date*>(a.get()), static_cast<Delta*>(b.get())->days);
    if (is<Delta>(a.get()) && is<Date>(b.get())) return add_days(t, static_cast<Date*>(b.get()), static_cast<Delta*>(a.get())->days);
    return not_implemented_ref();
}
Result<Ref<Object>> date_subtract(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is_plain_date(a.get())) return not_implemented_ref();
    auto* self = static_cast<Date*>(a.get());
    if (is_plain_date(b.get())) {
        auto* other = static_cast<Date*>(b.get());
        return TRY(delta_new(
            t, to_ordinal(self->year(), self->month(), self->day()) - to_ordinal(other->year(), other->month(), other->day()), 0, 0));
    }
    if (is<Delta>(b.get())) return add_days(t, self, -int64_t{static_cast<Delta*>(b.get())->days});
    return not_implemented_ref();
}
Result<Ref<Object>> date_compare(Thread&, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is_plain_date(b.get())) return not_implemented_ref(); // a datetime decides itself
    return compare_result(memcmp(static_cast<Date*>(a.get())->data, static_cast<Date*>(b.get())->data, 4), op);
}
Result<intptr_t> date_hash(Thread& t, Self self) {
    intptr_t known = __atomic_load_n(&self->cached_hash, __ATOMIC_RELAXED);
    if (known != -1) return known;
    known = TRY(hash_bytes(t, self->data, 4));
    __atomic_store_n(&self.get()->cached_hash, known, __ATOMIC_RELAXED);
    return known;
}

constexpr NativeDef replace_def =
    method<date_replace>("replace", "($self, /, year=unchanged, month=unchanged, day=unchanged)", "Return date with new specified fields.");
const NativeDef methods[] = {
    class_method<date_fromtimestamp>("fromtimestamp", "($type, timestamp, /)",
                                     "The local date at a POSIX timestamp, a number of seconds as time.time() gives."),
    class_method<date_fromordinal>("fromordinal", "(ordinal, /)", "int -> date corresponding to a proleptic Gregorian ordinal."),
    class_method<date_fromisoformat>("fromisoformat", "($type, object, /)", "str -> Construct a date from a string in ISO 8601 format."),
    class_method<date_fromisocalendar>("fromisocalendar", "(year, week, day)",
                                       "int, int, int -> the date of a day given by ISO year, week and weekday (Monday is 1)\n\n"
                                       "It takes what isocalendar() gives; ValueError for a week or weekday the year lacks."),
    class_method<date_strptime>("strptime", "(string, format, /)",
                                "string, format -> the date that string spells according to format\n\n"
                                "The directives are those of time.strptime(); ValueError if the string does not fit."),
    class_method<date_today>("today", "($type, /)",
                             "The present local date, or for a subclass what its fromtimestamp() makes of time.time()."),
    method<date_ctime>("ctime", "($self, /)", "Return ctime() style string."),
    method<date_strftime>("strftime", "(format)", "format -> strftime() style string."),
    method<date_format>("__format__", "(format, /)", "Formats self with strftime."),
    method<date_timetuple>("timetuple", "($self, /)", "Return time tuple, compatible with time.localtime()."),
    method<date_isocalendar>("isocalendar", "($self, /)", "The ISO 8601 year, week and weekday as a named tuple."),
    method<date_isoformat>("isoformat", "($self, /)", "Return string in ISO 8601 format, YYYY-MM-DD."),
    method<date_isoweekday>("isoweekday", "($self, /)", "The weekday as a number from 1 (Monday) to 7 (Sunday)."),
    method<date_toordinal>("toordinal", "($self, /)",
                           "Count the days since the day before 0001-01-01, the Gregorian calendar being extended "
                           "backwards."),
    method<date_weekday>("weekday", "($self, /)", "The weekday as a number from 0 (Monday) to 6 (Sunday)."),
    replace_def,
    same_as<replace_def>("__replace__", "($self, /, **changes)", "The same as replace()."),
    method<date_reduce>("__reduce__", "($self, /)", "__reduce__() -> (cls, state)"),
};
const GetSetDef getset[] = {getter<get_year>("year"), getter<get_month>("month"), getter<get_day>("day")};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_new, &Constructor<construct>::construct),
    raw_slot(SlotId::tp_vectorcall, &Constructor<construct>::vectorcall),
    unary_slot<SlotId::tp_repr, date_repr>(),
    unary_slot<SlotId::tp_str, date_str>(),
    size_slot<SlotId::tp_hash, date_hash>(),
    compare_slot<SlotId::tp_richcompare, date_compare>(),
    binary_slot<SlotId::nb_add, date_add>(),
    binary_slot<SlotId::nb_subtract, date_subtract>(),
};
Result<void> ready(Thread& t, Type& type) {
    auto* dict = static_cast<Dict*>(type.dict);
    TRY(dict_set_ascii(t, dict, "min", &g_min));
    TRY(dict_set_ascii(t, dict, "max", &g_max));
    return dict_set_ascii(t, dict, "resolution", &g_day);
}

// IsoCalendarDate

Result<Ref<Object>> iso_make(Thread& t, Borrowed<Type> type, int year, int week, int weekday) {
    Ref<Tuple> self = TRY(allocate<Tuple>(t, *type.get(), 3));
    self->cached_hash = -1;
    self->items[0] = TRY(int_from(t, year)).release();
    self->items[1] = TRY(int_from(t, week)).release();
    self->items[2] = TRY(int_from(t, weekday)).release();
    return self; // ints only: the collector need not look at it
}
template <int I> Ref<Object> iso_item(Thread&, Borrowed<Tuple> self) { return acquire(self->items[I]); }
Result<Ref<Str>> iso_repr(Thread& t, Borrowed<Tuple> self) {
    return str_format(t, "%T(year=%R, week=%R, weekday=%R)", self, self->items[0], self->items[1], self->items[2]);
}
Result<Ref<Object>> iso_reduce(Thread& t, Borrowed<Tuple> self) {
    Ref<Tuple> plain = TRY(tuple_from_array(t, self->items, 3));
    Ref<Tuple> args = TRY(tuple_pack(t, plain));
    return TRY(tuple_pack(t, Borrowed<Object>(&Tuple::s_type), args));
}
const GetSetDef iso_getset[] = {getter<iso_item<0>>("year"), getter<iso_item<1>>("week"), getter<iso_item<2>>("weekday")};
const NativeDef iso_methods[] = {method<iso_reduce>("__reduce__", "($self, /)", "__reduce__() -> (cls, state)")};
const SlotDef iso_slots[] = {
    typed_new<iso_make, "IsoCalendarDate", "(year, week, weekday)">(),
    unary_slot<SlotId::tp_repr, iso_repr>(),
};

} // namespace

Result<Ref<Object>> isocalendar(Thread& t, const Ymd& d) {
    IsoDate iso = iso_of(d.year, d.month, d.day);
    if (UNLIKELY(!IsoCalendarDate::s_type.has(type_flag::Ready))) TRY(type_ready(t, iso_date_spec));
    return iso_make(t, &IsoCalendarDate::s_type, iso.year, iso.week, iso.weekday);
}

const TypeSpec iso_date_spec = {.type = &IsoCalendarDate::s_type,
                                .name = "datetime.IsoCalendarDate",
                                .base = &Tuple::s_type,
                                .basicsize = offsetof(Tuple, items),
                                .itemsize = sizeof(Object*),
                                .flags = type_flag::Gc | type_flag::TupleSubclass,
                                .doc = "The result of date.isocalendar() or datetime.isocalendar()\n\n"
                                       "This object may be accessed either as a tuple of\n  ((year, week, weekday)\n"
                                       "or via the object attributes as named in the above tuple.",
                                .slots = iso_slots,
                                .methods = iso_methods,
                                .getset = iso_getset};
const TypeSpec date_spec = {.type = &Date::s_type,
                            .name = "datetime.date",
                            .basicsize = sizeof(Date),
                            .flags = type_flag::BaseType,
                            .doc = "date(year, month, day) --> date object",
                            .slots = slots,
                            .methods = methods,
                            .getset = getset,
                            .ready = ready};

} // namespace taipan::datetime
