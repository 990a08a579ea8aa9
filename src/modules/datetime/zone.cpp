// tzinfo, timezone, and how the other types ask a tzinfo.
#include "modules/datetime/datetime.h"

#include <ctime>

namespace taipan::datetime {

Type TzInfo::s_type, Timezone::s_type;

namespace {
constinit Delta g_zero = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, 0, 0, 0};
constinit Delta g_low = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, -1, 60, 0};
constinit Delta g_high = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, 0, 86340, 0};
constinit Timezone g_min = {{{TAIPAN_STATIC_HEAD(&Timezone::s_type)}}, &g_low, nullptr};
constinit Timezone g_max = {{{TAIPAN_STATIC_HEAD(&Timezone::s_type)}}, &g_high, nullptr};
} // namespace
constinit Timezone g_utc = {{{TAIPAN_STATIC_HEAD(&Timezone::s_type)}}, &g_zero, nullptr};

static bool within_a_day(const Delta* d) {
    return !(d->days < -1 || d->days >= 1 || (d->days == -1 && d->seconds == 0 && d->microseconds < 1));
}

static Result<MaybeRef<Delta>> call_offset_method(Thread& t, Object* tzinfo, const char* name, Object* argument) {
    if (!tzinfo || is_none(tzinfo)) return MaybeRef<Delta>();
    if (tzinfo->type == &Timezone::s_type) {
        if (name[0] == 'd') return MaybeRef<Delta>();
        return MaybeRef<Delta>::acquire(static_cast<Timezone*>(tzinfo)->offset);
    }
    Ref<Str> method = TRY(str_interned(t, name));
    Ref<Object> offset = TRY(call_method(t, Borrowed<Object>(tzinfo), method, Borrowed<Object>(none_if_null(argument))));
    if (is_none(offset.get())) return MaybeRef<Delta>();
    if (!is<Delta>(offset.get())) return raise(t, exc::TypeError, "tzinfo.%s() must return None or timedelta, not '%T'", name, offset);
    auto* delta = static_cast<Delta*>(offset.get());
    if (!within_a_day(delta))
        return raise(t, exc::ValueError, "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R",
                     delta);
    return MaybeRef<Delta>::steal(static_cast<Delta*>(offset.release()));
}
Result<MaybeRef<Delta>> call_utcoffset(Thread& t, Object* tzinfo, Object* argument) {
    return call_offset_method(t, tzinfo, "utcoffset", argument);
}
Result<MaybeRef<Delta>> call_dst(Thread& t, Object* tzinfo, Object* argument) { return call_offset_method(t, tzinfo, "dst", argument); }
Result<Ref<Object>> call_tzname(Thread& t, Object* tzinfo, Object* argument) {
    if (!tzinfo || is_none(tzinfo)) return none_ref();
    Ref<Str> method = TRY(str_interned(t, "tzname"));
    Ref<Object> name = TRY(call_method(t, Borrowed<Object>(tzinfo), method, Borrowed<Object>(none_if_null(argument))));
    if (!is_none(name.get()) && !is<Str>(name.get()))
        return raise(t, exc::TypeError, "tzinfo.tzname() must return None or a string, not '%T'", name);
    return name;
}

Result<Ref<Object>> timezone_new(Thread& t, Borrowed<Delta> offset, Object* name) {
    if (!name && delta_is_zero(offset.get())) return acquire<Object>(&g_utc);
    if (!within_a_day(offset.get()))
        return raise(t, exc::ValueError, "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R",
                     offset);
    Ref<Timezone> self = TRY(allocate<Timezone>(t));
    self->offset = acquire(offset).release();
    self->name = MaybeRef<Object>::acquire(name).release();
    return self;
}
Result<Ref<Object>> call_fromutc(Thread& t, Borrowed<Object> tzinfo, Borrowed<Object> dt) {
    if (tzinfo->type == &Timezone::s_type && is<DateTime>(dt.get()))
        return datetime_add_delta(t, static_cast<DateTime*>(dt.get()), static_cast<Timezone*>(tzinfo.get())->offset, 1);
    Ref<Str> name = TRY(str_interned(t, "fromutc"));
    return call_method(t, tzinfo, name, dt);
}
Result<Ref<Object>> local_timezone(Thread& t, int64_t seconds) {
    tm time;
    TRY(local_tm(t, seconds, &time));
    Ref<Delta> offset = TRY(delta_new(t, 0, time.tm_gmtoff, 0));
    Ref<Str> name = TRY(str_decode_fs(t, time.tm_zone ? time.tm_zone : ""));
    return timezone_new(t, offset, name.get());
}

namespace {

// tzinfo

using Self = Borrowed<TzInfo>;

Result<Ref<Object>> tzinfo_new(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) {
    return TRY(make_instance<TzInfo>(t, *type.get()));
}
Result<Ref<Object>> not_implemented_here(Thread& t, const char* name) {
    return raise(t, exc::NotImplementedError, "a tzinfo subclass must implement %s()", name);
}
Result<Ref<Object>> tzinfo_tzname(Thread& t, Self, Borrowed<Object>) { return not_implemented_here(t, "tzname"); }
Result<Ref<Object>> tzinfo_utcoffset(Thread& t, Self, Borrowed<Object>) { return not_implemented_here(t, "utcoffset"); }
Result<Ref<Object>> tzinfo_dst(Thread& t, Self, Borrowed<Object>) { return not_implemented_here(t, "dst"); }

Result<Borrowed<DateTime>> check_own(Thread& t, Borrowed<Object> self, Borrowed<Object> object) {
    if (!is<DateTime>(object.get())) return raise(t, exc::TypeError, "fromutc: argument must be a datetime");
    auto* dt = static_cast<DateTime*>(object.get());
    if (dt->tzinfo != self.get()) return raise(t, exc::ValueError, "fromutc: dt.tzinfo is not self");
    return Borrowed<DateTime>(dt);
}
Result<Ref<Object>> tzinfo_fromutc(Thread& t, Self self, Borrowed<Object> object) {
    Borrowed<DateTime> dt = TRY(check_own(t, self, object));
    MaybeRef<Delta> offset = TRY(call_utcoffset(t, dt->tzinfo, dt.get()));
    if (!offset) return raise(t, exc::ValueError, "fromutc: non-None utcoffset() result required");
    MaybeRef<Delta> dst = TRY(call_dst(t, dt->tzinfo, dt.get()));
    if (!dst) return raise(t, exc::ValueError, "fromutc: non-None dst() result required");
    Ref<Delta> standard = TRY(delta_subtract(t, offset.get(), dst.get()));
    Ref<Object> result = TRY(datetime_add_delta(t, dt, standard.get(), 1));
    if (!is<DateTime>(result.get())) return result;
    dst = TRY(call_dst(t, dt->tzinfo, result.get()));
    if (!dst) return raise(t, exc::ValueError, "fromutc: tz.dst() gave inconsistent results; cannot convert");
    if (delta_is_zero(dst.get())) return result;
    return datetime_add_delta(t, static_cast<DateTime*>(result.get()), dst.get(), 1);
}
Result<Ref<Object>> tzinfo_reduce(Thread& t, Self self) {
    Ref<Str> name = TRY(str_interned(t, "__getinitargs__"));
    MaybeRef<Object> get = TRY(get_attribute_optional(t, self, name));
    Ref<Object> args = get ? TRY(call(t, get.take())) : Ref<Object>(tuple_empty());
    Ref<Object> state = TRY(call_method(t, self, names::__getstate__));
    if (is_none(state.get())) return TRY(tuple_pack(t, Borrowed<Object>(self->type), args));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), args, state));
}

const NativeDef tzinfo_methods[] = {
    method<tzinfo_tzname>("tzname", "($self, object, /)", "datetime -> string name of time zone."),
    method<tzinfo_utcoffset>("utcoffset", "($self, object, /)",
                             "datetime -> timedelta to add to UTC for local time: positive east of Greenwich, negative west"),
    method<tzinfo_dst>("dst", "($self, object, /)", "datetime -> DST offset as timedelta positive east of UTC."),
    method<tzinfo_fromutc>("fromutc", "($self, object, /)", "datetime in UTC -> datetime in local time."),
    method<tzinfo_reduce>("__reduce__", "($self, /)", "-> (cls, state)"),
};
const SlotDef tzinfo_slots[] = {construct_slot<SlotId::tp_new, tzinfo_new>()};

// timezone

using Zone = Borrowed<Timezone>;

Result<Ref<Object>> zone_new(Thread& t, Borrowed<Type>, Borrowed<Object> offset, MaybeBorrowed<Object> name) {
    if (!is<Delta>(offset.get())) return raise(t, exc::TypeError, "timezone() argument 1 must be datetime.timedelta, not %T", offset);
    if (name)
        TRY(is_none(name.get()) ? Result<Borrowed<Str>>(raise(t, exc::TypeError, "timezone() argument 2 must be str, not None"))
                                : str_argument(t, "timezone", 2, name.value()));
    return timezone_new(t, static_cast<Delta*>(offset.get()), name.get());
}
Result<void> check_argument(Thread& t, const char* method, Borrowed<Object> dt) {
    if (is_none(dt.get()) || is<DateTime>(dt.get())) return {};
    return raise(t, exc::TypeError, "%s(dt) argument must be a datetime instance or None, not %T", method, dt);
}
Result<Ref<Object>> zone_str(Thread& t, Zone self) {
    if (self->name) return acquire(self->name);
    if (self.get() == &g_utc || delta_is_zero(self->offset)) return TRY(str_from_utf8(t, "UTC"));
    char text[48];
    memcpy(text, "UTC", 3);
    size_t n = 3 + write_offset(text + 3, self->offset, ":");
    return TRY(str_from_utf8(t, {text, n}));
}
Result<Ref<Object>> zone_repr(Thread& t, Zone self) {
    if (self.get() == &g_utc) return TRY(str_from_utf8(t, "datetime.timezone.utc"));
    if (!self->name) return TRY(str_format(t, "%T(%R)", self, self->offset));
    return TRY(str_format(t, "%T(%R, %R)", self, self->offset, self->name));
}
Result<Ref<Object>> zone_tzname(Thread& t, Zone self, Borrowed<Object> dt) {
    TRY(check_argument(t, "tzname", dt));
    return zone_str(t, self);
}
Result<Ref<Object>> zone_utcoffset(Thread& t, Zone self, Borrowed<Object> dt) {
    TRY(check_argument(t, "utcoffset", dt));
    return acquire<Object>(self->offset);
}
Result<Ref<Object>> zone_dst(Thread& t, Zone, Borrowed<Object> dt) {
    TRY(check_argument(t, "dst", dt));
    return none_ref();
}
Result<Ref<Object>> zone_fromutc(Thread& t, Zone self, Borrowed<Object> object) {
    Borrowed<DateTime> dt = TRY(check_own(t, self, object));
    return datetime_add_delta(t, dt, self->offset, 1);
}
Result<Ref<Object>> zone_initargs(Thread& t, Zone self) {
    if (!self->name) return TRY(tuple_pack(t, Borrowed<Object>(self->offset)));
    return TRY(tuple_pack(t, Borrowed<Object>(self->offset), Borrowed<Object>(self->name)));
}
Result<Ref<Object>> zone_compare(Thread&, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is<Timezone>(b.get())) return not_implemented_ref();
    return compare_result(delta_compare(static_cast<Timezone*>(a.get())->offset, static_cast<Timezone*>(b.get())->offset), op);
}
Result<intptr_t> zone_hash(Thread& t, Zone self) { return delta_hash(t, self->offset); }
void zone_dealloc(Object* o) {
    auto* self = static_cast<Timezone*>(o);
    clear_field(self->offset);
    clear_field(self->name);
    o->type->free(o);
}

const NativeDef zone_methods[] = {
    method<zone_tzname>("tzname", "($self, object, /)",
                        "The zone's name: the one it was created with, else its offset as UTC+HH:MM or UTC-HH:MM."),
    method<zone_utcoffset>("utcoffset", "($self, object, /)", "Return fixed offset."),
    method<zone_dst>("dst", "($self, object, /)", "Return None."),
    method<zone_fromutc>("fromutc", "($self, object, /)", "datetime in UTC -> datetime in local time."),
    method<zone_initargs>("__getinitargs__", "($self, /)", "pickle support"),
};
const SlotDef zone_slots[] = {
    typed_new<zone_new, "timezone", "(offset, name=<unrepresentable>)">(),
    unary_slot<SlotId::tp_repr, zone_repr>(),
    unary_slot<SlotId::tp_str, zone_str>(),
    compare_slot<SlotId::tp_richcompare, zone_compare>(),
    size_slot<SlotId::tp_hash, zone_hash>(),
    raw_slot(SlotId::tp_dealloc, &zone_dealloc),
};
Result<void> zone_ready(Thread& t, Type& type) {
    auto* dict = static_cast<Dict*>(type.dict);
    TRY(dict_set_ascii(t, dict, "utc", &g_utc));
    TRY(dict_set_ascii(t, dict, "min", &g_min));
    return dict_set_ascii(t, dict, "max", &g_max);
}

} // namespace

const TypeSpec tzinfo_spec = {.type = &TzInfo::s_type,
                              .name = "datetime.tzinfo",
                              .basicsize = sizeof(TzInfo),
                              .flags = type_flag::BaseType,
                              .doc = "Abstract base class for time zone info objects.",
                              .slots = tzinfo_slots,
                              .methods = tzinfo_methods};
const TypeSpec timezone_spec = {.type = &Timezone::s_type,
                                .name = "datetime.timezone",
                                .base = &TzInfo::s_type,
                                .basicsize = sizeof(Timezone),
                                .doc = "Fixed offset from UTC implementation of tzinfo.",
                                .slots = zone_slots,
                                .methods = zone_methods,
                                .ready = zone_ready};

} // namespace taipan::datetime
