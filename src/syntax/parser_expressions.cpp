// Expressions: precedence climbing, with a short way out for the operand that no operator follows.
#include "syntax/identifiers.h"
#include "syntax/parser_core.h"

namespace taipan::syntax {

namespace {

struct BinaryRow {
    uint8_t precedence = 0; // 0: not a binary operator
    Operator op = Operator::Add;
};
struct OperatorTable {
    BinaryRow binary[256];
    bool continues_expression[256] = {}; // some operator, conditional or comparison
    constexpr OperatorTable() {
        auto set = [this](Tok kind, uint8_t precedence, Operator op) {
            binary[(int)kind] = {precedence, op};
            continues_expression[(int)kind] = true;
        };
        set(Tok::VBAR, 1, Operator::BitOr);
        set(Tok::CIRCUMFLEX, 2, Operator::BitXor);
        set(Tok::AMPER, 3, Operator::BitAnd);
        set(Tok::LEFTSHIFT, 4, Operator::LShift);
        set(Tok::RIGHTSHIFT, 4, Operator::RShift);
        set(Tok::PLUS, 5, Operator::Add);
        set(Tok::MINUS, 5, Operator::Sub);
        set(Tok::STAR, 6, Operator::Mult);
        set(Tok::SLASH, 6, Operator::Div);
        set(Tok::DOUBLESLASH, 6, Operator::FloorDiv);
        set(Tok::PERCENT, 6, Operator::Mod);
        set(Tok::AT, 6, Operator::MatMult);
        for (Tok kind : {Tok::DOUBLESTAR, Tok::LESS, Tok::GREATER, Tok::EQEQUAL, Tok::NOTEQUAL, Tok::LESSEQUAL, Tok::GREATEREQUAL,
                         Tok::KW_and, Tok::KW_or, Tok::KW_if, Tok::KW_not, Tok::KW_in, Tok::KW_is})
            continues_expression[(int)kind] = true;
    }
};
constexpr OperatorTable operators;

} // namespace

ExprNode* Parser::starred(Mark start, ExprNode* value) {
    if (!value) return nullptr;
    auto* node = make<Starred>(start);
    node->value = value;
    node->ctx = ExprContext::Load;
    return node;
}

ExprNode* Parser::name_node(ExprContext context) {
    Mark start = m_pos;
    Identifier id = expect_name();
    if (!id) return nullptr;
    auto* node = make<Name>(start);
    node->id = id;
    node->ctx = context;
    return node;
}

ExprNode* Parser::constant(Mark start, ConstantValue value) {
    auto* node = make<Constant>(start);
    node->value = value;
    return node;
}

// star_expressions: ','.star_expression+ ','?
ExprNode* Parser::star_expressions() {
    Mark start = m_pos;
    ExprNode* first = star_expression();
    if (!first || !at(Tok::COMMA)) return first;
    uint32_t mark = stack_mark();
    push(first);
    while (accept(Tok::COMMA)) {
        switch (kind()) {
        case Tok::NEWLINE:
        case Tok::RPAR:
        case Tok::EQUAL:
        case Tok::SEMI:
        case Tok::COLON:
        case Tok::RBRACE:
        case Tok::EXCLAMATION:
        case Tok::ENDMARKER:
        case Tok::RSQB:
        case Tok::TYPE_COMMENT: goto done;
        default: {
            ExprNode* next = star_expression();
            if (!next) return nullptr;
            push(next);
        }
        }
    }
done:
    auto* tuple = make<Tuple>(start);
    tuple->elts = pop_from<ExprNode>(mark);
    tuple->ctx = ExprContext::Load;
    return tuple;
}

ExprNode* Parser::star_expression() {
    Mark start = m_pos;
    if (accept(Tok::STAR)) return starred(start, bitwise_or());
    return expression();
}

ExprNode* Parser::star_named_expression() {
    Mark start = m_pos;
    if (accept(Tok::STAR)) return starred(start, bitwise_or());
    return named_expression();
}

ExprNode* Parser::named_expression() {
    if (at(Tok::NAME) && token_after(1).kind == Tok::COLONEQUAL) {
        if (!supports(8)) return nullptr;
        Mark start = m_pos;
        ExprNode* target = name_node(ExprContext::Store);
        m_pos++;
        ExprNode* value = expression();
        if (!value) return nullptr;
        auto* node = make<NamedExpr>(start);
        node->target = target;
        node->value = value;
        return node;
    }
    return expression();
}

// expressions: ','.expression+ ','?  (eval mode, indexes of subscripts have their own)
ExprNode* Parser::expressions() {
    Mark start = m_pos;
    ExprNode* first = expression();
    if (!first || !at(Tok::COMMA)) return first;
    uint32_t mark = stack_mark();
    push(first);
    while (accept(Tok::COMMA)) {
        if (at(Tok::NEWLINE) || at(Tok::ENDMARKER) || at(Tok::COLON)) break;
        ExprNode* next = expression();
        if (!next) return nullptr;
        push(next);
    }
    auto* tuple = make<Tuple>(start);
    tuple->elts = pop_from<ExprNode>(mark);
    tuple->ctx = ExprContext::Load;
    return tuple;
}

ExprNode* Parser::expression() {
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos;
    switch (kind()) {
    case Tok::KW_lambda: return lambda();
    case Tok::KW_not:
    case Tok::MINUS:
    case Tok::PLUS:
    case Tok::TILDE:
    case Tok::KW_await: return expression_rest(start, nullptr);
    default: {
        ExprNode* left = primary();
        if (!left || !operators.continues_expression[(int)kind()]) return left;
        return expression_rest(start, left);
    }
    }
}

ExprNode* Parser::expression_rest(Mark start, ExprNode* left) {
    ExprNode* body = disjunction(start, left);
    if (!body || !at(Tok::KW_if)) return body;
    m_pos++;
    ExprNode* test = disjunction(m_pos, nullptr);
    if (!test || !accept(Tok::KW_else)) return nullptr;
    ExprNode* otherwise = expression();
    if (!otherwise) return nullptr;
    auto* node = make<IfExp>(start);
    node->test = test;
    node->body = body;
    node->orelse = otherwise;
    return node;
}

// `left` in these is the first operand when the caller has read it already.
ExprNode* Parser::disjunction(Mark start, ExprNode* left) {
    ExprNode* first = conjunction(start, left);
    if (!first || !at(Tok::KW_or)) return first;
    uint32_t mark = stack_mark();
    push(first);
    while (accept(Tok::KW_or)) {
        ExprNode* next = conjunction(m_pos, nullptr);
        if (!next) return nullptr;
        push(next);
    }
    auto* node = make<BoolOp>(start);
    node->op = BoolOperator::Or;
    node->values = pop_from<ExprNode>(mark);
    return node;
}

ExprNode* Parser::conjunction(Mark start, ExprNode* left) {
    ExprNode* first = inversion(start, left);
    if (!first || !at(Tok::KW_and)) return first;
    uint32_t mark = stack_mark();
    push(first);
    while (accept(Tok::KW_and)) {
        ExprNode* next = inversion(m_pos, nullptr);
        if (!next) return nullptr;
        push(next);
    }
    auto* node = make<BoolOp>(start);
    node->op = BoolOperator::And;
    node->values = pop_from<ExprNode>(mark);
    return node;
}

ExprNode* Parser::inversion(Mark start, ExprNode* left) {
    if (left || !at(Tok::KW_not)) return comparison(start, left);
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    m_pos++;
    ExprNode* operand = inversion(m_pos, nullptr);
    if (!operand) return nullptr;
    auto* node = make<UnaryOp>(start);
    node->op = UnaryOperator::Not;
    node->operand = operand;
    return node;
}

ExprNode* Parser::comparison(Mark start, ExprNode* left) {
    ExprNode* first = binary(start, left, 1);
    if (!first) return nullptr;
    uint32_t mark = stack_mark();
    CompareOperator local[16];
    CompareOperator* ops = local;
    uint32_t count = 0, capacity = 16;
    for (;;) {
        CompareOperator op;
        uint32_t length = 1;
        switch (kind()) {
        case Tok::LESS: op = CompareOperator::Lt; break;
        case Tok::GREATER: op = CompareOperator::Gt; break;
        case Tok::EQEQUAL: op = CompareOperator::Eq; break;
        case Tok::LESSEQUAL: op = CompareOperator::LtE; break;
        case Tok::GREATEREQUAL: op = CompareOperator::GtE; break;
        case Tok::NOTEQUAL:
            if ((text(token()) == "<>") != m_old_inequality) return nullptr;
            op = CompareOperator::NotEq;
            break;
        case Tok::KW_in: op = CompareOperator::In; break;
        case Tok::KW_not:
            if (token_after(1).kind != Tok::KW_in) goto done;
            op = CompareOperator::NotIn;
            length = 2;
            break;
        case Tok::KW_is:
            op = CompareOperator::Is;
            if (token_after(1).kind == Tok::KW_not) {
                op = CompareOperator::IsNot;
                length = 2;
            }
            break;
        default: goto done;
        }
        m_pos += length;
        ExprNode* right = bitwise_or();
        if (!right) return nullptr;
        if (count == capacity) {
            auto* larger = m_arena.make_array<CompareOperator>(capacity * 2);
            memcpy(larger, ops, count);
            ops = larger;
            capacity *= 2;
        }
        ops[count++] = op;
        push(right);
    }
done:
    if (!count) return first;
    auto* node = make<Compare>(start);
    node->left = first;
    node->ops = {(CompareOperator*)m_arena.copy(ops, count), count};
    node->comparators = pop_from<ExprNode>(mark);
    return node;
}

// Binary operators of at least precedence `lowest`, all of them left-associative; `**` belongs to the operands.
ExprNode* Parser::binary(Mark start, ExprNode* left, int lowest) {
    if (left) {
        // The caller stopped after the primary: an exponent may still follow.
        if (at(Tok::DOUBLESTAR)) {
            m_pos++;
            ExprNode* exponent = factor();
            if (!exponent) return nullptr;
            auto* node = make<BinOp>(start);
            node->left = left;
            node->op = Operator::Pow;
            node->right = exponent;
            left = node;
        }
    } else {
        left = factor();
        if (!left) return nullptr;
    }
    for (;;) {
        BinaryRow row = operators.binary[(int)kind()];
        if (row.precedence < lowest || !row.precedence) return left;
        if (row.op == Operator::MatMult && !supports(5)) return nullptr;
        m_pos++;
        Mark right_start = m_pos;
        ExprNode* right = factor();
        if (!right) return nullptr;
        if (operators.binary[(int)kind()].precedence > row.precedence) {
            right = binary(right_start, right, row.precedence + 1);
            if (!right) return nullptr;
        }
        auto* node = make<BinOp>(start);
        node->left = left;
        node->op = row.op;
        node->right = right;
        left = node;
    }
}

ExprNode* Parser::factor() {
    UnaryOperator op;
    switch (kind()) {
    case Tok::MINUS: op = UnaryOperator::USub; break;
    case Tok::PLUS: op = UnaryOperator::UAdd; break;
    case Tok::TILDE: op = UnaryOperator::Invert; break;
    default: return power();
    }
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos++;
    ExprNode* operand = factor();
    if (!operand) return nullptr;
    auto* node = make<UnaryOp>(start);
    node->op = op;
    node->operand = operand;
    return node;
}

ExprNode* Parser::power() {
    Mark start = m_pos;
    ExprNode* base;
    if (accept(Tok::KW_await)) {
        if (!supports(5)) return nullptr;
        ExprNode* value = primary();
        if (!value) return nullptr;
        auto* node = make<Await>(start);
        node->value = value;
        base = node;
    } else {
        base = primary();
        if (!base) return nullptr;
    }
    if (!at(Tok::DOUBLESTAR)) return base;
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    m_pos++;
    ExprNode* exponent = factor();
    if (!exponent) return nullptr;
    auto* node = make<BinOp>(start);
    node->left = base;
    node->op = Operator::Pow;
    node->right = exponent;
    return node;
}

ExprNode* Parser::primary() {
    Mark start = m_pos;
    ExprNode* left = atom();
    if (!left) return nullptr;
    return primary_rest(start, left);
}

ExprNode* Parser::primary_rest(Mark start, ExprNode* left) {
    for (;;) {
        switch (kind()) {
        case Tok::DOT: {
            m_pos++;
            Identifier attr = expect_name();
            if (!attr) return nullptr;
            auto* node = make<Attribute>(start);
            node->value = left;
            node->attr = attr;
            node->ctx = ExprContext::Load;
            left = node;
            break;
        }
        case Tok::LPAR: {
            m_pos++;
            Seq<ExprNode*> args;
            Seq<Keyword*> keywords;
            if (!call_arguments(args, keywords, true)) return nullptr;
            auto* node = make<Call>(start);
            node->func = left;
            node->args = args;
            node->keywords = keywords;
            left = node;
            break;
        }
        case Tok::LSQB: {
            m_pos++;
            ExprNode* index = subscript_index();
            if (!index || !accept(Tok::RSQB)) return nullptr;
            auto* node = make<Subscript>(start);
            node->value = left;
            node->slice = index;
            node->ctx = ExprContext::Load;
            left = node;
            break;
        }
        default: return left;
        }
    }
}

// slices: slice !',' | ','.(slice | starred_expression)+ ','?
ExprNode* Parser::subscript_index() {
    Mark start = m_pos;
    bool is_tuple = false;
    uint32_t mark = stack_mark();
    for (;;) {
        Mark item_start = m_pos;
        ExprNode* item;
        if (accept(Tok::STAR)) {
            item = starred(item_start, expression());
            is_tuple = true;
        } else {
            item = slice();
        }
        if (!item) return nullptr;
        push(item);
        if (!accept(Tok::COMMA)) break;
        is_tuple = true;
        if (at(Tok::RSQB)) break;
    }
    if (!is_tuple) return pop_from<ExprNode>(mark)[0];
    auto* tuple = make<Tuple>(start);
    tuple->elts = pop_from<ExprNode>(mark);
    tuple->ctx = ExprContext::Load;
    return tuple;
}

ExprNode* Parser::slice() {
    Mark start = m_pos;
    ExprNode* lower = nullptr;
    if (!at(Tok::COLON)) {
        bool named = at(Tok::NAME) && token_after(1).kind == Tok::COLONEQUAL;
        lower = named_expression();
        if (!lower || named || !at(Tok::COLON)) return lower;
    }
    m_pos++;
    ExprNode* upper = nullptr;
    ExprNode* step = nullptr;
    auto ends = [this] { return at(Tok::RSQB) || at(Tok::COMMA); };
    if (!ends() && !at(Tok::COLON) && !(upper = expression())) return nullptr;
    if (accept(Tok::COLON) && !ends() && !(step = expression())) return nullptr;
    auto* node = make<Slice>(start);
    node->lower = lower;
    node->upper = upper;
    node->step = step;
    return node;
}

// After '(': arguments and the ')'. Positional and starred ones, then keywords and starred ones, then keywords and
// `**`.
bool Parser::call_arguments(Seq<ExprNode*>& args, Seq<Keyword*>& keywords, bool allow_generator) {
    if (accept(Tok::RPAR)) return true;
    Mark open = m_pos - 1;
    uint32_t mark = stack_mark();
    // Keywords wait in a list of their own: both kinds may alternate.
    Keyword* local[32];
    Keyword** found = local;
    uint32_t keyword_count = 0, keyword_capacity = 32;
    bool unpacked = false; // a `**` was seen
    for (;;) {
        Mark start = m_pos;
        Keyword* keyword = nullptr;
        if (at(Tok::STAR)) {
            if (unpacked) return false;
            m_pos++;
            ExprNode* node = starred(start, expression());
            if (!node) return false;
            push(node);
        } else if (accept(Tok::DOUBLESTAR)) {
            ExprNode* value = expression();
            if (!value) return false;
            keyword = make<Keyword>(start);
            keyword->value = value;
            unpacked = true;
        } else if (at(Tok::NAME) && token_after(1).kind == Tok::EQUAL) {
            Identifier arg = expect_name();
            m_pos++;
            ExprNode* value = expression();
            if (!value) return false;
            keyword = make<Keyword>(start);
            keyword->arg = arg;
            keyword->value = value;
        } else {
            if (keyword_count) return false;
            ExprNode* node = named_expression();
            if (!node) return false;
            if (at_comprehension()) {
                // Only alone may a generator do without parentheses: the call's are its own.
                if (!allow_generator || start != open + 1) return false;
                Seq<Comprehension*> generators;
                if (!comprehensions(generators) || !accept(Tok::RPAR)) return false;
                auto* generator = make<GeneratorExp>(open);
                generator->elt = node;
                generator->generators = generators;
                args = single<ExprNode>(generator);
                return true;
            }
            push(node);
        }
        if (keyword) {
            if (keyword_count == keyword_capacity) {
                auto** larger = m_arena.make_array<Keyword*>(keyword_capacity * 2);
                memcpy(larger, found, keyword_count * sizeof(Keyword*));
                found = larger;
                keyword_capacity *= 2;
            }
            found[keyword_count++] = keyword;
        }
        if (accept(Tok::RPAR)) break;
        if (!accept(Tok::COMMA)) return false;
        if (accept(Tok::RPAR)) break;
    }
    args = pop_from<ExprNode>(mark);
    if (keyword_count) {
        auto** copied = m_arena.make_array<Keyword*>(keyword_count);
        memcpy(copied, found, keyword_count * sizeof(Keyword*));
        keywords = {copied, keyword_count};
    }
    return true;
}

ExprNode* Parser::atom() {
    Mark start = m_pos;
    switch (kind()) {
    case Tok::NAME: return name_node(ExprContext::Load);
    case Tok::KW_None: m_pos++; return constant(start, ConstantValue::none());
    case Tok::KW_True: m_pos++; return constant(start, ConstantValue::of_bool(true));
    case Tok::KW_False: m_pos++; return constant(start, ConstantValue::of_bool(false));
    case Tok::ELLIPSIS: m_pos++; return constant(start, ConstantValue::ellipsis());
    case Tok::NUMBER: return number();
    case Tok::STRING:
    case Tok::FSTRING_START:
    case Tok::TSTRING_START: return strings();
    case Tok::LPAR: return parenthesized();
    case Tok::LSQB: return list_display();
    case Tok::LBRACE: return brace_display();
    default: return nullptr;
    }
}

ExprNode* Parser::number() {
    Mark start = m_pos;
    std::string_view spelling = text(token());
    if (!supports(6) && spelling.find('_') != std::string_view::npos) return nullptr;
    NumberResult result = parse_number(m_arena, spelling, m_options.int_max_str_digits);
    if (result.error != LiteralError::None) return nullptr;
    m_pos++;
    return constant(start, result.value);
}

// A group, a tuple or a generator expression.
ExprNode* Parser::parenthesized() {
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos++;
    auto tuple_of = [&](uint32_t mark) {
        auto* tuple = make<Tuple>(start);
        tuple->elts = pop_from<ExprNode>(mark);
        tuple->ctx = ExprContext::Load;
        return tuple;
    };
    if (accept(Tok::RPAR)) return tuple_of(stack_mark());
    if (at(Tok::KW_yield)) {
        ExprNode* value = yield_expression();
        return value && accept(Tok::RPAR) ? value : nullptr;
    }
    bool is_starred = at(Tok::STAR);
    ExprNode* first = star_named_expression();
    if (!first) return nullptr;
    if (accept(Tok::RPAR)) return is_starred ? nullptr : first;
    if (accept(Tok::COMMA)) {
        uint32_t mark = stack_mark();
        push(first);
        while (!accept(Tok::RPAR)) {
            ExprNode* next = star_named_expression();
            if (!next) return nullptr;
            push(next);
            if (accept(Tok::COMMA)) continue;
            if (!accept(Tok::RPAR)) return nullptr;
            break;
        }
        return tuple_of(mark);
    }
    if (is_starred || !at_comprehension()) return nullptr;
    Seq<Comprehension*> generators;
    if (!comprehensions(generators) || !accept(Tok::RPAR)) return nullptr;
    auto* node = make<GeneratorExp>(start);
    node->elt = first;
    node->generators = generators;
    return node;
}

ExprNode* Parser::list_display() {
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos++;
    uint32_t mark = stack_mark();
    bool is_starred = at(Tok::STAR);
    if (!accept(Tok::RSQB)) {
        ExprNode* first = star_named_expression();
        if (!first) return nullptr;
        if (at_comprehension()) {
            Seq<Comprehension*> generators;
            if (is_starred || !comprehensions(generators) || !accept(Tok::RSQB)) return nullptr;
            auto* node = make<ListComp>(start);
            node->elt = first;
            node->generators = generators;
            return node;
        }
        push(first);
        while (!accept(Tok::RSQB)) {
            if (!accept(Tok::COMMA)) return nullptr;
            if (accept(Tok::RSQB)) break;
            ExprNode* next = star_named_expression();
            if (!next) return nullptr;
            push(next);
        }
    }
    auto* list = make<List>(start);
    list->elts = pop_from<ExprNode>(mark);
    list->ctx = ExprContext::Load;
    return list;
}

// Dict, set and their comprehensions.
ExprNode* Parser::brace_display() {
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos++;
    uint32_t mark = stack_mark();
    if (accept(Tok::RBRACE)) return make<Dict>(start);

    bool is_unpacked = at(Tok::DOUBLESTAR);
    bool is_starred = at(Tok::STAR);
    bool is_named = at(Tok::NAME) && token_after(1).kind == Tok::COLONEQUAL;
    ExprNode* first = nullptr;
    if (!is_unpacked) {
        first = star_named_expression();
        if (!first) return nullptr;
    }
    if (is_unpacked || (at(Tok::COLON) && !is_starred && !is_named)) {
        // Keys and values alternate on the stack; a null key unpacks its value.
        bool is_first = true;
        for (;;) {
            if (accept(Tok::DOUBLESTAR)) {
                ExprNode* value = bitwise_or();
                if (!value) return nullptr;
                push(nullptr);
                push(value);
            } else {
                ExprNode* key = is_first ? first : expression();
                if (!key || !accept(Tok::COLON)) return nullptr;
                ExprNode* value = expression();
                if (!value) return nullptr;
                if (is_first && at_comprehension()) {
                    Seq<Comprehension*> generators;
                    if (!comprehensions(generators) || !accept(Tok::RBRACE)) return nullptr;
                    auto* node = make<DictComp>(start);
                    node->key = key;
                    node->value = value;
                    node->generators = generators;
                    return node;
                }
                push(key);
                push(value);
            }
            is_first = false;
            if (accept(Tok::RBRACE)) break;
            if (!accept(Tok::COMMA)) return nullptr;
            if (accept(Tok::RBRACE)) break;
        }
        auto* node = make<Dict>(start);
        uint32_t count = (m_stack_size - mark) / 2;
        node->keys = {m_arena.make_array<ExprNode*>(count), count};
        node->values = {m_arena.make_array<ExprNode*>(count), count};
        for (uint32_t i = 0; i < count; i++) {
            node->keys[i] = (ExprNode*)m_stack[mark + 2 * i];
            node->values[i] = (ExprNode*)m_stack[mark + 2 * i + 1];
        }
        m_stack_size = mark;
        return node;
    }
    if (at_comprehension()) {
        Seq<Comprehension*> generators;
        if (is_starred || !comprehensions(generators) || !accept(Tok::RBRACE)) return nullptr;
        auto* node = make<SetComp>(start);
        node->elt = first;
        node->generators = generators;
        return node;
    }
    push(first);
    while (!accept(Tok::RBRACE)) {
        if (!accept(Tok::COMMA)) return nullptr;
        if (accept(Tok::RBRACE)) break;
        ExprNode* next = star_named_expression();
        if (!next) return nullptr;
        push(next);
    }
    auto* node = make<Set>(start);
    node->elts = pop_from<ExprNode>(mark);
    return node;
}

// ('async'? 'for' star_targets 'in' disjunction ('if' disjunction)*)+
bool Parser::comprehensions(Seq<Comprehension*>& out) {
    uint32_t mark = stack_mark();
    while (at_comprehension()) {
        auto* clause = m_arena.make<Comprehension>();
        clause->is_async = accept(Tok::KW_async);
        if (clause->is_async && !supports(6)) return false;
        m_pos++;
        clause->target = star_targets();
        if (!clause->target || !accept(Tok::KW_in)) return false;
        clause->iter = disjunction(m_pos, nullptr);
        if (!clause->iter) return false;
        uint32_t conditions = stack_mark();
        while (accept(Tok::KW_if)) {
            ExprNode* condition = disjunction(m_pos, nullptr);
            if (!condition) return false;
            push(condition);
        }
        clause->ifs = pop_from<ExprNode>(conditions);
        push(clause);
    }
    out = pop_from<Comprehension>(mark);
    return true;
}

ExprNode* Parser::lambda() {
    Mark start = m_pos++;
    Arguments* args = parameters(true, Tok::COLON);
    if (!args || !accept(Tok::COLON)) return nullptr;
    ExprNode* body = expression();
    if (!body) return nullptr;
    auto* node = make<Lambda>(start);
    node->args = args;
    node->body = body;
    return node;
}

ExprNode* Parser::yield_expression() {
    Mark start = m_pos++;
    if (accept(Tok::KW_from)) {
        ExprNode* value = expression();
        if (!value) return nullptr;
        auto* node = make<YieldFrom>(start);
        node->value = value;
        return node;
    }
    ExprNode* value = nullptr;
    switch (kind()) {
    case Tok::NEWLINE:
    case Tok::RPAR:
    case Tok::SEMI:
    case Tok::EQUAL:
    case Tok::RBRACE:
    case Tok::COLON:
    case Tok::EXCLAMATION:
    case Tok::ENDMARKER:
    case Tok::TYPE_COMMENT:
    case Tok::RSQB:
    case Tok::COMMA: break;
    default:
        value = star_expressions();
        if (!value) return nullptr;
    }
    auto* node = make<Yield>(start);
    node->value = value;
    return node;
}

// --- Targets: parsed as expressions, then turned into what is assigned or deleted.

bool Parser::is_single_target(ExprNode* target) {
    return target->kind == ExprKind::Name || target->kind == ExprKind::Attribute || target->kind == ExprKind::Subscript;
}

bool Parser::set_context(ExprNode* target, ExprContext context, bool starred_allowed) {
    switch (target->kind) {
    case ExprKind::Name: as<Name>(target)->ctx = context; return true;
    case ExprKind::Attribute: as<Attribute>(target)->ctx = context; return true;
    case ExprKind::Subscript: as<Subscript>(target)->ctx = context; return true;
    case ExprKind::Starred:
        if (!starred_allowed || context == ExprContext::Del) return false;
        as<Starred>(target)->ctx = context;
        return set_context(as<Starred>(target)->value, context, false);
    case ExprKind::Tuple:
        as<Tuple>(target)->ctx = context;
        for (ExprNode* item : as<Tuple>(target)->elts)
            if (!set_context(item, context, true)) return false;
        return true;
    case ExprKind::List:
        as<List>(target)->ctx = context;
        for (ExprNode* item : as<List>(target)->elts)
            if (!set_context(item, context, true)) return false;
        return true;
    default: return false;
    }
}

ExprNode* Parser::star_target() {
    Mark start = m_pos;
    bool is_starred = accept(Tok::STAR);
    ExprNode* target = primary();
    if (!target || !set_context(target, ExprContext::Store, false)) return nullptr;
    if (!is_starred) return target;
    auto* node = make<Starred>(start);
    node->value = target;
    node->ctx = ExprContext::Store;
    return node;
}

ExprNode* Parser::star_targets() {
    Mark start = m_pos;
    ExprNode* first = star_target();
    if (!first || !at(Tok::COMMA)) return first;
    uint32_t mark = stack_mark();
    push(first);
    while (accept(Tok::COMMA)) {
        if (at(Tok::KW_in)) break;
        ExprNode* next = star_target();
        if (!next) return nullptr;
        push(next);
    }
    auto* tuple = make<Tuple>(start);
    tuple->elts = pop_from<ExprNode>(mark);
    tuple->ctx = ExprContext::Store;
    return tuple;
}

ExprNode* Parser::deletion_target() {
    ExprNode* target = primary();
    return target && set_context(target, ExprContext::Del, false) ? target : nullptr;
}

} // namespace taipan::syntax
