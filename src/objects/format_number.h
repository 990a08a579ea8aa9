// __format__ of the builtin numbers and of str: base/format_spec.h with objects around it.
#pragma once

#include "objects/str.h"

namespace taipan {

struct Int;

/// `self` is named in errors. An empty specification is the caller's to handle.
Result<Ref<Str>> format_int_value(Thread& t, Borrowed<Int> value, Borrowed<Object> self, const Str* spec);
Result<Ref<Str>> format_float_value(Thread& t, double value, Borrowed<Object> self, const Str* spec);
Result<Ref<Str>> format_complex_value(Thread& t, double real, double imaginary, Borrowed<Object> self, const Str* spec);
Result<Ref<Str>> format_str_value(Thread& t, Borrowed<Str> value, const Str* spec);

} // namespace taipan
