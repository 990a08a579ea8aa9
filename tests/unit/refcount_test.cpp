#include "runtime_fixture.h"

using namespace taipan;

TEST(Refcount, OwnerCountsAndFrees) {
    Thread& t = test_thread();
    intptr_t before = g_live_nodes;
    Leaf* leaf = make_leaf(t);
    EXPECT_EQ(refcount(leaf), 1);
    EXPECT_TRUE(is_uniquely_owned(leaf));
    incref(leaf);
    EXPECT_EQ(refcount(leaf), 2);
    EXPECT_FALSE(is_uniquely_owned(leaf));
    decref(leaf);
    EXPECT_EQ(g_live_nodes, before + 1);
    decref(leaf);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Refcount, ImmortalObjectsAreNotCounted) {
    Thread& t = test_thread();
    Leaf* leaf = make_leaf(t);
    make_immortal(leaf);
    for (int i = 0; i < 10; i++) decref(leaf);
    incref(leaf);
    EXPECT_EQ(refcount(leaf), intptr_t{ImmortalLocal});
    EXPECT_TRUE(try_incref(leaf));
}

TEST(Refcount, LongChainsAreFreedInLittleStack) {
    Thread& t = test_thread();
    intptr_t before = g_live_nodes;
    Node* head = nullptr;
    for (int i = 0; i < 1000000; i++) head = make_node(t, head);
    EXPECT_EQ(g_live_nodes, before + 1000000);
    decref(head);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Refcount, DeepTreesAreFreedInLittleStack) {
    Thread& t = test_thread();
    intptr_t before = g_live_nodes;
    Node* head = nullptr;
    for (int i = 0; i < 200000; i++) {
        Node* side = make_node(t, make_node(t), make_leaf(t));
        head = i & 1 ? make_node(t, head, side) : make_node(t, side, head);
    }
    decref(head);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Refcount, LastReferenceDroppedByAnotherThread) {
    Thread& t = test_thread();
    intptr_t before = g_live_nodes;
    Leaf* leaf = make_leaf(t);
    incref(leaf);
    run_threads(1, [&](Thread&, int) { decref(leaf); });
    // It is queued for us, or its count is merged already.
    ASSERT_FALSE(thread_poll(t).is_error());
    EXPECT_EQ(refcount(leaf), 1);
    decref(leaf);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Refcount, ObjectsOutliveTheirOwner) {
    test_thread();
    intptr_t before = g_live_nodes;
    Leaf* leaf = nullptr;
    run_threads(1, [&](Thread& self, int) { leaf = make_leaf(self, 7); });
    EXPECT_EQ(leaf->value, 7);
    incref(leaf);
    decref(leaf);
    decref(leaf);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Refcount, ManyThreadsShareObjects) {
    Thread& t = test_thread();
    intptr_t before = g_live_nodes;
    constexpr int Count = 64;
    Leaf* leaves[Count];
    for (Leaf*& leaf : leaves) leaf = make_leaf(t);
    run_threads(4, [&](Thread& self, int index) {
        for (int round = 0; round < 20000; round++) {
            Leaf* leaf = leaves[(round * 7 + index) % Count];
            incref(leaf);
            if (round % 16 == 0) ASSERT_FALSE(poll(self).is_error());
            decref(leaf);
        }
    });
    ASSERT_FALSE(thread_poll(t).is_error());
    for (Leaf* leaf : leaves) {
        EXPECT_EQ(refcount(leaf), 1);
        decref(leaf);
    }
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Refcount, TryIncrefFromAnotherThreadNeedsToBeEnabled) {
    Thread& t = test_thread();
    Leaf* leaf = make_leaf(t);
    run_threads(1, [&](Thread&, int) { EXPECT_FALSE(try_incref(leaf)); });
    enable_try_incref(leaf);
    run_threads(1, [&](Thread&, int) {
        EXPECT_TRUE(try_incref(leaf));
        EXPECT_EQ(refcount(leaf), 2);
        decref(leaf);
    });
    EXPECT_EQ(refcount(leaf), 1);
    decref(leaf);
}

// Readers take counted references from a slot that a writer keeps replacing, without a lock (lists and dicts do this).
TEST(Refcount, LockFreeReadersOfAChangingSlot) {
    Thread& t = test_thread();
    intptr_t before = g_live_nodes;
    Leaf* first = make_leaf(t);
    enable_try_incref(first);
    std::atomic<Leaf*> slot{first};
    std::atomic<bool> stop{false};
    std::atomic<long> hits{0};
    run_threads(4, [&](Thread& self, int index) {
        if (index == 0) {
            for (int i = 0; i < 30000 || (hits < 100 && i < 100000000); i++) {
                Leaf* fresh = make_leaf(self, i);
                enable_try_incref(fresh);
                Leaf* old = slot.exchange(fresh, std::memory_order_acq_rel);
                decref(old);
                ASSERT_FALSE(poll(self).is_error());
            }
            stop = true;
            return;
        }
        while (!stop) {
            Leaf* leaf = slot.load(std::memory_order_acquire);
            if (try_incref_fast(leaf)) {
                if (slot.load(std::memory_order_acquire) == leaf) {
                    ASSERT_EQ(leaf->type, &leaf_type());
                    hits++;
                }
                decref(leaf);
            }
            ASSERT_FALSE(poll(self).is_error());
        }
    });
    ASSERT_FALSE(thread_poll(t).is_error());
    decref(slot.load());
    ASSERT_FALSE(thread_poll(t).is_error());
    EXPECT_GT(hits, 0);
    EXPECT_EQ(g_live_nodes, before);
}

static void finalize_count(Object* o) {
    auto* node = static_cast<Node*>(o);
    ++*node->finalized;
}
static Object* g_rescued;
static void finalize_rescue(Object* o) {
    ++*static_cast<Node*>(o)->finalized;
    incref(o);
    g_rescued = o;
}

TEST(Refcount, FinalizersRunOnceAndMayResurrect) {
    Thread& t = test_thread();
    intptr_t before = g_live_nodes;
    Type type{};
    init_node_type(type);
    type.finalize = finalize_count;
    int calls = 0;
    Node* node = make_node(t, nullptr, nullptr, &type);
    node->finalized = &calls;
    decref(node);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(g_live_nodes, before);

    type.finalize = finalize_rescue;
    node = make_node(t, nullptr, nullptr, &type);
    node->finalized = &calls;
    decref(node);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(g_live_nodes, before + 1);
    EXPECT_EQ(refcount(g_rescued), 1);
    decref(g_rescued);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Refcount, ThreadsCountHeapTypesForThemselves) {
    Thread& t = test_thread();
    auto* type = static_cast<HeapType*>(heap_alloc(t, HeapKind::GcObject, sizeof(HeapType)));
    object_init(type, &node_type());
    memset(static_cast<void*>(static_cast<Object*>(type) + 1), 0, sizeof(HeapType) - sizeof(Object));
    type->flags = type_flag::HeapType;
    type_counts_assign(type);
    ASSERT_GE(type->unique_id, 0);
    run_threads(4, [&](Thread& self, int) {
        for (int i = 0; i < 1000; i++) type_incref(self, type);
        for (int i = 0; i < 900; i++) type_decref(self, type);
    });
    type_incref(t, type);
    stop_world(t);
    type_counts_flush_all_stopped();
    start_world(t);
    EXPECT_EQ(refcount(type), 1 + 400 + 1);
    stop_world(t);
    type_counts_release(type);
    start_world(t);
    heap_free(t, type);
}
