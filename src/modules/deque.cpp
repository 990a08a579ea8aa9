// collections.deque: a ring of references whose size is a power of two. Every operation holds the deque's lock.
#include "modules/collections.h"
#include "objects/abstract.h"
#include "objects/int.h"
#include "objects/iterator_step.h"
#include "objects/iterators.h"
#include "objects/key_compare.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/racy.h"
#include "objects/str_builder.h"
#include "objects/tuple.h"
#include "objects/type_object.h"
#include "objects/weakref.h"

#include <cstring>

namespace taipan::collections {

struct Deque : Object {
    Object** items;
    intptr_t head; // of the first item
    Racy<intptr_t> size;
    intptr_t mask;         // capacity - 1; -1 without memory
    Racy<intptr_t> maxlen; // -1: unlimited
    Racy<size_t> state;    // changes whenever items come or go
    Object* weaklist;
    static Type s_type;
    Object*& at(intptr_t i) { return items[(head + i) & mask]; }
};
struct DequeIterator : Object {
    Deque* deque;
    size_t state;
    intptr_t index, left;
    static Type s_type;
};
struct DequeReverseIterator : DequeIterator {
    static Type s_type;
};
Type Deque::s_type;
Type DequeIterator::s_type;
Type DequeReverseIterator::s_type;

namespace {

using Self = Borrowed<Deque>;

/// Copies the references at [from, from + count), which may wrap around, and counts nothing.
void copy_out(const Deque* self, intptr_t from, intptr_t count, Object** out) {
    if (count == 0) return;
    intptr_t start = (self->head + from) & self->mask, straight = self->mask + 1 - start;
    if (straight > count) straight = count;
    memcpy(out, self->items + start, static_cast<size_t>(straight) * sizeof(Object*));
    memcpy(out + straight, self->items, static_cast<size_t>(count - straight) * sizeof(Object*));
}
/// Room for `size` items.
NOINLINE Result<void> grow(Thread& t, Deque* self, intptr_t size) {
    intptr_t capacity = self->mask + 1, wanted = capacity ? capacity * 2 : 8;
    while (wanted < size) wanted *= 2;
    auto** items = static_cast<Object**>(raw_alloc(static_cast<size_t>(wanted) * sizeof(Object*)));
    if (!items) return raise_memory_error(t);
    copy_out(self, 0, self->size, items);
    raw_free(self->items);
    self->items = items;
    self->head = 0;
    self->mask = wanted - 1;
    return {};
}

Object* take_first(Deque* self) {
    Object* item = self->items[self->head];
    self->head = (self->head + 1) & self->mask;
    --self->size;
    ++self->state;
    return item;
}
Object* take_last(Deque* self) {
    Object* item = self->at(--self->size);
    ++self->state;
    return item;
}

/// With the lock held; consumes the item. `overflow` gets what fell off the other end (owned), or null.
Result<void> push_last(Thread& t, Deque* self, Object* item, Object** overflow) {
    *overflow = nullptr;
    if (self->maxlen == 0) {
        *overflow = item;
        return {};
    }
    intptr_t size = self->size;
    if (self->maxlen > 0 && size >= self->maxlen) {
        *overflow = take_first(self);
        --size;
    }
    if (UNLIKELY(size > self->mask) && grow(t, self, size + 1).is_error()) {
        decref(item);
        return Error{};
    }
    self->at(size) = item;
    self->size = size + 1;
    ++self->state;
    return {};
}
Result<void> push_first(Thread& t, Deque* self, Object* item, Object** overflow) {
    *overflow = nullptr;
    if (self->maxlen == 0) {
        *overflow = item;
        return {};
    }
    if (self->maxlen > 0 && self->size >= self->maxlen) *overflow = take_last(self);
    if (UNLIKELY(self->size > self->mask) && grow(t, self, self->size + 1).is_error()) {
        decref(item);
        return Error{};
    }
    self->head = (self->head - 1) & self->mask;
    self->items[self->head] = item;
    ++self->size;
    ++self->state;
    return {};
}

Result<void> append(Thread& t, Self self, Borrowed<Object> item) {
    Object* overflow;
    {
        LeafSection section(t, self.get());
        TRY(push_last(t, self.get(), acquire(item).release(), &overflow));
    }
    if (overflow) decref(overflow);
    return {};
}
Result<void> appendleft(Thread& t, Self self, Borrowed<Object> item) {
    Object* overflow;
    {
        LeafSection section(t, self.get());
        TRY(push_first(t, self.get(), acquire(item).release(), &overflow));
    }
    if (overflow) decref(overflow);
    return {};
}
Result<Ref<Object>> pop(Thread& t, Self self) {
    LeafSection section(t, self.get());
    if (self->size == 0) return raise(t, exc::IndexError, "pop from an empty deque");
    return steal(take_last(self.get()));
}
Result<Ref<Object>> popleft(Thread& t, Self self) {
    LeafSection section(t, self.get());
    if (self->size == 0) return raise(t, exc::IndexError, "pop from an empty deque");
    return steal(take_first(self.get()));
}

/// The items of one moment, which no iterator gives if it has to wait between two of them.
Result<Ref<List>> snapshot(Thread& t, Deque* self) {
    for (;;) {
        intptr_t size = self->size;
        Ref<List> items = TRY(list_new(t, size));
        CriticalSection section(t, self);
        if (self->size != size) continue;
        for (intptr_t i = 0; i < size; ++i) items->items[i] = acquire(self->at(i)).release();
        items->size = size;
        return items;
    }
}

/// Appends an array's items in one go; the locks are held. `dropped` gets what fell off the front of a bounded deque (owned):
/// to be given up after the locks.
struct Dropped {
    Object** items = nullptr;
    intptr_t count = 0;
    ~Dropped() {
        for (intptr_t i = 0; i < count; ++i) decref(items[i]);
        raw_free(items);
    }
};
Result<void> append_array(Thread& t, Deque* self, Object* const* items, intptr_t count, Dropped* dropped) {
    intptr_t size = self->size, maxlen = self->maxlen;
    if (maxlen >= 0 && count > maxlen) {
        items += count - maxlen;
        count = maxlen;
    }
    if (count == 0) return {};
    intptr_t excess = maxlen >= 0 && size + count > maxlen ? size + count - maxlen : 0;
    if (excess) {
        dropped->items = static_cast<Object**>(raw_alloc(static_cast<size_t>(excess) * sizeof(Object*)));
        if (!dropped->items) return raise_memory_error(t);
    }
    if (size - excess + count > self->mask + 1) TRY(grow(t, self, size - excess + count));
    if (excess) {
        copy_out(self, 0, excess, dropped->items);
        dropped->count = excess;
        self->head = (self->head + excess) & self->mask;
        size -= excess;
    }
    for (intptr_t i = 0; i < count; ++i) {
        incref_locked(items[i]);
        self->at(size + i) = items[i];
    }
    self->size = size + count;
    ++self->state;
    return {};
}

Result<void> extend_with(Thread& t, Self self, Borrowed<Object> iterable, bool left) {
    if (!left && is_exact<List>(iterable.get())) {
        Dropped dropped;
        CriticalSection section(t, self.get(), iterable.get());
        auto* list = static_cast<List*>(iterable.get());
        return append_array(t, self.get(), list->items, list->size, &dropped);
    }
    if (!left && is_exact<Tuple>(iterable.get())) {
        Dropped dropped;
        CriticalSection section(t, self.get());
        auto* tuple = static_cast<Tuple*>(iterable.get());
        return append_array(t, self.get(), tuple->items, tuple->size, &dropped);
    }
    Ref<Object> source =
        is<Deque>(iterable.get()) && (iterable.get() == self.get() || (is_multi_threaded() && is_exact<Deque>(iterable.get())))
            ? TRY(Result<Ref<Object>>(snapshot(t, static_cast<Deque*>(iterable.get()))))
            : acquire(iterable);
    Ref<Object> iterator = TRY(get_iterator(t, source));
    CriticalSection whole(t, self.get());
    for (;;) {
        MaybeRef<Object> item = TRY(pull(t, iterator.get()));
        if (!item) return {};
        Object* overflow;
        {
            LeafSection section(t, self.get());
            if (left) TRY(push_first(t, self.get(), item.release(), &overflow));
            else TRY(push_last(t, self.get(), item.release(), &overflow));
        }
        if (overflow) decref(overflow);
    }
}
Result<void> extend(Thread& t, Self self, Borrowed<Object> iterable) { return extend_with(t, self, iterable, false); }
Result<void> extendleft(Thread& t, Self self, Borrowed<Object> iterable) { return extend_with(t, self, iterable, true); }

void clear(Thread& t, Self self) {
    Object** items;
    intptr_t head, size, mask;
    {
        CriticalSection section(t, self.get());
        items = std::exchange(self->items, nullptr);
        head = self->head;
        size = std::exchange(self->size, 0);
        mask = std::exchange(self->mask, -1);
        self->head = 0;
        ++self->state;
    }
    for (intptr_t i = 0; i < size; ++i) decref(items[(head + i) & mask]);
    raw_free(items);
}

void rotate_locked(Deque* self, intptr_t n) {
    intptr_t size = self->size;
    if (size <= 1 || (n %= size) == 0) return;
    if (n > size / 2) n -= size;
    if (n < -(size / 2)) n += size;
    ++self->state;
    for (; n > 0; --n) {
        Object* item = self->at(size - 1);
        self->head = (self->head - 1) & self->mask;
        self->items[self->head] = item;
    }
    for (; n < 0; ++n) {
        Object* item = self->items[self->head];
        // With a full ring, the place behind the last is the first's own.
        self->head = (self->head + 1) & self->mask;
        self->at(size - 1) = item;
    }
}
void rotate(Thread& t, Self self, Size n) {
    CriticalSection section(t, self.get());
    rotate_locked(self.get(), n);
}
void reverse(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    for (intptr_t i = 0, j = self->size - 1; i < j; ++i, --j) std::swap(self->at(i), self->at(j));
}

MaybeRef<Object> item_at(Thread& t, Deque* self, intptr_t i) {
    LeafSection section(t, self);
    if (static_cast<size_t>(i) >= static_cast<size_t>(self->size)) return MaybeRef<Object>();
    return MaybeRef<Object>::acquire(self->at(i));
}

/// The first position from `start` to `stop` of an equal item; -1 if none.
Result<intptr_t> find(Thread& t, Self self, Borrowed<Object> value, intptr_t start, intptr_t stop, const char* mutated, Type& error) {
    CriticalSection section(t, self.get());
    size_t state = self->state;
    for (intptr_t i = start; i < stop; ++i) {
        // With the lock held, items that plainly differ need no references.
        while (i < stop && i < self->size && quick_equal_items(self->at(i), value.get()) == QuickEqual::No) ++i;
        if (i >= stop || i >= self->size) break;
        Ref<Object> item = acquire(self->at(i));
        bool same = TRY(equals(t, item.get(), value));
        if (same && &error == &exc::RuntimeError) return i; // found is found; remove() needs the place
        if (self->state != state) return raise(t, error, mutated);
        if (same) return i;
    }
    return intptr_t{-1};
}
constexpr const char* MutatedText = "deque mutated during iteration";

Result<bool> contains(Thread& t, Self self, Borrowed<Object> value) {
    return TRY(find(t, self, value, 0, INTPTR_MAX, MutatedText, exc::RuntimeError)) >= 0;
}
Result<int64_t> count(Thread& t, Self self, Borrowed<Object> value) {
    CriticalSection section(t, self.get());
    size_t state = self->state;
    int64_t n = 0;
    for (intptr_t i = 0;; ++i) {
        MaybeRef<Object> item = item_at(t, self.get(), i);
        if (!item) return n;
        n += TRY(equals(t, item.get(), value));
        if (self->state != state) return raise(t, exc::RuntimeError, MutatedText);
    }
}
Result<int64_t> index(Thread& t, Self self, Borrowed<Object> value, MaybeBorrowed<Object> start_object, MaybeBorrowed<Object> stop_object) {
    auto bound = [&](MaybeBorrowed<Object> o, intptr_t fallback) -> Result<intptr_t> {
        if (!o) return fallback;
        if (!is<Int>(o.get()) && !(o->type->as_number && o->type->as_number->index))
            return raise(t, exc::TypeError, "slice indices must be integers or have an __index__ method");
        return to_index_clipped(t, o.value());
    };
    CriticalSection section(t, self.get());
    intptr_t size = self->size;
    intptr_t start = TRY(bound(start_object, 0)), stop = TRY(bound(stop_object, size));
    if (start < 0 && (start += size) < 0) start = 0;
    if (stop < 0 && (stop += size) < 0) stop = 0;
    if (stop > size) stop = size;
    intptr_t found = TRY(find(t, self, value, start, stop, MutatedText, exc::RuntimeError));
    if (found < 0) return raise(t, exc::ValueError, "deque.index(x): x not in deque");
    return found;
}

/// Takes out one position (owned); the lock is held.
Object* take_at(Deque* self, intptr_t i) {
    Object* item = self->at(i);
    if (i < self->size / 2) {
        for (intptr_t k = i; k > 0; --k) self->at(k) = self->at(k - 1);
        self->head = (self->head + 1) & self->mask;
    } else {
        for (intptr_t k = i; k + 1 < self->size; ++k) self->at(k) = self->at(k + 1);
    }
    --self->size;
    ++self->state;
    return item;
}
Result<void> remove(Thread& t, Self self, Borrowed<Object> value) {
    CriticalSection whole(t, self.get());
    intptr_t i = TRY(find(t, self, value, 0, INTPTR_MAX, "deque mutated during remove().", exc::IndexError));
    if (i < 0) return raise(t, exc::ValueError, "deque.remove(x): x not in deque");
    Object* old = nullptr;
    {
        CriticalSection section(t, self.get());
        if (i < self->size) old = take_at(self.get(), i);
    }
    if (old) decref(old);
    return {};
}
Result<void> insert(Thread& t, Self self, Size index_given, Borrowed<Object> value) {
    intptr_t i = index_given;
    CriticalSection section(t, self.get());
    intptr_t n = self->size;
    if (self->maxlen == n) return raise(t, exc::IndexError, "deque already at its maximum size");
    if (i < 0 && (i += n) < 0) i = 0;
    if (i > n) i = n;
    if (n > self->mask) TRY(grow(t, self.get(), n + 1));
    incref(value.get());
    if (i < n / 2) {
        self->head = (self->head - 1) & self->mask;
        ++self->size;
        for (intptr_t k = 0; k < i; ++k) self->at(k) = self->at(k + 1);
    } else {
        ++self->size;
        for (intptr_t k = n; k > i; --k) self->at(k) = self->at(k - 1);
    }
    self->at(i) = value.get();
    ++self->state;
    return {};
}

// --- making ---------------------------------------------------------------------------------------------------------

Result<Ref<Deque>> make(Thread& t, Type& type) {
    Ref<Deque> self = TRY([&]() -> Result<Ref<Deque>> {
        if (!type.is_heap_type()) return allocate<Deque>(t, type);
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(type.alloc(&type, 0)));
        return steal(static_cast<Deque*>(made.release()));
    }());
    self->mask = -1;
    self->maxlen = -1;
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) { return make(t, *type.get()); }
Result<void> init(Thread& t, Self self, MaybeBorrowed<Object> iterable, NoneOr<Object> maxlen_object) {
    intptr_t maxlen = -1;
    if (maxlen_object) {
        if (!is<Int>(maxlen_object.get())) return raise(t, exc::TypeError, "an integer is required");
        maxlen = TRY(to_index_size(t, maxlen_object.value(), exc::OverflowError));
        if (maxlen < 0) return raise(t, exc::ValueError, "maxlen must be non-negative");
    }
    self->maxlen = maxlen;
    if (self->size > 0) clear(t, self);
    if (iterable) TRY(extend(t, self, iterable.value()));
    return {};
}
Result<Ref<Object>> make_from(Thread& t, Borrowed<Type> type, MaybeBorrowed<Object> iterable, NoneOr<Object> maxlen) {
    Ref<Deque> self = TRY(make(t, *type.get()));
    TRY(init(t, self, iterable, maxlen));
    return self;
}
void dealloc(Object* o) {
    gc_untrack(o);
    auto* self = static_cast<Deque*>(o);
    if (self->weaklist) clear_weakrefs(o);
    for (intptr_t i = 0, size = self->size; i < size; ++i) decref(self->at(i));
    raw_free(self->items);
    o->type->free(o);
}
int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Deque*>(o);
    for (intptr_t i = 0; i < self->size; ++i)
        if (int result = visit(self->at(i), context)) return result;
    return 0;
}
int tp_clear(Object* o) {
    clear(Thread::current(), static_cast<Deque*>(o));
    return 0;
}

Result<Ref<Deque>> plain_copy(Thread& t, Deque* self) {
    Ref<Deque> made = TRY(make(t, Deque::s_type));
    made->maxlen = self->maxlen;
    CriticalSection section(t, self);
    for (intptr_t i = 0; i < self->size; ++i) {
        Object* overflow;
        TRY(push_last(t, made.get(), acquire(self->at(i)).release(), &overflow));
    }
    return made;
}
Result<Ref<Object>> copy(Thread& t, Self self) {
    if (self->type == &Deque::s_type) return plain_copy(t, self.get());
    Ref<Object> made = none_ref();
    if (self->maxlen < 0) {
        made = TRY(call(t, Borrowed<Object>(self->type), self));
    } else {
        Ref<Int> maxlen = TRY(int_from(t, self->maxlen));
        made = TRY(call(t, Borrowed<Object>(self->type), self, maxlen));
    }
    // The subclass's constructor may do as it likes.
    if (!is<Deque>(made.get())) return raise(t, exc::TypeError, "%s() must return a deque, not %T", short_type_name(*self->type), made);
    return made;
}

// --- slots ----------------------------------------------------------------------------------------------------------

intptr_t length_slot(Thread&, Self self) { return self->size; }

Result<Ref<Str>> repr_slot(Thread& t, Self self) {
    if (TRY(repr_enter(t, self))) return str_from_utf8(t, "[...]");
    auto listed = snapshot(t, self.get());
    if (listed.is_error()) {
        repr_leave(t, self);
        return Error{};
    }
    Ref<List> items = listed.take();
    const char* name = short_type_name(*self->type);
    auto result = self->maxlen >= 0 ? str_format(t, "%s(%R, maxlen=%d)", name, items, self->maxlen) : str_format(t, "%s(%R)", name, items);
    repr_leave(t, self);
    return result;
}

Result<Ref<Object>> compare_function(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op) {
    if (!is<Deque>(a.get()) || !is<Deque>(b.get())) return not_implemented_ref();
    auto *x = static_cast<Deque*>(a.get()), *y = static_cast<Deque*>(b.get());
    CriticalSection section(t, x, y);
    if (x->size != y->size && (op == Comparison::Eq || op == Comparison::Ne)) return bool_ref(op == Comparison::Ne);
    // With one thread an item's __eq__ that changes a deque is an error; several threads may change it at any time.
    Ref<Object> i = TRY(is_multi_threaded() ? get_iterator(t, TRY(snapshot(t, x))) : get_iterator(t, a));
    Ref<Object> j = TRY(is_multi_threaded() ? get_iterator(t, TRY(snapshot(t, y))) : get_iterator(t, b));
    for (;;) {
        MaybeRef<Object> m = TRY(next_item(t, i));
        MaybeRef<Object> n = TRY(next_item(t, j));
        if (!m || !n) {
            int order = m ? 1 : n ? -1 : 0;
            switch (op) {
            case Comparison::Lt: return bool_ref(order < 0);
            case Comparison::Le: return bool_ref(order <= 0);
            case Comparison::Eq: return bool_ref(order == 0);
            case Comparison::Ne: return bool_ref(order != 0);
            case Comparison::Gt: return bool_ref(order > 0);
            case Comparison::Ge: return bool_ref(order >= 0);
            }
        }
        if (TRY(equals(t, m.get(), n.get()))) continue;
        if (op == Comparison::Eq) return bool_ref(false);
        if (op == Comparison::Ne) return bool_ref(true);
        return compare(t, m.get(), n.get(), op);
    }
}

Result<Ref<Object>> item_slot(Thread& t, Self self, intptr_t i) {
    MaybeRef<Object> item = item_at(t, self.get(), i);
    if (!item) return raise(t, exc::IndexError, "deque index out of range");
    return item.take();
}
Result<void> set_item_function(Thread& t, Self self, intptr_t i, Object* value) {
    Object* old;
    {
        LeafSection section(t, self.get());
        if (static_cast<size_t>(i) >= static_cast<size_t>(self->size)) return raise(t, exc::IndexError, "deque index out of range");
        old = value ? std::exchange(self->at(i), acquire(value).release()) : take_at(self.get(), i);
    }
    decref(old);
    return {};
}
Result<Ref<Object>> concat(Thread& t, Self self, Borrowed<Object> other) {
    if (!is<Deque>(other.get())) return raise(t, exc::TypeError, "can only concatenate deque (not \"%T\") to deque", other);
    Ref<Object> made = TRY(copy(t, self));
    TRY(extend(t, static_cast<Deque*>(made.get()), other));
    return made;
}
Result<Ref<Object>> inplace_concat(Thread& t, Self self, Borrowed<Object> other) {
    TRY(extend(t, self, other));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> inplace_repeat(Thread& t, Self self, intptr_t times) {
    intptr_t size = self->size;
    if (size == 0 || times == 1) return acquire<Object>(self.get());
    if (times <= 0) {
        clear(t, self);
        return acquire<Object>(self.get());
    }
    if (size > (INTPTR_MAX >> 4) / times) return raise_memory_error(t);
    CriticalSection section(t, self.get());
    Ref<List> items = TRY(snapshot(t, self.get()));
    intptr_t rounds = times - 1;
    if (self->maxlen >= 0 && size * times > self->maxlen && self->maxlen > 0) {
        // Only the last `maxlen` items count: enough whole rounds, then the rest of one.
        intptr_t needed = (self->maxlen + size - 1) / size + 1;
        if (needed < rounds) rounds = needed;
    }
    for (intptr_t i = 0; i < rounds; ++i) TRY(extend(t, self, items));
    return acquire<Object>(self.get());
}
Result<Ref<Object>> repeat(Thread& t, Self self, intptr_t times) {
    Ref<Object> made = TRY(copy(t, self));
    return inplace_repeat(t, static_cast<Deque*>(made.get()), times);
}

Result<Ref<Object>> reduce(Thread& t, Self self) {
    Ref<Str> name = TRY(str_interned(t, "__getstate__"));
    Ref<Object> state = TRY(call_method(t, self, name));
    Ref<Object> iterator = TRY(get_iterator(t, self));
    Ref<Tuple> args = tuple_empty();
    if (self->maxlen >= 0) {
        Ref<Int> maxlen = TRY(int_from(t, self->maxlen));
        args = TRY(tuple_pack(t, tuple_empty(), maxlen));
    }
    return tuple_pack(t, acquire<Object>(self->type), args, state, iterator);
}
int64_t size_of(Thread&, Self self) { return self->type->basicsize + (self->mask + 1) * static_cast<int64_t>(sizeof(Object*)); }
Result<Ref<Object>> get_maxlen(Thread& t, Self self) {
    if (self->maxlen < 0) return none_ref();
    return int_from(t, self->maxlen);
}

// --- iterators ------------------------------------------------------------------------------------------------------

template <class T> Result<Ref<Object>> iterator_over(Thread& t, Deque* self) {
    Ref<T> it = TRY(allocate<T>(t));
    LeafSection section(t, self);
    it->deque = acquire(self).release();
    it->state = self->state;
    it->left = self->size;
    it->index = 0;
    gc_track(it.get());
    return it;
}
Result<Ref<Object>> iter_slot(Thread& t, Self self) { return iterator_over<DequeIterator>(t, self.get()); }
Result<Ref<Object>> reversed_method(Thread& t, Self self) { return iterator_over<DequeReverseIterator>(t, self.get()); }
NOINLINE ResultMaybe<Object> deque_iterator_step(Thread& t, DequeIterator* self, bool reversed) {
    Deque* deque = self->deque;
    LeafSection section(t, deque);
    if (self->state != deque->state) {
        self->left = 0;
        return raise(t, exc::RuntimeError, MutatedText);
    }
    if (self->left <= 0) return MaybeRef<Object>();
    --self->left;
    intptr_t i = self->index++;
    return MaybeRef<Object>::acquire(deque->at(reversed ? deque->size - 1 - i : i));
}
template <bool Reversed> ResultMaybe<Object> iterator_next(Thread& t, Borrowed<DequeIterator> self) {
    Deque* deque = self->deque;
    if (LIKELY(!is_multi_threaded() && self->state == deque->state && self->left > 0)) {
        --self->left;
        intptr_t i = self->index++;
        return MaybeRef<Object>::acquire(deque->at(Reversed ? deque->size - 1 - i : i));
    }
    return deque_iterator_step(t, self.get(), Reversed);
}
template <class T> Result<Ref<Object>> iterator_new(Thread& t, Borrowed<Type>, Borrowed<Object> deque, Size index) {
    if (!is<Deque>(deque.get()))
        return raise(t, exc::TypeError, "%s() argument 1 must be collections.deque, not %T", T::s_type.name, deque);
    Ref<Object> it = TRY(iterator_over<T>(t, static_cast<Deque*>(deque.get())));
    auto* made = static_cast<DequeIterator*>(it.get());
    intptr_t skip = index < made->left ? index.value : made->left;
    if (skip > 0) {
        made->index = skip;
        made->left -= skip;
    }
    return it;
}
int64_t iterator_hint(Thread&, Borrowed<DequeIterator> self) { return self->left; }
Result<Ref<Object>> iterator_reduce(Thread& t, Borrowed<DequeIterator> self) {
    Ref<Int> index = TRY(int_from(t, self->index));
    Ref<Tuple> args = TRY(tuple_pack(t, acquire(self->deque), index));
    return tuple_pack(t, acquire<Object>(self->type), args);
}
Ref<Object> self_iterator(Thread&, Borrowed<Object> self) { return acquire(self); }
using IteratorFields = Fields<DequeIterator, &DequeIterator::deque>;

const NativeDef iterator_methods[] = {
    method<iterator_hint>("__length_hint__", "($self, /)", "Private method returning an estimate of len(list(it))."),
    method<iterator_reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
};
const SlotDef iterator_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, iterator_next<false>>(),
    typed_new<iterator_new<DequeIterator>, "_deque_iterator", "(deque, index=0, /)">(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};
const SlotDef reverse_iterator_slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    unary_slot<SlotId::tp_iter, self_iterator>(),
    unary_slot<SlotId::tp_iternext, iterator_next<true>>(),
    typed_new<iterator_new<DequeReverseIterator>, "_deque_reverse_iterator", "(deque, index=0, /)">(),
    IteratorFields::traverse_slot(),
    IteratorFields::dealloc_slot(),
};

const GetSetDef getset[] = {getter<get_maxlen>("maxlen", "maximum size of a deque or None if unbounded")};
const NativeDef methods[] = {
    method<append>("append", "($self, item, /)", "Add an element to the right side of the deque."),
    method<appendleft>("appendleft", "($self, item, /)", "Add an element to the left side of the deque."),
    method<clear>("clear", "($self, /)", "Remove all elements from the deque."),
    method<copy>("__copy__", "($self, /)", "Return a shallow copy of a deque."),
    method<copy>("copy", "($self, /)", "Return a shallow copy of a deque."),
    method<count>("count", "($self, value, /)", "Return number of occurrences of value."),
    method<extend>("extend", "($self, iterable, /)", "Extend the right side of the deque with elements from the iterable."),
    method<extendleft>("extendleft", "($self, iterable, /)", "Extend the left side of the deque with elements from the iterable."),
    method<index>("index", "($self, value, start=<unrepresentable>, stop=<unrepresentable>, /)",
                  "The first position, from start up to stop, of an item equal to value; ValueError if there is none."),
    method<insert>("insert", "($self, index, value, /)", "Insert value before index."),
    method<pop>("pop", "($self, /)", "Remove and return the rightmost element."),
    method<popleft>("popleft", "($self, /)", "Remove and return the leftmost element."),
    method<reduce>("__reduce__", "($self, /)", "Return state information for pickling."),
    method<remove>("remove", "($self, value, /)", "Remove first occurrence of value."),
    method<reversed_method>("__reversed__", "($self, /)", "Return a reverse iterator over the deque."),
    method<reverse>("reverse", "($self, /)", "Reverse *IN PLACE*."),
    method<rotate>("rotate", "($self, n=1, /)", "Rotate the deque n steps to the right.  If n is negative, rotates left."),
    method<size_of>("__sizeof__", "($self, /)", "Return the size of the deque in memory, in bytes."),
    class_method<generic_alias_new>("__class_getitem__", "($type, object, /)", "See PEP 585"),
};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_getattro, generic_getattr_slot),
    unary_slot<SlotId::tp_repr, repr_slot>(),
    raw_slot(SlotId::tp_hash, static_cast<HashFunc>(nullptr)),
    compare_slot<SlotId::tp_richcompare, compare_function>(),
    size_slot<SlotId::sq_length, length_slot>(),
    binary_slot<SlotId::sq_concat, concat>(),
    index_slot<SlotId::sq_repeat, repeat>(),
    index_slot<SlotId::sq_item, item_slot>(),
    set_index_slot<SlotId::sq_ass_item, set_item_function>(),
    contains_slot<SlotId::sq_contains, contains>(),
    binary_slot<SlotId::sq_inplace_concat, inplace_concat>(),
    index_slot<SlotId::sq_inplace_repeat, inplace_repeat>(),
    unary_slot<SlotId::tp_iter, iter_slot>(),
    construct_slot<SlotId::tp_new, construct>(),
    typed_init<init, "deque", "(iterable=(), maxlen=None)">(),
    typed_vectorcall<make_from, "deque", "(iterable=(), maxlen=None)">(),
    raw_slot(SlotId::tp_traverse, &traverse),
    raw_slot(SlotId::tp_clear, &tp_clear),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

} // namespace

const TypeSpec deque_spec = {
    .type = &Deque::s_type,
    .name = "collections.deque",
    .basicsize = sizeof(Deque),
    .flags = type_flag::BaseType | type_flag::Gc | type_flag::Sequence,
    .doc = "A double-ended queue: appending and popping take constant time at either end.\n\n"
           "With maxlen, adding to a full deque drops an item from the opposite end.",
    .signature = "([iterable[, maxlen]])",
    .slots = slots,
    .methods = methods,
    .getset = getset,
    .weaklist_offset = offsetof(Deque, weaklist),
};
const TypeSpec deque_iterator_spec = {.type = &DequeIterator::s_type,
                                      .name = "collections._deque_iterator",
                                      .basicsize = sizeof(DequeIterator),
                                      .flags = type_flag::Gc,
                                      .slots = iterator_slots,
                                      .methods = iterator_methods};
const TypeSpec deque_reverse_iterator_spec = {.type = &DequeReverseIterator::s_type,
                                              .name = "collections._deque_reverse_iterator",
                                              .basicsize = sizeof(DequeIterator),
                                              .flags = type_flag::Gc,
                                              .slots = reverse_iterator_slots,
                                              .methods = iterator_methods};

} // namespace taipan::collections
