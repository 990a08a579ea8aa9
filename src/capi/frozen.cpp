// The modules that are frozen into the program, as C code sees them.
#include "capi/frozen.h"
#include "capi/capi.h"

/// What an embedding program adds; null: nothing. Nothing is looked up in it yet.
TAIPAN_API const taipan::capi::FrozenEntry* PyImport_FrozenModules;
const taipan::capi::FrozenEntry* PyImport_FrozenModules = nullptr;
