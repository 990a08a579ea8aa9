// Expressions back to source text, as annotations that stay strings show them.
#include "compiler/codegen.h"
#include "syntax/ast_dump.h"

namespace taipan::compiler {

using namespace syntax;

namespace {

enum Level {
    LEVEL_TUPLE,
    LEVEL_TEST,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_COMPARE,
    LEVEL_EXPR,
    LEVEL_BIT_OR = LEVEL_EXPR,
    LEVEL_BIT_XOR,
    LEVEL_BIT_AND,
    LEVEL_SHIFT,
    LEVEL_ARITHMETIC,
    LEVEL_TERM,
    LEVEL_FACTOR,
    LEVEL_POWER,
    LEVEL_AWAIT,
    LEVEL_ATOM,
};

class Unparser {
public:
    base::String out;

    void expression(const ExprNode* node, int level);

private:
    template <class F> void grouped(bool parenthesised, F inside) {
        if (parenthesised) out += '(';
        inside();
        if (parenthesised) out += ')';
    }
    template <class T, class F> void joined(const Seq<T>& list, F item) {
        bool first = true;
        for (const T& e : list) {
            if (!first) out += ", ";
            first = false;
            item(e);
        }
    }
    void elements(const Seq<ExprNode*>& list) {
        joined(list, [&](ExprNode* e) { expression(e, LEVEL_TEST); });
    }
    void binary(const BinOp* e, int level);
    void unary(const UnaryOp* e, int level);
    void arguments(const Arguments* a);
    void comprehensions(const Seq<Comprehension*>& generators);
    void comparison(const Compare* e);
    void call(const Call* e);
    void constant(const ConstantValue& value);
    void string_parts(const Seq<ExprNode*>& values, bool is_spec, char prefix);
    void string_part(const ExprNode* e);
    void replacement(const ExprNode* value, int conversion, const ExprNode* spec);
    void replacement(std::string_view text, int conversion, const ExprNode* spec);
};

void Unparser::binary(const BinOp* e, int level) {
    const char* text = "";
    int own = LEVEL_TERM;
    bool right_associative = false;
    switch (e->op) {
    case Operator::Add:
        text = " + ";
        own = LEVEL_ARITHMETIC;
        break;
    case Operator::Sub:
        text = " - ";
        own = LEVEL_ARITHMETIC;
        break;
    case Operator::Mult: text = " * "; break;
    case Operator::MatMult: text = " @ "; break;
    case Operator::Div: text = " / "; break;
    case Operator::Mod: text = " % "; break;
    case Operator::LShift:
        text = " << ";
        own = LEVEL_SHIFT;
        break;
    case Operator::RShift:
        text = " >> ";
        own = LEVEL_SHIFT;
        break;
    case Operator::BitOr:
        text = " | ";
        own = LEVEL_BIT_OR;
        break;
    case Operator::BitXor:
        text = " ^ ";
        own = LEVEL_BIT_XOR;
        break;
    case Operator::BitAnd:
        text = " & ";
        own = LEVEL_BIT_AND;
        break;
    case Operator::FloorDiv: text = " // "; break;
    case Operator::Pow:
        text = " ** ";
        own = LEVEL_POWER;
        right_associative = true;
        break;
    }
    grouped(level > own, [&] {
        expression(e->left, own + right_associative);
        out += text;
        expression(e->right, own + !right_associative);
    });
}

void Unparser::unary(const UnaryOp* e, int level) {
    int own = e->op == UnaryOperator::Not ? LEVEL_NOT : LEVEL_FACTOR;
    grouped(level > own, [&] {
        switch (e->op) {
        case UnaryOperator::Invert: out += '~'; break;
        case UnaryOperator::Not: out += "not "; break;
        case UnaryOperator::UAdd: out += '+'; break;
        case UnaryOperator::USub: out += '-'; break;
        }
        expression(e->operand, own);
    });
}

void Unparser::arguments(const Arguments* a) {
    bool first = true;
    auto separate = [&] {
        if (!first) out += ", ";
        first = false;
    };
    auto one = [&](const Arg* arg) {
        out += arg->arg->view();
        if (arg->annotation) {
            out += ": ";
            expression(arg->annotation, LEVEL_TEST);
        }
    };
    uint32_t positional = a->posonlyargs.size + a->args.size;
    for (uint32_t i = 0; i < positional; i++) {
        separate();
        one(i < a->posonlyargs.size ? a->posonlyargs[i] : a->args[i - a->posonlyargs.size]);
        uint32_t required = positional - a->defaults.size;
        if (i >= required) {
            out += '=';
            expression(a->defaults[i - required], LEVEL_TEST);
        }
        if (a->posonlyargs.size && i + 1 == a->posonlyargs.size) out += ", /";
    }
    if (a->vararg || !a->kwonlyargs.empty()) {
        separate();
        out += '*';
        if (a->vararg) one(a->vararg);
    }
    for (uint32_t i = 0; i < a->kwonlyargs.size; i++) {
        separate();
        one(a->kwonlyargs[i]);
        if (a->kw_defaults[i]) {
            out += '=';
            expression(a->kw_defaults[i], LEVEL_TEST);
        }
    }
    if (a->kwarg) {
        separate();
        out += "**";
        one(a->kwarg);
    }
}

void Unparser::comprehensions(const Seq<Comprehension*>& generators) {
    for (const Comprehension* c : generators) {
        out += c->is_async ? " async for " : " for ";
        expression(c->target, LEVEL_TUPLE);
        out += " in ";
        expression(c->iter, LEVEL_TEST + 1);
        for (const ExprNode* condition : c->ifs) {
            out += " if ";
            expression(condition, LEVEL_TEST + 1);
        }
    }
}

void Unparser::comparison(const Compare* e) {
    static constexpr const char* TEXTS[] = {" == ", " != ", " < ", " <= ", " > ", " >= ", " is ", " is not ", " in ", " not in "};
    expression(e->left, LEVEL_COMPARE + 1);
    for (uint32_t i = 0; i < e->ops.size; i++) {
        out += TEXTS[(int)e->ops[i]];
        expression(e->comparators[i], LEVEL_COMPARE + 1);
    }
}

void Unparser::call(const Call* e) {
    expression(e->func, LEVEL_ATOM);
    if (e->args.size == 1 && e->keywords.empty() && e->args[0]->kind == ExprKind::GeneratorExp) return expression(e->args[0], LEVEL_TUPLE);
    out += '(';
    elements(e->args);
    bool first = e->args.empty();
    for (const Keyword* keyword : e->keywords) {
        if (!first) out += ", ";
        first = false;
        if (keyword->arg) {
            out += keyword->arg->view();
            out += '=';
        } else {
            out += "**";
        }
        expression(keyword->value, LEVEL_TEST);
    }
    out += ')';
}

void Unparser::constant(const ConstantValue& value) {
    if (value.kind == ConstantValue::Kind::Tuple) {
        out += '(';
        for (uint32_t i = 0; i < value.size; i++) {
            if (i) out += ", ";
            constant(value.items[i]);
        }
        out += value.size == 1 ? ",)" : ")";
        return;
    }
    if (value.kind == ConstantValue::Kind::Ellipsis) {
        out += "...";
        return;
    }
    base::String text;
    dump_constant(value, text);
    if (value.kind == ConstantValue::Kind::Float || value.kind == ConstantValue::Kind::Complex) {
        // An infinity is written so that it reads back.
        for (size_t at; (at = text.find("inf")) != text.npos;) text.replace(at, 3, "1e309");
    }
    out += text;
}

void Unparser::replacement(const ExprNode* value, int conversion, const ExprNode* spec) {
    Unparser inner;
    inner.expression(value, LEVEL_TEST + 1);
    replacement(inner.out, conversion, spec);
}

void Unparser::replacement(std::string_view text, int conversion, const ExprNode* spec) {
    out += text.starts_with('{') ? "{ " : "{";
    out += text;
    if (conversion > 0) {
        out += '!';
        out += (char)conversion;
    }
    if (spec) {
        out += ':';
        if (auto* joined_spec = as_if<JoinedStr>(spec)) string_parts(joined_spec->values, true, 0);
        else string_part(spec);
    }
    out += '}';
}

void Unparser::string_part(const ExprNode* e) {
    if (auto* text = as_if<Constant>(e)) {
        for (char c : text->value.view()) {
            out += c;
            if (c == '{' || c == '}') out += c;
        }
    } else if (auto* formatted = as_if<FormattedValue>(e)) {
        replacement(formatted->value, formatted->conversion, formatted->format_spec);
    } else if (auto* interpolation = as_if<Interpolation>(e)) {
        // COMPAT: the expression as it was written, blanks included.
        if (interpolation->str.kind == ConstantValue::Kind::Str)
            replacement(interpolation->str.view(), interpolation->conversion, interpolation->format_spec);
        else replacement(interpolation->value, interpolation->conversion, interpolation->format_spec);
    } else if (auto* nested = as_if<JoinedStr>(e)) {
        string_parts(nested->values, true, 0);
    }
}

void Unparser::string_parts(const Seq<ExprNode*>& values, bool is_spec, char prefix) {
    Unparser body;
    for (const ExprNode* value : values) body.string_part(value);
    if (is_spec) {
        out += body.out;
        return;
    }
    out += prefix;
    dump_constant(ConstantValue::of_str(body.out), out);
}

void Unparser::expression(const ExprNode* node, int level) {
    switch (node->kind) {
    case ExprKind::BoolOp: {
        auto* e = static_cast<const BoolOp*>(node);
        bool is_and = e->op == BoolOperator::And;
        int own = is_and ? LEVEL_AND : LEVEL_OR;
        return grouped(level > own, [&] {
            for (uint32_t i = 0; i < e->values.size; i++) {
                if (i) out += is_and ? " and " : " or ";
                expression(e->values[i], own + 1);
            }
        });
    }
    case ExprKind::BinOp: return binary(static_cast<const BinOp*>(node), level);
    case ExprKind::UnaryOp: return unary(static_cast<const UnaryOp*>(node), level);
    case ExprKind::Lambda: {
        auto* e = static_cast<const Lambda*>(node);
        return grouped(level > LEVEL_TEST, [&] {
            const Arguments* a = e->args;
            bool any = !a->posonlyargs.empty() || !a->args.empty() || a->vararg || !a->kwonlyargs.empty() || a->kwarg;
            out += any ? "lambda " : "lambda";
            arguments(a);
            out += ": ";
            expression(e->body, LEVEL_TEST);
        });
    }
    case ExprKind::IfExp: {
        auto* e = static_cast<const IfExp*>(node);
        return grouped(level > LEVEL_TEST, [&] {
            expression(e->body, LEVEL_TEST + 1);
            out += " if ";
            expression(e->test, LEVEL_TEST + 1);
            out += " else ";
            expression(e->orelse, LEVEL_TEST);
        });
    }
    case ExprKind::Dict: {
        auto* e = static_cast<const Dict*>(node);
        out += '{';
        for (uint32_t i = 0; i < e->values.size; i++) {
            if (i) out += ", ";
            if (e->keys[i]) {
                expression(e->keys[i], LEVEL_TEST);
                out += ": ";
                expression(e->values[i], LEVEL_TEST);
            } else {
                out += "**";
                expression(e->values[i], LEVEL_EXPR);
            }
        }
        out += '}';
        return;
    }
    case ExprKind::Set:
        out += '{';
        elements(static_cast<const Set*>(node)->elts);
        out += '}';
        return;
    case ExprKind::List:
        out += '[';
        elements(static_cast<const List*>(node)->elts);
        out += ']';
        return;
    case ExprKind::Tuple: {
        auto* e = static_cast<const Tuple*>(node);
        if (e->elts.empty()) {
            out += "()";
            return;
        }
        return grouped(level > LEVEL_TUPLE, [&] {
            elements(e->elts);
            if (e->elts.size == 1) out += ',';
        });
    }
    case ExprKind::GeneratorExp: {
        auto* e = static_cast<const GeneratorExp*>(node);
        out += '(';
        expression(e->elt, LEVEL_TEST);
        comprehensions(e->generators);
        out += ')';
        return;
    }
    case ExprKind::ListComp: {
        auto* e = static_cast<const ListComp*>(node);
        out += '[';
        expression(e->elt, LEVEL_TEST);
        comprehensions(e->generators);
        out += ']';
        return;
    }
    case ExprKind::SetComp: {
        auto* e = static_cast<const SetComp*>(node);
        out += '{';
        expression(e->elt, LEVEL_TEST);
        comprehensions(e->generators);
        out += '}';
        return;
    }
    case ExprKind::DictComp: {
        auto* e = static_cast<const DictComp*>(node);
        out += '{';
        expression(e->key, LEVEL_TEST);
        out += ": ";
        expression(e->value, LEVEL_TEST);
        comprehensions(e->generators);
        out += '}';
        return;
    }
    case ExprKind::Compare: return grouped(level > LEVEL_COMPARE, [&] { comparison(static_cast<const Compare*>(node)); });
    case ExprKind::Call: return call(static_cast<const Call*>(node));
    case ExprKind::Constant: {
        auto* e = static_cast<const Constant*>(node);
        if (e->kind) out += e->kind->view();
        return constant(e->value);
    }
    case ExprKind::JoinedStr: return string_parts(static_cast<const JoinedStr*>(node)->values, false, 'f');
    case ExprKind::TemplateStr: return string_parts(static_cast<const TemplateStr*>(node)->values, false, 't');
    case ExprKind::FormattedValue:
    case ExprKind::Interpolation: {
        Unparser body;
        body.string_part(node);
        out += node->kind == ExprKind::Interpolation ? 't' : 'f';
        return dump_constant(ConstantValue::of_str(body.out), out);
    }
    case ExprKind::Attribute: {
        auto* e = static_cast<const Attribute*>(node);
        expression(e->value, LEVEL_ATOM);
        auto* number = as_if<Constant>(e->value);
        bool is_int = number && (number->value.kind == ConstantValue::Kind::Int || number->value.kind == ConstantValue::Kind::BigInt);
        out += is_int ? " ." : ".";
        out += e->attr->view();
        return;
    }
    case ExprKind::Subscript: {
        auto* e = static_cast<const Subscript*>(node);
        expression(e->value, LEVEL_ATOM);
        out += '[';
        expression(e->slice, LEVEL_TUPLE);
        out += ']';
        return;
    }
    case ExprKind::Starred: out += '*'; return expression(static_cast<const Starred*>(node)->value, LEVEL_EXPR);
    case ExprKind::Name: out += static_cast<const Name*>(node)->id->view(); return;
    case ExprKind::Slice: {
        auto* e = static_cast<const Slice*>(node);
        if (e->lower) expression(e->lower, LEVEL_TEST);
        out += ':';
        if (e->upper) expression(e->upper, LEVEL_TEST);
        if (e->step) {
            out += ':';
            expression(e->step, LEVEL_TEST);
        }
        return;
    }
    case ExprKind::Yield: {
        auto* e = static_cast<const Yield*>(node);
        out += e->value ? "(yield " : "(yield";
        if (e->value) expression(e->value, LEVEL_TEST);
        out += ')';
        return;
    }
    case ExprKind::YieldFrom:
        out += "(yield from ";
        expression(static_cast<const YieldFrom*>(node)->value, LEVEL_TEST);
        out += ')';
        return;
    case ExprKind::Await:
        return grouped(level > LEVEL_AWAIT, [&] {
            out += "await ";
            expression(static_cast<const Await*>(node)->value, LEVEL_ATOM);
        });
    case ExprKind::NamedExpr: {
        auto* e = static_cast<const NamedExpr*>(node);
        return grouped(level > LEVEL_TUPLE, [&] {
            expression(e->target, LEVEL_ATOM);
            out += " := ";
            expression(e->value, LEVEL_ATOM);
        });
    }
    }
}

} // namespace

base::String unparse(const ExprNode* e) {
    Unparser unparser;
    unparser.expression(e, LEVEL_TEST);
    return std::move(unparser.out);
}

} // namespace taipan::compiler
