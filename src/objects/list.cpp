// The list's storage and the operations that natives and the interpreter use.
#include "objects/list.h"

#include "objects/abstract.h"
#include "objects/dict_keys.h"
#include "objects/iterators.h"
#include "objects/list_internal.h"
#include "objects/set.h"
#include "objects/tuple.h"
#include "runtime/heap_inline.h"

#include <algorithm>

namespace taipan {

static ALWAYS_INLINE List* list_raw(Thread& t) {
    auto* list = static_cast<List*>(heap_alloc_small(t, HeapKind::GcObject, sizeof(List)));
    if (UNLIKELY(!list)) return nullptr;
    object_init(list, &List::s_type);
    list->size = 0;
    list->items = nullptr;
    list->capacity = 0;
    gc_track(list);
    return list;
}

static Object** new_array(intptr_t capacity) {
    if (capacity > (INTPTR_MAX >> 4)) return nullptr;
    size_t bytes = static_cast<size_t>(capacity) * sizeof(Object*);
    auto** items = static_cast<Object**>(raw_alloc(bytes));
    if (items && is_multi_threaded()) memset(items, 0, bytes);
    return items;
}

Result<Ref<List>> list_new(Thread& t, intptr_t capacity) {
    Object** items = nullptr;
    if (capacity > 0 && !(items = new_array(capacity))) return raise_memory_error(t);
    List* list = list_raw(t);
    if (UNLIKELY(!list)) {
        raw_free(items);
        return raise_memory_error(t);
    }
    list->items = items;
    list->capacity = capacity;
    return Ref<List>::steal(list);
}

static NOINLINE Result<void> reserve(Thread& t, List* list, intptr_t size, bool unshared) {
    if (size > (INTPTR_MAX >> 4)) return raise_memory_error(t);
    intptr_t capacity = (size + (size >> 3) + 6) & ~intptr_t{3};
    // An extension by many items is probably the last.
    if (!list->items) capacity = (size + 1) & ~intptr_t{1}; // the first items are often all
    else if (size - list->size > capacity - size) capacity = (size + 3) & ~intptr_t{3};
    if (LIKELY(unshared)) {
        auto** items = static_cast<Object**>(raw_realloc(list->items, static_cast<size_t>(capacity) * sizeof(Object*)));
        if (!items) return raise_memory_error(t);
        if (is_multi_threaded()) memset(items + list->size, 0, static_cast<size_t>(capacity - list->size) * sizeof(Object*));
        list->items = items;
    } else {
        Object** items = new_array(capacity);
        if (!items) return raise_memory_error(t);
        Object** old = list->items;
        if (list->size) memcpy(items, old, static_cast<size_t>(list->size) * sizeof(Object*));
        store_release(list->items, items);
        if (old) raw_free_delayed(t, old);
    }
    list->capacity = capacity;
    return {};
}

Result<void> list_reserve(Thread& t, List* list, intptr_t size) {
    if (size <= list->capacity) return {};
    return reserve(t, list, size, !is_multi_threaded());
}

Result<void> list_reserve_unshared(Thread& t, List* list, intptr_t size) {
    if (size <= list->capacity) return {};
    return reserve(t, list, size, true);
}

void list_shrink(Thread& t, List* list, intptr_t size) {
    intptr_t old_size = list->size;
    store_release(list->size, size);
    if (is_multi_threaded())
        for (intptr_t i = size; i < old_size; ++i) store_relaxed(list->items[i], nullptr);
    if (size >= (list->capacity >> 1) || list->capacity <= 8) return;
    intptr_t capacity = size ? (size + (size >> 3) + 6) & ~intptr_t{3} : 0;
    if (capacity >= list->capacity) return;
    Object** old = list->items;
    if (capacity == 0) {
        store_release(list->items, nullptr);
        raw_free_delayed(t, old);
    } else if (!is_multi_threaded()) {
        auto** items = static_cast<Object**>(raw_realloc(old, static_cast<size_t>(capacity) * sizeof(Object*)));
        if (!items) return;
        list->items = items;
    } else {
        Object** items = new_array(capacity);
        if (!items) return;
        memcpy(items, old, static_cast<size_t>(size) * sizeof(Object*));
        store_release(list->items, items);
        raw_free_delayed(t, old);
    }
    list->capacity = capacity;
}

Result<Ref<List>> list_from_array(Thread& t, Object* const* items, size_t count) {
    Ref<List> list = TRY(list_new(t, static_cast<intptr_t>(count)));
    copy_references(list->items, items, static_cast<intptr_t>(count));
    list->size = static_cast<intptr_t>(count);
    return list;
}

Result<Ref<List>> list_from_array_steal(Thread& t, Object** items, size_t count) {
    auto made = list_new(t, static_cast<intptr_t>(count));
    if (made.is_error()) {
        for (size_t i = 0; i < count; ++i) decref(items[i]);
        return Error{};
    }
    Ref<List> list = made.take();
    if (count) memcpy(list->items, items, count * sizeof(Object*));
    list->size = static_cast<intptr_t>(count);
    return list;
}

Result<void> list_append(Thread& t, Borrowed<List> list, Ref<Object> item) {
    LeafSection section(t, list.get());
    return list_append_locked(t, list.get(), item.release());
}

static NOINLINE MaybeRef<Object> list_get_locked(Thread& t, List* list, intptr_t index) {
    LeafSection section(t, list);
    if (static_cast<size_t>(index) >= static_cast<size_t>(list->size)) return MaybeRef<Object>();
    Object* item = list->items[index];
    incref_locked(item);
    return MaybeRef<Object>::steal(item);
}

static MaybeRef<Object> list_get_shared(Thread& t, List* list, intptr_t index) {
    Object** items = load_acquire(list->items);
    if (static_cast<size_t>(index) >= static_cast<size_t>(load_acquire(list->size))) return MaybeRef<Object>();
    Object* item;
    if (UNLIKELY(load_acquire(list->items) != items || racy_read(items[index], &item) != RacyRead::Ok))
        return list_get_locked(t, list, index);
    if (LIKELY(load_acquire(list->items) == items)) return MaybeRef<Object>::steal(item);
    decref(item);
    return list_get_locked(t, list, index);
}

MaybeRef<Object> list_get(Thread& t, Borrowed<List> list, intptr_t index) {
    if (UNLIKELY(is_multi_threaded())) return list_get_shared(t, list.get(), index);
    if (static_cast<size_t>(index) >= static_cast<size_t>(list->size)) return MaybeRef<Object>();
    return MaybeRef<Object>::acquire(list->items[index]);
}

bool list_set(Thread& t, Borrowed<List> list, intptr_t index, Ref<Object> item) {
    Object* old;
    {
        LeafSection section(t, list.get());
        if (static_cast<size_t>(index) >= static_cast<size_t>(list->size)) return false;
        old = list->items[index];
        store_release(list->items[index], item.release());
    }
    decref(old);
    return true;
}

Result<void> list_insert(Thread& t, Borrowed<List> list_ref, intptr_t index, Borrowed<Object> item) {
    List* list = list_ref.get();
    CriticalSection section(t, list);
    intptr_t size = list->size;
    TRY(list_reserve(t, list, size + 1));
    if (index < 0 && (index += size) < 0) index = 0;
    if (index > size) index = size;
    move_items(list->items + index + 1, list->items + index, size - index);
    incref(item.get());
    store_release(list->items[index], item.get());
    store_release(list->size, size + 1);
    return {};
}

Result<Ref<List>> list_slice(Thread& t, Borrowed<List> list, intptr_t start, intptr_t end) {
    CriticalSection section(t, list.get());
    intptr_t size = list->size;
    if (start < 0) start = 0;
    if (end > size) end = size;
    if (start >= end) return list_new(t);
    return list_from_array(t, list->items + start, static_cast<size_t>(end - start));
}

Result<Ref<Tuple>> list_to_tuple(Thread& t, Borrowed<List> list) {
    CriticalSection section(t, list.get());
    return tuple_from_array(t, list->items, static_cast<size_t>(list->size));
}

Result<void> list_set_slice(Thread& t, Borrowed<List> list_ref, intptr_t start, intptr_t end, Object* iterable) {
    List* list = list_ref.get();
    // The new items, collected before anything changes (the list itself may be assigned to its own slice).
    MaybeRef<Object> source;
    Object* const* items = nullptr;
    intptr_t count = 0;
    if (iterable) {
        if (iterable == list || is_multi_threaded()) {
            auto copy = list_from_iterable(t, iterable);
            if (copy.is_error()) {
                if (exception_matches(t, exc::TypeError) && !iterable->type->iter) {
                    t.clear_exception();
                    return raise(t, exc::TypeError, "must assign iterable to extended slice");
                }
                return Error{};
            }
            source = MaybeRef<Object>::steal(copy.take().release());
        } else {
            source = MaybeRef<Object>::steal(TRY(to_fast_sequence(t, iterable, "must assign iterable to extended slice")).release());
        }
    }
    Object** dropped = nullptr;
    intptr_t dropped_count;
    {
        CriticalSection section(t, list);
        if (source) {
            if (is<List>(source.get())) {
                items = static_cast<List*>(source.get())->items;
                count = static_cast<List*>(source.get())->size;
            } else {
                items = static_cast<Tuple*>(source.get())->items;
                count = static_cast<Tuple*>(source.get())->size;
            }
        }
        intptr_t size = list->size;
        if (start < 0) start = 0;
        if (start > size) start = size;
        if (end < start) end = start;
        if (end > size) end = size;
        dropped_count = end - start;
        intptr_t change = count - dropped_count;
        if (dropped_count) {
            dropped = static_cast<Object**>(raw_alloc(static_cast<size_t>(dropped_count) * sizeof(Object*)));
            if (!dropped) return raise_memory_error(t);
            memcpy(dropped, list->items + start, static_cast<size_t>(dropped_count) * sizeof(Object*));
        }
        if (change > 0) {
            auto grown = list_reserve(t, list, size + change);
            if (grown.is_error()) {
                raw_free(dropped);
                return Error{};
            }
        }
        for (intptr_t i = 0; i < count; ++i) incref(items[i]);
        if (change != 0) move_items(list->items + end + change, list->items + end, size - end);
        for (intptr_t i = 0; i < count; ++i) store_release(list->items[start + i], items[i]);
        if (change < 0) list_shrink(t, list, size + change);
        else store_release(list->size, size + change);
    }
    for (intptr_t i = dropped_count; --i >= 0;) decref(dropped[i]);
    raw_free(dropped);
    return {};
}

// --- extending ------------------------------------------------------------------------------------------------------

static Result<void> extend_array(Thread& t, List* list, Object* const* items, intptr_t count) {
    intptr_t size = list->size;
    TRY(list_reserve(t, list, size + count));
    copy_references(list->items + size, items, count);
    store_release(list->size, size + count);
    return {};
}

/// What a reverse iterator over a list still has, in one go, while the process has one thread.
static Result<void> extend_by_reversed(Thread& t, List* list, ListReverseIterator* source) {
    auto* from = static_cast<List*>(source->sequence);
    if (!from) return {};
    intptr_t size = list->size, count = source->index < from->size ? source->index + 1 : 0;
    TRY(list_reserve(t, list, size + count));
    copy_references(list->items + size, from->items + count - 1, count, -1);
    list->size = size + count;
    source->index = -1;
    clear_field(source->sequence);
    return {};
}

/// `held`: the caller has the list's reference itself, and others may not even know it.
static Result<void> extend_list(Thread& t, List* list, Borrowed<Object> iterable, bool held) {
    Object* source = iterable.get();
    if (is_exact<List>(source)) {
        CriticalSection section(t, list, source);
        intptr_t count = static_cast<List*>(source)->size;
        if (count == 0) return {};
        TRY(list_reserve(t, list, list->size + count));
        return extend_array(t, list, static_cast<List*>(source)->items, count);
    }
    if (is_exact<Tuple>(source)) {
        CriticalSection section(t, list);
        auto* tuple = static_cast<Tuple*>(source);
        return tuple->size ? extend_array(t, list, tuple->items, tuple->size) : Result<void>{};
    }
    if (is_exact<Dict>(source) || source->type == &DictKeysView::s_type || source->type == &DictValuesView::s_type ||
        source->type == &DictItemsView::s_type) {
        Dict* dict = is_exact<Dict>(source) ? static_cast<Dict*>(source) : static_cast<DictView*>(source)->dict;
        Ref<List> items = source->type == &DictValuesView::s_type  ? TRY(dict_values_list(t, dict))
                          : source->type == &DictItemsView::s_type ? TRY(dict_items_list(t, dict))
                                                                   : TRY(dict_keys_list(t, dict));
        CriticalSection section(t, list);
        return items->size ? extend_array(t, list, items->items, items->size) : Result<void>{};
    }
    if (is_exact<Str>(source) && static_cast<Str*>(source)->kind() == 1) {
        // Characters that exist once.
        auto* text = static_cast<Str*>(source);
        intptr_t count = text->length;
        LeafSection section(t, list);
        TRY(list_reserve(t, list, list->size + count));
        auto* characters = static_cast<const uint8_t*>(text->data());
        Object** out = list->items + list->size;
        for (intptr_t i = 0; i < count; ++i) store_release(out[i], str_latin1_char(characters[i]).release());
        store_release(list->size, list->size + count);
        return {};
    }
    if (source->type == &ListReverseIterator::s_type && !is_multi_threaded())
        return extend_by_reversed(t, list, static_cast<ListReverseIterator*>(source));
    Ref<Object> iterator = TRY(get_iterator(t, iterable));
    intptr_t hint = TRY(length_hint(t, iterable, 8));
    if (hint > 0 && hint < (INTPTR_MAX >> 5)) {
        CriticalSection section(t, list);
        intptr_t wanted = list->size + hint;
        if (wanted > list->capacity && hint > 8 && list_reserve(t, list, wanted).is_error()) return Error{};
    }
    UnaryFunc next = iterator->type->next;
    for (;;) {
        Object* item = next(iterator.get());
        if (UNLIKELY(!item)) {
            if (t.has_exception() && !clear_if(t, exc::StopIteration)) return Error{};
            break;
        }
        if (held) {
            TRY(list_append_held(t, list, item));
        } else {
            LeafSection section(t, list);
            TRY(list_append_locked(t, list, item));
        }
    }
    LeafSection section(t, list);
    if (list->size < list->capacity / 2) list_shrink(t, list, list->size);
    return {};
}

Result<void> list_extend(Thread& t, Borrowed<List> list, Borrowed<Object> iterable) { return extend_list(t, list.get(), iterable, false); }

Result<Ref<List>> list_from_iterable(Thread& t, Borrowed<Object> iterable) {
    Ref<List> list = TRY(list_new(t));
    TRY(extend_list(t, list.get(), iterable, true));
    return list;
}

Result<void> list_reverse(Thread& t, Borrowed<List> list) {
    CriticalSection section(t, list.get());
    Object** items = list->items;
    if (LIKELY(!is_multi_threaded())) {
        std::reverse(items, items + list->size);
        return {};
    }
    for (intptr_t i = 0, j = list->size - 1; i < j; ++i, --j) {
        Object* a = items[i];
        store_release(items[i], items[j]);
        store_release(items[j], a);
    }
    return {};
}

} // namespace taipan
