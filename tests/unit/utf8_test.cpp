#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace taipan::base;
using namespace std::string_view_literals;

namespace {

const uint8_t* bytes_of(std::string_view s) { return reinterpret_cast<const uint8_t*>(s.data()); }

struct Failure {
    std::string_view input;
    size_t start, end;
    std::string_view reason;
};

TEST(Utf8, ReportsErrorsWhereCPythonDoes) {
    const Failure failures[] = {
        {"ab\xff"sv, 2, 3, "invalid start byte"},
        {"\xe2\x82"sv, 0, 2, "unexpected end of data"},
        {"\xe2\x28\xa1"sv, 0, 1, "invalid continuation byte"},
        {"\xed\xa0\x80"sv, 0, 1, "invalid continuation byte"},
        {"\xf0\x90\x80"sv, 0, 3, "unexpected end of data"},
        {"\xf4\x90\x80\x80"sv, 0, 1, "invalid continuation byte"},
        {"\xc1\x81"sv, 0, 1, "invalid start byte"},
        {"\xe0\x80\x80"sv, 0, 1, "invalid continuation byte"},
        {"\xf0\x90\x41\x80"sv, 0, 2, "invalid continuation byte"},
        {"a\x80"sv, 1, 2, "invalid start byte"},
    };
    for (const Failure& f : failures) {
        DecodeScan scan = scan_utf8(bytes_of(f.input), f.input.size());
        ASSERT_TRUE(scan.reason);
        EXPECT_EQ(scan.reason, f.reason);
        EXPECT_EQ(scan.consumed, f.start);
        EXPECT_EQ(scan.error_end, f.end);
    }
}

TEST(Utf8, PartialInputStopsQuietly) {
    DecodeScan scan = scan_utf8(bytes_of("abc\xf0\x90\x80"sv), 6, Surrogates::Reject, Input::Partial);
    EXPECT_EQ(scan.reason, nullptr);
    EXPECT_EQ(scan.consumed, 3u);
    scan = scan_utf8(bytes_of("abc\xf0\x41"sv), 5, Surrogates::Reject, Input::Partial);
    EXPECT_STREQ(scan.reason, "invalid continuation byte");
}

TEST(Utf8, RoundTripsEveryCodePoint) {
    std::vector<uint32_t> all;
    for (uint32_t c = 0; c <= max_code_point; c++) all.push_back(c);
    EXPECT_EQ(utf8_size(all.data(), all.size()).position, 0xd800u);
    EncodeScan size = utf8_size(all.data(), all.size(), Surrogates::Pass);
    ASSERT_EQ(size.position, all.size());
    std::vector<uint8_t> encoded(size.size);
    ASSERT_EQ(encode_utf8(all.data(), all.size(), encoded.data()), encoded.data() + encoded.size());
    DecodeScan scan = scan_utf8(encoded.data(), encoded.size(), Surrogates::Pass);
    EXPECT_EQ(scan.reason, nullptr);
    EXPECT_EQ(scan.length, all.size());
    EXPECT_EQ(scan.max_char, max_code_point);
    EXPECT_EQ(utf8_length(encoded.data(), encoded.size()), all.size());
    std::vector<uint32_t> decoded(scan.length);
    EXPECT_EQ(decode_utf8(encoded.data(), encoded.size(), decoded.data()), decoded.data() + decoded.size());
    EXPECT_EQ(decoded, all);
}

TEST(Utf8, BoundsCharacters) {
    auto bound = [](std::string_view s) { return scan_utf8(bytes_of(s), s.size()).max_char; };
    EXPECT_EQ(bound("plain text that is longer than a word"), 0x7fu);
    EXPECT_EQ(bound("\xc3\xbf"), 0xffu);
    EXPECT_EQ(bound("\xc4\x80"), 0xffffu);
    EXPECT_EQ(bound("\xef\xbf\xbf"), 0xffffu);
    EXPECT_EQ(bound("\xf0\x90\x80\x80"), max_code_point);
    std::vector<uint16_t> two(1000, 'a');
    EXPECT_EQ(max_char_bound(two.data(), two.size()), 0x7fu);
    two[999] = 0xe9;
    EXPECT_EQ(max_char_bound(two.data(), two.size()), 0xffu);
    two[500] = 0x20ac;
    EXPECT_EQ(max_char_bound(two.data(), two.size()), 0xffffu);
    std::vector<uint32_t> four(1000, 0x20ac);
    EXPECT_EQ(max_char_bound(four.data(), four.size()), 0xffffu);
    four[998] = 0x1f40d;
    EXPECT_EQ(max_char_bound(four.data(), four.size()), max_code_point);
}

TEST(Utf8, FindsTheAsciiPrefix) {
    std::string text(100, 'x');
    EXPECT_EQ(ascii_prefix(bytes_of(text), text.size()), 100u);
    for (size_t i = 0; i < text.size(); i++) {
        std::string copy = text;
        copy[i] = '\x80';
        EXPECT_EQ(ascii_prefix(bytes_of(copy), copy.size()), i);
    }
}

TEST(Utf16, ReportsErrorsWhereCPythonDoes) {
    const Failure failures[] = {
        {"a\0\0"sv, 2, 3, "truncated data"},
        {"\0\xdc"sv, 0, 2, "illegal encoding"},
        {"\0\xd8"sv, 0, 2, "unexpected end of data"},
        {"\0\xd8\x61"sv, 0, 3, "unexpected end of data"},
        {"\0\xd8\x61\0"sv, 0, 2, "illegal UTF-16 surrogate"},
    };
    for (const Failure& f : failures) {
        DecodeScan scan = scan_utf16(bytes_of(f.input), f.input.size(), ByteOrder::Little);
        ASSERT_TRUE(scan.reason);
        EXPECT_EQ(scan.reason, f.reason);
        EXPECT_EQ(scan.consumed, f.start);
        EXPECT_EQ(scan.error_end, f.end);
    }
}

TEST(Utf32, ReportsErrorsWhereCPythonDoes) {
    const Failure failures[] = {
        {"\0\xdc\0\0"sv, 0, 4, "code point in surrogate code point range(0xd800, 0xe000)"},
        {"\0\0\x11\0"sv, 0, 4, "code point not in range(0x110000)"},
        {"a\0\0\0b"sv, 4, 5, "truncated data"},
    };
    for (const Failure& f : failures) {
        DecodeScan scan = scan_utf32(bytes_of(f.input), f.input.size(), ByteOrder::Little);
        ASSERT_TRUE(scan.reason);
        EXPECT_EQ(scan.reason, f.reason);
        EXPECT_EQ(scan.consumed, f.start);
        EXPECT_EQ(scan.error_end, f.end);
    }
}

TEST(Utf16And32, RoundTrip) {
    const std::vector<uint32_t> text = {'a', 0xe9, 0x20ac, 0xffff, 0x10000, 0x1f40d, 0x10ffff};
    for (ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
        std::vector<uint8_t> b16(utf16_size(text.data(), text.size()).size);
        EXPECT_EQ(encode_utf16(text.data(), text.size(), order, b16.data()), b16.data() + b16.size());
        DecodeScan scan = scan_utf16(b16.data(), b16.size(), order);
        EXPECT_EQ(scan.reason, nullptr);
        std::vector<uint32_t> back(scan.length);
        decode_utf16(b16.data(), b16.size(), order, back.data());
        EXPECT_EQ(back, text);
        std::vector<uint8_t> b32(utf32_size(text.data(), text.size()).size);
        encode_utf32(text.data(), text.size(), order, b32.data());
        scan = scan_utf32(b32.data(), b32.size(), order);
        EXPECT_EQ(scan.length, text.size());
        decode_utf32(b32.data(), b32.size(), order, back.data());
        EXPECT_EQ(back, text);
    }
}

} // namespace
