// Code generation: one pass over the tree, guided by the symbol table, emitting each unit's linear code.
// Members are grouped over files: scopes and names (codegen.cpp), statements, functions and classes, expressions,
// calls, comprehensions, patterns.
#pragma once

#include "compiler/context.h"
#include "compiler/unit.h"

#include <memory>

namespace taipan::compiler {

// More values than this are not piled on the stack but gathered in a container.
constexpr uint32_t STACK_USE_GUIDELINE = 30;
constexpr size_t MAX_NESTED_BLOCKS = 21;

struct PatternContext {
    base::Vector<Identifier> stores; // names captured so far, in the order of their values on the stack
    bool allow_irrefutable = false;
    base::Vector<Label> fail_pop; // fail_pop[n]: fail after popping n values
    int on_top = 0;               // values above the captured ones
};

class CodeGenerator {
public:
    CodeGenerator(Context& context, Symtable& symtable);

    const CodeUnit* generate(const syntax::ModNode* tree);

private:
    using Loc = const Location&;
    template <class T> using Seq = syntax::Seq<T>;
    using ExprNode = syntax::ExprNode;
    using StmtNode = syntax::StmtNode;
    using PatternNode = syntax::PatternNode;
    using ExprContext = syntax::ExprContext;

    // Scopes and units.
    bool enter_scope(std::string_view name, ScopeType type, const void* node, int which, int lineno, Identifier class_name = nullptr);
    void set_qualname();
    void exit_scope();
    CodeUnit* assemble(bool add_none);
    uint32_t code_flags() const;
    bool is_interactive_top_level() const { return m_interactive && m_stack.size() == 1; }

    // Emission.
    Label new_label() { return m_unit->current->new_label(); }
    void use(Label label) { m_unit->current->use_label(label); }
    void op(Loc at, Opcode opcode) { m_unit->current->add(opcode, 0, at); }
    void op(Loc at, Opcode opcode, int oparg) { m_unit->current->add(opcode, oparg, at); }
    void jump(Loc at, Opcode opcode, Label target) { m_unit->current->add(opcode, target.id, at); }
    void load_const(Loc at, const ConstantValue& value);
    void load_none(Loc at) { load_const(at, ConstantValue::none()); }
    void load_int(Loc at, int64_t value) { load_const(at, ConstantValue::of_int(value)); }
    void load_text(Loc at, std::string_view text) { load_const(at, ConstantValue::of_str(text)); }
    void load_text(Loc at, Identifier name) { load_const(at, ConstantValue::of_str(name->view())); }
    ConstantValue text_tuple(const base::Vector<Identifier>& names);
    void op_name(Loc at, Opcode opcode, Identifier name); // an index into co_names, mangled
    void load_attribute(Loc at, Identifier name, bool method);
    void op_varname(Loc at, Opcode opcode, Identifier name);
    void op_cell(Loc at, Opcode opcode, Identifier name); // a cell of this unit
    void op_free(Loc at, Opcode opcode, Identifier name); // a free variable of it
    void compare(Loc at, syntax::CompareOperator op);
    void yield_from(Loc at, bool await);
    void yield_value(Loc at);
    void pop_except_and_reraise(Loc at);
    Identifier mangled(Identifier name) { return mangle_in(m_context, m_unit->class_name, m_unit->entry, name); }

    bool name_op(Loc at, Identifier name, ExprContext context);
    SymbolScope reference_type(Identifier name) const;
    void make_closure(Loc at, const CodeUnit* code, int flags);

    // Blocks.
    bool push_block(Loc at, BlockKind kind, Label block, Label exit = NO_LABEL);
    void pop_block() { m_unit->blocks.pop_back(); }
    bool unwind_block(Location& at, const FrameBlock& block, bool preserve_tos);
    bool unwind_blocks(Location& at, bool preserve_tos, const FrameBlock** loop);
    void call_exit_with_nones(Loc at);

    // Statements (codegen_statements.cpp).
    bool visit_body(const Seq<StmtNode*>& body, uint32_t first = 0);
    bool visit(const StmtNode* s);
    bool visit_inner(const StmtNode* s);
    bool body_with_docstring(Loc at, const Seq<StmtNode*>& body, bool interactive);
    bool module(const syntax::ModNode* tree);
    bool visit_return(const syntax::Return* s);
    bool visit_break(Loc at);
    bool visit_continue(Loc at);
    bool visit_if(const syntax::If* s);
    bool visit_for(const syntax::For* s);
    bool visit_async_for(const syntax::AsyncFor* s);
    bool visit_while(const syntax::While* s);
    bool visit_assert(const syntax::Assert* s);
    bool visit_import(const syntax::Import* s);
    bool visit_import_from(const syntax::ImportFrom* s);
    bool visit_augmented(const syntax::AugAssign* s);
    bool visit_annotated(const syntax::AnnAssign* s);
    bool check_annotated_part(const ExprNode* e);
    bool check_annotated_slice(const ExprNode* e);

    // try and with (codegen_blocks.cpp).
    struct TryParts {
        Location location;
        const Seq<StmtNode*>& body;
        const Seq<syntax::HandlerNode*>& handlers;
        const Seq<StmtNode*>& orelse;
        const Seq<StmtNode*>& finalbody;
        bool star;
    };
    bool visit_try(const TryParts& s);
    bool try_except(const TryParts& s);
    bool try_star_except(const TryParts& s);
    bool try_finally(const TryParts& s);
    bool forget_name(Identifier name);
    bool visit_with(const syntax::With* s, uint32_t position);
    bool visit_async_with(const syntax::AsyncWith* s, uint32_t position);
    void with_except_finish(Label cleanup);

    // Functions and classes (codegen_definitions.cpp).
    struct FunctionParts;
    bool visit_definition(const StmtNode* s);
    bool visit_function(const FunctionParts& f);
    bool visit_class(const syntax::ClassDef* s);
    bool visit_lambda(const syntax::Lambda* e);
    bool visit_type_alias(const syntax::TypeAlias* s);
    bool type_params(const Seq<syntax::TypeParamNode*>& params);
    bool type_param_part(const ExprNode* e, Identifier name, const void* node, int which, bool allow_starred);
    bool decorators(const Seq<ExprNode*>& list);
    void apply_decorators(const Seq<ExprNode*>& list);
    bool default_arguments(Loc at, const syntax::Arguments* a, int& flags);
    bool function_annotations(Loc at, const syntax::Arguments* a, const ExprNode* returns, int& flags);
    bool argument_annotation(Loc at, Identifier name, const ExprNode* annotation, int& count);
    bool function_body(const FunctionParts& f, int flags, int firstlineno);
    void call_generic_scope(Loc at, int arguments);
    bool enter_annotations_scope(Loc at, const void* node, int which, std::string_view name);
    bool leave_annotations_scope(Loc at);
    bool deferred_annotations(Loc at);
    bool visit_annotation_text(const ExprNode* annotation);
    void wrap_in_stop_iteration_handler();
    ConstantValue clean_docstring(const ConstantValue& text);

    // Expressions (codegen_expressions.cpp).
    bool visit(const ExprNode* e);
    bool visit_inner(const ExprNode* e);
    bool visit_all(const Seq<ExprNode*>& list);
    bool visit_optional_const(Loc at, const ExprNode* e);
    bool jump_if(Loc at, const ExprNode* e, Label next, bool condition);
    bool jump_if_inner(Loc at, const ExprNode* e, Label next, bool condition);
    bool visit_bool_op(const syntax::BoolOp* e);
    bool visit_compare(const syntax::Compare* e);
    bool check_compare(const syntax::Compare* e);
    bool visit_dict(const syntax::Dict* e);
    bool sub_dict(const syntax::Dict* e, uint32_t begin, uint32_t end);
    bool star_unpack(Loc at, const Seq<ExprNode*>& elements, Identifier injected, int pushed, Opcode build, Opcode add, Opcode extend,
                     bool tuple);
    bool unpack_targets(Loc at, const Seq<ExprNode*>& elements);
    bool visit_joined_str(const syntax::JoinedStr* e);
    bool visit_template_str(const syntax::TemplateStr* e);
    bool visit_formatted(const syntax::FormattedValue* e);
    bool visit_interpolation(const syntax::Interpolation* e);
    bool visit_attribute(const syntax::Attribute* e);
    bool visit_subscript(const syntax::Subscript* e);
    bool visit_slice(const syntax::Slice* e);
    bool slice_bounds(const syntax::Slice* e);
    bool check_subscripter(const ExprNode* e);
    bool check_index(const ExprNode* e, const ExprNode* index);

    // Calls (codegen_calls.cpp).
    bool visit_call(const syntax::Call* e);
    bool check_caller(const ExprNode* e);
    bool validate_keywords(const Seq<syntax::Keyword*>& keywords);
    bool call_helper(Loc at, int pushed, const Seq<ExprNode*>& args, Identifier injected, const Seq<syntax::Keyword*>& keywords);
    bool sub_keywords(Loc at, const Seq<syntax::Keyword*>& keywords, uint32_t begin, uint32_t end);
    void keyword_names(Loc at, const Seq<syntax::Keyword*>& keywords);
    bool method_call(const syntax::Call* e, bool& done);
    bool builtin_over_generator(const syntax::Call* e, Label end);
    bool can_optimize_super(const syntax::Attribute* e);
    bool load_super_arguments(const syntax::Call* e);
    void op_super(Loc at, const syntax::Attribute* e, bool method);

    // Comprehensions (codegen_comprehensions.cpp).
    enum class ComprehensionType : uint8_t { Generator, List, Set, Dict };
    struct ComprehensionParts {
        ComprehensionType type;
        const Seq<syntax::Comprehension*>& generators;
        const ExprNode* element;
        const ExprNode* value;
    };
    struct InlinedState {
        base::Vector<Identifier> pushed;
        base::Vector<Identifier> hidden;
        base::Vector<std::pair<Identifier, uint32_t>> outer_symbols;
        Label cleanup;
    };
    bool visit_comprehension(const ExprNode* e, const char* name, const ComprehensionParts& parts);
    bool comprehension_iterable(const syntax::Comprehension* c);
    bool comprehension_generator(Loc at, const ComprehensionParts& parts, uint32_t index, int depth, bool on_stack);
    bool sync_generator(Loc at, const ComprehensionParts& parts, uint32_t index, int depth, bool on_stack);
    bool async_generator(Loc at, const ComprehensionParts& parts, uint32_t index, int depth, bool on_stack);
    bool comprehension_element(const ComprehensionParts& parts, int depth, Location& element_location);
    bool push_inlined(Loc at, SymtableEntry* entry, InlinedState& state);
    void pop_inlined(Loc at, InlinedState& state);
    void restore_inlined_locals(Loc at, const InlinedState& state);

    // Patterns (codegen_patterns.cpp).
    bool visit_match(const syntax::Match* s);
    bool pattern(const PatternNode* p, PatternContext& pc);
    bool pattern_inner(const PatternNode* p, PatternContext& pc);
    bool subpattern(const PatternNode* p, PatternContext& pc);
    bool pattern_as(const syntax::MatchAs* p, PatternContext& pc);
    bool pattern_class(const syntax::MatchClass* p, PatternContext& pc);
    bool pattern_mapping(const syntax::MatchMapping* p, PatternContext& pc);
    bool pattern_or(const syntax::MatchOr* p, PatternContext& pc);
    bool pattern_sequence(const syntax::MatchSequence* p, PatternContext& pc);
    bool sequence_unpack(Loc at, const Seq<PatternNode*>& patterns, PatternContext& pc);
    bool sequence_subscript(Loc at, const Seq<PatternNode*>& patterns, int star, PatternContext& pc);
    bool store_capture(Loc at, Identifier name, PatternContext& pc);
    bool duplicate_capture(Loc at, Identifier name);
    void rotate(Loc at, int count);
    void ensure_fail_pop(PatternContext& pc, int count);
    void jump_to_fail_pop(Loc at, PatternContext& pc, Opcode opcode);
    void emit_fail_pop(Loc at, PatternContext& pc);

    Context& m_context;
    Symtable& m_symtable;
    Unit* m_unit = nullptr;
    base::Vector<std::unique_ptr<Unit>> m_stack; // the current unit last
    bool m_interactive = false;

    struct {
        Identifier dunder_class, classdict, conditional_annotations, format, type_params, generic_base, super, self, annotations, annotate,
            annotate_func, doc;
    } m_id;
};

// The source text of an expression, as `from __future__ import annotations` keeps it.
base::String unparse(const syntax::ExprNode* e);

// A slice without step whose bounds are not both constant: it needs no slice object.
bool is_two_part_slice(const syntax::ExprNode* e);

// Where an attribute's name stands, if that is on another line than `at`.
Location attribute_location(Location at, const syntax::Attribute* e);

// The type of what a literal or display makes, for warnings; null when unknown.
const char* inferred_type(const syntax::ExprNode* e);

} // namespace taipan::compiler
