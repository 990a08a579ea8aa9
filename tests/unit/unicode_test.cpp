// Every answer for every code point, compared with CPython's through checksums (see unicode_expected.py).
#include "base/unicode.h"

#include "base/normalize.h"
#include "base/unicode_data.h"

#include "checksum.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

using namespace taipan::base::unicode;

namespace {

const struct {
    const char* name;
    uint64_t sum;
} expected[] = {
    {"alpha", 0xbb0af8ee46912039},
    {"decimal", 0x581cff7f7bdff3dd},
    {"digit", 0xd7ca8c557276d235},
    {"numeric", 0x9e720395d925358d},
    {"space", 0x910838d6e6c7b908},
    {"upper", 0x980a02bcd289ce8f},
    {"lower", 0xcf89da727e4eed32},
    {"printable", 0x229d768ed25c2559},
    {"alnum", 0x5c614670e48ec86e},
    {"identifier", 0xdcc0bee5cbab4420},
    {"linebreak", 0xe67ad09177d8fd5f},
    {"to_upper", 0xf814df2d7e9673fd},
    {"to_lower", 0xbeafea9a2034f7f2},
    {"to_title", 0xa5505baeb5b65c55},
    {"to_casefold", 0xb207063e345ae758},
    {"category", 0xb546a38d083a515b},
    {"bidirectional", 0x76562b64a7e538ed},
    {"width", 0xee51ae3a1bac149d},
    {"combining", 0xbe5d7a66a4f1585e},
    {"mirrored", 0xc1e4c5f10177328f},
    {"decomposition", 0xcb3407a9df2603e8},
    {"NFC", 0xa883c65ec05927f9},
    {"NFD", 0xdefac419758dc92a},
    {"NFKC", 0xf780229b890f6c0b},
    {"NFKD", 0x4e20aa180ee20fcb},
    {"old_category", 0x3ca34b04d2be76d3},
    {"old_bidirectional", 0x58402b1911b1dd5b},
    {"old_width", 0x08f98c5785483545},
    {"old_combining", 0x4b82eec02a7198c3},
    {"old_mirrored", 0xa964dde405eec37d},
    {"old_decimal", 0xcad094524579efc4},
    {"old_digit", 0xa18868cb14f6673b},
    {"old_numeric", 0xe1446fe05f035315},
    {"old_decomposition", 0xc7a335eb2f1b460b},
    {"old_NFC", 0x9f57559e08c5194d},
    {"old_NFD", 0x61833ec1d48d84b2},
    {"old_NFKC", 0xd068f2b681b60328},
    {"old_NFKD", 0xe9ec9680a77c7661},
    {"marks", 0xe198d67ee5e8b78d},
};

std::string decomposition_text(uint32_t c, Version version) {
    Decomposition d = decomposition(c, version);
    std::string text = d.tag;
    for (unsigned i = 0; i < d.length; i++) {
        char buffer[16];
        snprintf(buffer, sizeof buffer, "%s%04X", text.empty() ? "" : " ", d.values[i]);
        text += buffer;
    }
    return text;
}

const std::pair<const char*, NormalForm> forms[] = {
    {"NFC", NormalForm::NFC}, {"NFD", NormalForm::NFD}, {"NFKC", NormalForm::NFKC}, {"NFKD", NormalForm::NFKD}};

TEST(Unicode, AgreesWithCPythonOnEveryCodePoint) {
    std::map<std::string, Checksum> sums;
    // Looked up once: the map would take most of the time.
    Checksum& s_alpha = sums["alpha"];
    Checksum& s_decimal = sums["decimal"];
    Checksum& s_digit = sums["digit"];
    Checksum& s_numeric = sums["numeric"];
    Checksum& s_space = sums["space"];
    Checksum& s_upper = sums["upper"];
    Checksum& s_lower = sums["lower"];
    Checksum& s_printable = sums["printable"];
    Checksum& s_alnum = sums["alnum"];
    Checksum& s_identifier = sums["identifier"];
    Checksum& s_linebreak = sums["linebreak"];
    Checksum& s_to_upper = sums["to_upper"];
    Checksum& s_to_lower = sums["to_lower"];
    Checksum& s_to_title = sums["to_title"];
    Checksum& s_to_casefold = sums["to_casefold"];
    Checksum* v_category[] = {&sums["category"], &sums["old_category"]};
    Checksum* v_bidirectional[] = {&sums["bidirectional"], &sums["old_bidirectional"]};
    Checksum* v_width[] = {&sums["width"], &sums["old_width"]};
    Checksum* v_combining[] = {&sums["combining"], &sums["old_combining"]};
    Checksum* v_mirrored[] = {&sums["mirrored"], &sums["old_mirrored"]};
    Checksum* v_decimal[] = {&sums["decimal"], &sums["old_decimal"]};
    Checksum* v_digit[] = {&sums["digit"], &sums["old_digit"]};
    Checksum* v_numeric[] = {&sums["numeric"], &sums["old_numeric"]};
    Checksum* v_decomposition[] = {&sums["decomposition"], &sums["old_decomposition"]};
    Checksum* v_forms[2][4];
    for (int v = 0; v < 2; v++) {
        for (int f = 0; f < 4; f++) v_forms[v][f] = &sums[std::string(v ? "old_" : "") + forms[f].first];
    }
    for (uint32_t c = 0; c < 0x110000; c++) {
        s_alpha.add(is_alpha(c));
        s_decimal.add(is_decimal(c));
        s_digit.add(is_digit(c));
        s_numeric.add(is_numeric(c));
        s_space.add(is_space(c));
        s_upper.add(is_upper(c));
        s_lower.add(is_lower(c));
        s_printable.add(is_printable(c));
        s_alnum.add(is_alnum(c));
        s_identifier.add(c == '_' || is_xid_start(c));
        s_identifier.add(is_xid_continue(c));
        s_linebreak.add(is_linebreak(c));
        uint32_t out[max_mapping];
        s_to_upper.text(out, to_upper_full(c, out));
        s_to_lower.text(out, to_lower_full(c, out));
        s_to_title.text(out, to_title_full(c, out));
        s_to_casefold.text(out, to_folded_full(c, out));
        for (Version version : {Version::Current, Version::V3_2_0}) {
            int v = version != Version::Current;
            (*v_category[v]).text(category(c, version));
            (*v_bidirectional[v]).text(bidirectional(c, version));
            (*v_width[v]).text(east_asian_width(c, version));
            (*v_combining[v]).add(combining(c, version));
            (*v_mirrored[v]).add(mirrored(c, version));
            (*v_decimal[v]).add(uint32_t(decimal(c, version)));
            (*v_digit[v]).add(uint32_t(digit(c, version)));
            (*v_numeric[v]).number(numeric(c, version));
            (*v_decomposition[v]).text(decomposition_text(c, version));
            for (int f = 0; f < 4; f++) {
                auto [name, form] = forms[f];
                CodePoints normal;
                ASSERT_TRUE(normalize(form, &c, 1, normal, version));
                (*v_forms[v][f]).text(normal.data(), normal.size());
                bool same = normal.size() == 1 && normal.data()[0] == c;
                QuickCheck check = quick_check(form, &c, 1, version);
                if (check != QuickCheck::Maybe) EXPECT_EQ(check == QuickCheck::Yes, same) << name << std::hex << c;
            }
        }
    }
    std::vector<uint32_t> marks;
    for (uint32_t c = 0; c < 0x110000; c++) {
        if (combining(c)) marks.push_back(c);
    }
    for (uint32_t base : {0x61u, 0x41u, 0x65u, 0x45u, 0x75u, 0x55u, 0x6fu, 0x391u, 0x3c9u}) {
        for (size_t k = 0; k < marks.size(); k++) {
            uint32_t text[] = {base,   marks[k], marks[(k * 7 + 3) % marks.size()], marks[(k * 13 + 5) % marks.size()], 0x1100,
                               0x1161, 0x11a8};
            for (auto [name, form] : forms) {
                CodePoints normal;
                ASSERT_TRUE(normalize(form, text, 7, normal));
                sums["marks"].text(normal.data(), normal.size());
                if (quick_check(form, text, 7) == QuickCheck::Yes) {
                    ASSERT_EQ(normal.size(), 7u);
                    EXPECT_EQ(memcmp(normal.data(), text, sizeof text), 0);
                }
            }
        }
    }
    for (auto& [name, sum] : expected) EXPECT_EQ(sums[name].value, sum) << name;
}

TEST(Unicode, TakesValuesBeyondTheLastCodePoint) {
    EXPECT_EQ(flags(0x110000), 0);
    EXPECT_EQ(flags(0xffffffff), 0);
    EXPECT_EQ(to_lower(0xffffffff), 0xffffffffu);
    EXPECT_STREQ(category(0xffffffff), "Cn");
}

TEST(Unicode, MapsSimplyToTheFirstOfTheFullMapping) {
    EXPECT_EQ(to_upper(0xdf), 'S');
    EXPECT_EQ(to_lower(0x130), 'i');
    EXPECT_EQ(to_upper(0xe9), 0xc9u);
    EXPECT_EQ(to_title(0x1c4), 0x1c5u);
    EXPECT_EQ(to_lower('Z'), 'z');
    EXPECT_EQ(to_lower('['), '[');
}

TEST(Normalize, SortsLongRunsOfMarks) {
    std::vector<uint32_t> text = {'a'};
    for (int i = 0; i < 1000; i++) text.push_back(i % 2 ? 0x301 : 0x316);
    CodePoints normal;
    ASSERT_TRUE(normalize(NormalForm::NFD, text.data(), text.size(), normal));
    ASSERT_EQ(normal.size(), 1001u);
    for (size_t i = 1; i <= 1000; i++) EXPECT_EQ(normal.data()[i], i <= 500 ? 0x316u : 0x301u);
}

} // namespace
