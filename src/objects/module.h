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
    void* state;            // as spec->state says
    Object* weaklist;
    Object* name;  // what it was created as
    bool executed; // spec->exec has run

    static Type s_type;
    template <class S> S& state_as() { return *static_cast<S*>(state); }
};

/// The state of a native module.
struct StateSpec {
    size_t size = 0; // bytes, zeroed at first
    int (*traverse)(void* state, VisitFunc visit, void* context) = nullptr;
    void (*clear)(void* state) = nullptr; // gives up the references, and what else the state owns
};
/// The counted members of a state, single or arrays, listed once: traverse and clear follow.
template <class S, auto... Members> struct StateFields {
    static int traverse(void* state, VisitFunc visit, void* context) {
        int result = 0;
        auto visit_one = [&](auto* field) { return field && (result = visit(reinterpret_cast<Object*>(field), context)) != 0; };
        (void)(each(static_cast<S*>(state)->*Members, visit_one) || ...);
        return result;
    }
    static void clear(void* state) {
        auto clear_one = [](auto*& field) { return clear_field(field), false; };
        (void)(each(static_cast<S*>(state)->*Members, clear_one) || ...);
    }

private:
    template <class M, class F> static bool each(M& member, F one) {
        if constexpr (std::is_array_v<M>) {
            for (auto& field : member)
                if (one(field)) return true;
            return false;
        } else {
            return one(member);
        }
    }
};
/// `.state = state_spec<State, &State::error, &State::cache>`.
template <class S, auto... Members>
constexpr StateSpec state_spec = {sizeof(S), StateFields<S, Members...>::traverse, StateFields<S, Members...>::clear};
template <class S> constexpr StateSpec state_spec<S> = {sizeof(S)};

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
    StateSpec state = {};
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
