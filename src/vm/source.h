// From source text to code objects: the front end with the runtime around it.
#pragma once

#include "base/memory_scope.h"
#include "compiler/code_unit.h"
#include "objects/code.h"
#include "objects/exceptions.h"
#include "syntax/constant.h"
#include "syntax/diagnostics.h"

namespace taipan::base {
class Arena;
}
namespace taipan::syntax {
class NameTable;
struct ModNode;
} // namespace taipan::syntax

namespace taipan {

struct CompileRequest {
    enum class Mode { Exec, Eval, Single, FunctionType } mode = Mode::Exec;
    Str* filename = nullptr;
    int optimize = -1;  // -1: the interpreter's -O level
    uint32_t flags = 0; // CO_FUTURE_* and PyCF_*
    int feature_version = -1;
    bool from_file = false; // the program itself, read from `filename`
};
/// PyCF_* flags of compile().
namespace compile_flag {
constexpr uint32_t SourceIsUtf8 = 0x100, DontImplyDedent = 0x200, OnlyAst = 0x400, IgnoreCookie = 0x800, TypeComments = 0x1000,
                   TopLevelAwait = 0x2000, AllowIncompleteInput = 0x4000, OptimizedAst = 0x8000 | OnlyAst;
constexpr uint32_t OnlySymbols = 1; // ours: the symbol table
constexpr uint32_t FutureMask = 0x1FE0000;
} // namespace compile_flag

/// What the front end's parts do that have no failure of their own: MemoryError when they ran out of it.
template <class F> Result<void> within_memory(Thread& t, F&& work) {
    if (base::attempt(work)) return {};
    return raise_memory_error(t);
}

/// Sends the front end's warnings through warnings.warn_explicit.
class WarningSink final : public syntax::Diagnostics {
public:
    WarningSink(Thread& t, Str* filename) : m_thread(&t), m_filename(filename) {}
    /// The calls to come are another thread's.
    void use(Thread& t) { m_thread = &t; }
    syntax::WarningAnswer warn(const syntax::SyntaxWarningReport& report) override;

private:
    Thread* m_thread;
    Str* m_filename;
};

/// Compiles text (UTF-8 when the flags say SourceIsUtf8, else bytes whose declared encoding is honoured).
Result<Ref<Object>> compile_source(Thread& t, std::string_view source, const CompileRequest& request);
/// A code object from the compiler's result.
Result<Ref<Code>> code_from_unit(Thread& t, const compiler::CodeUnit& unit, Borrowed<Str> filename);
Result<Ref<Object>> constant_object(Thread& t, const syntax::ConstantValue& value, Borrowed<Str> filename);
/// Raises what the front end reports.
Error raise_syntax_failure(Thread& t, const syntax::SyntaxFailure& failure, Borrowed<Str> filename);
/// A line of a source file for messages, or None.
Result<Ref<Object>> source_line(Thread& t, Borrowed<Str> filename, int line);
Result<std::string_view> str_utf8_lossy(Thread& t, base::Arena& arena, Str* text);
/// The `ast` module's objects for a tree (modules/ast).
Result<Ref<Object>> ast_to_objects(Thread& t, base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree,
                                   const CompileRequest& request, syntax::Diagnostics& sink);
/// The `_symtable` module's objects for a tree (modules/symtable_module.cpp).
Result<Ref<Object>> symbols_to_objects(Thread& t, base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree,
                                       const CompileRequest& request, syntax::Diagnostics& sink);
/// warnings.warn_explicit for a position that is no frame.
Result<void> warn_explicit(Thread& t, Type& category, Borrowed<Str> message, Borrowed<Str> filename, int line);
/// The future flags in force in the running frame's code.
uint32_t current_future_flags(Thread& t);

} // namespace taipan
