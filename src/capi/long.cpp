// PyLong_*: int objects and C integers.
#include "capi/capi.h"
#include "objects/abstract.h"
#include "objects/int.h"

namespace taipan::capi {

TAIPAN_API Object* PyLong_FromLong(long value) { return new_reference(int_from(Thread::current(), value)); }
TAIPAN_API Object* PyLong_FromLongLong(long long value) { return new_reference(int_from(Thread::current(), value)); }
TAIPAN_API Object* PyLong_FromSsize_t(intptr_t value) { return new_reference(int_from(Thread::current(), value)); }
TAIPAN_API Object* PyLong_FromUnsignedLong(unsigned long value) { return new_reference(int_from_uint64(Thread::current(), value)); }
TAIPAN_API Object* PyLong_FromUnsignedLongLong(unsigned long long value) {
    return new_reference(int_from_uint64(Thread::current(), value));
}
TAIPAN_API Object* PyLong_FromSize_t(size_t value) { return new_reference(int_from_uint64(Thread::current(), value)); }
TAIPAN_API Object* PyLong_FromDouble(double value) { return new_reference(int_from_double(Thread::current(), value)); }
TAIPAN_API Object* PyLong_FromVoidPtr(void* pointer) {
    return new_reference(int_from_uint64(Thread::current(), reinterpret_cast<uintptr_t>(pointer)));
}

/// Any object with __index__. -1 may be a value: ask PyErr_Occurred.
TAIPAN_API long PyLong_AsLong(Object* object) {
    Thread& t = Thread::current();
    if (!object) return fail(BAD_INTERNAL_CALL(t), -1);
    return value_or<int64_t>(to_int64(t, object), -1);
}
TAIPAN_API long long PyLong_AsLongLong(Object* object) { return PyLong_AsLong(object); }
TAIPAN_API int PyLong_AsInt(Object* object) {
    Thread& t = Thread::current();
    if (!object) return fail(BAD_INTERNAL_CALL(t), -1);
    return value_or(to_int32(t, object), -1);
}
/// Like PyLong_AsLong, but a value out of range raises nothing: `*overflow` is its sign, else 0.
TAIPAN_API long PyLong_AsLongAndOverflow(Object* object, int* overflow) {
    Thread& t = Thread::current();
    *overflow = 0;
    if (!object) return fail(BAD_INTERNAL_CALL(t), -1);
    auto index = to_index(t, object);
    if (index.is_error()) return -1;
    Ref<Int> number = index.take();
    int64_t value;
    if (int_fits_int64(number.get(), &value)) return value;
    *overflow = number->sign();
    return -1;
}
TAIPAN_API long long PyLong_AsLongLongAndOverflow(Object* object, int* overflow) { return PyLong_AsLongAndOverflow(object, overflow); }

/// An int or of a subclass; other objects are a TypeError, even with __index__.
TAIPAN_API intptr_t PyLong_AsSsize_t(Object* object) {
    Thread& t = Thread::current();
    if (!object) return fail(BAD_INTERNAL_CALL(t), -1);
    if (!is<Int>(object)) return fail(raise(t, exc::TypeError, "an integer is required"), -1);
    int64_t value;
    if (int_fits_int64(static_cast<Int*>(object), &value)) return value;
    return fail(raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t"), -1);
}
static uint64_t as_unsigned(Object* object, const char* type, const char* type_if_negative) {
    Thread& t = Thread::current();
    constexpr uint64_t Failed = ~uint64_t{0};
    if (!object) return fail(BAD_INTERNAL_CALL(t), Failed);
    if (!is<Int>(object)) return fail(raise(t, exc::TypeError, "an integer is required"), Failed);
    auto* number = static_cast<Int*>(object);
    uint64_t value;
    if (int_fits_uint64(number, &value)) return value;
    if (number->is_negative()) return fail(raise(t, exc::OverflowError, "can't convert negative value to %s", type_if_negative), Failed);
    return fail(raise(t, exc::OverflowError, "Python int too large to convert to C %s", type), Failed);
}
TAIPAN_API unsigned long PyLong_AsUnsignedLong(Object* object) { return as_unsigned(object, "unsigned long", "unsigned int"); }
TAIPAN_API size_t PyLong_AsSize_t(Object* object) { return as_unsigned(object, "size_t", "size_t"); }
TAIPAN_API unsigned long long PyLong_AsUnsignedLongLong(Object* object) {
    // The same numbers, in words of its own.
    Thread& t = Thread::current();
    constexpr unsigned long long Failed = ~0ull;
    if (!object) return fail(BAD_INTERNAL_CALL(t), Failed);
    if (!is<Int>(object)) return fail(raise(t, exc::TypeError, "an integer is required"), Failed);
    auto* number = static_cast<Int*>(object);
    uint64_t value;
    if (int_fits_uint64(number, &value)) return value;
    if (number->is_negative()) return fail(raise(t, exc::OverflowError, "can't convert negative int to unsigned"), Failed);
    return fail(raise(t, exc::OverflowError, "int too big to convert"), Failed);
}
TAIPAN_API double PyLong_AsDouble(Object* object) {
    Thread& t = Thread::current();
    if (!object) return fail(BAD_INTERNAL_CALL(t), -1.0);
    if (!is<Int>(object)) return fail(raise(t, exc::TypeError, "an integer is required"), -1.0);
    return value_or(int_to_double(t, static_cast<Int*>(object)), -1.0);
}

} // namespace taipan::capi
