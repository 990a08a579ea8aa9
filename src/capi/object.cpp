// Reference counts, for those who do not inline them.
#include "capi/capi.h"

namespace taipan::capi {

/// Null is allowed, as for all that end in Ref here.
TAIPAN_API void Py_IncRef(Object* object) { xincref(object); }
TAIPAN_API void Py_DecRef(Object* object) { xdecref(object); }
TAIPAN_API Object* Py_XNewRef(Object* object) {
    xincref(object);
    return object;
}
/// Not null.
TAIPAN_API Object* Py_NewRef(Object* object) {
    incref(object);
    return object;
}
TAIPAN_API void _Py_IncRef(Object* object) { incref(object); }
TAIPAN_API void _Py_DecRef(Object* object) { decref(object); }
TAIPAN_API intptr_t Py_REFCNT(Object* object) { return refcount(object); }

} // namespace taipan::capi
