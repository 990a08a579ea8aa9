// The recursive descent parser for correct programs. It builds the tree and knows no messages: where it fails,
// error_parser.h reads the same source again and finds out what to say.
#pragma once

#include "base/arena.h"
#include "syntax/ast.h"
#include "syntax/lexer.h"
#include "syntax/literals.h"
#include "syntax/names.h"
#include "syntax/parser.h"

#include <cstdint>
#include <cstdlib>

namespace taipan::syntax {

// The lexer's tokens in an array that grows on demand, as the parsers look ahead and go back.
class TokenBuffer {
public:
    TokenBuffer(Lexer& lexer, const ParseOptions& options) : m_lexer(lexer), m_options(options) {}
    ~TokenBuffer() {
        free(m_tokens);
        free(m_ignores);
    }
    TokenBuffer(const TokenBuffer&) = delete;
    TokenBuffer& operator=(const TokenBuffer&) = delete;

    Token& operator[](uint32_t index) {
        while (index >= m_count) [[unlikely]]
            fetch();
        return m_tokens[index];
    }
    uint32_t count() const { return m_count; }
    Lexer& lexer() { return m_lexer; }

    struct TypeIgnoreComment {
        int32_t lineno;
        std::string_view tag;
    };
    TypeIgnoreComment* ignores() const { return m_ignores; }
    uint32_t ignore_count() const { return m_ignore_count; }

private:
    void fetch();

    Lexer& m_lexer;
    const ParseOptions& m_options;
    Token* m_tokens = nullptr;
    uint32_t m_count = 0;
    uint32_t m_capacity = 0;
    TypeIgnoreComment* m_ignores = nullptr;
    uint32_t m_ignore_count = 0;
    bool m_parsing_started = false;
};

class Parser {
public:
    Parser(base::Arena& arena, NameTable& names, TokenBuffer& tokens, const ParseOptions& options, Diagnostics& diagnostics)
        : m_arena(arena), m_names(names), m_tokens(tokens), m_options(options), m_diagnostics(diagnostics),
          m_old_inequality(options.barry_as_bdfl) {}
    ~Parser() { free(m_stack); }

    // Null on any failure.
    ModNode* parse_module();

    bool overflowed() const { return m_overflowed; }
    bool raised() const { return m_raised; }
    // Set only where the second reading would not find the error: a warning that became one.
    const SyntaxFailure& failure() const { return m_failure; }
    // A complaint about a program that parses.
    SyntaxFailure failure_at_last_token(const char* message);
    // Token from which an explanation of a failure must read: the outermost statement before the failing one, since a
    // misplaced `elif` is a matter of both.
    uint32_t explanation_start() const { return m_old_inequality ? 0 : m_previous_start; }

private:
    using Mark = uint32_t; // index of a token
    friend struct DepthGuard;

    // --- tokens
    const Token& token() { return m_tokens[m_pos]; }
    const Token& token_after(uint32_t distance) { return m_tokens[m_pos + distance]; }
    Tok kind() { return m_tokens[m_pos].kind; }
    bool at(Tok wanted) { return kind() == wanted; }
    bool accept(Tok wanted) {
        if (kind() != wanted) return false;
        m_pos++;
        return true;
    }
    std::string_view text(const Token& token) { return m_tokens.lexer().text(token); }
    Identifier identifier(const Token& token);
    Identifier expect_name() {
        if (!at(Tok::NAME)) return nullptr;
        return identifier(m_tokens[m_pos++]);
    }
    bool supports(int minor_version) const { return m_options.feature_version >= minor_version; }

    // --- nodes
    template <class Node> Node* make(Mark start) {
        auto* node = (Node*)m_arena.allocate(sizeof(Node), alignof(Node));
        new (node) Node{};
        if constexpr (requires { Node::KIND; }) static_cast<typename Node::Base*>(node)->kind = Node::KIND;
        place(node, start);
        return node;
    }
    void place(Position* node, Mark start) {
        const Token& first = m_tokens[start];
        const Token& last = m_tokens[m_pos - 1];
        node->lineno = first.lineno;
        node->col_offset = first.col;
        node->end_lineno = last.end_lineno;
        node->end_col_offset = last.end_col;
    }
    // A compound statement ends with its last token that is not layout.
    template <class Node> Node* make_block(Mark start) {
        Node* node = make<Node>(start);
        Mark last = m_pos - 1;
        while (last > start &&
               (m_tokens[last].kind == Tok::ENDMARKER || (m_tokens[last].kind >= Tok::NEWLINE && m_tokens[last].kind <= Tok::DEDENT)))
            last--;
        node->end_lineno = m_tokens[last].end_lineno;
        node->end_col_offset = m_tokens[last].end_col;
        return node;
    }

    // --- sequences are collected on a stack, then copied to the arena
    uint32_t stack_mark() const { return m_stack_size; }
    void push(const void* item) {
        if (m_stack_size == m_stack_capacity) [[unlikely]]
            grow_stack();
        m_stack[m_stack_size++] = item;
    }
    template <class T> Seq<T*> pop_from(uint32_t mark) {
        uint32_t size = m_stack_size - mark;
        m_stack_size = mark;
        if (!size) return {};
        T** items = m_arena.make_array<T*>(size);
        memcpy(items, m_stack + mark, size * sizeof(void*));
        return {items, size};
    }
    void grow_stack();
    template <class T> Seq<T*> single(T* item) {
        T** items = m_arena.make_array<T*>(1);
        items[0] = item;
        return {items, 1};
    }

    // --- expressions (parser_expressions.cpp)
    ExprNode* star_expressions();
    ExprNode* star_expression();
    ExprNode* star_named_expression();
    ExprNode* named_expression();
    ExprNode* expression();
    ExprNode* expression_rest(Mark start, ExprNode* left);
    ExprNode* expressions();
    ExprNode* disjunction(Mark start, ExprNode* left);
    ExprNode* conjunction(Mark start, ExprNode* left);
    ExprNode* inversion(Mark start, ExprNode* left);
    ExprNode* comparison(Mark start, ExprNode* left);
    ExprNode* binary(Mark start, ExprNode* left, int lowest);
    ExprNode* bitwise_or() { return binary(m_pos, nullptr, 1); }
    ExprNode* factor();
    ExprNode* power();
    ExprNode* primary();
    ExprNode* primary_rest(Mark start, ExprNode* left);
    ExprNode* atom();
    ExprNode* parenthesized();
    ExprNode* list_display();
    ExprNode* brace_display();
    ExprNode* lambda();
    ExprNode* yield_expression();
    ExprNode* annotated_rhs() { return at(Tok::KW_yield) ? yield_expression() : star_expressions(); }
    ExprNode* starred(Mark start, ExprNode* value);
    ExprNode* name_node(ExprContext context);
    ExprNode* subscript_index();
    ExprNode* slice();
    bool comprehensions(Seq<Comprehension*>& out);
    bool at_comprehension() { return at(Tok::KW_for) || (at(Tok::KW_async) && token_after(1).kind == Tok::KW_for); }
    bool call_arguments(Seq<ExprNode*>& args, Seq<Keyword*>& keywords, bool allow_generator);
    ExprNode* number();
    ExprNode* constant(Mark start, ConstantValue value);

    // --- targets
    bool set_context(ExprNode* target, ExprContext context, bool starred_allowed);
    static bool is_single_target(ExprNode* target);
    ExprNode* star_target();
    ExprNode* star_targets();
    ExprNode* deletion_target();

    // --- strings (parser_strings.cpp)
    ExprNode* strings();
    ExprNode* format_string();
    ExprNode* replacement_field(Tok middle, bool is_template, bool raw);
    ExprNode* format_spec(Tok middle, bool raw);
    ExprNode* plain_string();
    ExprNode* decoded_middle(const Token& token, bool raw, Mark mark);
    ExprNode* concatenate(Mark start, uint32_t stack_from);
    ExprNode* concatenate_templates(Mark start, uint32_t stack_from);
    void fold_constants(uint32_t from);
    bool warn_bad_escape(const Token& token, const BadEscape& bad);
    std::string_view field_text(const Token& open, const char* end);

    // --- statements (parser_statements.cpp)

    bool statement();
    bool simple_statements();
    StmtNode* simple_statement();
    StmtNode* compound_statement(bool& matched);
    StmtNode* assignment_or_expression();
    StmtNode* import_name();
    StmtNode* import_from();
    Alias* dotted_alias();
    Identifier dotted_name();
    StmtNode* global_or_nonlocal();
    StmtNode* del_statement();
    StmtNode* type_alias();
    StmtNode* if_statement();
    StmtNode* while_statement();
    StmtNode* for_statement(Mark start, bool is_async);
    StmtNode* with_statement(Mark start, bool is_async);
    bool with_items(uint32_t mark, bool parenthesized);
    WithItem* with_item();
    StmtNode* try_statement();
    StmtNode* function_definition(Mark start, bool is_async, Seq<ExprNode*> decorators);
    StmtNode* class_definition(Seq<ExprNode*> decorators);
    StmtNode* decorated();
    bool block(Seq<StmtNode*>& out);
    bool else_block(Seq<StmtNode*>& out);
    bool type_parameters(Seq<TypeParamNode*>& out);
    Arguments* parameters(bool is_lambda, Tok end);
    Arg* parameter(bool is_lambda, bool star_annotation);
    const Text* type_comment();
    const Text* function_type_comment();

    // --- match (parser_patterns.cpp)
    bool looks_like_match();
    StmtNode* match_statement();
    MatchCase* case_block();
    PatternNode* patterns();
    PatternNode* pattern();
    PatternNode* or_pattern();
    PatternNode* closed_pattern();
    PatternNode* maybe_star_pattern();
    PatternNode* name_pattern();
    PatternNode* mapping_pattern();
    PatternNode* class_pattern(Mark start, ExprNode* cls);
    ExprNode* literal_expression();
    ExprNode* signed_number();
    ExprNode* dotted_value();

    base::Arena& m_arena;
    NameTable& m_names;
    TokenBuffer& m_tokens;
    const ParseOptions& m_options;
    Diagnostics& m_diagnostics;
    uint32_t m_pos = 0;
    uint32_t m_statement_start = 0;
    uint32_t m_previous_start = 0;
    uint32_t m_depth = 0;
    uint32_t m_warned_to = 0; // strings before this token have had their warnings
    const void** m_stack = nullptr;
    uint32_t m_stack_size = 0;
    uint32_t m_stack_capacity = 0;
    bool m_old_inequality; // `<>` as in barry_as_FLUFL
    bool m_overflowed = false;
    bool m_raised = false;
    SyntaxFailure m_failure;
};

// Recursion is bounded: beyond this CPython's parser gives up too.
constexpr uint32_t MAX_PARSER_DEPTH = 6000;
struct DepthGuard {
    Parser& parser;
    explicit DepthGuard(Parser& parser) : parser(parser) { parser.m_depth++; }
    ~DepthGuard() { parser.m_depth--; }
    bool too_deep() {
        if (parser.m_depth <= MAX_PARSER_DEPTH) [[likely]]
            return false;
        parser.m_overflowed = true;
        return true;
    }
};

} // namespace taipan::syntax
