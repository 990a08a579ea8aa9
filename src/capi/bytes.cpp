// PyBytes_*: bytes objects.
#include "objects/bytes.h"
#include "capi/capi.h"

#include <cstring>

namespace taipan::capi {

TAIPAN_API Object* PyBytes_FromString(const char* text) { return new_reference(bytes_from(Thread::current(), text)); }

/// Without `data` the contents are the caller's to write, before anybody else sees the object.
TAIPAN_API Object* PyBytes_FromStringAndSize(const char* data, intptr_t size) {
    Thread& t = Thread::current();
    if (size < 0) return fail(raise(t, exc::SystemError, "Negative size passed to PyBytes_FromStringAndSize"), nullptr);
    if (!data) return new_reference(bytes_alloc(t, size));
    return new_reference(bytes_from(t, {data, static_cast<size_t>(size)}));
}

TAIPAN_API intptr_t PyBytes_Size(Object* object) {
    if (is<Bytes>(object)) return static_cast<Bytes*>(object)->size;
    return fail(raise(Thread::current(), exc::TypeError, "expected bytes, %T found", object), -1);
}
/// The contents, followed by a null byte; they live as long as the object.
TAIPAN_API char* PyBytes_AsString(Object* object) {
    if (is<Bytes>(object)) return static_cast<Bytes*>(object)->data;
    return fail(raise(Thread::current(), exc::TypeError, "expected bytes, %T found", object), nullptr);
}
/// Without `size` there must be no null bytes in the contents.
TAIPAN_API int PyBytes_AsStringAndSize(Object* object, char** data, intptr_t* size) {
    Thread& t = Thread::current();
    if (!data) return fail(BAD_INTERNAL_CALL(t), -1);
    if (!is<Bytes>(object)) return fail(raise(t, exc::TypeError, "expected bytes, %T found", object), -1);
    auto* bytes = static_cast<Bytes*>(object);
    *data = bytes->data;
    if (size) *size = bytes->size;
    else if (strlen(bytes->data) != static_cast<size_t>(bytes->size)) return fail(raise(t, exc::ValueError, "embedded null byte"), -1);
    return 0;
}

} // namespace taipan::capi
