// Calls: plain, of methods without binding them, through super(), with * and **, and all/any/tuple of a generator.
#include "compiler/codegen.h"

namespace taipan::compiler {

using namespace syntax;

bool CodeGenerator::check_caller(const ExprNode* e) {
    switch (e->kind) {
    case ExprKind::Constant:
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::Dict:
    case ExprKind::DictComp:
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::JoinedStr:
    case ExprKind::TemplateStr:
    case ExprKind::FormattedValue:
    case ExprKind::Interpolation:
        return m_context.warn(location_of(*e), "'%.200s' object is not callable; perhaps you missed a comma?", inferred_type(e));
    default: return true;
    }
}

bool CodeGenerator::validate_keywords(const Seq<Keyword*>& keywords) {
    for (uint32_t i = 0; i < keywords.size; i++) {
        if (!keywords[i]->arg) continue;
        for (uint32_t j = i + 1; j < keywords.size; j++)
            if (keywords[i]->arg == keywords[j]->arg)
                return m_context.error(location_of(*keywords[j]), "keyword argument repeated: %s", keywords[i]->arg->data);
    }
    return true;
}

bool CodeGenerator::visit_call(const Call* e) {
    bool done = false;
    if (!validate_keywords(e->keywords) || !method_call(e, done)) return false;
    if (done) return true;
    Label end = new_label();
    if (!check_caller(e->func) || !visit(e->func) || !builtin_over_generator(e, end)) return false;
    op(location_of(*e->func), Opcode::PUSH_NULL);
    if (!call_helper(location_of(*e), 0, e->args, nullptr, e->keywords)) return false;
    use(end);
    return true;
}

// `all(x for x in y)` and its like: if the name still is the builtin, the loop runs here, without a call per element.
bool CodeGenerator::builtin_over_generator(const Call* e, Label end) {
    auto* function = as_if<Name>(e->func);
    if (!function || e->args.size != 1 || !e->keywords.empty() || e->args[0]->kind != ExprKind::GeneratorExp) return true;
    SymtableEntry* generator = m_symtable.find(e->args[0]);
    if (!generator || generator->coroutine) return true;
    CommonConstant constant;
    bool result_if_exhausted = false;
    Opcode keep_going = Opcode::NOP;
    std::string_view name = function->id->view();
    if (name == "all") {
        constant = CommonConstant::All;
        result_if_exhausted = true;
        keep_going = Opcode::POP_JUMP_IF_TRUE;
    } else if (name == "any") {
        constant = CommonConstant::Any;
        keep_going = Opcode::POP_JUMP_IF_FALSE;
    } else if (name == "tuple") {
        constant = CommonConstant::Tuple;
    } else {
        return true;
    }
    bool is_tuple = constant == CommonConstant::Tuple;
    Location at = location_of(*function);
    Label skip = new_label(), loop = new_label(), cleanup = new_label();
    op(at, Opcode::COPY, 1);
    op(at, Opcode::LOAD_COMMON_CONSTANT, (int)constant);
    compare(at, CompareOperator::Is);
    jump(at, Opcode::POP_JUMP_IF_FALSE, skip);
    op(at, Opcode::POP_TOP);
    if (is_tuple) op(at, Opcode::BUILD_LIST, 0);
    if (!visit(e->args[0])) return false;
    use(loop);
    jump(at, Opcode::FOR_ITER, cleanup);
    if (is_tuple) {
        op(at, Opcode::LIST_APPEND, 2);
        jump(at, Opcode::JUMP, loop);
    } else {
        op(at, Opcode::TO_BOOL);
        jump(at, keep_going, loop);
    }
    op(NO_LOCATION, Opcode::POP_ITER);
    if (!is_tuple) load_const(at, ConstantValue::of_bool(!result_if_exhausted));
    jump(at, Opcode::JUMP, end);
    use(cleanup);
    op(NO_LOCATION, Opcode::END_FOR);
    op(NO_LOCATION, Opcode::POP_ITER);
    if (is_tuple) op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::ListToTuple);
    else load_const(at, ConstantValue::of_bool(result_if_exhausted));
    jump(at, Opcode::JUMP, end);
    use(skip);
    return true;
}

// `o.m(…)` loads the method unbound and passes o. Not for imported modules, whose functions are no methods.
bool CodeGenerator::method_call(const Call* e, bool& done) {
    auto* method = as_if<Attribute>(e->func);
    if (!method || method->ctx != ExprContext::Load) return true;
    if (auto* base = as_if<Name>(method->value))
        if (m_symtable.top->flags_of(base->id) & DEF_IMPORT) return true;
    uint32_t keyword_count = e->keywords.size;
    if (e->args.size + keyword_count + (keyword_count != 0) >= STACK_USE_GUIDELINE) return true;
    for (ExprNode* arg : e->args)
        if (arg->kind == ExprKind::Starred) return true;
    for (Keyword* keyword : e->keywords)
        if (!keyword->arg) return true;
    done = true;

    Location at = location_of(*method);
    if (can_optimize_super(method)) {
        if (!load_super_arguments(as<Call>(method->value))) return false;
        op_super(at, method, true);
        at = attribute_location(at, method);
        op(at, Opcode::NOP);
    } else {
        if (!visit(method->value)) return false;
        at = attribute_location(at, method);
        load_attribute(at, method->attr, true);
    }
    if (!visit_all(e->args)) return false;
    if (keyword_count) {
        for (Keyword* keyword : e->keywords)
            if (!visit(keyword->value)) return false;
        keyword_names(at, e->keywords);
    }
    at = attribute_location(location_of(*e), method);
    op(at, keyword_count ? Opcode::CALL_KW : Opcode::CALL, (int)(e->args.size + keyword_count));
    return true;
}

void CodeGenerator::keyword_names(Loc at, const Seq<Keyword*>& keywords) {
    base::Vector<Identifier> names;
    for (Keyword* keyword : keywords) names.push_back(keyword->arg);
    load_const(at, text_tuple(names));
}

// `pushed` arguments are on the stack already (a class's body and name), `injected` is a variable passed after `args`.
bool CodeGenerator::call_helper(Loc at, int pushed, const Seq<ExprNode*>& args, Identifier injected, const Seq<Keyword*>& keywords) {
    if (!validate_keywords(keywords)) return false;
    bool simple = args.size + keywords.size * 2 <= STACK_USE_GUIDELINE;
    for (ExprNode* arg : args) simple &= arg->kind != ExprKind::Starred;
    for (Keyword* keyword : keywords) simple &= keyword->arg != nullptr;
    if (simple) {
        if (!visit_all(args)) return false;
        int count = pushed + (int)args.size;
        if (injected) {
            if (!name_op(at, injected, ExprContext::Load)) return false;
            count++;
        }
        if (keywords.empty()) {
            op(at, Opcode::CALL, count);
            return true;
        }
        for (Keyword* keyword : keywords)
            if (!visit(keyword->value)) return false;
        keyword_names(at, keywords);
        op(at, Opcode::CALL_KW, count + (int)keywords.size);
        return true;
    }

    if (pushed == 0 && !injected && args.size == 1 && args[0]->kind == ExprKind::Starred) {
        if (!visit(static_cast<Starred*>(args[0])->value)) return false;
    } else if (!star_unpack(at, args, injected, pushed, Opcode::BUILD_LIST, Opcode::LIST_APPEND, Opcode::LIST_EXTEND, true)) {
        return false;
    }
    bool have_dict = false;
    uint32_t waiting = 0;
    auto flush = [&](uint32_t end) {
        if (!waiting) return true;
        if (!sub_keywords(at, keywords, end - waiting, end)) return false;
        if (have_dict) op(at, Opcode::DICT_MERGE, 1);
        have_dict = true;
        waiting = 0;
        return true;
    };
    for (uint32_t i = 0; i < keywords.size; i++) {
        if (keywords[i]->arg) {
            waiting++;
            continue;
        }
        if (!flush(i)) return false;
        if (!have_dict) {
            op(at, Opcode::BUILD_MAP, 0);
            have_dict = true;
        }
        if (!visit(keywords[i]->value)) return false;
        op(at, Opcode::DICT_MERGE, 1);
    }
    if (!flush(keywords.size)) return false;
    if (keywords.empty()) op(at, Opcode::PUSH_NULL);
    op(at, Opcode::CALL_FUNCTION_EX);
    return true;
}

bool CodeGenerator::sub_keywords(Loc at, const Seq<Keyword*>& keywords, uint32_t begin, uint32_t end) {
    uint32_t count = end - begin;
    bool big = count * 2 > STACK_USE_GUIDELINE;
    if (big) op(NO_LOCATION, Opcode::BUILD_MAP, 0);
    for (uint32_t i = begin; i < end; i++) {
        load_text(at, keywords[i]->arg);
        if (!visit(keywords[i]->value)) return false;
        if (big) op(NO_LOCATION, Opcode::MAP_ADD, 1);
    }
    if (!big) op(at, Opcode::BUILD_MAP, (int)count);
    return true;
}

// `super().x` needs no super object if the name is the builtin, as far as the module's text shows.
bool CodeGenerator::can_optimize_super(const Attribute* e) {
    auto* call = as_if<Call>(e->value);
    // `super().__class__` is the class super.
    if (!call || !call->keywords.empty() || e->attr == m_id.dunder_class) return false;
    auto* function = as_if<Name>(call->func);
    if (!function || function->id != m_id.super) return false;
    if (m_unit->entry->scope_of(m_id.super) != SymbolScope::GlobalImplicit) return false;
    if (m_symtable.top->scope_of(m_id.super) != SymbolScope::None) return false;
    if (call->args.size == 2) {
        for (ExprNode* arg : call->args)
            if (arg->kind == ExprKind::Starred) return false;
        return true;
    }
    if (!call->args.empty()) return false;
    // Without arguments it uses the first parameter and the enclosing class.
    return m_unit->argcount > 0 && reference_type(m_id.dunder_class) == SymbolScope::Free;
}

bool CodeGenerator::load_super_arguments(const Call* e) {
    Location at = location_of(*e);
    if (!name_op(location_of(*e->func), m_id.super, ExprContext::Load)) return false;
    if (!e->args.empty()) return visit_all(e->args);
    return name_op(at, m_id.dunder_class, ExprContext::Load) && name_op(at, m_unit->varnames.names[0], ExprContext::Load);
}

void CodeGenerator::op_super(Loc at, const Attribute* e, bool method) {
    bool two_arguments = !as<Call>(e->value)->args.empty();
    int name = m_unit->names.add(mangled(e->attr));
    op(at, Opcode::LOAD_SUPER_ATTR, name << 2 | (two_arguments ? 2 : 0) | (method ? 1 : 0));
}

} // namespace taipan::compiler
