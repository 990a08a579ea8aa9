// Arithmetic on decimals of at most 38 digits, in registers: nearly all that programs work with. Each function does what its
// namesake of number.h does, or answers false, touching neither result nor status, where that has to be asked: special
// values, results at the edges of the exponents or beyond 38 digits.
#pragma once

#include "modules/decimal/number.h"

namespace taipan::decimal::small {

using Coefficient = unsigned __int128;
constexpr int MaxDigits = 38; // any coefficient of so many digits fits, and twice it

struct Value {
    Coefficient coefficient;
    int64_t exponent;
    int digits; // 1 for zero
    bool negative;
    int64_t adjusted() const { return digits + exponent - 1; }
};

int count_digits(Coefficient value);

using Binary = bool (*)(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s);
using Unary = bool (*)(Value& out, const Value& a, const Settings& c, uint32_t& s);

bool add(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s);
bool subtract(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s);
bool multiply(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s);
bool divide(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s);
bool divide_int(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s);
bool remainder(Value& out, const Value& a, const Value& b, const Settings& c, uint32_t& s);
bool quantize(Value& out, const Value& a, const Value& exp, const Settings& c, uint32_t& s);
bool plus(Value& out, const Value& a, const Settings& c, uint32_t& s);
bool minus(Value& out, const Value& a, const Settings& c, uint32_t& s);
bool absolute(Value& out, const Value& a, const Settings& c, uint32_t& s);

/// Brings the value to `exponent`; `lost`: whether digits other than 0 went.
bool rescale(Value& a, int64_t exponent, Rounding rounding, bool* lost);
/// -1, 0 or 1 in `order`.
bool compare(const Value& a, const Value& b, int* order);

/// The most that the following write; they answer how much it was.
constexpr size_t TextSize = 2 * MaxDigits + 48;
size_t write(const Value& a, bool capitals, char* out);
/// With so many digits after the point; what `rescale` made of it has to be at that exponent. `places` is at most MaxDigits.
size_t write_fixed(const Value& a, int places, char* out);
/// Parses digits with a point and an exponent; the text of anything else is for the general form.
bool parse(std::string_view text, Value& out);

} // namespace taipan::decimal::small
