// cmath: complex functions. C's library computes and knows the special values (C99 Annex G); what Python adds is which
// results are errors.
#include "objects/abstract.h"
#include "objects/module.h"
#include "objects/names.h"
#include "objects/native.h"
#include "objects/tuple.h"

#include <cmath>

namespace taipan {

namespace {

using C = _Complex double;
extern "C" {
C cacos(C);
C cacosh(C);
C casin(C);
C casinh(C);
C catan(C);
C catanh(C);
C ccos(C);
C ccosh(C);
C cexp(C);
C clog(C);
C csin(C);
C csinh(C);
C csqrt(C);
C ctan(C);
C ctanh(C);
}
C make(double real, double imag) { return __builtin_complex(real, imag); }
double re(C z) { return __real__ z; }
double im(C z) { return __imag__ z; }
bool finite(C z) { return std::isfinite(re(z)) && std::isfinite(im(z)); }

/// complex, __complex__, or a real number.
Result<C> argument(Thread& t, Borrowed<Object> object) {
    if (is<Complex>(object.get())) {
        auto* z = static_cast<Complex*>(object.get());
        return make(z->real, z->imag);
    }
    if (!is_exact<Float>(object.get()) && !is_exact<Int>(object.get())) {
        LoadedMethod method = TRY(load_special_method(t, object, names::dunder_complex));
        if (method) {
            Ref<Object> made = TRY(call(t, method, object));
            if (!is<Complex>(made.get())) return raise(t, exc::TypeError, "__complex__ returned non-complex (type %.200T)", made);
            auto* z = static_cast<Complex*>(made.get());
            return make(z->real, z->imag);
        }
    }
    double real = TRY(to_double(t, object));
    return make(real, 0.0);
}
Error domain_error(Thread& t) { return raise(t, exc::ValueError, "math domain error"); }
Error range_error(Thread& t) { return raise(t, exc::OverflowError, "math range error"); }

/// When an infinite part of the argument has no meaning.
enum class Domain { All, ExpLike, SinhLike, TanhLike, SinLike, TanLike };
bool outside(Domain domain, C z) {
    double x = re(z), y = im(z);
    switch (domain) {
    case Domain::All: return false;
    case Domain::ExpLike: return std::isinf(y) && !std::isnan(x) && x != -INFINITY;
    case Domain::SinhLike: return std::isinf(y) && !std::isnan(x);
    case Domain::TanhLike: return std::isinf(y) && std::isfinite(x);
    case Domain::SinLike: return std::isinf(x) && !std::isnan(y);
    case Domain::TanLike: return std::isinf(x) && std::isfinite(y);
    }
    return false;
}
/// Whether an infinite result of a finite argument means a pole or a number too large.
enum class Infinite { Pole, TooLarge };
template <C (*F)(C), Domain D, Infinite I> Result<Ref<Object>> function(Thread& t, Borrowed<Object> object) {
    C z = TRY(argument(t, object));
    if (outside(D, z)) return domain_error(t);
    C r = F(z);
    if (finite(z) && !finite(r)) {
        if (I == Infinite::Pole) return domain_error(t);
        return range_error(t);
    }
    return complex_from(t, re(r), im(r));
}

C acosh_of(C z) { return cacosh(z); }
/// The logarithm; near the unit circle by log1p, which keeps the real part precise.
C log_of(C z) {
    double ax = fabs(re(z)), ay = fabs(im(z));
    if (!finite(z)) return clog(z);
    double larger = fmax(ax, ay), smaller = fmin(ax, ay);
    if (larger > 0.71 && larger < 1.73 && hypot(ax, ay) >= 0.71 && hypot(ax, ay) <= 1.73)
        return make(log1p((larger - 1) * (larger + 1) + smaller * smaller) / 2.0, atan2(im(z), re(z)));
    return clog(z);
}

Result<Ref<Object>> log_(Thread& t, Borrowed<Object> z_object, MaybeBorrowed<Object> base) {
    C z = TRY(argument(t, z_object));
    bool pole = re(z) == 0 && im(z) == 0;
    C r = log_of(z);
    if (base) {
        // COMPAT: the pole of the numerator is forgotten when the division goes well.
        C b = TRY(argument(t, base.value()));
        bool base_pole = re(b) == 0 && im(b) == 0;
        C denominator = log_of(b);
        Ref<Complex> x = TRY(complex_from(t, re(r), im(r)));
        Ref<Complex> y = TRY(complex_from(t, re(denominator), im(denominator)));
        if (base_pole || (re(denominator) == 0 && im(denominator) == 0)) return domain_error(t);
        return binary_op(t, BinaryOp::TrueDivide, x, y);
    }
    if (pole) return domain_error(t);
    return complex_from(t, re(r), im(r));
}
Result<Ref<Object>> log10_(Thread& t, Borrowed<Object> object) {
    C z = TRY(argument(t, object));
    if (re(z) == 0 && im(z) == 0) return domain_error(t);
    C r = log_of(z);
    constexpr double ln10 = 2.302585092994045684017991454684364208;
    return complex_from(t, re(r) / ln10, im(r) / ln10);
}
Result<double> phase(Thread& t, Borrowed<Object> object) {
    C z = TRY(argument(t, object));
    return atan2(im(z), re(z));
}
Result<Ref<Object>> polar(Thread& t, Borrowed<Object> object) {
    C z = TRY(argument(t, object));
    double r = hypot(re(z), im(z));
    if (std::isinf(r) && finite(z)) return range_error(t);
    Ref<Float> length = TRY(float_from(t, r));
    Ref<Float> angle = TRY(float_from(t, atan2(im(z), re(z))));
    return tuple_pack(t, length, angle);
}
Result<Ref<Object>> rect(Thread& t, double r, double phi) {
    if (!std::isfinite(r) || !std::isfinite(phi)) {
        if (std::isinf(r) && std::isfinite(phi) && phi != 0.0) {
            double x = copysign(INFINITY, cos(phi)), y = copysign(INFINITY, sin(phi));
            return r > 0 ? complex_from(t, x, y) : complex_from(t, -x, -y);
        }
        if (std::isinf(phi) && r != 0.0 && !std::isnan(r)) return domain_error(t);
        if (r == 0.0) return complex_from(t, 0.0, 0.0); // whatever the angle
        if (std::isinf(r))
            return phi == 0.0 ? complex_from(t, r, r * phi == 0 ? r * phi : copysign(0.0, phi) * (r < 0 ? -1.0 : 1.0))
                              : complex_from(t, INFINITY, NAN);
        if (phi == 0.0) return complex_from(t, r, r * phi == 0 ? r * phi : phi);
        return complex_from(t, NAN, NAN);
    }
    if (phi == 0.0) return complex_from(t, r, r * phi); // sin(-0.0) is not trusted with its sign
    return complex_from(t, r * cos(phi), r * sin(phi));
}
Result<bool> isfinite_(Thread& t, Borrowed<Object> z) { return finite(TRY(argument(t, z))); }
Result<bool> isnan_(Thread& t, Borrowed<Object> object) {
    C z = TRY(argument(t, object));
    return std::isnan(re(z)) || std::isnan(im(z));
}
Result<bool> isinf_(Thread& t, Borrowed<Object> object) {
    C z = TRY(argument(t, object));
    return std::isinf(re(z)) || std::isinf(im(z));
}
Result<bool> isclose(Thread& t, Borrowed<Object> a_object, Borrowed<Object> b_object, double rel_tol, double abs_tol) {
    C a = TRY(argument(t, a_object)), b = TRY(argument(t, b_object));
    if (rel_tol < 0.0 || abs_tol < 0.0) return raise(t, exc::ValueError, "tolerances must be non-negative");
    if (re(a) == re(b) && im(a) == im(b)) return true;
    if (std::isinf(re(a)) || std::isinf(im(a)) || std::isinf(re(b)) || std::isinf(im(b))) return false;
    double difference = hypot(re(a) - re(b), im(a) - im(b));
    return difference <= rel_tol * hypot(re(b), im(b)) || difference <= rel_tol * hypot(re(a), im(a)) || difference <= abs_tol;
}

#define ONE(name, domain, infinite, doc) fn<function<c##name, Domain::domain, Infinite::infinite>>(#name, "($module, z, /)", doc)
const NativeDef functions[] = {
    ONE(acos, All, TooLarge, "The arc cosine of z."),
    fn<function<acosh_of, Domain::All, Infinite::TooLarge>>("acosh", "($module, z, /)", "The inverse hyperbolic cosine of z."),
    ONE(asin, All, TooLarge, "The arc sine of z."),
    ONE(asinh, All, TooLarge, "The inverse hyperbolic sine of z."),
    ONE(atan, All, Pole, "The arc tangent of z."),
    ONE(atanh, All, Pole, "The inverse hyperbolic tangent of z."),
    ONE(cos, SinLike, TooLarge, "The cosine of z."),
    ONE(cosh, SinhLike, TooLarge, "The hyperbolic cosine of z."),
    ONE(exp, ExpLike, TooLarge, "e to the power of z."),
    fn<isclose>("isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
                "Whether two complex numbers differ by no more than a tolerance."),
    fn<isfinite_>("isfinite", "($module, z, /)", "Whether both parts of z are finite."),
    fn<isinf_>("isinf", "($module, z, /)", "Whether a part of z is infinite."),
    fn<isnan_>("isnan", "($module, z, /)", "Whether a part of z is a NaN."),
    fn<log_>("log", "($module, z, base=<unrepresentable>, /)",
             "log(z[, base]) -> the logarithm of z to the base, which is e if it is left out."),
    fn<log10_>("log10", "($module, z, /)", "The logarithm of z to base 10."),
    fn<phase>("phase", "($module, z, /)", "The angle of z."),
    fn<polar>("polar", "($module, z, /)", "z in polar coordinates: (r, phi)."),
    fn<rect>("rect", "($module, r, phi, /)", "The complex number of polar coordinates."),
    ONE(sin, SinLike, TooLarge, "The sine of z."),
    ONE(sinh, SinhLike, TooLarge, "The hyperbolic sine of z."),
    ONE(sqrt, All, TooLarge, "The square root of z."),
    ONE(tan, TanLike, TooLarge, "The tangent of z."),
    ONE(tanh, TanhLike, TooLarge, "The hyperbolic tangent of z."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    constexpr double pi = 3.141592653589793238462643383279502884;
    double nan = fabs(static_cast<double>(NAN));
    TRY(module_add_double(t, module, "pi", pi));
    TRY(module_add_double(t, module, "e", 2.718281828459045235360287471352662498));
    TRY(module_add_double(t, module, "tau", 2 * pi));
    TRY(module_add_double(t, module, "inf", INFINITY));
    TRY(module_add_double(t, module, "nan", nan));
    TRY(module_add(t, module, "infj", TRY(complex_from(t, 0.0, INFINITY))));
    return module_add(t, module, "nanj", TRY(complex_from(t, 0.0, nan)));
}

} // namespace

extern const ModuleSpec cmath_module;
const ModuleSpec cmath_module = {
    .name = "cmath", .doc = "Mathematical functions of complex numbers.", .functions = functions, .exec = exec};

} // namespace taipan
