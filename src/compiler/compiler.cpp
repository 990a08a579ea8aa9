#include "compiler/compiler.h"

#include "base/memory_scope.h"
#include "compiler/codegen.h"
#include "compiler/context.h"
#include "compiler/symtable.h"

namespace taipan::compiler {

static syntax::SyntaxFailure memory_failure() {
    syntax::SyntaxFailure failure;
    failure.kind = syntax::FailureKind::MemoryError;
    return failure;
}

CompileResult compile(base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree, const CompileOptions& options,
                      syntax::Diagnostics& diagnostics) {
    CompileResult result;
    bool done = base::attempt([&] {
        Context context(arena, names, options, diagnostics);
        Symtable table;
        if (read_future(context, tree) && preprocess(context, tree) && build_symtable(context, tree, table)) {
            CodeGenerator generator(context, table);
            result.code = generator.generate(tree);
        }
        result.future_flags = context.future.flags;
        result.failure = context.failure;
    });
    if (!done) result = {.failure = memory_failure()};
    return result;
}

bool preprocess_tree(base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree, const CompileOptions& options,
                     syntax::Diagnostics& diagnostics, syntax::SyntaxFailure& failure) {
    bool ok = false;
    bool done = base::attempt([&] {
        Context context(arena, names, options, diagnostics);
        context.silenced = 1; // compiling the tree warns
        ok = read_future(context, tree) && preprocess(context, tree);
        failure = context.failure;
    });
    if (done) return ok;
    failure = memory_failure();
    return false;
}

std::unique_ptr<Symtable> build_symbols(base::Arena& arena, syntax::NameTable& names, const syntax::ModNode* tree,
                                        const CompileOptions& options, syntax::Diagnostics& diagnostics, syntax::SyntaxFailure& failure) {
    Symtable* built = nullptr;
    bool done = base::attempt([&] {
        Context context(arena, names, options, diagnostics);
        auto table = std::make_unique<Symtable>();
        if (read_future(context, tree) && build_symtable(context, tree, *table)) built = table.release();
        failure = context.failure;
    });
    if (!done) failure = memory_failure();
    return std::unique_ptr<Symtable>(done ? built : nullptr);
}

} // namespace taipan::compiler
