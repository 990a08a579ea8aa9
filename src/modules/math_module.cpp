// math: real functions. C's library computes; what Python adds is which results are errors.
#include "modules/math_functions.h"

#include "objects/abstract.h"
#include "objects/int_internal.h"
#include "objects/module.h"
#include "objects/native.h"
#include "objects/tuple.h"

#include <cfloat>
#include <cmath>
#include <cstring>

namespace taipan {

namespace {

constexpr double Pi = 3.141592653589793238462643383279502884;

Error range_error(Thread& t) { return raise(t, exc::OverflowError, "math range error"); }
Error domain_error(Thread& t) { return raise(t, exc::ValueError, "math domain error"); }
/// `message` has a %s for the number, or none.
Error bad_input(Thread& t, const char* message, double x) {
    if (!message) return domain_error(t);
    Ref<Str> shown = TRY(float_repr(t, x));
    return raise(t, exc::ValueError, message, shown);
}

enum class Overflow { Never, Possible };

/// A NaN out of a number is an invalid argument; so is an infinity out of a finite one, unless the result was too large.
template <double (*F)(double), Overflow O, FixedString Message = ""> Result<double> unary(Thread& t, double x) {
    double r = F(x);
    if (LIKELY(std::isfinite(r))) return r;
    const char* message = Message.text[0] ? Message.text : nullptr;
    if (std::isnan(r) && !std::isnan(x)) return bad_input(t, message, x);
    if (std::isinf(r) && std::isfinite(x)) {
        if (O == Overflow::Possible) return range_error(t);
        return bad_input(t, message, x);
    }
    return r;
}

Result<double> gamma_(Thread& t, double x) {
    constexpr const char* message = "expected a noninteger or positive integer, got %s";
    if (std::isnan(x)) return x;
    if (x == -INFINITY || (x <= 0 && x == floor(x))) return bad_input(t, message, x);
    double r = gamma_of(x);
    if (std::isinf(r) && std::isfinite(x)) return range_error(t);
    return r;
}
Result<double> lgamma_(Thread& t, double x) {
    if (std::isfinite(x) && x <= 0 && x == floor(x)) return bad_input(t, "expected a noninteger or positive integer, got %s", x);
    double r = std::isinf(x) ? INFINITY : log_gamma_of(x);
    if (std::isinf(r) && std::isfinite(x)) return range_error(t);
    return r;
}

Result<double> atan2_(Thread&, double y, double x) { return atan2(y, x); }
Result<double> copysign_(Thread&, double x, double y) { return copysign(x, y); }
Result<double> fmod_(Thread& t, double x, double y) {
    double r = fmod(x, y);
    if (std::isnan(r) && !std::isnan(x) && !std::isnan(y)) return domain_error(t);
    return r;
}
Result<double> remainder_(Thread& t, double x, double y) {
    double r = remainder(x, y);
    if (std::isnan(r) && !std::isnan(x) && !std::isnan(y)) return domain_error(t);
    return r;
}
Result<double> pow_(Thread& t, double x, double y) {
    double r = pow(x, y);
    if (LIKELY(std::isfinite(r)) || !std::isfinite(x) || !std::isfinite(y)) return r;
    if (std::isnan(r) || x == 0.0) return domain_error(t);
    return range_error(t);
}
Result<double> fma_(Thread& t, double x, double y, double z) {
    double r = fma(x, y, z);
    if (std::isfinite(r)) return r;
    if (std::isnan(r)) {
        if (!std::isnan(x) && !std::isnan(y) && !std::isnan(z)) return raise(t, exc::ValueError, "invalid operation in fma");
    } else if (std::isfinite(x) && std::isfinite(y) && std::isfinite(z)) {
        return raise(t, exc::OverflowError, "overflow in fma");
    }
    return r;
}
double fabs_(double x) { return fabs(x); }
double degrees(double x) { return x * (180.0 / Pi); }
double radians(double x) { return x * (Pi / 180.0); }
bool isfinite_(double x) { return std::isfinite(x); }
bool isinf_(double x) { return std::isinf(x); }
bool isnan_(double x) { return std::isnan(x); }

Result<bool> isclose(Thread& t, double a, double b, double rel_tol, double abs_tol) {
    if (rel_tol < 0.0 || abs_tol < 0.0) return raise(t, exc::ValueError, "tolerances must be non-negative");
    if (a == b) return true;
    if (std::isinf(a) || std::isinf(b)) return false;
    double difference = fabs(b - a);
    return difference <= fabs(rel_tol * b) || difference <= fabs(rel_tol * a) || difference <= abs_tol;
}

// Logarithms take ints of any size.

template <double (*F)(double)> Result<double> log_of(Thread& t, Borrowed<Object> x) {
    if (is<Int>(x.get())) {
        auto* n = static_cast<Int*>(x.get());
        if (n->sign() <= 0) return raise(t, exc::ValueError, "expected a positive input");
        if (n->digit_count() <= 34) { // below 2**1020
            double value = TRY(int_to_double(t, n));
            return F(value);
        }
        // log(m * 2**e) = log(m) + e * log(2)
        size_t bits = int_bit_length(n);
        Ref<Int> top = TRY(int_rshift(t, n, static_cast<int64_t>(bits - 64)));
        double mantissa = TRY(int_to_double(t, top));
        return F(mantissa) + F(2.0) * static_cast<double>(bits - 64);
    }
    double value = TRY(to_double(t, x));
    if (value > 0.0) return F(value);
    if (std::isnan(value)) return value;
    return bad_input(t, "expected a positive input, got %s", value);
}
Result<Ref<Object>> log_(Thread& t, Borrowed<Object> x, MaybeBorrowed<Object> base) {
    double numerator = TRY(log_of<log>(t, x));
    if (!base) return float_from(t, numerator);
    double denominator = TRY(log_of<log>(t, base.value()));
    if (denominator == 0.0) return raise(t, exc::ZeroDivisionError, "division by zero");
    return float_from(t, numerator / denominator);
}

Result<Ref<Object>> frexp_(Thread& t, double x) {
    int exponent = 0;
    if (std::isfinite(x) && x != 0.0) x = frexp(x, &exponent);
    Ref<Float> mantissa = TRY(float_from(t, x));
    Ref<Int> number = TRY(int_from(t, exponent));
    return tuple_pack(t, mantissa, number);
}
Result<double> ldexp_(Thread& t, double x, Borrowed<Object> exponent) {
    if (!is<Int>(exponent.get())) return raise(t, exc::TypeError, "Expected an int as second argument to ldexp.");
    if (x == 0.0 || !std::isfinite(x)) return x;
    int64_t e;
    auto* n = static_cast<Int*>(exponent.get());
    if (!int_fits_int64(n, &e)) e = n->is_negative() ? INT32_MIN : INT32_MAX;
    if (e > INT32_MAX) return range_error(t);
    if (e < INT32_MIN) return copysign(0.0, x);
    double r = ldexp(x, static_cast<int>(e));
    if (std::isinf(r)) return range_error(t);
    return r;
}
Result<Ref<Object>> modf_(Thread& t, double x) {
    double whole, fraction;
    if (std::isinf(x)) whole = x, fraction = copysign(0.0, x);
    else fraction = modf(x, &whole);
    Ref<Float> first = TRY(float_from(t, fraction));
    Ref<Float> second = TRY(float_from(t, whole));
    return tuple_pack(t, first, second);
}
double ulp(double x) {
    if (std::isnan(x)) return x;
    x = fabs(x);
    if (std::isinf(x)) return x;
    double next = nextafter(x, INFINITY);
    if (std::isinf(next)) return x - nextafter(x, -INFINITY);
    return next - x;
}
Result<double> nextafter_(Thread& t, double x, double y, NoneOr<Object> steps) {
    if (!steps) return nextafter(x, y);
    Ref<Int> n = TRY(to_index(t, steps.value()));
    if (n->is_negative()) return raise(t, exc::ValueError, "steps must be a non-negative integer");
    uint64_t count;
    if (!int_fits_uint64(n.get(), &count)) count = UINT64_MAX;
    if (count == 0 || std::isnan(x)) return x;
    if (std::isnan(y)) return y;
    if (x == y) return y;
    // Doubles of one sign are ordered like their bits.
    uint64_t bx, by;
    memcpy(&bx, &x, 8);
    memcpy(&by, &y, 8);
    const uint64_t sign = uint64_t{1} << 63;
    uint64_t ax = bx & ~sign, ay = by & ~sign, result;
    if ((bx ^ by) & sign) {
        if (ax + ay <= count) return y;
        if (ax < count) result = (by & sign) | (count - ax); // through zero
        else result = (bx & sign) | (ax - count);
    } else if (ax > ay) {
        result = ax - ay <= count ? by : bx - count;
    } else {
        result = ay - ax <= count ? by : bx + count;
    }
    double r;
    memcpy(&r, &result, 8);
    return r;
}

// Rounding to int through the special methods.

Result<Ref<Object>> round_with(Thread& t, Borrowed<Object> x, Str* name, double (*f)(double)) {
    if (!is_exact<Float>(x.get())) {
        LoadedMethod special = TRY(load_special_method(t, x, name));
        if (special) return call(t, special, x);
    }
    double value = TRY(to_double(t, x));
    return int_from_double(t, f(value));
}
/// The value cut off, if that fits.
bool truncated(const Object* x, int64_t* out) {
    if (!is_exact<Float>(x)) return false;
    double value = static_cast<const Float*>(x)->value;
    if (!(value > -4e18 && value < 4e18)) return false;
    *out = static_cast<int64_t>(value);
    return true;
}
Result<Ref<Object>> ceil_(Thread& t, Borrowed<Object> x) {
    int64_t whole;
    if (LIKELY(truncated(x.get(), &whole))) return int_from(t, whole + (static_cast<double>(whole) < static_cast<Float*>(x.get())->value));
    return round_with(t, x, names::__ceil__, ceil);
}
Result<Ref<Object>> floor_(Thread& t, Borrowed<Object> x) {
    int64_t whole;
    if (LIKELY(truncated(x.get(), &whole))) return int_from(t, whole - (static_cast<double>(whole) > static_cast<Float*>(x.get())->value));
    return round_with(t, x, names::__floor__, floor);
}
Result<Ref<Object>> trunc_(Thread& t, Borrowed<Object> x) {
    int64_t whole;
    if (LIKELY(truncated(x.get(), &whole))) return int_from(t, whole);
    if (is_exact<Float>(x.get())) return int_from_double(t, static_cast<Float*>(x.get())->value);
    LoadedMethod special = TRY(load_special_method(t, x, names::__trunc__));
    if (!special) return raise(t, exc::TypeError, "type %.100T doesn't define __trunc__ method", x);
    return call(t, special, x);
}

// C functions have overloads in <cmath>: these name the double ones.
#define C_FUNCTION(name)                                                                                                                   \
    double c_##name(double x) { return name(x); }
// clang-format off
C_FUNCTION(acos) C_FUNCTION(acosh) C_FUNCTION(asin) C_FUNCTION(asinh) C_FUNCTION(atan) C_FUNCTION(atanh) C_FUNCTION(cbrt) C_FUNCTION(cos)
C_FUNCTION(cosh) C_FUNCTION(erf) C_FUNCTION(erfc) C_FUNCTION(exp) C_FUNCTION(exp2) C_FUNCTION(expm1) C_FUNCTION(log2)
C_FUNCTION(log10) C_FUNCTION(sin) C_FUNCTION(sinh) C_FUNCTION(sqrt) C_FUNCTION(tan) C_FUNCTION(tanh)
// clang-format on
#undef C_FUNCTION
            double signed_log1p(double x) {
    return x == 0.0 ? x : log1p(x);
}

#define ONE(name, overflow, message, doc) fn<unary<c_##name, Overflow::overflow, message>>(#name, "($module, x, /)", doc)
constexpr char unit[] = "expected a number in range from -1 up to 1, got %s";
constexpr char finite[] = "expected a finite input, got %s";
const NativeDef functions[] = {
    ONE(acos, Never, unit, "The arc cosine of x, in [0, pi]."),
    ONE(acosh, Never, "expected argument value not less than 1, got %s", "The inverse hyperbolic cosine of x."),
    ONE(asin, Never, unit, "The arc sine of x, in [-pi/2, pi/2]."),
    ONE(asinh, Never, "", "The inverse hyperbolic sine of x."),
    ONE(atan, Never, "", "The arc tangent of x, in [-pi/2, pi/2]."),
    fn<atan2_>("atan2", "($module, y, x, /)", "The arc tangent of y/x in the quadrant of the point (x, y)."),
    ONE(atanh, Never, "expected a number between -1 and 1, got %s", "The inverse hyperbolic tangent of x."),
    ONE(cbrt, Never, "", "The cube root of x."),
    fn<ceil_>("ceil", "($module, x, /)", "The smallest integer that is not below x."),
    fn<math_comb>("comb", "($module, n, k, /)", "How many ways there are to choose k of n items, order aside."),
    fn<copysign_>("copysign", "($module, x, y, /)", "The magnitude of x with the sign of y."),
    ONE(cos, Never, finite, "The cosine of x radians."),
    ONE(cosh, Possible, "", "The hyperbolic cosine of x."),
    fn<degrees>("degrees", "($module, x, /)", "x radians in degrees."),
    fn<math_dist>("dist", "($module, p, q, /)", "The Euclidean distance of two points, given as sequences of coordinates."),
    ONE(erf, Never, "", "The error function at x."),
    ONE(erfc, Never, "", "The complementary error function at x."),
    ONE(exp, Possible, "", "e to the power of x."),
    ONE(exp2, Possible, "", "2 to the power of x."),
    ONE(expm1, Possible, "", "exp(x) - 1 without the loss of precision for small x."),
    fn<fabs_>("fabs", "($module, x, /)", "The magnitude of the float x."),
    fn<math_factorial>("factorial", "($module, n, /)", "n!"),
    fn<floor_>("floor", "($module, x, /)", "The largest integer that is not above x."),
    fn<fma_>("fma", "($module, x, y, z, /)", "(x * y) + z with one rounding."),
    fn<fmod_>("fmod", "($module, x, y, /)", "The remainder of x / y with the sign of x, as C has it."),
    fn<frexp_>("frexp", "($module, x, /)", "The pair (m, e) with x == m * 2**e and 0.5 <= abs(m) < 1."),
    fn<math_fsum>("fsum", "($module, seq, /)", "The sum of floats without loss of precision."),
    fn<gamma_>("gamma", "($module, x, /)", "The gamma function at x."),
    fn<math_gcd>("gcd", "($module, /, *integers)", "The greatest common divisor."),
    fn<math_hypot>("hypot", "($module, /, *coordinates)", "The Euclidean distance of a point from the origin."),
    fn<isclose>("isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", "Whether two numbers differ by no more than a tolerance."),
    fn<isfinite_>("isfinite", "($module, x, /)", "Whether x is neither infinite nor a NaN."),
    fn<isinf_>("isinf", "($module, x, /)", "Whether x is infinite."),
    fn<isnan_>("isnan", "($module, x, /)", "Whether x is a NaN."),
    fn<math_isqrt>("isqrt", "($module, n, /)", "The integer part of the square root of n."),
    fn<math_lcm>("lcm", "($module, /, *integers)", "The least common multiple."),
    fn<ldexp_>("ldexp", "($module, x, i, /)", "x * 2**i."),
    fn<lgamma_>("lgamma", "($module, x, /)", "The logarithm of the magnitude of the gamma function at x."),
    fn<log_>("log", "(x, base=math.e, /)", "log(x, [base=math.e])\nThe logarithm of x to the base, which is e if it is left out."),
    fn<unary<signed_log1p, Overflow::Never, "expected argument value > -1, got %s">>(
        "log1p", "($module, x, /)", "log(1 + x) without the loss of precision for small x."),
    fn<log_of<c_log10>>("log10", "($module, x, /)", "The logarithm of x to base 10."),
    fn<log_of<c_log2>>("log2", "($module, x, /)", "The logarithm of x to base 2."),
    fn<modf_>("modf", "($module, x, /)", "The fraction and the integer part of x, both floats with the sign of x."),
    fn<nextafter_>("nextafter", "($module, x, y, /, *, steps=None)", "The float `steps` steps (one by default) from x towards y."),
    fn<math_perm>("perm", "($module, n, k=None, /)", "How many ways there are to choose k of n items in order."),
    fn<pow_>("pow", "($module, x, y, /)", "x to the power of y."),
    fn<math_prod>("prod", "($module, iterable, /, *, start=1)", "The product of the items."),
    fn<radians>("radians", "($module, x, /)", "x degrees in radians."),
    fn<remainder_>("remainder", "($module, x, y, /)", "x - n*y where n is the integer nearest to x/y, the even one of two."),
    ONE(sin, Never, finite, "The sine of x radians."),
    ONE(sinh, Possible, "", "The hyperbolic sine of x."),
    ONE(sqrt, Never, "expected a nonnegative input, got %s", "The square root of x."),
    fn<math_sumprod>("sumprod", "($module, p, q, /)", "The sum of the products of the items of two iterables."),
    ONE(tan, Never, finite, "The tangent of x radians."),
    ONE(tanh, Never, "", "The hyperbolic tangent of x."),
    fn<trunc_>("trunc", "($module, x, /)", "The integer part of x."),
    fn<ulp>("ulp", "($module, x, /)", "The value of the last bit of the float x."),
};
#undef ONE

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_double(t, module, "pi", Pi));
    TRY(module_add_double(t, module, "e", 2.718281828459045235360287471352662498));
    TRY(module_add_double(t, module, "tau", 2 * Pi));
    TRY(module_add_double(t, module, "inf", INFINITY));
    return module_add_double(t, module, "nan", fabs(static_cast<double>(NAN)));
}

} // namespace

extern const ModuleSpec math_module;
const ModuleSpec math_module = {
    .name = "math", .doc = "Mathematical functions of real numbers, as the C standard defines them.", .functions = functions, .exec = exec};

} // namespace taipan
