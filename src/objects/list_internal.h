// Shared by the list files.
//
// Readers without the lock load the array, the size, and the array again: if it is the same, the size is one that it had
// room for; then the slot. While several threads run, a slot beyond the size is null, arrays are replaced instead of moved,
// and old ones are freed by QSBR; so a racy reader sees an item that was there or falls back to the lock.
#pragma once

#include "objects/list.h"
#include "objects/racy.h"
#include "runtime/thread.h"

#include <cstring>

namespace taipan {

/// Room for `size` items and some more; does not change the size. The lock is held.
Result<void> list_reserve(Thread& t, List* list, intptr_t size);
/// The same for a list that is_unshared.
Result<void> list_reserve_unshared(Thread& t, List* list, intptr_t size);
/// Sets the size, giving memory back when most of it is unused. Items beyond it have been taken out.
void list_shrink(Thread& t, List* list, intptr_t size);
/// Moves references within an array; each slot is written whole.
inline void move_items(Object** to, Object** from, intptr_t count) {
    if (LIKELY(!is_multi_threaded())) {
        memmove(to, from, static_cast<size_t>(count) * sizeof(Object*));
    } else if (to < from) {
        for (intptr_t i = 0; i < count; ++i) store_release(to[i], from[i]);
    } else {
        for (intptr_t i = count; --i >= 0;) store_release(to[i], from[i]);
    }
}
/// `count` references at once.
ALWAYS_INLINE void incref_by(Object* o, intptr_t count) {
    uint32_t local = load_local(o);
    if (local == ImmortalLocal) return;
    if (LIKELY(load_tid(o) == thread_pointer() && static_cast<uint64_t>(count) < ImmortalLocal - local))
        store_local(o, local + static_cast<uint32_t>(count));
    else o->ref_shared.fetch_add(count << ref_state::Shift, std::memory_order_relaxed);
}

/// append with the lock held; consumes the item.
ALWAYS_INLINE Result<void> list_append_locked(Thread& t, List* list, Object* item) {
    intptr_t size = list->size;
    if (UNLIKELY(size >= list->capacity)) {
        auto grown = list_reserve(t, list, size + 1);
        if (grown.is_error()) {
            decref(item);
            return Error{};
        }
    }
    store_release(list->items[size], item);
    store_release(list->size, size + 1);
    return {};
}

/// append to a list that the caller holds a reference to itself; consumes the item. Free of the lock if nobody else can see
/// the list, as in a comprehension.
ALWAYS_INLINE Result<void> list_append_held(Thread& t, List* list, Object* item) {
    if (UNLIKELY(!is_unshared(list))) return list_append(t, list, Ref<Object>::steal(item));
    intptr_t size = list->size;
    if (UNLIKELY(size >= list->capacity) && list_reserve_unshared(t, list, size + 1).is_error()) {
        decref(item);
        return Error{};
    }
    list->items[size] = item;
    list->size = size + 1;
    return {};
}

} // namespace taipan
