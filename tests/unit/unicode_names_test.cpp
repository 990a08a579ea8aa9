#include "base/unicode_names.h"

#include "checksum.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace taipan::base::unicode;

namespace {

std::vector<uint32_t> lookup(std::string_view name, Sequences sequences = Sequences::Include) {
    std::vector<uint32_t> out(max_sequence);
    out.resize(lookup_name(name.data(), name.size(), sequences, out.data()));
    return out;
}

using Found = std::vector<uint32_t>;

// import unicodedata; from unicode_expected import Sum; s = Sum()
// for i in range(0x110000): s.text(unicodedata.name(chr(i), ""))
constexpr uint64_t all_names = 0x83bc303341e3363f;
constexpr uint64_t all_old_names = 0x0fa757cf3a52e135;

TEST(UnicodeNames, AreCPythons) {
    Checksum sum, old;
    for (uint32_t c = 0; c < 0x110000; c++) {
        char name[max_name];
        size_t n = character_name(c, name);
        ASSERT_LT(n, max_name);
        sum.text({name, n});
        if (n && (c < 0x3400 || c % 16 == 0)) EXPECT_EQ(lookup({name, n}), Found{c}) << std::string(name, n);
        n = character_name(c, name, Version::V3_2_0);
        old.text({name, n});
    }
    EXPECT_EQ(sum.value, all_names);
    EXPECT_EQ(old.value, all_old_names);
}

TEST(UnicodeNames, FindsAliasesAndSequences) {
    EXPECT_EQ(lookup("latin small letter a"), Found{'a'});
    EXPECT_EQ(lookup("LINE FEED"), Found{'\n'});
    EXPECT_EQ(lookup("LATIN SMALL LETTER GHA"), Found{0x1a3});
    EXPECT_EQ(lookup("KEYCAP DIGIT ONE"), (Found{'1', 0xfe0f, 0x20e3}));
    EXPECT_EQ(lookup("KEYCAP DIGIT ONE", Sequences::Exclude), Found{});
    EXPECT_EQ(lookup("TANGUT IDEOGRAPH-17000"), Found{0x17000});
    EXPECT_EQ(lookup("cjk unified ideograph-4e00"), Found{0x4e00});
    EXPECT_EQ(lookup("Hangul Syllable Gag"), Found{0xac01});
    EXPECT_EQ(lookup("SNOWMAN"), Found{0x2603});
}

TEST(UnicodeNames, RefusesWhatIsNone) {
    for (const char* name :
         {"", " ", "-", "SNOWMA", "SNOWMAN ", " SNOWMAN", "SNOW MAN", "CJK UNIFIED IDEOGRAPH-04E00", "CJK UNIFIED IDEOGRAPH-0000",
          "CJK UNIFIED IDEOGRAPH-4E0G", "HANGUL SYLLABLE ", "HANGUL SYLLABLE XX", "LATIN SMALL LETTER", "HYPHEN MINUS", "A--B", "\xff"}) {
        EXPECT_EQ(lookup(name), Found{}) << name;
    }
    EXPECT_EQ(lookup(std::string(1000, 'A')), Found{});
}

} // namespace
