// Statements. Each pushes its nodes on the stack (a line may hold several simple ones); blocks collect them.
#include "syntax/identifiers.h"
#include "syntax/parser_core.h"

#include <cstdio>

namespace taipan::syntax {

void TokenBuffer::fetch() {
    if (m_count == m_capacity) {
        uint32_t capacity = m_capacity ? m_capacity * 2 : 512;
        m_tokens = (Token*)base::must_reallocate((void*)m_tokens, capacity * sizeof(Token));
        m_capacity = capacity;
    }
    Token token = m_lexer.next();
    while (token.kind == Tok::TYPE_IGNORE) {
        if ((m_ignore_count & (m_ignore_count - 1)) == 0) {
            uint32_t room = m_ignore_count ? m_ignore_count * 2 : 1;
            m_ignores = (TypeIgnoreComment*)base::must_reallocate((void*)m_ignores, sizeof(TypeIgnoreComment) * room);
        }
        m_ignores[m_ignore_count++] = {token.lineno, m_lexer.text(token)};
        token = m_lexer.next();
    }
    if (m_options.mode == ParseMode::Single && token.kind == Tok::ENDMARKER && m_parsing_started) {
        // The end of interactive input ends the statement and its blocks.
        token.kind = Tok::NEWLINE;
        m_parsing_started = false;
        if (m_lexer.indent() && !m_options.dont_imply_dedent) m_lexer.close_blocks();
    } else {
        m_parsing_started = true;
    }
    m_tokens[m_count++] = token;
}

void Parser::grow_stack() {
    uint32_t capacity = m_stack_capacity ? m_stack_capacity * 2 : 256;
    m_stack = (const void**)base::must_reallocate((void*)m_stack, capacity * sizeof(void*));
    m_stack_capacity = capacity;
}

Identifier Parser::identifier(const Token& token) {
    std::string_view spelling = text(token);
    for (char c : spelling)
        if ((unsigned char)c >= 0x80) {
            spelling = normalize_identifier(m_arena, spelling);
            for (const char* constant : {"None", "True", "False"}) {
                if (spelling != constant || m_failure) continue;
                char message[64];
                int size = snprintf(message, sizeof message, "identifier field can't represent '%s' constant", constant);
                m_failure.message = {m_arena.copy(message, (size_t)size), (size_t)size};
                m_failure.kind = FailureKind::ValueError;
            }
            break;
        }
    return m_names.intern(spelling);
}

SyntaxFailure Parser::failure_at_last_token(const char* message) {
    const Token& last = m_tokens[m_tokens.count() - 1];
    Lexer& lexer = m_tokens.lexer();
    SyntaxFailure failure;
    failure.kind = FailureKind::SyntaxError;
    failure.message = message;
    failure.lineno = last.lineno;
    failure.end_lineno = last.end_lineno;
    failure.line = {lexer.line_start(), (size_t)(lexer.line_end() - lexer.line_start())};
    failure.has_line = true;
    failure.byte_offset = last.col;
    failure.end_byte_offset = last.end_col;
    failure.offset = count_characters(lexer.line_start(), lexer.line_start() + last.col) + 1;
    failure.end_offset = count_characters(lexer.line_start(), lexer.line_start() + last.end_col) + 1;
    return failure;
}

const Text* Parser::type_comment() {
    if (!at(Tok::TYPE_COMMENT)) return nullptr;
    const Text* comment = NameTable::make_text(m_arena, text(token()));
    m_pos++;
    return comment;
}

ModNode* Parser::parse_module() {
    switch (m_options.mode) {
    case ParseMode::Exec: {
        while (!at(Tok::ENDMARKER)) {
            m_previous_start = m_statement_start;
            m_statement_start = m_pos;
            if (!statement()) return nullptr;
        }
        auto* module = m_arena.make<Module>();
        module->kind = ModKind::Module;
        module->body = pop_from<StmtNode>(0);
        for (uint32_t i = 0; i < m_tokens.ignore_count(); i++) {
            auto* ignore = m_arena.make<TypeIgnore>();
            ignore->kind = TypeIgnoreKind::TypeIgnore;
            ignore->lineno = m_tokens.ignores()[i].lineno;
            ignore->tag = NameTable::make_text(m_arena, m_tokens.ignores()[i].tag);
            push(ignore);
        }
        module->type_ignores = pop_from<TypeIgnoreNode>(0);
        return module;
    }
    case ParseMode::Single: {
        auto* module = m_arena.make<Interactive>();
        module->kind = ModKind::Interactive;
        if (at(Tok::NEWLINE)) {
            // An empty line is a `pass`.
            auto* pass = make<Pass>(m_pos++);
            const Token& newline = m_tokens[m_pos - 1];
            pass->lineno = newline.lineno;
            pass->col_offset = newline.col;
            pass->end_lineno = newline.end_lineno;
            pass->end_col_offset = newline.end_col;
            push(pass);
        } else if (at(Tok::ENDMARKER)) {
            return nullptr;
        } else {
            Mark start = m_pos;
            bool is_compound = false;
            StmtNode* compound = compound_statement(is_compound);
            if (is_compound) {
                if (!compound || !accept(Tok::NEWLINE)) return nullptr;
                push(compound);
            } else {
                m_pos = start;
                if (!simple_statements()) return nullptr;
            }
        }
        module->body = pop_from<StmtNode>(0);
        return module;
    }
    case ParseMode::Eval: {
        ExprNode* body = expressions();
        if (!body) return nullptr;
        while (accept(Tok::NEWLINE)) {
        }
        if (!at(Tok::ENDMARKER)) return nullptr;
        auto* module = m_arena.make<Expression>();
        module->kind = ModKind::Expression;
        module->body = body;
        return module;
    }
    case ParseMode::FunctionType: {
        if (!accept(Tok::LPAR)) return nullptr;
        uint32_t mark = stack_mark();
        // Positional types, then `*type`, then `**type`.
        int stage = 0;
        while (!accept(Tok::RPAR)) {
            if (stage == 2) return nullptr;
            if (accept(Tok::STAR)) {
                if (stage >= 1) return nullptr;
                stage = 1;
            } else if (accept(Tok::DOUBLESTAR)) {
                stage = 2;
            } else if (stage) {
                return nullptr;
            }
            ExprNode* type = expression();
            if (!type) return nullptr;
            push(type);
            if (accept(Tok::RPAR)) break;
            if (!accept(Tok::COMMA) || at(Tok::RPAR)) return nullptr;
        }
        auto* module = m_arena.make<FunctionType>();
        module->kind = ModKind::FunctionType;
        module->argtypes = pop_from<ExprNode>(mark);
        if (!accept(Tok::RARROW)) return nullptr;
        module->returns = expression();
        if (!module->returns) return nullptr;
        while (accept(Tok::NEWLINE)) {
        }
        return at(Tok::ENDMARKER) ? module : nullptr;
    }
    }
    return nullptr;
}

bool Parser::statement() {
    bool is_compound = false;
    StmtNode* compound = compound_statement(is_compound);
    if (is_compound) {
        if (!compound) return false;
        push(compound);
        return true;
    }
    return simple_statements();
}

// `matched` says that a compound statement begins here, whether or not it could be read.
StmtNode* Parser::compound_statement(bool& matched) {
    matched = true;
    switch (kind()) {
    case Tok::KW_if: return if_statement();
    case Tok::KW_def: return function_definition(m_pos, false, {});
    case Tok::KW_class: return class_definition({});
    case Tok::KW_for: return for_statement(m_pos, false);
    case Tok::KW_while: return while_statement();
    case Tok::KW_try: return try_statement();
    case Tok::KW_with: return with_statement(m_pos, false);
    case Tok::AT: return decorated();
    case Tok::KW_async: {
        if (!supports(5)) return nullptr;
        Mark start = m_pos++;
        if (at(Tok::KW_def)) return function_definition(start, true, {});
        if (at(Tok::KW_for)) return for_statement(start, true);
        if (at(Tok::KW_with)) return with_statement(start, true);
        return nullptr;
    }
    case Tok::NAME:
        if (token().soft == SoftKeyword::Match && looks_like_match()) return match_statement();
        break;
    default: break;
    }
    matched = false;
    return nullptr;
}

bool Parser::simple_statements() {
    for (;;) {
        StmtNode* node = simple_statement();
        if (!node) return false;
        push(node);
        if (accept(Tok::NEWLINE)) return true;
        if (!accept(Tok::SEMI)) return false;
        if (accept(Tok::NEWLINE)) return true;
    }
}

StmtNode* Parser::simple_statement() {
    Mark start = m_pos;
    switch (kind()) {
    case Tok::KW_pass: m_pos++; return make<Pass>(start);
    case Tok::KW_break: m_pos++; return make<Break>(start);
    case Tok::KW_continue: m_pos++; return make<Continue>(start);
    case Tok::KW_return: {
        m_pos++;
        ExprNode* value = nullptr;
        if (!at(Tok::NEWLINE) && !at(Tok::SEMI) && !(value = star_expressions())) return nullptr;
        auto* node = make<Return>(start);
        node->value = value;
        return node;
    }
    case Tok::KW_raise: {
        m_pos++;
        ExprNode* exc = nullptr;
        ExprNode* cause = nullptr;
        if (!at(Tok::NEWLINE) && !at(Tok::SEMI)) {
            if (!(exc = expression())) return nullptr;
            if (accept(Tok::KW_from) && !(cause = expression())) return nullptr;
        }
        auto* node = make<Raise>(start);
        node->exc = exc;
        node->cause = cause;
        return node;
    }
    case Tok::KW_import: return import_name();
    case Tok::KW_from: return import_from();
    case Tok::KW_global:
    case Tok::KW_nonlocal: return global_or_nonlocal();
    case Tok::KW_del: return del_statement();
    case Tok::KW_assert: {
        m_pos++;
        ExprNode* test = expression();
        ExprNode* msg = nullptr;
        if (!test || (accept(Tok::COMMA) && !(msg = expression()))) return nullptr;
        auto* node = make<Assert>(start);
        node->test = test;
        node->msg = msg;
        return node;
    }
    case Tok::NAME:
        if (token().soft == SoftKeyword::Type && token_after(1).kind == Tok::NAME) return type_alias();
        break;
    default: break;
    }
    return assignment_or_expression();
}

namespace {
bool augmented_operator(Tok kind, Operator& op) {
    switch (kind) {
    case Tok::PLUSEQUAL: op = Operator::Add; return true;
    case Tok::MINEQUAL: op = Operator::Sub; return true;
    case Tok::STAREQUAL: op = Operator::Mult; return true;
    case Tok::ATEQUAL: op = Operator::MatMult; return true;
    case Tok::SLASHEQUAL: op = Operator::Div; return true;
    case Tok::PERCENTEQUAL: op = Operator::Mod; return true;
    case Tok::AMPEREQUAL: op = Operator::BitAnd; return true;
    case Tok::VBAREQUAL: op = Operator::BitOr; return true;
    case Tok::CIRCUMFLEXEQUAL: op = Operator::BitXor; return true;
    case Tok::LEFTSHIFTEQUAL: op = Operator::LShift; return true;
    case Tok::RIGHTSHIFTEQUAL: op = Operator::RShift; return true;
    case Tok::DOUBLESTAREQUAL: op = Operator::Pow; return true;
    case Tok::DOUBLESLASHEQUAL: op = Operator::FloorDiv; return true;
    default: return false;
    }
}
} // namespace

StmtNode* Parser::assignment_or_expression() {
    Mark start = m_pos;
    if (at(Tok::KW_yield)) {
        ExprNode* value = yield_expression();
        if (!value) return nullptr;
        auto* node = make<Expr>(start);
        node->value = value;
        return node;
    }
    ExprNode* first = star_expressions();
    if (!first) return nullptr;

    if (at(Tok::EQUAL)) {
        uint32_t mark = stack_mark();
        ExprNode* value = first;
        while (accept(Tok::EQUAL)) {
            if (!set_context(value, ExprContext::Store, true)) return nullptr;
            push(value);
            value = annotated_rhs();
            if (!value) return nullptr;
            if (value->kind == ExprKind::Yield || value->kind == ExprKind::YieldFrom) break;
        }
        const Text* comment = type_comment();
        auto* node = make<Assign>(start);
        node->targets = pop_from<ExprNode>(mark);
        node->value = value;
        node->type_comment = comment;
        return node;
    }
    if (at(Tok::COLON)) {
        if (!is_single_target(first) || !supports(6)) return nullptr;
        set_context(first, ExprContext::Store, false);
        m_pos++;
        ExprNode* annotation = expression();
        if (!annotation) return nullptr;
        ExprNode* value = nullptr;
        if (accept(Tok::EQUAL) && !(value = annotated_rhs())) return nullptr;
        auto* node = make<AnnAssign>(start);
        node->target = first;
        node->annotation = annotation;
        node->value = value;
        // A bare name declares; a parenthesised one is only evaluated around.
        node->simple = first->kind == ExprKind::Name && m_tokens[start].kind == Tok::NAME;
        return node;
    }
    Operator op;
    if (augmented_operator(kind(), op)) {
        if (!is_single_target(first) || (op == Operator::MatMult && !supports(5))) return nullptr;
        set_context(first, ExprContext::Store, false);
        m_pos++;
        ExprNode* value = annotated_rhs();
        if (!value) return nullptr;
        auto* node = make<AugAssign>(start);
        node->target = first;
        node->op = op;
        node->value = value;
        return node;
    }
    auto* node = make<Expr>(start);
    node->value = first;
    return node;
}

StmtNode* Parser::global_or_nonlocal() {
    Mark start = m_pos;
    bool is_global = at(Tok::KW_global);
    m_pos++;
    uint32_t mark = stack_mark();
    do {
        Identifier name = expect_name();
        if (!name) return nullptr;
        push(name);
    } while (accept(Tok::COMMA));
    Seq<const Text*> names = pop_from<const Text>(mark);
    if (is_global) {
        auto* node = make<Global>(start);
        node->names = names;
        return node;
    }
    auto* node = make<Nonlocal>(start);
    node->names = names;
    return node;
}

StmtNode* Parser::del_statement() {
    Mark start = m_pos++;
    uint32_t mark = stack_mark();
    do {
        if (stack_mark() > mark && (at(Tok::NEWLINE) || at(Tok::SEMI))) break;
        ExprNode* target = deletion_target();
        if (!target) return nullptr;
        push(target);
    } while (accept(Tok::COMMA));
    if (!at(Tok::NEWLINE) && !at(Tok::SEMI)) return nullptr;
    auto* node = make<Delete>(start);
    node->targets = pop_from<ExprNode>(mark);
    return node;
}

Identifier Parser::dotted_name() {
    Mark start = m_pos;
    Identifier first = expect_name();
    if (!first || !at(Tok::DOT)) return first;
    size_t size = first->size;
    while (at(Tok::DOT)) {
        m_pos++;
        Identifier part = expect_name();
        if (!part) return nullptr;
        size += part->size + 1;
    }
    char* joined = (char*)m_arena.allocate(size, 1);
    char* to = joined;
    for (Mark i = start; i < m_pos; i += 2) {
        Identifier part = identifier(m_tokens[i]);
        if (i > start) *to++ = '.';
        memcpy(to, part->data, part->size);
        to += part->size;
    }
    return m_names.intern({joined, size});
}

Alias* Parser::dotted_alias() {
    Mark start = m_pos;
    Identifier name = dotted_name();
    if (!name) return nullptr;
    Identifier asname = nullptr;
    if (accept(Tok::KW_as) && !(asname = expect_name())) return nullptr;
    auto* node = make<Alias>(start);
    node->name = name;
    node->asname = asname;
    return node;
}

StmtNode* Parser::import_name() {
    Mark start = m_pos++;
    uint32_t mark = stack_mark();
    do {
        Alias* alias = dotted_alias();
        if (!alias) return nullptr;
        push(alias);
    } while (accept(Tok::COMMA));
    auto* node = make<Import>(start);
    node->names = pop_from<Alias>(mark);
    return node;
}

StmtNode* Parser::import_from() {
    Mark start = m_pos++;
    int level = 0;
    for (;; m_pos++) {
        if (at(Tok::DOT)) level++;
        else if (at(Tok::ELLIPSIS)) level += 3;
        else break;
    }
    Identifier module = nullptr;
    if (!level || !at(Tok::KW_import)) {
        module = dotted_name();
        if (!module) return nullptr;
    }
    if (!accept(Tok::KW_import)) return nullptr;
    uint32_t mark = stack_mark();
    if (at(Tok::STAR)) {
        Mark star = m_pos++;
        auto* alias = make<Alias>(star);
        alias->name = m_names.intern("*");
        push(alias);
    } else {
        bool parenthesized = accept(Tok::LPAR);
        for (;;) {
            Mark alias_start = m_pos;
            Identifier name = expect_name();
            if (!name) return nullptr;
            Identifier asname = nullptr;
            if (accept(Tok::KW_as) && !(asname = expect_name())) return nullptr;
            auto* alias = make<Alias>(alias_start);
            alias->name = name;
            alias->asname = asname;
            push(alias);
            if (!accept(Tok::COMMA)) break;
            if (parenthesized && at(Tok::RPAR)) break;
        }
        if (parenthesized && !accept(Tok::RPAR)) return nullptr;
    }
    auto* node = make<ImportFrom>(start);
    node->module = module;
    node->names = pop_from<Alias>(mark);
    node->level = level;
    if (module && !level && module->view() == "__future__")
        for (Alias* alias : node->names) {
            if (alias->name->view() != "barry_as_FLUFL") continue;
            m_old_inequality = true;
            m_tokens.lexer().set_old_inequality();
        }
    return node;
}

StmtNode* Parser::type_alias() {
    Mark start = m_pos++;
    if (!supports(12)) return nullptr;
    ExprNode* name = name_node(ExprContext::Store);
    Seq<TypeParamNode*> parameters;
    if (!name || !type_parameters(parameters) || !accept(Tok::EQUAL)) return nullptr;
    ExprNode* value = expression();
    if (!value) return nullptr;
    auto* node = make<TypeAlias>(start);
    node->name = name;
    node->type_params = parameters;
    node->value = value;
    return node;
}

// ('[' type_param (',' type_param)* ','? ']')?
bool Parser::type_parameters(Seq<TypeParamNode*>& out) {
    if (!accept(Tok::LSQB)) return true;
    if (!supports(12)) return false;
    uint32_t mark = stack_mark();
    do {
        if (stack_mark() > mark && at(Tok::RSQB)) break;
        Mark start = m_pos;
        bool is_tuple = accept(Tok::STAR);
        bool is_spec = !is_tuple && accept(Tok::DOUBLESTAR);
        Identifier name = expect_name();
        if (!name) return false;
        ExprNode* bound = nullptr;
        ExprNode* value = nullptr;
        if (!is_tuple && !is_spec && accept(Tok::COLON) && !(bound = expression())) return false;
        if (accept(Tok::EQUAL)) {
            if (!supports(13)) return false;
            value = is_tuple ? star_expression() : expression();
            if (!value) return false;
        }
        if (is_tuple) {
            auto* node = make<TypeVarTuple>(start);
            node->name = name;
            node->default_value = value;
            push(node);
        } else if (is_spec) {
            auto* node = make<ParamSpec>(start);
            node->name = name;
            node->default_value = value;
            push(node);
        } else {
            auto* node = make<TypeVar>(start);
            node->name = name;
            node->bound = bound;
            node->default_value = value;
            push(node);
        }
    } while (accept(Tok::COMMA));
    if (!accept(Tok::RSQB)) return false;
    out = pop_from<TypeParamNode>(mark);
    return true;
}

bool Parser::block(Seq<StmtNode*>& out) {
    uint32_t mark = stack_mark();
    if (accept(Tok::NEWLINE)) {
        if (!accept(Tok::INDENT)) return false;
        do {
            if (!statement()) return false;
        } while (!accept(Tok::DEDENT));
    } else if (!simple_statements()) {
        return false;
    }
    out = pop_from<StmtNode>(mark);
    return true;
}

bool Parser::else_block(Seq<StmtNode*>& out) {
    if (!accept(Tok::KW_else)) return true;
    return accept(Tok::COLON) && block(out);
}

// Also for `elif`, which is an `if` in the other one's orelse.
StmtNode* Parser::if_statement() {
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos++;
    ExprNode* test = named_expression();
    Seq<StmtNode*> body, orelse;
    if (!test || !accept(Tok::COLON) || !block(body)) return nullptr;
    if (at(Tok::KW_elif)) {
        StmtNode* rest = if_statement();
        if (!rest) return nullptr;
        orelse = single(rest);
    } else if (!else_block(orelse)) {
        return nullptr;
    }
    auto* node = make_block<If>(start);
    node->test = test;
    node->body = body;
    node->orelse = orelse;
    return node;
}

StmtNode* Parser::while_statement() {
    Mark start = m_pos++;
    ExprNode* test = named_expression();
    Seq<StmtNode*> body, orelse;
    if (!test || !accept(Tok::COLON) || !block(body) || !else_block(orelse)) return nullptr;
    auto* node = make_block<While>(start);
    node->test = test;
    node->body = body;
    node->orelse = orelse;
    return node;
}

StmtNode* Parser::for_statement(Mark start, bool is_async) {
    m_pos++;
    ExprNode* target = star_targets();
    if (!target || !accept(Tok::KW_in)) return nullptr;
    ExprNode* iter = star_expressions();
    if (!iter || !accept(Tok::COLON)) return nullptr;
    const Text* comment = type_comment();
    Seq<StmtNode*> body, orelse;
    if (!block(body) || !else_block(orelse)) return nullptr;
    auto fill = [&](auto* node) {
        node->target = target;
        node->iter = iter;
        node->body = body;
        node->orelse = orelse;
        node->type_comment = comment;
        return node;
    };
    if (is_async) return fill(make_block<AsyncFor>(start));
    return fill(make_block<For>(start));
}

WithItem* Parser::with_item() {
    ExprNode* context = expression();
    if (!context) return nullptr;
    ExprNode* target = nullptr;
    if (accept(Tok::KW_as)) {
        target = star_target();
        if (!target || !(at(Tok::COMMA) || at(Tok::RPAR) || at(Tok::COLON))) return nullptr;
    }
    auto* item = m_arena.make<WithItem>();
    item->context_expr = context;
    item->optional_vars = target;
    return item;
}

// The items up to and including the ':', in parentheses or not.
bool Parser::with_items(uint32_t mark, bool parenthesized) {
    if (parenthesized) m_pos++;
    for (;;) {
        WithItem* item = with_item();
        if (!item) return false;
        push(item);
        if (!accept(Tok::COMMA)) break;
        if (parenthesized && at(Tok::RPAR)) break;
    }
    if (parenthesized && !accept(Tok::RPAR)) return false;
    return accept(Tok::COLON);
}

StmtNode* Parser::with_statement(Mark start, bool is_async) {
    m_pos++;
    uint32_t mark = stack_mark();
    bool done = false;
    if (at(Tok::LPAR)) {
        // Parenthesised items, if that reading fits; else the parenthesis belongs to the first expression.
        Mark open = m_pos;
        uint32_t closing = 1;
        int nested = 1;
        for (; nested; closing++) {
            switch (token_after(closing).kind) {
            case Tok::LPAR:
            case Tok::LSQB:
            case Tok::LBRACE: nested++; break;
            case Tok::RPAR:
            case Tok::RSQB:
            case Tok::RBRACE: nested--; break;
            case Tok::ENDMARKER:
            case Tok::ERRORTOKEN: return nullptr;
            default: break;
            }
        }
        if (token_after(closing).kind == Tok::COLON) {
            done = with_items(mark, true);
            if (!done) {
                m_pos = open;
                m_stack_size = mark;
                if (m_overflowed) return nullptr;
            }
        }
    }
    if (!done && !with_items(mark, false)) return nullptr;
    Seq<WithItem*> items = pop_from<WithItem>(mark);
    const Text* comment = type_comment();
    Seq<StmtNode*> body;
    if (!block(body)) return nullptr;
    auto fill = [&](auto* node) {
        node->items = items;
        node->body = body;
        node->type_comment = comment;
        return node;
    };
    if (is_async) return fill(make_block<AsyncWith>(start));
    return fill(make_block<With>(start));
}

StmtNode* Parser::try_statement() {
    Mark start = m_pos++;
    Seq<StmtNode*> body, orelse, finalbody;
    if (!accept(Tok::COLON) || !block(body)) return nullptr;
    uint32_t mark = stack_mark();
    bool is_star = false;
    while (at(Tok::KW_except)) {
        Mark handler_start = m_pos++;
        bool star_here = accept(Tok::STAR);
        if (stack_mark() == mark) is_star = star_here;
        else if (is_star != star_here) return nullptr;
        if (is_star && !supports(11)) return nullptr;
        ExprNode* type = nullptr;
        Identifier name = nullptr;
        if (!at(Tok::COLON)) {
            Mark type_start = m_pos;
            type = expression();
            if (!type) return nullptr;
            bool bare_tuple = at(Tok::COMMA);
            if (bare_tuple) {
                m_pos = type_start;
                type = expressions();
                if (!type) return nullptr;
            }
            if (at(Tok::KW_as)) {
                if (bare_tuple) return nullptr;
                m_pos++;
                if (!(name = expect_name())) return nullptr;
            } else if (bare_tuple && !supports(14)) {
                return nullptr;
            }
        } else if (is_star) {
            return nullptr;
        }
        Seq<StmtNode*> handler_body;
        if (!accept(Tok::COLON) || !block(handler_body)) return nullptr;
        auto* handler = make_block<ExceptHandler>(handler_start);
        handler->type = type;
        handler->name = name;
        handler->body = handler_body;
        push(handler);
    }
    Seq<HandlerNode*> handlers = pop_from<HandlerNode>(mark);
    if (!handlers.empty() && !else_block(orelse)) return nullptr;
    if (accept(Tok::KW_finally)) {
        if (!accept(Tok::COLON) || !block(finalbody)) return nullptr;
    } else if (handlers.empty()) {
        return nullptr;
    }
    auto fill = [&](auto* node) {
        node->body = body;
        node->handlers = handlers;
        node->orelse = orelse;
        node->finalbody = finalbody;
        return node;
    };
    if (is_star) return fill(make_block<TryStar>(start));
    return fill(make_block<Try>(start));
}

StmtNode* Parser::decorated() {
    uint32_t mark = stack_mark();
    while (accept(Tok::AT)) {
        ExprNode* decorator = named_expression();
        if (!decorator || !accept(Tok::NEWLINE)) return nullptr;
        push(decorator);
    }
    Seq<ExprNode*> decorators = pop_from<ExprNode>(mark);
    if (at(Tok::KW_class)) return class_definition(decorators);
    Mark start = m_pos;
    bool is_async = accept(Tok::KW_async);
    if (is_async && !supports(5)) return nullptr;
    return at(Tok::KW_def) ? function_definition(start, is_async, decorators) : nullptr;
}

// After the colon, or alone on the first line of the body.
const Text* Parser::function_type_comment() {
    if (at(Tok::NEWLINE) && token_after(1).kind == Tok::TYPE_COMMENT) {
        if (token_after(2).kind != Tok::NEWLINE || token_after(3).kind != Tok::INDENT) return nullptr;
        m_pos++;
        return type_comment();
    }
    return type_comment();
}

StmtNode* Parser::function_definition(Mark start, bool is_async, Seq<ExprNode*> decorators) {
    m_pos++;
    Identifier name = expect_name();
    Seq<TypeParamNode*> type_params;
    if (!name || !type_parameters(type_params) || !accept(Tok::LPAR)) return nullptr;
    Arguments* args = parameters(false, Tok::RPAR);
    if (!args || !accept(Tok::RPAR)) return nullptr;
    ExprNode* returns = nullptr;
    if (accept(Tok::RARROW) && !(returns = expression())) return nullptr;
    if (!accept(Tok::COLON)) return nullptr;
    const Text* comment = function_type_comment();
    Seq<StmtNode*> body;
    if (!block(body)) return nullptr;
    auto fill = [&](auto* node) {
        node->name = name;
        node->args = args;
        node->body = body;
        node->decorator_list = decorators;
        node->returns = returns;
        node->type_comment = comment;
        node->type_params = type_params;
        return node;
    };
    if (is_async) return fill(make_block<AsyncFunctionDef>(start));
    return fill(make_block<FunctionDef>(start));
}

StmtNode* Parser::class_definition(Seq<ExprNode*> decorators) {
    Mark start = m_pos++;
    Identifier name = expect_name();
    Seq<TypeParamNode*> type_params;
    if (!name || !type_parameters(type_params)) return nullptr;
    Seq<ExprNode*> bases;
    Seq<Keyword*> keywords;
    if (accept(Tok::LPAR) && !call_arguments(bases, keywords, false)) return nullptr;
    Seq<StmtNode*> body;
    if (!accept(Tok::COLON) || !block(body)) return nullptr;
    auto* node = make_block<ClassDef>(start);
    node->name = name;
    node->bases = bases;
    node->keywords = keywords;
    node->body = body;
    node->decorator_list = decorators;
    node->type_params = type_params;
    return node;
}

Arg* Parser::parameter(bool is_lambda, bool star_annotation) {
    Mark start = m_pos;
    Identifier name = expect_name();
    if (!name) return nullptr;
    ExprNode* annotation = nullptr;
    if (!is_lambda && accept(Tok::COLON)) {
        annotation = star_annotation ? star_expression() : expression();
        if (!annotation) return nullptr;
    }
    auto* arg = make<Arg>(start);
    arg->arg = name;
    arg->annotation = annotation;
    return arg;
}

// Up to `end`, which is left to the caller.
Arguments* Parser::parameters(bool is_lambda, Tok end) {
    auto* args = m_arena.make<Arguments>();
    uint32_t mark = stack_mark();
    // Plain parameters (with their defaults in between) until '/' or '*'; the defaults' list is kept apart.
    ExprNode* local[16];
    ExprNode** defaults = local;
    uint32_t default_count = 0, default_capacity = 16;
    auto add_default = [&](ExprNode* value) {
        if (default_count == default_capacity) {
            auto** larger = m_arena.make_array<ExprNode*>(default_capacity * 2);
            memcpy(larger, defaults, default_count * sizeof(ExprNode*));
            defaults = larger;
            default_capacity *= 2;
        }
        defaults[default_count++] = value;
    };
    auto copy_defaults = [&]() -> Seq<ExprNode*> {
        if (!default_count) return {};
        auto** copied = m_arena.make_array<ExprNode*>(default_count);
        memcpy(copied, defaults, default_count * sizeof(ExprNode*));
        Seq<ExprNode*> result{copied, default_count};
        default_count = 0;
        return result;
    };
    // A parameter ends with a comma or the closing token; a type comment may follow either.
    auto end_parameter = [&](Arg* arg) {
        if (accept(Tok::COMMA)) {
            if (arg) arg->type_comment = type_comment();
            else type_comment();
            return true;
        }
        if (arg && at(Tok::TYPE_COMMENT)) arg->type_comment = type_comment();
        return at(end);
    };

    bool seen_slash = false, seen_star = false, star_needs_name = false;
    while (!at(end)) {
        if (at(Tok::SLASH)) {
            if (seen_slash || seen_star || stack_mark() == mark || !supports(8)) return nullptr;
            m_pos++;
            seen_slash = true;
            args->posonlyargs = pop_from<Arg>(mark);
            if (!end_parameter(nullptr)) return nullptr;
        } else if (accept(Tok::STAR)) {
            if (seen_star) return nullptr;
            seen_star = true;
            args->args = pop_from<Arg>(mark);
            args->defaults = copy_defaults();
            if (accept(Tok::COMMA)) {
                star_needs_name = true;
                if (at(Tok::TYPE_COMMENT)) return nullptr;
                continue;
            }
            Arg* arg = parameter(is_lambda, true);
            if (!arg || !end_parameter(arg)) return nullptr;
            args->vararg = arg;
        } else if (accept(Tok::DOUBLESTAR)) {
            if (star_needs_name) return nullptr;
            Arg* arg = parameter(is_lambda, false);
            if (!arg || !end_parameter(arg) || !at(end)) return nullptr;
            args->kwarg = arg;
            break;
        } else {
            Arg* arg = parameter(is_lambda, false);
            if (!arg) return nullptr;
            ExprNode* value = nullptr;
            if (accept(Tok::EQUAL) && !(value = expression())) return nullptr;
            if (!end_parameter(arg)) return nullptr;
            push(arg);
            if (seen_star) {
                add_default(value);
                star_needs_name = false;
            } else if (value) {
                add_default(value);
            } else if (default_count) {
                return nullptr;
            }
        }
    }
    if (star_needs_name) return nullptr;
    if (seen_star) {
        args->kwonlyargs = pop_from<Arg>(mark);
        args->kw_defaults = copy_defaults();
    } else {
        args->args = pop_from<Arg>(mark);
        args->defaults = copy_defaults();
    }
    return args;
}

} // namespace taipan::syntax
