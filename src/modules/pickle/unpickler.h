// One run of an unpickler: input, stack and memo.
#pragma once

#include "modules/pickle/pickle.h"

namespace taipan::pickle {

struct Load {
    Thread& t;
    Unpickler* self;
    State& state;

    Load(Thread& thread, Unpickler* unpickler) : t(thread), self(unpickler), state(unpickler->state()) {}

    // Input (unpickler_input.cpp)
    /// The next `size` bytes; they stay where they are until the next read.
    ALWAYS_INLINE Result<const char*> read(intptr_t size) {
        if (LIKELY(size <= self->limit - self->next)) {
            const char* at = self->data + self->next;
            self->next += size;
            return at;
        }
        return read_more(size);
    }
    NOINLINE Result<const char*> read_more(intptr_t size);
    Result<void> read_into(char* out, intptr_t size);
    /// Up to and with the line break.
    Result<std::string_view> read_line();
    Result<void> skip_consumed();
    /// What is wanted is not in the frame: that ends here, or is too short.
    Result<void> leave_frame();
    COLD Error truncated() { return raise_unpickling(t, state, "pickle data was truncated"); }
    /// Little-endian.
    template <int Size> ALWAYS_INLINE Result<uint64_t> number() {
        const char* bytes = TRY(read(Size));
        uint64_t value = 0;
        __builtin_memcpy(&value, bytes, Size);
        return value;
    }
    Result<uint64_t> number(intptr_t size) {
        return size == 1 ? number<1>() : size == 2 ? number<2>() : size == 4 ? number<4>() : number<8>();
    }
    /// A length; `text` names the opcode in the error.
    Result<intptr_t> length(intptr_t size, const char* text);

    // Stack
    COLD Error underflow() { return raise_unpickling(t, state, self->mark_count ? "unexpected MARK found" : "unpickling stack underflow"); }
    ALWAYS_INLINE Result<void> push(Ref<Object> value) {
        if (UNLIKELY(self->stack_size == self->stack_capacity)) TRY(grow_stack());
        self->stack[self->stack_size++] = value.release();
        return {};
    }
    NOINLINE Result<void> grow_stack();
    ALWAYS_INLINE Result<Ref<Object>> pop() {
        if (UNLIKELY(self->stack_size <= self->fence)) return underflow();
        return Ref<Object>::steal(self->stack[--self->stack_size]);
    }
    ALWAYS_INLINE Result<Borrowed<Object>> top() {
        if (UNLIKELY(self->stack_size <= self->fence)) return underflow();
        return Borrowed<Object>(self->stack[self->stack_size - 1]);
    }
    void drop_to(intptr_t size);
    Result<Ref<Tuple>> pop_tuple(intptr_t start);
    Result<Ref<List>> pop_list(intptr_t start);
    Result<intptr_t> marker();
    Result<void> mark();

    // Opcodes (unpickler.cpp)
    Result<Ref<Object>> run();
    ALWAYS_INLINE Result<bool> step(uint8_t code);
    Result<void> invalid_code(uint8_t code);
    Result<void> put_memo(intptr_t index);
    Result<void> get_memo(intptr_t index);
    Result<Ref<Object>> text_number(std::string_view line, const char* what);
    Result<void> load_int();
    Result<void> load_long();
    Result<void> load_counted_long(intptr_t size);
    Result<void> load_float();
    Result<void> load_string();
    Result<void> push_old_string(std::string_view data);
    Result<void> load_text(intptr_t size);
    Result<void> load_bytes(intptr_t size);
    Result<void> load_bytearray();
    Result<void> load_next_buffer();
    Result<void> load_read_only_buffer();
    Result<void> load_dict();
    Result<void> instantiate(Borrowed<Object> cls, Ref<Tuple> args);
    Result<void> load_inst();
    Result<void> load_obj();
    Result<void> load_new(bool with_keywords);
    Result<void> load_global();
    Result<void> load_stack_global();
    Result<void> load_persistent(bool binary);
    Result<void> load_pop();
    Result<void> load_get();
    Result<void> load_put();
    Result<void> load_extension(intptr_t size);
    Result<void> append_from(intptr_t start);
    Result<void> set_items_from(intptr_t start);
    Result<void> add_items();
    Result<void> load_build();
    Result<void> set_state(Borrowed<Object> instance, Borrowed<Dict> values);
    Result<void> load_reduce();
    Result<void> load_frame();
    Result<Ref<Object>> find_class(Borrowed<Object> module, Borrowed<Object> name);
};

} // namespace taipan::pickle
