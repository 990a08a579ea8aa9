// Frame objects: what `sys._getframe()` and tracebacks show of a frame.
#pragma once

#include "vm/frame.h"

namespace taipan {

/// Moves the ending frame's contents into its frame object (words become owned) and gives up the frame's reference to it.
/// Nothing is left to close but the function and code words.
void frame_object_take_over(Thread& t, Frame* frame);
/// The words of a frame, for the collector.
void visit_frame_words(Frame* frame, VisitFunc visit, void* context);
void data_stack_destroy(Thread& t);
/// Leaves the ended thread's copies of bytecode for others to take over.
void quicken_thread_ended(Thread& t);
/// The value of local variable `index` (through its cell); null: unbound.
MaybeRef<Object> frame_local(Thread& t, Frame* frame, int index);
/// Whether a comprehension runs in the frame of a module or class: it has fast locals there (PEP 709).
bool frame_has_hidden_locals(const Frame* frame);
/// f_locals: a write-through proxy for functions and such comprehensions, the namespace itself elsewhere (PEP 667).
Result<Ref<Object>> frame_locals(Thread& t, Borrowed<FrameObject> frame);
/// locals(): a snapshot dict where f_locals is a proxy.
Result<Ref<Object>> frame_locals_snapshot(Thread& t, Frame* frame);
int frame_line(const Frame* frame);
/// frame.f_lineno = n from a trace function: jumps within the code.
Result<void> frame_set_line(Thread& t, FrameObject* frame, Object* value);

} // namespace taipan
