// CField: the descriptors of structure and union members.
#include "modules/ctypes/ctypes.h"

#include <cstddef>
#include <cstring>

namespace taipan::ctypes {

Type Field::s_type;

namespace {

using Self = Borrowed<Field>;

bool is_integer_code(char code) { return strchr("bBhHiIlLqQ?", code) && code; }

Out field_new(Thread& t, Borrowed<Type> type, Any name, Any field_type, Size byte_size, Size byte_offset, Size index, bool internal,
              Any bit_size, Any bit_offset) {
    if (!internal) return raise(t, exc::TypeError, "cannot create %N object", type);
    if (!is<Str>(name.get())) return raise(t, exc::TypeError, "CField() argument 'name' must be str, not %s", type_name(name.get()));
    if (byte_size < 0) return raise(t, exc::ValueError, "byte size of field %R must not be negative, got %d", name, byte_size.value);
    TypeInfo* info = info_of(field_type.get());
    if (!info) return raise(t, exc::TypeError, "type of field %R must be a C type", name);
    if (byte_size != info->size)
        return raise(t, exc::ValueError, "byte size of field %R (%d) does not match type size (%d)", name, byte_size.value, info->size);
    intptr_t bits = 0, bit_start = 0;
    if (!is_none(bit_size.get())) {
        if (is_none(bit_offset.get())) return raise(t, exc::ValueError, "field %R: bit_offset must be specified if bit_size is", name);
        char code = simple_code(field_type.get());
        if (!is_integer_code(code))
            return raise(t, exc::TypeError, "bit fields not allowed for type %s", static_cast<Type*>(field_type.get())->name);
        bits = TRY(to_index_size(t, bit_size, exc::OverflowError));
        bit_start = TRY(to_index_size(t, bit_offset, exc::OverflowError));
        if (byte_size > 100) return raise(t, exc::ValueError, "bit field %R size too large, got %d", name, byte_size.value);
        if (bits <= 0 || bits > byte_size * 8) return raise(t, exc::ValueError, "bit size of field %R out of range, got %d", name, bits);
        if (bit_start < 0 || bit_start > byte_size * 8)
            return raise(t, exc::ValueError, "bit offset of field %R out of range, got %d", name, bit_start);
        if (bits + bit_start > byte_size * 8)
            return raise(t, exc::ValueError, "bit field %R overflows its type (%d + %d > %d)", name, bit_start, bits, byte_size * 8);
    }
    Ref<Object> made = TRY(Out::from_nullable(type->alloc(type.get(), 0)));
    auto* self = static_cast<Field*>(made.get());
    self->name = str_intern(t, Ref<Str>::acquire(static_cast<Str*>(name.get()))).release();
    self->field_type = acquire(field_type.get()).release();
    self->byte_offset = byte_offset;
    self->byte_size = byte_size;
    self->index = index;
    self->bit_size = bits;
    self->bit_offset = bit_start;
    // Arrays of characters are strings as fields.
    if (has_meta(field_type.get(), array_meta) && info->item) {
        TypeInfo* item = info_of(info->item);
        char code = item ? character_code(item) : 0;
        if (const SimpleFormat* format = code == 'c' ? simple_format('s') : code == 'u' ? simple_format('U') : nullptr) {
            self->set = format->set;
            self->get = format->get;
        }
    }
    return made;
}

// Bit fields

uint64_t load(const char* memory, intptr_t size, bool swapped) {
    uint64_t value = 0;
    for (intptr_t i = 0; i < size; ++i) {
        auto byte = static_cast<unsigned char>(memory[swapped ? size - 1 - i : i]);
        value |= static_cast<uint64_t>(byte) << (8 * i);
    }
    return value;
}
void store(char* memory, intptr_t size, bool swapped, uint64_t value) {
    for (intptr_t i = 0; i < size; ++i) memory[swapped ? size - 1 - i : i] = static_cast<char>(value >> (8 * i));
}
uint64_t bit_mask(const Field* self) { return self->bit_size >= 64 ? ~uint64_t{0} : (uint64_t{1} << self->bit_size) - 1; }

Out get_bits(Thread& t, Self self, Data* owner) {
    TypeInfo* info = info_of(self->field_type);
    uint64_t value;
    {
        CriticalSection section(t, owner);
        value = load(owner->memory + self->byte_offset, self->byte_size, info->swapped);
    }
    value = value >> self->bit_offset & bit_mask(self.get());
    char code = info->format->code;
    if (code == '?') return bool_ref(value != 0);
    if (code < 'a') return Out(TRY(int_from_uint64(t, value)));
    auto unused = 64 - self->bit_size;
    return Out(TRY(int_from(t, static_cast<int64_t>(value << unused) >> unused)));
}
Result<void> set_bits(Thread& t, Self self, Data* owner, Any value) {
    TypeInfo* info = info_of(self->field_type);
    uint64_t bits = info->format->code == '?' ? TRY(is_true(t, value)) : TRY(to_masked(t, value));
    uint64_t mask = bit_mask(self.get());
    CriticalSection section(t, owner);
    char* memory = owner->memory + self->byte_offset;
    uint64_t old = load(memory, self->byte_size, info->swapped);
    store(memory, self->byte_size, info->swapped, (old & ~(mask << self->bit_offset)) | (bits & mask) << self->bit_offset);
    return {};
}

Out field_get(Thread& t, Self self, Object* owner, Object*) {
    if (!owner) return acquire(static_cast<Object*>(self.get()));
    if (!is<Data>(owner)) return raise(t, exc::TypeError, "not a ctype instance");
    auto* data = static_cast<Data*>(owner);
    if (self->bit_size) return get_bits(t, self, data);
    return data_get(t, static_cast<Type*>(self->field_type), self->get, data, self->index, self->byte_size,
                    data->memory + self->byte_offset);
}
Result<void> field_set(Thread& t, Self self, Object* owner, Object* value) {
    if (!is<Data>(owner)) return raise(t, exc::TypeError, "not a ctype instance");
    if (!value) return raise(t, exc::TypeError, "can't delete attribute");
    auto* data = static_cast<Data*>(owner);
    if (self->bit_size) return set_bits(t, self, data, value);
    return data_set(t, data, static_cast<Type*>(self->field_type), self->set, value, self->index, self->byte_size,
                    data->memory + self->byte_offset);
}

Result<Ref<Str>> field_repr(Thread& t, Self self) {
    const char* type_text = static_cast<Type*>(self->field_type)->name;
    if (self->bit_size)
        return str_format(t, "<%T %R type=%s, ofs=%d, bit_size=%d, bit_offset=%d>", self, self->name, type_text, self->byte_offset,
                          self->bit_size, self->bit_offset);
    return str_format(t, "<%T %R type=%s, ofs=%d, size=%d>", self, self->name, type_text, self->byte_offset, self->byte_size);
}

intptr_t get_size(Thread&, Self self) { return self->bit_size ? self->bit_size << 16 | self->bit_offset : self->byte_size; }
Out get_bit_size(Thread& t, Self self) {
    if (self->bit_size) return Out(TRY(int_from(t, self->bit_size)));
    Ref<Int> bytes = TRY(int_from(t, self->byte_size));
    return Out(TRY(int_lshift(t, bytes, 3)));
}
bool get_is_bitfield(Thread&, Self self) { return self->bit_size != 0; }
bool get_is_anonymous(Thread&, Self self) { return self->is_anonymous; }

using Fields = taipan::Fields<Field, &Field::name, &Field::field_type>;

const GetSetDef attributes[] = {
    getter<get_size>("size", "size in bytes of this field. For bitfields, this is a legacy packed value; use byte_size instead"),
    getter<get_bit_size>("bit_size", "size of this field in bits"),
    getter<get_is_bitfield>("is_bitfield", "true if this is a bitfield"),
    getter<get_is_anonymous>("is_anonymous", "true if this field is anonymous"),
};
const MemberDef members[] = {
    {"name", member_type::ObjectEx, offsetof(Field, name), member_flag::ReadOnly, "name of this field"},
    {"type", member_type::ObjectEx, offsetof(Field, field_type), member_flag::ReadOnly, "type of this field"},
    {"offset", member_type::Size, offsetof(Field, byte_offset), member_flag::ReadOnly,
     "offset in bytes of this field (same as byte_offset)"},
    {"byte_offset", member_type::Size, offsetof(Field, byte_offset), member_flag::ReadOnly,
     "offset in bytes of this field. For bitfields: excludes bit_offset."},
    {"byte_size", member_type::Size, offsetof(Field, byte_size), member_flag::ReadOnly, "size of this field in bytes"},
    {"bit_offset", member_type::Size, offsetof(Field, bit_offset), member_flag::ReadOnly,
     "additional offset in bits (relative to byte_offset); zero for non-bitfields"},
};
const SlotDef slots[] = {
    typed_new<field_new, "CField", "(*, name, type, byte_size, byte_offset, index, _internal_use, bit_size=None, bit_offset=None)">(),
    ternary_slot<SlotId::tp_descr_get, field_get>(),
    set_item_slot<SlotId::tp_descr_set, field_set>(),
    unary_slot<SlotId::tp_repr, field_repr>(),
    Fields::traverse_slot(),
    Fields::clear_slot(),
    Fields::dealloc_slot(),
};

/// Shows the members of an anonymous field as the structure's own.
Result<void> make_fields(Thread& t, Borrowed<Type> type, Borrowed<Field> anonymous, intptr_t index, intptr_t offset) {
    Ref<Str> name = TRY(str_interned(t, "_fields_"));
    Ref<Object> fields = TRY(get_attribute(t, anonymous->field_type, name));
    fields = TRY(to_fast_sequence(t, fields, "_fields_ must be a sequence"));
    Ref<Tuple> pairs = TRY(to_tuple(t, fields));
    for (Object* entry : *pairs) {
        Ref<Tuple> pair = TRY(to_tuple(t, entry));
        if (!pair->size || !is<Str>(pair->items[0])) return raise(t, exc::TypeError, "unexpected type");
        Borrowed<Str> field_name = static_cast<Str*>(pair->items[0]);
        Ref<Object> found = TRY(get_attribute(t, anonymous->field_type, field_name));
        if (found->type != &Field::s_type) return raise(t, exc::TypeError, "unexpected type");
        auto* inner = static_cast<Field*>(found.get());
        if (inner->is_anonymous) {
            TRY(make_fields(t, type, inner, index + inner->index, offset + inner->byte_offset));
            continue;
        }
        Ref<Object> made = TRY(Out::from_nullable(Field::s_type.alloc(&Field::s_type, 0)));
        auto* copy = static_cast<Field*>(made.get());
        copy->byte_offset = inner->byte_offset + offset;
        copy->byte_size = inner->byte_size;
        copy->index = inner->index + index;
        copy->bit_size = inner->bit_size;
        copy->bit_offset = inner->bit_offset;
        copy->set = inner->set;
        copy->get = inner->get;
        copy->name = acquire(inner->name).release();
        copy->field_type = acquire(inner->field_type).release();
        TRY(set_attribute(t, type, field_name, made));
    }
    return {};
}

} // namespace

Result<void> make_anonymous_fields(Thread& t, Borrowed<Type> type) {
    MaybeRef<Object> listed = TRY(attribute_optional(t, type, "_anonymous_"));
    if (!listed) return {};
    Ref<Object> sequence = TRY(to_fast_sequence(t, listed.get(), "_anonymous_ must be a sequence"));
    Ref<Tuple> names = TRY(to_tuple(t, sequence));
    for (Object* name : *names) {
        if (!is<Str>(name)) return raise(t, exc::TypeError, "attribute name must be string, not '%T'", name);
        Ref<Object> field = TRY(get_attribute(t, type, static_cast<Str*>(name)));
        if (field->type != &Field::s_type)
            return raise(t, exc::AttributeError, "'%s' is specified in _anonymous_ but not in _fields_", name);
        auto* anonymous = static_cast<Field*>(field.get());
        anonymous->is_anonymous = true;
        TRY(make_fields(t, type, anonymous, anonymous->index, anonymous->byte_offset));
    }
    return {};
}

const TypeSpec field_spec = {.type = &Field::s_type,
                             .name = "ctypes.CField",
                             .basicsize = sizeof(Field),
                             .flags = type_flag::Gc,
                             .doc = "Structure/Union member",
                             .slots = slots,
                             .getset = attributes,
                             .members = members};

} // namespace taipan::ctypes
