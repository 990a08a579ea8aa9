// One step of an iterator from native code. Iterators over lists and tuples, which are most of those that natives walk, are
// moved on in line while the process has one thread.
#pragma once

#include "objects/abstract.h"
#include "objects/iterators.h"
#include "objects/list.h"
#include "objects/tuple.h"

namespace taipan {

/// The next item of an iterator over a list or tuple, in line; null at the end, for all other iterators, and while the process
/// has several threads. Runs no Python code, so that the iterator needs no reference meanwhile.
ALWAYS_INLINE Object* quick_step(Object* iterator) {
    Type* type = iterator->type;
    if (LIKELY(!is_multi_threaded())) {
        auto* it = static_cast<SequenceIteratorBase*>(iterator);
        if (type == &ListIterator::s_type) {
            auto* list = static_cast<List*>(it->sequence);
            if (LIKELY(list && static_cast<size_t>(it->index) < static_cast<size_t>(list->size))) {
                Object* item = list->items[it->index++];
                incref(item);
                return item;
            }
        } else if (type == &TupleIterator::s_type) {
            auto* tuple = static_cast<Tuple*>(it->sequence);
            if (LIKELY(tuple && static_cast<size_t>(it->index) < static_cast<size_t>(tuple->size))) {
                Object* item = tuple->items[it->index++];
                incref(item);
                return item;
            }
        }
    }
    return nullptr;
}

/// The next item, or null: at the end, or with an exception, which may be StopIteration.
ALWAYS_INLINE Object* iterator_step(Object* iterator) {
    Object* item = quick_step(iterator);
    return LIKELY(item != nullptr) ? item : iterator->type->next(iterator);
}

/// next_item in line, for an iterator that get_iterator() has given.
ALWAYS_INLINE ResultMaybe<Object> pull(Thread& t, Object* iterator) {
    Object* item = iterator_step(iterator);
    if (UNLIKELY(!item) && t.has_exception() && !clear_if(t, exc::StopIteration)) return Error{};
    return MaybeRef<Object>::steal(item);
}

} // namespace taipan
