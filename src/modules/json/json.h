// _json: what its two halves (scanner.cpp, encoder.cpp) share with the module.
#pragma once

#include "objects/module.h"

namespace taipan::json {

extern const TypeSpec scanner_spec, encoder_spec;

Result<Ref<Object>> scan_string(Thread& t, Borrowed<Object> text, Size end, MaybeBorrowed<Object> strict);
Result<Ref<Object>> encode_basestring(Thread& t, Borrowed<Object> text);
Result<Ref<Object>> encode_basestring_ascii(Thread& t, Borrowed<Object> text);
/// Which of the two functions above a builtin function object is.
enum class StringEncoder : uint8_t { Other, Plain, Ascii };
StringEncoder string_encoder_kind(const Object* function);

#if defined(__x86_64__)
#define TAIPAN_JSON_SSE2 1
#endif

} // namespace taipan::json
