// float and complex. Float objects come from a per-thread free list.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct Float : Object {
    double value;
    static Type s_type;
};
struct Complex : Object {
    double real, imag;
    static Type s_type;
};

Result<Ref<Float>> float_from(Thread& t, double value);
Result<Ref<Complex>> complex_from(Thread& t, double real, double imag);
/// A real number as float() takes it: float, __float__, __index__; "must be real number, not T".
Result<double> to_double(Thread& t, Borrowed<Object> object);
/// repr(float).
Result<Ref<Str>> float_repr(Thread& t, double value);
/// float(text); ValueError "could not convert string to float: ...".
Result<double> float_parse(Thread& t, Borrowed<Object> text);
intptr_t double_hash(const Object* self, double value);

} // namespace taipan
