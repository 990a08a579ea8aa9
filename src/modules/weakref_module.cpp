// _weakref: the native half of weakref.
#include "objects/list.h"
#include "objects/module.h"
#include "objects/weakref.h"

namespace taipan {

namespace {

intptr_t get_weakref_count(Borrowed<Object> object) { return weakref_count(object.get()); }
Result<Ref<List>> get_weakrefs(Thread& t, Borrowed<Object> object) { return weakrefs_of(t, object.get()); }
Result<Ref<Object>> proxy(Thread& t, Borrowed<Object> object, NoneOr<Object> callback) {
    return weakref_proxy_new(t, object, callback.get());
}
Result<void> remove_dead(Thread& t, Borrowed<Dict> dict, Borrowed<Object> key) {
    CriticalSection section(t, dict.get());
    MaybeRef<Object> value = TRY(dict_get(t, dict, key));
    if (!value) return {};
    if (!is<Weakref>(value.get())) return raise(t, exc::TypeError, "not a weakref");
    if (!weakref_get(static_cast<Weakref*>(value.get()))) TRY(dict_delete(t, dict, key));
    return {};
}

const NativeDef functions[] = {
    fn<get_weakref_count>("getweakrefcount", "($module, object, /)", "Return the number of weak references to 'object'."),
    fn<get_weakrefs>("getweakrefs", "($module, object, /)", "A list of the weak references and proxies to object that are alive."),
    fn<proxy>("proxy", "($module, object, callback=None, /)",
              "A stand-in for object that passes operations on to it but does not keep it alive.\n\n"
              "When object goes, callback(proxy) is called, if there is one; using the stand-in then raises ReferenceError."),
    fn<remove_dead>("_remove_dead_weakref", "($module, dct, key, /)",
                    "Delete key from dict if its value is a weak reference that has died, with "
                    "no step another thread can come between."),
};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add(t, module, "ref", &Weakref::s_type));
    TRY(module_add(t, module, "ReferenceType", &Weakref::s_type));
    TRY(module_add(t, module, "ProxyType", &ProxyType::s_type));
    return module_add(t, module, "CallableProxyType", &CallableProxyType::s_type);
}

} // namespace

extern const ModuleSpec weakref_module;
const ModuleSpec weakref_module = {.name = "_weakref", .doc = "Weak-reference support module.", .functions = functions, .exec = exec};

} // namespace taipan
