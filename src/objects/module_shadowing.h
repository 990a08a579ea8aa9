// Whether a module stands in the way of another one of its name: a script named like a library, which hides it. Messages
// about missing attributes say so.
#pragma once

#include "runtime/ref.h"
#include "runtime/result.h"
#include "runtime/thread.h"

namespace taipan {

enum class Shadowing { None, Library, Stdlib };

/// Told once at start-up: the folder that was put in front of sys.path ("": the current one); never freed. Without it
/// nothing shadows.
void set_script_folder(const char* folder);
const char* script_folder(); // null: none was put there
/// For the module of the name with the spec; `*origin` gets the file it comes from, if it comes from one.
Result<Shadowing> module_shadowing(Thread& t, Object* spec, Object* name, MaybeRef<Object>* origin);

} // namespace taipan
