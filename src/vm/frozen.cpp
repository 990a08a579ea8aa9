#include "vm/frozen.h"

namespace taipan {

// The build puts the list into generated/frozen_modules.cpp; a program built without it has none.
extern const FrozenModule g_frozen_modules[];
extern const size_t g_frozen_module_count;

std::span<const FrozenModule> frozen_modules() { return {g_frozen_modules, g_frozen_module_count}; }

const FrozenModule* find_frozen_module(std::string_view name) {
    for (const FrozenModule& frozen : frozen_modules())
        if (name == frozen.name) return &frozen;
    return nullptr;
}

} // namespace taipan
