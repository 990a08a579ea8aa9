#include "base/memory_scope.h"

#include <atomic>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace taipan::base {

namespace {

// In front of every block; the blocks of a scope are a ring through the scope.
struct alignas(16) Link {
    Link* previous;
    Link* next;

    void close() { previous = next = this; }
    void unlink() {
        previous->next = next;
        next->previous = previous;
    }
};

struct Scope {
    Link blocks;
    Scope* outer;
    jmp_buf start;
};

constinit thread_local Scope* t_scope = nullptr;

} // namespace

#ifdef TAIPAN_DEBUG
static constinit std::atomic<bool (*)()> g_refuse{nullptr};
void refuse_allocations(bool (*decide)()) { g_refuse.store(decide, std::memory_order_release); }
bool allocation_refused() {
    bool (*decide)() = g_refuse.load(std::memory_order_acquire);
    return decide && decide();
}
#endif

void memory_exhausted() {
    if (!t_scope) {
        fputs("Fatal Python error: out of memory\n", stderr);
        abort();
    }
    longjmp(t_scope->start, 1);
}

[[gnu::noinline]] bool attempt_erased(void (*work)(void*), void* data) {
    // Nothing here is kept in a register across the jump: the scope is in memory that others know of.
    Scope scope;
    scope.blocks.close();
    scope.outer = t_scope;
    t_scope = &scope;
    if (_setjmp(scope.start) == 0) {
        work(data);
        t_scope = scope.outer;
        // What is left belongs to containers that live on, and to the attempt around this one.
        scope.blocks.unlink();
        if (Link* first = scope.blocks.next; first == &scope.blocks) {
        } else if (Link* last = scope.blocks.previous; scope.outer) {
            Link* outer = &scope.outer->blocks;
            first->previous = outer->previous;
            outer->previous->next = first;
            last->next = outer;
            outer->previous = last;
        } else { // whichever threads free them
            for (Link* block = first; block;) {
                Link* next = block == last ? nullptr : block->next;
                block->close();
                block = next;
            }
        }
        return true;
    }
    Scope* abandoned = t_scope;
    t_scope = abandoned->outer;
    for (Link* block = abandoned->blocks.next; block != &abandoned->blocks;) {
        Link* next = block->next;
        free(block);
        block = next;
    }
    return false;
}

OutsideAttempt::OutsideAttempt() : m_suspended(t_scope) { t_scope = nullptr; }
OutsideAttempt::~OutsideAttempt() { t_scope = (Scope*)m_suspended; }

void* must_allocate(size_t size) {
    void* memory = allocation_refused() ? nullptr : malloc(size);
    if (!memory && size) memory_exhausted();
    return memory;
}
void* must_reallocate(void* memory, size_t size) {
    void* moved = allocation_refused() ? nullptr : realloc(memory, size);
    if (!moved && size) memory_exhausted();
    return moved;
}
void* must_allocate_zeroed(size_t count, size_t size) {
    void* memory = allocation_refused() ? nullptr : calloc(count, size);
    if (!memory && count && size) memory_exhausted();
    return memory;
}

static void* enlist(Link* link) {
    if (Scope* scope = t_scope) {
        link->previous = &scope->blocks;
        link->next = scope->blocks.next;
        scope->blocks.next = link->next->previous = link;
    } else {
        link->close();
    }
    return link + 1;
}

void* scoped_allocate(size_t size) {
    if (size > SIZE_MAX / 2) memory_exhausted();
    return enlist((Link*)must_allocate(size + sizeof(Link)));
}
void* scoped_reallocate(void* memory, size_t size) {
    Link* link = (Link*)memory - 1;
    Link* moved = nullptr;
    link->unlink();
    if (size <= SIZE_MAX / 2 && !allocation_refused()) moved = (Link*)realloc(link, size + sizeof(Link));
    enlist(moved ? moved : link);
    if (!moved) memory_exhausted();
    return moved + 1;
}
void scoped_free(void* memory) {
    if (!memory) return;
    Link* link = (Link*)memory - 1;
    link->unlink();
    free(link);
}

} // namespace taipan::base
