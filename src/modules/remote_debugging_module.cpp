// _remote_debugging: what asyncio's tools import from it. Scripts reach other processes (sys.remote_exec); looking at their frames is not
// supported.
#include "objects/module.h"
#include "objects/struct_sequence.h"

namespace taipan {
namespace {

Result<Ref<Object>> remote_unwinder(Thread& t, Args, Kwargs) {
    return raise(t, exc::RuntimeError, "Remote debugging is not supported on this platform");
}

const NativeDef functions[] = {
    fn<remote_unwinder>("RemoteUnwinder", "($module, /, *args, **kwargs)", "Looks at the frames of another process.")};
constexpr StructField FrameFields[] = {{"filename", "Source code filename"}, {"lineno", "Line number"}, {"funcname", "Function name"}};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_int(t, module, "PROCESS_VM_READV_SUPPORTED", 1));
    return module_add(t, module, "FrameInfo",
                      TRY(struct_sequence_type(t, "_remote_debugging.FrameInfo", "Information about a frame", FrameFields, 3)));
}

} // namespace

extern const ModuleSpec remote_debugging_module;
const ModuleSpec remote_debugging_module = {.name = "_remote_debugging", .functions = functions, .exec = exec};

} // namespace taipan
