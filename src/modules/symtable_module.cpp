// _symtable: the compiler's symbol tables as objects.
#include "base/arena.h"
#include "compiler/compiler.h"
#include "compiler/symtable.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/type_spec.h"
#include "runtime/gc.h"
#include "syntax/names.h"
#include "vm/builtin_support.h"
#include "vm/options.h"
#include "vm/source.h"

namespace taipan {
namespace symtable_detail {

struct Entry : Object {
    Object *id, *name, *symbols, *varnames, *children;
    int type, nested, lineno;
    static Type s_type;
};
using EntryFields = Fields<Entry, &Entry::id, &Entry::name, &Entry::symbols, &Entry::varnames, &Entry::children>;

Result<Ref<Str>> entry_repr(Thread& t, Borrowed<Entry> self) {
    return str_format(t, "<symtable entry %s(%s), line %d>", self->name, self->id, self->lineno);
}

Result<Ref<Object>> entry_object(Thread& t, const compiler::SymtableEntry& table) {
    TRY(check_recursion(t, " during compilation"));
    Ref<Int> id = TRY(int_from(t, reinterpret_cast<intptr_t>(&table)));
    Ref<Str> name = TRY(str_from_utf8(t, table.name->view()));
    Ref<Dict> symbols = TRY(dict_new(t));
    for (const auto& [symbol, flags] : table.symbols) {
        Ref<Str> key = TRY(str_interned(t, symbol->view()));
        Ref<Int> value = TRY(int_from(t, static_cast<int64_t>(flags)));
        TRY(dict_set(t, symbols, key, value));
    }
    Ref<List> varnames = TRY(list_new(t)), children = TRY(list_new(t));
    for (syntax::Identifier variable : table.varnames) TRY(list_append(t, varnames, TRY(str_interned(t, variable->view()))));
    for (const compiler::SymtableEntry* child : table.children) TRY(list_append(t, children, TRY(entry_object(t, *child))));
    Ref<Entry> made = TRY(allocate<Entry>(t));
    made->id = id.release();
    made->name = name.release();
    made->symbols = symbols.release();
    made->varnames = varnames.release();
    made->children = children.release();
    made->type = static_cast<int>(table.type);
    made->nested = table.nested;
    made->lineno = table.location.lineno;
    gc_track(made.get());
    return Ref<Object>(std::move(made));
}

Result<Ref<Object>> symtable(Thread& t, Borrowed<Object> source, Borrowed<Object> filename, Borrowed<Str> mode) {
    if (!is<Str>(filename.get()) && !is<Bytes>(filename.get())) {
        Ref<Str> protocol = TRY(str_interned(t, "__fspath__"));
        if (!TRY(get_attribute_optional(t, filename->type, protocol)))
            return raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %T", filename);
    }
    Ref<Str> name = TRY(file_system_name(t, filename));
    CompileRequest request;
    request.filename = name.get();
    request.flags = compile_flag::OnlySymbols;
    if (str_equals_ascii(mode.get(), "exec")) request.mode = CompileRequest::Mode::Exec;
    else if (str_equals_ascii(mode.get(), "eval")) request.mode = CompileRequest::Mode::Eval;
    else if (str_equals_ascii(mode.get(), "single")) request.mode = CompileRequest::Mode::Single;
    else return raise(t, exc::ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
    return compile_text_object(t, source, request, "symtable", "string or bytes");
}

const SlotDef entry_slots[] = {EntryFields::dealloc_slot(), EntryFields::traverse_slot(), EntryFields::clear_slot(),
                               unary_slot<SlotId::tp_repr, entry_repr>()};
const MemberDef entry_members[] = {
    {"id", member_type::ObjectOrNone, offsetof(Entry, id), member_flag::ReadOnly, nullptr},
    {"name", member_type::ObjectOrNone, offsetof(Entry, name), member_flag::ReadOnly, nullptr},
    {"symbols", member_type::ObjectOrNone, offsetof(Entry, symbols), member_flag::ReadOnly, nullptr},
    {"varnames", member_type::ObjectOrNone, offsetof(Entry, varnames), member_flag::ReadOnly, nullptr},
    {"children", member_type::ObjectOrNone, offsetof(Entry, children), member_flag::ReadOnly, nullptr},
    {"nested", member_type::Int, offsetof(Entry, nested), member_flag::ReadOnly, nullptr},
    {"type", member_type::Int, offsetof(Entry, type), member_flag::ReadOnly, nullptr},
    {"lineno", member_type::Int, offsetof(Entry, lineno), member_flag::ReadOnly, nullptr},
};
const TypeSpec entry_spec = {.type = &Entry::s_type,
                             .name = "symtable entry",
                             .basicsize = sizeof(Entry),
                             .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                             .slots = entry_slots,
                             .members = entry_members};

const NativeDef functions[] = {
    fn<symtable>("symtable", "($module, source, filename, startstr, /)",
                 "Analyse source and return the symbol table of its outermost block."),
};

Result<void> exec(Thread& t, Borrowed<Module> module) {
    TRY(type_ready(t, entry_spec));
    using namespace compiler;
    const std::pair<const char*, int> constants[] = {
        {"USE", SYMBOL_USE},
        {"DEF_GLOBAL", DEF_GLOBAL},
        {"DEF_NONLOCAL", DEF_NONLOCAL},
        {"DEF_LOCAL", DEF_LOCAL},
        {"DEF_PARAM", DEF_PARAM},
        {"DEF_TYPE_PARAM", DEF_TYPE_PARAM},
        {"DEF_FREE_CLASS", DEF_FREE_CLASS},
        {"DEF_IMPORT", DEF_IMPORT},
        {"DEF_BOUND", DEF_LOCAL | DEF_PARAM | DEF_IMPORT},
        {"DEF_ANNOT", DEF_ANNOT},
        {"DEF_COMP_ITER", DEF_COMP_ITER},
        {"DEF_COMP_CELL", DEF_COMP_CELL},
        {"TYPE_FUNCTION", 0},
        {"TYPE_CLASS", 1},
        {"TYPE_MODULE", 2},
        {"TYPE_ANNOTATION", 3},
        {"TYPE_TYPE_ALIAS", 4},
        {"TYPE_TYPE_PARAMETERS", 5},
        {"TYPE_TYPE_VARIABLE", 6},
        {"LOCAL", 1},
        {"GLOBAL_EXPLICIT", 2},
        {"GLOBAL_IMPLICIT", 3},
        {"FREE", 4},
        {"CELL", 5},
        {"SCOPE_OFF", SYMBOL_SCOPE_OFFSET},
        {"SCOPE_MASK", 15},
    };
    for (auto [name, value] : constants) TRY(module_add_int(t, module, name, value));
    return {};
}

constinit Type Entry::s_type{};

} // namespace symtable_detail

Result<Ref<Object>> symbols_to_objects(Thread& t, base::Arena& arena, syntax::NameTable& names, syntax::ModNode* tree,
                                       const CompileRequest& request, syntax::Diagnostics& sink) {
    compiler::CompileOptions options;
    options.filename = TRY(str_utf8_lossy(t, arena, request.filename));
    options.optimize = g_options.optimize;
    options.stack_limit = t.c_stack_limit;
    syntax::SyntaxFailure failure;
    auto table = compiler::build_symbols(arena, names, tree, options, sink, failure);
    if (!table) return raise_syntax_failure(t, failure, request.filename);
    return symtable_detail::entry_object(t, *table->top);
}

extern const ModuleSpec symtable_module;
const ModuleSpec symtable_module = {.name = "_symtable", .functions = symtable_detail::functions, .exec = symtable_detail::exec};

} // namespace taipan
