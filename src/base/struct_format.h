// The format strings of `struct`, and floats as IEEE bytes of two, four and eight.
//
// A parsed format is a list of fields; pad bytes ('x') only move the offset and have no field.
#pragma once

#include "base/small_buffer.h"

#include <cstddef>
#include <cstdint>

namespace taipan::base {

struct StructField {
    char code;     ///< one of "cbB?hHiIlLqQnNefdFDsp" and "P"
    uint8_t align; ///< 0 when packed without alignment
    size_t size;   ///< of one item; for 's' and 'p' of the whole string
    size_t offset;
    size_t repeat; ///< items; 1 for 's' and 'p'
};

struct StructLayout {
    SmallBuffer<StructField, 8> fields;
    size_t size = 0;
    size_t items = 0;   ///< Python values that pack takes
    bool native = true; ///< '@' or no prefix
    bool little_endian = true;
};

/// Null on success, else CPython's text for struct.error; `no_memory` is set when that is the matter instead.
const char* parse_struct_format(const char* format, size_t length, StructLayout& layout, bool& no_memory);

enum class FloatPack : uint8_t { Ok, TooLarge };
/// `size`: 2, 4 or 8. "float too large to pack with e format" (f for 4) is the caller's text.
[[nodiscard]] FloatPack pack_float(double value, unsigned size, bool little_endian, uint8_t* out);
double unpack_float(const uint8_t* bytes, unsigned size, bool little_endian);

/// Integers of 1 to 8 bytes.
void pack_int(uint64_t value, unsigned size, bool little_endian, uint8_t* out);
uint64_t unpack_uint(const uint8_t* bytes, unsigned size, bool little_endian);
int64_t unpack_int(const uint8_t* bytes, unsigned size, bool little_endian);

} // namespace taipan::base
