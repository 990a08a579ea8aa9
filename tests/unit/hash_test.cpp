// Expected values were printed by CPython 3.14, with PYTHONHASHSEED as named.
#include "base/hash.h"

#include "base/mersenne.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

using namespace taipan::base;

namespace {

TEST(Hash, SipHashMatchesEverySeed) {
    std::string x(37, 'x');
    auto hash = [](uint32_t seed, const std::string& s) { return siphash13(sip_key_from_seed(seed), s.data(), s.size()); };
    EXPECT_EQ(hash(0, "abc"), 13851880170939887858u);
    EXPECT_EQ(hash(0, x), 15897378827522492508u);
    EXPECT_EQ(hash(42, "abc"), 3869580338025362921u);
    EXPECT_EQ(hash(42, x), 13211817341566752318u);
    EXPECT_EQ(hash(4294967295u, "abc"), 12324254517471013215u);
}

TEST(Hash, Doubles) {
    EXPECT_EQ(hash_double(1.5), 1152921504606846977);
    EXPECT_EQ(hash_double(-1.0), -2);
    EXPECT_EQ(hash_double(0.1), 230584300921369408);
    EXPECT_EQ(hash_double(1e308), 156575653125701);
    EXPECT_EQ(hash_double(5e-324), 16777216);
    EXPECT_EQ(hash_double(-123456.789), -1819310134279660096);
    EXPECT_EQ(hash_double(-HUGE_VAL), -314159);
    EXPECT_EQ(hash_double(2305843009213693952.0), 1);
    EXPECT_EQ(hash_double(-0.0), 0);
}

TEST(Hash, Ints) {
    EXPECT_EQ(hash_int64(-2305843009213693952), -2);
    EXPECT_EQ(hash_int64(INT64_MIN), -4);
    EXPECT_EQ(hash_int64(INT64_MAX), 3);
    EXPECT_EQ(hash_int64(-1), -2);
}

TEST(Hash, TuplesAndSets) {
    EXPECT_EQ(TupleHash().finish(), 5740354900026072187);
    TupleHash t;
    for (int i : {1, 2, 3}) t.add(i);
    EXPECT_EQ(t.finish(), 529344067295497451);
    TupleHash nested;
    nested.add(TupleHash().finish());
    EXPECT_EQ(nested.finish(), -5486347211504344842);
    EXPECT_EQ(SetHash().finish(), 133146708735736);
    SetHash s;
    for (int i : {3, 1, 2}) s.add(i);
    EXPECT_EQ(s.finish(), -272375401224217160);
}

TEST(Mersenne, GivesPythonsStream) {
    MersenneTwister random;
    uint32_t key[] = {42};
    random.seed(key, 1);
    EXPECT_EQ(random.next_double(), 0.6394267984578837);
    EXPECT_EQ(random.next_bits(32), 107420369u);
    EXPECT_EQ(random.next_bits(50), 309657442074875u);
    uint32_t last = 0;
    for (int i = 0; i < 1000; i++) last = random.next32();
    EXPECT_EQ(last, 1692304102u);
    uint32_t wide[] = {5, 0, 64};
    random.seed(wide, 3);
    EXPECT_EQ(random.next_double(), 0.46679953776226335);
}

} // namespace
