// Template strings (PEP 750): string.templatelib's Template, Interpolation and TemplateIter.
#pragma once

#include "objects/str.h"
#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct Tuple;

struct Template : Object {
    Tuple* strings; // one more than interpolations
    Tuple* interpolations;
    static Type s_type;
};
struct Interpolation : Object {
    Object *value, *expression, *conversion, *format_spec;
    static Type s_type;
};
struct TemplateIter : Object {
    Object *strings, *interpolations; // iterators of the tuples
    bool from_strings;
    static Type s_type;
};

/// BUILD_TEMPLATE.
Result<Ref<Object>> template_new(Thread& t, Borrowed<Tuple> strings, Borrowed<Tuple> interpolations);
/// BUILD_INTERPOLATION; conversion is 0 (none), 1 (str), 2 (repr) or 3 (ascii).
Result<Ref<Object>> interpolation_new(Thread& t, Borrowed<Object> value, Borrowed<Object> expression, int conversion,
                                      Borrowed<Object> format_spec);

} // namespace taipan
