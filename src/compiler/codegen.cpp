// Scopes, names and the emission helpers that the other files of the code generator share.
#include "compiler/codegen.h"

#include <algorithm>

namespace taipan::compiler {

using namespace syntax;

CodeGenerator::CodeGenerator(Context& context, Symtable& symtable) : m_context(context), m_symtable(symtable) {
    m_id.dunder_class = context.intern("__class__");
    m_id.classdict = context.intern("__classdict__");
    m_id.conditional_annotations = context.intern("__conditional_annotations__");
    m_id.format = context.intern(".format");
    m_id.type_params = context.intern(".type_params");
    m_id.generic_base = context.intern(".generic_base");
    m_id.super = context.intern("super");
    m_id.self = context.intern("self");
    m_id.annotations = context.intern("__annotations__");
    m_id.annotate = context.intern("__annotate__");
    m_id.annotate_func = context.intern("__annotate_func__");
    m_id.doc = context.intern("__doc__");
}

const CodeUnit* CodeGenerator::generate(const ModNode* tree) {
    if (!enter_scope("<module>", ScopeType::Module, tree, BLOCK_OF_NODE, 1) || !module(tree)) return nullptr;
    CodeUnit* code = assemble(tree->kind != ModKind::Expression);
    if (code) exit_scope();
    return code;
}

static void add_sorted(NameIndex& index, base::Vector<Identifier>& names) {
    std::sort(names.begin(), names.end(), [](Identifier a, Identifier b) { return a->view() < b->view(); });
    for (Identifier name : names) index.add(name);
}

bool CodeGenerator::enter_scope(std::string_view name, ScopeType type, const void* node, int which, int lineno, Identifier class_name) {
    auto unit = std::make_unique<Unit>();
    unit->entry = m_symtable.find(node, which);
    if (!unit->entry) return m_context.fail(FailureKind::ValueError, "unknown symbol table entry");
    unit->type = type;
    unit->name = name;
    unit->qualname = name;
    unit->firstlineno = lineno;
    unit->class_name = class_name ? class_name : m_unit ? m_unit->class_name : nullptr;
    unit->current = &unit->code;
    SymtableEntry* entry = unit->entry;
    for (Identifier variable : entry->varnames) unit->varnames.add(variable);

    base::Vector<Identifier> cells, frees;
    for (auto& [symbol, flags] : entry->symbols) {
        auto scope = (SymbolScope)(flags >> SYMBOL_SCOPE_OFFSET);
        if (scope == SymbolScope::Cell || (flags & DEF_COMP_CELL)) cells.push_back(symbol);
        if (scope == SymbolScope::Free || (flags & DEF_FREE_CLASS)) frees.push_back(symbol);
    }
    add_sorted(unit->cellvars, cells);
    if (entry->needs_class_closure) unit->cellvars.add(m_id.dunder_class);
    if (entry->needs_classdict) unit->cellvars.add(m_id.classdict);
    if (entry->has_conditional_annotations) unit->cellvars.add(m_id.conditional_annotations);
    add_sorted(unit->freevars, frees);

    m_unit = unit.get();
    m_stack.push_back(std::move(unit));
    if (type != ScopeType::Module) set_qualname();

    Location at{lineno, lineno, 0, 0};
    if (type == ScopeType::Module) at.lineno = 0;
    op(at, Opcode::RESUME, RESUME_AT_FUNCTION_START);
    if (type == ScopeType::Module) op(at, Opcode::ANNOTATIONS_PLACEHOLDER);
    return true;
}

void CodeGenerator::set_qualname() {
    size_t above = m_stack.size() - 1;
    if (above <= 1) return;
    const Unit* parent = m_stack[above - 1].get();
    if (parent->type == ScopeType::Annotations) {
        // A generic's parameters have no name of their own: what counts is the scope around them.
        if (above == 2) return;
        parent = m_stack[above - 2].get();
    }
    if (m_unit->type == ScopeType::Function || m_unit->type == ScopeType::AsyncFunction || m_unit->type == ScopeType::Class) {
        Identifier name = mangle(m_context, parent->class_name, m_context.intern(m_unit->name));
        if (parent->entry->scope_of(name) == SymbolScope::GlobalExplicit) return;
    }
    bool locals = parent->type == ScopeType::Function || parent->type == ScopeType::AsyncFunction || parent->type == ScopeType::Lambda;
    m_unit->qualname = parent->qualname + (locals ? ".<locals>." : ".") + m_unit->name;
}

void CodeGenerator::exit_scope() {
    m_stack.pop_back();
    m_unit = m_stack.empty() ? nullptr : m_stack.back().get();
}

uint32_t CodeGenerator::code_flags() const {
    const SymtableEntry* entry = m_unit->entry;
    uint32_t flags = 0;
    if (entry->is_function_like()) {
        flags |= CO_NEWLOCALS | CO_OPTIMIZED;
        if (entry->nested) flags |= CO_NESTED;
        if (entry->generator) flags |= entry->coroutine ? CO_ASYNC_GENERATOR : CO_GENERATOR;
        if (entry->varargs) flags |= CO_VARARGS;
        if (entry->varkeywords) flags |= CO_VARKEYWORDS;
        if (entry->has_docstring) flags |= CO_HAS_DOCSTRING;
        if (entry->method) flags |= CO_METHOD;
    }
    if (entry->coroutine && !entry->generator) flags |= CO_COROUTINE;
    return flags | m_context.future.flags;
}

CodeUnit* CodeGenerator::assemble(bool add_none) {
    if (add_none) load_none(NO_LOCATION);
    op(NO_LOCATION, Opcode::RETURN_VALUE);
    if (m_unit->code.has_annotations) m_unit->code.annotations = m_unit->annotations.instructions;
    auto* code = m_context.arena.make<CodeUnit>();
    return assemble_unit(m_context, *m_unit, code_flags(), *code) ? code : nullptr;
}

void CodeGenerator::load_const(Loc at, const ConstantValue& value) { op(at, Opcode::LOAD_CONST, m_unit->consts.add(value)); }

ConstantValue CodeGenerator::text_tuple(const base::Vector<Identifier>& names) {
    base::Vector<ConstantValue> items;
    for (Identifier name : names) items.push_back(ConstantValue::of_str(name->view()));
    return tuple_constant(m_context.arena, items);
}

void CodeGenerator::op_name(Loc at, Opcode opcode, Identifier name) { op(at, opcode, m_unit->names.add(mangled(name))); }

void CodeGenerator::load_attribute(Loc at, Identifier name, bool method) {
    op(at, Opcode::LOAD_ATTR, m_unit->names.add(mangled(name)) << 1 | (method ? 1 : 0));
}

void CodeGenerator::op_varname(Loc at, Opcode opcode, Identifier name) { op(at, opcode, m_unit->varnames.add(name)); }

void CodeGenerator::op_cell(Loc at, Opcode opcode, Identifier name) { op(at, opcode, m_unit->cellvars.find(name)); }

void CodeGenerator::op_free(Loc at, Opcode opcode, Identifier name) {
    // The symbol table does not know of every use of a class's conditional annotations.
    op(at, opcode, m_unit->cellvars.size() + m_unit->freevars.add(name));
}

void CodeGenerator::compare(Loc at, CompareOperator comparison) {
    // The operand: which of the six comparisons, then a mask of the outcomes for which it is true
    // (1 unordered, 2 less, 4 greater, 8 equal).
    auto rich = [&](int which, int mask) { op(at, Opcode::COMPARE_OP, which << 5 | mask); };
    switch (comparison) {
    case CompareOperator::Lt: return rich(0, 2);
    case CompareOperator::LtE: return rich(1, 10);
    case CompareOperator::Eq: return rich(2, 8);
    case CompareOperator::NotEq: return rich(3, 7);
    case CompareOperator::Gt: return rich(4, 4);
    case CompareOperator::GtE: return rich(5, 12);
    case CompareOperator::Is: return op(at, Opcode::IS_OP, 0);
    case CompareOperator::IsNot: return op(at, Opcode::IS_OP, 1);
    case CompareOperator::In: return op(at, Opcode::CONTAINS_OP, 0);
    case CompareOperator::NotIn: return op(at, Opcode::CONTAINS_OP, 1);
    }
}

void CodeGenerator::yield_from(Loc at, bool await) {
    Label send = new_label(), fail = new_label(), exit = new_label();
    use(send);
    jump(at, Opcode::SEND, exit);
    // What close() or throw() raises at the yield may be the StopIteration that ends the delegation.
    jump(at, Opcode::SETUP_FINALLY, fail);
    op(at, Opcode::YIELD_VALUE, 1);
    op(NO_LOCATION, Opcode::POP_BLOCK);
    op(at, Opcode::RESUME, await ? RESUME_AFTER_AWAIT : RESUME_AFTER_YIELD_FROM);
    jump(at, Opcode::JUMP_NO_INTERRUPT, send);
    use(fail);
    op(at, Opcode::CLEANUP_THROW);
    use(exit);
    op(at, Opcode::END_SEND);
}

void CodeGenerator::yield_value(Loc at) {
    if (m_unit->entry->generator && m_unit->entry->coroutine) op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::AsyncGenWrap);
    op(at, Opcode::YIELD_VALUE, 0);
    op(at, Opcode::RESUME, RESUME_AFTER_YIELD);
}

void CodeGenerator::pop_except_and_reraise(Loc at) {
    op(at, Opcode::COPY, 3);
    op(at, Opcode::POP_EXCEPT);
    op(at, Opcode::RERAISE, 1);
}

bool CodeGenerator::name_op(Loc at, Identifier unmangled, ExprContext context) {
    Identifier name = mangled(unmangled);
    SymtableEntry* entry = m_unit->entry;
    SymbolScope scope = entry->scope_of(name);
    bool is_class = entry->type == BlockType::Class;
    bool load = context == ExprContext::Load;
    auto pick = [&](Opcode load_op, Opcode store_op, Opcode delete_op) {
        return load ? load_op : context == ExprContext::Store ? store_op : delete_op;
    };
    auto load_classdict = [&] { op_free(at, Opcode::LOAD_DEREF, m_id.classdict); };

    bool* hidden = m_unit->hidden(name);
    if (scope == SymbolScope::Local && (entry->is_function_like() || (hidden && *hidden))) {
        op_varname(at, pick(Opcode::LOAD_FAST, Opcode::STORE_FAST, Opcode::DELETE_FAST), name);
        return true;
    }
    if (scope == SymbolScope::Free || scope == SymbolScope::Cell) {
        int index = scope == SymbolScope::Cell ? m_unit->cellvars.find(name) : m_unit->cellvars.size() + m_unit->freevars.find(name);
        Opcode opcode = pick(Opcode::LOAD_DEREF, Opcode::STORE_DEREF, Opcode::DELETE_DEREF);
        if (load && is_class && !m_unit->in_inlined_comprehension) {
            op(at, Opcode::LOAD_LOCALS);
            opcode = Opcode::LOAD_FROM_DICT_OR_DEREF;
        } else if (load && entry->can_see_class_scope) {
            load_classdict();
            opcode = Opcode::LOAD_FROM_DICT_OR_DEREF;
        }
        op(at, opcode, index);
        return true;
    }
    int index = m_unit->names.add(name);
    if (scope == SymbolScope::GlobalExplicit || (scope == SymbolScope::GlobalImplicit && entry->is_function_like())) {
        if (load && entry->can_see_class_scope && scope == SymbolScope::GlobalImplicit) {
            load_classdict();
            op(at, Opcode::LOAD_FROM_DICT_OR_GLOBALS, index);
        } else if (load) {
            op(at, Opcode::LOAD_GLOBAL, index << 1);
        } else {
            op(at, context == ExprContext::Store ? Opcode::STORE_GLOBAL : Opcode::DELETE_GLOBAL, index);
        }
        return true;
    }
    if (load && is_class && m_unit->in_inlined_comprehension) op(at, Opcode::LOAD_GLOBAL, index << 1);
    else op(at, pick(Opcode::LOAD_NAME, Opcode::STORE_NAME, Opcode::DELETE_NAME), index);
    return true;
}

SymbolScope CodeGenerator::reference_type(Identifier name) const {
    if (m_unit->type == ScopeType::Class && (name == m_id.dunder_class || name == m_id.classdict || name == m_id.conditional_annotations))
        return SymbolScope::Cell;
    return m_unit->entry->scope_of(name);
}

void CodeGenerator::make_closure(Loc at, const CodeUnit* code, int flags) {
    int free_count = 0;
    for (size_t i = 0; i < code->localsplusnames.size(); i++) {
        if (!(code->localspluskinds[i] & LOCAL_FREE)) continue;
        free_count++;
        Identifier name = m_context.intern(code->localsplusnames[i]);
        // A name may be both free and local in a class: its methods then want the outer one.
        int index =
            reference_type(name) == SymbolScope::Cell ? m_unit->cellvars.find(name) : m_unit->cellvars.size() + m_unit->freevars.find(name);
        op(at, Opcode::LOAD_CLOSURE, index);
    }
    if (free_count) {
        flags |= FUNCTION_CLOSURE;
        op(at, Opcode::BUILD_TUPLE, free_count);
    }
    ConstantValue constant;
    constant.kind = ConstantValue::Kind::Code;
    constant.object = const_cast<CodeUnit*>(code);
    load_const(at, constant);
    op(at, Opcode::MAKE_FUNCTION);
    for (int attribute : {FUNCTION_CLOSURE, FUNCTION_ANNOTATIONS, FUNCTION_ANNOTATE, FUNCTION_KEYWORD_DEFAULTS, FUNCTION_DEFAULTS})
        if (flags & attribute) op(at, Opcode::SET_FUNCTION_ATTRIBUTE, attribute);
}

bool CodeGenerator::push_block(Loc at, BlockKind kind, Label block, Label exit) {
    if (m_unit->blocks.size() + m_unit->inlined_blocks >= MAX_NESTED_BLOCKS)
        return m_context.error(at, "too many statically nested blocks");
    m_unit->blocks.push_back({kind, block, exit, at});
    return true;
}

void CodeGenerator::call_exit_with_nones(Loc at) {
    load_none(at);
    load_none(at);
    load_none(at);
    op(at, Opcode::CALL, 3);
}

// Undoes one block for a jump out of it; with `preserve_tos` the value to return stays on top.
bool CodeGenerator::unwind_block(Location& at, const FrameBlock& block, bool preserve_tos) {
    switch (block.kind) {
    case BlockKind::WhileLoop:
    case BlockKind::ExceptionHandler:
    case BlockKind::ExceptionGroupHandler:
    case BlockKind::AsyncComprehensionGenerator:
    case BlockKind::StopIteration: return true;
    case BlockKind::ForLoop:
    case BlockKind::AsyncForLoop:
    case BlockKind::PopValue:
        if (preserve_tos) op(at, Opcode::SWAP, 2);
        op(at, Opcode::POP_TOP);
        return true;
    case BlockKind::TryExcept: op(at, Opcode::POP_BLOCK); return true;
    case BlockKind::FinallyTry:
        // This instruction has the line of the jump; what follows seems to run after it.
        op(at, Opcode::POP_BLOCK);
        if (preserve_tos && !push_block(at, BlockKind::PopValue, NO_LABEL)) return false;
        if (!visit_body(*block.finalbody)) return false;
        if (preserve_tos) pop_block();
        at = NO_LOCATION;
        return true;
    case BlockKind::FinallyEnd:
        if (preserve_tos) op(at, Opcode::SWAP, 2);
        op(at, Opcode::POP_TOP);
        if (preserve_tos) op(at, Opcode::SWAP, 2);
        op(at, Opcode::POP_BLOCK);
        op(at, Opcode::POP_EXCEPT);
        return true;
    case BlockKind::With:
    case BlockKind::AsyncWith:
        at = block.location;
        op(at, Opcode::POP_BLOCK);
        if (preserve_tos) {
            op(at, Opcode::SWAP, 3);
            op(at, Opcode::SWAP, 2);
        }
        call_exit_with_nones(at);
        if (block.kind == BlockKind::AsyncWith) {
            op(at, Opcode::GET_AWAITABLE, 2);
            load_none(at);
            yield_from(at, true);
        }
        op(at, Opcode::POP_TOP);
        at = NO_LOCATION;
        return true;
    case BlockKind::HandlerCleanup:
        if (block.name) op(at, Opcode::POP_BLOCK);
        if (preserve_tos) op(at, Opcode::SWAP, 2);
        op(at, Opcode::POP_BLOCK);
        op(at, Opcode::POP_EXCEPT);
        if (block.name) {
            load_none(at);
            return name_op(at, block.name, ExprContext::Store) && name_op(at, block.name, ExprContext::Del);
        }
        return true;
    }
    return true;
}

// Undoes all blocks, or those inside the innermost loop when `loop` is given. While a block is being undone it is not
// on the list: a jump in its own cleanup must not undo it again.
bool CodeGenerator::unwind_blocks(Location& at, bool preserve_tos, const FrameBlock** loop) {
    if (m_unit->blocks.empty()) return true;
    FrameBlock top = m_unit->blocks.back();
    if (top.kind == BlockKind::ExceptionGroupHandler)
        return m_context.error(at, "'break', 'continue' and 'return' cannot appear in an except* block");
    if (loop && (top.kind == BlockKind::WhileLoop || top.kind == BlockKind::ForLoop || top.kind == BlockKind::AsyncForLoop)) {
        *loop = &m_unit->blocks.back();
        return true;
    }
    pop_block();
    size_t loop_index = 0;
    if (!unwind_block(at, top, preserve_tos) || !unwind_blocks(at, preserve_tos, loop)) return false;
    if (loop && *loop) loop_index = (size_t)(*loop - m_unit->blocks.data());
    m_unit->blocks.push_back(top);
    if (loop && *loop) *loop = &m_unit->blocks[loop_index];
    return true;
}

} // namespace taipan::compiler
