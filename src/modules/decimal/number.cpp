#include "modules/decimal/number.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace taipan::decimal {

namespace {

// Beyond this no result is tried.
constexpr int64_t MaxDigits = 400'000'000;

constexpr uint64_t small_powers[20] = {1ull,
                                       10ull,
                                       100ull,
                                       1000ull,
                                       10000ull,
                                       100000ull,
                                       1000000ull,
                                       10000000ull,
                                       100000000ull,
                                       1000000000ull,
                                       10000000000ull,
                                       100000000000ull,
                                       1000000000000ull,
                                       10000000000000ull,
                                       100000000000000ull,
                                       1000000000000000ull,
                                       10000000000000000ull,
                                       100000000000000000ull,
                                       1000000000000000000ull,
                                       10000000000000000000ull};

struct Power {
    mpz_t value;
    bool ok;
    explicit Power(int64_t n) {
        mpz_init(value);
        ok = power_of_ten(value, n);
    }
    ~Power() { mpz_clear(value); }
    Power(const Power&) = delete;
};

int64_t count_digits(const mpz_t value) {
    size_t limbs = mpz_size(value);
    if (limbs == 0) return 1;
    if (limbs == 1) {
        uint64_t v = mpz_getlimbn(value, 0);
        int n = 1;
        while (n < 20 && v >= small_powers[n]) ++n;
        return n;
    }
    auto n = static_cast<int64_t>(mpz_sizeinbase(value, 10)); // exact or one too many
    // The number of bits decides most cases.
    size_t bits = mpz_sizeinbase(value, 2);
    double low = static_cast<double>(bits - 1) * 0.30102999566398119521, high = static_cast<double>(bits) * 0.30102999566398119521;
    if (bits < (size_t{1} << 40) && static_cast<int64_t>(low + 1e-9) == static_cast<int64_t>(high - 1e-9))
        return static_cast<int64_t>(low) + 1;
    Power power(n - 1);
    return power.ok && mpz_cmp(value, power.value) < 0 ? n - 1 : n;
}

/// Divides by 10**n and rounds; n > 0. Returns whether digits other than 0 were lost.
bool round_off(mpz_t value, int64_t n, int64_t digits, Rounding rounding, bool negative) {
    bool lost, odd, half_or_more = false, more_than_half = false;
    unsigned long last;
    if (n > digits) { // all digits go, and the first that is kept is a zero's neighbour
        lost = mpz_sgn(value) != 0;
        mpz_set_ui(value, 0);
        odd = false;
        last = 0;
    } else {
        Power power(n);
        mpz_t rest;
        mpz_init(rest);
        mpz_tdiv_qr(value, rest, value, power.value);
        lost = mpz_sgn(rest) != 0;
        if (lost) {
            mpz_mul_2exp(rest, rest, 1);
            int c = mpz_cmp(rest, power.value);
            half_or_more = c >= 0;
            more_than_half = c > 0;
        }
        odd = mpz_odd_p(value);
        last = rounding == Rounding::ZeroFiveUp ? mpz_fdiv_ui(value, 5) : 0;
        mpz_clear(rest);
    }
    if (!lost) return false;
    bool up = false;
    switch (rounding) {
    case Rounding::Up: up = true; break;
    case Rounding::Down: break;
    case Rounding::Ceiling: up = !negative; break;
    case Rounding::Floor: up = negative; break;
    case Rounding::HalfUp: up = half_or_more; break;
    case Rounding::HalfDown: up = more_than_half; break;
    case Rounding::HalfEven: up = more_than_half || (half_or_more && odd); break;
    case Rounding::ZeroFiveUp: up = last == 0; break;
    }
    if (up) mpz_add_ui(value, value, 1);
    return true;
}

void out_of_memory(Number& a, uint32_t& s) {
    a.set_nan();
    s |= status::NoMemory;
}
void invalid(Number& out, uint32_t& s, uint32_t condition = status::InvalidOperation) {
    out.set_nan();
    s |= condition;
}
void fix_nan(Number& a, const Settings& c) {
    int64_t most = c.prec - c.clamp;
    if (a.digits <= most) return;
    Power power(most);
    mpz_tdiv_r(a.coefficient, a.coefficient, power.value);
    a.digits = mpz_sgn(a.coefficient) ? count_digits(a.coefficient) : 0;
}
void overflow(Number& a, const Settings& c, uint32_t& s) {
    s |= status::Overflow | status::Inexact | status::Rounded;
    bool infinite;
    switch (c.rounding) {
    case Rounding::Ceiling: infinite = !a.negative; break;
    case Rounding::Floor: infinite = a.negative; break;
    case Rounding::Down:
    case Rounding::ZeroFiveUp: infinite = false; break;
    default: infinite = true;
    }
    if (infinite) return a.set_infinity(a.negative);
    if (!power_of_ten(a.coefficient, c.prec)) return out_of_memory(a, s);
    mpz_sub_ui(a.coefficient, a.coefficient, 1);
    a.digits = c.prec;
    a.exponent = c.etop();
}

} // namespace

void Number::count() { digits = count_digits(coefficient); }

bool power_of_ten(mpz_t out, int64_t n) {
    if (n < 0 || n > MaxDigits) return false;
    if (n < 20) mpz_set_ui(out, small_powers[n]);
    else mpz_ui_pow_ui(out, 10, static_cast<unsigned long>(n));
    return true;
}
bool shift_left(mpz_t value, int64_t n) {
    if (n == 0 || mpz_sgn(value) == 0) return true;
    if (n < 20) {
        mpz_mul_ui(value, value, small_powers[n]);
        return true;
    }
    Power power(n);
    if (!power.ok) return false;
    mpz_mul(value, value, power.value);
    return true;
}

void strip_zeros(Number& a, int64_t highest) {
    if (mpz_sgn(a.coefficient) == 0) return;
    // Each zero at the end needs a factor of two.
    auto most = static_cast<int64_t>(mpz_scan1(a.coefficient, 0));
    if (most > highest - a.exponent) most = highest - a.exponent;
    if (most > a.digits - 1) most = a.digits - 1;
    if (most <= 0) return;
    mpz_t quotient, rest;
    mpz_inits(quotient, rest, nullptr);
    int64_t step = 1;
    while (step * 2 <= most) step *= 2;
    for (; step; step /= 2) {
        while (step <= most) {
            Power power(step);
            mpz_tdiv_qr(quotient, rest, a.coefficient, power.value);
            if (mpz_sgn(rest)) break;
            mpz_swap(a.coefficient, quotient);
            a.exponent += step;
            a.digits -= step;
            most -= step;
        }
    }
    mpz_clears(quotient, rest, nullptr);
}

void finalize(Number& a, const Settings& c, uint32_t& s) {
    if (a.kind != Kind::Finite) {
        if (a.is_nan()) fix_nan(a, c);
        return;
    }
    int64_t etiny = c.etiny(), etop = c.etop();
    if (mpz_sgn(a.coefficient) == 0) {
        a.digits = 1;
        int64_t most = c.clamp ? etop : c.emax, exponent = std::min(std::max(a.exponent, etiny), most);
        if (exponent != a.exponent) {
            a.exponent = exponent;
            s |= status::Clamped;
        }
        return;
    }
    int64_t least = a.digits + a.exponent - c.prec;
    if (least > etop) return overflow(a, c, s);
    bool subnormal = least < etiny;
    if (subnormal) least = etiny;
    if (a.exponent < least) {
        bool lost = round_off(a.coefficient, least - a.exponent, a.digits, c.rounding, a.negative);
        a.exponent = least;
        a.count();
        if (a.digits > c.prec) { // only by rounding up to a power of ten
            mpz_tdiv_q_ui(a.coefficient, a.coefficient, 10);
            a.exponent++;
            a.digits--;
        }
        s |= status::Rounded;
        if (lost) s |= status::Inexact;
        if (a.exponent > etop) return overflow(a, c, s);
        if (subnormal) s |= lost ? status::Subnormal | status::Underflow : status::Subnormal;
        if (mpz_sgn(a.coefficient) == 0) s |= status::Clamped;
        return;
    }
    if (subnormal) s |= status::Subnormal;
    if (c.clamp && a.exponent > etop) {
        s |= status::Clamped;
        int64_t more = a.exponent - etop;
        if (!shift_left(a.coefficient, more)) return out_of_memory(a, s);
        a.exponent = etop;
        a.digits += more;
    }
}

bool rescale(Number& a, int64_t exponent, Rounding rounding, uint32_t& s) {
    if (mpz_sgn(a.coefficient) == 0) {
        a.exponent = exponent;
        return false;
    }
    bool lost = false;
    if (a.exponent >= exponent) {
        int64_t more = a.exponent - exponent;
        if (!shift_left(a.coefficient, more)) {
            out_of_memory(a, s);
            return false;
        }
        a.digits += more;
    } else {
        lost = round_off(a.coefficient, exponent - a.exponent, a.digits, rounding, a.negative);
        a.count();
    }
    a.exponent = exponent;
    return lost;
}

bool check_nans(Number& out, const Number& a, const Number* b, const Settings& c, uint32_t& s) {
    if (!a.is_nan() && !(b && b->is_nan())) return false;
    const Number* from;
    if (a.kind == Kind::Signaling) from = &a;
    else if (b && b->kind == Kind::Signaling) from = b;
    else from = a.is_nan() ? &a : b;
    if (from->kind == Kind::Signaling) s |= status::InvalidOperation;
    if (&out != from) out = *from;
    out.kind = Kind::Quiet;
    fix_nan(out, c);
    return true;
}

void add(Number& out, const Number& a, const Number& b, bool subtract, const Settings& c, uint32_t& s) {
    if (a.is_special() || b.is_special()) {
        if (check_nans(out, a, &b, c, s)) return;
        bool b_negative = b.negative != subtract;
        if (a.is_infinite()) {
            if (b.is_infinite() && a.negative != b_negative) return invalid(out, s);
            return out.set_infinity(a.negative);
        }
        return out.set_infinity(b_negative);
    }
    bool b_negative = b.negative != subtract;
    int64_t exponent = std::min(a.exponent, b.exponent);
    bool negative_zero = c.rounding == Rounding::Floor && a.negative != b_negative;
    if (a.is_zero() && b.is_zero()) {
        out.set_zero((a.negative && b_negative) || negative_zero, exponent);
        return finalize(out, c, s);
    }
    if (a.is_zero() || b.is_zero()) {
        const Number& other = a.is_zero() ? b : a;
        bool sign = a.is_zero() ? b_negative : a.negative;
        int64_t least = std::max(exponent, other.exponent - c.prec - 1);
        Number copy = other;
        copy.negative = sign;
        rescale(copy, std::min(least, copy.exponent), c.rounding, s);
        out = copy;
        return finalize(out, c, s);
    }
    Number x = a, y = b;
    y.negative = b_negative;
    if (x.exponent != y.exponent) {
        // What lies far below the other's digits matters only by being there.
        Number &high = x.exponent > y.exponent ? x : y, &low = x.exponent > y.exponent ? y : x;
        int64_t edge = high.exponent + std::min<int64_t>(-1, high.digits - c.prec - 2);
        if (low.digits + low.exponent - 1 < edge) {
            mpz_set_ui(low.coefficient, 1);
            low.digits = 1;
            low.exponent = edge;
        }
        if (!shift_left(high.coefficient, high.exponent - low.exponent)) return out_of_memory(out, s);
        high.exponent = low.exponent;
    }
    if (x.negative == y.negative) {
        mpz_add(x.coefficient, x.coefficient, y.coefficient);
    } else {
        int order = mpz_cmp(x.coefficient, y.coefficient);
        if (order == 0) {
            out.set_zero(negative_zero, exponent);
            return finalize(out, c, s);
        }
        if (order > 0) {
            mpz_sub(x.coefficient, x.coefficient, y.coefficient);
        } else {
            mpz_sub(x.coefficient, y.coefficient, x.coefficient);
            x.negative = y.negative;
        }
    }
    x.count();
    out = x;
    finalize(out, c, s);
}

/// The product without rounding.
static bool multiply_exact(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    if (a.is_special() || b.is_special()) {
        if (check_nans(out, a, &b, c, s)) return false;
        bool zero = a.is_zero() || b.is_zero(), sign = a.negative != b.negative;
        if (zero) invalid(out, s);
        else out.set_infinity(sign);
        return !zero;
    }
    if (a.digits + b.digits > MaxDigits) {
        out_of_memory(out, s);
        return false;
    }
    bool sign = a.negative != b.negative;
    int64_t exponent = a.exponent + b.exponent;
    mpz_mul(out.coefficient, a.coefficient, b.coefficient);
    out.kind = Kind::Finite;
    out.negative = sign;
    out.exponent = exponent;
    out.count();
    return true;
}
void multiply(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    if (multiply_exact(out, a, b, c, s)) finalize(out, c, s);
}
void fma(Number& out, const Number& a, const Number& b, const Number& third, const Settings& c, uint32_t& s) {
    Number product;
    if (a.kind == Kind::Signaling || b.kind == Kind::Signaling || a.is_nan() || b.is_nan()) {
        // A signaling third operand counts only after signaling factors.
        if (a.kind != Kind::Signaling && b.kind != Kind::Signaling && third.kind == Kind::Signaling) {
            check_nans(out, third, nullptr, c, s);
            return;
        }
        check_nans(out, a, &b, c, s);
        return;
    }
    if (third.is_nan() && ((a.is_infinite() && b.is_zero()) || (a.is_zero() && b.is_infinite()))) {
        return invalid(out, s);
    }
    if (!multiply_exact(product, a, b, c, s)) {
        out = product;
        return;
    }
    add(out, product, third, false, c, s);
}

void divide(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    bool sign = a.negative != b.negative;
    if (a.is_special() || b.is_special()) {
        if (check_nans(out, a, &b, c, s)) return;
        if (a.is_infinite()) {
            if (b.is_infinite()) return invalid(out, s);
            return out.set_infinity(sign);
        }
        s |= status::Clamped;
        return out.set_zero(sign, c.etiny());
    }
    if (b.is_zero()) {
        if (a.is_zero()) return invalid(out, s, status::DivisionUndefined);
        s |= status::DivisionByZero;
        return out.set_infinity(sign);
    }
    int64_t ideal = a.exponent - b.exponent;
    if (a.is_zero()) {
        out.set_zero(sign, ideal);
        return finalize(out, c, s);
    }
    int64_t shift = b.digits - a.digits + c.prec + 1, exponent = ideal - shift;
    Number x = a;
    mpz_t divisor, rest;
    mpz_init_set(divisor, b.coefficient);
    mpz_init(rest);
    bool fits = true;
    if (shift > 1000 + 20 * (a.digits + b.digits)) {
        // At this precision the quotient is expected to be exact: it is if the divisor, reduced, has only twos and fives.
        mpz_gcd(rest, x.coefficient, divisor);
        mpz_t reduced;
        mpz_init(reduced);
        mpz_divexact(reduced, divisor, rest);
        mpz_t prime;
        mpz_init_set_ui(prime, 5);
        auto fives = static_cast<int64_t>(mpz_remove(reduced, reduced, prime));
        auto twos = static_cast<int64_t>(mpz_scan1(reduced, 0));
        mpz_tdiv_q_2exp(reduced, reduced, static_cast<mp_bitcnt_t>(twos));
        if (mpz_cmp_ui(reduced, 1) == 0) {
            shift = std::max(fives, twos);
            exponent = ideal - shift;
        }
        mpz_clears(reduced, prime, nullptr);
    }
    if (shift >= 0) fits = shift_left(x.coefficient, shift);
    else fits = shift_left(divisor, -shift);
    if (fits) {
        mpz_tdiv_qr(x.coefficient, rest, x.coefficient, divisor);
        x.negative = sign;
        x.exponent = exponent;
        x.count();
        if (mpz_sgn(rest)) {
            if (mpz_divisible_ui_p(x.coefficient, 5)) mpz_add_ui(x.coefficient, x.coefficient, 1); // not halfway, not exact
        } else {
            strip_zeros(x, ideal);
        }
    }
    mpz_clears(divisor, rest, nullptr);
    if (!fits) return out_of_memory(out, s);
    out = x;
    finalize(out, c, s);
}

/// Quotient and remainder of numbers, b not zero. False: DivisionImpossible (or no memory).
static bool divide_whole(Number& quotient, Number& rest, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    bool sign = a.negative != b.negative;
    int64_t ideal = b.is_infinite() ? a.exponent : std::min(a.exponent, b.exponent);
    int64_t difference = b.is_infinite() ? 0 : a.adjusted() - b.adjusted();
    if (a.is_zero() || b.is_infinite() || difference <= -2) {
        Number copy = a;
        quotient.set_zero(sign, 0);
        // Rounding follows; more zeros than that are not needed.
        rescale(copy, std::max(ideal, copy.exponent - c.prec - 1), c.rounding, s);
        if (copy.is_zero()) copy.exponent = ideal;
        rest = copy;
        return true;
    }
    if (difference > c.prec) {
        s |= status::DivisionImpossible;
        return false;
    }
    Number x = a, y = b;
    bool fits =
        a.exponent >= b.exponent ? shift_left(x.coefficient, a.exponent - b.exponent) : shift_left(y.coefficient, b.exponent - a.exponent);
    if (!fits) {
        s |= status::NoMemory;
        return false;
    }
    mpz_tdiv_qr(x.coefficient, y.coefficient, x.coefficient, y.coefficient);
    x.negative = sign;
    x.exponent = 0;
    x.count();
    if (x.digits > c.prec) {
        s |= status::DivisionImpossible;
        return false;
    }
    y.negative = a.negative;
    y.exponent = ideal;
    y.count();
    quotient = x;
    rest = y;
    return true;
}
void divide_int(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    if (check_nans(out, a, &b, c, s)) return;
    bool sign = a.negative != b.negative;
    if (a.is_infinite()) {
        if (b.is_infinite()) return invalid(out, s);
        return out.set_infinity(sign);
    }
    if (b.is_zero()) {
        if (a.is_zero()) return invalid(out, s, status::DivisionUndefined);
        s |= status::DivisionByZero;
        return out.set_infinity(sign);
    }
    Number quotient, rest;
    if (!divide_whole(quotient, rest, a, b, c, s)) return out.set_nan();
    out = quotient;
    finalize(out, c, s);
}
void remainder(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    if (check_nans(out, a, &b, c, s)) return;
    if (a.is_infinite()) return invalid(out, s);
    if (b.is_zero()) return invalid(out, s, a.is_zero() ? status::DivisionUndefined : status::InvalidOperation);
    Number quotient, rest;
    if (!divide_whole(quotient, rest, a, b, c, s)) return out.set_nan();
    out = rest;
    finalize(out, c, s);
}
void divmod(Number& quotient, Number& rest, const Number& a, const Number& b, const Settings& c, uint32_t& s) {
    if (check_nans(quotient, a, &b, c, s)) {
        rest = quotient;
        return;
    }
    bool sign = a.negative != b.negative;
    if (a.is_infinite()) {
        if (b.is_infinite()) quotient.set_nan();
        else quotient.set_infinity(sign);
        return invalid(rest, s);
    }
    if (b.is_zero()) {
        if (a.is_zero()) {
            quotient.set_nan();
            return invalid(rest, s, status::DivisionUndefined);
        }
        s |= status::DivisionByZero;
        quotient.set_infinity(sign);
        return invalid(rest, s);
    }
    if (!divide_whole(quotient, rest, a, b, c, s)) {
        quotient.set_nan();
        rest.set_nan();
        return;
    }
    finalize(quotient, c, s);
    finalize(rest, c, s);
}

void plus(Number& out, const Number& a, const Settings& c, uint32_t& s) {
    if (check_nans(out, a, nullptr, c, s)) return;
    out = a;
    if (out.is_zero() && c.rounding != Rounding::Floor) out.negative = false;
    finalize(out, c, s);
}
void minus(Number& out, const Number& a, const Settings& c, uint32_t& s) {
    if (check_nans(out, a, nullptr, c, s)) return;
    out = a;
    if (out.is_zero() && c.rounding != Rounding::Floor) out.negative = false;
    else out.negative = !out.negative;
    finalize(out, c, s);
}
void absolute(Number& out, const Number& a, const Settings& c, uint32_t& s) {
    if (check_nans(out, a, nullptr, c, s)) return;
    if (a.negative) return minus(out, a, c, s);
    plus(out, a, c, s);
}

void square_root(Number& out, const Number& a, const Settings& c, uint32_t& s) {
    if (a.is_special()) {
        if (check_nans(out, a, nullptr, c, s)) return;
        if (!a.negative) return out.set_infinity(false);
    }
    if (a.is_zero()) {
        out.set_zero(a.negative, a.exponent >> 1);
        return finalize(out, c, s);
    }
    if (a.negative) return invalid(out, s);
    Settings even = c;
    even.rounding = Rounding::HalfEven;
    Number x = a;
    int64_t prec = c.prec + 1, e = a.exponent >> 1, length;
    if (a.exponent & 1) {
        mpz_mul_ui(x.coefficient, x.coefficient, 10);
        length = (a.digits >> 1) + 1;
    } else {
        length = (a.digits + 1) >> 1;
    }
    x.negative = false;
    if (mpz_perfect_square_p(x.coefficient)) {
        mpz_sqrt(x.coefficient, x.coefficient);
        x.exponent = e;
        x.count();
        out = x;
        return finalize(out, even, s);
    }
    int64_t shift = prec - length;
    bool exact = true;
    if (shift >= 0) {
        if (!shift_left(x.coefficient, 2 * shift)) return out_of_memory(out, s);
    } else {
        Power power(-2 * shift);
        mpz_t rest;
        mpz_init(rest);
        mpz_tdiv_qr(x.coefficient, rest, x.coefficient, power.value);
        exact = mpz_sgn(rest) == 0;
        mpz_clear(rest);
    }
    e -= shift;
    mpz_t rest;
    mpz_init(rest);
    mpz_sqrtrem(x.coefficient, rest, x.coefficient);
    exact = exact && mpz_sgn(rest) == 0;
    mpz_clear(rest);
    if (exact) {
        if (shift >= 0) {
            Power power(shift);
            mpz_tdiv_q(x.coefficient, x.coefficient, power.value);
        } else if (!shift_left(x.coefficient, -shift)) {
            return out_of_memory(out, s);
        }
        e += shift;
    } else if (mpz_divisible_ui_p(x.coefficient, 5)) {
        mpz_add_ui(x.coefficient, x.coefficient, 1);
    }
    x.exponent = e;
    x.count();
    out = x;
    finalize(out, even, s);
}

void quantize(Number& out, const Number& a, const Number& exp, Rounding rounding, const Settings& c, uint32_t& s) {
    if (a.is_special() || exp.is_special()) {
        if (check_nans(out, a, &exp, c, s)) return;
        if (!a.is_infinite() || !exp.is_infinite()) return invalid(out, s);
        out = a;
        return;
    }
    int64_t target = exp.exponent;
    if (target < c.etiny() || target > c.emax) return invalid(out, s);
    if (a.is_zero()) {
        out.set_zero(a.negative, target);
        return finalize(out, c, s);
    }
    int64_t before = a.exponent, adjusted = a.adjusted();
    if (adjusted > c.emax || adjusted - target + 1 > c.prec) return invalid(out, s);
    Number x = a;
    bool lost = rescale(x, target, rounding, s);
    if (x.is_nan()) {
        out = x;
        return;
    }
    if (!x.is_zero() && (x.adjusted() > c.emax || x.digits > c.prec)) return invalid(out, s);
    out = x;
    if (!out.is_zero() && out.adjusted() < c.emin) s |= status::Subnormal;
    if (target > before) s |= lost ? status::Inexact | status::Rounded : status::Rounded;
    finalize(out, c, s);
}
void to_integral(Number& out, const Number& a, Rounding rounding, bool exact, const Settings& c, uint32_t& s) {
    if (a.is_special()) {
        if (!check_nans(out, a, nullptr, c, s)) out = a;
        return;
    }
    out = a;
    if (a.exponent >= 0) return;
    if (a.is_zero()) return out.set_zero(a.negative, 0);
    bool lost = rescale(out, 0, rounding, s);
    if (exact) s |= lost ? status::Inexact | status::Rounded : status::Rounded;
}
void normalize(Number& out, const Number& a, const Settings& c, uint32_t& s) {
    if (check_nans(out, a, nullptr, c, s)) return;
    out = a;
    finalize(out, c, s);
    if (out.is_special()) return;
    if (out.is_zero()) return out.set_zero(out.negative, 0);
    strip_zeros(out, c.clamp ? c.etop() : c.emax);
}
bool power_small(Number& out, const Number& a, int64_t n, const Settings& c, uint32_t& s) {
    if (a.is_special() || a.is_zero() || n < 1 || n > 1'000'000 || a.digits * n > 1'000'000) return false;
    if (a.exponent > 1'000'000'000'000 || a.exponent < -1'000'000'000'000) return false;
    Number x = a;
    mpz_pow_ui(x.coefficient, a.coefficient, static_cast<unsigned long>(n));
    x.exponent = a.exponent * n;
    x.negative = a.negative && (n & 1);
    x.count();
    out = x;
    finalize(out, c, s);
    return true;
}

int compare(const Number& a, const Number& b, uint32_t& s) {
    int sa = a.is_zero() ? 0 : a.negative ? -1 : 1, sb = b.is_zero() ? 0 : b.negative ? -1 : 1;
    if (sa != sb) return sa < sb ? -1 : 1;
    if (sa == 0) return 0;
    if (a.is_infinite() || b.is_infinite()) return a.is_infinite() && b.is_infinite() ? 0 : a.is_infinite() ? sa : -sa;
    int64_t x = a.adjusted(), y = b.adjusted();
    if (x != y) return x < y ? -sa : sa;
    int order;
    if (a.exponent == b.exponent) {
        order = mpz_cmp(a.coefficient, b.coefficient);
    } else {
        const Number &high = a.exponent > b.exponent ? a : b, &low = a.exponent > b.exponent ? b : a;
        mpz_t padded;
        mpz_init_set(padded, high.coefficient);
        if (!shift_left(padded, high.exponent - low.exponent)) s |= status::NoMemory;
        order = mpz_cmp(padded, low.coefficient);
        mpz_clear(padded);
        if (&high == &b) order = -order;
    }
    return order < 0 ? -sa : order > 0 ? sa : 0;
}
int compare_total(const Number& a, const Number& b, uint32_t& s) {
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    int up = a.negative ? -1 : 1;
    if (a.is_nan() || b.is_nan()) {
        if (a.kind != b.kind) {
            // Numbers, then signaling, then quiet NaNs.
            auto rank = [](const Number& n) { return n.kind == Kind::Signaling ? 1 : n.kind == Kind::Quiet ? 2 : 0; };
            return rank(a) < rank(b) ? -up : up;
        }
        int order = mpz_cmp(a.coefficient, b.coefficient);
        return order < 0 ? -up : order > 0 ? up : 0;
    }
    int order = compare(a, b, s);
    if (order) return order;
    if (a.exponent < b.exponent) return -up;
    return a.exponent > b.exponent ? up : 0;
}
void largest(Number& out, const Number& a, const Number& b, bool smallest, const Settings& c, uint32_t& s) {
    if (a.is_nan() || b.is_nan()) {
        // A quiet NaN yields to a number.
        if (a.kind == Kind::Quiet && !b.is_nan()) {
            out = b;
            return finalize(out, c, s);
        }
        if (b.kind == Kind::Quiet && !a.is_nan()) {
            out = a;
            return finalize(out, c, s);
        }
        check_nans(out, a, &b, c, s);
        return;
    }
    int order = compare(a, b, s);
    if (order == 0) order = compare_total(a, b, s);
    out = (smallest ? order < 0 : order >= 0) ? a : b;
    finalize(out, c, s);
}

// Text.

bool parse(std::string_view text, Number& out) {
    size_t at = 0;
    bool negative = false;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
    auto lower = [](char ch) { return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch + 32) : ch; };
    auto matches = [&](std::string_view word, std::string_view part) {
        if (part.size() != word.size()) return false;
        for (size_t i = 0; i < word.size(); ++i)
            if (lower(part[i]) != word[i]) return false;
        return true;
    };
    std::string_view rest = text.substr(at);
    if (matches("inf", rest) || matches("infinity", rest)) return out.set_infinity(negative), true;
    bool signaling = !rest.empty() && lower(rest[0]) == 's';
    std::string_view nan = rest.substr(signaling);
    if (nan.size() >= 3 && matches("nan", nan.substr(0, 3))) {
        base::String digits;
        for (char ch : nan.substr(3)) {
            if (ch < '0' || ch > '9') return false;
            if (ch != '0' || !digits.empty()) digits += ch;
        }
        out.set_nan();
        out.kind = signaling ? Kind::Signaling : Kind::Quiet;
        out.negative = negative;
        if (!digits.empty()) {
            mpz_set_str(out.coefficient, digits.c_str(), 10);
            out.digits = static_cast<int64_t>(digits.size());
        }
        return true;
    }
    base::String digits;
    digits.reserve(rest.size());
    int64_t exponent = 0;
    bool any = false, point = false;
    size_t i = 0;
    for (; i < rest.size(); ++i) {
        char ch = rest[i];
        if (ch >= '0' && ch <= '9') {
            any = true;
            if (ch != '0' || !digits.empty()) digits += ch;
            if (point) --exponent;
        } else if (ch == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    if (!any) return false;
    if (i < rest.size()) {
        if (lower(rest[i]) != 'e') return false;
        bool down = false;
        ++i;
        if (i < rest.size() && (rest[i] == '+' || rest[i] == '-')) down = rest[i++] == '-';
        if (i == rest.size()) return false;
        int64_t value = 0;
        for (; i < rest.size(); ++i) {
            if (rest[i] < '0' || rest[i] > '9') return false;
            value = value < 400'000'000'000'000'000 ? value * 10 + (rest[i] - '0') : 4'000'000'000'000'000'000; // far out of range
        }
        exponent += down ? -value : value;
    }
    out.set_zero(negative, exponent);
    if (!digits.empty()) {
        if (digits.size() <= 19) mpz_set_ui(out.coefficient, strtoull(digits.c_str(), nullptr, 10));
        else mpz_set_str(out.coefficient, digits.c_str(), 10);
        out.digits = static_cast<int64_t>(digits.size());
    }
    return true;
}

static base::String number_text(uint64_t value) {
    char text[24];
    return {text, static_cast<size_t>(std::to_chars(text, text + sizeof text, value).ptr - text)};
}
base::String coefficient_text(const Number& a) {
    if (mpz_size(a.coefficient) <= 1) return number_text(mpz_get_ui(a.coefficient));
    base::String text(mpz_sizeinbase(a.coefficient, 10) + 2, '\0');
    mpz_get_str(text.data(), 10, a.coefficient);
    text.resize(strlen(text.c_str()));
    return text;
}
base::String to_text(const Number& a, bool engineering, bool capitals) {
    base::String text = a.negative ? "-" : "";
    if (a.is_infinite()) return text + "Infinity";
    if (a.is_nan()) {
        text += a.kind == Kind::Signaling ? "sNaN" : "NaN";
        return mpz_sgn(a.coefficient) ? text + coefficient_text(a) : text;
    }
    base::String digits = coefficient_text(a);
    auto length = static_cast<int64_t>(digits.size());
    int64_t left = a.exponent + length, dot;
    if (a.exponent <= 0 && left > -6) dot = left;
    else if (!engineering) dot = 1;
    else if (a.is_zero()) dot = ((left + 1) % 3 + 3) % 3 - 1;
    else dot = ((left - 1) % 3 + 3) % 3 + 1;
    if (dot <= 0) text += "0." + base::String(static_cast<size_t>(-dot), '0') + digits;
    else if (dot >= length) text += digits + base::String(static_cast<size_t>(dot - length), '0');
    else text += digits.substr(0, static_cast<size_t>(dot)) + "." + digits.substr(static_cast<size_t>(dot));
    if (left != dot) {
        text += capitals ? "E" : "e";
        if (left - dot >= 0) text += "+";
        if (left < dot) text += '-';
        text += number_text(static_cast<uint64_t>(left < dot ? dot - left : left - dot));
    }
    return text;
}

} // namespace taipan::decimal
