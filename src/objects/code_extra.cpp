#include "objects/code_extra.h"
#include "objects/exceptions.h"

#include <cstring>

namespace taipan {
namespace {

constexpr intptr_t MaxExtras = 255;

/// Which indexes exist. They are never given back, so readers need no lock.
struct Registry {
    Mutex lock; // for requests
    std::atomic<intptr_t> count{0};
    CodeExtraFree free[MaxExtras] = {};
};
constinit Registry g_registry;

/// What Code::extra points to.
struct Extras {
    intptr_t count;
    void* values[1];
};

void free_extra(intptr_t index, void* extra) {
    if (extra && g_registry.free[index]) g_registry.free[index](extra);
}

} // namespace

intptr_t code_extra_request(CodeExtraFree free) {
    MutexLocker locker(g_registry.lock);
    intptr_t index = g_registry.count.load(std::memory_order_relaxed);
    if (index == MaxExtras) return -1;
    g_registry.free[index] = free;
    g_registry.count.store(index + 1, std::memory_order_release);
    return index;
}

bool code_extra_exists(intptr_t index) { return index >= 0 && index < g_registry.count.load(std::memory_order_acquire); }

void* code_extra(Thread& t, Code* code, intptr_t index) {
    CriticalSection section(t, code);
    auto* extras = static_cast<Extras*>(code->extra);
    return extras && index >= 0 && index < extras->count ? extras->values[index] : nullptr;
}

Result<void> code_set_extra(Thread& t, Code* code, intptr_t index, void* extra) {
    void* old = nullptr;
    {
        CriticalSection section(t, code);
        auto* extras = static_cast<Extras*>(code->extra);
        if (!extras || index >= extras->count) {
            intptr_t had = extras ? extras->count : 0, count = g_registry.count.load(std::memory_order_acquire);
            auto* grown = static_cast<Extras*>(raw_realloc(extras, sizeof(Extras) + sizeof(void*) * static_cast<size_t>(count - 1)));
            if (!grown) return raise_memory_error(t);
            memset(grown->values + had, 0, sizeof(void*) * static_cast<size_t>(count - had));
            grown->count = count;
            code->extra = extras = grown;
        }
        old = std::exchange(extras->values[index], extra);
    }
    free_extra(index, old);
    return {};
}

void code_extra_release(Code* code) {
    auto* extras = static_cast<Extras*>(std::exchange(code->extra, nullptr));
    // Code may die while an exception is on its way; a function that runs Python must not see it.
    Thread& t = Thread::current();
    MaybeRef<Object> raised = t.take_exception();
    for (intptr_t i = 0; i < extras->count; ++i) free_extra(i, extras->values[i]);
    t.clear_exception();
    if (raised) (void)t.set_exception(raised.take());
    raw_free(extras);
}

} // namespace taipan
