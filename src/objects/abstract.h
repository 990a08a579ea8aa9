// Operations on any object: what the bytecode, natives and the C API mean by "get an attribute", "call", "iterate".
// Steps follow the data model chapter of the language reference.
#pragma once

#include "objects/exceptions.h"
#include "objects/singletons.h"
#include "runtime/type.h"

#include <span>

namespace taipan {

struct Tuple;
struct List;
struct Int;
struct Bytes;

// Attributes
Result<Ref<Object>> get_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name);
/// AttributeError becomes "nothing"; cheap when the object has the generic look-up.
ResultMaybe<Object> get_attribute_optional(Thread& t, Borrowed<Object> object, Borrowed<Str> name);
Result<void> set_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name, Borrowed<Object> value);
Result<void> delete_attribute(Thread& t, Borrowed<Object> object, Borrowed<Str> name);
/// Looks in the type only (how the interpreter finds special methods), bound to the object; nothing if absent.
ResultMaybe<Object> lookup_special(Thread& t, Borrowed<Object> object, Borrowed<Str> name);

/// A method ready to be called; `takes_self`: the object goes first among the arguments (no bound method was made).
struct LoadedMethod {
    MaybeRef<Object> callable;
    bool takes_self = false;

    explicit operator bool() const { return static_cast<bool>(callable); }
    bool is_none() const { return callable.get() == None(); }
};
Result<LoadedMethod> load_method(Thread& t, Borrowed<Object> object, Borrowed<Str> name);
/// The same for a special method, found in the type only; `callable` is empty if the type has none.
Result<LoadedMethod> load_special_method(Thread& t, Borrowed<Object> object, Borrowed<Str> name);

// Calls
Result<Ref<Object>> vectorcall(Thread& t, Borrowed<Object> callable, Object* const* args, size_t nargsf, Object* kwnames);
/// The callable's vectorcall function, or null if it has none.
VectorcallFunc vectorcall_function(const Object* callable);
/// A dict of the keyword arguments of a vectorcall, whose values stand after the positional ones.
Result<Ref<Dict>> keyword_dict(Thread& t, Object* const* values, Tuple* names);
/// Calls through tp_call, with a tuple and a dict.
Result<Ref<Object>> call_slot(Thread& t, Borrowed<Object> callable, Object* const* args, size_t nargs, Object* kwnames);
/// Calls `function` with the arguments of a tuple and a dict.
Result<Ref<Object>> vectorcall_tuple(Thread& t, Borrowed<Object> callable, VectorcallFunc function, Borrowed<Tuple> args, Dict* kwargs);
/// tp_call of types whose instances have a vectorcall function.
Object* vectorcall_as_call(Object* callable, Object* args, Object* kwargs);
Result<Ref<Object>> call_tuple(Thread& t, Borrowed<Object> callable, Borrowed<Tuple> args, Dict* kwargs);
template <class... Args> Result<Ref<Object>> call(Thread& t, Borrowed<Object> callable, const Args&... args) {
    Object* array[] = {nullptr, static_cast<Object*>(Borrowed<Object>(args).get())...};
    return vectorcall(t, callable, array + 1, sizeof...(Args) | VectorcallOffset, nullptr);
}
/// Calls a method that was found for the object.
template <class... Args> Result<Ref<Object>> call(Thread& t, const LoadedMethod& method, Borrowed<Object> object, const Args&... args) {
    Object* array[] = {nullptr, object.get(), static_cast<Object*>(Borrowed<Object>(args).get())...};
    if (method.takes_self) return vectorcall(t, method.callable.get(), array + 1, (sizeof...(Args) + 1) | VectorcallOffset, nullptr);
    return vectorcall(t, method.callable.get(), array + 2, sizeof...(Args) | VectorcallOffset, nullptr);
}
/// args[0] is the object; avoids making a bound method.
Result<Ref<Object>> vectorcall_method(Thread& t, Borrowed<Str> name, Object* const* args, size_t nargsf, Object* kwnames);
template <class... Args> Result<Ref<Object>> call_method(Thread& t, Borrowed<Object> object, Borrowed<Str> name, const Args&... args) {
    Object* array[] = {nullptr, object.get(), static_cast<Object*>(Borrowed<Object>(args).get())...};
    return vectorcall_method(t, name, array + 1, (sizeof...(Args) + 1) | VectorcallOffset, nullptr);
}
bool is_callable(const Object* object);

// Items
Result<Ref<Object>> get_item(Thread& t, Borrowed<Object> object, Borrowed<Object> key);
Result<void> set_item(Thread& t, Borrowed<Object> object, Borrowed<Object> key, Borrowed<Object> value);
Result<void> delete_item(Thread& t, Borrowed<Object> object, Borrowed<Object> key);
/// A sequence's item by number (the sq_item slot, negative numbers counted from the end).
Result<Ref<Object>> sequence_get(Thread& t, Borrowed<Object> sequence, intptr_t index);
Result<intptr_t> length(Thread& t, Borrowed<Object> object);
/// operator.length_hint.
Result<intptr_t> length_hint(Thread& t, Borrowed<Object> object, intptr_t fallback);
/// item in container.
Result<bool> contains(Thread& t, Borrowed<Object> container, Borrowed<Object> item);

// Iteration
Result<Ref<Object>> get_iterator(Thread& t, Borrowed<Object> object);
/// The next item; nothing when exhausted (StopIteration is consumed).
ResultMaybe<Object> next_item(Thread& t, Borrowed<Object> iterator);
/// tp_iternext of types that are not iterators after all (a class with __next__ = None).
Object* next_not_implemented(Object* object);
bool is_iterator(const Object* object);
Result<Ref<List>> to_list(Thread& t, Borrowed<Object> iterable);
Result<Ref<Tuple>> to_tuple(Thread& t, Borrowed<Object> iterable);
/// A list or tuple as it is, anything else as a new list; other objects raise TypeError with `message`.
Result<Ref<Object>> to_fast_sequence(Thread& t, Borrowed<Object> object, const char* message);

// Text, truth, identity, comparison
Result<Ref<Str>> repr(Thread& t, Borrowed<Object> object);
Result<Ref<Str>> to_str(Thread& t, Borrowed<Object> object);
Result<Ref<Str>> to_ascii(Thread& t, Borrowed<Object> object);
/// format(object, spec); a null spec means the empty string.
Result<Ref<Object>> format(Thread& t, Borrowed<Object> object, Object* spec);
Result<bool> is_true(Thread& t, Borrowed<Object> object);
/// tp_hash of objects that are not hashable.
intptr_t hash_not_implemented(Object* object);
Result<intptr_t> hash(Thread& t, Borrowed<Object> object);
Result<Ref<Object>> compare(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op);
/// The comparison's truth; identical objects are equal (as containers compare).
Result<bool> compare_bool(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op);
/// The truth of `a op b`, without the short cut for identical operands.
Result<bool> compare_truth(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Comparison op);
inline Result<bool> equals(Thread& t, Borrowed<Object> a, Borrowed<Object> b) { return compare_bool(t, a, b, Comparison::Eq); }
/// The `is` operator and id(): exact ints are identical by value (docs/values.md).
bool is_identical(const Object* a, const Object* b);
Result<bool> is_instance(Thread& t, Borrowed<Object> object, Borrowed<Object> type_or_tuple);
Result<bool> is_subclass(Thread& t, Borrowed<Object> type, Borrowed<Object> type_or_tuple);
/// What type.__instancecheck__ and type.__subclasscheck__ do.
Result<bool> is_instance_by_type(Thread& t, Borrowed<Object> object, Borrowed<Object> cls);
Result<bool> is_subclass_by_type(Thread& t, Borrowed<Object> derived, Borrowed<Object> cls);
Result<Ref<Object>> directory(Thread& t, Borrowed<Object> object); // dir(object)
/// Marks that `object` is being printed by this thread; true if it already is ("[...]"). Pair with `repr_leave`.
Result<bool> repr_enter(Thread& t, Borrowed<Object> object);
void repr_leave(Thread& t, Borrowed<Object> object);

// Numbers. The order is that of BINARY_OP's argument.
enum class BinaryOp : int {
    Add,
    And,
    FloorDivide,
    Lshift,
    MatrixMultiply,
    Multiply,
    Remainder,
    Or,
    Power,
    Rshift,
    Subtract,
    TrueDivide,
    Xor,
    InplaceAdd,
    InplaceAnd,
    InplaceFloorDivide,
    InplaceLshift,
    InplaceMatrixMultiply,
    InplaceMultiply,
    InplaceRemainder,
    InplaceOr,
    InplacePower,
    InplaceRshift,
    InplaceSubtract,
    InplaceTrueDivide,
    InplaceXor,
    Subscript,
};
Result<Ref<Object>> binary_op(Thread& t, BinaryOp op, Borrowed<Object> a, Borrowed<Object> b);
Result<Ref<Object>> divmod(Thread& t, Borrowed<Object> a, Borrowed<Object> b);
Result<Ref<Object>> power(Thread& t, Borrowed<Object> a, Borrowed<Object> b, Borrowed<Object> modulo);
Result<Ref<Object>> negative(Thread& t, Borrowed<Object> a);
Result<Ref<Object>> positive(Thread& t, Borrowed<Object> a);
Result<Ref<Object>> invert(Thread& t, Borrowed<Object> a);
Result<Ref<Object>> absolute(Thread& t, Borrowed<Object> a);
inline Result<Ref<Object>> add(Thread& t, Borrowed<Object> a, Borrowed<Object> b) { return binary_op(t, BinaryOp::Add, a, b); }
/// int(object), float(object).
Result<Ref<Object>> to_int(Thread& t, Borrowed<Object> object);
Result<Ref<Object>> to_float(Thread& t, Borrowed<Object> object);

/// The name messages show: tp_name.
inline const char* type_name(const Object* object) { return object->type->name; }

/// Memory for an instance of a builtin struct; header initialised, fields zeroed, not tracked by the collector yet.
Result<Ref<Object>> allocate_object(Thread& t, Type& type, intptr_t items = 0);
template <class T> Result<Ref<T>> allocate(Thread& t, Type& type = T::s_type, intptr_t items = 0) {
    Ref<Object> object = TRY(allocate_object(t, type, items));
    return Ref<T>::steal(static_cast<T*>(object.release()));
}
/// The generic tp_free for every builtin: returns the memory (preheader included).
void free_object(void* object);

} // namespace taipan
