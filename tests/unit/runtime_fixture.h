// A started runtime and a few object types for the unit tests of src/runtime.
#pragma once

#include "runtime/gc.h"
#include "runtime/refcount.h"

#include <gtest/gtest.h>
#include <pthread.h>

namespace taipan {

Type& node_type();
Type& leaf_type();

inline Thread& test_thread() {
    if (!g_runtime.main_thread) runtime_start();
    // Before other threads use them.
    node_type();
    leaf_type();
    return *Thread::current_or_null();
}

/// Runs `body(thread)` in `count` OS threads with thread states of their own, and waits for them detached.
template <class F> void run_threads(int count, F body) {
    struct Start {
        F* body;
        Thread* thread;
        pthread_t handle;
        int index;
    };
    Start starts[16];
    for (int i = 0; i < count; i++) {
        starts[i] = {&body, thread_create(*g_runtime.main_interpreter), {}, i};
        pthread_create(
            &starts[i].handle, nullptr,
            [](void* argument) -> void* {
                auto* start = static_cast<Start*>(argument);
                thread_attach(*start->thread);
                (*start->body)(*start->thread, start->index);
                thread_destroy(*start->thread);
                return nullptr;
            },
            &starts[i]);
    }
    Detached detached(test_thread());
    for (int i = 0; i < count; i++) pthread_join(starts[i].handle, nullptr);
}

/// A collected object with two reference fields.
struct Node : Object {
    Object* left;
    Object* right;
    int* finalized;
};

inline std::atomic<intptr_t> g_live_nodes{0};

inline void node_dealloc(Object* o) {
    auto* node = static_cast<Node*>(o);
    if (node->type->finalize && !call_finalizer_from_dealloc(o)) return;
    gc_untrack(o);
    xdecref(node->left);
    xdecref(node->right);
    g_live_nodes--;
    heap_free(Thread::current(), o);
}
inline int node_traverse(Object* o, VisitFunc visit, void* context) {
    auto* node = static_cast<Node*>(o);
    if (node->left)
        if (int result = visit(node->left, context)) return result;
    if (node->right)
        if (int result = visit(node->right, context)) return result;
    return 0;
}
inline int node_clear(Object* o) {
    clear_field(static_cast<Node*>(o)->left);
    clear_field(static_cast<Node*>(o)->right);
    return 0;
}

inline void init_test_type(Type& type, const char* name, unsigned long flags, DestructorFunc dealloc) {
    type.ref_local = ImmortalLocal;
    type.name = name;
    type.flags = flags;
    type.dealloc = dealloc;
}
inline void init_node_type(Type& type) {
    init_test_type(type, "Node", type_flag::Gc, node_dealloc);
    type.traverse = node_traverse;
    type.clear = node_clear;
}
inline Type& node_type() {
    static Type type{};
    if (!type.name) init_node_type(type);
    return type;
}

inline Node* make_node(Thread& t, Object* left = nullptr, Object* right = nullptr, Type* type = nullptr) {
    auto* node = static_cast<Node*>(heap_alloc_small(t, HeapKind::GcObject, sizeof(Node)));
    object_init(node, type ? type : &node_type());
    node->left = left;
    node->right = right;
    node->finalized = nullptr;
    g_live_nodes++;
    gc_track(node);
    return node;
}

/// An object without references.
struct Leaf : Object {
    int64_t value;
};
inline void leaf_dealloc(Object* o) {
    g_live_nodes--;
    heap_free(Thread::current(), o);
}
inline Type& leaf_type() {
    static Type type{};
    if (!type.name) init_test_type(type, "Leaf", 0, leaf_dealloc);
    return type;
}
inline Leaf* make_leaf(Thread& t, int64_t value = 0) {
    auto* leaf = static_cast<Leaf*>(heap_alloc_small(t, HeapKind::Object, sizeof(Leaf)));
    object_init(leaf, &leaf_type());
    leaf->value = value;
    g_live_nodes++;
    return leaf;
}

} // namespace taipan
