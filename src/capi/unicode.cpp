// PyUnicode_*: str objects.
#include "capi/capi.h"
#include "objects/str.h"

namespace taipan::capi {

/// UTF-8, ended by a null byte.
TAIPAN_API Object* PyUnicode_FromString(const char* text) { return new_reference(str_decode_utf8(Thread::current(), text)); }

TAIPAN_API Object* PyUnicode_FromStringAndSize(const char* text, intptr_t size) {
    Thread& t = Thread::current();
    if (size < 0) return fail(raise(t, exc::SystemError, "Negative size passed to PyUnicode_FromStringAndSize"), nullptr);
    if (!text && size)
        return fail(raise(t, exc::SystemError, "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize"), nullptr);
    return new_reference(str_decode_utf8(t, {text, static_cast<size_t>(size)}));
}

TAIPAN_API intptr_t PyUnicode_GetLength(Object* object) {
    if (is<Str>(object)) return static_cast<Str*>(object)->length;
    return fail(raise(Thread::current(), exc::TypeError, "bad argument type for built-in operation"), -1);
}

/// UTF-8 that lives as long as the object and ends with a null byte; `size`, if not null, gets its length.
TAIPAN_API const char* PyUnicode_AsUTF8AndSize(Object* object, intptr_t* size) {
    Thread& t = Thread::current();
    if (size) *size = -1;
    if (!is<Str>(object)) return fail(raise(t, exc::TypeError, "bad argument type for built-in operation"), nullptr);
    auto text = str_utf8(t, static_cast<Str*>(object));
    if (text.is_error()) return nullptr;
    std::string_view view = text.take();
    if (size) *size = static_cast<intptr_t>(view.size());
    return view.data();
}
TAIPAN_API const char* PyUnicode_AsUTF8(Object* object) { return PyUnicode_AsUTF8AndSize(object, nullptr); }

} // namespace taipan::capi
