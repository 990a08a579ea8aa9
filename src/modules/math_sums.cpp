// Sums without loss (Shewchuk's partials, error-free products) and vector norms.
#include "base/small_buffer.h"
#include "modules/math_functions.h"
#include "objects/abstract.h"
#include "objects/int_internal.h"
#include "objects/list.h"
#include "objects/tuple.h"

#include <cfloat>
#include <cmath>

namespace taipan {

namespace {

/// Iteration that goes through exact lists and tuples by index, as their iterators do.
class Items {
public:
    Result<void> open(Thread& t, Borrowed<Object> iterable) {
        if (is_exact<List>(iterable.get()) || is_exact<Tuple>(iterable.get())) m_source = acquire(iterable);
        else m_source = TRY(get_iterator(t, iterable));
        m_kind = is_exact<List>(iterable.get()) ? Kind::List : is_exact<Tuple>(iterable.get()) ? Kind::Tuple : Kind::Other;
        return {};
    }
    ALWAYS_INLINE ResultMaybe<Object> next(Thread& t) {
        if (m_kind == Kind::List) return list_get(t, static_cast<List*>(m_source.get()), m_index++);
        if (m_kind == Kind::Other) return next_item(t, m_source.get());
        auto* tuple = static_cast<Tuple*>(m_source.get());
        return m_index < tuple->size ? MaybeRef<Object>::acquire(tuple->items[m_index++]) : MaybeRef<Object>();
    }

private:
    enum class Kind : uint8_t { Other, List, Tuple } m_kind = Kind::Other;
    MaybeRef<Object> m_source;
    intptr_t m_index = 0;
};

} // namespace

// Partials do not overlap and grow in magnitude; each new number is added to all of them, with the rounding errors kept.
Result<double> math_fsum(Thread& t, Borrowed<Object> iterable) {
    Items items;
    TRY(items.open(t, iterable));
    base::SmallBuffer<double, 32> partials;
    double special = 0.0, infinities = 0.0;
    while (true) {
        MaybeRef<Object> item = TRY(items.next(t));
        if (!item) break;
        double x = LIKELY(is_exact<Float>(item.get())) ? static_cast<Float*>(item.get())->value : TRY(to_double(t, item.get()));
        double original = x;
        size_t kept = 0;
        for (size_t j = 0; j < partials.size(); ++j) {
            double y = partials[j];
            if (fabs(x) < fabs(y)) std::swap(x, y);
            double high = x + y, low = y - (high - x);
            if (low != 0.0) partials[kept++] = low;
            x = high;
        }
        partials.resize(kept);
        if (x == 0.0) continue;
        if (!std::isfinite(x)) {
            if (std::isfinite(original)) return raise(t, exc::OverflowError, "intermediate overflow in fsum");
            if (std::isinf(original)) infinities += original;
            special += original;
            partials.clear();
        } else {
            partials.push(x);
            if (partials.failed()) return raise_memory_error(t);
        }
    }
    if (special != 0.0) {
        if (std::isnan(infinities)) return raise(t, exc::ValueError, "-inf + inf in fsum");
        return special;
    }
    double high = 0.0;
    size_t n = partials.size();
    if (n > 0) {
        high = partials[--n];
        double low = 0.0;
        while (n > 0) { // until the sum becomes inexact
            double x = high, y = partials[--n];
            high = x + y;
            low = y - (high - x);
            if (low != 0.0) break;
        }
        // Half-way cases look at the sign of what is left.
        if (n > 0 && ((low < 0.0 && partials[n - 1] < 0.0) || (low > 0.0 && partials[n - 1] > 0.0))) {
            double y = low * 2.0, x = high + y;
            if (y == x - high) high = x;
        }
    }
    return high;
}

Result<Ref<Object>> math_prod(Thread& t, Borrowed<Object> iterable, MaybeBorrowed<Object> start) {
    Items items;
    TRY(items.open(t, iterable));
    MaybeRef<Object> result;
    int64_t whole = 1, factor;
    if (start && !(is_exact<Int>(start.get()) && int_fits_int64(static_cast<Int*>(start.get()), &whole))) {
        result = start.value().share();
    } else {
        while (true) {
            MaybeRef<Object> item = TRY(items.next(t));
            if (!item) return int_from(t, whole);
            bool fits = is_exact<Int>(item.get()) && int_fits_int64(static_cast<Int*>(item.get()), &factor) &&
                        !__builtin_mul_overflow(whole, factor, &factor);
            if (!fits) {
                Ref<Int> so_far = TRY(int_from(t, whole));
                result = TRY(binary_op(t, BinaryOp::Multiply, so_far, item.get()));
                break;
            }
            whole = factor;
        }
    }
    if (is_exact<Float>(result.get())) {
        double product = static_cast<Float*>(result.get())->value;
        while (true) {
            MaybeRef<Object> item = TRY(items.next(t));
            if (!item) return float_from(t, product);
            int64_t small;
            if (is_exact<Float>(item.get())) product *= static_cast<Float*>(item.get())->value;
            else if (is_exact<Int>(item.get()) && int_fits_int64(static_cast<Int*>(item.get()), &small))
                product *= static_cast<double>(small);
            else {
                Ref<Object> so_far = TRY(float_from(t, product));
                result = TRY(binary_op(t, BinaryOp::Multiply, so_far, item.get()));
                break;
            }
        }
    }
    while (true) {
        MaybeRef<Object> item = TRY(items.next(t));
        if (!item) return result.take();
        Ref<Object> so_far = result.take();
        result = TRY(binary_op(t, BinaryOp::Multiply, so_far, item.get()));
    }
}

namespace {

/// An unevaluated sum of three doubles (Ogita, Rump, Oishi: accurate sum and dot product).
struct TripleLength {
    double high = 0, low = 0, tiny = 0;

    static void two_sum(double a, double b, double& sum, double& error) {
        sum = a + b;
        double z = sum - a;
        error = (a - (sum - z)) + (b - z);
    }
    void add_product(double x, double y) {
        double product = x * y, product_error = fma(x, y, -product);
        double sum, e1, e2;
        two_sum(high, product, sum, e1);
        high = sum;
        two_sum(low, product_error, sum, e2);
        double r, e3;
        two_sum(sum, e1, r, e3);
        low = r;
        tiny += e2 + e3;
    }
    double value() const {
        double sum, error;
        two_sum(low, tiny, sum, error);
        double total, rest;
        two_sum(high, sum, total, rest);
        // What was lost decides ties.
        double a, b;
        two_sum(rest, error, a, b);
        return total + a;
    }
};

} // namespace

Result<Ref<Object>> math_sumprod(Thread& t, Borrowed<Object> p, Borrowed<Object> q) {
    Items first, second;
    TRY(first.open(t, p));
    TRY(second.open(t, q));
    Ref<Object> total = TRY(int_from(t, 0));
    int64_t int_total = 0;
    bool ints = true, int_used = false, floats = true, float_used = false;
    TripleLength float_total;
    while (true) {
        MaybeRef<Object> x = TRY(first.next(t));
        MaybeRef<Object> y = TRY(second.next(t));
        if (!x != !y) return raise(t, exc::ValueError, "Inputs are not the same length");
        bool finished = !x;
        if (ints) {
            int64_t a, b, product, sum;
            if (!finished && is_exact<Int>(x.get()) && is_exact<Int>(y.get()) && int_fits_int64(static_cast<Int*>(x.get()), &a) &&
                int_fits_int64(static_cast<Int*>(y.get()), &b) && !__builtin_mul_overflow(a, b, &product) &&
                !__builtin_add_overflow(int_total, product, &sum)) {
                int_total = sum;
                int_used = true;
                continue;
            }
            if (int_used) {
                Ref<Int> part = TRY(int_from(t, int_total));
                total = TRY(add(t, total, part));
            }
            ints = false;
        }
        if (floats) {
            double a = 0, b = 0;
            bool usable = !finished;
            if (LIKELY(usable && is_exact<Float>(x.get()) && is_exact<Float>(y.get()))) {
                a = static_cast<Float*>(x.get())->value;
                b = static_cast<Float*>(y.get())->value;
            } else if (usable) {
                bool fx = is_exact<Float>(x.get()), fy = is_exact<Float>(y.get());
                usable = (fx || fy) && (fx || is_exact<Int>(x.get()) || is_exact<Bool>(x.get())) &&
                         (fy || is_exact<Int>(y.get()) || is_exact<Bool>(y.get()));
                if (usable) {
                    auto value = [&](Object* o, double* out) {
                        if (is_exact<Float>(o)) return *out = static_cast<Float*>(o)->value, true;
                        auto* n = static_cast<Int*>(o);
                        if (!int_is_small(n)) return false;
                        int64_t v = int_small_value(n);
                        if (v > (int64_t{1} << 53) || v < -(int64_t{1} << 53)) return false;
                        return *out = static_cast<double>(v), true;
                    };
                    usable = value(x.get(), &a) && value(y.get(), &b);
                }
            }
            if (usable) {
                TripleLength next = float_total;
                next.add_product(a, b);
                if (std::isfinite(next.high) && std::isfinite(next.low) && std::isfinite(next.tiny)) {
                    float_total = next;
                    float_used = true;
                    continue;
                }
            }
            if (float_used) {
                Ref<Float> part = TRY(float_from(t, float_total.value()));
                total = TRY(add(t, total, part));
                float_used = false;
            }
            floats = false;
        }
        if (finished) return total;
        Ref<Object> product = TRY(binary_op(t, BinaryOp::Multiply, x.get(), y.get()));
        total = TRY(add(t, total, product));
    }
}

// The norm: coordinates are scaled by a power of two, squared without error and summed with compensation; one Newton step
// corrects the square root.
static double vector_norm(double* values, size_t n, double max, bool found_nan) {
    if (std::isinf(max)) return max;
    if (found_nan) return NAN;
    if (max == 0.0 || n <= 1) return max;
    int exponent;
    frexp(max, &exponent);
    if (exponent < -1023) { // subnormal: the power of two would overflow
        for (size_t i = 0; i < n; ++i) values[i] /= DBL_MIN;
        return DBL_MIN * vector_norm(values, n, max / DBL_MIN, found_nan);
    }
    double scale = ldexp(1.0, -exponent), sum = 1.0, error1 = 0.0, error2 = 0.0;
    for (size_t i = 0; i < n; ++i) {
        double x = values[i] * scale, square = x * x, low = fma(x, x, -square);
        double next = sum + square;
        error1 += low;
        error2 += (sum - next) + square;
        sum = next;
    }
    double h = sqrt(sum - 1.0 + (error1 + error2));
    double square = -h * h, low = fma(-h, h, -square);
    double next = sum + square;
    error1 += low;
    error2 += (sum - next) + square;
    double rest = next - 1.0 + (error1 + error2);
    h += rest / (2.0 * h);
    return h / scale;
}

static Result<double> norm_of(Thread& t, base::SmallBuffer<double, 16>& values) {
    if (values.failed()) return raise_memory_error(t);
    double max = 0.0;
    bool found_nan = false;
    for (double& x : values) {
        x = fabs(x);
        found_nan = found_nan || std::isnan(x);
        if (x > max) max = x;
    }
    return vector_norm(values.data(), values.size(), max, found_nan);
}

Result<double> math_hypot(Thread& t, Args args) {
    base::SmallBuffer<double, 16> values;
    for (Object* arg : args) values.push(TRY(to_double(t, arg)));
    return norm_of(t, values);
}

Result<double> math_dist(Thread& t, Borrowed<Object> p, Borrowed<Object> q) {
    Ref<Tuple> a = is<Tuple>(p.get()) ? as<Tuple>(p).share() : TRY(to_tuple(t, p));
    Ref<Tuple> b = is<Tuple>(q.get()) ? as<Tuple>(q).share() : TRY(to_tuple(t, q));
    if (a->size != b->size) return raise(t, exc::ValueError, "both points must have the same number of dimensions");
    base::SmallBuffer<double, 16> values;
    for (intptr_t i = 0; i < a->size; ++i) {
        double x = TRY(to_double(t, a->items[i]));
        double y = TRY(to_double(t, b->items[i]));
        values.push(x - y);
    }
    return norm_of(t, values);
}

} // namespace taipan
