// One run of a pickler: writes an object graph to its output buffer.
#pragma once

#include "modules/pickle/pickle.h"

#include <cstring>

namespace taipan::pickle {

enum class IdCheck : uint8_t { Due, Done };

struct Save {
    Thread& t;
    Pickler* self;
    State& state;

    Save(Thread& thread, Pickler* pickler) : t(thread), self(pickler), state(pickler->state()) {}

    // Output. `room` gives memory at the buffer's end; the caller adds what it used to `out_length`.
    ALWAYS_INLINE Result<uint8_t*> room(intptr_t size) {
        if (UNLIKELY(self->out_capacity - self->out_length < size + FrameHeader)) TRY(grow(size + FrameHeader));
        if (UNLIKELY(self->framing && self->frame_start < 0)) {
            self->frame_start = self->out_length;
            self->out_length += FrameHeader;
        }
        return self->out + self->out_length;
    }
    Result<void> put(const void* data, size_t size) {
        uint8_t* out = TRY(room(static_cast<intptr_t>(size)));
        memcpy(out, data, size);
        self->out_length += static_cast<intptr_t>(size);
        return {};
    }
    ALWAYS_INLINE Result<void> put(char code) {
        *TRY(room(1)) = static_cast<uint8_t>(code);
        ++self->out_length;
        return {};
    }
    ALWAYS_INLINE Result<void> put2(char code, uint8_t argument) {
        uint8_t* out = TRY(room(2));
        out[0] = static_cast<uint8_t>(code);
        out[1] = argument;
        self->out_length += 2;
        return {};
    }
    Result<void> grow(intptr_t extra);
    void close_frame();
    Result<void> end_large_frame();
    Result<void> flush();
    /// Data of a size that matters: large ones stand outside of frames and go to the file without a copy. `payload` is the
    /// object that has the data, if the file may be given that.
    Result<void> write_large(const char* header, size_t header_size, std::string_view data, Object* payload);

    Result<void> get(intptr_t index);
    /// Null: something that nothing else refers to.
    Result<void> memoize(Object* object);

    Result<void> save(Object* object, IdCheck check = IdCheck::Due);
    Result<void> persistent(Object* object, bool* done);
    Result<void> integer(Int* value);
    Result<void> real(double value);
    Result<void> bytes(Bytes* object);
    Result<void> bytes_data(Object* object, std::string_view data);
    Result<void> bytearray(Object* object);
    Result<void> bytearray_data(Object* object, std::string_view data);
    Result<void> pickle_buffer(Object* object);
    Result<void> string(Str* text);
    Result<void> raw_escaped(Str* text);
    Result<void> container(Object* object);
    Result<void> tuple(Tuple* object);
    Result<void> list(List* object);
    Result<void> batch_list(Object* iterator, Object* of);
    Result<void> batch_exact_list(List* list);
    Result<void> dict(Dict* object);
    Result<void> pair(Object* key, Object* value, Object* of);
    Result<void> batch_dict(Object* iterator, Object* of);
    Result<void> set(Object* object);
    Result<void> set_as_call(Object* object, Type* type);
    Result<void> frozenset(Object* object);
    Result<bool> fast_enter(Object* object);
    Result<void> fast_leave(Object* object, bool recorded);

    // pickler_reduce.cpp
    /// What has no opcode of its own: by reduction.
    Result<void> other(Object* object);
    Result<void> type(Object* object);
    /// Whether object's __reduce_ex__ would do no more than `instance`.
    bool is_plain_instance(Object* object);
    Result<void> instance(Object* object);
    Result<void> instance_state(Object* object);
    /// `name` may be null.
    Result<void> global(Object* object, Object* name);
    Result<void> global_by_name(Borrowed<Object> module, Borrowed<Object> name);
    /// Calls, builds and fills as the tuple that __reduce__ returned says; `object` may be null.
    Result<void> reduce(Tuple* reduced, Object* object);
};

} // namespace taipan::pickle
