// _zoneinfo.ZoneInfo: a time zone of the IANA database. The file is read by zoneinfo._common; what it says becomes arrays
// that no one changes afterwards, so look-ups take no lock. Zones are cached by key: weakly, and the last eight strongly.
#include "modules/datetime/zoneinfo_rule.h"
#include "objects/type_object.h"
#include "objects/weakref.h"
#include "vm/interpreter_states.h"

#include <new>

namespace taipan::datetime {

struct ZoneData {
    size_t count = 0, period_count = 0; // transitions; distinct periods
    int64_t* utc = nullptr;             // when each transition happens
    int64_t* local[2] = {};             // the same in local time, by fold
    uint8_t* index = nullptr;           // the period that begins there
    Period* periods = nullptr;
    const Period* before = nullptr; // in force before the first transition
    const Period* after = nullptr;  // in force after the last, unless the rule says
    ZoneRule rule;
    bool has_rule = false; // a rule with daylight saving time
    bool fixed = false;    // one offset for all times
};
struct ZoneInfo : TzInfo {
    Object *key, *file_repr, *weaklist;
    ZoneData* zone;
    uint8_t source; // a ZoneSource
    static Type s_type;
};
enum ZoneSource : uint8_t { NotCached, Cached, FromFile };
Type ZoneInfo::s_type;

namespace {

using Self = Borrowed<ZoneInfo>;

struct ZoneCache {
    static constexpr size_t Size = 8;
    Mutex lock;
    ZoneInfo* recent[Size] = {}; // owned, most recent first; only of exact str keys
    Object* weak = nullptr;      // a WeakValueDictionary
};
ZoneCache& cache_of(Thread& t) { return *static_cast<ZoneCache*>(interpreter_states(t)->zoneinfo); }

void zone_data_free(ZoneData* z) {
    if (!z) return;
    for (size_t i = 0; i < z->period_count; ++i) period_release(z->periods[i]);
    period_release(z->rule.standard);
    period_release(z->rule.daylight);
    for (void* p : {static_cast<void*>(z->utc), static_cast<void*>(z->local[0]), static_cast<void*>(z->local[1]),
                    static_cast<void*>(z->index), static_cast<void*>(z->periods)})
        __builtin_free(p);
    delete z;
}
template <class T> T* make_array(size_t count) { return static_cast<T*>(__builtin_calloc(count ? count : 1, sizeof(T))); }

Result<Borrowed<Tuple>> tuple_at(Thread& t, Tuple* data, int i) {
    if (!is<Tuple>(data->items[i])) return raise(t, exc::TypeError, "%d must be tuple, not %T", i, data->items[i]);
    return Borrowed<Tuple>(static_cast<Tuple*>(data->items[i]));
}

/// The difference to standard time is not in the file: inferred from the neighbouring transitions.
void infer_daylight(const ZoneData* z, const int64_t* offsets, const bool* is_daylight, int64_t* out) {
    size_t wanted = 0, found = 0;
    for (size_t i = 0; i < z->period_count; ++i) wanted += is_daylight[i];
    bool all = false;
    for (size_t i = 1; i < z->count; ++i) {
        if ((all = wanted == found)) break;
        size_t index = z->index[i];
        if (!is_daylight[index] || out[index] != 0) continue;
        int64_t difference = 0;
        size_t other = z->index[i - 1];
        if (!is_daylight[other]) difference = offsets[index] - offsets[other];
        if (!difference && index + 1 < z->period_count && i + 1 < z->count) {
            other = z->index[i + 1];
            if (is_daylight[other]) continue; // perhaps a later transition tells
            difference = offsets[index] - offsets[other];
        }
        if (difference) {
            ++found;
            out[index] = difference;
        }
    }
    if (all) return;
    for (size_t i = 0; i < z->period_count; ++i)
        if (is_daylight[i] && !out[i]) out[i] = 3600; // better a guess than none
}
void transitions_in_local_time(ZoneData* z, const int64_t* offsets) {
    for (size_t i = 0; i < z->count; ++i) {
        int64_t low, high;
        if (i == 0 && z->period_count <= 1) low = high = offsets[0];
        else {
            low = i == 0 ? offsets[0] : offsets[z->index[i - 1]];
            high = offsets[z->index[i]];
        }
        if (low > high) std::swap(low, high);
        z->local[0][i] = z->utc[i] + high;
        z->local[1][i] = z->utc[i] + low;
    }
}

Result<void> fill_zone(Thread& t, ZoneData* z, Tuple* data) {
    Borrowed<Tuple> index = TRY(tuple_at(t, data, 0)), utc = TRY(tuple_at(t, data, 1)), offsets = TRY(tuple_at(t, data, 2));
    Borrowed<Tuple> daylight = TRY(tuple_at(t, data, 3)), names = TRY(tuple_at(t, data, 4));
    auto count = static_cast<size_t>(utc->size), periods = static_cast<size_t>(offsets->size);
    if (index->size != utc->size || daylight->size != offsets->size || names->size != offsets->size || periods > 256)
        return raise(t, exc::ValueError, "Invalid TZif file: sizes do not match");
    z->utc = make_array<int64_t>(count);
    z->local[0] = make_array<int64_t>(count);
    z->local[1] = make_array<int64_t>(count);
    z->index = make_array<uint8_t>(count);
    z->periods = make_array<Period>(periods);
    if (!z->utc || !z->local[0] || !z->local[1] || !z->index || !z->periods) return raise_memory_error(t);
    z->count = count;
    z->period_count = periods;
    for (size_t i = 0; i < count; ++i) {
        z->utc[i] = TRY(to_int64(t, utc->items[i]));
        int64_t n = TRY(to_int64(t, index->items[i]));
        if (n < 0 || static_cast<size_t>(n) >= periods)
            return raise(t, exc::ValueError, "Invalid transition index found while reading TZif: %d", n);
        z->index[i] = static_cast<uint8_t>(n);
    }
    int64_t offset_values[256], differences[256] = {};
    bool is_daylight[256];
    for (size_t i = 0; i < periods; ++i) {
        offset_values[i] = TRY(to_int64(t, offsets->items[i]));
        is_daylight[i] = TRY(is_true(t, daylight->items[i]));
    }
    infer_daylight(z, offset_values, is_daylight, differences);
    if (periods) transitions_in_local_time(z, offset_values);
    for (size_t i = 0; i < periods; ++i) TRY(period_fill(t, z->periods[i], offset_values[i], differences[i], names->items[i]));
    // Before the first transition: the first period of standard time.
    for (size_t i = 0; i < periods && !z->before; ++i)
        if (!is_daylight[i]) z->before = &z->periods[i];
    if (!z->before && count) z->before = &z->periods[z->index[0]];
    // After the last.
    Object* text = data->items[5];
    if (is<Bytes>(text) && static_cast<Bytes*>(text)->size > 0) {
        TRY(parse_rule(t, text, static_cast<Bytes*>(text)->view(), &z->rule));
        z->has_rule = z->rule.has_daylight;
        z->after = &z->rule.standard;
    } else {
        if (!periods) return raise(t, exc::ValueError, "No time zone information found.");
        z->after = count ? &z->periods[z->index[count - 1]] : &z->periods[periods - 1];
    }
    if (periods > 1 || z->has_rule) z->fixed = false;
    else if (periods == 0) z->fixed = true;
    else {
        const Period &a = z->periods[0], &b = *z->after;
        z->fixed = delta_compare(a.offset, b.offset) == 0 && delta_compare(a.dst, b.dst) == 0 && TRY(equals(t, a.name, b.name));
    }
    return {};
}

Result<void> load(Thread& t, Self self, Borrowed<Object> file) {
    Ref<Object> read = TRY(import_attribute(t, "zoneinfo._common", "load_data"));
    Ref<Object> data = TRY(call(t, read, file));
    if (!is<Tuple>(data.get())) return raise(t, exc::TypeError, "Invalid data result type: %R", data);
    if (static_cast<Tuple*>(data.get())->size != 6) return raise(t, exc::ValueError, "load_data() should return 6 items");
    auto* zone = new (std::nothrow) ZoneData;
    if (!zone) return raise_memory_error(t);
    auto filled = fill_zone(t, zone, static_cast<Tuple*>(data.get()));
    if (filled.is_error()) {
        zone_data_free(zone);
        return Error{};
    }
    self->zone = zone;
    return {};
}
Result<Ref<ZoneInfo>> new_instance(Thread& t, Type& type, Borrowed<Object> key) {
    Ref<Object> find = TRY(import_attribute(t, "zoneinfo._tzpath", "find_tzfile"));
    Ref<Object> path = TRY(call(t, find, key));
    Ref<Object> file = TRY([&]() -> Result<Ref<Object>> {
        if (is_none(path.get())) {
            Ref<Object> load_tzdata = TRY(import_attribute(t, "zoneinfo._common", "load_tzdata"));
            return call(t, load_tzdata, key);
        }
        Ref<Object> open = TRY(import_attribute(t, "io", "open"));
        Ref<Str> mode = TRY(str_from_utf8(t, "rb"));
        return call(t, open, path, mode);
    }());
    Ref<ZoneInfo> self = TRY(make_instance<ZoneInfo>(t, type));
    auto loaded = load(t, self, file);
    MaybeRef<Object> error = t.take_exception();
    auto closed = call_method(t, file, names::close);
    if (loaded.is_error()) {
        t.clear_exception();
        return t.set_exception(error.take());
    }
    if (closed.is_error()) return Error{};
    self->key = acquire(key).release();
    if (!type.is_heap_type()) gc_track(self.get());
    return self;
}

// The cache

Result<Ref<Object>> weak_cache_new(Thread& t) {
    Ref<Object> type = TRY(import_attribute(t, "weakref", "WeakValueDictionary"));
    return call(t, type);
}
Result<Ref<Object>> weak_cache(Thread& t, Borrowed<Type> type) {
    if (type.get() == &ZoneInfo::s_type) return acquire(cache_of(t).weak);
    Ref<Str> name = TRY(str_interned(t, "_weak_cache"));
    return get_attribute(t, type, name);
}
bool same_key(const ZoneInfo* zone, const Object* key) {
    return zone->key == key || str_equal(static_cast<Str*>(zone->key), static_cast<const Str*>(key));
}
/// Takes the zone out of the strong cache; it comes back owned.
MaybeRef<ZoneInfo> strong_take(ZoneCache& cache, const Object* key) {
    for (size_t i = 0; i < ZoneCache::Size && cache.recent[i]; ++i) {
        ZoneInfo* found = cache.recent[i];
        if (!same_key(found, key)) continue;
        for (; i + 1 < ZoneCache::Size; ++i) cache.recent[i] = cache.recent[i + 1];
        cache.recent[ZoneCache::Size - 1] = nullptr;
        return MaybeRef<ZoneInfo>::steal(found);
    }
    return {};
}
/// Puts the zone in front; what falls out comes back.
MaybeRef<ZoneInfo> strong_put(ZoneCache& cache, Ref<ZoneInfo> zone) {
    ZoneInfo* last = cache.recent[ZoneCache::Size - 1];
    for (size_t i = ZoneCache::Size - 1; i > 0; --i) cache.recent[i] = cache.recent[i - 1];
    cache.recent[0] = zone.release();
    return MaybeRef<ZoneInfo>::steal(last);
}
bool keeps_strongly(const Type* type, const Object* key) { return type == &ZoneInfo::s_type && is_exact<Str>(key); }

Result<Ref<Object>> zoneinfo_new(Thread& t, Borrowed<Type> type, Borrowed<Object> key) {
    ZoneCache& cache = cache_of(t);
    MaybeRef<ZoneInfo> dropped;
    bool strong = keeps_strongly(type.get(), key.get());
    if (strong) {
        MutexLocker locker(cache.lock);
        if (cache.recent[0] && same_key(cache.recent[0], key.get())) return acquire<Object>(cache.recent[0]);
        if (MaybeRef<ZoneInfo> found = strong_take(cache, key.get())) {
            Ref<Object> result = acquire<Object>(found.get());
            dropped = strong_put(cache, found.take());
            return result;
        }
    }
    Ref<Object> weak = TRY(weak_cache(t, type));
    Ref<Str> get = TRY(str_interned(t, "get"));
    Ref<Object> instance = TRY(call_method(t, weak, get, key, Borrowed<Object>(None())));
    if (is_none(instance.get())) {
        Ref<ZoneInfo> made = TRY(new_instance(t, *type.get(), key));
        made->source = Cached;
        Ref<Str> set_default = TRY(str_interned(t, "setdefault"));
        instance = TRY(call_method(t, weak, set_default, key, made));
    }
    if (!is_subtype(instance->type, type.get()))
        return raise(t, exc::RuntimeError, "Unexpected instance of %T in %N weak cache for key %R", instance,
                     static_cast<Object*>(type.get()), key);
    static_cast<ZoneInfo*>(instance.get())->source = Cached;
    if (strong && instance->type == &ZoneInfo::s_type && is_exact<Str>(static_cast<ZoneInfo*>(instance.get())->key)) {
        MaybeRef<ZoneInfo> old;
        MutexLocker locker(cache.lock);
        old = strong_take(cache, key.get());
        dropped = strong_put(cache, acquire(static_cast<ZoneInfo*>(instance.get())));
    }
    return instance;
}
Result<Ref<Object>> no_cache(Thread& t, Borrowed<Type> type, Borrowed<Object> key) {
    Ref<ZoneInfo> self = TRY(new_instance(t, *type.get(), key));
    self->source = NotCached;
    return self;
}
Result<Ref<Object>> from_file(Thread& t, Borrowed<Type> type, Borrowed<Object> file, Borrowed<Object> key) {
    Ref<Str> text = TRY(repr(t, file));
    Ref<ZoneInfo> self = TRY(make_instance<ZoneInfo>(t, *type.get()));
    TRY(load(t, self, file));
    self->source = FromFile;
    self->file_repr = text.release();
    self->key = acquire(key).release();
    if (!type->is_heap_type()) gc_track(self.get());
    return self;
}
Result<void> clear_cache(Thread& t, Borrowed<Type> type, Borrowed<Object> only_keys) {
    ZoneCache& cache = cache_of(t);
    Ref<Object> weak = TRY(weak_cache(t, type));
    if (is_none(only_keys.get())) {
        Ref<Str> clear = TRY(str_interned(t, "clear"));
        TRY(call_method(t, weak, clear));
        if (type.get() != &ZoneInfo::s_type) return {};
        for (;;) {
            MaybeRef<ZoneInfo> dropped;
            MutexLocker locker(cache.lock);
            if (!cache.recent[0]) return {};
            dropped = strong_take(cache, cache.recent[0]->key);
        }
    }
    Ref<Object> iterator = TRY(get_iterator(t, only_keys));
    Ref<Str> pop = TRY(str_interned(t, "pop"));
    for (;;) {
        MaybeRef<Object> key = TRY(next_item(t, iterator));
        if (!key) return {};
        if (keeps_strongly(type.get(), key.get())) {
            MaybeRef<ZoneInfo> dropped;
            MutexLocker locker(cache.lock);
            dropped = strong_take(cache, key.get());
        }
        TRY(call_method(t, weak, pop, Borrowed<Object>(key.get()), Borrowed<Object>(None())));
    }
}
Result<void> init_subclass(Thread& t, Borrowed<Type> type, Args, Kwargs) {
    Ref<Object> weak = TRY(weak_cache_new(t));
    Ref<Str> name = TRY(str_interned(t, "_weak_cache"));
    return set_attribute(t, type, name, weak);
}

// Asking

struct Moment {
    int64_t seconds; // since 1970, as the clock shows it
    int year, fold;
};
Result<Moment> moment_of(Thread& t, Borrowed<Object> dt) {
    if (LIKELY(is<DateTime>(dt.get()))) {
        Fields9 f = fields_of(static_cast<DateTime*>(dt.get()));
        int64_t days = to_ordinal(f.year, f.month, f.day);
        return Moment{days * SecondsPerDay - EpochSeconds + f.hour * 3600 + f.minute * 60 + f.second, f.year, f.fold};
    }
    auto number = [&](const char* text) -> Result<int64_t> {
        Ref<Str> name = TRY(str_interned(t, text));
        Ref<Object> value = TRY(get_attribute(t, dt, name));
        return to_int64(t, value);
    };
    Ref<Str> name = TRY(str_interned(t, "toordinal"));
    Ref<Object> ordinal = TRY(call_method(t, dt, name));
    int64_t days = TRY(to_int64(t, ordinal));
    int64_t hour = TRY(number("hour")), minute = TRY(number("minute")), second = TRY(number("second"));
    int64_t fold = TRY(number("fold")), year = TRY(number("year"));
    return Moment{days * SecondsPerDay - EpochSeconds + hour * 3600 + minute * 60 + second, static_cast<int>(year), fold != 0};
}
size_t transitions_up_to(const int64_t* times, size_t count, int64_t when) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (when < times[middle]) high = middle;
        else low = middle + 1;
    }
    return low;
}
constexpr Period nothing_known{};

Result<const Period*> period_at(Thread& t, Self self, Borrowed<Object> dt) {
    const ZoneData* z = self->zone;
    if (!z) return raise(t, exc::ValueError, "ZoneInfo object is not initialised");
    if (is_none(dt.get())) return z->fixed ? z->after : &nothing_known;
    Moment m = TRY(moment_of(t, dt));
    const int64_t* local = z->local[m.fold];
    if (z->count && m.seconds < local[0]) return z->before;
    if (!z->count || m.seconds > local[z->count - 1]) return z->has_rule ? &z->rule.at_local(m.seconds, m.year, m.fold) : z->after;
    return static_cast<const Period*>(&z->periods[z->index[transitions_up_to(local, z->count, m.seconds) - 1]]);
}
Ref<Object> or_none(Object* o) { return o ? acquire(o) : none_ref(); }
Result<Ref<Object>> utcoffset(Thread& t, Self self, Borrowed<Object> dt) {
    const Period* p = TRY(period_at(t, self, dt));
    return or_none(p ? p->offset : nullptr);
}
Result<Ref<Object>> dst(Thread& t, Self self, Borrowed<Object> dt) {
    const Period* p = TRY(period_at(t, self, dt));
    return or_none(p ? p->dst : nullptr);
}
Result<Ref<Object>> tzname(Thread& t, Self self, Borrowed<Object> dt) {
    const Period* p = TRY(period_at(t, self, dt));
    return or_none(p ? p->name : nullptr);
}
Result<Ref<Object>> fromutc(Thread& t, Self self, Borrowed<Object> object) {
    if (!is<DateTime>(object.get())) return raise(t, exc::TypeError, "fromutc: argument must be a datetime");
    auto* dt = static_cast<DateTime*>(object.get());
    if (dt->tzinfo != self.get()) return raise(t, exc::ValueError, "fromutc: dt.tzinfo is not self");
    const ZoneData* z = self->zone;
    if (!z) return raise(t, exc::ValueError, "ZoneInfo object is not initialised");
    Moment m = TRY(moment_of(t, object));
    const Period* now;
    int fold = 0;
    if (z->count && m.seconds < z->utc[0]) {
        now = z->before;
    } else if (!z->count || m.seconds > z->utc[z->count - 1]) {
        now = z->has_rule ? &z->rule.at_utc(m.seconds, m.year, &fold) : z->after;
        if (z->count) { // right after the last transition, the fold is that transition's, whatever the rule says
            const Period* previous = z->count == 1 ? z->before : &z->periods[z->index[z->count - 2]];
            int64_t overlap = previous->seconds - now->seconds;
            if (overlap > 0 && m.seconds < z->utc[z->count - 1] + overlap) fold = 1;
        }
    } else {
        size_t i = transitions_up_to(z->utc, z->count, m.seconds);
        const Period* previous = i >= 2 ? &z->periods[z->index[i - 2]] : z->before;
        now = &z->periods[z->index[i - 1]];
        fold = previous->seconds - now->seconds > m.seconds - z->utc[i - 1];
    }
    Ref<Object> result = TRY(datetime_add_delta(t, dt, now->offset, 1));
    if (!fold) return result;
    if (result->type == &DateTime::s_type) {
        Fields9 f = fields_of(static_cast<DateTime*>(result.get()));
        f.fold = 1;
        return datetime_make(t, DateTime::s_type, f);
    }
    Ref<Str> replace = TRY(str_interned(t, "replace")), keyword = TRY(str_interned(t, "fold"));
    Ref<Tuple> keywords = TRY(tuple_pack(t, keyword));
    Ref<Int> one = TRY(int_from(t, 1));
    Object* args[] = {nullptr, result.get(), one.get()};
    return vectorcall_method(t, replace.get(), args + 1, 1 | VectorcallOffset, keywords.get());
}

Result<Ref<Object>> zoneinfo_repr(Thread& t, Self self) {
    if (self->key && !is_none(self->key)) return TRY(str_format(t, "%T(key=%R)", self, self->key));
    return TRY(str_format(t, "%T.from_file(%s)", self, none_if_null(self->file_repr)));
}
Result<Ref<Object>> zoneinfo_str(Thread& t, Self self) {
    if (self->key && !is_none(self->key)) return TRY(to_str(t, self->key));
    return TRY(repr(t, self));
}
Result<Ref<Object>> reduce(Thread& t, Self self) {
    if (self->source == FromFile) {
        Ref<Object> error = TRY(import_attribute(t, "pickle", "PicklingError"));
        return raise(t, *static_cast<Type*>(error.get()), "Cannot pickle a ZoneInfo file from a file stream.");
    }
    Ref<Str> name = TRY(str_interned(t, "_unpickle"));
    Ref<Object> constructor = TRY(get_attribute(t, Borrowed<Object>(self->type), name));
    Ref<Int> cached = TRY(int_from(t, self->source == Cached));
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Object>(none_if_null(self->key)), cached));
    return TRY(tuple_pack(t, constructor, args));
}
Result<Ref<Object>> unpickle(Thread& t, Borrowed<Type> type, Borrowed<Object> key, Borrowed<Object> from_cache) {
    if (TRY(is_true(t, from_cache))) return call(t, type, key);
    return no_cache(t, type, key);
}

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<ZoneInfo*>(o);
    if (self->key)
        if (int result = visit(self->key, context)) return result;
    return self->file_repr ? visit(self->file_repr, context) : 0;
}
int clear(Object* o) {
    clear_field(static_cast<ZoneInfo*>(o)->key);
    clear_field(static_cast<ZoneInfo*>(o)->file_repr);
    return 0;
}
void dealloc(Object* o) {
    auto* self = static_cast<ZoneInfo*>(o);
    gc_untrack(o);
    if (self->weaklist) clear_weakrefs(o);
    zone_data_free(self->zone);
    self->zone = nullptr;
    clear(o);
    o->type->free(o);
}

const MemberDef members[] = {{"key", member_type::ObjectOrNone, offsetof(ZoneInfo, key), member_flag::ReadOnly, nullptr}};
const NativeDef methods[] = {
    class_method<clear_cache>("clear_cache", "($type, /, *, only_keys=None)", "Clear the ZoneInfo cache."),
    class_method<no_cache>("no_cache", "($type, /, key)", "Get a new instance of ZoneInfo, bypassing the cache."),
    class_method<from_file>("from_file", "($type, file_obj, /, key=None)", "Create a ZoneInfo file from a file object."),
    method<utcoffset>("utcoffset", "($self, dt, /)", "Retrieve a timedelta representing the UTC offset in a zone at the given datetime."),
    method<dst>("dst", "($self, dt, /)", "Retrieve a timedelta representing the amount of DST applied in a zone at the given datetime."),
    method<tzname>("tzname", "($self, dt, /)",
                   "Retrieve a string containing the abbreviation for the time zone that applies in a zone at a given datetime."),
    method<fromutc>("fromutc", "($self, object, /)",
                    "Given a datetime with local time in UTC, retrieve an adjusted datetime in local time."),
    method<reduce>("__reduce__", "($self, /)", "Function for serialization with the pickle protocol."),
    class_method<unpickle>("_unpickle", "($type, key, from_cache, /)", "Private method used in unpickling."),
    class_method<init_subclass>("__init_subclass__", "(*args, **kwargs)", "Function to initialize subclasses."),
};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    typed_new<zoneinfo_new, "ZoneInfo", "(key)">(),
    unary_slot<SlotId::tp_repr, zoneinfo_repr>(),
    unary_slot<SlotId::tp_str, zoneinfo_str>(),
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_clear, &clear),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};
const TypeSpec zoneinfo_spec = {.type = &ZoneInfo::s_type,
                                .name = "zoneinfo.ZoneInfo",
                                .base = &TzInfo::s_type,
                                .basicsize = sizeof(ZoneInfo),
                                .flags = type_flag::BaseType | type_flag::Gc,
                                .slots = slots,
                                .methods = methods,
                                .members = members,
                                .weaklist_offset = offsetof(ZoneInfo, weaklist)};

void drop_cache(InterpreterStates& states) {
    auto* cache = static_cast<ZoneCache*>(std::exchange(states.zoneinfo, nullptr));
    for (ZoneInfo*& zone : cache->recent) clear_field(zone);
    clear_field(cache->weak);
    delete cache;
}

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(import_module(t, "_datetime")); // the base class is readied there
    TRY(module_add_type(t, module, zoneinfo_spec));
    InterpreterStates* states = interpreter_states(t);
    if (!states) return raise_memory_error(t);
    if (states->zoneinfo) return {};
    auto* cache = new (std::nothrow) ZoneCache;
    if (!cache) return raise_memory_error(t);
    auto weak = weak_cache_new(t);
    if (weak.is_error()) {
        delete cache;
        return Error{};
    }
    cache->weak = weak.take().release();
    states->zoneinfo = cache;
    if (!interpreter_drops(states, drop_cache)) return raise_memory_error(t);
    return {};
}

} // namespace
} // namespace taipan::datetime

namespace taipan {
extern const ModuleSpec zoneinfo_module;
const ModuleSpec zoneinfo_module = {.name = "_zoneinfo", .doc = "C implementation of the zoneinfo module", .exec = datetime::exec};
} // namespace taipan
