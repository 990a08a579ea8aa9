// Syntax tree to code. The result and all its text live in the arena; errors come back as the front half's
// SyntaxFailure with CPython's texts, warnings go to the sink. Compiling never raises and never runs Python. Out of
// memory is a failure like others: MemoryError.
#pragma once

#include "compiler/code_unit.h"
#include "syntax/ast.h"
#include "syntax/diagnostics.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace taipan::base {
class Arena;
}
namespace taipan::syntax {
class NameTable;
}

namespace taipan::compiler {

class Symtable;
struct Unit;

// Sees every unit when its code is generated and not yet optimised, the inner ones first.
class UnitObserver {
public:
    virtual void generated(const Unit& unit, const CodeUnit& code) = 0;

protected:
    ~UnitObserver() = default;
};

struct CompileOptions {
    std::string_view filename;
    int optimize = 0;                   // as -O: 1 drops asserts and __debug__, 2 docstrings as well
    uint32_t future_flags = 0;          // CO_FUTURE_* in force from the caller
    bool allow_top_level_await = false; // PyCF_ALLOW_TOP_LEVEL_AWAIT
    uintptr_t stack_limit = 0;          // lowest address the compiler's C stack may reach; 0: a fixed depth
    UnitObserver* observer = nullptr;   // of tests
};

struct CompileResult {
    const CodeUnit* code = nullptr; // null on failure
    uint32_t future_flags = 0;      // the caller's and the source's
    syntax::SyntaxFailure failure;
};

// `names` is the table that interned the tree's identifiers. The tree is changed by constant folding.
CompileResult compile(base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree, const CompileOptions& options,
                      syntax::Diagnostics& diagnostics);

// What ast.parse(optimize=...) does: the folding alone. False with `failure` set when a warning became an error.
bool preprocess_tree(base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree, const CompileOptions& options,
                     syntax::Diagnostics& diagnostics, syntax::SyntaxFailure& failure);

// The symbol table alone, as the `_symtable` module shows it (symtable.h). Null on failure.
std::unique_ptr<Symtable> build_symbols(base::Arena& arena, syntax::NameTable& names, const syntax::ModNode* tree,
                                        const CompileOptions& options, syntax::Diagnostics& diagnostics, syntax::SyntaxFailure& failure);

} // namespace taipan::compiler
