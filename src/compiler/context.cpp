#include "compiler/context.h"

#include <cstdio>

namespace taipan::compiler {

using namespace syntax;

static base::String format_text(const char* format, va_list args) {
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(nullptr, 0, format, args);
    base::String text((size_t)(size > 0 ? size : 0), '\0');
    vsnprintf(text.data(), text.size() + 1, format, again);
    va_end(again);
    return text;
}

bool Context::report(const Location& where, std::string_view message) {
    failure = {};
    failure.kind = FailureKind::SyntaxError;
    failure.message = keep(message);
    // COMPAT: errors found after parsing count their columns in bytes, and their line is the caller's to find.
    failure.lineno = where.lineno;
    failure.end_lineno = where.end_lineno;
    failure.byte_offset = where.col_offset;
    failure.end_byte_offset = where.end_col_offset;
    failure.offset = where.col_offset + 1;
    failure.end_offset = where.end_col_offset + 1;
    return false;
}

bool Context::error(const Location& where, const char* format, ...) {
    va_list args;
    va_start(args, format);
    base::String text = format_text(format, args);
    va_end(args);
    return report(where, text);
}

bool Context::fail(FailureKind kind, std::string_view message) {
    failure = {};
    failure.kind = kind;
    failure.message = message;
    failure.lineno = failure.offset = failure.end_lineno = failure.end_offset = -1;
    return false;
}

bool Context::warn(const Location& where, const char* format, ...) {
    if (silenced) return true;
    va_list args;
    va_start(args, format);
    base::String text = format_text(format, args);
    va_end(args);
    SyntaxWarningReport report_;
    report_.message = keep(text);
    report_.lineno = where.lineno;
    report_.col_offset = where.col_offset;
    report_.end_lineno = where.end_lineno;
    report_.end_col_offset = where.end_col_offset;
    switch (diagnostics.warn(report_)) {
    case WarningAnswer::Continue: return true;
    case WarningAnswer::BecomeSyntaxError: return report(where, text);
    case WarningAnswer::Raised: return fail(FailureKind::Raised, {});
    }
    return true;
}

Identifier mangle(Context& context, Identifier class_name, Identifier name) {
    if (!class_name) return name;
    std::string_view text = name->view();
    if (!text.starts_with("__") || text.ends_with("__") || text.find('.') != text.npos) return name;
    std::string_view owner = class_name->view();
    size_t start = owner.find_first_not_of('_');
    if (start == owner.npos) return name;
    base::String mangled = "_";
    mangled += owner.substr(start);
    mangled += text;
    return context.intern(mangled);
}

const Constant* docstring_of(const Seq<StmtNode*>& body) {
    if (body.empty()) return nullptr;
    auto* statement = as_if<Expr>(body[0]);
    if (!statement) return nullptr;
    auto* constant = as_if<Constant>(statement->value);
    return constant && constant->value.kind == ConstantValue::Kind::Str ? constant : nullptr;
}

static bool read_features(Context& context, const ImportFrom* statement) {
    for (Alias* alias : statement->names) {
        std::string_view feature = alias->name->view();
        static constexpr std::string_view ALWAYS_ON[] = {"nested_scopes",  "generators",     "division",         "absolute_import",
                                                         "with_statement", "print_function", "unicode_literals", "generator_stop"};
        bool known = false;
        for (std::string_view name : ALWAYS_ON) known |= name == feature;
        if (known) continue;
        if (feature == "barry_as_FLUFL") {
            context.future.flags |= CO_FUTURE_BARRY_AS_BDFL;
        } else if (feature == "annotations") {
            context.future.flags |= CO_FUTURE_ANNOTATIONS;
        } else if (feature == "braces") {
            return context.error(location_of(*alias), "not a chance");
        } else {
            return context.error(location_of(*alias), "future feature %.100s is not defined", alias->name->data);
        }
    }
    return true;
}

bool read_future(Context& context, const ModNode* tree) {
    context.future.flags = context.options.future_flags & FUTURE_FLAGS;
    const Seq<StmtNode*>* body = nullptr;
    if (tree->kind == ModKind::Module) body = &static_cast<const Module*>(tree)->body;
    if (tree->kind == ModKind::Interactive) body = &static_cast<const Interactive*>(tree)->body;
    if (!body) return true;
    for (uint32_t i = docstring_of(*body) ? 1 : 0; i < body->size; i++) {
        auto* statement = as_if<ImportFrom>((*body)[i]);
        if (!statement || !statement->module || statement->level || statement->module->view() != "__future__") break;
        if (!read_features(context, statement)) return false;
        context.future.location = location_of(*statement);
    }
    return true;
}

} // namespace taipan::compiler
