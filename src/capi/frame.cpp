// PyFrame_* and PyEval_GetFrame*: the frames that run.
#include "capi/capi.h"
#include "objects/abstract.h"
#include "objects/code.h"
#include "vm/builtin_support.h"
#include "vm/frame_object.h"

namespace taipan::capi {
namespace {

/// The frame object's running or finished frame.
Frame* frame_of(Object* frame) { return static_cast<FrameObject*>(frame)->frame; }

Object* new_or_null(Object* object) {
    xincref(object);
    return object;
}

} // namespace

/// The innermost frame, borrowed; null, without an exception, if no code runs.
TAIPAN_API Object* PyEval_GetFrame() {
    Thread& t = Thread::current();
    Frame* frame = current_frame(t);
    return frame ? frame_object(t, frame) : nullptr;
}

/// What locals() gives in the innermost frame: for a function a new dict.
TAIPAN_API Object* PyEval_GetFrameLocals() {
    Thread& t = Thread::current();
    if (!current_frame(t)) return fail(raise(t, exc::SystemError, "frame does not exist"), nullptr);
    return new_reference(current_locals(t));
}
/// Null, without an exception, if no code runs.
TAIPAN_API Object* PyEval_GetFrameGlobals() { return new_or_null(current_globals(Thread::current())); }
/// The builtins of the innermost frame, or of the interpreter.
TAIPAN_API Object* PyEval_GetFrameBuiltins() {
    Thread& t = Thread::current();
    Frame* frame = current_frame(t);
    return new_or_null(frame ? frame->builtins() : t.interpreter->builtins);
}

/// The frame that called this one; null, without an exception, for the outermost.
TAIPAN_API Object* PyFrame_GetBack(Object* frame) {
    Thread& t = Thread::current();
    auto back = [&]() -> Result<Ref<Object>> { return get_attribute(t, frame, TRY(str_interned(t, "f_back"))); };
    Object* caller = new_reference(back());
    return caller && is_none(caller) ? nullptr : caller;
}
TAIPAN_API Object* PyFrame_GetCode(Object* frame) { return new_or_null(frame_of(frame)->code()); }
TAIPAN_API Object* PyFrame_GetGlobals(Object* frame) { return new_or_null(frame_of(frame)->globals); }
TAIPAN_API Object* PyFrame_GetBuiltins(Object* frame) { return new_or_null(frame_of(frame)->builtins()); }
/// f_locals: for a function a view that writes through.
TAIPAN_API Object* PyFrame_GetLocals(Object* frame) {
    return new_reference(frame_locals(Thread::current(), static_cast<FrameObject*>(frame)));
}
/// The line the frame is at; 0 if it has none.
TAIPAN_API int PyFrame_GetLineNumber(Object* frame) {
    auto* object = static_cast<FrameObject*>(frame);
    int line = object->lineno ? object->lineno : frame_line(object->frame);
    return line < 0 ? 0 : line;
}

} // namespace taipan::capi
