#include "runtime_fixture.h"

#include <cstring>
#include <vector>

using namespace taipan;

TEST(Heap, SizeClassesCoverEverySmallSize) {
    for (size_t size = 0; size <= MaxSmallSize; size++) {
        unsigned size_class = heap_size_class(size);
        ASSERT_LT(size_class, HeapClassCount);
        ASSERT_GE(heap_class_size(size_class), size);
        if (size_class > 0) {
            ASSERT_LT(heap_class_size(size_class - 1), size);
        }
        ASSERT_EQ(heap_class_size(size_class) % 16, 0u);
    }
}

TEST(Heap, ObjectsHaveAClearHeaderAndPreheader) {
    Thread& t = test_thread();
    for (int round = 0; round < 3; round++) {
        for (size_t size = sizeof(Object); size < 5000; size += 24) {
            auto* object = static_cast<Object*>(heap_alloc(t, HeapKind::GcPreheader, size));
            ASSERT_EQ(reinterpret_cast<uintptr_t>(object) % 16, 0u);
            auto** words = reinterpret_cast<Object**>(object);
            EXPECT_EQ(words[-1], nullptr);
            EXPECT_EQ(words[-2], nullptr);
            EXPECT_EQ(object->type, nullptr);
            EXPECT_EQ(object->ref_local, 0u);
            EXPECT_GE(heap_block_size(object), size);
            EXPECT_TRUE(heap_is_object(object));
            object_init(object, &leaf_type());
            memset(static_cast<void*>(words - 2), 0x55, 16);
            memset(static_cast<void*>(object + 1), 0x55, size - sizeof(Object));
            heap_free(t, object);
        }
    }
}

TEST(Heap, FreedBlocksAreReused) {
#ifdef TAIPAN_ASAN
    GTEST_SKIP() << "freed blocks wait in quarantine";
#endif
    Thread& t = test_thread();
    Leaf* first = make_leaf(t);
    decref(first);
    Leaf* second = make_leaf(t);
    EXPECT_EQ(first, second);
    decref(second);
}

#ifdef TAIPAN_ASAN
TEST(Heap, UseAfterFreeIsReported) {
    Thread& t = test_thread();
    Leaf* leaf = make_leaf(t, 5);
    decref(leaf);
    EXPECT_DEATH(
        {
            volatile int64_t value = leaf->value;
            (void)value;
        },
        "use-after-poison");
    auto* buffer = static_cast<char*>(heap_alloc(t, HeapKind::GcObject, 50));
    object_init(reinterpret_cast<Object*>(buffer), &leaf_type());
    EXPECT_DEATH(
        {
            volatile char value = buffer[50];
            (void)value;
        },
        "use-after-poison");
    heap_free(t, reinterpret_cast<Object*>(buffer));
}
#endif

TEST(Heap, FreedObjectsCannotBeCounted) {
    Thread& t = test_thread();
    Leaf* leaf = make_leaf(t);
    enable_try_incref(leaf);
    decref(leaf);
    EXPECT_FALSE(try_incref(leaf));
    EXPECT_FALSE(try_incref_fast(leaf));
}

TEST(Heap, RawMemoryKeepsItsContents) {
    test_thread();
    std::vector<unsigned char*> blocks;
    std::vector<size_t> sizes;
    unsigned seed = 12345;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245 + 12345;
        size_t size = (seed >> 8) % 3000;
        if (blocks.size() < 500 || (seed & 1)) {
            auto* block = static_cast<unsigned char*>(raw_alloc(size));
            ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % 16, 0u);
            ASSERT_GE(raw_size(block), size);
            memset(block, static_cast<int>(size & 0xFF), size);
            blocks.push_back(block);
            sizes.push_back(size);
        } else {
            size_t index = (seed >> 4) % blocks.size();
            for (size_t j = 0; j < sizes[index]; j++) ASSERT_EQ(blocks[index][j], sizes[index] & 0xFF);
            size_t common = size < sizes[index] ? size : sizes[index];
            auto* moved = static_cast<unsigned char*>(raw_realloc(blocks[index], size));
            for (size_t j = 0; j < common; j++) ASSERT_EQ(moved[j], sizes[index] & 0xFF);
            raw_free(moved);
            blocks[index] = blocks.back();
            sizes[index] = sizes.back();
            blocks.pop_back();
            sizes.pop_back();
        }
    }
    for (auto* block : blocks) raw_free(block);
    raw_free(nullptr);
    auto* zeroed = static_cast<unsigned char*>(raw_calloc(10, 20));
    for (int i = 0; i < 200; i++) EXPECT_EQ(zeroed[i], 0);
    raw_free(zeroed);
    EXPECT_EQ(raw_calloc(SIZE_MAX / 2, 4), nullptr);
}

#ifdef TAIPAN_DEBUG
TEST(Heap, FailuresCanBeInjected) {
    Thread& t = test_thread();
    heap_inject_failure(3, false);
    void* first = raw_alloc(10);
    void* second = heap_alloc(t, HeapKind::Raw, 5000);
    EXPECT_TRUE(first && second);
    EXPECT_EQ(raw_alloc(10), nullptr);
    void* fourth = raw_alloc(10);
    EXPECT_TRUE(fourth);
    raw_free(fourth);
    heap_inject_failure(1, true);
    for (int i = 0; i < 3; i++) EXPECT_EQ(heap_alloc(t, HeapKind::Object, 40), nullptr);
    EXPECT_EQ(raw_realloc(first, 5000), nullptr);
    heap_inject_failure(0, false);
    raw_free(first);
    heap_free(t, static_cast<Object*>(second));
}
#endif

TEST(Heap, WalkFindsLiveObjectsOnly) {
    Thread& t = test_thread();
    auto count = [] {
        intptr_t nodes = 0;
        heap_walk([](Object* o, void* n) { *static_cast<intptr_t*>(n) += o->type == &node_type(); }, &nodes);
        return nodes;
    };
    intptr_t before = count();
    std::vector<Node*> nodes;
    for (int i = 0; i < 5000; i++) nodes.push_back(make_node(t));
    auto* large = static_cast<Object*>(heap_alloc(t, HeapKind::GcObject, 10000));
    object_init(large, &node_type());
    EXPECT_EQ(count(), before + 5001);
    heap_free(t, large);
    for (size_t i = 0; i < nodes.size(); i += 2) decref(nodes[i]);
    EXPECT_EQ(count(), before + 2500);
    for (size_t i = 1; i < nodes.size(); i += 2) decref(nodes[i]);
    EXPECT_EQ(count(), before);
}

TEST(Heap, EmptyPagesAreReusedForOtherSizes) {
    Thread& t = test_thread();
    auto fill = [&](size_t size) {
        std::vector<Object*> objects;
        for (size_t total = 0; total < (32u << 20); total += size) {
            auto* object = static_cast<Object*>(heap_alloc(t, HeapKind::Object, size));
            object_init(object, &leaf_type());
            objects.push_back(object);
        }
        for (Object* object : objects) heap_free(t, object);
    };
    fill(48);
    size_t mapped = heap_statistics().mapped_bytes;
    for (size_t size = 64; size < 1024; size += 96) fill(size);
    EXPECT_LE(heap_statistics().mapped_bytes, mapped + (16u << 20));
}

TEST(Heap, ThreadsFreeEachOthersObjects) {
    Thread& t = test_thread();
    constexpr int Rounds = 60, Batch = 2000;
    struct Mailbox {
        std::atomic<Object**> batch{nullptr};
    } boxes[4];
    intptr_t before = g_live_nodes;
    run_threads(4, [&](Thread& self, int index) {
        for (int round = 0; round < Rounds; round++) {
            auto** batch = static_cast<Object**>(raw_alloc(Batch * sizeof(Object*)));
            for (int i = 0; i < Batch; i++) batch[i] = make_leaf(self, i);
            batch = boxes[(index + 1) % 4].batch.exchange(batch, std::memory_order_acq_rel);
            if (!batch) batch = boxes[index].batch.exchange(nullptr, std::memory_order_acq_rel);
            if (batch) {
                for (int i = 0; i < Batch; i++) {
                    ASSERT_EQ(static_cast<Leaf*>(batch[i])->value, i);
                    g_live_nodes--;
                    heap_free(self, batch[i]);
                }
                raw_free(batch);
            }
            ASSERT_FALSE(poll(self).is_error());
        }
    });
    for (Mailbox& box : boxes) {
        Object** batch = box.batch.exchange(nullptr);
        for (int i = 0; batch && i < Batch; i++) {
            g_live_nodes--;
            heap_free(t, batch[i]);
        }
        raw_free(batch);
    }
    EXPECT_EQ(g_live_nodes, before);
}
