// How messages name types in full.
#pragma once

#include "objects/str.h"
#include "runtime/thread.h"

namespace taipan {

/// "module.qualname", without the module for builtins and __main__ (what CPython's %T prints).
Result<Ref<Str>> type_full_name(Thread& t, Borrowed<Type> type);
COLD Error raise_with_note(Thread& t, Ref<Object> error, Ref<Str> note);
/// Adds a note to the exception that is raised; the format's first directive (%s) takes the full name of `of`'s type.
template <class... Args> COLD Error note_exception(Thread& t, const char* format, Borrowed<Object> of, const Args&... args) {
    Ref<Object> error = t.take_exception().take();
    Ref<Str> name = TRY(type_full_name(t, of->type));
    Ref<Str> text = TRY(str_format(t, format, name, args...));
    return raise_with_note(t, std::move(error), std::move(text));
}

} // namespace taipan
