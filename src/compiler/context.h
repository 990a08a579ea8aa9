// What every phase of one compilation shares: memory, names, options, the first failure, and the depth of recursion.
// Phases return false once `failure` is set; nothing goes on after that.
#pragma once

#include "base/arena.h"
#include "base/scoped_containers.h"
#include "compiler/compiler.h"
#include "compiler/location.h"
#include "syntax/names.h"

#include <cstdarg>
#include <string_view>

namespace taipan::compiler {

using syntax::ConstantValue;
using syntax::Identifier;

struct FutureFeatures {
    uint32_t flags = 0;
    Location location; // of the last `from __future__` statement
};

class Context {
public:
    base::Arena& arena;
    syntax::NameTable& names;
    const CompileOptions& options;
    syntax::Diagnostics& diagnostics;
    FutureFeatures future;
    syntax::SyntaxFailure failure;
    int silenced = 0; // warnings are off while code is compiled that has been before

    Context(base::Arena& a, syntax::NameTable& n, const CompileOptions& o, syntax::Diagnostics& d)
        : arena(a), names(n), options(o), diagnostics(d) {}

    Identifier intern(std::string_view text) { return names.intern(text); }
    std::string_view keep(std::string_view text) { return {arena.copy(text.data(), text.size()), text.size()}; }

    // Report a SyntaxError at `where`; always false, so that callers can return it.
    [[gnu::format(printf, 3, 4)]] bool error(const Location& where, const char* format, ...);
    bool fail(syntax::FailureKind kind, std::string_view message);
    // False when the warning became an error.
    [[gnu::format(printf, 3, 4)]] bool warn(const Location& where, const char* format, ...);

    // Depth of nested visits, or the real stack when the caller gave its limit.
    bool too_deep() {
        if (options.stack_limit) {
            if ((uintptr_t)__builtin_frame_address(0) > options.stack_limit) return false;
        } else if (m_depth < DEPTH_LIMIT) {
            return false;
        }
        fail(syntax::FailureKind::RecursionError, "maximum recursion depth exceeded during compilation");
        return true;
    }
    void enter() { m_depth++; }
    void leave() { m_depth--; }

private:
    static constexpr int DEPTH_LIMIT = 4000;
    bool report(const Location& where, std::string_view message);

    int m_depth = 0;
};

class DepthGuard {
public:
    explicit DepthGuard(Context& context) : m_context(context) { context.enter(); }
    ~DepthGuard() { m_context.leave(); }
    DepthGuard(const DepthGuard&) = delete;

private:
    Context& m_context;
};

// A private name in a class body: `__x` in class `C` is `_C__x`.
Identifier mangle(Context& context, Identifier class_name, Identifier name);

// The docstring of a body, or null.
const syntax::Constant* docstring_of(const syntax::Seq<syntax::StmtNode*>& body);

// Folding in the tree before the symbol table sees it.
bool preprocess(Context& context, syntax::ModNode* tree);

// Reads the `from __future__` imports at the start of a tree.
bool read_future(Context& context, const syntax::ModNode* tree);

} // namespace taipan::compiler
