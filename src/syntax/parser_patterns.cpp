// The match statement.
#include "syntax/parser_core.h"

namespace taipan::syntax {

// `match` is a keyword here if its line ends with a colon and a block follows: no other statement does.
bool Parser::looks_like_match() {
    switch (token_after(1).kind) {
    case Tok::EQUAL:
    case Tok::DOT:
    case Tok::COLON:
    case Tok::COMMA:
    case Tok::RPAR:
    case Tok::NEWLINE:
    case Tok::SEMI: return false;
    default: break;
    }
    for (uint32_t i = 1;; i++) {
        switch (token_after(i).kind) {
        case Tok::NEWLINE: return token_after(i - 1).kind == Tok::COLON && token_after(i + 1).kind == Tok::INDENT;
        case Tok::ENDMARKER:
        case Tok::ERRORTOKEN: return false;
        default: break;
        }
    }
}

StmtNode* Parser::match_statement() {
    Mark start = m_pos++;
    if (!supports(10)) return nullptr;
    // subject_expr: star_named_expression ',' star_named_expressions? | named_expression
    Mark subject_start = m_pos;
    bool is_starred = at(Tok::STAR);
    ExprNode* subject = star_named_expression();
    if (!subject) return nullptr;
    if (at(Tok::COMMA)) {
        uint32_t mark = stack_mark();
        push(subject);
        while (accept(Tok::COMMA)) {
            if (at(Tok::COLON)) break;
            ExprNode* next = star_named_expression();
            if (!next) return nullptr;
            push(next);
        }
        auto* tuple = make<Tuple>(subject_start);
        tuple->elts = pop_from<ExprNode>(mark);
        tuple->ctx = ExprContext::Load;
        subject = tuple;
    } else if (is_starred) {
        return nullptr;
    }
    if (!accept(Tok::COLON) || !accept(Tok::NEWLINE) || !accept(Tok::INDENT)) return nullptr;
    uint32_t mark = stack_mark();
    do {
        MatchCase* one = case_block();
        if (!one) return nullptr;
        push(one);
    } while (!accept(Tok::DEDENT));
    auto* node = make_block<Match>(start);
    node->subject = subject;
    node->cases = pop_from<MatchCase>(mark);
    return node;
}

MatchCase* Parser::case_block() {
    if (!at(Tok::NAME) || token().soft != SoftKeyword::Case) return nullptr;
    m_pos++;
    PatternNode* pattern = patterns();
    if (!pattern) return nullptr;
    ExprNode* guard = nullptr;
    if (accept(Tok::KW_if) && !(guard = named_expression())) return nullptr;
    Seq<StmtNode*> body;
    if (!accept(Tok::COLON) || !block(body)) return nullptr;
    auto* node = m_arena.make<MatchCase>();
    node->pattern = pattern;
    node->guard = guard;
    node->body = body;
    return node;
}

PatternNode* Parser::patterns() {
    Mark start = m_pos;
    bool is_starred = at(Tok::STAR);
    PatternNode* first = maybe_star_pattern();
    if (!first || (!is_starred && !at(Tok::COMMA))) return first;
    if (!at(Tok::COMMA)) return nullptr;
    uint32_t mark = stack_mark();
    push(first);
    while (accept(Tok::COMMA)) {
        if (at(Tok::COLON) || at(Tok::KW_if)) break;
        PatternNode* next = maybe_star_pattern();
        if (!next) return nullptr;
        push(next);
    }
    auto* node = make<MatchSequence>(start);
    node->patterns = pop_from<PatternNode>(mark);
    return node;
}

PatternNode* Parser::maybe_star_pattern() {
    if (!at(Tok::STAR)) return pattern();
    Mark start = m_pos++;
    if (!at(Tok::NAME)) return nullptr;
    bool is_wildcard = token().soft == SoftKeyword::Underscore;
    Identifier name = expect_name();
    auto* node = make<MatchStar>(start);
    node->name = is_wildcard ? nullptr : name;
    return node;
}

PatternNode* Parser::pattern() {
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos;
    PatternNode* inner = or_pattern();
    if (!inner || !accept(Tok::KW_as)) return inner;
    if (!at(Tok::NAME) || token().soft == SoftKeyword::Underscore) return nullptr;
    Identifier name = expect_name();
    if (at(Tok::DOT) || at(Tok::LPAR) || at(Tok::EQUAL)) return nullptr;
    auto* node = make<MatchAs>(start);
    node->pattern = inner;
    node->name = name;
    return node;
}

PatternNode* Parser::or_pattern() {
    Mark start = m_pos;
    PatternNode* first = closed_pattern();
    if (!first || !at(Tok::VBAR)) return first;
    uint32_t mark = stack_mark();
    push(first);
    while (accept(Tok::VBAR)) {
        PatternNode* next = closed_pattern();
        if (!next) return nullptr;
        push(next);
    }
    auto* node = make<MatchOr>(start);
    node->patterns = pop_from<PatternNode>(mark);
    return node;
}

PatternNode* Parser::closed_pattern() {
    Mark start = m_pos;
    auto singleton = [&](ConstantValue value) {
        m_pos++;
        auto* node = make<MatchSingleton>(start);
        node->value = value;
        return node;
    };
    switch (kind()) {
    case Tok::KW_None: return singleton(ConstantValue::none());
    case Tok::KW_True: return singleton(ConstantValue::of_bool(true));
    case Tok::KW_False: return singleton(ConstantValue::of_bool(false));
    case Tok::NUMBER:
    case Tok::MINUS:
    case Tok::STRING:
    case Tok::FSTRING_START:
    case Tok::TSTRING_START: {
        ExprNode* value = literal_expression();
        if (!value) return nullptr;
        auto* node = make<MatchValue>(start);
        node->value = value;
        return node;
    }
    case Tok::NAME: return name_pattern();
    case Tok::LBRACE: return mapping_pattern();
    case Tok::LPAR:
    case Tok::LSQB: {
        DepthGuard depth(*this);
        if (depth.too_deep()) return nullptr;
        Tok close = at(Tok::LPAR) ? Tok::RPAR : Tok::RSQB;
        m_pos++;
        uint32_t mark = stack_mark();
        bool is_group = close == Tok::RPAR && !at(Tok::RPAR) && !at(Tok::STAR);
        while (!accept(close)) {
            PatternNode* item = maybe_star_pattern();
            if (!item) return nullptr;
            push(item);
            if (accept(Tok::COMMA)) {
                is_group = false;
                continue;
            }
            // A starred pattern needs a sequence: "(*a)" is neither.
            if (close == Tok::RPAR && item->kind == PatternKind::MatchStar && stack_mark() == mark + 1) return nullptr;
            if (!accept(close)) return nullptr;
            break;
        }
        Seq<PatternNode*> items = pop_from<PatternNode>(mark);
        if (is_group) return items[0];
        auto* node = make<MatchSequence>(start);
        node->patterns = items;
        return node;
    }
    default: return nullptr;
    }
}

// A capture, the wildcard, a dotted value or a class.
PatternNode* Parser::name_pattern() {
    Mark start = m_pos;
    Tok next = token_after(1).kind;
    if (next != Tok::DOT && next != Tok::LPAR && next != Tok::EQUAL) {
        bool is_wildcard = token().soft == SoftKeyword::Underscore;
        Identifier name = expect_name();
        auto* node = make<MatchAs>(start);
        node->name = is_wildcard ? nullptr : name;
        return node;
    }
    ExprNode* value = dotted_value();
    if (!value) return nullptr;
    if (at(Tok::LPAR)) return class_pattern(start, value);
    if (at(Tok::EQUAL) || value->kind == ExprKind::Name) return nullptr;
    auto* node = make<MatchValue>(start);
    node->value = value;
    return node;
}

ExprNode* Parser::dotted_value() {
    Mark start = m_pos;
    ExprNode* value = name_node(ExprContext::Load);
    while (value && accept(Tok::DOT)) {
        Identifier attr = expect_name();
        if (!attr) return nullptr;
        auto* node = make<Attribute>(start);
        node->value = value;
        node->attr = attr;
        node->ctx = ExprContext::Load;
        value = node;
    }
    return value;
}

PatternNode* Parser::class_pattern(Mark start, ExprNode* cls) {
    m_pos++;
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    uint32_t mark = stack_mark();
    // Positional patterns, then pairs of a name and a pattern.
    uint32_t positional = 0, pairs = 0;
    while (!accept(Tok::RPAR)) {
        if (at(Tok::NAME) && token_after(1).kind == Tok::EQUAL) {
            push(expect_name());
            m_pos++;
            PatternNode* item = pattern();
            if (!item) return nullptr;
            push(item);
            pairs++;
        } else {
            if (pairs) return nullptr;
            PatternNode* item = pattern();
            if (!item) return nullptr;
            push(item);
            positional++;
        }
        if (accept(Tok::COMMA)) continue;
        if (!accept(Tok::RPAR)) return nullptr;
        break;
    }
    auto* node = make<MatchClass>(start);
    node->cls = cls;
    node->patterns = {m_arena.make_array<PatternNode*>(positional), positional};
    node->kwd_attrs = {m_arena.make_array<Identifier>(pairs), pairs};
    node->kwd_patterns = {m_arena.make_array<PatternNode*>(pairs), pairs};
    for (uint32_t i = 0; i < positional; i++) node->patterns[i] = (PatternNode*)m_stack[mark + i];
    for (uint32_t i = 0; i < pairs; i++) {
        node->kwd_attrs[i] = (Identifier)m_stack[mark + positional + 2 * i];
        node->kwd_patterns[i] = (PatternNode*)m_stack[mark + positional + 2 * i + 1];
    }
    m_stack_size = mark;
    return node;
}

PatternNode* Parser::mapping_pattern() {
    Mark start = m_pos++;
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    uint32_t mark = stack_mark();
    Identifier rest = nullptr;
    while (!accept(Tok::RBRACE)) {
        if (accept(Tok::DOUBLESTAR)) {
            if (!at(Tok::NAME) || token().soft == SoftKeyword::Underscore) return nullptr;
            rest = expect_name();
            accept(Tok::COMMA);
            if (!accept(Tok::RBRACE)) return nullptr;
            break;
        }
        ExprNode* key;
        if (at(Tok::NAME)) {
            key = dotted_value();
            if (key && key->kind == ExprKind::Name) return nullptr;
        } else {
            key = literal_expression();
        }
        if (!key || !accept(Tok::COLON)) return nullptr;
        PatternNode* value = pattern();
        if (!value) return nullptr;
        push(key);
        push(value);
        if (accept(Tok::COMMA)) continue;
        if (!accept(Tok::RBRACE)) return nullptr;
        break;
    }
    auto* node = make<MatchMapping>(start);
    uint32_t count = (m_stack_size - mark) / 2;
    node->keys = {m_arena.make_array<ExprNode*>(count), count};
    node->patterns = {m_arena.make_array<PatternNode*>(count), count};
    for (uint32_t i = 0; i < count; i++) {
        node->keys[i] = (ExprNode*)m_stack[mark + 2 * i];
        node->patterns[i] = (PatternNode*)m_stack[mark + 2 * i + 1];
    }
    node->rest = rest;
    m_stack_size = mark;
    return node;
}

ExprNode* Parser::signed_number() {
    Mark start = m_pos;
    bool negative = accept(Tok::MINUS);
    if (!at(Tok::NUMBER)) return nullptr;
    ExprNode* value = number();
    if (!value || !negative) return value;
    auto* node = make<UnaryOp>(start);
    node->op = UnaryOperator::USub;
    node->operand = value;
    return node;
}

// Numbers (with a sign, or complex as a sum), strings, None, True, False.
ExprNode* Parser::literal_expression() {
    Mark start = m_pos;
    switch (kind()) {
    case Tok::STRING:
    case Tok::FSTRING_START:
    case Tok::TSTRING_START: return strings();
    case Tok::KW_None:
    case Tok::KW_True:
    case Tok::KW_False: return atom();
    default: break;
    }
    ExprNode* real = signed_number();
    if (!real || !(at(Tok::PLUS) || at(Tok::MINUS))) return real;
    auto is_complex = [](ExprNode* node) {
        if (auto* negation = as_if<UnaryOp>(node)) node = negation->operand;
        return as<Constant>(node)->value.kind == ConstantValue::Kind::Complex;
    };
    Operator op = at(Tok::PLUS) ? Operator::Add : Operator::Sub;
    m_pos++;
    if (is_complex(real) || !at(Tok::NUMBER)) return nullptr;
    ExprNode* imaginary = number();
    if (!imaginary || !is_complex(imaginary)) return nullptr;
    auto* node = make<BinOp>(start);
    node->left = real;
    node->op = op;
    node->right = imaginary;
    return node;
}

} // namespace taipan::syntax
