// Trees to objects and back, driven by the schema.
#include "modules/ast/ast_types.h"

#include "base/arena.h"
#include "objects/list.h"
#include "objects/set.h"
#include "objects/str_codecs.h"
#include "objects/type_object.h"
#include "syntax/names.h"
#include "vm/source.h"

namespace taipan::ast {

namespace {

using syntax::ConstantValue;
using syntax::FieldInfo;
using syntax::NodeInfo;
using syntax::Quantity;
using syntax::TypeForm;
using syntax::TypeInfo;

template <class T> const T& at(const void* base, size_t offset) {
    return *reinterpret_cast<const T*>(static_cast<const char*>(base) + offset);
}
template <class T> T& at(void* base, size_t offset) { return *reinterpret_cast<T*>(static_cast<char*>(base) + offset); }
/// Any Seq<…>.
struct RawSeq {
    void* data;
    uint32_t size;
};
bool is_enum(uint16_t type) { return type < syntax::TYPE_IDENTIFIER && syntax::schema_types()[type].form == TypeForm::Enum; }

class ObjectMaker {
public:
    ObjectMaker(Thread& t, Classes& c, Borrowed<Str> filename) : m_thread(t), m_classes(c), m_filename(filename) {}

    Result<Ref<Object>> node(uint16_t type_index, const void* node) {
        Thread& t = m_thread;
        if (!node) return none_ref();
        TRY(check_recursion(t, " during  ast construction"));
        const TypeInfo& type = syntax::schema_types()[type_index];
        size_t kind = type.form == TypeForm::Sum ? at<uint8_t>(node, type.kind_offset) : 0;
        const NodeInfo& info = type.nodes[kind];
        NodeClass& cls = m_classes.types[type_index].nodes[kind];
        Ref<Object> made = TRY(Result<Ref<Object>>::from_nullable(cls.type->alloc(cls.type, 0)));
        for (size_t i = 0; i < info.fields.size(); ++i) {
            Ref<Object> value = TRY(field(info.fields[i], static_cast<const char*>(node) + info.fields[i].offset));
            TRY(generic_set_attribute(t, made, Borrowed<Object>(cls.fields[i]), value.get()));
        }
        if (type.has_position) {
            const int32_t* numbers = &at<int32_t>(node, type.position_offset);
            for (int i = 0; i < 4; ++i) {
                Ref<Int> number = TRY(int_from(t, numbers[i]));
                TRY(generic_set_attribute(t, made, Borrowed<Object>(m_classes.position[i]), number.get()));
            }
        }
        return made;
    }

private:
    Result<Ref<Object>> field(const FieldInfo& field, const void* place) {
        Thread& t = m_thread;
        if (field.quantity == Quantity::ONE || field.quantity == Quantity::OPTIONAL) return single(field.type, place);
        const auto& seq = *static_cast<const RawSeq*>(place);
        size_t size = is_enum(field.type) ? 1 : sizeof(void*);
        Ref<List> list = TRY(list_new(t, seq.size));
        for (uint32_t i = 0; i < seq.size; ++i)
            TRY(list_append(t, list, TRY(single(field.type, static_cast<const char*>(seq.data) + i * size))));
        return list;
    }
    Result<Ref<Object>> single(uint16_t type, const void* place) {
        Thread& t = m_thread;
        switch (type) {
        case syntax::TYPE_IDENTIFIER:
        case syntax::TYPE_STRING: {
            const syntax::Text* text = *static_cast<const syntax::Text* const*>(place);
            if (!text) return none_ref();
            if (type == syntax::TYPE_IDENTIFIER) return TRY(str_interned(t, text->view()));
            return TRY(str_from_utf8(t, text->view()));
        }
        case syntax::TYPE_INT: return TRY(int_from(t, *static_cast<const int32_t*>(place)));
        case syntax::TYPE_CONSTANT: return constant_object(t, *static_cast<const ConstantValue*>(place), m_filename);
        default: break;
        }
        if (is_enum(type)) return acquire(m_classes.types[type].nodes[*static_cast<const uint8_t*>(place)].singleton);
        return node(type, *static_cast<const void* const*>(place));
    }

    Thread& m_thread;
    Classes& m_classes;
    Borrowed<Str> m_filename;
};

class TreeReader {
public:
    TreeReader(Thread& t, Classes& c, base::Arena& arena, syntax::NameTable& names)
        : m_thread(t), m_classes(c), m_arena(arena), m_names(names) {}

    /// Null for None where the grammar has a choice of nodes.
    Result<void*> node(uint16_t type_index, Borrowed<Object> object) {
        const TypeInfo& type = syntax::schema_types()[type_index];
        if (type.form == TypeForm::Product) return fields(type_index, 0, object);
        if (is_none(object.get())) return static_cast<void*>(nullptr);
        syntax::Position position;
        if (type.has_position) TRY(read_position(type.name, object, position));
        intptr_t kind = TRY(kind_of(type_index, object));
        void* made = TRY(fields(type_index, static_cast<size_t>(kind), object));
        at<uint8_t>(made, type.kind_offset) = static_cast<uint8_t>(kind);
        if (type.has_position) at<syntax::Position>(made, type.position_offset) = position;
        return made;
    }

    Result<ConstantValue> constant_value(Borrowed<Object> value) { return constant(value); }

private:
    /// Memory of the arena for `count` elements.
    template <class T> Result<T*> take(size_t count, size_t alignment = alignof(T)) {
        T* memory = nullptr;
        if (!base::attempt([&] { memory = static_cast<T*>(m_arena.allocate(count * sizeof(T), alignment)); }))
            return raise_memory_error(m_thread);
        return memory;
    }
    Result<std::string_view> copy(std::string_view text) {
        char* out = TRY(take<char>(text.size()));
        if (!text.empty()) memcpy(out, text.data(), text.size());
        return std::string_view(out, text.size());
    }

    Result<intptr_t> kind_of(uint16_t type_index, Borrowed<Object> object) {
        Thread& t = m_thread;
        const TypeInfo& type = syntax::schema_types()[type_index];
        TypeClasses& cls = m_classes.types[type_index];
        for (size_t i = 0; i < type.nodes.size(); ++i)
            if (object->type == cls.nodes[i].type) return static_cast<intptr_t>(i);
        for (size_t i = 0; i < type.nodes.size(); ++i)
            if (TRY(is_instance(t, object, Borrowed<Object>(cls.nodes[i].type)))) return static_cast<intptr_t>(i);
        return raise(t, exc::TypeError, "expected some sort of %s, but got %R", type.name, object);
    }
    Result<void> read_position(const char* owner, Borrowed<Object> object, syntax::Position& out) {
        Thread& t = m_thread;
        int32_t* numbers = &out.lineno;
        bool end_optional = syntax::end_position_is_optional(owner);
        for (int i = 0; i < 4; ++i) {
            MaybeRef<Object> value = TRY(get_attribute_optional(t, object, m_classes.position[i]));
            if (i >= 2 && end_optional && (!value || is_none(value.get()))) {
                numbers[i] = numbers[i - 2];
                continue;
            }
            if (!value) return raise(t, exc::TypeError, "required field \"%s\" missing from %s", m_classes.position[i], owner);
            TRY(read_int(value.get(), numbers[i]));
        }
        return {};
    }
    Result<void> read_int(Borrowed<Object> value, int32_t& out) {
        if (!is<Int>(value.get())) return raise(m_thread, exc::ValueError, "invalid integer value: %R", value);
        out = TRY(to_int32(m_thread, value));
        return {};
    }

    Result<void*> fields(uint16_t type_index, size_t kind, Borrowed<Object> object) {
        Thread& t = m_thread;
        const TypeInfo& type = syntax::schema_types()[type_index];
        const NodeInfo& info = type.nodes[kind];
        NodeClass& cls = m_classes.types[type_index].nodes[kind];
        void* made = TRY(take<char>(info.struct_size, alignof(std::max_align_t)));
        memset(made, 0, info.struct_size);
        for (size_t i = 0; i < info.fields.size(); ++i) {
            const FieldInfo& field = info.fields[i];
            MaybeRef<Object> value = TRY(get_attribute_optional(t, object, cls.fields[i]));
            void* place = static_cast<char*>(made) + field.offset;
            if (field.quantity == Quantity::SEQUENCE || field.quantity == Quantity::SEQUENCE_OF_OPTIONAL) {
                if (value) TRY(sequence(info, field, value.get(), *static_cast<RawSeq*>(place)));
                continue;
            }
            if (field.quantity == Quantity::OPTIONAL) {
                if (value && !is_none(value.get())) TRY(single(info, field.type, value.get(), place));
                continue;
            }
            if (!value) return raise(t, exc::TypeError, "required field \"%s\" missing from %s", field.name, info.name);
            TRY(single(info, field.type, value.get(), place));
        }
        if (type.form == TypeForm::Product && type.has_position)
            TRY(read_position(info.name, object, at<syntax::Position>(made, type.position_offset)));
        for (const FieldInfo& field : info.fields) {
            if (field.quantity != Quantity::ONE || field.type == syntax::TYPE_INT || field.type == syntax::TYPE_CONSTANT ||
                is_enum(field.type))
                continue;
            if (!at<void*>(made, field.offset)) return raise(t, exc::ValueError, "field '%s' is required for %s", field.name, info.name);
        }
        return made;
    }

    Result<void> sequence(const NodeInfo& info, const FieldInfo& field, Borrowed<Object> value, RawSeq& out) {
        Thread& t = m_thread;
        if (!is<List>(value.get()))
            return raise(t, exc::TypeError, "%s field \"%s\" must be a list, not a %T", info.name, field.name, value);
        List* list = static_cast<List*>(value.get());
        intptr_t count = list_size(list);
        size_t size = is_enum(field.type) ? 1 : sizeof(void*);
        out.data = TRY(take<char>(static_cast<size_t>(count) * size + 1, 8));
        memset(out.data, 0, static_cast<size_t>(count) * size);
        out.size = static_cast<uint32_t>(count);
        for (intptr_t i = 0; i < count; ++i) {
            MaybeRef<Object> item = list_get(t, list, i);
            if (item) TRY(single(info, field.type, item.get(), static_cast<char*>(out.data) + static_cast<size_t>(i) * size));
            if (list_size(list) != count)
                return raise(t, exc::RuntimeError, "%s field \"%s\" changed size during iteration", info.name, field.name);
        }
        return {};
    }

    Result<void> single(const NodeInfo& owner, uint16_t type, Borrowed<Object> value, void* place) {
        Thread& t = m_thread;
        switch (type) {
        case syntax::TYPE_IDENTIFIER: {
            if (is_none(value.get())) return {};
            if (!is_exact<Str>(value.get())) return raise(t, exc::TypeError, "AST identifier must be of type str");
            std::string_view text = TRY(text_of(static_cast<Str*>(value.get())));
            return within_memory(t, [&] { *static_cast<syntax::Identifier*>(place) = m_names.intern(text); });
        }
        case syntax::TYPE_STRING: {
            if (is_none(value.get())) return {};
            std::string_view text;
            if (is_exact<Bytes>(value.get()))
                text = {static_cast<Bytes*>(value.get())->data, static_cast<size_t>(static_cast<Bytes*>(value.get())->size)};
            else if (is_exact<Str>(value.get())) text = TRY(text_of(static_cast<Str*>(value.get())));
            else return raise(t, exc::TypeError, "AST string must be of type str");
            return within_memory(t, [&] { *static_cast<const syntax::Text**>(place) = syntax::NameTable::make_text(m_arena, text); });
        }
        case syntax::TYPE_INT: return read_int(value, *static_cast<int32_t*>(place));
        case syntax::TYPE_CONSTANT: *static_cast<ConstantValue*>(place) = TRY(constant(value)); return {};
        default: break;
        }
        if (c_stack_low(t)) {
            char where[80];
            snprintf(where, sizeof where, " while traversing '%s' node", owner.name);
            return raise_recursion_error(t, where);
        }
        if (is_enum(type)) {
            const TypeInfo& info = syntax::schema_types()[type];
            if (is_none(value.get())) return raise(t, exc::TypeError, "expected some sort of %s, but got %R", info.name, value);
            *static_cast<uint8_t*>(place) = static_cast<uint8_t>(TRY(kind_of(type, value)));
            return {};
        }
        *static_cast<void**>(place) = TRY(node(type, value));
        return {};
    }

    /// UTF-8 in which lone surrogates are three bytes, valid as long as the arena.
    Result<std::string_view> text_of(Borrowed<Str> text) {
        if (text->state.ascii) {
            std::string_view view = text->ascii_view();
            return copy(view);
        }
        size_t length = 0;
        char* out = TRY(take<char>(static_cast<size_t>(text->length) * 4 + 1));
        for (intptr_t i = 0; i < text->length; ++i) {
            uint32_t c = text->at(i);
            auto put = [&](uint32_t byte) { out[length++] = static_cast<char>(byte); };
            if (c < 0x80) {
                put(c);
            } else if (c < 0x800) {
                put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
            } else if (c < 0x10000) {
                put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
            } else {
                put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
            }
        }
        return std::string_view(out, length);
    }

    Result<ConstantValue> constant(Borrowed<Object> value) {
        Thread& t = m_thread;
        TRY(check_recursion(t, " during compilation"));
        Object* o = value.get();
        if (is_none(o)) return ConstantValue::none();
        if (o == True() || o == False()) return ConstantValue::of_bool(o == True());
        if (o == Ellipsis()) return ConstantValue::ellipsis();
        if (is_exact<Int>(o)) {
            auto* number = static_cast<Int*>(o);
            int64_t small;
            if (int_fits_int64(number, &small)) return ConstantValue::of_int(small);
            size_t limbs = (int_bit_length(number) + 63) / 64;
            auto* data = TRY(take<uint64_t>(limbs));
            Ref<Int> magnitude = number->is_negative() ? TRY(int_negate(t, number)) : acquire(number);
            TRY(int_to_bytes(t, magnitude, reinterpret_cast<uint8_t*>(data), limbs * 8, true, false));
            return ConstantValue::of_limbs(data, static_cast<uint32_t>(limbs), number->is_negative());
        }
        if (is_exact<Float>(o)) return ConstantValue::of_float(static_cast<Float*>(o)->value);
        if (is_exact<Complex>(o)) return ConstantValue::of_complex(static_cast<Complex*>(o)->real, static_cast<Complex*>(o)->imag);
        if (is_exact<Str>(o)) return ConstantValue::of_str(TRY(text_of(static_cast<Str*>(o))));
        if (is_exact<Bytes>(o)) {
            auto* bytes = static_cast<Bytes*>(o);
            return ConstantValue::of_bytes(TRY(copy({bytes->data, static_cast<size_t>(bytes->size)})));
        }
        if (is_exact<Tuple>(o) || is_exact<FrozenSet>(o)) {
            Ref<Tuple> items = TRY(to_tuple(t, value));
            auto* made = TRY(take<ConstantValue>(static_cast<size_t>(items->size) + 1));
            for (intptr_t i = 0; i < items->size; ++i) new (&made[i]) ConstantValue(TRY(constant(items->items[i])));
            ConstantValue result = ConstantValue::of_tuple(made, static_cast<uint32_t>(items->size));
            if (is_exact<FrozenSet>(o)) result.kind = ConstantValue::Kind::FrozenSet;
            return result;
        }
        ConstantValue other;
        other.kind = ConstantValue::Kind::Object;
        other.object = o;
        return other;
    }

    Thread& m_thread;
    Classes& m_classes;
    base::Arena& m_arena;
    syntax::NameTable& m_names;
};

} // namespace

Result<Ref<Object>> object_from_tree(Thread& t, Classes& c, const syntax::ModNode* tree, Borrowed<Str> filename) {
    return ObjectMaker(t, c, filename).node(0, tree);
}
Result<syntax::ModNode*> tree_from_object(Thread& t, Classes& c, base::Arena& arena, syntax::NameTable& names, Borrowed<Object> object) {
    return static_cast<syntax::ModNode*>(TRY(TreeReader(t, c, arena, names).node(0, object)));
}

Result<ConstantValue> constant_from_object(Thread& t, Classes& c, base::Arena& arena, syntax::NameTable& names, Borrowed<Object> object) {
    return TreeReader(t, c, arena, names).constant_value(object);
}

} // namespace taipan::ast
