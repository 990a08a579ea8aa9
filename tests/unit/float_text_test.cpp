#include "base/float_text.h"

#include "checksum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace taipan::base;

namespace {

const struct {
    const char* name;
    uint64_t sum;
} expected[] = {
    {"repr", 0x80176f9d4a7cf5a9}, {"e", 0xa8149300fb7b3c4f},   {"f", 0xc4c26aa7b421f737},     {"g", 0xb2dd37c8104c6c15},
    {"alt", 0xe8d73347b4fe5a75},  {"hex", 0xffcb931522f11769}, {"round", 0x69001de8d0c602ea}, {"parse", 0x48262d50843f6452},
};

double parsed(std::string_view text) {
    double value = -12345;
    NumberParse result = parse_double(reinterpret_cast<const uint8_t*>(text.data()), text.size(), value);
    return result == NumberParse::Ok ? value : -12345;
}

bool is_float(std::string_view text) {
    double value;
    return parse_double(reinterpret_cast<const uint8_t*>(text.data()), text.size(), value) == NumberParse::Ok;
}

std::string formatted(double value, char code, int precision, unsigned flags = 0) {
    TextBuffer out;
    format_double(value, code, precision, flags, out);
    return std::string(out.data(), out.size());
}

/// The same numbers as float_text_expected.py makes.
std::vector<double> numbers() {
    std::vector<double> all;
    uint64_t state = 0x9e3779b97f4a7c15;
    for (int i = 0; i < 20000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double value;
        memcpy(&value, &state, 8);
        if (std::isfinite(value)) all.push_back(value);
        all.push_back(double(state >> 40) / 1000.0);
        all.push_back(double((state >> 30) & 0xffff) / 64.0);
        uint64_t power = 1;
        for (int k = 0; k < i % 17; k++) power *= 10;
        all.push_back(double((state >> 11) % power));
    }
    for (int e = -325; e < 309; e++) {
        all.push_back(parsed("1e" + std::to_string(e)));
        all.push_back(parsed("-1.5e" + std::to_string(e)));
    }
    return all;
}

TEST(FloatText, AgreesWithCPython) {
    Checksum repr, e, f, g, alt, hex, round, parse;
    int i = 0;
    for (double v : numbers()) {
        char buffer[max_double_repr];
        repr.text({buffer, repr_double(v, buffer)});
        e.text(formatted(v, 'e', i % 25));
        f.text(formatted(std::fabs(v) < 1e30 || i % 16 == 0 ? v : 1.5, 'f', i % 20));
        g.text(formatted(v, 'g', i % 20));
        alt.text(formatted(v, 'G', i % 19, float_always_sign | float_alternate));
        size_t n = hex_double(v, buffer);
        hex.text({buffer, n});
        double back = 0;
        EXPECT_EQ(parse_hex_double(buffer, n, back), HexParse::Ok);
        EXPECT_EQ(back, v);
        for (int digits : {i % 40 - 20, -(i % 310)}) {
            double rounded = round_double(v, digits);
            round.number(std::isfinite(rounded) ? rounded : HUGE_VAL);
            if (!std::isfinite(rounded)) break;
        }
        parse.number(parsed(formatted(v, 'e', 25)));
        i++;
    }
    const Checksum* sums[] = {&repr, &e, &f, &g, &alt, &hex, &round, &parse};
    for (size_t k = 0; k < 8; k++) EXPECT_EQ(sums[k]->value, expected[k].sum) << expected[k].name;
}

TEST(FloatText, FormatsSpecialCases) {
    EXPECT_EQ(formatted(0.0, 'r', 0, float_add_dot_0), "0.0");
    EXPECT_EQ(formatted(-0.0, 'r', 0, float_add_dot_0), "-0.0");
    EXPECT_EQ(formatted(1e16, 'r', 0, float_add_dot_0), "1e+16");
    EXPECT_EQ(formatted(1.0, 'r', 0), "1");
    EXPECT_EQ(formatted(-NAN, 'F', 2, float_always_sign), "+NAN");
    EXPECT_EQ(formatted(-HUGE_VAL, 'g', 2), "-inf");
    EXPECT_EQ(formatted(-0.001, 'f', 1, float_no_negative_zero), "0.0");
    EXPECT_EQ(formatted(-0.001, 'f', 1), "-0.0");
    EXPECT_EQ(formatted(2.5, 'f', 0), "2");
    EXPECT_EQ(formatted(3.0, 'f', 0, float_alternate), "3.");
    EXPECT_EQ(formatted(0.1, 'f', 1500).size(), 1502u);
    EXPECT_EQ(formatted(0.1, 'e', 1500).size(), 1506u);
    EXPECT_EQ(formatted(1e300, 'f', 3).size(), 305u);
    EXPECT_EQ(formatted(5e-324, 'f', 1100).substr(1070, 6), "265625");
}

TEST(FloatText, ParsesWhatFloatTakes) {
    EXPECT_EQ(parsed(" \t1_0.5\n"), 10.5);
    EXPECT_EQ(parsed("1e1_0"), 1e10);
    EXPECT_EQ(parsed(".5"), 0.5);
    EXPECT_EQ(parsed("5."), 5.0);
    EXPECT_EQ(parsed("1e400"), HUGE_VAL);
    EXPECT_EQ(parsed("-1e99999999999999999999"), -HUGE_VAL);
    EXPECT_EQ(parsed("1e-400"), 0.0);
    EXPECT_EQ(parsed("0e99999999999999999999"), 0.0);
    EXPECT_TRUE(std::signbit(parsed("-1e-400")));
    EXPECT_EQ(parsed("-iNfiNity"), -HUGE_VAL);
    EXPECT_TRUE(std::isnan(parsed("+NaN")));
    for (const char* bad : {"", " ", "1__0", "_1", "1_", "1_e5", "1._5", "0x1", "infinit", ".", "1e", "e5", "+-1", "1 2",
                            "\x1c"
                            "1"}) {
        EXPECT_FALSE(is_float(bad)) << bad;
    }
    const uint16_t arabic[] = {0x2003, 0x663, '.', 0x665, 0xa0};
    double value;
    ASSERT_EQ(parse_double(arabic, 5, value), NumberParse::Ok);
    EXPECT_EQ(value, 3.5);
}

TEST(FloatText, ScansPrefixes) {
    double value;
    bool overflow;
    EXPECT_EQ(scan_double("1.5e+x", 6, value, overflow), 3u);
    EXPECT_EQ(scan_double("infinite", 8, value, overflow), 3u);
    EXPECT_EQ(scan_double("x", 1, value, overflow), 0u);
    EXPECT_EQ(scan_double("1e999,", 6, value, overflow), 5u);
    EXPECT_TRUE(overflow);
}

TEST(FloatText, ParsesHex) {
    auto hex = [](std::string_view s) {
        double v = -1;
        return parse_hex_double(s.data(), s.size(), v) == HexParse::Ok ? v : -1;
    };
    EXPECT_EQ(hex("1.8p-1075"), 5e-324);
    EXPECT_EQ(hex("0x.8p-1074"), 0.0);
    EXPECT_EQ(hex("0x1.0000000000001p-1075"), 5e-324);
    EXPECT_EQ(hex(" 0x1.fffffffffffff7p+1023 "), 1.7976931348623157e308);
    EXPECT_EQ(hex("ff"), 255);
    double v;
    EXPECT_EQ(parse_hex_double("0x1.fffffffffffff8p+1023", 24, v), HexParse::TooLarge);
    EXPECT_EQ(parse_hex_double("0x1p1024", 8, v), HexParse::TooLarge);
    EXPECT_EQ(parse_hex_double("0x", 2, v), HexParse::Invalid);
    EXPECT_EQ(parse_hex_double("1p", 2, v), HexParse::Invalid);
}

} // namespace
