// marshal for the engine: frozen modules and .pyc files.
#pragma once

#include "objects/bytes.h"

namespace taipan {

Result<Ref<Object>> marshal_loads(Thread& t, std::string_view data, bool allow_code = true);
Result<Ref<Bytes>> marshal_dumps(Thread& t, Borrowed<Object> value, int version = 5, bool allow_code = true);
/// text.encode(encoding, errors) (objects/str_codecs.cpp).
Result<Ref<Object>> str_encode(Thread& t, Borrowed<Str> text, const char* encoding, const char* errors);

} // namespace taipan
