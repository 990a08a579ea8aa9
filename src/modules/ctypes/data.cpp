// Instances: where their memory is, who keeps it alive, buffers and pickling.
#include "modules/ctypes/ctypes.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "vm/builtin_support.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace taipan::ctypes {

Type Data::s_type;

namespace {

using Self = Borrowed<Data>;

char* allocate_memory(intptr_t size, intptr_t align) {
    auto bytes = static_cast<size_t>(size ? size : 1), alignment = static_cast<size_t>(align);
    if (alignment <= 16 || (alignment & (alignment - 1))) return static_cast<char*>(calloc(1, bytes));
    void* memory = nullptr;
    if (posix_memalign(&memory, alignment, bytes)) return nullptr;
    return static_cast<char*>(memset(memory, 0, bytes));
}

/// Memory of the object's own: inside it, if it fits.
Result<void> give_memory(Thread& t, Data* self, const TypeInfo* info) {
    if (static_cast<size_t>(info->size) <= sizeof self->value && info->align <= 16) {
        self->memory = reinterpret_cast<char*>(&self->value);
    } else {
        self->memory = allocate_memory(info->size, info->align);
        if (!self->memory) return raise_memory_error(t);
    }
    self->needs_free = 1;
    self->size = info->size;
    return {};
}
bool has_block(const Data* self) { return self->needs_free && self->memory && self->memory != reinterpret_cast<const char*>(&self->value); }

Result<Ref<Data>> make(Thread& t, Borrowed<Type> type, TypeInfo** out) {
    TypeInfo* info = info_of(type.get());
    if (!info) return raise(t, exc::TypeError, "abstract class");
    info->final.store(true, std::memory_order_relaxed);
    Object* made = type->alloc(type.get(), 0);
    if (!made) return Error{};
    Ref<Data> self = Ref<Data>::steal(static_cast<Data*>(made));
    self->length = info->length;
    *out = info;
    return self;
}

/// The object whose memory the target's is part of; it holds the references.
Data* container_of(Data* target) {
    while (target->base) target = target->base;
    return target;
}

} // namespace

Result<Ref<Data>> data_new(Thread& t, Borrowed<Type> type) {
    TypeInfo* info;
    Ref<Data> self = TRY(make(t, type, &info));
    TRY(give_memory(t, self.get(), info));
    return self;
}
Out data_construct(Thread& t, Borrowed<Type> type, Borrowed<Tuple>, Dict*) { return Out(TRY(data_new(t, type))); }

Result<Ref<Data>> data_from_base(Thread& t, Borrowed<Type> type, Data* base, intptr_t index, char* memory) {
    TypeInfo* info;
    Ref<Data> self = TRY(make(t, type, &info));
    self->index = index;
    if (base) {
        self->size = info->size;
        self->memory = memory;
        self->base = acquire(base).release();
    } else {
        TRY(give_memory(t, self.get(), info));
        memcpy(self->memory, memory, static_cast<size_t>(info->size));
    }
    return self;
}

Result<Ref<Data>> data_at_address(Thread& t, Borrowed<Type> type, void* memory) {
    Ref<Object> address = Ref<Object>(TRY(int_from_uint64(t, reinterpret_cast<uintptr_t>(memory))));
    TRY(audit(t, "ctypes.cdata", address));
    TypeInfo* info;
    Ref<Data> self = TRY(make(t, type, &info));
    self->memory = static_cast<char*>(memory);
    self->size = info->size;
    return self;
}

Ref<Object> kept_objects(Thread& t, Borrowed<Data> target) {
    Data* holder = container_of(target.get());
    CriticalSection section(t, holder);
    if (!holder->objects) {
        if (!holder->length) {
            holder->objects = None();
        } else {
            auto made = dict_new(t);
            if (made.is_error()) {
                t.clear_exception();
                return none_ref();
            }
            holder->objects = made.take().release();
        }
    }
    return acquire(holder->objects);
}

Result<void> keep_reference(Thread& t, Borrowed<Data> target, intptr_t index, Ref<Object> object) {
    if (is_none(object.get())) return {};
    Ref<Object> kept = kept_objects(t, target);
    Data* holder = container_of(target.get());
    if (!is<Dict>(kept.get())) {
        CriticalSection section(t, holder);
        MaybeRef<Object> old = MaybeRef<Object>::steal(std::exchange(holder->objects, object.release()));
        return {};
    }
    // The path to the target inside of its holder, in hexadecimal.
    char key[256];
    int length = snprintf(key, sizeof key, "%x", static_cast<unsigned>(index));
    for (Data* at = target.get(); at->base; at = at->base) {
        if (length + 10 > static_cast<int>(sizeof key)) return raise(t, exc::ValueError, "ctypes object structure too deep");
        length += snprintf(key + length, sizeof key - static_cast<size_t>(length), ":%x", static_cast<unsigned>(at->index));
    }
    Ref<Str> name = TRY(str_from_utf8(t, {key, static_cast<size_t>(length)}));
    return dict_set(t, static_cast<Dict*>(kept.get()), name, object);
}

bool is_simple_instance(const Object* type) {
    return has_meta(type, simple_meta) && static_cast<const Type*>(type)->base != &SimpleData::s_type;
}
char simple_code(Object* type) {
    if (!has_meta(type, simple_meta)) return 0;
    TypeInfo* info = info_of(type);
    return info && info->format ? info->format->code : 0;
}
char character_code(const TypeInfo* item) {
    static constexpr char codes[] = {'c', 'u'};
    if (item->format)
        for (char code : codes)
            if (item->format->code == code) return code;
    return 0;
}

Out data_get(Thread& t, Borrowed<Type> type, GetValue get, Borrowed<Data> owner, intptr_t index, intptr_t size, char* memory) {
    CriticalSection section(t, owner.get());
    if (get) return get(t, memory, size);
    TypeInfo* info = info_of(type.get());
    if (info && info->get && !is_simple_instance(type.get())) return info->get(t, memory, size);
    return Out(TRY(data_from_base(t, type, owner.get(), index, memory)));
}

namespace {

Out assign(Thread& t, Borrowed<Type> type, SetValue set, Any value, intptr_t size, char* memory) {
    if (set) return set(t, memory, value, size);
    TypeInfo* info = info_of(type.get());
    if (!is<Data>(value.get())) {
        if (info && info->set) return info->set(t, memory, value, size);
        if (has_meta(type.get(), function_meta)) {
            Ref<Object> made = TRY(call(t, type, value));
            return assign(t, type, nullptr, made, size, memory);
        }
        if (is<Tuple>(value.get())) {
            auto made = call_tuple(t, type, static_cast<Tuple*>(value.get()), nullptr);
            if (made.is_error()) {
                extend_error(t, exc::RuntimeError, "(%s) ", type->name);
                return Error{};
            }
            return assign(t, type, nullptr, made.take(), size, memory);
        }
        if (has_meta(type.get(), pointer_meta) && is_none(value.get())) {
            memset(memory, 0, sizeof(void*));
            return none_ref();
        }
        return raise(t, exc::TypeError, "expected %s instance, got %s", type->name, type_name(value.get()));
    }
    auto* source = static_cast<Data*>(value.get());
    if (TRY(is_instance(t, value, type))) {
        CriticalSection section(t, source);
        memmove(memory, source->memory, static_cast<size_t>(size));
        return kept_objects(t, source);
    }
    if (has_meta(type.get(), pointer_meta) && is<ArrayData>(value.get())) {
        TypeInfo* array = info_of(value->type);
        if (!array || !info || array->item != info->item)
            return raise(t, exc::TypeError, "incompatible types, %s instance instead of %s instance", type_name(value.get()), type->name);
        memcpy(memory, &source->memory, sizeof(void*));
        // The whole array must live on, not only what it refers to.
        Ref<Object> kept = kept_objects(t, source);
        return Out(TRY(tuple_pack(t, kept, value)));
    }
    return raise(t, exc::TypeError, "incompatible types, %s instance instead of %s instance", type_name(value.get()), type->name);
}

} // namespace

Result<void> data_set(Thread& t, Borrowed<Data> owner, Borrowed<Type> type, SetValue set, Any value, intptr_t index, intptr_t size,
                      char* memory) {
    Ref<Object> keep = TRY(({
        CriticalSection section(t, owner.get());
        assign(t, type, set, value, size, memory);
    }));
    return keep_reference(t, owner, index, std::move(keep));
}

int data_traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Data*>(o);
    int result;
    if (self->objects && (result = visit(self->objects, context))) return result;
    if (self->base && (result = visit(self->base, context))) return result;
    return 0;
}
int data_clear(Object* o) {
    clear_field(static_cast<Data*>(o)->objects);
    return 0;
}
void data_release(Data* self) {
    clear_field(self->objects);
    if (has_block(self)) free(self->memory);
    self->memory = nullptr;
    clear_field(self->base);
}
void data_dealloc(Object* o) {
    gc_untrack(o);
    data_release(static_cast<Data*>(o));
    o->type->free(o);
}

Result<void> data_resize(Thread& t, Borrowed<Data> self, intptr_t size) {
    TypeInfo* info = info_of(self->type);
    if (!info) return raise(t, exc::TypeError, "excepted ctypes instance");
    if (size < info->size) return raise(t, exc::ValueError, "minimum size is %d", info->size);
    CriticalSection section(t, self.get());
    if (self->base || !self->needs_free) return raise(t, exc::ValueError, "Memory cannot be resized because this object doesn't own it");
    if (static_cast<size_t>(size) <= sizeof self->value && !has_block(self.get())) {
        self->size = size;
        return {};
    }
    char* memory = allocate_memory(size, info->align);
    if (!memory) return raise_memory_error(t);
    memcpy(memory, self->memory, static_cast<size_t>(self->size < size ? self->size : size));
    if (has_block(self.get())) free(self->memory);
    self->memory = memory;
    self->size = size;
    return {};
}

Result<void> data_get_buffer(Thread& t, Borrowed<Data> self, Buffer* view, int) {
    TypeInfo* info = info_of(self->type);
    if (!info) return raise(t, exc::TypeError, "abstract class");
    TypeInfo* item = info;
    while (item && item->shape && item->item) item = info_of(item->item); // an array's innermost items
    CriticalSection section(t, self.get());
    view->buf = self->memory;
    view->obj = acquire(static_cast<Object*>(self.get())).release();
    view->len = self->size;
    view->readonly = 0;
    view->format = info->buffer_format ? info->buffer_format : const_cast<char*>("B");
    view->ndim = info->ndim;
    view->shape = info->shape;
    view->itemsize = item ? item->size : 1;
    view->strides = nullptr;
    view->suboffsets = nullptr;
    view->internal = nullptr;
    return {};
}

namespace {

Result<intptr_t> data_hash(Thread& t, Self) { return raise(t, exc::TypeError, "unhashable type"); }
Out from_outparam(Thread&, Self self) { return acquire(static_cast<Object*>(self.get())); }

Out reduce(Thread& t, Self self) {
    TypeInfo* info = info_of(self->type);
    if (!info) return raise(t, exc::TypeError, "abstract class");
    if (info->flags & (info_flag::IsPointer | info_flag::HasPointer))
        return raise(t, exc::ValueError, "ctypes objects containing pointers cannot be pickled");
    Ref<Str> name = TRY(str_interned(t, "__dict__"));
    Ref<Object> dict = TRY(get_attribute(t, self, name));
    Ref<Object> bytes = TRY(({
        CriticalSection section(t, self.get());
        Out(bytes_from(t, {self->memory, static_cast<size_t>(self->size)}));
    }));
    Ref<Tuple> state = TRY(tuple_pack(t, dict, bytes));
    Ref<Tuple> args = TRY(tuple_pack(t, Any(self->type), state));
    Ref<Module> module = TRY(this_module(t));
    Ref<Object> unpickle = acquire(module->state_as<ModuleState>().unpickle);
    return Out(TRY(tuple_pack(t, unpickle, args)));
}

Result<void> set_state(Thread& t, Self self, Borrowed<Dict> given, BufferView& data) {
    {
        CriticalSection section(t, self.get());
        auto size = static_cast<intptr_t>(data.size());
        memmove(self->memory, data.data(), static_cast<size_t>(size < self->size ? size : self->size));
    }
    Ref<Str> name = TRY(str_interned(t, "__dict__"));
    Ref<Object> dict = TRY(get_attribute(t, self, name));
    if (!is<Dict>(dict.get()))
        return raise(t, exc::TypeError, "%.200s.__dict__ must be a dictionary, not %.200s", type_name(self.get()), type_name(dict.get()));
    return dict_merge(t, static_cast<Dict*>(dict.get()), given, Override::Yes);
}

constexpr NativeDef methods[] = {
    method<from_outparam>("__ctypes_from_outparam__", "($self, /)", "default __ctypes_from_outparam__ method returns self."),
    method<reduce>("__reduce__", "($self, /)"),
    method<set_state>("__setstate__", "($self, dict, data, /)"),
};
const MemberDef members[] = {
    {"_b_base_", member_type::ObjectOrNone, offsetof(Data, base), member_flag::ReadOnly, "the base object"},
    {"_b_needsfree_", member_type::Int, offsetof(Data, needs_free), member_flag::ReadOnly, "whether the object owns the memory or not"},
    {"_objects", member_type::ObjectOrNone, offsetof(Data, objects), member_flag::ReadOnly,
     "internal objects tree (NEVER CHANGE THIS OBJECT!)"},
};
const SlotDef slots[] = {
    raw_slot(SlotId::tp_traverse, data_traverse),
    raw_slot(SlotId::tp_clear, data_clear),
    raw_slot(SlotId::tp_dealloc, data_dealloc),
    size_slot<SlotId::tp_hash, data_hash>(),
    get_buffer_slot<SlotId::bf_getbuffer, data_get_buffer>(),
};

} // namespace

const TypeSpec data_spec = {.type = &Data::s_type,
                            .name = "_ctypes._CData",
                            .basicsize = sizeof(Data),
                            .flags = type_flag::Gc | type_flag::BaseType | type_flag::DisallowInstantiation,
                            .doc = "XXX to be provided",
                            .slots = slots,
                            .methods = methods,
                            .members = members};

} // namespace taipan::ctypes
