#include "runtime_fixture.h"

#include "base/futex.h"
#include "runtime/qsbr.h"

using namespace taipan;

TEST(Qsbr, GoalsAreReachedByAttachedThreadsThatPoll) {
    Thread& t = test_thread();
    Event attached, advanced, polled;
    uint64_t goal = 0;
    run_threads(2, [&](Thread& self, int index) {
        if (index == 0) {
            attached.set();
            // Busy, not blocked: a blocked thread would not hold anybody up.
            while (!advanced.is_set()) base::cpu_relax();
            EXPECT_FALSE(qsbr_reached(goal));
            qsbr_hurry(goal);
            EXPECT_TRUE(self.poll_bits.load() & poll_bit::Quiesce);
            ASSERT_FALSE(poll(self).is_error());
            EXPECT_GE(self.qsbr->seen.load(), goal);
            while (!qsbr_reached(goal)) sched_yield(); // until the other one blocks
            polled.set();
        } else {
            attached.wait();
            goal = qsbr_advance();
            advanced.set();
            polled.wait();
        }
    });
    EXPECT_TRUE(qsbr_reached(goal));
    ASSERT_FALSE(thread_poll(t).is_error());
}

// Readers follow a pointer that a writer keeps replacing; under ASan a block freed too early is reported, else its
// contents are seen to change.
TEST(Qsbr, DelayedFreeWaitsForReaders) {
    Thread& t = test_thread();
    struct Payload {
        long first, rest[30], last;
    };
    auto make = [](long value) {
        auto* payload = static_cast<Payload*>(raw_alloc(sizeof(Payload)));
        payload->first = payload->last = value;
        return payload;
    };
    std::atomic<Payload*> slot{make(0)};
    std::atomic<bool> stop{false};
    run_threads(4, [&](Thread& self, int index) {
        if (index == 0) {
            for (long i = 1; i < 20000; i++) {
                raw_free_delayed(self, slot.exchange(make(i), std::memory_order_acq_rel));
                ASSERT_FALSE(poll(self).is_error());
            }
            stop = true;
            return;
        }
        while (!stop) {
            for (int i = 0; i < 50; i++) {
                Payload* payload = slot.load(std::memory_order_acquire);
                long first = payload->first;
                base::cpu_relax();
                ASSERT_EQ(payload->last, first);
            }
            ASSERT_FALSE(poll(self).is_error());
        }
    });
    raw_free(slot.load());
    qsbr_process(t);
    EXPECT_EQ(t.qsbr->queue_count, 0u);
}
