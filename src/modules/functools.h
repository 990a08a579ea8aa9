// The types of _functools.
#pragma once

#include "objects/type_spec.h"

namespace taipan::functools {

extern const TypeSpec partial_spec, placeholder_spec, lru_cache_spec, key_wrapper_spec;
Object* placeholder();
Result<Ref<Object>> cmp_to_key(Thread& t, Borrowed<Object> mycmp);

} // namespace taipan::functools
