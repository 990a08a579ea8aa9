// Context variables (PEP 567). The values of a context live in a dict that contexts share until one of them changes, so
// copying a context costs nothing.
#pragma once

#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/generic_alias.h"

namespace taipan {

struct ContextVar : Object {
    Str* name;
    Object* default_value; // or null
    static Type s_type;
};
struct Context : Object {
    Dict* values; // keys are ContextVars; never null
    bool shared;  // others hold `values` too
    std::atomic<bool> entered;
    Object* previous; // the thread's context while this one is entered
    Object* weaklist;
    static Type s_type;
};

/// Readies the types; what makes contexts natively calls it first.
Result<void> contextvars_ready(Thread& t);
Result<Ref<ContextVar>> context_var_new(Thread& t, Borrowed<Str> name, Object* default_value);
/// The variable's value in the current context, else its default, else nothing.
ResultMaybe<Object> context_var_get(Thread& t, Borrowed<ContextVar> variable);
/// A copy of the current context.
Result<Ref<Context>> context_copy_current(Thread& t);
/// Makes the context the thread's; RuntimeError "cannot enter context: … is already entered".
Result<void> context_enter(Thread& t, Borrowed<Context> context);
Result<void> context_exit(Thread& t, Borrowed<Context> context);

} // namespace taipan
