// _pickle: the module and its functions.
#include "modules/pickle/pickle.h"
#include "objects/pickle_buffer.h"

namespace taipan {

extern const ModuleSpec pickle_module;

namespace pickle {

Result<Ref<Module>> pickle_module_of(Thread& t) {
    Ref<Object> module = TRY(import_module(t, "_pickle"));
    if (!is_exact<Module>(module.get()) || static_cast<Module*>(module.get())->spec != &pickle_module)
        return raise(t, exc::ImportError, "the _pickle module was replaced");
    return steal(static_cast<Module*>(module.release()));
}

namespace {
using Mod = Borrowed<Module>;

Result<void> dump(Thread& t, Mod module, Borrowed<Object> object, Borrowed<Object> file, Borrowed<Object> protocol, bool fix_imports,
                  Borrowed<Object> buffer_callback) {
    LocalPickler local(module);
    Pickler* pickler = &local.pickler;
    TRY(pickler_set_protocol(t, pickler, protocol.get(), fix_imports));
    TRY(pickler_set_output(t, pickler, file));
    TRY(pickler_set_buffer_callback(t, pickler, buffer_callback.get()));
    TRY(pickler_dump(t, pickler, object));
    return pickler_flush(t, pickler);
}
Result<Ref<Bytes>> dumps(Thread& t, Mod module, Borrowed<Object> object, Borrowed<Object> protocol, bool fix_imports,
                         Borrowed<Object> buffer_callback) {
    LocalPickler local(module);
    Pickler* pickler = &local.pickler;
    TRY(pickler_set_protocol(t, pickler, protocol.get(), fix_imports));
    TRY(pickler_set_buffer_callback(t, pickler, buffer_callback.get()));
    TRY(pickler_dump(t, pickler, object));
    return bytes_from(t, {reinterpret_cast<char*>(pickler->out), static_cast<size_t>(pickler->out_length)});
}
Result<Ref<Object>> load(Thread& t, Mod module, Borrowed<Object> file, bool fix_imports, std::string_view encoding, std::string_view errors,
                         MaybeBorrowed<Object> buffers) {
    LocalUnpickler local(module);
    Unpickler* unpickler = &local.unpickler;
    TRY(unpickler_set_file(t, unpickler, file));
    TRY(unpickler_set_options(t, unpickler, fix_imports, encoding, errors, buffers.get()));
    return unpickler_load(t, unpickler);
}
Result<Ref<Object>> loads(Thread& t, Mod module, Borrowed<Object> data, bool fix_imports, std::string_view encoding,
                          std::string_view errors, MaybeBorrowed<Object> buffers) {
    LocalUnpickler local(module);
    Unpickler* unpickler = &local.unpickler;
    TRY(unpickler_set_input(t, unpickler, data));
    TRY(unpickler_set_options(t, unpickler, fix_imports, encoding, errors, buffers.get()));
    return unpickler_load(t, unpickler);
}

const NativeDef functions[] = {
    module_fn<dump>("dump", "($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
                    "Write a pickled representation of obj to the open file object file.\n\n"
                    "This is equivalent to ``Pickler(file, protocol).dump(obj)``, but may be more efficient."),
    module_fn<dumps>("dumps", "($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)",
                     "Return the pickled representation of the object as a bytes object."),
    module_fn<load>("load", "($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
                    "Read and return an object from the pickle data stored in a file.\n\n"
                    "This is equivalent to ``Unpickler(file).load()``, but may be more efficient."),
    module_fn<loads>("loads", "($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
                     "Read and return an object from the given pickle data."),
};
const TypeSpec* const types[] = {&pickler_spec, &unpickler_spec};

Result<void> exec(Thread& t, Mod module) {
    State& state = module->state_as<State>();
    for (const TypeSpec* spec : {&pickler_memo_proxy_spec, &unpickler_memo_proxy_spec}) TRY(type_ready(t, *spec));
    auto exception = [&](Object* State::* field, const char* full, const char* name, Object* base, const char* doc) -> Result<void> {
        Ref<Type> type = TRY(new_exception_type(t, full, *static_cast<Type*>(base), doc));
        TRY(module_add(t, module, name, type));
        assign_field(state.*field, static_cast<Object*>(type.release()));
        return {};
    };
    TRY(exception(&State::error, "_pickle.PickleError", "PickleError", &exc::Exception, nullptr));
    TRY(exception(&State::pickling_error, "_pickle.PicklingError", "PicklingError", state.error, nullptr));
    TRY(exception(&State::unpickling_error, "_pickle.UnpicklingError", "UnpicklingError", state.error, nullptr));
    TRY(module_add(t, module, "PickleBuffer", &PickleBuffer::s_type));

    auto import = [&](Object* State::* field, const char* from, const char* name, Type* required) -> Result<void> {
        Ref<Object> value = TRY(import_attribute(t, from, name));
        if (required && value->type != required)
            return raise(t, exc::RuntimeError, "%s.%s should be a %N, not %T", from, name, required, value);
        assign_field(state.*field, value.release());
        return {};
    };
    TRY(import(&State::dispatch_table, "copyreg", "dispatch_table", &Dict::s_type));
    TRY(import(&State::extension_registry, "copyreg", "_extension_registry", &Dict::s_type));
    TRY(import(&State::inverted_registry, "copyreg", "_inverted_registry", &Dict::s_type));
    TRY(import(&State::extension_cache, "copyreg", "_extension_cache", &Dict::s_type));
    TRY(import(&State::name_mapping_2to3, "_compat_pickle", "NAME_MAPPING", &Dict::s_type));
    TRY(import(&State::import_mapping_2to3, "_compat_pickle", "IMPORT_MAPPING", &Dict::s_type));
    TRY(import(&State::name_mapping_3to2, "_compat_pickle", "REVERSE_NAME_MAPPING", &Dict::s_type));
    TRY(import(&State::import_mapping_3to2, "_compat_pickle", "REVERSE_IMPORT_MAPPING", &Dict::s_type));
    TRY(import(&State::codecs_encode, "codecs", "encode", nullptr));
    TRY(import(&State::getattr, "builtins", "getattr", nullptr));
    TRY(import(&State::partial, "functools", "partial", nullptr));

    struct {
        Str* State::* field;
        const char* text;
    } const words[] = {{&State::persistent_id, "persistent_id"},
                       {&State::persistent_load, "persistent_load"},
                       {&State::reducer_override, "reducer_override"},
                       {&State::write, "write"},
                       {&State::read, "read"},
                       {&State::readinto, "readinto"},
                       {&State::readline, "readline"},
                       {&State::peek, "peek"},
                       {&State::append, "append"},
                       {&State::extend, "extend"},
                       {&State::add, "add"}};
    for (auto& word : words) state.*word.field = TRY(str_interned(t, word.text)).release();
    return {};
}
constexpr StateSpec state =
    state_spec<State, &State::error, &State::pickling_error, &State::unpickling_error, &State::dispatch_table, &State::extension_registry,
               &State::inverted_registry, &State::extension_cache, &State::name_mapping_2to3, &State::import_mapping_2to3,
               &State::name_mapping_3to2, &State::import_mapping_3to2, &State::codecs_encode, &State::getattr, &State::partial>;

} // namespace
} // namespace pickle

const ModuleSpec pickle_module = {
    .name = "_pickle",
    .doc = "Optimized C implementation for the Python pickle module.",
    .functions = pickle::functions,
    .exec = pickle::exec,
    .types = pickle::types,
    .state = pickle::state,
};

} // namespace taipan
