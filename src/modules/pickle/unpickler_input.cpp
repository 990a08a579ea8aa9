// Unpickling: where the bytes come from, and the stack.
#include "modules/pickle/unpickler.h"
#include "objects/buffers.h"
#include "objects/list_internal.h"
#include "objects/memoryview.h"
#include "runtime/heap.h"

#include <cstring>
#include <iterator>

namespace taipan::pickle {

constexpr intptr_t Prefetch = 128 << 10;

void unpickler_drop_input(Unpickler* self) {
    Buffer old = self->input;
    self->input.obj = nullptr;
    self->data = nullptr;
    self->data_length = self->next = self->prefetched = self->limit = 0;
    self->in_frame = false;
    buffer_release(&old);
}
Result<void> unpickler_set_input(Thread& t, Unpickler* self, Borrowed<Object> data) {
    unpickler_drop_input(self);
    Buffer view;
    TRY(buffer_get(t, data, &view, buffer_flag::ContigReadOnly));
    self->input = view;
    self->data = static_cast<const char*>(view.buf);
    self->data_length = self->limit = view.len;
    self->prefetched = view.len;
    return {};
}

/// Moves the file behind what was used of the bytes that were only peeked at.
Result<void> Load::skip_consumed() {
    intptr_t used = self->next - self->prefetched;
    if (used <= 0) return {};
    Ref<Int> count = TRY(int_from(t, used));
    Ref<Object> read = acquire(self->read);
    TRY(call(t, read, count));
    self->prefetched = self->next;
    return {};
}

Result<void> Load::leave_frame() {
    if (self->next < self->limit) return raise_unpickling(t, state, "pickle exhausted before end of frame");
    self->in_frame = false;
    self->limit = self->data_length;
    return {};
}

NOINLINE Result<const char*> Load::read_more(intptr_t size) {
    if (self->in_frame) {
        TRY(leave_frame());
        return read(size);
    }
    if (size > INTPTR_MAX - self->next) return raise_unpickling(t, state, "read would overflow (invalid bytecode)");
    if (!self->read) return truncated();
    TRY(skip_consumed());
    if (self->peek && size < Prefetch) {
        Ref<Int> count = TRY(int_from(t, Prefetch));
        Ref<Object> peek = acquire(self->peek);
        auto peeked = call(t, peek, count);
        if (peeked.is_error()) {
            if (!clear_if(t, exc::NotImplementedError)) return Error{};
            clear_field(self->peek);
        } else {
            Ref<Object> data = peeked.take();
            TRY(unpickler_set_input(t, self, data));
            self->prefetched = 0;
            if (size <= self->data_length) {
                self->next = size;
                return self->data;
            }
        }
    }
    Ref<Int> count = TRY(int_from(t, size));
    Ref<Object> read = acquire(self->read);
    Ref<Object> data = TRY(call(t, read, count));
    TRY(unpickler_set_input(t, self, data));
    if (self->data_length < size) return truncated();
    self->next = size;
    return self->data;
}

Result<void> Load::read_into(char* out, intptr_t size) {
    if (self->in_frame && size > self->limit - self->next) TRY(leave_frame());
    intptr_t available = self->limit - self->next;
    if (available > size) available = size;
    if (available > 0) {
        memcpy(out, self->data + self->next, static_cast<size_t>(available));
        self->next += available;
        out += available;
        size -= available;
    }
    if (size == 0) return {};
    if (!self->read) return truncated();
    TRY(skip_consumed());
    if (!self->readinto) {
        Ref<Int> count = TRY(int_from(t, size));
        Ref<Object> read = acquire(self->read);
        Ref<Object> data = TRY(call(t, read, count));
        if (!is<Bytes>(data.get())) return raise(t, exc::ValueError, "read() returned non-bytes object (%R)", data);
        auto* bytes = static_cast<Bytes*>(data.get());
        if (bytes->size < size) return truncated();
        memcpy(out, bytes->data, static_cast<size_t>(size));
        return {};
    }
    Ref<MemoryView> view = TRY(memoryview_from_memory(t, out, size, false));
    Ref<Object> readinto = acquire(self->readinto);
    auto answer = call(t, readinto, view);
    // The memory is the caller's: nobody may keep the view.
    MaybeRef<Object> error = t.take_exception();
    auto released = memoryview_release(t, view);
    if (error) {
        t.clear_exception();
        return t.set_exception(error.take());
    }
    TRY(released);
    intptr_t got = TRY(to_index_size(t, answer.take(), exc::OverflowError));
    return got < size ? Result<void>(truncated()) : Result<void>();
}

Result<std::string_view> Load::read_line() {
    const char* start = self->data + self->next;
    auto* end =
        self->limit > self->next ? static_cast<const char*>(memchr(start, '\n', static_cast<size_t>(self->limit - self->next))) : nullptr;
    if (end) {
        auto size = static_cast<size_t>(end - start) + 1;
        self->next += static_cast<intptr_t>(size);
        return std::string_view(start, size);
    }
    if (self->in_frame) {
        TRY(leave_frame());
        return read_line();
    }
    if (!self->read) return truncated();
    TRY(skip_consumed());
    Ref<Object> readline = acquire(self->readline);
    Ref<Object> data = TRY(call(t, readline));
    TRY(unpickler_set_input(t, self, data));
    if (self->data_length == 0 || self->data[self->data_length - 1] != '\n') return truncated();
    self->next = self->data_length;
    return std::string_view(self->data, static_cast<size_t>(self->data_length));
}

Result<intptr_t> Load::length(intptr_t size, const char* text) {
    uint64_t value = TRY(number(size));
    if (value > INTPTR_MAX)
        return raise(t, exc::OverflowError, "%s exceeds system's maximum size of %d bytes", text, static_cast<int64_t>(INTPTR_MAX));
    return static_cast<intptr_t>(value);
}

// The stack

NOINLINE Result<void> Load::grow_stack() {
    // The first few live in the unpickler.
    if (!self->stack_capacity) {
        self->stack = self->first_stack;
        self->stack_capacity = std::size(self->first_stack);
        return {};
    }
    intptr_t capacity = self->stack_capacity * 2;
    bool first = self->stack == self->first_stack;
    auto* stack = static_cast<Object**>(raw_realloc(first ? nullptr : self->stack, static_cast<size_t>(capacity) * sizeof(Object*)));
    if (!stack) return raise_memory_error(t);
    if (first) memcpy(stack, self->first_stack, sizeof self->first_stack);
    self->stack = stack;
    self->stack_capacity = capacity;
    return {};
}
void Load::drop_to(intptr_t size) {
    while (self->stack_size > size) decref(self->stack[--self->stack_size]);
}
Result<Ref<Tuple>> Load::pop_tuple(intptr_t start) {
    if (UNLIKELY(start < self->fence)) return underflow();
    intptr_t count = self->stack_size - start;
    self->stack_size = start;
    return tuple_from_array_steal(t, self->stack + start, static_cast<size_t>(count));
}
Result<Ref<List>> Load::pop_list(intptr_t start) {
    intptr_t count = self->stack_size - start;
    self->stack_size = start;
    return list_from_array_steal(t, self->stack + start, static_cast<size_t>(count));
}
Result<intptr_t> Load::marker() {
    if (UNLIKELY(self->mark_count < 1)) return raise_unpickling(t, state, "could not find MARK");
    intptr_t at = self->marks[--self->mark_count];
    self->fence = self->mark_count ? self->marks[self->mark_count - 1] : 0;
    return at;
}
Result<void> Load::mark() {
    if (UNLIKELY(self->mark_count == self->mark_capacity)) {
        if (!self->mark_capacity) {
            self->marks = self->first_marks;
            self->mark_capacity = std::size(self->first_marks);
        } else {
            intptr_t capacity = self->mark_capacity * 2;
            bool first = self->marks == self->first_marks;
            auto* marks =
                static_cast<intptr_t*>(raw_realloc(first ? nullptr : self->marks, static_cast<size_t>(capacity) * sizeof(intptr_t)));
            if (!marks) return raise_memory_error(t);
            if (first) memcpy(marks, self->first_marks, sizeof self->first_marks);
            self->marks = marks;
            self->mark_capacity = capacity;
        }
    }
    self->fence = self->stack_size;
    self->marks[self->mark_count++] = self->stack_size;
    return {};
}

} // namespace taipan::pickle
