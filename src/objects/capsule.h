// PyCapsule: a C pointer with a name, passed between extension modules.
#pragma once

#include "runtime/result.h"
#include "runtime/type.h"

namespace taipan {

struct Capsule : Object {
    void* pointer;
    const char* name;
    void* context;
    void (*destructor)(Object*);
    TraverseFunc traverse;
    InquiryFunc clear;
    static Type s_type;
};
/// ValueError "PyCapsule_New called with null pointer".
Result<Ref<Object>> capsule_new(Thread& t, void* pointer, const char* name, void (*destructor)(Object*));

} // namespace taipan
