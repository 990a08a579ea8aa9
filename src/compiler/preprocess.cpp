// What is done to the tree before anything looks at it: `__debug__` becomes a constant, docstrings go under -OO,
// '%' formatting of a tuple becomes an f-string, signed and complex literals in patterns become constants. Also here,
// because it needs only the tree: the warning of PEP 765 about jumps out of `finally`.
#include "compiler/constants.h"
#include "compiler/context.h"

namespace taipan::compiler {

using namespace syntax;

namespace {

class Preprocessor {
public:
    explicit Preprocessor(Context& context) : m_context(context), m_debug(context.intern("__debug__")) {}

    bool run(ModNode* tree) {
        switch (tree->kind) {
        case ModKind::Module: return body_with_docstring(static_cast<Module*>(tree)->body);
        case ModKind::Interactive: return visit_all(static_cast<Interactive*>(tree)->body);
        case ModKind::Expression: return visit(static_cast<Expression*>(tree)->body);
        case ModKind::FunctionType: return true;
        }
        return true;
    }

private:
    // Where a return, break or continue would leave from; the innermost counts.
    enum class Flow : uint8_t { Plain, Finally, Function, Loop };

    template <class T, class F> bool each(const Seq<T>& list, F f) {
        for (T& item : list)
            if (item && !f(item)) return false;
        return true;
    }
    bool visit_all(Seq<StmtNode*>& body) {
        return each(body, [&](StmtNode* s) { return visit(s); });
    }
    bool visit_all(Seq<ExprNode*>& list) {
        return each(list, [&](ExprNode*& e) { return visit(e); });
    }
    bool visit_all(Seq<PatternNode*>& list) {
        return each(list, [&](PatternNode* p) { return visit(p); });
    }
    bool visit_optional(ExprNode*& e) { return !e || visit(e); }
    bool visit_in(Flow flow, Seq<StmtNode*>& body) {
        Flow outer = m_flow;
        m_flow = flow;
        bool ok = visit_all(body);
        m_flow = outer;
        return ok;
    }

    bool body_with_docstring(Seq<StmtNode*>& body);
    bool visit(StmtNode* s);
    bool visit_inner(StmtNode* s);
    bool visit(ExprNode*& e);
    bool visit_inner(ExprNode*& e);
    bool visit(PatternNode* p);
    bool visit_arguments(Arguments* a);
    bool visit_keywords(Seq<Keyword*>& keywords) {
        return each(keywords, [&](Keyword* k) { return visit(k->value); });
    }
    bool visit_type_params(Seq<TypeParamNode*>& params);
    bool visit_comprehensions(Seq<Comprehension*>& generators);
    bool visit_with_items(Seq<WithItem*>& items);
    bool visit_try(Seq<StmtNode*>& body, Seq<HandlerNode*>& handlers, Seq<StmtNode*>& orelse, Seq<StmtNode*>& finalbody);
    bool visit_pattern_literal(ExprNode*& e);
    template <class Def> bool visit_function(Def* s);
    bool evaluates_annotations() const { return !(m_context.future.flags & CO_FUTURE_ANNOTATIONS); }
    bool leaves_finally(const StmtNode* s, const char* what) { return m_context.warn(location_of(*s), "'%s' in a 'finally' block", what); }

    void optimize_format(ExprNode*& e);
    bool parse_format(std::string_view format, size_t& at, ExprNode* value, FormattedValue*& out);
    template <class Node> Node* make(const ExprNode* where) {
        Node* node = m_context.arena.make<Node>();
        static_cast<Position&>(*node) = *where;
        static_cast<ExprNode*>(node)->kind = Node::KIND;
        return node;
    }
    void make_constant(ExprNode*& e, const ConstantValue& value) {
        auto* constant = make<Constant>(e);
        constant->value = value;
        e = constant;
    }

    Context& m_context;
    Identifier m_debug;
    Flow m_flow = Flow::Plain;
};

bool Preprocessor::body_with_docstring(Seq<StmtNode*>& body) {
    const Constant* docstring = docstring_of(body);
    if (docstring && m_context.options.optimize >= 2) {
        if (body.size > 1) {
            body.data++;
            body.size--;
        } else {
            auto* pass = m_context.arena.make<Pass>();
            static_cast<Position&>(*pass) = *body[0];
            pass->end_lineno = pass->lineno;
            pass->end_col_offset = pass->col_offset + 4;
            pass->kind = StmtKind::Pass;
            body[0] = pass;
        }
        docstring = nullptr;
    }
    if (!visit_all(body)) return false;
    if (!docstring && docstring_of(body)) {
        // A string that folding made is no docstring.
        auto* statement = as<Expr>(body[0]);
        auto* joined = make<JoinedStr>(statement->value);
        auto* values = m_context.arena.make_array<ExprNode*>(1);
        values[0] = statement->value;
        joined->values = {values, 1};
        statement->value = joined;
    }
    return true;
}

bool Preprocessor::visit_arguments(Arguments* a) {
    if (evaluates_annotations()) {
        for (Seq<Arg*>* list : {&a->posonlyargs, &a->args, &a->kwonlyargs})
            for (Arg* arg : *list)
                if (!visit_optional(arg->annotation)) return false;
        for (Arg* arg : {a->vararg, a->kwarg})
            if (arg && !visit_optional(arg->annotation)) return false;
    }
    return visit_all(a->kw_defaults) && visit_all(a->defaults);
}

bool Preprocessor::visit_type_params(Seq<TypeParamNode*>& params) {
    for (TypeParamNode* node : params) {
        switch (node->kind) {
        case TypeParamKind::TypeVar: {
            auto* p = static_cast<TypeVar*>(node);
            if (!visit_optional(p->bound) || !visit_optional(p->default_value)) return false;
            break;
        }
        case TypeParamKind::ParamSpec:
            if (!visit_optional(static_cast<ParamSpec*>(node)->default_value)) return false;
            break;
        case TypeParamKind::TypeVarTuple:
            if (!visit_optional(static_cast<TypeVarTuple*>(node)->default_value)) return false;
            break;
        }
    }
    return true;
}

bool Preprocessor::visit_comprehensions(Seq<Comprehension*>& generators) {
    return each(generators, [&](Comprehension* c) { return visit(c->target) && visit(c->iter) && visit_all(c->ifs); });
}

bool Preprocessor::visit_with_items(Seq<WithItem*>& items) {
    return each(items, [&](WithItem* i) { return visit(i->context_expr) && visit_optional(i->optional_vars); });
}

bool Preprocessor::visit_try(Seq<StmtNode*>& body, Seq<HandlerNode*>& handlers, Seq<StmtNode*>& orelse, Seq<StmtNode*>& finalbody) {
    if (!visit_all(body)) return false;
    for (HandlerNode* node : handlers) {
        auto* handler = as<ExceptHandler>(node);
        if (!visit_optional(handler->type) || !visit_all(handler->body)) return false;
    }
    return visit_all(orelse) && visit_in(Flow::Finally, finalbody);
}

template <class Def> bool Preprocessor::visit_function(Def* s) {
    Flow outer = m_flow;
    if (!visit_type_params(s->type_params) || !visit_arguments(s->args)) return false;
    m_flow = Flow::Function;
    if (!body_with_docstring(s->body)) return false;
    m_flow = outer;
    return visit_all(s->decorator_list) && (!evaluates_annotations() || visit_optional(s->returns));
}

bool Preprocessor::visit(StmtNode* s) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    return visit_inner(s);
}

bool Preprocessor::visit_inner(StmtNode* node) {
    switch (node->kind) {
    case StmtKind::FunctionDef: return visit_function(static_cast<FunctionDef*>(node));
    case StmtKind::AsyncFunctionDef: return visit_function(static_cast<AsyncFunctionDef*>(node));
    case StmtKind::ClassDef: {
        auto* s = static_cast<ClassDef*>(node);
        return visit_type_params(s->type_params) && visit_all(s->bases) && visit_keywords(s->keywords) && body_with_docstring(s->body) &&
               visit_all(s->decorator_list);
    }
    case StmtKind::Return:
        if (m_flow == Flow::Finally && !leaves_finally(node, "return")) return false;
        return visit_optional(static_cast<Return*>(node)->value);
    case StmtKind::Delete: return visit_all(static_cast<Delete*>(node)->targets);
    case StmtKind::Assign: {
        auto* s = static_cast<Assign*>(node);
        return visit_all(s->targets) && visit(s->value);
    }
    case StmtKind::AugAssign: {
        auto* s = static_cast<AugAssign*>(node);
        return visit(s->target) && visit(s->value);
    }
    case StmtKind::AnnAssign: {
        auto* s = static_cast<AnnAssign*>(node);
        return visit(s->target) && (!evaluates_annotations() || visit(s->annotation)) && visit_optional(s->value);
    }
    case StmtKind::TypeAlias: {
        auto* s = static_cast<TypeAlias*>(node);
        return visit(s->name) && visit_type_params(s->type_params) && visit(s->value);
    }
    case StmtKind::For: {
        auto* s = static_cast<For*>(node);
        return visit(s->target) && visit(s->iter) && visit_in(Flow::Loop, s->body) && visit_all(s->orelse);
    }
    case StmtKind::AsyncFor: {
        auto* s = static_cast<AsyncFor*>(node);
        return visit(s->target) && visit(s->iter) && visit_in(Flow::Loop, s->body) && visit_all(s->orelse);
    }
    case StmtKind::While: {
        auto* s = static_cast<While*>(node);
        return visit(s->test) && visit_in(Flow::Loop, s->body) && visit_all(s->orelse);
    }
    case StmtKind::If: {
        auto* s = static_cast<If*>(node);
        return visit(s->test) && visit_all(s->body) && visit_all(s->orelse);
    }
    case StmtKind::With: {
        auto* s = static_cast<With*>(node);
        return visit_with_items(s->items) && visit_all(s->body);
    }
    case StmtKind::AsyncWith: {
        auto* s = static_cast<AsyncWith*>(node);
        return visit_with_items(s->items) && visit_all(s->body);
    }
    case StmtKind::Raise: {
        auto* s = static_cast<Raise*>(node);
        return visit_optional(s->exc) && visit_optional(s->cause);
    }
    case StmtKind::Try: {
        auto* s = static_cast<Try*>(node);
        return visit_try(s->body, s->handlers, s->orelse, s->finalbody);
    }
    case StmtKind::TryStar: {
        auto* s = static_cast<TryStar*>(node);
        return visit_try(s->body, s->handlers, s->orelse, s->finalbody);
    }
    case StmtKind::Assert: {
        auto* s = static_cast<Assert*>(node);
        return visit(s->test) && visit_optional(s->msg);
    }
    case StmtKind::Expr: return visit(static_cast<Expr*>(node)->value);
    case StmtKind::Match: {
        auto* s = static_cast<Match*>(node);
        return visit(s->subject) &&
               each(s->cases, [&](MatchCase* c) { return visit(c->pattern) && visit_optional(c->guard) && visit_all(c->body); });
    }
    case StmtKind::Break: return m_flow != Flow::Finally || leaves_finally(node, "break");
    case StmtKind::Continue: return m_flow != Flow::Finally || leaves_finally(node, "continue");
    case StmtKind::Import:
    case StmtKind::ImportFrom:
    case StmtKind::Global:
    case StmtKind::Nonlocal:
    case StmtKind::Pass: return true;
    }
    return true;
}

bool Preprocessor::visit(ExprNode*& e) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    return visit_inner(e);
}

bool Preprocessor::visit_inner(ExprNode*& node) {
    switch (node->kind) {
    case ExprKind::BoolOp: return visit_all(static_cast<BoolOp*>(node)->values);
    case ExprKind::BinOp: {
        auto* e = static_cast<BinOp*>(node);
        if (!visit(e->left) || !visit(e->right)) return false;
        if (e->op == Operator::Mod) optimize_format(node);
        return true;
    }
    case ExprKind::UnaryOp: return visit(static_cast<UnaryOp*>(node)->operand);
    case ExprKind::Lambda: {
        auto* e = static_cast<Lambda*>(node);
        return visit_arguments(e->args) && visit(e->body);
    }
    case ExprKind::IfExp: {
        auto* e = static_cast<IfExp*>(node);
        return visit(e->test) && visit(e->body) && visit(e->orelse);
    }
    case ExprKind::Dict: {
        auto* e = static_cast<Dict*>(node);
        return visit_all(e->keys) && visit_all(e->values);
    }
    case ExprKind::Set: return visit_all(static_cast<Set*>(node)->elts);
    case ExprKind::ListComp: {
        auto* e = static_cast<ListComp*>(node);
        return visit(e->elt) && visit_comprehensions(e->generators);
    }
    case ExprKind::SetComp: {
        auto* e = static_cast<SetComp*>(node);
        return visit(e->elt) && visit_comprehensions(e->generators);
    }
    case ExprKind::DictComp: {
        auto* e = static_cast<DictComp*>(node);
        return visit(e->key) && visit(e->value) && visit_comprehensions(e->generators);
    }
    case ExprKind::GeneratorExp: {
        auto* e = static_cast<GeneratorExp*>(node);
        return visit(e->elt) && visit_comprehensions(e->generators);
    }
    case ExprKind::Await: return visit(static_cast<Await*>(node)->value);
    case ExprKind::Yield: return visit_optional(static_cast<Yield*>(node)->value);
    case ExprKind::YieldFrom: return visit(static_cast<YieldFrom*>(node)->value);
    case ExprKind::Compare: {
        auto* e = static_cast<Compare*>(node);
        return visit(e->left) && visit_all(e->comparators);
    }
    case ExprKind::Call: {
        auto* e = static_cast<Call*>(node);
        return visit(e->func) && visit_all(e->args) && visit_keywords(e->keywords);
    }
    case ExprKind::FormattedValue: {
        auto* e = static_cast<FormattedValue*>(node);
        return visit(e->value) && visit_optional(e->format_spec);
    }
    case ExprKind::Interpolation: {
        auto* e = static_cast<Interpolation*>(node);
        return visit(e->value) && visit_optional(e->format_spec);
    }
    case ExprKind::JoinedStr: return visit_all(static_cast<JoinedStr*>(node)->values);
    case ExprKind::TemplateStr: return visit_all(static_cast<TemplateStr*>(node)->values);
    case ExprKind::Attribute: return visit(static_cast<Attribute*>(node)->value);
    case ExprKind::Subscript: {
        auto* e = static_cast<Subscript*>(node);
        return visit(e->value) && visit(e->slice);
    }
    case ExprKind::Starred: return visit(static_cast<Starred*>(node)->value);
    case ExprKind::Slice: {
        auto* e = static_cast<Slice*>(node);
        return visit_optional(e->lower) && visit_optional(e->upper) && visit_optional(e->step);
    }
    case ExprKind::List: return visit_all(static_cast<List*>(node)->elts);
    case ExprKind::Tuple: return visit_all(static_cast<Tuple*>(node)->elts);
    case ExprKind::NamedExpr: return visit(static_cast<NamedExpr*>(node)->value);
    case ExprKind::Name: {
        auto* e = static_cast<Name*>(node);
        if (e->ctx == ExprContext::Load && e->id == m_debug) make_constant(node, ConstantValue::of_bool(!m_context.options.optimize));
        return true;
    }
    case ExprKind::Constant: return true;
    }
    return true;
}

// `-1`, `1+2j`, `-1-2j` in a pattern.
bool Preprocessor::visit_pattern_literal(ExprNode*& node) {
    if (auto* unary = as_if<UnaryOp>(node)) {
        auto* operand = as_if<Constant>(unary->operand);
        if (unary->op != UnaryOperator::USub || !operand) return true;
        if (auto value = fold_unary(m_context.arena, UnaryFold::Negative, operand->value)) make_constant(node, *value);
        return true;
    }
    if (auto* binary = as_if<BinOp>(node)) {
        if (!visit_pattern_literal(binary->left)) return false;
        auto *left = as_if<Constant>(binary->left), *right = as_if<Constant>(binary->right);
        if (!left || !right || (binary->op != Operator::Add && binary->op != Operator::Sub)) return true;
        auto op = binary->op == Operator::Add ? BinaryOperation::Add : BinaryOperation::Subtract;
        if (auto value = fold_binary(m_context.arena, op, left->value, right->value)) make_constant(node, *value);
        return true;
    }
    return visit(node);
}

bool Preprocessor::visit(PatternNode* node) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    switch (node->kind) {
    case PatternKind::MatchValue: return visit_pattern_literal(static_cast<MatchValue*>(node)->value);
    case PatternKind::MatchSingleton:
    case PatternKind::MatchStar: return true;
    case PatternKind::MatchSequence: return visit_all(static_cast<MatchSequence*>(node)->patterns);
    case PatternKind::MatchMapping: {
        auto* p = static_cast<MatchMapping*>(node);
        return each(p->keys, [&](ExprNode*& key) { return visit_pattern_literal(key); }) && visit_all(p->patterns);
    }
    case PatternKind::MatchClass: {
        auto* p = static_cast<MatchClass*>(node);
        return visit(p->cls) && visit_all(p->patterns) && visit_all(p->kwd_patterns);
    }
    case PatternKind::MatchAs: {
        auto* p = static_cast<MatchAs*>(node);
        return !p->pattern || visit(p->pattern);
    }
    case PatternKind::MatchOr: return visit_all(static_cast<MatchOr*>(node)->patterns);
    }
    return true;
}

// One conversion of a format, `at` behind its '%'. Only %s, %r, %a with a minus flag, a width and a precision: the rest
// depends on the value.
bool Preprocessor::parse_format(std::string_view format, size_t& at, ExprNode* value, FormattedValue*& out) {
    constexpr int MAX_DIGITS = 3;
    auto next = [&]() -> char { return at < format.size() ? format[at++] : 0; };
    bool left = false;
    char c = next();
    while (true) {
        if (c == '-') left = true;
        else if (c == '+' || c == ' ' || c == '#' || c == '0') return false;
        else break;
        c = next();
    }
    auto digits = [&](int& number) {
        int count = 0;
        number = 0;
        while (c >= '0' && c <= '9') {
            number = number * 10 + (c - '0');
            if (++count >= MAX_DIGITS) return false;
            c = next();
        }
        return true;
    };
    int width = -1, precision = -1;
    if (c >= '0' && c <= '9' && !digits(width)) return false;
    if (c == '.') {
        c = next();
        if (!digits(precision)) return false;
    }
    if (c != 's' && c != 'r' && c != 'a') return false;
    base::String spec;
    if (!left && width > 0) spec += '>';
    if (width >= 0) spec += std::to_string(width);
    if (precision >= 0) spec += "." + std::to_string(precision);
    out = make<FormattedValue>(value);
    out->value = value;
    out->conversion = c;
    if (!spec.empty()) {
        auto* text = make<Constant>(value);
        text->value = ConstantValue::of_str(m_context.keep(spec));
        out->format_spec = text;
    }
    return true;
}

void Preprocessor::optimize_format(ExprNode*& e) {
    auto* binary = as<BinOp>(e);
    auto* format = as_if<Constant>(binary->left);
    auto* arguments = as_if<Tuple>(binary->right);
    if (!format || format->value.kind != ConstantValue::Kind::Str || !arguments) return;
    for (ExprNode* argument : arguments->elts)
        if (argument->kind == ExprKind::Starred) return;
    base::Vector<ExprNode*> values;
    std::string_view text = format->value.view();
    uint32_t used = 0;
    size_t at = 0;
    auto literal = [&] {
        base::String part;
        bool had = false;
        while (at < text.size()) {
            if (text[at] != '%') {
                part += text[at++];
                had = true;
            } else if (at + 1 < text.size() && text[at + 1] == '%') {
                part += '%';
                at += 2;
                had = true;
            } else {
                break;
            }
        }
        if (!had) return;
        auto* constant = make<Constant>(binary->left);
        constant->value = ConstantValue::of_str(m_context.keep(part));
        static_cast<Position&>(*constant) = {-1, -1, -1, -1}; // takes the line of what stands before it
        values.push_back(constant);
    };
    while (true) {
        literal();
        if (at >= text.size()) break;
        if (used >= arguments->elts.size) return;
        at++;
        FormattedValue* formatted = nullptr;
        if (!parse_format(text, at, arguments->elts[used++], formatted)) return;
        values.push_back(formatted);
    }
    if (used < arguments->elts.size) return;
    auto* joined = make<JoinedStr>(e);
    auto* list = m_context.arena.make_array<ExprNode*>(values.size());
    for (size_t i = 0; i < values.size(); i++) list[i] = values[i];
    joined->values = {list, (uint32_t)values.size()};
    e = joined;
}

} // namespace

bool preprocess(Context& context, ModNode* tree) { return Preprocessor(context).run(tree); }

} // namespace taipan::compiler
