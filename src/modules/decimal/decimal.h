// The objects of _decimal. Decimals are immutable. What is rare (transcendental functions, logical operations, the general
// format) is done by _pydecimal on converted operands: see delegate.
#pragma once

#include "modules/decimal/number.h"
#include "modules/decimal/small.h"
#include "objects/abstract.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/type_spec.h"

namespace taipan {
struct ContextVar;
}

namespace taipan::decimal {

struct Decimal : Object {
    static constexpr size_t InlineLimbs = 3;
    int64_t exponent, digits;
    std::atomic<intptr_t> hash; // -1: not known
    mp_limb_t* more;            // raw memory, if `size` is beyond InlineLimbs
    uint32_t size;
    Kind kind;
    bool negative;
    mp_limb_t limbs[InlineLimbs];
    static Type s_type;
};
/// A Decimal as a Number that borrows its coefficient.
struct View : Number {
    explicit View(const Decimal* d) {
        kind = d->kind;
        negative = d->negative;
        exponent = d->exponent;
        digits = d->digits;
        mpz_roinit_n(coefficient, d->more ? d->more : d->limbs, d->size);
    }
};

/// A Decimal in registers; false for those that do not fit.
inline bool load(const Decimal* d, small::Value& out) {
    if (d->kind != Kind::Finite || d->digits > small::MaxDigits) return false;
    small::Coefficient coefficient = 0;
    if (d->size > 1) coefficient = small::Coefficient{d->limbs[1]} << 64;
    if (d->size > 0) coefficient |= d->limbs[0];
    out = {coefficient, d->exponent, static_cast<int>(d->digits), d->negative};
    return true;
}

struct SignalDict : Object {
    std::atomic<uint32_t> mask;
    std::atomic<bool> valid; // COMPAT: while its context lives
    static Type s_type;
};
struct DecimalContext : Object {
    Settings shared; // threads may set what others read: only through the functions
    Settings settings() const {
        auto load = [](const auto& field) {
            std::remove_cvref_t<decltype(field)> value;
            __atomic_load(&field, &value, __ATOMIC_RELAXED);
            return value;
        };
        return {load(shared.prec), load(shared.emax), load(shared.emin), load(shared.rounding), load(shared.capitals), load(shared.clamp)};
    }
    template <class T> static void set(T& field, T value) { __atomic_store(&field, &value, __ATOMIC_RELAXED); }
    SignalDict *traps, *flags;
    static Type s_type;
};
struct ContextManager : Object {
    Object *local, *global;
    static Type s_type;
};

struct State {
    Type *decimal_exception, *signals[9], *conditions[4]; // in the order of the status bits
    Object *tuple_type, *signal_dict_type, *rational;
    ContextVar* variable;
    DecimalContext* templates[3];                    // DefaultContext, BasicContext, ExtendedContext
    Mutex lock;                                      // guards the loading of those below
    Object *py_decimal, *py_context, *py_signals[9]; // of _pydecimal, once it was needed
};
State* state_of(Thread& t);
constexpr const char* signal_names[9] = {"InvalidOperation", "FloatOperation", "DivisionByZero", "Overflow", "Underflow",
                                         "Subnormal",        "Inexact",        "Rounded",        "Clamped"};
constexpr const char* rounding_names[RoundingCount] = {"ROUND_UP",      "ROUND_DOWN",      "ROUND_CEILING",   "ROUND_FLOOR",
                                                       "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN", "ROUND_05UP"};

extern const TypeSpec decimal_spec, signal_dict_spec, context_spec, context_manager_spec;

Result<Ref<Decimal>> decimal_new(Thread& t, const Number& value, Type& type = Decimal::s_type);
Result<Ref<Decimal>> decimal_new(Thread& t, const small::Value& value, Type& type = Decimal::s_type);
/// Sets flags, and raises what is trapped.
Result<void> report(Thread& t, DecimalContext* context, uint32_t status);
/// The text of a number.
Result<base::String> text_in(Thread& t, const Number& value, bool engineering, bool capitals);
/// `value` as a Decimal, after the status was reported.
Result<Ref<Object>> finish(Thread& t, DecimalContext* context, uint32_t status, const Number& value);
Result<Ref<Object>> finish(Thread& t, DecimalContext* context, uint32_t status, const small::Value& value);
/// A Decimal as it is, an int exactly; nothing for other objects.
ResultMaybe<Decimal> as_decimal(Thread& t, Borrowed<Object> object);
/// The same; TypeError "conversion from T to Decimal is not supported".
Result<Ref<Decimal>> need_decimal(Thread& t, Borrowed<Object> object);
/// The value that Decimal(object) has, exact unless `rounding_to`.
Result<Ref<Object>> decimal_from(Thread& t, Type& type, Borrowed<Object> object, DecimalContext* context, bool round);
Result<Ref<Object>> decimal_from_float(Thread& t, Type& type, Borrowed<Object> object, DecimalContext* round_to);
Result<Ref<Int>> to_integer(Thread& t, const Number& value, Rounding rounding);

Result<Ref<DecimalContext>> current_context(Thread& t);
/// None: the current one. TypeError for what is no context.
Result<Ref<DecimalContext>> context_argument(Thread& t, Borrowed<Object> object);
Result<Ref<DecimalContext>> context_new(Thread& t, Type& type, const Settings& settings, uint32_t traps, uint32_t flags);
Result<Ref<DecimalContext>> context_copy(Thread& t, Borrowed<DecimalContext> context);
Result<void> context_set(Thread& t, const char* attribute, DecimalContext* context, Borrowed<Object> value);
Result<Rounding> to_rounding(Thread& t, Borrowed<Object> object);
Result<Ref<Object>> get_context(Thread& t);
Result<void> set_context(Thread& t, Borrowed<Object> object);
Result<Ref<Object>> local_context(Thread& t, NoneOr<Object> context, Kwargs keywords);
Result<Ref<Object>> ieee_context(Thread& t, Borrowed<Object> bits);

/// Calls the method of _pydecimal.Decimal with the operands (Decimals are converted) and the context; converts the result.
Result<Ref<Object>> delegate(Thread& t, const char* method, DecimalContext* context, std::span<Object* const> operands);

// Operations with one, two and three operands, in one form.
using Unary = void (*)(Number&, const Number&, const Settings&, uint32_t&);
using Binary = void (*)(Number&, const Number&, const Number&, const Settings&, uint32_t&);
inline void op_add(Number& o, const Number& a, const Number& b, const Settings& c, uint32_t& s) { add(o, a, b, false, c, s); }
inline void op_subtract(Number& o, const Number& a, const Number& b, const Settings& c, uint32_t& s) { add(o, a, b, true, c, s); }
inline void op_max(Number& o, const Number& a, const Number& b, const Settings& c, uint32_t& s) { largest(o, a, b, false, c, s); }
inline void op_min(Number& o, const Number& a, const Number& b, const Settings& c, uint32_t& s) { largest(o, a, b, true, c, s); }
inline void op_compare(Number& o, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    if (!check_nans(o, a, &b, c, s)) o.set_int(compare(a, b, s));
}
inline void op_compare_total(Number& o, const Number& a, const Number& b, const Settings&, uint32_t& s) {
    o.set_int(compare_total(a, b, s));
}
inline void op_quantize(Number& o, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    quantize(o, a, b, c.rounding, c, s);
}
inline void op_copy_sign(Number& o, const Number& a, const Number& b, const Settings&, uint32_t&) {
    o = a;
    o.negative = b.negative;
}
inline void op_to_integral(Number& o, const Number& a, const Settings& c, uint32_t& s) { to_integral(o, a, c.rounding, false, c, s); }
inline void op_to_integral_exact(Number& o, const Number& a, const Settings& c, uint32_t& s) { to_integral(o, a, c.rounding, true, c, s); }
inline void op_copy_abs(Number& o, const Number& a, const Settings&, uint32_t&) {
    o = a;
    o.negative = false;
}
inline void op_copy_negate(Number& o, const Number& a, const Settings&, uint32_t&) {
    o = a;
    o.negative = !a.negative;
}
inline bool same_quantum(const Number& a, const Number& b) {
    if (a.is_special() || b.is_special()) return (a.is_nan() && b.is_nan()) || (a.is_infinite() && b.is_infinite());
    return a.exponent == b.exponent;
}
// Questions.
inline bool ask_finite(const Number& a, const Settings&) { return !a.is_special(); }
inline bool ask_infinite(const Number& a, const Settings&) { return a.is_infinite(); }
inline bool ask_nan(const Number& a, const Settings&) { return a.is_nan(); }
inline bool ask_qnan(const Number& a, const Settings&) { return a.kind == Kind::Quiet; }
inline bool ask_snan(const Number& a, const Settings&) { return a.kind == Kind::Signaling; }
inline bool ask_signed(const Number& a, const Settings&) { return a.negative; }
inline bool ask_zero(const Number& a, const Settings&) { return a.is_zero(); }
inline bool ask_canonical(const Number&, const Settings&) { return true; }
inline bool ask_normal(const Number& a, const Settings& c) { return !a.is_special() && !a.is_zero() && a.adjusted() >= c.emin; }
inline bool ask_subnormal(const Number& a, const Settings& c) { return !a.is_special() && !a.is_zero() && a.adjusted() < c.emin; }

// The form in registers that an operation has, if any.
template <Unary F> inline constexpr small::Unary small_unary = nullptr;
template <> inline constexpr small::Unary small_unary<plus> = small::plus;
template <> inline constexpr small::Unary small_unary<minus> = small::minus;
template <> inline constexpr small::Unary small_unary<absolute> = small::absolute;
template <Binary F> inline constexpr small::Binary small_binary = nullptr;
template <> inline constexpr small::Binary small_binary<op_add> = small::add;
template <> inline constexpr small::Binary small_binary<op_subtract> = small::subtract;
template <> inline constexpr small::Binary small_binary<multiply> = small::multiply;
template <> inline constexpr small::Binary small_binary<divide> = small::divide;
template <> inline constexpr small::Binary small_binary<divide_int> = small::divide_int;
template <> inline constexpr small::Binary small_binary<remainder> = small::remainder;
template <> inline constexpr small::Binary small_binary<op_quantize> = small::quantize;

template <Unary F> Result<Ref<Object>> run(Thread& t, DecimalContext* context, const Decimal* a, const Settings& settings) {
    uint32_t s = 0;
    if constexpr (small_unary<F> != nullptr) {
        small::Value x, made;
        if (load(a, x) && small_unary<F>(made, x, settings, s)) return finish(t, context, s, made);
    }
    Number out;
    attempt_in(s, [&] { F(out, View(a), settings, s); }, out);
    return finish(t, context, s, out);
}
template <Unary F> Result<Ref<Object>> run(Thread& t, DecimalContext* context, const Decimal* a) {
    return run<F>(t, context, a, context->settings());
}
template <Binary F>
Result<Ref<Object>> run(Thread& t, DecimalContext* context, const Decimal* a, const Decimal* b, const Settings& settings) {
    uint32_t s = 0;
    if constexpr (small_binary<F> != nullptr) {
        small::Value x, y, made;
        if (load(a, x) && load(b, y) && small_binary<F>(made, x, y, settings, s)) return finish(t, context, s, made);
    }
    Number out;
    attempt_in(s, [&] { F(out, View(a), View(b), settings, s); }, out);
    return finish(t, context, s, out);
}
template <Binary F> Result<Ref<Object>> run(Thread& t, DecimalContext* context, const Decimal* a, const Decimal* b) {
    return run<F>(t, context, a, b, context->settings());
}
Result<Ref<Object>> run_power(Thread& t, DecimalContext* context, Borrowed<Decimal> a, Borrowed<Decimal> b, Object* modulo);
Result<Ref<Object>> run_divmod(Thread& t, DecimalContext* context, const Decimal* a, const Decimal* b);

} // namespace taipan::decimal
