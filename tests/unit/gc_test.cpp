#include "runtime_fixture.h"

#include <vector>

using namespace taipan;

namespace {

/// A cycle of `length` nodes; the caller owns nothing.
void make_cycle(Thread& t, int length, Type* type = nullptr, int* finalized = nullptr) {
    Node* first = make_node(t, nullptr, nullptr, type);
    first->finalized = finalized;
    Node* last = first;
    for (int i = 1; i < length; i++) {
        Node* node = make_node(t, nullptr, nullptr, type);
        node->finalized = finalized;
        last->left = node;
        last = node;
    }
    last->left = first;
}

void collect_everything(Thread& t) {
    gc_collect(t, 2);
    (void)thread_poll(t).is_error();
}

} // namespace

TEST(Gc, CollectsCycles) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    make_cycle(t, 1);
    make_cycle(t, 2);
    make_cycle(t, 1000);
    EXPECT_EQ(gc_collect(t, 2), 1003);
    EXPECT_EQ(g_live_nodes, before);
    EXPECT_EQ(gc_collect(t, 0), 0);
}

TEST(Gc, KeepsWhatIsReferenced) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    Node* root = make_node(t);
    Node* node = root;
    for (int i = 0; i < 100; i++) {
        node->left = make_node(t);
        node = static_cast<Node*>(node->left);
    }
    node->left = root;
    incref(root); // one count is ours
    EXPECT_EQ(gc_collect(t, 2), 0);
    EXPECT_EQ(g_live_nodes, before + 101);
    EXPECT_EQ(root->tid, thread_pointer());
    EXPECT_EQ(refcount(root), 2);
    EXPECT_EQ(refcount(node), 1);
    decref(root);
    EXPECT_EQ(gc_collect(t, 2), 101);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Gc, CollectsLargeAndPreheaderObjects) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    Type type{};
    init_node_type(type);
    type.flags |= type_flag::Preheader;
    for (HeapKind kind : {HeapKind::GcObject, HeapKind::GcPreheader}) {
        for (size_t size : {sizeof(Node), size_t{900}, size_t{100000}}) {
            auto* node = static_cast<Node*>(heap_alloc(t, kind, size));
            object_init(node, &type);
            node->left = node;
            node->right = nullptr;
            g_live_nodes++;
            gc_track(node);
        }
    }
    EXPECT_EQ(gc_collect(t, 2), 6);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Gc, AutomaticCollectionKeepsGarbageBounded) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    intptr_t most = 0;
    for (int i = 0; i < 100000; i++) {
        make_cycle(t, 2);
        ASSERT_FALSE(poll(t).is_error());
        most = std::max(most, g_live_nodes - before);
    }
    EXPECT_LT(most, 20000);
    collect_everything(t);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Gc, DisabledCollectorWaits) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    g_runtime.gc->enabled = false;
    for (int i = 0; i < 10000; i++) {
        make_cycle(t, 2);
        ASSERT_FALSE(poll(t).is_error());
    }
    EXPECT_EQ(g_live_nodes, before + 20000);
    g_runtime.gc->enabled = true;
    EXPECT_EQ(gc_collect(t, 2), 20000);
    EXPECT_EQ(g_live_nodes, before);
}

static std::vector<Object*> g_rescued_nodes;
static void count_finalizer(Object* o) { ++*static_cast<Node*>(o)->finalized; }
static void rescue_finalizer(Object* o) {
    ++*static_cast<Node*>(o)->finalized;
    if (g_rescued_nodes.empty()) {
        incref(o);
        g_rescued_nodes.push_back(o);
    }
}

TEST(Gc, FinalizersRunOncePerObject) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    Type type{};
    init_node_type(type);
    type.finalize = count_finalizer;
    int calls = 0;
    make_cycle(t, 10, &type, &calls);
    EXPECT_EQ(gc_collect(t, 2), 10);
    EXPECT_EQ(calls, 10);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Gc, ResurrectedObjectsLive) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    Type type{};
    init_node_type(type);
    type.finalize = rescue_finalizer;
    int calls = 0;
    make_cycle(t, 10, &type, &calls);
    make_cycle(t, 5, &type, &calls);
    // All of the first cycle, or of the second, is reachable again.
    intptr_t collected = gc_collect(t, 2);
    EXPECT_EQ(calls, 15);
    ASSERT_EQ(g_rescued_nodes.size(), 1u);
    EXPECT_EQ(g_live_nodes, before + 15 - collected);
    EXPECT_TRUE(collected == 5 || collected == 10);
    decref(g_rescued_nodes[0]);
    g_rescued_nodes.clear();
    EXPECT_EQ(gc_collect(t, 2), 15 - collected);
    EXPECT_EQ(calls, 15);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Gc, DeferredObjectsDieOnlyByCollection) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    Node* node = make_node(t);
    defer_refcount(node);
    EXPECT_EQ(refcount(node), 1);
    decref(node);
    EXPECT_EQ(g_live_nodes, before + 1);
    EXPECT_EQ(gc_collect(t, 2), 1);
    EXPECT_EQ(g_live_nodes, before);
}

static Object* g_stack_root;
TEST(Gc, FramesKeepUncountedReferencesAlive) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    g_stack_root = make_node(t, make_node(t));
    defer_refcount(g_stack_root);
    decref(g_stack_root);
    g_runtime.hooks.visit_thread = [](Thread&, int (*visit)(Object*, void*), void* context) { visit(g_stack_root, context); };
    EXPECT_EQ(gc_collect(t, 2), 0);
    EXPECT_EQ(g_live_nodes, before + 2);
    g_runtime.hooks.visit_thread = nullptr;
    EXPECT_EQ(gc_collect(t, 2), 2);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Gc, FrozenObjectsAreIgnored) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    make_cycle(t, 3);
    gc_freeze(t);
    EXPECT_GE(g_runtime.gc->freeze_count, 3);
    EXPECT_EQ(gc_collect(t, 2), 0);
    gc_unfreeze(t);
    EXPECT_EQ(gc_collect(t, 2), 3);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Gc, ListsObjectsAndReferrers) {
    Thread& t = test_thread();
    collect_everything(t);
    Node* target = make_node(t);
    incref(target);
    Node* referrer = make_node(t, target);
    Node* other = make_node(t);
    struct Found {
        std::vector<Object*> objects;
        static void add(Ref<Object> object, void* found) { static_cast<Found*>(found)->objects.push_back(object.release()); }
    } all, referrers;
    Object* targets[] = {target};
    EXPECT_TRUE(gc_for_each_object(t, Found::add, &all));
    EXPECT_TRUE(gc_for_each_referrer(t, targets, 1, Found::add, &referrers));
    EXPECT_EQ(std::count(all.objects.begin(), all.objects.end(), target), 1);
    EXPECT_EQ(std::count(all.objects.begin(), all.objects.end(), other), 1);
    ASSERT_EQ(referrers.objects.size(), 1u);
    EXPECT_EQ(referrers.objects[0], referrer);
    for (Object* o : all.objects) decref(o);
    for (Object* o : referrers.objects) decref(o);
    decref(referrer);
    decref(target);
    decref(other);
}

TEST(Gc, CollectsGarbageThatThreadsLeave) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    run_threads(4, [&](Thread& self, int) {
        for (int i = 0; i < 5000; i++) make_cycle(self, 3);
    });
    collect_everything(t);
    EXPECT_EQ(g_live_nodes, before);
}

TEST(Gc, ManyThreadsAllocateAndCollect) {
    Thread& t = test_thread();
    collect_everything(t);
    intptr_t before = g_live_nodes;
    // Each keeps a structure of its own, checks it, makes garbage, and shares nodes with its neighbour.
    std::atomic<Object*> shared[4]{};
    run_threads(4, [&](Thread& self, int index) {
        Node* keep = nullptr;
        for (int i = 0; i < 500; i++) keep = make_node(self, keep);
        for (int round = 0; round < 6000; round++) {
            make_cycle(self, 2 + round % 3);
            Node* node = make_node(self, make_leaf(self, round));
            xdecref(shared[(index + 1) % 4].exchange(node, std::memory_order_acq_rel));
            ASSERT_FALSE(poll(self).is_error());
            if (round % 1000 == 999) gc_collect(self, 2);
        }
        int length = 0;
        for (Node* node = keep; node; node = static_cast<Node*>(node->left)) length++;
        EXPECT_EQ(length, 500);
        decref(keep);
    });
    for (auto& slot : shared) xdecref(slot.exchange(nullptr));
    collect_everything(t);
    collect_everything(t);
    EXPECT_EQ(g_live_nodes, before);
}
