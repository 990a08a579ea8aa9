#include "modules/math_functions.h"
#include "objects/int_gmp.h"
#include "objects/int_internal.h"

#include <cmath>
#include <utility>

namespace taipan {

using gmp::Mpz;

/// What `work` leaves in the number it is given.
template <class F> static Result<Ref<Int>> computed(Thread& t, F&& work) {
    Mpz result;
    auto compute = [&] {
        Mpz x;
        work(x);
        result.take(x);
    };
    if (!base::attempt(compute)) return raise_memory_error(t);
    return result.to_int(t);
}

static Result<Ref<Int>> gcd_of(Thread& t, Int* a, Int* b) {
    int64_t x, y;
    if (int_fits_int64(a, &x) && int_fits_int64(b, &y)) {
        auto u = x < 0 ? -static_cast<uint64_t>(x) : static_cast<uint64_t>(x),
             v = y < 0 ? -static_cast<uint64_t>(y) : static_cast<uint64_t>(y);
        // One division brings unequal sizes together; then Stein's algorithm.
        if (u < v) std::swap(u, v);
        if (v && u >> 4 > v) {
            u %= v;
            std::swap(u, v);
        }
        if (!v) return int_from_uint64(t, u);
        int shift = __builtin_ctzll(u | v);
        u >>= __builtin_ctzll(u);
        do {
            v >>= __builtin_ctzll(v);
            uint64_t smaller = u < v ? u : v;
            v = u < v ? v - u : u - v;
            u = smaller;
        } while (v);
        return int_from_uint64(t, u << shift);
    }
    return computed(t, [&](Mpz& p) {
        Mpz q;
        p.load(a);
        q.load(b);
        mpz_gcd(p.value, p.value, q.value);
    });
}
static Result<Ref<Int>> absolute_of(Thread& t, Int* a) { return a->is_negative() ? int_negate(t, a) : int_exact(t, a); }

Result<Ref<Object>> math_gcd(Thread& t, Args args) {
    if (LIKELY(args.size() == 2 && is_exact<Int>(args[0]) && is_exact<Int>(args[1])))
        return gcd_of(t, static_cast<Int*>(args[0]), static_cast<Int*>(args[1]));
    Ref<Int> result = TRY(int_from(t, 0));
    for (Object* arg : args) {
        Ref<Int> n = TRY(to_index(t, arg));
        result = TRY(gcd_of(t, result.get(), n.get()));
    }
    return result;
}
Result<Ref<Object>> math_lcm(Thread& t, Args args) {
    Ref<Int> result = TRY(int_from(t, 1));
    for (Object* arg : args) {
        Ref<Int> n = TRY(to_index(t, arg));
        if (n->is_zero() || result->is_zero()) {
            result = TRY(int_from(t, 0));
            continue;
        }
        Ref<Int> divisor = TRY(gcd_of(t, result.get(), n.get()));
        Ref<Int> factor = TRY(int_floor_divide(t, n, divisor));
        Ref<Int> product = TRY(int_multiply(t, result, factor));
        result = TRY(absolute_of(t, product.get()));
    }
    return result;
}

Result<Ref<Object>> math_isqrt(Thread& t, Borrowed<Object> object) {
    Ref<Int> n = TRY(to_index(t, object));
    if (n->is_negative()) return raise(t, exc::ValueError, "isqrt() argument must be nonnegative");
    int64_t small;
    if (int_fits_int64(n.get(), &small)) {
        // The double's root is at most one off.
        auto root = static_cast<int64_t>(std::sqrt(static_cast<double>(small)));
        if (root > 3037000499) root = 3037000499; // the largest whose square fits
        while (root * root > small) --root;
        while (root < 3037000499 && (root + 1) * (root + 1) <= small) ++root;
        return int_from(t, root);
    }
    return TRY(computed(t, [&](Mpz& x) {
        x.load(n.get());
        mpz_sqrt(x.value, x.value);
    }));
}

Result<Ref<Object>> math_factorial(Thread& t, Borrowed<Object> object) {
    Ref<Int> n = TRY(to_index(t, object));
    if (n->is_negative()) return raise(t, exc::ValueError, "factorial() not defined for negative values");
    int64_t value;
    if (!int_fits_int64(n.get(), &value)) return raise(t, exc::OverflowError, "factorial() argument should not exceed %d", INT64_MAX);
    if (value > int64_t{1} << 32) return raise_memory_error(t);
    return TRY(computed(t, [&](Mpz& x) { mpz_fac_ui(x.value, static_cast<unsigned long>(value)); }));
}

/// n and k checked; k clipped to what matters.
static Result<void> check_choice(Thread& t, const Int* n, const Int* k) {
    if (n->is_negative()) return raise(t, exc::ValueError, "n must be a non-negative integer");
    if (k->is_negative()) return raise(t, exc::ValueError, "k must be a non-negative integer");
    return {};
}

Result<Ref<Object>> math_comb(Thread& t, Borrowed<Object> n_object, Borrowed<Object> k_object) {
    Ref<Int> n = TRY(to_index(t, n_object));
    Ref<Int> k = TRY(to_index(t, k_object));
    TRY(check_choice(t, n.get(), k.get()));
    Ref<Int> rest = TRY(int_subtract(t, n, k));
    if (rest->is_negative()) return int_from(t, 0);
    Int* smaller = int_compare(rest.get(), k.get()) < 0 ? rest.get() : k.get();
    int64_t count;
    if (!int_fits_int64(smaller, &count)) return raise(t, exc::OverflowError, "min(n - k, k) must not exceed %d", INT64_MAX);
    return TRY(computed(t, [&](Mpz& x) {
        x.load(n.get());
        mpz_bin_ui(x.value, x.value, static_cast<unsigned long>(count));
    }));
}

/// n * (n-1) * … of `count` factors, by halves.
static void falling(mpz_t out, const mpz_t n, unsigned long count) {
    if (count <= 8) {
        mpz_set(out, n);
        Mpz factor;
        for (unsigned long i = 1; i < count; ++i) {
            mpz_sub_ui(factor.value, n, i);
            mpz_mul(out, out, factor.value);
        }
        return;
    }
    unsigned long half = count / 2;
    Mpz lower, start;
    falling(out, n, half);
    mpz_sub_ui(start.value, n, half);
    falling(lower.value, start.value, count - half);
    mpz_mul(out, out, lower.value);
}

Result<Ref<Object>> math_perm(Thread& t, Borrowed<Object> n_object, NoneOr<Object> k_object) {
    if (!k_object) return math_factorial(t, n_object);
    Ref<Int> n = TRY(to_index(t, n_object));
    Ref<Int> k = TRY(to_index(t, k_object.value()));
    TRY(check_choice(t, n.get(), k.get()));
    if (int_compare(n.get(), k.get()) < 0) return int_from(t, 0);
    int64_t count;
    if (!int_fits_int64(k.get(), &count)) return raise(t, exc::OverflowError, "k must not exceed %d", INT64_MAX);
    if (count == 0) return int_from(t, 1);
    return TRY(computed(t, [&](Mpz& result) {
        Mpz x;
        x.load(n.get());
        falling(result.value, x.value, static_cast<unsigned long>(count));
    }));
}

} // namespace taipan
