// BaseExceptionGroup and ExceptionGroup (PEP 654).
#pragma once

#include "objects/type_spec.h"

namespace taipan {

void exception_group_slots(TypeSpec* spec);
/// Makes the ExceptionGroup class; after BaseExceptionGroup and Exception are ready.
Result<void> exception_group_ready(Thread& t);
/// The parts of `error` (an exception or a group) that match and do not match; null where empty. `keep_rest` false leaves
/// `rest` null.
Result<void> exception_group_split(Thread& t, Borrowed<Object> error, Borrowed<Object> condition, bool keep_rest, MaybeRef<Object>* match,
                                   MaybeRef<Object>* rest);
/// What `except*` blocks raise at their end: re-raised parts merged with newly raised exceptions (INTRINSIC_PREP_RERAISE_STAR).
Result<Ref<Object>> exception_group_reraise_star(Thread& t, Borrowed<Object> original, Borrowed<Object> raised_list);

} // namespace taipan
