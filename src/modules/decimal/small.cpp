#include "modules/decimal/small.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace taipan::decimal::small {

namespace {

constexpr int64_t Edge = int64_t{1} << 40; // exponents within it can be added and subtracted without a thought

constexpr auto powers = [] {
    std::array<Coefficient, MaxDigits + 1> table{};
    table[0] = 1;
    for (size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] * 10;
    return table;
}();

bool ordinary(const Value& a) { return a.exponent < Edge && a.exponent > -Edge; }

/// Division by 10**n, in words where they are enough.
void split(Coefficient value, int64_t n, Coefficient& quotient, Coefficient& rest) {
    if (n < 20 && value >> 64 == 0) {
        auto word = static_cast<uint64_t>(value), power = static_cast<uint64_t>(powers[static_cast<size_t>(n)]);
        quotient = word / power;
        rest = word % power;
    } else {
        Coefficient power = powers[static_cast<size_t>(n)];
        quotient = value / power;
        rest = value - quotient * power;
    }
}

/// Divides by 10**n and rounds, n in 1..MaxDigits; whether digits other than 0 were lost.
bool round_off(Value& a, int64_t n, Rounding rounding) {
    Coefficient quotient, rest, power = powers[static_cast<size_t>(n)];
    split(a.coefficient, n, quotient, rest);
    a.coefficient = quotient;
    if (rest == 0) return false;
    bool half_or_more = rest >= power - rest, more_than_half = rest > power - rest, up = false;
    switch (rounding) {
    case Rounding::Up: up = true; break;
    case Rounding::Down: break;
    case Rounding::Ceiling: up = !a.negative; break;
    case Rounding::Floor: up = a.negative; break;
    case Rounding::HalfUp: up = half_or_more; break;
    case Rounding::HalfDown: up = more_than_half; break;
    case Rounding::HalfEven: up = more_than_half || (half_or_more && (quotient & 1)); break;
    case Rounding::ZeroFiveUp: up = quotient % 5 == 0; break;
    }
    a.coefficient += up;
    return true;
}

/// Rounds `a`, whose digits have been counted, to the precision. False near the ends of the exponents.
bool finalize(Value& out, Value a, const Settings& c, uint32_t& s) {
    if (a.coefficient == 0) {
        if (a.exponent < c.etiny() || a.exponent > (c.clamp ? c.etop() : c.emax)) return false;
        out = a;
        return true;
    }
    int64_t least = a.digits + a.exponent - c.prec;
    if (least >= c.etop() || least < c.etiny() || a.exponent > c.etop()) return false;
    if (a.exponent < least) {
        bool lost = round_off(a, least - a.exponent, c.rounding);
        a.exponent = least;
        a.digits = static_cast<int>(c.prec); // all that is left, unless it was rounded up to a power of ten
        if (a.coefficient == powers[static_cast<size_t>(c.prec)]) {
            a.coefficient /= 10;
            a.exponent++;
        }
        s |= lost ? status::Rounded | status::Inexact : status::Rounded;
    }
    out = a;
    return true;
}

/// The digits, with zeros in front if there are fewer.
void write_digits(Coefficient value, int digits, char* out) {
    char* at = out + digits;
    while (value >> 64) {
        Coefficient quotient, rest;
        split(value, 19, quotient, rest);
        value = quotient;
        auto word = static_cast<uint64_t>(rest);
        for (int i = 0; i < 19; ++i, word /= 10) *--at = static_cast<char>('0' + word % 10);
    }
    for (auto word = static_cast<uint64_t>(value); at > out; word /= 10) *--at = static_cast<char>('0' + word % 10);
}

/// Both coefficients at the smaller exponent.
bool align(const Value& a, const Value& b, Coefficient& x, Coefficient& y) {
    if (!ordinary(a) || !ordinary(b)) return false;
    int64_t apart = a.exponent - b.exponent;
    x = a.coefficient;
    y = b.coefficient;
    if (apart > 0) {
        if (apart + a.digits > MaxDigits) return false;
        x *= powers[static_cast<size_t>(apart)];
    } else if (apart < 0) {
        if (b.digits - apart > MaxDigits) return false;
        y *= powers[static_cast<size_t>(-apart)];
    }
    return true;
}

bool sum(Value& out, const Value& a, const Value& b, bool b_negative, const Settings& c, uint32_t& s) {
    Coefficient x, y;
    if (!align(a, b, x, y)) return false;
    Value made;
    made.exponent = std::min(a.exponent, b.exponent);
    made.negative = a.negative;
    if (a.negative == b_negative) {
        made.coefficient = x + y;
    } else if (x > y) {
        made.coefficient = x - y;
    } else {
        made.coefficient = y - x;
        made.negative = x == y ? c.rounding == Rounding::Floor : b_negative;
    }
    made.digits = count_digits(made.coefficient);
    return made.digits <= MaxDigits && finalize(out, made, c, s);
}

/// The whole quotient and the rest of two numbers at one exponent.
bool divide_whole(const Value& a, const Value& b, const Settings& c, Coefficient& quotient, Coefficient& rest) {
    Coefficient x, y;
    if (a.coefficient == 0 || b.coefficient == 0 || !align(a, b, x, y)) return false;
    int64_t difference = a.adjusted() - b.adjusted();
    if (difference <= -2 || difference > c.prec) return false;
    if ((x | y) >> 64 == 0) {
        quotient = static_cast<uint64_t>(x) / static_cast<uint64_t>(y);
        rest = static_cast<uint64_t>(x) % static_cast<uint64_t>(y);
    } else {
        quotient = x / y;
        rest = x - quotient * y;
    }
    return count_digits(quotient) <= c.prec;
}

} // namespace

int count_digits(Coefficient value) {
    // The number of bits tells it but for one.
    auto high = static_cast<uint64_t>(value >> 64);
    int bits = high ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll(static_cast<uint64_t>(value) | 1);
    int guess = bits * 1233 >> 12; // log10(2)
    return guess + (guess > MaxDigits || value >= powers[static_cast<size_t>(guess)] ? 1 : 0) + (value == 0);
}

bool add(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s) { return sum(out, a, b, b.negative, c, s); }
bool subtract(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s) { return sum(out, a, b, !b.negative, c, s); }

bool multiply(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s) {
    if (!ordinary(a) || !ordinary(b) || a.digits + b.digits > MaxDigits) return false;
    Value made = {a.coefficient * b.coefficient, a.exponent + b.exponent, 0, a.negative != b.negative};
    made.digits = count_digits(made.coefficient);
    return finalize(out, made, c, s);
}

bool divide(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s) {
    if (!ordinary(a) || !ordinary(b) || a.coefficient == 0 || b.coefficient == 0 || c.prec > MaxDigits - 2) return false;
    int64_t ideal = a.exponent - b.exponent, shift = b.digits - a.digits + c.prec + 1;
    if (shift < 0 || shift > MaxDigits) return false;
    Value made = {0, ideal - shift, 0, a.negative != b.negative};
    Coefficient power = powers[static_cast<size_t>(shift)];
    bool exact;
    if (a.digits + shift <= MaxDigits) {
        Coefficient dividend = a.coefficient * power;
        made.coefficient = dividend / b.coefficient;
        exact = made.coefficient * b.coefficient == dividend;
    } else {
        auto limbs = [](Coefficient value, mp_limb_t* out) {
            out[0] = static_cast<mp_limb_t>(value);
            out[1] = static_cast<mp_limb_t>(value >> 64);
            return out[1] ? 2 : 1;
        };
        mp_limb_t x[2], y[2], divisor[2], dividend[4], quotient[4], rest[2];
        int nx = limbs(a.coefficient, x), ny = limbs(power, y), nd = limbs(b.coefficient, divisor);
        mp_limb_t top = nx >= ny ? mpn_mul(dividend, x, nx, y, ny) : mpn_mul(dividend, y, ny, x, nx);
        int n = nx + ny - (top == 0);
        mpn_tdiv_qr(quotient, rest, 0, dividend, n, divisor, nd);
        int nq = n - nd + 1; // prec + 2 digits at most: two limbs
        made.coefficient = nq > 1 ? Coefficient{quotient[1]} << 64 | quotient[0] : quotient[0];
        exact = rest[0] == 0 && (nd == 1 || rest[1] == 0);
    }
    if (!exact) {
        made.coefficient += made.coefficient % 5 == 0; // not halfway, not exact
    } else {
        for (int64_t step : {16, 8, 4, 2, 1}) {
            while (ideal - made.exponent >= step) {
                Coefficient quotient, rest;
                split(made.coefficient, step, quotient, rest);
                if (rest != 0) break;
                made.coefficient = quotient;
                made.exponent += step;
            }
        }
    }
    made.digits = count_digits(made.coefficient);
    return finalize(out, made, c, s);
}

bool divide_int(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s) {
    Coefficient quotient, rest;
    if (!divide_whole(a, b, c, quotient, rest)) return false;
    return finalize(out, {quotient, 0, count_digits(quotient), a.negative != b.negative}, c, s);
}
bool remainder(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s) {
    Coefficient quotient, rest;
    if (!divide_whole(a, b, c, quotient, rest)) return false;
    return finalize(out, {rest, std::min(a.exponent, b.exponent), count_digits(rest), a.negative}, c, s);
}

bool rescale(Value& a, int64_t exponent, Rounding rounding, bool* lost) {
    if (!ordinary(a) || exponent >= Edge || exponent <= -Edge) return false;
    *lost = false;
    int64_t more = a.exponent - exponent;
    if (more > 0) {
        if (a.coefficient != 0) {
            if (a.digits + more > MaxDigits) return false;
            a.coefficient *= powers[static_cast<size_t>(more)];
            a.digits += static_cast<int>(more);
        }
    } else if (more < 0) {
        if (a.coefficient != 0) {
            if (-more > MaxDigits) return false;
            *lost = round_off(a, -more, rounding);
            a.digits = count_digits(a.coefficient);
        }
    }
    a.exponent = exponent;
    return true;
}

bool quantize(Value& out, const Value& a, const Value& exp, const Settings& c, uint32_t& s) {
    int64_t target = exp.exponent;
    Value made = a;
    bool lost;
    if (target < c.etiny() || target > c.emax || a.coefficient == 0 || !rescale(made, target, c.rounding, &lost)) return false;
    if (made.digits > c.prec || a.adjusted() - target + 1 > c.prec) return false;
    if (made.coefficient != 0 && (made.adjusted() > c.emax || made.adjusted() < c.emin)) return false;
    uint32_t happened = target <= a.exponent ? 0 : lost ? status::Inexact | status::Rounded : status::Rounded;
    if (!finalize(out, made, c, s)) return false;
    s |= happened;
    return true;
}

bool plus(Value& out, const Value& a, const Settings& c, uint32_t& s) {
    if (!ordinary(a)) return false;
    Value made = a;
    if (made.coefficient == 0 && c.rounding != Rounding::Floor) made.negative = false;
    return finalize(out, made, c, s);
}
bool minus(Value& out, const Value& a, const Settings& c, uint32_t& s) {
    if (!ordinary(a)) return false;
    Value made = a;
    made.negative = made.coefficient == 0 && c.rounding != Rounding::Floor ? false : !made.negative;
    return finalize(out, made, c, s);
}
bool absolute(Value& out, const Value& a, const Settings& c, uint32_t& s) { return a.negative ? minus(out, a, c, s) : plus(out, a, c, s); }

bool compare(const Value& a, const Value& b, int* order) {
    int sa = a.coefficient == 0 ? 0 : a.negative ? -1 : 1, sb = b.coefficient == 0 ? 0 : b.negative ? -1 : 1;
    if (sa != sb) return *order = sa < sb ? -1 : 1, true;
    if (sa == 0) return *order = 0, true;
    if (!ordinary(a) || !ordinary(b)) return false;
    if (a.adjusted() != b.adjusted()) return *order = a.adjusted() < b.adjusted() ? -sa : sa, true;
    Coefficient x, y; // equally high, so that the longer of them says how many digits there are
    if (!align(a, b, x, y)) return false;
    *order = x < y ? -sa : x > y ? sa : 0;
    return true;
}

size_t write(const Value& a, bool capitals, char* out) {
    char digits[MaxDigits], *at = out;
    write_digits(a.coefficient, a.digits, digits);
    auto put = [&](const char* from, int64_t n) { at = static_cast<char*>(memcpy(at, from, static_cast<size_t>(n))) + n; };
    int64_t left = a.exponent + a.digits, dot = a.exponent <= 0 && left > -6 ? left : 1;
    if (a.negative) *at++ = '-';
    if (dot <= 0) {
        put("0.000000", 2 - dot);
        put(digits, a.digits);
    } else {
        put(digits, dot);
        if (dot < a.digits) {
            *at++ = '.';
            put(digits + dot, a.digits - dot);
        }
    }
    if (left != dot) {
        *at++ = capitals ? 'E' : 'e';
        if (left > dot) *at++ = '+';
        at = std::to_chars(at, out + TextSize, left - dot).ptr;
    }
    return static_cast<size_t>(at - out);
}

size_t write_fixed(const Value& a, int places, char* out) {
    int digits = std::max(a.digits, places + 1); // with zeros in front
    char* at = out;
    if (a.negative) *at++ = '-';
    write_digits(a.coefficient, digits, at);
    at += digits;
    if (places == 0) return static_cast<size_t>(at - out);
    memmove(at - places + 1, at - places, static_cast<size_t>(places));
    at[-places] = '.';
    return static_cast<size_t>(at + 1 - out);
}

bool parse(std::string_view text, Value& out) {
    size_t at = 0;
    bool negative = false, any = false, point = false;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
    Coefficient high = 0;
    uint64_t word = 0, scale = 1;
    int digits = 0;
    int64_t exponent = 0;
    for (; at < text.size(); ++at) {
        auto digit = static_cast<unsigned>(text[at] - '0');
        if (digit < 10) {
            any = true;
            if (digit != 0 || digits != 0) {
                if (++digits > MaxDigits) return false;
                word = word * 10 + digit;
                scale *= 10;
                if (scale == 1'000'000'000'000'000'000ull) {
                    high = high * scale + word;
                    word = 0;
                    scale = 1;
                }
            }
            exponent -= point;
        } else if (text[at] == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    if (!any) return false;
    if (at < text.size()) {
        if ((text[at] | 0x20) != 'e') return false;
        bool down = false;
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) down = text[at++] == '-';
        if (at == text.size() || text.size() - at > 9) return false;
        int64_t value = 0;
        for (; at < text.size(); ++at) {
            auto digit = static_cast<unsigned>(text[at] - '0');
            if (digit > 9) return false;
            value = value * 10 + digit;
        }
        exponent += down ? -value : value;
    }
    out = {high * scale + word, exponent, digits ? digits : 1, negative};
    return true;
}

} // namespace taipan::decimal::small
