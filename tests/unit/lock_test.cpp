#include "runtime_fixture.h"

#include "base/parking_lot.h"

#include <ctime>
#include <sys/wait.h>
#include <unistd.h>

using namespace taipan;

TEST(Lock, MutexExcludes) {
    test_thread();
    Mutex mutex;
    long counter = 0;
    run_threads(4, [&](Thread& self, int) {
        for (int i = 0; i < 20000; i++) {
            MutexLocker lock(mutex);
            counter++;
        }
    });
    EXPECT_EQ(counter, 80000);
    EXPECT_FALSE(mutex.is_locked());
}

TEST(Lock, TimedLockGivesUp) {
    test_thread();
    std::atomic<uint8_t> bits{Mutex::Locked};
    int64_t start = base::monotonic_ns();
    EXPECT_FALSE(Mutex::lock_timed(bits, 30'000'000, false, nullptr));
    EXPECT_GE(base::monotonic_ns() - start, 30'000'000);
    EXPECT_FALSE(Mutex::lock_timed(bits, 0, false, nullptr));
    Mutex::unlock_slow(bits);
    EXPECT_TRUE(Mutex::lock_timed(bits, 0, false, nullptr));
}

TEST(Lock, EventWakesAllWaiters) {
    Thread& t = test_thread();
    Event event;
    std::atomic<int> woken{0};
    run_threads(4, [&](Thread&, int index) {
        if (index == 0) {
            timespec pause{0, 20'000'000};
            nanosleep(&pause, nullptr);
            event.set();
        }
        EXPECT_TRUE(event.wait());
        woken++;
    });
    EXPECT_EQ(woken, 4);
    Event never;
    EXPECT_FALSE(never.wait(1'000'000));
    EXPECT_EQ(Thread::current_or_null(), &t);
}

TEST(Lock, CriticalSectionsProtectObjects) {
    Thread& t = test_thread();
    Leaf* a = make_leaf(t);
    Leaf* b = make_leaf(t);
    run_threads(4, [&](Thread& self, int index) {
        for (int i = 0; i < 20000; i++) {
            {
                CriticalSection section(self, a);
                a->value++;
                CriticalSection again(self, a);
                a->value++;
            }
            // Both orders: must not deadlock, and must move values atomically.
            CriticalSection both(self, index & 1 ? a : b, index & 1 ? b : a);
            a->value--;
            b->value++;
        }
    });
    EXPECT_EQ(a->value, 80000);
    EXPECT_EQ(b->value, 80000);
    EXPECT_EQ(a->mutex.load(), 0);
    EXPECT_EQ(b->mutex.load(), 0);
    decref(a);
    decref(b);
}

TEST(Lock, NestedSectionsInOppositeOrdersDoNotDeadlock) {
    Thread& t = test_thread();
    Leaf* a = make_leaf(t);
    Leaf* b = make_leaf(t);
    std::atomic<long> rounds{0};
    run_threads(4, [&](Thread& self, int index) {
        Leaf* outer = index & 1 ? a : b;
        Leaf* inner = index & 1 ? b : a;
        for (int i = 0; i < 5000; i++) {
            CriticalSection first(self, outer);
            CriticalSection second(self, inner);
            rounds++;
            ASSERT_FALSE(poll(self).is_error());
        }
    });
    EXPECT_EQ(rounds, 20000);
    EXPECT_EQ(a->mutex.load(), 0);
    EXPECT_EQ(b->mutex.load(), 0);
    decref(a);
    decref(b);
}

TEST(Lock, DetachingReleasesSections) {
    Thread& t = test_thread();
    Leaf* leaf = make_leaf(t);
    Event inside, done;
    run_threads(2, [&](Thread& self, int index) {
        CriticalSection section(self, leaf);
        if (index == 0) {
            inside.set();
            EXPECT_TRUE(done.wait(10'000'000'000)); // lets the other one in
        } else {
            EXPECT_TRUE(inside.wait(10'000'000'000));
            leaf->value = 1;
            done.set();
        }
    });
    EXPECT_EQ(leaf->value, 1);
    decref(leaf);
}

TEST(Thread, StoppedWorldStandsStill) {
    Thread& t = test_thread();
    std::atomic<bool> stop{false};
    std::atomic<long> counters[4]{};
    run_threads(4, [&](Thread& self, int index) {
        if (index == 0) {
            for (int round = 0; round < 200; round++) {
                stop_world(self);
                long before[4], after[4];
                for (int i = 0; i < 4; i++) before[i] = counters[i];
                for (int spin = 0; spin < 1000; spin++) base::cpu_relax();
                for (int i = 0; i < 4; i++) after[i] = counters[i];
                for (int i = 0; i < 4; i++) EXPECT_EQ(before[i], after[i]);
                start_world(self);
            }
            stop = true;
            return;
        }
        while (!stop) {
            counters[index]++;
            ASSERT_FALSE(poll(self).is_error());
            if (counters[index] % 64 == 0) {
                Detached detached(self);
                sched_yield();
            }
        }
    });
    ASSERT_FALSE(thread_poll(t).is_error());
}

TEST(Thread, SeveralThreadsStopTheWorld) {
    test_thread();
    long counter = 0;
    run_threads(4, [&](Thread& self, int) {
        for (int i = 0; i < 300; i++) {
            stop_world(self);
            counter++;
            start_world(self);
            ASSERT_FALSE(poll(self).is_error());
        }
    });
    EXPECT_EQ(counter, 1200);
}

TEST(Thread, StackLimitLeavesRoom) {
    Thread& t = test_thread();
    EXPECT_FALSE(c_stack_low(t));
    EXPECT_LT(t.c_stack_bottom, t.c_stack_limit);
}

TEST(Thread, MultiThreadedOnlyWhileThereAreSeveral) {
    Thread& t = test_thread();
    ASSERT_FALSE(poll(t).is_error()); // the last thread changes back itself
    EXPECT_FALSE(is_multi_threaded());
    run_threads(1, [&](Thread&, int) { EXPECT_TRUE(is_multi_threaded()); });
    ASSERT_FALSE(poll(t).is_error());
    EXPECT_FALSE(is_multi_threaded());
}

// Forks while others allocate, drop references, block and stop the world; the child must be able to do all of that.
TEST(Thread, ForkedChildIsWhole) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    GTEST_SKIP() << "TSan allows no threads after such a fork";
#endif
#endif
    test_thread();
    std::atomic<bool> stop{false};
    Mutex mutex;
    run_threads(4, [&](Thread& self, int index) {
        if (index == 0) {
            for (int i = 0; i < 30; i++) {
                runtime_before_fork(self);
                pid_t child = fork();
                if (child == 0) {
                    runtime_after_fork_child(self);
                    alarm(20);
                    EXPECT_FALSE(is_multi_threaded());
                    Node* keep = nullptr;
                    for (int n = 0; n < 3000; n++) keep = make_node(self, keep);
                    gc_collect(self, 2);
                    decref(keep);
                    run_threads(2, [&](Thread& other, int) {
                        for (int n = 0; n < 1000; n++) decref(make_leaf(other));
                        raw_free_delayed(other, raw_alloc(100));
                        stop_world(other);
                        start_world(other);
                    });
                    _exit(poll(self).is_error() || testing::Test::HasFailure() ? 1 : 0);
                }
                runtime_after_fork_parent(self);
                int status = -1;
                {
                    Detached detached(self);
                    EXPECT_EQ(waitpid(child, &status, 0), child);
                }
                EXPECT_EQ(status, 0);
            }
            stop = true;
            return;
        }
        while (!stop) {
            Node* node = make_node(self, make_leaf(self));
            raw_free_delayed(self, raw_alloc(64));
            {
                MutexLocker lock(mutex);
                decref(node);
            }
            ASSERT_FALSE(poll(self).is_error());
            if (index == 1) {
                stop_world(self);
                start_world(self);
            } else {
                Detached detached(self);
                sched_yield();
            }
        }
    });
}
