// _imp: what importlib needs of the interpreter: builtin and frozen modules, the import lock, extension modules.
#include "base/hash.h"
#include "modules/import_lock.h"
#include "modules/marshal_module.h"
#include "objects/code.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/module.h"
#include "vm/builtin_support.h"
#include "vm/frame.h"
#include "vm/frozen.h"
#include "vm/interpreter_states.h"
#include "vm/options.h"

#include <cstdlib>
#include <cstring>

namespace taipan {

namespace {

ImportLock& import_lock(Thread& t) { return interpreter_states(t)->import_lock; }

void acquire_lock(Thread& t) {
    ImportLock& lock = import_lock(t);
    if (lock.owner.load(std::memory_order_relaxed) == t.unique_id) {
        ++lock.depth;
        return;
    }
    lock.mutex.lock();
    lock.owner.store(t.unique_id, std::memory_order_relaxed);
    lock.depth = 1;
}
Result<void> release_lock(Thread& t) {
    ImportLock& lock = import_lock(t);
    if (lock.owner.load(std::memory_order_relaxed) != t.unique_id) return raise(t, exc::RuntimeError, "not holding the import lock");
    if (--lock.depth == 0) {
        lock.owner.store(0, std::memory_order_relaxed);
        lock.mutex.unlock();
    }
    return {};
}
bool lock_held(Thread& t) { return import_lock(t).owner.load(std::memory_order_relaxed) != 0; }

int is_builtin(Thread&, Borrowed<Str> name) {
    if (!name->is_ascii()) return 0;
    if (!find_native_module(name->ascii_view())) return 0;
    return name->ascii_view() == "sys" || name->ascii_view() == "builtins" ? -1 : 1;
}
/// The import system itself is always frozen, the rest unless -X frozen_modules=off or a test says otherwise.
const FrozenModule* frozen_of(Thread& t, Borrowed<Str> name) {
    const FrozenModule* found = name->is_ascii() ? find_frozen_module(name->ascii_view()) : nullptr;
    if (!found) return nullptr;
    InterpreterStates* states = interpreter_states(t);
    int override = states ? __atomic_load_n(&states->frozen_override, __ATOMIC_RELAXED) : 0;
    if (LIKELY(override > 0 || (override == 0 && g_options.frozen_modules))) return found;
    std::string_view text = name->ascii_view();
    return text == "_frozen_importlib" || text == "_frozen_importlib_external" || text == "zipimport" ? found : nullptr;
}
Result<Ref<Object>> original_name(Thread& t, const FrozenModule& frozen) {
    if (!frozen.original_name) return none_ref();
    return Ref<Object>(TRY(str_from_utf8(t, frozen.original_name)));
}
bool is_frozen(Thread& t, Borrowed<Str> name) { return frozen_of(t, name) != nullptr; }
Result<bool> is_frozen_package(Thread& t, Borrowed<Str> name) {
    const FrozenModule* frozen = frozen_of(t, name);
    if (!frozen)
        return raise_import_error(t, exc::ImportError, TRY(str_format(t, "No such frozen object named %R", name)), name.get(), nullptr);
    return frozen->is_package;
}
/// The modules that CPython freezes too: their code is from "<frozen name>".
constexpr std::string_view anonymous_modules[] = {"_frozen_importlib",
                                                  "_frozen_importlib_external",
                                                  "zipimport",
                                                  "abc",
                                                  "codecs",
                                                  "io",
                                                  "_collections_abc",
                                                  "_sitebuiltins",
                                                  "genericpath",
                                                  "posixpath",
                                                  "os",
                                                  "site",
                                                  "stat",
                                                  "importlib.util",
                                                  "importlib.machinery",
                                                  "runpy",
                                                  "__hello__",
                                                  "__hello_alias__",
                                                  "__phello_alias__",
                                                  "__phello_alias__.spam",
                                                  "__phello__",
                                                  "__phello__.__init__",
                                                  "__phello__.ham",
                                                  "__phello__.ham.__init__",
                                                  "__phello__.ham.eggs",
                                                  "__phello__.spam",
                                                  "__hello_only__"};
Result<Ref<Object>> fix_co_filename(Thread& t, Borrowed<Object> code_object, Borrowed<Str> path);

/// The code of all others tells the file that it was made from, as if it had come from there: tracebacks show its lines,
/// and debuggers find them.
Result<void> name_source(Thread& t, Borrowed<Object> code, const FrozenModule& frozen) {
    for (std::string_view name : anonymous_modules)
        if (name == frozen.name) return {};
    MaybeRef<Object> folder = TRY(dict_get_ascii(t, t.interpreter->sys_dict, "_stdlib_dir"));
    if (!folder || !is<Str>(folder.get())) return {};
    char path[128];
    size_t size = strlen(frozen.original_name);
    if (size + sizeof "/__init__.py" > sizeof path) return {};
    for (size_t i = 0; i <= size; ++i) path[i] = frozen.original_name[i] == '.' ? '/' : frozen.original_name[i];
    strcpy(path + size, frozen.is_package ? "/__init__.py" : ".py");
    Ref<Str> file = TRY(str_format(t, "%s/%s", folder.get(), path));
    TRY(fix_co_filename(t, code, file));
    return {};
}
Result<Ref<Object>> frozen_code(Thread& t, Borrowed<Str> name) {
    const FrozenModule* frozen = frozen_of(t, name);
    if (!frozen)
        return raise_import_error(t, exc::ImportError, TRY(str_format(t, "No such frozen object named %R", name)), name.get(), nullptr);
    Ref<Object> code = TRY(marshal_loads(t, {reinterpret_cast<const char*>(frozen->data), frozen->size}));
    TRY(name_source(t, code, *frozen));
    return code;
}
Result<Ref<Object>> get_frozen_object(Thread& t, Borrowed<Str> name, NoneOr<Object> data) {
    if (!data) return frozen_code(t, name);
    BufferView view;
    TRY(view.acquire(t, data.get()));
    auto code = marshal_loads(t, view.view());
    if (code.is_error()) {
        t.clear_exception();
        return raise_import_error(t, exc::ImportError, TRY(str_format(t, "Frozen object named %R is invalid", name)), name.get(), nullptr);
    }
    Ref<Object> object = code.take();
    if (!is_exact<Code>(object.get())) return raise(t, exc::TypeError, "frozen object %R is not a code object", name);
    return object;
}
Result<Ref<Object>> find_frozen(Thread& t, Borrowed<Str> name, bool withdata) {
    const FrozenModule* frozen = frozen_of(t, name);
    if (!frozen) return none_ref();
    Ref<Object> original = TRY(original_name(t, *frozen));
    return TRY(tuple_pack(t, Borrowed<Object>(None()), Borrowed<Object>(bool_object(frozen->is_package)), original));
}
Result<Ref<Object>> init_frozen(Thread& t, Borrowed<Str> name) {
    Ref<Object> code = TRY(frozen_code(t, name));
    Ref<Object> original = TRY(original_name(t, *frozen_of(t, name)));
    Ref<Module> module = TRY(module_new(t, name));
    TRY(dict_set(t, t.interpreter->modules, name, module));
    TRY(dict_set(t, module->dict, names::__builtins__, t.interpreter->builtins));
    TRY(dict_set_ascii(t, module->dict, "__origname__", original));
    TRY(eval_code(t, as<Code>(code.get()), module->dict, nullptr));
    return module;
}

Result<Ref<Object>> create_builtin(Thread& t, Borrowed<Object> spec) {
    Ref<Object> name = TRY(get_attribute(t, spec, names::name));
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "name must be string, not %T", name);
    MaybeRef<Object> existing = TRY(dict_get(t, t.interpreter->modules, name));
    if (existing && (str_equals_ascii(as<Str>(name.get()), "sys") || str_equals_ascii(as<Str>(name.get()), "builtins")))
        return existing.take();
    const ModuleSpec* native =
        static_cast<Str*>(name.get())->is_ascii() ? find_native_module(static_cast<Str*>(name.get())->ascii_view()) : nullptr;
    if (!native) return none_ref();
    return TRY(module_create(t, *native));
}
Result<int> exec_builtin(Thread& t, Borrowed<Object> module) {
    if (!is<Module>(module.get())) return 0;
    Module* m = static_cast<Module*>(module.get());
    if (!m->spec || !m->spec->exec || m->executed) return 0;
    m->executed = true;
    TRY(m->spec->exec(t, m));
    return 0;
}
Result<Ref<Object>> create_dynamic(Thread& t, Borrowed<Object> spec, MaybeBorrowed<Object>) {
    Ref<Object> name = TRY(get_attribute(t, spec, names::name));
    Ref<Str> message = TRY(str_format(t, "extension module %R cannot be loaded: the C API is not available yet", name));
    return raise_import_error(t, exc::ImportError, message, name.get(), nullptr);
}
Result<int> exec_dynamic(Thread&, Borrowed<Object>) { return 0; }
Result<Ref<Object>> extension_suffixes(Thread& t) {
    Ref<List> list = TRY(list_new(t));
    for (const char* suffix : {".cpython-314t-x86_64-linux-gnu.so", ".so"}) TRY(list_append(t, list, TRY(str_from_utf8(t, suffix))));
    return list;
}
Result<Ref<Object>> fix_co_filename(Thread& t, Borrowed<Object> code_object, Borrowed<Str> path) {
    // Code loaded from a cache that was moved: the file name is replaced in it and in the code it contains.
    if (!is_exact<Code>(code_object.get()))
        return raise(t, exc::TypeError, "_fix_co_filename() argument 1 must be code, not %T", code_object);
    Code* code = static_cast<Code*>(code_object.get());
    if (str_equal(code->filename, path.get())) return none_ref();
    assign_field(code->filename, path.share().release());
    for (Object* constant : *code->consts)
        if (is_exact<Code>(constant)) TRY(fix_co_filename(t, constant, path));
    return none_ref();
}
Result<Ref<Object>> source_hash(Thread& t, int64_t key, BufferView& source) {
    uint64_t hash = base::siphash13({static_cast<uint64_t>(key), 0}, source.data(), source.size());
    return TRY(bytes_from(t, {reinterpret_cast<const char*>(&hash), 8}));
}
Result<Ref<Object>> frozen_module_names(Thread& t) {
    Ref<List> list = TRY(list_new(t));
    for (const FrozenModule& frozen : frozen_modules()) TRY(list_append(t, list, TRY(str_from_utf8(t, frozen.name))));
    return list;
}
void override_frozen(Thread& t, int value) {
    if (InterpreterStates* states = interpreter_states(t)) __atomic_store_n(&states->frozen_override, value, __ATOMIC_RELAXED);
}
int64_t override_multi(Thread&, int) { return 0; }

const NativeDef functions[] = {
    fn<extension_suffixes>("extension_suffixes", "($module, /)", "The endings by which files of extension modules are known, as a list."),
    fn<lock_held>("lock_held", "($module, /)", "Whether any thread holds the import lock."),
    fn<acquire_lock>("acquire_lock", "($module, /)", "Wait for the import lock and take it; the thread that holds it may take it again."),
    fn<release_lock>("release_lock", "($module, /)", "Give back the import lock; RuntimeError if the calling thread does not hold it."),
    fn<find_frozen>("find_frozen", "($module, name, /, *, withdata=False)",
                    "Return info about the corresponding frozen module (if there is one) or None."),
    fn<get_frozen_object>("get_frozen_object", "($module, name, data=None, /)", "Create a code object for a frozen module."),
    fn<is_frozen_package>("is_frozen_package", "($module, name, /)", "Returns True if the module name is of a frozen package."),
    fn<create_builtin>("create_builtin", "($module, spec, /)", "Create an extension module."),
    fn<init_frozen>("init_frozen", "($module, name, /)", "Initializes a frozen module."),
    fn<is_builtin>("is_builtin", "($module, name, /)",
                   "1 if name is a module built into the interpreter, -1 if one that cannot be set up again, "
                   "else 0."),
    fn<is_frozen>("is_frozen", "($module, name, /)", "Whether the interpreter carries the code of a module called name."),
    fn<frozen_module_names>("_frozen_module_names", "($module, /)", "Returns the list of available frozen modules."),
    fn<override_frozen>("_override_frozen_modules_for_tests", "($module, override, /)",
                        "(internal-only) Override PyConfig.use_frozen_modules."),
    fn<override_multi>("_override_multi_interp_extensions_check", "($module, override, /)",
                       "(internal-only) Override PyInterpreterConfig.check_multi_interp_extensions."),
    fn<create_dynamic>("create_dynamic", "($module, spec, file=<unrepresentable>, /)", "Create an extension module."),
    fn<exec_dynamic>("exec_dynamic", "($module, mod, /)", "Initialize an extension module."),
    fn<exec_builtin>("exec_builtin", "($module, mod, /)", "Initialize a built-in module."),
    fn<fix_co_filename>("_fix_co_filename", "($module, code, path, /)", "Changes code.co_filename to specify the passed-in path."),
    fn<source_hash>("source_hash", "($module, /, key, source)"),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_string(t, module, "check_hash_based_pycs", "default"));
    return module_add_int(t, module, "pyc_magic_number_token", 3627 | '\r' << 16 | '\n' << 24);
}

} // namespace

void import_lock_acquire(Thread& t) { acquire_lock(t); }
void import_lock_release(Thread& t) {
    auto released = release_lock(t);
    ASSERT(!released.is_error());
    (void)released;
}

extern const ModuleSpec imp_module;
const ModuleSpec imp_module = {.name = "_imp",
                               .doc = "What importlib needs from the interpreter: built-in, frozen and extension modules, and the "
                                      "import lock.",
                               .functions = functions,
                               .exec = exec};

} // namespace taipan
