// Arithmetic on constants, as the objects themselves do it. Anything that would raise, or whose value would make the
// code larger than the expression deserves, is left to run time. Integers go through GMP.
#include "compiler/constants.h"

#include <gmp.h>

#include <cmath>

namespace taipan::compiler {

using Kind = ConstantValue::Kind;
using Folded = std::optional<ConstantValue>;

constexpr size_t MAX_INT_BITS = 128;
constexpr uint32_t MAX_COLLECTION = 256;
constexpr uint32_t MAX_TEXT = 4096;
constexpr int64_t MAX_TOTAL_ITEMS = 1024;

namespace {

class Integer {
public:
    mpz_t z;
    Integer() { mpz_init(z); }
    explicit Integer(const ConstantValue& v) {
        mpz_init(z);
        switch (v.kind) {
        case Kind::True: mpz_set_si(z, 1); break;
        case Kind::Int: mpz_set_si(z, v.integer); break;
        case Kind::BigInt:
            mpz_import(z, v.size, -1, 8, 0, 0, v.limbs);
            if (v.negative) mpz_neg(z, z);
            break;
        default: break;
        }
    }
    ~Integer() { mpz_clear(z); }
    Integer(const Integer&) = delete;

    size_t bits() const { return mpz_sgn(z) ? mpz_sizeinbase(z, 2) : 0; }
    ConstantValue constant(base::Arena& arena) const {
        if (mpz_fits_slong_p(z)) return ConstantValue::of_int(mpz_get_si(z));
        size_t count = mpz_size(z);
        auto* limbs = arena.make_array<uint64_t>(count);
        mpz_export(limbs, &count, -1, 8, 0, 0, z);
        return ConstantValue::of_limbs(limbs, (uint32_t)count, mpz_sgn(z) < 0);
    }
};

bool is_int(const ConstantValue& v) {
    return v.kind == Kind::Int || v.kind == Kind::BigInt || v.kind == Kind::True || v.kind == Kind::False;
}
bool is_bool(const ConstantValue& v) { return v.kind == Kind::True || v.kind == Kind::False; }
bool is_sequence(const ConstantValue& v) { return v.kind == Kind::Str || v.kind == Kind::Bytes || v.kind == Kind::Tuple; }

// Sign, 64 bits and a power of two, correctly rounded to nearest even. The last bit stands for all below it.
std::optional<double> rounded(bool negative, uint64_t mantissa, long exponent) {
    double value = std::ldexp((double)mantissa, (int)exponent);
    if (!std::isfinite(value) || (value != 0 && value < 1e-300)) return std::nullopt;
    return negative ? -value : value;
}

std::optional<double> divide(const Integer& a, const Integer& b) {
    if (!mpz_sgn(b.z)) return std::nullopt;
    if (!mpz_sgn(a.z)) return mpz_sgn(b.z) < 0 ? -0.0 : 0.0;
    bool negative = (mpz_sgn(a.z) < 0) != (mpz_sgn(b.z) < 0);
    // Scale the quotient to 62 to 64 bits.
    long shift = 63 - ((long)a.bits() - (long)b.bits());
    Integer n, d, q, r;
    mpz_abs(n.z, a.z);
    mpz_abs(d.z, b.z);
    if (shift > 0) mpz_mul_2exp(n.z, n.z, (mp_bitcnt_t)shift);
    else mpz_mul_2exp(d.z, d.z, (mp_bitcnt_t)-shift);
    mpz_tdiv_qr(q.z, r.z, n.z, d.z);
    uint64_t mantissa = mpz_get_ui(q.z) | (mpz_sgn(r.z) ? 1 : 0);
    return rounded(negative, mantissa, -shift);
}

std::optional<double> to_double(const ConstantValue& v) {
    if (v.kind == Kind::Float) return v.real;
    if (!is_int(v)) return std::nullopt;
    Integer a(v), one;
    mpz_set_ui(one.z, 1);
    return mpz_sgn(a.z) ? divide(a, one) : 0.0;
}

struct Complex {
    double real, imaginary;
};

std::optional<Complex> to_complex(const ConstantValue& v) {
    if (v.kind == Kind::Complex) return Complex{v.real, v.imaginary};
    auto real = to_double(v);
    if (!real) return std::nullopt;
    return Complex{*real, 0};
}

Complex multiply(Complex a, Complex b) {
    return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
}

std::optional<Complex> divide(Complex a, Complex b) {
    // Smith's method.
    double abs_real = std::fabs(b.real), abs_imaginary = std::fabs(b.imaginary);
    if (abs_real >= abs_imaginary) {
        if (abs_real == 0) return std::nullopt;
        double ratio = b.imaginary / b.real, denominator = b.real + b.imaginary * ratio;
        return Complex{(a.real + a.imaginary * ratio) / denominator, (a.imaginary - a.real * ratio) / denominator};
    }
    if (!(abs_imaginary >= abs_real)) return Complex{NAN, NAN};
    double ratio = b.real / b.imaginary, denominator = b.real * ratio + b.imaginary;
    return Complex{(a.real * ratio + a.imaginary) / denominator, (a.imaginary * ratio - a.real) / denominator};
}

// By squaring for small whole exponents, through polar form otherwise.
std::optional<Complex> power(Complex a, Complex b) {
    constexpr double LARGEST_WHOLE = 100;
    if (b.imaginary == 0 && b.real == std::floor(b.real) && std::fabs(b.real) <= LARGEST_WHOLE) {
        Complex result{1, 0}, square = a;
        int count = (int)std::fabs(b.real);
        for (int mask = 1; count >= mask; mask <<= 1) {
            if (count & mask) result = multiply(result, square);
            square = multiply(square, square);
        }
        if (b.real < 0) return divide({1, 0}, result);
        return result;
    }
    if (a.real == 0 && a.imaginary == 0) {
        if (b.imaginary != 0 || b.real < 0) return std::nullopt;
        return Complex{0, 0};
    }
    double size = std::hypot(a.real, a.imaginary), length = std::pow(size, b.real);
    double angle = std::atan2(a.imaginary, a.real), phase = angle * b.real;
    if (b.imaginary != 0) {
        length *= std::exp(-angle * b.imaginary);
        phase += b.imaginary * std::log(size);
    }
    return Complex{length * std::cos(phase), length * std::sin(phase)};
}

Folded fold_complex(BinaryOperation op, Complex a, Complex b, bool a_real, bool b_real) {
    auto made = [](Complex c) -> Folded { return ConstantValue::of_complex(c.real, c.imaginary); };
    switch (op) {
    // A real operand has no imaginary part, not even a zero with a sign.
    case BinaryOperation::Add: return made({a.real + b.real, a_real ? b.imaginary : b_real ? a.imaginary : a.imaginary + b.imaginary});
    case BinaryOperation::Subtract:
        return made({a.real - b.real, a_real ? -b.imaginary : b_real ? a.imaginary : a.imaginary - b.imaginary});
    case BinaryOperation::Multiply:
        if (a_real) return made({a.real * b.real, a.real * b.imaginary});
        if (b_real) return made({a.real * b.real, a.imaginary * b.real});
        return made(multiply(a, b));
    case BinaryOperation::TrueDivide: {
        if (b_real) {
            if (b.real == 0) return std::nullopt;
            return made({a.real / b.real, a.imaginary / b.real});
        }
        auto quotient = divide(a, b);
        if (!quotient) return std::nullopt;
        // Again a real numerator has no imaginary part, whose sign would show in a zero.
        if (a_real && quotient->imaginary == 0) {
            bool by_real = std::fabs(b.real) >= std::fabs(b.imaginary);
            quotient->imaginary = by_real ? -a.real * (b.imaginary / b.real) : -a.real;
            quotient->imaginary = std::copysign(0.0, quotient->imaginary * (by_real ? b.real : b.imaginary));
        }
        return made(*quotient);
    }
    case BinaryOperation::Power: {
        auto result = power(a, b);
        if (!result || !std::isfinite(result->real) || !std::isfinite(result->imaginary)) return std::nullopt;
        return made(*result);
    }
    default: return std::nullopt;
    }
}

Folded fold_float(BinaryOperation op, double a, double b) {
    auto made = [](double v) -> Folded { return ConstantValue::of_float(v); };
    switch (op) {
    case BinaryOperation::Add: return made(a + b);
    case BinaryOperation::Subtract: return made(a - b);
    case BinaryOperation::Multiply: return made(a * b);
    case BinaryOperation::TrueDivide:
        if (b == 0) return std::nullopt;
        return made(a / b);
    case BinaryOperation::FloorDivide:
    case BinaryOperation::Remainder: {
        if (b == 0) return std::nullopt;
        double remainder = std::fmod(a, b);
        double quotient = (a - remainder) / b;
        if (remainder) {
            if ((b < 0) != (remainder < 0)) {
                remainder += b;
                quotient -= 1;
            }
        } else {
            remainder = std::copysign(0.0, b);
        }
        if (op == BinaryOperation::Remainder) return made(remainder);
        if (!quotient) return made(std::copysign(0.0, a / b));
        double whole = std::floor(quotient);
        if (quotient - whole > 0.5) whole += 1;
        return made(whole);
    }
    case BinaryOperation::Power: {
        if (a == 0 && b < 0) return std::nullopt;
        if (a < 0 && std::isfinite(a) && std::isfinite(b) && b != std::floor(b)) return fold_complex(op, {a, 0}, {b, 0}, true, true);
        double result = std::pow(a, b);
        if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) return std::nullopt;
        return made(result);
    }
    default: return std::nullopt;
    }
}

Folded fold_int(base::Arena& arena, BinaryOperation op, const ConstantValue& left, const ConstantValue& right) {
    Integer a(left), b(right), r;
    bool bools = is_bool(left) && is_bool(right);
    auto logical = [&]() -> Folded {
        if (bools) return ConstantValue::of_bool(mpz_sgn(r.z) != 0);
        return r.constant(arena);
    };
    switch (op) {
    case BinaryOperation::Add: mpz_add(r.z, a.z, b.z); break;
    case BinaryOperation::Subtract: mpz_sub(r.z, a.z, b.z); break;
    case BinaryOperation::Multiply:
        if (mpz_sgn(a.z) && mpz_sgn(b.z) && a.bits() + b.bits() > MAX_INT_BITS) return std::nullopt;
        mpz_mul(r.z, a.z, b.z);
        break;
    case BinaryOperation::TrueDivide: {
        auto quotient = divide(a, b);
        if (!quotient) return std::nullopt;
        return ConstantValue::of_float(*quotient);
    }
    case BinaryOperation::FloorDivide:
        if (!mpz_sgn(b.z)) return std::nullopt;
        mpz_fdiv_q(r.z, a.z, b.z);
        break;
    case BinaryOperation::Remainder:
        if (!mpz_sgn(b.z)) return std::nullopt;
        mpz_fdiv_r(r.z, a.z, b.z);
        break;
    case BinaryOperation::Power: {
        if (mpz_sgn(b.z) < 0) {
            auto x = to_double(left), y = to_double(right);
            if (!x || !y) return std::nullopt;
            return fold_float(op, *x, *y);
        }
        if (mpz_sgn(a.z) && mpz_sgn(b.z) > 0) {
            if (!mpz_fits_ulong_p(b.z)) return std::nullopt;
            if (a.bits() > MAX_INT_BITS / mpz_get_ui(b.z)) return std::nullopt;
        }
        if (!mpz_fits_ulong_p(b.z)) return std::nullopt;
        mpz_pow_ui(r.z, a.z, mpz_get_ui(b.z));
        break;
    }
    case BinaryOperation::LeftShift:
        if (mpz_sgn(b.z) < 0) return std::nullopt;
        if (mpz_sgn(a.z) && mpz_sgn(b.z)) {
            if (!mpz_fits_ulong_p(b.z)) return std::nullopt;
            unsigned long by = mpz_get_ui(b.z);
            if (by > MAX_INT_BITS || a.bits() > MAX_INT_BITS - by) return std::nullopt;
        }
        if (mpz_sgn(a.z)) mpz_mul_2exp(r.z, a.z, mpz_get_ui(b.z));
        break;
    case BinaryOperation::RightShift:
        if (mpz_sgn(b.z) < 0) return std::nullopt;
        if (mpz_fits_ulong_p(b.z)) mpz_fdiv_q_2exp(r.z, a.z, mpz_get_ui(b.z));
        else mpz_set_si(r.z, mpz_sgn(a.z) < 0 ? -1 : 0);
        break;
    case BinaryOperation::And: mpz_and(r.z, a.z, b.z); return logical();
    case BinaryOperation::Or: mpz_ior(r.z, a.z, b.z); return logical();
    case BinaryOperation::Xor: mpz_xor(r.z, a.z, b.z); return logical();
    default: return std::nullopt;
    }
    return r.constant(arena);
}

// The number of items in a constant, nested ones included; negative once that passes `limit`.
int64_t count_down_items(const ConstantValue& v, int64_t limit) {
    if (v.kind != Kind::Tuple && v.kind != Kind::FrozenSet) return limit;
    limit -= v.size;
    for (uint32_t i = 0; limit >= 0 && i < v.size; i++) limit = count_down_items(v.items[i], limit);
    return limit;
}

base::Vector<std::string_view> characters_of(std::string_view text) {
    base::Vector<std::string_view> result;
    for (size_t i = 0; i < text.size();) {
        size_t end = i + 1;
        while (end < text.size() && ((unsigned char)text[end] & 0xC0) == 0x80) end++;
        result.push_back(text.substr(i, end - i));
        i = end;
    }
    return result;
}

size_t length_of(const ConstantValue& v) { return v.kind == Kind::Str ? characters_of(v.view()).size() : v.size; }

// Two surrogate halves that come together stay two: WTF-8 would merge them only if they were written as one character.
ConstantValue keep_text(base::Arena& arena, Kind kind, const base::String& text) {
    std::string_view kept{arena.copy(text.data(), text.size()), text.size()};
    return kind == Kind::Str ? ConstantValue::of_str(kept) : ConstantValue::of_bytes(kept);
}

Folded repeat(base::Arena& arena, const ConstantValue& sequence, const ConstantValue& times) {
    size_t length = length_of(sequence);
    int64_t count = times.kind == Kind::Int ? times.integer : times.kind == Kind::True ? 1 : 0;
    if (length) {
        if (times.kind == Kind::BigInt || count < 0) return std::nullopt;
        uint64_t most = (sequence.kind == Kind::Tuple ? MAX_COLLECTION : MAX_TEXT) / length;
        if ((uint64_t)count > most) return std::nullopt;
        if (sequence.kind == Kind::Tuple && count && count_down_items(sequence, MAX_TOTAL_ITEMS / count) < 0) return std::nullopt;
    }
    if (sequence.kind == Kind::Tuple) {
        base::Vector<ConstantValue> items;
        for (int64_t i = 0; length && i < count; i++) items.insert(items.end(), sequence.items, sequence.items + sequence.size);
        return tuple_constant(arena, items);
    }
    base::String text;
    for (int64_t i = 0; length && i < count; i++) text += sequence.view();
    return keep_text(arena, sequence.kind, text);
}

Folded concatenate(base::Arena& arena, const ConstantValue& a, const ConstantValue& b) {
    if (a.kind == Kind::Tuple) {
        base::Vector<ConstantValue> items(a.items, a.items + a.size);
        items.insert(items.end(), b.items, b.items + b.size);
        return tuple_constant(arena, items);
    }
    base::String text(a.view());
    text += b.view();
    return keep_text(arena, a.kind, text);
}

bool slice_index(const ConstantValue& v, int64_t absent, int64_t& out) {
    switch (v.kind) {
    case Kind::None: out = absent; return true;
    case Kind::False: out = 0; return true;
    case Kind::True: out = 1; return true;
    case Kind::Int: out = v.integer; return true;
    case Kind::BigInt: out = v.negative ? INT64_MIN / 4 : INT64_MAX / 4; return true;
    default: return false;
    }
}

Folded subscript(base::Arena& arena, const ConstantValue& sequence, const ConstantValue& index) {
    auto length = (int64_t)length_of(sequence);
    base::Vector<int64_t> chosen;
    bool single = index.kind != Kind::Slice;
    if (single) {
        if (!is_int(index) || index.kind == Kind::BigInt) return std::nullopt;
        int64_t at = index.kind == Kind::Int ? index.integer : index.kind == Kind::True;
        if (at < 0) at += length;
        if (at < 0 || at >= length) return std::nullopt;
        chosen.push_back(at);
    } else {
        int64_t start, stop, step;
        if (!slice_index(index.items[2], 1, step) || step == 0) return std::nullopt;
        constexpr int64_t ABSENT = INT64_MIN;
        if (!slice_index(index.items[0], ABSENT, start) || !slice_index(index.items[1], ABSENT, stop)) return std::nullopt;
        auto clamp = [&](int64_t v) {
            if (v < 0) v = std::max(v, -length - 1) + length;
            if (step > 0) return std::max<int64_t>(0, std::min(v, length));
            return std::max<int64_t>(-1, std::min(v, length - 1));
        };
        start = start == ABSENT ? (step > 0 ? 0 : length - 1) : clamp(start);
        stop = stop == ABSENT ? (step > 0 ? length : -1) : clamp(stop);
        for (int64_t i = start; step > 0 ? i < stop : i > stop;) {
            chosen.push_back(i);
            if (step > length + 1 || step < -length - 1) break;
            i += step;
        }
    }
    switch (sequence.kind) {
    case Kind::Tuple: {
        if (single) return sequence.items[chosen[0]];
        base::Vector<ConstantValue> items;
        for (int64_t i : chosen) items.push_back(sequence.items[i]);
        return tuple_constant(arena, items);
    }
    case Kind::Bytes: {
        if (single) return ConstantValue::of_int((unsigned char)sequence.text[chosen[0]]);
        base::String text;
        for (int64_t i : chosen) text += sequence.text[i];
        return keep_text(arena, Kind::Bytes, text);
    }
    default: {
        auto characters = characters_of(sequence.view());
        base::String text;
        for (int64_t i : chosen) text += characters[(size_t)i];
        return keep_text(arena, Kind::Str, text);
    }
    }
}

} // namespace

Folded fold_binary(base::Arena& arena, BinaryOperation op, const ConstantValue& left, const ConstantValue& right) {
    if (op == BinaryOperation::Subscript) return is_sequence(left) ? subscript(arena, left, right) : std::nullopt;
    if (is_int(left) && is_int(right)) return fold_int(arena, op, left, right);
    if (is_sequence(left) || is_sequence(right)) {
        if (op == BinaryOperation::Multiply) {
            if (is_sequence(left) && is_int(right)) return repeat(arena, left, right);
            if (is_int(left)) return repeat(arena, right, left);
        }
        if (op == BinaryOperation::Add && left.kind == right.kind) return concatenate(arena, left, right);
        return std::nullopt;
    }
    if (left.kind == Kind::Complex || right.kind == Kind::Complex) {
        auto a = to_complex(left), b = to_complex(right);
        if (!a || !b) return std::nullopt;
        return fold_complex(op, *a, *b, left.kind != Kind::Complex, right.kind != Kind::Complex);
    }
    if (left.kind == Kind::Float || right.kind == Kind::Float) {
        auto a = to_double(left), b = to_double(right);
        if (!a || !b) return std::nullopt;
        return fold_float(op, *a, *b);
    }
    return std::nullopt;
}

Folded fold_unary(base::Arena& arena, UnaryFold op, const ConstantValue& operand) {
    if (op == UnaryFold::Not) return ConstantValue::of_bool(!constant_truth(operand));
    if (is_int(operand)) {
        if (op == UnaryFold::Invert && is_bool(operand)) return std::nullopt;
        Integer value(operand);
        if (op == UnaryFold::Negative) mpz_neg(value.z, value.z);
        if (op == UnaryFold::Invert) mpz_com(value.z, value.z);
        return value.constant(arena);
    }
    if (op == UnaryFold::Invert) return std::nullopt;
    bool negative = op == UnaryFold::Negative;
    if (operand.kind == Kind::Float) return ConstantValue::of_float(negative ? -operand.real : operand.real);
    if (operand.kind == Kind::Complex) return negative ? ConstantValue::of_complex(-operand.real, -operand.imaginary) : operand;
    return std::nullopt;
}

} // namespace taipan::compiler
