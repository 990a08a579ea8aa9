#include "base/struct_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

using namespace taipan::base;

namespace {

/// calcsize, or the error.
std::string size_of(const std::string& format) {
    StructLayout layout;
    bool no_memory;
    const char* error = parse_struct_format(format.data(), format.size(), layout, no_memory);
    return error ? error : std::to_string(layout.size);
}

TEST(StructFormat, AgreesWithCPython) {
    const struct {
        const char *format, *size;
    } cases[] = {
        {"", "0"},
        {"@", "0"},
        {"<i", "4"},
        {">q", "8"},
        {"!h", "2"},
        {"ih", "6"},
        {"bi", "8"},
        {"iq", "16"},
        {"3s", "3"},
        {"0s", "0"},
        {"0i", "0"},
        {"b0i", "4"},
        {"5", "repeat count given without format specifier"},
        {"5x", "5"},
        {"b 3i", "16"},
        {"i 5", "repeat count given without format specifier"},
        {"z", "bad char in struct format"},
        {"<n", "bad char in struct format"},
        {"@n", "8"},
        {"<P", "bad char in struct format"},
        {"=l", "4"},
        {"l", "8"},
        {"<F", "8"},
        {"bD", "24"},
        {"bF", "12"},
        {"10p", "10"},
        {"b99999999999999999999x", "total struct size too long"},
        {"9223372036854775807x", "9223372036854775807"},
        {"9223372036854775807xx", "total struct size too long"},
        {"4611686018427387904h", "total struct size too long"},
        {"<<i", "bad char in struct format"},
        {"2 i", "bad char in struct format"},
        {"be", "4"},
    };
    for (auto& c : cases) EXPECT_EQ(size_of(c.format), c.size) << c.format;
}

TEST(StructFormat, LaysOutFields) {
    StructLayout layout;
    bool no_memory;
    ASSERT_EQ(parse_struct_format("b2x3h4s0i", 9, layout, no_memory), nullptr);
    EXPECT_EQ(layout.items, 5u);
    ASSERT_EQ(layout.fields.size(), 3u);
    EXPECT_EQ(layout.fields[1].offset, 4u);
    EXPECT_EQ(layout.fields[1].repeat, 3u);
    EXPECT_EQ(layout.fields[2].size, 4u);
    EXPECT_EQ(layout.size, 16u);
}

uint16_t half(double value) {
    uint8_t bytes[2];
    EXPECT_EQ(pack_float(value, 2, true, bytes), FloatPack::Ok);
    return uint16_t(bytes[0] | bytes[1] << 8);
}

TEST(StructFormat, PacksHalves) {
    EXPECT_EQ(half(65519.9), 0x7bff);
    EXPECT_EQ(half(1e-8), 0);
    EXPECT_EQ(half(6e-8), 1);
    EXPECT_EQ(half(NAN), 0x7e00);
    EXPECT_EQ(half(HUGE_VAL), 0x7c00);
    EXPECT_EQ(half(-0.0), 0x8000);
    EXPECT_EQ(half(std::ldexp(1.0, -25)), 0);
    EXPECT_EQ(half(std::ldexp(1.0001, -25)), 1);
    EXPECT_EQ(half(1.00048828125), 0x3c00);
    EXPECT_EQ(half(1.0014648437), 0x3c01);
    uint8_t bytes[4];
    EXPECT_EQ(pack_float(65520, 2, true, bytes), FloatPack::TooLarge);
    EXPECT_EQ(pack_float(1e5, 2, true, bytes), FloatPack::TooLarge);
    EXPECT_EQ(pack_float(3.5e38, 4, true, bytes), FloatPack::TooLarge);
    for (unsigned bits = 0; bits < 0x10000; bits++) {
        uint8_t in[2] = {uint8_t(bits), uint8_t(bits >> 8)}, out[2];
        ASSERT_EQ(pack_float(unpack_float(in, 2, true), 2, true, out), FloatPack::Ok);
        EXPECT_EQ(out[0] | out[1] << 8, int(bits));
    }
}

TEST(StructFormat, PacksInts) {
    uint8_t bytes[3];
    pack_int(uint64_t(-2), 3, false, bytes);
    EXPECT_EQ(bytes[2], 0xfe);
    EXPECT_EQ(unpack_int(bytes, 3, false), -2);
    EXPECT_EQ(unpack_uint(bytes, 3, false), 0xfffffeu);
    EXPECT_EQ(unpack_uint(bytes, 3, true), 0xfeffffu);
}

} // namespace
