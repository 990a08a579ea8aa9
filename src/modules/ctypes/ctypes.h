// What the files of _ctypes share: C data objects, what is known about their types, arguments of foreign calls.
//
// A class made by one of the metatypes carries a TypeInfo behind its HeapType part. It is filled once, under the class's
// lock, before `ready` is set, and its layout never changes once `final` is. Objects take their own lock for each access to
// their memory; what several objects share (a structure and its fields) is guarded as memory in C is: by the program.
#pragma once

#include "objects/module.h"
#include "objects/type_object.h"
#include "runtime/lock.h"

#include <ffi.h>

namespace taipan::ctypes {

using Any = Borrowed<Object>;
using Out = Result<Ref<Object>>;

struct Data;
struct Argument;

/// Bits of TypeInfo::flags; the first ones are `_flags_` of function types.
namespace info_flag {
constexpr int Cdecl = 1, PythonApi = 4, UseErrno = 8, UseLastError = 16;
constexpr int IsPointer = 0x100, HasPointer = 0x200, HasUnion = 0x400, HasBitField = 0x800;
} // namespace info_flag

/// How a value of a simple type is read and written. `set` returns what must be kept alive with the memory, or None.
using GetValue = Out (*)(Thread& t, const void* memory, intptr_t size);
using SetValue = Out (*)(Thread& t, void* memory, Any value, intptr_t size);
struct SimpleFormat {
    char code;
    ffi_type* ffi;
    SetValue set;
    GetValue get;
    SetValue set_swapped;
    GetValue get_swapped;
};
/// The row of a type code ('i' …; 's' and 'U' are character arrays as fields), or null.
const SimpleFormat* simple_format(char code);
extern const char simple_codes[];

struct TypeInfo {
    intptr_t size, align, length;
    ffi_type ffi;
    ffi_type** elements; // owned; what ffi.elements points to
    Object* item;        // arrays, pointers: the type of the items; simple types: the code, a str
    const SimpleFormat* format;
    SetValue set; // null: values are set by assigning an instance
    GetValue get;
    Result<void> (*fill_argument)(Thread& t, Data* self, Argument* argument);
    Object *argument_types, *converters, *result_type, *result_checker; // of function types; owned or null
    Object* pointer_type;                                               // POINTER(type); owned, or null
    Object* array_types;                                                // dict from length to weak reference
    Object* module;                                                     // of a structure that is passed by value
    char* buffer_format;                                                // owned
    intptr_t* shape;                                                    // owned, `ndim` entries
    int ndim;
    int flags;
    bool swapped;
    std::atomic<bool> ready, final;
};

/// The common part of the metatypes, and the layout of the classes they make.
struct CType : HeapType {
    TypeInfo info;
    static Type s_type; // _ctypes.CType_Type
    static constexpr unsigned long s_subclass_flag = 0;
};
extern Type structure_meta, union_meta, pointer_meta, array_meta, simple_meta, function_meta;
inline bool has_meta(const Object* type, const Type& meta) { return type->type == &meta || is_subtype(type->type, &meta); }
/// What is known about a class; null if it is none of ours or is abstract.
TypeInfo* info_of(Object* type);
/// For initialisation: the info of a class that has none yet; SystemError if it has.
Result<TypeInfo*> info_begin(Thread& t, Borrowed<Type> type);
/// The same for any of our classes, initialised or not; null for others.
TypeInfo* info_storage(Object* type);
Result<void> info_copy(Thread& t, TypeInfo* to, const TypeInfo* from);
Result<void> info_set_format(Thread& t, TypeInfo* info, std::string_view format);

union Value {
    char c;
    int16_t h;
    int32_t i;
    int64_t q;
    float f;
    double d;
    long double g;
    void* p;
    unsigned char bytes[32];
};

/// An instance. `memory` is `value`, a block of its own, or somewhere inside `base`.
struct Data : Object {
    char* memory;
    Data* base; // owned; whose memory it is
    intptr_t size, length, index;
    Object* objects; // what must live as long as the memory: None, a dict by path, or an object; null: nothing yet
    int needs_free;
    alignas(16) Value value;
    static Type s_type; // _ctypes._CData
    static constexpr unsigned long s_subclass_flag = 0;
};
struct StructureData : Data {
    static Type s_type;
};
struct UnionData : Data {
    static Type s_type;
};
struct ArrayData : Data {
    static Type s_type;
};
struct PointerData : Data {
    static Type s_type;
};
struct SimpleData : Data {
    static Type s_type;
};
struct FunctionData : Data {
    Object *callable, *thunk, *argument_types, *converters, *result_type, *result_checker, *error_check, *param_flags;
    static Type s_type;
};
extern const TypeSpec ctype_spec, structure_meta_spec, union_meta_spec, pointer_meta_spec, array_meta_spec, simple_meta_spec,
    function_meta_spec;
extern const TypeSpec data_spec, structure_spec, union_spec, array_spec, pointer_spec, simple_spec, function_spec, field_spec,
    argument_spec, thunk_spec;

/// A converted argument of a foreign call (byref(), from_param()).
struct Argument : Object {
    ffi_type* ffi;
    char tag;
    Value value;
    Object* keep;
    intptr_t size; // of an aggregate passed by value
    void* copy;    // owned: the aggregate
    static Type s_type;
};
Result<Ref<Argument>> argument_new(Thread& t);
/// Fills `argument` with a pointer, kept alive by `keep` (acquired).
void argument_set_pointer(Argument* argument, char tag, void* pointer, Object* keep);
/// byref(object, offset).
Out byref(Thread& t, Borrowed<Data> object, intptr_t offset);

/// A structure's or union's member.
struct Field : Object {
    intptr_t byte_offset, byte_size, index, bit_size, bit_offset; // bit_size 0: no bit field
    SetValue set;
    GetValue get;
    Object *name, *field_type;
    bool is_anonymous;
    static Type s_type;
};
/// The fields of anonymous members appear in the structure too.
Result<void> make_anonymous_fields(Thread& t, Borrowed<Type> type);

// Instances
/// A new instance with zeroed memory; TypeError "abstract class".
Result<Ref<Data>> data_new(Thread& t, Borrowed<Type> type);
Out data_construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple> args, Dict* kwargs);
/// An instance that lies in `base`'s memory, or with a copy of what is at `memory`.
Result<Ref<Data>> data_from_base(Thread& t, Borrowed<Type> type, Data* base, intptr_t index, char* memory);
Result<Ref<Data>> data_at_address(Thread& t, Borrowed<Type> type, void* memory);
/// Reads or writes an item of `type` inside `owner`.
Out data_get(Thread& t, Borrowed<Type> type, GetValue get, Borrowed<Data> owner, intptr_t index, intptr_t size, char* memory);
Result<void> data_set(Thread& t, Borrowed<Data> owner, Borrowed<Type> type, SetValue set, Any value, intptr_t index, intptr_t size,
                      char* memory);
/// Ties `object` (None: nothing) to the life of the memory of `target`.
Result<void> keep_reference(Thread& t, Borrowed<Data> target, intptr_t index, Ref<Object> object);
/// What is tied to the memory of `target` (None at least).
Ref<Object> kept_objects(Thread& t, Borrowed<Data> target);
int data_traverse(Object* self, VisitFunc visit, void* context);
int data_clear(Object* self);
void data_dealloc(Object* self);
void data_release(Data* self);
Result<void> data_get_buffer(Thread& t, Borrowed<Data> self, Buffer* view, int flags);
Result<void> data_resize(Thread& t, Borrowed<Data> self, intptr_t size);
/// Whether values of the type stay instances when they are read: true for subclasses of c_int and friends.
bool is_simple_instance(const Object* type);
/// The code of a simple type, or 0.
char simple_code(Object* type);
/// For 'c' and 'u' items: the code, as slices of such arrays and pointers are bytes and strs.
char character_code(const TypeInfo* item);

// Metatypes
Result<void> check_instance_of(Thread& t, Any value, Borrowed<Type> type);
/// The from_param that all types share at the end.
Out data_from_param(Thread& t, Borrowed<Type> type, Any value);
/// value._as_parameter_, or nothing.
ResultMaybe<Object> as_parameter(Thread& t, Any value);
/// (item type) * length
Out array_type(Thread& t, Borrowed<Type> item, intptr_t length);
Result<void> structure_set_fields(Thread& t, Borrowed<Type> type, Any fields);
/// Gives the aggregate's ffi_type what the calling convention must know.
Result<void> info_make_aggregate(Thread& t, TypeInfo* info, ffi_type* const* elements, size_t count);
/// The elements of a small aggregate for calls, by eightbytes; used when members overlap.
void classify_item(const TypeInfo* info, Object* type, intptr_t offset, uint8_t classes[2]);
/// Adds attributes to a class.
Result<void> add_attributes(Thread& t, Borrowed<Type> type, std::span<const GetSetDef> definitions);
extern const std::span<const GetSetDef> char_array_attributes, wchar_array_attributes;

// Foreign calls
struct CallRequest {
    void* function;
    int flags;
    Object* converters;     // tuple or null
    Object* result_type;    // null: int
    Object* result_checker; // or null
};
Out call_foreign(Thread& t, const CallRequest& request, std::span<Object* const> args);
/// The thread's copy of errno, that use_errno functions see.
int& saved_errno();
/// The state that the OS thread has detached for a foreign call, which callbacks attach again; null: none.
Thread*& calling_thread();
/// Makes a C function of a callable: the thunk and its address.
Out thunk_new(Thread& t, Any callable, Borrowed<Tuple> argument_types, Any result_type, int flags);
void* thunk_address(Object* thunk);
/// A message goes in front of that of the raised exception, which becomes a `type`: "prefix TypeError: text".
void extend_error_args(Thread& t, Type& type, const char* format, FormatArg argument);
template <class A> void extend_error(Thread& t, Type& type, const char* format, const A& argument) {
    extend_error_args(t, type, format, FormatArg(argument));
}
/// The type `ctypes.ArgumentError` of this interpreter.
Result<Ref<Type>> argument_error(Thread& t);
/// dll._handle as a pointer.
Result<void*> dll_handle(Thread& t, Any dll);

// The module's own objects
struct ModuleState {
    Object *argument_error, *unpickle;
};
Result<Ref<Module>> this_module(Thread& t);

inline ResultMaybe<Object> attribute_optional(Thread& t, Any object, const char* name) {
    Ref<Str> interned = TRY(str_interned(t, name));
    return get_attribute_optional(t, object, interned);
}
/// wchar_t text.
Out wide_string(Thread& t, const wchar_t* text, intptr_t length);
void wide_copy(wchar_t* to, const Str* text);
/// An address given as an int: masked to the width of a pointer.
Result<void*> to_pointer(Thread& t, Borrowed<Int> value);
/// The low bits of an int of any size.
Result<uint64_t> to_masked(Thread& t, Any value);

} // namespace taipan::ctypes
