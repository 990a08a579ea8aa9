// The tables of frozen modules in the C API's form; tools/freeze.cpp writes them beside the program's own.
#pragma once

#include <cstdint>

namespace taipan::capi {

/// struct _frozen. A table ends with an entry that has no name.
struct FrozenEntry {
    const char* name;
    const uint8_t* code;
    int size, is_package;
};

} // namespace taipan::capi

extern "C" {
/// What the import system itself consists of, what of the standard library every start imports, what only tests import.
extern const taipan::capi::FrozenEntry *_PyImport_FrozenBootstrap, *_PyImport_FrozenStdlib, *_PyImport_FrozenTest;
}
