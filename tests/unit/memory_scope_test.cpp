// Attempts that run out of memory: where they go back to, and whose memory stays.
#include "base/arena.h"
#include "base/scoped_containers.h"

#include <gtest/gtest.h>

namespace taipan::base {
namespace {

constexpr size_t TOO_MUCH = size_t{1} << 60;

TEST(MemoryScope, WhatIsDoneStays) {
    Vector<int> numbers;
    String text;
    ASSERT_TRUE(attempt([&] {
        Vector<int> made;
        for (int i = 0; i < 1000; i++) made.push_back(i);
        numbers = std::move(made);
        text = String(5000, 'x');
    }));
    EXPECT_EQ(numbers.size(), 1000u);
    EXPECT_EQ(numbers[999], 999);
    numbers.push_back(1);
    EXPECT_EQ(text.size(), 5000u);
}

TEST(MemoryScope, WhatIsAbandonedIsGivenBack) {
    bool reached = false;
    EXPECT_FALSE(attempt([&] {
        Vector<int> numbers(1000);
        HashMap<int, int> map;
        for (int i = 0; i < 100; i++) map[i] = i;
        String text(TOO_MUCH / 2, 'x');
        reached = true;
    }));
    EXPECT_FALSE(reached);
}

TEST(MemoryScope, InnerAttemptsFailForThemselves) {
    Vector<int> kept;
    int failed = 0;
    ASSERT_TRUE(attempt([&] {
        Vector<int> outer(100);
        if (!attempt([&] { outer.data()[0] = *(int*)scoped_allocate(TOO_MUCH); })) failed++;
        if (!attempt([&] {
                Vector<int> inner(100, 7);
                kept = std::move(inner);
            }))
            failed++;
    }));
    EXPECT_EQ(failed, 1);
    EXPECT_EQ(kept.size(), 100u);
    // What an inner attempt has left goes with the outer one.
    EXPECT_FALSE(attempt([&] {
        char* left = nullptr;
        EXPECT_TRUE(attempt([&] { left = (char*)scoped_allocate(100); }));
        left[99] = 1;
        memory_exhausted();
    }));
}

TEST(MemoryScope, ArenasStayAsTheyWere) {
    Arena arena;
    char* text = arena.copy("before", 7);
    size_t footprint = arena.footprint();
    EXPECT_FALSE(attempt([&] { arena.allocate(TOO_MUCH); }));
    EXPECT_FALSE(attempt([&] { arena.make_array<long>(TOO_MUCH); }));
    EXPECT_STREQ(text, "before");
    EXPECT_EQ(arena.footprint(), footprint);
    EXPECT_NE(arena.make<int>(5), nullptr);
}

TEST(MemoryScope, ReallocationThatFailsLeavesTheBlock) {
    char* block = (char*)scoped_allocate(10);
    block[9] = 'x';
    EXPECT_FALSE(attempt([&] { scoped_reallocate((char*)scoped_allocate(10), TOO_MUCH); }));
    EXPECT_EQ(block[9], 'x');
    block = (char*)scoped_reallocate(block, 100000);
    EXPECT_EQ(block[9], 'x');
    scoped_free(block);
}

} // namespace
} // namespace taipan::base
