#include "compiler/compiler.h"

#include "compiler/codegen.h"
#include "compiler/context.h"
#include "compiler/symtable.h"

namespace taipan::compiler {

CompileResult compile(base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree,
                      const CompileOptions& options, syntax::Diagnostics& diagnostics) {
    Context context(arena, names, options, diagnostics);
    CompileResult result;
    Symtable table;
    if (read_future(context, tree) && preprocess(context, tree) && build_symtable(context, tree, table)) {
        CodeGenerator generator(context, table);
        result.code = generator.generate(tree);
    }
    result.future_flags = context.future.flags;
    result.failure = context.failure;
    return result;
}

bool preprocess_tree(base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree, const CompileOptions& options,
                     syntax::Diagnostics& diagnostics, syntax::SyntaxFailure& failure) {
    Context context(arena, names, options, diagnostics);
    context.silenced = 1; // compiling the tree warns
    bool ok = read_future(context, tree) && preprocess(context, tree);
    failure = context.failure;
    return ok;
}

bool build_symbols(base::Arena& arena, syntax::NameTable& names, const syntax::ModNode* tree,
                   const CompileOptions& options, syntax::Diagnostics& diagnostics, Symtable& table,
                   syntax::SyntaxFailure& failure) {
    Context context(arena, names, options, diagnostics);
    bool ok = read_future(context, tree) && build_symtable(context, tree, table);
    failure = context.failure;
    return ok;
}

} // namespace taipan::compiler
