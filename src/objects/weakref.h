// Weak references. An object's weak references form a list headed in the object (weaklist_offset, or the preheader of
// managed types) and guarded by a lock chosen by the object's address.
#pragma once

#include "runtime/lock.h"
#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct List;

struct Weakref : Object {
    Object* object; // None once cleared
    Object* callback;
    intptr_t cached_hash;
    Weakref *previous, *next;
    VectorcallFunc vectorcall; // CPython's has the lock of its list here

    static Type s_type; // weakref.ReferenceType
};
struct ProxyType {
    static Type s_type;
};
struct CallableProxyType {
    static Type s_type;
};

/// A reference to the object, shared if one without callback exists. TypeError "cannot create weak reference to 'T' object".
Result<Ref<Object>> weakref_new(Thread& t, Borrowed<Object> object, Object* callback);
/// weakref.proxy(object, callback).
Result<Ref<Object>> weakref_proxy_new(Thread& t, Borrowed<Object> object, Object* callback);
/// weakref.getweakrefcount, weakref.getweakrefs.
intptr_t weakref_count(Object* object);
Result<Ref<List>> weakrefs_of(Thread& t, Object* object);
/// Tells the collector how to clear weak references; at start.
void weakrefs_install_hooks();
/// The object, if it is still alive.
MaybeRef<Object> weakref_get(Weakref* reference);
/// Clears all weak references to a dying object and runs their callbacks. Called by deallocators of types with weaklists.
void clear_weakrefs(Object* object);
/// Clears without running callbacks (the collector and the C API).
void clear_weakrefs_no_callbacks(Object* object);
/// Address of the head of the object's weak reference list, or null if its type has none.
Weakref** weakref_list(Object* object);
bool supports_weakrefs(const Type& type);

} // namespace taipan
