// Generators, coroutines, async generators: one object with an embedded frame. States and their semantics follow the
// language reference (yield expressions, coroutine objects).
#pragma once

#include "objects/function.h"
#include "runtime/thread.h"

namespace taipan {

struct Traceback : Object {
    Traceback* next;
    Object* frame; // a FrameObject
    int lasti, lineno;
    static Type s_type;
};

} // namespace taipan
