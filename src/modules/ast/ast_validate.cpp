// Checks of hand-made trees: what the grammar says and the node structs cannot.
#include "modules/ast/ast_types.h"

namespace taipan::ast {

namespace {

using namespace syntax;
using ValueKind = ConstantValue::Kind;

const char* context_name(ExprContext context) {
    switch (context) {
    case ExprContext::Load: return "Load";
    case ExprContext::Store: return "Store";
    case ExprContext::Del: return "Del";
    }
    UNREACHABLE();
}

class Validator {
public:
    explicit Validator(Thread& thread) : t(thread) {}

    Result<void> mod(const ModNode* node) {
        switch (node->kind) {
        case ModKind::Module: return statements(as<Module>(node)->body);
        case ModKind::Interactive: return statements(as<Interactive>(node)->body);
        case ModKind::Expression: return expression(as<Expression>(node)->body, ExprContext::Load);
        case ModKind::FunctionType:
            TRY(expressions(as<FunctionType>(node)->argtypes, ExprContext::Load));
            return expression(as<FunctionType>(node)->returns, ExprContext::Load);
        }
        UNREACHABLE();
    }

private:
    using Module = syntax::Module;
    static constexpr ExprContext Load = ExprContext::Load, Store = ExprContext::Store, Del = ExprContext::Del;

    Result<void> positions(const Position& p) {
        if (p.lineno > p.end_lineno) return raise(t, exc::ValueError, "AST node line range (%d, %d) is not valid", p.lineno, p.end_lineno);
        if ((p.lineno < 0 && p.end_lineno != p.lineno) || (p.col_offset < 0 && p.col_offset != p.end_col_offset))
            return raise(t, exc::ValueError, "AST node column range (%d, %d) for line range (%d, %d) is not valid", p.col_offset,
                         p.end_col_offset, p.lineno, p.end_lineno);
        if (p.lineno == p.end_lineno && p.col_offset > p.end_col_offset)
            return raise(t, exc::ValueError, "line %d, column %d-%d is not a valid range", p.lineno, p.col_offset, p.end_col_offset);
        return {};
    }
    Result<void> name(Identifier id) {
        for (const char* forbidden : {"None", "True", "False"})
            if (id && id->view() == forbidden)
                return raise(t, exc::ValueError, "identifier field can't represent '%s' constant", forbidden);
        return {};
    }
    Result<void> capture(Identifier id) {
        if (id->view() == "_") return raise(t, exc::ValueError, "can't capture name '_' in patterns");
        return name(id);
    }
    template <class T> Result<void> nonempty(const Seq<T>& seq, const char* what, const char* owner) {
        if (seq.empty()) return raise(t, exc::ValueError, "empty %s on %s", what, owner);
        return {};
    }
    Result<void> constant(const ConstantValue& value) {
        TRY(check_recursion(t, " during compilation"));
        if (value.kind == ValueKind::Object)
            return raise(t, exc::TypeError, "got an invalid type in Constant: %T", static_cast<Object*>(value.object));
        if (value.kind == ValueKind::Tuple || value.kind == ValueKind::FrozenSet)
            for (uint32_t i = 0; i < value.size; ++i) TRY(constant(value.items[i]));
        return {};
    }

    Result<void> expressions(const Seq<ExprNode*>& seq, ExprContext context, bool null_ok = false) {
        for (ExprNode* e : seq) {
            if (e) TRY(expression(e, context));
            else if (!null_ok) return raise(t, exc::ValueError, "None disallowed in expression list");
        }
        return {};
    }
    Result<void> optional(const ExprNode* e) {
        if (!e) return {};
        return expression(e, Load);
    }
    Result<void> comprehensions(const Seq<Comprehension*>& generators) {
        if (generators.empty()) return raise(t, exc::ValueError, "comprehension with no generators");
        for (Comprehension* c : generators) {
            TRY(expression(c->target, Store));
            TRY(expression(c->iter, Load));
            TRY(expressions(c->ifs, Load));
        }
        return {};
    }
    Result<void> keywords(const Seq<Keyword*>& list) {
        for (Keyword* k : list) TRY(expression(k->value, Load));
        return {};
    }
    Result<void> argument(const Arg* a) {
        TRY(positions(*a));
        return optional(a->annotation);
    }
    Result<void> argument_list(const Seq<Arg*>& list) {
        for (Arg* a : list) TRY(argument(a));
        return {};
    }
    Result<void> arguments(const Arguments* a) {
        TRY(argument_list(a->posonlyargs));
        TRY(argument_list(a->args));
        if (a->vararg) TRY(optional(a->vararg->annotation));
        TRY(argument_list(a->kwonlyargs));
        if (a->kwarg) TRY(optional(a->kwarg->annotation));
        if (a->defaults.size > a->posonlyargs.size + a->args.size)
            return raise(t, exc::ValueError, "more positional defaults than args on arguments");
        if (a->kw_defaults.size != a->kwonlyargs.size)
            return raise(t, exc::ValueError, "length of kwonlyargs is not the same as kw_defaults on arguments");
        TRY(expressions(a->defaults, Load));
        return expressions(a->kw_defaults, Load, true);
    }

    Result<void> expression(const ExprNode* e, ExprContext context) {
        TRY(positions(*e));
        TRY(check_recursion(t, " during compilation"));
        bool checks = true;
        ExprContext actual = Load;
        switch (e->kind) {
        case ExprKind::Attribute: actual = as<Attribute>(e)->ctx; break;
        case ExprKind::Subscript: actual = as<Subscript>(e)->ctx; break;
        case ExprKind::Starred: actual = as<Starred>(e)->ctx; break;
        case ExprKind::Name:
            TRY(name(as<Name>(e)->id));
            actual = as<Name>(e)->ctx;
            break;
        case ExprKind::List: actual = as<List>(e)->ctx; break;
        case ExprKind::Tuple: actual = as<Tuple>(e)->ctx; break;
        default:
            if (context != Load)
                return raise(t, exc::ValueError, "expression which can't be assigned to in %s context", context_name(context));
            checks = false;
        }
        if (checks && actual != context)
            return raise(t, exc::ValueError, "expression must have %s context but has %s instead", context_name(context),
                         context_name(actual));
        switch (e->kind) {
        case ExprKind::BoolOp:
            if (as<BoolOp>(e)->values.size < 2) return raise(t, exc::ValueError, "BoolOp with less than 2 values");
            return expressions(as<BoolOp>(e)->values, Load);
        case ExprKind::BinOp: TRY(expression(as<BinOp>(e)->left, Load)); return expression(as<BinOp>(e)->right, Load);
        case ExprKind::UnaryOp: return expression(as<UnaryOp>(e)->operand, Load);
        case ExprKind::Lambda: TRY(arguments(as<Lambda>(e)->args)); return expression(as<Lambda>(e)->body, Load);
        case ExprKind::IfExp:
            TRY(expression(as<IfExp>(e)->test, Load));
            TRY(expression(as<IfExp>(e)->body, Load));
            return expression(as<IfExp>(e)->orelse, Load);
        case ExprKind::Dict: {
            auto* d = as<syntax::Dict>(e);
            if (d->keys.size != d->values.size) return raise(t, exc::ValueError, "Dict doesn't have the same number of keys as values");
            TRY(expressions(d->keys, Load, true));
            return expressions(d->values, Load);
        }
        case ExprKind::Set: return expressions(as<syntax::Set>(e)->elts, Load);
        case ExprKind::ListComp: TRY(comprehensions(as<ListComp>(e)->generators)); return expression(as<ListComp>(e)->elt, Load);
        case ExprKind::SetComp: TRY(comprehensions(as<SetComp>(e)->generators)); return expression(as<SetComp>(e)->elt, Load);
        case ExprKind::GeneratorExp:
            TRY(comprehensions(as<GeneratorExp>(e)->generators));
            return expression(as<GeneratorExp>(e)->elt, Load);
        case ExprKind::DictComp:
            TRY(comprehensions(as<DictComp>(e)->generators));
            TRY(expression(as<DictComp>(e)->key, Load));
            return expression(as<DictComp>(e)->value, Load);
        case ExprKind::Yield: return optional(as<Yield>(e)->value);
        case ExprKind::YieldFrom: return expression(as<YieldFrom>(e)->value, Load);
        case ExprKind::Await: return expression(as<Await>(e)->value, Load);
        case ExprKind::Compare: {
            auto* c = as<Compare>(e);
            if (c->comparators.empty()) return raise(t, exc::ValueError, "Compare with no comparators");
            if (c->comparators.size != c->ops.size)
                return raise(t, exc::ValueError, "Compare has a different number of comparators and operands");
            TRY(expressions(c->comparators, Load));
            return expression(c->left, Load);
        }
        case ExprKind::Call:
            TRY(expression(as<Call>(e)->func, Load));
            TRY(expressions(as<Call>(e)->args, Load));
            return keywords(as<Call>(e)->keywords);
        case ExprKind::Constant: return constant(as<Constant>(e)->value);
        case ExprKind::JoinedStr: return expressions(as<JoinedStr>(e)->values, Load);
        case ExprKind::TemplateStr: return expressions(as<TemplateStr>(e)->values, Load);
        case ExprKind::FormattedValue:
            TRY(expression(as<FormattedValue>(e)->value, Load));
            return optional(as<FormattedValue>(e)->format_spec);
        case ExprKind::Interpolation:
            TRY(constant(as<Interpolation>(e)->str));
            TRY(expression(as<Interpolation>(e)->value, Load));
            return optional(as<Interpolation>(e)->format_spec);
        case ExprKind::Attribute: return expression(as<Attribute>(e)->value, Load);
        case ExprKind::Subscript: TRY(expression(as<Subscript>(e)->slice, Load)); return expression(as<Subscript>(e)->value, Load);
        case ExprKind::Starred: return expression(as<Starred>(e)->value, context);
        case ExprKind::List: return expressions(as<List>(e)->elts, context);
        case ExprKind::Tuple: return expressions(as<Tuple>(e)->elts, context);
        case ExprKind::Slice:
            TRY(optional(as<Slice>(e)->lower));
            TRY(optional(as<Slice>(e)->upper));
            return optional(as<Slice>(e)->step);
        case ExprKind::NamedExpr:
            // COMPAT: nothing else about the target is looked at, not even its context.
            if (as<NamedExpr>(e)->target->kind != ExprKind::Name) return raise(t, exc::TypeError, "NamedExpr target must be a Name");
            return expression(as<NamedExpr>(e)->value, Load);
        case ExprKind::Name: return {};
        }
        UNREACHABLE();
    }
    using List = syntax::List;
    using Tuple = syntax::Tuple;
    using Slice = syntax::Slice;

    // Patterns

    static bool is_number(const ExprNode* e, bool real, bool imaginary) {
        auto* c = as_if<Constant>(e);
        if (!c) return false;
        ValueKind kind = c->value.kind;
        return (real && (kind == ValueKind::Int || kind == ValueKind::BigInt || kind == ValueKind::Float)) ||
               (imaginary && kind == ValueKind::Complex);
    }
    static bool is_negative_number(const ExprNode* e, bool real, bool imaginary) {
        auto* u = as_if<UnaryOp>(e);
        return u && u->op == UnaryOperator::USub && is_number(u->operand, real, imaginary);
    }
    Result<void> match_value(const ExprNode* e) {
        TRY(expression(e, Load));
        switch (e->kind) {
        case ExprKind::Constant:
            switch (as<Constant>(e)->value.kind) {
            case ValueKind::Int:
            case ValueKind::BigInt:
            case ValueKind::Float:
            case ValueKind::Complex:
            case ValueKind::Str:
            case ValueKind::Bytes: return {};
            default: return raise(t, exc::ValueError, "unexpected constant inside of a literal pattern");
            }
        case ExprKind::Attribute:
        case ExprKind::JoinedStr:
        case ExprKind::TemplateStr: return {};
        case ExprKind::UnaryOp:
            if (is_negative_number(e, true, true)) return {};
            break;
        case ExprKind::BinOp: {
            auto* b = as<BinOp>(e);
            if ((b->op == Operator::Add || b->op == Operator::Sub) &&
                (is_number(b->left, true, false) || is_negative_number(b->left, true, false)) && is_number(b->right, false, true))
                return {};
            break;
        }
        default: break;
        }
        return raise(t, exc::ValueError, "patterns may only match literals and attribute lookups");
    }
    Result<void> patterns(const Seq<PatternNode*>& list, bool star_ok) {
        for (PatternNode* p : list) {
            if (!p) return raise(t, exc::ValueError, "None disallowed in pattern list");
            TRY(pattern(p, star_ok));
        }
        return {};
    }
    Result<void> pattern(const PatternNode* p, bool star_ok) {
        TRY(positions(*p));
        TRY(check_recursion(t, " during compilation"));
        switch (p->kind) {
        case PatternKind::MatchValue: return match_value(as<MatchValue>(p)->value);
        case PatternKind::MatchSingleton:
            switch (as<MatchSingleton>(p)->value.kind) {
            case ValueKind::None:
            case ValueKind::True:
            case ValueKind::False: return {};
            default: return raise(t, exc::ValueError, "MatchSingleton can only contain True, False and None");
            }
        case PatternKind::MatchSequence: return patterns(as<MatchSequence>(p)->patterns, true);
        case PatternKind::MatchMapping: {
            auto* m = as<MatchMapping>(p);
            if (m->keys.size != m->patterns.size)
                return raise(t, exc::ValueError, "MatchMapping doesn't have the same number of keys as patterns");
            if (m->rest) TRY(capture(m->rest));
            for (ExprNode* key : m->keys) {
                if (!key) return raise(t, exc::ValueError, "None disallowed in expression list");
                if (auto* c = as_if<Constant>(key))
                    if (c->value.kind == ValueKind::None || c->value.kind == ValueKind::True || c->value.kind == ValueKind::False) continue;
                TRY(match_value(key));
            }
            return patterns(m->patterns, false);
        }
        case PatternKind::MatchClass: {
            auto* m = as<MatchClass>(p);
            if (m->kwd_attrs.size != m->kwd_patterns.size)
                return raise(t, exc::ValueError, "MatchClass doesn't have the same number of keyword attributes as patterns");
            TRY(expression(m->cls, Load));
            for (const ExprNode* cls = m->cls; cls->kind != ExprKind::Name; cls = as<Attribute>(cls)->value)
                if (cls->kind != ExprKind::Attribute)
                    return raise(t, exc::ValueError, "MatchClass cls field can only contain Name or Attribute nodes.");
            TRY(identifiers(m->kwd_attrs));
            for (Identifier id : m->kwd_attrs) TRY(name(id));
            TRY(patterns(m->patterns, false));
            return patterns(m->kwd_patterns, false);
        }
        case PatternKind::MatchStar:
            if (!star_ok) return raise(t, exc::ValueError, "can't use MatchStar here");
            return as<MatchStar>(p)->name ? capture(as<MatchStar>(p)->name) : Result<void>();
        case PatternKind::MatchAs: {
            auto* m = as<MatchAs>(p);
            if (m->name) TRY(capture(m->name));
            if (!m->pattern) return {};
            if (!m->name) return raise(t, exc::ValueError, "MatchAs must specify a target name if a pattern is given");
            return pattern(m->pattern, false);
        }
        case PatternKind::MatchOr:
            if (as<MatchOr>(p)->patterns.size < 2) return raise(t, exc::ValueError, "MatchOr requires at least 2 patterns");
            return patterns(as<MatchOr>(p)->patterns, false);
        }
        UNREACHABLE();
    }

    // Statements

    // CPython does not survive None in these lists.
    Result<void> identifiers(const Seq<Identifier>& list) {
        for (Identifier id : list)
            if (!id) return raise(t, exc::ValueError, "None disallowed in identifier list");
        return {};
    }
    Result<void> statements(const Seq<StmtNode*>& list) {
        for (StmtNode* s : list) {
            if (!s) return raise(t, exc::ValueError, "None disallowed in statement list");
            TRY(statement(s));
        }
        return {};
    }
    Result<void> body(const Seq<StmtNode*>& list, const char* owner) {
        TRY(nonempty(list, "body", owner));
        return statements(list);
    }
    Result<void> targets(const Seq<ExprNode*>& list, ExprContext context) {
        TRY(nonempty(list, "targets", context == Del ? "Delete" : "Assign"));
        return expressions(list, context);
    }
    Result<void> type_parameters(const Seq<TypeParamNode*>& list) {
        for (TypeParamNode* p : list) {
            if (!p) return raise(t, exc::ValueError, "None disallowed in type parameter list");
            TRY(positions(*p));
            switch (p->kind) {
            case TypeParamKind::TypeVar:
                TRY(name(as<syntax::TypeVar>(p)->name));
                TRY(optional(as<syntax::TypeVar>(p)->bound));
                TRY(optional(as<syntax::TypeVar>(p)->default_value));
                break;
            case TypeParamKind::ParamSpec:
                TRY(name(as<syntax::ParamSpec>(p)->name));
                TRY(optional(as<syntax::ParamSpec>(p)->default_value));
                break;
            case TypeParamKind::TypeVarTuple:
                TRY(name(as<syntax::TypeVarTuple>(p)->name));
                TRY(optional(as<syntax::TypeVarTuple>(p)->default_value));
                break;
            }
        }
        return {};
    }
    Result<void> imported(const Seq<Alias*>& list, const char* owner) {
        TRY(nonempty(list, "names", owner));
        for (Alias* alias : list) {
            TRY(name(alias->name));
            TRY(name(alias->asname));
        }
        return {};
    }
    template <class F> Result<void> function(const F* f, const char* owner) {
        TRY(body(f->body, owner));
        TRY(name(f->name));
        TRY(type_parameters(f->type_params));
        TRY(arguments(f->args));
        TRY(expressions(f->decorator_list, Load));
        return optional(f->returns);
    }
    template <class F> Result<void> for_loop(const F* f, const char* owner) {
        TRY(expression(f->target, Store));
        TRY(expression(f->iter, Load));
        TRY(body(f->body, owner));
        return statements(f->orelse);
    }
    template <class W> Result<void> with(const W* w, const char* owner) {
        TRY(nonempty(w->items, "items", owner));
        for (WithItem* item : w->items) {
            TRY(expression(item->context_expr, Load));
            if (item->optional_vars) TRY(expression(item->optional_vars, Store));
        }
        return body(w->body, owner);
    }
    template <class T> Result<void> try_statement(const T* s, const char* owner) {
        TRY(body(s->body, owner));
        if (s->handlers.empty() && s->finalbody.empty())
            return raise(t, exc::ValueError, "%s has neither except handlers nor finalbody", owner);
        if (s->handlers.empty() && !s->orelse.empty()) return raise(t, exc::ValueError, "%s has orelse but no except handlers", owner);
        for (HandlerNode* h : s->handlers) {
            if (!h) return raise(t, exc::ValueError, "None disallowed in exception handler list");
            TRY(positions(*h));
            TRY(optional(as<ExceptHandler>(h)->type));
            TRY(name(as<ExceptHandler>(h)->name));
            TRY(body(as<ExceptHandler>(h)->body, "ExceptHandler"));
        }
        TRY(statements(s->finalbody));
        return statements(s->orelse);
    }

    Result<void> statement(const StmtNode* s) {
        TRY(positions(*s));
        TRY(check_recursion(t, " during compilation"));
        switch (s->kind) {
        case StmtKind::FunctionDef: return function(as<FunctionDef>(s), "FunctionDef");
        case StmtKind::AsyncFunctionDef: return function(as<AsyncFunctionDef>(s), "AsyncFunctionDef");
        case StmtKind::ClassDef: {
            auto* c = as<ClassDef>(s);
            TRY(body(c->body, "ClassDef"));
            TRY(name(c->name));
            TRY(type_parameters(c->type_params));
            TRY(expressions(c->bases, Load));
            TRY(keywords(c->keywords));
            return expressions(c->decorator_list, Load);
        }
        case StmtKind::Return: return optional(as<Return>(s)->value);
        case StmtKind::Delete: return targets(as<Delete>(s)->targets, Del);
        case StmtKind::Assign: TRY(targets(as<Assign>(s)->targets, Store)); return expression(as<Assign>(s)->value, Load);
        case StmtKind::AugAssign: TRY(expression(as<AugAssign>(s)->target, Store)); return expression(as<AugAssign>(s)->value, Load);
        case StmtKind::AnnAssign: {
            auto* a = as<AnnAssign>(s);
            if (a->target->kind != ExprKind::Name && a->simple) return raise(t, exc::TypeError, "AnnAssign with simple non-Name target");
            TRY(expression(a->target, Store));
            TRY(optional(a->value));
            return expression(a->annotation, Load);
        }
        case StmtKind::TypeAlias: {
            auto* a = as<TypeAlias>(s);
            if (a->name->kind != ExprKind::Name) return raise(t, exc::TypeError, "TypeAlias with non-Name name");
            TRY(expression(a->name, Store));
            TRY(type_parameters(a->type_params));
            return expression(a->value, Load);
        }
        case StmtKind::For: return for_loop(as<For>(s), "For");
        case StmtKind::AsyncFor: return for_loop(as<AsyncFor>(s), "AsyncFor");
        case StmtKind::While:
            TRY(expression(as<While>(s)->test, Load));
            TRY(body(as<While>(s)->body, "While"));
            return statements(as<While>(s)->orelse);
        case StmtKind::If:
            TRY(expression(as<If>(s)->test, Load));
            TRY(body(as<If>(s)->body, "If"));
            return statements(as<If>(s)->orelse);
        case StmtKind::With: return with(as<With>(s), "With");
        case StmtKind::AsyncWith: return with(as<AsyncWith>(s), "AsyncWith");
        case StmtKind::Match:
            TRY(expression(as<Match>(s)->subject, Load));
            TRY(nonempty(as<Match>(s)->cases, "cases", "Match"));
            for (MatchCase* c : as<Match>(s)->cases) {
                TRY(pattern(c->pattern, false));
                TRY(optional(c->guard));
                TRY(body(c->body, "match_case"));
            }
            return {};
        case StmtKind::Raise:
            if (as<Raise>(s)->exc) {
                TRY(expression(as<Raise>(s)->exc, Load));
                return optional(as<Raise>(s)->cause);
            }
            if (as<Raise>(s)->cause) return raise(t, taipan::exc::ValueError, "Raise with cause but no exception");
            return {};
        case StmtKind::Try: return try_statement(as<Try>(s), "Try");
        case StmtKind::TryStar: return try_statement(as<TryStar>(s), "TryStar");
        case StmtKind::Assert: TRY(expression(as<Assert>(s)->test, Load)); return optional(as<Assert>(s)->msg);
        case StmtKind::Import: return imported(as<Import>(s)->names, "Import");
        case StmtKind::ImportFrom:
            if (as<ImportFrom>(s)->level < 0) return raise(t, exc::ValueError, "Negative ImportFrom level");
            return imported(as<ImportFrom>(s)->names, "ImportFrom");
        case StmtKind::Global: TRY(nonempty(as<Global>(s)->names, "names", "Global")); return identifiers(as<Global>(s)->names);
        case StmtKind::Nonlocal: TRY(nonempty(as<Nonlocal>(s)->names, "names", "Nonlocal")); return identifiers(as<Nonlocal>(s)->names);
        case StmtKind::Expr: return expression(as<Expr>(s)->value, Load);
        case StmtKind::Pass:
        case StmtKind::Break:
        case StmtKind::Continue: return {};
        }
        UNREACHABLE();
    }

    Thread& t;
};

} // namespace

Result<void> validate_tree(Thread& t, const ModNode* tree) { return Validator(t).mod(tree); }

} // namespace taipan::ast
