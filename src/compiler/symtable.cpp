// First pass: one entry a block, one set of flags a name, in the order the language reference evaluates things.
#include "compiler/symtable.h"

#include "compiler/context.h"

#include <algorithm>

namespace taipan::compiler {

using namespace syntax;

Identifier mangle_in(Context& context, Identifier class_name, const SymtableEntry* entry, Identifier name) {
    if (!class_name) return name;
    if (entry->restricts_mangling &&
        std::find(entry->mangled_names.begin(), entry->mangled_names.end(), name) == entry->mangled_names.end())
        return name;
    return mangle(context, class_name, name);
}

namespace {

class Builder {
public:
    Builder(Context& context, Symtable& table) : m_context(context), m_table(table) {
        m_classdict = context.intern("__classdict__");
        m_dunder_class = context.intern("__class__");
        m_debug = context.intern("__debug__");
        m_super = context.intern("super");
        m_format = context.intern(".format");
        m_type_params = context.intern(".type_params");
        m_generic_base = context.intern(".generic_base");
        m_annotate = context.intern("__annotate__");
        m_conditional = context.intern("__conditional_annotations__");
    }

    bool build(const ModNode* tree);

private:
    using Names = std::string_view;

    bool enter_block(Identifier name, BlockType type, const void* node, int which, const Location& where) {
        return enter_existing(new_entry(name, type, node, which, where));
    }
    SymtableEntry* new_entry(Identifier name, BlockType type, const void* node, int which, const Location& where);
    bool enter_existing(SymtableEntry* entry);
    void exit_block() {
        m_stack.pop_back();
        m_current = m_stack.empty() ? nullptr : m_stack.back();
    }

    bool check_name(Identifier name, const Location& where, ExprContext context);
    bool add(Identifier name, uint32_t flag, const Location& where, ExprContext context = ExprContext::Store);
    bool add_to(SymtableEntry* entry, Identifier name, uint32_t flag, const Location& where);
    uint32_t lookup(const SymtableEntry* entry, Identifier name) { return entry->flags_of(mangle_in(m_context, m_private, entry, name)); }
    void record_directive(Identifier name, const Location& where) {
        m_current->directives.push_back({mangle_in(m_context, m_private, m_current, name), where});
    }
    bool error_name(const Location& where, const char* format, Identifier name) {
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
        return m_context.error(where, format, name->data);
#pragma clang diagnostic pop
    }

    bool allows_top_level_await() const { return m_context.options.allow_top_level_await && m_current->type == BlockType::Module; }
    bool in_async_def() const { return m_current->type == BlockType::Function && m_current->coroutine; }
    void maybe_make_module_coroutine() {
        if (allows_top_level_await()) m_current->coroutine = true;
    }
    bool raise_in_annotation_block(const char* what, const ExprNode* e);
    bool require_coroutine(const StmtNode* s, const char* message);

    bool visit_body(const Seq<StmtNode*>& body) {
        for (StmtNode* s : body)
            if (!visit(s)) return false;
        return true;
    }
    bool visit_conditional(std::initializer_list<const Seq<StmtNode*>*> bodies);
    bool visit_all(const Seq<ExprNode*>& list) {
        for (ExprNode* e : list)
            if (e && !visit(e)) return false;
        return true;
    }
    bool visit_optional(const ExprNode* e) { return !e || visit(e); }
    bool visit(const StmtNode* s);
    bool visit_inner(const StmtNode* s);
    bool visit(const ExprNode* e);
    bool visit_inner(const ExprNode* e);
    bool visit(const PatternNode* p);
    template <class Def> bool visit_function(const Def* s, bool is_async);
    bool visit_class(const ClassDef* s);
    bool visit_type_alias(const TypeAlias* s);
    bool visit_annotated_assignment(const AnnAssign* s);
    bool visit_try(const Seq<StmtNode*>& body, const Seq<HandlerNode*>& handlers, const Seq<StmtNode*>& orelse,
                   const Seq<StmtNode*>& finalbody);
    bool visit_with(const Seq<WithItem*>& items, const Seq<StmtNode*>& body);
    bool visit_import_names(const Seq<Alias*>& names);
    bool visit_import_from(const ImportFrom* s);
    bool visit_global(const Global* s);
    bool visit_nonlocal(const Nonlocal* s);
    bool visit_arguments(const Arguments* a);
    bool visit_function_annotations(const StmtNode* s, const Arguments* a, const ExprNode* returns);
    bool visit_argument_annotations(const Seq<Arg*>& args);
    bool visit_annotation(const ExprNode* annotation);
    bool visit_keywords(const Seq<Keyword*>& keywords);
    bool enter_type_params(Identifier name, const Seq<TypeParamNode*>& params, bool has_defaults, bool has_kwdefaults, bool is_class,
                           const Location& where);
    bool visit_type_params(const Seq<TypeParamNode*>& params);
    bool visit_type_param_part(const TypeParamNode* param, const ExprNode* e, Identifier name, int which, Names info);
    bool visit_comprehension_parts(const Comprehension* c);
    bool visit_comprehension(const ExprNode* e, const char* name, ComprehensionKind kind, const Seq<Comprehension*>& generators,
                             const ExprNode* element, const ExprNode* value);
    bool visit_named_expression(const NamedExpr* e);
    bool extend_named_expression(const Name* target);
    bool visit_yield(const ExprNode* e, const ExprNode* value);
    bool visit_await(const Await* e);

    Context& m_context;
    Symtable& m_table;
    SymtableEntry* m_current = nullptr;
    base::Vector<SymtableEntry*> m_stack;
    Identifier m_private = nullptr;

    Identifier m_classdict, m_dunder_class, m_debug, m_super, m_format, m_type_params, m_generic_base, m_annotate, m_conditional;
};

SymtableEntry* Builder::new_entry(Identifier name, BlockType type, const void* node, int which, const Location& where) {
    SymtableEntry* entry = m_table.create(node, which);
    entry->name = name;
    entry->type = type;
    entry->location = where;
    if (m_current) {
        entry->nested = m_current->nested || m_current->is_function_like();
        entry->method = m_current->type == BlockType::Class && type == BlockType::Function;
    }
    return entry;
}

bool Builder::enter_existing(SymtableEntry* entry) {
    SymtableEntry* previous = m_current;
    bool again = previous && previous->annotation_block == entry;
    if (previous) {
        entry->comp_iter_expr = previous->comp_iter_expr;
        // Everything is mangled in a class, but in other blocks below a generic class's parameters only these are.
        if (previous->restricts_mangling && entry->type != BlockType::Class) {
            entry->restricts_mangling = true;
            entry->mangled_names = previous->mangled_names;
        }
    }
    m_stack.push_back(entry);
    m_current = entry;
    // Annotations that stay strings have no effect on the names around them.
    bool invisible = entry->type == BlockType::Annotation && (m_context.future.flags & CO_FUTURE_ANNOTATIONS);
    if (previous && !invisible && !again) previous->children.push_back(entry);
    if (!again && (entry->type == BlockType::Annotation || entry->type == BlockType::TypeVariable || entry->type == BlockType::TypeAlias)) {
        if (!add(m_format, DEF_PARAM, entry->location) || !add(m_format, SYMBOL_USE, entry->location)) return false;
    }
    return true;
}

bool Builder::check_name(Identifier name, const Location& where, ExprContext context) {
    if (name != m_debug) return true;
    if (context == ExprContext::Store) return m_context.error(where, "cannot assign to __debug__");
    if (context == ExprContext::Del) return m_context.error(where, "cannot delete __debug__");
    return true;
}

bool Builder::add(Identifier name, uint32_t flag, const Location& where, ExprContext context) {
    if ((flag & (DEF_PARAM | DEF_LOCAL | DEF_IMPORT)) && !check_name(name, where, context)) return false;
    if ((flag & DEF_TYPE_PARAM) && m_current->restricts_mangling) m_current->mangled_names.push_back(name);
    return add_to(m_current, name, flag, where);
}

bool Builder::add_to(SymtableEntry* entry, Identifier name, uint32_t flag, const Location& where) {
    Identifier mangled = mangle_in(m_context, m_private, m_current, name);
    uint32_t value = flag;
    if (uint32_t* found = entry->symbols.find(mangled)) {
        if ((flag & DEF_PARAM) && (*found & DEF_PARAM)) return error_name(where, "duplicate argument '%s' in function definition", name);
        if ((flag & DEF_TYPE_PARAM) && (*found & DEF_TYPE_PARAM)) return error_name(where, "duplicate type parameter '%s'", name);
        value |= *found;
    }
    if (entry->comp_iter_target) {
        // An iteration variable of a comprehension: an inner assignment expression must not rebind it.
        if (value & (DEF_GLOBAL | DEF_NONLOCAL))
            return error_name(where, "comprehension inner loop cannot rebind assignment expression target '%s'", name);
        value |= DEF_COMP_ITER;
    }
    entry->symbols.set(mangled, value);
    if (flag & DEF_PARAM) {
        entry->varnames.push_back(mangled);
    } else if (flag & DEF_GLOBAL) {
        uint32_t* global = m_table.top->symbols.find(mangled);
        m_table.top->symbols.set(mangled, flag | (global ? *global : 0));
    }
    return true;
}

bool Builder::raise_in_annotation_block(const char* what, const ExprNode* e) {
    switch (m_current->type) {
    case BlockType::Annotation: return m_context.error(location_of(*e), "%s cannot be used within an annotation", what);
    case BlockType::TypeVariable:
        return m_context.error(location_of(*e), "%s cannot be used within %s", what, m_current->scope_info.data());
    case BlockType::TypeAlias: return m_context.error(location_of(*e), "%s cannot be used within a type alias", what);
    case BlockType::TypeParameters: return m_context.error(location_of(*e), "%s cannot be used within the definition of a generic", what);
    default: return true;
    }
}

bool Builder::build(const ModNode* tree) {
    m_table.top = new_entry(m_context.intern("top"), BlockType::Module, tree, BLOCK_OF_NODE, {0, 0, 0, 0});
    if (!enter_existing(m_table.top)) return false;
    switch (tree->kind) {
    case ModKind::Module: {
        auto* module = static_cast<const Module*>(tree);
        m_current->has_docstring = docstring_of(module->body) != nullptr;
        if (!visit_body(module->body)) return false;
        break;
    }
    case ModKind::Interactive:
        if (!visit_body(static_cast<const Interactive*>(tree)->body)) return false;
        break;
    case ModKind::Expression:
        if (!visit(static_cast<const Expression*>(tree)->body)) return false;
        break;
    case ModKind::FunctionType: return m_context.fail(FailureKind::ValueError, "this compiler does not handle FunctionTypes");
    }
    exit_block();
    return analyze_symtable(m_context, m_table.top);
}

bool Builder::visit_conditional(std::initializer_list<const Seq<StmtNode*>*> bodies) {
    SymtableEntry* entry = m_current;
    bool outer = entry->in_conditional_block;
    entry->in_conditional_block = true;
    for (const Seq<StmtNode*>* body : bodies)
        if (!visit_body(*body)) return false;
    entry->in_conditional_block = outer;
    return true;
}

bool Builder::visit(const StmtNode* s) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    return visit_inner(s);
}

bool Builder::visit_inner(const StmtNode* node) {
    switch (node->kind) {
    case StmtKind::FunctionDef: return visit_function(static_cast<const FunctionDef*>(node), false);
    case StmtKind::AsyncFunctionDef: return visit_function(static_cast<const AsyncFunctionDef*>(node), true);
    case StmtKind::ClassDef: return visit_class(static_cast<const ClassDef*>(node));
    case StmtKind::TypeAlias: return visit_type_alias(static_cast<const TypeAlias*>(node));
    case StmtKind::Return: return visit_optional(static_cast<const Return*>(node)->value);
    case StmtKind::Delete: return visit_all(static_cast<const Delete*>(node)->targets);
    case StmtKind::Assign: {
        auto* s = static_cast<const Assign*>(node);
        return visit_all(s->targets) && visit(s->value);
    }
    case StmtKind::AnnAssign: return visit_annotated_assignment(static_cast<const AnnAssign*>(node));
    case StmtKind::AugAssign: {
        auto* s = static_cast<const AugAssign*>(node);
        return visit(s->target) && visit(s->value);
    }
    case StmtKind::For: {
        auto* s = static_cast<const For*>(node);
        return visit(s->target) && visit(s->iter) && visit_conditional({&s->body, &s->orelse});
    }
    case StmtKind::AsyncFor: {
        auto* s = static_cast<const AsyncFor*>(node);
        maybe_make_module_coroutine();
        return require_coroutine(node, "'async for' outside async function") && visit(s->target) && visit(s->iter) &&
               visit_conditional({&s->body, &s->orelse});
    }
    case StmtKind::While: {
        auto* s = static_cast<const While*>(node);
        return visit(s->test) && visit_conditional({&s->body, &s->orelse});
    }
    case StmtKind::If: {
        // A chain of elifs nests in the tree, not here: programs have thousands.
        auto* s = static_cast<const If*>(node);
        return visit(s->test) && visit_conditional({&s->body, &s->orelse});
    }
    case StmtKind::Match: {
        auto* s = static_cast<const Match*>(node);
        if (!visit(s->subject)) return false;
        SymtableEntry* entry = m_current;
        bool outer = entry->in_conditional_block;
        entry->in_conditional_block = true;
        for (MatchCase* c : s->cases)
            if (!visit(c->pattern) || !visit_optional(c->guard) || !visit_body(c->body)) return false;
        entry->in_conditional_block = outer;
        return true;
    }
    case StmtKind::Raise: {
        auto* s = static_cast<const Raise*>(node);
        return visit_optional(s->exc) && visit_optional(s->cause);
    }
    case StmtKind::Try: {
        auto* s = static_cast<const Try*>(node);
        return visit_try(s->body, s->handlers, s->orelse, s->finalbody);
    }
    case StmtKind::TryStar: {
        auto* s = static_cast<const TryStar*>(node);
        return visit_try(s->body, s->handlers, s->orelse, s->finalbody);
    }
    case StmtKind::Assert: {
        auto* s = static_cast<const Assert*>(node);
        return visit(s->test) && visit_optional(s->msg);
    }
    case StmtKind::Import: return visit_import_names(static_cast<const Import*>(node)->names);
    case StmtKind::ImportFrom: return visit_import_from(static_cast<const ImportFrom*>(node));
    case StmtKind::Global: return visit_global(static_cast<const Global*>(node));
    case StmtKind::Nonlocal: return visit_nonlocal(static_cast<const Nonlocal*>(node));
    case StmtKind::Expr: return visit(static_cast<const Expr*>(node)->value);
    case StmtKind::With: {
        auto* s = static_cast<const With*>(node);
        return visit_with(s->items, s->body);
    }
    case StmtKind::AsyncWith: {
        auto* s = static_cast<const AsyncWith*>(node);
        maybe_make_module_coroutine();
        return require_coroutine(node, "'async with' outside async function") && visit_with(s->items, s->body);
    }
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue: return true;
    }
    return true;
}

bool Builder::require_coroutine(const StmtNode* s, const char* message) {
    return m_current->coroutine || m_context.error(location_of(*s), "%s", message);
}

template <class Def> bool Builder::visit_function(const Def* s, bool is_async) {
    const Arguments* a = s->args;
    Location where = location_of(*s);
    if (!add(s->name, DEF_LOCAL, where) || !visit_all(a->defaults) || !visit_all(a->kw_defaults) || !visit_all(s->decorator_list))
        return false;
    bool generic = !s->type_params.empty();
    if (generic) {
        // COMPAT: room for the defaults is made whether there are any or not.
        bool has_kwdefaults = false;
        for (ExprNode* value : a->kw_defaults) has_kwdefaults |= value != nullptr;
        if (!enter_type_params(s->name, s->type_params, true, has_kwdefaults, false, where) || !visit_type_params(s->type_params))
            return false;
    }
    SymtableEntry* entry = new_entry(s->name, BlockType::Function, s, BLOCK_OF_NODE, where);
    entry->has_docstring = docstring_of(s->body) != nullptr;
    if (!visit_function_annotations(s, a, s->returns) || !enter_existing(entry)) return false;
    entry->coroutine = is_async;
    if (!visit_arguments(a) || !visit_body(s->body)) return false;
    exit_block();
    if (generic) exit_block();
    return true;
}

bool Builder::visit_class(const ClassDef* s) {
    Location where = location_of(*s);
    if (!add(s->name, DEF_LOCAL, where) || !visit_all(s->decorator_list)) return false;
    Identifier outer = m_private;
    bool generic = !s->type_params.empty();
    if (generic) {
        if (!enter_type_params(s->name, s->type_params, false, false, true, where)) return false;
        m_private = s->name;
        m_current->restricts_mangling = true;
        if (!visit_type_params(s->type_params)) return false;
    }
    if (!visit_all(s->bases) || !visit_keywords(s->keywords) || !enter_block(s->name, BlockType::Class, s, BLOCK_OF_NODE, where))
        return false;
    m_private = s->name;
    if (generic && (!add(m_context.intern("__type_params__"), DEF_LOCAL, where) || !add(m_type_params, SYMBOL_USE, where))) return false;
    m_current->has_docstring = docstring_of(s->body) != nullptr;
    if (!visit_body(s->body)) return false;
    exit_block();
    if (generic) exit_block();
    m_private = outer;
    return true;
}

bool Builder::visit_type_alias(const TypeAlias* s) {
    if (!visit(s->name)) return false;
    Identifier name = as<Name>(s->name)->id;
    Location where = location_of(*s);
    bool in_class = m_current->type == BlockType::Class;
    bool generic = !s->type_params.empty();
    if (generic && (!enter_type_params(name, s->type_params, false, false, false, where) || !visit_type_params(s->type_params)))
        return false;
    if (!enter_block(name, BlockType::TypeAlias, s, BLOCK_OF_NODE, where)) return false;
    m_current->can_see_class_scope = in_class;
    if (in_class && !add(m_classdict, SYMBOL_USE, location_of(*s->value))) return false;
    if (!visit(s->value)) return false;
    exit_block();
    if (generic) exit_block();
    return true;
}

bool Builder::visit_annotated_assignment(const AnnAssign* s) {
    m_current->annotations_used = true;
    if (auto* target = as_if<Name>(s->target)) {
        uint32_t flags = lookup(m_current, target->id);
        if ((flags & (DEF_GLOBAL | DEF_NONLOCAL)) && m_current != m_table.top && s->simple)
            return error_name(location_of(*s),
                              flags & DEF_GLOBAL ? "annotated name '%s' can't be global" : "annotated name '%s' can't be nonlocal",
                              target->id);
        Location where = location_of(*target);
        if (s->simple) {
            if (!add(target->id, DEF_ANNOT | DEF_LOCAL, where)) return false;
        } else if (s->value && !add(target->id, DEF_LOCAL, where)) {
            return false;
        }
    } else if (!visit(s->target)) {
        return false;
    }
    return visit_annotation(s->annotation) && visit_optional(s->value);
}

bool Builder::visit_try(const Seq<StmtNode*>& body, const Seq<HandlerNode*>& handlers, const Seq<StmtNode*>& orelse,
                        const Seq<StmtNode*>& finalbody) {
    SymtableEntry* entry = m_current;
    bool outer = entry->in_conditional_block;
    entry->in_conditional_block = true;
    if (!visit_body(body)) return false;
    for (HandlerNode* node : handlers) {
        auto* handler = as<ExceptHandler>(node);
        if (!visit_optional(handler->type)) return false;
        if (handler->name && !add(handler->name, DEF_LOCAL, location_of(*handler))) return false;
        if (!visit_body(handler->body)) return false;
    }
    if (!visit_body(orelse) || !visit_body(finalbody)) return false;
    entry->in_conditional_block = outer;
    return true;
}

bool Builder::visit_with(const Seq<WithItem*>& items, const Seq<StmtNode*>& body) {
    SymtableEntry* entry = m_current;
    bool outer = entry->in_conditional_block;
    entry->in_conditional_block = true;
    for (WithItem* item : items)
        if (!visit(item->context_expr) || !visit_optional(item->optional_vars)) return false;
    if (!visit_body(body)) return false;
    entry->in_conditional_block = outer;
    return true;
}

bool Builder::visit_import_names(const Seq<Alias*>& names) {
    for (Alias* alias : names) {
        Identifier name = alias->asname ? alias->asname : alias->name;
        std::string_view text = name->view();
        if (text == "*") {
            if (m_current->type != BlockType::Module) return m_context.error(location_of(*alias), "import * only allowed at module level");
            continue;
        }
        size_t dot = text.find('.');
        if (dot != text.npos) name = m_context.intern(text.substr(0, dot));
        if (!add(name, DEF_IMPORT, location_of(*alias))) return false;
    }
    return true;
}

bool Builder::visit_import_from(const ImportFrom* s) {
    const Location& future = m_context.future.location;
    if (s->module && !s->level && s->module->view() == "__future__" &&
        (s->lineno > future.lineno || (s->lineno == future.end_lineno && s->col_offset > future.end_col_offset)))
        return m_context.error(location_of(*s), "from __future__ imports must occur at the beginning of the file");
    return visit_import_names(s->names);
}

bool Builder::visit_global(const Global* s) {
    for (Identifier name : s->names) {
        uint32_t flags = lookup(m_current, name);
        const char* message = nullptr;
        if (flags & DEF_PARAM) message = "name '%s' is parameter and global";
        else if (flags & SYMBOL_USE) message = "name '%s' is used prior to global declaration";
        else if (flags & DEF_ANNOT) message = "annotated name '%s' can't be global";
        else if (flags & DEF_LOCAL) message = "name '%s' is assigned to before global declaration";
        if (message) return error_name(location_of(*s), message, name);
        if (!add(name, DEF_GLOBAL, location_of(*s))) return false;
        record_directive(name, location_of(*s));
    }
    return true;
}

bool Builder::visit_nonlocal(const Nonlocal* s) {
    for (Identifier name : s->names) {
        uint32_t flags = lookup(m_current, name);
        const char* message = nullptr;
        if (flags & DEF_PARAM) message = "name '%s' is parameter and nonlocal";
        else if (flags & SYMBOL_USE) message = "name '%s' is used prior to nonlocal declaration";
        else if (flags & DEF_ANNOT) message = "annotated name '%s' can't be nonlocal";
        else if (flags & DEF_LOCAL) message = "name '%s' is assigned to before nonlocal declaration";
        if (message) return error_name(location_of(*s), message, name);
        if (!add(name, DEF_NONLOCAL, location_of(*s))) return false;
        record_directive(name, location_of(*s));
    }
    return true;
}

bool Builder::visit_arguments(const Arguments* a) {
    for (const Seq<Arg*>* list : {&a->posonlyargs, &a->args, &a->kwonlyargs})
        for (Arg* arg : *list)
            if (!add(arg->arg, DEF_PARAM, location_of(*arg))) return false;
    if (a->vararg) {
        if (!add(a->vararg->arg, DEF_PARAM, location_of(*a->vararg))) return false;
        m_current->varargs = true;
    }
    if (a->kwarg) {
        if (!add(a->kwarg->arg, DEF_PARAM, location_of(*a->kwarg))) return false;
        m_current->varkeywords = true;
    }
    return true;
}

bool Builder::visit_argument_annotations(const Seq<Arg*>& args) {
    for (Arg* arg : args) {
        if (!arg->annotation) continue;
        m_current->annotations_used = true;
        if (!visit(arg->annotation)) return false;
    }
    return true;
}

bool Builder::visit_function_annotations(const StmtNode* s, const Arguments* a, const ExprNode* returns) {
    bool in_class = m_current->can_see_class_scope || m_current->type == BlockType::Class;
    Location where = location_of(*s);
    if (!enter_block(m_annotate, BlockType::Annotation, a, BLOCK_OF_NODE, where)) return false;
    if (in_class) {
        m_current->can_see_class_scope = true;
        if (!add(m_classdict, SYMBOL_USE, where)) return false;
    }
    if (!visit_argument_annotations(a->posonlyargs) || !visit_argument_annotations(a->args)) return false;
    for (Arg* arg : {a->vararg, a->kwarg}) {
        if (!arg || !arg->annotation) continue;
        m_current->annotations_used = true;
        if (!visit(arg->annotation)) return false;
    }
    if (!visit_argument_annotations(a->kwonlyargs)) return false;
    if (returns) {
        m_current->annotations_used = true;
        if (!visit(returns)) return false;
    }
    exit_block();
    return true;
}

bool Builder::visit_annotation(const ExprNode* annotation) {
    SymtableEntry* parent = m_current;
    // A function's variable annotations are never evaluated. A module's are conditional always, because a module may
    // run in part only.
    bool unevaluated = parent->type == BlockType::Function;
    bool conditional = parent->type == BlockType::Module || (parent->type == BlockType::Class && parent->in_conditional_block);
    Location where = location_of(*annotation);
    if (conditional && !parent->has_conditional_annotations) {
        parent->has_conditional_annotations = true;
        if (!add(m_conditional, SYMBOL_USE, where)) return false;
    }
    if (!parent->annotation_block) {
        if (!enter_block(m_annotate, BlockType::Annotation, parent, BLOCK_OF_ANNOTATIONS, where)) return false;
        parent->annotation_block = m_current;
        if (parent->type == BlockType::Class) {
            m_current->can_see_class_scope = true;
            if (!add(m_classdict, SYMBOL_USE, where)) return false;
        }
    } else if (!enter_existing(parent->annotation_block)) {
        return false;
    }
    m_current->in_unevaluated_annotation = unevaluated;
    bool ok = visit(annotation);
    m_current->in_unevaluated_annotation = false;
    if (ok) exit_block();
    return ok;
}

bool Builder::visit_keywords(const Seq<Keyword*>& keywords) {
    for (Keyword* keyword : keywords)
        if (keyword->arg && !check_name(keyword->arg, location_of(*keyword), ExprContext::Store)) return false;
    for (Keyword* keyword : keywords)
        if (!visit(keyword->value)) return false;
    return true;
}

bool Builder::enter_type_params(Identifier name, const Seq<TypeParamNode*>& params, bool has_defaults, bool has_kwdefaults, bool is_class,
                                const Location& where) {
    bool in_class = m_current->type == BlockType::Class;
    if (!enter_block(name, BlockType::TypeParameters, params.data, BLOCK_OF_NODE, where)) return false;
    if (in_class) {
        m_current->can_see_class_scope = true;
        if (!add(m_classdict, SYMBOL_USE, where)) return false;
    }
    if (is_class) {
        // Set when the parameters are made and read by the class body and its bases.
        if (!add(m_type_params, DEF_LOCAL, where) || !add(m_type_params, SYMBOL_USE, where) || !add(m_generic_base, DEF_LOCAL, where) ||
            !add(m_generic_base, SYMBOL_USE, where))
            return false;
    }
    if (has_defaults && !add(m_context.intern(".defaults"), DEF_PARAM, where)) return false;
    return !has_kwdefaults || add(m_context.intern(".kwdefaults"), DEF_PARAM, where);
}

bool Builder::visit_type_params(const Seq<TypeParamNode*>& params) {
    for (TypeParamNode* node : params) {
        switch (node->kind) {
        case TypeParamKind::TypeVar: {
            auto* p = static_cast<TypeVar*>(node);
            Names info = p->bound && p->bound->kind == ExprKind::Tuple ? "a TypeVar constraint" : "a TypeVar bound";
            if (!add(p->name, DEF_TYPE_PARAM | DEF_LOCAL, location_of(*p)) ||
                !visit_type_param_part(p, p->bound, p->name, BLOCK_OF_NODE, info) ||
                !visit_type_param_part(p, p->default_value, p->name, BLOCK_OF_DEFAULT, "a TypeVar default"))
                return false;
            break;
        }
        case TypeParamKind::TypeVarTuple: {
            auto* p = static_cast<TypeVarTuple*>(node);
            if (!add(p->name, DEF_TYPE_PARAM | DEF_LOCAL, location_of(*p)) ||
                !visit_type_param_part(p, p->default_value, p->name, BLOCK_OF_DEFAULT, "a TypeVarTuple default"))
                return false;
            break;
        }
        case TypeParamKind::ParamSpec: {
            auto* p = static_cast<ParamSpec*>(node);
            if (!add(p->name, DEF_TYPE_PARAM | DEF_LOCAL, location_of(*p)) ||
                !visit_type_param_part(p, p->default_value, p->name, BLOCK_OF_DEFAULT, "a ParamSpec default"))
                return false;
            break;
        }
        }
    }
    return true;
}

bool Builder::visit_type_param_part(const TypeParamNode* param, const ExprNode* e, Identifier name, int which, Names info) {
    if (name == m_classdict) return error_name(location_of(*param), "reserved name '%s' cannot be used for type parameter", name);
    if (!e) return true;
    bool in_class = m_current->can_see_class_scope;
    if (!enter_block(name, BlockType::TypeVariable, param, which, location_of(*e))) return false;
    m_current->can_see_class_scope = in_class;
    if (in_class && !add(m_classdict, SYMBOL_USE, location_of(*e))) return false;
    m_current->scope_info = info;
    if (!visit(e)) return false;
    exit_block();
    return true;
}

bool Builder::visit(const ExprNode* e) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    return visit_inner(e);
}

bool Builder::visit_inner(const ExprNode* node) {
    switch (node->kind) {
    case ExprKind::NamedExpr:
        return raise_in_annotation_block("named expression", node) && visit_named_expression(static_cast<const NamedExpr*>(node));
    case ExprKind::BoolOp: return visit_all(static_cast<const BoolOp*>(node)->values);
    case ExprKind::BinOp: {
        auto* e = static_cast<const BinOp*>(node);
        return visit(e->left) && visit(e->right);
    }
    case ExprKind::UnaryOp: return visit(static_cast<const UnaryOp*>(node)->operand);
    case ExprKind::Lambda: {
        auto* e = static_cast<const Lambda*>(node);
        if (!visit_all(e->args->defaults) || !visit_all(e->args->kw_defaults) ||
            !enter_block(m_context.intern("lambda"), BlockType::Function, e, BLOCK_OF_NODE, location_of(*e)) || !visit_arguments(e->args) ||
            !visit(e->body))
            return false;
        exit_block();
        return true;
    }
    case ExprKind::IfExp: {
        auto* e = static_cast<const IfExp*>(node);
        return visit(e->test) && visit(e->body) && visit(e->orelse);
    }
    case ExprKind::Dict: {
        auto* e = static_cast<const Dict*>(node);
        return visit_all(e->keys) && visit_all(e->values);
    }
    case ExprKind::Set: return visit_all(static_cast<const Set*>(node)->elts);
    case ExprKind::GeneratorExp: {
        auto* e = static_cast<const GeneratorExp*>(node);
        return visit_comprehension(e, "genexpr", ComprehensionKind::Generator, e->generators, e->elt, nullptr);
    }
    case ExprKind::ListComp: {
        auto* e = static_cast<const ListComp*>(node);
        return visit_comprehension(e, "listcomp", ComprehensionKind::List, e->generators, e->elt, nullptr);
    }
    case ExprKind::SetComp: {
        auto* e = static_cast<const SetComp*>(node);
        return visit_comprehension(e, "setcomp", ComprehensionKind::Set, e->generators, e->elt, nullptr);
    }
    case ExprKind::DictComp: {
        auto* e = static_cast<const DictComp*>(node);
        return visit_comprehension(e, "dictcomp", ComprehensionKind::Dict, e->generators, e->key, e->value);
    }
    case ExprKind::Yield: return visit_yield(node, static_cast<const Yield*>(node)->value);
    case ExprKind::YieldFrom: return visit_yield(node, static_cast<const YieldFrom*>(node)->value);
    case ExprKind::Await: return visit_await(static_cast<const Await*>(node));
    case ExprKind::Compare: {
        auto* e = static_cast<const Compare*>(node);
        return visit(e->left) && visit_all(e->comparators);
    }
    case ExprKind::Call: {
        auto* e = static_cast<const Call*>(node);
        return visit(e->func) && visit_all(e->args) && visit_keywords(e->keywords);
    }
    case ExprKind::FormattedValue: {
        auto* e = static_cast<const FormattedValue*>(node);
        return visit(e->value) && visit_optional(e->format_spec);
    }
    case ExprKind::Interpolation: {
        auto* e = static_cast<const Interpolation*>(node);
        return visit(e->value) && visit_optional(e->format_spec);
    }
    case ExprKind::JoinedStr: return visit_all(static_cast<const JoinedStr*>(node)->values);
    case ExprKind::TemplateStr: return visit_all(static_cast<const TemplateStr*>(node)->values);
    case ExprKind::Constant: return true;
    case ExprKind::Attribute: {
        auto* e = static_cast<const Attribute*>(node);
        return check_name(e->attr, location_of(*e), e->ctx) && visit(e->value);
    }
    case ExprKind::Subscript: {
        auto* e = static_cast<const Subscript*>(node);
        return visit(e->value) && visit(e->slice);
    }
    case ExprKind::Starred: return visit(static_cast<const Starred*>(node)->value);
    case ExprKind::Slice: {
        auto* e = static_cast<const Slice*>(node);
        return visit_optional(e->lower) && visit_optional(e->upper) && visit_optional(e->step);
    }
    case ExprKind::Name: {
        auto* e = static_cast<const Name*>(node);
        if (m_current->in_unevaluated_annotation) return true;
        uint32_t flag = e->ctx == ExprContext::Load ? SYMBOL_USE : DEF_LOCAL;
        if (!add(e->id, flag, location_of(*e), e->ctx)) return false;
        // super() without arguments finds the class through the method's __class__ cell.
        if (e->ctx == ExprContext::Load && m_current->is_function_like() && e->id == m_super)
            return add(m_dunder_class, SYMBOL_USE, location_of(*e));
        return true;
    }
    case ExprKind::List: return visit_all(static_cast<const List*>(node)->elts);
    case ExprKind::Tuple: return visit_all(static_cast<const Tuple*>(node)->elts);
    }
    return true;
}

bool Builder::visit(const PatternNode* node) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    auto visit_patterns = [&](const Seq<PatternNode*>& list) {
        for (PatternNode* p : list)
            if (!visit(p)) return false;
        return true;
    };
    Location where = location_of(*node);
    switch (node->kind) {
    case PatternKind::MatchValue: return visit(static_cast<const MatchValue*>(node)->value);
    case PatternKind::MatchSingleton: return true;
    case PatternKind::MatchSequence: return visit_patterns(static_cast<const MatchSequence*>(node)->patterns);
    case PatternKind::MatchStar: {
        auto* p = static_cast<const MatchStar*>(node);
        return !p->name || add(p->name, DEF_LOCAL, where);
    }
    case PatternKind::MatchMapping: {
        auto* p = static_cast<const MatchMapping*>(node);
        return visit_all(p->keys) && visit_patterns(p->patterns) && (!p->rest || add(p->rest, DEF_LOCAL, where));
    }
    case PatternKind::MatchClass: {
        auto* p = static_cast<const MatchClass*>(node);
        if (!visit(p->cls) || !visit_patterns(p->patterns)) return false;
        for (uint32_t i = 0; i < p->kwd_attrs.size; i++)
            if (!check_name(p->kwd_attrs[i], location_of(*p->kwd_patterns[i]), ExprContext::Store)) return false;
        return visit_patterns(p->kwd_patterns);
    }
    case PatternKind::MatchAs: {
        auto* p = static_cast<const MatchAs*>(node);
        return (!p->pattern || visit(p->pattern)) && (!p->name || add(p->name, DEF_LOCAL, where));
    }
    case PatternKind::MatchOr: return visit_patterns(static_cast<const MatchOr*>(node)->patterns);
    }
    return true;
}

bool Builder::visit_comprehension_parts(const Comprehension* c) {
    m_current->comp_iter_target = true;
    if (!visit(c->target)) return false;
    m_current->comp_iter_target = false;
    m_current->comp_iter_expr++;
    if (!visit(c->iter)) return false;
    m_current->comp_iter_expr--;
    if (!visit_all(c->ifs)) return false;
    if (c->is_async) m_current->coroutine = true;
    return true;
}

bool Builder::visit_comprehension(const ExprNode* e, const char* name, ComprehensionKind kind, const Seq<Comprehension*>& generators,
                                  const ExprNode* element, const ExprNode* value) {
    Location where = location_of(*e);
    const Comprehension* outermost = generators[0];
    // The outermost iterable is evaluated in the enclosing block.
    m_current->comp_iter_expr++;
    if (!visit(outermost->iter)) return false;
    m_current->comp_iter_expr--;
    if (!enter_block(m_context.intern(name), BlockType::Function, e, BLOCK_OF_NODE, where)) return false;
    m_current->comprehension = kind;
    if (outermost->is_async) m_current->coroutine = true;
    if (!add(m_context.intern(".0"), DEF_PARAM, where)) return false;
    m_current->comp_iter_target = true;
    if (!visit(outermost->target)) return false;
    m_current->comp_iter_target = false;
    if (!visit_all(outermost->ifs)) return false;
    for (uint32_t i = 1; i < generators.size; i++)
        if (!visit_comprehension_parts(generators[i])) return false;
    if (value && !visit(value)) return false;
    if (!visit(element)) return false;
    m_current->generator = kind == ComprehensionKind::Generator;
    bool is_async = m_current->coroutine && kind != ComprehensionKind::Generator;
    exit_block();
    if (is_async && !in_async_def() && m_current->comprehension == ComprehensionKind::None && !allows_top_level_await())
        return m_context.error(where, "asynchronous comprehension outside of an asynchronous function");
    if (is_async) m_current->coroutine = true;
    return true;
}

bool Builder::visit_named_expression(const NamedExpr* e) {
    if (m_current->comp_iter_expr > 0)
        return m_context.error(location_of(*e), "assignment expression cannot be used in a comprehension iterable expression");
    if (m_current->comprehension != ComprehensionKind::None && !extend_named_expression(as<Name>(e->target))) return false;
    return visit(e->value) && visit(e->target);
}

// Inside a comprehension the target is bound in the block around it.
bool Builder::extend_named_expression(const Name* target) {
    Location where = location_of(*target);
    for (size_t i = m_stack.size(); i-- > 0;) {
        SymtableEntry* entry = m_stack[i];
        if (entry->comprehension != ComprehensionKind::None) {
            uint32_t flags = lookup(entry, target->id);
            if ((flags & DEF_COMP_ITER) && (flags & DEF_LOCAL))
                return error_name(where, "assignment expression cannot rebind comprehension iteration variable '%s'", target->id);
            continue;
        }
        switch (entry->type) {
        case BlockType::Function: {
            uint32_t flag = lookup(entry, target->id) & DEF_GLOBAL ? DEF_GLOBAL : DEF_NONLOCAL;
            if (!add(target->id, flag, where)) return false;
            record_directive(target->id, where);
            return add_to(entry, target->id, DEF_LOCAL, where);
        }
        case BlockType::Module:
            if (!add(target->id, DEF_GLOBAL, where)) return false;
            record_directive(target->id, where);
            return add_to(entry, target->id, DEF_GLOBAL, where);
        case BlockType::Class: return m_context.error(where, "assignment expression within a comprehension cannot be used in a class body");
        case BlockType::TypeParameters:
            return m_context.error(where, "assignment expression within a comprehension cannot be used within the definition of a generic");
        case BlockType::TypeAlias:
            return m_context.error(where, "assignment expression within a comprehension cannot be used in a type alias");
        case BlockType::TypeVariable:
            return m_context.error(where, "assignment expression within a comprehension cannot be used in a TypeVar bound");
        case BlockType::Annotation: break;
        }
    }
    return true;
}

bool Builder::visit_yield(const ExprNode* e, const ExprNode* value) {
    if (!raise_in_annotation_block("yield expression", e) || !visit_optional(value)) return false;
    m_current->generator = true;
    switch (m_current->comprehension) {
    case ComprehensionKind::None: return true;
    case ComprehensionKind::List: return m_context.error(location_of(*e), "'yield' inside list comprehension");
    case ComprehensionKind::Set: return m_context.error(location_of(*e), "'yield' inside set comprehension");
    case ComprehensionKind::Dict: return m_context.error(location_of(*e), "'yield' inside dict comprehension");
    case ComprehensionKind::Generator: return m_context.error(location_of(*e), "'yield' inside generator expression");
    }
    return true;
}

bool Builder::visit_await(const Await* e) {
    if (!raise_in_annotation_block("await expression", e)) return false;
    if (!allows_top_level_await()) {
        if (!m_current->is_function_like()) return m_context.error(location_of(*e), "'await' outside function");
        if (!in_async_def() && m_current->comprehension == ComprehensionKind::None)
            return m_context.error(location_of(*e), "'await' outside async function");
    }
    if (!visit(e->value)) return false;
    m_current->coroutine = true;
    return true;
}

} // namespace

bool build_symtable(Context& context, const ModNode* tree, Symtable& table) { return Builder(context, table).build(tree); }

} // namespace taipan::compiler
