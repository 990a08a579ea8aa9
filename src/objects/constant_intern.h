// Constants of code that are neither strings nor containers of what changes: equal ones are one immortal object, so threads
// that run the same code do not count them, and each module does not bring its own copy.
#pragma once

#include "runtime/thread.h"

namespace taipan {

struct Tuple;

/// The shared object that equals the constant, or the constant: then it is shared from now on, or it is large or holds
/// anything that is not shared. Nothing new is shared once there are very many, for a program that makes code without end
/// does not keep all its constants.
Object* intern_constant(Thread& t, Object* constant);
/// The constants of most short functions, a None or a small int alone, are one tuple for all of them. Gives that, or the
/// same; both are borrowed.
Tuple* intern_trivial_constants(Tuple* constants);

} // namespace taipan
