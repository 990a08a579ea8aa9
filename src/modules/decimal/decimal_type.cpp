// decimal.Decimal: construction, operators, methods.
#include "modules/decimal/decimal.h"

#include "base/float_text.h"
#include "modules/decimal/docs.h"
#include "objects/dict.h"
#include "objects/int_gmp.h"
#include "objects/module.h"
#include "objects/str_codecs.h"
#include "objects/type_object.h"

#include <cmath>
#include <cstring>

namespace taipan::decimal {

Type Decimal::s_type;

namespace {
using Self = Borrowed<Decimal>;
}

Result<Ref<Decimal>> decimal_new(Thread& t, const Number& value, Type& type) {
    Ref<Object> object = TRY(allocate_object(t, type));
    Ref<Decimal> self = steal(static_cast<Decimal*>(object.release()));
    self->kind = value.kind;
    self->negative = value.negative;
    self->exponent = value.is_special() ? 0 : value.exponent;
    self->digits = value.digits;
    self->hash.store(-1, std::memory_order_relaxed);
    size_t size = mpz_size(value.coefficient);
    mp_limb_t* limbs = self->limbs;
    if (size > Decimal::InlineLimbs) {
        limbs = self->more = static_cast<mp_limb_t*>(raw_alloc(size * sizeof(mp_limb_t)));
        if (!limbs) return raise_memory_error(t);
    }
    self->size = static_cast<uint32_t>(size);
    if (size) memcpy(limbs, mpz_limbs_read(value.coefficient), size * sizeof(mp_limb_t));
    if (type.has(type_flag::Gc)) gc_track(self.get());
    return self;
}

Result<Ref<Decimal>> decimal_new(Thread& t, const small::Value& value, Type& type) {
    Ref<Object> object = TRY(allocate_object(t, type));
    Ref<Decimal> self = steal(static_cast<Decimal*>(object.release()));
    self->kind = Kind::Finite;
    self->negative = value.negative;
    self->exponent = value.exponent;
    self->digits = value.digits;
    self->hash.store(-1, std::memory_order_relaxed);
    self->limbs[0] = static_cast<mp_limb_t>(value.coefficient);
    self->limbs[1] = static_cast<mp_limb_t>(value.coefficient >> 64);
    self->size = self->limbs[1] ? 2 : self->limbs[0] ? 1 : 0;
    if (type.has(type_flag::Gc)) gc_track(self.get());
    return self;
}

Result<void> report(Thread& t, DecimalContext* context, uint32_t s) {
    if (LIKELY(s == 0)) return {};
    if (s & status::NoMemory) return raise_memory_error(t);
    uint32_t signals = status::signals(s), traps = context->traps->mask.load(std::memory_order_relaxed);
    if (signals & ~context->flags->mask.load(std::memory_order_relaxed)) context->flags->mask.fetch_or(signals, std::memory_order_relaxed);
    if (LIKELY((signals & traps) == 0)) return {};
    State* state = state_of(t);
    Ref<List> list = TRY(list_new(t));
    if (s & traps & status::InvalidOperation) TRY(list_append(t, list, acquire<Object>(state->signals[0])));
    if (traps & status::InvalidOperation)
        for (int i = 0; i < 4; ++i)
            if (s & (status::ConversionSyntax << i)) TRY(list_append(t, list, acquire<Object>(state->conditions[i])));
    for (int i = 1; i < 9; ++i)
        if (s & traps & (1u << i)) TRY(list_append(t, list, acquire<Object>(state->signals[i])));
    return raise_object(t, *state->signals[__builtin_ctz(signals & traps)], list);
}
Result<base::String> text_in(Thread& t, const Number& value, bool engineering, bool capitals) {
    base::String text;
    if (!base::attempt([&] { text = to_text(value, engineering, capitals); })) return raise_memory_error(t);
    return text;
}
Result<Ref<Object>> finish(Thread& t, DecimalContext* context, uint32_t s, const Number& value) {
    TRY(report(t, context, s));
    return TRY(decimal_new(t, value));
}
Result<Ref<Object>> finish(Thread& t, DecimalContext* context, uint32_t s, const small::Value& value) {
    TRY(report(t, context, s));
    return TRY(decimal_new(t, value));
}

namespace {

Result<void> load_int(Thread& t, Number& out, const Int* value) {
    gmp::Limbs limbs;
    if (!limbs.load(value)) return raise_memory_error(t);
    mpz_t view;
    mpz_roinit_n(view, limbs.data(), static_cast<mp_size_t>(limbs.size));
    auto copy = [&] {
        out.set_zero(value->is_negative(), 0);
        mpz_set(out.coefficient, view);
        out.count();
    };
    if (!attempt(copy, out)) return raise_memory_error(t);
    return {};
}
Result<Ref<Decimal>> from_int(Thread& t, const Int* value, Type& type = Decimal::s_type) {
    if (int64_t word; int_fits_int64(value, &word)) {
        uint64_t magnitude = word < 0 ? -static_cast<uint64_t>(word) : static_cast<uint64_t>(word);
        return decimal_new(t, small::Value{magnitude, 0, small::count_digits(magnitude), word < 0}, type);
    }
    Number number;
    TRY(load_int(t, number, value));
    return decimal_new(t, number, type);
}
/// What Decimal() cannot hold exactly.
bool is_exact(const Number& n) {
    if (n.is_special()) return true;
    if (n.is_zero()) return n.exponent >= MinEtiny && n.exponent <= MaxEmax;
    return n.adjusted() <= MaxEmax && n.exponent >= MinEtiny;
}
Result<Ref<Object>> make(Thread& t, Type& type, Number& number, DecimalContext* context, bool round, uint32_t s = 0) {
    if (round) {
        attempt_in(s, [&] { finalize(number, context->settings(), s); }, number);
    } else if (!is_exact(number)) {
        number.set_nan();
        s |= status::InvalidOperation;
    }
    TRY(report(t, context, s));
    return TRY(decimal_new(t, number, type));
}

Result<Ref<Object>> from_text(Thread& t, Type& type, Str* text, DecimalContext* context, bool round) {
    base::TextBuffer buffer;
    auto length = static_cast<size_t>(text->length);
    bool enough;
    switch (text->kind()) {
    case 1: enough = base::transform_decimal_and_space(text->data8(), length, buffer); break;
    case 2: enough = base::transform_decimal_and_space(text->data16(), length, buffer); break;
    default: enough = base::transform_decimal_and_space(text->data32(), length, buffer);
    }
    if (!enough) return raise_memory_error(t);
    std::string_view view(buffer.data(), buffer.size());
    // Only the constructor is so generous.
    auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f'); };
    while (!round && !view.empty() && blank(view.front())) view.remove_prefix(1);
    while (!round && !view.empty() && blank(view.back())) view.remove_suffix(1);
    base::TextBuffer plain;
    if (!round && view.find('_') != std::string_view::npos) {
        for (char c : view)
            if (c != '_') plain.push(c);
        if (plain.failed()) return raise_memory_error(t);
        view = {plain.data(), plain.size()};
    }
    if (small::Value value; !round && small::parse(view, value)) return TRY(decimal_new(t, value, type));
    Number number;
    uint32_t s = 0;
    bool is_number = false;
    if (!attempt([&] { is_number = parse(view, number); }, number)) return raise_memory_error(t);
    if (!is_number || (round && number.is_nan() && number.digits > context->settings().prec - context->settings().clamp)) {
        number.set_nan();
        s = status::ConversionSyntax;
    }
    return make(t, type, number, context, round, s);
}

Result<Ref<Object>> from_sequence(Thread& t, Type& type, Borrowed<Object> object, DecimalContext* context, bool round) {
    Ref<Tuple> parts = TRY(to_tuple(t, object));
    if (parts->size != 3) return raise(t, exc::ValueError, "argument must be a sequence of length 3");
    int64_t sign;
    if (!is<Int>(parts->items[0]) || !int_fits_int64(static_cast<Int*>(parts->items[0]), &sign) || (sign != 0 && sign != 1))
        return raise(t, exc::ValueError, "sign must be an integer with the value 0 or 1");
    base::TextBuffer text;
    auto add = [&](std::string_view part) { text.append(part.data(), part.size()); };
    if (sign) text.push('-');
    char special = 0;
    int64_t exponent = 0;
    Object* third = parts->items[2];
    if (is<Str>(third)) {
        if (str_equals_ascii(static_cast<Str*>(third), "F")) special = 'F', add("Inf");
        else if (str_equals_ascii(static_cast<Str*>(third), "n")) special = 'n', add("NaN");
        else if (str_equals_ascii(static_cast<Str*>(third), "N")) special = 'N', add("sNaN");
        else return raise(t, exc::ValueError, "string argument in the third position must be 'F', 'n' or 'N'");
    } else {
        if (!is<Int>(third)) return raise(t, exc::ValueError, "exponent must be an integer");
        exponent = TRY(to_index_size(t, third, exc::OverflowError));
    }
    if (special != 'F' || !is<Tuple>(parts->items[1])) {
        if (!is<Tuple>(parts->items[1]) && !is<List>(parts->items[1]))
            return raise(t, exc::ValueError, "coefficient must be a tuple of digits");
    }
    Ref<Tuple> digits = TRY(to_tuple(t, Borrowed<Object>(parts->items[1])));
    if (special != 'F' && digits->size == 0 && !special) text.push('0');
    for (Object* o : digits->span()) {
        int64_t digit;
        if (!is<Int>(o) || !int_fits_int64(static_cast<Int*>(o), &digit) || digit < 0 || digit > 9)
            return raise(t, exc::ValueError, "coefficient must be a tuple of digits");
        if (special != 'F') text.push(static_cast<char>('0' + digit));
    }
    if (!special) {
        char buffer[32];
        snprintf(buffer, sizeof buffer, "E%lld", static_cast<long long>(exponent));
        add(buffer);
    }
    if (text.failed()) return raise_memory_error(t);
    Number number;
    uint32_t s = 0;
    bool is_number = false;
    if (!attempt([&] { is_number = parse({text.data(), text.size()}, number); }, number)) return raise_memory_error(t);
    if (!is_number) {
        number.set_nan();
        s = status::ConversionSyntax;
    }
    return make(t, type, number, context, round, s);
}

void load_double(Number& out, double value) {
    if (std::isnan(value)) {
        out.set_nan();
        out.negative = std::signbit(value);
        return;
    }
    if (std::isinf(value)) return out.set_infinity(value < 0);
    int exponent;
    double fraction = std::frexp(std::fabs(value), &exponent);
    out.set_zero(std::signbit(value), 0);
    if (value == 0) return;
    mpz_set_d(out.coefficient, std::ldexp(fraction, 53));
    exponent -= 53;
    auto zeros = static_cast<int>(mpz_scan1(out.coefficient, 0));
    mpz_tdiv_q_2exp(out.coefficient, out.coefficient, static_cast<mp_bitcnt_t>(zeros));
    exponent += zeros;
    if (exponent >= 0) {
        mpz_mul_2exp(out.coefficient, out.coefficient, static_cast<mp_bitcnt_t>(exponent));
    } else { // n / 2**k = n * 5**k / 10**k
        mpz_t five;
        mpz_init(five);
        mpz_ui_pow_ui(five, 5, static_cast<unsigned long>(-exponent));
        mpz_mul(out.coefficient, out.coefficient, five);
        mpz_clear(five);
        out.exponent = exponent;
    }
    out.count();
}
Result<void> load_float(Thread& t, Number& out, double value) {
    if (!attempt([&] { load_double(out, value); }, out)) return raise_memory_error(t);
    return {};
}

} // namespace

Result<Ref<Object>> decimal_from_float(Thread& t, Type& type, Borrowed<Object> object, DecimalContext* round_to) {
    Number number;
    if (is<Int>(object.get())) TRY(load_int(t, number, static_cast<Int*>(object.get())));
    else if (is<Float>(object.get())) TRY(load_float(t, number, static_cast<Float*>(object.get())->value));
    else return raise(t, exc::TypeError, "argument must be int or float");
    if (round_to) return make(t, Decimal::s_type, number, round_to, true);
    Ref<Object> exact = TRY(decimal_new(t, number));
    if (&type == &Decimal::s_type) return exact;
    return call(t, Borrowed<Object>(&type), exact);
}

Result<Ref<Object>> decimal_from(Thread& t, Type& type, Borrowed<Object> object, DecimalContext* context, bool round) {
    if (is<Decimal>(object.get())) {
        auto* other = static_cast<Decimal*>(object.get());
        if (!round && &type == &Decimal::s_type && other->type == &Decimal::s_type) return acquire(object);
        Number number;
        if (!attempt([&] { number = View(other); }, number)) return raise_memory_error(t);
        uint32_t s = 0;
        if (round && number.is_nan() && number.digits > context->settings().prec - context->settings().clamp) {
            number.set_nan();
            s = status::ConversionSyntax;
        }
        return make(t, type, number, context, round, s);
    }
    if (is<Str>(object.get())) return from_text(t, type, static_cast<Str*>(object.get()), context, round);
    if (is<Int>(object.get())) {
        if (!round) return TRY(from_int(t, static_cast<Int*>(object.get()), type));
        Number number;
        TRY(load_int(t, number, static_cast<Int*>(object.get())));
        return make(t, type, number, context, round);
    }
    if (is<Tuple>(object.get()) || is<List>(object.get())) return from_sequence(t, type, object, context, round);
    if (is<Float>(object.get())) {
        TRY(report(t, context, status::FloatOperation));
        Number number;
        TRY(load_float(t, number, static_cast<Float*>(object.get())->value));
        return make(t, type, number, context, round);
    }
    return raise(t, exc::TypeError, "conversion from %T to Decimal is not supported", object);
}

ResultMaybe<Decimal> as_decimal(Thread& t, Borrowed<Object> object) {
    if (LIKELY(is<Decimal>(object.get()))) return MaybeRef<Decimal>::acquire(static_cast<Decimal*>(object.get()));
    if (is<Int>(object.get())) return MaybeRef<Decimal>(TRY(from_int(t, static_cast<Int*>(object.get()))));
    return MaybeRef<Decimal>();
}
Result<Ref<Decimal>> need_decimal(Thread& t, Borrowed<Object> object) {
    MaybeRef<Decimal> found = TRY(as_decimal(t, object));
    if (!found) return raise(t, exc::TypeError, "conversion from %T to Decimal is not supported", object);
    return found.take();
}

Result<Ref<Int>> to_integer(Thread& t, const Number& value, Rounding rounding) {
    if (value.is_special()) {
        if (value.is_nan()) return raise(t, exc::ValueError, "cannot convert NaN to integer");
        return raise(t, exc::OverflowError, "cannot convert Infinity to integer");
    }
    Number whole;
    uint32_t s = 0;
    auto round = [&] {
        whole = value;
        rescale(whole, 0, rounding, s);
    };
    attempt_in(s, round, whole);
    if (s & status::NoMemory) return raise_memory_error(t);
    return gmp::from_limbs(t, whole.negative, mpz_limbs_read(whole.coefficient), mpz_size(whole.coefficient));
}

Result<Ref<Object>> run_divmod(Thread& t, DecimalContext* context, const Decimal* a, const Decimal* b) {
    Number quotient, rest;
    uint32_t s = 0;
    attempt_in(s, [&] { divmod(quotient, rest, View(a), View(b), context->settings(), s); }, quotient, rest);
    TRY(report(t, context, s));
    return tuple_pack(t, TRY(decimal_new(t, quotient)), TRY(decimal_new(t, rest)));
}
Result<Ref<Object>> run_power(Thread& t, DecimalContext* context, Borrowed<Decimal> a, Borrowed<Decimal> b, Object* modulo) {
    if (!modulo || is_none(modulo)) {
        View exponent(b.get());
        if (!exponent.is_special() && exponent.exponent == 0 && !exponent.negative && mpz_size(exponent.coefficient) == 1) {
            Number out;
            uint32_t s = 0;
            bool done = false;
            auto power = [&] { done = power_small(out, View(a.get()), mpz_get_si(exponent.coefficient), context->settings(), s); };
            if (mpz_fits_slong_p(exponent.coefficient) && !attempt(power, out)) return raise_memory_error(t);
            if (done) return finish(t, context, s, out);
        }
        Object* operands[] = {a.get(), b.get()};
        return delegate(t, "__pow__", context, operands);
    }
    Ref<Decimal> m = TRY(need_decimal(t, modulo));
    Object* operands[] = {a.get(), b.get(), m.get()};
    return delegate(t, "__pow__", context, operands);
}

namespace {

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Borrowed<Object> value, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    return decimal_from(t, *type, value, c.get(), false);
}

// Operators.

template <Binary F> Result<Ref<Object>> binary(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    MaybeRef<Decimal> x = TRY(as_decimal(t, a)), y = TRY(as_decimal(t, b));
    if (!x || !y) return Ref<Object>::acquire(NotImplemented());
    Ref<DecimalContext> context = TRY(current_context(t));
    return run<F>(t, context.get(), x.get(), y.get());
}
Result<Ref<Object>> divmod_slot(Thread& t, Borrowed<Object> a, Borrowed<Object> b) {
    MaybeRef<Decimal> x = TRY(as_decimal(t, a)), y = TRY(as_decimal(t, b));
    if (!x || !y) return Ref<Object>::acquire(NotImplemented());
    Ref<DecimalContext> context = TRY(current_context(t));
    return run_divmod(t, context.get(), x.get(), y.get());
}
Result<Ref<Object>> power_slot(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Borrowed<Object> modulo) {
    MaybeRef<Decimal> x = TRY(as_decimal(t, a)), y = TRY(as_decimal(t, b));
    if (!x || !y) return Ref<Object>::acquire(NotImplemented());
    Ref<DecimalContext> context = TRY(current_context(t));
    if (!is_none(modulo.get()) && !TRY(as_decimal(t, modulo))) return Ref<Object>::acquire(NotImplemented());
    return run_power(t, context.get(), x.get(), y.get(), modulo.get());
}
template <Unary F> Result<Ref<Object>> unary(Thread& t, Self self) {
    Ref<DecimalContext> context = TRY(current_context(t));
    return run<F>(t, context.get(), self.get());
}
Result<bool> truth(Thread&, Self self) { return self->kind != Kind::Finite || self->size != 0; }

/// The other operand of a comparison (and `self` itself scaled, for fractions); nothing: NotImplemented.
ResultMaybe<Decimal> comparand(Thread& t, DecimalContext* context, MaybeRef<Decimal>& self, Borrowed<Object> other, bool equality) {
    if (is<Decimal>(other.get()) || is<Int>(other.get())) return as_decimal(t, other);
    MaybeRef<Object> real;
    if (equality && is<Complex>(other.get())) {
        Ref<Object> imaginary = TRY(get_attribute(t, other, TRY(str_interned(t, "imag"))));
        if (static_cast<Float*>(imaginary.get())->value != 0) return MaybeRef<Decimal>();
        real = TRY(get_attribute(t, other, TRY(str_interned(t, "real"))));
    } else if (is<Float>(other.get())) {
        real = MaybeRef<Object>::acquire(other.get());
    }
    if (real) {
        if (equality) context->flags->mask.fetch_or(status::FloatOperation, std::memory_order_relaxed);
        else TRY(report(t, context, status::FloatOperation));
        Ref<Object> exact = TRY(decimal_from_float(t, Decimal::s_type, real.get(), nullptr));
        return MaybeRef<Decimal>(steal(static_cast<Decimal*>(exact.release())));
    }
    if (!TRY(is_instance(t, other, Borrowed<Object>(state_of(t)->rational)))) return MaybeRef<Decimal>();
    Ref<Object> numerator = TRY(get_attribute(t, other, TRY(str_interned(t, "numerator")))),
                denominator = TRY(get_attribute(t, other, TRY(str_interned(t, "denominator"))));
    Ref<Decimal> over = TRY(need_decimal(t, numerator)), under = TRY(need_decimal(t, denominator));
    if (self->kind == Kind::Finite) {
        Number scaled;
        uint32_t s = 0;
        attempt_in(s, [&] { multiply(scaled, View(self.get()), View(under.get()), MaxSettings, s); }, scaled);
        if (s & status::NoMemory) return raise_memory_error(t);
        self = TRY(decimal_new(t, scaled));
    }
    return MaybeRef<Decimal>(std::move(over));
}
Result<Ref<Object>> compare_slot_function(Thread& t, Self self, Borrowed<Object> other, Comparison op) {
    bool equality = op == Comparison::Eq || op == Comparison::Ne;
    Ref<DecimalContext> context = TRY(current_context(t));
    MaybeRef<Decimal> a = MaybeRef<Decimal>::acquire(self.get()), b = TRY(comparand(t, context.get(), a, other, equality));
    if (!b) return Ref<Object>::acquire(NotImplemented());
    uint32_t s = 0;
    if (a->kind >= Kind::Quiet || b->kind >= Kind::Quiet) {
        if (!equality || a->kind == Kind::Signaling || b->kind == Kind::Signaling) s |= status::InvalidOperation;
        TRY(report(t, context.get(), s));
        return bool_ref(op == Comparison::Ne);
    }
    int order = 0;
    small::Value x, y;
    if (!load(a.get(), x) || !load(b.get(), y) || !small::compare(x, y, &order))
        attempt_in(s, [&] { order = compare(View(a.get()), View(b.get()), s); });
    if (s & status::NoMemory) return raise_memory_error(t);
    bool result = false;
    switch (op) {
    case Comparison::Lt: result = order < 0; break;
    case Comparison::Le: result = order <= 0; break;
    case Comparison::Eq: result = order == 0; break;
    case Comparison::Ne: result = order != 0; break;
    case Comparison::Gt: result = order > 0; break;
    case Comparison::Ge: result = order >= 0; break;
    }
    return bool_ref(result);
}

Result<intptr_t> hash_of(Thread& t, Self self) {
    intptr_t known = self->hash.load(std::memory_order_relaxed);
    if (known != -1) return known;
    View value(self.get());
    intptr_t result = 0;
    if (value.is_special()) {
        if (value.kind == Kind::Signaling) return raise(t, exc::TypeError, "Cannot hash a signaling NaN value");
        auto address = reinterpret_cast<uintptr_t>(self.get());
        if (value.is_nan()) result = static_cast<intptr_t>(address >> 4 | address << 60);
        else result = value.negative ? -314159 : 314159;
    } else {
        // The number modulo 2**61 - 1, in which 10 has an inverse.
        auto rest = [&] {
            mpz_t modulus, base, exponent;
            mpz_inits(modulus, base, exponent, nullptr);
            mpz_set_ui(modulus, (uint64_t{1} << 61) - 1);
            mpz_set_ui(base, 10);
            if (value.exponent < 0) mpz_invert(base, base, modulus);
            mpz_set_ui(exponent, static_cast<unsigned long>(value.exponent < 0 ? -value.exponent : value.exponent));
            mpz_powm(base, base, exponent, modulus);
            mpz_mul(base, base, value.coefficient);
            mpz_mod(base, base, modulus);
            result = static_cast<intptr_t>(mpz_get_ui(base));
            mpz_clears(modulus, base, exponent, nullptr);
        };
        if (!base::attempt(rest)) return raise_memory_error(t);
        if (value.negative) result = -result;
    }
    if (result == -1) result = -2;
    self->hash.store(result, std::memory_order_relaxed);
    return result;
}

// Text.

Result<Ref<Str>> str_of(Thread& t, Self self) {
    Ref<DecimalContext> context = TRY(current_context(t));
    if (small::Value value; load(self.get(), value)) {
        char text[small::TextSize];
        return str_from_utf8(t, {text, small::write(value, context->settings().capitals, text)});
    }
    return str_from_utf8(t, TRY(text_in(t, View(self.get()), false, context->settings().capitals)));
}
Result<Ref<Str>> repr_of(Thread& t, Self self) {
    Ref<DecimalContext> context = TRY(current_context(t));
    if (small::Value value; load(self.get(), value)) {
        char text[small::TextSize + 11] = "Decimal('";
        size_t length = 9 + small::write(value, context->settings().capitals, text + 9);
        memcpy(text + length, "')", 2);
        return str_from_utf8(t, {text, length + 2});
    }
    base::String text;
    auto write = [&] {
        base::String shown = "Decimal('";
        shown += to_text(View(self.get()), false, context->settings().capitals);
        shown += "')";
        text = std::move(shown);
    };
    if (!base::attempt(write)) return raise_memory_error(t);
    return str_from_utf8(t, text);
}
Result<Ref<Str>> to_eng_string(Thread& t, Self self, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    return str_from_utf8(t, TRY(text_in(t, View(self.get()), true, c->settings().capitals)));
}
/// Formats ".Nf", the most frequent of all; nothing: another format.
ResultMaybe<Str> format_fixed(Thread& t, DecimalContext* context, const Decimal* self, std::string_view spec) {
    if (spec.size() < 3 || spec.size() > 5 || spec.front() != '.' || spec.back() != 'f' || self->kind != Kind::Finite)
        return MaybeRef<Str>();
    int64_t places = 0;
    for (char c : spec.substr(1, spec.size() - 2)) {
        if (c < '0' || c > '9') return MaybeRef<Str>();
        places = places * 10 + (c - '0');
    }
    Rounding rounding = context->settings().rounding;
    bool lost;
    if (small::Value value; places <= small::MaxDigits && load(self, value) && small::rescale(value, -places, rounding, &lost)) {
        char text[small::TextSize];
        return MaybeRef<Str>(TRY(str_from_utf8(t, {text, small::write_fixed(value, static_cast<int>(places), text)})));
    }
    if (self->exponent > 10000 || self->exponent < -100000) return MaybeRef<Str>();
    uint32_t s = 0;
    base::String text;
    auto write = [&] {
        Number value = View(self);
        rescale(value, -places, rounding, s);
        if (s) return;
        base::String digits = coefficient_text(value);
        auto wanted = static_cast<size_t>(places) + 1;
        if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
        if (places) digits.insert(digits.size() - static_cast<size_t>(places), 1, '.');
        if (value.negative) digits.insert(0, 1, '-');
        text = std::move(digits);
    };
    if (!base::attempt(write)) return raise_memory_error(t);
    if (s) return MaybeRef<Str>();
    return MaybeRef<Str>(TRY(str_from_utf8(t, text)));
}
/// What replaces the locale's conventions, as _pydecimal wants it.
Result<Ref<Dict>> conventions_of(Thread& t, Object* locale) {
    if (!is<Dict>(locale)) return raise(t, exc::TypeError, "optional argument must be a dict");
    Ref<Dict> copy = TRY(dict_copy(t, static_cast<Dict*>(locale)));
    auto invalid = [&] { return raise(t, exc::ValueError, "invalid override dict"); };
    for (const char* key : {"decimal_point", "thousands_sep", "grouping"}) {
        MaybeRef<Object> value = TRY(dict_get_ascii(t, copy, key));
        if (!value) continue;
        if (!is<Str>(value.get())) return raise(t, exc::TypeError, "values in override dict must be strings");
        auto* text = static_cast<Str*>(value.get());
        if (std::string_view(key) != "grouping") {
            size_t size = TRY(str_utf8(t, text)).size();
            if (size > 4 || (size == 0 && key[0] == 'd')) return invalid();
            continue;
        }
        Ref<List> sizes = TRY(list_new(t));
        for (intptr_t i = 0; i < text->length; ++i) {
            if (text->at(i) > 127) return invalid();
            TRY(list_append(t, sizes, TRY(int_from(t, text->at(i)))));
        }
        TRY(dict_set_ascii(t, copy, key, sizes));
    }
    return copy;
}
Result<Ref<Object>> format_method(Thread& t, Self self, Borrowed<Str> spec, MaybeBorrowed<Object> locale) {
    Ref<DecimalContext> context = TRY(current_context(t));
    auto text = str_utf8(t, spec);
    if (text.is_error()) {
        t.clear_exception();
        return raise(t, exc::ValueError, "invalid format string");
    }
    base::TextBuffer buffer;
    std::string_view given = text.take();
    buffer.append(given.data(), given.size());
    if (buffer.failed()) return raise_memory_error(t);
    std::string_view wanted(buffer.data(), buffer.size());
    if (!locale) {
        MaybeRef<Str> fixed = TRY(format_fixed(t, context.get(), self.get(), wanted));
        if (fixed) return fixed.take();
    }
    MaybeRef<Object> conventions;
    if (locale) conventions = TRY(conventions_of(t, locale.get()));
    bool upper = !wanted.empty() && wanted.back() == 'N';
    if (upper) {
        TRY(warn(t, exc::DeprecationWarning, 1, "Format specifier 'N' is deprecated and slated for removal in Python 3.18"));
        buffer.back() = 'n';
    }
    Ref<Str> lower_spec = TRY(str_from_utf8(t, wanted));
    Object* operands[] = {self.get(), lower_spec.get(), conventions.get()};
    auto result = delegate(t, "__format__", context.get(), std::span<Object* const>(operands, conventions ? 3 : 2));
    if (result.is_error()) {
        const char* message = exception_matches(t, exc::ValueError)    ? "invalid format string"
                              : exception_matches(t, exc::MemoryError) ? "format specification exceeds internal limits of _decimal"
                                                                       : nullptr;
        if (!message) return result;
        t.clear_exception();
        return raise(t, exc::ValueError, message);
    }
    if (!upper) return result;
    return call_method(t, result.take(), TRY(str_interned(t, "upper")));
}

// Conversions.

template <Rounding rounding> Result<Ref<Int>> integer(Thread& t, Self self) { return to_integer(t, View(self.get()), rounding); }
Result<double> real_value(Thread& t, Self self) {
    View value(self.get());
    if (value.kind == Kind::Signaling) return raise(t, exc::ValueError, "cannot convert signaling NaN to float");
    if (value.is_nan()) return value.negative ? -__builtin_nan("") : __builtin_nan("");
    char buffer[small::TextSize];
    base::String general;
    std::string_view text;
    if (small::Value plain; load(self.get(), plain)) text = {buffer, small::write(plain, true, buffer)};
    else text = general = TRY(text_in(t, value, false, true));
    double result = 0;
    bool overflow = false;
    base::scan_double(text.data(), text.size(), result, overflow);
    return result;
}
Result<Ref<Object>> to_float_slot(Thread& t, Self self) { return TRY(float_from(t, TRY(real_value(t, self)))); }
Result<Ref<Object>> to_complex(Thread& t, Self self) {
    Ref<Object> real = TRY(float_from(t, TRY(real_value(t, self))));
    return call(t, Borrowed<Object>(&Complex::s_type), real);
}
Result<Ref<Object>> as_tuple(Thread& t, Self self) {
    View value(self.get());
    Ref<Object> exponent = none_ref();
    Ref<Tuple> digits = TRY(tuple_pack(t, TRY(int_from(t, 0))));
    if (value.is_infinite()) {
        exponent = TRY(str_interned(t, "F"));
    } else {
        base::String text;
        if (!value.is_nan() || mpz_sgn(value.coefficient) != 0)
            if (!base::attempt([&] { text = coefficient_text(value); })) return raise_memory_error(t);
        digits = TRY(tuple_alloc(t, static_cast<intptr_t>(text.size())));
        for (size_t i = 0; i < text.size(); ++i) digits->items[i] = TRY(int_from(t, text[i] - '0')).release();
        if (value.is_nan()) exponent = TRY(str_interned(t, value.kind == Kind::Signaling ? "N" : "n"));
        else exponent = TRY(int_from(t, value.exponent));
    }
    Ref<Object> sign = TRY(int_from(t, value.negative));
    return call(t, Borrowed<Object>(state_of(t)->tuple_type), sign, digits, exponent);
}
Result<Ref<Object>> as_integer_ratio(Thread& t, Self self) {
    View value(self.get());
    if (value.is_nan()) return raise(t, exc::ValueError, "cannot convert NaN to integer ratio");
    if (value.is_infinite()) return raise(t, exc::OverflowError, "cannot convert Infinity to integer ratio");
    Number over, under;
    uint32_t s = 0;
    auto reduce_it = [&] {
        over = value;
        under.set_int(1);
        if (over.is_zero()) {
            over.exponent = 0;
        } else if (over.exponent >= 0) {
            rescale(over, 0, Rounding::Down, s);
        } else {
            if (!power_of_ten(under.coefficient, -over.exponent)) s |= status::NoMemory;
            mpz_t common;
            mpz_init(common);
            mpz_gcd(common, over.coefficient, under.coefficient);
            mpz_divexact(over.coefficient, over.coefficient, common);
            mpz_divexact(under.coefficient, under.coefficient, common);
            mpz_clear(common);
        }
    };
    attempt_in(s, reduce_it, over, under);
    if (s & status::NoMemory) return raise_memory_error(t);
    Ref<Int> numerator = TRY(gmp::from_limbs(t, over.negative, mpz_limbs_read(over.coefficient), mpz_size(over.coefficient))),
             denominator = TRY(gmp::from_limbs(t, false, mpz_limbs_read(under.coefficient), mpz_size(under.coefficient)));
    return tuple_pack(t, numerator, denominator);
}
Result<Ref<Object>> round_method(Thread& t, Self self, MaybeBorrowed<Object> places) {
    if (!places) return TRY(to_integer(t, View(self.get()), Rounding::HalfEven));
    if (!is<Int>(places.get())) return raise(t, exc::TypeError, "optional arg must be an integer");
    intptr_t n = TRY(to_index_size(t, places.get(), exc::OverflowError));
    Ref<DecimalContext> context = TRY(current_context(t));
    uint32_t s = 0;
    if (small::Value value, made;
        load(self.get(), value) && n > INTPTR_MIN && small::quantize(made, value, {1, -n, 1, false}, context->settings(), s))
        return finish(t, context.get(), s, made);
    Number unit, out;
    auto work = [&] {
        unit.set_int(1);
        unit.exponent = n == INTPTR_MIN ? INTPTR_MAX : -n;
        quantize(out, View(self.get()), unit, context->settings().rounding, context->settings(), s);
    };
    attempt_in(s, work, unit, out);
    return finish(t, context.get(), s, out);
}

// Methods with a context.

template <Unary F> Result<Ref<Object>> with_context(Thread& t, Self self, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    return run<F>(t, c.get(), self.get());
}
template <Binary F> Result<Ref<Object>> with_other(Thread& t, Self self, Borrowed<Object> other, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    Ref<Decimal> b = TRY(need_decimal(t, other));
    return run<F>(t, c.get(), self.get(), b.get());
}
Result<bool> same_quantum_method(Thread& t, Self self, Borrowed<Object> other, Borrowed<Object> context) {
    TRY(context_argument(t, context));
    Ref<Decimal> b = TRY(need_decimal(t, other));
    return same_quantum(View(self.get()), View(b.get()));
}
template <FixedString Name> Result<Ref<Object>> delegated(Thread& t, Self self, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    Object* operands[] = {self.get()};
    return delegate(t, Name.text, c.get(), operands);
}
template <FixedString Name> Result<Ref<Object>> delegated_other(Thread& t, Self self, Borrowed<Object> other, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    Ref<Decimal> b = TRY(need_decimal(t, other));
    Object* operands[] = {self.get(), b.get()};
    return delegate(t, Name.text, c.get(), operands);
}
Result<Ref<Object>> fma_method(Thread& t, Self self, Borrowed<Object> other, Borrowed<Object> third, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    Ref<Decimal> b = TRY(need_decimal(t, other)), d = TRY(need_decimal(t, third));
    Number out;
    uint32_t s = 0;
    attempt_in(s, [&] { fma(out, View(self.get()), View(b.get()), View(d.get()), c->settings(), s); }, out);
    return finish(t, c.get(), s, out);
}
Result<Ref<Object>> quantize_method(Thread& t, Self self, Borrowed<Object> exp, Borrowed<Object> rounding, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    Rounding r = is_none(rounding.get()) ? c->settings().rounding : TRY(to_rounding(t, rounding));
    Ref<Decimal> b = TRY(need_decimal(t, exp));
    Settings settings = c->settings();
    settings.rounding = r;
    return run<op_quantize>(t, c.get(), self.get(), b.get(), settings);
}
template <bool Exact> Result<Ref<Object>> to_integral_method(Thread& t, Self self, Borrowed<Object> rounding, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    Rounding r = is_none(rounding.get()) ? c->settings().rounding : TRY(to_rounding(t, rounding));
    Number out;
    uint32_t s = 0;
    attempt_in(s, [&] { to_integral(out, View(self.get()), r, Exact, c->settings(), s); }, out);
    return finish(t, c.get(), s, out);
}
template <bool (*Ask)(const Number&, const Settings&)> bool question(Thread&, Self self) { return Ask(View(self.get()), MaxSettings); }
template <bool (*Ask)(const Number&, const Settings&)> Result<bool> question_in(Thread& t, Self self, Borrowed<Object> context) {
    Ref<DecimalContext> c = TRY(context_argument(t, context));
    return Ask(View(self.get()), c->settings());
}
int64_t adjusted(Thread&, Self self) { return self->kind == Kind::Finite ? View(self.get()).adjusted() : 0; }
Ref<Object> same(Thread&, Self self) { return acquire<Object>(self.get()); }
Ref<Object> deep_copy(Thread&, Self self, Borrowed<Object>) { return acquire<Object>(self.get()); }
template <Unary F> Result<Ref<Object>> quiet_copy(Thread& t, Self self) {
    Number out;
    uint32_t s = 0;
    attempt_in(s, [&] { F(out, View(self.get()), MaxSettings, s); }, out);
    if (s & status::NoMemory) return raise_memory_error(t);
    return TRY(decimal_new(t, out));
}
Result<Ref<Object>> small_int(Thread& t, int64_t value) {
    uint64_t magnitude = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    return TRY(decimal_new(t, small::Value{magnitude, 0, small::count_digits(magnitude), value < 0}));
}
Result<Ref<Object>> radix(Thread& t, Self) { return small_int(t, 10); }
Result<Ref<Object>> get_imag(Thread& t, Self) { return small_int(t, 0); }
Result<Ref<Object>> reduce(Thread& t, Self self) {
    Ref<Str> text = TRY(str_from_utf8(t, TRY(text_in(t, View(self.get()), false, true))));
    return tuple_pack(t, Borrowed<Object>(self->type), TRY(tuple_pack(t, text)));
}
int64_t size_of(Thread&, Self self) {
    return self->type->basicsize + (self->more ? static_cast<int64_t>(self->size * sizeof(mp_limb_t)) : 0);
}
Result<Ref<Object>> from_float_method(Thread& t, Borrowed<Type> type, Borrowed<Object> f) {
    return decimal_from_float(t, *type, f, nullptr);
}
Result<Ref<Object>> from_number(Thread& t, Borrowed<Type> type, Borrowed<Object> number) {
    if (is<Int>(number.get()) || is<Float>(number.get())) return decimal_from_float(t, *type, number, nullptr);
    if (is<Decimal>(number.get())) return call(t, type, number);
    return raise(t, exc::TypeError, "conversion from %T to Decimal is not supported", number);
}

void dealloc(Object* o) {
    auto* self = static_cast<Decimal*>(o);
    raw_free(self->more);
    o->type->free(o);
}

#define DELEGATED(name) method<delegated<name>>(name, "($self, /, context=None)", doc_of(name))
#define DELEGATED_OTHER(name) method<delegated_other<name>>(name, "($self, /, other, context=None)", doc_of(name))
const NativeDef methods[] = {
    DELEGATED("exp"),
    DELEGATED("ln"),
    DELEGATED("log10"),
    DELEGATED("next_minus"),
    DELEGATED("next_plus"),
    DELEGATED("logb"),
    DELEGATED("logical_invert"),
    DELEGATED("number_class"),
    DELEGATED_OTHER("compare_signal"),
    DELEGATED_OTHER("max_mag"),
    DELEGATED_OTHER("min_mag"),
    DELEGATED_OTHER("next_toward"),
    DELEGATED_OTHER("remainder_near"),
    DELEGATED_OTHER("compare_total_mag"),
    DELEGATED_OTHER("logical_and"),
    DELEGATED_OTHER("logical_or"),
    DELEGATED_OTHER("logical_xor"),
    DELEGATED_OTHER("rotate"),
    DELEGATED_OTHER("scaleb"),
    DELEGATED_OTHER("shift"),
    method<with_context<normalize>>("normalize", "($self, /, context=None)", doc_of("normalize")),
    method<with_context<square_root>>("sqrt", "($self, /, context=None)", doc_of("sqrt")),
    method<to_integral_method<false>>("to_integral", "($self, /, rounding=None, context=None)", doc_of("to_integral")),
    method<to_integral_method<true>>("to_integral_exact", "($self, /, rounding=None, context=None)", doc_of("to_integral_exact")),
    method<to_integral_method<false>>("to_integral_value", "($self, /, rounding=None, context=None)", doc_of("to_integral_value")),
    method<with_other<op_compare>>("compare", "($self, /, other, context=None)", doc_of("compare")),
    method<with_other<op_compare_total>>("compare_total", "($self, /, other, context=None)", doc_of("compare_total")),
    method<with_other<op_max>>("max", "($self, /, other, context=None)", doc_of("max")),
    method<with_other<op_min>>("min", "($self, /, other, context=None)", doc_of("min")),
    method<with_other<op_copy_sign>>("copy_sign", "($self, /, other, context=None)", doc_of("copy_sign")),
    method<same_quantum_method>("same_quantum", "($self, /, other, context=None)", doc_of("same_quantum")),
    method<quantize_method>("quantize", "($self, /, exp, rounding=None, context=None)", doc_of("quantize")),
    method<fma_method>("fma", "($self, /, other, third, context=None)", doc_of("fma")),
    method<question<ask_canonical>>("is_canonical", "($self, /)", doc_of("is_canonical")),
    method<question<ask_finite>>("is_finite", "($self, /)", doc_of("is_finite")),
    method<question<ask_infinite>>("is_infinite", "($self, /)", doc_of("is_infinite")),
    method<question<ask_nan>>("is_nan", "($self, /)", doc_of("is_nan")),
    method<question<ask_qnan>>("is_qnan", "($self, /)", doc_of("is_qnan")),
    method<question<ask_snan>>("is_snan", "($self, /)", doc_of("is_snan")),
    method<question<ask_signed>>("is_signed", "($self, /)", doc_of("is_signed")),
    method<question<ask_zero>>("is_zero", "($self, /)", doc_of("is_zero")),
    method<question_in<ask_normal>>("is_normal", "($self, /, context=None)", doc_of("is_normal")),
    method<question_in<ask_subnormal>>("is_subnormal", "($self, /, context=None)", doc_of("is_subnormal")),
    method<adjusted>("adjusted", "($self, /)", doc_of("adjusted")),
    method<same>("canonical", "($self, /)", doc_of("canonical")),
    method<same>("conjugate", "($self, /)", doc_of("conjugate")),
    method<radix>("radix", "($self, /)", doc_of("radix")),
    method<quiet_copy<op_copy_abs>>("copy_abs", "($self, /)", doc_of("copy_abs")),
    method<quiet_copy<op_copy_negate>>("copy_negate", "($self, /)", doc_of("copy_negate")),
    method<to_eng_string>("to_eng_string", "($self, /, context=None)", doc_of("to_eng_string")),
    class_method<from_float_method>("from_float", "($type, f, /)", doc_of("from_float")),
    class_method<from_number>("from_number", "($type, number, /)", doc_of("from_number")),
    method<as_tuple>("as_tuple", "($self, /)", doc_of("as_tuple")),
    method<as_integer_ratio>("as_integer_ratio", "($self, /)", doc_of("as_integer_ratio")),
    method<same>("__copy__", "($self, /)"),
    method<deep_copy>("__deepcopy__", "($self, object, /)"),
    method<format_method>("__format__", "(format, override=<unrepresentable>, /)"),
    method<reduce>("__reduce__", "($self, /)"),
    method<round_method>("__round__", "(ndigits=<unrepresentable>, /)"),
    method<integer<Rounding::Ceiling>>("__ceil__", "($self, /)"),
    method<integer<Rounding::Floor>>("__floor__", "($self, /)"),
    method<integer<Rounding::Down>>("__trunc__", "($self, /)"),
    method<to_complex>("__complex__", "($self, /)"),
    method<size_of>("__sizeof__", "($self, /)"),
};
const GetSetDef getset[] = {getter<same>("real"), getter<get_imag>("imag")};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    typed_new<construct, "Decimal", "(value='0', context=None)">(),
    unary_slot<SlotId::tp_repr, repr_of>(),
    unary_slot<SlotId::tp_str, str_of>(),
    size_slot<SlotId::tp_hash, hash_of>(),
    compare_slot<SlotId::tp_richcompare, compare_slot_function>(),
    binary_slot<SlotId::nb_add, binary<op_add>>(),
    binary_slot<SlotId::nb_subtract, binary<op_subtract>>(),
    binary_slot<SlotId::nb_multiply, binary<multiply>>(),
    binary_slot<SlotId::nb_true_divide, binary<divide>>(),
    binary_slot<SlotId::nb_floor_divide, binary<divide_int>>(),
    binary_slot<SlotId::nb_remainder, binary<remainder>>(),
    binary_slot<SlotId::nb_divmod, divmod_slot>(),
    ternary_slot<SlotId::nb_power, power_slot>(),
    unary_slot<SlotId::nb_negative, unary<minus>>(),
    unary_slot<SlotId::nb_positive, unary<plus>>(),
    unary_slot<SlotId::nb_absolute, unary<absolute>>(),
    inquiry_slot<SlotId::nb_bool, truth>(),
    unary_slot<SlotId::nb_int, integer<Rounding::Down>>(),
    unary_slot<SlotId::nb_float, to_float_slot>(),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

} // namespace

const TypeSpec decimal_spec = {.type = &Decimal::s_type,
                               .name = "decimal.Decimal",
                               .basicsize = sizeof(Decimal),
                               .flags = type_flag::BaseType,
                               .doc = "Construct a new Decimal object.",
                               .signature = "(value=\"0\", context=None)",
                               .slots = slots,
                               .methods = methods,
                               .getset = getset};

} // namespace taipan::decimal
