// What program this is.
#include "capi/capi.h"
#include "modules/sys_module.h"
#include "python_version.h"

namespace taipan::capi {

/// sys.version.
TAIPAN_API const char* Py_GetVersion() { return version_text_view().data(); }
/// sys.hexversion.
TAIPAN_API const unsigned long Py_Version;
const unsigned long Py_Version = 0x030E00F0ul | static_cast<unsigned long>(TAIPAN_PYTHON_MICRO) << 8;

} // namespace taipan::capi
