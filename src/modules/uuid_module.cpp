// The _uuid module: time-based identifiers from libuuid, which asks its daemon so that no two processes get the same one.
#include "objects/bytes.h"
#include "objects/module.h"
#include "runtime/thread.h"

#include <uuid/uuid.h>

namespace taipan {
namespace {

Result<Ref<Object>> generate_time_safe(Thread& t) {
    uuid_t id;
    int result;
    {
        Detached detached(t);
        result = uuid_generate_time_safe(id);
    }
    Ref<Bytes> bytes = TRY(bytes_from(t, {reinterpret_cast<const char*>(id), sizeof id}));
    Ref<Int> safety = TRY(int_from(t, result));
    return tuple_pack(t, bytes, safety);
}
const NativeDef functions[] = {fn<generate_time_safe>("generate_time_safe", "($module, /)")};
Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(module_add_int(t, module, "has_uuid_generate_time_safe", 1));
    return module_add_int(t, module, "has_stable_extractable_node", 0);
}

} // namespace

extern const ModuleSpec uuid_module;
const ModuleSpec uuid_module = {.name = "_uuid", .functions = functions, .exec = exec};

} // namespace taipan
