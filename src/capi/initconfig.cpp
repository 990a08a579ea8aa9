// The global variables of the configuration. They are deprecated, and nothing here reads them, but they are in the ABI.
#include "capi/initconfig.h"
#include "capi/capi.h"
#include "vm/options.h"

#define FLAGS                                                                                                                              \
    FLAG(Py_DebugFlag, debug)                                                                                                              \
    FLAG(Py_VerboseFlag, verbose)                                                                                                          \
    FLAG(Py_QuietFlag, quiet)                                                                                                              \
    FLAG(Py_InteractiveFlag, interactive)                                                                                                  \
    FLAG(Py_InspectFlag, inspect)                                                                                                          \
    FLAG(Py_OptimizeFlag, optimize)                                                                                                        \
    FLAG(Py_NoSiteFlag, no_site)                                                                                                           \
    FLAG(Py_BytesWarningFlag, bytes_warning)                                                                                               \
    FLAG(Py_IgnoreEnvironmentFlag, ignore_environment)                                                                                     \
    FLAG(Py_DontWriteBytecodeFlag, dont_write_bytecode)                                                                                    \
    FLAG(Py_NoUserSiteDirectory, no_user_site)                                                                                             \
    FLAG(Py_UnbufferedStdioFlag, unbuffered)                                                                                               \
    FLAG(Py_IsolatedFlag, isolated)                                                                                                        \
    FLAG(Py_UTF8Mode, utf8_mode)

// COMPAT: mutable and unprotected, as the ABI has them.
#define FLAG(name, option)                                                                                                                 \
    TAIPAN_API int name;                                                                                                                   \
    int name = 0;
FLAGS
#undef FLAG

void taipan::capi::publish_configuration() {
#define FLAG(name, option) name = static_cast<int>(g_options.option);
    FLAGS
#undef FLAG
}
