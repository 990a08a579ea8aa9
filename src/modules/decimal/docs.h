// What the operations of Decimal and of Context say of themselves: most exist in both, as Decimal.name(other) and as
// Context.name(x, other). A name without a text is a compile-time error.
#pragma once

#include <string_view>

namespace taipan::decimal {

struct OperationDoc {
    std::string_view name;
    const char* text;
};
inline constexpr OperationDoc operation_docs[] = {
    {"Etiny", "The smallest exponent that a result can have: Emin - prec + 1."},
    {"Etop", "The largest exponent that a result with all its digits can have: Emax - prec + 1."},
    {"abs", "The absolute value of x, rounded to the context."},
    {"add", "The sum of x and y."},
    {"adjusted", "The exponent that the number has when written with one digit before the point."},
    {"as_integer_ratio", "A pair of integers in lowest terms, the second positive, whose quotient is exactly this number."},
    {"as_tuple", "The sign, the digits and the exponent as a named tuple."},
    {"canonical", "The same number: every encoding here is canonical."},
    {"clear_flags", "Set all flags to False."},
    {"clear_traps", "Set all traps to False."},
    {"compare", "-1, 0 or 1 as a Decimal, as the first number is smaller than the second, equal or larger; NaN if either is one."},
    {"compare_signal", "Like compare(), but any NaN signals."},
    {"compare_total", "Compare by representation: a total order in which numbers with different exponents differ."},
    {"compare_total_mag", "Like compare_total(), without looking at the signs."},
    {"conjugate", "The number itself."},
    {"copy", "A copy of the context, with flags and traps of its own."},
    {"copy_abs", "The number without its sign; nothing is rounded and no flag set."},
    {"copy_decimal", "The number itself, unrounded."},
    {"copy_negate", "The number with the other sign; nothing is rounded and no flag set."},
    {"copy_sign", "The first number with the sign of the second; nothing is rounded and no flag set."},
    {"create_decimal", "A Decimal made of the argument and rounded to the context, unlike what the constructor makes."},
    {"create_decimal_from_float", "A Decimal made of a float and rounded to the context."},
    {"divide", "x divided by y."},
    {"divide_int", "The integer part of x divided by y."},
    {"divmod", "The integer part of x divided by y, and the remainder."},
    {"exp", "e to the power of the number, correctly rounded."},
    {"fma", "The first number times the second plus the third, rounded once."},
    {"from_float", "The Decimal that is exactly equal to a float or an int."},
    {"from_number", "The Decimal that is exactly equal to an int, a float or a Decimal; nothing else is accepted."},
    {"is_canonical", "True: every Decimal is canonical."},
    {"is_finite", "True if the number is neither an infinity nor a NaN."},
    {"is_infinite", "True if the number is an infinity of either sign."},
    {"is_nan", "True if the number is a NaN, quiet or signaling."},
    {"is_normal", "True if the number is finite, not zero and not subnormal."},
    {"is_qnan", "True if the number is a quiet NaN."},
    {"is_signed", "True if the number has a minus sign; zeros and NaNs can have one too."},
    {"is_snan", "True if the number is a signaling NaN."},
    {"is_subnormal", "True if the number is not zero and its adjusted exponent is below Emin."},
    {"is_zero", "True if the number is a zero of either sign."},
    {"ln", "The natural logarithm, correctly rounded."},
    {"log10", "The logarithm to base ten, correctly rounded."},
    {"logb", "The adjusted exponent as a Decimal."},
    {"logical_and", "The digit-wise and of two numbers that consist of the digits 0 and 1."},
    {"logical_invert", "The digit-wise inversion of a number that consists of the digits 0 and 1."},
    {"logical_or", "The digit-wise or of two numbers that consist of the digits 0 and 1."},
    {"logical_xor", "The digit-wise exclusive or of two numbers that consist of the digits 0 and 1."},
    {"max", "The larger of two numbers; of a number and a quiet NaN the number."},
    {"max_mag", "The number with the larger absolute value."},
    {"min", "The smaller of two numbers; of a number and a quiet NaN the number."},
    {"min_mag", "The number with the smaller absolute value."},
    {"minus", "What the prefix operator - gives: 0 - x, rounded."},
    {"multiply", "The product of x and y."},
    {"next_minus", "The largest number below this one that the context can represent."},
    {"next_plus", "The smallest number above this one that the context can represent."},
    {"next_toward", "The representable number next to the first one, in the direction of the second."},
    {"normalize", "The same value without trailing zeros, rounded to the context."},
    {"number_class", "Which of ten classes the number belongs to, as a string: '+Normal', '-Zero', 'NaN' and so on."},
    {"plus", "What the prefix operator + gives: x rounded to the context."},
    {"power", "a to the power of b; with modulo, the remainder of that power of integers."},
    {"quantize", "The first number rounded to the exponent of the second."},
    {"radix", "The base of the arithmetic, which is 10."},
    {"remainder", "What is left after the integer division of x by y; it has the sign of x."},
    {"remainder_near", "The difference to the multiple of the divisor that is nearest."},
    {"rotate", "The digits rotated by as many places as the second number says: to the left if it is positive."},
    {"same_quantum", "True if both numbers have the same exponent, or both are infinite, or both are NaNs."},
    {"scaleb", "The first number with the second added to its exponent."},
    {"shift", "The digits shifted by as many places as the second number says: to the left if it is positive."},
    {"sqrt", "The square root, correctly rounded."},
    {"subtract", "The difference of x and y."},
    {"to_eng_string", "The number as a string whose exponent is a multiple of three."},
    {"to_integral", "The nearest integer; the same as to_integral_value()."},
    {"to_integral_exact", "The nearest integer; signals Inexact or Rounded where those apply."},
    {"to_integral_value", "The nearest integer; never signals Inexact or Rounded."},
    {"to_sci_string", "The number as a string in scientific notation."},
};
void operation_has_no_doc(); // declared only: a compile-time error where it is called
consteval const char* doc_of(std::string_view name) {
    for (const OperationDoc& row : operation_docs)
        if (row.name == name) return row.text;
    operation_has_no_doc();
    return nullptr;
}

} // namespace taipan::decimal
