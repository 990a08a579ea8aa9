// printf-style formatting: what str and bytes share.
#pragma once

#include "objects/str.h"

namespace taipan {

struct PercentSpec {
    bool left = false, plus = false, blank = false, alternate = false, zero = false;
    char code = 0;
    intptr_t width = 0, precision = -1;
};

/// The right operand: a tuple's items one after another, or one value.
class PercentArguments {
public:
    explicit PercentArguments(Object* values);
    /// "not enough arguments for format string".
    Result<Ref<Object>> next(Thread& t);
    /// A value found by "%(key)".
    void set_single(Object* value) { m_values = value, m_count = -1, m_index = -2; }
    bool left_over() const { return m_index < m_count; }

private:
    Object* m_values;
    intptr_t m_count, m_index;
};

/// The digits of "%d", "%x" … with sign, prefix and precision, not padded to the width.
Result<Ref<Str>> percent_int(Thread& t, Borrowed<Object> value, const PercentSpec& spec);
/// "%e", "%f", "%g" without the width.
Result<Ref<Str>> percent_float(Thread& t, Borrowed<Object> value, const PercentSpec& spec);

/// The type's name as "module.qualname", without the module for builtins and __main__.
Result<Ref<Str>> full_type_name(Thread& t, Type* type);

} // namespace taipan
