// PyUnstable_Code_*: data that debuggers, profilers and compilers keep with a code object.
#include "capi/capi.h"
#include "objects/code_extra.h"

namespace taipan::capi {

/// An index for PyUnstable_Code_SetExtra and GetExtra, or -1 when all are taken. `free`, if not null, is called with
/// what is stored under the index when it is replaced and when its code object dies.
TAIPAN_API intptr_t PyUnstable_Eval_RequestCodeExtraIndex(void (*free)(void*)) { return code_extra_request(free); }

/// Puts what is stored under the index into `*extra`, null if nothing is. The index need not exist.
TAIPAN_API int PyUnstable_Code_GetExtra(Object* code, intptr_t index, void** extra) {
    Thread& t = Thread::current();
    if (!code || !is<Code>(code)) return fail(BAD_INTERNAL_CALL(t), -1);
    *extra = code_extra(t, static_cast<Code*>(code), index);
    return 0;
}

TAIPAN_API int PyUnstable_Code_SetExtra(Object* code, intptr_t index, void* extra) {
    Thread& t = Thread::current();
    if (!code || !is<Code>(code) || !code_extra_exists(index)) return fail(BAD_INTERNAL_CALL(t), -1);
    return code_set_extra(t, static_cast<Code*>(code), index, extra).as_int();
}

} // namespace taipan::capi
