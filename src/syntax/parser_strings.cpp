// String literals: escapes, implicit concatenation, f-strings and t-strings.
#include "syntax/identifiers.h"
#include "syntax/parser_core.h"

#include <cstdio>

namespace taipan::syntax {

// Warns once a token, even if the parser comes by again.
bool Parser::warn_bad_escape(const Token& token, const BadEscape& bad) {
    if (!bad.size || m_pos < m_warned_to) return true;
    m_warned_to = m_pos;
    SyntaxWarningReport report;
    // Since 3.12; the lexer does not know the version, nor does it in CPython.
    report.category = supports(12) ? WarningCategory::SyntaxWarning : WarningCategory::DeprecationWarning;
    char message[200];
    const char* shown = bad.at;
    int size = snprintf(message, sizeof message,
                        bad.size == 4 ? "\"\\%.*s\" is an invalid octal escape sequence. Such sequences will not work in the "
                                        "future. Did you mean \"\\\\%.*s\"? A raw string is also an option."
                                      : "\"\\%.*s\" is an invalid escape sequence. Such sequences will not work in the future. "
                                        "Did you mean \"\\\\%.*s\"? A raw string is also an option.",
                        bad.size - 1, shown + 1, bad.size - 1, shown + 1);
    report.message = {m_arena.copy(message, (size_t)size), (size_t)size};
    const char* line_start = m_tokens.lexer().begin() + token.start - token.col;
    report.lineno = token.lineno;
    for (const char* p = m_tokens.lexer().begin() + token.start; p < bad.at; p++) {
        if (*p != '\n') continue;
        report.lineno++;
        line_start = p + 1;
    }
    report.end_lineno = report.lineno;
    report.col_offset = (int32_t)(bad.at - line_start);
    report.end_col_offset = report.col_offset + 2;
    switch (m_diagnostics.warn(report)) {
    case WarningAnswer::Continue: return true;
    case WarningAnswer::BecomeSyntaxError: {
        // COMPAT: the sentence about the future is left out of the error.
        size = snprintf(message, sizeof message,
                        bad.size == 4 ? "\"\\%.*s\" is an invalid octal escape sequence. Did you mean \"\\\\%.*s\"? A "
                                        "raw string is also an option."
                                      : "\"\\%.*s\" is an invalid escape sequence. Did you mean \"\\\\%.*s\"? A raw "
                                        "string is also an option.",
                        bad.size - 1, shown + 1, bad.size - 1, shown + 1);
        m_failure.kind = FailureKind::SyntaxError;
        m_failure.message = {m_arena.copy(message, (size_t)size), (size_t)size};
        m_failure.lineno = m_failure.end_lineno = report.lineno;
        m_failure.byte_offset = report.col_offset;
        m_failure.end_byte_offset = report.end_col_offset;
        const char* line_end = line_start;
        while (*line_end && *line_end != '\n') line_end++;
        m_failure.line = {line_start, (size_t)(line_end - line_start) + (*line_end == '\n')};
        m_failure.has_line = true;
        m_failure.offset = count_characters(line_start, bad.at) + 1;
        m_failure.end_offset = m_failure.offset + 2;
        return false;
    }
    case WarningAnswer::Raised: m_raised = true; return false;
    }
    return true;
}

ExprNode* Parser::plain_string() {
    Mark start = m_pos;
    const Token& token = this->token();
    StringPrefix prefix = split_string(text(token));
    ConstantValue value;
    if (prefix.bytes) {
        for (char c : prefix.body)
            if ((unsigned char)c >= 0x80) return nullptr;
        DecodeResult result;
        if (prefix.raw) result.text = prefix.body;
        else result = decode_bytes_escapes(m_arena, prefix.body);
        if (!result.error.empty() || !warn_bad_escape(token, result.first_bad_escape)) return nullptr;
        value = ConstantValue::of_bytes(result.text);
    } else {
        DecodeResult result;
        if (prefix.raw) result.text = prefix.body;
        else result = decode_str_escapes(m_arena, prefix.body);
        if (!result.error.empty() || !warn_bad_escape(token, result.first_bad_escape)) return nullptr;
        value = ConstantValue::of_str(result.text);
    }
    m_pos++;
    auto* node = (Constant*)constant(start, value);
    // COMPAT: only the lower-case prefix is kept.
    if (prefix.unicode && text(token)[0] == 'u') node->kind = m_names.intern("u");
    return node;
}

ExprNode* Parser::decoded_middle(const Token& token, bool raw, Mark mark) {
    std::string_view body = text(token);
    DecodeResult result;
    if (raw) result.text = body;
    else result = decode_str_escapes(m_arena, body);
    if (!result.error.empty()) return nullptr;
    // The lexer has warned of "\{" already; its token ends after the backslash or goes on with the brace.
    if (!raw && result.first_bad_escape.size && result.first_bad_escape.at + 1 < body.data() + body.size() &&
        result.first_bad_escape.at[1] != '{' && result.first_bad_escape.at[1] != '}' && !warn_bad_escape(token, result.first_bad_escape))
        return nullptr;
    return constant(mark, ConstantValue::of_str(result.text));
}

ExprNode* Parser::format_string() {
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos;
    bool is_template = at(Tok::TSTRING_START);
    Tok middle = is_template ? Tok::TSTRING_MIDDLE : Tok::FSTRING_MIDDLE;
    Tok end = is_template ? Tok::TSTRING_END : Tok::FSTRING_END;
    std::string_view opening = text(token());
    bool raw = false;
    for (char c : opening.substr(0, 2)) raw |= (c | 0x20) == 'r';
    m_pos++;
    uint32_t mark = stack_mark();
    while (!accept(end)) {
        if (at(middle)) {
            Mark item_start = m_pos++;
            ExprNode* item = decoded_middle(m_tokens[item_start], raw, item_start);
            if (!item) return nullptr;
            push(item);
        } else if (at(Tok::LBRACE)) {
            if (!replacement_field(middle, is_template, raw)) return nullptr;
        } else {
            return nullptr;
        }
    }
    if (is_template) {
        auto* node = make<TemplateStr>(start);
        node->values = pop_from<ExprNode>(mark);
        return node;
    }
    auto* node = make<JoinedStr>(start);
    node->values = pop_from<ExprNode>(mark);
    return node;
}

// The source between a field's brace and `end`, without comments.
std::string_view Parser::field_text(const Token& open, const char* end) {
    const char* begin = m_tokens.lexer().begin() + open.end;
    if (!memchr(begin, '#', (size_t)(end - begin))) return {begin, (size_t)(end - begin)};
    char* const buffer = (char*)m_arena.allocate((size_t)(end - begin), 1);
    char* out = buffer;
    char quote = 0;
    int quote_size = 0;
    for (const char* p = begin; p < end;) {
        char c = *p;
        if (quote) {
            if (c == '\\' && p + 1 < end) {
                *out++ = *p++;
                *out++ = *p++;
                continue;
            }
            if (c == quote && (quote_size == 1 || (p + 2 < end && p[1] == quote && p[2] == quote))) {
                for (int i = 0; i < quote_size; i++) *out++ = *p++;
                quote = 0;
                continue;
            }
        } else if (c == '\'' || c == '"') {
            quote = c;
            quote_size = p + 2 < end && p[1] == c && p[2] == c ? 3 : 1;
            for (int i = 0; i < quote_size; i++) *out++ = *p++;
            continue;
        } else if (c == '#') {
            while (p < end && *p != '\n') p++;
            continue;
        }
        *out++ = *p++;
    }
    return {buffer, (size_t)(out - buffer)};
}

// '{' annotated_rhs '='? ('!' NAME)? (':' format_spec)? '}': pushes the debug text, if any, and the value.
ExprNode* Parser::replacement_field(Tok middle, bool is_template, bool raw) {
    DepthGuard depth(*this);
    if (depth.too_deep()) return nullptr;
    Mark start = m_pos++;
    ExprNode* value = annotated_rhs();
    if (!value) return nullptr;
    uint32_t equal_start = token().start;
    bool debug = accept(Tok::EQUAL);
    const Token delimiter = token(); // ends the expression's text
    int conversion = -1;
    if (accept(Tok::EXCLAMATION)) {
        const Token& name = token();
        if (name.kind != Tok::NAME || name.start != delimiter.end) return nullptr;
        std::string_view spelling = text(name);
        if (spelling.size() != 1 || (spelling[0] != 'r' && spelling[0] != 's' && spelling[0] != 'a')) return nullptr;
        conversion = spelling[0];
        m_pos++;
    }
    ExprNode* spec = nullptr;
    if (at(Tok::COLON)) {
        spec = format_spec(middle, raw);
        if (!spec) return nullptr;
    }
    if (!accept(Tok::RBRACE)) return nullptr;

    const Token open = m_tokens[start];
    std::string_view source = field_text(open, m_tokens.lexer().begin() + delimiter.start);
    if (debug) {
        if (conversion == -1 && !spec) conversion = 'r';
        auto* shown = (Constant*)constant(start, ConstantValue::of_str(source));
        shown->col_offset = open.col + 1;
        shown->end_lineno = delimiter.lineno;
        shown->end_col_offset = delimiter.col;
        push(shown);
    }
    // Within a format specifier, fields are formatted values even in a template.
    if (is_template) {
        auto* node = make<Interpolation>(start);
        node->value = value;
        if (debug) source = field_text(open, m_tokens.lexer().begin() + equal_start);
        node->str = ConstantValue::of_str(source);
        node->conversion = conversion;
        node->format_spec = spec;
        push(node);
        return node;
    }
    auto* node = make<FormattedValue>(start);
    node->value = value;
    node->conversion = conversion;
    node->format_spec = spec;
    push(node);
    return node;
}

ExprNode* Parser::format_spec(Tok middle, bool raw) {
    Mark start = m_pos++;
    uint32_t mark = stack_mark();
    for (;;) {
        if (at(middle)) {
            Mark item_start = m_pos++;
            ExprNode* item = decoded_middle(m_tokens[item_start], raw, item_start);
            if (!item) return nullptr;
            push(item);
        } else if (at(Tok::LBRACE)) {
            if (!replacement_field(middle, false, raw)) return nullptr;
        } else {
            break;
        }
    }
    fold_constants(mark);
    auto* node = make<JoinedStr>(start);
    node->values = pop_from<ExprNode>(mark);
    return node;
}

// Joins neighbouring texts on the stack into one and drops empty ones.
void Parser::fold_constants(uint32_t from) {
    uint32_t out = from;
    for (uint32_t i = from; i < m_stack_size;) {
        auto* first = (ExprNode*)m_stack[i];
        if (first->kind != ExprKind::Constant) {
            m_stack[out++] = first;
            i++;
            continue;
        }
        uint32_t end = i;
        size_t size = 0;
        while (end < m_stack_size && ((ExprNode*)m_stack[end])->kind == ExprKind::Constant)
            size += as<Constant>((ExprNode*)m_stack[end++])->value.size;
        if (size) {
            auto* folded = as<Constant>(first);
            if (end - i > 1) {
                char* text = (char*)m_arena.allocate(size, 1);
                char* to = text;
                for (uint32_t j = i; j < end; j++) {
                    ConstantValue& value = as<Constant>((ExprNode*)m_stack[j])->value;
                    memcpy(to, value.text, value.size);
                    to += value.size;
                }
                auto* last = (ExprNode*)m_stack[end - 1];
                auto* joined = m_arena.make<Constant>();
                *joined = *folded;
                joined->value.text = text;
                joined->value.size = (uint32_t)size;
                joined->end_lineno = last->end_lineno;
                joined->end_col_offset = last->end_col_offset;
                folded = joined;
            }
            m_stack[out++] = folded;
        }
        i = end;
    }
    m_stack_size = out;
}

ExprNode* Parser::strings() {
    Mark start = m_pos;
    uint32_t mark = stack_mark();
    bool has_format = false, has_bytes = false, has_text = false;
    if (at(Tok::TSTRING_START)) {
        if (!supports(14)) return nullptr;
        while (at(Tok::TSTRING_START)) {
            ExprNode* node = format_string();
            if (!node) return nullptr;
            push(node);
        }
        if (at(Tok::STRING) || at(Tok::FSTRING_START)) return nullptr;
        return concatenate_templates(start, mark);
    }
    for (;;) {
        if (at(Tok::STRING)) {
            ExprNode* node = plain_string();
            if (!node) return nullptr;
            (as<Constant>(node)->value.kind == ConstantValue::Kind::Bytes ? has_bytes : has_text) = true;
            push(node);
        } else if (at(Tok::FSTRING_START)) {
            ExprNode* node = format_string();
            if (!node) return nullptr;
            has_format = true;
            push(node);
        } else {
            break;
        }
    }
    if (at(Tok::TSTRING_START)) return nullptr;
    if (has_bytes && (has_text || has_format)) return nullptr;
    if (has_format) return concatenate(start, mark);
    if (m_stack_size - mark == 1) return pop_from<ExprNode>(mark)[0];

    // Plain strings become one constant.
    size_t size = 0;
    for (uint32_t i = mark; i < m_stack_size; i++) size += as<Constant>((ExprNode*)m_stack[i])->value.size;
    char* joined = (char*)m_arena.allocate(size, 1);
    char* to = joined;
    for (uint32_t i = mark; i < m_stack_size; i++) {
        ConstantValue& value = as<Constant>((ExprNode*)m_stack[i])->value;
        if (value.size) memcpy(to, value.text, value.size);
        to += value.size;
    }
    auto* first = as<Constant>((ExprNode*)m_stack[mark]);
    m_stack_size = mark;
    std::string_view whole{joined, size};
    auto* node = (Constant*)constant(start, has_bytes ? ConstantValue::of_bytes(whole) : ConstantValue::of_str(whole));
    node->kind = first->kind;
    return node;
}

// Strings with at least one f-string among them: their parts in a row, in one JoinedStr.
ExprNode* Parser::concatenate(Mark start, uint32_t from) {
    uint32_t end = m_stack_size;
    for (uint32_t i = from; i < end; i++) {
        auto* part = (ExprNode*)m_stack[i];
        if (auto* joined = as_if<JoinedStr>(part)) {
            for (ExprNode* value : joined->values) {
                auto* text = as_if<Constant>(value);
                if (!text || text->value.size) push(value);
            }
        } else {
            push(part);
        }
    }
    fold_constants(end);
    auto* node = make<JoinedStr>(start);
    node->values = pop_from<ExprNode>(end);
    m_stack_size = from;
    return node;
}

ExprNode* Parser::concatenate_templates(Mark start, uint32_t from) {
    uint32_t end = m_stack_size;
    for (uint32_t i = from; i < end; i++)
        for (ExprNode* value : as<TemplateStr>((ExprNode*)m_stack[i])->values) {
            auto* text = as_if<Constant>(value);
            if (!text || text->value.size) push(value);
        }
    fold_constants(end);
    auto* node = make<TemplateStr>(start);
    node->values = pop_from<ExprNode>(end);
    m_stack_size = from;
    return node;
}

} // namespace taipan::syntax
