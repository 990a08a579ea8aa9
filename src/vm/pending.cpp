// Entry points whose module is still to come; each raises.
#include "objects/type_variables.h"
#include "vm/builtin_support.h"

namespace taipan {

#define PENDING __attribute__((weak))
PENDING Result<Ref<Object>> type_variable_new(Thread& t, Borrowed<Object>, Object*, Object*) { return raise(t, exc::NotImplementedError, "type parameters are not available yet"); }
PENDING Result<Ref<Object>> parameter_specification_new(Thread& t, Borrowed<Object>) { return raise(t, exc::NotImplementedError, "type parameters are not available yet"); }
PENDING Result<Ref<Object>> type_variable_tuple_new(Thread& t, Borrowed<Object>) { return raise(t, exc::NotImplementedError, "type parameters are not available yet"); }
PENDING Result<Ref<Object>> type_parameter_set_default(Thread& t, Borrowed<Object>, Borrowed<Object>) { return raise(t, exc::NotImplementedError, "type parameters are not available yet"); }
PENDING Result<Ref<Object>> type_alias_new(Thread& t, Borrowed<Tuple>) { return raise(t, exc::NotImplementedError, "type parameters are not available yet"); }
PENDING Result<Ref<Object>> subscript_generic(Thread& t, Borrowed<Tuple>) { return raise(t, exc::NotImplementedError, "type parameters are not available yet"); }

} // namespace taipan
