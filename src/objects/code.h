// Code objects: immutable description of a compiled block in CPython 3.14's format. `bytecode` is what `co_code` shows;
// the interpreter runs a private, rewritten copy (vm/quicken.h).
#pragma once

#include "objects/bytes.h"
#include "objects/tuple.h"

namespace taipan {

namespace code_flag {
constexpr int Optimized = 1, NewLocals = 2, VarArgs = 4, VarKeywords = 8, Nested = 0x10, Generator = 0x20, Coroutine = 0x80,
              IterableCoroutine = 0x100, AsyncGenerator = 0x200, FutureAnnotations = 0x1000000, HasDocstring = 0x4000000,
              Method = 0x8000000;
} // namespace code_flag

/// Kinds in localspluskinds.
namespace local_kind {
constexpr uint8_t ArgPositional = 0x02, ArgKeyword = 0x04, ArgVariable = 0x08, Hidden = 0x10, Local = 0x20, Cell = 0x40, Free = 0x80;
} // namespace local_kind

struct QuickenedCode; // vm/quicken.h

struct Code : VarObject {
    Tuple* consts;
    Tuple* names;
    Bytes* exception_table;
    int flags, argcount, posonlyargcount, kwonlyargcount, stacksize, firstlineno;
    int nlocalsplus, framesize, nlocals, ncellvars, nfreevars;
    uint32_t version;
    Tuple* localsplusnames;
    Bytes* localspluskinds;
    Str *filename, *name, *qualname;
    Bytes* linetable;
    Object* weaklist;
    std::atomic<QuickenedCode*> quickened; // list of per-thread copies (in CPython: executors)
    Bytes* code_bytes;                     // `co_code`, once asked for (in CPython: a structure)
    uintptr_t instrumentation_version;
    void* monitoring;
    intptr_t unique_id;
    int first_traceable;
    void* extra;
    char bytecode[1]; // `size` code units, as they were compiled. Opaque to extensions: reached through the C API only

    static Type s_type;
    std::string_view bytecode_view() const { return {bytecode, static_cast<size_t>(size) * 2}; }
    int total_args() const {
        return argcount + kwonlyargcount + ((flags & code_flag::VarArgs) != 0) + ((flags & code_flag::VarKeywords) != 0);
    }
    bool is_generator_like() const { return flags & (code_flag::Generator | code_flag::Coroutine | code_flag::AsyncGenerator); }
};

/// The arguments of types.CodeType.
struct CodeFields {
    int argcount, posonlyargcount, kwonlyargcount, stacksize, flags, firstlineno;
    std::string_view bytecode;
    Tuple *consts, *names, *localsplusnames;
    Bytes* localspluskinds;
    Str *filename, *name, *qualname;
    Bytes *linetable, *exception_table;
};
/// Validates, interns names and name-like constants.
Result<Ref<Code>> code_new(Thread& t, const CodeFields& fields);
/// What `co_code` shows: kept, so that it is always the same object.
Result<Ref<Bytes>> code_bytes(Thread& t, Borrowed<Code> code);
/// What a thread that is about to run the code uses for one of its constants: short strings, numbers, bytes and tuples of
/// such are interned now, so that threads which run the same code do not count them and equal ones are kept once. Code that
/// never runs takes its constants along when it dies, and so does all code with its long strings, which are documentation
/// mostly. The constants of the code itself stay as they are, as other threads may be reading them. Valid as long as the code.
Object* code_shareable_constant(Thread& t, Object* constant);

/// Frees the private copies of the instructions (vm/quicken.cpp).
void code_release_quickened(Code* code);
/// Source position of the instruction at byte offset `lasti`; lines are 1-based, -1 unknown; columns are UTF-8 bytes.
struct CodePosition {
    int line, end_line, column, end_column;
};
CodePosition code_position(const Code* code, int lasti);
/// The line of each of the `count` code units; -1: none.
void code_lines(const Code* code, int32_t* lines, int count);
/// Calls `visit` with the unit of every exception handler's first instruction.
void code_visit_handlers(const Code* code, void (*visit)(int unit, void* context), void* context);
inline int code_line(const Code* code, int lasti) { return code_position(code, lasti).line; }
/// The handler covering byte offset `lasti`: false if none.
struct ExceptionHandler {
    int target; // byte offset
    int depth;  // stack entries to keep
    bool push_lasti;
};
bool code_find_handler(const Code* code, int lasti, ExceptionHandler* out);

} // namespace taipan
