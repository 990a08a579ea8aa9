// Decimal arithmetic after the General Decimal Arithmetic Specification, on coefficients of GMP. No Python objects here:
// operations take a Settings and add what happened to a status word. What works on numbers may run out of memory anywhere, so
// it is called through `attempt`; `NoMemory` tells the same where it is foreseen.
#pragma once

#include "base/scoped_containers.h"

#include <cstdint>
#include <gmp.h>
#include <string_view>

namespace taipan::decimal {

constexpr int64_t MaxPrec = 999999999999999999, MaxEmax = MaxPrec, MinEmin = -MaxPrec, MinEtiny = MinEmin - (MaxPrec - 1);

/// Bits of a status: signals in the order in which they are raised, then conditions that are kinds of InvalidOperation.
namespace status {
constexpr uint32_t InvalidOperation = 1, FloatOperation = 2, DivisionByZero = 4, Overflow = 8, Underflow = 16, Subnormal = 32, Inexact = 64,
                   Rounded = 128, Clamped = 256, AllSignals = 511;
constexpr uint32_t ConversionSyntax = 1 << 16, DivisionImpossible = 1 << 17, DivisionUndefined = 1 << 18, InvalidContext = 1 << 19;
constexpr uint32_t Conditions = ConversionSyntax | DivisionImpossible | DivisionUndefined | InvalidContext;
constexpr uint32_t NoMemory = 1u << 31;
inline uint32_t signals(uint32_t s) { return (s & AllSignals) | (s & Conditions ? InvalidOperation : 0); }
} // namespace status

enum class Rounding : uint8_t { Up, Down, Ceiling, Floor, HalfUp, HalfDown, HalfEven, ZeroFiveUp };
constexpr int RoundingCount = 8;

struct Settings {
    int64_t prec, emax, emin;
    Rounding rounding;
    bool capitals, clamp;
    int64_t etiny() const { return emin - (prec - 1); }
    int64_t etop() const { return emax - (prec - 1); }
};
constexpr Settings MaxSettings = {MaxPrec, MaxEmax, MinEmin, Rounding::HalfEven, true, false};

enum class Kind : uint8_t { Finite, Infinity, Quiet, Signaling };

/// A value being worked on. `digits` counts those of the coefficient: 1 for zero; for NaN those of the payload, 0 without.
struct Number {
    Kind kind = Kind::Finite;
    bool negative = false;
    int64_t exponent = 0, digits = 1;
    mpz_t coefficient;

    Number() { mpz_init(coefficient); }
    ~Number() { mpz_clear(coefficient); }
    Number(const Number& other) : kind(other.kind), negative(other.negative), exponent(other.exponent), digits(other.digits) {
        mpz_init_set(coefficient, other.coefficient);
    }
    Number& operator=(const Number& other) {
        kind = other.kind;
        negative = other.negative;
        exponent = other.exponent;
        digits = other.digits;
        mpz_set(coefficient, other.coefficient);
        return *this;
    }
    /// After an attempt that failed its memory is not to be looked at: gone, or lost with what the number was before.
    void forget() {
        mpz_init(coefficient);
        kind = Kind::Quiet;
        exponent = digits = 0;
    }
    bool is_nan() const { return kind >= Kind::Quiet; }
    bool is_special() const { return kind != Kind::Finite; }
    bool is_infinite() const { return kind == Kind::Infinity; }
    bool is_zero() const { return kind == Kind::Finite && mpz_sgn(coefficient) == 0; }
    int64_t adjusted() const { return digits + exponent - 1; }
    void count();
    void set_nan() { set(Kind::Quiet, false); }
    void set_infinity(bool sign) { set(Kind::Infinity, sign); }
    void set_zero(bool sign, int64_t exp) {
        set(Kind::Finite, sign);
        exponent = exp;
        digits = 1;
    }
    void set_int(int64_t value) {
        set(Kind::Finite, value < 0);
        mpz_set_si(coefficient, value);
        mpz_abs(coefficient, coefficient);
        count();
    }

private:
    void set(Kind k, bool sign) {
        kind = k;
        negative = sign;
        exponent = 0;
        digits = 0;
        mpz_set_ui(coefficient, 0);
    }
};

/// Does the work, which changes no other numbers of its surroundings than those; without memory they are NaN and it is false.
template <class F, class... Numbers> [[nodiscard]] bool attempt(F&& work, Numbers&... changed) {
    if (base::attempt(work)) return true;
    (changed.forget(), ...);
    return false;
}
/// The same, telling it in the status.
template <class F, class... Numbers> void attempt_in(uint32_t& s, F&& work, Numbers&... changed) {
    if (!attempt(work, changed...)) s |= status::NoMemory;
}

/// 10**n into `out`; false: too large.
bool power_of_ten(mpz_t out, int64_t n);
/// Multiplies by 10**n; false: too large.
bool shift_left(mpz_t value, int64_t n);

/// Parses the syntax of numeric strings, without blanks and underscores; the value is exact. False: no number.
bool parse(std::string_view text, Number& out);
base::String to_text(const Number& a, bool engineering, bool capitals);
base::String coefficient_text(const Number& a);

/// Rounds to the settings.
void finalize(Number& a, const Settings& c, uint32_t& s);
/// The value with another exponent, rounded in `rounding`; returns whether digits other than 0 were lost.
bool rescale(Number& a, int64_t exponent, Rounding rounding, uint32_t& s);
void strip_zeros(Number& a, int64_t highest_exponent);

void add(Number& out, const Number& a, const Number& b, bool subtract, const Settings& c, uint32_t& s);
void multiply(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s);
void divide(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s);
void divide_int(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s);
void remainder(Number& out, const Number& a, const Number& b, const Settings& c, uint32_t& s);
void divmod(Number& quotient, Number& rest, const Number& a, const Number& b, const Settings& c, uint32_t& s);
void fma(Number& out, const Number& a, const Number& b, const Number& third, const Settings& c, uint32_t& s);
void plus(Number& out, const Number& a, const Settings& c, uint32_t& s);
void minus(Number& out, const Number& a, const Settings& c, uint32_t& s);
void absolute(Number& out, const Number& a, const Settings& c, uint32_t& s);
void square_root(Number& out, const Number& a, const Settings& c, uint32_t& s);
void quantize(Number& out, const Number& a, const Number& exp, Rounding rounding, const Settings& c, uint32_t& s);
void to_integral(Number& out, const Number& a, Rounding rounding, bool exact, const Settings& c, uint32_t& s);
void normalize(Number& out, const Number& a, const Settings& c, uint32_t& s);
void largest(Number& out, const Number& a, const Number& b, bool smallest, const Settings& c, uint32_t& s);
/// a**n for n of moderate size, rounded once. False: not done.
bool power_small(Number& out, const Number& a, int64_t n, const Settings& c, uint32_t& s);

/// If an operand is NaN: true, and the result of the operation.
bool check_nans(Number& out, const Number& a, const Number* b, const Settings& c, uint32_t& s);
/// -1, 0 or 1 for numbers.
int compare(const Number& a, const Number& b, uint32_t& s);
/// The total order, of which NaNs are part.
int compare_total(const Number& a, const Number& b, uint32_t& s);

} // namespace taipan::decimal
