// Arithmetic on ints. One and two digits are done in machine words; a few digits by loops over 30-bit digits; more by GMP
// on limbs (converting costs a linear pass, which pays from about eight digits on).
#include "base/big_digits.h"
#include "objects/exceptions.h"
#include "objects/float.h"
#include "objects/int_gmp.h"
#include "objects/int_internal.h"

#include <cfloat>
#include <cmath>

namespace taipan {

namespace {

constexpr intptr_t GmpThreshold = 8;

/// Magnitudes compared.
int compare_digits(const uint32_t* a, intptr_t na, const uint32_t* b, intptr_t nb) {
    if (na != nb) return na < nb ? -1 : 1;
    for (intptr_t i = na; --i >= 0;)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

Result<Ref<Int>> add_magnitudes(Thread& t, const Int* a, const Int* b, bool negative) {
    intptr_t na = a->digit_count(), nb = b->digit_count();
    if (na < nb) std::swap(a, b), std::swap(na, nb);
    Ref<Int> result = TRY(int_alloc(t, na + 1));
    const uint32_t *x = a->digits, *y = b->digits;
    uint32_t* z = result->digits;
    uint32_t carry = 0;
    intptr_t i = 0;
    for (; i < nb; ++i) {
        carry += x[i] + y[i];
        z[i] = carry & Int::DigitMask;
        carry >>= 30;
    }
    for (; i < na; ++i) {
        carry += x[i];
        z[i] = carry & Int::DigitMask;
        carry >>= 30;
    }
    z[i] = carry;
    return int_finish(t, std::move(result), negative, na + 1);
}

/// |a| - |b|, negated if `negative`.
Result<Ref<Int>> subtract_magnitudes(Thread& t, const Int* a, const Int* b, bool negative) {
    intptr_t na = a->digit_count(), nb = b->digit_count();
    int order = compare_digits(a->digits, na, b->digits, nb);
    if (order == 0) return int_from(t, 0);
    if (order < 0) std::swap(a, b), std::swap(na, nb), negative = !negative;
    Ref<Int> result = TRY(int_alloc(t, na));
    const uint32_t *x = a->digits, *y = b->digits;
    uint32_t* z = result->digits;
    uint32_t borrow = 0;
    intptr_t i = 0;
    for (; i < nb; ++i) {
        borrow = x[i] - y[i] - borrow;
        z[i] = borrow & Int::DigitMask;
        borrow = (borrow >> 30) & 1;
    }
    for (; i < na; ++i) {
        borrow = x[i] - borrow;
        z[i] = borrow & Int::DigitMask;
        borrow = (borrow >> 30) & 1;
    }
    return int_finish(t, std::move(result), negative, na);
}

} // namespace

using gmp::from_limbs;
using gmp::LimbBuffer;
using gmp::Limbs;
using gmp::Mpz;

Result<Ref<Int>> gmp::from_limbs(Thread& t, bool negative, const mp_limb_t* limbs, size_t size) {
    while (size > 0 && limbs[size - 1] == 0) --size;
    Ref<Int> result = TRY(int_alloc(t, static_cast<intptr_t>(base::digits_for_limbs(size))));
    size_t count = base::limbs_to_digits(limbs, size, result->digits);
    return int_finish(t, std::move(result), negative, static_cast<intptr_t>(count));
}

Result<Ref<Int>> int_add(Thread& t, Borrowed<Int> a, Borrowed<Int> b) {
    if (LIKELY(int_is_small(a.get()) && int_is_small(b.get()))) return int_from(t, int_small_value(a.get()) + int_small_value(b.get()));
    if (a->is_negative() == b->is_negative()) return add_magnitudes(t, a.get(), b.get(), a->is_negative());
    return subtract_magnitudes(t, a.get(), b.get(), a->is_negative());
}

Result<Ref<Int>> int_subtract(Thread& t, Borrowed<Int> a, Borrowed<Int> b) {
    if (LIKELY(int_is_small(a.get()) && int_is_small(b.get()))) return int_from(t, int_small_value(a.get()) - int_small_value(b.get()));
    if (a->is_negative() == b->is_negative()) return subtract_magnitudes(t, a.get(), b.get(), a->is_negative());
    // A zero b has no sign of its own; then |a| + 0 keeps a's.
    return add_magnitudes(t, a.get(), b.get(), a->is_zero() ? !b->is_negative() : a->is_negative());
}

Result<Ref<Int>> int_multiply(Thread& t, Borrowed<Int> a, Borrowed<Int> b) {
    if (LIKELY(a->is_compact() && b->is_compact())) return int_from(t, a->compact_value() * b->compact_value());
    if (int_is_small(a.get()) && int_is_small(b.get()))
        return int_from_int128(t, static_cast<__int128>(int_small_value(a.get())) * int_small_value(b.get()));
    const Int *x = a.get(), *y = b.get();
    intptr_t nx = x->digit_count(), ny = y->digit_count();
    if (nx == 0 || ny == 0) return int_from(t, 0);
    if (nx < ny) std::swap(x, y), std::swap(nx, ny);
    bool negative = x->is_negative() != y->is_negative();
    if (ny < GmpThreshold) {
        Ref<Int> result = TRY(int_alloc(t, nx + ny));
        uint32_t* z = result->digits;
        memset(z, 0, static_cast<size_t>(nx + ny) * sizeof(uint32_t));
        for (intptr_t j = 0; j < ny; ++j) {
            uint64_t factor = y->digits[j], carry = 0;
            for (intptr_t i = 0; i < nx; ++i) {
                carry += z[i + j] + factor * x->digits[i];
                z[i + j] = carry & Int::DigitMask;
                carry >>= 30;
            }
            z[nx + j] = static_cast<uint32_t>(carry);
        }
        return int_finish(t, std::move(result), negative, nx + ny);
    }
    Limbs lx;
    LimbBuffer product;
    if (!lx.load(x)) return raise_memory_error(t);
    if (x == y || (nx == ny && compare_digits(x->digits, nx, y->digits, ny) == 0)) {
        mp_limb_t* z = product.resize(2 * lx.size);
        if (!z) return raise_memory_error(t);
        if (!gmp::on_limbs(lx.size, [&] { mpn_sqr(z, lx.data(), static_cast<mp_size_t>(lx.size)); })) return raise_memory_error(t);
        return from_limbs(t, negative, z, 2 * lx.size);
    }
    Limbs ly;
    if (!ly.load(y)) return raise_memory_error(t);
    mp_limb_t* z = product.resize(lx.size + ly.size);
    if (!z) return raise_memory_error(t);
    // mpn_mul wants the longer one first, which of two numbers with as many digits may be either.
    Limbs &longer = lx.size >= ly.size ? lx : ly, &shorter = lx.size >= ly.size ? ly : lx;
    auto multiply = [&] {
        mpn_mul(z, longer.data(), static_cast<mp_size_t>(longer.size), shorter.data(), static_cast<mp_size_t>(shorter.size));
    };
    if (!gmp::on_limbs(lx.size + ly.size, multiply)) return raise_memory_error(t);
    return from_limbs(t, negative, z, lx.size + ly.size);
}

/// Truncating division of magnitudes, then adjusted to floor: q rounds down, r has b's sign.
Result<void> int_divmod(Thread& t, const Int* a, const Int* b, MaybeRef<Int>* quotient, MaybeRef<Int>* remainder) {
    if (b->is_zero()) return raise(t, exc::ZeroDivisionError, "division by zero");
    if (LIKELY(int_is_small(a) && int_is_small(b))) {
        int64_t x = int_small_value(a), y = int_small_value(b);
        int64_t q = x / y, r = x % y;
        if (r != 0 && (r ^ y) < 0) r += y, --q;
        if (quotient) *quotient = TRY(int_from(t, q));
        if (remainder) *remainder = TRY(int_from(t, r));
        return {};
    }
    bool differ = a->is_negative() != b->is_negative();
    intptr_t na = a->digit_count(), nb = b->digit_count();
    if (compare_digits(a->digits, na, b->digits, nb) < 0) {
        if (a->is_zero() || !differ) {
            if (quotient) *quotient = TRY(int_from(t, 0));
            if (remainder) *remainder = TRY(int_from_digits(t, a->is_negative(), a->digits, na));
        } else {
            if (quotient) *quotient = TRY(int_from(t, -1));
            if (remainder) *remainder = TRY(int_add(t, const_cast<Int*>(a), const_cast<Int*>(b)));
        }
        return {};
    }
    MaybeRef<Int> q, r;
    if (nb == 1) {
        uint32_t divisor = b->digits[0];
        uint64_t rest = 0;
        {
            Ref<Int> result = TRY(int_alloc(t, na));
            for (intptr_t i = na; --i >= 0;) {
                rest = (rest << 30) | a->digits[i];
                auto digit = static_cast<uint32_t>(rest / divisor);
                result->digits[i] = digit;
                rest -= static_cast<uint64_t>(digit) * divisor;
            }
            if (quotient) q = TRY(int_finish(t, std::move(result), differ, na));
        }
        if (remainder || differ) r = TRY(int_from(t, a->is_negative() ? -static_cast<int64_t>(rest) : static_cast<int64_t>(rest)));
    } else {
        Limbs la, lb;
        if (!la.load(a) || !lb.load(b)) return raise_memory_error(t);
        LimbBuffer lq, lr;
        mp_limb_t* zq = lq.resize(la.size - lb.size + 1);
        mp_limb_t* zr = lr.resize(lb.size);
        if (!zq || !zr) return raise_memory_error(t);
        auto divide = [&] {
            mpn_tdiv_qr(zq, zr, 0, la.data(), static_cast<mp_size_t>(la.size), lb.data(), static_cast<mp_size_t>(lb.size));
        };
        if (!gmp::on_limbs(la.size + lb.size, divide)) return raise_memory_error(t);
        if (quotient) q = TRY(from_limbs(t, differ, zq, la.size - lb.size + 1));
        if (remainder || differ) r = TRY(from_limbs(t, a->is_negative(), zr, lb.size));
    }
    if (differ && !r->is_zero()) {
        if (quotient) q = TRY(int_subtract(t, q.get(), &g_small_ints[1 - Int::SmallMin]));
        if (remainder) r = TRY(int_add(t, r.get(), const_cast<Int*>(b)));
    }
    if (quotient) *quotient = std::move(q);
    if (remainder) *remainder = std::move(r);
    return {};
}

Result<Ref<Int>> int_floor_divide(Thread& t, Borrowed<Int> a, Borrowed<Int> b) {
    if (LIKELY(a->is_compact() && b->is_compact() && !b->is_zero())) {
        intptr_t x = a->compact_value(), y = b->compact_value(), q = x / y;
        if ((x ^ y) < 0 && q * y != x) --q;
        return int_from(t, q);
    }
    MaybeRef<Int> result;
    TRY(int_divmod(t, a.get(), b.get(), &result, nullptr));
    return result.take();
}

Result<Ref<Int>> int_modulo(Thread& t, Borrowed<Int> a, Borrowed<Int> b) {
    if (LIKELY(a->is_compact() && b->is_compact() && !b->is_zero())) {
        intptr_t y = b->compact_value(), r = a->compact_value() % y;
        if (r != 0 && (r ^ y) < 0) r += y;
        return int_from(t, r);
    }
    MaybeRef<Int> result;
    TRY(int_divmod(t, a.get(), b.get(), nullptr, &result));
    return result.take();
}

Result<Ref<Int>> int_negate(Thread& t, Borrowed<Int> a) {
    if (LIKELY(int_is_small(a.get()))) return int_from(t, -int_small_value(a.get()));
    return int_from_digits(t, !a->is_negative(), a->digits, a->digit_count());
}

Result<Ref<Int>> int_lshift(Thread& t, Borrowed<Int> a, int64_t count) {
    if (count < 0) return raise(t, exc::ValueError, "negative shift count");
    if (a->is_zero() || count == 0) return int_exact(t, a);
    if (LIKELY(a->is_compact() && count < 32)) return int_from(t, a->compact_value() * (int64_t{1} << count));
    if (count / 30 > (INTPTR_MAX / 8)) return raise(t, exc::OverflowError, "too many digits in integer");
    intptr_t words = count / 30, n = a->digit_count();
    int bits = static_cast<int>(count % 30);
    Ref<Int> result = TRY(int_alloc(t, n + words + 1));
    uint32_t* z = result->digits;
    memset(z, 0, static_cast<size_t>(words) * sizeof(uint32_t));
    uint64_t carry = 0;
    for (intptr_t i = 0; i < n; ++i) {
        carry |= static_cast<uint64_t>(a->digits[i]) << bits;
        z[words + i] = carry & Int::DigitMask;
        carry >>= 30;
    }
    z[words + n] = static_cast<uint32_t>(carry);
    return int_finish(t, std::move(result), a->is_negative(), n + words + 1);
}

Result<Ref<Int>> int_rshift(Thread& t, Borrowed<Int> a, int64_t count) {
    if (count < 0) return raise(t, exc::ValueError, "negative shift count");
    if (LIKELY(int_is_small(a.get()))) {
        int64_t value = int_small_value(a.get());
        return int_from(t, count > 63 ? (value < 0 ? -1 : 0) : value >> count);
    }
    intptr_t words = count / 30, n = a->digit_count();
    int bits = static_cast<int>(count % 30);
    bool negative = a->is_negative();
    if (words >= n) return int_from(t, negative ? -1 : 0);
    intptr_t size = n - words;
    Ref<Int> result = TRY(int_alloc(t, size + 1));
    uint32_t* z = result->digits;
    const uint32_t* from = a->digits + words;
    for (intptr_t i = 0; i + 1 < size; ++i) z[i] = (from[i] >> bits | from[i + 1] << (30 - bits)) & Int::DigitMask;
    z[size - 1] = from[size - 1] >> bits;
    if (negative) { // floor: one more when a bit that is not zero was dropped
        bool inexact = (a->digits[words] & ((1u << bits) - 1)) != 0;
        for (intptr_t i = 0; !inexact && i < words; ++i) inexact = a->digits[i] != 0;
        uint32_t carry = inexact;
        for (intptr_t i = 0; carry && i < size; ++i) {
            z[i] += 1;
            carry = z[i] >> 30;
            z[i] &= Int::DigitMask;
        }
        z[size] = carry;
        return int_finish(t, std::move(result), true, size + 1);
    }
    return int_finish(t, std::move(result), false, size);
}

Result<Ref<Int>> int_invert(Thread& t, const Int* a) {
    if (LIKELY(int_is_small(a))) return int_from(t, ~int_small_value(a));
    Ref<Int> next = TRY(int_add(t, const_cast<Int*>(a), &g_small_ints[1 - Int::SmallMin]));
    return int_negate(t, next.borrow());
}

Result<Ref<Int>> int_bitwise(Thread& t, const Int* a, const Int* b, BitOp op) {
    if (LIKELY(int_is_small(a) && int_is_small(b))) {
        int64_t x = int_small_value(a), y = int_small_value(b);
        return int_from(t, op == BitOp::And ? x & y : op == BitOp::Or ? x | y : x ^ y);
    }
    // Two's complement of as many digits as the longer operand has, plus one for the sign.
    intptr_t na = a->digit_count(), nb = b->digit_count(), n = (na > nb ? na : nb) + 1;
    bool sa = a->is_negative(), sb = b->is_negative();
    bool negative = op == BitOp::And ? sa && sb : op == BitOp::Or ? sa || sb : sa != sb;
    if (!sa && !sb) { // digit by digit; what only the longer one has, stays or goes
        const uint32_t *x = a->digits, *y = b->digits;
        if (na < nb) {
            std::swap(x, y);
            std::swap(na, nb);
        }
        intptr_t size = op == BitOp::And ? nb : na;
        Ref<Int> plain = TRY(int_alloc(t, size));
        uint32_t* z = plain->digits;
        switch (op) {
        case BitOp::And:
            for (intptr_t i = 0; i < nb; ++i) z[i] = x[i] & y[i];
            break;
        case BitOp::Or:
            for (intptr_t i = 0; i < nb; ++i) z[i] = x[i] | y[i];
            break;
        default:
            for (intptr_t i = 0; i < nb; ++i) z[i] = x[i] ^ y[i];
        }
        if (size > nb) memcpy(z + nb, x + nb, static_cast<size_t>(size - nb) * sizeof *z);
        return int_finish(t, std::move(plain), false, size);
    }
    Ref<Int> result = TRY(int_alloc(t, n));
    uint32_t* z = result->digits;
    uint32_t ca = 1, cb = 1, cz = 1;
    for (intptr_t i = 0; i < n; ++i) {
        uint32_t x = i < na ? a->digits[i] : 0, y = i < nb ? b->digits[i] : 0;
        if (sa) {
            ca += x ^ Int::DigitMask;
            x = ca & Int::DigitMask;
            ca >>= 30;
        }
        if (sb) {
            cb += y ^ Int::DigitMask;
            y = cb & Int::DigitMask;
            cb >>= 30;
        }
        uint32_t v = op == BitOp::And ? x & y : op == BitOp::Or ? x | y : x ^ y;
        if (negative) {
            cz += v ^ Int::DigitMask;
            v = cz & Int::DigitMask;
            cz >>= 30;
        }
        z[i] = v;
    }
    return int_finish(t, std::move(result), negative, n);
}

// a / b, correctly rounded: a quotient of 55 or 56 bits with the remainder folded into its last bit, rounded once to the
// precision that the result's exponent leaves (less than 53 bits for subnormals).
Result<double> int_true_divide(Thread& t, const Int* a, const Int* b) {
    if (b->is_zero()) return raise(t, exc::ZeroDivisionError, "division by zero");
    if (a->is_zero()) return b->is_negative() ? -0.0 : 0.0;
    if (LIKELY(int_is_small(a) && int_is_small(b))) {
        int64_t x = int_small_value(a), y = int_small_value(b);
        constexpr int64_t exact = int64_t{1} << 53;
        if (LIKELY(x <= exact && x >= -exact && y <= exact && y >= -exact)) return static_cast<double>(x) / static_cast<double>(y);
    }
    bool negative = a->is_negative() != b->is_negative();
    int64_t diff = static_cast<int64_t>(int_bit_length(a)) - static_cast<int64_t>(int_bit_length(b));
    if (diff > DBL_MAX_EXP) return raise(t, exc::OverflowError, "integer division result too large for a float");
    if (diff < DBL_MIN_EXP - DBL_MANT_DIG - 1) return negative ? -0.0 : 0.0;
    int64_t shift = (diff > DBL_MIN_EXP ? diff : DBL_MIN_EXP) - DBL_MANT_DIG - 2;
    uint64_t bits = 0;
    bool inexact = false;
    auto divide = [&] {
        Mpz x, y, q, r;
        x.load(a);
        y.load(b);
        mpz_abs(x.value, x.value);
        mpz_abs(y.value, y.value);
        if (shift <= 0) mpz_mul_2exp(x.value, x.value, static_cast<mp_bitcnt_t>(-shift));
        else mpz_mul_2exp(y.value, y.value, static_cast<mp_bitcnt_t>(shift));
        mpz_tdiv_qr(q.value, r.value, x.value, y.value);
        bits = mpz_get_ui(q.value);
        inexact = mpz_sgn(r.value) != 0;
    };
    if (!base::attempt(divide)) return raise_memory_error(t);
    int64_t length = bits ? 64 - __builtin_clzll(bits) : 0;
    int64_t extra = (length > DBL_MIN_EXP - shift ? length : DBL_MIN_EXP - shift) - DBL_MANT_DIG;
    if (inexact) bits |= 1;
    uint64_t mask = uint64_t{1} << (extra - 1);
    if ((bits & mask) && (bits & (3 * mask - 1))) bits += mask;
    bits &= ~(2 * mask - 1);
    double value = ldexp(static_cast<double>(bits), static_cast<int>(shift));
    if (std::isinf(value)) return raise(t, exc::OverflowError, "integer division result too large for a float");
    return negative ? -value : value;
}

Result<Ref<Object>> int_power(Thread& t, const Int* a, const Int* b, const Int* modulo) {
    if (!modulo) {
        if (b->is_negative()) {
            double x = TRY(int_to_double(t, const_cast<Int*>(a)));
            double y = TRY(int_to_double(t, const_cast<Int*>(b)));
            if (x == 0.0) return raise(t, exc::ZeroDivisionError, "zero to a negative power");
            return float_from(t, pow(x, y));
        }
        if (b->is_zero()) return int_from(t, 1);
        if (a->is_compact()) {
            int64_t base = a->compact_value();
            if (base == 0 || base == 1) return int_from(t, base);
            if (base == -1) return int_from(t, b->digits[0] & 1 ? -1 : 1);
        }
        int64_t exponent;
        if (!int_fits_int64(b, &exponent)) return raise_memory_error(t);
        if (int_is_small(a) && exponent <= 62) { // machine words as long as they hold the result
            int64_t base = int_small_value(a), result = 1;
            int64_t e = exponent;
            bool fits = true;
            while (true) {
                if ((e & 1) && __builtin_mul_overflow(result, base, &result)) {
                    fits = false;
                    break;
                }
                if (!(e >>= 1)) break;
                if (__builtin_mul_overflow(base, base, &base)) {
                    fits = false;
                    break;
                }
            }
            if (fits) return int_from(t, result);
        }
        size_t length = int_bit_length(a);
        size_t bits;
        if (__builtin_mul_overflow(length, static_cast<size_t>(exponent), &bits) || bits > size_t{1} << 37) return raise_memory_error(t);
        if (length > 1 && a->digit_count() == 1 && (a->digits[0] & (a->digits[0] - 1)) == 0) {
            int64_t count = static_cast<int64_t>(length - 1) * exponent; // a power of two
            return int_lshift(t, &g_small_ints[(a->is_negative() && (exponent & 1) ? -1 : 1) - Int::SmallMin], count);
        }
        Mpz result;
        auto power = [&] {
            Mpz x;
            x.load(a);
            mpz_pow_ui(x.value, x.value, static_cast<unsigned long>(exponent));
            result.take(x);
        };
        if (!base::attempt(power)) return raise_memory_error(t);
        return result.to_int(t);
    }
    if (modulo->is_zero()) return raise(t, exc::ValueError, "pow() 3rd argument cannot be 0");
    if (modulo->is_compact() && modulo->digits[0] == 1) return int_from(t, 0);
    if (int_is_small(a) && int_is_small(b) && int_is_small(modulo) && !b->is_negative()) {
        int64_t m = int_small_value(modulo), exponent = int_small_value(b);
        uint64_t size = static_cast<uint64_t>(m < 0 ? -m : m);
        int64_t rest = int_small_value(a) % static_cast<int64_t>(size);
        auto base = static_cast<uint64_t>(rest < 0 ? rest + static_cast<int64_t>(size) : rest);
        uint64_t result = 1; // of at most 60 bits, as the modulus
        auto times = [&](uint64_t x, uint64_t y) {
            return size >> 32 ? static_cast<uint64_t>(static_cast<unsigned __int128>(x) * y % size) : x * y % size;
        };
        for (auto e = static_cast<uint64_t>(exponent); e; e >>= 1) {
            if (e & 1) result = times(result, base);
            if (e > 1) base = times(base, base);
        }
        auto value = static_cast<int64_t>(result);
        return int_from(t, m < 0 && value ? value + m : value);
    }
    Mpz result;
    bool invertible = true;
    auto power = [&] {
        Mpz x, e, m, rest;
        x.load(a);
        e.load(b);
        m.load(modulo);
        bool negative_modulo = mpz_sgn(m.value) < 0;
        mpz_abs(m.value, m.value);
        if (mpz_sgn(e.value) < 0) {
            invertible = mpz_invert(x.value, x.value, m.value);
            if (!invertible) return;
            mpz_abs(e.value, e.value);
        }
        mpz_powm(rest.value, x.value, e.value, m.value);
        if (negative_modulo && mpz_sgn(rest.value) != 0) mpz_sub(rest.value, rest.value, m.value);
        result.take(rest);
    };
    if (!base::attempt(power)) return raise_memory_error(t);
    if (!invertible) return raise(t, exc::ValueError, "base is not invertible for the given modulus");
    return result.to_int(t);
}

Result<Ref<Int>> int_round(Thread& t, Borrowed<Int> value, Borrowed<Int> digits) {
    if (!digits->is_negative()) return int_exact(t, value);
    int64_t n;
    // Beyond the number's own digits the result is zero.
    size_t bits = int_bit_length(value.get());
    if (!int_fits_int64(digits.get(), &n) || static_cast<double>(-n) > static_cast<double>(bits) * 0.30103 + 2) return int_from(t, 0);
    Mpz result;
    auto round = [&] {
        Mpz x, power, q, r;
        x.load(value.get());
        mpz_ui_pow_ui(power.value, 10, static_cast<unsigned long>(-n));
        mpz_fdiv_qr(q.value, r.value, x.value, power.value);
        mpz_sub(x.value, x.value, r.value); // the multiple below
        mpz_mul_2exp(r.value, r.value, 1);
        int order = mpz_cmp(r.value, power.value);
        if (order > 0 || (order == 0 && mpz_odd_p(q.value))) mpz_add(x.value, x.value, power.value);
        result.take(x);
    };
    if (!base::attempt(round)) return raise_memory_error(t);
    return result.to_int(t);
}

} // namespace taipan
