#include "base/int_text.h"

#include "base/big_digits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

using namespace taipan::base;

namespace {

/// The number as decimal text, "E" when it is no int.
std::string parsed(std::string_view text, unsigned base, size_t max_digits = 0) {
    ParsedInt out;
    std::string sign;
    IntParse result = parse_int(reinterpret_cast<const uint8_t*>(text.data()), text.size(), base, max_digits, out);
    if (out.negative) sign = "-";
    if (result == IntParse::Small) return sign + std::to_string(out.value);
    if (result == IntParse::TooLong) return "L" + std::to_string(out.digit_count);
    if (result != IntParse::Big) return "E";
    std::vector<uint32_t> digits(digits_bound(out.digits.size(), out.base));
    size_t n = text_to_digits(out.digits.data(), out.digits.size(), out.base, digits.data());
    EXPECT_LE(n, digits.size());
    std::string buffer(text_bound(n, 10), 0);
    buffer.resize(digits_to_text(digits.data(), n, 10, buffer.data()));
    return sign + buffer;
}

TEST(IntText, ParsesWhatIntTakes) {
    const struct {
        const char* text;
        unsigned base;
        const char* value;
    } cases[] = {
        {"0x_f", 16, "15"},
        {"0x_f", 0, "15"},
        {"0x__f", 0, "E"},
        {"_1", 10, "E"},
        {"1_", 10, "E"},
        {"1__0", 10, "E"},
        {"0_0", 0, "0"},
        {"00", 0, "0"},
        {"07", 0, "E"},
        {"0_7", 0, "E"},
        {"0b12", 0, "E"},
        {"0b1", 16, "177"},
        {"0x", 16, "E"},
        {"0x", 0, "E"},
        {"+-1", 10, "E"},
        {"+ 1", 10, "E"},
        {"0", 0, "0"},
        {"0b", 2, "E"},
        {"0_x", 0, "E"},
        {"-0x1", 16, "-1"},
        {"0o17", 8, "15"},
        {"z", 36, "35"},
        {"", 10, "E"},
        {"0_", 0, "E"},
        {"0x1", 10, "E"},
        {"1 1", 10, "E"},
        {"b1", 2, "E"},
        {" \n-12 \f", 10, "-12"},
        {"18446744073709551615", 10, "18446744073709551615"},
        {"18446744073709551616", 10, "18446744073709551616"},
        {"-0xffffffff_ffffffff_f", 0, "-295147905179352825855"},
        {"zzzzzzzzzzzzzzzzzzzz", 36, "13367494538843734067838845976575"},
    };
    for (auto& c : cases) EXPECT_EQ(parsed(c.text, c.base), c.value) << c.text << " base " << c.base;
    EXPECT_EQ(parsed(std::string(4301, '1') + "x", 10, 4300), "E");
    EXPECT_EQ(parsed(std::string(4301, '1'), 10, 4300), "L4301");
    EXPECT_EQ(parsed("0b" + std::string(4301, '0'), 2, 4300), "0");
    const uint16_t arabic[] = {0x2003, '-', 0x663, 0x664};
    ParsedInt out;
    EXPECT_EQ(parse_int(arabic, 4, 10, 0, out), IntParse::Small);
    EXPECT_EQ(out.value, 34u);
    EXPECT_TRUE(out.negative);
}

TEST(IntText, FormatsSmallValues) {
    char out[max_u64_text];
    EXPECT_EQ(std::string(out, format_u64(0, 10, out)), "0");
    EXPECT_EQ(std::string(out, format_u64(UINT64_MAX, 2, out)), std::string(64, '1'));
    EXPECT_EQ(std::string(out, format_u64(35 * 36 + 35, 36, out)), "zz");
}

std::vector<uint32_t> random_digits(size_t n, uint64_t seed) {
    std::vector<uint32_t> digits(n);
    for (uint32_t& d : digits) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        d = uint32_t(seed >> 34);
    }
    if (n && !digits.back()) digits.back() = 1;
    return digits;
}

TEST(BigDigits, ConvertsLimbsThereAndBack) {
    for (size_t n = 0; n < 70; n++) {
        auto digits = random_digits(n, n + 1);
        std::vector<mp_limb_t> limbs(limbs_for_digits(n) + 1);
        size_t limb_count = digits_to_limbs(digits.data(), n, limbs.data());
        std::vector<uint32_t> back(digits_for_limbs(limb_count) + 1);
        EXPECT_EQ(limbs_to_digits(limbs.data(), limb_count, back.data()), n);
        back.resize(n);
        EXPECT_EQ(back, digits);
    }
}

TEST(BigDigits, ConvertsTextThereAndBack) {
    for (size_t n : {0, 1, 2, 3, 4, 5, 17, 64, 100, 333, 2000}) {
        auto digits = random_digits(n, n + 7);
        for (unsigned base = 2; base <= 36; base++) {
            std::string text(text_bound(n, base), 0);
            size_t length = digits_to_text(digits.data(), n, base, text.data());
            ASSERT_LE(length, text.size());
            text.resize(length);
            EXPECT_TRUE(length == 1 || text[0] != '0');
            std::vector<uint8_t> values;
            for (char c : text) values.push_back(uint8_t(c <= '9' ? c - '0' : c - 'a' + 10));
            std::vector<uint32_t> back(digits_bound(length, base));
            size_t count = text_to_digits(values.data(), length, base, back.data());
            ASSERT_EQ(count, n);
            back.resize(n);
            EXPECT_EQ(back, digits);
        }
    }
}

TEST(BigDigits, ConvertsBytes) {
    auto digits = random_digits(20, 3);
    std::vector<uint8_t> bytes(80);
    digits_to_bytes(digits.data(), 20, bytes.data(), bytes.size());
    std::vector<uint32_t> back((bytes.size() * 8 + 29) / 30);
    ASSERT_EQ(bytes_to_digits(bytes.data(), bytes.size(), back.data()), 20u);
    back.resize(20);
    EXPECT_EQ(back, digits);
}

TEST(BigDigits, RoundsDoublesToEven) {
    auto as_double = [](std::vector<uint32_t> d) { return digits_to_double(d.data(), d.size()); };
    EXPECT_EQ(as_double({}), 0);
    EXPECT_EQ(as_double({5}), 5);
    EXPECT_EQ(as_double({1, 1 << 23}), 9007199254740992.0); // 2**53 + 1
    EXPECT_EQ(as_double({3, 1 << 23}), 9007199254740996.0); // 2**53 + 3
    EXPECT_EQ(as_double({1, 0, 0, 1 << 22, 1 << 15}), std::ldexp(1.0, 135) + std::ldexp(1.0, 112));
    std::vector<uint32_t> huge(35);
    huge[34] = 16; // 2**1024
    EXPECT_EQ(as_double(huge), HUGE_VAL);
    for (uint32_t& d : huge) d = digit_mask;
    huge[34] = 15;
    EXPECT_EQ(as_double(huge), HUGE_VAL);
    huge[33] = digit_mask & ~uint32_t(1 << 10);
    huge[32] = huge[33] = 0;
    EXPECT_TRUE(std::isfinite(as_double(huge)));
}

TEST(BigDigits, HashesAsCPython) {
    auto hash = [](std::vector<uint32_t> d) { return hash_digits(d.data(), d.size()); };
    EXPECT_EQ(hash({1, 2}), 2147483649u);
    EXPECT_EQ(hash({digit_mask, digit_mask, 1}), 0u);    // 2**61 - 1
    EXPECT_EQ(hash({0, 0, 0, 0, 1}), uint64_t(1) << 59); // 2**120
}

} // namespace
