// Modules, and how a native module is declared: one ModuleSpec with its functions, types, constants and per-module state.
// The registry of native modules is generated from the files in src/modules that define one.
#pragma once

#include "objects/dict.h"
#include "objects/type_spec.h"

namespace taipan {

struct ModuleSpec;

struct Module : Object {
    Dict* dict;
    const ModuleSpec* spec; // null: made in Python
    void* state;            // spec->state_size bytes, zeroed
    Object* weaklist;
    Object* name; // what it was created as
    bool executed; // spec->exec has run

    static Type s_type;
    template <class S> S& state_as() { return *static_cast<S*>(state); }
};

/// A native module. `exec` adds what is not a function: types, constants, instances; it runs once per import.
///
///     static Result<void> exec(Thread& t, Borrowed<Module> module);
///     extern const ModuleSpec math_module;   // listed in modules.def as MODULE(math, math_module)
///     const ModuleSpec math_module = {.name = "math", .doc = "…", .functions = functions, .exec = exec};
struct ModuleSpec {
    const char* name;
    const char* doc = nullptr;
    std::span<const NativeDef> functions = {};
    Result<void> (*exec)(Thread& t, Borrowed<Module> module) = nullptr;
    /// Types of the module that are static (readied once per process and added under their short name).
    std::span<const TypeSpec* const> types = {};
    size_t state_size = 0;
    TraverseFunc traverse = nullptr; // visits the state's references; gets the module
    InquiryFunc clear = nullptr;
};

Result<Ref<Module>> module_new(Thread& t, Borrowed<Object> name);
/// Makes the module object of a spec and fills in functions and types (not exec).
Result<Ref<Module>> module_create(Thread& t, const ModuleSpec& spec);
Result<void> module_add(Thread& t, Borrowed<Module> module, const char* name, Borrowed<Object> value);
Result<void> module_add_int(Thread& t, Borrowed<Module> module, const char* name, int64_t value);
Result<void> module_add_string(Thread& t, Borrowed<Module> module, const char* name, std::string_view value);
Result<void> module_add_double(Thread& t, Borrowed<Module> module, const char* name, double value);
/// Readies a module's static type if it is not yet, and adds it under the last part of its name.
Result<void> module_add_type(Thread& t, Borrowed<Module> module, const TypeSpec& spec);
/// A new exception class `qualified_name` ("zlib.error") deriving from `base`, with a doc string.
Result<Ref<Type>> new_exception_type(Thread& t, const char* qualified_name, Type& base, const char* doc);
/// import name; the module (sys.modules entry) itself.
Result<Ref<Object>> import_module(Thread& t, const char* name);
/// import name; name.attribute
Result<Ref<Object>> import_attribute(Thread& t, const char* module, const char* attribute);

/// The spec of a builtin module, or null.
const ModuleSpec* find_native_module(std::string_view name);
std::span<const ModuleSpec* const> native_modules();

} // namespace taipan
