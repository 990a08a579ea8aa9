// Exception objects (CPython's layouts), their types, and how natives raise and inspect them. A raised exception is always
// an instance, held by its thread; "is set" means Thread::exception is not null.
#pragma once

#include "objects/str.h"
#include "runtime/thread.h"

namespace taipan {

struct Tuple;

struct BaseException : Object {
    Object* dict;
    Object* args; // Tuple
    Object* notes;
    Object* traceback; // Traceback or null
    Object* context;
    Object* cause;
    char suppress_context;
    static Type s_type;
    static constexpr unsigned long s_subclass_flag = type_flag::BaseExceptionSubclass;
};
struct ExceptionGroupObject : BaseException {
    Object *message, *exceptions, *exceptions_text;
};
struct SyntaxErrorObject : BaseException {
    Object *message, *filename, *lineno, *offset, *end_lineno, *end_offset, *text, *print_file_and_line, *metadata;
};
struct ImportErrorObject : BaseException {
    Object *message, *name, *path, *name_from;
};
struct UnicodeErrorObject : BaseException {
    Object *encoding, *object;
    intptr_t start, end;
    Object* reason;
};
struct SystemExitObject : BaseException {
    Object* code;
};
struct OSErrorObject : BaseException {
    Object *errno_value, *strerror, *filename, *filename2;
    intptr_t written;
};
struct StopIterationObject : BaseException {
    Object* value;
};
struct NameErrorObject : BaseException {
    Object* name;
};
struct AttributeErrorObject : BaseException {
    Object *object, *name;
};

/// The builtin exception types: exc::TypeError …; exc::BaseException is BaseException::s_type.
namespace exc {
#define EXCEPTION(name, base, structure) extern Type name;
#include "objects/exceptions.def"
#undef EXCEPTION
extern Type ExceptionGroup; // class ExceptionGroup(BaseExceptionGroup, Exception)
} // namespace exc

/// Raises type(message): `raise(t, exc::TypeError, "'%T' object is not iterable", object)`. Directives as `str_format`.
/// The exception being handled becomes its __context__.
COLD Error raise_args(Thread& t, Type& type, const char* format, const FormatArg* args, size_t count);
template <class... Args> COLD Error raise(Thread& t, Type& type, const char* format, const Args&... args) {
    if constexpr (sizeof...(Args) == 0) return raise_args(t, type, format, nullptr, 0);
    else {
        const FormatArg list[] = {FormatArg(args)...};
        return raise_args(t, type, format, list, sizeof...(Args));
    }
}
/// Raises type(argument): KeyError(key), StopIteration(value).
COLD Error raise_object(Thread& t, Type& type, Borrowed<Object> argument);
/// Raises type() without arguments.
COLD Error raise_bare(Thread& t, Type& type);
/// Raises the instance; sets its __context__ to the exception being handled.
COLD Error raise_instance(Thread& t, Ref<Object> exception);
/// The preallocated-path MemoryError.
COLD Error raise_memory_error(Thread& t);
/// OSError (or its subclass for the number) from errno: [Errno N] text: 'filename'.
COLD Error raise_errno(Thread& t, int error_number, Object* filename = nullptr, Object* filename2 = nullptr);
/// KeyError(key), also for tuples.
inline Error raise_key_error(Thread& t, Borrowed<Object> key) { return raise_object(t, exc::KeyError, key); }
COLD Error raise_attribute_error(Thread& t, Borrowed<Object> object, Borrowed<Str> name);
COLD Error raise_import_error(Thread& t, Type& type, Borrowed<Object> message, Object* name, Object* path);
COLD Error raise_unicode_decode_error(Thread& t, const char* encoding, std::string_view input, intptr_t start, intptr_t end,
                                      const char* reason);
COLD Error raise_unicode_encode_error(Thread& t, const char* encoding, Borrowed<Str> input, intptr_t start, intptr_t end,
                                      const char* reason);
/// Calls the type to make an instance without raising it.
Result<Ref<Object>> make_exception(Thread& t, Type& type, Borrowed<Object> argument);

/// True if the exception set in this thread is an instance of `type` (no user code runs).
bool exception_matches(const Thread& t, const Type& type);
/// PyErr_GivenExceptionMatches: class, instance or nested tuple of classes.
bool given_exception_matches(Object* error, Object* type_or_tuple);
/// Clears the exception if it is a `type`; true if it did.
bool clear_if(Thread& t, const Type& type);
/// Hands the exception to sys.unraisablehook and clears it. `message` ("Exception ignored while …") is followed by the
/// representation of `where`, if there is one; without a message `where` is the hook's `object`.
void write_unraisable(Thread& t, const char* message, Object* where);
/// Issues a warning; an error if the filters make it one. stack_level as warnings.warn.
Result<void> warn_args(Thread& t, Type& category, int stack_level, const char* format, const FormatArg* args, size_t count);
template <class... Args> Result<void> warn(Thread& t, Type& category, int stack_level, const char* format, const Args&... args) {
    if constexpr (sizeof...(Args) == 0) return warn_args(t, category, stack_level, format, nullptr, 0);
    else {
        const FormatArg list[] = {FormatArg(args)...};
        return warn_args(t, category, stack_level, format, list, sizeof...(Args));
    }
}

/// RecursionError "maximum recursion depth exceeded<where>" when the C stack is nearly used up. Natives that recurse
/// through user data (repr, compare, hash, json …) call it at their entry. `where` like " in comparison" or "".
COLD Error raise_recursion_error(Thread& t, const char* where);
ALWAYS_INLINE Result<void> check_recursion(Thread& t, const char* where) {
    if (c_stack_low(t)) return raise_recursion_error(t, where);
    return {};
}
/// Adds an entry for the frame to the traceback of the raised exception.
void add_traceback(Thread& t, Frame* frame);

} // namespace taipan
