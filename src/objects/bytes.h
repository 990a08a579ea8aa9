// bytes and bytearray (CPython's layouts). A bytes object's data is followed by a null byte.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

#include <string_view>

namespace taipan {

struct Bytes : VarObject {
    intptr_t cached_hash;
    char data[1];

    static Type s_type;
    static constexpr unsigned long s_subclass_flag = type_flag::BytesSubclass;
    std::string_view view() const { return {data, static_cast<size_t>(size)}; }
};

struct ByteArray : VarObject {
    intptr_t capacity;
    char* memory;
    char* start;
    intptr_t exports;

    static Type s_type;
    std::string_view view() const { return {start, static_cast<size_t>(size)}; } // under the object's lock
};

Ref<Bytes> bytes_empty();
Result<Ref<Bytes>> bytes_from(Thread& t, std::string_view data);
/// Contents are to be written before it is shared.
Result<Ref<Bytes>> bytes_alloc(Thread& t, intptr_t size);
Result<Ref<ByteArray>> bytearray_from(Thread& t, std::string_view data);
Result<Ref<Bytes>> bytes_concat(Thread& t, std::string_view a, std::string_view b);
/// bytes(object) for buffers, iterables of ints and __bytes__.
Result<Ref<Bytes>> to_bytes(Thread& t, Borrowed<Object> object);

} // namespace taipan
