// Type parameters and aliases (PEP 695, 696): TypeVar, ParamSpec, TypeVarTuple, TypeAliasType, Generic. Their bounds,
// constraints, defaults and values are computed when first asked for.
#pragma once

#include "objects/tuple.h"
#include "runtime/result.h"

namespace taipan {

/// A TypeVar made by `[T]`, `[T: bound]` or `[T: (a, b)]`; the functions compute bound or constraints lazily (may be null).
Result<Ref<Object>> type_variable_new(Thread& t, Borrowed<Object> name, Object* evaluate_bound, Object* evaluate_constraints);
Result<Ref<Object>> parameter_specification_new(Thread& t, Borrowed<Object> name);
Result<Ref<Object>> type_variable_tuple_new(Thread& t, Borrowed<Object> name);
/// Sets the function that computes a type parameter's default; returns the parameter.
Result<Ref<Object>> type_parameter_set_default(Thread& t, Borrowed<Object> parameter, Borrowed<Object> evaluate_default);
/// From (name, type parameters or None, function that computes the value).
Result<Ref<Object>> type_alias_new(Thread& t, Borrowed<Tuple> parts);
/// Generic[parameters], the implicit base of generic classes.
Result<Ref<Object>> subscript_generic(Thread& t, Borrowed<Tuple> parameters);

} // namespace taipan
