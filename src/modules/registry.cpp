// The list of native modules, from modules.def.
#include "objects/module.h"

namespace taipan {

#define MODULE(name, spec) extern const ModuleSpec spec;
#include "modules/modules.def"
#undef MODULE

namespace {
const ModuleSpec* const registry[] = {
#define MODULE(name, spec) &spec,
#include "modules/modules.def"
#undef MODULE
};
} // namespace

const ModuleSpec* find_native_module(std::string_view name) {
    for (const ModuleSpec* spec : registry)
        if (name == spec->name) return spec;
    return nullptr;
}

std::span<const ModuleSpec* const> native_modules() { return registry; }

} // namespace taipan
