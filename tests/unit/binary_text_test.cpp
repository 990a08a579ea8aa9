#include "base/binary_text.h"

#include "checksum.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

using namespace taipan::base;

namespace {

/// Printed by binary_text_expected.py.
const struct {
    const char* name;
    uint64_t sum;
} expected[] = {
    {"hex", 0x9950b1d453f0a8cf},    {"base64", 0x8eeceb68c5cd57b4},    {"lenient", 0x13df6b9a16162261},
    {"strict", 0x52fdcb0dcf6f6ff2}, {"uu", 0x97da3f335c624b1f},        {"uu_decode", 0xfdd4c1dc16c74aff},
    {"qp", 0x882f52ced9c5b8bd},     {"qp_decode", 0xd587e59cc874e6e3}, {"crc", 0x5589ea0a91f73d1c},
};

std::string_view view(const uint8_t* begin, const uint8_t* end) { return {reinterpret_cast<const char*>(begin), size_t(end - begin)}; }

TEST(BinaryText, AgreesWithCPython) {
    Checksum hex, base64, lenient, strict, uu, uu_decoded, qp, qp_decoded, crc;
    uint64_t state = 1;
    const uint8_t alphabet[] = "aB3+/=\n\r\t ._=-~\xff";
    for (int i = 0; i < 6000; i++) {
        std::vector<uint8_t> data;
        for (int k = 0; k < i % 97; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            uint8_t byte = uint8_t(state >> 56);
            data.push_back(i % 3 == 0 ? byte : alphabet[byte & 15]);
        }
        size_t n = data.size();
        std::vector<uint8_t> out(1000);
        uint8_t* begin = out.data();
        int64_t group = i % 9 - 4;
        uint8_t* end = hex_encode(data.data(), n, '-', group, begin);
        EXPECT_EQ(size_t(end - begin), hex_size(n, group));
        hex.text(view(begin, end));
        base64.text(view(begin, base64_encode(data.data(), n, i & 1, begin)));
        for (Base64Mode mode : {Base64Mode::Lenient, Base64Mode::Strict}) {
            Checksum& sum = mode == Base64Mode::Strict ? strict : lenient;
            Base64Result result = base64_decode(data.data(), n, mode, begin);
            if (result.error) {
                char text[200];
                snprintf(text, sizeof text, result.error, ssize_t(result.characters));
                sum.text(text);
            } else {
                sum.text(view(begin, result.end));
            }
        }
        uu.text(view(begin, uu_encode(data.data(), n < 45 ? n : 45, i & 1, begin)));
        if (n) {
            const char* error = nullptr;
            end = uu_decode(data.data(), n, begin, error);
            uu_decoded.text(end ? view(begin, end) : error);
        }
        std::vector<uint8_t> twice = data;
        twice.insert(twice.end(), data.begin(), data.end());
        QuotedPrintable options{bool(i & 1), bool(i & 2), bool(i & 4)};
        size_t size = quoted_printable_encode(twice.data(), twice.size(), options, nullptr);
        EXPECT_EQ(size, quoted_printable_encode(twice.data(), twice.size(), options, begin));
        qp.text(view(begin, begin + size));
        qp_decoded.text(view(begin, quoted_printable_decode(data.data(), n, i & 1, begin)));
        crc.add(crc_hqx(data.data(), n, uint16_t(i)));
    }
    const Checksum* sums[] = {&hex, &base64, &lenient, &strict, &uu, &uu_decoded, &qp, &qp_decoded, &crc};
    for (size_t k = 0; k < 9; k++) EXPECT_EQ(sums[k]->value, expected[k].sum) << expected[k].name;
}

TEST(BinaryText, HexGoesBothWays) {
    const uint8_t text[] = "00fFAb9";
    uint8_t out[3];
    EXPECT_EQ(hex_decode(text, 6, out), out + 3);
    EXPECT_EQ(out[1], 0xff);
    EXPECT_EQ(hex_decode(reinterpret_cast<const uint8_t*>("0g"), 2, out), nullptr);
}

} // namespace
