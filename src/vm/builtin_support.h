// What the builtins module needs of the interpreter: class building, namespaces of the caller, imports, auditing.
#pragma once

#include "objects/audit.h"
#include "objects/module.h"
#include "vm/source.h"

#include <initializer_list>

namespace taipan {

Result<Ref<Object>> py_build_class(Thread& t, Borrowed<Object> function, Borrowed<Object> name, Args bases, MaybeBorrowed<Object> metaclass,
                                   Kwargs keywords);
Result<Ref<Object>> py_input(Thread& t, Borrowed<Object> prompt);
/// What input() calls when it talks to a terminal, from then on: shows the prompt and gives a line without its end, or
/// nothing at the end of the file.
using LineReader = ResultMaybe<Object> (*)(Thread& t, const char* prompt);
void set_line_reader(LineReader reader);
LineReader line_reader();
/// The globals of the innermost frame; without one those of the __main__ that an interpreter runs (a function called from
/// another interpreter has no caller). Null, without an exception: there are none.
Object* current_globals(Thread& t);
/// locals() of the innermost frame, or as above.
Result<Ref<Object>> current_locals(Thread& t);
/// id(object).
Result<Ref<Object>> object_id(Thread& t, Borrowed<Object> object);
/// str, bytes or path-like to a file name str.
Result<Ref<Str>> file_system_name(Thread& t, Borrowed<Object> path);
/// Compiles str, bytes or buffer; `function` and `what` for "compile() arg 1 must be a string, bytes or AST object".
Result<Ref<Object>> compile_text_object(Thread& t, Borrowed<Object> source, const CompileRequest& request, const char* function,
                                        const char* what, bool strip_leading = false);
/// Compiles an ast node; nothing if `source` is none.
ResultMaybe<Object> compile_tree_object(Thread& t, Borrowed<Object> source, const CompileRequest& request);
Result<Ref<Object>> import_by_name(Thread& t, Borrowed<Object> name, Object* globals, Object* locals, Borrowed<Object> from_list,
                                   int level);
Result<Ref<Object>> callable_iterator_new(Thread& t, Borrowed<Object> callable, Borrowed<Object> sentinel);
Result<Ref<Object>> anext_awaitable_new(Thread& t, Borrowed<Object> awaitable, Borrowed<Object> fallback);
/// A static builtin type by the name that the builtins module gives it, or null.
Type* find_builtin_type(std::string_view name);

} // namespace taipan
