// _ast: the node classes, and compile() for trees.
#include "modules/ast/ast_types.h"

#include "base/arena.h"
#include "compiler/compiler.h"
#include "syntax/names.h"
#include "vm/builtin_support.h"
#include "vm/options.h"

namespace taipan {

namespace {

Result<compiler::CompileOptions> compiler_options(Thread& t, base::Arena& arena, const CompileRequest& request) {
    compiler::CompileOptions options;
    options.filename = TRY(str_utf8_lossy(t, arena, request.filename));
    options.optimize = request.optimize < 0 ? g_options.optimize : request.optimize;
    options.future_flags = request.flags & compile_flag::FutureMask;
    options.allow_top_level_await = request.flags & compile_flag::TopLevelAwait;
    options.stack_limit = t.c_stack_limit;
    return options;
}
bool wants_folding(const CompileRequest& request) { return (request.flags & compile_flag::OptimizedAst) == compile_flag::OptimizedAst; }

Result<void> exec(Thread& t, Borrowed<Module> module) {
    ast::Classes* c = TRY(ast::classes(t));
    TRY(module_add(t, module, "AST", Borrowed<Object>(c->base)));
    auto types = syntax::schema_types();
    for (size_t i = 0; i < types.size(); ++i) {
        TRY(module_add(t, module, types[i].name, Borrowed<Object>(c->types[i].type)));
        for (size_t k = 0; k < types[i].nodes.size(); ++k)
            TRY(module_add(t, module, types[i].nodes[k].name, Borrowed<Object>(c->types[i].nodes[k].type)));
    }
    TRY(module_add_int(t, module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", compile_flag::TopLevelAwait));
    TRY(module_add_int(t, module, "PyCF_ONLY_AST", compile_flag::OnlyAst));
    TRY(module_add_int(t, module, "PyCF_OPTIMIZED_AST", compile_flag::OptimizedAst));
    return module_add_int(t, module, "PyCF_TYPE_COMMENTS", compile_flag::TypeComments);
}

} // namespace

Result<Ref<Object>> ast_to_objects(Thread& t, base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree,
                                   const CompileRequest& request, syntax::Diagnostics& sink) {
    ast::Classes* c = TRY(ast::classes(t));
    if (wants_folding(request)) {
        compiler::CompileOptions options = TRY(compiler_options(t, arena, request));
        syntax::SyntaxFailure failure;
        if (!compiler::preprocess_tree(arena, names, tree, options, sink, failure))
            return raise_syntax_failure(t, failure, request.filename);
    }
    return ast::object_from_tree(t, *c, tree, request.filename);
}

ResultMaybe<Object> compile_tree_object(Thread& t, Borrowed<Object> source, const CompileRequest& request) {
    if (is<Str>(source.get()) || is<Bytes>(source.get())) return MaybeRef<Object>();
    ast::Classes* c = TRY(ast::classes(t));
    if (!TRY(is_instance(t, source, Borrowed<Object>(c->base)))) return MaybeRef<Object>();
    const syntax::ModKind wanted[] = {syntax::ModKind::Module, syntax::ModKind::Expression, syntax::ModKind::Interactive,
                                      syntax::ModKind::FunctionType};
    size_t kind = static_cast<size_t>(wanted[static_cast<int>(request.mode)]);
    Type* type = c->types[0].nodes[kind].type;
    if (!TRY(is_instance(t, source, Borrowed<Object>(type))))
        return raise(t, exc::TypeError, "expected %s node, got %T", type->name, source);
    if (request.flags & compile_flag::OnlyAst && !wants_folding(request)) return MaybeRef<Object>(acquire(source));
    base::Arena arena;
    syntax::NameTable names(arena);
    syntax::ModNode* tree = TRY(ast::tree_from_object(t, *c, arena, names, source));
    TRY(ast::validate_tree(t, tree));
    compiler::CompileOptions options = TRY(compiler_options(t, arena, request));
    WarningSink sink(t, request.filename);
    if (wants_folding(request)) {
        syntax::SyntaxFailure failure;
        if (!compiler::preprocess_tree(arena, names, tree, options, sink, failure))
            return raise_syntax_failure(t, failure, request.filename);
        return MaybeRef<Object>(TRY(ast::object_from_tree(t, *c, tree, request.filename)));
    }
    compiler::CompileResult result = compiler::compile(arena, names, tree, options, sink);
    if (!result.code) return raise_syntax_failure(t, result.failure, request.filename);
    return MaybeRef<Object>(TRY(code_from_unit(t, *result.code, request.filename)));
}

extern const ModuleSpec ast_module;
const ModuleSpec ast_module = {.name = "_ast", .exec = exec};

} // namespace taipan
