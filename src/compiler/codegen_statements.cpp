// Statements other than definitions, try, with and match.
#include "compiler/codegen.h"

namespace taipan::compiler {

using namespace syntax;

bool CodeGenerator::visit_body(const Seq<StmtNode*>& body, uint32_t first) {
    for (uint32_t i = first; i < body.size; i++)
        if (!visit(body[i])) return false;
    return true;
}

bool CodeGenerator::module(const ModNode* tree) {
    if (tree->kind == ModKind::Expression) return visit(static_cast<const Expression*>(tree)->body);
    m_interactive = tree->kind == ModKind::Interactive;
    const Seq<StmtNode*>& body = m_interactive ? static_cast<const Interactive*>(tree)->body : static_cast<const Module*>(tree)->body;
    Location at{1, 1, 0, 0};
    if (!body.empty()) at = location_of(*body[0]);
    if (m_unit->entry->has_conditional_annotations) {
        op(at, Opcode::BUILD_SET, 0);
        op(at, Opcode::STORE_NAME, m_unit->names.add(m_id.conditional_annotations));
    }
    return body_with_docstring(at, body, m_interactive);
}

bool CodeGenerator::body_with_docstring(Loc at, const Seq<StmtNode*>& body, bool interactive) {
    bool future = m_context.future.flags & CO_FUTURE_ANNOTATIONS;
    if (future && m_unit->entry->annotations_used) op(at, Opcode::SETUP_ANNOTATIONS);
    if (body.empty()) return true;
    uint32_t first = 0;
    if (!interactive) {
        if (const Constant* docstring = docstring_of(body)) {
            first = 1;
            load_const(location_of(*docstring), clean_docstring(docstring->value));
            if (!name_op(NO_LOCATION, m_id.doc, ExprContext::Store)) return false;
        }
    }
    return visit_body(body, first) && (future || deferred_annotations(at));
}

bool CodeGenerator::visit(const StmtNode* s) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    switch (s->kind) {
    case StmtKind::If:
    case StmtKind::For:
    case StmtKind::AsyncFor:
    case StmtKind::While:
    case StmtKind::Try:
    case StmtKind::TryStar:
    case StmtKind::With:
    case StmtKind::AsyncWith:
    case StmtKind::Match: {
        Unit* unit = m_unit;
        bool outer = unit->in_conditional_block;
        unit->in_conditional_block = true;
        if (!visit_inner(s)) return false;
        unit->in_conditional_block = outer;
        return true;
    }
    default: return visit_inner(s);
    }
}

bool CodeGenerator::visit_inner(const StmtNode* node) {
    Location at = location_of(*node);
    switch (node->kind) {
    case StmtKind::FunctionDef:
    case StmtKind::AsyncFunctionDef:
    case StmtKind::ClassDef:
    case StmtKind::TypeAlias: break;
    case StmtKind::Return: return visit_return(static_cast<const Return*>(node));
    case StmtKind::Delete: return visit_all(static_cast<const Delete*>(node)->targets);
    case StmtKind::Assign: {
        auto* s = static_cast<const Assign*>(node);
        if (!visit(s->value)) return false;
        for (uint32_t i = 0; i < s->targets.size; i++) {
            if (i + 1 < s->targets.size) op(at, Opcode::COPY, 1);
            if (!visit(s->targets[i])) return false;
        }
        return true;
    }
    case StmtKind::AugAssign: return visit_augmented(static_cast<const AugAssign*>(node));
    case StmtKind::AnnAssign: return visit_annotated(static_cast<const AnnAssign*>(node));
    case StmtKind::For: return visit_for(static_cast<const For*>(node));
    case StmtKind::AsyncFor: return visit_async_for(static_cast<const AsyncFor*>(node));
    case StmtKind::While: return visit_while(static_cast<const While*>(node));
    case StmtKind::If: return visit_if(static_cast<const If*>(node));
    case StmtKind::Match: return visit_match(static_cast<const Match*>(node));
    case StmtKind::Raise: {
        auto* s = static_cast<const Raise*>(node);
        if (s->exc && !visit(s->exc)) return false;
        if (s->cause && !visit(s->cause)) return false;
        op(at, Opcode::RAISE_VARARGS, s->cause ? 2 : s->exc ? 1 : 0);
        return true;
    }
    case StmtKind::Try: {
        auto* s = static_cast<const Try*>(node);
        return visit_try({at, s->body, s->handlers, s->orelse, s->finalbody, false});
    }
    case StmtKind::TryStar: {
        auto* s = static_cast<const TryStar*>(node);
        return visit_try({at, s->body, s->handlers, s->orelse, s->finalbody, true});
    }
    case StmtKind::Assert: return visit_assert(static_cast<const Assert*>(node));
    case StmtKind::Import: return visit_import(static_cast<const Import*>(node));
    case StmtKind::ImportFrom: return visit_import_from(static_cast<const ImportFrom*>(node));
    case StmtKind::Global:
    case StmtKind::Nonlocal: return true;
    case StmtKind::Expr: {
        auto* s = static_cast<const Expr*>(node);
        if (is_interactive_top_level()) {
            if (!visit(s->value)) return false;
            op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::Print);
            op(NO_LOCATION, Opcode::POP_TOP);
            return true;
        }
        if (s->value->kind == ExprKind::Constant) {
            op(at, Opcode::NOP);
            return true;
        }
        if (!visit(s->value)) return false;
        op(NO_LOCATION, Opcode::POP_TOP);
        return true;
    }
    case StmtKind::Pass: op(at, Opcode::NOP); return true;
    case StmtKind::Break: return visit_break(at);
    case StmtKind::Continue: return visit_continue(at);
    case StmtKind::With: return visit_with(static_cast<const With*>(node), 0);
    case StmtKind::AsyncWith: return visit_async_with(static_cast<const AsyncWith*>(node), 0);
    }
    return visit_definition(node);
}

bool CodeGenerator::visit_return(const Return* s) {
    Location at = location_of(*s);
    const SymtableEntry* entry = m_unit->entry;
    bool preserve_tos = s->value && s->value->kind != ExprKind::Constant;
    if (!entry->is_function_like()) return m_context.error(at, "'return' outside function");
    if (s->value && entry->coroutine && entry->generator) return m_context.error(at, "'return' with value in async generator");
    if (preserve_tos) {
        if (!visit(s->value)) return false;
    } else if (s->value) {
        at = location_of(*s->value);
        op(at, Opcode::NOP);
    }
    if (!s->value || s->value->lineno != s->lineno) {
        at = location_of(*s);
        op(at, Opcode::NOP);
    }
    if (!unwind_blocks(at, preserve_tos, nullptr)) return false;
    if (!s->value) load_none(at);
    else if (!preserve_tos) load_const(at, as<Constant>(s->value)->value);
    op(at, Opcode::RETURN_VALUE);
    return true;
}

bool CodeGenerator::visit_break(Loc origin) {
    Location at = origin;
    const FrameBlock* loop = nullptr;
    op(at, Opcode::NOP);
    if (!unwind_blocks(at, false, &loop)) return false;
    if (!loop) return m_context.error(origin, "'break' outside loop");
    FrameBlock copy = *loop;
    if (!unwind_block(at, copy, false)) return false;
    jump(at, Opcode::JUMP, copy.exit);
    return true;
}

bool CodeGenerator::visit_continue(Loc origin) {
    Location at = origin;
    const FrameBlock* loop = nullptr;
    op(at, Opcode::NOP);
    if (!unwind_blocks(at, false, &loop)) return false;
    if (!loop) return m_context.error(origin, "'continue' not properly in loop");
    jump(at, Opcode::JUMP, loop->block);
    return true;
}

bool CodeGenerator::visit_if(const If* s) {
    Label end = new_label();
    Label next = s->orelse.empty() ? end : new_label();
    if (!jump_if(location_of(*s), s->test, next, false) || !visit_body(s->body)) return false;
    if (!s->orelse.empty()) {
        jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        use(next);
        if (!visit_body(s->orelse)) return false;
    }
    use(end);
    return true;
}

bool CodeGenerator::visit_for(const For* s) {
    Label start = new_label(), cleanup = new_label(), end = new_label();
    if (!push_block(location_of(*s), BlockKind::ForLoop, start, end) || !visit(s->iter)) return false;
    Location at = location_of(*s->iter);
    op(at, Opcode::GET_ITER);
    use(start);
    jump(at, Opcode::FOR_ITER, cleanup);
    // A place for the line of a target that stands on a line of its own.
    op(location_of(*s->target), Opcode::NOP);
    if (!visit(s->target) || !visit_body(s->body)) return false;
    jump(NO_LOCATION, Opcode::JUMP, start);
    use(cleanup);
    // END_FOR comes first: iterating a generator jumps to it, anything else skips it.
    op(NO_LOCATION, Opcode::END_FOR);
    op(NO_LOCATION, Opcode::POP_ITER);
    pop_block();
    if (!visit_body(s->orelse)) return false;
    use(end);
    return true;
}

bool CodeGenerator::visit_async_for(const AsyncFor* s) {
    Location at = location_of(*s);
    Label start = new_label(), send = new_label(), except = new_label(), end = new_label();
    if (!visit(s->iter)) return false;
    op(location_of(*s->iter), Opcode::GET_AITER);
    use(start);
    if (!push_block(at, BlockKind::AsyncForLoop, start, end)) return false;
    jump(at, Opcode::SETUP_FINALLY, except); // around __anext__
    op(at, Opcode::GET_ANEXT);
    load_none(at);
    use(send);
    yield_from(at, true);
    op(at, Opcode::POP_BLOCK);
    op(at, Opcode::NOT_TAKEN);
    if (!visit(s->target) || !visit_body(s->body)) return false;
    jump(NO_LOCATION, Opcode::JUMP, start);
    pop_block();
    use(except);
    jump(location_of(*s->iter), Opcode::END_ASYNC_FOR, send);
    if (!visit_body(s->orelse)) return false;
    use(end);
    return true;
}

bool CodeGenerator::visit_while(const While* s) {
    Label loop = new_label(), end = new_label(), anchor = new_label();
    use(loop);
    if (!push_block(location_of(*s), BlockKind::WhileLoop, loop, end) || !jump_if(location_of(*s), s->test, anchor, false) ||
        !visit_body(s->body))
        return false;
    jump(NO_LOCATION, Opcode::JUMP, loop);
    pop_block();
    use(anchor);
    if (!visit_body(s->orelse)) return false;
    use(end);
    return true;
}

bool CodeGenerator::visit_assert(const Assert* s) {
    Location at = location_of(*s);
    auto* tuple = as_if<Tuple>(s->test);
    auto* constant = as_if<Constant>(s->test);
    if ((tuple && !tuple->elts.empty()) || (constant && constant->value.kind == ConstantValue::Kind::Tuple && constant->value.size)) {
        if (!m_context.warn(at, "assertion is always true, perhaps remove parentheses?")) return false;
    }
    if (m_context.options.optimize) return true;
    Label end = new_label();
    if (!jump_if(at, s->test, end, true)) return false;
    op(at, Opcode::LOAD_COMMON_CONSTANT, (int)CommonConstant::AssertionError);
    if (s->msg) {
        if (!visit(s->msg)) return false;
        op(at, Opcode::CALL, 0);
    }
    op(location_of(*s->test), Opcode::RAISE_VARARGS, 1);
    use(end);
    return true;
}

bool CodeGenerator::visit_import(const Import* s) {
    Location at = location_of(*s);
    for (Alias* alias : s->names) {
        load_int(at, 0);
        load_none(at);
        op_name(at, Opcode::IMPORT_NAME, alias->name);
        std::string_view text = alias->name->view();
        size_t dot = text.find('.');
        if (!alias->asname) {
            Identifier bound = dot == text.npos ? alias->name : m_context.intern(text.substr(0, dot));
            if (!name_op(at, bound, ExprContext::Store)) return false;
            continue;
        }
        // `import a.b.c as d` walks from the package that IMPORT_NAME gave to its last part.
        bool dotted = dot != text.npos;
        while (dot != text.npos) {
            size_t next = text.find('.', dot + 1);
            std::string_view part = text.substr(dot + 1, next == text.npos ? text.npos : next - dot - 1);
            op(at, Opcode::IMPORT_FROM, m_unit->names.add(m_context.intern(part)));
            dot = next;
            if (dot == text.npos) break;
            op(at, Opcode::SWAP, 2);
            op(at, Opcode::POP_TOP);
        }
        if (!name_op(at, alias->asname, ExprContext::Store)) return false;
        if (dotted) op(at, Opcode::POP_TOP);
    }
    return true;
}

bool CodeGenerator::visit_import_from(const ImportFrom* s) {
    Location at = location_of(*s);
    load_int(at, s->level);
    base::Vector<Identifier> names;
    for (Alias* alias : s->names) names.push_back(alias->name);
    load_const(at, text_tuple(names));
    op_name(at, Opcode::IMPORT_NAME, s->module ? s->module : m_context.intern(""));
    for (uint32_t i = 0; i < s->names.size; i++) {
        Alias* alias = s->names[i];
        if (i == 0 && alias->name->view() == "*") {
            op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::ImportStar);
            op(NO_LOCATION, Opcode::POP_TOP);
            return true;
        }
        op_name(at, Opcode::IMPORT_FROM, alias->name);
        if (!name_op(at, alias->asname ? alias->asname : alias->name, ExprContext::Store)) return false;
    }
    op(at, Opcode::POP_TOP);
    return true;
}

static int inplace_operation(Operator op) {
    switch (op) {
    case Operator::Add: return (int)BinaryOperation::InplaceAdd;
    case Operator::Sub: return (int)BinaryOperation::InplaceSubtract;
    case Operator::Mult: return (int)BinaryOperation::InplaceMultiply;
    case Operator::MatMult: return (int)BinaryOperation::InplaceMatrixMultiply;
    case Operator::Div: return (int)BinaryOperation::InplaceTrueDivide;
    case Operator::Mod: return (int)BinaryOperation::InplaceRemainder;
    case Operator::Pow: return (int)BinaryOperation::InplacePower;
    case Operator::LShift: return (int)BinaryOperation::InplaceLeftShift;
    case Operator::RShift: return (int)BinaryOperation::InplaceRightShift;
    case Operator::BitOr: return (int)BinaryOperation::InplaceOr;
    case Operator::BitXor: return (int)BinaryOperation::InplaceXor;
    case Operator::BitAnd: return (int)BinaryOperation::InplaceAnd;
    case Operator::FloorDiv: return (int)BinaryOperation::InplaceFloorDivide;
    }
    return 0;
}

bool CodeGenerator::visit_augmented(const AugAssign* s) {
    const ExprNode* target = s->target;
    Location at = location_of(*target);
    auto* attribute = as_if<Attribute>(target);
    auto* subscript = as_if<Subscript>(target);
    bool two_part_slice = false;
    Location name_at = at;
    if (attribute) {
        if (!visit(attribute->value)) return false;
        op(at, Opcode::COPY, 1);
        name_at = attribute_location(at, attribute);
        load_attribute(name_at, attribute->attr, false);
    } else if (subscript) {
        if (!visit(subscript->value)) return false;
        two_part_slice = is_two_part_slice(subscript->slice);
        if (two_part_slice) {
            if (!slice_bounds(as<Slice>(subscript->slice))) return false;
            for (int i = 0; i < 3; i++) op(at, Opcode::COPY, 3);
            op(at, Opcode::BINARY_SLICE);
        } else {
            if (!visit(subscript->slice)) return false;
            op(at, Opcode::COPY, 2);
            op(at, Opcode::COPY, 2);
            op(at, Opcode::BINARY_OP, (int)BinaryOperation::Subscript);
        }
    } else if (!name_op(at, as<Name>(target)->id, ExprContext::Load)) {
        return false;
    }
    if (!visit(s->value)) return false;
    op(location_of(*s), Opcode::BINARY_OP, inplace_operation(s->op));
    if (attribute) {
        op(name_at, Opcode::SWAP, 2);
        op_name(name_at, Opcode::STORE_ATTR, attribute->attr);
    } else if (subscript && two_part_slice) {
        op(at, Opcode::SWAP, 4);
        op(at, Opcode::SWAP, 3);
        op(at, Opcode::SWAP, 2);
        op(at, Opcode::STORE_SLICE);
    } else if (subscript) {
        op(at, Opcode::SWAP, 3);
        op(at, Opcode::SWAP, 2);
        op(at, Opcode::STORE_SUBSCR);
    } else {
        return name_op(at, as<Name>(target)->id, ExprContext::Store);
    }
    return true;
}

bool CodeGenerator::check_annotated_part(const ExprNode* e) {
    if (!visit(e)) return false;
    op(location_of(*e), Opcode::POP_TOP);
    return true;
}

bool CodeGenerator::check_annotated_slice(const ExprNode* e) {
    if (auto* slice = as_if<Slice>(e)) {
        for (ExprNode* part : {slice->lower, slice->upper, slice->step})
            if (part && !check_annotated_part(part)) return false;
        return true;
    }
    if (auto* tuple = as_if<Tuple>(e)) {
        for (ExprNode* element : tuple->elts)
            if (!check_annotated_slice(element)) return false;
        return true;
    }
    return check_annotated_part(e);
}

bool CodeGenerator::visit_annotated(const AnnAssign* s) {
    Location at = location_of(*s);
    bool future = m_context.future.flags & CO_FUTURE_ANNOTATIONS;
    if (s->value && (!visit(s->value) || !visit(s->target))) return false;
    switch (s->target->kind) {
    case ExprKind::Name: {
        if (!s->simple || (m_unit->type != ScopeType::Module && m_unit->type != ScopeType::Class)) return true;
        auto* target = as<Name>(s->target);
        if (future) {
            if (!visit_annotation_text(s->annotation)) return false;
            op(at, Opcode::LOAD_NAME, m_unit->names.add(m_id.annotations));
            load_text(at, mangled(target->id));
            op(at, Opcode::STORE_SUBSCR);
            return true;
        }
        int index = -1;
        if (m_unit->type == ScopeType::Module || m_unit->in_conditional_block) index = m_unit->next_conditional_index++;
        m_unit->deferred_annotations.push_back({s, index});
        if (index < 0) return true;
        // Remember that this one was reached.
        if (m_unit->type == ScopeType::Class) op_cell(at, Opcode::LOAD_DEREF, m_id.conditional_annotations);
        else op(at, Opcode::LOAD_NAME, m_unit->names.add(m_id.conditional_annotations));
        load_int(at, index);
        op(at, Opcode::SET_ADD, 1);
        op(at, Opcode::POP_TOP);
        return true;
    }
    case ExprKind::Attribute: return s->value || check_annotated_part(as<Attribute>(s->target)->value);
    case ExprKind::Subscript: {
        auto* target = as<Subscript>(s->target);
        return s->value || (check_annotated_part(target->value) && check_annotated_slice(target->slice));
    }
    default: return m_context.error(at, "invalid node type (%d) for annotated assignment", (int)s->target->kind + 1);
    }
}

} // namespace taipan::compiler
