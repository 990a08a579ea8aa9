// Comprehensions, which run inside the enclosing function (PEP 709) where they can, and generator expressions.
#include "compiler/codegen.h"

namespace taipan::compiler {

using namespace syntax;

bool CodeGenerator::comprehension_iterable(const Comprehension* c) {
    if (!visit(c->iter)) return false;
    op(location_of(*c->iter), c->is_async ? Opcode::GET_AITER : Opcode::GET_ITER);
    return true;
}

bool CodeGenerator::visit_comprehension(const ExprNode* e, const char* name, const ComprehensionParts& parts) {
    SymtableEntry* entry = m_symtable.find(e);
    if (!entry) return m_context.fail(FailureKind::ValueError, "unknown symbol table entry");
    bool inlined = entry->comp_inlined;
    bool is_async = entry->coroutine;
    bool generator = parts.type == ComprehensionType::Generator;
    Location at = location_of(*e);
    const Comprehension* outermost = parts.generators[0];
    InlinedState state;
    if (inlined) {
        if (!comprehension_iterable(outermost)) return false;
        if (!push_inlined(at, entry, state)) return false;
    } else {
        if (!enter_scope(name, ScopeType::Comprehension, e, BLOCK_OF_NODE, e->lineno)) return false;
        m_unit->argcount = 1;
    }
    if (!generator) {
        op(at,
           parts.type == ComprehensionType::List  ? Opcode::BUILD_LIST
           : parts.type == ComprehensionType::Set ? Opcode::BUILD_SET
                                                  : Opcode::BUILD_MAP,
           0);
        if (inlined) op(at, Opcode::SWAP, 2);
    }
    if (!comprehension_generator(at, parts, 0, 0, inlined)) return false;
    if (inlined) {
        pop_inlined(at, state);
        return true;
    }
    if (!generator) op(at, Opcode::RETURN_VALUE);
    else wrap_in_stop_iteration_handler();
    CodeUnit* code = assemble(true);
    if (!code) return false;
    exit_scope();
    make_closure(at, code, 0);
    if (!comprehension_iterable(outermost)) return false;
    op(at, Opcode::CALL, 0);
    if (is_async && !generator) {
        op(at, Opcode::GET_AWAITABLE, 0);
        load_none(at);
        yield_from(at, true);
    }
    return true;
}

bool CodeGenerator::comprehension_generator(Loc at, const ComprehensionParts& parts, uint32_t index, int depth, bool on_stack) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    return parts.generators[index]->is_async ? async_generator(at, parts, index, depth, on_stack)
                                             : sync_generator(at, parts, index, depth, on_stack);
}

// The innermost part: adds the element to the container, which lies `depth` iterators below the top.
bool CodeGenerator::comprehension_element(const ComprehensionParts& parts, int depth, Location& where) {
    if (!visit(parts.element)) return false;
    switch (parts.type) {
    case ComprehensionType::Generator:
        yield_value(where);
        op(where, Opcode::POP_TOP);
        break;
    case ComprehensionType::List: op(where, Opcode::LIST_APPEND, depth + 1); break;
    case ComprehensionType::Set: op(where, Opcode::SET_ADD, depth + 1); break;
    case ComprehensionType::Dict:
        if (!visit(parts.value)) return false;
        where.end_lineno = parts.value->end_lineno;
        where.end_col_offset = parts.value->end_col_offset;
        op(where, Opcode::MAP_ADD, depth + 1);
        break;
    }
    return true;
}

bool CodeGenerator::sync_generator(Loc at, const ComprehensionParts& parts, uint32_t index, int depth, bool on_stack) {
    const Comprehension* c = parts.generators[index];
    Label start = new_label(), if_cleanup = new_label(), anchor = new_label();
    bool loops = true;
    if (index == 0) {
        if (!on_stack) op(at, Opcode::LOAD_FAST, 0);
    } else {
        // `for y in [f(x)]` is an assignment.
        const Seq<ExprNode*>* elements = nullptr;
        if (auto* list = as_if<List>(c->iter)) elements = &list->elts;
        else if (auto* tuple = as_if<Tuple>(c->iter)) elements = &tuple->elts;
        if (elements && elements->size == 1 && (*elements)[0]->kind != ExprKind::Starred) {
            if (!visit((*elements)[0])) return false;
            loops = false;
        } else {
            if (!visit(c->iter)) return false;
            op(location_of(*c->iter), Opcode::GET_ITER);
        }
    }
    if (loops) {
        depth++;
        use(start);
        jump(location_of(*c->iter), Opcode::FOR_ITER, anchor);
    }
    if (!visit(c->target)) return false;
    for (ExprNode* condition : c->ifs)
        if (!jump_if(at, condition, if_cleanup, false)) return false;
    Location where = location_of(*parts.element);
    if (index + 1 < parts.generators.size) {
        if (!comprehension_generator(at, parts, index + 1, depth, false)) return false;
    } else if (!comprehension_element(parts, depth, where)) {
        return false;
    }
    use(if_cleanup);
    if (loops) {
        jump(where, Opcode::JUMP, start);
        use(anchor);
        op(NO_LOCATION, Opcode::END_FOR);
        op(NO_LOCATION, Opcode::POP_ITER);
    }
    return true;
}

bool CodeGenerator::async_generator(Loc at, const ComprehensionParts& parts, uint32_t index, int depth, bool on_stack) {
    const Comprehension* c = parts.generators[index];
    Label start = new_label(), send = new_label(), except = new_label(), if_cleanup = new_label();
    if (index == 0) {
        if (!on_stack) op(at, Opcode::LOAD_FAST, 0);
    } else {
        if (!visit(c->iter)) return false;
        op(location_of(*c->iter), Opcode::GET_AITER);
    }
    use(start);
    if (!push_block(at, BlockKind::AsyncComprehensionGenerator, start)) return false;
    jump(at, Opcode::SETUP_FINALLY, except);
    op(at, Opcode::GET_ANEXT);
    load_none(at);
    use(send);
    yield_from(at, true);
    op(at, Opcode::POP_BLOCK);
    if (!visit(c->target)) return false;
    for (ExprNode* condition : c->ifs)
        if (!jump_if(at, condition, if_cleanup, false)) return false;
    depth++;
    Location where = location_of(*parts.element);
    if (index + 1 < parts.generators.size) {
        if (!comprehension_generator(at, parts, index + 1, depth, false)) return false;
    } else if (!comprehension_element(parts, depth, where)) {
        return false;
    }
    use(if_cleanup);
    jump(where, Opcode::JUMP, start);
    pop_block();
    use(except);
    jump(at, Opcode::END_ASYNC_FOR, send);
    return true;
}

// Before an inlined comprehension its variables' outer values go onto the stack; names whose scope differs inside are
// looked up as the comprehension sees them until pop_inlined.
bool CodeGenerator::push_inlined(Loc at, SymtableEntry* entry, InlinedState& state) {
    SymtableEntry* outer = m_unit->entry;
    bool in_class = outer->type == BlockType::Class && !m_unit->in_inlined_comprehension;
    m_unit->in_inlined_comprehension++;
    for (auto& [name, flags] : entry->symbols) {
        bool bound_here = (flags & DEF_LOCAL) && !(flags & DEF_NONLOCAL);
        if ((bound_here || in_class) && !outer->is_function_like()) {
            bool* hidden = m_unit->hidden(name);
            if (!hidden) m_unit->fast_hidden.push_back({name, true});
            if (!hidden || !*hidden) {
                if (hidden) *hidden = true;
                state.hidden.push_back(name);
            }
        }
        auto scope = (SymbolScope)(flags >> SYMBOL_SCOPE_OFFSET);
        SymbolScope outer_scope = outer->scope_of(name);
        if ((scope != outer_scope && scope != SymbolScope::Free && !(scope == SymbolScope::Cell && outer_scope == SymbolScope::Free)) ||
            in_class) {
            state.outer_symbols.push_back({name, outer->flags_of(name)});
            outer->symbols.set(name, flags);
        }
        if (bound_here) {
            // If it is a cell, the cell itself is pushed and the comprehension gets a new one.
            op_varname(at, Opcode::LOAD_FAST_AND_CLEAR, name);
            if (scope == SymbolScope::Cell) {
                if (outer->scope_of(name) == SymbolScope::Free) op_free(at, Opcode::MAKE_CELL, name);
                else op_cell(at, Opcode::MAKE_CELL, name);
            }
            state.pushed.push_back(name);
        }
    }
    if (state.pushed.empty()) return true;
    if (m_unit->blocks.size() + m_unit->inlined_blocks >= MAX_NESTED_BLOCKS)
        return m_context.error(at, "too many statically nested blocks");
    m_unit->inlined_blocks++;
    // The iterator back to the top.
    op(at, Opcode::SWAP, (int)state.pushed.size() + 1);
    state.cleanup = new_label();
    jump(at, Opcode::SETUP_FINALLY, state.cleanup);
    return true;
}

void CodeGenerator::restore_inlined_locals(Loc at, const InlinedState& state) {
    op(at, Opcode::SWAP, (int)state.pushed.size() + 1);
    for (size_t i = state.pushed.size(); i-- > 0;) op_varname(at, Opcode::STORE_FAST_MAYBE_NULL, state.pushed[i]);
}

void CodeGenerator::pop_inlined(Loc at, InlinedState& state) {
    m_unit->in_inlined_comprehension--;
    if (!state.pushed.empty()) {
        m_unit->inlined_blocks--;
        Label end = new_label();
        op(NO_LOCATION, Opcode::POP_BLOCK);
        jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        use(state.cleanup);
        // The incomplete result lies below the exception.
        op(NO_LOCATION, Opcode::SWAP, 2);
        op(NO_LOCATION, Opcode::POP_TOP);
        restore_inlined_locals(at, state);
        op(NO_LOCATION, Opcode::RERAISE, 0);
        use(end);
        restore_inlined_locals(at, state);
    }
    for (auto& [name, flags] : state.outer_symbols) m_unit->entry->symbols.set(name, flags);
    for (Identifier name : state.hidden) *m_unit->hidden(name) = false;
}

} // namespace taipan::compiler
