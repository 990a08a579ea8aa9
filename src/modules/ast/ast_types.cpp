// Making the node classes.
#include "modules/ast/ast_types.h"

#include "objects/descriptor.h"
#include "objects/generic_alias.h"
#include "objects/list.h"
#include "objects/slot_names.h"
#include "objects/str_builder.h"
#include "objects/type_object.h"
#include "vm/interpreter_states.h"

namespace taipan::ast {

namespace {

using syntax::FieldInfo;
using syntax::NodeInfo;
using syntax::Quantity;
using syntax::TypeForm;
using syntax::TypeInfo;

/// "BinOp(expr left, operator op, expr right)".
Result<void> describe_node(StrBuilder& text, const NodeInfo& node) {
    TRY(text.append_ascii(node.name));
    for (size_t i = 0; i < node.fields.size(); ++i) {
        const FieldInfo& field = node.fields[i];
        TRY(text.append_ascii(i ? ", " : "("));
        TRY(text.append_ascii(field.type_name));
        switch (field.quantity) {
        case Quantity::ONE: break;
        case Quantity::OPTIONAL: TRY(text.append_char('?')); break;
        case Quantity::SEQUENCE: TRY(text.append_char('*')); break;
        case Quantity::SEQUENCE_OF_OPTIONAL: TRY(text.append_ascii("?*")); break;
        }
        TRY(text.append_char(' '));
        TRY(text.append_ascii(field.name));
    }
    if (!node.fields.empty()) TRY(text.append_char(')'));
    return {};
}
Result<Ref<Str>> describe_type(Thread& t, const TypeInfo& type) {
    StrBuilder text(t);
    if (type.form == TypeForm::Product) {
        TRY(describe_node(text, type.nodes[0]));
        return text.finish();
    }
    TRY(text.append_ascii(type.name));
    TRY(text.append_ascii(" = "));
    for (size_t i = 0; i < type.nodes.size(); ++i) {
        if (i) {
            if (type.form == TypeForm::Sum) {
                TRY(text.append_char('\n'));
                TRY(text.append_repeated(' ', static_cast<intptr_t>(strlen(type.name)) + 1));
                TRY(text.append_ascii("| "));
            } else {
                TRY(text.append_ascii(" | "));
            }
        }
        TRY(describe_node(text, type.nodes[i]));
    }
    return text.finish();
}

Result<Ref<Tuple>> name_tuple(Thread& t, std::span<Str* const> names) {
    Ref<Tuple> made = TRY(tuple_alloc(t, static_cast<intptr_t>(names.size())));
    for (size_t i = 0; i < names.size(); ++i) made->items[i] = names[i]; // interned: immortal
    return made;
}

Result<Type*> make_class(Thread& t, Str* name, Type& base, std::span<Str* const> fields, Object* doc) {
    Ref<Dict> space = TRY(dict_new(t));
    Ref<Tuple> field_names = TRY(name_tuple(t, fields));
    TRY(dict_set_ascii(t, space, "_fields", field_names));
    TRY(dict_set_ascii(t, space, "__match_args__", field_names));
    TRY(dict_set_ascii(t, space, "__module__", TRY(str_interned(t, "ast"))));
    if (doc) TRY(dict_set_ascii(t, space, "__doc__", doc));
    Ref<Tuple> bases = TRY(tuple_pack(t, Borrowed<Object>(&base)));
    Ref<Object> made = TRY(type_new(t, &Type::s_type, name, bases, space, nullptr));
    return static_cast<Type*>(made.release());
}
Result<void> set_attribute_named(Thread& t, Type* type, const char* name, Borrowed<Object> value) {
    Ref<Str> key = TRY(str_interned(t, name));
    return type_set_attribute(t, type, key, value.get());
}
Result<void> set_attributes_tuple(Thread& t, Classes& c, Type* type, bool has_position, bool end_optional) {
    Ref<Tuple> names = TRY(name_tuple(t, {c.position, has_position ? size_t{4} : 0}));
    TRY(set_attribute_named(t, type, "_attributes", names));
    if (has_position && end_optional) {
        TRY(type_set_attribute(t, type, c.position[2], None()));
        TRY(type_set_attribute(t, type, c.position[3], None()));
    }
    return {};
}

Result<Ref<Object>> field_class(Thread& t, Classes& c, const FieldInfo& field) {
    Object* plain = nullptr;
    switch (field.type) {
    case syntax::TYPE_IDENTIFIER:
    case syntax::TYPE_STRING: plain = &Str::s_type; break;
    case syntax::TYPE_INT: plain = &Int::s_type; break;
    case syntax::TYPE_CONSTANT: plain = &Object::s_type; break;
    default: plain = c.types[field.type].type;
    }
    if (field.quantity == Quantity::ONE) return acquire(plain);
    if (field.quantity == Quantity::OPTIONAL) return union_type_or(t, plain, None());
    Ref<Tuple> args = TRY(tuple_pack(t, Borrowed<Object>(plain)));
    return generic_alias_new(t, Borrowed<Object>(&List::s_type), args);
}
Result<void> add_field_types(Thread& t, Classes& c, const NodeInfo& node, NodeClass& made) {
    Ref<Dict> dict = TRY(dict_new(t));
    for (size_t i = 0; i < node.fields.size(); ++i) {
        Ref<Object> type = TRY(field_class(t, c, node.fields[i]));
        TRY(dict_set(t, dict, made.fields[i], type));
    }
    TRY(type_set_attribute(t, made.type, c.field_types_name, dict.get()));
    return set_attribute_named(t, made.type, "__annotations__", dict);
}

Result<Classes*> make_classes(Thread& t) {
    auto types = syntax::schema_types();
    auto* c = static_cast<Classes*>(calloc(1, sizeof(Classes)));
    auto* rows = static_cast<TypeClasses*>(calloc(types.size(), sizeof(TypeClasses)));
    if (!c || !rows) return raise_memory_error(t);
    c->types = rows;
    const char* position[] = {"lineno", "col_offset", "end_lineno", "end_col_offset"};
    for (int i = 0; i < 4; ++i) c->position[i] = TRY(str_interned(t, position[i])).release();
    c->fields_name = TRY(str_interned(t, "_fields")).release();
    c->attributes_name = TRY(str_interned(t, "_attributes")).release();
    c->field_types_name = TRY(str_interned(t, "_field_types")).release();
    c->dict_name = names::__dict__;

    Ref<Str> base_name = TRY(str_interned(t, "AST"));
    c->base = TRY(make_class(t, base_name.get(), Object::s_type, {}, nullptr));
    TRY(set_attributes_tuple(t, *c, c->base, false, false));
    for (const NativeDef& def : node_methods()) {
        Ref<Object> descriptor = TRY(method_descriptor_new(t, *c->base, def));
        TRY(set_attribute_named(t, c->base, def.name, descriptor));
    }
    for (const SlotDef& slot : node_slots())
        for (const SlotWrapperBase& row : slot_names()) {
            if (row.slot != slot.id || !row.wrapper) continue;
            Ref<Object> wrapper = TRY(wrapper_descriptor_new(t, *c->base, row, slot.function));
            TRY(set_attribute_named(t, c->base, row.name, wrapper));
        }
    for (size_t i = 0; i < types.size(); ++i) {
        const TypeInfo& info = types[i];
        rows[i].nodes = static_cast<NodeClass*>(calloc(info.nodes.size(), sizeof(NodeClass)));
        if (!rows[i].nodes) return raise_memory_error(t);
        for (size_t k = 0; k < info.nodes.size(); ++k) {
            const NodeInfo& node = info.nodes[k];
            rows[i].nodes[k].fields = static_cast<Str**>(calloc(node.fields.size() + 1, sizeof(Str*)));
            if (!rows[i].nodes[k].fields) return raise_memory_error(t);
            for (size_t f = 0; f < node.fields.size(); ++f)
                rows[i].nodes[k].fields[f] = TRY(str_interned(t, node.fields[f].name)).release();
        }
        Ref<Str> name = TRY(str_interned(t, info.name)), doc = TRY(describe_type(t, info));
        std::span<Str* const> fields;
        if (info.form == TypeForm::Product) fields = {rows[i].nodes[0].fields, info.nodes[0].fields.size()};
        rows[i].type = TRY(make_class(t, name.get(), *c->base, fields, doc.get()));
        TRY(set_attributes_tuple(t, *c, rows[i].type, info.has_position, syntax::end_position_is_optional(info.name)));
        if (info.form == TypeForm::Product) {
            rows[i].nodes[0].type = rows[i].type;
        } else {
            for (size_t k = 0; k < info.nodes.size(); ++k) {
                const NodeInfo& node = info.nodes[k];
                StrBuilder text(t);
                TRY(describe_node(text, node));
                Ref<Str> node_doc = TRY(text.finish()), node_name = TRY(str_interned(t, node.name));
                rows[i].nodes[k].type =
                    TRY(make_class(t, node_name.get(), *rows[i].type, {rows[i].nodes[k].fields, node.fields.size()}, node_doc.get()));
                if (info.form == TypeForm::Enum) {
                    // Without __init__, which asks for the classes that are being made here.
                    Type* type = rows[i].nodes[k].type;
                    Object* singleton = type->alloc(type, 0);
                    if (!singleton) return Error{};
                    rows[i].nodes[k].singleton = singleton;
                }
            }
        }
        for (size_t k = 0; k < info.nodes.size(); ++k)
            for (size_t f = 0; f < info.nodes[k].fields.size(); ++f)
                if (info.nodes[k].fields[f].quantity == Quantity::OPTIONAL)
                    TRY(type_set_attribute(t, rows[i].nodes[k].type, rows[i].nodes[k].fields[f], None()));
    }
    for (size_t i = 0; i < types.size(); ++i)
        for (size_t k = 0; k < types[i].nodes.size(); ++k) TRY(add_field_types(t, *c, types[i].nodes[k], rows[i].nodes[k]));
    return c;
}

/// The names are interned, and so live for ever.
void free_classes(Classes* c) {
    auto types = syntax::schema_types();
    for (size_t i = 0; i < types.size(); ++i) {
        TypeClasses& row = c->types[i];
        for (size_t k = 0; row.nodes && k < types[i].nodes.size(); ++k) {
            clear_field(row.nodes[k].singleton);
            if (row.nodes[k].type != row.type) clear_field(row.nodes[k].type);
            free(row.nodes[k].fields);
        }
        free(row.nodes);
        clear_field(row.type);
    }
    clear_field(c->base);
    free(c->types);
    free(c);
}

} // namespace

Result<Classes*> classes(Thread& t) {
    InterpreterStates* states = interpreter_states(t);
    if (!states) return raise_memory_error(t);
    Classes* found = __atomic_load_n(&states->ast_classes, __ATOMIC_ACQUIRE);
    if (found) return found;
    Classes* made = TRY(make_classes(t));
    if (!__atomic_compare_exchange_n(&states->ast_classes, &found, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        free_classes(made); // another thread was faster
        return found;
    }
    if (!interpreter_drops(states, [](InterpreterStates& s) { free_classes(std::exchange(s.ast_classes, nullptr)); }))
        return raise_memory_error(t);
    return made;
}

} // namespace taipan::ast
