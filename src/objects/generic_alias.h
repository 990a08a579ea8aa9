// types.GenericAlias: list[int]; and typing.Union (also types.UnionType): int | str.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct Tuple;
struct Str;

struct GenericAlias : Object {
    Object* origin;
    Object* args;       // Tuple
    Object* parameters; // Tuple or null
    Object* weaklist;
    VectorcallFunc vectorcall;
    bool starred;
    static Type s_type;
};
/// `arguments` that is no tuple becomes a tuple of one.
Result<Ref<Object>> generic_alias_new(Thread& t, Borrowed<Object> origin, Borrowed<Object> arguments);
/// The `__class_getitem__` of generic builtins: class_method<generic_class_getitem>("__class_getitem__", "($type, item, /)").
Result<Ref<Object>> generic_class_getitem(Thread& t, Borrowed<Type> type, Borrowed<Object> item);
/// The type variables among the arguments of a generic alias.
Result<Ref<Tuple>> collect_type_parameters(Thread& t, Borrowed<Tuple> args);
/// Replaces the type variables of `parameters` in `args` by `item` (PEP 585, 612, 646).
Result<Ref<Tuple>> substitute_type_parameters(Thread& t, Borrowed<Object> self, Borrowed<Tuple> args, Borrowed<Tuple> parameters,
                                              Borrowed<Object> item);

struct Union : Object {
    Object* args;            // Tuple
    Object* hashable_args;   // FrozenSet or null
    Object* unhashable_args; // Tuple or null
    Object* parameters;      // Tuple or null
    Object* weaklist;
    static Type s_type;
};
/// a | b for types; NotImplemented if an operand does not take part.
Result<Ref<Object>> union_type_or(Thread& t, Borrowed<Object> a, Borrowed<Object> b);
/// Union[args]
Result<Ref<Object>> union_from_tuple(Thread& t, Borrowed<Tuple> args);

} // namespace taipan
