// complex.
#include "base/float_text.h"
#include "base/hash.h"
#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/float.h"
#include "objects/format_number.h"
#include "objects/int_internal.h"
#include "objects/type_object.h"
#include "objects/type_spec.h"

#include <cerrno>
#include <cmath>

namespace taipan {

Type Complex::s_type;

Result<Ref<Complex>> complex_from(Thread& t, double real, double imag) {
    Ref<Complex> result = TRY(allocate<Complex>(t));
    result->real = real;
    result->imag = imag;
    return result;
}

namespace {

struct Value {
    double real, imag;
};

/// The quotient, scaled by the larger part of the divisor; `ok` is false for division by zero.
Value divide(Value a, Value b, bool& ok) {
    double br = fabs(b.real), bi = fabs(b.imag);
    Value r;
    if (br >= bi) {
        if (br == 0.0) return ok = false, Value{0, 0};
        double ratio = b.imag / b.real, denominator = b.real + b.imag * ratio;
        r = {(a.real + a.imag * ratio) / denominator, (a.imag - a.real * ratio) / denominator};
    } else if (bi >= br) {
        double ratio = b.real / b.imag, denominator = b.real * ratio + b.imag;
        r = {(a.real * ratio + a.imag) / denominator, (a.imag * ratio - a.real) / denominator};
    } else { // a NaN
        r = {NAN, NAN};
    }
    // Recover infinities and zeros that came out as NaN (C99 Annex G.5.1).
    if (std::isnan(r.real) && std::isnan(r.imag)) {
        if ((std::isinf(a.real) || std::isinf(a.imag)) && std::isfinite(b.real) && std::isfinite(b.imag)) {
            double x = copysign(std::isinf(a.real) ? 1.0 : 0.0, a.real), y = copysign(std::isinf(a.imag) ? 1.0 : 0.0, a.imag);
            r = {INFINITY * (x * b.real + y * b.imag), INFINITY * (y * b.real - x * b.imag)};
        } else if ((std::isinf(br) || std::isinf(bi)) && std::isfinite(a.real) && std::isfinite(a.imag)) {
            double x = copysign(std::isinf(b.real) ? 1.0 : 0.0, b.real), y = copysign(std::isinf(b.imag) ? 1.0 : 0.0, b.imag);
            r = {0.0 * (a.real * x + a.imag * y), 0.0 * (a.imag * x - a.real * y)};
        }
    }
    return r;
}
Value multiply(Value z, Value w) {
    double a = z.real, b = z.imag, c = w.real, d = w.imag;
    double ac = a * c, bd = b * d, ad = a * d, bc = b * c;
    Value r{ac - bd, ad + bc};
    if (std::isnan(r.real) && std::isnan(r.imag)) { // C99 Annex G.5.1
        bool recalculate = false;
        if (std::isinf(a) || std::isinf(b)) {
            a = copysign(std::isinf(a) ? 1.0 : 0.0, a);
            b = copysign(std::isinf(b) ? 1.0 : 0.0, b);
            if (std::isnan(c)) c = copysign(0.0, c);
            if (std::isnan(d)) d = copysign(0.0, d);
            recalculate = true;
        }
        if (std::isinf(c) || std::isinf(d)) {
            c = copysign(std::isinf(c) ? 1.0 : 0.0, c);
            d = copysign(std::isinf(d) ? 1.0 : 0.0, d);
            if (std::isnan(a)) a = copysign(0.0, a);
            if (std::isnan(b)) b = copysign(0.0, b);
            recalculate = true;
        }
        if (!recalculate && (std::isinf(ac) || std::isinf(bd) || std::isinf(ad) || std::isinf(bc))) {
            if (std::isnan(a)) a = copysign(0.0, a);
            if (std::isnan(b)) b = copysign(0.0, b);
            if (std::isnan(c)) c = copysign(0.0, c);
            if (std::isnan(d)) d = copysign(0.0, d);
            recalculate = true;
        }
        if (recalculate) r = {INFINITY * (a * c - b * d), INFINITY * (a * d + b * c)};
    }
    return r;
}
Value power_general(Value a, Value b, bool& zero_division) {
    if (b.real == 0.0 && b.imag == 0.0) return {1.0, 0.0};
    if (a.real == 0.0 && a.imag == 0.0) {
        if (b.imag != 0.0 || b.real < 0.0) zero_division = true;
        return {0.0, 0.0};
    }
    double absolute = hypot(a.real, a.imag), length = pow(absolute, b.real), at = atan2(a.imag, a.real), phase = at * b.real;
    if (b.imag != 0.0) {
        length *= exp(-at * b.imag);
        phase += b.imag * log(absolute);
    }
    if (std::isinf(phase)) zero_division = true; // COMPAT: any invalid argument of the C library is reported as this
    return {length * cos(phase), length * sin(phase)};
}
Value power_int(Value x, long n, bool& ok) {
    bool inverse = n < 0;
    unsigned long e = inverse ? -static_cast<unsigned long>(n) : static_cast<unsigned long>(n);
    Value r{1.0, 0.0}, p = x;
    for (; e; e >>= 1) {
        if (e & 1) r = multiply(r, p);
        if (e > 1) p = multiply(p, p);
    }
    return inverse ? divide({1.0, 0.0}, r, ok) : r;
}

/// What an operand is, for the mixed-mode rules: reals are not widened to complex first.
enum class Kind { None, Real, Complex, Failed };
Kind classify(Thread& t, Object* o, Value* out) {
    if (is<Complex>(o)) {
        auto* z = static_cast<Complex*>(o);
        return *out = {z->real, z->imag}, Kind::Complex;
    }
    if (is<Float>(o)) return *out = {static_cast<Float*>(o)->value, 0.0}, Kind::Real;
    if (is<Int>(o)) {
        auto value = int_to_double(t, static_cast<Int*>(o));
        if (value.is_error()) return Kind::Failed;
        return *out = {value.take(), 0.0}, Kind::Real;
    }
    return Kind::None;
}
#define COMPLEX_OPERANDS()                                                                                                                 \
    Value x, y;                                                                                                                            \
    Kind kx = classify(t, a.get(), &x), ky = kx == Kind::Failed ? Kind::None : classify(t, b.get(), &y);                                   \
    if (kx == Kind::Failed || ky == Kind::Failed) return Error{};                                                                          \
    if (kx == Kind::None || ky == Kind::None) return not_implemented_ref()
using Any = Borrowed<Object>;
Result<Ref<Object>> give(Thread& t, Value v) { return complex_from(t, v.real, v.imag); }

Result<Ref<Object>> add_(Thread& t, Any a, Any b) {
    COMPLEX_OPERANDS();
    if (kx == Kind::Real) return give(t, {x.real + y.real, y.imag});
    if (ky == Kind::Real) return give(t, {x.real + y.real, x.imag});
    return give(t, {x.real + y.real, x.imag + y.imag});
}
Result<Ref<Object>> subtract_(Thread& t, Any a, Any b) {
    COMPLEX_OPERANDS();
    if (kx == Kind::Real) return give(t, {x.real - y.real, -y.imag});
    if (ky == Kind::Real) return give(t, {x.real - y.real, x.imag});
    return give(t, {x.real - y.real, x.imag - y.imag});
}
Result<Ref<Object>> multiply_(Thread& t, Any a, Any b) {
    COMPLEX_OPERANDS();
    if (kx == Kind::Real) return give(t, {x.real * y.real, x.real * y.imag});
    if (ky == Kind::Real) return give(t, {x.real * y.real, x.imag * y.real});
    return give(t, multiply(x, y));
}
/// real / complex, with the zero imaginary part of the numerator left out.
Value divide_real(double a, Value b, bool& ok) {
    double br = fabs(b.real), bi = fabs(b.imag);
    Value r;
    if (br >= bi) {
        if (br == 0.0) return ok = false, Value{0, 0};
        double ratio = b.imag / b.real, denominator = b.real + b.imag * ratio;
        r = {a / denominator, (-a * ratio) / denominator};
    } else if (bi >= br) {
        double ratio = b.real / b.imag, denominator = b.real * ratio + b.imag;
        r = {(a * ratio) / denominator, (-a) / denominator};
    } else {
        r = {NAN, NAN};
    }
    if (std::isnan(r.real) && std::isnan(r.imag) && std::isfinite(a) && (std::isinf(br) || std::isinf(bi))) {
        double x = copysign(std::isinf(b.real) ? 1.0 : 0.0, b.real), y = copysign(std::isinf(b.imag) ? 1.0 : 0.0, b.imag);
        r = {0.0 * (a * x), 0.0 * (-a * y)};
    }
    return r;
}
Result<Ref<Object>> true_divide_(Thread& t, Any a, Any b) {
    COMPLEX_OPERANDS();
    bool ok = true;
    Value r;
    if (ky == Kind::Real) {
        ok = y.real != 0.0;
        r = {x.real / y.real, x.imag / y.real};
    } else if (kx == Kind::Real) {
        r = divide_real(x.real, y, ok);
    } else {
        r = divide(x, y, ok);
    }
    if (!ok) return raise(t, exc::ZeroDivisionError, "division by zero");
    return give(t, r);
}
Result<Ref<Object>> power_(Thread& t, Any a, Any b, Any c) {
    if (!is_none(c.get())) return raise(t, exc::ValueError, "complex modulo");
    COMPLEX_OPERANDS();
    bool zero_division = false;
    Value r;
    if (y.imag == 0.0 && y.real == floor(y.real) && fabs(y.real) <= 100.0) {
        bool ok = true;
        r = power_int(x, static_cast<long>(y.real), ok);
        zero_division = !ok;
    } else {
        r = power_general(x, y, zero_division);
    }
    if (zero_division) return raise(t, exc::ZeroDivisionError, "zero to a negative or complex power");
    if (std::isinf(r.real) || std::isinf(r.imag)) // COMPAT: also when an operand is infinite
        return raise(t, exc::OverflowError, "complex exponentiation");
    return give(t, r);
}
Result<Ref<Object>> negative_(Thread& t, Borrowed<Complex> a) { return give(t, {-a->real, -a->imag}); }
Result<Ref<Object>> positive_(Thread& t, Borrowed<Complex> a) {
    if (is_exact<Complex>(a.get())) return a.share();
    return give(t, {a->real, a->imag});
}
Result<Ref<Object>> absolute_(Thread& t, Borrowed<Complex> a) {
    double result = hypot(a->real, a->imag);
    if (std::isinf(result) && std::isfinite(a->real) && std::isfinite(a->imag))
        return raise(t, exc::OverflowError, "absolute value too large");
    return float_from(t, result);
}
Result<bool> truth_(Thread&, Borrowed<Complex> a) { return a->real != 0.0 || a->imag != 0.0; }
intptr_t hash_(Thread&, Borrowed<Complex> a) {
    auto real = static_cast<uint64_t>(double_hash(a.get(), a->real)), imag = static_cast<uint64_t>(double_hash(a.get(), a->imag));
    return base::avoid_minus_one(real + static_cast<uint64_t>(base::hash_imaginary) * imag);
}
Result<Ref<Object>> compare_(Thread& t, Borrowed<Complex> a, Any b, Comparison op) {
    if (op != Comparison::Eq && op != Comparison::Ne) return not_implemented_ref();
    bool same;
    if (is<Int>(b.get())) {
        same = false;
        if (a->imag == 0.0) { // exact: as float and int compare
            Ref<Float> real = TRY(float_from(t, a->real));
            same = TRY(equals(t, real, b));
        }
    } else if (is<Float>(b.get())) {
        same = a->imag == 0.0 && a->real == static_cast<Float*>(b.get())->value;
    } else if (is<Complex>(b.get())) {
        auto* other = static_cast<Complex*>(b.get());
        same = a->real == other->real && a->imag == other->imag;
    } else {
        return not_implemented_ref();
    }
    return bool_ref(same == (op == Comparison::Eq));
}

Result<Ref<Str>> repr_(Thread& t, Borrowed<Complex> a) {
    base::TextBuffer out;
    if (a->real == 0.0 && !std::signbit(a->real)) {
        base::format_double(a->imag, 'r', 0, 0, out);
        out.push('j');
    } else {
        out.push('(');
        base::format_double(a->real, 'r', 0, 0, out);
        base::format_double(a->imag, 'r', 0, base::float_always_sign, out);
        out.append("j)", 2);
    }
    if (out.failed()) return raise_memory_error(t);
    return str_from_utf8(t, {out.data(), out.size()});
}

/// Any of "x", "yj", "x+yj", in parentheses or not.
bool parse_text(const char* s, size_t length, Value& out) {
    const char *p = s, *end = s + length;
    auto skip = [&] {
        while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) ++p;
    };
    skip();
    bool parenthesis = p < end && *p == '(';
    if (parenthesis) ++p, skip();
    bool overflow = false;
    auto number = [&](double& value) { return base::scan_double(p, static_cast<size_t>(end - p), value, overflow); };
    double first = 0, second = 0;
    size_t n = number(first);
    auto at = [&](char a, char b) { return p < end && (*p == a || *p == b); };
    if (n) {
        p += n;
        if (at('+', '-')) {
            out.real = first;
            n = number(second);
            if (n) p += n;
            else second = *p++ == '+' ? 1.0 : -1.0;
            if (!at('j', 'J')) return false;
            ++p;
            out.imag = second;
        } else if (at('j', 'J')) {
            ++p;
            out = {0.0, first};
        } else {
            out = {first, 0.0};
        }
    } else {
        double unit = 1.0;
        if (at('+', '-')) unit = *p++ == '+' ? 1.0 : -1.0;
        if (!at('j', 'J')) return false;
        ++p;
        out = {0.0, unit};
    }
    skip();
    if (parenthesis) {
        if (p == end || *p != ')') return false;
        ++p;
        skip();
    }
    return p == end;
}
Result<Value> from_text(Thread& t, Borrowed<Str> text) {
    base::TextBuffer plain;
    auto n = static_cast<size_t>(text->length);
    bool ok;
    switch (text->kind()) {
    case 1: ok = base::transform_decimal_and_space(text->data8(), n, plain); break;
    case 2: ok = base::transform_decimal_and_space(text->data16(), n, plain); break;
    default: ok = base::transform_decimal_and_space(text->data32(), n, plain);
    }
    if (!ok) return raise_memory_error(t);
    // Underscores only between digits.
    base::TextBuffer clean;
    char previous = 0;
    bool valid = true;
    for (size_t i = 0; i < plain.size() && valid; ++i) {
        char c = plain[i];
        auto digit = [](char d) { return d >= '0' && d <= '9'; };
        if (c == '_') valid = digit(previous);
        else {
            if (previous == '_') valid = digit(c);
            clean.push(c);
        }
        previous = c;
    }
    if (previous == '_') valid = false;
    if (clean.failed()) return raise_memory_error(t);
    Value value{0, 0};
    if (!valid) return raise(t, exc::ValueError, "could not convert string to complex: %R", text);
    if (!parse_text(clean.data(), clean.size(), value)) return raise(t, exc::ValueError, "complex() arg is a malformed string");
    return value;
}

/// __complex__ of an object; false if it has none.
Result<bool> special(Thread& t, Object* o, Value* out) {
    if (is_exact<Complex>(o)) {
        auto* z = static_cast<Complex*>(o);
        *out = {z->real, z->imag};
        return true;
    }
    LoadedMethod method = TRY(load_special_method(t, o, names::dunder_complex));
    if (!method) {
        if (!is<Complex>(o)) return false;
        auto* z = static_cast<Complex*>(o);
        *out = {z->real, z->imag};
        return true;
    }
    Ref<Object> made = TRY(call(t, method, o));
    if (!is<Complex>(made.get())) return raise(t, exc::TypeError, "__complex__ returned non-complex (type %.200T)", made);
    if (!is_exact<Complex>(made.get()))
        TRY(warn(t, exc::DeprecationWarning, 1,
                 "__complex__ returned non-complex (type %.200T).  The ability to return an instance of a strict subclass of complex "
                 "is deprecated, and may be removed in a future version of Python.",
                 made));
    auto* z = static_cast<Complex*>(made.get());
    *out = {z->real, z->imag};
    return true;
}
bool is_real(Object* o) {
    NumberMethods* number = o->type->as_number;
    return number && (number->float_ || number->index);
}
Result<Ref<Object>> as_type(Thread& t, Type* type, Value v) {
    if (type == &Complex::s_type) return give(t, v);
    Object* made = type->alloc(type, 0);
    if (!made) return Error{};
    static_cast<Complex*>(made)->real = v.real;
    static_cast<Complex*>(made)->imag = v.imag;
    return Ref<Object>::steal(made);
}

/// complex(x) with one positional argument: text, numbers and __complex__.
Result<Ref<Object>> from_one(Thread& t, Type* type, Object* x) {
    if (is_exact<Complex>(x) && type == &Complex::s_type) return acquire(x);
    Value value{0, 0};
    if (is<Str>(x)) {
        value = TRY(from_text(t, static_cast<Str*>(x)));
    } else {
        bool found = TRY(special(t, x, &value));
        if (!found) {
            if (!is_real(x)) return raise(t, exc::TypeError, "complex() argument must be a string or a number, not %M", x);
            value.real = TRY(to_double(t, x));
        }
    }
    return as_type(t, type, value);
}

Result<Ref<Object>> complex_new(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> real, MaybeBorrowed<Object> imag) {
    Value parts[2] = {{0, 0}, {0, 0}};
    Object* arguments[2] = {real.get(), imag.get()};
    static constexpr const char* names[2] = {"real", "imag"};
    bool is_complex[2] = {false, false};
    for (int i = 0; i < 2; ++i) {
        Object* o = arguments[i];
        if (!o) continue;
        // __complex__ counts for the real part only.
        bool found = is<Complex>(o) || (i == 0 && !is_real(o) && !is<Str>(o)) ? TRY(special(t, o, &parts[i])) : false;
        if (found) {
            is_complex[i] = true;
            TRY(warn(t, exc::DeprecationWarning, 1, "complex() argument '%s' must be a real number, not %T", names[i], o));
        } else if (!is_real(o)) {
            return raise(t, exc::TypeError, "complex() argument '%s' must be a real number, not %T", names[i], o);
        } else {
            parts[i].real = TRY(to_double(t, o));
        }
    }
    Value result{parts[0].real, parts[1].real};
    if (is_complex[1]) result.real -= parts[1].imag;
    if (is_complex[0]) result.imag = imag ? result.imag + parts[0].imag : parts[0].imag;
    return as_type(t, type.get(), result);
}
using ComplexNew = TypedNew<complex_new, "complex", "($type, real=0, imag=0)">;
Object* complex_construct(Type* type, Object* args, Object* kwargs) {
    auto* tuple = static_cast<Tuple*>(args);
    if (tuple->size == 1 && (!kwargs || dict_size(static_cast<Dict*>(kwargs)) == 0))
        return from_one(Thread::current(), type, tuple->items[0]).release_or_null();
    return ComplexNew::construct(type, args, kwargs);
}
Object* complex_vectorcall(Object* type, Object* const* args, size_t nargsf, Object* kwnames) {
    if (vectorcall_nargs(nargsf) == 1 && (!kwnames || static_cast<Tuple*>(kwnames)->size == 0))
        return from_one(Thread::current(), static_cast<Type*>(type), args[0]).release_or_null();
    return ComplexNew::vectorcall(type, args, nargsf, kwnames);
}

Result<Ref<Object>> from_number(Thread& t, Borrowed<Type> type, Borrowed<Object> number) {
    if (is_exact<Complex>(number.get()) && type.get() == &Complex::s_type) return number.share();
    Value value{0, 0};
    bool found = TRY(special(t, number.get(), &value));
    if (!found) value.real = TRY(to_double(t, number));
    Ref<Object> result = TRY(give(t, value));
    if (type.get() == &Complex::s_type) return result;
    return call(t, Borrowed<Object>(type.get()), result);
}
Result<Ref<Object>> conjugate(Thread& t, Borrowed<Complex> a) { return give(t, {a->real, -a->imag}); }
Result<Ref<Object>> complex_(Thread& t, Borrowed<Complex> a) { return positive_(t, a); }
Result<Ref<Object>> getnewargs(Thread& t, Borrowed<Complex> a) {
    Ref<Float> real = TRY(float_from(t, a->real));
    Ref<Float> imag = TRY(float_from(t, a->imag));
    return tuple_pack(t, real, imag);
}
Result<Ref<Object>> format_(Thread& t, Borrowed<Complex> self, Borrowed<Str> spec) {
    if (spec->length == 0) {
        if (is_exact<Complex>(self.get())) return repr_(t, self);
        return to_str(t, self);
    }
    return format_complex_value(t, self->real, self->imag, self, spec.get());
}

const NativeDef methods[] = {
    class_method<from_number>("from_number", "($type, number, /)", "A complex number from a number; strings are refused."),
    method<conjugate>("conjugate", "($self, /)", "The complex conjugate."),
    method<complex_>("__complex__", "($self, /)", "The number as an exact complex."),
    method<getnewargs>("__getnewargs__", "($self, /)"),
    method<format_>("__format__", "($self, format_spec, /)", "The number as text by a format specification."),
};
const MemberDef members[] = {
    {"real", member_type::Double, offsetof(Complex, real), member_flag::ReadOnly, "the real part of a complex number"},
    {"imag", member_type::Double, offsetof(Complex, imag), member_flag::ReadOnly, "the imaginary part of a complex number"},
};
const SlotDef slots[] = {
    unary_slot<SlotId::tp_repr, repr_>(),
    size_slot<SlotId::tp_hash, hash_>(),
    compare_slot<SlotId::tp_richcompare, compare_>(),
    raw_slot(SlotId::tp_new, complex_construct),
    raw_slot(SlotId::tp_vectorcall, complex_vectorcall),
    binary_slot<SlotId::nb_add, add_>(),
    binary_slot<SlotId::nb_subtract, subtract_>(),
    binary_slot<SlotId::nb_multiply, multiply_>(),
    ternary_slot<SlotId::nb_power, power_>(),
    unary_slot<SlotId::nb_negative, negative_>(),
    unary_slot<SlotId::nb_positive, positive_>(),
    unary_slot<SlotId::nb_absolute, absolute_>(),
    inquiry_slot<SlotId::nb_bool, truth_>(),
    binary_slot<SlotId::nb_true_divide, true_divide_>(),
};

} // namespace

extern const TypeSpec complex_spec;
const TypeSpec complex_spec = {
    .type = &Complex::s_type,
    .name = "complex",
    .basicsize = sizeof(Complex),
    .flags = type_flag::BaseType,
    .doc = "A complex number, from its parts or from its text.",
    .signature = "(real=0, imag=0)",
    .slots = slots,
    .methods = methods,
    .members = members,
};

} // namespace taipan
