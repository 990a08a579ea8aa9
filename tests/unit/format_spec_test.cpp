#include "base/format_spec.h"

#include "base/utf8.h"

#include <gtest/gtest.h>

#include <charconv>
#include <string>

using namespace taipan::base;

namespace {

/// Printed by format_spec_expected.py: value, specifier, "=text" or "!error".
const struct {
    const char *value, *spec, *result;
} cases[] = {
    {"i1234567", ",_", "!Cannot specify both ',' and '_'."},
    {"i1234567", "_,", "!Cannot specify both ',' and '_'."},
    {"i1234567", ",x", "!Cannot specify ',' with 'x'."},
    {"i1234567", "_x", "=12_d687"},
    {"i1234567", "_b", "=1_0010_1101_0110_1000_0111"},
    {"i1234567", "_o", "=455_3207"},
    {"i1234567", "_c", "!Cannot specify '_' with 'c'."},
    {"i1234567", ",c", "!Cannot specify ',' with 'c'."},
    {"i1234567", "+c", "!Sign not allowed with integer format specifier 'c'"},
    {"i1234567", "#c", "!Alternate form (#) not allowed with integer format specifier 'c'"},
    {"i1234567", ".3", "!Precision not allowed in integer format specifier"},
    {"i1234567", ".3d", "!Precision not allowed in integer format specifier"},
    {"i1234567", "z", "!Negative zero coercion (z) not allowed in integer format specifier"},
    {"i1234567", "zd", "!Negative zero coercion (z) not allowed in integer format specifier"},
    {"i1234567", "s", "!Unknown format code 's' for object of type 'int'"},
    {"i1234567", "x", "=12d687"},
    {"i1234567", "#x", "=0x12d687"},
    {"i1234567", "#X", "=0X12D687"},
    {"i1234567", "020,", "=0,000,000,001,234,567"},
    {"i1234567", "0>20,", "=000000000001,234,567"},
    {"i1234567", "<020,", "=1,234,56700000000000"},
    {"i1234567", "^#20_x", "=     0x12_d687      "},
    {"i1234567", "n", "=1234567"},
    {"i1234567", ",n", "!Cannot specify ',' with 'n'."},
    {"i1234567", "\342\202\254", "!Unknown format code '\134x20ac' for object of type 'int'"},
    {"i1234567", "10\342\202\254", "!Unknown format code '\134x20ac' for object of type 'int'"},
    {"i1234567", "\303\251", "!Unknown format code '\134xe9' for object of type 'int'"},
    {"i1234567", "99999999999999999999d", "!Too many decimal digits in format string"},
    {"i1234567", ".99999999999999999999d", "!Too many decimal digits in format string"},
    {"i1234567", ".3,", "!Precision not allowed in integer format specifier"},
    {"i1234567", ".,", "=1234567"},
    {"i1234567", "._d", "=1234567"},
    {"i1234567", ".,d", "=1234567"},
    {"i1234567", "=10", "=   1234567"},
    {"i1234567", "010_x", "=0_0012_d687"},
    {"i1234567", "#010_x", "=0x012_d687"},
    {"i1234567", "+010,d", "=+1,234,567"},
    {"i1234567", "0x", "=12d687"},
    {"i1234567", "0=5", "=1234567"},
    {"i1234567", "x<5", "=1234567"},
    {"i1234567", "5", "=1234567"},
    {"i1234567", "05", "=1234567"},
    {"i1234567", "<05", "=1234567"},
    {"i1234567", ",s", "!Cannot specify ',' with 's'."},
    {"i1234567", "ss", "!Invalid format specifier 'ss' for object of type 'int'"},
    {"i1234567", "\001", "!Unknown format code '\134x1' for object of type 'int'"},
    {"i1234567", ",\001", "!Cannot specify ',' with '\134x1'."},
    {"i1234567", "._n", "!Cannot specify '_' with 'n'."},
    {"i1234567", ".,x", "=12d687"},
    {"i1234567", "\331\243d", "=1234567"},
    {"i1234567", "\331\243\331\240", "=                       1234567"},
    {"i-1234", "=+10", "=-     1234"},
    {"i-1234", "=+,", "=-1,234"},
    {"i-1234", "+012,", "=-000,001,234"},
    {"i-1234", "012,", "=-000,001,234"},
    {"i-1234", "011,", "=-00,001,234"},
    {"i-1234", "010,", "=-0,001,234"},
    {"i-1234", "09,", "=-0,001,234"},
    {"i-1234", "06,", "=-1,234"},
    {"i-1234", "05,", "=-1,234"},
    {"i-1234", "#010x", "=-0x00004d2"},
    {"i-1234", "#_x", "=-0x4d2"},
    {"i-1234", "_^#12_x", "=___-0x4d2___"},
    {"i-1234", "_<12", "=-1234_______"},
    {"i-1234", "e>9", "=eeee-1234"},
    {"i-1234", "+x", "=-4d2"},
    {"i-1234", "020_x", "=-0000_0000_0000_04d2"},
    {"i-1234", "020_b", "=-0000_0100_1101_0010"},
    {"i65", "5c", "=    A"},
    {"i65", "<5c", "=A    "},
    {"i65", "05c", "=0000A"},
    {"i65", "^5c", "=  A  "},
    {"i65", "5", "=   65"},
    {"i65", "n", "=65"},
    {"i65", ".1c", "!Precision not allowed in integer format specifier"},
    {"i65", "-c", "!Sign not allowed with integer format specifier 'c'"},
    {"i0", "d", "=0"},
    {"i0", "_b", "=0"},
    {"i0", "x", "=0"},
    {"i0", "#b", "=0b0"},
    {"i0", "+", "=+0"},
    {"i0", "05", "=00000"},
    {"i0", "=5", "=    0"},
    {"f1234567.1234567", ",_", "!Cannot specify both ',' and '_'."},
    {"f1234567.1234567", "_,", "!Cannot specify both ',' and '_'."},
    {"f1234567.1234567", ",,", "!Cannot specify ',' with ','."},
    {"f1234567.1234567", "__", "!Cannot specify '_' with '_'."},
    {"f1234567.1234567", ",d", "!Unknown format code 'd' for object of type 'float'"},
    {"f1234567.1234567", ".3,f", "=1234567.123"},
    {"f1234567.1234567", ".,f", "=1234567.123,457"},
    {"f1234567.1234567", "._f", "=1234567.123_457"},
    {"f1234567.1234567", ".,", "=1234567.123,456,7"},
    {"f1234567.1234567", ".3,_f", "!Cannot specify both ',' and '_'."},
    {"f1234567.1234567", ".3_,f", "!Cannot specify both ',' and '_'."},
    {"f1234567.1234567", ".3,,f", "!Invalid format specifier '.3,,f' for object of type 'float'"},
    {"f1234567.1234567", ".3__f", "!Invalid format specifier '.3__f' for object of type 'float'"},
    {"f1234567.1234567", ".10,f", "=1234567.123,456,700,0"},
    {"f1234567.1234567", "_.10_f", "=1_234_567.123_456_700_0"},
    {"f1234567.1234567", "020,.10,f", "=1,234,567.123,456,700,0"},
    {"f1234567.1234567", ".f", "!Format specifier missing precision"},
    {"f1234567.1234567", ".", "!Format specifier missing precision"},
    {"f1234567.1234567", ".,_f", "!Cannot specify both ',' and '_'."},
    {"f1234567.1234567", ".10,e", "=1.234,567,123,5e+06"},
    {"f1234567.1234567", ".10_g", "=1234567.123"},
    {"f1234567.1234567", ".10,%", "=123456712.345,669,999,7%"},
    {"f1234567.1234567", ".5,n", "!Cannot specify ',' with 'n'."},
    {"f1234567.1234567", ",n", "!Cannot specify ',' with 'n'."},
    {"f1234567.1234567", "_n", "!Cannot specify '_' with 'n'."},
    {"f1234567.1234567", ".10_n", "!Cannot specify '_' with 'n'."},
    {"f1234567.1234567", ".3_d", "!Unknown format code 'd' for object of type 'float'"},
    {"f1234567.1234567", ".,d", "!Unknown format code 'd' for object of type 'float'"},
    {"f1234567.1234567", ".10,", "=1234567.123"},
    {"f1234567.1234567", ".10_r", "!Unknown format code 'r' for object of type 'float'"},
    {"f1234567.1234567", "._", "=1234567.123_456_7"},
    {"f1234567.1234567", ".20_f", "=1234567.123_456_700_006_499_886_51"},
    {"f1234567.1234567", "010.3,f", "=1234567.123"},
    {"f1234567.1234567", "030.10_f", "=0000000001234567.123_456_700_0"},
    {"f1234567.1234567", "030,.10_f", "=0,000,001,234,567.123_456_700_0"},
    {"f1234567.1234567", "z", "=1234567.1234567"},
    {"f1234567.1234567", "zf", "=1234567.123457"},
    {"f1234567.1234567", "z.1f", "=1234567.1"},
    {"f1234567.1234567", "-z#f", "=1234567.123457"},
    {"f0.1", ".20,f", "=0.100,000,000,000,000,005,55"},
    {"f0.1", "_.20,f", "=0.100,000,000,000,000,005,55"},
    {"f0.1", ".0f", "=0"},
    {"f0.1", ".3", "=0.1"},
    {"f0.1", ".3g", "=0.1"},
    {"f0.1", "#.3g", "=0.100"},
    {"f0.1", "%", "=10.000000%"},
    {"f0.1", ".1%", "=10.0%"},
    {"f1234.5", "=+10", "=+   1234.5"},
    {"f1234.5", "=+,", "=+1,234.5"},
    {"f1234.5", "+012,.1f", "=+0,001,234.5"},
    {"f1234.5", "012,", "=00,001,234.5"},
    {"f1234.5", "011,", "=0,001,234.5"},
    {"f1234.5", "010,", "=0,001,234.5"},
    {"f1234.5", "09,", "=001,234.5"},
    {"f1234.5", "^20", "=       1234.5       "},
    {"f1234.5", "<20", "=1234.5              "},
    {"f1234.5", ">20,", "=             1,234.5"},
    {"f1234.5", "_", "=1_234.5"},
    {"f1234.5", "e", "=1.234500e+03"},
    {"f1234.5", "E", "=1.234500E+03"},
    {"f1234.5", "g", "=1234.5"},
    {"f1234.5", "G", "=1234.5"},
    {"f1234.5", "n", "=1234.5"},
    {"f1234.5", ".2n", "=1.2e+03"},
    {"f1234.5", "+_%", "=+123_450.000000%"},
    {"f1234.5", "#.0f", "=1234."},
    {"f1234.5", "#.0e", "=1.e+03"},
    {"f1234.5", ".2147483647f", "!precision too big"},
    {"f-0.0001", "z.1f", "=0.0"},
    {"f-0.0001", "+z.1f", "=+0.0"},
    {"f-0.0001", "z", "=-0.0001"},
    {"f-0.0001", "zg", "=-0.0001"},
    {"f-0.0001", "z%", "=-0.010000%"},
    {"f-0.0001", ".1f", "=-0.0"},
    {"f-0.0001", "z=+010.1f", "=-zzzzzz0.0"},
    {"fnan", "010", "=0000000nan"},
    {"fnan", "+", "=+nan"},
    {"fnan", "010,", "=0000000nan"},
    {"fnan", ",", "=nan"},
    {"fnan", "F", "=NAN"},
    {"fnan", "z", "=nan"},
    {"fnan", "%", "=nan%"},
    {"fnan", ">010", "=0000000nan"},
    {"fnan", "010.3,f", "=0000000nan"},
    {"f-inf", "010", "=-000000inf"},
    {"f-inf", "=10", "=-      inf"},
    {"f-inf", "%", "=-inf%"},
    {"f1e22", ".3", "=1e+22"},
    {"f1e22", "#", "=1.e+22"},
    {"f1e22", "#.3", "=1.00e+22"},
    {"f1e22", "g", "=1e+22"},
    {"f1e22", "#g", "=1.00000e+22"},
    {"f1e22", "d", "!Unknown format code 'd' for object of type 'float'"},
    {"f1e22", "s", "!Unknown format code 's' for object of type 'float'"},
    {"f1e22", ".1f", "=10000000000000000000000.0"},
    {"f1e22", ",", "=1e+22"},
    {"c1.5,2.5", ".2f", "=1.50+2.50j"},
    {"c1.5,2.5", ">20", "=          (1.5+2.5j)"},
    {"c1.5,2.5", "020", "!Zero padding is not allowed in complex format specifier"},
    {"c1.5,2.5", "=20", "!'=' alignment flag is not allowed in complex format specifier"},
    {"c1.5,2.5", "0=20", "!Zero padding is not allowed in complex format specifier"},
    {"c1.5,2.5", "<020", "!Zero padding is not allowed in complex format specifier"},
    {"c1.5,2.5", ",", "=(1.5+2.5j)"},
    {"c1.5,2.5", ".3,f", "=1.500+2.500j"},
    {"c1.5,2.5", "e", "=1.500000e+00+2.500000e+00j"},
    {"c1.5,2.5", "%", "!Unknown format code '%' for object of type 'complex'"},
    {"c1.5,2.5", "d", "!Unknown format code 'd' for object of type 'complex'"},
    {"c1.5,2.5", "n", "=1.5+2.5j"},
    {"c1.5,2.5", "x", "!Unknown format code 'x' for object of type 'complex'"},
    {"c1.5,2.5", "z.1f", "=1.5+2.5j"},
    {"c1.5,2.5", "+", "=(+1.5+2.5j)"},
    {"c1.5,2.5", "#", "=(1.5+2.5j)"},
    {"c1.5,2.5", "_.3", "=(1.5+2.5j)"},
    {"c1.5,2.5", ".20_f", "=1.500_000_000_000_000_000_00+2.500_000_000_000_000_000_00j"},
    {"c1.5,2.5", ".", "!Format specifier missing precision"},
    {"c1.5,2.5", ".3", "=(1.5+2.5j)"},
    {"c1.5,2.5", "10", "=(1.5+2.5j)"},
    {"c1.5,2.5", "-", "=(1.5+2.5j)"},
    {"c1.5,2.5", "_^30.2f", "=__________1.50+2.50j__________"},
    {"c1.5,2.5", "^40,.2f", "=               1.50+2.50j               "},
    {"c-0.0,1e20", "n", "=-0+1e+20j"},
    {"c-0.0,1e20", ",.2f", "=-0.00+100,000,000,000,000,000,000.00j"},
    {"c-0.0,1e20", "z", "=(0+1e+20j)"},
    {"c-0.0,1e20", "z.0f", "=0+100000000000000000000j"},
    {"c-0.0,1e20", "<30", "=(-0+1e+20j)                   "},
    {"c0.0,1.0", "5", "=   1j"},
    {"c0.0,1.0", ".1f", "=0.0+1.0j"},
    {"c0.0,1.0", "+", "=+1j"},
    {"c0.0,1.0", "n", "=0+1j"},
    {"cnan,inf", "f", "=nan+infj"},
    {"cnan,inf", "F", "=NAN+INFj"},
    {"cnan,inf", ">20", "=          (nan+infj)"},
    {"sabc", "5", "=abc  "},
    {"sabc", "05", "=abc00"},
    {"sabc", "=5", "!'=' alignment not allowed in string format specifier"},
    {"sabc", "<05", "=abc00"},
    {"sabc", "=05", "!'=' alignment not allowed in string format specifier"},
    {"sabc", "x=5", "!'=' alignment not allowed in string format specifier"},
    {"sabc", ">05", "=00abc"},
    {"sabc", "+", "!Sign not allowed in string format specifier"},
    {"sabc", "-", "!Sign not allowed in string format specifier"},
    {"sabc", "z", "!Negative zero coercion (z) not allowed in string format specifier"},
    {"sabc", "#", "!Alternate form (#) not allowed in string format specifier"},
    {"sabc", "#5", "!Alternate form (#) not allowed in string format specifier"},
    {"sabc", ".2", "=ab"},
    {"sabc", ",", "!Cannot specify ',' with 's'."},
    {"sabc", "_", "!Cannot specify '_' with 's'."},
    {"sabc", ".2,", "=ab"},
    {"sabc", ".,", "=abc"},
    {"sabc", "s", "=abc"},
    {"sabc", "d", "!Unknown format code 'd' for object of type 'str'"},
    {"sabc", ".2s", "=ab"},
    {"sabc", "\303\251>7", "=\303\251\303\251\303\251\303\251abc"},
    {"sabc", "05s", "=abc00"},
    {"sabc", "^05", "=0abc0"},
    {"sabc", ".1_s", "=a"},
    {"sabc", ",s", "!Cannot specify ',' with 's'."},
    {"sabc", "_s", "!Cannot specify '_' with 's'."},
    {"sabc", "10.2,s", "=ab        "},
    {"sabc", ".,n", "!Cannot specify ',' with 'n'."},
    {"sabc", ",d", "!Unknown format code 'd' for object of type 'str'"},
    {"sabc", "_\001", "!Cannot specify '_' with '\134x1'."},
};

std::string utf8(const uint32_t* chars, size_t n) {
    std::string s(n * 4, 0);
    uint8_t* begin = reinterpret_cast<uint8_t*>(s.data());
    s.resize(size_t(encode_utf8(chars, n, begin) - begin));
    return s;
}

std::string formatted(std::string value, const std::string& spec_text) {
    char kind = value[0];
    value.erase(0, 1);
    std::u32string wide(spec_text.size(), 0);
    uint32_t* chars = reinterpret_cast<uint32_t*>(wide.data());
    size_t n = size_t(decode_utf8(reinterpret_cast<const uint8_t*>(spec_text.data()), spec_text.size(), chars) - chars);
    const char* name = kind == 'i' ? "int" : kind == 'f' ? "float" : kind == 'c' ? "complex" : "str";
    FormatSpec spec;
    FormatError error;
    WideBuffer out;
    bool good = parse_format_spec(chars, n, kind == 'i' ? 'd' : kind == 's' ? 's' : 0, kind == 's' ? '<' : '>', spec, error);
    if (error.invalid_specifier) return "!Invalid format specifier '" + spec_text + "' for object of type '" + name + "'";
    if (good) {
        if (kind == 'i') {
            long long number = std::stoll(value);
            good = check_int_spec(spec, name, error);
            if (good && spec.type == 'c') {
                good = format_int_character(spec, uint32_t(number), out, error);
            } else if (good) {
                char digits[70];
                size_t length = size_t(std::to_chars(digits, digits + 70, number < 0 ? -number : number, int(spec.base())).ptr - digits);
                good = format_int(spec, number < 0, digits, length, nullptr, out, error);
            }
        } else if (kind == 'f') {
            good = format_float(spec, std::stod(value), name, nullptr, out, error);
        } else if (kind == 'c') {
            size_t comma = value.find(',');
            good = format_complex(spec, std::stod(value), std::stod(value.substr(comma + 1)), name, nullptr, out, error);
        } else {
            StringLayout layout;
            good = layout_string(spec, value.size(), name, layout, error);
            if (good) {
                out.append(layout.left, spec.fill);
                for (size_t i = 0; i < layout.taken; i++) out.push(uint32_t(value[i]));
                out.append(layout.right, spec.fill);
            }
        }
    }
    return good ? "=" + utf8(out.data(), out.size()) : "!" + std::string(error.text);
}

TEST(FormatSpec, AgreesWithCPython) {
    for (auto& c : cases) EXPECT_EQ(formatted(c.value, c.spec), c.result) << c.value << " " << c.spec;
}

TEST(FormatSpec, UsesTheLocaleForN) {
    const uint32_t point[] = {','}, separator[] = {0x202f};
    NumberLocale locale{point, 1, separator, 1, "\3\2"};
    FormatSpec spec;
    FormatError error;
    WideBuffer out;
    uint8_t n[] = {'0', '1', '8', 'n'};
    ASSERT_TRUE(parse_format_spec(n, 4, 'd', '>', spec, error));
    ASSERT_TRUE(format_int(spec, false, "123456789", 9, &locale, out, error));
    EXPECT_EQ(utf8(out.data(), out.size()), "00\u202f00\u202f12\u202f34\u202f56\u202f789");
    spec = FormatSpec();
    out.clear();
    ASSERT_TRUE(parse_format_spec(n + 3, 1, 0, '>', spec, error));
    ASSERT_TRUE(format_float(spec, 12345.5, "float", &locale, out, error));
    EXPECT_EQ(utf8(out.data(), out.size()), "12\u202f345,5");
}

} // namespace
