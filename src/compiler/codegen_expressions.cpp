// Expressions, but for calls and comprehensions.
#include "compiler/codegen.h"

namespace taipan::compiler {

using namespace syntax;

const char* inferred_type(const ExprNode* e) {
    switch (e->kind) {
    case ExprKind::Tuple: return "tuple";
    case ExprKind::List:
    case ExprKind::ListComp: return "list";
    case ExprKind::Dict:
    case ExprKind::DictComp: return "dict";
    case ExprKind::Set:
    case ExprKind::SetComp: return "set";
    case ExprKind::GeneratorExp: return "generator";
    case ExprKind::Lambda: return "function";
    case ExprKind::TemplateStr: return "string.templatelib.Template";
    case ExprKind::Interpolation: return "string.templatelib.Interpolation";
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: return "str";
    case ExprKind::Constant: return constant_type_name(static_cast<const Constant*>(e)->value);
    default: return nullptr;
    }
}

Location attribute_location(Location at, const Attribute* e) {
    if (at.lineno == e->end_lineno) return at;
    at.lineno = e->end_lineno;
    int length = 0;
    for (char c : e->attr->view()) length += ((unsigned char)c & 0xC0) != 0x80;
    if (length <= e->end_col_offset) {
        at.col_offset = e->end_col_offset - length;
    } else {
        // A hand-made tree.
        at.col_offset = at.end_col_offset = -1;
    }
    return at;
}

bool CodeGenerator::visit_all(const Seq<ExprNode*>& list) {
    for (ExprNode* e : list)
        if (!visit(e)) return false;
    return true;
}

bool CodeGenerator::visit(const ExprNode* e) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    return visit_inner(e);
}

static int binary_operation(Operator op) {
    switch (op) {
    case Operator::Add: return (int)BinaryOperation::Add;
    case Operator::Sub: return (int)BinaryOperation::Subtract;
    case Operator::Mult: return (int)BinaryOperation::Multiply;
    case Operator::MatMult: return (int)BinaryOperation::MatrixMultiply;
    case Operator::Div: return (int)BinaryOperation::TrueDivide;
    case Operator::Mod: return (int)BinaryOperation::Remainder;
    case Operator::Pow: return (int)BinaryOperation::Power;
    case Operator::LShift: return (int)BinaryOperation::LeftShift;
    case Operator::RShift: return (int)BinaryOperation::RightShift;
    case Operator::BitOr: return (int)BinaryOperation::Or;
    case Operator::BitXor: return (int)BinaryOperation::Xor;
    case Operator::BitAnd: return (int)BinaryOperation::And;
    case Operator::FloorDiv: return (int)BinaryOperation::FloorDivide;
    }
    return 0;
}

bool CodeGenerator::visit_inner(const ExprNode* node) {
    Location at = location_of(*node);
    switch (node->kind) {
    case ExprKind::NamedExpr: {
        auto* e = static_cast<const NamedExpr*>(node);
        if (!visit(e->value)) return false;
        op(at, Opcode::COPY, 1);
        return visit(e->target);
    }
    case ExprKind::BoolOp: return visit_bool_op(static_cast<const BoolOp*>(node));
    case ExprKind::BinOp: {
        auto* e = static_cast<const BinOp*>(node);
        if (!visit(e->left) || !visit(e->right)) return false;
        op(at, Opcode::BINARY_OP, binary_operation(e->op));
        return true;
    }
    case ExprKind::UnaryOp: {
        auto* e = static_cast<const UnaryOp*>(node);
        if (!visit(e->operand)) return false;
        switch (e->op) {
        case UnaryOperator::Not:
            op(at, Opcode::TO_BOOL);
            op(at, Opcode::UNARY_NOT);
            break;
        case UnaryOperator::UAdd: op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::UnaryPositive); break;
        case UnaryOperator::Invert: op(at, Opcode::UNARY_INVERT); break;
        case UnaryOperator::USub: op(at, Opcode::UNARY_NEGATIVE); break;
        }
        return true;
    }
    case ExprKind::Lambda: return visit_lambda(static_cast<const Lambda*>(node));
    case ExprKind::IfExp: {
        auto* e = static_cast<const IfExp*>(node);
        Label end = new_label(), next = new_label();
        if (!jump_if(at, e->test, next, false) || !visit(e->body)) return false;
        jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        use(next);
        if (!visit(e->orelse)) return false;
        use(end);
        return true;
    }
    case ExprKind::Dict: return visit_dict(static_cast<const Dict*>(node));
    case ExprKind::Set:
        return star_unpack(at, static_cast<const Set*>(node)->elts, nullptr, 0, Opcode::BUILD_SET, Opcode::SET_ADD, Opcode::SET_UPDATE,
                           false);
    case ExprKind::GeneratorExp: {
        auto* e = static_cast<const GeneratorExp*>(node);
        return visit_comprehension(e, "<genexpr>", {ComprehensionType::Generator, e->generators, e->elt, nullptr});
    }
    case ExprKind::ListComp: {
        auto* e = static_cast<const ListComp*>(node);
        return visit_comprehension(e, "<listcomp>", {ComprehensionType::List, e->generators, e->elt, nullptr});
    }
    case ExprKind::SetComp: {
        auto* e = static_cast<const SetComp*>(node);
        return visit_comprehension(e, "<setcomp>", {ComprehensionType::Set, e->generators, e->elt, nullptr});
    }
    case ExprKind::DictComp: {
        auto* e = static_cast<const DictComp*>(node);
        return visit_comprehension(e, "<dictcomp>", {ComprehensionType::Dict, e->generators, e->key, e->value});
    }
    case ExprKind::Yield: {
        auto* e = static_cast<const Yield*>(node);
        if (!m_unit->entry->is_function_like()) return m_context.error(at, "'yield' outside function");
        if (e->value) {
            if (!visit(e->value)) return false;
        } else {
            load_none(at);
        }
        yield_value(at);
        return true;
    }
    case ExprKind::YieldFrom: {
        auto* e = static_cast<const YieldFrom*>(node);
        if (!m_unit->entry->is_function_like()) return m_context.error(at, "'yield from' outside function");
        if (m_unit->type == ScopeType::AsyncFunction) return m_context.error(at, "'yield from' inside async function");
        if (!visit(e->value)) return false;
        op(at, Opcode::GET_YIELD_FROM_ITER);
        load_none(at);
        yield_from(at, false);
        return true;
    }
    case ExprKind::Await: {
        auto* e = static_cast<const Await*>(node);
        if (!visit(e->value)) return false;
        op(at, Opcode::GET_AWAITABLE, 0);
        load_none(at);
        yield_from(at, true);
        return true;
    }
    case ExprKind::Compare: return visit_compare(static_cast<const Compare*>(node));
    case ExprKind::Call: return visit_call(static_cast<const Call*>(node));
    case ExprKind::JoinedStr: return visit_joined_str(static_cast<const JoinedStr*>(node));
    case ExprKind::TemplateStr: return visit_template_str(static_cast<const TemplateStr*>(node));
    case ExprKind::FormattedValue: return visit_formatted(static_cast<const FormattedValue*>(node));
    case ExprKind::Interpolation: return visit_interpolation(static_cast<const Interpolation*>(node));
    case ExprKind::Constant: load_const(at, static_cast<const Constant*>(node)->value); return true;
    case ExprKind::Attribute: return visit_attribute(static_cast<const Attribute*>(node));
    case ExprKind::Subscript: return visit_subscript(static_cast<const Subscript*>(node));
    case ExprKind::Starred: {
        // Where a starred expression may stand, what contains it has dealt with it.
        auto* e = static_cast<const Starred*>(node);
        if (e->ctx == ExprContext::Store) return m_context.error(at, "starred assignment target must be in a list or tuple");
        return m_context.error(at, "can't use starred expression here");
    }
    case ExprKind::Slice: return visit_slice(static_cast<const Slice*>(node));
    case ExprKind::Name: {
        auto* e = static_cast<const Name*>(node);
        return name_op(at, e->id, e->ctx);
    }
    case ExprKind::List: {
        auto* e = static_cast<const List*>(node);
        if (e->ctx == ExprContext::Store) return unpack_targets(at, e->elts);
        if (e->ctx == ExprContext::Del) return visit_all(e->elts);
        return star_unpack(at, e->elts, nullptr, 0, Opcode::BUILD_LIST, Opcode::LIST_APPEND, Opcode::LIST_EXTEND, false);
    }
    case ExprKind::Tuple: {
        auto* e = static_cast<const Tuple*>(node);
        if (e->ctx == ExprContext::Store) return unpack_targets(at, e->elts);
        if (e->ctx == ExprContext::Del) return visit_all(e->elts);
        return star_unpack(at, e->elts, nullptr, 0, Opcode::BUILD_LIST, Opcode::LIST_APPEND, Opcode::LIST_EXTEND, true);
    }
    }
    return true;
}

bool CodeGenerator::visit_bool_op(const BoolOp* e) {
    Location at = location_of(*e);
    Opcode opcode = e->op == BoolOperator::And ? Opcode::JUMP_IF_FALSE : Opcode::JUMP_IF_TRUE;
    Label end = new_label();
    for (uint32_t i = 0; i + 1 < e->values.size; i++) {
        if (!visit(e->values[i])) return false;
        jump(at, opcode, end);
        op(at, Opcode::POP_TOP);
    }
    if (!visit(e->values.back())) return false;
    use(end);
    return true;
}

// Jumps to `next` if the truth of `e` is `condition`; without making a bool of the parts of `and`, `or`, `not`.
bool CodeGenerator::jump_if(Loc at, const ExprNode* e, Label next, bool condition) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    return jump_if_inner(at, e, next, condition);
}

bool CodeGenerator::jump_if_inner(Loc at, const ExprNode* node, Label next, bool condition) {
    Opcode final_jump = condition ? Opcode::POP_JUMP_IF_TRUE : Opcode::POP_JUMP_IF_FALSE;
    Location here = location_of(*node);
    switch (node->kind) {
    case ExprKind::UnaryOp: {
        auto* e = static_cast<const UnaryOp*>(node);
        if (e->op == UnaryOperator::Not) return jump_if(at, e->operand, next, !condition);
        break;
    }
    case ExprKind::BoolOp: {
        auto* e = static_cast<const BoolOp*>(node);
        bool stop_on = e->op == BoolOperator::Or;
        Label early = stop_on == condition ? next : new_label();
        for (uint32_t i = 0; i + 1 < e->values.size; i++)
            if (!jump_if(at, e->values[i], early, stop_on)) return false;
        if (!jump_if(at, e->values.back(), next, condition)) return false;
        if (early != next) use(early);
        return true;
    }
    case ExprKind::IfExp: {
        auto* e = static_cast<const IfExp*>(node);
        Label end = new_label(), orelse = new_label();
        if (!jump_if(at, e->test, orelse, false) || !jump_if(at, e->body, next, condition)) return false;
        jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        use(orelse);
        if (!jump_if(at, e->orelse, next, condition)) return false;
        use(end);
        return true;
    }
    case ExprKind::Compare: {
        auto* e = static_cast<const Compare*>(node);
        if (e->ops.size <= 1) break;
        if (!check_compare(e)) return false;
        Label cleanup = new_label();
        if (!visit(e->left)) return false;
        for (uint32_t i = 0; i + 1 < e->ops.size; i++) {
            if (!visit(e->comparators[i])) return false;
            op(here, Opcode::SWAP, 2);
            op(here, Opcode::COPY, 2);
            compare(here, e->ops[i]);
            op(here, Opcode::TO_BOOL);
            jump(here, Opcode::POP_JUMP_IF_FALSE, cleanup);
        }
        if (!visit(e->comparators.back())) return false;
        compare(here, e->ops.back());
        op(here, Opcode::TO_BOOL);
        jump(here, final_jump, next);
        Label end = new_label();
        jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
        use(cleanup);
        op(here, Opcode::POP_TOP);
        if (!condition) jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, next);
        use(end);
        return true;
    }
    default: break;
    }
    if (!visit(node)) return false;
    op(here, Opcode::TO_BOOL);
    jump(here, final_jump, next);
    return true;
}

// Identity of a literal other than the singletons is an accident.
static bool may_compare_identity(const ExprNode* e) {
    if (auto* tuple = as_if<Tuple>(e)) {
        for (ExprNode* element : tuple->elts)
            if (element->kind != ExprKind::Constant) return true;
        return false;
    }
    auto* constant = as_if<Constant>(e);
    if (!constant) return true;
    switch (constant->value.kind) {
    case ConstantValue::Kind::None:
    case ConstantValue::Kind::False:
    case ConstantValue::Kind::True:
    case ConstantValue::Kind::Ellipsis: return true;
    default: return false;
    }
}

bool CodeGenerator::check_compare(const Compare* e) {
    const ExprNode* left = e->left;
    for (uint32_t i = 0; i < e->ops.size; i++) {
        const ExprNode* right = e->comparators[i];
        bool is = e->ops[i] == CompareOperator::Is;
        if ((is || e->ops[i] == CompareOperator::IsNot) && (!may_compare_identity(left) || !may_compare_identity(right))) {
            const char* type = inferred_type(!may_compare_identity(left) ? left : right);
            Location at = location_of(*e);
            return is ? m_context.warn(at, "\"is\" with '%.200s' literal. Did you mean \"==\"?", type)
                      : m_context.warn(at, "\"is not\" with '%.200s' literal. Did you mean \"!=\"?", type);
        }
        left = right;
    }
    return true;
}

bool CodeGenerator::visit_compare(const Compare* e) {
    Location at = location_of(*e);
    if (!check_compare(e) || !visit(e->left)) return false;
    if (e->ops.size == 1) {
        if (!visit(e->comparators[0])) return false;
        compare(at, e->ops[0]);
        return true;
    }
    Label cleanup = new_label();
    for (uint32_t i = 0; i + 1 < e->ops.size; i++) {
        if (!visit(e->comparators[i])) return false;
        op(at, Opcode::SWAP, 2);
        op(at, Opcode::COPY, 2);
        compare(at, e->ops[i]);
        op(at, Opcode::COPY, 1);
        op(at, Opcode::TO_BOOL);
        jump(at, Opcode::POP_JUMP_IF_FALSE, cleanup);
        op(at, Opcode::POP_TOP);
    }
    if (!visit(e->comparators.back())) return false;
    compare(at, e->ops.back());
    Label end = new_label();
    jump(NO_LOCATION, Opcode::JUMP_NO_INTERRUPT, end);
    use(cleanup);
    op(at, Opcode::SWAP, 2);
    op(at, Opcode::POP_TOP);
    use(end);
    return true;
}

bool CodeGenerator::sub_dict(const Dict* e, uint32_t begin, uint32_t end) {
    Location at = location_of(*e);
    uint32_t count = end - begin;
    bool big = count * 2 > STACK_USE_GUIDELINE;
    if (big) op(at, Opcode::BUILD_MAP, 0);
    for (uint32_t i = begin; i < end; i++) {
        if (!visit(e->keys[i]) || !visit(e->values[i])) return false;
        if (big) op(at, Opcode::MAP_ADD, 1);
    }
    if (!big) op(at, Opcode::BUILD_MAP, (int)count);
    return true;
}

bool CodeGenerator::visit_dict(const Dict* e) {
    Location at = location_of(*e);
    bool have_dict = false;
    uint32_t waiting = 0; // pairs seen but not yet compiled
    auto flush = [&](uint32_t end, uint32_t from) {
        if (!sub_dict(e, from, end)) return false;
        if (have_dict) op(at, Opcode::DICT_UPDATE, 1);
        have_dict = true;
        waiting = 0;
        return true;
    };
    for (uint32_t i = 0; i < e->values.size; i++) {
        if (!e->keys[i]) {
            if (waiting && !flush(i, i - waiting)) return false;
            if (!have_dict) {
                op(at, Opcode::BUILD_MAP, 0);
                have_dict = true;
            }
            if (!visit(e->values[i])) return false;
            op(at, Opcode::DICT_UPDATE, 1);
        } else if (waiting * 2 > STACK_USE_GUIDELINE) {
            if (!flush(i + 1, i - waiting)) return false;
        } else {
            waiting++;
        }
    }
    if (waiting && !flush(e->values.size, e->values.size - waiting)) return false;
    if (!have_dict) op(at, Opcode::BUILD_MAP, 0);
    return true;
}

// A display: the elements on the stack and one BUILD, or a container that grows, when there is a `*` or too many.
// `pushed` values of it are on the stack already; `injected` is one more element, a variable.
bool CodeGenerator::star_unpack(Loc at, const Seq<ExprNode*>& elements, Identifier injected, int pushed, Opcode build, Opcode add,
                                Opcode extend, bool tuple) {
    bool big = (int)elements.size + pushed + (injected ? 1 : 0) > (int)STACK_USE_GUIDELINE;
    bool seen_star = false;
    for (ExprNode* e : elements) seen_star |= e->kind == ExprKind::Starred;
    if (!seen_star && !big) {
        if (!visit_all(elements)) return false;
        int count = (int)elements.size + pushed;
        if (injected) {
            if (!name_op(at, injected, ExprContext::Load)) return false;
            count++;
        }
        op(at, tuple ? Opcode::BUILD_TUPLE : build, count);
        return true;
    }
    bool built = false;
    if (big) {
        op(at, build, pushed);
        built = true;
    }
    for (uint32_t i = 0; i < elements.size; i++) {
        if (auto* starred = as_if<Starred>(elements[i])) {
            if (!built) op(at, build, (int)i + pushed);
            built = true;
            if (!visit(starred->value)) return false;
            op(at, extend, 1);
        } else {
            if (!visit(elements[i])) return false;
            if (built) op(at, add, 1);
        }
    }
    if (injected) {
        if (!name_op(at, injected, ExprContext::Load)) return false;
        op(at, add, 1);
    }
    if (tuple) op(at, Opcode::CALL_INTRINSIC_1, (int)Intrinsic1::ListToTuple);
    return true;
}

bool CodeGenerator::unpack_targets(Loc at, const Seq<ExprNode*>& elements) {
    bool seen_star = false;
    for (uint32_t i = 0; i < elements.size; i++) {
        if (elements[i]->kind != ExprKind::Starred) continue;
        if (seen_star) return m_context.error(at, "multiple starred expressions in assignment");
        uint32_t after = elements.size - i - 1;
        if (i >= 1 << 8 || after >= (uint32_t)INT32_MAX >> 8)
            return m_context.error(at, "too many expressions in star-unpacking assignment");
        op(at, Opcode::UNPACK_EX, (int)(i + (after << 8)));
        seen_star = true;
    }
    if (!seen_star) op(at, Opcode::UNPACK_SEQUENCE, (int)elements.size);
    for (ExprNode* e : elements) {
        auto* starred = as_if<Starred>(e);
        if (!visit(starred ? starred->value : e)) return false;
    }
    return true;
}

bool CodeGenerator::visit_joined_str(const JoinedStr* e) {
    Location at = location_of(*e);
    if (e->values.size > STACK_USE_GUIDELINE) {
        load_text(at, std::string_view(""));
        load_attribute(at, m_context.intern("join"), true);
        op(at, Opcode::BUILD_LIST, 0);
        for (ExprNode* value : e->values) {
            if (!visit(value)) return false;
            op(at, Opcode::LIST_APPEND, 1);
        }
        op(at, Opcode::CALL, 1);
        return true;
    }
    if (!visit_all(e->values)) return false;
    if (e->values.size > 1) op(at, Opcode::BUILD_STRING, (int)e->values.size);
    else if (e->values.empty()) load_text(at, std::string_view(""));
    return true;
}

bool CodeGenerator::visit_template_str(const TemplateStr* e) {
    Location at = location_of(*e);
    // Strings and interpolations alternate, with empty strings where the source has none.
    bool last_was_interpolation = true;
    int strings = 0, interpolations = 0;
    for (ExprNode* value : e->values) {
        if (value->kind == ExprKind::Interpolation) {
            if (last_was_interpolation) {
                load_text(at, std::string_view(""));
                strings++;
            }
            last_was_interpolation = true;
        } else {
            if (!visit(value)) return false;
            strings++;
            last_was_interpolation = false;
        }
    }
    if (last_was_interpolation) {
        load_text(at, std::string_view(""));
        strings++;
    }
    op(at, Opcode::BUILD_TUPLE, strings);
    for (ExprNode* value : e->values) {
        if (value->kind != ExprKind::Interpolation) continue;
        if (!visit(value)) return false;
        interpolations++;
    }
    op(at, Opcode::BUILD_TUPLE, interpolations);
    op(at, Opcode::BUILD_TEMPLATE);
    return true;
}

static int conversion_operand(int conversion) {
    switch (conversion) {
    case 's': return 1;
    case 'r': return 2;
    case 'a': return 3;
    default: return 0;
    }
}

bool CodeGenerator::visit_formatted(const FormattedValue* e) {
    Location at = location_of(*e);
    if (!visit(e->value)) return false;
    if (e->conversion != -1) {
        int operand = conversion_operand(e->conversion);
        if (!operand) {
            m_context.failure.message = m_context.keep("Unrecognized conversion character " + std::to_string(e->conversion));
            return m_context.fail(FailureKind::ValueError, m_context.failure.message);
        }
        op(at, Opcode::CONVERT_VALUE, operand);
    }
    if (e->format_spec) {
        if (!visit(e->format_spec)) return false;
        op(at, Opcode::FORMAT_WITH_SPEC);
    } else {
        op(at, Opcode::FORMAT_SIMPLE);
    }
    return true;
}

bool CodeGenerator::visit_interpolation(const Interpolation* e) {
    Location at = location_of(*e);
    if (!visit(e->value)) return false;
    load_const(at, e->str);
    int operand = 2;
    if (e->format_spec) {
        operand++;
        if (!visit(e->format_spec)) return false;
    }
    if (e->conversion != -1) operand |= conversion_operand(e->conversion) << 2;
    op(at, Opcode::BUILD_INTERPOLATION, operand);
    return true;
}

bool CodeGenerator::visit_attribute(const Attribute* e) {
    Location at = location_of(*e);
    if (e->ctx == ExprContext::Load && can_optimize_super(e)) {
        if (!load_super_arguments(as<Call>(e->value))) return false;
        op_super(at, e, false);
        op(attribute_location(at, e), Opcode::NOP);
        return true;
    }
    if (e->ctx == ExprContext::Store) {
        // `self.x = …` in a method names an attribute of the class's instances: __static_attributes__.
        auto* base = as_if<Name>(e->value);
        if (base && base->id == m_id.self) {
            for (size_t i = m_stack.size() - 1; i-- > 0;) {
                Unit* unit = m_stack[i].get();
                if (unit->type != ScopeType::Class) continue;
                bool known = false;
                for (Identifier name : unit->static_attributes) known |= name == e->attr;
                if (!known) unit->static_attributes.push_back(e->attr);
                break;
            }
        }
    }
    if (!visit(e->value)) return false;
    at = attribute_location(at, e);
    switch (e->ctx) {
    case ExprContext::Load: load_attribute(at, e->attr, false); break;
    case ExprContext::Store: op_name(at, Opcode::STORE_ATTR, e->attr); break;
    case ExprContext::Del: op_name(at, Opcode::DELETE_ATTR, e->attr); break;
    }
    return true;
}

static bool is_constant_or_absent(const ExprNode* e) { return !e || e->kind == ExprKind::Constant; }

static bool is_constant_slice(const Slice* e) {
    return is_constant_or_absent(e->lower) && is_constant_or_absent(e->upper) && is_constant_or_absent(e->step);
}

bool is_two_part_slice(const ExprNode* e) {
    auto* slice = as_if<Slice>(e);
    return slice && !slice->step && !is_constant_slice(slice);
}

bool CodeGenerator::slice_bounds(const Slice* e) {
    for (ExprNode* bound : {e->lower, e->upper}) {
        if (!bound) load_none(location_of(*e));
        else if (!visit(bound)) return false;
    }
    return true;
}

bool CodeGenerator::visit_slice(const Slice* e) {
    Location at = location_of(*e);
    if (is_constant_slice(e)) {
        auto* parts = m_context.arena.make_array<ConstantValue>(3);
        int index = 0;
        for (ExprNode* part : {e->lower, e->upper, e->step})
            parts[index++] = part ? static_cast<Constant*>(part)->value : ConstantValue::none();
        ConstantValue slice = ConstantValue::of_tuple(parts, 3);
        slice.kind = ConstantValue::Kind::Slice;
        load_const(at, slice);
        return true;
    }
    if (!slice_bounds(e)) return false;
    if (e->step && !visit(e->step)) return false;
    op(at, Opcode::BUILD_SLICE, e->step ? 3 : 2);
    return true;
}

bool CodeGenerator::check_subscripter(const ExprNode* e) {
    switch (e->kind) {
    case ExprKind::Constant:
        switch (static_cast<const Constant*>(e)->value.kind) {
        case ConstantValue::Kind::None:
        case ConstantValue::Kind::Ellipsis:
        case ConstantValue::Kind::False:
        case ConstantValue::Kind::True:
        case ConstantValue::Kind::Int:
        case ConstantValue::Kind::BigInt:
        case ConstantValue::Kind::Float:
        case ConstantValue::Kind::Complex:
        case ConstantValue::Kind::FrozenSet: break;
        default: return true;
        }
        break;
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::TemplateStr:
    case ExprKind::Interpolation:
    case ExprKind::Lambda: break;
    default: return true;
    }
    return m_context.warn(location_of(*e), "'%.200s' object is not subscriptable; perhaps you missed a comma?", inferred_type(e));
}

bool CodeGenerator::check_index(const ExprNode* e, const ExprNode* index) {
    const char* type = inferred_type(index);
    if (!type || !strcmp(type, "int") || !strcmp(type, "bool") || !strcmp(type, "slice")) return true;
    switch (e->kind) {
    case ExprKind::Constant: {
        auto kind = static_cast<const Constant*>(e)->value.kind;
        if (kind != ConstantValue::Kind::Str && kind != ConstantValue::Kind::Bytes && kind != ConstantValue::Kind::Tuple) return true;
        break;
    }
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: break;
    default: return true;
    }
    return m_context.warn(location_of(*e), "%.200s indices must be integers or slices, not %.200s; perhaps you missed a comma?",
                          inferred_type(e), type);
}

bool CodeGenerator::visit_subscript(const Subscript* e) {
    Location at = location_of(*e);
    if (e->ctx == ExprContext::Load && (!check_subscripter(e->value) || !check_index(e->value, e->slice))) return false;
    if (!visit(e->value)) return false;
    if (e->ctx != ExprContext::Del && is_two_part_slice(e->slice)) {
        if (!slice_bounds(as<Slice>(e->slice))) return false;
        op(at, e->ctx == ExprContext::Load ? Opcode::BINARY_SLICE : Opcode::STORE_SLICE);
        return true;
    }
    if (!visit(e->slice)) return false;
    switch (e->ctx) {
    case ExprContext::Load: op(at, Opcode::BINARY_OP, (int)BinaryOperation::Subscript); break;
    case ExprContext::Store: op(at, Opcode::STORE_SUBSCR); break;
    case ExprContext::Del: op(at, Opcode::DELETE_SUBSCR); break;
    }
    return true;
}

} // namespace taipan::compiler
