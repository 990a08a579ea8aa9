// Second pass: every name's scope. A block learns from above which names are bound in enclosing functions and which are
// declared global, and hands up the names it leaves free; a comprehension that will be inlined merges its names into
// the block around it (PEP 709), classes keep theirs to themselves but for __class__ and what annotations need (PEP
// 649).
#include "compiler/context.h"
#include "compiler/symtable.h"

namespace taipan::compiler {

namespace {

using NameSet = base::HashSet<Identifier>;
using ScopeMap = base::HashMap<Identifier, SymbolScope>;

class Analyzer {
public:
    explicit Analyzer(Context& context) : m_context(context) {
        m_dunder_class = context.intern("__class__");
        m_classdict = context.intern("__classdict__");
        m_conditional = context.intern("__conditional_annotations__");
    }

    // `bound` is null at module level.
    bool analyze(SymtableEntry* entry, NameSet* bound, NameSet& free, NameSet& global, NameSet& type_params,
                 const SymtableEntry* class_entry);

private:
    bool analyze_name(SymtableEntry* entry, ScopeMap& scopes, Identifier name, uint32_t flags, NameSet* bound, NameSet& local,
                      NameSet& free, NameSet& global, NameSet& type_params, const SymtableEntry* class_entry);
    void inline_comprehension(SymtableEntry* entry, SymtableEntry* comprehension, ScopeMap& scopes, NameSet& comp_free,
                              NameSet& inlined_cells);
    bool error_at_directive(const SymtableEntry* entry, Identifier name, const char* format);
    bool is_class_magic(Identifier name) const { return name == m_dunder_class || name == m_classdict || name == m_conditional; }

    Context& m_context;
    Identifier m_dunder_class, m_classdict, m_conditional;
};

bool Analyzer::error_at_directive(const SymtableEntry* entry, Identifier name, const char* format) {
    Location where = entry->location;
    for (const Directive& directive : entry->directives) {
        if (directive.name != name) continue;
        where = directive.location;
        break;
    }
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
    return m_context.error(where, format, name->data);
#pragma clang diagnostic pop
}

bool Analyzer::analyze_name(SymtableEntry* entry, ScopeMap& scopes, Identifier name, uint32_t flags, NameSet* bound, NameSet& local,
                            NameSet& free, NameSet& global, NameSet& type_params, const SymtableEntry* class_entry) {
    if (flags & DEF_GLOBAL) {
        if (flags & DEF_NONLOCAL) return error_at_directive(entry, name, "name '%s' is nonlocal and global");
        scopes[name] = SymbolScope::GlobalExplicit;
        global.insert(name);
        if (bound) bound->erase(name);
        return true;
    }
    if (flags & DEF_NONLOCAL) {
        if (!bound) {
            Location where = entry->location;
            for (const Directive& directive : entry->directives)
                if (directive.name == name) where = directive.location;
            return m_context.error(where, "nonlocal declaration not allowed at module level");
        }
        if (!bound->contains(name)) return error_at_directive(entry, name, "no binding for nonlocal '%s' found");
        if (type_params.contains(name)) return error_at_directive(entry, name, "nonlocal binding not allowed for type parameter '%s'");
        scopes[name] = SymbolScope::Free;
        free.insert(name);
        return true;
    }
    if (flags & DEF_BOUND) {
        scopes[name] = SymbolScope::Local;
        local.insert(name);
        global.erase(name);
        if (flags & DEF_TYPE_PARAM) type_params.insert(name);
        else type_params.erase(name);
        return true;
    }
    // A block that can see the class around it finds the class's names through its dictionary at run time, before the
    // globals and never through an outer function.
    if (class_entry && name != m_classdict) {
        uint32_t class_flags = class_entry->flags_of(name);
        if (class_flags & DEF_GLOBAL) {
            scopes[name] = SymbolScope::GlobalExplicit;
            return true;
        }
        if ((class_flags & DEF_BOUND) && !(class_flags & DEF_NONLOCAL)) {
            scopes[name] = SymbolScope::GlobalImplicit;
            return true;
        }
    }
    if (bound && bound->contains(name)) {
        scopes[name] = SymbolScope::Free;
        free.insert(name);
        return true;
    }
    scopes[name] = SymbolScope::GlobalImplicit;
    return true;
}

bool is_free_in_any_child(const SymtableEntry* entry, Identifier name) {
    for (const SymtableEntry* child : entry->children)
        if (child->scope_of(name) == SymbolScope::Free) return true;
    return false;
}

void Analyzer::inline_comprehension(SymtableEntry* entry, SymtableEntry* comprehension, ScopeMap& scopes, NameSet& comp_free,
                                    NameSet& inlined_cells) {
    base::Vector<Identifier> removed;
    for (auto& [name, comp_flags] : comprehension->symbols) {
        if (comp_flags & DEF_PARAM) continue; // .0
        auto scope = (SymbolScope)(comp_flags >> SYMBOL_SCOPE_OFFSET);
        uint32_t only_flags = comp_flags & SYMBOL_FLAGS_MASK;
        if (scope == SymbolScope::Cell || (only_flags & DEF_COMP_CELL)) inlined_cells.insert(name);
        if (scope == SymbolScope::Free && entry->type == BlockType::Class && is_class_magic(name)) {
            // The class's own cells cannot be seen in its body: these names are ordinary there. What is nested in the
            // comprehension does see them.
            scope = SymbolScope::GlobalImplicit;
            if (!is_free_in_any_child(comprehension, name)) comp_free.erase(name);
            removed.push_back(name);
        }
        const uint32_t* existing = entry->symbols.find(name);
        if (!existing) {
            entry->symbols.set(name, only_flags);
            scopes[name] = scope;
        } else if ((*existing & DEF_BOUND) && entry->type != BlockType::Class && !is_free_in_any_child(comprehension, name)) {
            // Free in the comprehension, a plain local once it is inlined.
            comp_free.erase(name);
        }
    }
    for (Identifier name : removed) comprehension->symbols.remove(name);
}

bool Analyzer::analyze(SymtableEntry* entry, NameSet* bound, NameSet& free, NameSet& global, NameSet& type_params,
                       const SymtableEntry* class_entry) {
    if (m_context.too_deep()) return false;
    DepthGuard guard(m_context);
    bool is_class = entry->type == BlockType::Class;
    NameSet local, new_global, new_free, new_bound, inlined_cells;
    ScopeMap scopes;
    // A class's own names are invisible to what is nested in it.
    if (is_class) {
        new_global = global;
        if (bound) new_bound = *bound;
    }
    for (auto& [name, flags] : entry->symbols)
        if (!analyze_name(entry, scopes, name, flags, bound, local, free, global, type_params, class_entry)) return false;
    if (is_class) {
        new_bound.insert({m_dunder_class, m_classdict, m_conditional});
    } else {
        if (entry->is_function_like()) new_bound.insert(local.begin(), local.end());
        if (bound) new_bound.insert(bound->begin(), bound->end());
        new_global.insert(global.begin(), global.end());
    }

    for (SymtableEntry* child : entry->children) {
        const SymtableEntry* child_class = nullptr;
        if (child->can_see_class_scope) child_class = is_class ? entry : class_entry;
        // Comprehensions are inlined, generator expressions are not, nor is anything in an annotation inside a class.
        bool inlined = child->comprehension != ComprehensionKind::None && child->comprehension != ComprehensionKind::Generator &&
                       !entry->can_see_class_scope;
        NameSet child_bound = new_bound, child_free, child_global = new_global, child_type_params = type_params;
        if (!analyze(child, &child_bound, child_free, child_global, child_type_params, child_class)) return false;
        if (inlined) {
            inline_comprehension(entry, child, scopes, child_free, inlined_cells);
            child->comp_inlined = true;
        }
        new_free.insert(child_free.begin(), child_free.end());
    }
    base::Vector<SymtableEntry*> children;
    for (SymtableEntry* child : entry->children) {
        if (child->comp_inlined) children.insert(children.end(), child->children.begin(), child->children.end());
        else children.push_back(child);
    }
    entry->children = std::move(children);

    if (entry->is_function_like()) {
        for (auto& [name, scope] : scopes) {
            if (scope != SymbolScope::Local || (!new_free.contains(name) && !inlined_cells.contains(name))) continue;
            scope = SymbolScope::Cell;
            new_free.erase(name);
        }
    } else if (is_class) {
        if (new_free.erase(m_dunder_class)) entry->needs_class_closure = true;
        if (new_free.erase(m_classdict)) entry->needs_classdict = true;
        if (new_free.erase(m_conditional)) entry->has_conditional_annotations = true;
    }

    for (auto& [name, flags] : entry->symbols) {
        flags &= SYMBOL_FLAGS_MASK;
        if (inlined_cells.contains(name)) flags |= DEF_COMP_CELL;
        flags |= (uint32_t)scopes[name] << SYMBOL_SCOPE_OFFSET;
    }
    for (Identifier name : new_free) {
        if (uint32_t* flags = entry->symbols.find(name)) {
            // Free in a method and bound in the class: the class must pass its outer one on.
            if (is_class || entry->can_see_class_scope) *flags |= DEF_FREE_CLASS;
            continue;
        }
        if (bound && !bound->contains(name)) continue;
        entry->symbols.set(name, (uint32_t)SymbolScope::Free << SYMBOL_SCOPE_OFFSET);
    }
    free.insert(new_free.begin(), new_free.end());
    return true;
}

} // namespace

bool analyze_symtable(Context& context, SymtableEntry* top) {
    NameSet free, global, type_params;
    return Analyzer(context).analyze(top, nullptr, free, global, type_params, nullptr);
}

} // namespace taipan::compiler
