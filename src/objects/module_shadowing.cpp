#include "objects/module_shadowing.h"

#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/exceptions.h"
#include "objects/names.h"
#include "objects/set.h"
#include "objects/str.h"

#include <atomic>
#include <string_view>
#include <unistd.h>

namespace taipan {

namespace {
constinit std::atomic<const char*> s_script_folder{nullptr}; // the process's, written once

Result<bool> lies_in_script_folder(Thread& t, Str* origin) {
    const char* folder = s_script_folder.load(std::memory_order_acquire);
    if (!folder) return false;
    auto text = str_utf8(t, origin);
    if (text.is_error()) { // a name that UTF-8 cannot express: nobody means a library by it
        t.clear_exception();
        return false;
    }
    std::string_view root = text.take();
    size_t slash = root.rfind('/');
    if (slash == std::string_view::npos) return false;
    bool package = root.substr(slash) == "/__init__.py";
    root = root.substr(0, slash);
    if (package) {
        slash = root.rfind('/');
        if (slash == std::string_view::npos) return false;
        root = root.substr(0, slash);
    }
    if (*folder) return root == folder;
    char current[4096];
    return getcwd(current, sizeof current) && root == current;
}
} // namespace

const char* script_folder() { return s_script_folder.load(std::memory_order_acquire); }
void set_script_folder(const char* folder) { s_script_folder.store(folder, std::memory_order_release); }

Result<Shadowing> module_shadowing(Thread& t, Object* spec, Object* name, MaybeRef<Object>* origin) {
    if (!spec || is_none(spec)) return Shadowing::None;
    auto attribute = [&](const char* text) -> ResultMaybe<Object> {
        Ref<Str> interned = TRY(str_interned(t, text));
        return get_attribute_optional(t, Borrowed<Object>(spec), interned);
    };
    MaybeRef<Object> located = TRY(attribute("has_location"));
    if (!located || !TRY(is_true(t, located.get()))) return Shadowing::None;
    MaybeRef<Object> file = TRY(attribute("origin"));
    if (!file || !is<Str>(file.get())) return Shadowing::None;
    bool shadows = TRY(lies_in_script_folder(t, static_cast<Str*>(file.get())));
    *origin = std::move(file);
    if (!shadows) return Shadowing::None;
    Ref<Str> key = TRY(str_interned(t, "stdlib_module_names"));
    MaybeRef<Object> names = TRY(dict_get_str(t, t.interpreter->sys_dict, key));
    if (!names || !is_any_set(names.get())) return Shadowing::Library;
    bool stdlib = TRY(set_contains(t, static_cast<Set*>(names.get()), Borrowed<Object>(name)));
    return stdlib ? Shadowing::Stdlib : Shadowing::Library;
}

} // namespace taipan
