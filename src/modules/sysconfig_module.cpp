// _sysconfig: the build options that are known without a Makefile.
#include "objects/module.h"

namespace taipan {

namespace {

Result<Ref<Dict>> config_vars(Thread& t) {
    Ref<Dict> vars = TRY(dict_new(t));
    Ref<Int> yes = TRY(int_from(t, 1)), no = TRY(int_from(t, 0));
    TRY(dict_set_ascii(t, vars, "Py_GIL_DISABLED", yes));
    TRY(dict_set_ascii(t, vars, "Py_DEBUG", no));
    return vars;
}
const NativeDef functions[] = {
    fn<config_vars>("config_vars", "($module, /)", "The settings of this build that sysconfig shows, as a dict."),
};

} // namespace

extern const ModuleSpec sysconfig_module;
const ModuleSpec sysconfig_module = {.name = "_sysconfig", .doc = "A helper for the sysconfig module.", .functions = functions};

} // namespace taipan
