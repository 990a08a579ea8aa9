// datetime.time.
#include "modules/datetime/datetime.h"
#include "runtime/heap_inline.h"

namespace taipan::datetime {

Type Time::s_type;

using Self = Borrowed<Time>;

static Hms hms_of(const Time* self) { return {self->hour(), self->minute(), self->second(), self->microsecond()}; }
static void write_time_bytes(uint8_t* data, const Hms& h) {
    data[0] = static_cast<uint8_t>(h.hour);
    data[1] = static_cast<uint8_t>(h.minute);
    data[2] = static_cast<uint8_t>(h.second);
    data[3] = static_cast<uint8_t>(h.microsecond >> 16);
    data[4] = static_cast<uint8_t>(h.microsecond >> 8);
    data[5] = static_cast<uint8_t>(h.microsecond);
}
/// A time whose bytes are to be set; `tzinfo` may be null.
static Result<Ref<Time>> time_alloc(Thread& t, Type& type, Object* tzinfo) {
    MaybeRef<Time> made;
    if (&type == &Time::s_type && !tzinfo) {
        void* memory = heap_alloc_small(t, HeapKind::Object, offsetof(Time, zone));
        if (UNLIKELY(!memory)) return raise_memory_error(t);
        auto* time = static_cast<Time*>(memory);
        object_init(time, &type);
        made = MaybeRef<Time>::steal(time);
    } else {
        made = TRY(make_instance<Time>(t, type));
        made->zone = MaybeRef<Object>::acquire(tzinfo).release();
    }
    made->cached_hash = -1;
    made->has_tzinfo = tzinfo != nullptr;
    return made.take();
}
static Result<Ref<Time>> time_exact(Thread& t, Type& type, const Hms& h, Object* tzinfo, int fold) {
    TRY(check_time(t, h, fold));
    TRY(check_tzinfo(t, tzinfo));
    Ref<Time> self = TRY(time_alloc(t, type, null_if_none(tzinfo)));
    write_time_bytes(self->data, h);
    self->fold = static_cast<uint8_t>(fold);
    return self;
}
Result<Ref<Object>> time_make(Thread& t, Type& type, const Hms& h, Object* tzinfo, int fold) {
    if (&type == &Time::s_type) return TRY(time_exact(t, type, h, tzinfo, fold));
    Ref<Int> hour = TRY(int_from(t, h.hour)), minute = TRY(int_from(t, h.minute)), second = TRY(int_from(t, h.second));
    Ref<Int> micro = TRY(int_from(t, h.microsecond));
    Ref<Object> made = TRY(call(t, Borrowed<Object>(&type), hour, minute, second, micro, Borrowed<Object>(none_if_null(tzinfo))));
    if (is<Time>(made.get())) static_cast<Time*>(made.get())->fold = static_cast<uint8_t>(fold);
    return made;
}

namespace {

constinit Time g_min = {{TAIPAN_STATIC_HEAD(&Time::s_type)}, -1, 0, {0, 0, 0, 0, 0, 0}, 0, nullptr};
constinit Time g_max = {
    {TAIPAN_STATIC_HEAD(&Time::s_type)}, -1, 0, {23, 59, 59, 999999 >> 16, (999999 >> 8) & 255, 999999 & 255}, 0, nullptr};
constinit Delta g_resolution = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, 0, 0, 1};

Result<Ref<Object>> construct_time(Thread& t, Type* type, Object* const* args, size_t nargs, Object* kwnames) {
    static constexpr const char* const names[] = {"hour", "minute", "second", "microsecond", "tzinfo", "fold", nullptr};
    if (nargs >= 1 && nargs <= 2 && !kwnames) {
        if (MaybeRef<Bytes> state = TRY(state_bytes(t, args[0], 6, 0, 0x7f, 0, 23, "time"))) {
            Object* tzinfo = nargs > 1 ? null_if_none(args[1]) : nullptr;
            if (tzinfo && !is<TzInfo>(tzinfo)) return raise(t, exc::TypeError, "bad tzinfo state arg");
            Ref<Time> self = TRY(time_alloc(t, *type, tzinfo));
            memcpy(self->data, state->data, 6);
            self->fold = self->data[0] >> 7;
            self->data[0] &= 0x7f;
            return self;
        }
    }
    Object* given[6];
    TRY(bind_constructor(t, names, 5, 0, args, nargs, kwnames, given));
    Hms h;
    h.hour = TRY(int_argument(t, given[0], 0));
    h.minute = TRY(int_argument(t, given[1], 0));
    h.second = TRY(int_argument(t, given[2], 0));
    h.microsecond = TRY(int_argument(t, given[3], 0));
    int fold = TRY(int_argument(t, given[5], 0));
    return TRY(time_exact(t, *type, h, given[4], fold));
}
Object* construct(Thread& t, Type* type, Object* const* args, size_t nargs, Object* kwnames) {
    return construct_time(t, type, args, nargs, kwnames).release_or_null();
}

Result<Ref<Object>> time_fromisoformat(Thread& t, Borrowed<Type> type, Borrowed<Object> object) {
    if (!is<Str>(object.get())) return raise(t, exc::TypeError, "fromisoformat: argument must be str");
    auto* text = static_cast<Str*>(object.get());
    intptr_t start = text->length > 0 && text->at(0) == 'T';
    IsoTime parsed = TRY(parse_iso_time(t, text, text, start, text->length));
    return time_make(t, *type.get(), parsed.time, parsed.tzinfo.get(), 0);
}
Result<Ref<Object>> time_strptime(Thread& t, Borrowed<Type> type, Borrowed<Object> text, Borrowed<Object> format) {
    TRY(str_argument(t, "strptime", 1, text));
    TRY(str_argument(t, "strptime", 2, format));
    return call_strptime(t, "_strptime_datetime_time", type, text, format);
}

Result<Ref<Object>> give(Result<MaybeRef<Delta>> delta) {
    MaybeRef<Delta> value = TRY(std::move(delta));
    return value ? Ref<Object>(value.take()) : none_ref();
}
Result<Ref<Object>> time_utcoffset(Thread& t, Self self) { return give(call_utcoffset(t, self->tzinfo(), nullptr)); }
Result<Ref<Object>> time_dst(Thread& t, Self self) { return give(call_dst(t, self->tzinfo(), nullptr)); }
Result<Ref<Object>> time_tzname(Thread& t, Self self) { return call_tzname(t, self->tzinfo(), nullptr); }

Result<Ref<Object>> time_isoformat(Thread& t, Self self, Borrowed<Object> given) {
    Borrowed<Str> timespec = TRY(str_argument(t, "isoformat", 1, given));
    TimeSpec spec = TRY(parse_timespec(t, timespec, self->microsecond()));
    char text[80];
    size_t n = write_time(text, hms_of(self.get()), spec);
    MaybeRef<Delta> offset = TRY(call_utcoffset(t, self->tzinfo(), nullptr));
    n += write_offset(text + n, offset.get(), ":");
    return TRY(str_from_utf8(t, {text, n}));
}
Result<Ref<Object>> time_str(Thread& t, Self self) {
    Ref<Str> name = TRY(str_interned(t, "isoformat"));
    return call_method(t, self, name);
}
Result<Ref<Object>> time_repr(Thread& t, Self self) {
    StrBuilder b(t);
    Ref<Str> head = TRY(str_format(t, "%T(%d, %d", self, self->hour(), self->minute()));
    TRY(b.append(head.get()));
    char text[48];
    int n = 0;
    if (self->microsecond()) n = snprintf(text, sizeof text, ", %d, %d", self->second(), self->microsecond());
    else if (self->second()) n = snprintf(text, sizeof text, ", %d", self->second());
    TRY(b.append_ascii({text, static_cast<size_t>(n)}));
    if (self->tzinfo()) {
        Ref<Str> zone = TRY(str_format(t, ", tzinfo=%R", self->tzinfo()));
        TRY(b.append(zone.get()));
    }
    if (self->fold) TRY(b.append_ascii(", fold=1"));
    TRY(b.append_char(')'));
    return TRY(b.finish());
}
Result<Ref<Object>> time_strftime(Thread& t, Self self, Borrowed<Object> given) {
    Borrowed<Str> format = TRY(str_argument(t, "strftime", 1, given));
    // Of the date only the year matters: before 1900 the C library was once unsafe.
    int values[] = {1900, 1, 1, self->hour(), self->minute(), self->second(), 0, 1, -1};
    Ref<Tuple> tuple = TRY(tuple_alloc(t, 9));
    for (int i = 0; i < 9; ++i) tuple->items[i] = TRY(int_from(t, values[i])).release();
    tuple_finish(tuple.get());
    return wrap_strftime(t, self, format, tuple, self->tzinfo(), self->microsecond(), nullptr);
}
Result<Ref<Object>> time_format(Thread& t, Self self, Borrowed<Object> given) {
    Borrowed<Str> format = TRY(str_argument(t, "__format__", 1, given));
    if (format->length == 0) return TRY(to_str(t, self));
    Ref<Str> name = TRY(str_interned(t, "strftime"));
    return call_method(t, self, name, format);
}
Result<Ref<Object>> time_replace(Thread& t, Self self, MaybeBorrowed<Object> hour, MaybeBorrowed<Object> minute,
                                 MaybeBorrowed<Object> second, MaybeBorrowed<Object> microsecond, MaybeBorrowed<Object> tzinfo,
                                 MaybeBorrowed<Object> fold) {
    Hms h;
    h.hour = TRY(int_argument(t, hour.get(), self->hour()));
    h.minute = TRY(int_argument(t, minute.get(), self->minute()));
    h.second = TRY(int_argument(t, second.get(), self->second()));
    h.microsecond = TRY(int_argument(t, microsecond.get(), self->microsecond()));
    int own_fold = TRY(int_argument(t, fold.get(), self->fold));
    if (own_fold != 0 && own_fold != 1) return raise(t, exc::ValueError, "fold must be either 0 or 1, not %d", own_fold);
    return time_make(t, *self->type, h, tzinfo ? tzinfo.get() : self->tzinfo(), own_fold);
}
Result<Ref<Object>> reduce_with(Thread& t, Self self, int protocol) {
    uint8_t data[6];
    memcpy(data, self->data, 6);
    if (protocol > 3 && self->fold) data[0] |= 0x80;
    Ref<Bytes> state = TRY(bytes_from(t, {reinterpret_cast<const char*>(data), 6}));
    Ref<Tuple> args = self->tzinfo() ? TRY(tuple_pack(t, state, Borrowed<Object>(self->tzinfo()))) : TRY(tuple_pack(t, state));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), args));
}
Result<Ref<Object>> time_reduce(Thread& t, Self self) { return reduce_with(t, self, 2); }
int get_hour(Thread&, Self self) { return self->hour(); }
int get_minute(Thread&, Self self) { return self->minute(); }
int get_second(Thread&, Self self) { return self->second(); }
int get_microsecond(Thread&, Self self) { return self->microsecond(); }
int get_fold(Thread&, Self self) { return self->fold; }
Ref<Object> get_tzinfo(Thread&, Self self) { return self->tzinfo() ? acquire(self->tzinfo()) : none_ref(); }

bool same_offset(const MaybeRef<Delta>& a, const MaybeRef<Delta>& b) {
    return a.get() == b.get() || (a && b && delta_compare(a.get(), b.get()) == 0);
}
Result<Ref<Object>> time_compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<Time>(b.get())) return not_implemented_ref();
    auto *x = static_cast<Time*>(a.get()), *y = static_cast<Time*>(b.get());
    if (x->tzinfo() == y->tzinfo()) return compare_result(memcmp(x->data, y->data, 6), op);
    MaybeRef<Delta> first = TRY(call_utcoffset(t, x->tzinfo(), nullptr)), second = TRY(call_utcoffset(t, y->tzinfo(), nullptr));
    if (same_offset(first, second)) return compare_result(memcmp(x->data, y->data, 6), op);
    if (first && second) {
        auto seconds = [](const Time* s, const Delta* d) {
            return s->hour() * 3600 + s->minute() * 60 + s->second() - d->days * static_cast<int>(SecondsPerDay) - d->seconds;
        };
        int difference = seconds(x, first.get()) - seconds(y, second.get());
        if (difference == 0) difference = x->microsecond() - y->microsecond();
        return compare_result(difference, op);
    }
    if (op == Comparison::Eq || op == Comparison::Ne) return bool_ref(op == Comparison::Ne);
    return raise(t, exc::TypeError, "can't compare offset-naive and offset-aware times");
}
Result<intptr_t> time_hash(Thread& t, Self self) {
    intptr_t known = __atomic_load_n(&self->cached_hash, __ATOMIC_RELAXED);
    if (known != -1) return known;
    MaybeRef<Delta> offset = TRY(call_utcoffset(t, self->tzinfo(), nullptr));
    if (!offset) {
        known = TRY(hash_bytes(t, self->data, 6));
    } else {
        Ref<Delta> shifted =
            TRY(delta_new(t, -int64_t{offset->days}, self->hour() * 3600 + self->minute() * 60 + self->second() - int64_t{offset->seconds},
                          self->microsecond() - int64_t{offset->microseconds}));
        known = TRY(delta_hash(t, shifted.get()));
    }
    __atomic_store_n(&self.get()->cached_hash, known, __ATOMIC_RELAXED);
    return known;
}
void time_dealloc(Object* o) {
    if (auto* self = static_cast<Time*>(o); self->has_tzinfo) decref(self->zone);
    o->type->free(o);
}

constexpr const char replace_signature[] = "($self, /, hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, "
                                           "tzinfo=unchanged, *, fold=unchanged)";
constexpr NativeDef replace_def = method<time_replace>("replace", replace_signature, "Return time with new specified fields.");
const NativeDef methods[] = {
    class_method<time_strptime>("strptime", "(string, format, /)",
                                "string, format -> the time that string spells according to format\n\n"
                                "The directives are those of time.strptime(); ValueError if the string does not fit."),
    method<time_isoformat>("isoformat", "(timespec='auto')",
                           "The string [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM] according to ISO 8601.\n\n"
                           "timespec names the last part to write: 'hours', 'minutes', 'seconds',\n"
                           "'milliseconds' or 'microseconds'; 'auto' writes microseconds only if there\n"
                           "are any."),
    method<time_strftime>("strftime", "(format)", "format -> strftime() style string."),
    method<time_format>("__format__", "(format, /)", "Formats self with strftime."),
    method<time_utcoffset>("utcoffset", "($self, /)", "Return self.tzinfo.utcoffset(self)."),
    method<time_tzname>("tzname", "($self, /)", "Return self.tzinfo.tzname(self)."),
    method<time_dst>("dst", "($self, /)", "Return self.tzinfo.dst(self)."),
    replace_def,
    same_as<replace_def>("__replace__", "($self, /, **changes)", "The same as replace()."),
    class_method<time_fromisoformat>("fromisoformat", "($type, object, /)", "string -> time from a string in ISO 8601 format"),
    method<reduce_with>("__reduce_ex__", "(protocol, /)", "__reduce_ex__(proto) -> (cls, state)"),
    method<time_reduce>("__reduce__", "($self, /)", "__reduce__() -> (cls, state)"),
};
const GetSetDef getset[] = {getter<get_hour>("hour"),     getter<get_minute>("minute"),
                            getter<get_second>("second"), getter<get_microsecond>("microsecond"),
                            getter<get_tzinfo>("tzinfo"), getter<get_fold>("fold")};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_new, &Constructor<construct>::construct),
    raw_slot(SlotId::tp_vectorcall, &Constructor<construct>::vectorcall),
    unary_slot<SlotId::tp_repr, time_repr>(),
    unary_slot<SlotId::tp_str, time_str>(),
    size_slot<SlotId::tp_hash, time_hash>(),
    compare_slot<SlotId::tp_richcompare, time_compare>(),
    raw_slot(SlotId::tp_dealloc, &time_dealloc),
};
Result<void> ready(Thread& t, Type& type) {
    auto* dict = static_cast<Dict*>(type.dict);
    TRY(dict_set_ascii(t, dict, "min", &g_min));
    TRY(dict_set_ascii(t, dict, "max", &g_max));
    return dict_set_ascii(t, dict, "resolution", &g_resolution);
}

} // namespace

const TypeSpec time_spec = {
    .type = &Time::s_type,
    .name = "datetime.time",
    .basicsize = sizeof(Time),
    .flags = type_flag::BaseType,
    .doc = "time([hour[, minute[, second[, microsecond[, tzinfo]]]]])\n\n"
           "A time of day. Fields are ints and default to 0; tzinfo is None, for a naive\n"
           "time, or a tzinfo instance. A field out of range raises ValueError.",
    .slots = slots,
    .methods = methods,
    .getset = getset,
    .ready = ready,
};

} // namespace taipan::datetime
