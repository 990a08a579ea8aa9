// The types of _collections.
#pragma once

#include "objects/type_spec.h"

namespace taipan::collections {

extern const TypeSpec deque_spec, deque_iterator_spec, deque_reverse_iterator_spec, defaultdict_spec, tuplegetter_spec, ordered_dict_spec;
/// Readies the types that OrderedDict uses but the module does not show.
Result<void> ordered_types_ready(Thread& t);

} // namespace taipan::collections
