// Functions, classes, lambdas, type parameters and aliases, and annotations (PEP 649: an __annotate__ function each).
#include "compiler/codegen.h"

#include <algorithm>

namespace taipan::compiler {

using namespace syntax;

constexpr int ANNOTATE_FORMAT_VALUE_WITH_FAKE_GLOBALS = 2;

struct CodeGenerator::FunctionParts {
    const StmtNode* node;
    Identifier name;
    const Arguments* args;
    const Seq<StmtNode*>& body;
    const Seq<ExprNode*>& decorator_list;
    const ExprNode* returns;
    const Seq<TypeParamNode*>& type_params;
    bool is_async;
};

static void set_argument_counts(Unit* unit, const Arguments* a) {
    unit->argcount = (int)(a->args.size + a->posonlyargs.size);
    unit->posonlyargcount = (int)a->posonlyargs.size;
    unit->kwonlyargcount = (int)a->kwonlyargs.size;
}

bool CodeGenerator::visit_definition(const StmtNode* node) {
    switch (node->kind) {
    case StmtKind::FunctionDef: {
        auto* s = static_cast<const FunctionDef*>(node);
        return visit_function({s, s->name, s->args, s->body, s->decorator_list, s->returns, s->type_params, false});
    }
    case StmtKind::AsyncFunctionDef: {
        auto* s = static_cast<const AsyncFunctionDef*>(node);
        return visit_function({s, s->name, s->args, s->body, s->decorator_list, s->returns, s->type_params, true});
    }
    case StmtKind::ClassDef: return visit_class(static_cast<const ClassDef*>(node));
    case StmtKind::TypeAlias: return visit_type_alias(static_cast<const TypeAlias*>(node));
    default: return true;
    }
}

bool CodeGenerator::decorators(const Seq<ExprNode*>& list) { return visit_all(list); }

void CodeGenerator::apply_decorators(const Seq<ExprNode*>& list) {
    for (uint32_t i = list.size; i-- > 0;) op(location_of(*list[i]), Opcode::CALL, 0);
}

bool CodeGenerator::default_arguments(Loc at, const Arguments* a, int& flags) {
    if (!a->defaults.empty()) {
        if (!visit_all(a->defaults)) return false;
        op(at, Opcode::BUILD_TUPLE, (int)a->defaults.size);
        flags |= FUNCTION_DEFAULTS;
    }
    int count = 0;
    for (uint32_t i = 0; i < a->kwonlyargs.size; i++) {
        if (!a->kw_defaults[i]) continue;
        count++;
        load_text(at, mangled(a->kwonlyargs[i]->arg));
        if (!visit(a->kw_defaults[i])) return false;
    }
    if (count) {
        op(at, Opcode::BUILD_MAP, count);
        flags |= FUNCTION_KEYWORD_DEFAULTS;
    }
    return true;
}

// Calls the function that made a generic's type parameters, just pushed; its arguments lie below it.
void CodeGenerator::call_generic_scope(Loc at, int arguments) {
    if (arguments) {
        op(at, Opcode::SWAP, arguments + 1);
        op(at, Opcode::CALL, arguments - 1);
    } else {
        op(at, Opcode::PUSH_NULL);
        op(at, Opcode::CALL, 0);
    }
}

static base::String generic_scope_name(Identifier name) { return "<generic parameters of " + base::String(name->view()) + ">"; }

bool CodeGenerator::visit_function(const FunctionParts& f) {
    Location at = location_of(*f.node);
    int firstlineno = f.decorator_list.empty() ? at.lineno : f.decorator_list[0]->lineno;
    if (!decorators(f.decorator_list)) return false;
    int flags = 0;
    if (!default_arguments(at, f.args, flags)) return false;
    bool generic = !f.type_params.empty();
    int arguments = 0;
    if (generic) {
        arguments = ((flags & FUNCTION_DEFAULTS) != 0) + ((flags & FUNCTION_KEYWORD_DEFAULTS) != 0);
        if (arguments == 2) op(at, Opcode::SWAP, 2);
        if (!enter_scope(generic_scope_name(f.name), ScopeType::Annotations, f.type_params.data, BLOCK_OF_NODE, firstlineno)) return false;
        m_unit->argcount = arguments;
        if (!type_params(f.type_params)) return false;
        for (int i = 0; i < arguments; i++) op(at, Opcode::LOAD_FAST, i);
    }
    if (!function_annotations(at, f.args, f.returns, flags) || !function_body(f, flags, firstlineno)) return false;
    if (generic) {
        op(at, Opcode::SWAP, 2);
        op(at, Opcode::CALL_INTRINSIC_2, (int)Intrinsic2::SetFunctionTypeParams);
        CodeUnit* code = assemble(false);
        if (!code) return false;
        exit_scope();
        make_closure(at, code, 0);
        call_generic_scope(at, arguments);
    }
    apply_decorators(f.decorator_list);
    return name_op(at, f.name, ExprContext::Store);
}

bool CodeGenerator::function_body(const FunctionParts& f, int flags, int firstlineno) {
    if (!enter_scope(f.name->view(), f.is_async ? ScopeType::AsyncFunction : ScopeType::Function, f.node, BLOCK_OF_NODE, firstlineno))
        return false;
    set_argument_counts(m_unit, f.args);
    const SymtableEntry* entry = m_unit->entry;
    uint32_t first = 0;
    if (entry->has_docstring) {
        first = 1;
        m_unit->consts.add(clean_docstring(docstring_of(f.body)->value));
    }
    bool wrapped = entry->coroutine || entry->generator;
    Label start = new_label();
    use(start);
    if (wrapped && !push_block(NO_LOCATION, BlockKind::StopIteration, start)) return false;
    if (!visit_body(f.body, first)) return false;
    if (wrapped) {
        wrap_in_stop_iteration_handler();
        pop_block();
    }
    CodeUnit* code = assemble(true);
    if (!code) return false;
    exit_scope();
    make_closure(location_of(*f.node), code, flags);
    return true;
}

// A StopIteration that leaves a generator becomes a RuntimeError (PEP 479).
void CodeGenerator::wrap_in_stop_iteration_handler() {
    Label handler = new_label();
    size_t resume = 0;
    InstructionSequence& code = *m_unit->current;
    while (code.instructions[resume].opcode != Opcode::RESUME) resume++;
    code.insert(resume, Opcode::SETUP_CLEANUP, handler.id, NO_LOCATION);
    load_none(NO_LOCATION);
    op(NO_LOCATION, Opcode::RETURN_VALUE);
    use(handler);
    op(NO_LOCATION, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::StopIterationError);
    op(NO_LOCATION, Opcode::RERAISE, 1);
}

bool CodeGenerator::visit_lambda(const Lambda* e) {
    Location at = location_of(*e);
    int flags = 0;
    if (!default_arguments(at, e->args, flags) || !enter_scope("<lambda>", ScopeType::Lambda, e, BLOCK_OF_NODE, e->lineno)) return false;
    set_argument_counts(m_unit, e->args);
    if (!visit(e->body)) return false;
    bool generator = m_unit->entry->generator;
    if (!generator) op(location_of(*e->body), Opcode::RETURN_VALUE);
    CodeUnit* code = assemble(!generator);
    if (!code) return false;
    exit_scope();
    make_closure(at, code, flags);
    return true;
}

bool CodeGenerator::visit_class(const ClassDef* s) {
    Location at = location_of(*s);
    if (!decorators(s->decorator_list)) return false;
    int firstlineno = s->decorator_list.empty() ? s->lineno : s->decorator_list[0]->lineno;
    bool generic = !s->type_params.empty();
    if (generic) {
        if (!enter_scope(generic_scope_name(s->name), ScopeType::Annotations, s->type_params.data, BLOCK_OF_NODE, firstlineno, s->name) ||
            !type_params(s->type_params) || !name_op(at, m_id.type_params, ExprContext::Store))
            return false;
    }

    if (!enter_scope(s->name->view(), ScopeType::Class, s, BLOCK_OF_NODE, firstlineno, s->name)) return false;
    Location top{firstlineno, firstlineno, 0, 0};
    auto store = [&](Loc where, const char* name) { return name_op(where, m_context.intern(name), ExprContext::Store); };
    if (!name_op(top, m_context.intern("__name__"), ExprContext::Load) || !store(top, "__module__")) return false;
    load_text(top, m_context.keep(m_unit->qualname));
    if (!store(top, "__qualname__")) return false;
    load_int(top, m_unit->firstlineno);
    if (!store(top, "__firstlineno__")) return false;
    if (generic && (!name_op(top, m_id.type_params, ExprContext::Load) || !store(top, "__type_params__"))) return false;
    SymtableEntry* entry = m_unit->entry;
    if (entry->needs_classdict) {
        op(top, Opcode::LOAD_LOCALS);
        op_cell(top, Opcode::STORE_DEREF, m_id.classdict);
    }
    if (entry->has_conditional_annotations) {
        op(top, Opcode::BUILD_SET, 0);
        op_cell(top, Opcode::STORE_DEREF, m_id.conditional_annotations);
    }
    if (!body_with_docstring(top, s->body, false)) return false;
    base::Vector<Identifier> attributes = m_unit->static_attributes;
    std::sort(attributes.begin(), attributes.end(), [](Identifier a, Identifier b) { return a->view() < b->view(); });
    load_const(NO_LOCATION, text_tuple(attributes));
    if (!store(NO_LOCATION, "__static_attributes__")) return false;
    if (entry->needs_classdict) {
        op_cell(NO_LOCATION, Opcode::LOAD_CLOSURE, m_id.classdict);
        if (!store(NO_LOCATION, "__classdictcell__")) return false;
    }
    if (entry->needs_class_closure) {
        // type.__new__ fills the cell that the methods' super() reads.
        op_cell(NO_LOCATION, Opcode::LOAD_CLOSURE, m_id.dunder_class);
        op(NO_LOCATION, Opcode::COPY, 1);
        if (!store(NO_LOCATION, "__classcell__")) return false;
    } else {
        load_none(NO_LOCATION);
    }
    op(NO_LOCATION, Opcode::RETURN_VALUE);
    CodeUnit* body = assemble(true);
    if (!body) return false;
    exit_scope();

    op(at, Opcode::LOAD_BUILD_CLASS);
    op(at, Opcode::PUSH_NULL);
    make_closure(at, body, 0);
    load_text(at, s->name);
    if (generic) {
        if (!name_op(at, m_id.type_params, ExprContext::Load)) return false;
        op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::SubscriptGeneric);
        if (!name_op(at, m_id.generic_base, ExprContext::Store) || !call_helper(at, 2, s->bases, m_id.generic_base, s->keywords))
            return false;
        CodeUnit* code = assemble(false);
        if (!code) return false;
        exit_scope();
        make_closure(at, code, 0);
        call_generic_scope(at, 0);
    } else if (!call_helper(at, 2, s->bases, nullptr, s->keywords)) {
        return false;
    }
    apply_decorators(s->decorator_list);
    return name_op(at, s->name, ExprContext::Store);
}

bool CodeGenerator::visit_type_alias(const TypeAlias* s) {
    Location at = location_of(*s);
    Identifier name = as<Name>(s->name)->id;
    bool generic = !s->type_params.empty();
    if (generic) {
        if (!enter_scope(generic_scope_name(name), ScopeType::Annotations, s->type_params.data, BLOCK_OF_NODE, s->lineno)) return false;
        load_text(at, name);
        if (!type_params(s->type_params)) return false;
    } else {
        load_text(at, name);
        load_none(at);
    }
    load_const(at, tuple_constant(m_context.arena, {ConstantValue::of_int(1)}));
    if (!enter_annotations_scope(at, s, BLOCK_OF_NODE, name->view()) || !visit(s->value)) return false;
    op(at, Opcode::RETURN_VALUE);
    CodeUnit* body = assemble(false);
    if (!body) return false;
    exit_scope();
    make_closure(at, body, FUNCTION_DEFAULTS);
    op(at, Opcode::BUILD_TUPLE, 3);
    op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::TypeAlias);
    if (generic) {
        CodeUnit* code = assemble(false);
        if (!code) return false;
        exit_scope();
        make_closure(at, code, 0);
        call_generic_scope(at, 0);
    }
    return name_op(at, name, ExprContext::Store);
}

bool CodeGenerator::type_param_part(const ExprNode* e, Identifier name, const void* node, int which, bool allow_starred) {
    Location at = location_of(*e);
    load_const(at, tuple_constant(m_context.arena, {ConstantValue::of_int(1)}));
    if (!enter_annotations_scope(at, node, which, name->view())) return false;
    if (allow_starred && e->kind == ExprKind::Starred) {
        if (!visit(static_cast<const Starred*>(e)->value)) return false;
        op(at, Opcode::UNPACK_SEQUENCE, 1);
    } else if (!visit(e)) {
        return false;
    }
    op(at, Opcode::RETURN_VALUE);
    CodeUnit* code = assemble(true);
    if (!code) return false;
    exit_scope();
    make_closure(at, code, FUNCTION_DEFAULTS);
    return true;
}

bool CodeGenerator::type_params(const Seq<TypeParamNode*>& params) {
    bool seen_default = false;
    for (TypeParamNode* node : params) {
        Location at = location_of(*node);
        Identifier name = nullptr;
        const ExprNode* default_value = nullptr;
        bool allow_starred = false;
        switch (node->kind) {
        case TypeParamKind::TypeVar: {
            auto* p = static_cast<TypeVar*>(node);
            name = p->name;
            default_value = p->default_value;
            load_text(at, name);
            if (p->bound) {
                if (!type_param_part(p->bound, name, p, BLOCK_OF_NODE, false)) return false;
                op(at, Opcode::CALL_INTRINSIC_2,
                   (int)(p->bound->kind == ExprKind::Tuple ? Intrinsic2::TypeVarWithConstraints : Intrinsic2::TypeVarWithBound));
            } else {
                op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::TypeVar);
            }
            break;
        }
        case TypeParamKind::TypeVarTuple: {
            auto* p = static_cast<TypeVarTuple*>(node);
            name = p->name;
            default_value = p->default_value;
            allow_starred = true;
            load_text(at, name);
            op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::TypeVarTuple);
            break;
        }
        case TypeParamKind::ParamSpec: {
            auto* p = static_cast<ParamSpec*>(node);
            name = p->name;
            default_value = p->default_value;
            load_text(at, name);
            op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::ParamSpec);
            break;
        }
        }
        if (default_value) {
            seen_default = true;
            if (!type_param_part(default_value, name, node, BLOCK_OF_DEFAULT, allow_starred)) return false;
            op(at, Opcode::CALL_INTRINSIC_2, (int)Intrinsic2::SetTypeParamDefault);
        } else if (seen_default) {
            return m_context.error(at, "non-default type parameter '%s' follows default type parameter", name->data);
        }
        op(at, Opcode::COPY, 1);
        if (!name_op(at, name, ExprContext::Store)) return false;
    }
    op(location_of(*params[0]), Opcode::BUILD_TUPLE, (int)params.size);
    return true;
}

// A function that evaluates annotations on demand: it takes the format wanted, and refuses those it does not know.
bool CodeGenerator::enter_annotations_scope(Loc at, const void* node, int which, std::string_view name) {
    if (!enter_scope(name, ScopeType::Annotations, node, which, at.lineno)) return false;
    m_unit->argcount = 1;
    m_unit->posonlyargcount = 1;
    Label body = new_label();
    op(at, Opcode::LOAD_FAST, 0);
    load_int(at, ANNOTATE_FORMAT_VALUE_WITH_FAKE_GLOBALS);
    compare(at, CompareOperator::Gt);
    jump(at, Opcode::POP_JUMP_IF_FALSE, body);
    op(at, Opcode::LOAD_COMMON_CONSTANT, (int)CommonConstant::NotImplementedError);
    op(at, Opcode::RAISE_VARARGS, 1);
    use(body);
    return true;
}

bool CodeGenerator::leave_annotations_scope(Loc at) {
    op(at, Opcode::RETURN_VALUE);
    // The parameter is called ".format" in the symbol table, lest it hide a name in an annotation.
    m_unit->first_argument_is_format = true;
    CodeUnit* code = assemble(true);
    if (!code) return false;
    exit_scope();
    make_closure(at, code, 0);
    return true;
}

bool CodeGenerator::visit_annotation_text(const ExprNode* annotation) {
    load_text(location_of(*annotation), m_context.keep(unparse(annotation)));
    return true;
}

bool CodeGenerator::argument_annotation(Loc at, Identifier name, const ExprNode* annotation, int& count) {
    if (!annotation) return true;
    count++;
    load_text(at, mangled(name));
    if (m_context.future.flags & CO_FUTURE_ANNOTATIONS) return visit_annotation_text(annotation);
    if (annotation->kind == ExprKind::Starred) {
        // `*args: *Ts`
        if (!visit(static_cast<const Starred*>(annotation)->value)) return false;
        op(at, Opcode::UNPACK_SEQUENCE, 1);
        return true;
    }
    return visit(annotation);
}

bool CodeGenerator::function_annotations(Loc at, const Arguments* a, const ExprNode* returns, int& flags) {
    SymtableEntry* entry = m_symtable.find(a);
    if (!entry || !entry->annotations_used) return true;
    if (!enter_annotations_scope(at, a, BLOCK_OF_NODE, entry->name->view())) return false;
    int count = 0;
    auto all = [&](const Seq<Arg*>& args) {
        for (Arg* arg : args)
            if (!argument_annotation(at, arg->arg, arg->annotation, count)) return false;
        return true;
    };
    auto one = [&](const Arg* arg) { return !arg || argument_annotation(at, arg->arg, arg->annotation, count); };
    if (!all(a->args) || !all(a->posonlyargs) || !one(a->vararg) || !all(a->kwonlyargs) || !one(a->kwarg) ||
        !argument_annotation(at, m_context.intern("return"), returns, count))
        return false;
    op(at, Opcode::BUILD_MAP, count);
    if (!leave_annotations_scope(at)) return false;
    flags |= FUNCTION_ANNOTATE;
    return true;
}

// The __annotate__ of a module or class, from the annotated assignments that its body collected.
bool CodeGenerator::deferred_annotations(Loc at) {
    Unit* unit = m_unit;
    if (unit->deferred_annotations.empty()) return true;
    bool is_module = unit->type == ScopeType::Module;
    // A module's goes before its code, so that it is there while the module runs.
    if (is_module) {
        unit->current = &unit->annotations;
        unit->code.has_annotations = true;
    }
    SymtableEntry* entry = unit->entry;
    if (!enter_annotations_scope(at, entry, BLOCK_OF_ANNOTATIONS, entry->annotation_block->name->view())) return false;
    op(at, Opcode::BUILD_MAP, 0);
    for (const DeferredAnnotation& annotation : unit->deferred_annotations) {
        Location where = location_of(*annotation.statement);
        Label not_set = new_label();
        if (annotation.conditional_index >= 0) {
            load_int(where, annotation.conditional_index);
            if (is_module) op(where, Opcode::LOAD_GLOBAL, m_unit->names.add(m_id.conditional_annotations) << 1);
            else op_free(where, Opcode::LOAD_DEREF, m_id.conditional_annotations);
            op(where, Opcode::CONTAINS_OP, 0);
            jump(where, Opcode::POP_JUMP_IF_FALSE, not_set);
        }
        if (!visit(annotation.statement->annotation)) return false;
        op(where, Opcode::COPY, 2);
        load_text(where, mangled(as<Name>(annotation.statement->target)->id));
        op(at, Opcode::STORE_SUBSCR);
        use(not_set);
    }
    if (!leave_annotations_scope(at)) return false;
    if (!name_op(at, is_module ? m_id.annotate : m_id.annotate_func, ExprContext::Store)) return false;
    unit->current = &unit->code;
    return true;
}

// As inspect.cleandoc, but that blank lines at either end stay: tabs become spaces, the common margin of all lines but
// the first goes, and the first line's own indentation.
ConstantValue CodeGenerator::clean_docstring(const ConstantValue& text) {
    base::String expanded;
    size_t column = 0;
    for (char c : text.view()) {
        if (c == '\t') {
            size_t spaces = 8 - column % 8;
            expanded.append(spaces, ' ');
            column += spaces;
            continue;
        }
        expanded += c;
        if (c == '\n' || c == '\r') column = 0;
        else if (((unsigned char)c & 0xC0) != 0x80) column++;
    }
    size_t first_end = expanded.find('\n');
    size_t rest = first_end == base::String::npos ? expanded.size() : first_end + 1;
    size_t margin = base::String::npos;
    for (size_t p = rest; p < expanded.size();) {
        size_t start = p;
        while (p < expanded.size() && expanded[p] == ' ') p++;
        if (p < expanded.size() && expanded[p] != '\n') margin = std::min(margin, p - start);
        size_t newline = expanded.find('\n', p);
        p = newline == base::String::npos ? expanded.size() : newline + 1;
    }
    if (margin == base::String::npos) margin = 0;
    size_t indent = 0;
    while (indent < expanded.size() && expanded[indent] == ' ') indent++;
    base::String cleaned = indent >= rest ? base::String() : expanded.substr(indent, rest - indent);
    size_t p = std::max(rest, indent);
    while (p < expanded.size()) {
        for (size_t i = 0; i < margin && p < expanded.size() && expanded[p] == ' '; i++) p++;
        size_t newline = expanded.find('\n', p);
        size_t end = newline == base::String::npos ? expanded.size() : newline + 1;
        cleaned.append(expanded, p, end - p);
        p = end;
    }
    return ConstantValue::of_str(m_context.keep(cleaned));
}

} // namespace taipan::compiler
