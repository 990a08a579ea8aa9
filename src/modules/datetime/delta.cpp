// datetime.timedelta. Arithmetic runs in 128-bit microseconds, in which any timedelta fits with room to spare; what does
// not fit there (huge int operands) goes through Python's ints.
#include "modules/datetime/datetime.h"
#include "objects/float.h"

#include <cmath>

namespace taipan::datetime {

Type Delta::s_type;

using Self = Borrowed<Delta>;
using Wide = __int128;

namespace {

constinit Delta g_min = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, -MaxDeltaDays, 0, 0};
constinit Delta g_max = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, MaxDeltaDays, 86399, 999999};
constinit Delta g_resolution = {{TAIPAN_STATIC_HEAD(&Delta::s_type)}, -1, 0, 0, 1};

Wide micros_of(const Delta* d) { return (Wide{d->days} * SecondsPerDay + d->seconds) * MicrosPerSecond + d->microseconds; }
Error raise_too_large(Thread& t) { return raise(t, exc::OverflowError, "Python int too large to convert to C int"); }
Wide floor_divide(Wide a, Wide b) {
    Wide q = a / b;
    return (a % b != 0 && (a % b < 0) != (b < 0)) ? q - 1 : q;
}
Result<Ref<Delta>> from_micros(Thread& t, Wide micros, Type& type = Delta::s_type) {
    Wide days = floor_divide(micros, MicrosPerDay);
    if (days < INT32_MIN || days > INT32_MAX) return raise_too_large(t);
    auto rest = static_cast<int64_t>(micros - days * MicrosPerDay);
    return delta_new(t, static_cast<int64_t>(days), rest / MicrosPerSecond, rest % MicrosPerSecond, type);
}
Result<Ref<Int>> wide_to_int(Thread& t, Wide value) {
    if (value >= INT64_MIN && value <= INT64_MAX) return int_from(t, static_cast<int64_t>(value));
    bool negative = value < 0;
    auto magnitude = negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    uint32_t digits[5];
    intptr_t count = 0;
    for (; magnitude; magnitude >>= 30) digits[count++] = static_cast<uint32_t>(magnitude & Int::DigitMask);
    return int_from_digits(t, negative, digits, count);
}
/// False: more than 120 bits.
bool int_to_wide(const Int* value, Wide* out) {
    if (value->digit_count() > 4) return false;
    Wide result = 0;
    for (intptr_t i = value->is_zero() ? 0 : value->digit_count(); i-- > 0;) result = result << 30 | value->digits[i];
    *out = value->is_negative() ? -result : result;
    return true;
}
Result<Ref<Delta>> from_micros_int(Thread& t, Borrowed<Object> micros) {
    Wide value;
    if (!is<Int>(micros.get())) return raise(t, exc::TypeError, "divmod() returned non-tuple (type %T)", micros);
    if (!int_to_wide(static_cast<Int*>(micros.get()), &value)) return raise_too_large(t);
    return from_micros(t, value);
}

// The constructor

struct Sum {
    Wide small = 0;
    MaybeRef<Object> big; // an int
    double leftover = 0;

    Result<void> add_int(Thread& t, Borrowed<Int> value, int64_t factor) {
        Wide wide, product, total;
        if (int_to_wide(value.get(), &wide) && !__builtin_mul_overflow(wide, Wide{factor}, &product) &&
            !__builtin_add_overflow(small, product, &total)) {
            small = total;
            return {};
        }
        Ref<Int> scale = TRY(int_from(t, factor));
        Ref<Object> scaled = TRY(int_multiply(t, value, scale));
        big = big ? TRY(add(t, Borrowed<Object>(big.get()), scaled)) : std::move(scaled);
        return {};
    }
};
Result<void> accumulate(Thread& t, Sum& sum, const char* tag, Object* value, int64_t factor) {
    if (!value) return {};
    if (is<Int>(value)) return sum.add_int(t, static_cast<Int*>(value), factor);
    if (!is<Float>(value)) return raise(t, exc::TypeError, "unsupported type for timedelta %s component: %T", tag, value);
    double whole, fraction = std::modf(static_cast<Float*>(value)->value, &whole);
    Ref<Int> part = TRY(int_from_double(t, std::isnan(fraction) ? fraction : whole));
    TRY(sum.add_int(t, part, factor));
    if (fraction == 0.0) return {};
    double rest = std::modf(static_cast<double>(factor) * fraction, &whole);
    part = TRY(int_from_double(t, whole));
    TRY(sum.add_int(t, part, 1));
    sum.leftover += rest;
    return {};
}

Result<Ref<Object>> construct_delta(Thread& t, Type* type, Object* const* args, size_t nargs, Object* kwnames) {
    static constexpr const char* const names[] = {"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks", nullptr};
    Object* given[7];
    TRY(bind_constructor(t, names, 7, 0, args, nargs, kwnames, given));
    Sum sum;
    TRY(accumulate(t, sum, "microseconds", given[2], 1));
    TRY(accumulate(t, sum, "milliseconds", given[3], 1000));
    TRY(accumulate(t, sum, "seconds", given[1], MicrosPerSecond));
    TRY(accumulate(t, sum, "minutes", given[4], 60 * MicrosPerSecond));
    TRY(accumulate(t, sum, "hours", given[5], 3600 * MicrosPerSecond));
    TRY(accumulate(t, sum, "days", given[0], MicrosPerDay));
    TRY(accumulate(t, sum, "weeks", given[6], 7 * MicrosPerDay));
    if (sum.big) {
        Ref<Int> small = TRY(wide_to_int(t, sum.small));
        Ref<Object> total = TRY(add(t, Borrowed<Object>(sum.big.get()), small));
        if (!int_to_wide(static_cast<Int*>(total.get()), &sum.small)) return raise_too_large(t);
    }
    if (sum.leftover != 0) {
        double whole = std::round(sum.leftover);
        if (std::fabs(whole - sum.leftover) == 0.5) { // half to even, of the whole sum
            int odd = static_cast<int>(sum.small & 1);
            whole = 2.0 * std::round((sum.leftover + odd) * 0.5) - odd;
        }
        sum.small += static_cast<int64_t>(whole);
    }
    return TRY(from_micros(t, sum.small, *type));
}
Object* construct(Thread& t, Type* type, Object* const* args, size_t nargs, Object* kwnames) {
    return construct_delta(t, type, args, nargs, kwnames).release_or_null();
}

// Operators

/// (m / n), rounded half to even.
Wide divide_nearest(Wide m, Wide n) {
    Wide q = floor_divide(m, n), r = m - q * n; // r has n's sign
    Wide twice = r * 2;
    bool greater = n > 0 ? twice > n : twice < n;
    if (greater || (twice == n && (q & 1))) ++q;
    return q;
}
Result<Ref<Delta>> divide_nearest_ints(Thread& t, Borrowed<Object> m, Borrowed<Object> n) {
    Wide a, b;
    if (int_to_wide(static_cast<Int*>(m.get()), &a) && int_to_wide(static_cast<Int*>(n.get()), &b) && b != 0)
        return from_micros(t, divide_nearest(a, b));
    Ref<Object> pair = TRY(divmod(t, m, n));
    auto* tuple = static_cast<Tuple*>(pair.get());
    Ref<Object> q = acquire(tuple->items[0]);
    Ref<Int> two = TRY(int_from(t, 2));
    Ref<Object> twice = TRY(binary_op(t, BinaryOp::Multiply, tuple->items[1], two));
    bool positive = static_cast<Int*>(n.get())->sign() > 0;
    bool greater = TRY(compare_bool(t, twice, n, positive ? Comparison::Gt : Comparison::Lt));
    if (!greater && TRY(equals(t, twice, n))) {
        auto* quotient = static_cast<Int*>(q.get());
        greater = !quotient->is_zero() && (quotient->digits[0] & 1);
    }
    if (greater) {
        Ref<Int> one = TRY(int_from(t, 1));
        q = TRY(add(t, q, one));
    }
    return from_micros_int(t, q);
}
Result<Ref<Object>> scale_by_ratio(Thread& t, const Delta* d, Borrowed<Object> value, bool multiply) {
    Ref<Str> name = TRY(str_interned(t, "as_integer_ratio"));
    Ref<Object> ratio = TRY(call_method(t, value, name));
    if (!is<Tuple>(ratio.get()))
        return raise(t, exc::TypeError, "unexpected return type from as_integer_ratio(): expected tuple, not '%T'", ratio);
    auto* pair = static_cast<Tuple*>(ratio.get());
    if (pair->size != 2) return raise(t, exc::ValueError, "as_integer_ratio() must return a 2-tuple");
    if (!is<Int>(pair->items[0]) || !is<Int>(pair->items[1])) return raise(t, exc::TypeError, "non-integer arguments in division");
    Ref<Int> micros = TRY(wide_to_int(t, micros_of(d)));
    Ref<Object> product = TRY(binary_op(t, BinaryOp::Multiply, micros, pair->items[multiply ? 0 : 1]));
    Object* divisor = pair->items[multiply ? 1 : 0];
    if (static_cast<Int*>(divisor)->is_zero()) return raise(t, exc::ZeroDivisionError, "division by zero");
    return TRY(divide_nearest_ints(t, product, divisor));
}
Result<Ref<Object>> multiply_by_int(Thread& t, const Delta* d, Borrowed<Int> factor) {
    Wide wide, product;
    if (int_to_wide(factor.get(), &wide) && !__builtin_mul_overflow(micros_of(d), wide, &product)) return TRY(from_micros(t, product));
    if (delta_is_zero(d)) return TRY(from_micros(t, 0));
    return raise_too_large(t);
}

Result<Ref<Object>> delta_add(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Delta>(a.get()) || !is<Delta>(b.get())) return not_implemented_ref();
    auto *x = static_cast<Delta*>(a.get()), *y = static_cast<Delta*>(b.get());
    return TRY(delta_new(t, int64_t{x->days} + y->days, int64_t{x->seconds} + y->seconds, int64_t{x->microseconds} + y->microseconds));
}
Result<Ref<Object>> delta_sub(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Delta>(a.get()) || !is<Delta>(b.get())) return not_implemented_ref();
    return TRY(delta_subtract(t, static_cast<Delta*>(a.get()), static_cast<Delta*>(b.get())));
}
Result<Ref<Object>> delta_negative(Thread& t, Self self) {
    return TRY(delta_new(t, -int64_t{self->days}, -int64_t{self->seconds}, -int64_t{self->microseconds}));
}
Result<Ref<Object>> delta_positive(Thread& t, Self self) { return TRY(delta_new(t, self->days, self->seconds, self->microseconds)); }
Result<Ref<Object>> delta_absolute(Thread& t, Self self) { return self->days < 0 ? delta_negative(t, self) : delta_positive(t, self); }
bool delta_truth(Thread&, Self self) { return !delta_is_zero(self.get()); }

Result<Ref<Object>> delta_multiply(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Delta>(a.get())) std::swap(a, b);
    if (!is<Delta>(a.get())) return not_implemented_ref();
    auto* d = static_cast<Delta*>(a.get());
    if (is<Int>(b.get())) return multiply_by_int(t, d, static_cast<Int*>(b.get()));
    if (is<Float>(b.get())) return scale_by_ratio(t, d, b, true);
    return not_implemented_ref();
}
Error raise_division(Thread& t) { return raise(t, exc::ZeroDivisionError, "division by zero"); }
Result<Ref<Object>> delta_floor_divide(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Delta>(a.get())) return not_implemented_ref();
    Wide micros = micros_of(static_cast<Delta*>(a.get()));
    if (is<Delta>(b.get())) {
        Wide divisor = micros_of(static_cast<Delta*>(b.get()));
        if (divisor == 0) return raise_division(t);
        return TRY(wide_to_int(t, floor_divide(micros, divisor)));
    }
    if (!is<Int>(b.get())) return not_implemented_ref();
    Wide divisor;
    if (int_to_wide(static_cast<Int*>(b.get()), &divisor)) {
        if (divisor == 0) return raise_division(t);
        return TRY(from_micros(t, floor_divide(micros, divisor)));
    }
    bool negative = static_cast<Int*>(b.get())->is_negative();
    return TRY(from_micros(t, micros == 0 || (micros < 0) == negative ? 0 : -1));
}
Result<Ref<Object>> delta_true_divide(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Delta>(a.get())) return not_implemented_ref();
    auto* d = static_cast<Delta*>(a.get());
    if (is<Delta>(b.get())) {
        Ref<Int> x = TRY(wide_to_int(t, micros_of(d)));
        Ref<Int> y = TRY(wide_to_int(t, micros_of(static_cast<Delta*>(b.get()))));
        return binary_op(t, BinaryOp::TrueDivide, x, y);
    }
    if (is<Float>(b.get())) return scale_by_ratio(t, d, b, false);
    if (!is<Int>(b.get())) return not_implemented_ref();
    if (static_cast<Int*>(b.get())->is_zero()) return raise_division(t);
    Ref<Int> micros = TRY(wide_to_int(t, micros_of(d)));
    return TRY(divide_nearest_ints(t, micros, b));
}
Result<Ref<Object>> delta_remainder(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Delta>(a.get()) || !is<Delta>(b.get())) return not_implemented_ref();
    Wide x = micros_of(static_cast<Delta*>(a.get())), y = micros_of(static_cast<Delta*>(b.get()));
    if (y == 0) return raise_division(t);
    return TRY(from_micros(t, x - floor_divide(x, y) * y));
}
Result<Ref<Object>> delta_divmod(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    if (!is<Delta>(a.get()) || !is<Delta>(b.get())) return not_implemented_ref();
    Wide x = micros_of(static_cast<Delta*>(a.get())), y = micros_of(static_cast<Delta*>(b.get()));
    if (y == 0) return raise_division(t);
    Wide q = floor_divide(x, y);
    Ref<Int> quotient = TRY(wide_to_int(t, q));
    Ref<Delta> rest = TRY(from_micros(t, x - q * y));
    return TRY(tuple_pack(t, quotient, rest));
}
Result<Ref<Object>> delta_richcompare(Thread&, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<Delta>(b.get())) return not_implemented_ref();
    return compare_result(delta_compare(static_cast<Delta*>(a.get()), static_cast<Delta*>(b.get())), op);
}
Result<intptr_t> hash_slot(Thread& t, Self self) { return delta_hash(t, self.get()); }

// Text and pickling

Result<Ref<Object>> delta_repr(Thread& t, Self self) {
    StrBuilder b(t);
    Ref<Str> head = TRY(str_format(t, "%T(", self));
    TRY(b.append(head.get()));
    const char* separator = "";
    const struct {
        const char* name;
        int value;
    } parts[] = {{"days", self->days}, {"seconds", self->seconds}, {"microseconds", self->microseconds}};
    for (const auto& part : parts) {
        if (!part.value) continue;
        char text[48];
        int n = snprintf(text, sizeof text, "%s%s=%d", separator, part.name, part.value);
        TRY(b.append_ascii({text, static_cast<size_t>(n)}));
        separator = ", ";
    }
    if (!*separator) TRY(b.append_char('0'));
    TRY(b.append_char(')'));
    return TRY(b.finish());
}
Result<Ref<Str>> delta_str(Thread& t, Self self) {
    int minutes = self->seconds / 60;
    char text[64];
    int n = 0;
    if (self->days) n = snprintf(text, sizeof text, "%d day%s, ", self->days, self->days == 1 || self->days == -1 ? "" : "s");
    n += snprintf(text + n, sizeof text - static_cast<size_t>(n), "%d:%02d:%02d", minutes / 60, minutes % 60, self->seconds % 60);
    if (self->microseconds) n += snprintf(text + n, sizeof text - static_cast<size_t>(n), ".%06d", self->microseconds);
    return str_from_utf8(t, {text, static_cast<size_t>(n)});
}
Result<Ref<Tuple>> state_tuple(Thread& t, const Delta* self) {
    Ref<Int> days = TRY(int_from(t, self->days)), seconds = TRY(int_from(t, self->seconds)), micros = TRY(int_from(t, self->microseconds));
    return tuple_pack(t, days, seconds, micros);
}
Result<Ref<Object>> delta_reduce(Thread& t, Self self) {
    Ref<Tuple> state = TRY(state_tuple(t, self.get()));
    return TRY(tuple_pack(t, Borrowed<Object>(self->type), state));
}

const MemberDef members[] = {
    {"days", member_type::Int, offsetof(Delta, days), member_flag::ReadOnly, "Number of days."},
    {"seconds", member_type::Int, offsetof(Delta, seconds), member_flag::ReadOnly, "Number of seconds (>= 0 and less than 1 day)."},
    {"microseconds", member_type::Int, offsetof(Delta, microseconds), member_flag::ReadOnly,
     "Number of microseconds (>= 0 and less than 1 second)."},
};
const NativeDef methods[] = {
    method<delta_total_seconds>("total_seconds", "($self, /)", "Total seconds in the duration."),
    method<delta_reduce>("__reduce__", "($self, /)", "__reduce__() -> (cls, state)"),
};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_new, &Constructor<construct>::construct),
    raw_slot(SlotId::tp_vectorcall, &Constructor<construct>::vectorcall),
    unary_slot<SlotId::tp_repr, delta_repr>(),
    unary_slot<SlotId::tp_str, delta_str>(),
    size_slot<SlotId::tp_hash, hash_slot>(),
    compare_slot<SlotId::tp_richcompare, delta_richcompare>(),
    binary_slot<SlotId::nb_add, delta_add>(),
    binary_slot<SlotId::nb_subtract, delta_sub>(),
    binary_slot<SlotId::nb_multiply, delta_multiply>(),
    binary_slot<SlotId::nb_remainder, delta_remainder>(),
    binary_slot<SlotId::nb_divmod, delta_divmod>(),
    unary_slot<SlotId::nb_negative, delta_negative>(),
    unary_slot<SlotId::nb_positive, delta_positive>(),
    unary_slot<SlotId::nb_absolute, delta_absolute>(),
    inquiry_slot<SlotId::nb_bool, delta_truth>(),
    binary_slot<SlotId::nb_floor_divide, delta_floor_divide>(),
    binary_slot<SlotId::nb_true_divide, delta_true_divide>(),
};
Result<void> ready(Thread& t, Type& type) {
    auto* dict = static_cast<Dict*>(type.dict);
    TRY(dict_set_ascii(t, dict, "resolution", &g_resolution));
    TRY(dict_set_ascii(t, dict, "min", &g_min));
    return dict_set_ascii(t, dict, "max", &g_max);
}

} // namespace

Result<Ref<Delta>> delta_new(Thread& t, int64_t days, int64_t seconds, int64_t microseconds, Type& type) {
    if (microseconds < 0 || microseconds >= MicrosPerSecond) {
        int64_t carry = microseconds / MicrosPerSecond - (microseconds % MicrosPerSecond < 0);
        seconds += carry;
        microseconds -= carry * MicrosPerSecond;
    }
    if (seconds < 0 || seconds >= SecondsPerDay) {
        int64_t carry = seconds / SecondsPerDay - (seconds % SecondsPerDay < 0);
        days += carry;
        seconds -= carry * SecondsPerDay;
    }
    if (days < -MaxDeltaDays || days > MaxDeltaDays)
        return raise(t, exc::OverflowError, "days=%d; must have magnitude <= %d", days, MaxDeltaDays);
    Ref<Delta> self = TRY(make_instance<Delta>(t, type));
    self->cached_hash = -1;
    self->days = static_cast<int>(days);
    self->seconds = static_cast<int>(seconds);
    self->microseconds = static_cast<int>(microseconds);
    return self;
}
Result<Ref<Delta>> delta_subtract(Thread& t, const Delta* a, const Delta* b) {
    return delta_new(t, int64_t{a->days} - b->days, int64_t{a->seconds} - b->seconds, int64_t{a->microseconds} - b->microseconds);
}
int delta_compare(const Delta* a, const Delta* b) {
    if (a->days != b->days) return a->days < b->days ? -1 : 1;
    if (a->seconds != b->seconds) return a->seconds < b->seconds ? -1 : 1;
    return a->microseconds == b->microseconds ? 0 : a->microseconds < b->microseconds ? -1 : 1;
}
Result<intptr_t> delta_hash(Thread& t, Delta* self) {
    intptr_t known = __atomic_load_n(&self->cached_hash, __ATOMIC_RELAXED);
    if (known != -1) return known;
    Ref<Tuple> state = TRY(state_tuple(t, self));
    known = TRY(hash(t, state));
    __atomic_store_n(&self->cached_hash, known, __ATOMIC_RELAXED);
    return known;
}
Result<Ref<Object>> delta_total_seconds(Thread& t, Borrowed<Delta> self) {
    Wide micros = micros_of(self.get());
    constexpr int64_t exact = int64_t{1} << 53;
    if (micros >= -exact && micros <= exact) return TRY(float_from(t, static_cast<double>(micros) / 1e6));
    Ref<Int> total = TRY(wide_to_int(t, micros)), million = TRY(int_from(t, MicrosPerSecond));
    return binary_op(t, BinaryOp::TrueDivide, total, million);
}

const TypeSpec delta_spec = {
    .type = &Delta::s_type,
    .name = "datetime.timedelta",
    .basicsize = sizeof(Delta),
    .flags = type_flag::BaseType,
    .doc = "A length of time, to the microsecond; it can be negative.\n\n"
           "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\n"
           "The arguments, ints or floats, are added up and kept as days, seconds and\n"
           "microseconds; OverflowError beyond 999999999 days.",
    .slots = slots,
    .methods = methods,
    .members = members,
    .ready = ready,
};

} // namespace taipan::datetime
