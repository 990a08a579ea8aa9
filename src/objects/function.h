// Functions (CPython's PyFunctionObject), bound methods, builtin functions, cells.
#pragma once

#include "objects/code.h"
#include "objects/dict.h"
#include "objects/native.h"

namespace taipan {

struct Function : Object {
    Dict* globals;
    Object* builtins; // a Dict, or whatever __builtins__ is
    Str *name, *qualname;
    Code* code;
    Tuple* defaults;  // or null
    Dict* kwdefaults; // or null
    Tuple* closure;   // of Cells, or null
    Object *doc, *dict, *weaklist, *module, *annotations, *annotate, *typeparams;
    VectorcallFunc vectorcall;
    uint32_t version; // for inline caches; 0: not assigned; changes with defaults, code …

    static Type s_type;
};
/// A function of `code` with the given globals; builtins are found there.
Result<Ref<Function>> function_new(Thread& t, Borrowed<Code> code, Borrowed<Dict> globals);
/// The same for one call of code that runs once, as exec() and imports do: function and code die when nobody refers to them,
/// without waiting for the collector.
Result<Ref<Function>> function_for_evaluation(Thread& t, Borrowed<Code> code, Borrowed<Dict> globals);
/// Runs a function; defined by the VM.
Object* function_vectorcall(Object* function, Object* const* args, size_t nargsf, Object* kwnames);
/// The version for an inline cache (assigned on demand); 0: cannot be cached.
uint32_t function_version(Function* function);

struct Method : Object {
    Object *function, *self, *weaklist;
    VectorcallFunc vectorcall;
    static Type s_type;
};
Result<Ref<Object>> method_new(Thread& t, Borrowed<Object> function, Borrowed<Object> self);

/// A native function bound to its module or object: PyCFunctionObject.
struct BuiltinFunction : Object {
    const NativeDef* def; // begins with a PyMethodDef
    Object *self, *module, *weaklist;
    VectorcallFunc vectorcall;
    static Type s_type;
};
/// `self`: the receiver (a module, an object or a type); for a static method its type. `module`: the module's name or null.
Result<Ref<Object>> builtin_function_new(Thread& t, const NativeDef& def, Object* self, Object* module);

struct Cell : Object {
    Object* value; // null: empty. Relaxed atomic; replaced under the object's lock when threads run.
    static Type s_type;
};
Result<Ref<Cell>> cell_new(Thread& t, MaybeRef<Object> value);
MaybeRef<Object> cell_get(Thread& t, Cell* cell);
void cell_set(Thread& t, Cell* cell, MaybeRef<Object> value);

} // namespace taipan
